from dataclasses import dataclass, replace
from typing import Any

import pytest
from pydantic import TypeAdapter
from quotewise.api import schemas
from quotewise.api.service import Service
from quotewise.rag.answers import Answer, Citation, Extractions, SearchResult
from quotewise.rag.passages import Passage
from quotewise.rag.pipeline import AskOptions

from tests.conftest import WHY


@dataclass(frozen=True, slots=True)
class Response(Answer):
    """As the HTTP interface adds it."""

    request_id: str


@dataclass(frozen=True, slots=True)
class SearchResponse(SearchResult):
    """As the HTTP interface adds it."""

    request_id: str


def json(value: Any, kind: Any = None) -> str:
    return TypeAdapter(kind or type(value)).dump_json(value).decode()


def with_id(kind: Any, value: Any, **changes: Any) -> Any:
    fields = {name: getattr(value, name) for name in type(value).__slots__ if name != "text"}
    return kind(**{**fields, **changes, "request_id": "one"})


@pytest.mark.parametrize("question", [WHY, "Who won the cup?", "How many people died, and who claimed responsibility?"])
def test_answers_serialise_as_the_schemas_did(seeds: Service, question: str) -> None:
    for threshold in (0, 0.35, 1):
        answer = seeds.pipeline.ask(question, "default", AskOptions(threshold=threshold))
        for passages in (answer.passages, None):
            old = schemas.AskResponse.of(answer, "one", passages is not None)
            assert json(with_id(Response, answer, passages=passages)) == old.model_dump_json()
        steps = list(seeds.pipeline.stream(question, "default", AskOptions(threshold=threshold)))
        old_passages = schemas.StreamedPassages(passages=list(map(schemas.Passage.of, answer.passages or ())))
        assert isinstance(steps[0], SearchResult)
        assert f'"passages":{json(steps[0].passages, tuple[Passage, ...])}' == old_passages.model_dump_json()[1:-1]
        for number, step in enumerate(steps[1:-1], 1):
            assert isinstance(step, Citation)
            assert json(step) == schemas.Citation.of(number, step).model_dump_json()


def test_search_results_and_extractions_serialise_as_the_schemas_did(seeds: Service) -> None:
    result = seeds.pipeline.search(WHY, "default")
    old = schemas.SearchResponse(
        question=WHY,
        passages=list(map(schemas.Passage.of, result.passages)),
        timings_ms=schemas.Timings.of(result.timings_ms),
        request_id="one",
    )
    assert json(with_id(SearchResponse, result)) == old.model_dump_json()
    for threshold in (0, 1):
        texts = ["Paris is the capital of France. It lies on the Seine.", "", "Bananas are yellow."]
        extractions = seeds.pipeline.extract("What is the capital of France?", texts, AskOptions(threshold=threshold))
        assert json(extractions) == schemas.Extracted.of(extractions).model_dump_json()


def test_what_was_serialised_is_read_back(seeds: Service) -> None:
    answer = replace(seeds.pipeline.ask(WHY, "default"), passages=None)
    again = TypeAdapter(Answer).validate_json(json(answer))
    assert json(again) == json(answer)
    assert again.citations[0].lines == answer.citations[0].lines
    extractions = seeds.pipeline.extract(WHY, ["Paris is the capital of France."])
    assert json(TypeAdapter(Extractions).validate_json(json(extractions))) == json(extractions)
