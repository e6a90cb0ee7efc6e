"""SIGKILLs at random moments into what they lost: of uploads, indexing runs, key changes and whole services."""

import multiprocessing
import os
import random
import signal
import tempfile
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from hashlib import sha256
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, cast

import httpx
import numpy as np
from quotewise.api import server
from quotewise.api.keys import InvalidKeyError, Keys
from quotewise.api.service import Service
from quotewise.api.settings import Settings
from quotewise.index.atomic_files import DRAFT
from quotewise.index.embedders import Embedder, load_embedder
from quotewise.index.errors import UnknownCollectionError, UnknownDocumentError
from quotewise.index.ingest import Sync
from quotewise.index.integrity import check
from quotewise.index.local_store import LocalStore
from quotewise.index.store import Filter
from quotewise.index.uploads import Uploads

UPLOADED, SYNCED, SERVED = "uploaded", "synced", "served"
_PATHS = 24
_SHARES = {"uploads": 9, "indexing": 6, "server": 3, "keys": 2}
"""How often each kind of work is killed, among twenty kills."""
_AN_INDEX = 25
"""Kills that an index has to outlive before another is begun."""
_LONGEST = {"uploads": 1.5, "indexing": 1.5, "server": 2.0, "keys": 0.2}
"""Seconds after the start of the work within which it is killed, where the kill is not aimed."""
_AIM_SECONDS = 0.05
"""After a commit of the indexes has begun, within which an aimed kill comes."""
_PATIENCE_SECONDS = 60.0
"""For a process to come to the moment at which it is to be killed, and to end."""
_MOST = 10_000
Send = Callable[..., None]


class _Hashes:
    """Vectors from hashes of texts: what is stored is the same, and most of the time is left for storing it."""

    name, fingerprint, dimension, max_tokens = "hashes", "0" * 64, 32, 256

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(text.split()) for text in texts]

    def encode_document(self, texts: Sequence[str]) -> np.ndarray:
        found = np.array([np.frombuffer(sha256(text.encode()).digest(), np.uint8) for text in texts], np.float32) - 127.5
        return found / np.linalg.norm(found, axis=1, keepdims=True)  # type: ignore[no-any-return]

    def encode_query(self, text: str) -> np.ndarray:
        return self.encode_document([text])[0]  # type: ignore[no-any-return]


_HASHES = cast(Embedder, _Hashes())  # without the vectors of word pieces, which only readers want


@dataclass
class Outcome:
    """What kills came to: how many of each kind, how many hit a change under way, and what was lost, in words."""

    kills: dict[str, int] = field(default_factory=lambda: dict.fromkeys(_SHARES, 0))
    during_a_change: int = 0
    aimed_at_commits: int = 0
    seconds: float = 0.0
    losses: list[str] = field(default_factory=list)


class _Truth:
    """What an index must hold: of each name the one value acknowledged, or all that it may have after a change was cut off."""

    def __init__(self) -> None:
        self.documents: dict[tuple[str, str], set[str | None]] = {}
        self.keys: dict[str, set[bool]] = {}
        self.feedback: set[str] = set()

    def began(self, what: str, changes: dict[Any, Any]) -> None:
        known: dict[Any, set[Any]] = getattr(self, what)
        for name, value in changes.items():
            known.setdefault(name, {None} if what == "documents" else set()).add(value)

    def done(self, what: str, changes: dict[Any, Any]) -> None:
        getattr(self, what).update({name: {value} for name, value in changes.items()})


def bench_kills(count: int, seed: int = 0, told: Callable[[int, Outcome], None] = lambda number, outcome: None) -> Outcome:
    """Kill so many processes, and look after each whether what it had acknowledged is there, whole, and found.

    After each kill the index is opened as the next start does. Every document acknowledged must be in it with its text, be
    found by words and by vectors, and every checksum hold; every key and feedback acknowledged must be there.
    """
    chance, outcome, began = random.Random(seed), Outcome(), time.monotonic()
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    embedders: dict[str, Embedder] = {UPLOADED: _HASHES, SYNCED: _HASHES, SERVED: load_embedder()}
    kinds = [kind for kind, share in _SHARES.items() for _ in range(share)]
    for first in range(0, count, _AN_INDEX):
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            truth = _Truth()
            for number in range(first, min(first + _AN_INDEX, count)):
                kind = kinds[number * 3 % len(kinds)]
                _killed(context, Path(folder), kind, chance, truth, outcome)
                outcome.losses += [f"kill {number} ({kind}): {loss}" for loss in _lost(Path(folder), embedders, truth)]
                outcome.seconds = round(time.monotonic() - began, 1)
                told(number + 1, outcome)
    return outcome


def _killed(context: Any, folder: Path, kind: str, chance: random.Random, truth: _Truth, outcome: Outcome) -> None:
    """Start one kind of work, kill it, and take over into the truth what it had begun and done by then."""
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_work, args=(kind, folder, chance.getrandbits(32), theirs))
    process.start()
    theirs.close()
    aimed, after = kind != "keys" and chance.random() < 0.7, chance.randint(1, 5)
    deadline = time.monotonic() + _PATIENCE_SECONDS
    commits, under_way = 0, 0
    client: _Client | None = None
    with suppress(EOFError):
        while True:
            if not ours.poll(max(0.0, deadline - time.monotonic())):
                os.kill(process.pid, signal.SIGKILL)
                deadline += _PATIENCE_SECONDS
                continue
            event, *rest = ours.recv()
            if event == "started":
                if not aimed:
                    deadline = time.monotonic() + chance.uniform(0, _LONGEST[kind])
                client = _Client(rest[0], chance.getrandbits(32), truth) if rest else None
            elif event == "failed":
                outcome.losses.append(f"{kind} failed: {rest[0]}")
            elif event == "commit":
                commits += 1
                if aimed and commits == after:
                    outcome.aimed_at_commits += 1
                    deadline = time.monotonic() + chance.uniform(0, _AIM_SECONDS)
            else:
                under_way += 1 if event == "began" else -1
                getattr(truth, event)(*rest)
    process.join()
    if client:
        under_way += client.join()
    outcome.kills[kind] += 1
    outcome.during_a_change += under_way > 0
    if process.exitcode != -signal.SIGKILL:
        outcome.losses.append(f"{kind} ended by itself with {process.exitcode}")


def _lost(folder: Path, embedders: Mapping[str, Embedder], truth: _Truth) -> Iterator[str]:
    store = LocalStore(folder / "index", create=True)
    try:
        store.sweep()
        names = {collection.name for collection in store.catalogue.collections()}
        for (name, path), allowed in truth.documents.items():
            found = _text(store, name, path) if name in names else None
            if found not in allowed:
                yield f"{name}/{path} is {found!r} instead of {allowed!r}"
            file = folder / "files" / path
            later = {file.read_text(encoding="utf-8") if file.exists() else None} if name == SYNCED else set()
            truth.documents[name, path] = {found, *later}  # what the next run over the folder makes of it
        for name in names:
            paths = set(store.catalogue.digests(name))
            hits = {
                "vectors": store.search_dense(name, embedders[name].encode_query("a whale"), _MOST, Filter()),
                "words": store.search_lexical(name, "whale", _MOST, Filter()),
            }
            for kind, some in hits.items():
                chunks = store.catalogue.chunks([hit.chunk_id for hit in some])
                if (missed := paths ^ {chunk.document.path for chunk in chunks}) or len(chunks) != len(some):
                    yield f"of {name} {sorted(missed)} and {len(some) - len(chunks)} stale chunks differ by {kind}"
        yield from (f"{finding.part}: {finding.detail}" for finding in check(store) if not finding.sound)
        if SERVED in names:
            yield from (f"feedback {given} is gone" for given in truth.feedback - dict(store.catalogue.feedback(SERVED)).keys())
        yield from (f"{left} was left" for left in folder.rglob(f"{DRAFT}*"))
    finally:
        store.close()
    keys = Keys(folder / "index")
    for secret, states in truth.keys.items():
        if (keys.holder(secret) is not None) not in states:
            yield f"a key is {'not ' * (keys.holder(secret) is None)}in force instead of {states}"


def _text(store: LocalStore, name: str, path: str) -> str | None:
    try:
        return store.catalogue.text(store.catalogue.document_at(name, path).id)
    except UnknownDocumentError:
        return None


def _work(kind: str, folder: Path, seed: int, events: Connection) -> None:
    """In a process of its own: work until it is killed, and say before and after each change what it is."""
    try:
        publish = LocalStore.publish

        def announced(store: LocalStore, name: str) -> None:
            events.send(("commit",))
            publish(store, name)

        LocalStore.publish = announced  # type: ignore[method-assign, assignment]
        work = {"uploads": _upload, "indexing": _index, "keys": _change_keys, "server": _serve}[kind]
        work(folder, random.Random(seed), lambda *event: events.send(event))
    except BaseException:  # noqa: BLE001 - whatever it is, it is reported
        events.send(("failed", traceback.format_exc()))


def _upload(folder: Path, chance: random.Random, send: Send) -> None:
    store, embedder = LocalStore(folder / "index", create=True), _HASHES
    uploads = Uploads(store, lambda name: embedder, store.folder / "uploads", 1_000_000)
    send("started")
    while True:
        path, text = _change(chance)
        with _announced(send, "documents", {(UPLOADED, path): text}):
            if text is None:
                with suppress(UnknownDocumentError, UnknownCollectionError):
                    uploads.remove(UPLOADED, path)
            else:
                uploads.put(UPLOADED, path, text.encode())


def _index(folder: Path, chance: random.Random, send: Send) -> None:
    files = folder / "files"
    files.mkdir(exist_ok=True)
    store, embedder = LocalStore(folder / "index", create=True), _HASHES
    send("started")
    while True:
        changes = {path: text for path, text in (_change(chance) for _ in range(6)) if text}
        gone = [path.name for path in files.iterdir() if path.name not in changes and chance.random() < 0.1]
        with _announced(send, "documents", {(SYNCED, path): changes.get(path) for path in [*changes, *gone]}):
            for path, text in changes.items():
                (folder / "draft").write_text(text, encoding="utf-8")
                (folder / "draft").replace(files / path)
            for path in gone:
                (files / path).unlink()
            Sync(store, embedder).run(files, SYNCED)


def _change_keys(folder: Path, chance: random.Random, send: Send) -> None:
    keys = Keys(folder / "index")
    send("started")
    while True:
        key, secret = keys.make("a key")
        send("done", "keys", {secret: True})
        if chance.random() < 0.5:
            with _announced(send, "keys", {secret: False}), suppress(InvalidKeyError):
                keys.revoke(key.id)


def _serve(folder: Path, chance: random.Random, send: Send) -> None:
    service = Service.open(Settings(index=folder / "index", collection=SERVED, rate="100000/second"), create=True)
    service.warm()
    with server.bound("127.0.0.1", 0) as listener:
        listener.listen(100)
        send("started", listener.getsockname()[1])
        server.serve(service, listener)


class _Client:
    """Changes documents over HTTP, asks and gives feedback, until the service is gone."""

    def __init__(self, port: int, seed: int, truth: _Truth) -> None:
        self._chance, self._truth, self._under_way = random.Random(seed), truth, 0
        self._http = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30)
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def join(self) -> int:
        """Wait until the service is gone; whether a change was under way then."""
        self._thread.join()
        self._http.close()
        return self._under_way

    def _run(self) -> None:
        with suppress(httpx.TransportError):
            while True:
                path, text = _change(self._chance)
                change = {(SERVED, path): text}
                self._truth.began("documents", change)
                self._under_way = 1
                address = f"/collections/{SERVED}/documents/{path}"
                response = self._http.delete(address) if text is None else self._http.put(address, content=text.encode())
                if response.status_code in (200, 201, 204, 404):
                    self._truth.done("documents", change)
                self._under_way = 0
                if self._chance.random() < 0.3:
                    asked = self._http.post("/ask", json={"question": "Which whale sings?"})
                    if asked.status_code == 200:
                        about = {"request_id": asked.json()["request_id"], "helpful": True}
                        said = self._http.post("/feedback", json=about)
                        if said.status_code == 201:
                            self._truth.feedback.add(said.json()["id"])


@contextmanager
def _announced(send: Send, what: str, changes: dict[Any, Any]) -> Iterator[None]:
    send("began", what, changes)
    yield
    send("done", what, changes)


def _change(chance: random.Random) -> tuple[str, str | None]:
    number, version = chance.randrange(_PATHS), chance.getrandbits(24)
    words = f"Whale number{number} sings version{version} of its song. " * chance.choice((1, 1, 1, 10))
    return f"note{number}.txt", words if chance.random() < 0.8 else None
