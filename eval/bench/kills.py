"""SIGKILLs at random moments, of services and indexing runs, and which of the acknowledged changes were lost by them."""

import multiprocessing
import os
import random
import signal
import tempfile
import threading
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Annotated, Any

import httpx
import typer

from quotewise.api import server, terminal
from quotewise.api.keys import Keys
from quotewise.api.service import Service
from quotewise.api.settings import Settings
from quotewise.index.atomic_files import DRAFT
from quotewise.index.embedders import Embedder, load_embedder
from quotewise.index.filters import Filter
from quotewise.index.ingest import Sync
from quotewise.index.integrity import check
from quotewise.index.local_store import LocalStore

_KINDS = ("service", "service", "indexing")
_DOCUMENTS = 24
_KILLS_OF_AN_INDEX = 25
_LONGEST_SECONDS, _AIM_SECONDS = 2.0, 0.05
"""Within which a process is killed, from when it or its work began or, where it is aimed, from when a commit began."""
_TIMEOUT_SECONDS = 60.0
_MOST_HITS = 10_000
Change = tuple[str, str, str]
"""What is changed: ``document``, collection and path; ``key``, secret and ""; ``feedback``, id and ""."""


@dataclass
class Outcome:
    """How many processes of each kind were killed, how many of them during a change, and what was lost, in words."""

    kills: dict[str, int] = field(default_factory=lambda: dict.fromkeys(_KINDS, 0))
    during_a_change: int = 0
    seconds: float = 0.0
    losses: list[str] = field(default_factory=list)


def bench_kills(
    kills: Annotated[int, typer.Option(min=1, help="Processes to kill.")] = 1000,
    seed: Annotated[int, typer.Option(help="Another gives other moments.")] = 0,
) -> Iterator[dict[str, Any]]:
    """Kill services that take uploads, keys and feedback, and indexing runs; the exit code is 1 if anything is lost.

    After each kill the index is opened as the next start does. Every document acknowledged must be in it with its text and in
    both searches, and every checksum hold; every key and feedback acknowledged must be there.
    """
    chance, outcome, began = random.Random(seed), Outcome(), time.monotonic()
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    embedder = load_embedder()
    with terminal.progress() as progress:
        for first in range(0, kills, _KILLS_OF_AN_INDEX):
            with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
                allowed: dict[Change, set[Any]] = {}
                for number in range(first, min(first + _KILLS_OF_AN_INDEX, kills)):
                    kind = _KINDS[number % len(_KINDS)]
                    _kill(context, Path(folder), kind, chance, allowed, outcome)
                    outcome.losses += [f"kill {number} ({kind}): {loss}" for loss in _lost(Path(folder), embedder, allowed)]
                    progress(number + 1, kills, f"{len(outcome.losses)} lost")
    outcome.seconds = round(time.monotonic() - began, 1)
    yield asdict(outcome)
    if outcome.losses:
        raise typer.Exit(1)


def _kill(
    context: Any, folder: Path, kind: str, chance: random.Random, allowed: dict[Change, set[Any]], outcome: Outcome
) -> None:
    """Start one kind of work, kill it, and note which values its changes allow: the new one, or the old one if cut off."""
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_work, args=(kind, folder, chance.getrandbits(32), theirs))
    process.start()
    theirs.close()
    aimed_at = chance.choice((None, 0, 1, 2, 3, 5))  # 0 is also while the index is made or opened
    deadline = time.monotonic() + (_TIMEOUT_SECONDS if aimed_at != 0 else chance.uniform(0, _LONGEST_SECONDS))
    commits, under_way = 0, 0
    with suppress(EOFError):
        while True:
            if not ours.poll(max(0.0, deadline - time.monotonic())):
                os.kill(process.pid, signal.SIGKILL)
                deadline += _TIMEOUT_SECONDS
                continue
            event, changes = ours.recv()
            if event == "started" and aimed_at is None:
                deadline = time.monotonic() + chance.uniform(0, _LONGEST_SECONDS)
            elif event == "commit":
                commits += 1
                if commits == aimed_at:
                    deadline = time.monotonic() + chance.uniform(0, _AIM_SECONDS)
            elif event == "failed":
                outcome.losses.append(f"{kind} failed: {changes}")
            elif event == "began":
                under_way += 1
                for change, value in changes.items():
                    allowed.setdefault(change, {None}).add(value)
            elif event == "done":
                under_way -= 1
                allowed.update((change, {value}) for change, value in changes.items())
    process.join()
    outcome.kills[kind] += 1
    outcome.during_a_change += under_way > 0
    if process.exitcode != -signal.SIGKILL:
        outcome.losses.append(f"{kind} ended by itself with {process.exitcode}")


def _lost(folder: Path, embedder: Embedder, allowed: dict[Change, set[Any]]) -> Iterator[str]:
    store, keys = LocalStore(folder / "index", create=True), Keys(folder / "index")
    catalogue = store.catalogue
    try:
        store.sweep()
        names = [collection.name for collection in catalogue.collections()]
        paths = {name: catalogue.digests(name) for name in names}
        feedback = {key for name in names for key, _ in catalogue.feedback(name)}
        for (kind, name, path), values in allowed.items():
            file = folder / "files" / path
            value: Any = None
            if kind == "document" and path in paths.get(name, ()):
                value = catalogue.text(catalogue.document_at(name, path).id)
            elif kind != "document":
                value = (keys.look_up(name)[1] is not None if kind == "key" else name in feedback) or None
            if value not in values:
                yield f"{kind} {name} {path} is {value!r} instead of {values!r}"
            next_run = {file.read_text(encoding="utf-8") if file.exists() else None} if name == "indexing" else set()
            allowed[kind, name, path] = {value, *next_run}
        for name in names:
            vector = embedder.encode_query("a whale")
            searches = {
                "vectors": store.search_dense(name, vector, _MOST_HITS, Filter()),
                "words": store.search_lexical(name, "whale", _MOST_HITS, Filter()),
            }
            for search, hits in searches.items():
                chunks = catalogue.chunks([hit.chunk_id for hit in hits])
                missed = paths[name].keys() ^ {chunk.document.path for chunk in chunks}
                if missed or len(chunks) != len(hits):
                    yield f"the {search} of {name} differ in {sorted(missed)} and {len(hits) - len(chunks)} stale chunks"
        yield from (f"{finding.part}: {finding.detail}" for finding in check(store) if not finding.sound)
        yield from (f"{left} was left" for left in folder.rglob(f"{DRAFT}*"))
    finally:
        store.close()


def _work(kind: str, folder: Path, seed: int, events: Connection) -> None:
    """In a process of its own: change things until it is killed, and report each change before and after."""
    publish = LocalStore.publish

    def announced(store: LocalStore, name: str) -> None:
        events.send(("commit", None))
        publish(store, name)

    LocalStore.publish = announced  # type: ignore[method-assign, assignment]
    try:
        (_serve if kind == "service" else _index)(folder, random.Random(seed), events)
    except BaseException:  # noqa: BLE001 - whatever it is, it is reported
        events.send(("failed", traceback.format_exc()))


@contextmanager
def _announced(events: Connection, changes: dict[Change, Any]) -> Iterator[None]:
    events.send(("began", changes))
    yield
    events.send(("done", changes))


def _index(folder: Path, chance: random.Random, events: Connection) -> None:
    files, store, embedder = folder / "files", LocalStore(folder / "index", create=True), load_embedder()
    files.mkdir(exist_ok=True)
    events.send(("started", None))
    while True:
        changes = dict(_change(chance) for _ in range(6))
        with _announced(events, {("document", "indexing", path): text for path, text in changes.items()}):
            for path, text in changes.items():
                if text is None:
                    (files / path).unlink(missing_ok=True)
                else:
                    (folder / "draft").write_text(text, encoding="utf-8")
                    (folder / "draft").replace(files / path)
            Sync(store, embedder).run(files, "indexing")


def _serve(folder: Path, chance: random.Random, events: Connection) -> None:
    service = Service.open(
        Settings(index=folder / "index", collection="service", rate="100000/second", upload_seconds=30), create=True
    )
    service.warm()
    with server.bound("127.0.0.1", 0) as listener:
        listener.listen(100)
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        threading.Thread(target=_change_over_http, args=(url, folder, chance, events), daemon=True).start()
        events.send(("started", None))
        server.serve(service, listener)


def _change_over_http(url: str, folder: Path, chance: random.Random, events: Connection) -> None:
    keys = Keys(folder / "index")
    _, secret = keys.make("of this client", ["manage"])  # with any key in force, no request without one is answered
    with httpx.Client(base_url=url, timeout=30, headers={"Authorization": f"Bearer {secret}"}) as http:
        while True:
            path, text = _change(chance)
            address = f"/collections/service/documents/{path}"
            with _announced(events, {("document", "service", path): text}):
                response = http.delete(address) if text is None else http.put(address, content=text.encode())
                assert response.status_code in (200, 201, 204, 404), response.text
            if chance.random() < 0.2:
                answer = http.post("/ask", json={"question": "Which whale sings?"}).json()
                feedback = http.post("/feedback", json={"request_id": answer["request_id"], "helpful": True}).json()
                with _announced(events, {("feedback", feedback["id"], ""): True}):
                    pass
            if chance.random() < 0.2:
                key, secret = keys.make("a key")
                with _announced(events, {("key", secret, ""): True}):
                    pass
                if chance.random() < 0.5:
                    with _announced(events, {("key", secret, ""): None}):
                        keys.revoke(key.id)


def _change(chance: random.Random) -> tuple[str, str | None]:
    number, version = chance.randrange(_DOCUMENTS), chance.getrandbits(24)
    words = f"Whale number{number} sings version{version} of its song. " * chance.choice((1, 1, 1, 10))
    return f"note{number}.txt", words if chance.random() < 0.8 else None
