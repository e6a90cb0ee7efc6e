from pathlib import Path

import pytest

from quotewise.api import originals
from quotewise.api.callers import LOCAL
from quotewise.api.cli import main
from quotewise.api.indexing import index_folder
from quotewise.api.service import Service
from quotewise.api.settings import Settings, SettingsError
from quotewise.index.sentences import Span
from tests.index.formats.pdf_files import locked

PASSWORD = "sesame-open-up"


@pytest.fixture
def passwords(tmp_path: Path) -> Path:
    path = tmp_path / "passwords.txt"
    path.write_text(f"wrong\n\n{PASSWORD}\n", encoding="utf-8")
    return path


def test_a_file_that_was_refused_for_a_password_is_read_once_one_is_given_which_is_kept_nowhere(
    tmp_path: Path, folder: Path, passwords: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "lease.pdf").write_bytes(locked("The rent is 40 euros.", PASSWORD))
    (folder / "notes.txt").write_text("Whales sing.")
    index = ["index", str(folder), "--index", str(tmp_path / "index")]
    for expected in ("lease.pdf: needs a password; write it into a file", "1 unchanged, 1 failed"):
        with pytest.raises(SystemExit):
            main(index)
        captured = capsys.readouterr()
        assert expected in " ".join((captured.out + captured.err).split())
    with pytest.raises(SystemExit):
        main([*index, "--password-file", str(passwords)])
    captured = capsys.readouterr()
    assert captured.out.startswith("1 added")
    assert PASSWORD not in captured.out + captured.err
    with Service.open(Settings(index=tmp_path / "index", password_file=passwords)) as service:
        [lease, _] = service.documents(LOCAL).documents
        assert originals.span_place(service, LOCAL, lease.id, Span(0, 21)).boxes
        assert originals.page_image(service, LOCAL, lease.id, 1).startswith(b"\x89PNG")
    for file in (tmp_path / "index").rglob("*"):
        assert not file.is_file() or PASSWORD.encode() not in file.read_bytes()


def test_passwords_that_would_be_indexed_or_cannot_be_read_are_refused(tmp_path: Path, folder: Path, passwords: Path) -> None:
    inside = folder / "passwords.txt"
    passwords.rename(inside)
    with Service.open(Settings(index=tmp_path / "index", password_file=inside), create=True) as service:
        with pytest.raises(SettingsError, match="is in the folder that is indexed; keep it elsewhere"):
            index_folder(service, LOCAL, folder)
        assert not service.store.catalogue.collections()
    with pytest.raises(SettingsError, match=r"passwords\.txt cannot be read: No such file"):
        Settings(password_file=passwords).parse_options()
    passwords.write_text("a\n" * 101)
    with pytest.raises(SettingsError, match="holds 101 lines; at most 100 are tried"):
        Settings(password_file=passwords).parse_options()
    passwords.write_bytes(b"secret-\xff")
    with pytest.raises(SettingsError) as error:
        Settings(password_file=passwords).parse_options()
    assert "not in UTF-8" in str(error.value)
    assert "secret" not in str(error.value)
