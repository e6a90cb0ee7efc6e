"""The latest answers, kept in memory or shared, for the feedback on them."""

import logging
import threading
from collections.abc import Sequence

from cachetools import LRUCache
from pydantic import BaseModel, ConfigDict

from quotewise.index.errors import QuotewiseError
from quotewise.index.store import SharedRecords
from quotewise.rag.answers import Answer
from quotewise.rag.followups import TURNS, Turn
from quotewise.rag.verification import Claim

_MAX_QUOTES, _MAX_QUOTE = 3, 2000
"""Quotes of each earlier turn that are kept with an answer, and the characters that each of them may have."""
_log = logging.getLogger("quotewise")


class UnknownRequestError(QuotewiseError, code="unknown-request", status=404):
    """No answer to a request of that id is remembered."""


class GivenAnswer(BaseModel):
    """A question and the quotes that answered it, none where nothing did; ``history`` are the turns before it.

    ``collection`` was asked, and ``also`` those.
    """

    model_config = ConfigDict(frozen=True)
    collection: str
    also: tuple[str, ...] = ()
    question: str
    history: tuple[Turn, ...]
    quotes: tuple[Claim, ...]


class RecentAnswers:
    """The last ``size`` answers by request, of this process or of all that share them. Safe to use from many threads."""

    def __init__(self, size: int, shared: SharedRecords | None = None) -> None:
        self._size, self._shared = size, shared
        self._answers: LRUCache[tuple[str, str], GivenAnswer] = LRUCache(size)
        self._lock = threading.Lock()

    def remember(
        self, caller: str, request_id: str, collection: str, answer: Answer, history: Sequence[Turn], also: Sequence[str] = ()
    ) -> None:
        """Keep an answer under its caller and request, since clients choose the ids of their requests."""
        turns = tuple(
            Turn(turn.question, tuple(quote for quote in turn.quotes[:_MAX_QUOTES] if len(quote) <= _MAX_QUOTE))
            for turn in history[-TURNS:]
        )
        quotes = tuple(map(Claim.of, answer.citations))
        record = GivenAnswer(collection=collection, also=tuple(also), question=answer.question, history=turns, quotes=quotes)
        if not self._size:
            return
        if self._shared is None:
            with self._lock:
                self._answers[caller, request_id] = record
            return
        try:
            self._shared.put_answer(caller, request_id, record.model_dump_json(), self._size)
        except QuotewiseError as error:  # the answer itself is made
            _log.error("no feedback can be given on an answer: %s", error)

    def get(self, caller: str, request_id: str) -> GivenAnswer:
        """The answer to a request. Raises UnknownRequestError."""
        if self._shared is not None:
            content = self._shared.answer(caller, request_id) if self._size else None
            record = GivenAnswer.model_validate_json(content) if content else None
        else:
            with self._lock:
                record = self._answers.get((caller, request_id))
        if record is None:
            raise UnknownRequestError(
                f"no answer to a request '{request_id}' is remembered; feedback is taken on the latest answers"
            )
        return record
