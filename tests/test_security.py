"""``SECURITY.md`` names the test that holds each requirement: each of them is there."""

import re
from pathlib import Path

import pytest

from quotewise.api.middleware.body_limits import MAX_VALUES
from quotewise.api.settings import Settings

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "SECURITY.md").read_text(encoding="utf-8")


def test_every_test_that_the_page_names_is_there() -> None:
    named = re.findall(r"`((?:api|index|rag|eval)/test_\w+\.py)(?:::(test_\w+))?`", PAGE)
    assert len(named) > 40
    for file, test in named:
        source = (ROOT / "tests" / file).read_text(encoding="utf-8")
        assert re.search(rf"^(async )?def {test or 'test_'}", source, re.MULTILINE), (file, test)
        assert not test or f"def {test}(" in source, (file, test)


def test_every_requirement_has_a_test_or_says_that_it_has_none() -> None:
    rows = [line for line in PAGE.splitlines() if re.match(r"\| \d+\.\d+", line)]
    assert len(rows) > 50
    for row in rows:
        _, requirement, how, test, _ = row.split("|")
        assert "::" in test or ".py`" in test or "no test" in test or ("not met" in how and test.strip() == "–"), requirement


@pytest.mark.parametrize("name", ["rate", "body_seconds", "queue", "extract_seconds", "max_uploads"])
def test_the_limits_are_those_of_the_settings(name: str) -> None:
    default = str(Settings.model_fields[name].default).removesuffix(".0")
    assert f"`{name}`, {default}" in PAGE
    assert f"{MAX_VALUES:,}" in PAGE
