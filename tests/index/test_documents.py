import hashlib
import os
from pathlib import Path

import pytest
from hypothesis import given

from quotewise.index.documents import SourceFile, find_files, parse_document, read_file
from quotewise.index.errors import DocumentError, FolderError
from quotewise.index.printable import printable
from tests.index.conftest import at_most, ordinary_user
from tests.index.texts import encodings, examples, markdown_texts, texts


def found(folder: Path) -> dict[str, str | None]:
    return {file.path: file.problem for file in find_files(folder)}


def test_files_of_known_formats_are_found_in_the_whole_tree_in_order(folder: Path) -> None:
    for name in (
        "b.txt",
        "a.MD",
        "c.png",
        "sub/deep/d.txt",
        "sub/e.md",
        ".hidden.txt",
        ".git/f.txt",
        "sub/.g/h.md",
        "x.txt/i.md",
    ):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("text")
    other = SourceFile("c.png", "has no known format", is_document=False)
    documents = [SourceFile(path) for path in ("a.MD", "b.txt", "sub/e.md", "sub/deep/d.txt", "x.txt/i.md")]
    assert list(find_files(folder)) == [*documents[:2], other, *documents[2:]]


def test_what_gitignore_and_quotewiseignore_exclude_is_not_found_and_the_nearest_file_decides(folder: Path) -> None:
    for path, text in {
        ".gitignore": "*.log\nbuild/\n/top.txt\n!kept.log\n",
        ".quotewiseignore": "drafts/*.md\n",
        "sub/.gitignore": "!b.log\nc*\n",
        "evil/.gitignore": "[\n\\\n" + "**/" * 9 + "x\n",
    }.items():
        (folder / path).parent.mkdir(exist_ok=True)
        (folder / path).write_text(text)
    paths = "a.log kept.log top.txt build/x.txt drafts/x.md drafts/y.txt sub/top.txt sub/b.log sub/c.txt evil/y.txt"
    for path in paths.split():
        (folder / path).parent.mkdir(exist_ok=True)
        (folder / path).write_text("text")
    assert list(found(folder)) == ["kept.log", "drafts/y.txt", "evil/y.txt", "sub/b.log", "sub/top.txt"]


def test_a_folder_that_is_missing_or_a_file_is_refused(folder: Path) -> None:
    (folder / "file.txt").write_text("text")
    for path in (folder / "missing", folder / "file.txt", folder / "file.txt" / "x"):
        with pytest.raises(FolderError, match="is not a folder"):
            list(find_files(path))


def test_links_to_files_inside_the_folder_are_taken_and_others_come_with_their_problem(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "outside.txt").write_text("secret")
    (tmp_path / "folder2").mkdir()  # its name starts with that of the folder
    (tmp_path / "folder2" / "x.txt").write_text("secret")
    (folder / "sub").mkdir()
    (folder / "sub" / "real.txt").write_text("text")
    for name, target in {
        "inside.txt": "sub/real.txt",
        "round.txt": "sub/../../folder/sub/real.txt",
        "out.txt": "../outside.txt",
        "absolute.txt": str(tmp_path / "outside.txt"),
        "neighbour.txt": "../folder2/x.txt",
        "nothing.txt": "gone.txt",
        "self.txt": "self.txt",
        "ping.txt": "pong.txt",
        "pong.txt": "ping.txt",
        "up": "..",
        "round_and_round": ".",
        "sub/to_sub": "../sub",
        "etc": "/etc",
    }.items():
        (folder / name).symlink_to(target)
    assert found(folder) == {
        "inside.txt": None,
        "round.txt": None,
        "sub/real.txt": None,
        "out.txt": "symbolic link that leaves the folder",
        "absolute.txt": "symbolic link that leaves the folder",
        "neighbour.txt": "symbolic link that leaves the folder",
        "nothing.txt": "symbolic link to nothing",
        "self.txt": "symbolic link that loops",
        "ping.txt": "symbolic link that loops",
        "pong.txt": "symbolic link that loops",
        "up": "symbolic link that leaves the folder",
        "etc": "symbolic link that leaves the folder",
    }


def test_a_folder_reached_through_a_link_is_the_folder(folder: Path, tmp_path: Path) -> None:
    (folder / "a.txt").write_text("text")
    (folder / "b.txt").symlink_to("a.txt")
    (tmp_path / "link").symlink_to(folder)
    assert found(tmp_path / "link") == {"a.txt": None, "b.txt": None}


def test_names_that_are_not_utf_8_come_with_their_problem(folder: Path) -> None:
    (folder / "good").mkdir()
    (folder / "caf\udce9").mkdir()
    for name in ("caf\udce9/x.txt", "\udcff.md", "\udcff.png", "good/naïve.txt"):
        (folder / name).write_text("text")
    problem = "file name is not valid UTF-8; rename it"
    assert found(folder) == {"caf\udce9/x.txt": problem, "\udcff.md": problem, "\udcff.png": problem, "good/naïve.txt": None}


def test_a_name_is_printed_on_one_line_whatever_is_in_it() -> None:
    assert printable("a\n\r\x1b[31m\t\udce9\u202eé 😀'\"") == "a\\n\\r\\x1b[31m\\t\\udce9\\u202eé 😀'\""


@pytest.mark.parametrize("last", [False, True])
def test_a_folder_that_cannot_be_listed_is_reported(open_folder: Path, last: bool) -> None:
    shut = open_folder / "shut"
    shut.mkdir()
    (open_folder / "a.txt").write_text("text")
    if not last:
        (open_folder / "sub").mkdir()
    shut.chmod(0)
    with ordinary_user(open_folder, shut):
        assert found(open_folder) == {"a.txt": None, "shut": "folder cannot be listed: Permission denied"}
        open_folder.chmod(0)
        with pytest.raises(FolderError, match=r"cannot list .*: Permission denied"):
            found(open_folder)
        open_folder.chmod(0o755)
        shut.chmod(0o755)


def test_a_file_is_read_up_to_the_limit_and_never_beyond(folder: Path) -> None:
    path = folder / "a.txt"
    path.write_bytes(b"x" * 100)
    assert read_file(path, 100) == read_file(path, 10**19) == b"x" * 100
    with pytest.raises(DocumentError, match="larger than 99 bytes"):
        read_file(path, 99)
    os.truncate(path, 1 << 40)  # a terabyte, with nothing in it
    with pytest.raises(DocumentError, match="larger than 1,000,000 bytes"):
        read_file(path, 1_000_000)


def test_what_is_no_readable_file_is_refused_with_the_reason(folder: Path, open_folder: Path) -> None:
    (folder / "empty.txt").touch()
    (folder / "folder.txt").mkdir()
    os.mkfifo(folder / "fifo.txt")
    (folder / "loop.txt").symlink_to("loop.txt")
    reasons = {
        "empty.txt": "is empty",
        "folder.txt": "cannot be read: is a folder",
        "fifo.txt": "is not a regular file",
        "gone.txt": "vanished before it could be read",
        "empty.txt/x": "cannot be read: Not a directory",
        "loop.txt": "cannot be read: Too many levels of symbolic links",
        "x" * 300 + ".txt": "cannot be read: File name too long",
    }
    for name, reason in reasons.items():
        with at_most(10), pytest.raises(DocumentError, match=f"^{reason}$"):
            read_file(folder / name, 1000)
    shut = open_folder / "shut.txt"
    shut.write_text("text")
    shut.chmod(0)
    with ordinary_user(shut), pytest.raises(DocumentError, match=r"^cannot be read: Permission denied$"):
        read_file(shut, 1000)


def lowest_free_descriptor() -> int:
    with open(os.devnull) as file:
        return file.fileno()


def test_no_descriptor_stays_open_after_a_refusal(folder: Path) -> None:
    (folder / "empty.txt").touch()
    os.mkfifo(folder / "fifo.txt")
    before = lowest_free_descriptor()
    for path in (folder, folder / "empty.txt", folder / "fifo.txt") * 20:
        with pytest.raises(DocumentError):
            read_file(path, 10)
    assert lowest_free_descriptor() < before + 20  # since services that other tests share open some of their own


@pytest.mark.parametrize("data", [b" \r\n\t\n", "\u2003\u3000\u2028".encode(), b"\xef\xbb\xbf", b"\xff\xfe \0"])
@pytest.mark.parametrize("name", ["a.txt", "a.md"])
def test_a_blank_file_is_no_document(name: str, data: bytes) -> None:
    with pytest.raises(DocumentError, match="is blank"):
        parse_document(name, data)


def test_a_file_of_unknown_format_is_no_document() -> None:
    with pytest.raises(DocumentError, match="no known format"):
        parse_document("a.png", b"text")


def test_a_document_carries_what_a_citation_needs() -> None:
    data = "\ufeff---\ntitle: Größe\nyear: 2020\n---\r\nText.\r".encode()
    document = parse_document("sub/b.md", data)
    assert (document.path, document.title, document.media_type) == ("sub/b.md", "Größe", "text/markdown")
    assert (document.encoding, document.size_bytes, document.metadata) == (
        "utf-8-sig",
        len(data),
        {"title": "Größe", "year": "2020"},
    )
    assert document.sha256 == hashlib.sha256(data).hexdigest()


def test_a_document_without_a_title_goes_by_its_file_name() -> None:
    assert parse_document("sub/some report.v2.txt", b"It is so.").title == "some report.v2"
    for name, title in {
        "notes": "notes",
        "parental_leave_policy": "parental leave policy",
        "parental-leave-policy": "parental leave policy",
        "e-mail": "e-mail",
        "e-mail_rules": "e-mail rules",
        "2024-03-01-minutes": "2024-03-01-minutes",
        "Minutes 2024_03-a": "Minutes 2024_03-a",
        "000_7929c3090c429e95": "000_7929c3090c429e95",
        "__init__": "__init__",
    }.items():
        assert parse_document(f"sub/{name}.md", b"It is so.\n\n## Sponsors\n\nAnn.").title == title


@examples(200)
@given(texts, markdown_texts, encodings)
def test_the_text_of_a_document_is_the_decoded_file(text: str, markdown: str, encoding: str) -> None:
    for path, content in (("a.txt", text), ("a.md", markdown)):
        data = f"{content}x".encode(encoding)
        document = parse_document(path, data)
        assert data.decode(document.encoding) == document.text
        assert document.text == f"{content}x" or encoding == "utf-8"
        assert document.title
