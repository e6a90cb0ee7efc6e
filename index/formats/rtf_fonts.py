"""The table of fonts of a file in RTF: in which codec each has its characters, and which have signs in their place."""

import codecs

from quotewise.index.formats.page_encoding import code_page
from quotewise.index.formats.symbols import symbol

_CHARSETS = {
    **{128: "cp932", 129: "cp949", 130: "johab", 134: "gbk", 136: "cp950", 161: "cp1253", 162: "cp1254"},
    **{163: "cp1258", 177: "cp1255", 178: "cp1256", 186: "cp1257", 204: "cp1251", 222: "cp874", 238: "cp1250", 77: "mac_roman"},
    **{254: "cp437"},
}
_OF_SIGNS = ("symbol", "wingdings;")
_NAME_LIMIT = 20


class Fonts:
    """The fonts by number, as the control words and names between those of the table say."""

    def __init__(self) -> None:
        self._codecs: dict[int, str] = {}
        self._names: dict[int, str] = {}
        self._last = 0

    def word(self, word: bytes, number: int | None) -> None:
        """Take a control word of the table."""
        if word == b"f":
            self._last = number or 0
        elif word == b"fcharset" and number in _CHARSETS:
            self._codecs[self._last] = _CHARSETS[number]
        elif word == b"cpg" and number:
            self._codecs[self._last] = codec_of(number)

    def name(self, text: str) -> None:
        """Take a part of the name of a font, which ends with a semicolon."""
        self._names[self._last] = (self._names.get(self._last, "") + text.lower()).lstrip()[:_NAME_LIMIT]

    def decoded(self, data: bytes, font: int, codec: str) -> str:
        """What is written in a font, or in a codec where the font has none."""
        return data.decode(self._codecs.get(font) or codec, "replace")

    def shown(self, data: bytes, font: int, codec: str) -> str:
        """What a font shows of text."""
        name = self._names.get(font, "")
        return "".join(symbol(code, name) for code in data) if name.startswith(_OF_SIGNS) else self.decoded(data, font, codec)

    def character(self, code: int, font: int) -> str:
        """What a font shows of a character of Unicode."""
        name = self._names.get(font, "")
        return symbol(code, name) if name.startswith(_OF_SIGNS) and 0xF000 <= code <= 0xF0FF else chr(code)


def codec_of(number: int | None) -> str:
    """The codec of a code page of Windows."""
    try:
        return codecs.lookup(code_page(number or 0)).name
    except LookupError:
        return "cp1252"
