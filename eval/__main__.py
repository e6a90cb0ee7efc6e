"""``python -m quotewise.eval`` is the ``quotewise`` command."""

from quotewise.eval.cli import main

main()
