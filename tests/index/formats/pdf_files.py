"""Small PDF files for tests, written here: pages of lines at known places in the standard fonts, and damaged ones."""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import md5

FONTS = {"regular": "Helvetica", "bold": "Helvetica-Bold", "code": "Courier", "serif": "Times-Roman"}


@dataclass(frozen=True)
class Line:
    """Text whose baseline starts ``x`` points from the left and ``y`` points from the top of an unturned page."""

    text: str
    x: float = 72
    y: float = 72
    size: float = 11
    font: str = "regular"
    mode: int = 0
    """3 is invisible."""
    turn: int = 0
    """Degrees counterclockwise."""


@dataclass(frozen=True)
class Page:
    """A page; ``rotate`` is in degrees clockwise, ``crop`` the visible rectangle, ``picture`` covers all of it."""

    lines: Sequence[Line] = ()
    rotate: int = 0
    width: float = 612
    height: float = 792
    crop: tuple[float, float, float, float] | None = None
    picture: bool = False
    annotations: Sequence[str] = ()
    glyphs: str = ""
    """Operators that use the font ``/U``, whose glyphs stand for the texts of ``Pdf.meanings``, or the font ``/T`` of TeX."""


@dataclass
class Pdf:
    """A document."""

    pages: Sequence[Page]
    title: str = ""
    outline: Sequence[tuple[str, int]] = ()
    """Titles with the indexes of their pages."""
    labels: str = ""
    meanings: Sequence[str] = ()
    """What each glyph of the font ``/U`` stands for; each is 600 units wide."""
    more: str = ""
    """Further entries of the catalogue."""
    trailer: str = ""
    objects: list[bytes] = field(default_factory=list)

    def write(self) -> bytes:
        """The bytes of the file."""
        self.objects = [b"", b""]  # the catalogue and the tree of pages
        fonts = " ".join(f"/{name[0].upper()} {self._font(base)}" for name, base in FONTS.items())
        if any("/T " in page.glyphs for page in self.pages):
            fonts += f" /T {self._drawn_font()}"
        if self.meanings:
            fonts += f" /U {self._unicode_font()}"
        picture = self._add(b"<< /Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray"
                            b" /BitsPerComponent 8 /Length 1 >>\nstream\n\x7f\nendstream")  # fmt: skip
        kids = [self._page(page, fonts, picture) for page in self.pages]
        self.objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>".encode()
        outlines = self._outlines(kids) if self.outline else ""
        labels = f"/PageLabels << /Nums [{self.labels}] >>" if self.labels else ""
        self.objects[0] = f"<< /Type /Catalog /Pages 2 0 R {outlines} {labels} {self.more} >>".encode()
        info = self._add(b"<< /Title <FEFF" + self.title.encode("utf-16-be").hex().encode() + b"> >>")
        return assemble(self.objects, f"/Info {info} {self.trailer}")

    def _add(self, content: bytes) -> str:
        self.objects.append(content)
        return f"{len(self.objects)} 0 R"

    def _stream(self, content: bytes, entries: str = "") -> str:
        packed = zlib.compress(content)
        head = f"<< {entries} /Filter /FlateDecode /Length {len(packed)} >>\nstream\n".encode()
        return self._add(head + packed + b"\nendstream")

    def _font(self, base: str) -> str:
        return self._add(f"<< /Type /Font /Subtype /Type1 /BaseFont /{base} /Encoding /WinAnsiEncoding >>".encode())

    def _drawn_font(self) -> str:
        """A font whose letters are pictures with no names that mean anything, as TeX makes them: 600 units wide."""
        drawn = self._stream(b"600 0 0 0 500 700 d1 0 0 500 700 re f")
        names = " ".join(f"/a{code}" for code in range(256))
        return self._add(
            "<< /Type /Font /Subtype /Type3 /FontBBox [0 0 600 800] /FontMatrix [0.001 0 0 0.001 0 0] /FirstChar 0"
            f" /LastChar 255 /Widths [{'600 ' * 256}] /Encoding << /Differences [0 {names}] >> /Resources << >>"
            f" /CharProcs << {' '.join(f'/a{code} {drawn}' for code in range(256))} >> >>".encode()
        )

    def _unicode_font(self) -> str:
        entries = "\n".join(f"<{code:04X}> <{text.encode('utf-16-be').hex()}>" for code, text in enumerate(self.meanings, 1))
        cmap = (
            "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def /CMapType 2 def\n"
            f"1 begincodespacerange <0000> <FFFF> endcodespacerange\n{len(self.meanings)} beginbfchar\n{entries}\nendbfchar\n"
            "endcmap end end"
        )
        unicode = self._stream(cmap.encode())
        descriptor = self._add(
            b"<< /Type /FontDescriptor /FontName /Helvetica /Flags 32 /FontBBox [0 -200 600 800] /ItalicAngle 0 /Ascent 800"
            b" /Descent -200 /CapHeight 700 /StemV 80 >>"
        )
        descendant = self._add(
            "<< /Type /Font /Subtype /CIDFontType2 /BaseFont /Helvetica /CIDSystemInfo << /Registry (Adobe)"
            f" /Ordering (Identity) /Supplement 0 >> /FontDescriptor {descriptor} /DW 600 >>".encode()
        )
        return self._add(
            "<< /Type /Font /Subtype /Type0 /BaseFont /Helvetica /Encoding /Identity-H"
            f" /DescendantFonts [{descendant}] /ToUnicode {unicode} >>".encode()
        )

    def _page(self, page: Page, fonts: str, picture: str) -> str:
        drawn = [_drawn(line, page) for line in page.lines]
        if page.picture:
            drawn.insert(0, f"q {page.width} 0 0 {page.height} 0 0 cm /P Do Q")
        content = self._stream("\n".join([*drawn, page.glyphs]).encode("cp1252"))
        crop = f"/CropBox [{' '.join(map(str, page.crop))}]" if page.crop else ""
        notes = " ".join(self._add(note.encode()) for note in page.annotations)
        return self._add(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {page.width} {page.height}] {crop} /Rotate {page.rotate}"
            f" /Contents {content} /Annots [{notes}]"
            f" /Resources << /Font << {fonts} >> /XObject << /P {picture} >> >> >>".encode()
        )

    def _outlines(self, kids: Sequence[str]) -> str:
        first = len(self.objects) + 2
        last = first + len(self.outline) - 1
        root = self._add(f"<< /Type /Outlines /First {first} 0 R /Last {last} 0 R /Count {len(self.outline)} >>".encode())
        for number, (title, page) in enumerate(self.outline):
            following = f"/Next {first + number + 1} 0 R" if number + 1 < len(self.outline) else ""
            self._add(f"<< /Title ({title}) /Parent {root} {following} /Dest [{kids[page]} /Fit] >>".encode())
        return f"/Outlines {root}"


def _drawn(line: Line, page: Page) -> str:
    text = line.text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
    turns = {0: "1 0 0 1", 90: "0 1 -1 0", 180: "-1 0 0 -1", 270: "0 -1 1 0"}
    place = f"{turns[line.turn]} {line.x} {page.height - line.y} Tm"
    return f"BT /{line.font[0].upper()} {line.size} Tf {line.mode} Tr {place} ({text}) Tj ET"


def assemble(objects: Sequence[bytes], trailer: str = "") -> bytes:
    """A PDF file of objects, of which the first is the catalogue."""
    file = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
    offsets = []
    for number, content in enumerate(objects, 1):
        offsets.append(len(file))
        file += f"{number} 0 obj\n".encode() + content + b"\nendobj\n"
    start = len(file)
    file += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    file += b"".join(f"{offset:010} 00000 n \n".encode() for offset in offsets)
    file += f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R {trailer} >>\nstartxref\n{start}\n%%EOF\n".encode()
    return bytes(file)


def column(text: str, x: float = 72, y: float = 100, leading: float = 13, **style: object) -> list[Line]:
    """The lines of a text, one below the other."""
    return [Line(line, x, y + leading * number, **style) for number, line in enumerate(text.split("\n"))]  # type: ignore[arg-type]


def wrapped(words: Sequence[str], characters: int) -> list[str]:
    """Words in lines of at most so many characters."""
    lines = [""]
    for word in words:
        if lines[-1] and len(lines[-1]) + 1 + len(word) > characters:
            lines.append("")
        lines[-1] += (" " if lines[-1] else "") + word
    return lines


def encrypted() -> bytes:
    """A file whose password is not the empty one."""
    keys = f"<{'41' * 32}>"
    return Pdf(
        [Page([Line("Secret.")])],
        trailer=f"/ID [<00> <00>] /Encrypt << /Filter /Standard /V 1 /R 2 /O {keys} /U {keys} /P -4 >>",
    ).write()


def locked(text: str, password: str) -> bytes:
    """A file of one line that is encrypted with a password: RC4 with 40 bits, ISO 32000-1, 7.6.3."""
    padding = bytes.fromhex("28BF4E5E4E758A4164004E56FFFA01082E2E00B6D0683E802F0CA9FE6453697A")
    user = (password.encode("latin-1") + padding)[:32]
    owner = _rc4(md5(user).digest()[:5], user)
    key = md5(user + owner + b"\xfc\xff\xff\xff" + b"\0").digest()[:5]
    content = _rc4(md5(key + b"\4\0\0\0\0").digest()[:10], f"BT /R 11 Tf 72 720 Td ({text}) Tj ET".encode("cp1252"))
    return assemble(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R"
            b" /Resources << /Font << /R << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>",
            f"<< /Length {len(content)} >>\nstream\n".encode() + content + b"\nendstream",
            f"<< /Filter /Standard /V 1 /R 2 /P -4 /O <{owner.hex()}> /U <{_rc4(key, padding).hex()}> >>".encode(),
        ],
        "/Encrypt 5 0 R /ID [<00> <00>]",
    )


def _rc4(key: bytes, data: bytes) -> bytes:
    state, j, out = list(range(256)), 0, bytearray()
    for i in range(256):
        j = (j + state[i] + key[i % len(key)]) % 256
        state[i], state[j] = state[j], state[i]
    i = j = 0
    for byte in data:
        i = (i + 1) % 256
        j = (j + state[i]) % 256
        state[i], state[j] = state[j], state[i]
        out.append(byte ^ state[(state[i] + state[j]) % 256])
    return bytes(out)


def cyclic() -> bytes:
    """A file whose tree of pages contains itself."""
    return assemble([b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 2 /Parent 2 0 R >>"])


def bomb(megabytes: int) -> bytes:
    """A file with a page whose content grows to so many megabytes of text operators."""
    packer = zlib.compressobj(9)
    piece = b"BT /R 9 Tf 1 0 0 1 72 72 Tm (boom boom boom boom boom) Tj ET\n" * 16_000
    content = b"".join([*(packer.compress(piece) for _ in range(megabytes)), packer.flush()])
    return assemble(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R"
            b" /Resources << /Font << /R << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>",
            f"<< /Filter /FlateDecode /Length {len(content)} >>\nstream\n".encode() + content + b"\nendstream",
        ]
    )
