"""``python -m eval`` is the ``quotewise`` command."""

from eval.cli import main

main()
