import json
import os
import sqlite3
import stat
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from quotewise.api.cli import main
from quotewise.api.keys import InvalidKeyError, Key, Keys, KeysUnavailableError


def keys(capsys: pytest.CaptureFixture[str], folder: Path, *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as exit:
        main(["keys", *arguments, "--index", str(folder)])
    said = capsys.readouterr()
    return int(exit.value.code or 0), said.out, said.err


def test_a_key_is_made_listed_and_revoked_on_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "index"
    code, printed, _ = keys(capsys, folder, "make", "the shop", "--scope", "ask", "--collection", "notes")
    secret = printed.strip()
    assert code == 0
    assert secret.startswith("qw_")
    assert len(secret) > 40
    made = json.loads(keys(capsys, folder, "make", "admin", "--scope", "manage", "--json")[1])
    assert Keys(folder).look_up(made["key"])[1]
    listed: list[dict[str, Any]] = json.loads(keys(capsys, folder, "list", "--json")[1])
    assert [(k["name"], k["scopes"], k["collections"]) for k in listed] == [
        ("the shop", ["ask"], ["notes"]),
        ("admin", ["manage"], None),
    ]
    stored = b"".join(path.read_bytes() for path in folder.glob("catalogue.sqlite*")).decode(errors="replace")
    for told in (keys(capsys, folder, "list")[1], json.dumps(listed), stored):
        assert listed[0]["id"] in told
        assert secret not in told
        assert secret.split("_", 2)[2] not in told  # which may have further underscores
    assert keys(capsys, folder, "revoke", listed[0]["id"])[0] == 0
    assert Keys(folder).look_up(secret)[1] is None
    assert Keys(folder).look_up(made["key"])[1]
    assert json.loads(keys(capsys, folder, "list", "--json")[1])[0]["revoked"]
    assert [" is left" in told for told in keys(capsys, folder, "revoke", listed[1]["id"])[1:]].count(True) == 1


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["make", "x", "--scope", "rule"], "scopes"),
        (["make", "x", "--browser"], "--origin"),
        (["make", "x", "--origin", "https://a.example"], "--browser"),
        (["make", "x", "--browser", "--origin", "https://a.example/page"], "without a path"),
        (["make", "x", "--browser", "--origin", "*"], "should be an origin"),
        (["make", "x", "--browser", "--origin", "https://a.example", "--scope", "manage"], "may only ask"),
        (["make", "x", "--rate", "often"], "60/minute"),
        (["make", "x", "--rate", "0/minute"], "60/minute"),
        (["make", "x\x1b[2J"], "control characters"),
        (["make", ""], "at least 1 character"),
        (["revoke", "0000\x1b[2J"], "no key with the id"),
    ],
)
def test_a_key_that_cannot_be_is_refused_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], complaint: str
) -> None:
    code, _, error = keys(capsys, tmp_path, *arguments)
    assert code
    assert complaint in error
    assert "\x1b" not in error
    assert error.count("\n") == 1
    assert not Keys(tmp_path).all()


def test_the_file_is_readable_by_its_owner_alone_and_holds_a_hash(tmp_path: Path) -> None:
    previous = os.umask(0)
    try:
        Keys(tmp_path).make("one")
        key, secret = Keys(tmp_path).make("two")
    finally:
        os.umask(previous)
    stored = b""
    for path in tmp_path.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        stored += path.read_bytes()
    assert key.digest.encode() in stored
    assert secret.encode() not in stored


def test_only_the_very_secret_opens(tmp_path: Path) -> None:
    kept = Keys(tmp_path)
    key, secret = kept.make("one")
    _, other = kept.make("two")
    assert kept.look_up(secret)[1] == key
    mixed = f"qw_{key.id}_{other.rpartition('_')[2]}"
    parts = ("", "qw_", "qw_x", key.id, f"qw_{key.id}", f"qb_{secret[3:]}", secret[:-1], secret + "x", mixed, key.digest, "é")
    for wrong in parts:
        assert kept.look_up(wrong)[1] is None


def test_those_who_hold_the_keys_see_new_and_revoked_ones_at_once(tmp_path: Path) -> None:
    server, command = Keys(tmp_path), Keys(tmp_path)
    assert not server.exist()
    key, secret = command.make("shop", origins=["https://a.example"])
    assert server.look_up(secret)[1] == key
    assert (key.rate, server.browser_origins()) == ("60/minute", {"https://a.example"})
    command.revoke(key.id)
    assert server.look_up(secret)[1] is None
    assert server.browser_origins() == frozenset()
    assert server.exist(), "revoking the last key does not make the service open again"
    with pytest.raises(InvalidKeyError):
        command.revoke("nothing")


def test_keys_made_at_the_same_time_are_all_kept(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda number: Keys(tmp_path).make(f"key {number}"), range(8)))
    assert len(Keys(tmp_path).all()) == 8


def test_a_key_file_of_version_0_1_is_moved_to_the_catalogue_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    stored = Keys(tmp_path / "made")
    (key, secret), (gone, _) = stored.make("shop"), stored.make("old")
    stored.revoke(gone.id)
    content = json.dumps([one.model_dump(mode="json") for one in stored.all()])
    index = tmp_path / "index"
    index.mkdir()
    (index / "keys.json").write_text(content)
    server, command = Keys(index), Keys(index)
    assert server.look_up(secret)[1] == key
    assert command.all() == stored.all()
    command.revoke(key.id)
    (index / "keys.json").write_text(content)  # as after a crash between the two
    assert server.look_up(secret)[1] is None
    assert [record.message.partition(" of ")[0] for record in caplog.records] == ["the API keys"] * 2
    assert not (index / "keys.json").exists()


def test_requests_do_not_wait_for_an_upgrade_of_the_catalogue_and_commands_do(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "catalogue.sqlite")) as old:
        old.executescript((Path(__file__).parent.parent / "index" / "catalogue_v3.sql").read_bytes().decode())
    server = Keys(tmp_path)
    for asked in (server.exist, server.browser_origins, lambda: server.look_up("qw_x_y")[1]):
        with pytest.raises(KeysUnavailableError, match="is being upgraded"):
            asked()
    assert Keys(tmp_path).all() == []
    assert not server.exist()


@pytest.mark.parametrize("content", [b"", b"{}", b"[{}]", b"\xff", b'[{"id": "x", "name": "x", "scopes": ["rule"]}]'])
def test_a_damaged_key_file_of_version_0_1_lets_nobody_in(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "keys.json").write_bytes(content)
    kept = Keys(tmp_path)
    for asked in (kept.exist, kept.all, kept.browser_origins, lambda: kept.look_up("qw_x_y")[1], lambda: kept.make("x")):
        with pytest.raises(KeysUnavailableError, match=r"keys\.json"):
            asked()
    assert (tmp_path / "keys.json").read_bytes() == content


@pytest.mark.parametrize("damage", ["UPDATE keys SET content = replace(content, 'shop', 'shot')", "DROP TABLE keys"])
def test_damaged_keys_let_nobody_in(tmp_path: Path, damage: str) -> None:
    _, secret = Keys(tmp_path).make("shop")
    with closing(sqlite3.connect(tmp_path / "catalogue.sqlite")) as connection, connection:
        connection.execute(damage)
    kept = Keys(tmp_path)
    for asked in (kept.exist, kept.all, kept.browser_origins, lambda: kept.look_up(secret)[1]):
        with pytest.raises(KeysUnavailableError, match="cannot read or write the API keys"):
            asked()


def test_the_scope_manage_includes_ask_and_a_key_can_access_the_collections_that_it_lists() -> None:
    ask, manage = (Key(id="x", name="x", scopes=(scope,), collections=("a", "b")).caller for scope in ("ask", "manage"))
    assert [caller.has_scope(scope) for caller in (ask, manage) for scope in ("ask", "manage")] == [True, False, True, True]
    assert (ask.can_access("b"), ask.can_access("c")) == (True, False)
    assert (ask.default_collection("b"), ask.default_collection("c")) == ("b", "a")
