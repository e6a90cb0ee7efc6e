import subprocess
import sys
from pathlib import Path

import pytest

import quotewise
from quotewise.index.errors import QuotewiseError


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "tea.md").write_text("# Tea\n\nTea was first drunk in southwest China.\n")
    return folder


@pytest.mark.usefixtures("default_reader")
def test_a_folder_is_indexed_beside_it_and_asked_in_three_lines(docs: Path) -> None:
    with quotewise.open(docs) as library:
        answer = library.ask("Where was tea first drunk?", max_quotes=1)
        (citation,) = answer.citations
        assert (citation.quote, citation.document.path, citation.lines) == (
            "Tea was first drunk in southwest China.",
            "tea.md",
            (3, 3),
        )
        assert [result.verdict for result in library.verify(answer.citations)] == ["valid"]
        assert library.search("tea").passages[0].document.path == "tea.md"
        assert [type(step).__name__ for step in library.stream("Where was tea first drunk?")][::2] == ["SearchResult", "Answer"]
        assert library.extract("Where was tea first drunk?", ["It was China.", "Bananas are yellow."]).question
    assert (docs.parent / ".quotewise").is_dir()


def test_it_is_brought_up_to_date_when_it_is_opened_and_on_demand(docs: Path) -> None:
    with quotewise.open(docs) as library:
        (docs / "cocoa.txt").write_text("Cocoa was first drunk by the Olmecs of Mexico.")
        assert library.update().added == ("cocoa.txt",)
    (docs / "tea.md").unlink()
    with quotewise.open(docs) as library:
        assert library.report.removed == ("tea.md",)
        assert not library.ask("Where was tea first drunk?").answered


def test_mistakes_are_errors_of_one_family_and_leave_nothing(tmp_path: Path) -> None:
    for folder, settings in ((tmp_path / "none", {}), (tmp_path, {"top_k": 0}), (tmp_path, {"no_setting": 1})):
        with pytest.raises(QuotewiseError):
            quotewise.open(folder, **settings)
    assert list(tmp_path.iterdir()) == []


def test_importing_it_imports_no_model() -> None:
    code = "import quotewise, sys; print({'numpy', 'onnxruntime', 'fastapi', 'pydantic'} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "set()\n"
