"""Gemma 3's text model as an OpenVINO graph, written straight from the weights.

Nothing is traced or exported: the graph is built operation by operation, so that
preparation needs neither PyTorch nor an exporter. The keys and values live in the model's
state; the output layer runs at each row's last position only.

Inputs (``B`` rows, ``T`` new tokens, ``S`` tokens in all):
    ``input_ids`` (B, T), ``attention_mask`` (B, S) with 0 at padding, ``position_ids``
    (B, T), ``beam_idx`` (B) naming for each row the state's row that it continues; the
    state may have fewer rows than ``beam_idx``, which multiplies a prefilled text.
Outputs:
    ``logits`` (B, vocabulary) at the last position and ``normaliser`` (B, 1), the
    logarithm of the sum of their exponentials.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import openvino as ov
from openvino import opset13 as op

from models.engines.graph_layers import (
    Masks,
    Node,
    Precision,
    Turn,
    cached,
    constant,
    masks,
    matrix,
    norm,
    product,
    rotate,
    shared_by_heads,
    split,
    turn,
)
from models.preparation.base import Weights
from models.preparation.quantisation import quantise_rows

INPUTS = ("input_ids", "attention_mask", "position_ids", "beam_idx")
OUTPUTS = ("logits", "normaliser")


@dataclass(frozen=True)
class Context:
    """What every layer shares."""

    weights: Weights
    precision: Precision
    beams: Node
    batch: Node
    masks: Masks
    turns: dict[float, Turn]


def build_graph(weights: Weights, precision: Precision = "int8") -> ov.Model:
    """The whole model; with ``int8`` every matrix is stored in eight bits, with ``f32`` as it is."""
    shape = weights.shape
    ids, mask, positions = (op.parameter([-1, -1], np.int64, name=name) for name in INPUTS[:3])
    beams = op.parameter([-1], np.int32, name=INPUTS[3])
    x, output_layer = _embedding(ids, weights, precision)
    bases = {shape.rope_base_of(layer) for layer in range(shape.layers)}
    context = Context(
        weights,
        precision,
        beams,
        batch=op.gather(op.shape_of(ids), constant([0]), constant(0)),
        masks=masks(mask, positions, shape.window),
        turns={base: turn(positions, base, shape.head_width) for base in bases},
    )
    stores: list[Node] = []
    for layer in range(shape.layers):
        x = _attention(x, layer, context, stores)
        x = _feed_forward(x, layer, context)
    last = op.squeeze(op.slice(x, constant([-1]), constant([2**31]), constant([1]), constant([1])), constant([1]))
    logits = product(norm(last, weights.tensors["final_norm"], shape.norm_epsilon), output_layer)
    normaliser = _log_sum_exp(logits)
    results = [op.result(node, name=name) for node, name in zip((logits, normaliser), OUTPUTS, strict=True)]
    model = ov.Model(results, stores, [ids, mask, positions, beams], "gemma3")
    for port, name in zip([*model.inputs, *model.outputs], [*INPUTS, *OUTPUTS], strict=True):
        port.get_tensor().set_names({name})
    return model


def _embedding(ids: Node, weights: Weights, precision: Precision) -> tuple[Node, Node]:
    """The embedded tokens, and the same matrix as output layer; the integers are stored once."""
    table, scale = weights.tensors["embedding"], np.float32(weights.shape.width**0.5)
    if precision == "f32":
        stored = op.constant(table)
        return op.multiply(op.gather(stored, ids, constant(0)), constant(scale, np.float32)), stored
    rows = quantise_rows(table)
    values = op.constant(rows.values)
    row_scales = op.gather(op.constant(rows.scales * scale), ids, constant(0))
    x = op.multiply(op.convert(op.gather(values, ids, constant(0)), "f32"), row_scales)
    return x, op.multiply(op.convert(values, "f32"), op.constant(rows.scales))


def _attention(x: Node, layer: int, context: Context, stores: list[Node]) -> Node:
    shape, tensors = context.weights.shape, context.weights.tensors
    name = f"layer.{layer}."
    y = norm(x, tensors[name + "before_attention"], shape.norm_epsilon)
    by = context.turns[shape.rope_base_of(layer)]

    def project(part: str, heads: int) -> Node:
        flat = product(y, matrix(tensors[name + part], context.precision))
        return op.reshape(flat, constant([0, 0, heads, shape.head_width]), special_zero=True)

    def heads_first(part: Node) -> Node:
        return op.transpose(part, constant([0, 2, 1, 3]))

    query = heads_first(norm(project("query", shape.heads), tensors[name + "query_norm"], shape.norm_epsilon))
    key = heads_first(norm(project("key", shape.key_heads), tensors[name + "key_norm"], shape.norm_epsilon))
    value = heads_first(project("value", shape.key_heads))
    query, key = rotate(query, by, shape.head_width), rotate(key, by, shape.head_width)
    keys = cached(key, name + "key", context.beams, context.batch, shape)
    values = cached(value, name + "value", context.beams, context.batch, shape)
    stores += [keys.store, values.store]
    attended = op.scaled_dot_product_attention(
        query,
        shared_by_heads(keys.values, shape),
        shared_by_heads(values.values, shape),
        context.masks.full if shape.is_full(layer) else context.masks.near,
        constant(shape.head_width**-0.5, np.float32),
    )
    joined = op.reshape(heads_first(attended), constant([0, 0, shape.heads * shape.head_width]), special_zero=True)
    z = product(joined, matrix(tensors[name + "output"], context.precision))
    return op.add(x, norm(z, tensors[name + "after_attention"], shape.norm_epsilon))


def _feed_forward(x: Node, layer: int, context: Context) -> Node:
    shape, tensors = context.weights.shape, context.weights.tensors
    name = f"layer.{layer}."
    y = norm(x, tensors[name + "before_feed_forward"], shape.norm_epsilon)
    gate = op.gelu(product(y, matrix(tensors[name + "gate"], context.precision)), "TANH")
    z = op.multiply(gate, product(y, matrix(tensors[name + "up"], context.precision)))
    z = product(z, matrix(tensors[name + "down"], context.precision))
    return op.add(x, norm(z, tensors[name + "after_feed_forward"], shape.norm_epsilon))


def _log_sum_exp(logits: Node) -> Node:
    peak = op.reduce_max(logits, constant([-1]), keep_dims=True)
    total = op.reduce_sum(op.exp(op.subtract(logits, peak)), constant([-1]), keep_dims=True)
    return op.add(op.log(total), peak)
