import shutil
from collections.abc import Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Page, sync_playwright

from quotewise.eval.measures import compare
from quotewise.eval.report import render
from quotewise.eval.run import Outcome, Run

CHROMIUM = shutil.which("chromium")
HOSTILE = '<img src=x onerror="document.title=1"><script>document.title=2</script>'


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    if CHROMIUM is None:
        pytest.skip("there is no chromium here: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-background-networking", "--disable-component-update"]
        )
        yield browser.new_page()
        browser.close()


@pytest.fixture(scope="module")
def shown(page: Page, seed_run: Run, tmp_path_factory: pytest.TempPathFactory) -> Page:
    """The report of a run against one in which every question failed, and with a question that would be markup."""
    first, *others = seed_run.outcomes
    bad = f"{HOSTILE}\u202e\x1b[2J"
    texts = [(path, start, end, bad + text[len(bad) :]) for path, start, end, text in first.texts]
    gold = first.gold.model_copy(update={"question": HOSTILE})
    run = replace(seed_run, outcomes=[first.model_copy(update={"gold": gold, "texts": texts}), *others])
    before = [
        Outcome(gold=one.gold, error_type="failed", failure="timeout", figures=one.figures | {"handled": 0.0})
        for one in run.outcomes
    ]
    baseline = replace(run, outcomes=before)
    path = tmp_path_factory.mktemp("report") / "report.html"
    path.write_text(render(run, compare(baseline.figures, run.figures), run.changed(baseline)), encoding="utf-8")
    page.goto(path.as_uri())
    return page


def test_the_report_asks_nothing_of_any_other_place(shown: Page) -> None:
    assert shown.evaluate("performance.getEntriesByType('resource').length") == 0
    assert shown.title() == "seeds.jsonl – Quotewise evaluation"
    assert HOSTILE in (shown.text_content("#questions summary >> nth=0") or "")
    assert f"{HOSTILE}[U+202E]␛[2J" in (shown.text_content("#questions blockquote >> nth=0") or "")


def test_the_report_has_every_figure_with_its_interval(shown: Page, seed_run: Run) -> None:
    one = seed_run.estimates["first quote right"]
    assert f"{one.value:.3f}\t{one.low:.3f} to {one.high:.3f}\t36" in shown.inner_text("table >> nth=0")
    assert shown.locator("svg").count() == 2
    assert "gain" in shown.inner_text("text=accuracy at the threshold >> nth=1 >> xpath=..")


def test_failures_can_be_picked_by_kind_and_by_words(shown: Page, seed_run: Run) -> None:
    wrong = sum(outcome.error_type == "wrong answer" for outcome in seed_run.outcomes)
    visible = shown.locator("#questions > details:not([hidden])")
    assert visible.count() == 54
    shown.check("input[value='wrong answer']")
    assert visible.count() == wrong
    shown.fill("#words", "NAME OF THE US AMBASSADOR")
    assert visible.count() <= 1
    shown.fill("#words", "")
    shown.check("input[value='']")
    assert visible.count() == 54


def test_quotes_and_gold_are_marked_in_their_passage(shown: Page, seed_run: Run) -> None:
    number, outcome = next(
        (n, one) for n, one in enumerate(seed_run.outcomes) if one.error_type == "correct" and one.response.citations
    )
    shown.click(f"#questions summary >> nth={number}")
    opened = shown.locator("#questions details[open]")
    text = outcome.texts[0][3]
    marked = "".join(opened.locator("blockquote mark").all_text_contents())
    assert marked == "".join(
        text[quote.start : quote.end] for quote in sorted(outcome.response.citations, key=lambda quote: quote.start)
    )
    assert outcome.gold.quotes[0].quote in (opened.text_content() or "")
    assert opened.locator(".goldmark").count() >= 1
