"""The route of feedback: whether an answer helped, and the quote that would have, into the catalogue."""

from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict
from quotewise.api import examples, problems, schemas
from quotewise.api.bodies import JsonRoute
from quotewise.api.recent import AnswerGiven
from quotewise.api.routes import BODY_PROBLEMS, INDEX_PROBLEMS, Open, document_of, json_only, own_id
from quotewise.api.service import Service
from quotewise.index.errors import QuotewiseError, UnknownDocumentError
from quotewise.rag.verification import Claim

router = APIRouter(dependencies=[Depends(json_only)], route_class=JsonRoute)
_PROBLEMS = problems.responses("unknown-request", "unknown-document", "unknown-collection", *BODY_PROBLEMS, *INDEX_PROBLEMS)


class UnknownRequestError(QuotewiseError):
    """No answer to a request of that id is remembered."""

    code = "unknown-request"


class Feedback(BaseModel):
    """What is kept of feedback: the answer that it is about, what was said of it, and the right quote if that was said."""

    model_config = ConfigDict(frozen=True)
    answer: AnswerGiven
    helpful: bool
    right_quote: Claim | None


@router.post("/feedback", status_code=201, responses=_PROBLEMS)
def feedback(
    said: Annotated[schemas.FeedbackRequest, Body(openapi_examples=examples.FEEDBACK)], service: Open, request: Request
) -> schemas.FeedbackResponse:
    """Say whether an answer helped, and optionally which quote would have been right. What was asked is kept with it."""
    asked = own_id(request, said.request_id)
    answer = service.answers.get(asked)
    if answer is None or not request.state.caller.sees(answer.collection):
        raise UnknownRequestError(
            f"no answer to a request '{said.request_id}' is remembered; feedback is taken on the latest answers since the start"
        )
    name = answer.collection
    right = _quote(request, service, name, said.right_quote) if said.right_quote else None
    content = Feedback(answer=answer, helpful=said.helpful, right_quote=right)
    return schemas.FeedbackResponse(id=service.store.catalogue.put_feedback(name, asked, content.model_dump_json()))


def _quote(request: Request, service: Service, name: str, said: schemas.RightQuote) -> Claim:
    document = document_of(request, service, said.document_id)
    if document.collection != name:
        raise UnknownDocumentError(f"there is no document with the id '{document.id}' in the collection of the answer")
    if not said.start < said.end <= document.characters:
        raise _invalid("end", f"should be after start and at most {document.characters:,}, where the document ends", said.end)
    if said.end - said.start > schemas.MAX_TEXT:
        raise _invalid("end", f"should be at most {schemas.MAX_TEXT:,} characters after start", said.end)
    quote = service.store.catalogue.text(document.id)[said.start : said.end]
    return Claim(document.path, document.sha256, said.start, said.end, quote)


def _invalid(field: str, message: str, given: Any) -> RequestValidationError:
    return RequestValidationError(
        [{"type": "value_error", "loc": ("body", "right_quote", field), "msg": message, "input": given}]
    )
