import pytest

from quotewise.index.left_out import LeftOut, counts, unread_part


@pytest.mark.parametrize(
    ("reason", "kind"),
    [
        ("needs a password", "password"),
        (
            "has no text layer, 3 pages: it is a scan or a drawing; index it with --ocr, after: pip install 'quotewise[ocr]'",
            "no text layer",
        ),
        ("1 of 15 pages (8), no text layer", "no text layer"),
        ("has no known format", "unknown format"),
        ("is a file of Word (.doc) 97 to 2003, which is not read; save it in the newer format", "unknown format"),
        ("is larger than 64,000,000 bytes; raise max_file_bytes to index it", "too large"),
        ("is empty", "empty"),
        ("is blank, 1 page", "empty"),
        ("takes more than 18 seconds to read", "limit"),
        ("needs more than 1,024 MB of memory to read, or is made to break its reader, signal 11", "limit"),
        ("cannot be parsed: elements are nested deeper than 2,048", "limit"),
        ("invisible text on the page", "not shown"),
        ("3 characters of which its fonts do not say what they are, read as U+FFFD", "unknown characters"),
        ("1 attached file (image.png)", "attachment"),
        ("symbolic link that leaves the folder", "not accessible"),
        ("cannot be read: Permission denied", "not accessible"),
        ("is truncated: the end of the PDF is missing; get the whole file", "damaged"),
        ("is no zip file", "damaged"),
    ],
)
def test_each_reason_is_counted_by_its_kind(reason: str, kind: str) -> None:
    assert LeftOut("a", reason).kind == kind


def test_kinds_are_counted_most_first_and_a_document_without_quotes_is_left_out() -> None:
    assert counts([LeftOut("a", "is empty"), LeftOut("b", "is no zip file"), LeftOut("c", "is no file")]) == {
        "damaged": 2,
        "empty": 1,
    }
    assert (unread_part(None, 1), unread_part("page 2", 0)) == (None, "page 2")
    assert "nothing to quote" in str(unread_part(None, 0))
