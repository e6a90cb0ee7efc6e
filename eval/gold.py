"""Gold questions: JSON lines, each with a question and the quotes that answer it, or none. Read, checked, made of feedback."""

import gzip
import hashlib
import re
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import IO, Any

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, model_validator

from quotewise.api.feedback import Feedback
from quotewise.index.errors import QuotewiseError, UnknownDocumentError
from quotewise.index.sentences import Span
from quotewise.index.store import Catalogue
from quotewise.rag.followups import Turn
from quotewise.rag.verification import Claim

SEEDS = Path(__file__).parent / "gold" / "seeds.jsonl"
_SHOWN_CHARACTERS = 80
_LEAST_SIMILARITY = 50
"""Of the nearest text that a message shows, out of 100."""


class GoldError(QuotewiseError):
    """A gold file, a data set or a recipe is not what it should be; the message names file and line."""

    code = "invalid-gold"


class GoldQuote(BaseModel):
    """A quote that answers, ``[start, end)`` of the document at ``path``; both may be left out where it occurs once."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    path: str
    quote: str = Field(min_length=1)
    start: int | None = Field(default=None, ge=0)
    end: int | None = None

    @model_validator(mode="after")
    def _consistent(self) -> "GoldQuote":
        if (self.start is None) != (self.end is None):
            raise ValueError("start and end are given together or not at all")
        if self.start is not None and self.end is not None and self.end - self.start != len(self.quote):
            raise ValueError(f"the quote has {len(self.quote)} characters, start and end say {self.end - self.start}")
        return self

    @property
    def span(self) -> Span:
        """Where it stands; known of every quote that ``GoldSet.located`` returns."""
        if self.start is None or self.end is None:
            raise GoldError(f"the quote {_short(self.quote)!r} has no start and end")
        return Span(self.start, self.end)


class GoldTurn(BaseModel):
    """An earlier question of a dialogue, and the texts that were quoted to answer it."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    question: str = Field(min_length=1)
    quotes: list[str] = []


class GoldQuestion(BaseModel):
    """A question, every quote that by itself answers it, none when the documents do not, and accepted short answers.

    ``documents`` are paths of documents that are relevant as a whole, for sets that judge retrieval alone. ``history`` holds
    the earlier turns of the same dialogue, oldest first.
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

    @model_validator(mode="after")
    def _quotes_if_answerable(self) -> "GoldQuestion":
        if self.answerable != bool(self.quotes or self.documents):
            raise ValueError("an answerable question has quotes or documents, and no other has")
        return self

    @property
    def judges_retrieval_only(self) -> bool:
        return bool(self.documents) and not self.quotes

    def turns(self) -> tuple[Turn, ...]:
        return tuple(Turn(turn.question, tuple(turn.quotes)) for turn in self.history)


TextOf = Callable[[str], str | None]
"""The text of the document at a path, None where there is none."""


@dataclass(frozen=True, slots=True)
class GoldSet:
    """The questions of a gold file, the line of each, and the sha256 of the file."""

    path: Path
    questions: tuple[GoldQuestion, ...]
    lines: tuple[int, ...]
    sha256: str

    def located(self, text_of: TextOf) -> "GoldSet":
        """The same with the offsets of every quote. Raises GoldError with the first of ``complaints``."""
        for complaint in self.complaints(text_of):
            raise GoldError(complaint)
        questions = []
        for question in self.questions:
            quotes = [_located(quote, text_of(quote.path) or "") for quote in question.quotes]
            questions.append(question.model_copy(update={"quotes": quotes}))
        return replace(self, questions=tuple(questions))

    def complaints(self, text_of: TextOf) -> Iterator[str]:
        """What is wrong with quotes and documents, one message each, which names the line of the file and the column."""
        for question, line in zip(self.questions, self.lines, strict=True):
            missing = [f"the corpus has no document {path!r}" for path in question.documents if text_of(path) is None]
            for complaint in missing:
                yield f"{self.path}:{line}:{self._column(line, 'documents', 0)}: {question.id}: {complaint}"
            for number, quote in enumerate(question.quotes):
                text = text_of(quote.path)
                if misplaced := _complaint(quote, text):
                    column = self._column(line, "path" if text is None else "quote", number)
                    yield f"{self.path}:{line}:{column}: {question.id}: {misplaced}"

    def _column(self, line: int, key: str, number: int) -> int:
        """Where the value of a key stands in a line, from 1, after so many other values of that key."""
        with _opened(self.path) as file:
            content = next(islice(file, line - 1, None), "")
        values = re.finditer(rf'(?<!\\)"{key}"\s*:\s*', content)  # a quotation mark in a string has a backslash before it
        return next((found.end() + 1 for found in islice(values, number, None)), 1)


def load_gold(path: Path) -> GoldSet:
    """The questions of a gold file. Raises GoldError where it is unreadable or empty, repeats an id, or has a bad line."""
    questions: dict[str, tuple[GoldQuestion, int]] = {}
    for number, question in json_lines(path, GoldQuestion):
        if question.id in questions:
            raise GoldError(f"{path}:{number}: the id {question.id!r} is on line {questions[question.id][1]} too")
        questions[question.id] = question, number
    if not questions:
        raise GoldError(f"{path} holds no questions")
    lines = tuple(line for _, line in questions.values())
    return GoldSet(path, tuple(one for one, _ in questions.values()), lines, hashlib.sha256(path.read_bytes()).hexdigest())


def json_lines(path: Path, shape: type[Any]) -> Iterator[tuple[int, Any]]:
    """Number and validated value of each line of a JSON Lines file, plain or gzipped. Raises GoldError naming the line."""
    adapter = TypeAdapter(shape)
    try:
        with _opened(path) as file:
            for number, line in enumerate(file, 1):
                if line.strip():
                    try:
                        yield number, adapter.validate_json(line)
                    except ValidationError as error:
                        what, _, column = reason(error).partition(" at line 1 column ")
                        raise GoldError(f"{path}:{number}:{f'{column}:' if column else ''} {what}") from error
    except (OSError, EOFError, UnicodeDecodeError, zlib.error) as error:
        raise GoldError(f"cannot read {path}: {error}") from error


def _opened(path: Path) -> IO[str]:
    opened: Callable[..., IO[str]] = gzip.open if path.suffix == ".gz" else open
    return opened(path, "rt", encoding="utf-8")


def reason(error: ValidationError) -> str:
    """The first error of a validation and the field it is of."""
    first = error.errors()[0]
    return ": ".join(filter(None, [".".join(map(str, first["loc"])), first["msg"]]))


def _complaint(quote: GoldQuote, text: str | None) -> str | None:
    if text is None:
        return f"the corpus has no document {quote.path!r}"
    if quote.start is not None and text[quote.start : quote.end] == quote.quote:
        return None
    starts: list[int] = []  # up to four, overlapping ones too
    while len(starts) < 4 and (start := text.find(quote.quote, starts[-1] + 1 if starts else 0)) >= 0:
        starts.append(start)
    spans = " and ".join(f"{start}-{start + len(quote.quote)}" for start in starts)
    if not starts:
        return f"{quote.path} does not have the quote {_short(quote.quote)!r}; the nearest is {_nearest(quote.quote, text)}"
    if quote.start is not None:
        return f"the quote stands at {spans} of {quote.path}, not at {quote.start}-{quote.end}"
    return f"the quote stands at {spans} of {quote.path}; say which with start and end" if len(starts) > 1 else None


def _located(quote: GoldQuote, text: str) -> GoldQuote:
    start = text.index(quote.quote) if quote.start is None else quote.start
    return quote.model_copy(update={"start": start, "end": start + len(quote.quote)})


def _nearest(quote: str, text: str) -> str:
    from rapidfuzz.fuzz import partial_ratio_alignment

    match = partial_ratio_alignment(quote, text)
    if match is None or match.score < _LEAST_SIMILARITY:
        return "nothing like it"
    return f"{_short(text[match.dest_start : match.dest_end])!r} at {match.dest_start}-{match.dest_end}"


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN_CHARACTERS else f"{text[: _SHOWN_CHARACTERS - 1]}…"


def gold_from_feedback(catalogue: Catalogue, collection: str) -> tuple[list[GoldQuestion], Mapping[str, int]]:
    """The gold questions in the feedback on a collection, and how much feedback was left out for which reason.

    Each question with its history becomes one, with all quotes that users called right. Of a helpful answer only the first
    quote counts, since one thumb vouches for no other. Raises UnknownCollectionError.
    """
    left_out: Counter[str] = Counter()
    questions: dict[tuple[str, tuple[Turn, ...]], GoldQuestion] = {}
    for key, content in catalogue.feedback(collection):
        feedback = Feedback.model_validate_json(content)
        claim = feedback.right_quote or (feedback.answer.quotes[0] if feedback.helpful and feedback.answer.quotes else None)
        if claim is None:  # that nothing answers does not follow from a thumb, which may be for one of the closest passages
            left_out["helpful, but nothing was quoted" if feedback.helpful else "not helpful, and no right quote given"] += 1
        elif not _is_current(catalogue, collection, claim):
            left_out["the document has changed since"] += 1
        else:
            text, history = identity = feedback.answer.question, feedback.answer.history
            known = questions.get(identity)
            quote = GoldQuote(path=claim.path, quote=claim.quote, start=claim.start, end=claim.end)
            questions[identity] = GoldQuestion(
                id=known.id if known else f"feedback-{key[:12]}",
                question=text,
                answerable=True,
                quotes=list(dict.fromkeys([*(known.quotes if known else []), quote])),
                tags=["feedback"],
                history=[GoldTurn(question=turn.question, quotes=list(turn.quotes)) for turn in history],
            )
    return list(questions.values()), left_out


def _is_current(catalogue: Catalogue, collection: str, claim: Claim) -> bool:
    try:
        document = catalogue.document_at(collection, claim.path)
    except UnknownDocumentError:
        return False
    return document.sha256 == claim.sha256 and catalogue.text(document.id, claim.start, claim.end) == claim.quote
