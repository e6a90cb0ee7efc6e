"""The likeliest codec of bytes in Hebrew, Cyrillic or East Asian scripts: the one that makes the commonest letters of them."""

import re
from collections.abc import Callable
from contextlib import suppress

_CYRILLIC = ("cp1251", "koi8_r", "koi8_u", "cp866", "iso8859_5", "mac_cyrillic")
_CYRILLIC_LETTER = re.compile("[А-яЁёІіЇїЄєҐґЎў]")
_COMMON_CYRILLIC = re.compile("[оаеинтсрлв]")
_UNLIKELY = re.compile("[а-яёії][А-ЯЁІЇ]|[A-Za-z][А-яЁёІіЇї]|[А-яЁёІіЇї][A-Za-z]")
"""A capital, or a Latin letter, within a word."""
_HEBREW_LETTER, _COMMON_HEBREW = re.compile("[א-ת\u05b0-\u05c2]"), re.compile("[אבהולימרשת]")
_NO_HEBREW = re.compile("[ךםןףץ][א-ת]|[A-Za-z][א-ת]|[א-ת][A-Za-z]|[\u05b0-\u05c2]{3}")
"""A letter as it stands at the end of words within one, or a Latin letter beside one."""
_COMMON_IN_HEBREW = 0.58
_FEWEST_HEBREW = 8
_KANA = re.compile("[ぁ-ゖァ-ヺー]")
_JAPANESE = re.compile("[ぁ-ゖァ-ヺー一-鿿、-】！-～々〆]")
_HANGUL = re.compile("[가-힣]")
_IN_LATIN = re.compile("[A-Za-z][가-힣一-鿿]{1,2}(?=[a-z])")
"""A character or two within a word of Latin letters, which they are not where accented letters are read as others."""
_LETTERS = 0.9
_COMMON = 0.4
_FEWEST_KANA = 0.2
_FEWEST_HANGUL = 0.6
_FEWEST_HANZI = 0.8
"""Shares of the characters beyond ASCII."""


def likeliest(data: bytes) -> str:
    """The codec of bytes that are in one of these scripts, as far as its commonest letters tell, or else an empty string."""
    for group in (_OF_HEBREW, _OF_CYRILLIC, _OF_EAST_ASIA):
        scores = {codec: score(text) for codec, score in group.items() if (text := _decoded(data, codec))}
        best = max(scores, key=lambda codec: scores[codec], default="")
        if best and scores[best] > 0:
            return best
    return ""


def _decoded(data: bytes, codec: str) -> str:
    with suppress(UnicodeDecodeError):
        return data.decode(codec)
    return ""


def _length(text: str) -> int:
    """The characters beyond ASCII."""
    return max(1, sum(not c.isascii() for c in text))


def _cyrillic(text: str) -> float:
    length = _length(text)
    common = len(_COMMON_CYRILLIC.findall(text)) - len(_UNLIKELY.findall(text))
    letters = len(_CYRILLIC_LETTER.findall(text))
    is_cyrillic = letters >= _LETTERS * length and common >= _COMMON * length
    return common * letters / length**2 if is_cyrillic else 0.0


def _hebrew(text: str) -> float:
    """By the letters alone, of which the commonest are not those of Cyrillic at the same places."""
    length = _length(text)
    letters, common = len(_HEBREW_LETTER.findall(text)), len(_COMMON_HEBREW.findall(text))
    is_hebrew = letters >= _LETTERS * length and common >= _COMMON_IN_HEBREW * letters and not _NO_HEBREW.search(text)
    return common / length if is_hebrew and letters >= _FEWEST_HEBREW else 0.0


def _japanese(text: str) -> float:
    length = _length(text)
    has_kana = len(_KANA.findall(text)) >= _FEWEST_KANA * length
    share = len(_JAPANESE.findall(text)) / length
    return share if has_kana and share >= _LETTERS else 0.0


def _korean(text: str) -> float:
    share = (len(_HANGUL.findall(text)) - len(_IN_LATIN.findall(text))) / _length(text)
    return share if share >= _FEWEST_HANGUL else 0.0


def _chinese(codec: str, first: int, last: int) -> Callable[[str], float]:
    """By the share of the characters that a codec of Chinese has among its commonest ones, whose first bytes are these."""

    def score(text: str) -> float:
        written = [c for c in text if not c.isascii()] or [" "]
        common = sum(
            first <= character.encode(codec)[0] <= last or character in "，。、：；！？（）《》“”‘’—…" for character in written
        )
        common -= sum(len(found) - 1 for found in _IN_LATIN.findall(text))
        return 0.99 * common / len(written) if common >= _FEWEST_HANZI * len(written) else 0.0

    return score


_OF_HEBREW: dict[str, Callable[[str], float]] = {"cp1255": _hebrew}
_OF_CYRILLIC: dict[str, Callable[[str], float]] = dict.fromkeys(_CYRILLIC, _cyrillic)
_OF_EAST_ASIA: dict[str, Callable[[str], float]] = {
    **{"cp932": _japanese, "euc_jp": _japanese, "cp949": _korean},
    **{"gb18030": _chinese("gb18030", 0xB0, 0xD7), "big5": _chinese("big5", 0xA4, 0xC6)},
}
