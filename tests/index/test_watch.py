from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from threading import Event

import pytest

import quotewise.index.watch
from quotewise.index.watch import watched
from tests.index.conftest import at_most


def assert_told(told: Iterator[bool]) -> None:
    """A change is told, and then nothing for a second."""
    assert any(islice(told, 60))
    while any(islice(told, 2)):
        pass


@pytest.mark.parametrize("polling", [False, True])
def test_changes_of_documents_are_told_but_not_those_of_hidden_files_and_of_the_index(
    folder: Path, tmp_path: Path, polling: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quotewise.index.watch, "_LOOK_MS", 500)
    index = folder / "index"
    (folder / ".git").mkdir()
    index.mkdir()
    told = watched(folder, index, Event(), polling)
    with at_most(60):
        assert next(told), "for what changed before"
        assert not any(islice(told, 2))
        for hidden in (folder / ".git" / "config", folder / ".draft.txt", index / "catalogue.sqlite"):
            hidden.write_text("changed")
        assert not any(islice(told, 4)), "for two seconds"
        for document in (folder / "a.txt", folder / ".gitignore"):
            document.write_text("changed")
            assert_told(told)
        folder.rename(tmp_path / "elsewhere")
        assert len(list(told)) < 5, "it ends, since the folder is gone"


def test_it_ends_when_told_to_and_a_missing_folder_cannot_be_watched(folder: Path, tmp_path: Path) -> None:
    end = Event()
    told = watched(folder, tmp_path / "index", end)
    with at_most(60):
        assert next(told)
        end.set()
        assert list(told) == []
        with pytest.raises(FileNotFoundError):
            next(watched(tmp_path / "nowhere", tmp_path / "index", Event()))
