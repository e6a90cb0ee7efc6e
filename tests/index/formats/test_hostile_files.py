"""Files that would run, fetch or grow without end: each is read as far as it goes, or refused with its reason."""

import os
import zipfile
from collections.abc import Iterator, Mapping
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler
from io import BytesIO
from pathlib import Path

import pytest

from quotewise.api.cli import main
from quotewise.index.errors import DocumentError
from quotewise.index.left_out import LeftOut
from quotewise.index.local_store import LocalStore
from tests.http_server import served
from tests.index.conftest import at_most
from tests.index.formats.files import docx, p, parse_document, relations, xlsx, zipped
from tests.index.formats.pdf_files import Line, Page, Pdf, cyclic
from tests.index.formats.test_office import odf, presented
from tests.index.syncing import Run, indexed

PROSE = "The whales sing at night."
SECRET = "The treasure is under the stairs."


@pytest.fixture
def requested() -> Iterator[tuple[str, list[str]]]:
    """The address of a server, and the paths that it was asked for."""
    paths: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            paths.append(self.path)
            self.send_response(200)
            self.end_headers()

    with served(Handler) as address:
        yield address, paths


def with_members(data: bytes, **members: str | bytes) -> bytes:
    """An Office file with further members; two underscores stand for a slash, one at the end for an ending."""
    file = BytesIO(data)
    with zipfile.ZipFile(file, "a") as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/").replace("_", "."), content)
    return file.getvalue()


def external(url: str) -> str:
    """Relations of an Office file that lead out of it."""
    entries = relations({"r1": ("attachedTemplate", url), "r2": ("image", url), "r3": ("oleObject", url)})
    return entries.replace("/>", ' TargetMode="External"/>')


def active_files(url: str, secret: Path) -> Mapping[str, bytes]:
    """A file of each kind that names the address and the path wherever a program would open them by itself."""
    page = f'<link rel="stylesheet" href="{url}/css"><script src="{url}/js"></script><iframe src="{url}/frame"></iframe>'
    page += f'<p>{PROSE}</p><img src="{url}/img"><object data="file://{secret}"></object><script>fetch("{url}/run")</script>'
    mail = EmailMessage()
    mail["Subject"] = "Whales"
    mail.set_content(f"<html><body>{page}</body></html>", subtype="html")
    field = f'<w:p><w:r><w:instrText>INCLUDETEXT "file://{secret}" DDEAUTO cmd "{url}"</w:instrText></w:r></w:p>'
    action = f"<< /S /JavaScript /JS (app.launchURL\\({url}/pdf\\); this.getURL\\({url}\\)) >>"
    launch = f"<< /Type /Annot /Subtype /Link /Rect [0 0 99 99] /A << /S /Launch /F ({secret}) >> /AA << /PO {action} >> >>"
    formula = f'<c r="A1" t="str"><f>WEBSERVICE("{url}/cell")</f><v>{PROSE}</v></c>'
    return {
        "page.html": page.encode(),
        "mail.eml": mail.as_bytes(),
        "letter.docm": with_members(
            docx(p(PROSE) + field), word__vbaProject_bin=b"Sub AutoOpen", word___rels__settings_xml_rels=external(url)
        ),
        "sheet.xlsm": with_members(
            xlsx({"A": f'<row r="1">{formula}</row>'}),
            xl__vbaProject_bin=b"Sub Auto_Open",
            xl__externalLinks___rels__externalLink1_xml_rels=external(url),
        ),
        "form.pdf": Pdf(
            [Page([Line(PROSE)], annotations=[launch])],
            more=f"/OpenAction {action} /AA << /WC {action} >> /Names << /JavaScript << /Names [(a) {action}] >> >>",
        ).write(),
        "include.rst": f"{PROSE}\n\n.. include:: {secret}\n".encode(),
        "include.adoc": f"{PROSE}\n\ninclude::{secret}[]\n\ninclude::{url}/adoc[]\n".encode(),
        "include.tex": f"{PROSE}\n\n\\input{{{secret}}}\n".encode(),
        "include.org": f'{PROSE}\n\n#+INCLUDE: "{secret}"\n'.encode(),
        "entity.xml": f'<!DOCTYPE a [<!ENTITY x SYSTEM "file://{secret}">]><a>{PROSE} &x;</a>'.encode(),
    }


def test_nothing_in_a_file_is_run_fetched_or_included(
    store: LocalStore, folder: Path, tmp_path: Path, sync: Run, requested: tuple[str, list[str]]
) -> None:
    url, paths = requested
    (tmp_path / "secret.txt").write_text(SECRET)
    files = active_files(url, tmp_path / "secret.txt")
    for name, data in files.items():
        (folder / name).write_bytes(data)
    report = sync()
    assert (set(report.added), report.failed) == (files.keys(), ())
    for name, text in indexed(store).items():
        assert (PROSE in text, SECRET in text) == (True, False), name
    assert paths == []


LAUGHS = '<!ENTITY l0 "ha">' + "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("bomb.docx", zipped({"word/document.xml": bytes(90_000_000)}), r"unpacks to more than 80,000,000 bytes"),
        (
            "laughs.docx",
            zipped({"word/document.xml": f'<!DOCTYPE d [{LAUGHS}]><d xmlns="{W}">&l9;</d>'}),
            "stopped at a limit: word/document.xml declares XML entities",
        ),
        (
            "outside.docx",
            zipped({"word/document.xml": f'<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><d xmlns="{W}">&x;</d>'}),
            "stopped at a limit: word/document.xml declares XML entities",
        ),
        *(
            (
                f"laughs.{ending}",
                zipped({part: f"<!DOCTYPE d [{LAUGHS}]><d>&l9;</d>"}),
                f"stopped at a limit: {part} declares XML",
            )
            for ending, part in (
                *(("xlsx", "xl/workbook.xml"), ("pptx", "ppt/presentation.xml"), ("odt", "content.xml")),
                *(("epub", "META-INF/container.xml"),),
            )
        ),
        ("deep.odt", odf(f"<office:text>{'<text:section>' * 10_000}"), "nested deeper than 256"),
        ("deep.pptx", presented("<p:grpSp>" * 10_000), "has nothing to read but slide 1, which is stopped at a limit"),
        ("deep.eml", b"Subject: a\nContent-Type: text/html\n\n" + b"<div>" * 10_000, "nested deeper than 2,048"),
        ("deep.ipynb", b'{"cells":' + b"[" * 100_000, "is stopped at a limit: its JSON is nested too deep"),
        ("cyclic.pdf", cyclic(), "is damaged: none of its pages can be read"),
        ("deep.docx", docx("<w:p>" * 10_000 + "</w:p>" * 10_000), "nested deeper than 256"),
    ],
)
def test_what_grows_or_leads_outside_is_stopped_and_named(name: str, data: bytes, reason: str) -> None:
    with at_most(120), pytest.raises(DocumentError, match=reason):
        parse_document(name, data)


def test_a_sheet_of_elements_nested_too_deep_is_named() -> None:
    assert "is stopped at a limit: xl/worksheets" in str(parse_document("a.xlsx", xlsx({"A": "<row>" * 10_000})).unread_part)


def huge_workbook() -> bytes:
    """A sheet of costs, and one of ten million cells, in some 200 KB."""
    data = BytesIO(xlsx({"Costs": f'<row r="1"><c r="A1" t="str"><v>{PROSE}</v></c></row>', "Huge": ""}))
    with zipfile.ZipFile(data) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    start, end = members.pop("xl/worksheets/sheet1.xml").split(b"</sheetData>")
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
        with archive.open("xl/worksheets/sheet1.xml", "w") as member:
            member.write(start)
            for _ in range(100):
                member.write((b"<row>" + b"<c><v>1</v></c>" * 1_000 + b"</row>") * 100)
            member.write(b"</sheetData>" + end)
    return packed.getvalue()


def test_a_sheet_of_ten_million_cells_is_named_and_the_other_sheet_is_read() -> None:
    document = parse_document("a.xlsx", huge_workbook())
    assert PROSE in document.text
    assert "the sheet Huge or a part of it, which is stopped at a limit" in str(document.unread_part)


def test_ten_million_cells_by_repetition_are_stopped_at_the_limit_which_is_named() -> None:
    names = (
        'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
        'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
    )
    cell = f'<table:table-cell table:number-columns-repeated="10000"><text:p>{PROSE}</text:p></table:table-cell>'
    row = f'<table:table-row table:number-rows-repeated="1000">{cell}</table:table-row>'
    body = f'<office:spreadsheet><table:table table:name="A">{row}</table:table></office:spreadsheet>'
    content = f"<office:document-content {names}><office:body>{body}</office:body></office:document-content>"
    data = zipped({"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": content})
    try:
        document = parse_document("a.ods", data)
    except DocumentError as error:  # where the processor is slow
        left_out = LeftOut("a.ods", str(error))
    else:
        assert PROSE in document.text
        left_out = LeftOut("a.ods", str(document.unread_part), in_part=True)
    assert left_out.kind == "limit"


def test_a_table_of_ten_million_values_is_read_to_its_last_row() -> None:
    data = ",".join(f"c{n}" for n in range(1_000)) + ("\n" + "1," * 999 + "1") * 10_000 + "\nlast"
    document = parse_document("a.csv", data.encode())
    assert document.text.endswith("last") and document.blocks[-1].end == len(document.text)


def test_names_of_any_bytes_are_told_and_harm_no_other_file(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    every = bytes(code for code in range(1, 256) if code != ord("/"))
    for name in (b"a" + every[:120], b"a" + every[120:]):
        Path(os.fsdecode(os.fsencode(folder) + b"/" + name + b".txt")).write_text(PROSE)
    (folder / "fine.txt").write_text(PROSE)
    for options in ([], ["--json"]):
        with pytest.raises(SystemExit) as ended:
            main(["index", str(folder), "--index", str(tmp_path / "index"), *options])
        assert ended.value.code == 0
        captured = capsys.readouterr()
        assert "file name is not valid UTF-8; rename it" in " ".join((captured.out + captured.err).split())
        assert (captured.out + captured.err).replace("\n", "").isprintable()
