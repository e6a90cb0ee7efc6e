r"""LaTeX: the file itself, from ``\begin{document}`` on if there is one. Comments are not displayed; nothing is included."""

import re
from collections.abc import Sequence

from quotewise.index.formats.marked_text import Dialect, Heading, read
from quotewise.index.formats.parsed import Parsed

VERSION = 3
_LEVELS = {"part": 1, "chapter": 2, "section": 3, "subsection": 4, "subsubsection": 5, "paragraph": 6, "subparagraph": 7}
_HEADING = re.compile(
    r"[ \t]*\\(part|chapter|section|subsection|subsubsection)\*?(?:\[[^\]]*\])?\{((?:[^{}]|\{[^{}]*\})*)\}"
    r"(?:[ \t]*\\label\{[^{}]*\})?[ \t]*"
)
_HIDDEN = re.compile(
    r"[ \t]*%.*|[ \t]*(?:\\(?:begin|end|label|usepackage|documentclass|input|include|includegraphics|bibliography"
    r"|bibliographystyle|maketitle|centering|newpage|clearpage|tableofcontents|vspace|hspace|noindent|hline|toprule|midrule|bottomrule|newcommand"
    r"|renewcommand|def|setlength|appendix)\b\*?(?:\[[^\]]*\]|\{[^{}]*\})*[ \t]*)+"
)
_CODE = re.compile(r"[ \t]*\\begin\{(verbatim|lstlisting|minted)\*?\}.*")
_TITLE = re.compile(r"\\title(?:\[[^\]]*\])?\{((?:[^{}]|\{[^{}]*\})*)\}")
_COMMENT = re.compile(r"(?<!\\)(?:\\\\)*(?P<comment>%.*)")
_ROW_END = r"\\\\(?:\[[^\]]*\])?"
_ROW_ENDS = re.compile(rf"{_ROW_END}[ \t]*(?:\\hline|%.*)?[ \t]*\Z")
_EQUATION = re.compile(r"(?<!\\)&[ \t]*(?:[=<>]|\\(?:leq?|geq?|approx|quad|to)\b)")
_LONGEST_END = 200
_ROW_RULE = re.compile(
    r"[ \t]*(?:\\(?:hline|toprule|midrule|bottomrule|c(?:mid)?(?:line|rule)(?:\([^)]*\))?\{[^{}]*\})[ \t]*)+(?:%.*)?"
)
_STYLE = re.compile(r"\\(?:textbf|textit|emph|texttt|multicolumn\{\d+\}\{[^{}]*\})\{([^{}]*)\}")
_ITEM = re.compile(r"[ \t]*\\item\b")


def parse(data: bytes) -> Parsed:
    """Parse a text in LaTeX. Raises DocumentError when the bytes are no text."""
    return read(
        data,
        Dialect(
            "latex", VERSION, _heading, _HIDDEN, _CODE, _code_end, _TITLE, _ITEM, _body, _is_row, _ROW_RULE, _cells, _COMMENT
        ),
    )


def _is_row(line: str) -> bool:
    return "&" in line and bool(_ROW_ENDS.search(line[-_LONGEST_END:])) and not _EQUATION.search(line)


def _cells(row: str) -> list[str]:
    shown = re.sub(rf"{_ROW_END}[ \t]*(?:\\hline)?[ \t]*\Z", "", _STYLE.sub(r"\1", row))
    return [cell.strip() for cell in re.split(r"(?<!\\)&", shown)]


def _code_end(found: re.Match[str]) -> re.Pattern[str]:
    return re.compile(rf"[ \t]*\\end\{{{found[1]}\*?\}}.*")


def _heading(lines: Sequence[str], number: int) -> Heading | None:
    found = _HEADING.fullmatch(lines[number])
    return Heading(found[2], _LEVELS[found[1]]) if found else None


def _body(lines: Sequence[str]) -> range:
    first = next((n for n, line in enumerate(lines) if re.match(r"[ \t]*\\begin\{document\}", line)), -1)
    last = next((n for n, line in enumerate(lines) if re.match(r"[ \t]*\\end\{document\}", line)), len(lines))
    return range(first + 1, last)
