import json
import shutil
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from safetensors.torch import save_file
from transformers import BertConfig, BertModel

from quotewise.eval.training.export import export_reader
from quotewise.eval.training.four_bits import four_bits
from quotewise.eval.training.network import SpanNetwork, load_network
from quotewise.index.embedders import BUNDLED
from quotewise.index.errors import ReaderError
from quotewise.index.onnx_model import load_model
from tests.conftest import SEEDS


def test_an_exported_reader_says_what_the_average_of_the_float_weights_says(tmp_path: Path) -> None:
    encoder, target = tmp_path / "encoder", tmp_path / "reader"
    size = {"hidden_size": 48, "num_hidden_layers": 2, "num_attention_heads": 12, "intermediate_size": 96}
    BertModel(BertConfig(**size), add_pooling_layer=False).save_pretrained(encoder)
    shutil.copy(BUNDLED / "tokenizer.json", encoder)
    for name in ("a", "b"):
        save_file({key: value.half() for key, value in SpanNetwork(encoder).state_dict().items()}, tmp_path / name)
    export_reader([tmp_path / "a", tmp_path / "b"], encoder, target, SEEDS)
    described = json.loads((target / "model.json").read_text())
    assert (described["name"], described["window"], described["context"]) == ("quotewise-reader", 320, True)
    session = onnxruntime.InferenceSession(str(target / "model.onnx"), providers=["CPUExecutionProvider"])
    parity = np.load(target / "parity.npz")
    tokens, answerable = session.run(None, {"input_ids": parity["ids"], "token_type_ids": parity["types"]})
    np.testing.assert_allclose(tokens, parity["tokens"], atol=0.1)
    np.testing.assert_allclose(answerable, parity["answerable"], atol=0.1)
    assert np.corrcoef(tokens.ravel(), parity["tokens"].ravel())[0, 1] > 0.995


def test_a_table_that_was_made_of_four_bits_is_stored_in_them_without_loss(tmp_path: Path) -> None:
    chance = np.random.default_rng(7)
    whole = chance.integers(-8, 8, (300, 64)).astype(np.float32)
    whole[0] = 0
    steps = (chance.uniform(1e-3, 0.2, (300, 2)) * chance.choice([-1, 1], (300, 2))).astype(np.float16).astype(np.float32)
    table = (whole.reshape(300, 2, 32) * steps[:, :, None]).reshape(300, 64)
    for stored in (table, table.astype(np.float16).astype(np.float32)):  # as it came, and as training saves it
        numbers, found = four_bits(stored) or pytest.fail("these are blocks of four bits")
        pairs = np.stack([numbers & 15, numbers >> 4], axis=2).reshape(300, 2, 32).astype(np.float32) - 8
        np.testing.assert_allclose((pairs * found[:, :, None].astype(np.float32)).reshape(300, 64), table, rtol=2e-3)
    assert four_bits(chance.normal(size=(300, 64)).astype(np.float32)) is None


def test_a_reader_with_such_a_table_says_what_its_float_weights_say(tmp_path: Path) -> None:
    encoder, target = tmp_path / "encoder", tmp_path / "reader"
    size = {"hidden_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 96}
    model = BertModel(BertConfig(**size), add_pooling_layer=False)
    table = model.get_input_embeddings().weight.data
    table.copy_((table * 100).round().clamp(-8, 7) / 128)
    model.save_pretrained(encoder)
    shutil.copy(BUNDLED / "tokenizer.json", encoder)
    save_file({key: value.half() for key, value in SpanNetwork(encoder).state_dict().items()}, tmp_path / "weights")
    export_reader([tmp_path / "weights"], encoder, target, SEEDS)
    assert "GatherBlockQuantized" in {node.op_type for node in onnx.load(target / "model.onnx").graph.node}
    parity, session = np.load(target / "parity.npz"), load_model(target, ReaderError).session
    tokens, _ = session.run(None, {"input_ids": parity["ids"], "token_type_ids": parity["types"]})
    np.testing.assert_allclose(tokens, parity["tokens"], atol=0.1)


@pytest.mark.parametrize("bits", [4, 8])
def test_the_weights_of_an_exported_reader_come_back_as_floats_to_train_on(tmp_path: Path, bits: int) -> None:
    encoder, target = tmp_path / "encoder", tmp_path / "reader"
    model = BertModel(
        BertConfig(hidden_size=64, num_hidden_layers=2, num_attention_heads=4, intermediate_size=96), add_pooling_layer=False
    )
    if bits == 4:
        table = model.get_input_embeddings().weight.data
        table.copy_((table * 100).round().clamp(-8, 7) / 128)
    model.save_pretrained(encoder)
    shutil.copy(BUNDLED / "tokenizer.json", encoder)
    weights = SpanNetwork(encoder).state_dict()
    save_file({key: value.half() for key, value in weights.items()}, tmp_path / "weights")
    export_reader([tmp_path / "weights"], encoder, target, SEEDS)
    restored = load_network([target], encoder).state_dict()
    assert restored.keys() == weights.keys()
    for name, weight in weights.items():
        torch.testing.assert_close(restored[name], weight, atol=float(weight.abs().max()) / 100, rtol=0)
