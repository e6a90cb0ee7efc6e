"""Hypothesis strategies for the texts that folders really hold, and for those that strangers make up."""

from hypothesis import settings
from hypothesis import strategies as st

LINE_ENDS = ("\n", "\r\n", "\r")
WORDS = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=15)
PROSE = st.sampled_from(
    (
        "The cat sat on the mat.",
        "Mr. Smith met the U.S. envoy at 5 p.m. on Monday; nobody was told.",
        "E\u0301te\u0301 a\u030a\u0323 na\u0308iv!",
        "The family 👩‍👩‍👧 sailed 🏴‍☠️ home 🇩🇪.",
        "«Où?» “It’s too general,” she said…",
        "ロシアは警告を無視した。それはなぜか？",
        "no full stop and no capital",
        "Why? ",
        " ",
    )
)
MARKS = st.sampled_from(("- ", "* ", "• ", "1. ", "12) ", "123. ", "> ", "> > ", "  - ", "\t", "    ", "|", " | "))
LONG = st.builds(
    str.__mul__,
    st.sampled_from(
        ("word ", "a", "clause, ", "so; ", "A. ", "e\u0301", "\u0301", "👩‍👧", "\u200b", " ", "\t", ">", "|x", "- ")
    ),
    st.integers(20, 200),
)
MARKDOWN = st.sampled_from(
    (
        "# Head",
        "## The *sub* head ##",
        "#",
        "Setext\n===",
        "Setext\ntwo lines\n---",
        "```python\n# no heading\nx = 1\n```",
        "~~~\nopen fence",
        "| a | b |\n|---|---|\n| c | d. E |",
        "<!-- hidden -->",
        f"<!-- {'hidden words ' * 60}-->",
        "<div>\nHtml. And more.\n</div>",
        "---\ntitle: Given\ntags: [a]\nauthor: Ann\n---",
        "[ref]: http://example.org",
        "    indented code",
        "***",
    )
)


def examples(number: int) -> settings:
    """That many examples, with no time limit on any, since the machine may be busy."""
    return settings(max_examples=number, deadline=None)


def _joined(fragments: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    def spread(end: str, pieces: list[str], last: str) -> str:
        return "".join(pieces).replace("\n", end) + last.replace("\n", end)

    return st.builds(spread, st.sampled_from(LINE_ENDS), st.lists(fragments, max_size=24), st.sampled_from(("", "\n")))


_BREAKS = st.sampled_from(("\n", "\n", "\n\n", "\n \t\n", "\r", "\r\n"))
texts = _joined(st.one_of(PROSE, PROSE, _BREAKS, _BREAKS, MARKS, WORDS, LONG))
markdown_texts = _joined(
    st.one_of(
        st.builds("\n\n{}\n\n".format, MARKDOWN), st.builds("\n{}\n".format, MARKDOWN), PROSE, _BREAKS, MARKS, WORDS, LONG
    )
)
encodings = st.sampled_from(("utf-8", "utf-8-sig", "utf-16", "utf-32"))
