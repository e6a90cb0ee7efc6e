"""Feedback on answers into gold questions: what was said to be right is gold, of what was not only the right quote."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from quotewise.api.feedback import Feedback
from quotewise.eval.gold import GoldQuestion, GoldQuote, GoldTurn
from quotewise.index.errors import UnknownDocumentError
from quotewise.index.local_store import LocalStore
from quotewise.rag.followups import Turn
from quotewise.rag.verification import Claim

TAG = "feedback"
NOT_HELPFUL = "not helpful, and no right quote given"
UNANSWERED = "helpful, but nothing was quoted"
"""That nothing answers is not to be known from a thumb: it may be for one of the closest passages."""
CHANGED = "the document has changed since"


@dataclass(frozen=True, slots=True)
class FoundGold:
    """Questions, and how much feedback was left out for which reason."""

    questions: tuple[GoldQuestion, ...]
    left_out: Mapping[str, int]


def gold_of(store: LocalStore, collection: str) -> FoundGold:
    """The gold questions in the feedback on a collection, one a question with its history, with all quotes said to be right.

    Of an answer that helped the first quote counts, since one thumb for several quotes vouches for no other. Raises
    UnknownCollectionError.
    """
    left_out: Counter[str] = Counter()
    found: dict[tuple[str, tuple[Turn, ...]], GoldQuestion] = {}
    for key, content in store.catalogue.feedback(collection):
        feedback = Feedback.model_validate_json(content)
        claim = feedback.right_quote or (feedback.answer.quotes[0] if feedback.helpful and feedback.answer.quotes else None)
        if claim is None:
            left_out[UNANSWERED if feedback.helpful else NOT_HELPFUL] += 1
        elif not _stands(store, collection, claim):
            left_out[CHANGED] += 1
        else:
            asked = (feedback.answer.question, feedback.answer.history)
            before = found.get(asked) or GoldQuestion.model_construct(
                id=f"{TAG}-{key[:12]}",
                question=asked[0],
                answerable=True,
                tags=[TAG],
                history=[GoldTurn(question=turn.question, quotes=list(turn.quotes)) for turn in asked[1]],
            )
            quote = GoldQuote(path=claim.path, quote=claim.quote, start=claim.start, end=claim.end)
            quotes = [*before.quotes, *([] if quote in before.quotes else [quote])]
            found[asked] = before.model_copy(update={"quotes": quotes})
    return FoundGold(tuple(found.values()), left_out)


def _stands(store: LocalStore, collection: str, claim: Claim) -> bool:
    try:
        document = store.catalogue.document_at(collection, claim.path)
    except UnknownDocumentError:
        return False
    return document.sha256 == claim.sha256 and store.catalogue.text(document.id)[claim.start : claim.end] == claim.quote
