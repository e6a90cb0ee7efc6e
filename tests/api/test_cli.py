import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from quotewise.index.embedders import Embedder
from quotewise.index.ingest import Sync
from quotewise.index.local_store import LocalStore
from tests.api.command_line import UNSAFE, Run, check_complaint, slow_imports
from tests.conftest import SEED, SEEDS, WHY

EVIL = "\x1b[2J\x07\u202e\x9b31m [red]"


@pytest.fixture(scope="module")
def evil(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> tuple[Path, Path]:
    """A folder whose files attack the terminal by name, heading and text, and its index."""
    folder = tmp_path_factory.mktemp("evil") / "[red]"
    folder.mkdir()
    (folder / f"a{EVIL}.md").write_text(f"# Trail {EVIL}\n\nThe poem {EVIL} was written in prison.\n", encoding="utf-8")
    (folder / f"b{EVIL}.txt").touch()
    index = tmp_path_factory.mktemp("evil-index")
    store = LocalStore(index, create=True)
    Sync(store, embedder).run(folder)
    store.close()
    return folder, index


@pytest.mark.parametrize(
    ("arguments", "mentioned"),
    [
        (["nope"], "nope"),
        (["ask"], "question"),
        (["ask", WHY, "--nope"], "--nope"),
        (["ask", WHY, "more"], "more"),
        (["ask", WHY, "--top-k", "many"], "--top-k"),
        (["ask", WHY, "--top-k", "0"], "top_k"),
        (["ask", WHY, "--top-k", "1000000"], "100"),
        (["ask", WHY, "--max-quotes", "4"], "max_quotes"),
        (["ask", ""], "question"),
        (["ask", " \n "], "blank"),
        (["search", "x" * 2001], "2000"),
        (["ask", WHY, "-c", "nope"], "there are: default, foreign, notes"),
        (["search", WHY, "-c", "nope"], "there are: default, foreign, notes"),
        (["ask", WHY, "-c", "foreign"], "embedder"),
        (["ask", WHY, "--index", "missing"], "quotewise index FOLDER --index missing"),
        (["extract"], "question"),
        (["extract", " ", SEEDS / SEED], "blank"),
        (["extract", "x" * 2001, SEEDS / SEED], "2000"),
        (["extract", WHY, "missing.txt"], "missing.txt does not exist"),
        (["extract", WHY, SEEDS / SEED, "missing.txt"], "missing.txt does not exist"),
        (["extract", WHY, SEEDS], "seeds cannot be read: is a folder"),
        (["extract", WHY, SEEDS / SEED, "--max-quotes", "4"], "max_quotes"),
        (["extract", WHY, SEEDS / SEED, "--threshold", "2"], "threshold"),
        (["ask", WHY, "--threshold", "2"], "threshold"),
        (["extract", WHY, SEEDS / SEED, "--reader", "nope"], "nope/model.json"),
        (["ask", WHY, "--reader", "nope"], "nope/model.json"),
        (["serve", "--reader", "nope"], "nope/model.json"),
        (["status", "--index", "missing"], "there is no index in missing"),
        (["index", "missing"], "missing is not a folder"),
        (["index", "."], "no document, table, mail or text files"),
        (["index", SEEDS, "--chunk-tokens", "99"], "200"),
        (["index", SEEDS, "-c", "notes"], "--moved"),
        (["index", SEEDS, "-c", "a b"], "'a b'"),
        (["index", SEEDS, "--index", SEEDS / SEED], SEED),
        (["serve", "missing"], "missing is not a folder"),
        (["serve", "--index", "missing"], "there is no index in missing"),
        (["serve", "--port", "70000"], "port"),
        (["rm"], "--all"),
        (["rm", "a.txt", "--all"], "--all"),
        (["rm", "nope.txt"], "nope.txt"),
        (["rm", "--all", "-c", "nope"], "nope"),
        (["rm", "--all"], "1 documents from the index; without a terminal to ask at, that needs --yes"),
        (["keys", "nope"], "nope"),
        (["mcp", "--only", "notes", "--only", "nope"], "there is no collection 'nope'"),
        (["chat", "--index", "missing"], "there is no index in missing"),
        (["--show-completion=nope"], "--show-completion"),
        (["verify", "missing.json"], "missing.json"),
        (["verify", "."], "."),
        (["eval", "missing.jsonl", "--corpus", SEEDS], "missing.jsonl"),
        (["eval", SEEDS / SEED, "--corpus", SEEDS], f"{SEED}:1"),
        (["eval", "missing.jsonl"], "--corpus"),
        (["settings", "--nope"], "--nope"),
        (["ask", "why\udcff"], "unicode"),
        (["search", WHY, "-c", "\udcff"], r"\udcff"),
        (["rm", "\udcff.txt"], r"\udcff.txt"),
        (["index", "\udcff"], r"\udcff"),
        (["status", "--index", "\udcff"], r"\udcff"),
    ],
    ids=lambda value: ascii(" ".join(map(str, value)))[:60] if isinstance(value, list) else "",
)
def test_a_mistake_gets_one_line_that_names_it(seeded: Run, arguments: list[str], mentioned: str) -> None:
    check_complaint(seeded(*arguments), mentioned)


@pytest.mark.parametrize(
    ("arguments", "mentioned"),
    [(["ask", "-"], "standard input is empty"), (["rm", "--all"], "--yes"), (["verify", "-"], "ask --json")],
)
def test_a_closed_standard_input_is_an_empty_one(
    seeded: Run, monkeypatch: pytest.MonkeyPatch, arguments: list[str], mentioned: str
) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    check_complaint(seeded(*arguments), mentioned)


def test_the_version_is_told(run: Run) -> None:
    outcome = run("--version")
    assert (outcome.code, outcome.out) == (0, f"quotewise {version('quotewise')}\n")


@pytest.mark.parametrize("arguments", [["--help"], ["ask", "--help"]], ids=" ".join)
def test_help_loads_no_library_that_answers(arguments: list[str]) -> None:
    assert slow_imports(*arguments) == set()


@pytest.mark.parametrize(
    ("shell", "words"),
    [
        ("bash", {"COMP_WORDS": "quotewise ask --thr", "COMP_CWORD": "2"}),
        ("zsh", {"_TYPER_COMPLETE_ARGS": "quotewise ask --thr"}),
        ("fish", {"_TYPER_COMPLETE_ARGS": "quotewise ask --thr", "_TYPER_COMPLETE_FISH_ACTION": "get-args"}),
    ],
)
def test_a_shell_completes_commands_and_flags(
    shell: str, words: dict[str, str], monkeypatch: pytest.MonkeyPatch, run: Run
) -> None:
    for name, value in {**words, "_QUOTEWISE_COMPLETE": f"complete_{shell}"}.items():
        monkeypatch.setenv(name, value)
    assert "--threshold" in run().out
    monkeypatch.setenv("_QUOTEWISE_COMPLETE", f"source_{shell}")
    assert f"complete_{shell}" in run().out


def test_no_arguments_get_the_help_and_it_keeps_its_lines(run: Run) -> None:
    outcome = run()
    assert outcome.code in (0, 2)
    assert {"serve", "index", "ask", "search", "chat", "status", "verify", "rm", "keys", "settings", "eval"} <= {
        line.split()[0] for line in (outcome.out + outcome.err).splitlines() if line.split()
    }


@pytest.mark.parametrize(
    "command",
    [
        *(
            "serve",
            "index",
            "ask",
            "search",
            "chat",
            "extract",
            "status",
            "verify",
            "rm",
            "settings",
            "collections rm",
            "eval",
            "migrate",
        ),
        "bench",
    ],
)
def test_every_command_has_help(run: Run, command: str) -> None:
    outcome = run(*command.split(), "--help")
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out.startswith(f"Usage: quotewise {command} ")
    assert ("--json" in outcome.out) == (command not in ("chat", "eval", "bench"))


@pytest.mark.parametrize(
    ("content", "mentioned"),
    [
        (b"port = [", "quotewise.toml is not valid TOML"),
        (b'host = "\xff"', "quotewise.toml is not valid TOML"),
        (b"bogus = 1", "'bogus'"),
        (b'port = "abc"', "'port'"),
        (b"threshold = nan", "'threshold'"),
        (b"[host]\nname = 1", "'host'"),
    ],
    ids=repr,
)
def test_a_bad_settings_file_is_named_with_what_is_wrong_in_it(seeded: Run, content: bytes, mentioned: str) -> None:
    Path("quotewise.toml").write_bytes(content)
    check_complaint(seeded("status"), mentioned)
    check_complaint(seeded("settings", "--json"), mentioned)


@pytest.mark.parametrize(
    ("name", "value"), [("TOP_K", "0"), ("TOP_K", "x"), ("THRESHOLD", "1.5"), ("CHUNK_TOKENS", ""), ("PORT", "\x1b[2J")]
)
def test_a_bad_environment_variable_is_named(seeded: Run, monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"QUOTEWISE_{name}", value)
    check_complaint(seeded("status"), name.lower())


@pytest.mark.parametrize("as_json", [False, True], ids=["text", "json"])
@pytest.mark.parametrize("command", ["ask", "closest", "search", "extract", "status", "verify", "index", "settings", "rm"])
def test_nothing_from_a_document_or_its_name_reaches_the_terminal_raw(
    run: Run, evil: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str, as_json: bool
) -> None:
    folder, index = evil
    monkeypatch.setenv("QUOTEWISE_THRESHOLD", "1" if command == "closest" else "0")
    monkeypatch.setenv("QUOTEWISE_EMBEDDER" if command == "settings" else "QUOTEWISE_INDEX", EVIL)
    if command not in ("index", "rm"):
        monkeypatch.setenv("QUOTEWISE_INDEX", str(index))
    question = "Where was the poem written?"
    if command == "verify":
        (tmp_path / "answer.json").write_text(run("ask", question, "--json").out, encoding="utf-8")
    if command == "rm":
        run("index", folder)
    arguments: dict[str, list[str | Path]] = {
        "ask": ["ask", question],
        "closest": ["ask", question],
        "search": ["search", question],
        "extract": ["extract", question, folder / f"a{EVIL}.md"],
        "status": ["status"],
        "verify": ["verify", tmp_path / "answer.json", "--folder", folder],
        "index": ["index", folder],
        "settings": ["settings"],
        "rm": ["rm", f"a{EVIL}.md"],
    }
    outcome = run(*arguments[command], *(["--json"] if as_json else []))
    assert outcome.code == (3 if command == "closest" else 0), outcome.err
    assert not UNSAFE.search(outcome.out + outcome.err)
    if as_json:
        assert command == "verify" or ("[red]" if command == "status" else EVIL) in strings(outcome.json)
    elif command != "rm":
        assert "[red]" in outcome.letters
        assert command == "status" or r"\x1b[2J" in outcome.letters


def strings(value: Any) -> str:
    """All strings of a JSON value, one after the other."""
    if isinstance(value, dict | list):
        return "\n".join(map(strings, value.values() if isinstance(value, dict) else value))
    return str(value)
