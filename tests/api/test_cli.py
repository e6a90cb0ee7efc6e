import io
import json
import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from quotewise.api.cli import main
from quotewise.index.embedders import Embedder
from quotewise.index.ingest import Sync
from quotewise.index.local_store import LocalStore
from quotewise.index.onnx_model import instruction_set
from quotewise.rag.readers.span_model import FAST_FOLDER
from tests.conftest import SEED, SEEDS, WHY, writable_copy
from tests.index.formats.pdf_files import Line, Page, Pdf

CAPITAL = "What is the capital of France?"
QUOTEWISE = Path(sys.executable).with_name("quotewise")
UNSAFE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""What a terminal obeys, or what turns text round; the line feed apart."""
EVIL = "\x1b[2J\x07\u202e\x9b31m [red]"


@dataclass(frozen=True)
class Outcome:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        assert self.code in (0, 1), self.err
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
    """Run the command line in this process, in an empty folder, with an index of its own and no settings from outside."""
    for name in list(os.environ):
        if name.upper().startswith("QUOTEWISE_"):
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


def check_complaint(outcome: Outcome, *mentioned: str) -> None:
    """One line on stderr and nothing on stdout, with a code that says so."""
    assert outcome.code in (1, 2)
    assert outcome.out == ""
    assert re.fullmatch(r"quotewise: [^\n]+\n", outcome.err), outcome.err
    assert not UNSAFE.search(outcome.err)
    assert all(word in outcome.err for word in mentioned), outcome.err


def test_what_is_not_read_is_named_and_with_strict_the_exit_code_says_so(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "lease.pdf").write_bytes(Pdf([Page([Line("The rent of the mill is 840 euros a month.")])]).write())
    assert run("index", folder, "--strict").code == 0
    assert "lease.pdf, page 1, characters 0-42" in run("ask", "What is the rent of the mill?", "--threshold", "0").words
    (folder / "photo.png").write_bytes(b"\x89PNG")
    (folder / "broken.pdf").write_bytes(b"%PDF-1.7")
    for _ in range(2):
        report = run("index", folder, "--strict")
        assert report.code == 3
        assert report.out.endswith("1 unchanged, 1 failed, 1 of formats that are not read\n")
        assert "failed: broken.pdf: is truncated" in report.err and "not read: photo.png: has no known format\n" in report.err
        assert run("index", folder).code == 0
    assert json.loads(run("index", folder, "--json").out)["left_out"] == {"damaged": 1, "unknown format": 1}
    [collection] = json.loads(run("status", "--json").out)["collections"]
    assert [(f["path"], f["kind"]) for f in collection["left_out"]] == [
        ("broken.pdf", "damaged"),
        ("photo.png", "unknown format"),
    ]


def test_a_folder_is_indexed_asked_verified_and_removed(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "a.txt").write_text("The bridge was built in 1890. It carries trains.", encoding="utf-8")
    (folder / "b.txt").write_text("The harbour froze in winter.", encoding="utf-8")
    monkeypatch.setenv("QUOTEWISE_THRESHOLD", "0")

    assert run("index", folder).out == "2 added, 0 changed, 0 removed, 0 unchanged, 0 failed\n"
    (folder / "b.txt").unlink()
    (folder / "c.txt").touch()
    again = run("index", folder)
    assert again.out == "0 added, 0 changed, 1 removed, 1 unchanged, 1 failed\n"
    assert again.err == "failed: c.txt: is empty\n"
    asked = run("ask", "When was the bridge built?")
    assert "[1] The bridge was built in 1890." in asked.words
    assert "a.txt, line 1, characters 0-29" in asked.words
    assert "a.txt, line 1" in run("search", "bridge").words
    status = run("status")
    assert f"default111all-MiniLM-L6-v2{folder}" in status.letters and "c.txt: is empty" in status.out
    assert f"processor: {instruction_set()}" in status.words
    (tmp_path / "answer.json").write_text(run("ask", "When was the bridge built?", "--json").out, encoding="utf-8")
    assert run("verify", tmp_path / "answer.json").words.startswith("verdict citation reason valid a.txt 0-")
    assert run("rm", "a.txt").out == "1 removed from default\n"
    assert run("search", "bridge").out == ""
    assert run("rm", "--all").out == "0 removed from default\n"
    assert "there is no collection" in run("search", "bridge").err


def test_json_says_the_same_for_programs(run: Run, tmp_path: Path) -> None:
    indexed = run("index", SEEDS, "--json").json
    assert (indexed["added"], indexed["failed"]) == ([SEED], [])
    answer = run("ask", WHY, "--json", "--max-quotes", "1").json
    assert answer["answered"]
    assert len(answer["citations"]) == 1
    assert answer["citations"][0]["document"]["path"] == SEED
    assert [passage["document"]["path"] for passage in run("search", WHY, "--json", "--top-k", "1").json] == [SEED]
    assert run("search", WHY, "--json", "--path-prefix", "x").json == []
    listed = run("status", "--json").json
    (status,) = listed["collections"]
    assert (listed["default"], listed["processor"]) == ("default", instruction_set())
    assert (status["name"], status["documents"], status["root"]) == ("default", 1, str(SEEDS))
    (tmp_path / "answer.json").write_text(json.dumps(answer["citations"]), encoding="utf-8")
    assert [found["verdict"] for found in run("verify", tmp_path / "answer.json", "--json").json] == ["valid"]
    assert run("rm", "--all", "--json").json == {"removed": [SEED]}


def test_quotes_are_extracted_from_files_without_an_index(run: Run, tmp_path: Path) -> None:
    text = "Fünf 🍤.\r\n\r\nParis is the capital of France.\r\n"
    (tmp_path / "a.txt").write_bytes(text.encode())
    (tmp_path / "b").write_bytes("Bananas are yellow. Se\xf1or.".encode("cp1252"))
    (tmp_path / "blank.md").write_bytes(b" ")
    files = [tmp_path / name for name in ("a.txt", "b", "blank.md")]
    printed = run("extract", CAPITAL, *files)
    assert (printed.code, printed.err) == (0, "")
    start = text.index("Paris")
    assert "Paris is the capital of France." in printed.words
    assert f"a.txt, characters {start}-{start + 31}" in printed.words
    assert f"{tmp_path / 'b'} does not say" in printed.words
    shape = run("extract", CAPITAL, *files, "--json").json
    assert shape.keys() == {"question", "results", "threshold", "truncated", "timings_ms", "request_id"}
    assert [found["answered"] for found in shape["results"]] == [True, False, False]
    (quote,) = shape["results"][0]["quotes"]
    assert text[quote["start"] : quote["end"]] == quote["quote"] == "Paris is the capital of France."
    assert shape["results"][0]["short_answer"]["text"] == "Paris"
    assert shape["results"][2]["quotes"] == []
    assert not (tmp_path / "index").exists()


def test_flags_bound_the_quotes_and_choose_the_reader_and_threshold_of_extract(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Paris is the capital of France. Bananas are yellow.", encoding="utf-8")
    model = writable_copy(FAST_FOLDER, tmp_path / "model")
    eager = run("extract", CAPITAL, tmp_path / "a.txt", "--threshold", "0", "--max-quotes", "1", "--json").json
    shy = run("extract", CAPITAL, tmp_path / "a.txt", "--threshold", "1", "--reader", model, "--json").json
    assert (eager["threshold"], shy["threshold"]) == (0, 1)
    assert (eager["results"][0]["answered"], shy["results"][0]["answered"]) == (True, False)
    assert len(eager["results"][0]["quotes"]) == 1
    assert shy["results"][0]["quotes"][0]["quote"] == eager["results"][0]["quotes"][0]["quote"]


@pytest.fixture
def pipe(run: Run, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Outcome]:
    """Run the command line with these bytes on standard input."""

    def call(data: bytes, *arguments: str | Path) -> Outcome:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data), encoding="utf-8"))
        return run(*arguments)

    return call


@pytest.mark.parametrize("files", [[], ["-"]])
def test_texts_can_be_piped_into_extract(pipe: Callable[..., Outcome], files: list[str]) -> None:
    text = "\ufeffNo 🍤. Paris is the capital of France."
    (quote,) = pipe(text.encode(), "extract", CAPITAL, *files, "--json").json["results"][0]["quotes"]
    assert text[1:][quote["start"] : quote["end"]] == quote["quote"]
    assert "Paris is the capital of France." in quote["quote"]
    assert "standard input, characters " in pipe(text.encode(), "extract", CAPITAL, *files).words
    for content, complaint in ((b"", "is empty"), (b"\0\xff", "is binary")):
        check_complaint(pipe(content, "extract", CAPITAL, *files), f"standard input {complaint}")


def test_an_answer_can_be_piped_into_verify(library: Path, tmp_path: Path) -> None:
    options: dict[str, Any] = {"cwd": tmp_path, "capture_output": True, "timeout": 60, "check": True}
    environment = {**os.environ, "QUOTEWISE_INDEX": str(library)}
    answer = subprocess.run([QUOTEWISE, "ask", WHY, "--json"], env=environment, **options).stdout
    verified = subprocess.run([QUOTEWISE, "verify", "-", "--json"], input=answer, env=environment, **options)
    assert {result["verdict"] for result in json.loads(verified.stdout)} == {"valid"}
    assert verified.stderr == b""


@pytest.mark.parametrize(
    ("content", "complaint"),
    [(b"", "is empty"), (b"a\0b", "is binary"), (b"x" * 101, "is larger than 100 bytes")],
    ids=["empty", "binary", "large"],
)
def test_extract_refuses_a_file_in_the_words_of_the_indexer(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes, complaint: str
) -> None:
    monkeypatch.setenv("QUOTEWISE_MAX_FILE_BYTES", "100")
    (tmp_path / "a.txt").write_bytes(content)
    check_complaint(run("extract", CAPITAL, tmp_path / "a.txt"), f"a.txt {complaint}")


@pytest.mark.parametrize(
    ("command", "name", "damage", "mentioned"),
    [
        (["extract", WHY, SEEDS / SEED], "model.onnx", lambda path: path.write_bytes(path.read_bytes()[:1000]), "is damaged"),
        (["ask", WHY], "model.onnx", Path.unlink, "cannot load"),
        (["ask", WHY], "model.json", lambda path: path.write_text('{"format": 99}'), "format 99"),
        (["extract", WHY, SEEDS / SEED], "model.json", Path.unlink, "cannot load"),
        (["serve", "--port", "0"], "tokenizer.json", lambda path: path.write_bytes(path.read_bytes()[:1000]), "cannot load"),
        (["ask", WHY], "calibration.json", Path.unlink, "cannot load"),
        (["serve", "--port", "0"], "calibration.json", lambda path: path.write_text("{}"), "cannot load"),
    ],
)
def test_a_reader_that_cannot_be_loaded_is_named_by_its_file(
    seeded: Run, tmp_path: Path, command: list[str], name: str, damage: Callable[[Path], object], mentioned: str
) -> None:
    model = writable_copy(FAST_FOLDER, tmp_path / "model")
    damage(model / name)
    check_complaint(seeded(*command, "--reader", model), str(model / name), mentioned)


def test_a_reader_that_cannot_be_loaded_is_complained_about_before_a_folder_is_indexed(run: Run, tmp_path: Path) -> None:
    check_complaint(run("serve", SEEDS, "--port", "0", "--reader", tmp_path), str(tmp_path / "model.json"))
    assert run("status", "--json").json["collections"] == []


def test_the_reader_flag_chooses_who_reads(seeded: Run) -> None:
    options = ["--collection", "notes", "--threshold", "0", "--json"]
    found = {
        reader: seeded("ask", "Where was tea first drunk?", "--reader", reader, *options).json["short_answer"]
        for reader in ("similarity", "fast", "auto", "deep")
    }
    assert found["similarity"] is None
    assert "China" in found["fast"]["text"]
    assert "China" in found["deep"]["text"]
    assert found["auto"] == found["fast"] != found["deep"]


def test_a_question_that_is_not_answered_gets_the_closest_passages(seeded: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUOTEWISE_THRESHOLD", "1")
    assert seeded("ask", WHY).words.startswith("The documents do not say. The closest passages: [1] ")
    possible = seeded("ask", "Who from Ukraine claimed responsibility?", "--threshold", 0).words
    assert possible.startswith("Possibly an answer: [1] ")
    answer = seeded("ask", WHY, "--json").json
    assert (answer["answered"], answer["answer"], answer["citations"]) == (False, None, [])
    assert answer["closest"]


@pytest.mark.parametrize("tampered", ["quote", "file", "folder"])
def test_verify_exits_with_1_as_soon_as_one_citation_no_longer_holds(seeded: Run, tmp_path: Path, tampered: str) -> None:
    answer = seeded("ask", WHY, "--json").json
    answer["citations"] = [answer["citations"][0], dict(answer["citations"][0])]
    folder = tmp_path / "copy"
    folder.mkdir()
    if tampered != "folder":
        (folder / SEED).write_bytes((SEEDS / SEED).read_bytes() + (b"!" if tampered == "file" else b""))
    if tampered == "quote":
        answer["citations"][-1]["quote"] = "Nobody said this."
    (tmp_path / "answer.json").write_text(json.dumps(answer), encoding="utf-8")
    outcome = seeded("verify", tmp_path / "answer.json", "--folder", folder, "--json")
    assert outcome.code == 1
    verdicts = [found["verdict"] for found in outcome.json]
    assert verdicts[-1] == ("missing" if tampered == "folder" else "changed")
    assert (verdicts.count("valid") == len(verdicts) - 1) == (tampered == "quote")
    assert seeded("verify", tmp_path / "answer.json", "--folder", folder).code == 1


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


def test_no_arguments_get_the_help_and_it_keeps_its_lines(run: Run) -> None:
    outcome = run()
    assert outcome.code in (0, 2)
    assert {"serve", "index", "ask", "search", "status", "verify", "rm", "settings", "eval"} <= {
        line.split()[0] for line in (outcome.out + outcome.err).splitlines() if line.split()
    }


@pytest.mark.parametrize(
    "command", ["serve", "index", "ask", "search", "extract", "status", "verify", "rm", "settings", "eval", "bench"]
)
def test_every_command_has_help(run: Run, command: str) -> None:
    outcome = run(command, "--help")
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out.startswith(f"Usage: quotewise {command} ")
    assert ("--json" in outcome.out) == (command not in ("eval", "bench"))


@pytest.mark.parametrize(
    ("content", "mentioned"),
    [
        (b"not json", "ask --json"),
        (b"", "ask --json"),
        (b"\x89PNG\r\n\x1a\n\xff\xfe\x00", "ask --json"),
        (b"5", "ask --json"),
        (b'"text"', "ask --json"),
        (b'{"question": "why"}', "citations"),
        (b'{"citations": null}', "ask --json"),
        (b'[{"quote": "a"}]', "start"),
        (b'[{"quote": "a", "start": -1, "end": 1, "document": {"path": "a", "sha256": "b"}}]', "start"),
        (b"[" * 100_000, "ask --json"),
    ],
    ids=lambda value: repr(value)[:30] if isinstance(value, bytes) else "",
)
def test_a_file_of_no_citations_is_refused(seeded: Run, tmp_path: Path, content: bytes, mentioned: str) -> None:
    (tmp_path / "answer.json").write_bytes(content)
    check_complaint(seeded("verify", tmp_path / "answer.json"), mentioned)


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


@pytest.mark.parametrize(
    ("damage", "mentioned"),
    [
        (lambda path: path.write_bytes(b"no database " * 1000), "cannot be used"),
        (lambda path: path.write_bytes(path.read_bytes()[:5000]), "cannot be used"),
        (lambda path: sqlite(path, "PRAGMA user_version = 99"), "newer than"),
        (lambda path: sqlite(path, "PRAGMA application_id = 1"), "not a Quotewise catalogue"),
    ],
    ids=["overwritten", "cut short", "of a newer version", "of another program"],
)
def test_a_catalogue_that_cannot_be_used_is_said_to_be_so_and_left_alone(
    run: Run, tmp_path: Path, damage: Callable[[Path], object], mentioned: str
) -> None:
    LocalStore(tmp_path / "index", create=True).close()
    catalogue = tmp_path / "index" / "catalogue.sqlite"
    damage(catalogue)
    before = catalogue.read_bytes()
    for arguments in (["check"], ["ask", WHY], ["index", SEEDS]):
        check_complaint(run(*arguments), str(catalogue), mentioned)
    assert catalogue.read_bytes() == before


def test_a_check_names_what_is_damaged_line_by_line(run: Run, tmp_path: Path) -> None:
    run("index", SEEDS)
    assert [(found["part"], found["sound"]) for found in run("check", "--json").json] == [
        ("catalogue", True),
        ("documents of default", True),
        ("search index of default", True),
    ]
    sqlite(tmp_path / "index" / "catalogue.sqlite", "UPDATE texts SET text = replace(text, 'Russia', 'Prussia')")
    damaged = run("check")
    assert damaged.code == 1
    lines = damaged.out.splitlines()
    assert [line.split()[0] for line in lines] == ["sound", "damaged", "sound"]
    assert SEED in lines[1]
    run("index", SEEDS)
    assert all(found["sound"] for found in run("check", "--json").json)


def sqlite(path: Path, statement: str) -> None:
    connection = sqlite3.connect(path)
    connection.execute(statement)
    connection.commit()
    connection.close()


def test_a_second_writer_is_turned_away_while_readers_go_on(run: Run, tmp_path: Path) -> None:
    assert run("index", SEEDS).code == 0
    store = LocalStore(tmp_path / "index")
    with store.writing():
        for arguments in (["index", SEEDS], ["rm", SEED]):
            check_complaint(run(*arguments), "another process is writing")
        assert run("ask", WHY, "--json").json["answered"]
    assert run("index", SEEDS, "--json").json["unchanged"] == [SEED]
    store.close()


def test_a_prefix_of_undecodable_bytes_is_that_of_no_document(seeded: Run) -> None:
    assert seeded("search", WHY, "--path-prefix", "\udcff", "--json").json == []


@pytest.mark.skipif(sys.platform != "linux", reason="only there may a folder name be any bytes")
def test_a_folder_of_an_undecodable_name_is_a_mistake_like_any_other(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "\udcff"
    folder.mkdir()
    (folder / "a.txt").write_text("Something.", encoding="utf-8")
    check_complaint(run("index", folder), r"\udcff")


@pytest.mark.skipif(sys.platform != "linux", reason="only there may a file name be any bytes")
def test_an_undecodable_file_name_is_reported_also_as_json(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "a.txt").write_text("Something.", encoding="utf-8")
    (folder / "\udcff.txt").write_text("Something.", encoding="utf-8")
    environment = {**os.environ, "QUOTEWISE_INDEX": str(tmp_path / "index"), "PYTHONIOENCODING": "utf-8:strict"}
    options: dict[str, Any] = {"env": environment, "cwd": tmp_path, "capture_output": True, "timeout": 60}
    indexed = subprocess.run([QUOTEWISE, "index", folder, "--json"], **options)
    assert (indexed.returncode, indexed.stderr) == (0, b"")
    assert [failure["reason"] for failure in json.loads(indexed.stdout)["failed"]] == [
        "file name is not valid UTF-8; rename it"
    ]


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
    assert outcome.code == 0, outcome.err
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


def test_flags_set_the_threshold_and_the_file_limit(seeded: Run, tmp_path: Path) -> None:
    assert [seeded("ask", WHY, "--threshold", least, "--json").json["answered"] for least in ("1", "0")] == [False, True]
    (tmp_path / "limited").mkdir()
    (tmp_path / "limited" / "a.txt").write_text("Something.", encoding="utf-8")
    (tmp_path / "limited" / "b.txt").write_text("Something longer than that.", encoding="utf-8")
    [failure] = seeded("index", tmp_path / "limited", "-i", tmp_path / "own", "--max-file-bytes", "20", "--json").json["failed"]
    assert failure["path"] == "b.txt"
