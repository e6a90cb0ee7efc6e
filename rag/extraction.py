"""The reader as a service: a question and texts of the caller's own into quotes of each text, with exact offsets."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from quotewise.index.boilerplate import sentence_kind
from quotewise.index.layout import Layout
from quotewise.index.sentences import Span, sentence_spans
from quotewise.index.store import StoredDocument
from quotewise.rag.answers import ShortAnswer
from quotewise.rag.passages import Passage
from quotewise.rag.readers import AnswerSpan, Calibration, without
from quotewise.rag.readers.span import Readers, answer_spans, logits, read_passages
from quotewise.rag.readers.span_model import BUNDLED, SpanModel
from quotewise.rag.selection import select_quotes, short_answer


@dataclass(frozen=True, slots=True)
class ExtractedQuote:
    """A quote, ``[start, end)`` of the text in Unicode code points; ``highlights`` lie inside it."""

    start: int
    end: int
    quote: str
    score: float
    highlights: tuple[Span, ...]
    answer: AnswerSpan | None


@dataclass(frozen=True, slots=True)
class Extraction:
    """What one text says to the question: ``answerability`` is the calibrated probability that its first quote answers.

    ``short_answer`` is a few words of that quote that answer by themselves, provided that it answers at all. Of a
    ``truncated`` text not all was read.
    """

    answerability: float
    quotes: tuple[ExtractedQuote, ...]
    short_answer: ShortAnswer | None
    truncated: bool = False


class Extractor:
    """Reads texts that come from any retriever. Safe to use from many threads.

    Args:
        model: the trained reader.
        folder: holds its ``calibration.json``.

    Raises:
        ReaderError: there is no calibration for texts.
    """

    def __init__(self, model: SpanModel, folder: Path = BUNDLED) -> None:
        self._model = model
        self._calibration = Calibration.load(folder / "calibration.json", "texts")
        self.threshold = self._calibration.threshold

    @classmethod
    def of(cls, readers: Readers) -> "Extractor":
        """That of the trained reader, which is loaded if it is not yet. Raises ReaderError where it cannot be."""
        return cls(readers.trained().model, readers.folder)

    def extract(
        self, question: str, texts: Sequence[str], max_quotes: int = 3, wanted: Callable[[], bool] = lambda: True
    ) -> list[Extraction]:
        """One extraction a text, in the same order; a text without any sentence has answerability 0 and no quotes.

        Texts are read one after the other as long as ``wanted``, which is asked every few hundred word pieces, says yes.
        """
        passages = [passage_of(text) for text in texts]
        read = read_passages(self._model, question, passages, wanted)
        answers = [answer_spans(passage, one) for passage, one in zip(passages, read, strict=True)]
        readings = self._calibration.readings(question, passages, [logits(one) for one in read], answers)
        extracted = []
        for one, reading in zip(read, readings, strict=True):
            if not one.complete:
                reading = without(reading, [span is None for span in one.spans])
            quotes = select_quotes(question, [reading], max_quotes)
            found = tuple(ExtractedQuote(*q.span, q.passage.slice(q.span), q.score, q.highlights, q.answer) for q in quotes)
            answerability = self._calibration.probability([reading])
            short = short_answer(question, quotes[0], answerability) if quotes else None
            extracted.append(Extraction(answerability, found, short, not one.complete))
        return extracted


def passage_of(text: str) -> Passage:
    """A text of the caller's own as a passage of a document without a path."""
    sha256 = hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()
    document = StoredDocument("", "", "", "", sha256, "text/plain", "utf-8", len(text), len(text), 1, {}, "")
    sentences = tuple(sentence_spans(text))
    return Passage(
        document=document,
        start=0,
        end=len(text),
        heading=(),
        sentences=sentences,
        kinds=tuple(sentence_kind(text[sentence.start : sentence.end]) for sentence in sentences),
        chunks=(Span(0, len(text)),),
        text=text,
        score=0.0,
        similarity=0.0,
        layout=Layout.of("text", 1, text),
    )
