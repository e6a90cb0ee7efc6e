"""CommonMark with tables and front matter in YAML or TOML.

Headings form trails, and each is a block at the start of its section. Every visible character is in a block; rules, comments,
link definitions and front matter are not visible in rendered Markdown.
"""

import re
import tomllib
from collections import Counter
from dataclasses import replace

import yaml
from markdown_it import MarkdownIt
from mdit_py_plugins.deflist import deflist_plugin

from quotewise.index.encodings import decode
from quotewise.index.errors import DocumentError, translate_errors
from quotewise.index.formats.composed import Headings
from quotewise.index.formats.faq import INVITATION
from quotewise.index.formats.obsidian import shown_spans, without_comments
from quotewise.index.formats.parsed import Block, BlockKind, Parsed
from quotewise.index.formats.plain_tables import with_tables_as_rows
from quotewise.index.formats.tables import joined_names
from quotewise.index.layout import Layout
from quotewise.index.sentences import line_starts
from quotewise.index.short_lines import UNFINISHED
from quotewise.index.signatures import is_signature

VERSION = 6
_FRONT_MATTER = re.compile(
    r"(?P<sign>---|\+\+\+)[ \t]*(?:\r\n|\r|\n)(?P<entries>.*?)(?:\r\n|\r|\n)(?:(?P=sign)|\.\.\.)[ \t]*(?:\r\n|\r|\n|\Z)",
    re.DOTALL,
)
_FRONT_MATTER_LIMIT = 16_384
_FRONT_MATTER_DEPTH = 32
_INLINE_MARKUP = re.compile(r"[*_`]+|!?\[([^\]]*)\]\([^)]*\)")
_TITLE_LIMIT = 120
_HTML_TITLE = re.compile(r"<h1\b[^<>]*>((?:(?!<h1\b).)*?)</h1>", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"<[^<>]*>")
_CELL_END = re.compile(r"(?<!\\)\|")
_HEADING_LIMIT = 500
_PROSE_ENDS = ".!?:;,…。！？"
_SETEXT_LIMIT = 100
_MARKDOWN = MarkdownIt("commonmark").use(deflist_plugin).enable("table").disable(["inline", "reference"])
_LINED_BY_TYPE = {"paragraph_open": False, "html_block": False, "table_open": True, "fence": True, "code_block": True}
_ATX = re.compile(r"[ \t>]*(?:(?:[-*+]|\d+[.)])[ \t]+)*#{1,6}(?:[ \t]+|(?=[\r\n]|\Z))")
_LINK_DEFINITION = re.compile(
    r"[ \t>]*\[(?!\^)(?P<label>[^\[\]\r\n]+)\]:[ \t]*(?:(?P<comment>#(?=[ \t]|\Z))"
    r"|(?:[a-z][a-z0-9+.-]*://|www\.)\S*+|(?P<words><(?=[^<>\r\n]*[^\W\d_]{3})[^<>\r\n]*[ \t][^<>\r\n]*>)|<[^<>\r\n]*>"
    r"|(?P<contact>mailto:|tel:)\S*+"
    r"|(?P<path>(?:#|\.{0,2}/)\S*+|(?=[^\s@]*?[a-z0-9]\.[a-z]{2,10}(?:[/?#\s]|\Z))\S++))"
    r"(?:[ \t]+(?:\"(?P<a>[^\r\n]*)\"|'(?P<b>[^\r\n]*)'|\((?P<c>[^\r\n]*)\)))?[ \t]*",
    re.IGNORECASE,
)
"""A line that defines the target of a link, or is a comment in its form.

Without an address it is prose: ``[Catering]: Bashir``. So it is with a title of several words, and if no link has its label but
where a page of the Web is all it says.
"""
_ADMONITION = re.compile(r"[ \t>]*(?:!!!|\?\?\?\+?)[ \t]+\w")
"""The line of MkDocs above a text that stands out, which is indented like code."""
_TITLE_WORDS = 3
_LABEL = re.compile(r"\[([^\[\]\r\n]+)\]")
_COMMENT = re.compile(r"[ \t>\r\n]*<!--.*?-->", re.DOTALL)
_VISIBLE = re.compile(r"[^\s>#*_=+|~`:.-]")
_BOLD_LINE = re.compile(
    r"(?P<sign>\*\*\*?|___?)(?P<name>[^\s*_:](?:(?!\*\*|__|: )[^\r\n]){1,80}?)(?::?(?P=sign)|(?P=sign):)[ \t]*"
)
"""A line in bold type as a whole, which is a heading of those who write no number signs."""
_BOLD_WORDS = 10
_REACH = 100
_SIGNALS = (
    "or and note notes warning caution danger important attention tip hint info achtung hinweis wichtig oder und remarque nota"
)
_SIGNAL_WORDS = frozenset(_SIGNALS.split())
"""In bold type above one paragraph, and no section."""
_NEAR = 3
"""Lines below such a heading, at most, within which its text begins."""
_BELOW_OTHERS = 7
"""The level of such a heading, and of a term above its definitions."""
_DETAILS = re.compile(
    r"</details>|<summary(?:\s[^<>]{0,200})?>\s*(?:<(?:b|strong|em|i|h[1-6]|code)>\s*){0,2}"
    r"(?P<name>[^<>\s](?:[^<>]{0,198}[^<>\s])?)\s*(?:</(?:b|strong|em|i|h[1-6]|code)>\s*){0,2}</summary>",
    re.IGNORECASE,
)
"""The summary of a part that can be unfolded, or its end."""
_DEFINITION = re.compile(r"[ \t>]*[:~][ \t]+")


def parse(data: bytes) -> Parsed:
    """Parse a Markdown file. Raises DocumentError when the bytes are no text."""
    text, encoding, damage = decode(data)
    metadata, body, unread_part = _front_matter(text)
    blocks, first = _Outline(text, body).read()
    title = " ".join((metadata.get("title") or first or "").split())[:_TITLE_LIMIT] or None
    problems = "; ".join(filter(None, (damage, unread_part))) or None
    return Parsed(
        text, with_tables_as_rows(text, blocks), Layout.of("markdown", VERSION, text), title, metadata, encoding, problems
    )


def blocks_below(text: str, headings: Headings) -> tuple[tuple[Block, ...], Headings]:
    """The blocks of a piece of Markdown that stands under headings, and the headings above what follows it."""
    outline = _Outline(text, 0, headings)
    blocks, _ = outline.read()
    return with_tables_as_rows(text, blocks), tuple(outline.trail)


class _Outline:
    """The blocks of a Markdown text from ``body`` on, under ``trail``, and its first heading of the first level."""

    def __init__(self, text: str, body: int, trail: Headings = ()) -> None:
        self._text, self._body = text, body
        self._without_comments = text[:body] + without_comments(text[body:])
        self._lines = [body + offset for offset in line_starts(text[body:])] + [len(text)]
        self._read = 0
        self._in_admonition = False
        self._begins_definition = False
        self.trail: list[tuple[int, str]] = [*trail]
        self._blocks: list[Block] = []
        self._title: str | None = None
        self._labels = Counter(label.casefold() for label in _LABEL.findall(text))

    def read(self) -> tuple[list[Block], str | None]:
        tokens = _MARKDOWN.parse(self._without_comments[self._body :])
        for index, token in enumerate(tokens):
            if token.type == "dl_close":
                self._close_low_heading()
            if token.map is None or token.type not in (*_LINED_BY_TYPE, "heading_open", "hr", "dt_open", "dd_open"):
                continue
            first, last = token.map
            self._left_out(first)
            if token.type != "code_block":
                self._in_admonition = bool(_ADMONITION.match(self._text, self._lines[first]))
            if token.type == "heading_open":
                self._heading(first, last, token.markup, int(token.tag[1]), tokens[index + 1].content)
            elif token.type == "dt_open":
                last = first + 1
                self._low_heading(self._lines[first], self._text[self._lines[first] : self._lines[last]].rstrip("\r\n"))
            elif token.type == "dd_open":
                self._begins_definition = True
                continue
            elif token.type == "fence":
                self._fence(first, last, token.markup)
            elif token.type == "paragraph_open":
                self._prose(first, last, may_have_headings=not token.level)
            elif token.type == "html_block":
                self._html(first, last)
            elif token.type == "code_block" and self._in_admonition:
                self._add(self._lines[first], self._lines[last])
            elif token.type != "hr":
                kind: BlockKind = "row" if token.type == "table_open" else "code"
                self._add(self._lines[first], self._lines[last], by_line=True, kind=kind)
            self._begins_definition = False
            self._read = max(self._read, last)
        self._left_out(len(self._lines) - 1)
        self._introduce()
        return self._blocks, self._title

    def _add(
        self, start: int, end: int, by_line: bool = False, keep_with_next: bool = False, kind: BlockKind = "paragraph"
    ) -> None:
        if start < end:
            trail = tuple(name for _, name in self.trail)
            if kind == "row":
                trail += tuple(filter(None, (self._column_names(start),)))
            self._blocks.append(Block(start, end, trail, by_line, keep_with_next, kind))

    def _column_names(self, start: int) -> str:
        """What the first row of a table says, which is under what the others are read."""
        row = self._text[start : self._text.find("\n", start)].strip(" \t>\r").removeprefix("|").removesuffix("|")
        return joined_names([_plain(cell) for cell in _CELL_END.split(row)])

    def _left_out(self, before: int) -> None:
        """Lines without a token, such as those nested deeper than the parser goes, are prose."""
        start = self._read
        while start < before:
            end = next((n for n in range(start, before) if not self._is_visible(n)), before)
            self._add(self._lines[start], self._lines[end])
            start = end + 1
        self._read = max(self._read, before)

    def _is_visible(self, line: int) -> bool:
        return bool(_VISIBLE.search(self._without_comments, self._lines[line], self._lines[line + 1]))

    def _heading(self, first: int, last: int, markup: str, level: int, content: str) -> None:
        start, end = self._lines[first], self._lines[last]
        if markup.startswith("#"):
            start, end = self._within_signs(start, end)
        else:
            end = self._lines[last - 1]
            if last - first > 2 or content.rstrip()[-1:] in _PROSE_ENDS or len(content) > _SETEXT_LIMIT:
                self._prose(first, last - 1)  # a paragraph above a line that its author means as a rule
                return
        self.trail = [(depth, name) for depth, name in self.trail if depth < level]
        self.trail.append((level, _plain(content)))
        if level == 1 and self._title is None:
            self._title = _plain(content) or None
        if content.strip():
            self._add(start, end, by_line=True, keep_with_next=True, kind="heading")

    def _within_signs(self, start: int, end: int) -> tuple[int, int]:
        """A heading of one line without the number signs before and after it."""
        opening = _ATX.match(self._text, start, end)
        if opening is None:
            return start, end
        shown = self._text[opening.end() : end].rstrip(" \t\r\n")
        bare = shown.rstrip("#")
        if not bare or bare[-1] in " \t":
            shown = bare.rstrip(" \t")
        return opening.end(), opening.end() + len(shown)

    def _fence(self, first: int, last: int, markup: str) -> None:
        first += 1
        end = self._text[self._lines[last - 1] : self._lines[last]].strip(" \t>\r\n")
        last -= last > first and end.startswith(markup) and not end.strip(markup[0])
        self._add(self._lines[first], self._lines[last], by_line=True, kind="code")

    def _prose(self, first: int, last: int, may_have_headings: bool = False) -> None:
        start = first
        for line in range(first, last):
            shown = self._text[self._lines[line] : self._lines[line + 1]].rstrip("\r\n")
            definition = _LINK_DEFINITION.fullmatch(shown)
            if definition and self._is_hidden(definition):
                self._add_shown(start, line)
                start = line + 1
            elif may_have_headings and (bold := self._bold(line)) and self._is_apart(line, first) and self._is_above_text(line):
                self._add_shown(start, line)
                self._low_heading(self._lines[line] + bold.start("name"), bold["name"])
                start = line + 1
        self._add_shown(start, last)

    def _is_hidden(self, definition: re.Match[str]) -> bool:
        title = definition["a"] or definition["b"] or definition["c"] or ""
        is_used = self._labels[definition["label"].casefold()] > 1
        is_target = is_used or not (definition["words"] or definition["contact"] or definition["path"])
        return bool(definition["comment"] or (is_target and len(title.split()) < _TITLE_WORDS))

    def _add_shown(self, first: int, last: int) -> None:
        start, end = self._lines[first], self._lines[last]
        if self._begins_definition and (mark := _DEFINITION.match(self._text, start, end)):
            start = mark.end()
        for span in shown_spans(self._text, start, end) if start < end else ():
            if span == (start, end) or self._text[slice(*span)].strip():
                self._add(*span)

    def _bold(self, line: int) -> re.Match[str] | None:
        end = self._lines[line + 1]
        shown = self._text[self._lines[line] : end].rstrip("\r\n")
        found = _BOLD_LINE.fullmatch(shown)
        if not found or found["name"][-1] in ".!?;,…" or found["name"].casefold() in _SIGNAL_WORDS:
            return None
        return found if len(found["name"].split()) <= _BOLD_WORDS else None

    def _is_apart(self, line: int, first: int) -> bool:
        """Whether a line does not go on with the sentence of the line above it in a paragraph, nor does the line below."""
        above = self._text[self._lines[line - 1] : self._lines[line]].rstrip("\r\n") if line > first else ""
        below = self._text[self._lines[line + 1] : self._lines[line + 1] + _REACH].lstrip(" \t>")
        return not UNFINISHED.search(above[-_REACH:].lower()) and not below[:1].islower()

    def _is_above_text(self, line: int) -> bool:
        """Whether a line stands above text, and not above a heading or another line that is wholly bold."""
        last = min(line + _NEAR, len(self._lines) - 2)
        below = next((number for number in range(line + 1, last + 1) if self._is_visible(number)), None)
        if below is None:
            return False
        above = next((number for number in range(line - 1, max(line - 1 - _NEAR, -1), -1) if self._is_visible(number)), None)
        shown = ["" if n is None else self._text[self._lines[n] : self._lines[n + 1]] for n in (above, line, below)]
        if is_signature(*shown):
            return False
        is_heading = _ATX.match(self._text, self._lines[below], self._lines[below + 1])
        return not is_heading and self._bold(below) is None

    def _low_heading(self, start: int, name: str) -> None:
        self._close_low_heading()
        self.trail.append((_BELOW_OTHERS, _plain(name)))
        self._add(start, start + len(name), by_line=True, keep_with_next=True, kind="heading")

    def _close_low_heading(self) -> None:
        self.trail = [(depth, above) for depth, above in self.trail if depth < _BELOW_OTHERS]

    def _html(self, first: int, last: int) -> None:
        start, end = self._lines[first], self._lines[last]
        while comment := _COMMENT.match(self._text, start, end):
            start = comment.end()
        for part in _DETAILS.finditer(self._text, start, end):
            name = part["name"]
            if name and INVITATION.fullmatch(name):
                continue
            if _VISIBLE.search(_TAG.sub("", self._text[start : part.start()])):
                self._add(start, part.start())
            self._close_low_heading()
            if name:
                self._low_heading(part.start("name"), name)
            start = part.end()
        if _VISIBLE.search(self._text, start, end):
            self._add(start, end)
            html = _HTML_TITLE.search(self._text, start, end)
            if html and self._title is None:
                self._title = _plain(_TAG.sub(" ", html[1])) or None

    def _introduce(self) -> None:
        """A heading directly above another belongs to the section of that one."""
        for number in range(len(self._blocks) - 2, -1, -1):
            block, below = self._blocks[number : number + 2]
            if block.keep_with_next and below.heading[: len(block.heading)] == block.heading:
                self._blocks[number] = replace(block, heading=below.heading)


def _plain(heading: str) -> str:
    return " ".join(_INLINE_MARKUP.sub(r"\1", heading[:_HEADING_LIMIT]).split())


class _Entries(yaml.BaseLoader):
    """Keeps every scalar as it is written, and refuses deep nesting."""

    _depth = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        self._depth += 1
        if self._depth > _FRONT_MATTER_DEPTH:
            raise DocumentError(f"nested deeper than {_FRONT_MATTER_DEPTH}")
        try:
            return super().compose_node(parent, index)
        finally:
            self._depth -= 1


def _front_matter(text: str) -> tuple[dict[str, str], int, str | None]:
    """The entries that are texts, where the text after them starts, and why they are part of the text, if they are."""
    match = _FRONT_MATTER.match(text)
    if not match:
        return {}, 0, None
    if match.end() > _FRONT_MATTER_LIMIT:
        return {}, 0, f"front matter, which is longer than {_FRONT_MATTER_LIMIT:,} characters"
    kind = "TOML" if match["sign"] == "+++" else "YAML"
    try:
        with translate_errors(DocumentError):
            values = _of_toml(match["entries"]) if kind == "TOML" else yaml.load(match["entries"], Loader=_Entries)
    except DocumentError as error:
        return {}, 0, f"front matter, which is no {kind} that can be used: {error}"
    if not isinstance(values, dict):
        return {}, 0, None
    entries = {key: value for key, value in values.items() if isinstance(key, str) and isinstance(value, str)}
    return {_joined(key): _joined(value) for key, value in entries.items()}, match.end(), None


def _of_toml(entries: str) -> dict[str, str]:
    """The entries of front matter in TOML: those that are texts, numbers or dates."""
    values = tomllib.loads("\n".join(entries.splitlines()))
    return {key: str(value) for key, value in values.items() if not isinstance(value, (dict, list, bool))}


def _joined(text: str) -> str:
    """Join the halves of surrogate pairs escaped as in JSON; a half alone becomes U+FFFD."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
