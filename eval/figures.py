"""The tables between marks in README.md and MODEL.md, from one command: ``python -m quotewise.eval.figures ../shared/data``.

Writes ``eval/figures.json`` and, between the marks ``<!-- NAME -->`` and ``<!-- /NAME -->`` of the two pages, the tables made
of it; a test checks that they agree.
"""

import argparse
import json
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from quotewise.api.settings import load_settings
from quotewise.api.terminal import console
from quotewise.eval.benchmarks import bench_indexing, bench_reading, bench_serving
from quotewise.eval.clients import InProcess, indexed
from quotewise.eval.datasets import import_set
from quotewise.eval.gold import load_gold
from quotewise.eval.growth import bench_index, bench_search
from quotewise.eval.harness import evaluate, threshold_of
from quotewise.eval.peers.__main__ import side_by_side
from quotewise.eval.reading import read_given
from quotewise.eval.runs import Journal, Run, head_of
from quotewise.eval.whole import rank_whole
from quotewise.index.errors import QuotewiseError

ROOT = Path(__file__).parent.parent
FIGURES = ROOT / "eval" / "figures.json"
PAGES = (ROOT / "README.md", ROOT / "rag" / "models" / "quotewise-reader" / "MODEL.md")
SEEDS = ROOT / "eval" / "gold" / "seeds.jsonl"
Figures = Mapping[str, Any]


def _squad2(data: Path, folder: Path) -> None:
    import_set("spans", data / "eval/squad2_dev_a.jsonl.gz", [data / "train/squad2_train_a.jsonl.gz"], folder)


def _clapnq(data: Path, folder: Path) -> None:
    import_set("clapnq", data / "eval", [], folder)


def _longdocs(data: Path, folder: Path) -> None:
    import_set("longdocs", data / "eval/longdocs", [], folder)


def _scifact(data: Path, folder: Path) -> None:
    import_set("beir", data / "eval/scifact", [], folder)


SETS: dict[str, Callable[[Path, Path], None]] = {
    "squad2_dev_a": _squad2,
    "clapnq_dev_a": _clapnq,
    "longdocs": _longdocs,
    "scifact": _scifact,
}
_SIZES = (1_000, 10_000)
_ANSWERS = (
    "first quote right",
    "any quote right",
    "short answer F1",
    "AUROC of confidence",
    "calibration error",
    "answered and right",
    "rightly silent",
)
_DIALOGUES = ("bare", "follow-up", "written out", "new topic", "new topic alone")
"""Tags of the questions of dialogues: without the turns before, with them, as one would ask without them; and likewise."""
_RETRIEVAL = ("nDCG@10", "MRR@10", "recall@10")
_SHOWN = (*_ANSWERS, "citations that verify", *_RETRIEVAL)


def of_run(run: Run) -> Figures:
    """What is kept of a run."""
    kept = {name: run.estimates[name] for name in _SHOWN if run.estimates[name].value is not None}
    return {
        "questions": len(run.outcomes),
        "threshold": run.head.threshold,
        "models": run.head.models,
        "machine": run.head.machine,
        "overhead": run.overhead,
        "p50_ms": run.latency_ms["total"]["p50"] if run.latency_ms else None,
        "estimates": {name: [one.value, one.low, one.high] for name, one in kept.items()},
        "first quote right by tag": {
            tag: [found["first quote right"].value, found["first quote right"].questions]
            for tag, found in run.by_tag.items()
            if tag.partition(",")[0] in _DIALOGUES
        },
    }


Measuring = Callable[[Path, Path], Figures]
"""The figures of a gold file and a corpus."""


def measured(gold: Path, corpus: Path, **flags: Any) -> Figures:
    """The figures of a gold file over a folder, indexed afresh."""
    with indexed(corpus, load_settings(**flags)) as service:
        service.warm()
        asked = InProcess(service)
        located = load_gold(gold).located(asked.text)
        head = head_of(located, asked.name, asked.documents(), threshold_of(located, asked), service.settings)
        return of_run(evaluate(located, asked, head, Journal(None, head), None, lambda done, total: None))


def commands(data: Path) -> dict[str, Callable[[], Figures]]:
    """What can be measured, by name."""

    def over(name: str, measure: Measuring) -> Callable[[], Figures]:
        def run() -> Figures:
            with tempfile.TemporaryDirectory() as folder:
                SETS[name](data, Path(folder))
                return measure(Path(folder, "gold.jsonl"), Path(folder, "corpus"))

        return run

    def by(**flags: Any) -> Measuring:
        return lambda gold, corpus: measured(gold, corpus, **flags)

    return {
        "seeds": lambda: measured(SEEDS, ROOT / "seeds"),
        "squad2_dev_a": over("squad2_dev_a", measured),
        "squad2_dev_a, similarity": over("squad2_dev_a", by(reader="similarity")),
        "clapnq_dev_a": over("clapnq_dev_a", measured),
        "longdocs": over("longdocs", measured),
        "dialogues, seeds": lambda: measured(SEEDS.with_name("dialogues_seeds.jsonl"), ROOT / "seeds"),
        "dialogues, squad": over("squad2_dev_a", lambda _, corpus: measured(SEEDS.with_name("dialogues_squad.jsonl"), corpus)),
        "scifact, dense": over("scifact", by(retrieval="dense")),
        "scifact, lexical": over("scifact", by(retrieval="lexical")),
        "scifact": over("scifact", measured),
        "scifact, whole": over("scifact", rank_whole),
        "peers": over("squad2_dev_a", side_by_side),
        "embedders": lambda: bench_indexing(data / "train/squad_train_partial.jsonl.gz", None),
        "bench index": lambda: bench_index(_SIZES, lambda row: None),
        "bench search": lambda: bench_search(_SIZES, lambda row: None),
        "passage given": lambda: read_given(data / "eval/squad2_dev_a.jsonl.gz"),
        "serving": lambda: bench_serving(ROOT / "seeds", SEEDS, 300),
        "reading": lambda: bench_reading(ROOT / "seeds", 10, 200),
    }


def tables(figures: Figures) -> dict[str, str]:
    """The Markdown of each table, by the name of its marks."""
    return {
        "answers": _answers(figures),
        "dialogues": _dialogues(figures),
        "retrieval": _retrieval(figures),
        "speed": _speed(figures),
        "indexing": _indexing(figures),
        "growth": _growth(figures),
        "peers": _peers(figures),
    }


def _answers(figures: Figures) -> str:
    rows = [
        [
            name,
            str(figures[name]["questions"]),
            *(_estimate(figures[name], one) for one in _ANSWERS),
            f"{figures[name]['p50_ms']:.0f}",
        ]
        for name in ("seeds", "squad2_dev_a", "squad2_dev_a, similarity", "clapnq_dev_a", "longdocs")
    ]
    columns = ["set", "questions", "first quote right", "one of three", "short answer F1", "AUROC", "ECE"]
    return _table([*columns, "answered and right", "rightly silent", "p50 ms"], rows)


def _dialogues(figures: Figures) -> str:
    def right(name: str, tag: str) -> str:
        share, questions = figures[name]["first quote right by tag"][tag]
        return f"{share * questions:.0f} of {questions}"

    rows = [
        [f"{name}{part}", *(right(f"dialogues, {name}", tag + part) for tag in _DIALOGUES)]
        for name in ("seeds", "squad")
        for part in (", dev", ", test")
    ]
    columns = ["without the turns before", "with them", "written out in full", "new topic, with them", "new topic alone"]
    return _table(["first quote right of follow-ups", *columns], rows)


def _retrieval(figures: Figures) -> str:
    rows = [
        [how, *(_estimate(figures[name], one) for one in _RETRIEVAL)]
        for how, name in (
            ("one vector an abstract, as published", "scifact, whole"),
            ("`--retrieval dense`", "scifact, dense"),
            ("`--retrieval lexical`", "scifact, lexical"),
            ("`--retrieval hybrid`", "scifact"),
        )
    ]
    return _table(["scifact, 300 claims, 5,183 abstracts", *_RETRIEVAL], rows)


def _speed(figures: Figures) -> str:
    serving, reading, given = figures["serving"], figures["reading"], figures["passage given"]
    one, four, first = serving["one_client"], serving["four_clients"], serving["first_event"]
    rows = [
        [
            "start to ready; resident memory after load",
            f"{serving['ready_seconds']} s; {serving['resident_mib_after_load']} MiB",
        ],
        ["`/ask` over the seeds, one client: p50; p95", f"{one['p50_ms']} ms; {one['p95_ms']} ms"],
        ["first event of a stream: p50; p95", f"{first['p50_ms']} ms; {first['p95_ms']} ms"],
        [
            "the same, four clients on the same two cores: p50; answers a second",
            f"{four['p50_ms']} ms; {four['requests_per_second']}",
        ],
        [
            "ten passages of 200 word pieces read, median; times the floor of the integer products",
            f"{reading['median_ms']} ms; {reading['times_the_floor']}",
        ],
        [
            "squad2_dev_a, passage given: F1 of the answerable; best SQuAD 2.0 F1; AUROC",
            f"{100 * given['F1 of the answerable']:.1f}; {100 * given['SQuAD 2.0 F1 at the best threshold']:.1f}; "
            f"{given['AUROC of answerability']:.2f}",
        ],
    ]
    return _table(["what", "figure"], rows)


def _indexing(figures: Figures) -> str:
    found = figures["embedders"]
    rows = [
        [
            name,
            *(f"{found[key][rate]:,.0f}" for rate in ("documents_per_second", "chunks_per_second")),
            f"{found[key]['peak_mib']:,}",
        ]
        for name, key in (("bundled", "bundled"), ("the same in PyTorch, by sentence-transformers", "sentence_transformers"))
    ]
    return _table([f"{found['documents']:,} paragraphs of Wikipedia", "documents/s", "chunks/s", "MiB"], rows)


def _growth(figures: Figures) -> str:
    index, search = figures["bench index"], figures["bench search"]
    rows = [
        [
            f"{built['chunks']:,}",
            f"{sum(built['stages_ms'].values()) / 1000:,.0f} s",
            f"{100 * built['stages_ms']['embed'] / sum(built['stages_ms'].values()):.0f}%",
            f"{built['peak_mib']:,} MiB",
            *(f"{found['stages_ms'][stage]:.2f} ms" for stage in ("vectors", "words", "passages")),
            f"{found['recall_at_10_of_exact']:.3f}",
        ]
        for built, found in zip(index["sizes"], search["sizes"], strict=True)
    ]
    of_index, of_search = (one["grows_with_chunks_to_the_power_of"] for one in (index, search))
    grows = [f"^{of_index['embed']}", "", "", *(f"^{of_search[stage]}" for stage in ("vectors", "words", "passages")), ""]
    columns = ["chunks", "indexing", "of that embedding", "peak memory", "vectors", "words", "passages", "recall@10 of exact"]
    return _table(columns, [*rows, ["grows with chunks", *grows]])


def _peers(figures: Figures) -> str:
    columns = (
        ("first quote right", "first quote right", "{:.2f}"),
        ("F1", "F1", "{:.2f}"),
        ("AUROC", "AUROC", "{:.2f}"),
        ("citations that verify", "citations that verify", "{:.3f}"),
        ("index", "index seconds", "{:.0f} s"),
        ("start-up", "start-up seconds", "{:.1f} s"),
        ("p50", "p50 ms", "{:.0f} ms"),
        ("p95", "p95 ms", "{:.0f} ms"),
        ("peak memory", "peak MiB", "{:,} MiB"),
    )
    rows = [[name, *(shape.format(row[key]) for _, key, shape in columns)] for name, row in figures["peers"].items()]
    return _table(["system", *(name for name, _, _ in columns)], rows)


def _estimate(figures: Figures, name: str) -> str:
    if name not in figures["estimates"]:
        return "–"
    value, low, high = figures["estimates"][name]
    return f"{value:.2f} ({low:.2f} to {high:.2f})"


def _table(columns: list[str], rows: list[list[str]]) -> str:
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def filled(page: str, figures: Figures) -> str:
    """A page with the table of each pair of marks in place of what stood between them."""
    for name, table in tables(figures).items():
        before, mark, rest = page.partition(f"<!-- {name} -->\n")
        if mark:
            _, end, after = rest.partition(f"<!-- /{name} -->")
            page = f"{before}{mark}{table}\n{end}{after}" if end else page
    return page


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure what README.md and MODEL.md show, and write it there.")
    parser.add_argument("data", type=Path, help="folder that has eval/ and train/")
    parser.add_argument("--only", action="append", default=[], metavar="NAME", help="measure only this; the others stay")
    arguments = parser.parse_args()
    known = commands(arguments.data)
    unknown = [name for name in arguments.only if name not in known]
    if unknown:
        parser.error(f"there is no {unknown[0]!r}; there are {', '.join(known)}")
    figures = json.loads(FIGURES.read_text(encoding="utf-8")) if FIGURES.exists() else {}
    for name in arguments.only or known:
        try:
            figures[name] = known[name]()
        except (QuotewiseError, OSError) as error:
            parser.exit(1, f"{parser.prog}: {name}: {error}\n")
        console.print(f"{name}: {json.dumps(figures[name])}")
        FIGURES.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    if set(known) - set(figures):
        parser.exit(1, f"{parser.prog}: not measured yet: {', '.join(sorted(set(known) - set(figures)))}\n")
    for path in PAGES:
        path.write_text(filled(path.read_text(encoding="utf-8"), figures), encoding="utf-8")


if __name__ == "__main__":
    main()
