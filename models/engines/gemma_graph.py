"""Gemma 3's text model as an OpenVINO graph, written straight from the weights.

Nothing is traced or exported: the graph is built operation by operation, so that
preparation needs neither PyTorch nor an exporter. The keys and values live in the model's
state; the output layer runs at each row's last positions only.

Inputs (``B`` rows, ``T`` new tokens, ``S`` tokens in all):
    ``input_ids`` (B, T), ``attention_mask`` (B, S) with 0 at padding, ``position_ids``
    (B, T), ``beam_idx`` (B) naming for each row the state's row that it continues; the
    state may have fewer rows than ``beam_idx``, which multiplies a prefilled text; ``told``
    (1), the number ``P`` of positions at each row's end that have outputs.
Outputs (``N`` = B x P places, row by row):
    ``best_ids`` and ``best_logprobs`` (N, ``BEST``), the most likely tokens, best first;
    ``logits`` (N, vocabulary) and ``normaliser`` (N, 1): their difference is the
    log-probability of every token.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import openvino as ov
from numpy.typing import NDArray
from openvino import opset13 as op

from models.engines.graph_layers import (
    SCALES,
    Array,
    Masks,
    Node,
    Precision,
    Turn,
    after_attention,
    by_heads,
    cached,
    constant,
    feed_forward,
    masks,
    matrix,
    norm,
    product,
    shared_by_heads,
    turn,
    weight,
)
from models.preparation.base import Shape, Weights
from models.preparation.quantisation import quantise_rows

INPUTS = ("input_ids", "attention_mask", "position_ids", "beam_idx", "told")
OUTPUTS = ("best_ids", "best_logprobs", "logits", "normaliser")

#: Tokens of which a step returns the log-probabilities; choosing them costs no measurable time.
BEST = 64

#: Matrices that read the same input are stored as one, which saves a third of the products.
JOINED = {
    "attention_in": ("query", "key", "value"),
    "attention_out": ("output",),
    "feed_in": ("gate", "up"),
    "feed_out": ("down",),
}
EMBEDDING = "embedding"
FINAL_NORM = "final_norm"
NORMS = (
    "before_attention",
    "after_attention",
    "before_feed_forward",
    "after_feed_forward",
    "query_norm",
    "key_norm",
)


def joined(weights: Weights, layer: int, name: str) -> Array:
    """One of the joined matrices of a layer: (outputs, inputs)."""
    return np.concatenate([weights.tensors[f"layer.{layer}.{part}"] for part in JOINED[name]])


@dataclass(frozen=True)
class Context:
    """What every layer shares."""

    weights: Weights
    precision: Precision
    beams: Node
    batch: Node
    masks: Masks
    turns: dict[float, Turn]

    @property
    def shape(self) -> Shape:
        """The model's sizes."""
        return self.weights.shape

    def matrix(self, layer: int, name: str) -> Node:
        """One of the joined matrices of a layer."""
        return matrix(joined(self.weights, layer, name), f"layer.{layer}.{name}", self.precision)

    def norm(self, x: Node, layer: int, name: str) -> Node:
        """One of the norms of a layer, applied to ``x``."""
        full = f"layer.{layer}.{name}"
        return norm(x, weight(self.weights.tensors[full], full), self.weights.shape.norm_epsilon)


def build_graph(weights: Weights, precision: Precision = "int8") -> ov.Model:
    """The whole model; with ``int8`` every matrix is stored in eight bits, with ``f32`` as it is."""
    shape = weights.shape
    ids, mask, positions = (op.parameter([-1, -1], np.int64, name=name) for name in INPUTS[:3])
    beams = op.parameter([-1], np.int32, name=INPUTS[3])
    told = op.parameter([1], np.int64, name=INPUTS[4])
    table = _Embedding(weights, precision)
    bases = {shape.rope_base_of(layer) for layer in range(shape.layers)}
    context = Context(
        weights,
        precision,
        beams,
        batch=op.gather(op.shape_of(ids), constant([0]), constant(0)),
        masks=masks(mask, positions, shape.window),
        turns={base: turn(positions, base, shape.head_width) for base in bases},
    )
    x = op.multiply(table.rows(ids), constant(shape.width**0.5, np.float32))
    stores: list[Node] = []
    for layer in range(shape.layers):
        x = _attention(x, layer, context, stores)
        x = feed_forward(x, layer, context)
    last = op.slice(x, op.negative(told), constant([2**31]), constant([1]), constant([1]))
    last = op.reshape(last, constant([-1, shape.width]), special_zero=False)
    last = norm(last, weight(weights.tensors[FINAL_NORM], FINAL_NORM), shape.norm_epsilon)
    results = [op.result(node) for node in _best(last, table)]
    model = ov.Model(results, stores, [ids, mask, positions, beams, told], "gemma3")
    for port, name in zip([*model.inputs, *model.outputs], [*INPUTS, *OUTPUTS], strict=True):
        port.get_tensor().set_names({name})
    return model


class _Embedding:
    """The embedding, read by row and as the output layer; its integers are stored once."""

    def __init__(self, weights: Weights, precision: Precision) -> None:
        values = weights.tensors[EMBEDDING]
        self._scales: Node | None = None
        if precision == "f32":
            self._values = weight(values, EMBEDDING)
            return
        rows = quantise_rows(values)
        self._values = weight(rows.values, EMBEDDING)
        self._scales = weight(rows.scales, EMBEDDING + SCALES)

    def rows(self, ids: Node) -> Node:
        """The rows of some tokens, float32."""
        chosen = op.gather(self._values, ids, constant(0))
        if self._scales is None:
            return chosen
        return op.multiply(op.convert(chosen, "f32"), op.gather(self._scales, ids, constant(0)))

    def matrix(self) -> Node:
        """The whole as a matrix (pieces, width)."""
        if self._scales is None:
            return self._values
        return op.multiply(op.convert(self._values, "f32"), self._scales)


def _best(last: Node, table: _Embedding) -> tuple[Node, Node, Node, Node]:
    """The outputs, from the last hidden states (places, width).

    Logits leave the output layer in the runtime's precision: in bfloat16, steps of 1/16 that
    make ties of what differs. The best ones are computed again in float32, and take the place
    of their rounded values in the normaliser.
    """
    logits = product(last, table.matrix())
    best = op.topk(logits, constant(BEST), -1, "max", "value", index_element_type="i64")
    rounded, ids = best.output(0), best.output(1)
    exact = op.reduce_sum(op.multiply(table.rows(ids), op.unsqueeze(last, constant([1]))), constant([2]))
    peak = op.reduce_max(exact, constant([1]), keep_dims=True)

    def total(values: Node) -> Node:
        return op.reduce_sum(op.exp(op.subtract(values, peak)), constant([1]), keep_dims=True)

    # Rounding may leave a little less than nothing for the rest.
    rest = op.maximum(op.subtract(total(logits), total(rounded)), constant(0.0, np.float32))
    normaliser = op.add(op.log(op.add(rest, total(exact))), peak)
    order = op.topk(op.subtract(exact, normaliser), constant(BEST), -1, "max", "value", index_element_type="i64")
    ordered_ids = op.gather_elements(ids, order.output(1), 1)
    return ordered_ids, order.output(0), logits, normaliser


def _attention(x: Node, layer: int, context: Context, stores: list[Node]) -> Node:
    shape = context.shape
    query, key, value = by_heads(x, layer, context, context.turns[shape.rope_base_of(layer)])
    keys = cached(key, f"layer.{layer}.keys", context.beams, context.batch, shape)
    values = cached(value, f"layer.{layer}.values", context.beams, context.batch, shape)
    stores += [keys.store, values.store]
    attended = op.scaled_dot_product_attention(
        query,
        shared_by_heads(keys.values, shape),
        shared_by_heads(values.values, shape),
        context.masks.full if shape.is_full(layer) else context.masks.near,
        constant(shape.head_width**-0.5, np.float32),
    )
    return after_attention(x, attended, layer, context)


def stored_arrays(model: ov.Model, shape: Shape) -> dict[str, NDArray[Any]]:
    """Every weight of a graph as it is stored, by name: integers, scales and norms.

    Raises ``KeyError`` when one is missing.
    """
    nodes = {node.get_friendly_name(): node for node in model.get_ops() if node.get_type_name() == "Constant"}
    names = [EMBEDDING, FINAL_NORM]
    names += [f"layer.{layer}.{name}" for layer in range(shape.layers) for name in (*JOINED, *NORMS)]
    arrays = {name: nodes[name].data for name in names}
    return arrays | {name + SCALES: nodes[name + SCALES].data for name in names if arrays[name].dtype == np.int8}


def stored_weights(model: ov.Model, shape: Shape) -> Weights:
    """The float32 weights that a graph stands for, by the base's names: what a reference runs on."""
    return restored(stored_arrays(model, shape), shape)


def restored(arrays: Mapping[str, NDArray[Any]], shape: Shape) -> Weights:
    """The float32 weights that stored arrays stand for, by the base's names."""

    def restore(name: str) -> Array:
        values: Array = arrays[name].astype(np.float32)
        return values * arrays[name + SCALES] if name + SCALES in arrays else values

    tensors = {EMBEDDING: restore(EMBEDDING), FINAL_NORM: restore(FINAL_NORM)}
    keys = shape.key_heads * shape.head_width
    cuts = {"attention_in": [shape.heads * shape.head_width, shape.heads * shape.head_width + keys]}
    cuts["feed_in"] = [shape.feed_forward]
    for layer in range(shape.layers):
        for name, parts in JOINED.items():
            pieces = np.split(restore(f"layer.{layer}.{name}"), cuts.get(name, []))
            tensors |= {f"layer.{layer}.{part}": piece for part, piece in zip(parts, pieces, strict=True)}
        tensors |= {f"layer.{layer}.{name}": restore(f"layer.{layer}.{name}") for name in NORMS}
    return Weights(shape, tensors)


def weights_digest(model: ov.Model, shape: Shape, tokenizer: bytes) -> str:
    """SHA-256 over every stored weight and the tokenizer: the same wherever they are the same."""
    state = hashlib.sha256(tokenizer)
    for name, array in sorted(stored_arrays(model, shape).items()):
        state.update(f"{name} {array.dtype.str} {array.shape}".encode())
        state.update(np.ascontiguousarray(array).data)
    return state.hexdigest()
