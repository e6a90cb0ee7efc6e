"""The search index in Milvus finds what the local one finds, and what becomes of questions and writes when the engine fails."""

import importlib.util
import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("pymilvus", reason="the extra milvus is not installed")

from pymilvus import MilvusClient

import quotewise.index.local_store
import quotewise.index.milvus
from quotewise.index.errors import EngineUnavailableError
from quotewise.index.filters import Filter, Range
from quotewise.index.local_store import LocalStore
from quotewise.index.milvus import MilvusSearchIndex
from tests.index.conftest import SmallDisk, at_most
from tests.index.engine import Proxy, engine
from tests.index.writing import COLLECTION, put, unit

EAST = unit(1, 0, 0, 0)
pytestmark = pytest.mark.usefixtures("impatient", "hasty")
PATHS = (
    *('a"b.txt', "a\\b.txt", "a%b_c.txt", "über/naïve.txt", "a'b.txt", "文/档.txt", "plain/x.md"),
    *("plain/y.md", "plaio/z.md"),
)
TODAY = datetime.now(UTC).date()
FILTERS = (
    Filter(),
    Filter(path_prefix="plain/"),
    Filter(path_prefix='a"'),
    Filter(path_prefix="a\\"),
    Filter(path_prefix="a%"),
    Filter(path_prefix="u\u0308ber/"),
    Filter(path_prefix="文"),
    Filter(path_prefix="\ud7ff"),
    Filter(paths=['a"b.txt', "a\\b.txt", "a'b.txt", "missing"]),
    Filter(media_type="text/markdown"),
    Filter(metadata={"kind": ['of "two"', "b"]}),
    Filter(metadata={"kind": ["b"], "odd": ["1"]}),
    Filter(metadata={"kind": []}),
    Filter(path_prefix="plain/", exclude=Filter(metadata={"kind": ["b"]})),
    Filter(ranges={"odd": Range(1, 2)}),
    Filter(ranges={"odd": Range(5, 6)}),
    Filter(indexed_from=TODAY - timedelta(1), indexed_to=TODAY + timedelta(1)),
    Filter(indexed_from=TODAY + timedelta(2)),
    Filter(path_prefix="plain/", media_type="text/markdown", metadata={"kind": ["b"]}, paths=["plain/x.md", "plain/y.md"]),
)


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """What failed is tried again at once, and an engine that does not answer is given up soon."""
    monkeypatch.setattr(quotewise.index.local_store, "_RETRY_SECONDS", 0)
    for seconds, value in (("_PAUSE_SECONDS", 0), ("_SEARCH_SECONDS", 2.0), ("_WRITE_SECONDS", 10.0)):
        monkeypatch.setattr(quotewise.index.milvus, seconds, value)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    with engine(tmp_path_factory.mktemp("engine") / "lite") as proxy:
        yield proxy


@pytest.fixture
def proxy(server: Proxy) -> Iterator[Proxy]:
    made = Proxy(server.port)
    yield made
    made.close()


@pytest.fixture
def store(proxy: Proxy, tmp_path: Path) -> Iterator[LocalStore]:
    store = opened(proxy, tmp_path)
    store.catalogue.add_collection(COLLECTION)
    yield store
    store.close()


def opened(proxy: Proxy, folder: Path) -> LocalStore:
    return LocalStore(folder / "index", create=True, search_index=partial(MilvusSearchIndex, proxy.uri))


def found(store: LocalStore, word: str = "whale") -> tuple[list[str], list[str]]:
    """The paths of what both searches find, in order of the alphabet."""
    hits = store.search_dense("default", EAST, 99, Filter()), store.search_lexical("default", word, 99, Filter())
    nearest, lexical_hits = (
        sorted(chunk.document.path for chunk in store.catalogue.chunks([hit.chunk_id for hit in some])) for some in hits
    )
    return nearest, lexical_hits


def found_soon(store: LocalStore, seconds: float = 10) -> tuple[list[str], list[str]]:
    """What is found once the engine answers again, at the latest after some seconds."""
    end = time.monotonic() + seconds
    while True:
        try:
            return found(store)
        except EngineUnavailableError:
            if time.monotonic() > end:
                raise
            time.sleep(0.1)


def test_it_finds_what_the_local_index_finds_in_the_same_order(store: LocalStore) -> None:
    chance = random.Random(7)
    for number, path in enumerate(PATHS):
        vector = unit(1, *(chance.random() for _ in range(3)))
        words = " ".join(chance.choices(["whales", "C++", "seas", "鲸鱼唱歌", "café", "sings"], k=9))
        put(
            store,
            path,
            f"Whales {words}.",
            vector,
            {"kind": "b" if number % 2 else 'of "two"', "odd": str(number % 2)} if path.endswith("md") else None,
        )
    store.publish("default")
    with closing(LocalStore(store.folder)) as local:
        for where in FILTERS:
            ours, theirs = (some.search_dense("default", EAST, 99, where) for some in (store, local))
            assert [hit.chunk_id for hit in ours] == [hit.chunk_id for hit in theirs], where
            assert np.allclose([hit.score for hit in ours], [hit.score for hit in theirs], atol=1e-4)
            for query in ("whale", "a song of c++", "鲸鱼", "cafe sea", "nothing here", "的"):
                ours, theirs = (some.search_lexical("default", query, 99, where) for some in (store, local))
                assert {hit.chunk_id for hit in ours} == {hit.chunk_id for hit in theirs}, (where, query)
        assert [hit.chunk_id for hit in store.search_dense("default", EAST, 3, Filter())] == [
            hit.chunk_id for hit in local.search_dense("default", EAST, 3, Filter())
        ]


def test_it_follows_every_change_and_writes_of_others(store: LocalStore, proxy: Proxy, tmp_path: Path) -> None:
    assert found(store) == ([], []), "nothing is in an empty collection"
    for number in range(3):
        put(store, f"{number}.txt", f"Whales sing number{number}.")
    store.publish("default")
    put(store, "1.txt", "Gulls cry.")
    store.catalogue.remove("default", ["2.txt"])
    store.publish("default")
    assert found(store) == (["0.txt", "1.txt"], ["0.txt"])
    with closing(opened(proxy, tmp_path)) as other:
        assert found(other) == found(store)
        put(other, "3.txt", "Whales dive.")
        other.publish("default")
        assert found(store) == (["0.txt", "1.txt", "3.txt"], ["0.txt", "3.txt"])
    assert set(store.search_index.stored_chunks("default") or ()) == {3}
    store.remove_collection("default")
    store.catalogue.add_collection(COLLECTION)
    assert found(store) == ([], [])


def test_another_language_makes_it_again(store: LocalStore) -> None:
    put(store, "0.txt", "Whales sing.")
    store.publish("default")
    collection = store.catalogue.collection("default")
    store.catalogue.update_collection(quotewise.index.local_store.replace(collection, language="de"))
    put(store, "1.txt", "Die Häuser.")
    store.publish("default")
    assert found(store, "haus") == (["0.txt", "1.txt"], ["1.txt"])
    assert store.search_index.position("default") == store.catalogue.last_change("default")


def test_an_engine_that_is_down_at_start_is_a_clear_error_and_what_was_written_is_found_when_it_is_up(
    store: LocalStore, proxy: Proxy
) -> None:
    proxy.up = False
    store.search_index.sweep()
    put(store, "0.txt", "Whales sing.")
    store.publish("default")
    with at_most(20), pytest.raises(EngineUnavailableError, match=r"Milvus at .* does not answer"):
        found(store)
    assert [document.path for document in store.catalogue.documents("default")] == ["0.txt"]
    proxy.up = True
    assert found_soon(store) == (["0.txt"], ["0.txt"])


def test_an_engine_that_goes_down_between_questions_is_a_clear_error_until_it_is_up(store: LocalStore, proxy: Proxy) -> None:
    put(store, "0.txt", "Whales sing.")
    store.publish("default")
    assert found(store) == (["0.txt"], ["0.txt"])
    proxy.cut()
    with at_most(20), pytest.raises(EngineUnavailableError):
        found(store)
    proxy.up = True
    assert found_soon(store) == (["0.txt"], ["0.txt"])


@pytest.mark.parametrize("kept", [True, False], ids=["changes", "all anew"])
def test_a_write_that_the_engine_does_not_survive_loses_nothing_and_doubles_nothing(
    store: LocalStore, proxy: Proxy, monkeypatch: pytest.MonkeyPatch, kept: bool
) -> None:
    monkeypatch.setattr(quotewise.index.milvus, "_BATCH", 2)
    put(store, "kept.txt", "Whales sing.")
    if kept:
        store.publish("default")
    for number in range(6):
        put(store, f"{number}.txt", f"Whales sing number{number}.")
    write = MilvusClient.upsert

    def cut_after_the_second(client: MilvusClient, name: str, rows: Any, **options: Any) -> Any:
        calls.append(name)
        written = write(client, name, rows, **options)
        if len(calls) == 2:
            proxy.cut()
        return written

    calls: list[str] = []
    monkeypatch.setattr(MilvusClient, "upsert", cut_after_the_second)
    store.publish("default")
    assert len(calls) == 3
    with pytest.raises(EngineUnavailableError):
        found(store)
    proxy.up = True
    everything = sorted(["kept.txt", *(f"{number}.txt" for number in range(6))])
    assert found_soon(store) == (everything, everything)
    assert set(store.search_index.stored_chunks("default") or ()) == {len(everything)}
    store.search_index.sweep()
    names = MilvusClient(proxy.uri).list_collections()
    alias = f"quotewise_1_{store.catalogue.first_change('default').stamp}"
    assert sum(name.startswith(alias) for name in names) == 1, "what was half written is gone"


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # of files that milvus-lite cannot close
@pytest.mark.skipif("MILVUS_TEST_PORT" in os.environ, reason="the disk of the real server is not small")
def test_an_engine_whose_disk_is_full_answers_from_what_it_has_and_follows_by_itself_once_there_is_space(
    small_disk: SmallDisk, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with engine(small_disk.folder / "lite") as proxy, closing(opened(proxy, tmp_path)) as store:
        store.catalogue.add_collection(COLLECTION)
        put(store, "kept.txt", "Whales sing.")
        put(store, "changed.txt", "Whales dive.")
        store.publish("default")
        alias = f"quotewise_1_{store.catalogue.first_change('default').stamp}"

        def made() -> list[str]:
            return [name for name in MilvusClient(proxy.uri).list_collections() if name.startswith(alias)]

        small_disk.fill()
        put(store, "changed.txt", "Gulls cry.")
        put(store, "new.txt", "Whales sing again.")
        store.publish("default")
        assert "No space left on device" in caplog.text
        assert "kept.txt" in found(store)[0], "it is answered from what is there"
        assert store.search_index.stored_chunks("default") is None, "which is known to be behind"
        assert len(store.catalogue.documents("default")) == 3
        small_disk.clear()
        assert found(store) == (["changed.txt", "kept.txt", "new.txt"], ["kept.txt", "new.txt"])
        assert store.search_index.stored_chunks("default") == (3,)

        language = quotewise.index.local_store.replace(store.catalogue.collection("default"), language="de")
        store.catalogue.update_collection(language)  # for which everything is indexed anew
        put(store, "later.md", "Wale singen.", metadata={str(number): "x" for number in range(4000)})
        small_disk.fill(spare=100_000)  # in which collections can be made, but this is more
        for _ in range(3):
            store.publish("default")
        assert len(made()) <= 2, "what could not be completed is not left there once more by each try"
        assert "kept.txt" in found(store)[0]
        small_disk.clear()
        assert found(store, "wale")[1] == ["later.md"]
        assert store.search_index.stored_chunks("default") == (store.catalogue.size("default").chunks,)
        assert len(made()) == 1


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # of files that milvus-lite cannot close
@pytest.mark.skipif("MILVUS_TEST_PORT" in os.environ, reason="the disk of the real server is not small")
def test_an_engine_whose_disk_is_full_from_the_start_is_a_clear_error(small_disk: SmallDisk, tmp_path: Path) -> None:
    with engine(small_disk.folder / "lite") as proxy, closing(opened(proxy, tmp_path)) as store:
        store.catalogue.add_collection(COLLECTION)
        put(store, "a.txt", "Whales sing.")
        small_disk.fill()
        store.publish("default")
        with pytest.raises(EngineUnavailableError, match="No space left on device") as refused:
            found(store)
        assert (refused.value.status, "\n" in str(refused.value)) == (503, False)
        small_disk.clear()
        assert found(store) == (["a.txt"], ["a.txt"])


def test_a_slow_engine_is_given_up_within_seconds(store: LocalStore, proxy: Proxy) -> None:
    put(store, "0.txt", "Whales sing.")
    store.publish("default")
    proxy.delay = 30
    with at_most(20), pytest.raises(EngineUnavailableError):
        found(store)
    proxy.cut()
    proxy.up, proxy.delay = True, 0
    assert found_soon(store) == (["0.txt"], ["0.txt"])


def test_an_engine_of_an_older_version_is_refused_by_its_version(store: LocalStore, monkeypatch: pytest.MonkeyPatch) -> None:
    put(store, "0.txt", "Whales sing.")
    with monkeypatch.context() as patched:
        patched.setattr(MilvusClient, "get_server_version", lambda *_, **__: "v2.2.16")
        with pytest.raises(EngineUnavailableError, match=r"is of version v2\.2\.16; 2\.3 or later"):
            found(store)
    assert found(store) == (["0.txt"], ["0.txt"])


def test_words_of_an_engine_without_bm25_are_found_by_tantivy(
    store: LocalStore, proxy: Proxy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(MilvusClient, "get_server_version", lambda *_, **__: "v2.3.5")
    put(store, "0.txt", "Whales sing.")
    store.publish("default")
    put(store, "1.txt", "Whales dive.")
    store.publish("default")
    assert found(store) == (["0.txt", "1.txt"], ["0.txt", "1.txt"])
    assert store.search_index.stored_chunks("default") == (2, 2)
    shutil.rmtree(store.folder / "words")
    with closing(opened(proxy, tmp_path)) as again:
        assert found(again, "dive") == (["0.txt", "1.txt"], ["1.txt"])
    assert not (store.folder / "search").exists()


def test_an_engine_with_bm25_searches_the_words_itself_the_rarest_first(
    store: LocalStore, proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not quotewise.index.milvus._has_words(MilvusClient(proxy.uri)):
        pytest.skip("this engine has no BM25")
    monkeypatch.delattr(quotewise.index.milvus.LocalSearchIndex, "search_lexical")
    for number in range(9):
        put(store, f"{number}.txt", "Whales sing. They sing of the sea." if number else "A narwhal dives. It dives deep.")
    put(store, "9.txt", "Whales meet a narwhal here.")
    store.publish("default")
    hits = store.search_lexical("default", "narwhals, whales", 99, Filter())
    paths = [chunk.document.path for chunk in store.catalogue.chunks([hit.chunk_id for hit in hits])]
    assert (paths[:2], len(paths)) == (["9.txt", "0.txt"], 10)
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert hits[1].score > hits[2].score > 0, "a rare word counts more than one that is nearly everywhere"
    assert not (store.folder / "words").exists(), "which Tantivy does not index beside it"


def test_an_engine_that_is_upgraded_takes_the_words_over_also_from_services_that_do_not_notice(
    store: LocalStore, proxy: Proxy, tmp_path: Path
) -> None:
    client = MilvusClient(proxy.uri)
    if not quotewise.index.milvus._has_words(client):
        pytest.skip("this engine has no BM25")
    put(store, "0.txt", "Whales sing.")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(MilvusClient, "get_server_version", lambda *_, **__: "v2.4.15")
        store.publish("default")
        assert found(store) == (["0.txt"], ["0.txt"])
    with closing(opened(proxy, tmp_path)) as other:
        put(other, "1.txt", "Whales dive.")
        other.publish("default")
        made = client.describe_collection(f"quotewise_1_{store.catalogue.first_change('default').stamp}")["collection_name"]
        for either in (store, other, store):
            assert found_soon(either) == (["0.txt", "1.txt"], ["0.txt", "1.txt"])
        names = client.list_collections()
    assert made in names, "they do not index it anew in turn"


def test_a_collection_of_the_same_name_that_is_of_somebody_else_is_left_alone(store: LocalStore, proxy: Proxy) -> None:
    put(store, "0.txt", "Whales sing.")
    name = f"quotewise_1_{store.catalogue.first_change('default').stamp}"
    client = MilvusClient(proxy.uri)
    client.create_collection(name, dimension=2)
    client.insert(name, [{"id": 1, "vector": [1.0, 0.0]}])
    store.publish("default")
    with pytest.raises(EngineUnavailableError, match=f"collection {name} that is not of this index"):
        found(store)
    assert client.query(name, filter="id == 1", consistency_level="Strong")
    client.drop_collection(name)
    assert found(store) == (["0.txt"], ["0.txt"])


@pytest.mark.skipif("MILVUS_TEST_PORT" in os.environ, reason="this is the run on the server")
def test_all_of_this_holds_on_the_real_server(tmp_path: Path) -> None:
    if importlib.util.find_spec("milvus") is None:
        pytest.skip("the server is not installed: pip install milvus==2.3.5")
    here = [sys.executable, "-m", "tests.index.milvus_server", str(tmp_path)]
    tests = [sys.executable, "-m", "pytest", "-q", "-n", "0", "-p", "no:cacheprovider", __file__]
    program = 'ip link set lo up && exec "$@"'
    run = subprocess.run(
        ["unshare", "-rn", "sh", "-c", program, "sh", *here, *tests], capture_output=True, text=True, check=False
    )
    if run.returncode == 77 or "unshare:" in run.stderr:
        pytest.skip(f"the server does not start in a network of its own: {run.stderr[-200:]}")
    assert run.returncode == 0, run.stdout[-4000:] + run.stderr[-2000:]
