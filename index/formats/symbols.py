"""Characters of the fonts Symbol and Wingdings, whose codes are those of other characters in all other fonts."""

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
