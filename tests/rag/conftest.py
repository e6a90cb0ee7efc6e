"""The bundled span model, which tests share."""

import pytest
from quotewise.rag.readers.span_model import SpanModel


@pytest.fixture(scope="session")
def model() -> SpanModel:
    return SpanModel()
