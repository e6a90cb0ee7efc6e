"""The latest answers of this process, kept in memory alone, so that feedback can say what it is about."""

import threading
from collections.abc import Sequence

from cachetools import LRUCache
from pydantic import BaseModel, ConfigDict
from quotewise.rag.answers import Answer
from quotewise.rag.followups import TURNS, Turn
from quotewise.rag.verification import Claim

_QUOTES, _LONGEST = 3, 2000
"""Quotes of each turn before that are kept with an answer, the first, where they have no more characters."""


class AnswerGiven(BaseModel):
    """A question and the quotes that answered it, none where nothing did; ``history`` are the turns before it."""

    model_config = ConfigDict(frozen=True)
    collection: str
    question: str
    history: tuple[Turn, ...]
    quotes: tuple[Claim, ...]


class RecentAnswers:
    """The last ``most`` answers by request id. Safe to use from many threads."""

    def __init__(self, most: int) -> None:
        self._known: LRUCache[str, AnswerGiven] = LRUCache(max(most, 1))
        self._most = most
        self._lock = threading.Lock()

    def remember(self, request_id: str, collection: str, answer: Answer, history: Sequence[Turn] = ()) -> None:
        """Keep an answer, in the place of the oldest."""
        earlier = tuple(
            Turn(turn.question, tuple(quote for quote in turn.quotes[:_QUOTES] if len(quote) <= _LONGEST))
            for turn in history[-TURNS:]
        )
        quotes = tuple(Claim.of(citation) for citation in answer.citations)
        given = AnswerGiven(collection=collection, question=answer.question, history=earlier, quotes=quotes)
        with self._lock:
            if self._most:
                self._known[request_id] = given

    def get(self, request_id: str) -> AnswerGiven | None:
        """What was answered to a request, if that is still known."""
        with self._lock:
            return self._known.get(request_id)
