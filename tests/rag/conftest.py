"""The bundled reader, which tests share."""

import pytest

from quotewise.rag.readers.span import SpanReader
from quotewise.rag.readers.span_model import SpanModel


@pytest.fixture(scope="session")
def reader() -> SpanReader:
    return SpanReader()


@pytest.fixture(scope="session")
def model(reader: SpanReader) -> SpanModel:
    return reader.model
