"""Values of spreadsheets as their number format displays them: 2.5% rather than 0.025.

A format of several sections gives one for positive and negative numbers, zero and text (ECMA-376, part 1, 18.8.30). Dates
that follow the settings of each computer are written as ISO 8601 has them.
"""

import re
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import lru_cache

ISO_DATE = "yyyy-mm-dd"
BUILT_IN = {
    **{0: "General", 1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 11: "0.00E+00", 12: "# ?/?"},
    **{13: "# ??/??", 14: ISO_DATE, 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy", 18: "h:mm AM/PM", 19: "h:mm:ss AM/PM"},
    **{20: "h:mm", 21: "h:mm:ss", 22: f"{ISO_DATE} h:mm", 37: "#,##0;-#,##0", 38: "#,##0;-#,##0", 39: "#,##0.00;-#,##0.00"},
    **{40: "#,##0.00;-#,##0.00", 45: "mm:ss", 46: "[h]:mm:ss", 47: "mm:ss.0", 48: "##0.0E+0", 49: "@"},
}
_LONGEST_CODE = 255
"""Of Excel."""
_LAST_DATE = 2_958_466
_MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October"]
_MONTHS += ["November", "December"]
_DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"?|\\(?P<escaped>.)|_.|\*.|\[\$(?P<currency>[^\]-]*)[^\]]*\]|\[(?P<elapsed>h+|m+|s+)\]|\[[^\]]*\]'
    r"|(?P<general>General)|(?P<noon>AM/PM|A/P)|(?P<date>y+|m+|d+|h+|s+|e+(?![+-]))|(?P<exponent>E[+-][0#?]+)"
    r"|(?P<digits>[0#?][0#?,]*(?:\.[0#?]*,*)?|\.[0#?]+)|(?P<text>@)|(?P<other>.)",
    re.IGNORECASE | re.DOTALL,
)
_FRACTION = re.compile(r"(?P<whole>[#0?]+\s+)?[#0?]+/(?P<below>[#0?]+|\d+)")


def displayed(value: float | str | bool, code: str, is_1904: bool = False) -> str:
    """A value as it is displayed under a number format; what the format cannot show is written as General."""
    if isinstance(value, bool):
        return str(value).upper()
    sections = _sections((code or "General")[:_LONGEST_CODE])
    if isinstance(value, str):
        return _text(value, sections[3]) if len(sections) > 3 else value
    section, number = _section(sections, value)
    tokens = _tokens(section)
    kinds = {kind for kind, _ in tokens}
    if "general" in kinds or not tokens:
        return "".join(general(number) if kind == "general" else shown for kind, shown in tokens) or general(number)
    if kinds & {"date", "elapsed", "noon"}:
        return _date(value, tokens, is_1904)
    if fraction := _FRACTION.search(section):
        return _as_fraction(number, fraction)
    return _number(number, tokens)


def general(value: float) -> str:
    """A number as it is displayed without a format: at most ten significant digits, no exponent up to 10^15."""
    if value == int(value) and abs(value) < 1e15:
        return str(int(value))
    return f"{value:.10g}".replace("e", "E")


@lru_cache(1_024)
def _sections(code: str) -> list[str]:
    return re.findall(r'((?:"[^"]*"?|\\.|\[[^\]]*\]|[^;])*)(?:;|\Z)', code)[:4] or ["General"]


@lru_cache(1_024)
def _tokens(section: str) -> tuple[tuple[str, str], ...]:
    found: list[tuple[str, str]] = []
    for token in _TOKEN.finditer(section):
        kind = token.lastgroup
        if kind in ("quoted", "escaped", "currency", "other"):
            found.append(("shown", token[kind]))
        elif kind:
            found.append((kind, token[kind].lower() if kind in ("date", "elapsed", "general") else token[kind]))
        elif token[0][0] == "_":
            found.append(("shown", " "))
    return tuple(found)


def _section(sections: list[str], value: float) -> tuple[str, float]:
    condition = [re.search(r"\[([<>=]{1,2})(-?[\d.]+)\]", section) for section in sections[:2]]
    if any(condition):
        for section, found in zip(sections, condition, strict=False):
            if found and _holds(value, found[1], float(found[2] if found[2].count(".") < 2 else "nan")):
                return section, value
        return sections[min(len(sections) - 1, sum(map(bool, condition)))], value
    if value < 0 and len(sections) > 1 and sections[1].strip():
        return sections[1], -value
    if value == 0 and len(sections) > 2 and sections[2].strip():
        return sections[2], value
    return sections[0], value


def _holds(value: float, sign: str, limit: float) -> bool:
    return ("<" in sign and value < limit) or (">" in sign and value > limit) or ("=" in sign and value == limit)


def _text(value: str, section: str) -> str:
    return "".join(value if kind == "text" else shown for kind, shown in _tokens(section) if kind in ("text", "shown")).strip()


def _number(value: float, tokens: tuple[tuple[str, str], ...]) -> str:
    digits = [shown for kind, shown in tokens if kind == "digits"]
    if not digits:
        return "".join(shown for kind, shown in tokens if kind == "shown").strip() or general(value)
    places = "".join(digits)
    exact = Decimal(repr(float(value))) if abs(value) < 1e300 else Decimal(0)
    exact *= Decimal(100) ** sum(shown == "%" for kind, shown in tokens if kind == "shown")
    scaled = places.rstrip(",")
    exact /= Decimal(1_000) ** (len(places) - len(scaled))
    whole, point, after = scaled.partition(".")
    decimals = len(after.replace(",", ""))
    exponent = next((shown for kind, shown in tokens if kind == "exponent"), None)
    if exponent:
        written = f"{exact:.{min(decimals, 30)}E}".replace("E+", "E").replace("E", "E+").replace("E+-", "E-")
        mantissa, sign, power = re.split("(E[+-])", written)
        return _around(mantissa + sign + power.zfill(len(exponent) - 2), tokens)
    rounded = exact.quantize(Decimal(1).scaleb(-min(decimals, 30)), ROUND_HALF_UP) if abs(exact) < Decimal("1e27") else exact
    sign = "-" if rounded < 0 else ""
    text = f"{abs(rounded):,f}" if "," in whole else f"{abs(rounded):f}"
    integer, _, fraction = text.partition(".")
    least = whole.replace(",", "").count("0")
    integer = integer.zfill(least) if "," not in whole else integer
    if least == 0 and integer == "0" and point:
        integer = ""
    required = after.rfind("0") + 1
    fraction = fraction[:required] + fraction[required:].rstrip("0")
    return _around(sign + (integer + (f".{fraction}" if fraction else "") or "0"), tokens)


def _around(written: str, tokens: tuple[tuple[str, str], ...]) -> str:
    """The number in the place of the first digits of the format, its sign in front of what stands before them."""
    first = next(number for number, (kind, _) in enumerate(tokens) if kind == "digits")
    before = "".join(shown for kind, shown in tokens[:first] if kind == "shown").lstrip()
    after = "".join(shown for kind, shown in tokens[first:] if kind == "shown").rstrip()
    if written.startswith("-"):
        return "-" + before + written[1:] + after
    return before + written + after


def _as_fraction(value: float, found: re.Match[str]) -> str:
    below = found["below"]
    whole = int(abs(value)) if found["whole"] else 0
    rest = Fraction(abs(value) - whole)
    limit = 10 ** min(len(below), 4) - 1
    part = Fraction(round(rest * int(below)), int(below)) if below.isdecimal() and int(below) else rest.limit_denominator(limit)
    if part.denominator == 1 and found["whole"]:
        whole, part = whole + int(part), Fraction(0)
    shown = f"{part.numerator}/{part.denominator}" if part else ""
    return ("-" if value < 0 else "") + (" ".join(filter(None, (str(whole) if whole else "", shown))) or "0")


def _date(value: float, tokens: tuple[tuple[str, str], ...], is_1904: bool) -> str:
    if not 0 <= value < _LAST_DATE:
        return general(value)
    finest = max((len(shown) for kind, shown in tokens if kind == "digits" and shown.startswith(".")), default=1) - 1
    days, seconds = divmod(round(value * 86_400, finest), 86_400)
    first = datetime(1904, 1, 1) if is_1904 else datetime(1899, 12, 30) if days >= 61 else datetime(1899, 12, 31)
    moment = first + timedelta(days=days, seconds=seconds)
    noon = any(kind == "noon" for kind, _ in tokens)
    pieces: list[str] = []
    last = ""
    for number, (kind, shown) in enumerate(tokens):
        if kind == "elapsed":
            pieces.append(str(int(value * {"h": 24, "m": 1_440, "s": 86_400}[shown[0]] + 1e-9)).zfill(len(shown)))
            last = shown[0]
        elif kind == "date":
            following = next((shown[0] for kind, shown in tokens[number + 1 :] if kind == "date"), "")
            minutes = shown[0] == "m" and len(shown) <= 2 and (last in ("h", "s") or following == "s")
            pieces.append(_date_part(moment, shown, minutes, noon))
            last = "" if minutes else shown[0]
        elif kind == "noon":
            pieces.append(("AM" if moment.hour < 12 else "PM")[: 1 if shown.upper() == "A/P" else 2])
        elif kind == "digits" and shown.startswith("."):
            pieces.append(f"{moment.microsecond / 1e6:.{len(shown) - 1}f}"[1:])
        elif kind == "shown":
            pieces.append(shown)
        else:
            pieces.append("")
    return "".join(pieces).strip()


def _date_part(moment: datetime, token: str, minutes: bool, noon: bool) -> str:
    size = len(token)
    if token[0] in "ye":
        return f"{moment.year % 100:02d}" if token in ("y", "yy") else str(moment.year)
    if minutes:
        return str(moment.minute).zfill(min(size, 2))
    if token[0] == "m":
        name = _MONTHS[moment.month - 1]
        return str(moment.month).zfill(size) if size < 3 else name[:3] if size == 3 else name[0] if size == 5 else name
    if token[0] == "d":
        name = _DAYS[moment.weekday()]
        return str(moment.day).zfill(size) if size < 3 else name[:3] if size == 3 else name
    hour = (moment.hour % 12 or 12) if noon else moment.hour
    return str(hour if token[0] == "h" else moment.second).zfill(min(size, 2))
