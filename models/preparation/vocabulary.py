"""The trimmed vocabulary, written as a SentencePiece model.

The base has 262,144 pieces for every script; six European languages need about a fifth of
them, and the embedding is 170 of the model's 268 million parameters. ``kept.npz`` beside
this file lists the ids that stay (made by ``python -m models.training.vocabulary``).
"""

from __future__ import annotations

from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sentencepiece import sentencepiece_model_pb2

from models.preparation.base import Pieces

# Protobuf makes the module's classes when it is imported, out of a type checker's sight.
proto: Any = sentencepiece_model_pb2

PAD, EOS, BOS, UNKNOWN = 0, 1, 2, 3
BYTE_TYPE = proto.ModelProto.SentencePiece.BYTE
USER_DEFINED_TYPE = proto.ModelProto.SentencePiece.USER_DEFINED


def kept_ids() -> NDArray[np.int64]:
    """The base's ids of the pieces that stay, ascending; a piece's new id is its place here."""
    with (files("models.preparation") / "kept.npz").open("rb") as file:
        steps: NDArray[np.int64] = np.load(file)["steps"].astype(np.int64)
    return np.cumsum(steps)


def sentencepiece_model(pieces: Pieces, kept: NDArray[np.int64]) -> bytes:
    """Serialise the kept pieces as a SentencePiece BPE model that gives the base's own ids.

    Byte fallback, no dummy prefix, whitespace kept, no normalisation: as the base's tokenizer.
    """
    model = proto.ModelProto()
    model.trainer_spec.model_type = proto.TrainerSpec.BPE
    model.trainer_spec.vocab_size = len(kept)
    model.trainer_spec.byte_fallback = True
    model.trainer_spec.pad_id, model.trainer_spec.eos_id = PAD, EOS
    model.trainer_spec.bos_id, model.trainer_spec.unk_id = BOS, UNKNOWN
    model.trainer_spec.pad_piece, model.trainer_spec.eos_piece = "<pad>", "<eos>"
    model.normalizer_spec.name = "identity"
    model.normalizer_spec.add_dummy_prefix = False
    model.normalizer_spec.remove_extra_whitespaces = False
    model.normalizer_spec.escape_whitespaces = True
    for old in kept.tolist():
        piece = model.pieces.add()
        piece.type = proto.ModelProto.SentencePiece.UNKNOWN if old == UNKNOWN else pieces.types[old]
        # llama.cpp unescapes the blanks of user-defined pieces; SentencePiece wants them escaped.
        text = pieces.texts[old]
        piece.piece = text.replace(" ", "▁") if piece.type == USER_DEFINED_TYPE else text
        piece.score = pieces.scores[old]
    serialised: bytes = model.SerializeToString()
    return serialised
