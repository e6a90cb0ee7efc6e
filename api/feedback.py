"""Feedback on answers: the latest answers, kept in memory, and what is stored of feedback on one of them."""

import threading
from collections.abc import Sequence

from cachetools import LRUCache
from pydantic import BaseModel, ConfigDict

from quotewise.index.errors import QuotewiseError
from quotewise.rag.answers import Answer
from quotewise.rag.followups import TURNS, Turn
from quotewise.rag.verification import Claim

_MAX_QUOTES, _MAX_QUOTE = 3, 2000
"""Quotes of each earlier turn that are kept with an answer, and the characters that each of them may have."""


class UnknownRequestError(QuotewiseError, code="unknown-request", status=404):
    """No answer to a request of that id is remembered."""


class GivenAnswer(BaseModel):
    """A question and the quotes that answered it, none where nothing did; ``history`` are the turns before it."""

    model_config = ConfigDict(frozen=True)
    collection: str
    question: str
    history: tuple[Turn, ...]
    quotes: tuple[Claim, ...]


class Feedback(BaseModel):
    """What is stored of feedback: the answer, whether it helped, and which quotes the client called right and wrong (by id)."""

    model_config = ConfigDict(frozen=True)
    answer: GivenAnswer
    helpful: bool
    right_quote: Claim | None
    wrong_quotes: tuple[int, ...] = ()


class RecentAnswers:
    """The last ``size`` answers by request. Safe to use from many threads."""

    def __init__(self, size: int) -> None:
        self._answers: LRUCache[tuple[str, str], GivenAnswer] = LRUCache(size)
        self._lock = threading.Lock()

    def remember(self, caller: str, request_id: str, collection: str, answer: Answer, history: Sequence[Turn]) -> None:
        """Keep an answer under its caller and request, since clients choose the ids of their requests."""
        turns = tuple(
            Turn(turn.question, tuple(quote for quote in turn.quotes[:_MAX_QUOTES] if len(quote) <= _MAX_QUOTE))
            for turn in history[-TURNS:]
        )
        quotes = tuple(map(Claim.of, answer.citations))
        record = GivenAnswer(collection=collection, question=answer.question, history=turns, quotes=quotes)
        with self._lock:
            if self._answers.maxsize:
                self._answers[caller, request_id] = record

    def get(self, caller: str, request_id: str) -> GivenAnswer:
        """The answer to a request. Raises UnknownRequestError."""
        with self._lock:
            record = self._answers.get((caller, request_id))
        if record is None:
            raise UnknownRequestError(
                f"no answer to a request '{request_id}' is remembered; feedback is taken on the latest answers since the start"
            )
        return record
