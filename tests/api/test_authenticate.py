import gc
import re
import shutil
import socket
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.testclient import TestClient

from quotewise.api.app import create_app
from quotewise.api.callers import LOCAL, Caller
from quotewise.api.keys import Keys
from quotewise.api.middleware.authenticate import scope_of
from quotewise.api.service import Service
from quotewise.api.settings import Settings
from quotewise.index.errors import UnknownDocumentError
from tests.api.conftest import NOTES, Refused, ready, serving, wait_until
from tests.conftest import WHY

SHOP = "https://shop.example"
ASK = {"question": WHY}
UNKNOWN = "0123456789abcdef"
PROXIES = (
    *("X-Forwarded-For", "Forwarded", "X-Real-IP"),
    *("CF-Connecting-IP", "CF-Ray", "True-Client-IP", "X-Forwarded-Port", "X-Forwarded-Proto", "X-Forwarded-Server", "Via"),
    *("Fastly-Client-IP", "X-Client-IP", "X-Cluster-Client-IP", "X-Azure-ClientIP", "X-Azure-SocketIP", "Akamai-Origin-Hop"),
    *("X-Envoy-External-Address", "X-Original-Forwarded-For", "X-Original-Host", "Fly-Client-IP", "X-Appengine-User-IP"),
    *("X-Amz-Cf-Id", "X-Amzn-Trace-Id", "CDN-Loop", "X-Vercel-Forwarded-For", "DO-Connecting-IP", "X-ARR-ClientCert"),
    *("Client-IP", "Remote-Addr", "X-Remote-IP", "WL-Proxy-Client-IP", "Tailscale-User-Login", "Incap-Client-IP"),
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, library: Path) -> Path:
    """The library in a folder of its own, for keys."""
    return Path(shutil.copytree(library, tmp_path_factory.mktemp("keyed") / "index"))


@pytest.fixture(scope="module")
def keys(folder: Path) -> Keys:
    return Keys(folder)


@pytest.fixture(scope="module")
def bearer(keys: Keys) -> dict[str, dict[str, str]]:
    """The header of a key of each kind."""
    made = {
        "ask": keys.make("ask"),
        "manage": keys.make("manage", ["manage"]),
        "notes": keys.make("notes", collections=["notes", "planned"]),
        "browser": keys.make("browser", origins=[SHOP]),
    }
    return {name: {"Authorization": f"Bearer {secret}"} for name, (_, secret) in made.items()}


@pytest.fixture(scope="module")
def keyed(folder: Path, bearer: dict[str, dict[str, str]]) -> Iterator[httpx.Client]:
    """A service with keys, behind a proxy on this machine."""
    settings = Settings(index=folder, body_seconds=0.5, trusted_proxies=("127.0.0.1",), cors_origins=("https://desk.example",))
    with ready(settings) as client:
        yield client


FOREIGN_HOSTS = (
    *("rebound.example", "127.0.0.1.rebound.example", "192.168.0.7:8000", "", "[", "[x]", "evil@localhost", "evil\\@localhost"),
    *("localhost/", "localhost#", "localhost:", "localhost:8000:9", "localhost.", "quotewise.localhost", "128.0.0.1", "127.1"),
    *("127.0.0.256", "::1", "[::ffff:127.0.0.1]"),
)


@pytest.mark.parametrize(("name", "values"), [("Host", FOREIGN_HOSTS), *((name, ["127.0.0.1"]) for name in PROXIES)])
def test_without_keys_neither_a_proxy_nor_a_foreign_name_comes_in(
    client: httpx.Client, refused: Refused, name: str, values: Sequence[str]
) -> None:
    for headers in ({name: value} for value in values):
        for path in ("/documents", "/openapi.json", "/", "/nothing"):
            assert "keys make" in refused(client.get(path, headers=headers), 403, "local-only")["detail"]
        refused(client.post("/ask", json=ASK, headers=headers), 403, "local-only")
        assert client.get("/health", headers=headers).status_code == 200
        assert client.get("/ready", headers=headers).json() == {"status": "ready", "collections": 0}


def test_without_keys_this_machine_is_answered_under_its_own_names(client: httpx.Client) -> None:
    for host in ("localhost", "LocalHost:8000", "127.0.0.1:99", "127.255.3.4", "[::1]:8000"):
        assert client.get("/collections", headers={"Host": host}).status_code == 200
    with socket.create_connection(("127.0.0.1", client.base_url.port or 0), timeout=5) as connection:
        connection.sendall(b"GET /documents HTTP/1.0\r\nHost: localhost\r\n\r\n")
        assert b" 403 " in connection.recv(1000), "nginx speaks this version to those behind it, without a header that says so"


def test_without_keys_the_address_of_the_peer_decides(tmp_path: Path) -> None:
    app = create_app(lambda: Service.open(Settings()), Settings(index=tmp_path))
    for address, status in {"127.0.0.1": 200, "::1": 200, "::ffff:127.0.0.1": 200, "203.0.113.7": 403, "fe80::1": 403}.items():
        peer = TestClient(app, "http://localhost", client=(address, 50000))
        assert peer.get("/openapi.json").status_code == status
        assert peer.get("/openapi.json", headers={"X-Forwarded-For": "127.0.0.1"}).status_code == 403
        assert peer.get("/health").status_code == 200


def test_without_keys_a_page_of_another_origin_or_of_two_is_refused(client: httpx.Client, refused: Refused) -> None:
    own = f"http://127.0.0.1:{client.base_url.port}"
    assert client.post("/ask", json=ASK, headers={"Origin": own}).status_code == 200
    for origin in ("https://evil.example", "null", "", "http://[", "http://127.0.0.1:1", f"{own}.evil.example", f"{own}/"):
        response = client.post("/ask", json=ASK, headers={"Origin": origin})
        refused(response, 403, "forbidden")
        assert not [name for name in response.headers if name.startswith("access-control-")]
    for second in (own, "https://evil.example", ""):
        refused(client.post("/ask", json=ASK, headers=[("Origin", own), ("Origin", second)]), 403, "forbidden")


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_without_keys_what_a_page_of_another_site_asks_for_is_refused(
    client: httpx.Client, refused: Refused, site: str
) -> None:
    asked_by_script = {"Sec-Fetch-Site": site, "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "empty"}
    in_frame = {"Sec-Fetch-Site": site, "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"}
    gone_to = {"Sec-Fetch-Site": site, "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
    for headers in ({"Sec-Fetch-Site": site}, asked_by_script, in_frame):
        for path in ("/documents", "/collections", "/"):
            refused(client.get(path, headers=headers), 403, "forbidden")
        refused(client.post("/ask", json=ASK, headers=headers), 403, "forbidden")
    refused(client.post("/ask", json=ASK, headers=gone_to), 403, "forbidden")
    refused(client.delete("/collections/default/documents/a.txt", headers=gone_to), 403, "forbidden")
    assert client.get("/", headers=gone_to).status_code == 200
    assert client.get("/static/quotewise-chat.js", headers=asked_by_script).status_code == 200
    for own in ("same-origin", "none"):
        assert client.post("/ask", json=ASK, headers={"Sec-Fetch-Site": own}).status_code == 200


def every_route(openapi: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for path, item in openapi["paths"].items():
        for method in item:
            if path not in ("/health", "/ready"):
                yield method.upper(), re.sub(r"\{\w+\}", UNKNOWN, path)
    yield from [("GET", "/nothing"), ("PUT", "/collections/notes/documents/a.txt"), ("POST", "/mcp"), ("GET", "/v1/models")]
    yield from [("GET", "/metrics"), ("GET", "/documents/../documents"), ("GET", "/%64ocuments")]


def test_a_missing_a_wrong_and_a_revoked_key_get_the_same_answer_everywhere(
    keyed: httpx.Client, keys: Keys, openapi: dict[str, Any], refused: Refused
) -> None:
    gone, revoked = keys.make("gone")
    assert keyed.get("/collections", headers={"Authorization": f"Bearer {revoked}"}).status_code == 200
    keys.revoke(gone.id)
    wrong = ("qw_x_y", f"qw_{keys.all()[0].id}_y", revoked)
    given = [None, "Bearer", f"Basic {revoked}", *(f"Bearer {secret}" for secret in wrong)]
    for method, path in every_route(openapi):
        answers = set()
        for key in given:
            headers = {"X-Forwarded-For": "203.0.113.7", "X-Request-ID": "same"} | ({"Authorization": key} if key else {})
            response = keyed.request(method, path, headers=headers)
            assert response.status_code == 401, (method, path)
            if not path.startswith("/v1/"):  # where errors have the shape that OpenAI gives them
                refused(response, 401, "unauthorized")
            assert response.headers["www-authenticate"].startswith("Bearer")
            answers.add((response.text, *(value for name, value in response.headers.multi_items() if name != "date")))
        assert len(answers) == 1, (method, path)
        keyed.cookies.clear()


def test_what_holds_nothing_needs_no_key(keyed: httpx.Client) -> None:
    for path in ("/health", "/openapi.json"):
        assert keyed.get(path, headers={"Authorization": "Bearer wrong"}).status_code == 200
    assert keyed.get("/ready").json()["collections"] == 0
    for path in ("/", "/static/quotewise-chat.js", f"/documents/{UNKNOWN}/view"):
        assert keyed.get(path).status_code not in (401, 403)
        assert keyed.delete(path).status_code == 401


SCOPES: list[tuple[str, str | None, str]] = [
    ("POST", "ask", "/ask /search /extract /extract/batch /verify /feedback /mcp /mcp/ /v1/chat/completions"),
    ("GET", "ask", "/documents /documents/x /documents/x/text /documents/x/view/../y /collections /v1/models"),
    ("GET", None, "/ /health /ready /openapi.json /static/x/y /documents/x/view"),
    ("GET", "manage", "/metrics /jobs/x /nothing /askx /documentsx /static /health/x //health"),
    ("PUT", "manage", "/collections/a/documents/b /ask /v1/x"),
    ("DELETE", "manage", "/collections/a /documents/x /documents/x/view"),
    ("POST", "manage", "/ /documents /collections/a/documents /ask/x /nothing"),
]


def test_what_is_not_known_to_only_ask_takes_a_key_that_may_manage() -> None:
    for method, scope, paths in SCOPES:
        for path in paths.split():
            assert scope_of(method, path) == scope, (method, path)
    assert scope_of("GET", "/documents/x/view\n") == "manage"


def test_a_key_does_what_its_scope_says(keyed: httpx.Client, bearer: dict[str, dict[str, str]], refused: Refused) -> None:
    for name in ("ask", "manage"):
        assert keyed.post("/ask", json=ASK, headers=bearer[name]).json()["answered"]
        assert keyed.get("/documents", headers=bearer[name]).json()["total"] == 1
    for method, path in (
        ("PUT", "/collections/default/documents/a.txt"),
        ("DELETE", "/collections/default"),
        ("GET", "/metrics"),
    ):
        refused(keyed.request(method, path, headers=bearer["ask"]), 403, "forbidden")
        assert keyed.request(method, path, headers=bearer["manage"]).status_code not in (401, 403)


def test_a_key_of_some_collections_learns_nothing_of_others(
    keyed: httpx.Client, bearer: dict[str, dict[str, str]], refused: Refused
) -> None:
    headers = bearer["notes"]
    listed = keyed.get("/collections", headers=headers).json()
    assert ([c["name"] for c in listed["collections"]], listed["default"]) == (["notes"], "notes")
    assert keyed.get("/documents", headers=headers).json()["total"] == len(NOTES)
    found = keyed.post("/search", json=ASK, headers=headers).json()
    assert {passage["document"]["path"] for passage in found["passages"]} <= NOTES.keys()
    told = {
        refused(keyed.request(method, path, headers=headers, **asked), 403, "forbidden")["detail"]
        for name in ("default", "foreign", "no such", "")
        for method, path, asked in (
            ("POST", "/ask", {"json": {**ASK, "collection": name or "x"}}),
            ("POST", "/search", {"json": {**ASK, "collection": name or "x"}}),
            ("GET", f"/documents?collection={name or 'x'}", {}),
        )
    }
    assert len(told) == 1
    planned = keyed.post("/ask", json={**ASK, "collection": "planned"}, headers=headers)
    assert "default" not in refused(planned, 404, "unknown-collection")["detail"]
    other = keyed.get("/documents", headers=bearer["ask"]).json()["documents"][0]["id"]
    for suffix in ("", "/text"):
        hidden, unknown = (keyed.get(f"/documents/{one}{suffix}", headers=headers) for one in (other, UNKNOWN))
        refused(hidden, 404, "unknown-document")
        assert hidden.text.replace(other, "") == unknown.text.replace(UNKNOWN, "")


def test_a_document_that_is_hidden_takes_the_same_work_as_one_that_is_not_there(seeds: Service) -> None:
    """Each function that is called, rather than time, which neighbours on the machine change."""
    [document] = seeds.store.catalogue.documents("default", 0, 1)
    caller = Caller("x", ("ask",), ("notes",))

    def work(document_id: str) -> list[tuple[str, str, str]]:
        called: list[tuple[str, str, str]] = []
        gc.disable()  # whose callbacks come when they like
        sys.setprofile(
            lambda frame, event, given: called.append((event, frame.f_code.co_qualname, getattr(given, "__name__", "")))
        )
        try:
            with pytest.raises(UnknownDocumentError):
                seeds.document(caller, document_id)
        finally:
            sys.setprofile(None)
            gc.enable()
        return called

    work(UNKNOWN)
    hidden, absent = work(document.id), work(UNKNOWN)
    assert hidden == absent
    assert any("execute" in name for _, _, name in hidden)
    assert seeds.document(LOCAL, document.id) == document


def test_a_key_of_some_collections_may_neither_rate_nor_count_what_others_asked(
    keyed: httpx.Client, keys: Keys, bearer: dict[str, dict[str, str]], refused: Refused
) -> None:
    _, secret = keys.make("keeper", ["manage"], ["notes"])
    keeper = {"Authorization": f"Bearer {secret}"}
    refused(keyed.get("/metrics", headers=keeper), 403, "forbidden")
    same = {"X-Request-ID": "the-same"}
    assert keyed.post("/ask", json=ASK, headers=bearer["ask"] | same).json()["request_id"] == "the-same"
    for request_id in ("the-same", "never-asked"):
        said = {"request_id": request_id, "helpful": True}
        assert "default" not in refused(keyed.post("/feedback", json=said, headers=keeper), 404, "unknown-request")["detail"]
    assert keyed.post("/ask", json={"question": "Who rated this?"}, headers=keeper | same).status_code == 200
    given = {"request_id": "the-same", "helpful": True}
    assert keyed.post("/feedback", json=given, headers=bearer["ask"]).status_code == 201


def test_a_key_asks_for_the_jobs_of_its_collections_and_for_no_others(tmp_path: Path, library: Path, refused: Refused) -> None:
    index = Path(shutil.copytree(library, tmp_path / "index"))
    (_, own), (_, other) = (Keys(index).make(name, ["manage"], [name]) for name in ("new", "notes"))
    with ready(Settings(index=index, upload_seconds=0)) as client:
        keeper, stranger = ({"Authorization": f"Bearer {secret}"} for secret in (own, other))
        response = client.put("/collections/new/documents/a.txt", content=b"A tea house. " * 200, headers=keeper)
        assert response.status_code == 202
        refused(client.get(response.headers["location"], headers=stranger), 404, "unknown-job")
        job = response.headers["location"]
        wait_until(lambda: client.get(job, headers=keeper).raise_for_status().json()["state"] == "done")


def test_a_damaged_key_file_lets_nobody_in(tmp_path: Path, refused: Refused) -> None:
    settings = Settings(index=tmp_path)
    with serving(create_app(lambda: Service.open(settings), settings)) as client:
        assert client.get("/openapi.json").status_code == 200
        (tmp_path / "keys.json").write_text("[")
        for path in ("/collections", "/openapi.json"):
            assert str(tmp_path) not in refused(client.get(path), 503, "keys-unavailable")["detail"]
        assert client.get("/health").status_code == 200


def test_a_browser_key_asks_from_its_origins_alone(
    keyed: httpx.Client, bearer: dict[str, dict[str, str]], refused: Refused
) -> None:
    def ask(**headers: str) -> httpx.Response:
        return keyed.post("/ask", json=ASK, headers=bearer["browser"] | headers)

    answered = ask(Origin=SHOP)
    assert answered.json()["answered"]
    assert answered.headers["access-control-allow-origin"] == SHOP
    assert {"X-Request-ID", "Retry-After"} <= set(answered.headers["access-control-expose-headers"].split(", "))
    for other in ("https://evil.example", "null", f"{SHOP}.evil.example", "http://shop.example"):
        response = ask(Origin=other)
        refused(response, 403, "forbidden")
        assert not [name for name in response.headers if name.startswith("access-control-")]
    refused(ask(Origin="https://desk.example"), 403, "forbidden")
    refused(ask(), 403, "forbidden")
    assert ask(Host="shop.example").status_code == 200, "what a page reads from its own origin carries none"
    refused(keyed.put("/collections/a", headers=bearer["browser"] | {"Origin": SHOP}), 403, "forbidden")
    for origins in ([SHOP, "https://evil.example"], [SHOP, SHOP], [""]):
        headers = [("Host", "shop.example"), *bearer["browser"].items(), *(("Origin", origin) for origin in origins)]
        refused(keyed.post("/ask", json=ASK, headers=headers), 403, "forbidden")


def test_cross_origin_requests_are_announced_only_to_allowed_origins(keyed: httpx.Client, refused: Refused) -> None:
    asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization, content-type"}
    for origin in (SHOP, "https://desk.example"):
        allowed = keyed.options("/ask", headers={"Origin": origin, **asked})
        assert allowed.status_code == 200
        assert allowed.headers["access-control-allow-origin"] == origin
        assert allowed.headers["access-control-allow-headers"] == asked["Access-Control-Request-Headers"]
        assert "access-control-allow-credentials" not in allowed.headers
    denied = keyed.options("/ask", headers={"Origin": "https://evil.example", **asked})
    assert denied.status_code == 403
    assert not [name for name in denied.headers if name.startswith("access-control-")]


def test_a_rate_holds_for_each_key_and_for_each_address_without_one(folder: Path, keys: Keys, refused: Refused) -> None:
    one, other, page = (
        {"Authorization": f"Bearer {keys.make(name, origins=origins, rate=rate)[1]}"}
        for name, origins, rate in (("one", [], "3/minute"), ("other", [], None), ("page", [SHOP], "5/minute"))
    )
    with ready(Settings(index=folder, rate="4/minute", trusted_proxies=("127.0.0.1",))) as client:

        def statuses(count: int, **headers: str) -> list[int]:
            return [client.get("/collections", headers=headers).status_code for _ in range(count)]

        assert statuses(4, **one) == [200, 200, 200, 429]
        over = client.get("/collections", headers=one)
        refused(over, 429, "too-many-requests")
        assert 0 < int(over.headers["retry-after"]) <= 60
        assert over.headers["ratelimit-policy"] == '"default";q=3;w=60'
        assert over.headers["ratelimit"].startswith('"default";r=0;t=')
        assert statuses(5, **other) == [200] * 4 + [429]
        guess = {"Authorization": "Bearer qw_0_0", "X-Forwarded-For": "198.51.100.1"}
        assert statuses(5, **guess) == [401] * 4 + [429]
        guess["X-Forwarded-For"] = "198.51.100.1, 198.51.100.2"
        assert statuses(1, **guess) == [401], "the proxy names the last, which it has seen itself"
        visitor = page | {"Origin": SHOP}
        assert statuses(5, **visitor, **{"X-Forwarded-For": "2001:db8::1"}) == [200] * 4 + [429]
        assert statuses(1, **visitor, **{"X-Forwarded-For": "2001:db8::ffff:2"}) == [429], "of the same network"
        assert statuses(2, **visitor, **{"X-Forwarded-For": "2001:db8:1::1"}) == [200, 429], "of all visitors together"
        assert client.get("/health", headers=guess).status_code == 200
