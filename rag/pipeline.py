"""A question into a cited answer: embed, retrieve, read, select, cite."""

import hashlib
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import astuple, dataclass, field, replace
from itertools import chain, zip_longest
from threading import Condition

from cachetools import cached

from quotewise.index.boilerplate import sentence_kind
from quotewise.index.embedders import Embedder
from quotewise.index.errors import EmbedderMismatchError
from quotewise.index.filters import Filter
from quotewise.index.ingest import check_embedder
from quotewise.index.sentences import Span, sentence_spans
from quotewise.index.store import DocumentReference, Store
from quotewise.rag.answers import (
    Answer,
    Citation,
    ExtractedQuote,
    ExtractedShortAnswer,
    Extraction,
    Extractions,
    SearchResult,
    ShortAnswer,
    Timings,
    cite,
)
from quotewise.rag.candidates import asked_terms
from quotewise.rag.defaults import DEFAULT_QUOTES, DEFAULT_TOP_K, Method
from quotewise.rag.entries import with_asked_entries
from quotewise.rag.followups import Turn, combine_readings, query_variants, question_parts, separate_background
from quotewise.rag.passages import Passage
from quotewise.rag.readers import Reader, always
from quotewise.rag.readers.registry import Readers
from quotewise.rag.retrieval import Query, retrieve
from quotewise.rag.rows import with_columns
from quotewise.rag.selection import select_quotes, short_span

_CLOSEST = 3


@dataclass(frozen=True, slots=True)
class AskOptions:
    """How to answer a question.

    Args:
        top_k: chunks to retrieve, by default 12.
        max_quotes: most quotes of an answer, or of each text in ``extract``, by default 3.
        where: which documents to search.
        threshold: confidence below which nothing is answered; by default the pipeline's or else the reader's own.
        history: the turns before, first one first: they say what a follow-up is about.
        also: collections that are asked together with the one named.
        entries: whether what stands below the same question in a document counts as its answer, whatever the reader says.
    """

    top_k: int | None = None
    max_quotes: int | None = None
    where: Filter = field(default_factory=Filter)
    threshold: float | None = None
    history: Sequence[Turn] = ()
    also: Sequence[str] = ()
    entries: bool = True


DEFAULTS = AskOptions()


class Pipeline:
    """Answers questions from the collections of a store, and from texts. Safe to use from many threads.

    Args:
        store: holds the collections.
        load: an embedder by the name that a collection remembers; called once a name by however many threads, as ``embedder``.
        readers: a reader for an embedder, called once an embedder, and for texts; by default ``Readers()``.
        threshold: the confidence below which no answer is given; by default the reader's own.
        method: of retrieval.
    """

    def __init__(
        self,
        store: Store,
        load: Callable[[str], Embedder],
        readers: Readers | None = None,
        threshold: float | None = None,
        method: Method = "hybrid",
    ) -> None:
        self._store = store
        self.embedder = cached({}, condition=Condition())(load)
        self._readers = readers or Readers()
        self._reader = cached({}, condition=Condition())(lambda name: self._readers(self.embedder(name)))
        self._threshold = threshold
        self._method = method

    def embedder_of(self, collection: str) -> Embedder:
        """The embedder that a collection was made by.

        Raises:
            UnknownCollectionError, EmbedderError, EmbedderMismatchError: it is not to be had.
        """
        known = self._store.catalogue.collection(collection)
        embedder = self.embedder(known.embedder)
        check_embedder(known, embedder)
        return embedder

    def search(self, question: str, collection: str, options: AskOptions = DEFAULTS) -> SearchResult:
        """The passages that are closest to a question, by ``top_k`` and ``where``. Raises what ``embedder_of`` does."""
        began = time.perf_counter()
        return self._search(self._embedder_of_all(collection, options), [question], collection, options, began)

    def ask(self, question: str, collection: str, options: AskOptions = DEFAULTS) -> Answer:
        """Answer with quotes, if the confidence reaches the threshold. Raises what ``embedder_of`` does and ReaderError."""
        *_, answer = self.stream(question, collection, options)
        assert isinstance(answer, Answer)
        return answer

    def stream(
        self, question: str, collection: str, options: AskOptions = DEFAULTS
    ) -> Iterator[SearchResult | Citation | Answer]:
        """The passages, each citation of the answer, and last the whole answer, each as soon as it is known.

        Closing the iterator cancels the remaining work, but for a text of up to four questions, each of which is answered by
        itself before anything is known. Raises what ``ask`` does.
        """
        asked, background = separate_background(question)
        if background:
            for step in self.stream(asked, collection, replace(options, history=(*options.history, Turn(background)))):
                yield step if isinstance(step, Citation) else replace(step, question=question)
            return
        parts = question_parts(question)
        if len(parts) > 1:
            answers: list[Answer] = []
            for part in parts:
                turns = (Turn(answer.question, tuple(c.quote for c in answer.citations)) for answer in answers)
                answers.append(self.ask(part, collection, replace(options, history=(*options.history, *turns))))
            yield from _merge(question, answers, options.max_quotes or DEFAULT_QUOTES)
            return
        began = time.perf_counter()
        embedder = self._embedder_of_all(collection, options)
        texts = [question, *query_variants(question, options.history, embedder)]
        result = self._search(embedder, texts, collection, options, began)
        yield result
        began, passages = time.perf_counter(), result.passages  # not from before: the consumer took the time until now
        reader = self._reader(embedder.name)
        readings = reader.read(question, passages)
        readings = with_asked_entries(question, readings) if options.entries else readings
        meant = None
        if len(texts) > 1:
            bare, readings = readings, combine_readings(readings, reader.read(texts[1], passages), options.history, reader)
            meant = texts[1] if readings is not bare and texts[1] != question else None
        quotes = select_quotes(question, readings, options.max_quotes or DEFAULT_QUOTES)
        confidence = reader.confidence(readings)
        threshold = self._threshold_of(reader, options)
        answered = bool(quotes) and confidence >= threshold
        cited = [(quote.passage, quote.span, quote.score, quote.highlights) for quote in quotes if answered]
        citations = tuple(cite(number, *quote) for number, quote in enumerate(cited, 1))
        closest = [] if answered else [(p, Span(p.start, p.end), p.similarity) for p in passages[:_CLOSEST]]
        short = short_span(question, quotes[0], confidence) if answered else None
        answer = Answer(
            question=question,
            answered=answered,
            confidence=confidence,
            threshold=threshold,
            citations=citations,
            short_answer=ShortAnswer(quotes[0].passage.slice(short.span), 1, *short.span, short.probability) if short else None,
            closest=tuple(cite(number, *passage) for number, passage in enumerate(closest, 1)),
            passages=passages,
            timings_ms=result.timings_ms.with_read(time.perf_counter() - began),
            interpretation=meant,
        )
        yield from citations
        yield answer

    def text_reader(self, texts: Sequence[str] = ()) -> Reader:
        """The reader of ``extract``, which the first call loads. Raises ReaderError where it cannot be loaded."""
        return self._readers(None, texts)

    def extract(
        self, question: str, texts: Sequence[str], options: AskOptions = DEFAULTS, keep_reading: Callable[[], bool] = always
    ) -> Extractions:
        """The quotes of texts that come from any retriever, by ``max_quotes`` and ``threshold``. Raises ReaderError.

        Texts are read one after the other until ``keep_reading``, which is called every few hundred word pieces, returns False.
        """
        reader = self.text_reader(texts)
        return extract(reader, question, texts, replace(options, threshold=self._threshold_of(reader, options)), keep_reading)

    def _threshold_of(self, reader: Reader, options: AskOptions) -> float:
        return next(one for one in (options.threshold, self._threshold, reader.threshold) if one is not None)

    def _embedder_of_all(self, collection: str, options: AskOptions) -> Embedder:
        """As ``embedder_of``, also raising EmbedderMismatchError where that of a collection asked with it is another."""
        embedder = self.embedder_of(collection)
        for name in options.also:
            if self.embedder_of(name).fingerprint != embedder.fingerprint:
                reason = "were made by different embedders, such as those of two languages; ask one after the other"
                raise EmbedderMismatchError(f"the collections {collection!r} and {name!r} {reason}")
        return embedder

    def _search(
        self, embedder: Embedder, texts: Sequence[str], collection: str, options: AskOptions, began: float
    ) -> SearchResult:
        queries = [Query(text, embedder.encode_query(text)) for text in texts]
        embedded = time.perf_counter()
        limits = options.top_k or DEFAULT_TOP_K, options.where
        passages = retrieve(self._store, collection, queries, *limits, self._method, options.also)
        timings = Timings.of(embedded - began, time.perf_counter() - embedded)
        asked = asked_terms(texts[0])
        return SearchResult(texts[0], tuple(with_columns(asked, passage) for passage in passages), timings)


def extract(
    reader: Reader, question: str, texts: Sequence[str], options: AskOptions, keep_reading: Callable[[], bool] = always
) -> Extractions:
    """One extraction a text, in the same order; a text without any sentence has answerability 0 and no quotes.

    Texts are read one after the other until ``keep_reading``, which is called every few hundred word pieces, returns False.
    """
    threshold = reader.threshold if options.threshold is None else options.threshold
    results = []
    asked, _ = separate_background(question)
    readings = with_asked_entries(asked, reader.read(asked, list(map(text_passage, texts)), keep_reading))
    for number, (text, reading) in enumerate(zip(texts, readings, strict=True)):
        quotes = select_quotes(asked, [reading], options.max_quotes or DEFAULT_QUOTES)
        answerability = reader.confidence([reading])
        answered = bool(quotes) and answerability >= threshold
        short = short_span(asked, quotes[0], answerability) if answered else None
        extraction = Extraction(
            text=number,
            answerability=answerability,
            answered=answered,
            quotes=tuple(ExtractedQuote(q.passage.slice(q.span), *q.span, q.score, q.highlights) for q in quotes),
            short_answer=ExtractedShortAnswer(text[slice(*short.span)], *short.span, short.probability) if short else None,
            truncated=not reading.complete,
        )
        results.append(extraction)
    return Extractions(question, tuple(results), threshold, any(extraction.truncated for extraction in results))


def text_passage(text: str) -> Passage:
    """A text that comes from no collection as a passage of a document without a path."""
    sha256 = hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()
    sentences = tuple(sentence_spans(text))
    return Passage(
        text=text,
        start=0,
        end=len(text),
        line_start=1,
        heading=(),
        score=0.0,
        similarity=0.0,
        document=DocumentReference("", "", "", sha256, "text/plain"),
        sentences=sentences,
        chunks=(Span(0, len(text)),),
        kinds=tuple(sentence_kind(text[slice(*sentence)]) for sentence in sentences),
    )


def _merge(question: str, answers: Sequence[Answer], max_quotes: int) -> Iterator[SearchResult | Citation | Answer]:
    """The answers to the parts of a question as one, as sure as the least sure one: a quote of each part first, then more."""
    passages = tuple({(p.document.id, p.start, p.end): p for answer in answers for p in answer.passages or ()}.values())
    timings = Timings(*(round(sum(stage), 3) for stage in zip(*(astuple(a.timings_ms) for a in answers), strict=True)))
    yield SearchResult(question, passages, timings)
    citations: list[Citation] = []
    for rank in zip_longest(*(answer.citations for answer in answers if answer.answered)):
        for new in filter(None, rank):
            overlapping = any(c.document.id == new.document.id and c.start < new.end and new.start < c.end for c in citations)
            if not overlapping and len(citations) < max_quotes:
                citations.append(replace(new, id=len(citations) + 1))
    yield from citations
    answered = [answer for answer in answers if answer.answered]
    closest = chain.from_iterable(zip(*(answer.closest for answer in answers), strict=False))
    yield Answer(
        question=question,
        answered=bool(answered),
        confidence=min(a.confidence for a in answered) if answered else max(a.confidence for a in answers),
        threshold=answers[0].threshold,
        citations=tuple(citations),
        short_answer=None,
        closest=() if answered else tuple(replace(c, id=n) for n, c in zip(range(1, _CLOSEST + 1), closest, strict=False)),
        passages=passages,
        timings_ms=timings,
    )
