"""A row of a long table is read with the names of its columns, whatever the format."""

from collections.abc import Callable
from pathlib import Path

import pytest

from quotewise.index.embedders import Embedder
from quotewise.index.local_store import LocalStore
from quotewise.index.sync_report import SyncReport
from quotewise.rag.pipeline import Pipeline

TREES = ["Alder", "Birch", "Cedar", "Dogwood", "Elm", "Fir", "Ginkgo", "Hazel", "Ivy", "Juniper", "Larch", "Maple", "Oak"]
TREES += ["Pine", "Rowan", "Spruce", "Teak"]
SITES = ["Porto", "Turin", "Gdansk", "Lyon", "Bergen", "Graz", "Basel", "Cork", "Turku", "Ghent", "Split", "Varna", "Malmo"]
SITES += ["Brno", "Faro", "Riga", "Nantes"]
ROWS = [("Turbine", "Power", "Site"), *((tree, f"{40 + 7 * n} kW", SITES[n]) for n, tree in enumerate(TREES))]


def _markdown() -> str:
    head, *rows = (f"| {' | '.join(row)} |" for row in ROWS)
    return "\n".join(["# Turbines", "", head, "| --- | --- | --- |", *rows])


FILES = {
    "turbines.md": _markdown(),
    "turbines.csv": "\n".join(",".join(row) for row in ROWS),
    "turbines.html": "<h1>Turbines</h1><table><tr><td>" + "<tr><td>".join("<td>".join(row) for row in ROWS) + "</table>",
}


@pytest.mark.parametrize("name", FILES)
def test_the_row_that_answers_is_quoted(
    name: str, folder: Path, sync: Callable[..., SyncReport], store: LocalStore, embedder: Embedder
) -> None:
    (folder / name).write_text(FILES[name])
    sync()
    pipeline = Pipeline(store, lambda _: embedder)
    for question, tree in (("Where is the turbine Maple?", "Maple"), ("Which turbine stands in Riga?", "Spruce")):
        answer = pipeline.ask(question, "default")
        assert tree in (answer.citations or answer.closest)[0].quote
        assert (answer.citations or answer.closest)[0].heading[-1] == "Turbine | Power | Site"
