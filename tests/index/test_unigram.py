"""Word pieces of a large vocabulary are those of ``tokenizers``, with the characters that they come from."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer

from quotewise.index.unigram import UnigramTokenizer
from quotewise.rag.readers.span_model import DEEP_FOLDER

PATH = DEEP_FOLDER / "tokenizer.json"
WRITTEN = (
    "Pay  €40\tby 5 pm – “or else”.\u200b\r\n\r\n(a) naïve cafe\u0301s, ﬁnes of ½, ①②",
    "ロシアは警告を無視した。Россия проигнорировала. ماذا حدث؟ ที่นี่ 😀😀",
    "x\ue000\ue001\ue000 a▁b ▁ \x01\x02",
    "A" * 3000 + " " + "ก" * 400,
    "",
    " \n ",
)
ours = UnigramTokenizer(json.loads(PATH.read_bytes()))
theirs = Tokenizer.from_file(str(PATH))


@pytest.mark.parametrize("special", [True, False])
@pytest.mark.parametrize("text", WRITTEN)
def test_pieces_and_offsets_are_those_of_tokenizers(text: str, special: bool) -> None:
    assert_equal(text, special)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(" ".join(WRITTEN).split()) | st.text(max_size=8), max_size=12))
def test_pieces_of_any_text_are_those_of_tokenizers(words: list[str]) -> None:
    text = " ".join(words)
    if not any(token in text for token in ("<s>", "<pad>", "</s>", "<unk>")):
        assert_equal(text, special=False)


def test_the_written_name_of_a_special_token_is_text() -> None:
    assert ours.token_to_id("</s>") == 2
    assert not {0, 2} & set(ours.encode("</s> <s>", add_special_tokens=False).ids)


def assert_equal(text: str, special: bool) -> None:
    made, expected = (t.encode(text, add_special_tokens=special) for t in (ours, theirs))
    assert (made.ids, made.offsets) == (expected.ids, expected.offsets)
