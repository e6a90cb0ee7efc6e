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
_ITEM = re.compile(r"[ \t]*\\item\b")


def parse(data: bytes) -> Parsed:
    """Parse a text in LaTeX. Raises DocumentError when the bytes are no text."""
    return read(data, Dialect("latex", VERSION, _heading, _HIDDEN, _CODE, _code_end, _TITLE, _ITEM, _body))


def _code_end(found: re.Match[str]) -> re.Pattern[str]:
    return re.compile(rf"[ \t]*\\end\{{{found[1]}\*?\}}.*")


def _heading(lines: Sequence[str], number: int) -> Heading | None:
    found = _HEADING.fullmatch(lines[number])
    return Heading(found[2], _LEVELS[found[1]]) if found else None


def _body(lines: Sequence[str]) -> range:
    first = next((n for n, line in enumerate(lines) if re.match(r"[ \t]*\\begin\{document\}", line)), -1)
    last = next((n for n, line in enumerate(lines) if re.match(r"[ \t]*\\end\{document\}", line)), len(lines))
    return range(first + 1, last)
