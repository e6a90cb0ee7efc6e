import json

import pytest

from quotewise.eval.figures import FIGURES, PAGES, TABLES, filled


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_the_pages_show_the_figures_of_the_saved_run(page: object) -> None:
    text = page.read_text(encoding="utf-8")  # type: ignore[attr-defined]
    assert filled(text, json.loads(FIGURES.read_text(encoding="utf-8"))) == text


def test_every_table_stands_on_a_page() -> None:
    pages = "".join(path.read_text(encoding="utf-8") for path in PAGES)
    assert all(f"<!-- {name} -->" in pages and f"<!-- /{name} -->" in pages for name in TABLES)
