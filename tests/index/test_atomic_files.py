import errno
import os
import stat
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quotewise.index.atomic_files import document_path, remove_file, replaced_file, sweep_drafts
from quotewise.index.documents import find_files, read_file
from quotewise.index.errors import DocumentError, FolderReadOnlyError, FolderUnavailableError, InvalidPathError, PathTakenError
from quotewise.index.folders import read_inside
from quotewise.index.printable import printable
from tests.index.conftest import ordinary_user
from tests.index.texts import examples

HOSTILE = [
    *("", "/", ".", "..", "a.txt/", "/a.txt", "//a.txt", "a//b.txt", "./a.txt", "a/./b.txt"),
    *("../a.txt", "a/../b.txt", "a/../../b.txt", "..\\a.txt", "a\\b.txt", "C:\\a.txt", "\\\\host\\a.txt"),
    *(".txt", ".a.txt", ".git/a.txt", "a/.b/c.txt", ".../a.txt", "a", "a.exe", "a.txt.exe", "a.txt\0", "a.txt\0.md"),
    *("a\n.txt", "a\r.md", "\x1b[2Ja.txt", "a\x7f.txt", "a\x85.txt", "a\u2028.txt", "\u202etxt.a.txt", "a\u2066.txt"),
    *("a\ufffd.txt", "a\ud800.txt", " a.txt", "a /b.txt", "a./b.txt", "\u2003a.txt"),
    *("x" * 252 + ".txt", "ä" * 126 + ".txt", "a/" * 33 + "b.txt", "/".join(["x" * 200] * 6) + ".txt"),
]
SOUND = [
    *("a.txt", "A.TXT", "a.md", "a/b/c.md", "café 🍤.txt", "games/👩👩.txt", "%2e%2e%2fa.txt", "%252e.txt", "~/a.txt"),
    *("~a.txt", "-rf.txt", "a:b.txt", "a..b.txt", "$(x);'\".md", "CON.txt", "x" * 251 + ".txt", "a/" * 32 + "b.txt"),
]
pieces = st.sampled_from(["/", "//", "..", ".", "../", "\\", "%2f", "a", "b.txt", ".md", " ", "\0", "~", "x" * 256, *HOSTILE])
paths = st.one_of(st.text(max_size=30), st.lists(st.one_of(pieces, st.text(max_size=3)), max_size=8).map("".join))


def everything_below(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*")}


@pytest.mark.parametrize("path", HOSTILE, ids=ascii)
def test_a_path_that_is_no_documents_is_refused_with_what_would_be_taken(path: str) -> None:
    with pytest.raises(InvalidPathError, match="expected one such as"):
        document_path(path)


@pytest.mark.parametrize("path", SOUND, ids=ascii)
def test_an_unusual_name_is_a_name(path: str, tmp_path: Path) -> None:
    assert document_path(path) == path
    with replaced_file(tmp_path, path, b"text"):
        pass
    assert [file.path for file in find_files(tmp_path)] == [path]


@pytest.mark.parametrize(
    "hidden", "\u00ad\u034f\u061c\u115f\u180e\u200b\u200d\u200f\u202e\u2060\u2069\u3164\ufe0f\ufeff\U000e0041", ids=ascii
)
def test_a_name_with_a_character_that_cannot_be_seen_is_refused_and_shown_with_it_escaped(hidden: str) -> None:
    with pytest.raises(InvalidPathError, match=f"holds the invisible character U\\+{ord(hidden):04X}"):
        document_path(f"no{hidden}tes/tea.md")
    if hidden != "\ufe0f":  # which also tells an emoji's colours
        assert printable(f"a{hidden}b") == f"a{hidden.encode('unicode_escape').decode()}b"


def test_a_name_has_one_form_whatever_system_it_comes_from() -> None:
    assert document_path("cafe\u0301/the\u0301.txt") == "café/thé.txt"


def test_no_path_ever_leads_out_of_the_folder_and_what_is_written_is_what_a_sync_finds(tmp_path: Path) -> None:
    number = 0

    @examples(300)
    @given(st.one_of(paths, paths.map(lambda path: f"{path}.txt")))
    def check(path: str) -> None:
        nonlocal number
        number += 1
        around = tmp_path / str(number)
        root = around / "root"
        root.mkdir(parents=True)
        try:
            path = document_path(path)
        except InvalidPathError:
            return
        with replaced_file(root, path, b"text"):
            pass
        assert {entry.name for entry in around.iterdir()} == {"root"}
        assert [(file.path, file.problem) for file in find_files(root)] == [(path, None)]
        assert (root / path).read_bytes() == b"text"
        remove_file(root, path)
        assert everything_below(around) == {"root"}

    check()


OBSTACLES: dict[str, Callable[[Path, Path], object]] = {
    "link to a folder outside": lambda root, outside: (root / "a").symlink_to(outside),
    "link to a folder inside": lambda root, outside: ((root / "real").mkdir(), (root / "a").symlink_to("real")),
    "link to nothing": lambda root, outside: (root / "a").symlink_to(outside / "new"),
    "file": lambda root, outside: (root / "a").write_text("a file", encoding="utf-8"),
    "folder": lambda root, outside: (root / "a" / "b.txt" / "c").mkdir(parents=True),
}


@pytest.mark.parametrize("arranged", OBSTACLES.values(), ids=OBSTACLES)
def test_links_and_what_stands_in_the_way_are_left_alone(tmp_path: Path, arranged: Callable[[Path, Path], object]) -> None:
    root, outside = tmp_path / "root", tmp_path / "outside"
    root.mkdir()
    outside.mkdir()
    (outside / "b.txt").write_text("not yours", encoding="utf-8")
    arranged(root, outside)
    before = everything_below(tmp_path)
    with pytest.raises(PathTakenError), replaced_file(root, "a/b.txt", b"text"):
        pass
    with pytest.raises(PathTakenError):
        remove_file(root, "a/b.txt")
    assert everything_below(tmp_path) == before
    assert (outside / "b.txt").read_text(encoding="utf-8") == "not yours"


def test_a_link_at_the_path_itself_gives_way_and_its_target_stays(tmp_path: Path) -> None:
    root, secret = tmp_path / "root", tmp_path / "secret.txt"
    root.mkdir()
    secret.write_text("secret", encoding="utf-8")
    (root / "a.txt").symlink_to(secret)
    with replaced_file(root, "a.txt", b"text"):
        pass
    assert not (root / "a.txt").is_symlink()
    (root / "b.txt").symlink_to(secret)
    remove_file(root, "b.txt")
    assert everything_below(root) == {"a.txt"}
    assert secret.read_text(encoding="utf-8") == "secret"


def test_what_stood_there_comes_back_when_the_rest_fails(tmp_path: Path) -> None:
    (tmp_path / "old.txt").write_bytes(b"old")
    for path in ("old.txt", "new/new.txt"):
        with pytest.raises(RuntimeError), replaced_file(tmp_path, path, b"new"):
            assert (tmp_path / path).read_bytes() == b"new"
            raise RuntimeError
    assert everything_below(tmp_path) == {"old.txt", "new"}
    assert (tmp_path / "old.txt").read_bytes() == b"old"


@pytest.mark.parametrize("reason", [errno.EPERM, errno.EMLINK, errno.EOPNOTSUPP])
def test_what_stood_there_comes_back_though_it_could_not_be_linked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reason: int
) -> None:
    def refused(*arguments: Any, **options: Any) -> None:  # as for another's file, or by a file system without links
        raise OSError(reason, os.strerror(reason))

    (tmp_path / "old.txt").write_bytes(b"old")
    monkeypatch.setattr(os, "link", refused)
    with pytest.raises(RuntimeError), replaced_file(tmp_path, "old.txt", b"new"):
        assert (tmp_path / "old.txt").read_bytes() == b"new"
        raise RuntimeError
    with monkeypatch.context() as failing:
        failing.setattr(os, "fsync", lambda descriptor: None if stat.S_ISREG(os.fstat(descriptor).st_mode) else refused())
        with pytest.raises((FolderUnavailableError, FolderReadOnlyError)), replaced_file(tmp_path, "old.txt", b"new"):
            pass
    assert (tmp_path / "old.txt").read_bytes() == b"old"
    with replaced_file(tmp_path, "old.txt", b"new"):
        pass
    assert everything_below(tmp_path) == {"old.txt"}
    assert (tmp_path / "old.txt").read_bytes() == b"new"


def test_a_folder_that_is_gone_or_not_to_be_written_to_is_called_so(open_folder: Path) -> None:
    root = open_folder / "root"
    with pytest.raises(FolderUnavailableError, match="cannot be used: No such file"), replaced_file(root, "a.txt", b"text"):
        pass
    root.mkdir()
    (root / "a.txt").write_bytes(b"old")
    root.chmod(0o555)
    with ordinary_user():
        with (
            pytest.raises(FolderReadOnlyError, match="Permission denied; nothing was changed"),
            replaced_file(root, "a.txt", b"new"),
        ):
            pass
        with pytest.raises(FolderReadOnlyError, match="Permission denied"):
            remove_file(root, "a.txt")
    assert (root / "a.txt").read_bytes() == b"old"
    assert everything_below(root) == {"a.txt"}
    root.chmod(0o755)


def test_a_root_that_has_become_a_link_is_not_followed(tmp_path: Path) -> None:
    root, outside = tmp_path / "above" / "root", tmp_path / "outside"
    for folder in (root, outside / "root"):
        folder.mkdir(parents=True)
        (folder / "a.txt").write_bytes(b"old")
    for link, target in ((root, outside / "root"), (root.parent, outside)):
        link.rename(tmp_path / "aside")
        link.symlink_to(target)
        with pytest.raises(FolderUnavailableError, match="is a link"), replaced_file(root, "b.txt", b"new"):
            pass
        with pytest.raises(FolderUnavailableError, match="is a link"):
            remove_file(root, "a.txt")
        link.unlink()
        (tmp_path / "aside").rename(link)
    assert everything_below(outside) == {"root", "root/a.txt"}


def test_a_folder_swapped_for_a_link_or_moved_away_meanwhile_gets_nothing_and_loses_nothing(tmp_path: Path) -> None:
    root, outside, moved = tmp_path / "root", tmp_path / "outside", tmp_path / "moved"
    for folder in (root / "a", outside):
        folder.mkdir(parents=True)
        (folder / "kept.txt").write_bytes(b"kept" if folder.name == "a" else b"not yours")
    done = threading.Event()

    def swap() -> None:
        for number in count():
            if done.is_set():
                return
            time.sleep(0.02)
            (root / "a").rename(moved)
            with suppress(FileExistsError):  # an upload has made the folder again
                (root / "a").symlink_to(outside)
                time.sleep(0.0005)
                (root / "a").unlink()
            while moved.exists():
                try:
                    moved.rename(root / "a")
                except OSError:
                    (root / "a").rename(tmp_path / f"made again {number}")

    swapping = threading.Thread(target=swap)
    swapping.start()
    refused = placed = 0
    deadline = time.monotonic() + 20
    try:
        while (refused < 20 or placed < 20) and time.monotonic() < deadline:
            try:
                with replaced_file(root, f"a/{placed}.txt", b"text"):
                    pass
                remove_file(root, f"a/{placed}.txt")
                placed += 1
            except (PathTakenError, FolderUnavailableError):
                refused += 1
            with suppress(DocumentError):
                assert read_inside(root, "a/kept.txt", 100) == b"kept"
    finally:
        done.set()
        swapping.join()
    assert refused >= 20
    assert placed >= 20
    assert everything_below(outside) == {"kept.txt"}


def test_what_is_written_has_no_more_rights_than_the_folder_it_is_in(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    with replaced_file(tmp_path, "sub/a.txt", b"text"):
        pass
    assert (tmp_path / "sub").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "sub" / "a.txt").stat().st_mode & 0o777 == 0o600


COMPOSED, DECOMPOSED = "caf\u00e9", "cafe\u0301"


def test_a_name_composed_otherwise_on_disk_is_the_same_name(tmp_path: Path) -> None:
    (tmp_path / DECOMPOSED).mkdir()
    (tmp_path / DECOMPOSED / f"{DECOMPOSED}.txt").write_bytes(b"old")
    path = f"{COMPOSED}/{COMPOSED}.txt"
    assert [file.path for file in find_files(tmp_path)] == [path]
    assert read_inside(tmp_path, path, 100) == b"old"
    with replaced_file(tmp_path, path, b"new"):
        pass
    assert read_file(tmp_path / DECOMPOSED / f"{DECOMPOSED}.txt", 100) == b"new"
    assert everything_below(tmp_path) == {DECOMPOSED, f"{DECOMPOSED}/{DECOMPOSED}.txt"}
    remove_file(tmp_path, path)
    assert everything_below(tmp_path) == set()


def test_of_two_names_that_are_the_same_but_for_their_composition_one_is_always_taken(tmp_path: Path) -> None:
    for name in (DECOMPOSED, COMPOSED):
        (tmp_path / f"{name}.txt").write_bytes(name.encode())
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.txt").write_bytes(name.encode())
    found = {file.path: file.problem for file in find_files(tmp_path)}
    assert {path for path, problem in found.items() if problem is None} == {f"{COMPOSED}.txt", f"{COMPOSED}/a.txt"}
    assert {path for path, problem in found.items() if problem and "same name" in problem} == {f"{DECOMPOSED}.txt", DECOMPOSED}
    for path in (f"{COMPOSED}.txt", f"{COMPOSED}/a.txt"):
        assert read_inside(tmp_path, path, 100) == COMPOSED.encode()


def test_drafts_are_swept_and_nothing_that_is_only_named_like_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    drafts = {".quotewise-0123456789abcdef.new", "sub/.quotewise-0123456789abcdef.old"}
    others = {".quotewise-notes.md", ".quotewise-0123456789abcdef.new.txt", "sub/.quotewise-settings.old"}
    for folder in ("sub", "gone"):
        (tmp_path / folder).mkdir()
    for path in drafts | others:
        (tmp_path / path).write_bytes(b"")
    scandir = os.scandir

    def vanishing(path: Path | str) -> Any:
        if Path(path).name == "gone":
            Path(path).rmdir()
        return scandir(path)

    monkeypatch.setattr(os, "scandir", vanishing)
    sweep_drafts(tmp_path)
    monkeypatch.undo()
    assert everything_below(tmp_path) == {"sub"} | others
