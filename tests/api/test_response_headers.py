from pathlib import Path

import httpx
from starlette.testclient import TestClient

from quotewise.api.app import create_app
from quotewise.api.service import Service
from quotewise.api.settings import Settings
from tests.conftest import WHY


def test_every_answer_tells_browsers_to_run_nothing_else(client: httpx.Client, tmp_path: Path) -> None:
    app = create_app(lambda: Service.open(Settings()), Settings(index=tmp_path))
    app.get("/broken")(lambda: 1 / 0)
    broken = TestClient(app, "http://localhost", client=("127.0.0.1", 50000)).get("/broken")
    assert broken.status_code == 500
    for response in (
        broken,
        client.get("/health"),
        client.post("/ask", json={"question": WHY}),
        client.get("/nothing"),
        client.get("/static/nothing"),
        client.get("/documents", headers={"Host": "evil.example"}),
    ):
        policy = response.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert response.headers["x-content-type-options"] == "nosniff"
        assert response.headers["referrer-policy"] == "no-referrer"
        assert response.headers["cache-control"] in ("no-store", "no-cache")
        assert response.headers["vary"].lower().count("origin") == 1
        anywhere = response.url.path.startswith("/static/")
        assert response.headers["cross-origin-resource-policy"] == ("cross-origin" if anywhere else "same-origin")
