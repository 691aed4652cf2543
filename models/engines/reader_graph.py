"""The lower layers of Gemma 3 as a graph that reads one text and keeps nothing.

Those below ``models.reader.FROZEN`` are made from the constants of a stored writer's graph, the others from the
reader's own. Without a state to keep, attention is two products and a softmax: without bfloat16 the CPU plugin took
63 ms for nine layers of 540 tokens, and 245 ms over cached keys and values. In the writer's layers each part of the
text looks at no more than what lies before it; the reader's own look at all of it.

Input: ``input_ids`` (1, T). Outputs: the states after each of the wanted layers, (1, T, width).
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import openvino as ov
from numpy.typing import NDArray
from openvino import opset13 as op

from models.engines.gemma_graph import EMBEDDING, INPUTS, JOINED, joined
from models.engines.graph_layers import (
    SCALES,
    UNSEEN,
    Node,
    Turn,
    after_attention,
    by_heads,
    constant,
    feed_forward,
    norm,
    turn,
    weight,
)
from models.preparation.base import Shape, Weights
from models.preparation.quantisation import quantise_rows
from models.reader import FROZEN, LAYERS

#: A text is attended to in so many parts: with each, the products of places with what comes after them are saved.
PARTS = 2


def after(layer: int) -> str:
    """The name of the states that leave a layer (from 0)."""
    return f"layer.{layer}.after"


@dataclass(frozen=True)
class _Stored:
    """The constants of a stored graph by name, and the reader's own matrices."""

    nodes: Mapping[str, Node]
    own: Mapping[str, NDArray[Any]]
    shape: Shape

    def matrix(self, layer: int, name: str) -> Node:
        """A layer's matrix, its integers left as they are stored."""
        full = f"layer.{layer}.{name}"
        if full in self.own:
            scales = op.constant(self.own[full + SCALES])
            return op.multiply(op.convert(weight(self.own[full], full), "f32"), scales)
        if full + SCALES not in self.nodes:
            return self.nodes[full]
        return op.multiply(op.convert(self.nodes[full], "f32"), self.nodes[full + SCALES])

    def norm(self, x: Node, layer: int, name: str) -> Node:
        """A layer's norm, applied to ``x``."""
        return norm(x, self.nodes[f"layer.{layer}.{name}"], self.shape.norm_epsilon)


def own_layers(weights: Weights) -> dict[str, NDArray[Any]]:
    """The matrices of the layers that are the reader's own, in eight bits, and their scales."""
    found: dict[str, NDArray[Any]] = {}
    for layer, name in itertools.product(range(FROZEN, max(LAYERS) + 1), JOINED):
        rows, full = quantise_rows(joined(weights, layer, name)), f"layer.{layer}.{name}"
        found |= {full: rows.values, full + SCALES: rows.scales}
    return found


def build_reader(written: ov.Model, own: Mapping[str, NDArray[Any]], shape: Shape) -> ov.Model:
    """The layers of a writer's graph, whose constants it shares, below the reader's ``own``."""
    layers = LAYERS
    constants = {node.get_friendly_name(): node for node in written.get_ops() if node.get_type_name() == "Constant"}
    stored = _Stored(constants, own, shape)
    ids = op.parameter([1, -1], np.int64, name=INPUTS[0])
    length = op.gather(op.shape_of(ids), constant(1), constant(0))
    places = op.range(constant(0), length, constant(1), "i64")
    turns = {base: turn(op.unsqueeze(places, constant(0)), base, shape.head_width) for base in _bases(shape, layers)}
    x = op.multiply(_rows(stored, ids), constant(shape.width**0.5, np.float32))
    before = {full: _parts(places, length, shape.window if not full else None) for full in (True, False)}
    found = []
    for layer in range(max(layers) + 1):
        parts = before[shape.is_full(layer)] if layer < FROZEN else None
        x = _attention(x, layer, stored, turns[shape.rope_base_of(layer)], parts)
        x = feed_forward(x, layer, stored)
        if layer in layers:
            x.set_friendly_name(after(layer))
            found.append(op.result(x))
    model = ov.Model(found, [ids], "reader")
    for port, layer in zip(model.outputs, layers, strict=True):
        port.get_tensor().set_names({after(layer)})
    return model


def _bases(shape: Shape, layers: Sequence[int]) -> set[float]:
    return {shape.rope_base_of(layer) for layer in range(max(layers) + 1)}


def _rows(stored: _Stored, ids: Node) -> Node:
    """The embedding's rows of some tokens, float32."""
    chosen = op.gather(stored.nodes[EMBEDDING], ids, constant(0))
    if EMBEDDING + SCALES not in stored.nodes:
        return chosen
    return op.multiply(op.convert(chosen, "f32"), op.gather(stored.nodes[EMBEDDING + SCALES], ids, constant(0)))


@dataclass(frozen=True)
class _Part:
    """Places ``start`` to ``end`` of a text, and the additive mask (places, end) of what they see."""

    start: Node
    end: Node
    mask: Node


def _parts(places: Node, length: Node, window: int | None) -> list[_Part]:
    bounds = [op.divide(op.multiply(length, constant(at)), constant(PARTS)) for at in range(PARTS + 1)]
    ends = [op.unsqueeze(bound, constant(0)) for bound in bounds]
    found = []
    for start, end in pairwise(ends):
        own = _cut(places, start, end, 0)
        before = _cut(places, constant([0]), end, 0)
        distance = op.subtract(op.unsqueeze(own, constant(1)), op.unsqueeze(before, constant(0)))
        near = op.greater_equal(distance, constant(0))
        if window is not None:
            near = op.logical_and(near, op.less(distance, constant(window)))
        mask = op.select(near, constant(0.0, np.float32), constant(UNSEEN, np.float32))
        found.append(_Part(start, end, mask))
    return found


def _cut(x: Node, start: Node, end: Node, axis: int) -> Node:
    return op.slice(x, start, end, constant([1]), constant([axis]))


def _attention(x: Node, layer: int, stored: _Stored, by: Turn, parts: Sequence[_Part] | None) -> Node:
    """The states after a layer's attention to what lies before each place, or without parts to everything."""
    query, key, value = by_heads(x, layer, stored, by)
    query = op.multiply(query, constant(stored.shape.head_width**-0.5, np.float32))
    if parts is None:
        scores = op.matmul(query, key, transpose_a=False, transpose_b=True)
        return after_attention(x, op.matmul(op.softmax(scores, 3), value, False, False), layer, stored)
    attended = []
    for part in parts:
        known, told = (_cut(each, constant([0]), part.end, 2) for each in (key, value))
        scores = op.matmul(_cut(query, part.start, part.end, 2), known, transpose_a=False, transpose_b=True)
        attended.append(op.matmul(op.softmax(op.add(scores, part.mask), 3), told, False, False))
    return after_attention(x, op.concat(attended, 2), layer, stored)
