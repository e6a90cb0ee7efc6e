"""The whole way of a question: embed, retrieve, read, select, cite."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, zip_longest

from quotewise.index.embedders import Embedder
from quotewise.index.ingest import check_embedder
from quotewise.index.sentences import Span
from quotewise.index.store import Filter, Store
from quotewise.rag.answers import Answer, Citation, cite
from quotewise.rag.followups import Turn, combine_readings, query_variants, question_parts
from quotewise.rag.passages import Passage
from quotewise.rag.readers import Reader
from quotewise.rag.readers.span import Readers
from quotewise.rag.retrieval import Method, Question, retrieve
from quotewise.rag.selection import select_quotes, short_answer

DEFAULT_TOP_K = 12
DEFAULT_QUOTES = 3
_CLOSEST = 3


@dataclass(frozen=True, slots=True)
class SearchResult:
    """Passages, best first, and the milliseconds of each stage."""

    passages: tuple[Passage, ...]
    timings_ms: Mapping[str, float]


class OncePerName:
    """A function of a name, called once a name by however many threads; a call with one name keeps no other name waiting."""

    def __init__(self, call: Callable[[str], Embedder]) -> None:
        self._call = call
        self._locks: dict[str, threading.Lock] = {}
        self._found: dict[str, Embedder] = {}

    def __call__(self, name: str) -> Embedder:
        """What the function gives. Raises what it raises, and calls it again the next time."""
        with self._locks.setdefault(name, threading.Lock()):
            if name not in self._found:
                self._found[name] = self._call(name)
            return self._found[name]


class Pipeline:
    """Answers questions from the collections of a store. Safe to use from many threads.

    Args:
        store: holds the collections.
        load: an embedder by the name that a collection remembers; called once a name.
        reader: a reader for an embedder, called once an embedder; by default as ``Readers()`` chooses.
        threshold: the confidence below which no answer is given; by default the reader's own.
        method: of retrieval.
    """

    def __init__(
        self,
        store: Store,
        load: Callable[[str], Embedder],
        reader: Callable[[Embedder], Reader] | None = None,
        threshold: float | None = None,
        method: Method = "hybrid",
    ) -> None:
        self._store = store
        self._embedder = OncePerName(load)
        choose = reader or Readers()
        self._reader = lru_cache(maxsize=None)(lambda name: choose(self._embedder(name)))
        self._threshold = threshold
        self._method = method

    def embedder_of(self, collection: str) -> Embedder:
        """The embedder that a collection was made by.

        Raises:
            UnknownCollectionError, EmbedderError, EmbedderMismatchError: it is not to be had.
        """
        known = self._store.catalogue.collection(collection)
        embedder = self._embedder(known.embedder)
        check_embedder(known, embedder)
        return embedder

    def search(self, question: str, collection: str, top_k: int = DEFAULT_TOP_K, where: Filter | None = None) -> SearchResult:
        """The passages that are closest to a question. Raises what ``embedder_of`` does."""
        clock = _Clock()
        _, passages = self._retrieve(self.embedder_of(collection), [question], collection, top_k, where, clock)
        return SearchResult(tuple(passages), clock.timings_ms())

    def ask(
        self,
        question: str,
        collection: str,
        top_k: int = DEFAULT_TOP_K,
        max_quotes: int = DEFAULT_QUOTES,
        where: Filter | None = None,
        threshold: float | None = None,
        history: Sequence[Turn] = (),
    ) -> Answer:
        """Answer with up to ``max_quotes`` quotes from the ``top_k`` best chunks, if it is as sure as ``threshold`` asks.

        ``history`` are the turns before, first one first: they say what a follow-up is about. Raises what ``embedder_of`` does.
        """
        *_, answer = self.steps(question, collection, top_k, max_quotes, where, threshold, history)
        assert isinstance(answer, Answer)
        return answer

    def steps(
        self,
        question: str,
        collection: str,
        top_k: int = DEFAULT_TOP_K,
        max_quotes: int = DEFAULT_QUOTES,
        where: Filter | None = None,
        threshold: float | None = None,
        history: Sequence[Turn] = (),
    ) -> Iterator[SearchResult | Citation | Answer]:
        """What ``ask`` finds, as it becomes known: the passages, each citation of the answer, and last the whole answer.

        Closing the iterator cancels the remaining work, but for a text of up to four questions, each of which is answered by
        itself before anything is known. Raises what ``embedder_of`` does.
        """
        parts = question_parts(question)
        if len(parts) > 1:
            answers: list[Answer] = []
            for part in parts:
                turns = [*history, *(Turn(a.question, tuple(c.quote for c in a.citations)) for a in answers)]
                answers.append(self.ask(part, collection, top_k, max_quotes, where, threshold, turns))
            yield from _together(question, answers, max_quotes)
            return
        clock = _Clock()
        embedder = self.embedder_of(collection)
        texts = (question, *query_variants(question, history, embedder))
        asked, passages = self._retrieve(embedder, texts, collection, top_k, where, clock)
        yield SearchResult(tuple(passages), clock.timings_ms())
        clock.resume()
        reader = self._reader(embedder.name)
        readings = reader.read(asked[0], passages)
        if len(asked) > 1:
            readings = combine_readings(readings, reader.read(asked[1], passages), history, reader)
        quotes = select_quotes(question, readings, max_quotes)
        confidence = reader.confidence(readings)
        least = next(one for one in (threshold, self._threshold, reader.threshold) if one is not None)
        answered = bool(quotes) and confidence >= least
        cited = quotes if answered else []
        citations = tuple(cite(quote.passage, quote.span, quote.score, quote.highlights) for quote in cited)
        clock.lap("read")
        timings = clock.timings_ms()
        yield from citations
        yield Answer(
            question=question,
            answered=answered,
            confidence=confidence,
            threshold=least,
            citations=citations,
            short_answer=short_answer(question, quotes[0], confidence) if answered else None,
            closest=() if answered else tuple(_whole(passage) for passage in passages[:_CLOSEST]),
            passages=tuple(passages),
            timings_ms=timings,
        )

    def _retrieve(
        self, embedder: Embedder, texts: Sequence[str], collection: str, top_k: int, where: Filter | None, clock: "_Clock"
    ) -> tuple[list[Question], list[Passage]]:
        questions = [Question(text, embedder.encode_query(text)) for text in texts]
        clock.lap("embed")
        passages = retrieve(self._store, collection, questions[0], top_k, where or Filter(), self._method, questions[1:])
        clock.lap("search")
        return questions, passages


def _together(question: str, answers: Sequence[Answer], max_quotes: int) -> Iterator[SearchResult | Citation | Answer]:
    """The answers to the parts of a question as one, as sure as the least sure one: a quote of each part first, then more."""
    found = {(p.document.id, p.start, p.end): p for answer in answers for p in answer.passages}
    passages = tuple(found.values())
    timings = {stage: round(sum(a.timings_ms[stage] for a in answers), 3) for stage in answers[0].timings_ms}
    yield SearchResult(passages, timings)
    citations: list[Citation] = []
    for rank in zip_longest(*(answer.citations for answer in answers if answer.answered)):
        for new in filter(None, rank):
            overlapping = any(c.document.id == new.document.id and c.start < new.end and new.start < c.end for c in citations)
            if not overlapping and len(citations) < max_quotes:
                citations.append(new)
    yield from citations
    answered = [answer for answer in answers if answer.answered]
    closest = list(chain.from_iterable(zip(*(answer.closest for answer in answers), strict=False)))
    yield Answer(
        question=question,
        answered=bool(answered),
        confidence=min(a.confidence for a in answered) if answered else max(a.confidence for a in answers),
        threshold=answers[0].threshold,
        citations=tuple(citations),
        short_answer=None,
        closest=() if answered else tuple(closest[:_CLOSEST]),
        passages=passages,
        timings_ms=timings,
    )


def _whole(passage: Passage) -> Citation:
    return cite(passage, Span(passage.start, passage.end), passage.similarity)


class _Clock:
    """Milliseconds of named stages, each from the end of the one before."""

    def __init__(self) -> None:
        self._started = self._last = time.perf_counter()
        self._stages = {"embed": 0.0, "search": 0.0, "read": 0.0}

    def lap(self, stage: str) -> None:
        now = time.perf_counter()
        self._stages[stage] = round((now - self._last) * 1000, 3)
        self._last = now

    def resume(self) -> None:
        """Leave out the time since the last lap, which was somebody else's."""
        now = time.perf_counter()
        self._started += now - self._last
        self._last = now

    def timings_ms(self) -> dict[str, float]:
        return {**self._stages, "total": round((time.perf_counter() - self._started) * 1000, 3)}
