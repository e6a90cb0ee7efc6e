"""The bundled span model, which tests share."""

import pytest

from rag.span_model import SpanModel


@pytest.fixture(scope="session")
def model() -> SpanModel:
    return SpanModel()
