"""Passages of an index, shown to a person who types what they answer, into a gold file."""

import random
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from quotewise.eval.gold import GoldError, GoldQuestion, GoldQuote, load_gold
from quotewise.index.sentences import Span, sentence_spans

Ask = Callable[[str], str]
"""Shows a prompt and returns the line that was typed, without its line break."""
Tell = Callable[[str], None]
_SENTENCES = 8
"""Sentences of a passage that is shown."""
_NUMBERS = re.compile(r"(\d+)(?:\s*-\s*(\d+))?")
HELP = (
    "Type a question that the passage answers, then the number of the sentence that answers it (2), of several (2-3), "
    "or words of it. A question that begins with ! is one that no document answers. An empty line shows the next passage, "
    "a full stop ends."
)


def draft(path: Path, texts: Sequence[tuple[str, str]], ask: Ask, tell: Tell, chance: random.Random) -> int:
    """Append questions to a gold file, each at once, until a full stop is typed or input ends; returns how many.

    Args:
        path: of the gold file, made if need be.
        texts: path and text of each document.
        ask: where the person types; raises EOFError at the end of input.
        tell: shows a line.
        chance: draws the passages.

    Raises:
        GoldError: the file is there but no gold file, or gzipped.
    """
    if path.suffix == ".gz":
        raise GoldError(f"{path} is gzipped; draft into a plain file")
    taken = {question.id for question in load_gold(path).questions} if path.exists() else set()
    before = len(taken)
    tell(HELP)
    with suppress(EOFError):
        for document, text, sentences in _passages(texts, chance):
            tell(f"\n{document}, characters {sentences[0].start}-{sentences[-1].end}")
            for number, sentence in enumerate(sentences, 1):
                tell(f"[{number}] {' '.join(text[sentence.start : sentence.end].split())}")
            while question := _typed(ask, "question"):
                gold = _question(question, document, text, sentences, ask, tell, _new_id(taken, path.stem))
                _append(path, gold)
                taken.add(gold.id)
    return len(taken) - before


def _passages(texts: Sequence[tuple[str, str]], chance: random.Random) -> Iterator[tuple[str, str, list[Span]]]:
    runs = []
    for document, text in texts:
        sentences = sentence_spans(text)
        runs += [(document, text, sentences[at : at + _SENTENCES]) for at in range(0, len(sentences), _SENTENCES)]
    if not runs:
        raise GoldError("there is no passage to ask about: the collection is empty")
    chance.shuffle(runs)
    yield from runs


def _append(path: Path, gold: GoldQuestion) -> None:
    """Add a line, after the last one is ended."""
    before = path.read_bytes() if path.exists() else b""
    with path.open("a", encoding="utf-8") as file:
        file.write("\n" * bool(before and not before.endswith(b"\n")) + gold.model_dump_json(exclude_defaults=True) + "\n")


def _typed(ask: Ask, prompt: str) -> str:
    """What was typed. Raises EOFError at a full stop as at the end of input."""
    typed = ask(prompt).strip()
    if typed == ".":
        raise EOFError
    return typed


def _question(typed: str, document: str, text: str, sentences: Sequence[Span], ask: Ask, tell: Tell, id: str) -> GoldQuestion:
    if typed.startswith("!"):
        return GoldQuestion(id=id, question=typed[1:].strip() or "?", answerable=False)
    while isinstance(span := _marked(_typed(ask, "quote"), text, sentences), str):
        tell(span)
    quote = GoldQuote(path=document, quote=text[span.start : span.end], start=span.start, end=span.end)
    short = ""
    with suppress(EOFError):  # the question is complete without it
        short = _typed(ask, "short answer, if there is one")
    return GoldQuestion(id=id, question=typed, answerable=True, quotes=[quote], answers=[short] if short else [])


def _marked(typed: str, text: str, sentences: Sequence[Span]) -> Span | str:
    """The span that was marked, or why it is none."""
    numbers = _NUMBERS.fullmatch(typed)
    if numbers:
        first, last = int(numbers[1]), int(numbers[2] or numbers[1])
        if not 1 <= first <= last <= len(sentences):
            return f"the sentences are numbered from 1 to {len(sentences)}"
        return Span(sentences[first - 1].start, sentences[last - 1].end)
    start, end = sentences[0].start, sentences[-1].end
    places = [found.start() for found in re.finditer(re.escape(typed), text[start:end])] if typed else []
    if len(places) != 1:
        return "the passage has these words more than once; type more of them" if places else "the passage has no such words"
    return Span(start + places[0], start + places[0] + len(typed))


def _new_id(taken: set[str], stem: str) -> str:
    number = len(taken) + 1
    while f"{stem}-{number:03}" in taken:
        number += 1
    return f"{stem}-{number:03}"
