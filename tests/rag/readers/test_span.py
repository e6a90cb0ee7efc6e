from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from quotewise.index.embedders import Embedder
from quotewise.index.errors import ReaderError
from quotewise.index.ingest import SyncReport
from quotewise.index.local_store import LocalStore
from quotewise.index.store import Filter
from quotewise.rag.passages import Passage
from quotewise.rag.pipeline import Pipeline
from quotewise.rag.readers.calibration import Calibration
from quotewise.rag.readers.registry import Readers, is_multilingual
from quotewise.rag.readers.similarity import SimilarityReader
from quotewise.rag.readers.span import SpanReader
from quotewise.rag.readers.span_model import BUNDLED
from quotewise.rag.retrieval import Question, retrieve
from tokenizers import Tokenizer, models, pre_tokenizers

WHO = "Who built the lighthouse?"
FILES = {
    "lighthouse.txt": "Cafe\u0301s 🌉. Maria Keller built the lighthouse in 1887.\r\n\r\nIts lamp burnt whale oil.",
    "bridge.md": "---\ntitle: Bridge\n---\n# The bridge\n\nThe bridge fell in March because rust had eaten its cables.\n",
    "deep/bakery.txt": "The bakery opens at six. Its owner, John Marlow, bakes forty loaves a day.\n" * 3,
    "table.md": "| animal | legs |\n|---|---|\n| spider | eight |\n| beetle | six |\n",
}
ASKED = {
    WHO: ("lighthouse.txt", "Maria Keller"),
    "When did the bridge fall?": ("bridge.md", "March"),
    "Who owns the bakery?": ("deep/bakery.txt", "John Marlow"),
}


@pytest.fixture
def pipeline(store: LocalStore, sync: Callable[..., SyncReport], folder: Path, embedder: Embedder) -> Pipeline:
    for name, text in FILES.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(text.encode())
    sync()
    return Pipeline(store, lambda name: embedder, Readers("span"), threshold=0)


def test_the_span_that_answers_is_quoted_from_the_right_file_at_its_exact_place(pipeline: Pipeline, folder: Path) -> None:
    for question, (path, expected) in ASKED.items():
        answer = pipeline.ask(question, "default")
        assert (answer.citations[0].document.path, answer.short_answer and answer.short_answer.text) == (path, expected)
        assert answer.short_answer is not None
        assert FILES[path][answer.short_answer.start : answer.short_answer.end] == expected
        for citation in answer.citations:
            on_disk = (folder / citation.document.path).read_bytes().decode()
            assert on_disk[citation.start : citation.end] == citation.quote
            assert citation.highlights
            assert all(citation.start <= h.start < h.end <= citation.end for h in citation.highlights)


def retrieved(store: LocalStore, embedder: Embedder, question: str) -> list[Passage]:
    return retrieve(store, "default", Question(question, embedder.encode_query(question)), 12, Filter())


def test_passages_that_stand_far_below_the_best_or_come_after_a_sure_one_are_not_read(
    pipeline: Pipeline, store: LocalStore, embedder: Embedder
) -> None:
    reader = SpanReader()
    passages = retrieved(store, embedder, WHO)
    whole = reader.read_all(WHO, passages)
    best = max(range(len(whole)), key=lambda i: whole[i].evidence.max())
    far = [replace(p, score=p.score / 9, similarity=p.similarity / 9) if i != best else p for i, p in enumerate(passages)]
    near = [replace(p, score=passages[best].score, similarity=p.similarity / 9) for p in passages]
    for given in (far, near):
        read = reader.read(WHO, given)
        assert [r.passage for r in read] == given
        assert read[best].evidence == pytest.approx(reader.read_all(WHO, given)[best].evidence)
        for reading in read[:best] + read[best + 1 :]:
            assert not reading.evidence.any()
            assert len(reading.evidence) == len(reading.answers) == len(reading.features) == len(reading.passage.sentences)
    unlike = [replace(passage, similarity=-0.1) for passage in passages]
    assert all(reading.evidence.any() for reading in reader.read(WHO, unlike[:1]))
    assert reader.read(WHO, []) == []


def test_every_passage_of_equal_standing_is_read_where_none_is_sure(
    pipeline: Pipeline, store: LocalStore, embedder: Embedder
) -> None:
    reader = SpanReader()
    asked, passages = "Who sank the ferry?", retrieved(store, embedder, "Who sank the ferry?")
    equal = [replace(passage, score=0.03, similarity=0.5) for passage in passages]
    for one, other in zip(reader.read(asked, equal), reader.read_all(asked, equal), strict=True):
        assert one.evidence == pytest.approx(other.evidence)


def test_a_question_that_is_answered_gets_more_confidence_than_one_that_is_not(pipeline: Pipeline) -> None:
    answered, absent = (pipeline.ask(question, "default") for question in (WHO, "Who sank the ferry?"))
    assert 0 <= absent.confidence < answered.confidence <= 1


def test_a_reading_has_evidence_features_and_a_span_for_each_sentence(store: LocalStore, pipeline: Pipeline) -> None:
    passages = retrieved(store, pipeline.embedder_of("default"), WHO)
    reader = SpanReader()
    readings = reader.read_all(WHO, passages)
    assert [reading.passage for reading in readings] == passages
    for reading in readings:
        sentences = reading.passage.sentences
        assert reading.features.shape == (len(sentences), 5)
        assert (reading.evidence.shape, reading.evidence.dtype) == ((len(sentences),), np.float32)
        assert ((reading.evidence >= 0) & (reading.evidence <= 1)).all()
        for sentence, answer in zip(sentences, reading.answers, strict=True):
            assert answer is None or sentence.start <= answer.span.start < sentence.end
    assert 0 <= reader.confidence(readings) <= 1
    assert (reader.read(WHO, []), reader.confidence([])) == ([], 0.0)


def test_the_similarity_reader_reads_what_it_is_asked_to(pipeline: Pipeline, store: LocalStore, embedder: Embedder) -> None:
    chosen = Pipeline(store, lambda name: embedder, Readers("similarity"), threshold=0).ask(WHO, "default")
    assert "Maria Keller built the lighthouse in 1887." in chosen.citations[0].quote
    assert chosen.short_answer is None


class Counting:
    """Stands in for an embedder: only its vocabulary matters here, and no model of many languages is at hand."""

    def __init__(self, pieces: str) -> None:
        letters = "абвгдеёжзийклмнопрстуфхцчшщъыьэюяαβγδεζηθικλμνξοπρσςτυφχψωάέήίόύώ"
        vocabulary = ["[UNK]", *letters, *(f"##{letter}" for letter in letters), *pieces.split()]
        ids = {piece: number for number, piece in enumerate(vocabulary)}
        self._tokenizer = Tokenizer(models.WordPiece(ids, unk_token="[UNK]"))
        self._tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(encoding.ids) for encoding in self._tokenizer.encode_batch(list(texts))]


RUSSIAN = "вопрос об ответствен ##ности правитель ##ства"
GREEK = "ερώτη ##ση για την ευθύ ##νη της κυβέρνησης"


def test_an_embedder_of_many_languages_is_known_by_its_vocabulary(embedder: Embedder) -> None:
    assert not is_multilingual(embedder)
    assert is_multilingual(Counting(f"{RUSSIAN} {GREEK}"))  # type: ignore[arg-type]
    for pieces in ("the question of responsibility", RUSSIAN, GREEK):
        assert not is_multilingual(Counting(pieces))  # type: ignore[arg-type]


def test_each_embedder_gets_the_reader_for_its_languages_or_the_one_that_is_named(embedder: Embedder) -> None:
    readers = Readers()
    many: Embedder = Counting(f"{RUSSIAN} {GREEK}")  # type: ignore[assignment]
    assert isinstance(readers(embedder), SpanReader)
    assert readers(embedder) is readers(embedder)
    assert isinstance(readers(many), SimilarityReader)
    assert isinstance(Readers("similarity")(embedder), SimilarityReader)
    assert isinstance(Readers("span")(many), SpanReader)
    assert isinstance(Readers(str(BUNDLED))(many), SpanReader)


def test_a_reader_that_is_not_there_is_named(embedder: Embedder, tmp_path: Path) -> None:
    with pytest.raises(ReaderError, match="nowhere"):
        Readers(str(tmp_path / "nowhere"))(embedder)


@pytest.mark.parametrize("damage", ["", "[]", "{}", '{"passages": {"sentence": [1]}}', '{"passages": 3}', "\0"])
def test_a_damaged_calibration_is_named(tmp_path: Path, damage: str) -> None:
    (tmp_path / "calibration.json").write_text(damage)
    with pytest.raises(ReaderError, match=r"'passages' from .*calibration\.json"):
        Calibration.load(tmp_path / "calibration.json", "passages")
