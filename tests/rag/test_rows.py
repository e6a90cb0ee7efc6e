"""A row of a long table is read with the names of its columns, whatever the format."""

from collections.abc import Callable
from pathlib import Path

import pytest

from quotewise.index.embedders import Embedder
from quotewise.index.local_store import LocalStore
from quotewise.index.sync_report import SyncReport
from quotewise.rag.pipeline import Pipeline
from quotewise.rag.rows import Row

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


CROSS = [
    ("", "Basic", "Standard", "Premium"),
    ("Price per month", "9 EUR", "19 EUR", "49 EUR"),
    ("Storage", "10 GB", "100 GB", ""),
    ("Support", "", "email", "phone and email"),
]
CROSS_FILES = {
    "plans.md": "# Plans\n\n" + "\n".join(f"| {' | '.join(row)} |" for row in (CROSS[0], ("---",) * 4, *CROSS[1:])),
    "plans.csv": "\n".join(",".join(row) for row in CROSS),
    "plans.tsv": "\n".join("\t".join(row) for row in CROSS),
    "plans.html": "<h1>Plans</h1><table><tr><td>" + "<tr><td>".join("<td>".join(row) for row in CROSS) + "</table>",
    "plans.txt": "Plans\n\n"
    + "\n".join("  ".join(f"{cell or '-':16}" for cell in row) for row in CROSS).replace("-  ", "   ", 1),
}


@pytest.mark.parametrize("name", CROSS_FILES)
def test_the_cell_where_a_row_and_a_column_meet_answers_though_the_first_column_has_no_name(
    name: str, folder: Path, sync: Callable[..., SyncReport], store: LocalStore, embedder: Embedder
) -> None:
    (folder / name).write_text(CROSS_FILES[name])
    sync()
    pipeline = Pipeline(store, lambda _: embedder)
    asked = {
        "What does the Premium plan cost per month?": "49 EUR",
        "How much storage does Standard have?": "100 GB",
        "What support does Standard include?": "email",
    }
    for question, cell in asked.items():
        answer = pipeline.ask(question, "default")
        [highlight, *_] = answer.citations[0].highlights
        assert answer.citations[0].quote[highlight.start - answer.citations[0].start :].startswith(cell)
    assert not pipeline.ask("How much support does Norway include?", "default").answered
    if not name.endswith(".txt"):  # where an empty cell leaves no trace
        assert not pipeline.ask("How much storage does Premium have?", "default").answered


@pytest.mark.parametrize("name", ["CHANGES.md", "CHANGES.txt"])
def test_the_heading_of_a_release_says_when_it_was(
    name: str, folder: Path, sync: Callable[..., SyncReport], store: LocalStore, embedder: Embedder
) -> None:
    mark = "## " if name.endswith(".md") else ""
    (folder / name).write_text(
        f"Pumpkin changes\n===============\n\n{mark}3.2.0 (2024-05-01)\n\n- Fixed the clock in summer time.\n\n"
        f"{mark}3.1.0 (2023-11-20)\n\n- Added a dark theme.\n"
    )
    sync()
    pipeline = Pipeline(store, lambda _: embedder)
    for question in ("When was 3.2.0 released?", "When did Pumpkin 3.2.0 come out?"):
        assert pipeline.ask(question, "default").citations[0].quote.endswith("3.2.0 (2024-05-01)")
    assert not pipeline.ask("When was 3.3.0 released?", "default").answered


@pytest.mark.parametrize(
    ("text", "media_type", "names"),
    [
        ("Offices\t3\t4", "text/tab-separated-values", ("", "2021", "2022", "2023")),
        ("Offices\t3\t4", "application/pdf", ()),  # where no tab tells which cell is empty
        ("Offices | 3 | 4", "text/html", ("", "2021", "2022", "2023")),
        ("| 3 | 4 | 5", "text/html", ("", "2021", "2022", "2023")),
        ("| Offices | 3 | 4 |", "text/markdown", ("", "2021", "2022", "2023")),
    ],
)
def test_cells_are_read_under_the_names_of_their_own_columns(text: str, media_type: str, names: tuple[str, ...]) -> None:
    row = Row.of(text, ("Figures", "| 2021 | 2022 | 2023"), media_type)
    assert row.names == names
    told = {name: text[slice(*cell)] for name, cell in zip(row.names, row.cells, strict=bool(names))}
    assert not names or (told["2021"] == "3" and told[""] in ("", "Offices"))


SYSTEMS = "Driver|Windows 11|macOS 14", "v1.8|yes|no", "v2.0|no|yes"
FEES = "Service|Fee|Due", "Passport|£88|on application", "Marriage notice|£42|at the appointment"
STAFF = "Name|Department|Office|Extension", "Helen Carter, receptionist|Desk|A-001|4001", "Priya Raman|IT|B-2|4410"
LEVELS = "Parameter|Value|Unit", "Noise level|62|dB(A)", "Weight|27.5|kg"
PARTS = "Part no.|Description|Price", "88-1001|Impeller|EUR 45", "88-1007|Gasket|EUR 8"
BOATS = "Stop|1st boat|2nd boat", "Eday|08:10|—", "Kirkwall|06:40|11:15"


@pytest.mark.parametrize(
    ("table", "question", "answer"),
    [
        (SYSTEMS, "Does v1.8 run on macOS 14?", "no"),
        (SYSTEMS, "Which driver runs on macOS 14?", "v2.0"),
        (FEES, "When is the fee for a marriage notice due?", "at the appointment"),
        (STAFF, "Where does the receptionist sit?", "A-001"),
        (STAFF, "What is Priya Raman's extension?", "4410"),
        (LEVELS, "What is the noise level?", "62 | dB(A)"),
        (PARTS, "What is part number 88-1007?", "Gasket"),
        (BOATS, "When does the 2nd boat stop at Kirkwall?", "11:15"),
        (BOATS, "When does the 2nd boat stop at Eday?", None),
    ],
)
def test_the_cell_that_answers_is_marked(
    table: tuple[str, ...],
    question: str,
    answer: str | None,
    folder: Path,
    sync: Callable[..., SyncReport],
    store: LocalStore,
    embedder: Embedder,
) -> None:
    head, *rows = (f"| {line.replace('|', ' | ')} |" for line in table)
    rule = "|---" * (table[0].count("|") + 1) + "|"
    (folder / "table.md").write_text("\n".join(["# Table", "", head, rule, *rows]))
    sync()
    found = Pipeline(store, lambda _: embedder).ask(question, "default")
    if answer is None:
        assert not found.answered
    else:
        first = found.citations[0]
        assert [first.quote[mark.start - first.start : mark.end - first.start] for mark in first.highlights] == [answer]
