"""Earlier turns of a conversation, which say what a follow-up question is about."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Turn:
    """An earlier question of a conversation, and the quotes that answered it, none where nothing did."""

    question: str
    quotes: tuple[str, ...] = ()
