"""How well the reader reads a passage that it is given: ``python -m quotewise.eval.reading DATA/eval/squad2_dev_a.jsonl.gz``.

Prints the figures of SQuAD 2.0: F1 and exact match of the best span over the answerable questions, and F1 over all, for which
no answer is right where there is none, at the threshold of the reader and at the best one.
"""

import argparse
from pathlib import Path

import numpy as np
from quotewise.api.terminal import show_json
from quotewise.eval.measures import auroc, best_squad2_f1, normalized, token_f1
from quotewise.eval.training.rows import read_rows
from quotewise.index.errors import QuotewiseError
from quotewise.rag.pipeline import AskOptions, extract
from quotewise.rag.readers.span import SpanReader
from quotewise.rag.readers.span_model import BUNDLED


def read_given(rows_file: Path, folder: Path = BUNDLED) -> dict[str, float]:
    """The figures of the reader in a folder over a file of span rows. Raises GoldError, ReaderError."""
    rows = read_rows(rows_file)
    reader = SpanReader(folder)
    f1, exact, confidence = (np.zeros(len(rows)) for _ in range(3))
    for i, row in enumerate(rows):
        [extraction] = extract(reader, row.question, [row.context], AskOptions(max_quotes=1)).results
        text = row.context[slice(*extraction.quotes[0].highlights[0])] if extraction.quotes else ""
        f1[i] = token_f1(text, row.texts())
        exact[i] = any(normalized(text) == normalized(gold) for gold in row.texts())
        confidence[i] = extraction.answerability
    truth = np.array([bool(row.answers) for row in rows])
    shown = confidence >= reader.threshold
    figures = {
        "questions": len(rows),
        "answerable": truth.sum(),
        "F1 of the answerable": f1[truth].mean(),
        "exact match of the answerable": exact[truth].mean(),
        "SQuAD 2.0 F1 at the threshold": np.where(truth, f1 * shown, ~shown).mean(),
        "SQuAD 2.0 F1 at the best threshold": best_squad2_f1(f1, truth, confidence),
        "AUROC of answerability": auroc(confidence, truth),
    }
    return {name: round(float(value), 4) for name, value in figures.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the reader on passages that it is given.")
    parser.add_argument("rows", type=Path, help="a file of span rows")
    parser.add_argument("--folder", type=Path, default=BUNDLED, help="folder of the trained reader")
    arguments = parser.parse_args()
    try:
        show_json(read_given(arguments.rows, arguments.folder))
    except (QuotewiseError, OSError) as error:
        parser.exit(1, f"{parser.prog}: {error}\n")


if __name__ == "__main__":
    main()
