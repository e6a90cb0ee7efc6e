from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from threading import Event

import pytest

from quotewise.index.watch import watched
from tests.index.conftest import at_most


def settled(told: Iterator[bool]) -> bool:
    """Whether a change is told before nothing is for two seconds."""
    changed = quiet = 0
    while quiet < 2:
        one = next(told)
        changed, quiet = changed + one, 0 if one else quiet + 1
    return bool(changed)


@pytest.mark.parametrize("polling", [False, True])
def test_changes_of_documents_are_told_but_not_those_of_hidden_files_and_of_the_index(
    folder: Path, tmp_path: Path, polling: bool
) -> None:
    index = folder / "index"
    (folder / ".git").mkdir()
    index.mkdir()
    told = watched(folder, index, Event(), polling)
    with at_most(60):
        assert next(told), "for what changed before"
        assert not any(islice(told, 1))
        for hidden in (folder / ".git" / "config", folder / ".draft.txt", index / "catalogue.sqlite"):
            hidden.write_text("changed")
        assert not settled(told)
        for document in (folder / "a.txt", folder / ".gitignore"):
            document.write_text("changed")
            assert settled(told)
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
