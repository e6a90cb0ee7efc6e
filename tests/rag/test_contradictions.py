import pytest

from quotewise.rag.contradictions import contradictions, difference


@pytest.mark.parametrize(
    ("sentence", "other", "found"),
    [
        ("The monthly rent of the flat is 900 euros.", "The monthly rent of the flat is 950 euros.", "number"),
        ("The lease ends on 1 March 2024 for all tenants.", "The lease ends on 1 March 2025 for all tenants.", "number"),
        ("Pets are allowed in the house at night.", "Pets are not allowed in the house at night.", "negation"),
        ("Guests may smoke on the balcony.", "Guests may never smoke on the balcony.", "negation"),
        ("The notice period is 30 days for tenants.", "The notice period is 30 days for all tenants.", None),
        ("The rent of flat 12 is 900 euros.", "The rent of flat 14 is 950 euros.", None),
        ("The fee of the course in Rome is 30 euros.", "The fee of the course in Oslo is 50 euros.", None),
        ("Anna paid 30 euros for the large room.", "Bert paid 50 euros for the large room.", None),
        ("The notice period is 30 days.", "The swimming pool is open for 40 weeks of the year.", None),
        ("", "", None),
    ],
)
def test_sentences_contradict_each_other_where_they_say_the_same_of_the_same_but_for_one_figure_or_a_negation(
    sentence: str, other: str, found: str | None
) -> None:
    assert (difference(sentence, other), difference(other, sentence)) == (found, found)


def test_only_quotes_of_different_documents_contradict_each_other() -> None:
    old, new = "Everyone knows. The monthly rent is 900 euros.", "The monthly rent is 950 euros."
    assert list(contradictions([("a", old), ("a", new), ("b", "Dogs bark."), ("c", new)])) == [(0, 3, "number")]
