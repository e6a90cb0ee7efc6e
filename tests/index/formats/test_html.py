"""What a browser displays of a page is in its text, in blocks that say what it is."""

import pytest

from quotewise.index.errors import DocumentError
from quotewise.index.formats.html import parse
from tests.index.formats.files import block, parse_document, texts


def page(body: str, head: str = "") -> str:
    return f"<!doctype html><html><head>{head}</head><body>{body}</body></html>"


def parsed(body: str, head: str = ""):  # noqa: ANN201
    return parse_document("page.html", page(body, head).encode())


def test_headings_paragraphs_lists_and_code_are_blocks_of_their_kind() -> None:
    document = parsed(
        "<h1>Rules</h1><p>One <b>bold</b>\n word.<br>Next line.</p><h2>Fees</h2><ul><li>First<ul><li>Inner</li></ul></li></ul>"
        "<ol start=3><li>Third<li value=7>Seventh</ol><dl><dt>Term<dd>Meaning</dl><pre>a  b\n c</pre>",
        "<title>The Rules</title>",
    )
    assert document.title == "The Rules"
    assert [(b.kind, document.text[b.start : b.end]) for b in document.blocks] == [
        ("heading", "Rules"),
        ("paragraph", "One bold word.\nNext line."),
        ("heading", "Fees"),
        ("item", "First"),
        ("item", "Inner"),
        ("item", "3. Third"),
        ("item", "7. Seventh"),
        ("heading", "Term"),
        ("paragraph", "Meaning"),
        ("code", "a  b\n c"),
    ]
    assert block(document, "Inner").heading == ("Rules", "Fees")


def test_what_is_not_displayed_is_no_text() -> None:
    document = parsed(
        "<p>Shown</p><script>run()</script><style>p{}</style><p hidden>no</p><div style='color:red; display: none'>no</div>"
        "<template>no</template><noscript>no</noscript><!-- no --><p>End&shy;e</p>"
    )
    assert texts(document) == ["Shown", "Ende"]


def test_menus_are_tagged_and_not_left_out() -> None:
    document = parsed(
        "<nav><ul><li><a href=/>Home</a></ul></nav><div class='top menu'><a href=1>Prices</a> <a href=2>Hours</a></div>"
        "<div class=menu-of-the-day><p>Soup of leeks, and a pie of the last apples of the year.</p></div>"
        "<main><h1>Inn</h1><header>By Ann</header></main><footer>12 Mill Lane</footer>"
    )
    kinds = {document.text[b.start : b.end]: b.kind for b in document.blocks}
    assert kinds["Home"] == kinds["Prices Hours"] == "navigation"
    assert kinds["Soup of leeks, and a pie of the last apples of the year."] == "paragraph"
    assert kinds["12 Mill Lane"] == "footer"


def test_a_row_is_read_with_its_header_and_with_what_is_merged_over_it() -> None:
    document = parsed(
        "<h1>Sales</h1><table><caption>By year</caption><thead><tr><th rowspan=2>Region<th colspan=2>2024</tr><tr>"
        "<th>Q1<th>Q2</thead>"
        "<tr><td colspan=3>Europe</td></tr><tr><td rowspan=2>Norway<td>1<td>2</tr><tr><td>3<td>4</tr></table>"
    )
    assert block(document, "Norway | 1 | 2").heading == ("Sales", "Europe", "Region | 2024 Q1 | Q2")
    assert block(document, "3 | 4").heading == ("Sales", "Europe", "Norway", "2024 Q1 | Q2")
    assert document.text.count("Norway") == 1
    assert texts(document, "caption") == ["By year"]


def test_a_table_for_layout_is_no_table() -> None:
    document = parsed("<table role=presentation><tr><td><h2>News</h2><p>Long story.</p></td><td><p>More.</p></td></tr></table>")
    assert texts(document) == ["News", "Long story.", "More."]


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ("<meta charset=windows-1251><p>Привет всем".encode("cp1251"), "Привет всем"),
        (b"<meta charset=iso-8859-1><p>\x93Price\x94 10 \x80", "“Price” 10 €"),
        ("<meta charset=iso-8859-1><p>naïve “UTF-8”".encode(), "naïve “UTF-8”"),
        ("<meta charset=utf-8><p>Größe".encode("utf-16"), "Größe"),
        ("<!-- <meta charset=koi8-r> --><meta charset='Shift_JIS'><p>価格は百円です".encode("cp932"), "価格は百円です"),
        (
            b"<?xml version='1.0' encoding='utf-8'?><html><head><title/></head><body><p>A&nbsp;b</p></body></html>",
            "A\u00a0b",
        ),
    ],
)
def test_a_page_is_decoded_as_browsers_do(data: bytes, text: str) -> None:
    assert texts(parse_document("page.html", data)) == [text]


def test_unclosed_formatting_loses_nothing() -> None:
    document = parsed("".join(f"<font color=red><b>Line {n}.<br>" for n in range(3_000)) + "<p>End.")
    assert "Line 2999." in document.text and document.text.endswith("End.") and document.unread_part is None


def test_elements_nested_too_deep_are_stopped_and_named() -> None:
    with pytest.raises(DocumentError, match=r"nested deeper than 2,048"):
        parse_document("deep.html", b"<div>" * 10_000)
    document = parsed("<p>Before.</p>" + "<div>" * 10_000 + "Inside.")
    assert texts(document)[0] == "Before." and "nested deeper" in str(document.unread_part)


def test_the_fields_of_a_form_are_read_with_what_is_filled_in() -> None:
    page = (
        "<form><p><label>Name <input value='Ada Quill'></label><p>Size <select><option>S<option selected>M</select>"
        "<p><label>Note</label><textarea>ring twice</textarea><p>Key <input type=password value=secret></form>"
    )
    assert texts(parse_document("a.html", page.encode())) == ["Name Ada Quill", "Size M", "Note ring twice", "Key"]


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ("10<sup>6</sup> Ca<sup>2+</sup> m<sup>2</sup>, the 1<sup>st</sup> of CO<sub>2</sub>.", "10⁶ Ca²⁺ m², the 1st of CO2."),
        ("It ended.<sup><a href=#n1>1</a></sup> So<a href=#n2><sup>b</sup></a> it is<sup>[<a href=#n>3</a>]</sup>.", None),
        ("He left<a href=n.html#n1>12</a>, see page <a href=#p2>2</a>.", "He left[12], see page 2."),
        ("He <a role=doc-noteref href=#n>*</a> wo<span role=doc-pagebreak>12</span>rd", "He [*] word"),
    ],
)
def test_raised_digits_and_marks_of_notes_are_no_part_of_the_number_or_word_before(body: str, shown: str | None) -> None:
    assert texts(parsed(f"<p>{body}</p>")) == [shown or "It ended.[1] So[b] it is[3]."]
    assert texts(parsed(f"<table><tr><th>A<th>B<tr><td>1<td>{body}</table>"), "row") == [
        f"A | B\n1 | {shown or 'It ended.[1] So[b] it is[3].'}"
    ]


def test_a_formula_is_read_once_in_one_line() -> None:
    math = "<math><semantics><mrow><mi>E</mi><mo>=</mo><mfrac><mi>a</mi><msup><mi>c</mi><mn>2</mn></msup></mfrac></mrow>"
    math += "<annotation>E = a</annotation></semantics></math>"
    letters = "<span class=katex><span>{}</span><span aria-hidden=true>E=ac2</span></span>"
    picture = "<span style='display: none'>{}</span><img src=a.png>"
    for shown in ("{}", letters, picture):
        assert texts(parsed(f"<p>So {shown.format(math)} holds.</p>")) == ["So E=(a)/(c^2) holds."]


def test_rows_and_cells_that_stand_in_no_row_or_in_a_form_are_read_as_browsers_show_them() -> None:
    header = "<tr><td>Item</td><td>Price</td></tr>"
    cells = "<td>Pen</td><td><input value=3></td>"
    for body in (f"{header}<form><tr>{cells}</tr></form>", f"{header}{cells}", f"{header}<tr><form>{cells}</form></tr>"):
        document = parsed(f"<table>{body}</table>")
        assert texts(document) == ["Item | Price\nPen | 3"] and block(document, "Pen").heading == ("Item | Price",)


def test_cells_in_the_head_of_a_table_name_its_columns_whatever_they_are_called() -> None:
    document = parsed("<table><thead><tr><td>2023</td><td>Sum: all</td></tr></thead><tr><td>1</td><td>2</td></tr></table>")
    assert block(document, "1 | 2").heading == ("2023 | Sum: all",)


def test_items_have_the_letters_and_numbers_that_a_list_counts_in() -> None:
    lists = "<ol type=a start=2><li>x<li>y</ol><ol reversed><li>z<li>w</ol><ol style='list-style: upper-roman'><li>v</ol>"
    assert texts(parsed(lists)) == ["b. x", "c. y", "2. z", "1. w", "I. v"]


def test_text_that_is_marked_as_the_start_of_a_printed_page_is_read() -> None:
    assert texts(parsed("<p role=doc-pagebreak>He left in the morning.</p><p role=doc-pagebreak>Page 13</p>")) == [
        "He left in the morning."
    ]


def test_the_foot_of_a_table_comes_last() -> None:
    body = "<tfoot><tr><td>Sum<td>9</tfoot><tbody><tr><td>Item<td>Price<tr><td>Pen<td>9</tbody>"
    assert texts(parsed(f"<table>{body}</table>")) == ["Item | Price\nPen | 9\nSum | 9"]


def test_the_link_beside_a_heading_is_no_part_of_it() -> None:
    document = parsed("<h1>Fees<a class=headerlink href=#fees>¶</a></h1><p>See § 5 and <a href=#b>§ 6</a>.</p>")
    assert texts(document) == ["Fees", "See § 5 and § 6."] and block(document, "§ 5").heading == ("Fees",)


def test_how_a_word_is_spoken_is_no_part_of_it() -> None:
    assert texts(parsed("<p><ruby>漢<rp>(</rp><rt>かん</rt><rp>)</rp>字<rt>じ</rt></ruby>を読む</p>")) == ["漢字を読む"]


def test_notes_that_open_when_they_are_asked_for_are_read() -> None:
    document = parsed("<p>It ended.</p><aside role=doc-footnote hidden><p>In May.</p></aside><p hidden>no</p>")
    assert texts(document) == ["It ended.", "In May."] and block(document, "In May.").kind == "footnote"


@pytest.mark.parametrize(
    "body",
    [
        "<table><tr class='question'><td><b>1.</b></td><td><b>May I stop?</b></td></tr>"
        "<tr class='answer'><td></td><td><p>Yes.</p></td></tr>"
        "<tr class='question'><td><b>2.</b></td><td><b>It fails with this: no file</b></td></tr>"
        "<tr class='answer'><td></td><td><p>Make one.</p></td></tr></table>",
        "<div class='q'>1. May I stop?</div><div class='a'>Yes.</div>"
        "<p class='faq-q'>2. It fails with this: no file</p><p class='faq-a'>Make one.</p>",
        "<div class='faq-question'><p>1. May I stop?</p></div><div class='faq-answer'>Yes.</div>"
        "<div class='faq-question'><h3>2. It fails with this: no file</h3></div><div class='faq-answer'>Make one.</div>",
    ],
)
def test_what_the_author_calls_a_question_heads_its_answer(body: str) -> None:
    document = parsed(f"<h1>FAQ</h1>{body}")
    assert block(document, "Yes.").heading == ("FAQ", "1. May I stop?")
    assert block(document, "Make one.").heading == ("FAQ", "2. It fails with this: no file")


def test_answers_that_a_button_unfolds_are_read_below_its_words_and_menus_and_windows_are_not() -> None:
    document = parsed(
        "<h1>FAQ</h1><h2><button data-target='#a'>Is it far?</button></h2><div id=a style='display:none'>No, a mile.</div>"
        "<div><button>How do I pay there?</button><div hidden>By card.</div></div><dl><dt>Pets<dd hidden>Dogs only.</dl>"
        "<button role=tab aria-controls=w>Winter</button><div role=tabpanel id=w hidden>Closed.</div><p hidden>no</p>"
        "<header><button aria-expanded=false>Open the menu here</button><ul hidden><li><a href=1>no</a></ul></header>"
        "<button aria-controls=l>Log in</button><div id=l class=modal hidden>no</div>"
    )
    assert [shown for shown in texts(document) if shown != "Winter"] == [
        *("FAQ", "Is it far?", "No, a mile.", "How do I pay there?", "By card.", "Pets", "Dogs only.", "Closed."),
        *("Open the menu here", "Log in"),
    ]
    assert block(document, "No, a mile.").heading == ("FAQ", "Is it far?")
    assert texts(document, "navigation") == ["Winter", "Open the menu here", "Log in"]


def test_what_asks_for_consent_to_cookies_or_tells_where_a_page_stands_is_never_quoted() -> None:
    document = parsed(
        "<div id=cookie-banner><p>We use cookies.</p></div><p class=breadcrumbs><a href=/>Home</a> > Returns of goods</p>"
        "<div class=cookie-policy><p>Ours are kept for a year.</p></div>"
    )
    assert texts(document, "paragraph") == ["Ours are kept for a year."]


@pytest.mark.parametrize(
    "page",
    [
        '<div class="site has-cookie-bar-visible"><p>What it says.</p></div>',
        '<div class="cookie-banner"><main><p>What it says.</p></main></div>',
        '<div id="cookie-info"><p>What it says.</p></div>',
        '<div class="breadcrumbs-coating"><p>What it says.</p></div>',
    ],
)
def test_an_element_whose_name_only_begins_like_a_cookie_banner_is_read(page: str) -> None:
    parsed = parse(page.encode())
    assert [block.kind for block in parsed.blocks] == ["paragraph"]


@pytest.mark.parametrize(
    "page",
    [
        "<form><button>Send the message now</button><p hidden>It was sent.</p></form>",
        '<button data-toggle="modal" data-target="#a">Read the full terms</button><div id=a hidden>Terms</div>',
        '<div class="faq-template" hidden>{{answer}}</div>',
    ],
)
def test_what_a_form_a_window_or_a_template_hides_is_not_read(page: str) -> None:
    parsed = parse(f"<p>Text</p>{page}".encode())
    assert [parsed.text[b.start : b.end] for b in parsed.blocks if b.kind == "paragraph"] == ["Text"]


def test_a_button_beside_a_heading_is_no_part_of_it_and_a_message_of_a_forum_is_no_heading() -> None:
    parsed = parse(b"<h2>Hours <button>Edit this part</button></h2><p>Nine.</p>")
    assert [(b.kind, parsed.text[b.start : b.end]) for b in parsed.blocks] == [
        ("heading", "Hours"),
        ("navigation", "Edit this part"),
        ("paragraph", "Nine."),
    ]
    parsed = parse(b"<div class=question><p>It fails.</p><pre>run()</pre></div><div class=answer>Wait.</div>")
    assert [block.kind for block in parsed.blocks] == ["paragraph", "code", "paragraph"]


def test_a_total_over_all_columns_names_no_rows_below_it() -> None:
    rows = "<tr><th>Item<th>Price<tr><td colspan=2>Summer<tr><td>Oar<td>4<tr><td colspan=2>Subtotal: 4.00<tr><td>Rope<td>7"
    document = parsed(f"<table>{rows}</table>")
    assert block(document, "Oar").heading == ("Summer", "Item | Price") and block(document, "Rope").heading == ("Item | Price",)
    document = parsed(f"<table>{rows.replace('Summer', 'Balance sheet 2024')}</table>")
    assert block(document, "Oar").heading == ("Balance sheet 2024", "Item | Price")


def test_terms_and_summaries_head_what_they_stand_for_and_nothing_after_it() -> None:
    terms = "<dl><dt>Delivery<dd>Three days.<dt>1.2<dd><h4>Fixed</h4><p>A crash.</p><dt>Express</dt><dd>One.</dl>"
    parts = "<details><summary>Returns</summary><p>In May.</p><details><summary>Gifts</summary>Never.</details>Free.</details>"
    parts += "<details><summary>Show more</summary>Bye.</details>"
    document = parsed(f"<h1>Help</h1>{terms}<p>Call us.</p>{parts}<p>Or write.</p>")
    trails = {
        block(document, one).heading: one for one in ("Three", "crash", "One", "Call", "May", "Never", "Free", "Bye", "Or")
    }
    assert trails == {
        ("Help", "Delivery"): "Three",
        ("Help", "1.2", "Fixed"): "crash",
        ("Help", "Express"): "One",
        ("Help", "Returns"): "Free",
        ("Help", "Returns", "Gifts"): "Never",
        ("Help",): "Or",
    }


@pytest.mark.parametrize("after", ["<p>Second.</p>", "Second.", "<html><body><div>Second.</div></body></html>"])
def test_what_follows_the_end_of_a_page_is_read(after: str) -> None:
    assert texts(parse_document("page.html", f"{page('<p>First.</p>')}\n{after}".encode())) == ["First.", "Second."]


def test_lines_in_bold_type_and_elements_that_are_called_titles_head_what_follows() -> None:
    page = (
        "<h1>Pets</h1><p><b>Opening hours</b><br>Mon 9-17</p><p><strong>Prices</strong></p><p>Cats cost <b>9 euros</b>.</p>"
        "<div class='card'><div class='card-title'>Gift <i>cards</i></div><div>They last.</div></div><p class='title'>Cat.</p>"
        "<div role='heading' aria-level='2'>Arrival</div><p>After 3.</p><p><b>Note:</b> Call us.</p><p class='title'>End</p>"
    )
    document = parsed(page)
    shown = ("Mon", "Cats cost", "They last", "After", "Note")
    assert [block(document, one).heading[1:] for one in shown] == [
        ("Opening hours",), ("Prices",), ("Gift cards",), ("Arrival",), ("Arrival",)
    ]  # fmt: skip
    assert texts(document, "heading") == ["Pets", "Opening hours", "Prices", "Gift cards", "Arrival"]


LAW = """                     NOTICE TO TENANTS

SECTION 1. HEATING.

    (a) Boiler.--The heating will be switched off on the third of May so
that the boiler can be replaced by a heat pump, which takes four days. The
caretaker tells every tenant in writing.

    (b) Heaters.--During that time every flat gets two electric heaters from
the caretaker on the ground floor.

Flat         Heaters      Watts
-----------  -----------  -----
1            2            1500
2            3            2000

    make heat --flats=1,2 | tee /tmp/log;
    if (cold) { call(caretaker); }
"""


def test_prose_in_preformatted_text_is_read_as_plain_text_is() -> None:
    document = parsed(f"<h1>House</h1><pre>{LAW}</pre><hr><pre>{LAW}</pre><p>End.</p>")
    kinds = {text: (b.kind, b.heading) for text, b in zip(texts(document), document.blocks, strict=True)}
    heading = ("House", "NOTICE TO TENANTS", "SECTION 1. HEATING.")
    prose = next(
        text for text in kinds if "so\nthat the boiler can be replaced by a heat pump, which takes four days. The" in text
    )
    assert kinds[prose] == ("paragraph", heading)
    table = next(text for text in kinds if "1            2" in text)
    assert kinds[table] == ("row", (*heading, "Flat | Heaters | Watts"))
    assert next(kinds[text] for text in kinds if "make heat" in text) == ("code", heading)
    assert kinds["End."] == ("paragraph", ("House",))


@pytest.mark.parametrize(
    "code",
    [
        f"<pre><code>{LAW}</code></pre>",
        f"<pre class=language-text>{LAW}</pre>",
        "<pre>" + "".join(f"<span class=k>{line}</span>\n" for line in LAW.split("\n")) + "</pre>",
        "<pre>for line in lines:\n    # Read what is written in the line, and remember all\n    # of it for the next."
        "\n    read(line)</pre>",
        "<pre>activeBackground  bitmap     font        relief.\nforeground        text       borderWidth anchor</pre>",
        "<pre>+------+    +--------+\n| disk | -> | reader |\n+------+    +--------+</pre>",
        "<pre>2024-05-01 ERROR The connection to the data base was refused.\n"
        "2024-05-02 INFO The server has been started again.</pre>",
        "<pre>Shall I compare thee to a summer's day?\nThou art more lovely and more temperate:\n"
        "Rough winds do shake the darling buds of May,\nAnd summer's lease hath all too short a date;</pre>",
    ],
)
def test_code_diagrams_and_verse_in_preformatted_text_are_read_by_lines(code: str) -> None:
    assert {(b.kind, b.by_line) for b in parsed(code).blocks} == {("code", True)}
