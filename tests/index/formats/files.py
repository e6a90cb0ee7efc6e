"""Small files of every format, made from their parts."""

import zipfile
from collections.abc import Mapping
from io import BytesIO

from quotewise.index.documents import Document
from quotewise.index.documents import parse_document as parse_document
from quotewise.index.formats.parsed import Block

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MC = "http://schemas.openxmlformats.org/markup-compatibility/2006"
_M = "http://schemas.openxmlformats.org/officeDocument/2006/math"
_NAMES = f'xmlns:w="{_W}" xmlns:r="{_R}" xmlns:mc="{_MC}" xmlns:m="{_M}" xmlns:v="urn:schemas-microsoft-com:vml"'
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"


def zipped(members: Mapping[str, str | bytes]) -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()


def relations(targets: Mapping[str, tuple[str, str]]) -> str:
    """The part of an Office file that names others: by id, the kind of each and its path."""
    entries = "".join(f'<Relationship Id="{i}" Type="{_R}/{kind}" Target="{path}"/>' for i, (kind, path) in targets.items())
    return f'<Relationships xmlns="{_RELATIONS}">{entries}</Relationships>'


def docx(body: str, **parts: str) -> bytes:
    """A Word document of a body and its other parts by name: ``styles``, ``footnotes``, ``header``."""
    roots = {"header": "hdr", "footer": "ftr"}
    related = {f"r{n}": (kind, f"{kind}.xml") for n, kind in enumerate(parts)}
    members = {
        "word/document.xml": f"<w:document {_NAMES}><w:body>{body}</w:body></w:document>",
        "word/_rels/document.xml.rels": relations(related),
    }
    for kind, content in parts.items():
        root = f"w:{roots.get(kind, kind)}"
        members[f"word/{kind}.xml"] = f"<{root} {_NAMES}>{content}</{root}>"
    return zipped(members)


def p(text: str, style: str = "", properties: str = "") -> str:
    """A paragraph of Word with one run."""
    named = f'<w:pStyle w:val="{style}"/>' if style else ""
    return f'<w:p><w:pPr>{named}{properties}</w:pPr><w:r><w:t xml:space="preserve">{text}</w:t></w:r></w:p>'


def xlsx(sheets: Mapping[str, str], texts: tuple[str, ...] = (), styles: str = "") -> bytes:
    """An Excel workbook of the rows of each sheet, with shared texts and styles."""
    main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    named = "".join(f'<sheet name="{name}" sheetId="{n}" r:id="s{n}"/>' for n, name in enumerate(sheets))
    related = {f"s{n}": ("worksheet", f"worksheets/sheet{n}.xml") for n in range(len(sheets))}
    members = {
        "xl/workbook.xml": f'<workbook {main} xmlns:r="{_R}"><sheets>{named}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": relations(
            {**related, "t": ("sharedStrings", "sharedStrings.xml"), "y": ("styles", "styles.xml")}
        ),
        "xl/sharedStrings.xml": f"<sst {main}>{''.join(f'<si><t>{text}</t></si>' for text in texts)}</sst>",
        "xl/styles.xml": f"<styleSheet {main}>{styles}</styleSheet>",
    }
    for n, rows in enumerate(sheets.values()):
        members[f"xl/worksheets/sheet{n}.xml"] = f"<worksheet {main}><sheetData>{rows}</sheetData></worksheet>"
    return zipped(members)


def texts(document: Document, *kinds: str) -> list[str]:
    """The texts of the blocks, or of those of some kinds."""
    return [document.text[b.start : b.end] for b in document.blocks if not kinds or b.kind in kinds]


def block(document: Document, text: str) -> Block:
    """The one block that has a text."""
    (found,) = [b for b in document.blocks if text in document.text[b.start : b.end]]
    return found
