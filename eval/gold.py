"""A gold file into questions: JSON lines, each with a question and the quotes that answer it, or none."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from index.errors import QuotewiseError


class GoldError(QuotewiseError):
    """A gold file is not what it should be; the message names the line."""

    code = "invalid-gold"


class GoldQuote(BaseModel):
    """A quote that answers, ``[start, end)`` of the text of the document at ``path``."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    path: str
    quote: str = Field(min_length=1)
    start: int = Field(ge=0)
    end: int

    @model_validator(mode="after")
    def _as_long_as_it_says(self) -> "GoldQuote":
        if self.end - self.start != len(self.quote):
            raise ValueError(f"the quote has {len(self.quote)} characters, start and end say {self.end - self.start}")
        return self


class GoldQuestion(BaseModel):
    """A question, every quote that by itself answers it, none when the documents do not, and accepted short answers."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    id: str
    question: str = Field(min_length=1)
    answerable: bool
    quotes: list[GoldQuote] = []
    answers: list[str] = []
    tags: list[str] = []

    @model_validator(mode="after")
    def _quotes_if_answerable(self) -> "GoldQuestion":
        if self.answerable != bool(self.quotes):
            raise ValueError("an answerable question has quotes, and no other has")
        return self


def load_gold(path: Path) -> list[GoldQuestion]:
    """The questions of a gold file.

    Raises:
        GoldError: the file cannot be read, is empty, repeats an id, or has a line that is no question.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise GoldError(f"cannot read the gold file {path}: {error}") from error
    questions: dict[str, GoldQuestion] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            question = GoldQuestion.model_validate_json(line)
        except ValidationError as error:
            first = error.errors()[0]
            raise GoldError(f"{path}:{number}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from error
        if question.id in questions:
            raise GoldError(f"{path}:{number}: the id {question.id!r} stands on an earlier line")
        questions[question.id] = question
    if not questions:
        raise GoldError(f"{path} holds no questions")
    return list(questions.values())
