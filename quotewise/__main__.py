"""``python -m quotewise`` is the ``quotewise`` command."""

from quotewise.api.cli import main

main()
