"""Jupyter notebooks: the cells in order, each a part; prose as Markdown, code, and its results as text and tables."""

import json
from typing import Any

from quotewise.index.errors import DocumentError
from quotewise.index.formats import html, terminal
from quotewise.index.formats.composed import Composer
from quotewise.index.formats.html_tree import read_tree
from quotewise.index.formats.markdown import blocks_below
from quotewise.index.formats.parsed import Parsed

VERSION = 4
_CELLS_LIMIT = 20_000
_LONGEST_OUTPUT = 100_000


def parse(data: bytes) -> Parsed:
    """Parse a notebook. Raises DocumentError where the bytes are no notebook."""
    try:
        notebook = json.loads(data)
    except RecursionError as error:
        raise DocumentError("is stopped at a limit: its JSON is nested too deep") from error
    except ValueError as error:
        raise DocumentError(f"is no notebook: {str(error)[:120]}") from error
    cells = notebook.get("cells") if isinstance(notebook, dict) else None
    if not isinstance(cells, list):
        raise DocumentError("is no notebook: it has no list of cells")
    composer = Composer("ipynb", VERSION)
    if len(cells) > _CELLS_LIMIT:
        composer.problems.append(f"the cells after the first {_CELLS_LIMIT:,}")
    for number, cell in enumerate(cells[:_CELLS_LIMIT], 1):
        if not isinstance(cell, dict):
            continue
        composer.part("cell", number)
        source = _joined(cell.get("source"))
        if cell.get("cell_type") == "code":
            composer.add(source, "code")
            for output in cell.get("outputs") or ():
                if isinstance(output, dict):
                    _result(composer, output, number)
        else:
            _markdown(composer, source)
    return composer.finish()


def _markdown(composer: Composer, source: str) -> None:
    composer.add_as_written(source, *blocks_below(source, composer.headings))


def _result(composer: Composer, output: dict[str, Any], cell: int) -> None:
    """What a result shows: tables by rows, text without its colours, and of an error what it is, and not where it came from."""
    if output.get("output_type") == "error":
        shown = ": ".join(one for key in ("ename", "evalue") if isinstance(one := output.get(key), str) and one)
        composer.add(_bounded(composer, shown, cell), "code")
        return
    data = output.get("data")
    forms = data if isinstance(data, dict) else {"text/plain": output.get("text")}
    page = _joined(forms.get("text/html"))
    if "<table" in page and (tree := read_tree(_bounded(composer, page, cell))[0]) is not None:
        above = composer.headings
        html.walk(tree, composer)
        composer.headings = above
    elif source := _joined(forms.get("text/markdown")):
        _markdown(composer, _bounded(composer, source, cell))
    else:
        composer.add(terminal.shown(_bounded(composer, _joined(forms.get("text/plain")), cell)), "code")


def _bounded(composer: Composer, shown: str, cell: int) -> str:
    if len(shown) > _LONGEST_OUTPUT:
        composer.problems.append(f"of cell {cell} the result after its first {_LONGEST_OUTPUT:,} characters")
    return shown[:_LONGEST_OUTPUT]


def _joined(source: Any) -> str:
    if isinstance(source, list):
        return "".join(piece for piece in source if isinstance(piece, str))
    return source if isinstance(source, str) else ""
