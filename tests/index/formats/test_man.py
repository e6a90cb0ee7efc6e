"""Manual pages in the macros man and mdoc."""

import pytest

from tests.index.formats.files import block, parse_document, texts
from tests.index.texts import LINE_ENDS

MAN = r"""
.\" A comment
.de Sp
hidden
..
.ie t .ds -- \(em
.el \{\
.    ds -- --
.    ds L" ``
.\}
.if !'a'b' \{\
.TH FETCH 1 "2024-05-01" "fetch 3.2"
.\}
.if t \{\
hidden
.\}
.SH NAME
fetch \- get files \*(-- \*(L"fast\(rq
.SH "SEE \fIALSO\fR"
.PP
\fBfetch\fR tries
.I "three times"
before it gives up;\" a remark
see
.BR curl (1)
and \[u00E9]\('e.
It took 5\ s.
.SS
Retries
.TP
\fB\-q\fR, \fB\-\-quiet\fR
Say nothing.
Not even errors.
.TP
.BI \-o " FILE"
Write there.
.IP \(bu 2
A point.
.nf
fetch -q x
  fetch \-o a
.fi
The end.
.so man1/curl.1
"""
MDOC = r"""
.Dd May 1 2024
.Dt CAT 1
.Os
.Sh NAME
.Nm cat
.Nd print files
.Sh SYNOPSIS
.Nm
.Op Fl ben
.Op Ar
.Sh DESCRIPTION
.Nm
writes to
.Pa /dev/stdout ,
see
.Xr less 1 .
.Bl -tag -width Ds
.It Fl o Ar file
Write to
.Ar file
.Pq not a folder .
.El
"""


@pytest.mark.parametrize("end", LINE_ENDS, ids=("LF", "CRLF", "CR"))
def test_a_manual_page_is_read_as_it_is_printed(end: str) -> None:
    document = parse_document("fetch.1", MAN.replace("\n", end).encode())
    assert document.title == "FETCH(1)"
    assert texts(document) == [
        *("NAME", "fetch - get files -- ``fast”", "SEE ALSO"),
        "fetch tries three times before it gives up; see curl(1) and éé. It took 5 s.",
        *("Retries", "-q, --quiet\nSay nothing. Not even errors.", "-o FILE\nWrite there.", "A point."),
        *("fetch -q x\n  fetch -o a", "The end."),
    ]
    assert block(document, "Write there").heading == ("SEE ALSO", "Retries")
    assert document.unread_part == "the page man1/curl.1, which is included"


def test_a_page_in_mdoc_is_read_as_it_is_printed() -> None:
    document = parse_document("cat.1", MDOC.encode())
    assert document.title == "CAT(1)"
    assert texts(document) == [
        *("NAME", "cat – print files", "SYNOPSIS", "cat [-ben] [file ...]", "DESCRIPTION"),
        *("cat writes to /dev/stdout, see less(1).", "-o file\nWrite to file (not a folder)."),
    ]


def test_options_and_columns_of_mdoc_and_characters_by_number() -> None:
    page = b".Dd May\n.Bl -tag\n.It Fl o Ns = Ns Ar file , Fl v\nWrite.\n.It A Ta B\n.El\n.Pp\nCaf\\N'233'.\n"
    assert texts(parse_document("a.mdoc", page)) == ["-o=file, -v\nWrite.", "A B", "Caf\u00e9."]


@pytest.mark.parametrize("line", [".de XX", ".ig", ".if t \\{", ".while 0 \\{ x"])
def test_what_is_not_closed_is_reported(line: str) -> None:
    document = parse_document("a.man", f".TH A 1\nShown.\n{line}\nThe rest.\n".encode())
    assert document.text == "Shown." and line in str(document.unread_part).replace("\\\\", "\\")


def test_a_text_with_a_number_as_its_ending_is_no_manual_page() -> None:
    assert parse_document("report.1", b"See .TH in the text.\n").layout.parser == "text"
    assert parse_document("README", b"Pages begin so:\n\n.TH FOO 1\n.SH NAME\n\nThe end.\n").layout.parser == "text"
    assert parse_document("page.man", b"Only text.\n").text == "Only text."


@pytest.mark.parametrize(
    "line",
    ["\\", '"', ".if n ", ".if n x\n", "a\\\n", ".TP\n", "\\*[", "\\h'", ".ie t \\{\n", ".ds a \\*a\\*a\n\\*a\n", ".if ("],
)
def test_hostile_pages_are_read_at_once(line: str) -> None:
    parse_document("a.man", (".TH A 1\n.B " + line * 20_000).encode())
