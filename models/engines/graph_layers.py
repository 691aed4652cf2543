"""The parts of Gemma 3 as OpenVINO operations, in the forms that its CPU plugin fuses.

Three forms matter for speed, and each has exactly one writing that the plugin recognises:
a compressed matrix (integers, Convert, Multiply, MatMul), a root-mean-square norm, and the
attention over a cached state (ReadValue, Gather by beam, Concat, scaled dot product,
Assign: see ``StatefulSDPAFusion`` in OpenVINO's CPU plugin). ``tests/model`` reads the
compiled graph and fails when one of them is no longer fused.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

import numpy as np
import openvino as ov
from numpy.typing import NDArray
from openvino import opset13 as op
from openvino.op.util import Variable, VariableInfo

from models.preparation.base import Shape
from models.preparation.quantisation import quantise_rows

Array = NDArray[np.float32]
Precision = Literal["int8", "f32"]
Node = Any  # openvino's own annotations call every operation and output a Node

#: Added to the score of a position that may not be seen. Finite, so that a row of padding, which
#: sees nothing, has an even distribution instead of a division by zero.
UNSEEN = -1e9

#: Ends the name of a quantised matrix's scales.
SCALES = ".scales"


def constant(values: Any, kind: Any = np.int64) -> Node:
    """A small constant, 64-bit integers by default."""
    return op.constant(np.asarray(values, dtype=kind))


def weight(values: NDArray[Any], name: str) -> Node:
    """A constant under the name by which ``stored_weights`` finds it again."""
    node = op.constant(values)
    node.set_friendly_name(name)
    return node


def matrix(values: Array, name: str, precision: Precision) -> Node:
    """A matrix (outputs, inputs) as a node; in int8 the integers stay the stored form."""
    if precision == "f32":
        return weight(values, name)
    rows = quantise_rows(values)
    return op.multiply(op.convert(weight(rows.values, name), "f32"), weight(rows.scales, name + SCALES))


def product(x: Node, weights: Node) -> Node:
    """``x`` times the transposed matrix."""
    return op.matmul(x, weights, transpose_a=False, transpose_b=True)


def norm(x: Node, scale: Node, epsilon: float) -> Node:
    """Root-mean-square norm over the last axis."""
    squares = op.power(x, constant(2.0, np.float32))
    mean = op.reduce_mean(squares, constant([-1]), keep_dims=True)
    root = op.sqrt(op.add(mean, constant(epsilon, np.float32)))
    scaled = op.multiply(x, op.divide(constant(1.0, np.float32), root))
    return op.multiply(scaled, scale)


@dataclass(frozen=True)
class Turn:
    """Cosine and sine of the rotary embedding, each (batch, 1, steps, head width)."""

    cosine: Node
    sine: Node


def turn(positions: Node, base: float, width: int) -> Turn:
    """The rotary embedding's angles at ``positions`` (batch, steps)."""
    rates = (base ** (-np.arange(0, width, 2, dtype=np.float64) / width)).astype(np.float32)
    steps = op.unsqueeze(op.convert(positions, "f32"), constant([1, 3]))
    half = op.multiply(steps, op.constant(rates.reshape(1, 1, 1, -1)))
    angles = op.concat([half, half], axis=-1)
    return Turn(op.cos(angles), op.sin(angles))


def rotate(x: Node, by: Turn, width: int) -> Node:
    """Turn each half-split pair of ``x`` (batch, heads, steps, width)."""
    first = op.slice(x, constant([0]), constant([width // 2]), constant([1]), constant([3]))
    second = op.slice(x, constant([width // 2]), constant([width]), constant([1]), constant([3]))
    swapped = op.concat([op.multiply(second, constant(-1.0, np.float32)), first], axis=-1)
    return op.add(op.multiply(x, by.cosine), op.multiply(swapped, by.sine))


@dataclass(frozen=True)
class Masks:
    """Additive masks (batch, 1, steps, seen): everything before, and the near past alone."""

    full: Node
    near: Node


def masks(attention_mask: Node, positions: Node, window: int) -> Masks:
    """Which cached positions each new one may see, from the mask (batch, seen) of real tokens."""
    places = op.subtract(op.cum_sum(attention_mask, constant(1)), constant(1))
    distance = op.subtract(op.unsqueeze(positions, constant(2)), op.unsqueeze(places, constant(1)))
    real = op.not_equal(op.unsqueeze(attention_mask, constant(1)), constant(0))
    past = op.logical_and(op.greater_equal(distance, constant(0)), real)
    near = op.logical_and(past, op.less(distance, constant(window)))

    def additive(seen: Node) -> Node:
        chosen = op.select(seen, constant(0.0, np.float32), constant(UNSEEN, np.float32))
        return op.unsqueeze(chosen, constant(1))

    return Masks(additive(past), additive(near))


@dataclass(frozen=True)
class Cached:
    """A state's values so far with the new ones behind, and the operation that stores them."""

    values: Node
    store: Node


def cached(new: Node, name: str, beams: Node, batch: Node, shape: Shape) -> Cached:
    """Keep ``new`` (batch, key heads, steps, head width) behind the state's rows chosen by ``beams``."""
    info = VariableInfo()
    info.data_shape = ov.PartialShape([-1, shape.key_heads, -1, shape.head_width])
    info.data_type = ov.Type.f32
    info.variable_id = name
    variable = Variable(info)
    sizes = op.concat([batch, constant([shape.key_heads, 0, shape.head_width])], axis=0)
    start = op.broadcast(constant(0.0, np.float32), sizes)
    past = op.gather(op.read_value(start, variable), beams, constant(0))
    values = op.concat([past, new], axis=2)
    return Cached(values, op.assign(values, variable))


def shared_by_heads(values: Node, shape: Shape) -> Node:
    """Repeat each key head for the query heads that share it; the plugin fuses this away."""
    if shape.heads == shape.key_heads:
        return values
    group = shape.heads // shape.key_heads
    wide = op.unsqueeze(values, constant([2]))
    repeated = op.broadcast(wide, constant([1, 1, group, 1, 1]), broadcast_spec="BIDIRECTIONAL")
    return op.reshape(repeated, constant([0, shape.heads, -1, shape.head_width]), special_zero=True)


def split(x: Node, sizes: Sequence[int], axis: int) -> list[Node]:
    """Cut ``x`` along an axis into parts of the given sizes."""
    return list(op.variadic_split(x, constant(axis), constant(list(sizes))).outputs())


class LayerWeights(Protocol):
    """A model's layers as nodes, by layer (from 0) and name."""

    @property
    def shape(self) -> Shape:
        """The model's sizes."""
        ...

    def matrix(self, layer: int, name: str) -> Node:
        """One of a layer's matrices (outputs, inputs)."""
        ...

    def norm(self, x: Node, layer: int, name: str) -> Node:
        """One of a layer's norms, applied to ``x``."""
        ...


def by_heads(x: Node, layer: int, weights: LayerWeights, by: Turn) -> tuple[Node, Node, Node]:
    """A layer's queries, keys and values, the first two turned: (batch, heads, steps, head width)."""
    shape = weights.shape
    y = product(weights.norm(x, layer, "before_attention"), weights.matrix(layer, "attention_in"))
    counts = (shape.heads, shape.key_heads, shape.key_heads)
    parts = [
        op.reshape(part, constant([0, 0, heads, shape.head_width]), special_zero=True)
        for part, heads in zip(split(y, [heads * shape.head_width for heads in counts], axis=2), counts, strict=True)
    ]
    query = heads_first(weights.norm(parts[0], layer, "query_norm"))
    key = heads_first(weights.norm(parts[1], layer, "key_norm"))
    return rotate(query, by, shape.head_width), rotate(key, by, shape.head_width), heads_first(parts[2])


def heads_first(x: Node) -> Node:
    """Exchange steps and heads."""
    return op.transpose(x, constant([0, 2, 1, 3]))


def after_attention(x: Node, attended: Node, layer: int, weights: LayerWeights) -> Node:
    """The states ``x`` with what a layer's heads (batch, heads, steps, head width) add to them."""
    width = weights.shape.heads * weights.shape.head_width
    joined = op.reshape(heads_first(attended), constant([0, 0, width]), special_zero=True)
    return op.add(x, weights.norm(product(joined, weights.matrix(layer, "attention_out")), layer, "after_attention"))


def feed_forward(x: Node, layer: int, weights: LayerWeights) -> Node:
    """The states ``x`` with what a layer's two products add to them."""
    width = weights.shape.feed_forward
    y = product(weights.norm(x, layer, "before_feed_forward"), weights.matrix(layer, "feed_in"))
    gate, up = split(y, [width, width], axis=2)
    z = product(op.multiply(op.gelu(gate, "TANH"), up), weights.matrix(layer, "feed_out"))
    return op.add(x, weights.norm(z, layer, "after_feed_forward"))
