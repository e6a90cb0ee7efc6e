"""Pages of scans, with the text that OCR read on them."""

import hashlib
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from quotewise.api.cli import main
from quotewise.index.errors import DocumentError
from quotewise.index.formats import FORMATS, ParseOptions, pdf
from quotewise.index.layout import Box
from quotewise.index.recognised import RecognisedLine, RecognisedPage, RecognisedPages
from quotewise.index.recognition import recognise
from quotewise.index.sentences import Span
from tests.index.formats.files import parse_document
from tests.index.formats.pdf_files import Line, Page, Pdf

RENT = "The rent is 40 euros"
FIRST, LAST = Box(2, 0.1, 0.1, 0.5, 0.13), Box(2, 0.1, 0.14, 0.4, 0.17)
READ = RecognisedPage(2, (RecognisedLine(RENT, FIRST, 0.9), RecognisedLine("a month.", LAST, 0.8)))
MIXED = Pdf([Page([Line("The lease of the mill.")]), Page(picture=True), Page(picture=True)], labels="0 << /S /r >>").write()


def test_the_text_of_a_scanned_page_stands_on_it_with_its_boxes_and_the_confidence_of_its_recognition() -> None:
    assert pdf.scanned_pages(MIXED) == (2, 3)
    parsed = pdf.parse(MIXED, recognised=(READ, RecognisedPage(3, ())))
    assert parsed.text == f"The lease of the mill.\n\n{RENT} a month."
    assert parsed.unread_part == "1 of 3 pages (3), no text layer"
    start = parsed.text.index(RENT)
    assert parsed.layout.printed(Span(start, len(parsed.text))) == "page 2 (ii, OCR 87%)"
    assert pdf.boxes(MIXED, parsed.layout, Span(start, start + 3)) == (FIRST,)
    assert pdf.boxes(MIXED, parsed.layout, Span(start, len(parsed.text))) == (FIRST, LAST)
    assert len(pdf.boxes(MIXED, parsed.layout, Span(0, 5))) == 1


def test_a_page_that_has_text_keeps_it_and_a_scan_without_any_is_refused() -> None:
    assert pdf.parse(MIXED, recognised=(RecognisedPage(1, READ.lines),)).text == "The lease of the mill."
    with pytest.raises(DocumentError, match="has no text layer, 1 page, and OCR finds no text on it"):
        pdf.parse(Pdf([Page(picture=True)]).write(), recognised=(RecognisedPage(1, ()),))


def test_recognised_pages_are_kept_by_the_bytes_of_their_file_and_damaged_ones_are_read_again(tmp_path: Path) -> None:
    pages = RecognisedPages(tmp_path / "ocr")
    for page in (RecognisedPage(10, ()), READ):
        pages.put(MIXED, page)
    assert pages.of(MIXED) == (READ, RecognisedPage(10, ())) and pages.of(b"other") == ()
    assert RENT in parse_document("a.pdf", MIXED, ParseOptions(recognised=pages)).text
    digest = hashlib.sha256(MIXED).hexdigest()
    (tmp_path / "ocr" / digest / "10.json").write_text('[["cut')
    assert pages.of(MIXED) == (READ,)
    pages.keep_only({digest})
    assert pages.of(MIXED)
    pages.keep_only(())
    assert pages.of(MIXED) == ()


@pytest.mark.skipif(find_spec("rapidocr") is not None, reason="the extra ocr is installed")
def test_without_the_package_the_command_says_how_to_install_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.txt").write_text(RENT)
    with pytest.raises(SystemExit) as ended:
        main(["index", str(tmp_path), "--index", str(tmp_path / "index"), "--ocr"])
    assert (ended.value.code, "pip install 'quotewise[ocr]'" in capsys.readouterr().err) == (1, True)


def scanned(*texts: str) -> bytes:
    """A PDF file of pictures of pages, each with a line of text."""
    drawn = Pdf([Page([Line(text, size=16)]) for text in texts]).write()
    images = [Image.open(BytesIO(FORMATS[".pdf"].page_image(drawn, n, (), 800))) for n in range(1, len(texts) + 1)]
    file = BytesIO()
    images[0].save(file, "PDF", save_all=True, append_images=images[1:])
    return file.getvalue()


@pytest.mark.skipif(find_spec("rapidocr") is None, reason="needs the extra ocr")
def test_scans_are_indexed_by_their_recognised_text_and_pages_that_were_read_are_not_read_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, data = tmp_path / "folder", scanned(f"{RENT}.", "It is due in May.")
    folder.mkdir()
    (folder / "scan.pdf").write_bytes(data)
    pages = RecognisedPages(tmp_path / "index" / "ocr")
    pages.put(data, RecognisedPage(2, READ.lines))
    with pytest.raises(SystemExit) as ended:
        main(["index", str(folder), "--index", str(tmp_path / "index"), "--ocr", "--strict"])
    assert (ended.value.code, "1 added" in capsys.readouterr().out) == (0, True)
    first, second = pages.of(data)
    assert "".join(line.text for line in first.lines).replace(" ", "") == f"{RENT}.".replace(" ", "")
    assert second == RecognisedPage(2, READ.lines) and first.confidence > 0.9
    assert recognise("scan.pdf", data, pages)
