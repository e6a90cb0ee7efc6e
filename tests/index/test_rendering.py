import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from quotewise.index.errors import DocumentError
from quotewise.index.rendering import ShownBlock, is_shown_by_blocks, shown_blocks
from tests.index.formats.files import parse_document
from tests.index.formats.test_spans import FILES, LINES
from tests.index.texts import markdown_texts

TEA = """---
author: Smith
---
# Tea *green*

Tea was **first `x`** drunk [here](http://a.b/c "t").
Soft \\* line.

Setext
------

- one
  - two
1. three

> quoted
> goes on

| Name | Price | Note |
|------|------:|---|
| Oolong \\| x |  | **e** |

```python
print(1)
```

[ref]: http://x.y
"""


def rendered(path: str, data: bytes) -> tuple[str, tuple[ShownBlock, ...]]:
    document = parse_document(path, data)
    return document.text, shown_blocks(document.text, document.blocks, document.layout.parser)


def seen(text: str, block: ShownBlock) -> str:
    """What of a block is not hidden."""
    hidden = [range(mark.start, mark.end) for mark in block.marks if mark.kind == "hidden"]
    return "".join(text[n] for n in range(block.start, block.end) if not any(n in span for span in hidden))


def test_markdown_is_shown_as_it_reads_without_its_signs() -> None:
    text, blocks = rendered("tea.md", TEA.encode())
    assert [(block.kind, block.level, seen(text, block)) for block in blocks if not block.cells] == [
        ("markup", 0, "author: Smith"),
        ("heading", 1, "Tea green"),
        ("paragraph", 0, "Tea was first x drunk here.\nSoft * line."),
        ("heading", 2, "Setext"),
        ("item", 1, "one"),
        ("item", 2, "two"),
        ("item", 1, "1. three"),
        ("quotation", 0, "quoted\ngoes on"),
        ("code", 0, "print(1)"),
        ("markup", 0, "[ref]: http://x.y"),
    ]
    rows = [(block.kind, [text[cell.start : cell.end] for cell in block.cells]) for block in blocks if block.cells]
    assert rows == [("columns", ["Name", "Price", "Note"]), ("row", ["Oolong \\| x", "", "**e**"])]
    styled = {text[mark.start : mark.end]: mark.kind for block in blocks for mark in block.marks if mark.kind != "hidden"}
    assert styled == {"green": "emphasis", "first `x`": "strong", "x": "code", "e": "strong"}


@pytest.mark.parametrize(
    ("path", "data", "rows"),
    [
        ("a.csv", 'Name;Price\n"Tea; green";5\nCoffee;"a ""b"""\n;7\n', ["Name Price", "Tea; green 5", 'Coffee a ""b""', " 7"]),
        ("a.html", "<table><tr><th>N<th>P<th>Q<tr><td>x<td><td>1<tr><td>y<td>2<td>3</table>", ["N P Q", "x  1", "y 2 3"]),
        ("a.tsv", "Name\tPrice\nTea\t5\n", ["Name Price", "Tea 5"]),
    ],
)
def test_tables_are_shown_by_cells_under_the_names_of_their_columns(path: str, data: str, rows: list[str]) -> None:
    text, blocks = rendered(path, data.encode())
    assert [" ".join(text[cell.start : cell.end] for cell in block.cells) for block in blocks] == rows
    assert [block.kind for block in blocks] == ["columns", *["row"] * (len(rows) - 1)]


def test_headings_have_the_levels_of_their_trails_and_code_its_lines() -> None:
    page = "<h1>Top</h1><p>Intro<br>line</p><h2>Sub</h2><ol><li>a<li>b</ol><pre>a\n  b</pre><h2>Last</h2><p>End."
    text, blocks = rendered("a.html", page.encode())
    shown = [(block.kind, block.level, text[block.start : block.end]) for block in blocks]
    assert shown[:3] == [("heading", 1, "Top"), ("paragraph", 0, "Intro\nline"), ("heading", 2, "Sub")]
    assert shown[3:6] == [("item", 1, "1. a"), ("item", 1, "2. b"), ("code", 0, "a\n  b")]
    assert shown[6] == ("heading", 2, "Last")


def check(path: str, data: bytes) -> None:
    """Blocks, and the cells and marks of each, are ascending spans within what they are part of."""
    try:
        text, blocks = rendered(path, data)
    except DocumentError:
        return
    end = 0
    for block in blocks:
        assert end <= block.start < block.end <= len(text)
        end = block.start
        for cell in block.cells:
            assert end <= cell.start <= cell.end <= block.end
            end = cell.end
        starts = [mark.start for mark in block.marks]
        assert all(block.start <= mark.start < mark.end <= block.end for mark in block.marks)
        assert starts == sorted(starts)
        end = block.end


@given(markdown_texts)
@example("`a` **b [c](d)** _e_ \\*\n\n| a | `|` |\n|---|\n| **|\n")
@example("- \n> -  x\n>\n1)\ty")
def test_what_is_shown_of_markdown_are_spans_of_its_text(text: str) -> None:
    check("a.md", text.encode())


@pytest.mark.parametrize("path", FILES)
@given(lines=LINES)
def test_what_is_shown_of_other_formats_are_spans_of_their_text(path: str, lines: list[str]) -> None:
    check(path, FILES[path](lines))


@given(st.text(alphabet="*_`[]()!~\\ ab", max_size=300))
def test_unbalanced_signs_are_text(text: str) -> None:
    check("a.md", text.encode())


def test_what_an_editor_shows_and_what_is_very_long_is_shown_by_lines() -> None:
    assert not any(is_shown_by_blocks(parser, 10) for parser in ("text", "source_code", "pdf"))
    assert is_shown_by_blocks("docx", 10)
    assert not is_shown_by_blocks("docx", 50_000_000)
