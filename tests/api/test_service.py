"""The use cases without any protocol: who may do what, and how much of a text is read."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from quotewise.api import changes, feedback
from quotewise.api import service as service_module
from quotewise.api.callers import ANONYMOUS, LOCAL, Caller
from quotewise.api.errors import DocumentChangedError, ForbiddenError, InvalidRequestError
from quotewise.api.indexing import index_folder
from quotewise.api.recent_answers import UnknownRequestError
from quotewise.api.service import Service
from quotewise.api.settings import Settings
from quotewise.index.catalogue import SqliteCatalogue
from quotewise.index.errors import UnknownCollectionError, UnknownDocumentError
from quotewise.index.filters import Filter
from quotewise.index.sentences import Span
from quotewise.rag.pipeline import AskOptions
from tests.conftest import WHY

ASKER = Caller("asker", ("ask",), ("notes",))
MANAGER = Caller("manager", ("manage",), ("notes",))
SEED = "b2b170137b3621de"
Use = Callable[[Service, Caller], Any]


def _no_body() -> AsyncIterator[bytes]:
    raise AssertionError("the body is read before it is known who sends it")


READING: dict[str, Use] = {
    "ask": lambda service, caller: service.ask(caller, WHY, "default"),
    "stream": lambda service, caller: next(service.stream(caller, WHY, "default")),
    "search": lambda service, caller: service.search(caller, WHY, "default"),
    "ask also": lambda service, caller: service.ask(caller, WHY, "notes", AskOptions(also=("default",))),
    "documents": lambda service, caller: service.documents(caller, "default"),
    "document": lambda service, caller: service.document(caller, SEED),
    "read lines": lambda service, caller: service.read_lines(caller, SEED, 1, 1),
    "text": lambda service, caller: next(service.text(caller, SEED)),
    "verify": lambda service, caller: service.verify(caller, [], "default"),
    "existing collection": lambda service, caller: service.existing_collection(caller, "default"),
}
CHANGING: dict[str, Use] = {
    "put": lambda service, caller: asyncio.run(changes.put(service, caller, "default", "a.txt", _no_body)),
    "remove": lambda service, caller: asyncio.run(changes.remove(service, caller, "default", "a.txt")),
    "rename": lambda service, caller: asyncio.run(changes.rename(service, caller, "default", "a.txt", "b.txt")),
    "rename to": lambda service, caller: changes.rename_collection(service, caller, "notes", "default"),
    "rename collection": lambda service, caller: changes.rename_collection(service, caller, "default", "notes"),
    "remove collection": lambda service, caller: changes.remove_collection(service, caller, "default"),
    "unindex": lambda service, caller: changes.unindex(service, caller, None),
    "index": lambda service, caller: index_folder(service, caller, Path("nowhere")),
}
OF_NO_COLLECTION: dict[str, Use] = {
    "extract": lambda service, caller: service.extract(caller, []),
    "collections": lambda service, caller: service.collections(caller),
    "feedback": lambda service, caller: feedback.give(service, caller, "r", True),
}


@pytest.fixture(scope="module")
def service(library: Path) -> Iterator[Service]:
    with Service.open(Settings(index=library)) as service:
        yield service


@pytest.mark.parametrize("name", [*READING, *CHANGING, *OF_NO_COLLECTION])
def test_every_use_case_needs_a_scope(service: Service, name: str) -> None:
    use = (READING | CHANGING | OF_NO_COLLECTION)[name]
    for caller in (ANONYMOUS, *([ASKER] if name in CHANGING else [])):
        with pytest.raises(ForbiddenError, match="scope"):
            use(service, caller)


@pytest.mark.parametrize("name", [*READING, *CHANGING])
def test_every_use_case_is_bound_to_the_collections_of_the_caller(service: Service, name: str) -> None:
    with pytest.raises((ForbiddenError, UnknownDocumentError)) as error:
        (READING | CHANGING)[name](service, MANAGER)
    assert "default" not in str(error.value)


def test_a_caller_of_one_collection_meets_no_other(service: Service) -> None:
    assert service.collections(ASKER).default == "notes"
    assert [known.name for known in service.collections(ASKER).collections] == ["notes"]
    assert (service.ready(ASKER), service.ready(ANONYMOUS), service.ready(LOCAL)) == (1, 0, 3)
    assert {passage.document.collection for passage in service.search(ASKER, "tea").passages} == {"notes"}  # type: ignore[attr-defined]
    with pytest.raises(UnknownCollectionError, match="no collection 'gone'"):
        service.search(Caller("late", ("ask",), ("gone",)), "tea")


def test_answers_are_observed_and_remembered_for_their_caller(service: Service) -> None:
    observed: list[tuple[str, str]] = []
    service.observers.add(lambda answer, request: observed.append((answer.question, request)))
    service.ask(ASKER, "Where was tea first drunk?", request="one")
    assert observed == [("Where was tea first drunk?", "one")]
    assert service.answers.get("asker", "one").collection == "notes"
    with pytest.raises(UnknownRequestError):
        feedback.give(service, MANAGER, "one", True)


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Service, Path]]:
    """A service of one document of 200,000 characters, and its folder."""
    folder = tmp_path_factory.mktemp("large")
    (folder / "numbers.md").write_text("# Numbers\n\n" + "<!--" + "x\n" * 100_000 + "-->\n\nTen is a number.\n")
    with Service.open(Settings(index=tmp_path_factory.mktemp("index"), max_file_bytes=2_000_000), create=True) as service:
        index_folder(service, LOCAL, folder)
        yield service, folder


def test_some_lines_a_part_and_a_right_quote_read_no_whole_text(
    large: tuple[Service, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    service, folder = large
    text, whole = (folder / "numbers.md").read_text(), SqliteCatalogue.text
    read: list[int] = []

    def counted(self: SqliteCatalogue, *arguments: Any) -> str:
        piece = whole(self, *arguments)
        read.append(len(piece))
        return piece

    monkeypatch.setattr(SqliteCatalogue, "text", counted)
    (document,) = service.documents(LOCAL).documents
    excerpt = service.read_lines(LOCAL, document.id, 80_000, 80_004, around=2)
    assert (excerpt.text, excerpt.line_start, excerpt.line_end) == ("x\n" * 9, 79_998, 80_006)
    assert excerpt.text == text[excerpt.start : excerpt.end]
    assert excerpt.lines == text.count("\n") + 1
    last = service.read_lines(LOCAL, document.id, excerpt.lines - 1, excerpt.lines)
    assert (last.text, last.end) == ("Ten is a number.\n", len(text))
    with pytest.raises(InvalidRequestError, match="there is no line"):
        service.read_lines(LOCAL, document.id, excerpt.lines, excerpt.lines + 1)
    assert "".join(service.text(LOCAL, document.id, 10, 30)) == text[10:30]
    assert "".join(service.text(LOCAL, document.id, len(text) + 5)) == ""
    service.ask(LOCAL, "What is ten?", options=AskOptions(where=Filter("none")), request="one")
    assert feedback.give(service, LOCAL, "one", True, (document.id, Span(len(text) - 17, len(text) - 1)))
    assert sum(read) < 400
    assert "".join(service.text(LOCAL, document.id)) == text
    assert max(read) == service_module.PIECE


def test_a_text_that_is_replaced_while_it_is_read_is_not_mixed(large: tuple[Service, Path]) -> None:
    service, folder = large
    (document,) = service.documents(LOCAL).documents
    pieces = service.text(LOCAL, document.id)
    next(pieces)
    path = folder / "numbers.md"
    path.write_text(path.read_text().replace("Ten", "Six"))
    index_folder(service, LOCAL, folder)
    with pytest.raises(DocumentChangedError):
        next(pieces)
