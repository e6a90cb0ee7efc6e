"""The bytes of a page or mail into text, as browsers decode it: what they read the name of a character set as."""

import re
from codecs import lookup

from quotewise.index.encodings import decode

_META_CHARSET = re.compile(rb"<meta[^>]{1,300}?charset\s*=\s*[\"']?\s*([\w:.-]{2,40})", re.IGNORECASE)
_XML_ENCODING = re.compile(rb"\A\s*<\?xml[^>]{1,200}?encoding\s*=\s*[\"']([\w:.-]{2,40})")
_COMMENT = re.compile(rb"<!--.*?-->", re.DOTALL)
_CHARSET_REACH = 1_000_000
_WEB_CODECS = {"iso8859-1": "cp1252", "ascii": "cp1252", "iso8859-9": "cp1254", "gb2312": "gb18030", "gbk": "gb18030"} | {
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "big5": "big5hkscs",
    "tis-620": "cp874",
    "iso8859-11": "cp874",
}
"""What browsers read these names as (WHATWG Encoding Standard, section 4.2)."""
_LABELS = {"x-sjis": "cp932", "windows-31j": "cp932", "x-gbk": "gb18030", "windows-874": "cp874", "dos-874": "cp874"} | {
    "x-mac-cyrillic": "mac_cyrillic",
    "x-mac-roman": "mac_roman",
    "x-euc-jp": "euc_jp",
    "x-x-big5": "big5hkscs",
    "iso-8859-8-i": "iso8859_8",
    "unicode-1-1-utf-8": "utf-8",
}
"""Names that Python has no codec for."""
_CODE_PAGES = {
    **{65001: "utf-8", 20127: "windows-1252", 936: "gb18030", 54936: "gb18030", 52936: "hz"},
    **{50220: "iso-2022-jp", 50221: "iso-2022-jp", 50222: "iso-2022-jp", 51932: "euc-jp", 20932: "euc-jp", 51949: "cp949"},
    **{50225: "iso-2022-kr", 1361: "johab", 20866: "koi8-r", 21866: "koi8-u", 38598: "iso-8859-8-i", 10000: "macintosh"},
    **{10001: "cp932", 10006: "mac_greek", 10007: "mac_cyrillic", 10029: "mac_latin2", 10081: "mac_turkish"},
}
_JIS_RUN = re.compile(rb"\x1b(?:\$[@B](?P<double>[^\x1b\r\n]*)|\(I(?P<kana>[^\x1b\r\n]*)|\([BJ])")


def decoded(data: bytes) -> str:
    """The text of a page as browsers decode it: a byte order mark, UTF-8 that is valid, and then what the page declares."""
    marked = data.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff"))
    if not marked and b"\0" not in data[:1_000] and not is_utf8(data):
        head = _COMMENT.sub(b"", data[:_CHARSET_REACH])
        declared = _XML_ENCODING.search(head) or _META_CHARSET.search(head)
        label = declared[1].decode("ascii").lower() if declared else ""
        if label and not label.startswith(("utf-8", "utf8", "utf-16", "utf-32")):
            text = decoded_as(data, label)
            if text is not None:
                return text.replace("\0", "")
    return decode(data).text.removeprefix("\ufeff")


def decoded_as(data: bytes, label: str) -> str | None:
    """The text of bytes in what is called so in pages and mails; None for a name that means no character set."""
    try:
        codec = _LABELS.get(label.lower()) or lookup(label).name
        codec = _WEB_CODECS.get(codec, codec)
        if codec == "iso2022_jp":
            data, codec = _as_shift_jis(data), "cp932"
        return data.decode(codec, "replace")
    except (LookupError, UnicodeError, ValueError):
        return None


def code_page(number: int) -> str:
    """What pages and mails call the character set of a code page of Windows."""
    named = _CODE_PAGES.get(number)
    if named is None and 28591 <= number <= 28605:
        return f"iso-8859-{number - 28590}"
    return named or f"cp{number}"


def _as_shift_jis(data: bytes) -> bytes:
    """ISO-2022-JP with the signs of NEC and IBM that mails have in it, such as ①, in the Shift JIS of Windows."""

    def converted(run: re.Match[bytes]) -> bytes:
        if run["kana"]:
            return bytes(byte | 0x80 for byte in run["kana"])
        pairs = run["double"] or b""
        made = bytearray()
        for row, cell in zip(pairs[::2], pairs[1::2], strict=False):
            made.append((row + 1) // 2 + (0x70 if row < 0x5F else 0xB0))
            made.append(cell + 0x7E if row % 2 == 0 else cell + (0x1F if cell < 0x60 else 0x20))
        return bytes(made)

    return _JIS_RUN.sub(converted, data)


def is_utf8(data: bytes, label: str = "") -> bool:
    """Whether bytes are UTF-8 and not ASCII; of those that are called something else, only what that cannot be.

    Each text is possible in a codec of single bytes, but hardly one that is UTF-8 by chance.
    """
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    if data.isascii():
        return False
    text = decoded_as(data, label) if label else None
    return text is None or "\ufffd" in text or len(text) == len(data)
