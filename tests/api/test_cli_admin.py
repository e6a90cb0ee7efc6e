import asyncio
import re
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from quotewise.api import changes, terminal
from quotewise.api.callers import LOCAL
from quotewise.api.service import Service
from quotewise.api.settings import load_settings
from tests.api.command_line import Outcome, Run
from tests.conftest import SEED, SEEDS


@pytest.mark.parametrize(("answer", "removed"), [("n\n", False), ("\n", False), ("", False), ("y\n", True)])
def test_at_a_terminal_a_collection_is_removed_after_a_question(
    pipe: Callable[..., Outcome], run: Run, answer: str, removed: bool
) -> None:
    run("index", SEEDS)
    outcome = pipe(answer.encode(), "rm", "--all", at_terminal=True)
    assert "Remove the collection default with its 1 documents from the index? [y/N]" in outcome.err
    assert (outcome.code == 0, outcome.out.strip() == "1 removed from default") == (removed, removed)
    assert bool(run("status", "--json").json["collections"]) != removed


def test_a_collection_of_uploads_is_renamed_with_its_keys_and_removed(run: Run) -> None:
    async def body() -> AsyncIterator[bytes]:
        yield b"Tea was first drunk in southwest China."

    settings = load_settings()
    with Service.open(settings, create=True) as service:
        asyncio.run(changes.put(service, LOCAL, "old", "tea.txt", body))
    run("keys", "make", "both", "-c", "other", "-c", "old")
    assert run("collections", "rename", "old", "new").code == 0
    assert [key["collections"] for key in run("keys", "--json").json] == [["other", "new"]]
    assert "that needs --yes" in run("collections", "rm", "new").err
    assert [found["name"] for found in run("status", "--json").json["collections"]] == ["new"]
    assert run("collections", "rm", "new", "--yes").code == 0
    assert run("status", "--json").json["collections"] == []
    assert not list((settings.index / "uploads").iterdir())


def test_keys_are_listed_by_default_with_local_times_and_the_first_one_is_warned_of(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = run("keys", "make", "first"), run("keys", "make", "second", "--json")
    assert "from now on requests without a key are refused" in first.err
    assert second.err == ""
    assert run("keys", "--json").json == run("keys", "list", "--json").json
    assert [key["name"] for key in run("keys", "--json").json] == ["first", "second"]
    monkeypatch.setenv("TZ", "Asia/Kolkata")
    __import__("time").tzset()
    assert terminal.local_time("2026-11-25T22:58:49+00:00") == "2026-11-26 04:28"
    assert re.search(r"\d\d:\d\d$", run("keys").out.splitlines()[1])


def test_tables_keep_to_the_width_and_show_everything(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = Path("a-folder-with-a-long-name" * 4).absolute()
    folder.mkdir()
    (folder / SEED).write_bytes((SEEDS / SEED).read_bytes())
    run("index", folder)
    monkeypatch.setattr(terminal, "console", terminal.Console(width=50, highlight=False))
    status = run("status")
    assert max(map(len, status.out.splitlines())) <= 50
    assert folder.name in status.letters
    assert "left out" in status.out  # not broken in two
    monkeypatch.setattr(terminal, "console", terminal.Console(width=80, highlight=False))
    run("keys", "make", "page", "--browser", "--origin", "https://www.example.org", "-c", "default")
    assert "collections" in run("keys").out.splitlines()[0]
