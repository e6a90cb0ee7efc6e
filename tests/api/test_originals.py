"""A PDF from its upload to its page: cited by page, found on it, drawn, verified; and files that are left out."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from quotewise.api import originals
from quotewise.api.callers import LOCAL
from quotewise.api.indexing import index_folder
from quotewise.api.service import Service
from quotewise.api.settings import Settings
from quotewise.index.errors import FolderUnavailableError, UnknownDocumentError
from quotewise.index.files import files_at
from quotewise.rag.verification import Claim
from tests.api.conftest import ready
from tests.index.formats.files import docx, xlsx
from tests.index.formats.pdf_files import Line, Page, Pdf
from tests.index.s3_server import ENVIRONMENT, Objects, answering, moto_server, needs_s3, refusal

LEASE = Pdf(
    [
        Page([Line("The landlord is Nadia Fontaine of Lisbon."), Line("She owns the house.", y=90)]),
        Page([Line("The rent of the mill is 840 euros a month."), Line("It is due on the first day.", y=90)]),
    ],
    title="Lease",
).write()
QUOTE = "The rent of the mill is 840 euros a month."


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("originals") / "docs"
    folder.mkdir()
    (folder / "tea.txt").write_text("Tea was first drunk in southwest China.")
    (folder / "talk.vtt").write_text("WEBVTT\n\n00:12:04.000 --> 00:12:09.500\nThe ferry leaves at noon.\n")
    rows = ("Boat", "480 euros"), ("Ferry", "90 euros"), ("Harbour", "12 euros")
    cells = ("".join(f'<c t="inlineStr"><is><t>{cell}</t></is></c>' for cell in row) for row in (("Item", "Price"), *rows))
    (folder / "book.xlsx").write_bytes(xlsx({"Costs": "".join(f'<row r="{n}">{row}</row>' for n, row in enumerate(cells, 3))}))
    (folder / "photo.png").write_bytes(b"\x89PNG")
    (folder / "broken.docx").write_bytes(b"PK\x03\x04 and no more")
    (folder / "empty.pdf").touch()
    return folder


@pytest.fixture(scope="module")
def settings(folder: Path) -> Settings:
    chosen = Settings(index=folder.parent / "index", reader="similarity", threshold=0)
    with Service.open(chosen, create=True) as service:
        index_folder(service, LOCAL, folder)
    return chosen


@pytest.fixture(scope="module")
def client(settings: Settings) -> Iterator[httpx.Client]:
    with ready(settings) as client:
        made = client.put(
            "/collections/default/documents/lease.pdf", content=LEASE, headers={"Content-Type": "application/pdf"}
        )
        assert made.status_code == 201, made.text
        kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
        word = docx("<w:p><w:r><w:t>The bursar signs all cheques.</w:t></w:r></w:p>")
        assert client.put("/collections/default/documents/rules.docx", content=word, headers={"Content-Type": kind}).is_success
        yield client


def cited(client: httpx.Client, question: str) -> dict:  # type: ignore[type-arg]
    return client.post("/ask", json={"question": question, "max_quotes": 1}).json()["citations"][0]  # type: ignore[no-any-return]


def test_a_quote_of_a_pdf_has_its_page_its_boxes_and_a_picture_in_which_it_is_marked(client: httpx.Client) -> None:
    citation = cited(client, "What is the rent of the mill?")
    assert (citation["quote"], citation["page"], citation["document"]["media_type"]) == (QUOTE, 2, "application/pdf")
    span = {"start": citation["start"], "end": citation["end"]}
    base = f"/documents/{citation['document']['id']}"
    place = client.get(f"{base}/place", params=span).json()
    assert (place["page"], place["place"], place["pages"]) == (2, "page 2", 2)
    [box] = place["boxes"]
    assert box["page"] == 2 and 0.11 < box["left"] < 0.13 and 0.07 < box["top"] < box["bottom"] < 0.1
    plain, marked = (client.get(f"{base}/pages/2.png", params=more | {"width": 300}) for more in ({}, span))
    assert marked.headers["content-type"] == "image/png" and marked.content.startswith(b"\x89PNG\r\n\x1a\n")
    assert plain.content != marked.content
    for page, status, code in ((3, 404, "unknown-page"), (0, 422, "invalid-request")):
        refused = client.get(f"{base}/pages/{page}.png")
        assert (refused.status_code, refused.json()["type"].rsplit(":", 1)[1]) == (status, code)
    for beyond in ({"start": 0, "end": 10_000}, {"start": 9_000, "end": 1}):
        assert client.get(f"{base}/pages/2.png", params=beyond | {"width": 100}).status_code == 200


def test_pages_without_text_at_the_end_can_be_turned_to(client: httpx.Client) -> None:
    pdf = Pdf([Page([Line("The weir was built in 1911.")]), Page(), Page(picture=True)]).write()
    path = "/collections/default/documents/weir.pdf"
    base = f"/documents/{client.put(path, content=pdf, headers={'Content-Type': 'application/pdf'}).json()['id']}"
    assert client.get(f"{base}/place", params={"start": 0, "end": 3}).json()["pages"] == 3
    assert [part["number"] for part in client.get(f"{base}/structure").json()["parts"]] == [1, 3]
    assert client.get(f"{base}/pages/3.png").status_code == 200
    assert client.delete(path).is_success


def test_a_text_has_a_place_but_no_page(client: httpx.Client) -> None:
    document = cited(client, "Where was tea first drunk?")["document"]["id"]
    place = client.get(f"/documents/{document}/place", params={"start": 0, "end": 3}).json()
    assert place == {"line_start": 1, "line_end": 1, "page": None, "place": "line 1", "pages": 0, "boxes": []}
    assert client.get(f"/documents/{document}/pages/1.png").status_code == 404


@pytest.mark.parametrize(
    ("question", "printed"),
    [
        ("What is the rent of the mill?", "lease.pdf, page 2"),
        ("What is the price of the boat?", "book.xlsx, sheet Costs, A4:B4"),
        ("When does the ferry leave?", "talk.vtt, 00:12:04"),
        ("Who signs all cheques?", "rules.docx, paragraph 1"),
        ("Where was tea first drunk?", "tea.txt, line 1"),
    ],
)
def test_every_protocol_says_where_a_quote_stands_as_people_write_it(client: httpx.Client, question: str, printed: str) -> None:
    citation = cited(client, question)
    assert f"{citation['document']['path']}, {citation['place']}" == printed
    body = {"model": "default", "messages": [{"role": "user", "content": question}], "quotewise": {"links": True}}
    message = client.post("/v1/chat/completions", json=body).json()["choices"][0]["message"]
    assert message["annotations"][0]["url_citation"]["title"] == printed
    assert f'"{printed}"\n' in message["content"] + "\n"
    call = {"name": "ask", "arguments": {"question": question, "max_quotes": 1}}
    asked = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": call}
    answer = client.post("/mcp", json=asked, headers={"Accept": "application/json, text/event-stream"}).json()
    [told] = json.loads(answer["result"]["content"][0]["text"])["citations"]
    assert told["place"] == citation["place"]


@pytest.mark.parametrize("question", ["What is the rent of the mill?", "Who signs all cheques?"])
def test_a_citation_of_a_binary_file_is_valid_while_the_file_is_the_same(
    client: httpx.Client, folder: Path, question: str
) -> None:
    citation = cited(client, question)
    file = folder / citation["document"]["path"]
    base = f"/documents/{citation['document']['id']}"

    def verdict() -> str:
        return str(client.post("/verify", json={"citations": [citation]}).json()["results"][0]["verdict"])

    data = file.read_bytes()
    assert verdict() == "valid"
    try:
        file.write_bytes(data + b"\n")
        assert verdict() == "changed"
        if file.suffix == ".pdf":
            for route in (f"{base}/pages/2.png", f"{base}/place"):
                assert client.get(route).json()["type"].endswith("document-changed")
                assert client.get(route).status_code == 409
        file.unlink()
        assert verdict() == "missing"
        assert client.get(f"{base}/pages/2.png").status_code in (404, 409)
    finally:
        file.write_bytes(data)


def test_a_page_is_shown_only_to_who_may_see_the_document(client: httpx.Client, settings: Settings) -> None:
    document = cited(client, "What is the rent of the mill?")["document"]["id"]
    other = replace(LOCAL, collections=("other",))
    with Service.open(settings) as service:
        assert originals.page_image(service, LOCAL, document, 1).startswith(b"\x89PNG")
        with pytest.raises(UnknownDocumentError):
            originals.page_image(service, other, document, 1)


@needs_s3
def test_pages_and_verdicts_on_objects_of_a_bucket_are_asked_for_by_one_client(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from aiobotocore.session import AioSession

    monkeypatch.setattr("s3fs.S3FileSystem.retries", 1)
    made: list[str] = []
    create = AioSession.create_client
    monkeypatch.setattr(AioSession, "create_client", lambda self, name, **how: made.append(name) or create(self, name, **how))
    with moto_server() as url:
        for name, value in {**ENVIRONMENT, "AWS_ENDPOINT_URL": url}.items():
            monkeypatch.setenv(name, value)
        objects = Objects("papers", url)
        objects.put_key("lease.pdf", LEASE)
        settings = Settings(index=tmp_path / "index", reader="similarity", threshold=0)
        with Service.open(settings, create=True) as service:
            index_folder(service, LOCAL, files_at("s3://papers"))
            [document] = service.store.catalogue.documents("default")
            claim = Claim("lease.pdf", document.sha256, 0, 3, service.store.catalogue.text(document.id, 0, 3))

            def page(number: int) -> bytes:
                return originals.page_image(service, LOCAL, document.id, 1 + number % 2)

            with ThreadPoolExecutor(4) as pool:
                assert all(image.startswith(b"\x89PNG") for image in pool.map(page, range(6)))
            assert [result.verdict for result in service.verify(LOCAL, [claim])] == ["valid"]
            assert made == ["s3"]
            with answering(lambda path: refusal("ExpiredToken", 400)) as other:
                monkeypatch.setenv("AWS_ENDPOINT_URL", other)
                with pytest.raises(FolderUnavailableError, match="ExpiredToken"):
                    page(0)
            monkeypatch.setenv("AWS_ENDPOINT_URL", url)
            assert page(0).startswith(b"\x89PNG")
            assert made == ["s3"] * 3, "another for another store, and after a failure"


def test_files_that_were_not_read_are_counted_and_listed_with_their_reasons(client: httpx.Client) -> None:
    left_out = client.get("/documents").json()["left_out"]
    assert left_out["total"] == 3
    assert left_out["by_kind"] == {"damaged": 1, "empty": 1, "unknown format": 1}
    assert [file["path"] for file in left_out["files"]] == ["broken.docx", "empty.pdf", "photo.png"]
    assert left_out["files"][2] == {
        "path": "photo.png", "reason": "has no known format", "in_part": False, "kind": "unknown format",
    }  # fmt: skip
