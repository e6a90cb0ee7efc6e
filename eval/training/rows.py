"""Files of span rows into questions with answers: gzip JSON lines, the format that anyone can bring their own data in."""

import gzip
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, Field, ValidationError
from quotewise.eval.gold import GoldError
from quotewise.index.sentences import Span

_EVIDENCE = "sentences"
"""The kind of the rows whose answers are evidence sentences."""


class _AnswerText(BaseModel):
    text: str
    start: int = Field(ge=0)
    start_guess: bool = False


class _SpanRow(BaseModel):
    id: str | int
    title: str = ""
    context: str = Field(min_length=1)
    question: str = Field(min_length=1)
    answers: list[_AnswerText]
    is_impossible: bool = False
    start_guess: bool = False
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A question about a context; ``answers`` are spans of the context, none where it does not answer.

    ``sure`` is False where the source gave only the text of the answer and that text stands more than once. ``sentences`` is
    True where the answers are sentences that someone marked as evidence, rather than the shortest text that answers.
    """

    id: str
    title: str
    context: str
    question: str
    answers: tuple[Span, ...]
    sure: bool
    sentences: bool = False

    def texts(self) -> list[str]:
        """The distinct texts of the answers."""
        return list(dict.fromkeys(self.context[start:end] for start, end in self.answers))


def read_rows(path: Path) -> list[Row]:
    """The rows of a file of span rows, plain or gzipped.

    Raises:
        GoldError: the file cannot be read, a line is no span row, or an answer does not stand where it says.
    """
    try:
        return list(_rows(path))
    except (OSError, EOFError, UnicodeDecodeError, zlib.error) as error:
        raise GoldError(f"cannot read the span rows {path}: {error}") from error


def _rows(path: Path) -> Iterator[Row]:
    with (gzip.open if path.suffix == ".gz" else open)(path, "rt", encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            try:
                row = _SpanRow.model_validate_json(line)
            except ValidationError as error:
                first = error.errors()[0]
                raise GoldError(f"{path}:{number}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from error
            spans = tuple(Span(answer.start, answer.start + len(answer.text)) for answer in row.answers)
            for span, answer in zip(spans, row.answers, strict=True):
                if not answer.text or row.context[span.start : span.end] != answer.text:
                    raise GoldError(f"{path}:{number}: the context has no {answer.text!r} at {answer.start}")
            sure = not row.start_guess and not any(answer.start_guess for answer in row.answers)
            answers = () if row.is_impossible else spans
            yield Row(str(row.id), row.title, row.context, row.question, answers, sure, row.kind == _EVIDENCE)
