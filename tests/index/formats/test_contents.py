import pytest

from quotewise.index.documents import parse_document
from quotewise.index.formats.contents import with_contents_as_navigation
from quotewise.index.formats.parsed import Block

BODY = "".join(f"## {n} {name}\n\nThe {name.lower()} is told here.\n\n" for n, name in enumerate(("Scope", "Terms", "Rent"), 1))


def quotable(text: str, path: str = "a.md") -> list[tuple[tuple[str, ...], str]]:
    document = parse_document(path, text.encode())
    return [(b.heading, document.text[b.start : b.end].strip()) for b in document.blocks if b.kind != "navigation"]


@pytest.mark.parametrize(
    "contents",
    [
        "1 Scope ........ 3\n2 Terms ........ 4\n3 Rent ......... 9\n",
        "1 Scope . . . . 3\n2 Terms . . . . 4\n3 Rent\t9\n",
        "Contents\n\nScope\t3\nTerms\tiv\nRent\t5\n",
        "Contents\n\n1. Scope 3\n\nOf the parties\n\n2. Terms 4\n\n3. Rent 5\n",
        "Contents\n\n- [Scope](#scope)\n- [Terms](#terms)\n- [Rent](#rent)\n",
        "## Table of contents\n\n* Scope\n* Terms\n* Rent\n",
    ],
)
def test_a_table_of_contents_is_navigation_and_the_text_is_not(contents: str) -> None:
    found = quotable(f"# Lease\n\nBetween Ann and Bo.\n\n{contents}\n{BODY}")
    told = [
        part
        for n, name in enumerate(("Scope", "Terms", "Rent"), 1)
        for part in (f"{n} {name}", f"The {name.lower()} is told here.")
    ]
    texts = [text for _, text in found if not text.lower().endswith("contents")]
    assert texts == ["Lease", "Between Ann and Bo.", *told]


@pytest.mark.parametrize(
    "lines",
    [
        "We offer:\n\n- Scope\n- Terms\n- Rent\n",  # an answer to what there is
        "Scope ..... 3\nTerms ..... 4\n",  # too few
        "Apples ..... 3\nPears ..... 4\nPlums ..... 5\n",  # prices
        "Heads:\n\n- Scope 12\n- Terms 34\n- Rent 85\n",  # numbers of something else
        "Contents\n\nRent\nTerms\nScope\n",  # in another order
        "Scope .... 9\nTerms .... 4\nRent ..... 2\n",  # pages that fall
    ],
)
def test_other_lists_stay_quotable(lines: str) -> None:
    text = "".join(text for _, text in quotable(f"# Lease\n\n{lines}\n{BODY}"))
    assert all(line in text for line in lines.splitlines())


def test_below_a_title_entries_with_dots_need_no_section_and_may_be_divided() -> None:
    entries = (
        "Scope ........ 3\nWhat a tenant may bring into the rooms and keep in\nthem ........ 4\nRent of the others ...... 9\n"
    )
    assert quotable(f"Contents\n\n{entries}\n{BODY}")[:2] == [((), "Contents"), (("1 Scope",), "1 Scope")]
    assert entries.splitlines()[0] in quotable(f"Prices\n\n{entries}\n{BODY}")[1][1]


def test_a_sentence_among_entries_ends_them_and_the_sections_keep_their_headings() -> None:
    entries = "Contents\n\nScope 3\n\nTerms 4\n\nRent 5\n\nAnn Lee wrote this.\n\n"
    found = quotable(f"# Lease\n\n{entries}{BODY}")
    assert ("Ann Lee wrote this." in text for _, text in found)
    assert (("Lease", "3 Rent"), "The rent is told here.") in found


def test_a_line_of_thousands_of_digits_or_dots_is_looked_at_at_once() -> None:
    for line in ("1" * 5_000, "x" * 5_000, "Name " + "_" * 20_000 + " Date", "1." * 5_000):
        assert quotable(f"# Lease\n\n{line}\n\n{BODY}")


def test_entries_that_are_set_like_headings_head_nothing() -> None:
    lines = ["Contents", "Scope 1", "Terms 2", "Rent 3", "Ann signed it.", "Scope", "Terms", "Rent"]
    text, blocks, trail = "\n".join(lines), [], ()
    for line in lines:
        trail = trail if line.endswith(".") else (line,)
        start = text.index(f"\n{line}\n") + 1 if blocks and line != "Rent" else text.rindex(line) if blocks else 0
        blocks.append(Block(start, start + len(line), trail, kind="paragraph" if line.endswith(".") else "heading"))
    found = with_contents_as_navigation(text, blocks)
    assert [block.kind for block in found] == ["heading", *["navigation"] * 3, "paragraph", *["heading"] * 3]
    assert found[4].heading == ()


def test_what_follows_a_table_of_contents_does_not_stand_under_its_title() -> None:
    text = "Status of This Memo\n\nThis memo informs all who read it.\n\nTable of Contents\n\n"
    text += "   1. Scope .... 2\n   2. Terms .... 3\n   3. Rent .... 4\n\n"
    text += "".join(
        f"{n}.  {name}\n\n   The {name.lower()} is told here.\n\n" for n, name in enumerate(("Scope", "Terms", "Rent"), 1)
    )
    found = {shown: heading for heading, shown in quotable(text, "a.txt")}
    assert found["The terms is told here."] == ("2. Terms",)
