"""The characters of a page at pdfium's own indexes, and the fonts that show them."""

import ctypes
import re
from itertools import repeat
from typing import Any

import pypdfium2.raw as pdfium

from quotewise.index.formats.pdf.document import address, function

_TEX = dict(zip("\x0b\x0c\r\x0e\x0f\x1b\x1c\x1d\x1e\x1f", 2 * "\ufb00\ufb01\ufb02\ufb03\ufb04", strict=True)) | dict(
    zip("\x10\x11\x12\x13\x14\x15\x16\x88", "“”„«»–—•", strict=True)
)
_OF_TEX = re.compile("[\x0b\x0c\x0e-\x16\x1b-\x1f\x88]|\r(?!\n)")
_at = ctypes.c_size_t
_unicode = function("FPDFText_GetUnicode", ctypes.c_uint, _at, ctypes.c_int)
text_object = function("FPDFText_GetTextObject", _at, _at, ctypes.c_int)
font_of = function("FPDFTextObj_GetFont", _at, _at)


def characters_of(text: Any, count: int) -> str:
    """The characters of a page at pdfium's own indexes, which those of its text are not always."""
    buffer = (ctypes.c_ushort * (count + 1))()
    taken = pdfium.FPDFText_GetText(text, 0, count, buffer)
    shown = bytes(buffer).decode("utf-16-le", "surrogatepass")[:count]
    handle = address(text)
    if taken != count + 1 or len(shown) != count or "\0" in shown:
        return "".join(chr(code) if code < 0x110000 else "\ufffd" for code in map(_unicode, repeat(handle), range(count)))
    if "\ufffe" in shown:  # also what pdfium writes for a glyph of which no font says the character
        return re.sub("\ufffe", lambda found: found[0] if _unicode(handle, found.start()) == 2 else "\ufffd", shown)
    return shown


def with_tex_characters(text: int, characters: str) -> str:
    """The characters of a page, of which those that TeX draws as pictures of its own are what they show: ligatures, dashes.

    Such a font has no name, and its characters are the codes of TeX's encodings T1, OT1 and, for the bullet, TS1.
    """

    def shown(found: re.Match[str]) -> str:
        drawn = text_object(text, found.start())
        font = font_of(drawn) if drawn else 0
        return _TEX[found[0]] if font and not font_name(font) else found[0]

    return _OF_TEX.sub(shown, characters)


def font_name(font: int) -> str:
    """The name of a font, empty for one whose letters are drawn."""
    buffer = ctypes.create_string_buffer(256)
    handle = ctypes.cast(font, pdfium.FPDF_FONT)
    pdfium.FPDFFont_GetBaseFontName(handle, buffer, 256)
    return buffer.value.decode("utf-8", "replace")
