from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from tokenizers import Tokenizer, models, pre_tokenizers

from quotewise.index.defaults import MULTILINGUAL_EMBEDDER
from quotewise.index.embedders import Embedder, load_embedder
from quotewise.index.errors import ReaderError
from quotewise.index.local_store import LocalStore
from quotewise.index.sync_report import SyncReport
from quotewise.rag.passages import Passage
from quotewise.rag.pipeline import AskOptions, Pipeline, extract
from quotewise.rag.readers import Reading
from quotewise.rag.readers.calibration import Calibration
from quotewise.rag.readers.registry import TRAINED, Readers, is_multilingual
from quotewise.rag.readers.similarity import SimilarityReader
from quotewise.rag.readers.span_model import DEEP_FOLDER

WHO = "Who built the lighthouse?"
ENGLISH = "The lighthouse was built by the men of the harbour in 1790."
FRENCH = "Le phare a été construit par les hommes du port et la tour est dans la ville."


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


def test_each_embedder_and_text_gets_the_reader_for_its_languages_or_the_one_that_is_named(embedder: Embedder) -> None:
    readers, many = Readers(), load_embedder(MULTILINGUAL_EMBEDDER, 1)
    assert is_multilingual(many)
    for english in (
        readers(embedder),
        readers(),
        readers(None, [ENGLISH]),
    ):
        assert english.name == "quotewise-reader-cascade"
    for deep in (
        readers(many),
        readers(None, [FRENCH]),
    ):
        assert deep.name == "quotewise-reader-deep"
    fast = Readers("fast")
    assert fast(embedder).model is fast().model, "a model is loaded once"  # type: ignore[attr-defined]
    assert isinstance(Readers("similarity")(many), SimilarityReader)
    assert Readers("similarity")().name == "quotewise-reader-cascade", "which reads texts"
    assert Readers("fast")(many).name == "quotewise-reader"
    assert Readers(str(DEEP_FOLDER))(embedder).name == "quotewise-reader-deep"


def test_a_reader_that_is_not_there_is_named(embedder: Embedder, tmp_path: Path) -> None:
    with pytest.raises(ReaderError, match="nowhere"):
        Readers(str(tmp_path / "nowhere"))(embedder)


class FirstSentence:
    """A second reader: it is sure of the first sentence of every passage, and predicts no spans."""

    name, threshold = "first", 0.5

    def read(self, question: str, passages: Sequence[Passage], keep_reading: Callable[[], bool] = bool) -> list[Reading]:
        certain = Calibration((10.0, -5.0), (1.0, 0.0), 0.5)
        first = [np.eye(1, len(passage.sentences), dtype=np.float32).T for passage in passages]
        return [certain.reading(question, passage, scores) for passage, scores in zip(passages, first, strict=True)]

    def confidence(self, readings: Sequence[Reading]) -> float:
        return max((float(reading.evidence.max(initial=0)) for reading in readings), default=0.0)


def test_another_reader_is_one_entry_for_questions_and_for_texts(
    store: LocalStore, sync: Callable[..., SyncReport], folder: Path, embedder: Embedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(TRAINED, "first", lambda threads: FirstSentence())
    (folder / "a.txt").write_text("Share.\n\nMaria Keller built the lighthouse. Its lamp burnt whale oil.")
    (folder / "b.txt").write_text("The boats lie still. Nobody came.")
    sync()
    answers = {}
    for name in ("first", "similarity"):
        pipeline = Pipeline(store, lambda name: embedder, Readers(name), threshold=0)
        answers[name] = pipeline.ask(WHO, "default")
        assert answers[name].short_answer is None
    assert answers["first"].citations[0].quote == "The boats lie still."
    assert answers["first"].confidence == pytest.approx(0.993, abs=0.001)
    assert "Maria Keller built the lighthouse." in answers["similarity"].citations[0].quote
    [extraction] = extract(Readers("first")(), WHO, ["One. Two."], AskOptions()).results
    assert (extraction.answered, [quote.quote for quote in extraction.quotes]) == (True, ["One."])
