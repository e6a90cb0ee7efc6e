"""A gold file into questions: JSON lines, each with a question and the quotes that answer it, or none."""

import gzip
import hashlib
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from quotewise.index.errors import QuotewiseError
from quotewise.index.sentences import Span
from quotewise.rag.followups import Turn

_SHOWN = 80
"""Characters of a quote shown in a message."""
_LIKE = 50
"""Least likeness of the nearest text, of 100."""


class GoldError(QuotewiseError):
    """A gold file is not what it should be; the message names the line."""

    code = "invalid-gold"


class GoldQuote(BaseModel):
    """A quote that answers, ``[start, end)`` of the document at ``path``; both may be left out where it stands once."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    path: str
    quote: str = Field(min_length=1)
    start: int | None = Field(default=None, ge=0)
    end: int | None = None

    @model_validator(mode="after")
    def _as_long_as_it_says(self) -> "GoldQuote":
        if (self.start is None) != (self.end is None):
            raise ValueError("start and end are given together or not at all")
        if self.start is not None and self.end is not None and self.end - self.start != len(self.quote):
            raise ValueError(f"the quote has {len(self.quote)} characters, start and end say {self.end - self.start}")
        return self

    @property
    def span(self) -> Span:
        """Where it stands. Raises GoldError where that is not known, before ``GoldSet.located``."""
        if self.start is None or self.end is None:
            raise GoldError(f"the quote {_short(self.quote)!r} has no start and end")
        return Span(self.start, self.end)


class GoldTurn(BaseModel):
    """A question asked before, and the texts that were quoted to answer it."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    question: str = Field(min_length=1)
    quotes: list[str] = []


class GoldQuestion(BaseModel):
    """A question, every quote that by itself answers it, none when the documents do not, and accepted short answers.

    ``documents`` are paths of documents that are relevant as a whole, for sets that judge retrieval alone. ``history`` are the
    turns before it of the same dialogue, the first one first.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    id: str
    question: str = Field(min_length=1)
    answerable: bool
    quotes: list[GoldQuote] = []
    documents: list[str] = []
    answers: list[str] = []
    tags: list[str] = []
    history: list[GoldTurn] = []

    def turns(self) -> tuple[Turn, ...]:
        return tuple(Turn(turn.question, tuple(turn.quotes)) for turn in self.history)

    @model_validator(mode="after")
    def _quotes_if_answerable(self) -> "GoldQuestion":
        if self.answerable != bool(self.quotes or self.documents):
            raise ValueError("an answerable question has quotes or documents, and no other has")
        return self


@dataclass(frozen=True, slots=True)
class GoldSet:
    """The questions of a gold file, the line that each stands on, and the sha256 of the file."""

    path: Path
    questions: tuple[GoldQuestion, ...]
    lines: tuple[int, ...]
    sha256: str

    def located(self, text_of: Callable[[str], str | None]) -> "GoldSet":
        """The same with the offsets of every quote, checked against the texts of the documents, None for one that is not there.

        Raises:
            GoldError: the first complaint of ``complaints``.
        """
        for complaint in self.complaints(text_of):
            raise GoldError(complaint)
        questions = []
        for question in self.questions:
            quotes = [_located(quote, text_of(quote.path) or "") for quote in question.quotes]
            questions.append(question.model_copy(update={"quotes": quotes}))
        return replace(self, questions=tuple(questions))

    def complaints(self, text_of: Callable[[str], str | None]) -> Iterator[str]:
        """What is wrong with the quotes and documents, a line each, naming the line of the file."""
        for question, line in zip(self.questions, self.lines, strict=True):
            for path in question.documents:
                if text_of(path) is None:
                    yield f"{self.path}:{line}: {question.id}: the corpus has no document {path!r}"
            for quote in question.quotes:
                complaint = _complaint(quote, text_of(quote.path))
                if complaint:
                    yield f"{self.path}:{line}: {question.id}: {complaint}"


def load_gold(path: Path) -> GoldSet:
    """The questions of a gold file, plain or gzipped.

    Raises:
        GoldError: the file cannot be read, is empty, repeats an id, or has a line that is no question.
    """
    try:
        data = path.read_bytes()
        lines = (gzip.decompress(data) if path.suffix == ".gz" else data).decode("utf-8").split("\n")
    except (OSError, EOFError, UnicodeDecodeError, zlib.error) as error:
        raise GoldError(f"cannot read the gold file {path}: {error}") from error
    found: dict[str, tuple[GoldQuestion, int]] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            question = GoldQuestion.model_validate_json(line)
        except ValidationError as error:
            first = error.errors()[0]
            raise GoldError(f"{path}:{number}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from error
        if question.id in found:
            raise GoldError(f"{path}:{number}: the id {question.id!r} stands on line {found[question.id][1]} too")
        found[question.id] = question, number
    if not found:
        raise GoldError(f"{path} holds no questions")
    questions, numbers = zip(*found.values(), strict=True)
    return GoldSet(path, questions, numbers, hashlib.sha256(data).hexdigest())


def _complaint(quote: GoldQuote, text: str | None) -> str | None:
    if text is None:
        return f"the corpus has no document {quote.path!r}"
    if quote.start is not None and text[quote.start : quote.end] == quote.quote:
        return None
    places = _places(quote.quote, text)
    if not places:
        return f"{quote.path} does not have the quote {_short(quote.quote)!r}; the nearest is {_nearest(quote.quote, text)}"
    if quote.start is not None:
        return f"the quote stands at {_spans(places, quote)} of {quote.path}, not at {quote.start}-{quote.end}"
    if len(places) > 1:
        return f"the quote stands at {_spans(places, quote)} of {quote.path}; say which with start and end"
    return None


def _located(quote: GoldQuote, text: str) -> GoldQuote:
    start = text.index(quote.quote) if quote.start is None else quote.start
    return quote.model_copy(update={"start": start, "end": start + len(quote.quote)})


def _places(quote: str, text: str) -> list[int]:
    """Up to four places of a quote, overlapping ones too."""
    places: list[int] = []
    while len(places) < 4 and (at := text.find(quote, places[-1] + 1 if places else 0)) >= 0:
        places.append(at)
    return places


def _spans(places: list[int], quote: GoldQuote) -> str:
    return " and ".join(f"{at}-{at + len(quote.quote)}" for at in places)


def _nearest(quote: str, text: str) -> str:
    from rapidfuzz.fuzz import partial_ratio_alignment

    found = partial_ratio_alignment(quote, text)
    if found is None or found.score < _LIKE:
        return "nothing like it"
    return f"{_short(text[found.dest_start : found.dest_end])!r} at {found.dest_start}-{found.dest_end}"


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"
