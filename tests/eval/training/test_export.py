import json
import shutil
from pathlib import Path

import numpy as np
import onnxruntime
from safetensors.torch import save_file
from transformers import BertConfig, BertModel

from quotewise.eval.training.export import export_reader
from quotewise.eval.training.network import SpanNetwork
from quotewise.index.embedders import BUNDLED
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
