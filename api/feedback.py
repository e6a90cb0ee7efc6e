"""Feedback on one of the latest answers: what is stored of it, and with which collection."""

from collections.abc import Sequence
from contextlib import suppress

from pydantic import BaseModel, ConfigDict

from quotewise.api.callers import Caller
from quotewise.api.errors import InvalidRequestError
from quotewise.api.recent_answers import GivenAnswer, UnknownRequestError
from quotewise.api.requests import MAX_TEXT
from quotewise.api.service import Service
from quotewise.index.errors import UnknownCollectionError, UnknownDocumentError
from quotewise.index.sentences import Span
from quotewise.rag.verification import Claim


class Feedback(BaseModel):
    """What is stored of feedback: the answer, whether it helped, and which quotes the client called right and wrong (by id)."""

    model_config = ConfigDict(frozen=True)
    answer: GivenAnswer
    helpful: bool
    right_quote: Claim | None
    wrong_quotes: tuple[int, ...] = ()


def give(
    service: Service,
    caller: Caller,
    request: str,
    helpful: bool,
    right: tuple[str, Span] | None = None,
    wrong: Sequence[int] = (),
) -> str:
    """Store whether an answer helped, which span of which document, by id, would have been right, and which citations not.

    Of several collections that were asked, it is kept with the one of the passage that it is about. Returns its id.
    Raises UnknownRequestError, UnknownDocumentError, InvalidRequestError.
    """
    caller.require("ask")
    answer = service.answers.get(caller.id, request)
    asked = answer.collection, *answer.also
    if not all(map(caller.can_access, asked)):
        raise UnknownRequestError(f"no answer to a request '{request}' is remembered")
    name, quote = answer.collection, None
    if right:
        name, quote = _right_quote(service, caller, asked, *right)
    elif helpful and answer.quotes:
        name = _collection_of(service, answer.quotes[0], asked)
    if wrong and max(wrong) > len(answer.quotes):
        message = f"should be ids of citations, of which the answer has {len(answer.quotes)}"
        raise InvalidRequestError(f"body.wrong_quotes: {message}", [("body.wrong_quotes", message)])
    content = Feedback(answer=answer, helpful=helpful, right_quote=quote, wrong_quotes=tuple(wrong))
    return service.store.catalogue.put_feedback(name, f"{caller.id} {request}", content.model_dump_json())


def _right_quote(service: Service, caller: Caller, asked: Sequence[str], document_id: str, span: Span) -> tuple[str, Claim]:
    document = service.document(caller, document_id)
    if document.collection not in asked:
        raise UnknownDocumentError(f"there is no document with the id '{document.id}' in the collection of the answer")
    wrong = None
    if not span.start < span.end <= document.characters:
        wrong = f"should be after start and at most {document.characters:,}, where the document ends"
    elif span.end - span.start > MAX_TEXT:
        wrong = f"should be at most {MAX_TEXT:,} characters after start"
    if wrong:
        raise InvalidRequestError(f"body.right_quote.end: {wrong}", [("body.right_quote.end", wrong)])
    quote = service.store.catalogue.text(document_id, *span)
    return document.collection, Claim(document.path, document.sha256, *span, quote)


def _collection_of(service: Service, quote: Claim, asked: Sequence[str]) -> str:
    """The first of the collections that has the document of a quote, or the first where none has it any more."""
    for name in asked:
        with suppress(UnknownDocumentError, UnknownCollectionError):
            if service.store.catalogue.document_at(name, quote.path).sha256 == quote.sha256:
                return name
    return asked[0]
