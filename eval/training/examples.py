"""Rows into training examples: each question with a passage that answers it and with passages that do not."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from quotewise.eval.training.edits import contradicted, keywords, misspelt, unanswerable
from quotewise.eval.training.negatives import Context, Corpus
from quotewise.eval.training.rows import Row
from quotewise.index.sentences import Span, sentence_spans
from quotewise.rag.readers.span_model import MAX_ANSWER, marks, prompt_ids
from tokenizers import Tokenizer

MAX_TOKENS = 320
"""Word pieces of an example; a longer passage is cut to whole sentences around its answer."""
IGNORED = -100
"""Start and end of an example from which no span is learned, the index that PyTorch's cross-entropy leaves out."""

_UNMARKED = 0.15
"""Share of the questions that lose their question mark, as people type into a search box."""
_MISSPELT = 0.08
_LOWER_CASE = 0.15
_KEYWORDS = 0.06
"""Share of the questions of which only the telling words are left, as people search."""
_UNTITLED = 0.25
"""Share of the examples without the title of their document, since many documents have none that says anything."""


@dataclass(frozen=True, slots=True)
class Share:
    """What is taken from a set: so many questions (all for None), each ``repeats`` times with a passage that answers it.

    The last four are the chances that a question comes once more: with a passage that retrieval finds though it does not
    answer, edited so that its own passage no longer answers it, with its passage without the sentences that answer, or with its
    passage edited so that it is about something else of the same kind.
    """

    name: str
    questions: int | None
    repeats: int = 1
    retrieved: float = 0.4
    edited: float = 0.4
    shortened: float = 0.2
    contradicted: float = 0.0


@dataclass(frozen=True, slots=True)
class Example:
    """A question and a passage; ``answers`` are spans of the passage, none where it does not answer.

    ``context`` is what the reader is told of the passage beside its text: the title of its document. ``sentences`` is True
    where the answers are evidence sentences, from which no short answer can be learned.
    """

    question: str
    passage: str
    answers: tuple[Span, ...]
    context: str = ""
    sentences: bool = False


@dataclass(frozen=True, slots=True)
class Encoded:
    """An example in word pieces.

    ``ids`` and ``types`` are the inputs, int64 (tokens,); ``sentence`` is the number of the passage's sentence that each
    belongs to, -1 for none; ``evidence`` tells which sentences hold an answer, bool (sentences,); ``start`` and ``end``
    (inclusive) are the word pieces of the answer, both 0, the place of ``[CLS]``, where there is none, and both ``IGNORED``
    where the passage answers but has no short answer.
    """

    ids: np.ndarray
    types: np.ndarray
    sentence: np.ndarray
    evidence: np.ndarray
    start: int
    end: int


def examples(rows: Sequence[Row], share: Share, chance: random.Random) -> Iterator[Example]:
    """Draw the examples of a set."""
    corpus = Corpus(Context(row.context, titled(row.title)) for row in rows)
    usable = [row for row in rows if row.sure]
    drawn = usable if share.questions is None else chance.sample(usable, min(share.questions, len(usable)))
    contexts = [row.context for row in rows]
    for row in drawn:
        asked = _as_typed(row.question, chance)
        title = titled(row.title)
        for _ in range(share.repeats):
            yield Example(asked, row.context, _marked(row, chance), _known(title, chance), row.sentences)
        if not row.answers:
            continue
        kind = chance.random()
        if kind < share.retrieved:
            others = corpus.confusable(row.question, row.texts(), row.context)
            if others:
                other = chance.choice(others)
                yield Example(asked, other.text, (), _known(other.title, chance))
        elif kind < share.retrieved + share.edited:
            edited = unanswerable(row.question, row.context, row.texts(), chance.choice(contexts), chance)
            if edited:
                yield Example(edited, row.context, (), _known(title, chance))
        elif kind < share.retrieved + share.edited + share.shortened:
            shortened = _without(row)
            if shortened:
                yield Example(asked, shortened, (), _known(title, chance))
        elif kind < share.retrieved + share.edited + share.shortened + share.contradicted:
            other_facts = contradicted(row.question, row.context, row.texts(), title, chance.choice(contexts), chance)
            if other_facts:
                yield Example(asked, other_facts, (), _known(title, chance))


def titled(title: str) -> str:
    """A title as people write it, without the underscores of addresses."""
    return title.replace("_", " ").strip()


def _known(title: str, chance: random.Random) -> str:
    return "" if chance.random() < _UNTITLED else title


def _as_typed(question: str, chance: random.Random) -> str:
    asked = keywords(question) if chance.random() < _KEYWORDS else question
    asked = asked.rstrip(" ?") if chance.random() < _UNMARKED else asked
    asked = asked.lower() if chance.random() < _LOWER_CASE else asked
    return misspelt(asked, chance) if chance.random() < _MISSPELT else asked


def _marked(row: Row, chance: random.Random) -> tuple[Span, ...]:
    """Every evidence sentence of a row; of other answers one that most annotators marked first, and those apart from it."""
    if row.sentences or not row.answers:
        return row.answers
    first = _likeliest(row, chance)
    if all(row.answers.count(span) == 1 for span in row.answers) and len(row.answers) > 1:
        apart = [first]
        for span in row.answers:
            if all(span.end <= other.start or other.end <= span.start for other in apart):
                apart.append(span)
        return tuple(apart)
    return (first,)


def _likeliest(row: Row, chance: random.Random) -> Span:
    """The span that most annotators marked."""
    most = max(row.answers.count(span) for span in row.answers)
    return chance.choice([span for span in row.answers if row.answers.count(span) == most])


def _without(row: Row) -> str | None:
    """The context without the sentences that hold an answer, where the rest does not name it too."""
    kept = [s for s in sentence_spans(row.context) if not any(s.start < end and start < s.end for start, end in row.answers)]
    text = " ".join(row.context[start:end] for start, end in kept)
    named = any(answer.lower() in text.lower() for answer in row.texts())
    return None if named or len(kept) < 2 else text


def encode(example: Example, tokenizer: Tokenizer, chance: random.Random) -> Encoded | None:
    """Word pieces of an example, or None where the answer does not fit. Where the passage is too long, a part is drawn."""
    sentences = sentence_spans(example.passage)
    passage = tokenizer.encode(example.passage, add_special_tokens=False)
    prompt = prompt_ids(example.question, example.context, tokenizer)
    room = MAX_TOKENS - len(prompt) - 1
    starts = np.array([start for start, _ in passage.offsets])
    ends = np.array([end for _, end in passage.offsets])
    tokens = [Span(int(np.searchsorted(ends, s.start, "right")), int(np.searchsorted(starts, s.end))) for s in sentences]
    if len(passage.ids) > room:
        window = _window(example.answers, sentences, tokens, room, chance)
        if window is None:
            return None
        sentences, tokens = sentences[window], tokens[window]
    if not tokens or tokens[-1].end <= tokens[0].start:
        return None
    first, last = tokens[0].start, min(tokens[-1].end, tokens[0].start + room)
    ids = [*prompt, *passage.ids[first:last], marks(tokenizer)[1]]
    shift = len(prompt)
    sentence = np.full(len(ids), -1)
    for number, (start, end) in enumerate(tokens):
        sentence[start - first + shift : min(end, last) - first + shift] = number
    begin = finish = 0
    if example.answers:
        answer = example.answers[0]
        begin = int(np.searchsorted(ends, answer.start, "right")) - first + shift
        finish = int(np.searchsorted(starts, answer.end)) - 1 - first + shift
        if example.sentences or finish - begin >= MAX_ANSWER:
            begin = finish = IGNORED
        elif not shift <= begin <= finish < len(ids) - 1:
            return None
    evidence = np.array([any(s.start < end and start < s.end for start, end in example.answers) for s in sentences])
    if example.answers and not evidence.any():
        return None
    types = np.array([0] * shift + [1] * (len(ids) - shift))
    return Encoded(np.array(ids), types, sentence, evidence, begin, finish)


def _window(
    answers: Sequence[Span], sentences: Sequence[Span], tokens: Sequence[Span], room: int, chance: random.Random
) -> slice | None:
    """A run of sentences that fits, drawn from those that hold the first answer, or its beginning where it is too long."""
    holding = [i for i, s in enumerate(sentences) if answers and s.start < answers[0].end and answers[0].start < s.end]
    while len(holding) > 1 and tokens[holding[-1]].end - tokens[holding[0]].start > room:
        holding.pop()
    low, high = (min(holding), max(holding)) if holding else (chance.randrange(len(sentences)),) * 2
    if tokens[high].end - tokens[low].start > room:
        return None if holding else slice(low, high + 1)
    while True:
        wider = [
            (a, b)
            for a, b in ((low - 1, high), (low, high + 1))
            if a >= 0 and b < len(sentences) and tokens[b].end - tokens[a].start <= room
        ]
        if not wider:
            return slice(low, high + 1)
        low, high = chance.choice(wider)
