import hashlib
import json
import unicodedata
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quotewise.index.embedders import BUNDLED as EMBEDDER
from quotewise.index.errors import ReaderError
from quotewise.index.onnx_model import load_model
from quotewise.index.sentences import Span, sentence_spans
from quotewise.rag.readers.calibration import load_calibrations
from quotewise.rag.readers.span import SpanReader
from quotewise.rag.readers.span_model import DEEP_FOLDER, FAST_FOLDER, SpanModel, TextReading
from tests.conftest import writable_copy
from tests.index.texts import examples, texts

WHO = "Who built the lighthouse?"
FACT = "Maria Keller built the lighthouse. "
FILLER = "The harbour was quiet and the boats lay still in the cold water. "
UNENDING = "and the boats lay still in the cold water while nobody in the harbour spoke "
QUESTIONS = st.one_of(
    st.sampled_from((WHO, "why", "", "???", "ロシアはなぜ警告を無視したのか？", "Где мост? 🌉", "what " * 3000)),
    st.text(max_size=60),
)


def read(model: SpanModel, question: str, text: str) -> TextReading:
    [reading] = model.read(question, [text], [sentence_spans(text)])
    return reading


@examples(15)
@given(QUESTIONS, texts)
def test_every_span_starts_in_its_sentence_and_is_made_of_the_word_pieces_read(
    model: SpanModel, question: str, text: str
) -> None:
    sentences = sentence_spans(text)
    reading = read(model, question, text)
    encoding = model.tokenizer.encode(text, add_special_tokens=False)
    offsets = encoding.offsets
    starts, ends = {start for start, _ in offsets}, {end for _, end in offsets}
    for sentence, spans in zip(sentences, reading.answers, strict=True):
        has_pieces = any(start < sentence.end and sentence.start < end for start, end in offsets)
        assert bool(spans) == has_pieces
        assert len({one.span for one in spans}) == len(spans) <= 5
        assert [one.probability for one in spans] == sorted((one.probability for one in spans), reverse=True)
        for one in spans:
            assert 0 <= one.probability <= 1 + 1e-5
            assert sentence.start <= one.span.start < one.span.end <= sentence.end
            assert one.span.start in starts | {sentence.start}
            accents = next(end for end in range(one.span.end, 0, -1) if end in ends)
            assert all(unicodedata.category(character) == "Mn" for character in text[accents : one.span.end])
            if one.span.start in starts:
                assert not any(start < edge < end for start, end in offsets for edge in one.span), "no word piece is cut"
    assert (reading.scores.shape, reading.scores.dtype) == ((len(sentences), 3), np.float32)
    assert np.isfinite(reading.scores).all()


@examples(8)
@given(QUESTIONS, st.lists(texts, min_size=1, max_size=4), st.data())
def test_a_text_reads_alike_alone_and_in_any_company(
    model: SpanModel, question: str, several: list[str], data: st.DataObject
) -> None:
    chosen = data.draw(st.integers(0, len(several) - 1))
    together = list(model.read(question, several, [sentence_spans(text) for text in several]))[chosen]
    assert list(model.read(question, [], [])) == []
    alone = read(model, question, several[chosen])
    assert [[a.span for a in spans] for spans in together.answers] == [[a.span for a in spans] for spans in alone.answers]
    np.testing.assert_allclose(together.scores, alone.scores, atol=1e-5)


@pytest.mark.parametrize("before", [0, 17, 19, 20, 50, 100])
@pytest.mark.parametrize("in_one_sentence", [False, True])
def test_an_answer_is_found_wherever_in_a_long_text_it_stands(model: SpanModel, before: int, in_one_sentence: bool) -> None:
    filler, fact = (UNENDING, f"and {FACT[:-2]} ") if in_one_sentence else (FILLER, FACT)
    text = filler * before + fact + filler * (100 - before)
    sentences = [Span(0, len(text))] if in_one_sentence else sentence_spans(text)  # which is longer than a window
    [reading] = model.read(WHO, [text], [sentences])
    at = text.index("Maria Keller")
    best = reading.answers[int(np.argmax(reading.scores[:, 0]))]
    assert best[0].span == (at, at + len("Maria Keller"))


def test_accents_written_as_marks_of_their_own_are_part_of_the_answer(model: SpanModel) -> None:
    text = "Andre\u0301 Jose\u0301 built the lighthouse."
    [[answer, *_]] = read(model, WHO, text).answers
    assert text[slice(*answer.span)] == "Andre\u0301 Jose\u0301"


@pytest.mark.parametrize("question", ["", "灯台を建てたのは誰か", "who " * 3000])
@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n\t",
        "--- *** ... !!! 🏴‍☠️ \u0301\u200d\0",
        "word " * 1000,
        "x" * 10_000,
        "| year | town |\n|---|---|\n| 1887 | Brest |\n",
        "def built(by):\n    return {'by': by}  # lighthouse\n\n\nprint(built('Maria'))\n",
    ],
)
def test_odd_questions_and_texts_are_read_with_finite_numbers(model: SpanModel, question: str, text: str) -> None:
    reading = read(model, question, text)
    assert len(reading.answers) == len(sentence_spans(text))
    assert np.isfinite(reading.scores).all()


@pytest.mark.parametrize("folder", [FAST_FOLDER, DEEP_FOLDER], ids=lambda folder: folder.name)
def test_the_int8_model_says_what_the_float_weights_say(folder: Path) -> None:
    parity, session = np.load(folder / "parity.npz"), load_model(folder, ReaderError).session
    said = [
        session.run(None, {"input_ids": ids[None], "token_type_ids": types[None]})
        for ids, types in zip(parity["ids"], parity["types"], strict=True)
    ]
    tokens, answerable = np.stack([one[0][0] for one in said]), np.array([one[1][0] for one in said])
    assert np.abs(tokens - parity["tokens"]).mean() <= 0.08  # 0.051; where products saturate, 0.21
    assert np.abs(answerable - parity["answerable"]).mean() <= 0.08  # 0.058; where products saturate, 0.11
    allowed = parity["types"].astype(bool)
    allowed[:, 0], allowed[:, -1] = True, False  # a span is one of the passage, or that of no answer
    edges = [np.where(allowed[:, :, None], one[:, :, :2], -np.inf).argmax(axis=1) for one in (tokens, parity["tokens"])]
    assert (edges[0] == edges[1]).mean() >= 0.9


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return writable_copy(FAST_FOLDER, tmp_path / "reader")


@pytest.mark.parametrize("name", ["model.json", "model.onnx", "tokenizer.json", "calibration.json"])
@pytest.mark.parametrize("damage", ["missing", "empty", "cut", "emptied", "binary"])
def test_a_missing_or_damaged_model_file_is_named(copy: Path, name: str, damage: str) -> None:
    data = (copy / name).read_bytes()
    (copy / name).unlink()
    if damage != "missing":
        spoilt = {"empty": b"", "cut": data[: len(data) // 2], "emptied": b"{}", "binary": b"\xff\xfe\0" * 9}
        (copy / name).write_bytes(spoilt[damage])
    with pytest.raises(ReaderError, match=name.replace(".", r"\.")):
        SpanReader(copy)


@pytest.mark.parametrize("change", [{"format": 2}, {"window": None}, {"window": "wide"}, {"name": 7}, {"sha256": "0" * 64}])
def test_a_model_of_another_version_or_kind_is_refused(copy: Path, change: dict[str, object]) -> None:
    described = json.loads((copy / "model.json").read_text(encoding="utf-8"))
    (copy / "model.json").write_text(json.dumps(described | change), encoding="utf-8")
    with pytest.raises(ReaderError, match=r"model\.json"):
        SpanModel(copy)


def test_the_folder_of_an_embedder_is_no_reader() -> None:
    with pytest.raises(ReaderError, match=r"model\.json describes no reader"):
        SpanModel(EMBEDDER)


def test_a_tokenizer_of_another_kind_is_refused(copy: Path) -> None:
    tokenizer = json.loads((copy / "tokenizer.json").read_text(encoding="utf-8"))
    tokenizer["model"]["vocab"] = {"[UNK]": 0, "a": 1}
    tokenizer["added_tokens"], tokenizer["post_processor"] = [], None
    (copy / "tokenizer.json").write_text(json.dumps(tokenizer), encoding="utf-8")
    with pytest.raises(ReaderError, match=r"tokenizer\.json"):
        SpanModel(copy)


@pytest.mark.parametrize(
    ("question", "text", "answer"),
    [
        ("東京タワーの高さは？", "東京タワーは港区にある。高さは333メートルである。1958年に完成した。", "333メートル"),
        ("长江有多长？", "长江是中国最长的河流。它的长度为6300公里。它流入东海。", "6300公里"),
        ("Wann wurde der Leuchtturm gebaut?", "Der Leuchtturm steht auf Rügen.  Er wurde 1827 gebaut.", "1827"),
        ("متى بني البرج؟", "يقع البرج في المدينة القديمة. بني البرج في عام 1889.", "1889"),
    ],
)
def test_the_deep_reader_finds_the_answer_in_other_languages_and_not_more(question: str, text: str, answer: str) -> None:
    sentences = sentence_spans(text)
    [reading] = SpanModel(DEEP_FOLDER, 1).read(question, [text], [sentences])
    best = reading.answers[int(reading.scores[:, 0].argmax())][0]
    assert answer in text[slice(*best.span)]
    assert len(text[slice(*best.span)]) <= len(answer) + 8
    assert text[slice(*best.span)] == text[slice(*best.span)].strip()


@pytest.mark.parametrize("folder", [FAST_FOLDER, DEEP_FOLDER], ids=lambda folder: folder.name)
def test_the_bundled_files_belong_together(folder: Path) -> None:
    described = json.loads((folder / "model.json").read_text(encoding="utf-8"))
    assert described["sha256"] == hashlib.sha256((folder / "model.onnx").read_bytes()).hexdigest()
    assert (folder / "model.onnx").stat().st_size < 50_000_000
    for part, fitted in load_calibrations(folder / "calibration.json", "passages", "texts").items():
        features = 3 if part == "texts" else 5
        assert (len(fitted.sentence), len(fitted.confidence)) == (features + 1, 2)
        assert 0 < fitted.threshold < 1
