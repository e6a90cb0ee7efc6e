r"""RTF: the text that Word shows, by the control words of the Rich Text Format Specification 1.9.1.

Bytes are decoded by the code page of their font; deleted and hidden text is left out; pictures and objects are skipped.
"""

import re
from dataclasses import dataclass, replace

from quotewise.index.errors import DocumentError
from quotewise.index.formats.composed import Composer
from quotewise.index.formats.parsed import Parsed
from quotewise.index.formats.raised import raised
from quotewise.index.formats.rtf_flow import Flow
from quotewise.index.formats.rtf_fonts import Fonts, codec_of
from quotewise.index.formats.rtf_words import FORMULA_SIGNS, KEPT, KEPT_UNKNOWN, MARGINS, NOTES, SIGNS, SKIPPED, TABLE_WORDS
from quotewise.index.formats.symbols import symbol_field
from quotewise.index.formats.word_styles import heading_level

VERSION = 5
_DEPTH_LIMIT = 2_000
_SIZE = 12.0
"""Of letters, in points, where nothing is said of it."""
_INSTRUCTION = 200
"""Characters of what a field is to show that are read of each text."""
_TOKEN = re.compile(
    rb"\\(?:(?P<word>[A-Za-z]{1,32})(?P<number>-?\d{1,10})?[ ]?|'(?P<hex>[0-9A-Fa-f]{2})|(?P<sign>[^A-Za-z]))"
    rb"|(?P<open>\{)|(?P<close>\})|[\r\n\0]+|(?P<text>[^\\{}\r\n\0]+)"
)


@dataclass(slots=True)
class _State:
    """What a group inherits and what ends with it."""

    destination: str = "text"
    font: int | None = None
    """None for that of the whole file."""
    alternatives: int = 1
    is_hidden: bool = False
    is_raised: bool = False
    is_bold: bool = False
    is_underlined: bool = False
    size: float = _SIZE
    """In points."""
    is_mark: bool = False
    """Within the number or bullet of an item, which is written out."""


def parse(data: bytes) -> Parsed:
    """Parse a file in RTF. Raises DocumentError."""
    if not data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{\\rtf"):
        raise DocumentError("is no RTF file: it does not begin with {\\rtf")
    composer = Composer("rtf", VERSION)
    reader = _Reader()
    reader.read(data)
    reader.compose(composer)
    entries = {"author": reader.info.get("author", ""), "subject": reader.info.get("subject", "")}
    return composer.finish(reader.info.get("title"), entries)


def add_text(data: bytes, composer: Composer) -> None:
    """Add what a text in RTF shows to a document. Raises DocumentError where its groups are nested too deep."""
    reader = _Reader()
    reader.read(data)
    reader.compose(composer)


class _Reader:
    """One pass over the control words and texts of a file."""

    def __init__(self) -> None:
        self.info: dict[str, str] = {}
        self._codec = "cp1252"
        self._fonts = Fonts()
        self._levels: dict[int, int] = {}
        self._default_font = self._marks = 0
        self._style: int | None = None
        self._style_name = ""
        self._state = _State()
        self._stack: list[tuple[_State, Flow | None]] = []
        self._flow = Flow()
        self._body = self._flow
        self._notes: list[Flow] = []
        self._margins: list[Flow] = []
        self._bytes = bytearray()
        self._skip = 0
        self._starred = False
        self._high = self._instruction = self._shown_by_field = ""

    def read(self, data: bytes) -> None:
        position = 0
        while position < len(data):
            token = _TOKEN.match(data, position)
            if token is None:
                position += 1
                continue
            position = token.end()
            kind = token.lastgroup
            if kind == "hex":
                self._take(bytes((int(token["hex"], 16),)))
            elif kind == "text":
                self._take(token["text"])
            elif kind == "open":
                self._decode()
                if len(self._stack) >= _DEPTH_LIMIT:
                    raise DocumentError(f"is stopped at a limit: groups are nested deeper than {_DEPTH_LIMIT:,}")
                self._stack.append((replace(self._state), None))
                self._skip = 0
            elif kind == "close":
                self._decode()
                self._close()
            elif kind == "sign":
                self._sign(token["sign"])
            elif token["word"]:
                number = int(token["number"]) if token["number"] else None
                if token["word"] == b"bin" and number and number > 0:
                    position += number
                    continue
                if token["word"] != b"u":
                    self._decode()
                self._word(token["word"], number)
        self._decode()
        self._body.end_paragraph()
        self._body.end_table()

    def compose(self, composer: Composer) -> None:
        above = composer.trail
        self._body.compose(composer)
        composer.under(*above, "Footnotes")
        for note in self._notes:
            note.compose(composer)
        seen: set[str] = set()
        for margin in self._margins:
            composer.under(*above, margin.kind.title())
            if (text := repr(margin.blocks)) not in seen:
                seen.add(text)
                margin.compose(composer)

    def _take(self, data: bytes) -> None:
        if self._skip:
            skipped = min(self._skip, len(data))
            self._skip -= skipped
            data = data[skipped:]
        self._bytes += data

    def _decode(self) -> None:
        if not self._bytes:
            return
        data, self._bytes = bytes(self._bytes), bytearray()
        decoded = self._fonts.shown if self._state.destination == "text" else self._fonts.decoded
        self._write(decoded(data, self._font, self._codec))

    @property
    def _font(self) -> int:
        return self._default_font if self._state.font is None else self._state.font

    def _write(self, text: str) -> None:
        state = self._state
        if self._high and text:
            text, self._high = self._high + text, ""
        if text and "\ud800" <= text[-1] <= "\udbff":
            text, self._high = text[:-1], text[-1]
        if any("\ud800" <= c <= "\udfff" for c in text):
            text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
        if state.destination == "text":
            if not state.is_hidden:
                shown = raised(text) if state.is_raised else text
                self._flow.write(shown, state.size, state.is_bold, state.is_underlined)
        elif state.destination == "fonts":
            self._fonts.name(text)
        elif state.destination == "styles":
            self._style_name += text
            if text.rstrip().endswith(";"):
                self._end_style()
        elif state.destination == "field":
            self._instruction += text[:_INSTRUCTION]
        elif state.destination.startswith("info:"):
            name = state.destination[5:]
            self.info[name] = (self.info.get(name, "") + text)[:1_000]

    def _end_style(self) -> None:
        level = heading_level(self._style_name.strip("; \r\n"))
        if self._style is not None and level:
            self._levels.setdefault(self._style, level)
        self._style, self._style_name = None, ""

    def _sign(self, sign: bytes) -> None:
        if sign == b"*":
            self._starred = True
            return
        if sign in (b"\\", b"{", b"}"):
            self._take(sign)
            return
        self._decode()
        if sign == b"~":
            self._write("\u00a0")
        elif sign == b"_":
            self._write("\u2011")
        elif sign in (b"\r", b"\n"):
            self._word(b"par", None)

    def _close(self) -> None:
        if not self._stack:
            return
        before, outer = self._stack.pop()
        if outer is not None:
            self._flow.end_paragraph()
            self._flow.end_table()
            self._flow = outer
        is_instruction = self._state.destination == "field" != before.destination
        self._state = before
        if is_instruction:
            self._shown_by_field, self._instruction = symbol_field(self._instruction), ""
            self._write(self._shown_by_field)
        self._skip = 0

    def _word(self, word: bytes, number: int | None) -> None:
        starred, self._starred = self._starred, False
        state, flow = self._state, self._flow
        if word == b"u" and number is not None:
            self._decode()
            self._write(self._fonts.character(number % 65_536, self._font))
            self._skip = state.alternatives
        elif state.destination == "fonts":
            self._fonts.word(word, number)
        elif state.destination == "styles":
            if word == b"s":
                self._style = number or 0
            elif word == b"outlinelevel" and number is not None and 0 <= number < 9 and self._style is not None:
                self._levels[self._style] = number + 1
        elif word == b"ud" and state.destination.startswith("info:"):
            self.info[state.destination[5:]] = ""  # it comes again, in Unicode
        elif word in (b"fonttbl", b"stylesheet"):
            state.destination = "fonts" if word == b"fonttbl" else "styles"
        elif word in (b"title", b"author", b"subject") and state.destination == "info":
            state.destination = f"info:{word.decode()}"
            self.info[word.decode()] = ""  # it may come twice, the second time in Unicode
        elif word == b"info":
            state.destination = "info"
        elif word == b"fldinst" and state.destination == "text":
            state.destination = "field"
        elif word == b"fldrslt" and self._shown_by_field:
            state.destination, self._shown_by_field = "nothing", ""
        elif word == b"nesttableprops":
            state.destination = "inner row"
        elif state.destination == "inner row":
            if word == b"nestrow":
                flow.end_inner_row()
        elif (word in SKIPPED and word not in KEPT_UNKNOWN) or (word[:1] == b"m" and word[-2:] == b"Pr"):
            state.destination = "nothing"
        elif state.destination != "text":
            if word == b"shptxt":
                state.destination = "text"
        elif word in MARGINS or word in NOTES:
            self._open_flow(word)
        elif starred and word not in KEPT and word not in KEPT_UNKNOWN:
            state.destination = "nothing"
        else:
            self._text_word(word, number, flow)

    def _open_flow(self, word: bytes) -> None:
        if not self._stack:
            return
        flow = Flow(MARGINS.get(word, "footnote"))
        self._stack[-1] = self._stack[-1][0], self._flow
        (self._margins if word in MARGINS else self._notes).append(flow)
        if word == b"footnote":
            self._marks += 1
            mark = f"[{self._marks}]"
            flow.mark = mark
            flow.inline.append(f"{mark} ")
            if not self._flow.inline or self._flow.inline[-1] != mark:
                self._flow.inline.append(mark)
        self._flow = flow
        self._state.is_hidden = self._state.is_raised = False

    def _text_word(self, word: bytes, number: int | None, flow: Flow) -> None:
        state = self._state
        if word in SIGNS:
            self._write(SIGNS[word])
        elif word in FORMULA_SIGNS:
            self._write(FORMULA_SIGNS[word])
        elif word in (b"par", b"sect"):
            flow.end_paragraph()
        elif word == b"pard":
            if state.is_mark:
                return
            flow.level, flow.in_table, flow.depth, flow.is_centred = 0, False, 1, False
            flow.is_item = flow.is_item and bool("".join(flow.inline).strip())  # its number may stand before this
        elif word == b"plain":
            state.is_hidden = state.is_raised = state.is_bold = state.is_underlined = False
            state.font, state.size = None, _SIZE
        elif word == b"intbl":
            flow.in_table = True
        elif word == b"itap":
            flow.depth = number or 1
        elif word in TABLE_WORDS:
            self._table_word(word, number, flow)
        elif word == b"f":
            state.font = number or 0
        elif word == b"deff":
            self._default_font = number or 0
        elif word == b"uc":
            state.alternatives = max(0, min(number if number is not None else 1, 100))
        elif word in (b"v", b"deleted"):
            state.is_hidden = number != 0
        elif word == b"b":
            state.is_bold = number != 0
        elif word in (b"ul", b"ulnone"):
            state.is_underlined = word == b"ul" and number != 0
        elif word == b"fs":
            state.size = (number or 24) / 2
        elif word in (b"qc", b"ql", b"qr", b"qj"):
            flow.is_centred = word == b"qc"
        elif word in (b"super", b"nosupersub", b"sub"):
            state.is_raised = word == b"super" and number != 0
        elif word == b"s":
            flow.level = self._levels.get(number or 0, 0)
        elif word == b"outlinelevel":
            flow.level = number + 1 if number is not None and 0 <= number < 9 else 0
        elif word in (b"listtext", b"pntext"):
            flow.is_item = state.is_mark = True
        elif word == b"ansicpg":
            self._codec = codec_of(number)
        elif word == b"mac":
            self._codec = "mac_roman"
        elif word in (b"pc", b"pca"):
            self._codec = "cp437" if word == b"pc" else "cp850"

    def _table_word(self, word: bytes, number: int | None, flow: Flow) -> None:
        if word == b"cell":
            flow.end_cell()
        elif word == b"nestcell":
            flow.end_inner_cell()
        elif word == b"row":
            flow.end_row()
        elif word == b"nestrow":
            flow.end_inner_row()
        elif word == b"trowd":
            flow.begin_row()
        elif word == b"trleft":
            flow.places.left = number or 0
        elif word == b"trhdr":
            flow.places.is_header = True
        elif word == b"cellx":
            flow.places.add(number or 0)
        else:
            flow.places.merge("left" if word == b"clmrg" else "above")
