"""The ``quotewise`` command: the command line of ``api``, and ``eval`` on top of it."""

from pathlib import Path
from typing import Annotated

import typer

from api import terminal
from api.cli import Json, app
from api.cli import main as main
from api.settings import load_settings


@app.command("eval")
def evaluate_gold(
    gold: Annotated[Path, typer.Argument(help="Gold questions, as JSON lines.", show_default=False)],
    corpus: Annotated[Path, typer.Option("--corpus", metavar="DIR", help="Folder that the questions are about.")],
    reader: Annotated[str | None, typer.Option("--reader", help="auto, span, similarity, or a reader's folder.")] = None,
    threshold: Annotated[
        float | None, typer.Option("--threshold", help="Confidence below which nothing is answered; 0 answers always.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Ask the questions of GOLD about a folder, and measure the answers."""
    from eval.gold import load_gold
    from eval.harness import evaluate, indexed
    from eval.measures import totals

    questions = load_gold(gold)
    with indexed(corpus, load_settings(reader=reader, threshold=threshold)) as service:
        outcomes = list(evaluate(questions, service))
    rows = [
        {
            "id": outcome.question.id,
            "right": outcome.right,
            "answered": outcome.answer.answered,
            "confidence": round(outcome.answer.confidence, 4),
            "question": outcome.question.question,
            "first_quote": outcome.answer.citations[0].quote if outcome.answer.citations else None,
            "tags": outcome.question.tags,
        }
        for outcome in outcomes
    ]
    if as_json:
        terminal.show_json({"questions": rows, "totals": totals(outcomes)})
        return
    shown = [
        ["right" if row["right"] else "WRONG", f"{row['confidence']:.2f}", str(row["question"]), str(row["first_quote"] or "–")]
        for row in rows
    ]
    terminal.show_table(["", "confidence", "question", "first quote"], shown)
    terminal.console.print()
    terminal.show_table(["measure", "value"], [[name, f"{value:.4g}"] for name, value in totals(outcomes).items()])
