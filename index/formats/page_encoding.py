"""The bytes of a page into text, as browsers decode it."""

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


def decoded(data: bytes) -> str:
    """The text of a page as browsers decode it: a byte order mark, UTF-8 that is valid, and then what the page declares."""
    marked = data.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff"))
    if not marked and b"\0" not in data[:1_000] and not _is_utf8(data):
        head = _COMMENT.sub(b"", data[:_CHARSET_REACH])
        declared = _XML_ENCODING.search(head) or _META_CHARSET.search(head)
        codec = _codec(declared[1].decode("ascii")) if declared else None
        if codec and not codec.startswith(("utf-8", "utf-16", "utf-32")):
            return data.decode(codec, "replace").replace("\0", "")
    return decode(data).text.removeprefix("\ufeff")


def _codec(label: str) -> str | None:
    try:
        name = lookup(label).name
    except LookupError:
        return None
    return _WEB_CODECS.get(name, name)


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return not data.isascii()
