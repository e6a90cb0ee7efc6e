import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import quotewise.index.catalogue
import quotewise.index.records
from quotewise.index.boilerplate import SentenceKind
from quotewise.index.catalogue import SqlCatalogue, SqliteCatalogue, document_id, open_catalogue
from quotewise.index.chunking import Chunker
from quotewise.index.documents import parse_document
from quotewise.index.errors import (
    DocumentDamagedError,
    IndexDamagedError,
    IndexLockedError,
    IndexUnavailableError,
    IndexVersionError,
    InvalidNameError,
    QuotewiseError,
    UnknownCollectionError,
    UnknownDocumentError,
)
from quotewise.index.filters import Filter, Range
from quotewise.index.schema import SCHEMA_VERSION
from quotewise.index.store import UNCHANGED, Change, CollectionSize, StoredChunk
from tests.index.texts import encodings, examples, markdown_texts, texts
from tests.index.writing import COLLECTION, count_words, document, put

TABLES = ("collections", "documents", "texts", "layouts", "chunks", "changes", "metadata")


@pytest.fixture(params=["SQLite", "PostgreSQL"])
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], SqlCatalogue]:
    """Opens the same catalogue each time, in a file or in a database."""
    url = request.getfixturevalue("database") if request.param == "PostgreSQL" else None
    return lambda: open_catalogue(tmp_path, url, create=True)


@pytest.fixture
def catalogue(opened: Callable[[], SqlCatalogue]) -> Iterator[SqlCatalogue]:
    catalogue = opened()
    catalogue.add_collection(COLLECTION)
    yield catalogue
    catalogue.close()


@pytest.fixture
def in_a_file(tmp_path: Path) -> Iterator[SqliteCatalogue]:
    catalogue = SqliteCatalogue(tmp_path / "catalogue.sqlite")
    catalogue.add_collection(COLLECTION)
    yield catalogue
    catalogue.close()


def stored_chunks(catalogue: SqlCatalogue, after: Change = UNCHANGED) -> list[StoredChunk]:
    return catalogue.chunks([chunk.id for chunk in catalogue.changes("default", after).chunks()])


def test_what_is_put_comes_back_exactly(catalogue: SqlCatalogue) -> None:
    @examples(60)
    @given(st.sampled_from(("a'\n%.txt", 'b/ä".md')), st.one_of(texts, markdown_texts), encodings)
    def check(path: str, text: str, encoding: str) -> None:
        made = parse_document(path, f"{text}x".encode(encoding))
        chunks = Chunker(count_words, 12).chunks(made)
        vectors = np.random.default_rng(len(text)).random((len(chunks), 4), np.float32)
        before = catalogue.last_change("default")
        catalogue.put("default", made, chunks, vectors)

        kept = catalogue.document_at("default", path)
        assert catalogue.document(kept.id) == kept
        assert catalogue.text(kept.id) == made.text
        assert (kept.sha256, kept.encoding, kept.size_bytes) == (made.sha256, made.encoding, made.size_bytes)
        assert (kept.title, kept.metadata, kept.media_type) == (made.title, made.metadata, made.media_type)
        assert (kept.characters, kept.chunks) == (len(made.text), len(chunks))
        stored = stored_chunks(catalogue, before)
        assert [chunk.ordinal for chunk in stored] == list(range(len(chunks)))
        for found, chunk in zip(stored, chunks, strict=True):
            assert found.text == made.text[found.start : found.start + len(found.text)]
            assert found.start + len(found.text) == chunk.next_start
            assert (found.start, found.end, found.heading, found.sentences, found.kinds) == (
                *(chunk.start, chunk.end, chunk.heading, chunk.sentences, chunk.kinds),
            )
            assert found.document == kept
        indexed = list(catalogue.changes("default", before).chunks())
        assert [chunk.vector.tolist() for chunk in indexed] == vectors.astype(np.float16).tolist()

    check()
    catalogue.check()


def test_a_document_keeps_its_id_and_its_chunks_never_reuse_theirs(
    catalogue: SqlCatalogue, opened: Callable[[], SqlCatalogue]
) -> None:
    seen: set[int] = set()
    ids = set()
    for text in ("One.", "Two.", "One."):
        put(catalogue, "a.txt", text)
        ids.add(catalogue.document_at("default", "a.txt").id)
        fresh = {chunk.id for chunk in stored_chunks(catalogue)}
        assert len(fresh) == 1
        assert not fresh & seen
        seen |= fresh
    assert len(ids) == 1
    catalogue.remove("default", ["a.txt"])
    catalogue.close()
    again = opened()
    put(again, "b.txt", "Three.")
    assert not {chunk.id for chunk in stored_chunks(again)} & seen
    assert again.chunks(sorted(seen)) == []
    assert again.document_at("default", "b.txt").id not in ids
    again.close()


def test_a_put_that_fails_leaves_the_version_before_it(catalogue: SqlCatalogue) -> None:
    put(catalogue, "a.txt", "One.")
    before = (catalogue.documents("default"), stored_chunks(catalogue), catalogue.last_change("default"))
    made = document("a.txt", "Two. " * 30)
    chunks = Chunker(count_words, 12).chunks(made)
    with pytest.raises(ValueError, match="shorter"):
        catalogue.put("default", made, chunks, np.zeros((len(chunks) - 1, 4), np.float32))
    assert (catalogue.documents("default"), stored_chunks(catalogue), catalogue.last_change("default")) == before
    catalogue.check()


def test_a_document_of_too_many_chunks_is_refused(catalogue: SqlCatalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quotewise.index.catalogue, "ORDINAL_BITS", 2)
    put(catalogue, "a.md", "# A\n\na\n\n# B\n\nb\n\n# C\n\nc")
    with pytest.raises(QuotewiseError, match="has 4 chunks; the limit is 4"):
        put(catalogue, "b.md", "# A\n\na\n\n# B\n\nb\n\n# C\n\nc\n\n# D\n\nd")
    assert [kept.path for kept in catalogue.documents("default")] == ["a.md"]


def test_documents_come_by_path_in_pages(catalogue: SqlCatalogue) -> None:
    for path in ("b.txt", "a/z.txt", "ä.txt", "a.txt", "B.txt"):
        put(catalogue, path)
    paths = [kept.path for kept in catalogue.documents("default")]
    assert paths == sorted(paths) == ["B.txt", "a.txt", "a/z.txt", "b.txt", "ä.txt"]
    assert [kept.path for kept in catalogue.documents("default", 1, 2)] == paths[1:3]
    assert catalogue.documents("default", 5, 2) == catalogue.documents("default", 0, 0) == []
    assert catalogue.size("default") == CollectionSize(5, 5)
    assert catalogue.digests("default").keys() == set(paths)
    put(catalogue, "a.txt", "# One\n\nIt is so.\n\n" + "It is not. " * 9)
    catalogue.remove("default", ["b.txt", "B.txt", "none.txt"])
    assert catalogue.size("default") == CollectionSize(3, sum(kept.chunks for kept in catalogue.documents("default")))


@pytest.mark.parametrize("odd", ["nope", "", "' OR 1=1 --", "\udc80", "caf\udce9.txt", "nul\0", "a\nb.txt"])
def test_what_is_unknown_is_named_whatever_it_is(catalogue: SqlCatalogue, odd: str) -> None:
    catalogue.add_collection(replace(COLLECTION, name="other"))
    put(catalogue, "a.txt")
    with pytest.raises(UnknownCollectionError, match=r"no collection '.*'; there are: default, other"):
        catalogue.documents(odd)
    for read in (catalogue.document, catalogue.text, catalogue.layout, lambda path: catalogue.document_at("default", path)):
        with pytest.raises(UnknownDocumentError, match=r"there is no document [^\n\ud800-\udfff]*$"):
            read(odd)
    for where in (Filter(path_prefix=f"{odd}?"), Filter(media_type=odd), Filter(metadata={odd: [odd]})):
        assert catalogue.matching_documents("default", where) == []


PATHS = (
    "a.md",
    "a%b.md",
    "a_b.md",
    "axb.md",
    'it\'s/"x".md',
    "it's/y.md",
    "A.md",
    "ä/ö.md",
    "new\nline.md",
    "😀/a.md",
    "a.txt",
)
METADATA: list[dict[str, str]] = [{}, {"year": "2020"}, {"year": "2021", "author": "Ann O''Hara"}]
METADATA += [{"year": "2020", "a key": "x"}, {"$.year": "2020", '"q"': "%"}]


def test_a_filter_lets_through_exactly_what_it_says(catalogue: SqlCatalogue) -> None:
    documents = {}
    for number, path in enumerate((*PATHS, "a.txt") * 2):
        path = path.replace(".", f"{number}.")
        documents[path] = put(catalogue, path, metadata=METADATA[number % 5] if path.endswith(".md") else None)
    rows = dict(catalogue._database.rows("SELECT path, row FROM documents"))
    assert {"author": "Ann O'Hara", "year": "2021"} in [made.metadata for made in documents.values()]
    values = st.lists(st.sampled_from(("2020", "2021", "Ann O'Hara", "x", "%", "", "nobody")), max_size=3)
    prefixes = st.one_of(
        st.builds(lambda path, length: path[:length], st.sampled_from(list(documents)), st.integers(0, 12)),
        st.sampled_from(("%", "_", "a%", "a_", "it's/\"", "a*", "\\", "nowhere/")),
    )
    media_types = st.sampled_from((None, "text/plain", "text/markdown", "text/%"))
    keys = st.sampled_from(("year", "author", "a key", "$.year", '"q"', "none"))

    filters = st.builds(Filter, prefixes, media_types, st.dictionaries(keys, values, max_size=2))

    def passes(path: str, where: Filter) -> bool:
        made = documents[path]
        return (
            path.startswith(where.path_prefix)
            and where.media_type in (None, made.media_type)
            and all(made.metadata.get(key) in accepted for key, accepted in where.metadata.items())
            and not (where.exclude and passes(path, where.exclude))
        )

    @examples(200)
    @given(filters, st.none() | filters)
    def check(included: Filter, excluded: Filter | None) -> None:
        where = replace(included, exclude=excluded)
        expected = sorted(rows[path] for path in documents if passes(path, where))
        assert catalogue.matching_documents("default", where) == (None if where == Filter() else expected)

    check()
    assert catalogue.matching_documents("default", Filter()) is None


DATED = ["2019-12-31", "2020-01-01", "2020-01-01 10:00:00", "2020-06-30T23:59:59Z", "2021-01-011", "2021-01-02", "May 2020"]
NUMBERED = ["-4", "0", "9.5", "10", "1e3", "1,000", "0x10", "", "ten"]


@pytest.mark.parametrize(
    ("limits", "expected"),
    [
        (Range(9.5, 1000), ["9.5", "10", "1e3"]),
        (Range(least=0.5), ["9.5", "10", "1e3"]),
        (Range(most=9.5), ["-4", "0", "9.5"]),
        (Range(11, 10), []),
        (Range(date(2020, 1, 1), date(2020, 6, 30)), DATED[1:4]),
        (Range(least=date(2020, 1, 2)), [DATED[3], DATED[5]]),
        (Range(most=date(2020, 1, 1)), DATED[:3]),
        (Range(most=date(9999, 12, 31)), [*DATED[:4], DATED[5]]),
    ],
)
def test_a_range_lets_through_the_numbers_or_days_within_it_and_nothing_that_is_none(
    catalogue: SqlCatalogue, limits: Range, expected: list[str]
) -> None:
    for number, value in enumerate(DATED + NUMBERED):
        put(catalogue, f"{number}.md", metadata={"it": value, "other": "10"})
    kept = set(catalogue.matching_documents("default", Filter(ranges={"it": limits})) or ())
    everything = set(catalogue.matching_documents("default", Filter(metadata={"other": ["10"]})) or ())
    rest = catalogue.matching_documents("default", Filter(exclude=Filter(ranges={"it": limits})))
    assert rest == sorted(everything - kept)
    rows = dict(catalogue._database.rows("SELECT document, value FROM metadata WHERE key = 'it'"))
    assert sorted(rows[row] for row in kept) == sorted(expected)


def test_a_collection_is_made_once_and_when_removed_leaves_nothing_behind(catalogue: SqlCatalogue) -> None:
    with pytest.raises(InvalidNameError, match="already"):
        catalogue.add_collection(COLLECTION)
    put(catalogue, "a.txt", "One. " * 30)
    key = catalogue.collection("default").key
    catalogue.remove_collection("default")
    assert [catalogue._database.rows(f"SELECT count(*) FROM {table}")[0][0] for table in TABLES] == [0] * len(TABLES)
    catalogue.add_collection(COLLECTION)
    assert catalogue.collection("default").key != key


def test_any_number_of_chunks_can_be_asked_for(catalogue: SqlCatalogue) -> None:
    put(catalogue, "a.txt")
    (chunk,) = stored_chunks(catalogue)
    assert catalogue.chunks([*range(300_000), chunk.id]) == [chunk]
    assert catalogue.chunks([]) == []


def test_a_busy_catalogue_is_locked_and_not_damaged(in_a_file: SqliteCatalogue, tmp_path: Path) -> None:
    catalogue = in_a_file
    other = sqlite3.connect(tmp_path / "catalogue.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with catalogue._database.connection() as connection:
        connection.execute("PRAGMA busy_timeout = 0")  # rather than ten seconds
    with pytest.raises(IndexLockedError, match="in use by another writer"):
        put(catalogue, "a.txt")
    assert catalogue.documents("default") == []
    other.close()
    put(catalogue, "a.txt")


@pytest.fixture(scope="module")
def intact(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A catalogue of some dozen pages."""
    path = tmp_path_factory.mktemp("intact") / "catalogue.sqlite"
    catalogue = SqliteCatalogue(path)
    catalogue.add_collection(COLLECTION)
    for number in range(20):
        put(catalogue, f"{number}.md", f"# Head {number}\n\nNumber {number} is a number. " * 20)
    catalogue.close()
    assert not path.with_name("catalogue.sqlite-wal").exists()
    return path.read_bytes()


def another_program(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE t (x)")


def a_newer_version(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 99")


NOT_OURS: dict[str, tuple[Callable[[Path], object], str]] = {
    "no header": (lambda path: path.write_bytes(b"\xff" * 100 + path.read_bytes()[100:]), "nothing was changed"),
    "cut short": (lambda path: path.write_bytes(path.read_bytes()[:50]), "nothing was changed"),
    "text": (lambda path: path.write_bytes(b"hello"), "nothing was changed"),
    "zeros": (lambda path: path.write_bytes(b"\0" * 10_000), "nothing was changed"),
    "another program": (another_program, "is not a Quotewise catalogue"),
    "newer": (a_newer_version, f"version 99, newer than the {SCHEMA_VERSION} "),
}


@pytest.mark.parametrize("kind", NOT_OURS)
def test_a_file_that_is_no_catalogue_of_this_version_is_refused_and_left_as_it_is(
    intact: bytes, tmp_path: Path, kind: str
) -> None:
    path = tmp_path / "catalogue.sqlite"
    spoil, match = NOT_OURS[kind]
    path.write_bytes(intact)
    spoil(path)
    data = path.read_bytes()
    with pytest.raises(IndexVersionError if kind == "newer" else IndexDamagedError, match=match):
        SqliteCatalogue(path)
    assert path.read_bytes() == data
    assert kind == "cut short" or [file.name for file in tmp_path.iterdir()] == ["catalogue.sqlite"]


def test_damaged_pages_are_found_by_a_check_and_raise_nothing_but_our_own_errors(intact: bytes, tmp_path: Path) -> None:
    size, path = int.from_bytes(intact[16:18], "big"), tmp_path / "catalogue.sqlite"
    pages, noise, refused = len(intact) // size, np.random.default_rng(0), 0
    assert pages > 12
    for page in range(1, pages):
        before, after = intact[: page * size], intact[(page + 1) * size :]
        for data in (before + b"\xa5" * size + after, before + noise.bytes(size) + after, before):
            path.write_bytes(data)
            with pytest.raises(IndexDamagedError, match="restore it"), closing(SqliteCatalogue(path)) as catalogue:
                catalogue.check()
            assert path.read_bytes() == data
            try:
                with closing(SqliteCatalogue(path)) as catalogue:
                    for kept in catalogue.documents("default"):
                        catalogue.text(kept.id)
                    stored_chunks(catalogue)
                    catalogue.matching_documents("default", Filter(metadata={"a": ["b"]}))
            except QuotewiseError:
                refused += 1
    assert refused > 5


DIGESTS = "".join(f"ALTER TABLE {table} DROP COLUMN digest;" for table in ("documents", "texts", "chunks"))
OLDER = {
    1: f"DROP TABLE feedback; {DIGESTS} PRAGMA user_version = 1;",
    2: f"{DIGESTS} PRAGMA user_version = 2;",
    3: "",
}


@pytest.mark.parametrize("version", OLDER)
def test_a_catalogue_of_an_older_version_is_brought_up_to_date_and_loses_nothing(version: int, tmp_path: Path) -> None:
    path = tmp_path / "catalogue.sqlite"
    old = sqlite3.connect(path)
    old.executescript(Path(__file__).with_name("catalogue_v3.sql").read_bytes().decode())
    old.executescript(OLDER[version])
    whole = dict(old.execute("SELECT path, text FROM texts JOIN documents ON row = document"))
    [(chunks_before,)] = old.execute("SELECT sum(chunks) FROM documents")
    vectors = {key: np.frombuffer(vector, np.float32) for key, vector in old.execute("SELECT id, vector FROM chunks")}
    old.close()
    with ThreadPoolExecutor(4) as pool:  # all at once, of which one does it
        for catalogue in pool.map(lambda _: SqliteCatalogue(path), range(4)):
            assert catalogue.size("default") == CollectionSize(3, chunks_before)
            catalogue.close()
    catalogue = SqliteCatalogue(path)
    assert catalogue.damaged("default") == ["damaged.txt"]
    assert catalogue.matching_documents("default", Filter(metadata={"author": ["Ann"]})) == [2]
    assert catalogue.matching_documents("default", Filter(ranges={"author": Range(0, 1)})) == []
    for stored in catalogue.documents("default"):
        if stored.path != "damaged.txt":
            made = parse_document(stored.path, whole[stored.path].encode())
            chunks = Chunker(count_words, COLLECTION.chunk_tokens).chunks(made)
            layout = replace(made.layout, version=1)  # that of the parser which made the text
            assert (catalogue.text(stored.id), catalogue.layout(stored.id)) == (made.text, layout)
            found = [chunk for chunk in stored_chunks(catalogue) if chunk.document == stored]
            assert [(c.start, c.end, c.sentences, c.kinds, c.layout) for c in found] == [
                (c.start, c.end, c.sentences, c.kinds, layout) for c in chunks
            ]
    indexed = list(catalogue.changes("default", UNCHANGED).chunks())
    assert indexed and all(chunk.vector.tolist() == vectors[chunk.id].astype(np.float16).tolist() for chunk in indexed)
    kinds = {kind for chunk in stored_chunks(catalogue) for kind in chunk.kinds}
    assert kinds == set(SentenceKind) - {SentenceKind.ROW, SentenceKind.MARGIN}
    assert [content for _, content in catalogue.feedback("default")] == (["good"] if version > 1 else [])
    assert (catalogue.left_out("default"), catalogue.refusals("default")) == ([], {})
    catalogue.check()
    catalogue.close()


def test_reading_a_range_of_a_text_reads_no_more_than_the_segments_that_hold_it(catalogue: SqlCatalogue) -> None:
    text = "".join(f"{n} é 👩‍👧\n" for n in range(20_000))
    catalogue.put("default", parse_document("a.txt", text.encode()), [], np.empty((0, 4), np.float32))
    name = document_id("default", "a.txt")
    for start, end in ((0, None), (0, 10), (65_530, 65_540), (65_536, 131_072), (131_000, 10**9), (10**9, None), (7, 7)):
        assert catalogue.text(name, start, end) == text[start:end]
    with catalogue._database.transaction() as connection:
        connection.execute("UPDATE texts SET text = 'x' WHERE start = 0")
    assert catalogue.text(name, 65_536, 131_072) == text[65_536:131_072]
    for start, end in ((0, None), (0, 10), (65_530, 65_540)):
        with pytest.raises(DocumentDamagedError):
            catalogue.text(name, start, end)


def test_the_oldest_feedback_makes_room_and_goes_with_its_collection(
    catalogue: SqlCatalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quotewise.index.records, "FEEDBACK_KEPT", 3)
    for number in range(5):
        catalogue.put_feedback("default", str(number), str(number))
    assert [content for _, content in catalogue.feedback("default")] == ["2", "3", "4"]
    with pytest.raises(UnknownCollectionError):
        catalogue.put_feedback("none", "1", "1")
    catalogue.remove_collection("default")
    catalogue.add_collection(COLLECTION)
    assert catalogue.feedback("default") == []


def test_a_full_disk_is_called_so_and_loses_nothing(in_a_file: SqliteCatalogue) -> None:
    catalogue = in_a_file
    put(catalogue, "a.txt", "One. Two.")
    with catalogue._database.connection() as connection:
        connection.execute(f"PRAGMA max_page_count = {connection.execute('PRAGMA page_count').fetchone()[0]}")
    with pytest.raises(IndexUnavailableError, match="full"):
        put(catalogue, "b.txt", "Three. " * 20_000)
    assert [stored.path for stored in catalogue.documents("default")] == ["a.txt"]
    with catalogue._database.connection() as connection:
        connection.execute("PRAGMA max_page_count = 1000000")
    put(catalogue, "b.txt", "Three. " * 20)
    assert [stored.path for stored in catalogue.documents("default")] == ["a.txt", "b.txt"]


def test_many_processes_may_begin_the_same_database_at_once(database: str, tmp_path: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        for begun in pool.map(lambda _: open_catalogue(tmp_path, database, create=True), range(4)):
            assert begun.collections() == []
            begun.close()


def test_many_may_begin_the_same_catalogue_at_once(tmp_path: Path) -> None:
    for attempt in range(10):
        path = tmp_path / f"{attempt}.sqlite"
        with ThreadPoolExecutor(4) as pool:
            for begun in pool.map(lambda _, path=path: SqliteCatalogue(path), range(4)):  # type: ignore[misc]
                assert begun.collections() == []
                begun.close()
