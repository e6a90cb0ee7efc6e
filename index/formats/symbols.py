"""Characters of the fonts Symbol and Wingdings, whose codes are those of other characters in all other fonts."""

import re

_GREEK = (
    " !∀#∃%&∋()∗+,−./0123456789:;<=>?≅ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ[∴]⊥_‾αβχδεφγηιϕκλμνοπθρστυϖωξψζ{|}∼",
    "€ϒ′≤⁄∞ƒ♣♦♥♠↔←↑→↓°±″≥×∝∂•÷≠≡≈…⏐⎯↵ℵℑℜ℘⊗⊕∅∩∪⊃⊇⊄⊂⊆∈∉∠∇®©™∏√⋅¬∧∨⇔⇐⇑⇒⇓◊⟨®©™∑⎛⎜⎝⎡⎢⎣⎧⎨⎩⎪\ufffd⟩∫⌠⎮⌡⎞⎟⎠⎤⎥⎦⎫⎬⎭",
)
"""From 0x20 and from 0xA0 on (PDF 32000-1, D.5)."""
_SYMBOL = dict(enumerate(_GREEK[0], 0x20)) | dict(enumerate(_GREEK[1], 0xA0))
_WINGDINGS = {
    **{0xA7: "▪", 0xA8: "◻", 0xB7: "•", 0xD8: "➢", 0xE0: "→", 0xFC: "✓", 0xFB: "✗", 0xFE: "☑", 0x6F: "□", 0xA3: "☐"},
    **{0x20: " ", 0x4A: "☺", 0x4C: "☹"},
}
_PRIVATE = 0xF000
"""Where Unicode has the codes of such fonts."""


def symbol(code: int, font: str) -> str:
    """The character that a code from 0 or from 0xF000 on shows in one of these fonts; U+FFFD for one that is not known."""
    shown = _SYMBOL if font.lower().startswith("symbol") else _WINGDINGS
    return shown.get(code - _PRIVATE if code >= _PRIVATE else code, "\ufffd")


_FIELD = re.compile(r"\s*SYMBOL\s+(?P<code>\d{1,6}|0x[0-9a-f]{1,5})\b(?P<switches>.*)", re.IGNORECASE | re.DOTALL)
_FONT = re.compile(r"\\f\s*(?:\"([^\"]*)\"|(\S+))", re.IGNORECASE)
_IN_UNICODE = re.compile(r"\\u\b", re.IGNORECASE)


def symbol_field(instruction: str) -> str:
    """The character that a field of Word shows (ECMA-376, part 1, 17.16.5.62); empty for other fields."""
    field = _FIELD.match(instruction)
    if not field:
        return ""
    code = int(field["code"], 0 if field["code"][:2].lower() == "0x" else 10)
    found = _FONT.search(field["switches"])
    font = (found[1] or found[2] if found else "").strip()
    if font.lower() in ("symbol", "wingdings"):
        return symbol(code, font)
    if _IN_UNICODE.search(field["switches"]) or code > 0xFF:
        return chr(code) if code < 0xD800 or 0xE000 <= code <= 0x10FFFF else "\ufffd"
    return bytes((code,)).decode("cp1252", "replace")
