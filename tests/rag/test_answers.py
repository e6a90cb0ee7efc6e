from dataclasses import replace
from typing import Any

from pydantic import TypeAdapter
from quotewise.api.service import Service
from quotewise.rag.answers import Answer, Extractions

from tests.conftest import WHY


def json(value: Any) -> str:
    return TypeAdapter(type(value)).dump_json(value).decode()


def test_what_was_serialised_is_read_back(seeds: Service) -> None:
    answer = replace(seeds.pipeline.ask(WHY, "default"), passages=None)
    again = TypeAdapter(Answer).validate_json(json(answer))
    assert json(again) == json(answer)
    assert again.citations[0].lines == answer.citations[0].lines
    extractions = seeds.pipeline.extract(WHY, ["Paris is the capital of France."])
    assert json(TypeAdapter(Extractions).validate_json(json(extractions))) == json(extractions)
