"""The vocabulary as SentencePiece: the base's own ids whole, and lossless when trimmed.

``token_ids.json`` was written once by transformers' tokenizer, read from the same GGUF.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sentencepiece import SentencePieceProcessor

from models.engines.tokenizer import Tokenizer
from models.preparation.base import read_pieces
from models.preparation.gguf_arrays import ArrayReader
from models.preparation.vocabulary import BOS, EOS, kept_ids, sentencepiece_model

TABLE = json.loads((Path(__file__).parent / "token_ids.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def whole(base) -> SentencePieceProcessor:  # type: ignore[no-untyped-def]
    pieces = read_pieces(ArrayReader(base.path))
    return SentencePieceProcessor(model_proto=sentencepiece_model(pieces, np.arange(len(pieces.texts))))


@pytest.mark.parametrize("row", TABLE, ids=range(len(TABLE)))
def test_the_whole_vocabulary_gives_the_base_s_own_ids(whole: SentencePieceProcessor, row) -> None:  # type: ignore[no-untyped-def]
    assert whole.encode(row["text"]) == row["ids"]


@pytest.mark.parametrize("row", TABLE, ids=range(len(TABLE)))
def test_the_trimmed_vocabulary_loses_nothing(tokenizer: Tokenizer, row) -> None:  # type: ignore[no-untyped-def]
    assert tokenizer.decode(tokenizer.encode(row["text"])) == row["text"]


@given(text=st.text(max_size=80))
def test_any_text_comes_back(tokenizer: Tokenizer, text: str) -> None:
    assert tokenizer.decode(tokenizer.encode(text)) == text.replace("\u2581", "_")


def test_the_trimmed_vocabulary_needs_few_more_tokens(tokenizer: Tokenizer, french_sentences: list[str]) -> None:
    before = sum(len(row["ids"]) for row in TABLE if row["text"] in french_sentences)
    after = sum(len(tokenizer.encode(sentence)) for sentence in french_sentences)
    assert before <= after <= before * 1.03


def test_trimmed_ids_stand_for_the_base_s_pieces(whole: SentencePieceProcessor, tokenizer: Tokenizer) -> None:
    kept = kept_ids()
    assert len(kept) == len(tokenizer)
    for new in range(0, len(kept), 97):
        assert tokenizer.piece(new) == whole.id_to_piece(int(kept[new])).replace("▁", " ")


def test_marks_in_a_text_are_read_as_plain_text(tokenizer: Tokenizer) -> None:
    text = "Le mot <bos> et le mot <eos>."
    ids = tokenizer.encode(text)
    assert BOS not in ids
    assert EOS not in ids
    assert tokenizer.decode(ids) == text
