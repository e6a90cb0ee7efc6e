from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from quotewise.eval.training.calibration import Case, outcome_of
from quotewise.index.embedders import Embedder
from quotewise.index.errors import ReaderError
from quotewise.index.filters import Filter
from quotewise.index.local_store import LocalStore
from quotewise.index.sync_report import SyncReport
from quotewise.rag.passages import Passage
from quotewise.rag.pipeline import Pipeline
from quotewise.rag.readers.calibration import load_calibrations
from quotewise.rag.readers.registry import Readers
from quotewise.rag.readers.span import SpanReader
from quotewise.rag.readers.span_model import FAST_FOLDER
from quotewise.rag.retrieval import Query, retrieve

WHO, ABSENT = "Who built the lighthouse?", "Who sank the ferry?"
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
    return Pipeline(store, lambda name: embedder, Readers("fast"), threshold=0)


def retrieved(store: LocalStore, embedder: Embedder, question: str) -> list[Passage]:
    return retrieve(store, "default", [Query(question, embedder.encode_query(question))], 12, Filter())


def test_the_span_that_answers_is_quoted_from_the_right_file_at_its_exact_place(pipeline: Pipeline, folder: Path) -> None:
    absent = pipeline.ask(ABSENT, "default")
    for question, (path, expected) in ASKED.items():
        answer = pipeline.ask(question, "default")
        assert 0 <= absent.confidence < answer.confidence <= 1
        assert (answer.citations[0].document.path, answer.short_answer and answer.short_answer.text) == (path, expected)
        assert answer.short_answer is not None
        assert FILES[path][answer.short_answer.start : answer.short_answer.end] == expected
        for citation in answer.citations:
            on_disk = (folder / citation.document.path).read_bytes().decode()
            assert on_disk[citation.start : citation.end] == citation.quote
            assert citation.highlights
            assert all(citation.start <= h.start < h.end <= citation.end for h in citation.highlights)


def test_passages_far_below_the_best_or_after_a_sure_one_are_not_read_and_others_are(
    pipeline: Pipeline, store: LocalStore, embedder: Embedder, reader: SpanReader
) -> None:
    passages = retrieved(store, embedder, WHO)
    whole = reader.read_all(WHO, passages)
    best = max(range(len(whole)), key=lambda i: whole[i].evidence.max())
    others = [passage for number, passage in enumerate(passages) if number != best] * 6
    far = [passages[best], *(replace(p, score=p.score / 9, similarity=p.similarity / 9) for p in others)]
    near = [passages[best], *(replace(p, score=passages[best].score, similarity=p.similarity / 9) for p in others)]
    unsure = [replace(far[1], score=passages[best].score, similarity=passages[best].similarity), *far[1:]]
    for given, count in ((far, 1), (near, 1), (unsure, 4)):
        readings = reader.read(WHO, given)
        assert [reading.passage for reading in readings] == given
        assert readings[0].evidence == pytest.approx(reader.read_all(WHO, given)[0].evidence)
        assert readings[0].is_read and sum(reading.is_read for reading in readings) == count
        assert all(len(r.evidence) == len(r.answers) == len(r.passage.sentences) for r in readings)
    unlike = [replace(passage, similarity=-0.1) for passage in passages]
    assert all(reading.evidence.any() for reading in reader.read(WHO, unlike[:1]))
    equal = [replace(passage, score=0.03, similarity=0.5) for passage in passages]
    for one, other in zip(reader.read(ABSENT, equal), reader.read_all(ABSENT, equal), strict=True):
        assert one.evidence == pytest.approx(other.evidence)
    assert (reader.read(WHO, []), reader.confidence([])) == ([], 0.0)


def test_boilerplate_that_answers_does_not_keep_a_sentence_that_can_be_quoted_from_being_read(
    store: LocalStore, sync: Callable[..., SyncReport], folder: Path, embedder: Embedder
) -> None:
    for name, text in {
        "about.txt": "The company was founded in Leeds.\n\nRead more about copyright year 2021\n",
        "licence.txt": "This handbook is protected. Its copyright dates from 2019, when it was first printed.\n",
        "bakery.txt": "The bakery opens at six. Its owner bakes forty loaves a day.\n",
        "bridge.txt": "The bridge fell in March because rust had eaten its cables.\n",
        "boats.txt": "The boats lie still.\n",
    }.items():
        (folder / name).write_text(text)
    sync()
    question = "What year is the copyright?"
    assert retrieved(store, embedder, question)[0].document.path == "about.txt"
    answer = Pipeline(store, lambda name: embedder).ask(question, "default")
    assert [citation.quote for citation in answer.citations] == ["Its copyright dates from 2019, when it was first printed."]
    assert answer.confidence > 0.5


@pytest.mark.parametrize("question", [*ASKED, ABSENT])
def test_confidence_is_fitted_on_the_readings_that_are_served(
    pipeline: Pipeline, store: LocalStore, embedder: Embedder, reader: SpanReader, question: str
) -> None:
    passages = retrieved(store, embedder, question)
    case = Case(question, reader.read_all(question, passages), [np.zeros(len(p.sentences), bool) for p in passages])
    calibration = load_calibrations(FAST_FOLDER / "calibration.json")["passages"]
    fitted = outcome_of(case, calibration).features
    assert fitted is not None
    assert calibration.confidence_of(fitted) == pytest.approx(pipeline.ask(question, "default").confidence, abs=1e-6)


def test_a_reading_has_evidence_features_and_a_span_for_each_sentence(
    store: LocalStore, pipeline: Pipeline, embedder: Embedder, reader: SpanReader
) -> None:
    passages = retrieved(store, embedder, WHO)
    for reading, passage in zip(reader.read_all(WHO, passages), passages, strict=True):
        count = len(passage.sentences)
        assert (reading.passage, reading.features.shape, reading.complete) == (passage, (count, 5), True)
        assert (reading.evidence.shape, reading.evidence.dtype) == ((count,), np.float32)
        assert ((reading.evidence >= 0) & (reading.evidence <= 1)).all()
        for sentence, spans in zip(passage.sentences, reading.answers, strict=True):
            assert all(sentence.start <= one.span.start < one.span.end <= sentence.end for one in spans)


@pytest.mark.parametrize("damage", ["", "[]", "{}", '{"passages": {"sentence": [1]}}', '{"passages": 3}', "\0"])
def test_a_damaged_calibration_is_named(tmp_path: Path, damage: str) -> None:
    (tmp_path / "calibration.json").write_text(damage)
    with pytest.raises(ReaderError, match=r"calibrations from .*calibration\.json"):
        load_calibrations(tmp_path / "calibration.json", "passages")
