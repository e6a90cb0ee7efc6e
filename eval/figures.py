"""The tables between marks in README.md and MODEL.md, from one command: ``quotewise eval figures ../shared/data``.

It writes ``figures.json`` and, between the marks ``<!-- NAME -->`` and ``<!-- /NAME -->`` of the two pages, the tables that
``figures.md.j2`` makes of it; a test checks that they agree.
"""

import json
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from quotewise.api.settings import load_settings
from quotewise.eval.bench import growth, models
from quotewise.eval.clients import in_process
from quotewise.eval.datasets import import_set, read_rows
from quotewise.eval.evidence import measure_evidence
from quotewise.eval.gold import SEEDS, load_gold
from quotewise.eval.measures import MEASURES, Region, auroc, best_squad2_f1, estimate, normalized, retrieval, token_f1
from quotewise.eval.peers.comparison import compare_peers
from quotewise.eval.run import Run, RunConfig, evaluate, threshold_of
from quotewise.index.embedders import load_embedder
from quotewise.rag.pipeline import AskOptions, extract
from quotewise.rag.readers.span import SpanReader
from quotewise.rag.readers.span_model import FAST_FOLDER

ROOT = Path(__file__).parent.parent
FIGURES = ROOT / "eval" / "figures.json"
PAGES = (ROOT / "README.md", ROOT / "rag" / "models" / "quotewise-reader" / "MODEL.md")
TABLES = ("answers", "evidence", "reliability", "dialogues", "retrieval", "speed", "indexing", "growth", "peers")
Figures = Mapping[str, Any]
_SETS: dict[str, tuple[str, str, list[str]]] = {
    "squad2_dev_a": ("spans", "eval/squad2_dev_a.jsonl.gz", ["train/squad2_train_a.jsonl.gz"]),
    "clapnq_dev_a": ("clapnq", "eval", []),
    "longdocs": ("longdocs", "eval/longdocs", []),
    "scifact": ("beir", "eval/scifact", []),
}
"""Format, source and further documents of each set, in the folder of the data."""
_RETRIEVAL = ("nDCG@10", "MRR@10", "recall@10")
_SHOWN = (
    *(
        "first quote right",
        "any quote right",
        "short answer F1",
        "AUROC of confidence",
        "calibration error",
        "character recall",
    ),
    *("answered and right", "correct abstention rate", "citations that verify", *_RETRIEVAL),
)
_DIALOGUES = ("bare", "follow-up", "written out", "new topic", "new topic alone")
"""Tags of the questions of dialogues: without the turns before, with them, as one would ask without them; and likewise."""
_SIZES = "10000,100000,1000000"


def of_run(run: Run) -> Figures:
    """What is kept of a run."""
    shown = {name: run.estimates[name] for name in _SHOWN if run.estimates[name].value is not None}
    first = {tag: found["first quote right"] for tag, found in run.by_tag.items() if tag.split(",")[0] in _DIALOGUES}
    return {
        "questions": len(run.outcomes),
        "threshold": run.config.threshold,
        "models": run.config.models,
        "machine": run.config.machine,
        "reliability": run.reliability,
        "p50_ms": run.latency_ms["total"][0],
        "estimates": {name: [one.value, one.low, one.high] for name, one in shown.items()},
        "first quote right by tag": {tag: [one.value, one.questions] for tag, one in first.items()},
    }


def measured(gold: Path, corpus: Path, **flags: Any) -> Figures:
    """The figures of a gold file over a folder, indexed afresh, with some settings."""
    settings = load_settings(**flags)
    with in_process(corpus, settings) as client:
        located = load_gold(gold).located(client.text)
        config = RunConfig.of(located, client, threshold_of(located, client), settings)
        return of_run(evaluate(located, client, config))


def rank_whole(gold: Path, corpus: Path) -> Figures:
    """Retrieval as the embedder's published figures have it: one vector a document, cut where the embedder's window ends."""
    embedder, questions = load_embedder(), load_gold(gold).questions
    paths = sorted(corpus.iterdir())
    vectors = embedder.encode_document([path.read_text(encoding="utf-8") for path in paths])
    figures = []
    for question in questions:
        best = np.argsort(-(vectors @ embedder.encode_query(question.question)), kind="stable")[:100]
        figures.append({"answerable": 1.0} | retrieval(question, [Region(paths[i].name, 0, 1) for i in best]))
    estimates = {measure.name: estimate(measure, figures) for measure in MEASURES if measure.name in _RETRIEVAL}
    return {"questions": len(questions), "estimates": {n: [one.value, one.low, one.high] for n, one in estimates.items()}}


def read_passages(
    rows: Annotated[Path, typer.Argument(help="A file of span rows.", show_default=False)],
    folder: Annotated[Path, typer.Option(metavar="DIR", help="Folder of the trained reader.")] = FAST_FOLDER,
) -> dict[str, float]:
    """Measure how well a reader reads passages that it is given, by the figures of SQuAD 2.0.

    F1 and exact match of the best span over the answerable questions, and F1 over all, for which no answer is right where there
    is none, at the threshold of the reader and at the best one.
    """
    questions = read_rows(rows)
    reader = SpanReader(folder)
    f1, exact, confidence = (np.zeros(len(questions)) for _ in range(3))
    for i, row in enumerate(questions):
        [extraction] = extract(reader, row.question, [row.context], AskOptions(max_quotes=1)).results
        text = row.context[slice(*extraction.quotes[0].highlights[0])] if extraction.quotes else ""
        f1[i] = token_f1(text, row.texts())
        exact[i] = any(normalized(text) == normalized(gold) for gold in row.texts())
        confidence[i] = extraction.answerability
    truth = np.array([bool(row.answers) for row in questions])
    shown = confidence >= reader.threshold
    figures = {
        "questions": len(questions),
        "answerable": truth.sum(),
        "F1 of the answerable": f1[truth].mean(),
        "exact match of the answerable": exact[truth].mean(),
        "SQuAD 2.0 F1 at the threshold": np.where(truth, f1 * shown, ~shown).mean(),
        "SQuAD 2.0 F1 at the best threshold": best_squad2_f1(f1, truth, confidence),
        "AUROC of answerability": auroc(confidence, truth),
    }
    return {name: round(float(value), 4) for name, value in figures.items()}


def _measurements(data: Path) -> dict[str, Callable[[], Figures]]:
    """What can be measured, by name."""

    def over(name: str, measure: Callable[..., Figures] = measured, gold: str = "", **flags: Any) -> Callable[[], Figures]:
        def run() -> Figures:
            with tempfile.TemporaryDirectory() as folder:
                format, source, also = _SETS[name]
                import_set(format, data / source, Path(folder), [data / path for path in also])
                return measure(SEEDS.with_name(gold) if gold else Path(folder, "gold.jsonl"), Path(folder, "corpus"), **flags)

        return run

    def by_size(rows: Iterator[dict[str, Any]]) -> Figures:
        *sizes, growth = rows
        return {"sizes": sizes, **growth}

    return {
        "seeds": lambda: measured(SEEDS, ROOT / "seeds"),
        "squad2_dev_a": over("squad2_dev_a"),
        "squad2_dev_a, similarity": over("squad2_dev_a", reader="similarity"),
        "clapnq_dev_a": over("clapnq_dev_a"),
        "longdocs": over("longdocs"),
        "dialogues, seeds": lambda: measured(SEEDS.with_name("dialogues_seeds.jsonl"), ROOT / "seeds"),
        "dialogues, squad": over("squad2_dev_a", gold="dialogues_squad.jsonl"),
        "scifact, dense": over("scifact", retrieval="dense"),
        "scifact, lexical": over("scifact", retrieval="lexical"),
        "scifact": over("scifact"),
        "scifact, whole": over("scifact", rank_whole),
        "peers": over("squad2_dev_a", compare_peers),
        "embedders": lambda: models.bench_embedders(data / "train/squad_train_partial.jsonl.gz"),
        "bench index": lambda: by_size(growth.bench_index(data / "eval/longdocs/corpus", _SIZES)),
        "bench search": lambda: by_size(growth.bench_search(data / "eval/longdocs/corpus", _SIZES)),
        "evidence": lambda: {row.pop("set"): row for row in measure_evidence(data / "train")},
        "passage given": lambda: read_passages(data / "eval/squad2_dev_a.jsonl.gz"),
        "serving": lambda: models.bench_serving(ROOT / "seeds"),
        "reading": lambda: models.bench_reading(ROOT / "seeds"),
    }


def tables(figures: Figures) -> dict[str, str]:
    """The Markdown of each table, by the name of its marks."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent), undefined=StrictUndefined, trim_blocks=True, autoescape=False
    )
    macros = environment.get_template("figures.md.j2").module
    return {name: str(getattr(macros, name)(figures)).strip() for name in TABLES}


def filled(page: str, figures: Figures) -> str:
    """A page with the table of each pair of marks in place of what stood between them."""
    for name, table in tables(figures).items():
        before, mark, rest = page.partition(f"<!-- {name} -->\n")
        if mark:
            _, end, after = rest.partition(f"<!-- /{name} -->")
            page = f"{before}{mark}{table}\n{end}{after}" if end else page
    return page


def measure_figures(
    data: Annotated[Path, typer.Argument(help="Folder that has eval/ and train/.", show_default=False)],
    only: Annotated[list[str], typer.Option(metavar="NAME", help="Measure only this; the others stay.")] = [],  # noqa: B006
) -> Iterator[dict[str, Any]]:
    """Measure what README.md and MODEL.md show, and write it there."""
    measurements = _measurements(data)
    if unknown := set(only) - set(measurements):
        raise typer.BadParameter(f"there is no {sorted(unknown)[0]!r}; there are {', '.join(measurements)}")
    figures = json.loads(FIGURES.read_text(encoding="utf-8"))
    for name in only or measurements:
        figures[name] = measurements[name]()
        yield {name: figures[name]}
        FIGURES.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    for path in PAGES:
        path.write_text(filled(path.read_text(encoding="utf-8"), figures), encoding="utf-8")
