"""``python -m quotewise.eval`` is the ``quotewise`` command."""

from quotewise.api.cli import app, main
from quotewise.eval.cli import add_commands

add_commands(app)
main()
