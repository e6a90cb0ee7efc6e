"""The routes of questions, documents and collections: requests into calls of the answerer and back."""

import time
from typing import Annotated

from fastapi import APIRouter, Body, Depends, Path, Query, Request
from fastapi.responses import PlainTextResponse
from starlette.exceptions import HTTPException

from api import examples, metrics, problems, schemas
from api.service import Service
from index.store import StoredDocument
from rag.extraction import Extractor
from rag.verification import CollectionSource, verify


async def opened(request: Request) -> Service:
    """The open service. Raises HTTPException 503 until it is ready."""
    service: Service | None = request.app.state.service
    if service is None:
        raise HTTPException(503, request.app.state.reason)
    return service


async def json_only(request: Request) -> None:
    """Raises UnsupportedMediaTypeError for a POST of anything but JSON."""
    found = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if request.method == "POST" and found != "application/json":
        raise problems.UnsupportedMediaTypeError(found)


def collection_of(request: Request, service: Service, name: str | None) -> str:
    """The collection that a request is about: the one it names, or the default one."""
    return name or service.settings.collection


def document_of(request: Request, service: Service, document_id: str) -> StoredDocument:
    """The document of this id. Raises UnknownDocumentError."""
    return service.store.document(document_id)


INDEX_PROBLEMS = ("not-ready", "index-locked", "index-damaged", "index-unavailable", "embedder-unavailable")
BODY_PROBLEMS = ("malformed-json", "payload-too-large", "unsupported-media-type", "invalid-request")
SEARCH_CODES = ("unknown-collection", "embedder-mismatch", *BODY_PROBLEMS, *INDEX_PROBLEMS)
_ASK_PROBLEMS = problems.responses(*SEARCH_CODES, "reader-unavailable")
_SEARCH_PROBLEMS = problems.responses(*SEARCH_CODES)
_EXTRACT_PROBLEMS = problems.responses(*BODY_PROBLEMS, "not-ready", "reader-unavailable")
_READ_PROBLEMS = problems.responses("invalid-request", "unknown-document", "unknown-collection", *INDEX_PROBLEMS)

Open = Annotated[Service, Depends(opened)]
DocumentId = Annotated[str, Path(pattern="^[0-9a-f]{16}$", openapi_examples=examples.DOCUMENT_ID)]
router = APIRouter(dependencies=[Depends(json_only)])


@router.post("/ask", responses=_ASK_PROBLEMS)
def ask(
    asked: Annotated[schemas.AskRequest, Body(openapi_examples=examples.ASK)], service: Open, request: Request
) -> schemas.AskResponse:
    """Answer a question in the words of the documents, or say that they do not and offer the closest passages."""
    settings = service.settings
    answer = service.answerer.ask(
        asked.question,
        collection_of(request, service, asked.collection),
        asked.top_k or settings.top_k,
        asked.max_quotes or settings.max_quotes,
        asked.filter.value(),
        asked.threshold,
    )
    metrics.observe_answer(request, answer)
    return schemas.AskResponse.of(answer, request.state.id, asked.include_passages)


@router.post("/search", responses=_SEARCH_PROBLEMS)
def search(
    asked: Annotated[schemas.SearchRequest, Body(openapi_examples=examples.SEARCH)], service: Open, request: Request
) -> schemas.SearchResponse:
    """The passages closest to a question, whether they answer it or not."""
    settings = service.settings
    collection, top_k = collection_of(request, service, asked.collection), asked.top_k or settings.top_k
    found = service.answerer.search(asked.question, collection, top_k, asked.filter.value())
    return schemas.SearchResponse(
        question=asked.question,
        passages=[schemas.Passage.of(passage) for passage in found.passages],
        timings_ms=schemas.Timings(**found.timings_ms),
        request_id=request.state.id,
    )


@router.post("/extract", responses=_EXTRACT_PROBLEMS)
def extract(
    asked: Annotated[schemas.ExtractRequest, Body(openapi_examples=examples.EXTRACT)], service: Open, request: Request
) -> schemas.ExtractResponse:
    """Find quotes that answer a question in texts of the caller's own, whatever found them; nothing is looked up or kept."""
    began = time.perf_counter()
    extractor = service.extractor()
    loaded = time.perf_counter()
    found = _extracted(service, extractor, asked)
    timings = schemas.ExtractTimings.since(began, loaded)
    return schemas.ExtractResponse(**dict(found), timings_ms=timings, request_id=request.state.id)


@router.post("/extract/batch", responses=_EXTRACT_PROBLEMS)
def extract_batch(
    asked: Annotated[schemas.ExtractBatchRequest, Body(openapi_examples=examples.EXTRACT_BATCH)],
    service: Open,
    request: Request,
) -> schemas.ExtractBatchResponse:
    """What ``/extract`` does, for several questions with texts of their own; one mistake refuses the whole batch."""
    began = time.perf_counter()
    extractor = service.extractor()
    loaded = time.perf_counter()
    found = [_extracted(service, extractor, one) for one in asked.requests]
    timings = schemas.ExtractTimings.since(began, loaded)
    return schemas.ExtractBatchResponse(results=found, timings_ms=timings, request_id=request.state.id)


def _extracted(service: Service, extractor: Extractor, asked: schemas.ExtractRequest) -> schemas.Extracted:
    settings = service.settings
    found = extractor.extract(asked.question, asked.texts, asked.max_quotes or settings.max_quotes)
    threshold = extractor.threshold if settings.threshold is None else settings.threshold
    return schemas.Extracted.of(asked.question, found, threshold)


@router.get("/documents", responses=_READ_PROBLEMS)
def documents(asked: Annotated[schemas.PageRequest, Query()], service: Open, request: Request) -> schemas.DocumentPage:
    """The documents of a collection by path, a page at a time."""
    name = collection_of(request, service, asked.collection)
    found = service.store.documents(name, asked.offset, asked.limit)
    return schemas.DocumentPage(
        documents=[schemas.Document.of(document) for document in found],
        total=service.store.size(name).documents,
        offset=asked.offset,
        limit=asked.limit,
    )


@router.get("/documents/{id}", responses=_READ_PROBLEMS)
def document(id: DocumentId, service: Open, request: Request) -> schemas.Document:
    """What is known of a document."""
    return schemas.Document.of(document_of(request, service, id))


@router.get("/documents/{id}/text", responses=_READ_PROBLEMS, response_class=PlainTextResponse)
def text(id: DocumentId, service: Open, request: Request) -> PlainTextResponse:
    """The text of a document, to which offsets refer, in UTF-8; line endings are those of the file."""
    return PlainTextResponse(service.store.text(document_of(request, service, id).id))


@router.post("/verify", responses=_SEARCH_PROBLEMS)
def verify_citations(
    asked: Annotated[schemas.VerifyRequest, Body(openapi_examples=examples.VERIFY)], service: Open, request: Request
) -> schemas.VerifyResponse:
    """Check citations against the files as they are now."""
    name = collection_of(request, service, asked.collection)
    source = CollectionSource(service.store, name, service.settings.max_file_bytes)
    return schemas.VerifyResponse(results=[schemas.Verification.of(verify(claim.value(), source)) for claim in asked.citations])


@router.get("/collections", responses=_READ_PROBLEMS)
def collections(service: Open) -> schemas.CollectionList:
    """All collections, how much they hold and what they were made with."""
    found = [schemas.Collection.of(c, service.store.size(c.name)) for c in service.store.collections()]
    return schemas.CollectionList(collections=found, default=service.settings.collection)


@router.get("/health")
async def health() -> schemas.Alive:
    """Whether the process answers."""
    return schemas.Alive()


@router.get("/ready", responses=problems.responses(*INDEX_PROBLEMS))
async def ready(service: Open) -> schemas.Ready:
    """Whether the index is open and the models are loaded."""
    return schemas.Ready(collections=len(service.store.collections()))
