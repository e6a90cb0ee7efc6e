from collections.abc import Callable
from pathlib import Path

import pytest

from quotewise.rag.readers.span_model import FAST_FOLDER
from tests.api.command_line import Outcome, Run, check_complaint
from tests.conftest import writable_copy

CAPITAL = "What is the capital of France?"


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


@pytest.mark.parametrize("files", [[], ["-"]])
def test_texts_can_be_piped_into_extract(pipe: Callable[..., Outcome], files: list[str]) -> None:
    text = "\ufeffNo 🍤. Paris is the capital of France."
    (quote,) = pipe(text.encode(), "extract", CAPITAL, *files, "--json").json["results"][0]["quotes"]
    assert text[1:][quote["start"] : quote["end"]] == quote["quote"]
    assert "Paris is the capital of France." in quote["quote"]
    assert "standard input, characters " in pipe(text.encode(), "extract", CAPITAL, *files).words
    for content, complaint in ((b"", "is empty"), (b"\0\xff", "is binary")):
        check_complaint(pipe(content, "extract", CAPITAL, *files), f"standard input {complaint}")


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
