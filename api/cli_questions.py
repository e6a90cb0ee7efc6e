"""The commands that put questions to an index, or to the service that runs on it."""

import sys
from functools import partial
from typing import Annotated

import typer

from quotewise.api import terminal
from quotewise.api.cli_options import STORE, Output, command
from quotewise.api.questions import Questions
from quotewise.api.settings import Settings

questions = typer.Typer()
_UNANSWERED = 3
Question = Annotated[
    str, typer.Argument(help="A question, or for a search some words; - is standard input.", show_default=False)
]
Prefix = Annotated[str, typer.Option("--path-prefix", metavar="TEXT", help="Look only at paths that start so.")]
Also = Annotated[list[str] | None, typer.Option(metavar="NAME", help="Ask this collection, too; may be repeated.")]
Local = Annotated[bool, typer.Option("--local", help="Open the index, even where a service runs on it and could be asked.")]


@command(questions, "ask", *STORE, "collection", "top_k", "max_quotes", "reader", "threshold")
def ask(settings: Settings, question: Question, path_prefix: Prefix = "", also: Also = None, local: Local = False) -> Output:
    """Answer QUESTION with quotes, or say that the documents do not; then the exit code is 3."""
    question = _read(question, settings)
    with Questions(settings, local, also or ()) as asked:
        answer = asked.ask(question, path_prefix)
    return Output(answer, partial(terminal.show_answer, answer), 0 if answer["answered"] else _UNANSWERED)


@command(questions, "search", *STORE, "collection", "top_k")
def search(settings: Settings, question: Question, path_prefix: Prefix = "", also: Also = None, local: Local = False) -> Output:
    """Show the passages closest to QUESTION."""
    question = _read(question, settings)
    with Questions(settings, local, also or ()) as asked:
        passages = asked.search(question, path_prefix)
    return Output(passages, partial(terminal.show_passages, passages))


@command(questions, "chat", *STORE, "collection", "top_k", "max_quotes", "reader", "threshold")
def chat(settings: Settings, path_prefix: Prefix = "", also: Also = None, local: Local = False) -> None:
    """Ask one question after the other; a follow-up is understood by those before it, and sources can be opened."""
    from quotewise.api.chat import Chat

    with Questions(settings, local, also or ()) as asked, Chat(asked, path_prefix) as talk:
        failed = talk.run()
    if failed and not sys.stdin.isatty():
        raise typer.Exit(1)


def _read(question: str, settings: Settings) -> str:
    return terminal.read_text("-", settings.max_file_bytes).strip() if question == "-" else question
