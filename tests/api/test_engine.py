"""A service whose search engine is down."""

from pathlib import Path

import pytest

pytest.importorskip("pymilvus", reason="the extra milvus is not installed")

from quotewise.api.callers import LOCAL
from quotewise.api.indexing import index_folder
from quotewise.api.service import Service
from quotewise.api.settings import Settings
from tests.api.conftest import ready
from tests.conftest import SEEDS, WHY


def test_a_service_starts_without_its_engine_and_says_what_is_the_matter(tmp_path: Path) -> None:
    uri = "http://user:secret@127.0.0.1:9"
    settings = Settings(index=tmp_path / "index", reader="similarity", search_index="milvus", milvus_uri=uri)
    with Service.open(settings, create=True) as service:
        assert index_folder(service, LOCAL, SEEDS).added, "what is indexed is stored without the engine"
        service.warm()
    with ready(settings) as client:
        refused = client.post("/ask", json={"question": WHY})
        assert refused.status_code == 503
        assert refused.headers["Content-Type"] == "application/problem+json"
        assert "engine-unavailable" in refused.json()["type"], refused.json()
        assert "Milvus at 127.0.0.1 does not answer" in refused.json()["detail"]
        assert "secret" not in refused.text
        assert client.get("/documents").json()["documents"]
