"""Small files of every format, made from their parts."""

import struct
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


def xlsx(
    sheets: Mapping[str, str],
    texts: tuple[str, ...] = (),
    styles: str = "",
    hidden: Mapping[str, str] | None = None,
    around: tuple[str, str] = ("", ""),
) -> bytes:
    """An Excel workbook of the rows of each sheet, with shared texts and styles; ``hidden`` has the state of some sheets, and
    ``around`` what stands before and behind the rows of each."""
    main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    states = {name: f' state="{state}"' for name, state in (hidden or {}).items()}
    named = "".join(f'<sheet name="{name}" sheetId="{n}" r:id="s{n}"{states.get(name, "")}/>' for n, name in enumerate(sheets))
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
        members[f"xl/worksheets/sheet{n}.xml"] = (
            f"<worksheet {main}>{around[0]}<sheetData>{rows}</sheetData>{around[1]}</worksheet>"
        )
    return zipped(members)


BOF, BOUND_SHEET, FILE_PASS = 0x809, 0x85, 0x2F


def record(kind: int, content: bytes) -> bytes:
    """A record of a workbook of Excel 97: [MS-XLS] 2.1.4."""
    return struct.pack("<HH", kind, len(content)) + content


def workbook_97(text: str, *settings: bytes) -> bytes:
    """The records of a workbook whose sheet ``Costs`` has a text in its first cell."""
    bof, eof = [record(BOF, struct.pack("<HHHHII", 0x600, kind, 0, 1997, 0, 6)) for kind in (5, 16)], record(10, b"")
    start = len(bof[0]) + sum(map(len, settings)) + 4 + 13 + len(eof)
    sheet = record(BOUND_SHEET, struct.pack("<IHBB", start, 0, 5, 0) + b"Costs")
    label = record(0x204, struct.pack("<HHHHB", 0, 0, 0, len(text), 0) + text.encode("latin-1"))
    return bof[0] + b"".join(settings) + sheet + eof + bof[1] + label + eof


def sheets_97(*sheets: tuple[str, bool, dict[tuple[int, int], str], tuple[tuple[int, int, int, int], ...]]) -> bytes:
    """The records of a workbook of sheets: the name of each, whether it is hidden, its texts by row and column from 0, and the
    first and last rows and columns of the cells that are merged."""
    bof, eof = [record(BOF, struct.pack("<HHHHII", 0x600, kind, 0, 1997, 0, 6)) for kind in (5, 16)], record(10, b"")
    bodies = []
    for _, _, texts_of, merged in sheets:
        labels = b"".join(
            record(0x204, struct.pack("<HHHHB", row, column, 0, len(text), 0) + text.encode("latin-1"))
            for (row, column), text in sorted(texts_of.items())
        )
        spans = record(0xE5, struct.pack("<H", len(merged)) + b"".join(struct.pack("<4H", *one) for one in merged))
        bodies.append(bof[1] + labels + spans + eof)
    start = len(bof[0]) + sum(12 + len(name) for name, *_ in sheets) + len(eof)
    bound = b""
    for (name, is_hidden, *_), body in zip(sheets, bodies, strict=True):
        bound += record(BOUND_SHEET, struct.pack("<IHBB", start, int(is_hidden), len(name), 0) + name.encode("latin-1"))
        start += len(body)
    return bof[0] + bound + eof + b"".join(bodies)


def xls(workbook: bytes) -> bytes:
    """The compound file, [MS-CFB], of at most 60 KB, of a workbook of Excel 97, and of a record without a meaning."""
    stream = workbook + record(0, bytes(max(4092 - len(workbook), -(len(workbook) + 4) % 512)))
    end, free, last = -2, -1, len(stream) // 512 + 1
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(24, b"\0") + struct.pack("<5H6x", 0x3E, 3, 0xFFFE, 9, 6)
    header += struct.pack("<9i109i", 0, 1, 1, 0, 4096, end, 0, end, 0, 0, *[free] * 108)
    sectors = struct.pack("<128i", -3, end, *range(3, last + 1), end, *[free] * (127 - last))

    def entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
        coded = name.encode("utf-16-le")
        return coded.ljust(64, b"\0") + struct.pack("<HBBiii36xiQ", len(coded) + 2, kind, 1, free, free, child, start, size)

    folder = entry("Root Entry", 5, 1, end, 0) + entry("Workbook", 2, free, 2, len(stream))
    return header + sectors + folder.ljust(512, b"\0") + stream


Folder = Mapping[str, "bytes | Folder"]


def compound(tree: Folder) -> bytes:
    """The compound file, [MS-CFB], of small streams in folders, of at most 60 KB together."""
    end, free = -2, -1
    entries, short, chains = [b""], bytearray(), []

    def entry(name: str, kind: int, right: int, child: int, start: int, size: int) -> bytes:
        coded = name.encode("utf-16-le")
        return coded.ljust(64, b"\0") + struct.pack("<HBBiii36xiQ", len(coded) + 2, kind, 1, free, right, child, start, size)

    def add(folder: Folder) -> int:
        right = free
        for name, content in folder.items():
            if isinstance(content, bytes):
                first, count = len(chains), max(1, -(-len(content) // 64))
                chains.extend([*range(first + 1, first + count), end])
                short.extend(content.ljust(count * 64, b"\0"))
                entries.append(entry(name, 2, right, free, first, len(content)))
            else:
                entries.append(entry(name, 1, right, add(content), 0, 0))
            right = len(entries) - 1
        return right

    child = add(tree)
    sizes = [-(-len(entries) // 4), -(-len(chains) // 128), -(-len(short) // 512)]
    starts = [1, 1 + sizes[0], 1 + sizes[0] + sizes[1]]
    entries[0] = entry("Root Entry", 5, free, child, starts[2], len(short))
    fat = [-3]
    for size in sizes:
        fat += [*range(len(fat) + 1, len(fat) + size), end]
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(24, b"\0") + struct.pack("<5H6x", 0x3E, 3, 0xFFFE, 9, 6)
    header += struct.pack("<9i109i", 0, 1, 1, 0, 4096, starts[1], sizes[1], end, 0, 0, *[free] * 108)
    sectors = struct.pack("<128i", *fat, *[free] * (128 - len(fat)))
    short_chains = struct.pack(f"<{sizes[1] * 128}i", *chains, *[free] * (sizes[1] * 128 - len(chains)))
    folders = b"".join(entries).ljust(sizes[0] * 512, b"\0")
    return header + sectors + folders + short_chains + bytes(short).ljust(sizes[2] * 512, b"\0")


def texts(document: Document, *kinds: str) -> list[str]:
    """The texts of the blocks, or of those of some kinds."""
    return [document.text[b.start : b.end] for b in document.blocks if not kinds or b.kind in kinds]


def block(document: Document, text: str) -> Block:
    """The one block that has a text."""
    (found,) = [b for b in document.blocks if text in document.text[b.start : b.end]]
    return found
