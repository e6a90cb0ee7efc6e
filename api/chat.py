"""A conversation in the terminal: questions, quotes with their places, follow-ups, and the sources in a pager or an editor."""

import hashlib
import os
import shlex
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

from quotewise.api import terminal
from quotewise.api.callers import LOCAL
from quotewise.api.questions import Questions, Turn
from quotewise.index.errors import QuotewiseError
from quotewise.index.printable import printable

_HELP = """\
/open [N]   the source of quote N in $PAGER, at its line
/edit [N]   the same in $VISUAL or $EDITOR
/new        forget the questions before: the next one is no follow-up
/quit       end, as does Ctrl-D"""
_TURNS = 3
"""Earlier turns that say what a follow-up is about."""
_WITH_COLON = ("hx", "subl", "zed")
"""Editors that take FILE:LINE; those below have an option before it, pagers without lines take none, all others +LINE FILE."""
_WITH_OPTION = {"code": "-g", "codium": "-g", "cursor": "-g"}
_WITHOUT_LINE = ("bat", "batcat", "cat")


class Chat:
    """A conversation over standard input and output, until the input ends."""

    def __init__(self, questions: Questions, path_prefix: str = "") -> None:
        self._questions, self._path_prefix = questions, path_prefix
        self._turns: list[Turn] = []
        self._cited: list[dict[str, Any]] = []
        self._texts = tempfile.TemporaryDirectory(prefix="quotewise-")  # an editor may read its file after it was started

    def run(self) -> bool:
        """Answer each line; returns whether any could not be answered because of an error."""
        with suppress(ImportError):
            import readline  # noqa: F401 - it makes the line editable, and brings earlier ones back
        self._questions.check()
        failed = False
        at_terminal = sys.stdin.isatty()
        if at_terminal:
            terminal.note("a question, or /help")
        while True:
            try:
                line = input("> " if at_terminal else "").strip()
            except EOFError:
                return failed
            except UnicodeDecodeError:
                line = "\udcff"
            if line == "/quit":
                return failed
            try:
                self._answer(line)
            except QuotewiseError as error:
                failed = True
                terminal.note(f"quotewise: {printable(str(error))}")

    def _answer(self, line: str) -> None:
        name, _, argument = line.partition(" ")
        if not line.startswith("/"):
            if line:
                self._ask(line)
        elif name in ("/open", "/edit"):
            self._open(argument.strip() or "1", pager=name == "/open")
        elif line == "/new":
            self._turns, self._cited = [], []
        elif line == "/help":
            terminal.tell(_HELP)
        else:
            raise QuotewiseError(f"{line!r} is no command; /help names those there are")

    def _ask(self, question: str) -> None:
        answer = self._questions.ask(question, self._path_prefix, self._turns)
        self._cited = answer["citations"] if answer["answered"] else answer["closest"]
        self._turns = [*self._turns, (question, [citation["quote"] for citation in answer["citations"]])][-_TURNS:]
        terminal.show_answer(answer)

    def _open(self, number: str, pager: bool) -> None:
        if not self._cited:
            raise QuotewiseError("no quotes are shown yet")
        if not number.isascii() or not number.isdecimal() or not 1 <= int(number) <= len(self._cited):
            raise QuotewiseError(f"expected the number of a quote, 1 to {len(self._cited)}, not {number!r}")
        citation = self._cited[int(number) - 1]
        chosen = os.environ.get("PAGER") or "less" if pager else os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi"
        file = self._file(citation["document"])
        try:
            subprocess.run(opening(chosen, file, citation["line_start"]), check=False)
        except (OSError, ValueError) as error:
            names = "PAGER" if pager else "VISUAL or EDITOR"
            raise QuotewiseError(
                f"{chosen!r} cannot be started; set {names}: {getattr(error, 'strerror', None) or error}"
            ) from error

    def _file(self, cited: dict[str, Any]) -> Path:
        """The file of a document where its lines are those of the citation, else a file of the document's text."""
        from quotewise.index.layout import OF_LINES

        service = self._questions.index()
        document = service.document(LOCAL, cited["id"])
        file = Path(service.store.catalogue.collection(document.collection).root, document.path)
        with suppress(OSError, ValueError):
            same = hashlib.sha256(file.read_bytes()).hexdigest() == cited["sha256"]
            if same and service.store.catalogue.layout(document.id).parser in OF_LINES:
                return file
        copy = Path(self._texts.name, f"{document.id}.txt")
        with copy.open("w", encoding="utf-8", newline="") as written:
            written.writelines(service.text(LOCAL, document.id))
        return copy

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._texts.cleanup()


def opening(program: str, file: Path, line: int) -> list[str]:
    """The command that shows a file at a line, from 1, in a pager or an editor, which may come with options of its own.

    Raises ValueError where it has an unclosed quote.
    """
    command = shlex.split(program)
    name = Path(command[0]).name if command else ""
    if name in _WITH_OPTION:
        return [*command, _WITH_OPTION[name], f"{file}:{line}"]
    if name in _WITH_COLON:
        return [*command, f"{file}:{line}"]
    return [*command, *([] if name in _WITHOUT_LINE else [f"+{line}"]), str(file)]
