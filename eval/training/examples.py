"""Rows into training examples: each question with a passage that answers it and with passages that do not."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import tantivy
from pydantic import TypeAdapter, ValidationError
from tokenizers import Tokenizer

from quotewise.eval.datasets import Row, titled
from quotewise.eval.gold import GoldError, reason
from quotewise.eval.training.announcements import announcement
from quotewise.eval.training.edits import contradicted, keywords, listed_opposite, misspelt, unanswerable
from quotewise.eval.training.forms import in_another_form
from quotewise.eval.training.phrases import Phrases
from quotewise.eval.training.teacher import Taught, Teacher
from quotewise.eval.training.wordnet import WordNet
from quotewise.index.sentences import Span, sentence_spans
from quotewise.rag.readers.span_model import MAX_ANSWER, marks, prompt_ids

MAX_TOKENS = 320
"""Word pieces of an example; a longer passage is cut to whole sentences around its answer."""
IGNORED = -100
"""Start and end of an example from which no span is learned, the index that PyTorch's cross-entropy leaves out."""
_UNMARKED, _LOWER_CASE, _MISSPELT, _KEYWORDS, _PARAPHRASED, _PHRASED = 0.15, 0.15, 0.12, 0.06, 0.25, 0.35
"""Shares of the questions without question mark, in lower case, misspelt, as keywords, as people search, in synonyms of WordNet
and in other phrases."""
_OTHER_LANGUAGE = "ml_"
"""What the names of sets begin with whose questions are not in English, which the teachers do not read."""
_UNTITLED = 0.25
"""Share of the examples without the title of their document, since many documents have none that says anything."""
_UNANSWERED = 1 / 3
"""Share of the examples with an announcement that lack the sentences that answer."""
_VALUES = 200
"""Short answers of a set that serve as values of further entries."""
_CONFUSABLE = 6
"""Passages that retrieval finds for a question, of which one is drawn."""


@dataclass(frozen=True, slots=True)
class Share:
    """What is taken from a set: so many questions (all for None), each ``repeats`` times with a passage that answers it.

    The next four are the chances that a question comes once more: with a passage that retrieval finds though it does not
    answer, edited so that its own passage no longer answers it, with its passage without the sentences that answer, or with its
    passage edited so that it is about something else of the same kind. ``formed`` and ``announced`` are those of a further
    example in another form, and with a sentence that only announces the question, of which a third lacks what answers.
    """

    name: str
    questions: int | None
    repeats: int = 1
    retrieved: float = 0.4
    edited: float = 0.4
    shortened: float = 0.2
    contradicted: float = 0.0
    formed: float = 0.0
    announced: float = 0.0


@dataclass(frozen=True, slots=True)
class Example:
    """A question and a passage; ``answers`` are spans of the passage, none where it does not answer.

    ``context`` is what the reader sees beside the passage: the title of its document. ``sentences`` is True where the answers
    are evidence sentences, from which no short answer can be learned. ``taught`` is False where no teacher is to be asked;
    ``asked`` is the question as its author wrote it, for the teacher.
    """

    question: str
    passage: str
    answers: tuple[Span, ...]
    context: str = ""
    sentences: bool = False
    taught: bool = True
    asked: str = ""


@dataclass(frozen=True, slots=True)
class Encoded:
    """An example in word pieces.

    ``ids`` and ``types`` are the inputs, int64 (tokens,); ``sentence`` is the number of the passage's sentence that each
    belongs to, -1 for none; ``evidence`` tells which sentences hold an answer, bool (sentences,); ``start`` and ``end``
    (inclusive) are the word pieces of the answer, both 0, the place of ``[CLS]``, where there is none, and both ``IGNORED``
    where the passage answers but has no short answer. ``taught`` is what a teacher makes of it, where there is one.
    """

    ids: np.ndarray
    types: np.ndarray
    sentence: np.ndarray
    evidence: np.ndarray
    start: int
    end: int
    taught: Taught | None = None


def read_recipe(path: Path) -> list[Share]:
    """What is taken from each set. Raises GoldError where the file is no list of shares."""
    try:
        return TypeAdapter(list[Share]).validate_json(path.read_bytes())
    except ValidationError as error:
        raise GoldError(f"{path}: {reason(error)}") from error


class Corpus:
    """The distinct contexts of a set with their titles, in BM25."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self._titles = {row.context: titled(row.title) for row in rows}
        schema = tantivy.SchemaBuilder()
        schema.add_text_field("text", tokenizer_name="en_stem", index_option="freq", stored=True)
        self._index = tantivy.Index(schema.build())
        writer = self._index.writer(num_threads=1)
        for text in self._titles:
            writer.add_document(tantivy.Document(text=text))
        writer.commit()
        self._index.reload()

    def confusable(self, question: str, answers: Sequence[str], context: str) -> list[tuple[str, str]]:
        """The best other contexts that hold none of the answers, each with its title."""
        searcher = self._index.searcher()
        query, _ = self._index.parse_query_lenient(question, ["text"])
        hits = searcher.search(query, _CONFUSABLE * 3, count=False).hits
        texts = [searcher.doc(address)["text"][0] for _, address in hits]
        others = [text for text in texts if text != context and not any(answer.lower() in text.lower() for answer in answers)]
        return [(text, self._titles[text]) for text in others[:_CONFUSABLE]]


def examples(
    rows: Sequence[Row],
    share: Share,
    chance: random.Random,
    wordnet: WordNet | None = None,
    phrases: Phrases | None = None,
) -> Iterator[Example]:
    """Draw the examples of a set, some of its questions in other words where these are given, and some in another form."""
    texts = [text for row in chance.sample(rows, min(len(rows), _VALUES)) for text in row.texts()[:1]] if share.formed else []
    english = not share.name.startswith(_OTHER_LANGUAGE)
    for example in _drawn(rows, share, chance, *((wordnet, phrases) if english else (None, None))):
        yield example if english else replace(example, taught=False)
        formed = in_another_form(example, texts, chance) if chance.random() < share.formed else None
        if formed:
            yield formed


def _drawn(
    rows: Sequence[Row], share: Share, chance: random.Random, wordnet: WordNet | None, phrases: Phrases | None
) -> Iterator[Example]:
    opposite = wordnet.opposite if wordnet else listed_opposite
    corpus, contexts = Corpus(rows), [row.context for row in rows]
    usable = [row for row in rows if row.sure]
    for row in usable if share.questions is None else chance.sample(usable, min(share.questions, len(usable))):
        question, title = _as_typed(row.question, chance, wordnet, phrases), titled(row.title)
        for _ in range(share.repeats):
            marked = _marked(row, chance)
            yield Example(question, row.context, marked, _known(title, chance), row.sentences, asked=row.question)
        if row.answers and chance.random() < share.announced:
            yield _announced(row, question, _known(title, chance), chance)
        passage, asked = None, row.question
        kind = chance.random() if row.answers else 2.0
        edges = np.cumsum([share.retrieved, share.edited, share.shortened, share.contradicted])
        match int(np.searchsorted(edges, kind, "right")):
            case 0:
                others = corpus.confusable(row.question, row.texts(), row.context)
                passage, title = chance.choice(others) if others else (None, title)
            case 1:
                edited = unanswerable(row.question, row.context, row.texts(), chance.choice(contexts), chance, opposite)
                question, passage = edited or question, row.context if edited else None
                asked = question
            case 2:
                passage = _without(row)
            case 3:
                passage = contradicted(row.question, row.context, row.texts(), title, chance.choice(contexts), chance)
        if passage and row.answers:
            yield Example(question, passage, (), _known(title, chance), asked=asked)


def _announced(row: Row, question: str, title: str, chance: random.Random) -> Example:
    """A passage in which a sentence has the question's words and says nothing, often right before the one that answers."""
    passage = _without(row) if chance.random() < _UNANSWERED else None
    answers = () if passage else _marked(row, chance)
    passage = passage or row.context
    places = [s.start for s in sentence_spans(passage) if not any(a.start < s.start < a.end for a in answers)] or [0]
    before = [place for place in places if answers and place <= answers[0].start]
    place = before[-1] if before and chance.random() < 0.5 else chance.choice(places)
    added = announcement(row.question, row.context, chance)
    moved = tuple(Span(a.start + len(added), a.end + len(added)) if a.start >= place else a for a in answers)
    return Example(question, passage[:place] + added + passage[place:], moved, title, row.sentences, taught=False)


def _known(title: str, chance: random.Random) -> str:
    return "" if chance.random() < _UNTITLED else title


def _as_typed(question: str, chance: random.Random, wordnet: WordNet | None, phrases: Phrases | None) -> str:
    text = wordnet.paraphrased(question, chance) if wordnet and chance.random() < _PARAPHRASED else question
    text = phrases.paraphrased(text, chance) if phrases and chance.random() < _PHRASED else text
    text = keywords(text) if chance.random() < _KEYWORDS else text
    text = text.rstrip(" ?") if chance.random() < _UNMARKED else text
    text = text.lower() if chance.random() < _LOWER_CASE else text
    if chance.random() >= _MISSPELT:
        return text
    return phrases.misspelt(text, chance) if phrases and chance.random() < 0.5 else misspelt(text, chance)


def _marked(row: Row, chance: random.Random) -> tuple[Span, ...]:
    """Every evidence sentence of a row; of other answers one that most annotators marked first, and those apart from it."""
    if row.sentences or not row.answers:
        return row.answers
    most = max(row.answers.count(span) for span in row.answers)
    marked = [chance.choice([span for span in row.answers if row.answers.count(span) == most])]
    for span in row.answers if most == 1 else ():
        if all(span.end <= other.start or other.end <= span.start for other in marked):
            marked.append(span)
    return tuple(marked)


def _without(row: Row) -> str | None:
    """The context without the sentences that hold an answer, where the rest does not name it too."""
    kept = [s for s in sentence_spans(row.context) if not any(s.start < end and start < s.end for start, end in row.answers)]
    text = " ".join(row.context[start:end] for start, end in kept)
    named = any(answer.lower() in text.lower() for answer in row.texts())
    return None if named or len(kept) < 2 else text


def encode(example: Example, tokenizer: Tokenizer, chance: random.Random, teacher: Teacher | None = None) -> Encoded | None:
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
    taught: Taught | None = None
    if teacher and example.taught:
        seen = Span(int(starts[first]), int(ends[last - 1]))
        pieces = np.zeros((len(ids), 2), np.int64)
        pieces[shift:-1] = np.array(passage.offsets[first:last]) - seen.start
        text = example.passage[seen.start : seen.end]
        taught = teacher.read(example.asked or example.question, example.context, text, pieces, sentence)
    return Encoded(np.array(ids), types, sentence, evidence, begin, finish, taught)


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
