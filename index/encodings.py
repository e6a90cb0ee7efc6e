"""Bytes into text: the codec follows from a byte order mark, from UTF-8 itself, from zero bytes, or from the letters."""

import codecs
import re
import unicodedata
from collections import Counter
from contextlib import suppress
from typing import NamedTuple

import charset_normalizer

from quotewise.index.errors import DocumentError
from quotewise.index.scripts import likeliest

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SHIFTS = re.compile(rb"\x1b\$[@B][!-~]{2,}\x1b\([BJ]")
"""Between which ISO-2022-JP has Japanese characters."""
_CONTROL = re.compile("[\x00-\x08\x0e-\x19\x1c-\x1f\x7f]")
_C1 = re.compile("[\x80-\x9f]")
"""Where ISO-8859 has no sign that is shown."""
_BAD_BYTE = re.compile("[\udc80-\udcff]")
_SURROGATE = re.compile("\udced[\udca0-\udcbf][\udc80-\udcbf]")
"""Half of a character beyond the basic plane, as CESU-8 writes it, which is a sign of UTF-8 and not of another codec."""
_CUT_LETTER = re.compile("[a-zß-öø-ÿ][\udcc2-\udcde]\\Z")
"""The first byte of a letter that has two, at the end after a small letter: in Windows-1252 it would be a capital."""
_COMMON_IN_UTF8 = re.compile("[\u00a0-\u017f\u2010-\u20bf]")
"""Accented letters, dashes, quotes and currencies: their UTF-8 starts with the bytes of Â, Ã, Ä, Å and â in Windows-1252."""
_ASCII_WORD = re.compile("[A-Za-z0-9 \n\r]")
_COMMON = re.compile("[\t\n\r -~\u3000-\u3002\u3041-\u3096\u30a1-\u30fc\uff01-\uff5e]")
"""ASCII, kana and full-width signs, of which the bytes in the other order are rare characters."""
_WRITTEN = re.compile(
    "[\t\n\r -~\u00a0-\u1fff\u2000-\u27bf\u3000-\u30ff\u4e00-\u9fff\uac00-\ud7a3\uff00-\uff5e\U0001f000-\U0001faff]"
)
_SHOWN_BYTE = re.compile(b"[\t\n\r -~]")
_SHOWN_IN_UTF16, _KNOWN_IN_UTF16 = 0.8, 0.95
_BEGINNING = 1 << 16
"""Bytes by which the codec is chosen, whole characters of each."""
_COMMON_IN_UTF16 = (0.05, 0.3)
"""More where the bytes may be ASCII with a few zero bytes."""
_ASCII_LETTER = re.compile("[A-Za-z]")
_WESTERN_LETTER = re.compile("[ƒŠŒŽšœžŸÀ-ÖØ-öø-ÿ]")
_NOT_WESTERN = re.compile(
    "[ƒŠŒŽšœžŸÀ-ÖØ-öø-ÿ]{3}|[A-Za-z][ŠŽšž]|[ŠŽšž][A-Za-z]|[A-Za-z][ª¡¢£¤¥¦¨«¬¯±²³¸¹»¼½¾¿]+[A-Za-z]"
    "|[a-z][‚„†‡ˆ‰‹›”“]+[a-z]|ç[bcdfgklmnprstvz]"
)
"""Three accented letters in a row, letters that occur only in Finnish loanwords, signs within a word, ç before a consonant."""
_TURKISH = re.compile("[ýþðÝÞÐ]")
_ICELANDIC = re.compile("[áíóúæÁÍÓÚÆ]")
_ENGLISH = re.compile(r"\b(?:the|of|and|with|from|this|that)\b", re.IGNORECASE)
_ACCENTED_SHARE = 0.05
_ACCENTED_SHARE_IN_ENGLISH = 0.35
_SURELY_FITTING = 0.9
_FEW = 3
"""With so few accented letters the language is unknown, and the most common codec is the likeliest."""

_WESTERN = ("àâæçéèêëîïôùûüÿœ", "äöüß", "áéíñóúü", "àáâãçéêíóõú", "àèéìíîòóù", "åäöéü", "æøåéö", "áéíóöúüýþðæ", "äëïéèö")
"""The letters beyond ASCII of French, German, Spanish, Portuguese, Italian, Swedish, Danish, Icelandic, and Dutch."""
_CENTRAL = ("ąćęłńóśźż", "áčďéěíňóřšťúůýž", "áäčďéíĺľňóôŕšťúýž", "áéíóöőúüű", "ăâîşţ", "čćđšž", "äöüß")
"""Of Polish, Czech, Slovak, Hungarian, Romanian, Croatian, and German."""
_LATIN = {
    **{"cp1252": _WESTERN, "iso8859_15": _WESTERN, "cp1250": _CENTRAL, "cp1254": ("âçğıîöşûü",), "iso8859_2": _CENTRAL},
    **{"cp1257": ("ąčęėįšųūž", "āčēģīķļņšūž", "äõöüšž"), "mac_roman": _WESTERN, "cp850": _WESTERN, "cp852": _CENTRAL},
    "cp437": _WESTERN,
    "cp1258": ("ăâđêôơưàáèéìíòóùúý\u0300\u0301\u0303\u0309\u0323₫",),
}
"""The codecs of Latin letters, the most common first, with the letters of their languages."""
_OTHERS = (
    *("cp1251", "cp1253", "cp1255", "cp1256", "cp874", "koi8_r", "koi8_u", "cp866", "iso8859_5", "iso8859_7"),
    *("cp932", "euc_jp", "gb18030", "big5", "cp949", "johab"),
)
_DOS_RULE = re.compile(rb"[\xc4\xcd]{4,}")
"""A horizontal line as the codecs of MS-DOS have it, which is four capital letters in all others."""
_DOS_FRAME = re.compile(rb"[\xb0-\xdf]{2,}|(?<![A-Za-z])[\xb0-\xdf](?![A-Za-z])")
"""What is drawn, rather than written, in such a text."""
_BEYOND_ASCII = re.compile(r"[^\W\d_a-z²³¹ªº]|(?<=[a-z])[^\x00-\x7f\xa0’'–—](?=[a-z])")
_NO_PORTUGUESE = re.compile("õ(?!e)|ç[bcdfgklmnprstvz]")
"""What Hungarian, Estonian or Latvian is in Windows-1252."""


class Decoded(NamedTuple):
    """Text, the codec such that ``data.decode(encoding, "replace")`` is the text, and which bytes cannot be decoded."""

    text: str
    encoding: str
    damage: str | None = None


def decode(data: bytes) -> Decoded:
    """Decode bytes to text. Line endings stay as they are.

    The codec is that of a byte order mark; else the first that fits of UTF-8, UTF-16 recognised by its zero bytes, UTF-8 with a
    few invalid bytes, Windows-1252 where nearly all letters are ASCII, and the one that charset-normalizer detects.

    Raises:
        DocumentError: the bytes are not text.
    """
    encoding = next((codec for bom, codec in _BOMS if data.startswith(bom)), "utf-8")
    if encoding == "utf-8" and _SHIFTS.search(data):
        encoding = "iso2022_jp"
    decoded: Decoded | None
    try:
        decoded = Decoded(data.decode(encoding), encoding)
    except UnicodeDecodeError:
        decoded = _otherwise(data, encoding) if b"\0" not in data else None
    if decoded is None or ("\0" in decoded.text and encoding == "utf-8"):
        decoded = _utf16(data)
    if decoded is None and b"\0" in data:
        raise DocumentError(
            "is binary (it holds zero bytes), or in UTF-16 or UTF-32 without a byte order mark that can be recognised; "
            "expected text, best as UTF-8"
        )
    if decoded is None:
        raise DocumentError("is binary or in an unknown encoding; expected text, best as UTF-8")
    if "\0" in decoded.text or any("\ud800" <= c <= "\udfff" for c in decoded.text):
        raise DocumentError("is binary (it holds NUL or surrogate characters); expected text")
    return decoded


def _otherwise(data: bytes, encoding: str) -> Decoded | None:
    """Decode bytes that are not valid UTF-8 and have no zero byte."""
    damaged = _damaged_utf8(data, encoding)
    if damaged or encoding != "utf-8":
        return damaged
    codec = _with_euro(data, "cp1252" if _is_western(data) else _detected(data))
    with suppress(UnicodeDecodeError):  # of a codec whose bytes are all alike likely, none may fit
        if codec:
            return Decoded(data.decode(codec), codec)
    return _damaged_utf8(data, encoding, least=0)


def _with_euro(data: bytes, codec: str) -> str:
    """ISO-8859-15 in the place of a codec of Latin letters that has, where that has the euro, a sign that nobody writes."""
    if codec not in ("cp1252", "cp1250", "cp1254", "iso8859_2") or b"\xa4" not in data:
        return codec
    return "iso8859_15" if _fitting(data, "iso8859_15") >= max(0.0, _fitting(data, codec)) else codec


def _damaged_utf8(data: bytes, encoding: str, least: int = 1) -> Decoded | None:
    """UTF-8 with fewer invalid bytes than characters of several bytes, or with its end cut off."""
    if encoding not in ("utf-8", "utf-8-sig"):
        return None
    text = data.decode(encoding, "surrogateescape")
    bad = _BAD_BYTE.findall(text)
    others = sum(not c.isascii() for c in text) - len(bad)
    unlikely = len(_BAD_BYTE.findall(_SURROGATE.sub("", text)))
    common = len(_COMMON_IN_UTF8.findall(text))
    cut = (unlikely in (2, 3) and _is_cut(text[-unlikely:])) or (unlikely == 1 and bool(_CUT_LETTER.search(text)))
    if _CONTROL.search(text) or not (
        encoding == "utf-8-sig" or common >= unlikely or others >= 2 * unlikely or cut or (least == 0 and unlikely == 1)
    ):
        return None
    first = _BAD_BYTE.search(text)
    if first is None:
        return None
    offset = len(text[: first.start()].encode("utf-8", "surrogateescape")) + (3 if encoding == "utf-8-sig" else 0)
    what = f"the byte 0x{data[offset]:02X} at {offset:,}"
    damage = (
        f"{what}, which is no UTF-8 and is read as U+FFFD"
        if len(bad) == 1
        else f"{len(bad):,} bytes that are no UTF-8 and are read as U+FFFD, the first of them {what}"
    )
    return Decoded(data.decode(encoding, "replace"), encoding, damage)


def _is_cut(tail: str) -> bool:
    """Whether these bytes are the start of an incomplete character of UTF-8."""
    with suppress(UnicodeError):
        return codecs.utf_8_decode(tail.encode("utf-8", "surrogateescape"), "strict", False)[1] == 0
    return False


def _utf16(data: bytes) -> Decoded | None:
    """UTF-16 or UTF-32 without a byte order mark, which is seen by its zero bytes, of which text beyond ASCII has few.

    The codec is chosen by the beginning, since lists of the characters of all of it would take many times its memory.
    """
    if len(data) < 4:  # of which nothing can be told
        return None
    begun = data[:_BEGINNING]
    for codec in ("utf-32-le", "utf-32-be") if len(data) >= 8 else ():
        with suppress(UnicodeDecodeError):
            if _is_text(begun.decode(codec)) and _is_text(text := data.decode(codec)):
                return Decoded(text, codec)
    may_be_ascii = len(_SHOWN_BYTE.findall(begun)) > _SHOWN_IN_UTF16 * len(begun)
    found = {codec: begun.decode(codec, "replace") for codec in ("utf-16-le", "utf-16-be")}
    common = {codec: len(_COMMON.findall(text)) for codec, text in found.items()}
    swapped, codec = sorted(found, key=lambda codec: common[codec])
    units, known = len(begun) // 2, len(_WRITTEN.findall(found[codec]))
    least = max(2 * common[swapped], _COMMON_IN_UTF16[may_be_ascii] * units)
    if common[codec] < least or known < _KNOWN_IN_UTF16 * (units - 1):
        return None
    text = data.decode(codec, "replace")
    bad = text.count("\ufffd")
    if bad > len(data) % 2 or _CONTROL.search(text) or not _ASCII_WORD.search(text):
        return None
    if any(unicodedata.category(c) in ("Cn", "Co") for c in set(text)):
        return None
    damage = f"the byte 0x{data[-1]:02X} at {len(data) - 1:,}, which is half of a character and is read as U+FFFD"
    return Decoded(text, codec, damage if bad else None)


def _is_text(text: str) -> bool:
    return "\0" not in text and not _CONTROL.search(text)


def _is_western(data: bytes) -> bool:
    """Whether Windows-1252 is the likeliest of the codecs that have ASCII in common: by how few letters are beyond ASCII."""
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError:
        return False
    accented = len(_WESTERN_LETTER.findall(text))
    letters = accented + len(_ASCII_LETTER.findall(text))
    share = _ACCENTED_SHARE_IN_ENGLISH if accented <= _FEW or _ENGLISH.search(text) else _ACCENTED_SHARE
    is_turkish = _TURKISH.search(text) and not _ICELANDIC.search(text)
    return not (_CONTROL.search(text) or _NOT_WESTERN.search(text) or is_turkish) and accented <= share * letters


def _detected(data: bytes) -> str:
    """The likeliest codec, or an empty string; among those of Latin letters, the one that makes the letters of one language."""
    if _DOS_RULE.search(data):
        return _of_dos(_DOS_FRAME.sub(b" ", data))
    if known := likeliest(data):
        return known
    best = charset_normalizer.from_bytes(data, cp_isolation=[*_LATIN, *_OTHERS]).best()
    if best and best.encoding not in _LATIN:
        return str(best.encoding)
    fitting = {codec: _fitting(data, codec) for codec in _LATIN}
    latin = max(fitting, key=lambda codec: fitting[codec])
    return latin if best or fitting[latin] >= _SURELY_FITTING else ""


def _of_dos(written: bytes) -> str:
    """The likeliest codec of MS-DOS for what is written in a text, or an empty string."""
    if likeliest(written) == "cp866":
        return "cp866"
    fitting = {codec: _fitting(written, codec) for codec in ("cp437", "cp850", "cp852")}
    return "" if min(fitting.values()) < 0 else max(fitting, key=lambda codec: fitting[codec])


def _fitting(data: bytes, codec: str) -> float:
    """The share of the characters beyond ASCII that are letters of one language of a codec, or signs between words."""
    try:
        text = data.decode(codec)
    except UnicodeDecodeError:
        return -1.0
    if _CONTROL.search(text) or (codec.startswith("iso") and _C1.search(text)):
        return -1.0
    letters = Counter(_BEYOND_ASCII.findall(text.lower()))
    known = max(sum(letters[letter] for letter in alphabet) for alphabet in _LATIN[codec])
    others = 0 if _ICELANDIC.search(text) else len(_TURKISH.findall(text))
    return (known - len(_NO_PORTUGUESE.findall(text)) - others) / max(1, letters.total())
