"""The command line in this process, and what it must never print."""

import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from quotewise.api.cli import main

QUOTEWISE = Path(sys.executable).with_name("quotewise")
UNSAFE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""What a terminal obeys, or what turns text round; the line feed apart."""


@dataclass(frozen=True)
class Outcome:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        assert self.code in (0, 1, 3), self.err
        return json.loads(self.out)

    @property
    def words(self) -> str:
        """The output without the line breaks that the width of a terminal made."""
        return " ".join(self.out.split())

    @property
    def letters(self) -> str:
        """All output without any space."""
        return "".join((self.out + self.err).split())


Run = Callable[..., Outcome]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run the command line in this process, in an empty folder, with an index of its own and no setting but the reader."""
    for name in list(os.environ):
        if name.upper().startswith("QUOTEWISE_") and name != "QUOTEWISE_READER":
            monkeypatch.delenv(name)
    monkeypatch.setenv("QUOTEWISE_INDEX", str(tmp_path / "index"))
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")

    def call(*arguments: str | Path) -> Outcome:
        with pytest.raises(SystemExit) as ended:
            main(list(map(str, arguments)))
        printed = capsys.readouterr()
        code = ended.value.code
        assert isinstance(code, int)
        return Outcome(code, printed.out, printed.err)

    return call


@pytest.fixture
def seeded(run: Run, library: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The command line over the library, for what only reads."""
    monkeypatch.setenv("QUOTEWISE_INDEX", str(library))
    return run


@pytest.fixture
def pipe(run: Run, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Outcome]:
    """Run the command line with these bytes on standard input."""

    def call(data: bytes, *arguments: str | Path, at_terminal: bool = False) -> Outcome:
        file = io.TextIOWrapper(io.BytesIO(data), encoding="utf-8")
        monkeypatch.setattr(file, "isatty", lambda: at_terminal)
        monkeypatch.setattr(sys, "stdin", file)
        return run(*arguments)

    return call


def check_complaint(outcome: Outcome, *mentioned: str) -> None:
    """One line on stderr and nothing on stdout, with a code that says so."""
    assert outcome.code in (1, 2)
    assert outcome.out == ""
    assert re.fullmatch(r"quotewise: [^\n]+\n", outcome.err), outcome.err
    assert not UNSAFE.search(outcome.err)
    assert all(word in outcome.err for word in mentioned), outcome.err


_SLOW = {"faiss", "fastapi", "filelock", "limits", "lxml", "mcp", "numpy", "nupunkt", "onnxruntime", "tantivy", "tokenizers"}
"""What takes long to import."""
_IMPORTED = """if True:
    import atexit, sys
    from quotewise.api.cli import main
    atexit.register(lambda: print(*sys.modules, file=sys.stderr))
    main(sys.argv[1:])
"""


def slow_imports(*arguments: str) -> set[str]:
    """What of the libraries that take long to import a command does import, as a process of its own."""
    done = subprocess.run([sys.executable, "-c", _IMPORTED, *arguments], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return _SLOW & set(done.stderr.split())
