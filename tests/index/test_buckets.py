"""The objects of a bucket are indexed as files are, by an S3 server on this machine."""

import sys
from collections.abc import Callable, Iterator
from functools import partial
from itertools import count
from typing import Any

import pytest

import quotewise.index.buckets
import quotewise.index.embedding
from quotewise.index.buckets import Bucket
from quotewise.index.embedders import Embedder
from quotewise.index.errors import (
    FolderError,
    FolderReadOnlyError,
    FolderUnavailableError,
    MissingFileError,
    QuotewiseError,
)
from quotewise.index.files import files_at
from quotewise.index.ingest import Sync
from quotewise.index.local_store import LocalStore
from quotewise.index.progress import Step
from quotewise.index.reading import Reading
from quotewise.index.sync_report import Failure, SyncReport
from quotewise.index.uploads import Uploads
from quotewise.rag.verification import Claim, CollectionSource, Verdict, verify
from tests.index.s3_server import ENVIRONMENT, Answer, Objects, answering, listing, moto_server, needs_s3, refusal
from tests.index.syncing import indexed

pytestmark = needs_s3
_numbers = count()


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with moto_server() as url:
        yield url


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def objects(server: str, monkeypatch: pytest.MonkeyPatch) -> Objects:
    monkeypatch.setenv("AWS_ENDPOINT_URL", server)
    return Objects(f"bucket-{next(_numbers)}", server)


@pytest.fixture
def sync(store: LocalStore, embedder: Embedder, objects: Objects) -> Callable[..., SyncReport]:
    def run(prefix: str = "", **options: object) -> SyncReport:
        return Sync(store, embedder).run(files_at(f"s3://{objects.bucket}{prefix}"), **options)  # type: ignore[arg-type]

    return run


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The paths of the objects whose bytes are asked for."""
    paths: list[str] = []
    get = Bucket.get
    monkeypatch.setattr(Bucket, "get", lambda bucket, path, limit: paths.append(path) or get(bucket, path, limit))
    return paths


def test_only_what_changed_is_read(
    store: LocalStore, objects: Objects, sync: Callable[..., SyncReport], asked: list[str]
) -> None:
    objects.put(docs__a="Whales sing.", docs__sub__b="Sharks bite.", docs__c="Crabs walk.", documents__d="Eels are long.")
    objects.put_key("docs/", b"")
    objects.put_key("docs/photo.png", b"\x89PNG")
    first = sync("/docs/")
    assert (first.added, first.unread) == (("a.txt", "c.txt", "sub/b.txt"), (Failure("photo.png", "has no known format"),))
    assert store.catalogue.collection("default").root == f"s3://{objects.bucket}/docs"
    asked.clear()
    objects.put(docs__a="Whales dive.", docs__e="Gulls fly.")
    objects.delete("docs/c.txt")
    second = sync("/docs")
    assert (second.added, second.changed, second.removed) == (("e.txt",), ("a.txt",), ("c.txt",))
    assert second.unchanged == ("sub/b.txt",)
    assert set(asked) == {"a.txt", "e.txt"}
    assert indexed(store) == {"a.txt": "Whales dive.", "e.txt": "Gulls fly.", "sub/b.txt": "Sharks bite."}


def test_ignore_files_hold_below_their_folder_and_hidden_objects_are_no_documents(
    objects: Objects, sync: Callable[..., SyncReport]
) -> None:
    objects.put(a="Whales sing.", draft="Not yet.", old__b="Sharks bite.", sub__draft="Eels are long.", sub__c="Crabs walk.")
    objects.put_key(".gitignore", b"draft.txt\nold/\n" + b"# of which a folder's is read in part, too\n" * 4000)
    objects.put_key("sub/.quotewiseignore", b"!draft.txt\nc.txt\n")
    objects.put_key("old/.gitignore", b"!b.txt\n")
    objects.put_key(".git/notes.txt", b"Hidden.")
    assert sync().added == ("a.txt", "sub/draft.txt")


def test_keys_that_are_no_paths_are_reported(store: LocalStore, embedder: Embedder, monkeypatch: pytest.MonkeyPatch) -> None:
    keys = ("docs//etc/passwd.txt", "docs/../secret.txt", "docs/a//b.txt", "docs/./c.txt", "secret.txt", "docs/good.txt")

    def answer(request: str) -> Answer:
        requests.append(request)
        return listing(*keys) if "list-type" in request else (200, b"Whales sing.")

    requests: list[str] = []
    with answering(answer) as url:
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        report = Sync(store, embedder).run(files_at("s3://bucket/docs"))
    assert report.added == ("good.txt",)
    assert [failure.path for failure in report.failed] == ["../secret.txt", "./c.txt", "/etc/passwd.txt", "a//b.txt"]
    assert {failure.reason for failure in report.failed} == {
        "its key is no path below the prefix, since a part of it is empty, '.' or '..'; rename the object"
    }
    assert {request for request in requests if "list-type" not in request} == {"/bucket/docs/good.txt"}


def test_names_are_composed(store: LocalStore, objects: Objects, sync: Callable[..., SyncReport]) -> None:
    for key in ("e\u0301t\u00e9\u0323.txt", "cafe\u0301.txt", "line break \u202e.txt", "e\u0301.txt"):
        objects.put_key(key, f"Written at {len(key)}.".encode())
    objects.put_key("\u00e9.txt", b"Composed.")
    report = sync()
    assert set(report.added) == {"caf\u00e9.txt", "line break \u202e.txt", "\u00e9.txt"}
    assert sorted(failure.reason.split(",")[0].split(" but")[0] for failure in report.failed) == [
        "file name is in neither form of Unicode",
        "has the same name as another",
    ]
    assert indexed(store)["\u00e9.txt"] == "Composed."
    assert set(sync().unchanged) == set(report.added)


def test_nothing_beside_the_prefix_is_read(objects: Objects) -> None:
    objects.put(secret="Keep out.", docs__a="Whales sing.")
    files = Bucket(f"s3://{objects.bucket}/docs")
    for path in ("../secret.txt", "/secret.txt", "./a.txt", "a.txt/../../secret.txt", "a\0.txt"):
        with pytest.raises(MissingFileError):
            files.file(path).read(100)
    assert files.file("a.txt").read(100) == b"Whales sing."


@pytest.mark.parametrize(
    "address", ["s3://", "s3:///a", "s3://b/a/../c", "s3://bucket/a//b", "s3:/bucket/a", "http://a/b", "gs://b"]
)
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(FolderError, match=r"expected s3://BUCKET or s3://BUCKET/PREFIX"):
        files_at(address)


def test_an_object_that_is_empty_too_large_or_gone_is_reported_and_its_last_good_version_is_kept(
    store: LocalStore,
    embedder: Embedder,
    objects: Objects,
    sync: Callable[..., SyncReport],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    objects.put(a="Whales sing.", b="Sharks bite.", c="Crabs walk.", d="Eels are long.")
    sync()
    objects.put(a="", b="Sharks bite. " * 100, c="Crabs run.")
    listed = Bucket._listed

    def then_gone(bucket: Bucket) -> Iterator[dict[str, object]]:
        yield from listed(bucket)
        objects.delete("c.txt")

    monkeypatch.setattr(Bucket, "_listed", then_gone)
    report = Sync(store, embedder, Reading(limit=1000)).run(files_at(f"s3://{objects.bucket}"))
    assert report.failed == (
        Failure("a.txt", "is empty"),
        Failure("b.txt", "is larger than 1,000 bytes; raise max_file_bytes to index it"),
        Failure("c.txt", "vanished before it could be read"),
    )
    assert report.kept == ("a.txt", "b.txt", "c.txt")
    assert len(indexed(store)) == 4


def test_an_object_that_is_replaced_after_it_was_listed_is_indexed_as_it_was_read_and_known_by_that(
    store: LocalStore, embedder: Embedder, objects: Objects, sync: Callable[..., SyncReport], asked: list[str]
) -> None:
    objects.put(a="Whales sing.")
    files = files_at(f"s3://{objects.bucket}")
    list(files.find())
    objects.put(a="Whales dive.")
    assert Sync(store, embedder).run(files).added == ("a.txt",)
    assert indexed(store) == {"a.txt": "Whales dive."}
    asked.clear()
    assert sync().unchanged == ("a.txt",)
    assert asked == []


def test_an_object_is_read_while_another_thread_connects_anew(objects: Objects, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both need the one thread in which the library waits for answers."""
    import fsspec.asyn

    waiting = partial(fsspec.asyn.sync, timeout=10)

    def while_connecting(*called: Any) -> Any:
        with quotewise.index.buckets._connecting:
            return waiting(*called)

    objects.put(a="Whales sing.")
    bucket = Bucket(f"s3://{objects.bucket}")
    assert bucket.get("a.txt", 99)[0] == b"Whales sing."
    monkeypatch.setattr(fsspec.asyn, "sync", while_connecting)
    assert bucket.get("a.txt", 99)[0] == b"Whales sing."


def test_a_run_that_is_broken_off_goes_on_without_reading_what_is_committed(
    objects: Objects, sync: Callable[..., SyncReport], asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quotewise.index.embedding, "WAITING_CHUNKS", 1)
    objects.put(a="Whales sing.", b="Sharks bite.", c="Crabs walk.")

    def break_off(step: Step) -> None:
        if step.path == "c.txt":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sync(progress=break_off)
    asked.clear()
    report = sync()
    assert (report.unchanged, report.added) == (("a.txt", "b.txt"), ("c.txt",))
    assert asked == ["c.txt"]


def test_a_citation_is_verified_against_the_object_and_uploads_are_refused(
    store: LocalStore, embedder: Embedder, objects: Objects, sync: Callable[..., SyncReport]
) -> None:
    objects.put(a="Whales sing.", b="Sharks bite.")
    sync()
    claims = {
        path: Claim(path, store.catalogue.document_at("default", path).sha256, 0, 6, text)
        for path, text in {"a.txt": "Whales", "b.txt": "Sharks"}.items()
    }
    source = CollectionSource(store, "default", 1000)
    assert {verify(claim, source).verdict for claim in claims.values()} == {Verdict.VALID}
    objects.put(a="Whales dive.")
    objects.delete("b.txt")
    assert [verify(claim, source).verdict for claim in claims.values()] == [Verdict.CHANGED, Verdict.MISSING]
    uploads = Uploads(store, lambda name, text: embedder, store.folder / "uploads", 1000)
    for act in (lambda: uploads.put("default", "c.txt", b"Crabs walk."), lambda: uploads.remove("default", "a.txt")):
        with pytest.raises(FolderReadOnlyError, match=f"the objects of s3://{objects.bucket}; change them there"):
            act()
    assert len(indexed(store)) == 2


def test_an_empty_prefix_or_a_missing_bucket_is_refused_and_nothing_is_lost(
    store: LocalStore, embedder: Embedder, objects: Objects, sync: Callable[..., SyncReport]
) -> None:
    with pytest.raises(FolderError, match="holds no"):
        sync()
    objects.put(a="Whales sing.", b="Sharks bite.", c="Crabs walk.", d="Eels are long.")
    sync()
    for key in "abcd":
        objects.delete(f"{key}.txt")
    with pytest.raises(FolderError, match="but the collection 'default' has 4 documents; nothing was changed"):
        sync()
    with pytest.raises(FolderUnavailableError, match=r"s3://no-such-bucket cannot be read: .*bucket does not exist"):
        Sync(store, embedder).run(files_at("s3://no-such-bucket"), moved=True)
    assert len(indexed(store)) == 4


TWO = listing("a.txt", "b.txt")


@pytest.mark.parametrize(
    ("answers", "complaint"),
    [
        ([refusal("AccessDenied", 403)], "It says AccessDenied"),
        ([listing("a.txt", "b.txt", "c.txt", more=True), None], "cannot be read"),
        ([(200, b"<html>no list</html>")], "no store of objects"),
        ([TWO, refusal("ExpiredToken", 400)], "It says ExpiredToken"),
        ([TWO, None], "cannot be read"),
    ],
)
def test_a_store_that_refuses_or_is_gone_ends_the_sync_with_a_reason_and_nothing_is_lost(
    store: LocalStore,
    embedder: Embedder,
    monkeypatch: pytest.MonkeyPatch,
    answers: list[Answer | None],
    complaint: str,
) -> None:
    def answer(request: str) -> Answer | None:
        if "list-type" in request:
            return answers[1] if "continuation-token" in request else answers[0]
        return (200, b"Whales sing.") if "a.txt" in request else answers[-1]

    with answering(lambda request: listing("a.txt", "b.txt") if "list-type" in request else (200, b"Whales sing.")) as url:
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        Sync(store, embedder).run(files_at("s3://bucket"))
    monkeypatch.setattr("s3fs.S3FileSystem.retries", 1)
    with answering(answer) as url:
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        with pytest.raises(QuotewiseError, match=complaint) as refused:
            Sync(store, embedder, Reading(again=True)).run(files_at("s3://bucket"))
    assert "\n" not in str(refused.value)
    assert indexed(store) == {"a.txt": "Whales sing.", "b.txt": "Whales sing."}


def test_an_object_that_may_not_be_read_is_reported_and_the_others_are_indexed(
    store: LocalStore, embedder: Embedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def answer(request: str) -> Answer:
        return TWO if "list-type" in request else (200, b"Whales sing.") if "b.txt" in request else refusal("AccessDenied", 403)

    with answering(answer) as url:
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        report = Sync(store, embedder).run(files_at("s3://bucket"))
    assert (report.added, report.failed) == (("b.txt",), (Failure("a.txt", "cannot be read: It says AccessDenied."),))


def test_without_credentials_or_the_library_it_is_said_what_to_do(objects: Objects, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    with pytest.raises(FolderUnavailableError, match="without credentials: set AWS_PROFILE"):
        list(files_at("s3://bucket").find())
    monkeypatch.setitem(sys.modules, "s3fs", None)
    with pytest.raises(FolderUnavailableError, match=r"pip install 'quotewise\[s3\]'"):
        list(files_at("s3://bucket").find())
