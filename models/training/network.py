"""Gemma 3 in PyTorch, written for training on few cores.

Differences from the transformers implementation, all for speed on a CPU: fused input
projections, several short examples packed in one row (kept apart by the attention mask),
articles read without a gradient, the loss computed at the target's positions alone and
together with its gradient, and the norms and the embedding frozen.
``tests/model/test_network.py`` compares the logits with transformers' own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from models.preparation.base import Shape, Weights

# The frozen vocabulary's softmax is computed for this many positions at a time: 200 MB of float32.
LOSS_CHUNK = 1024


@dataclass(frozen=True)
class Packed:
    """One step's rows: every field is (rows, columns); ``segments`` is 0 where there is padding."""

    ids: Tensor
    positions: Tensor
    segments: Tensor
    targets: Tensor  # the id to predict at each place, or -1 where nothing is learnt

    counted: ClassVar[str] = "tokens"

    @property
    def count(self) -> int:
        """Tokens that are not padding."""
        return int((self.segments > 0).sum())

    def to(self, device: torch.device) -> Packed:
        return Packed(*(field.to(device) for field in (self.ids, self.positions, self.segments, self.targets)))


@dataclass(frozen=True)
class Articles:
    """One step of the writer: each row is an article, and the brief that is written after it.

    ``article`` is (rows, window), its first ``lengths`` (rows,) ids count; ``ids`` and
    ``targets`` (rows, columns) are the cue and the brief, a target is -1 where nothing is learnt.
    """

    article: Tensor
    lengths: Tensor
    ids: Tensor
    targets: Tensor

    counted: ClassVar[str] = "articles"

    @property
    def count(self) -> int:
        """Articles of the step."""
        return len(self.lengths)

    def to(self, device: torch.device) -> Articles:
        return Articles(*(field.to(device) for field in (self.article, self.lengths, self.ids, self.targets)))


#: The keys and values of one layer, each (rows, key heads, columns, head width).
Memory = tuple[Tensor, Tensor]


class Layer(nn.Module):
    """One transformer layer; only its four matrices are trained."""

    def __init__(self, weights: Weights, index: int, dtype: torch.dtype) -> None:
        super().__init__()
        shape = weights.shape

        def array(name: str) -> Tensor:
            return torch.from_numpy(weights.tensors[f"layer.{index}.{name}"])

        self.before_attention: Tensor
        self.after_attention: Tensor
        self.before_feed_forward: Tensor
        self.after_feed_forward: Tensor
        self.query_norm: Tensor
        self.key_norm: Tensor
        self.heads, self.key_heads, self.head_width = shape.heads, shape.key_heads, shape.head_width
        self.epsilon = shape.norm_epsilon
        self.attention_in = nn.Parameter(torch.cat([array("query"), array("key"), array("value")]).to(dtype))
        self.attention_out = nn.Parameter(array("output").to(dtype))
        self.feed_in = nn.Parameter(torch.cat([array("gate"), array("up")]).to(dtype))
        self.feed_out = nn.Parameter(array("down").to(dtype))
        for name in ("before_attention", "after_attention", "before_feed_forward", "after_feed_forward"):
            self.register_buffer(name, array(name))
        self.register_buffer("query_norm", array("query_norm"))
        self.register_buffer("key_norm", array("key_norm"))

    def forward(
        self, x: Tensor, cosine: Tensor, sine: Tensor, mask: Tensor | None, past: Memory | None = None
    ) -> tuple[Tensor, Memory]:
        """The next states and this input's keys and values; without a mask each place sees all before it."""
        a, memory = self._attend(self._norm(x, self.before_attention), cosine, sine, mask, past)
        x = x + self._norm(a, self.after_attention)
        gate, up = F.linear(self._norm(x, self.before_feed_forward), self.feed_in).chunk(2, dim=-1)
        f = F.linear(F.gelu(gate, approximate="tanh") * up, self.feed_out)
        return x + self._norm(f, self.after_feed_forward), memory

    def _attend(
        self, x: Tensor, cosine: Tensor, sine: Tensor, mask: Tensor | None, past: Memory | None
    ) -> tuple[Tensor, Memory]:
        rows, columns, _ = x.shape
        joined = F.linear(x, self.attention_in).view(rows, columns, self.heads + 2 * self.key_heads, self.head_width)
        query, key, value = torch.split(joined, [self.heads, self.key_heads, self.key_heads], dim=2)
        query = self._rotate(self._norm(query, self.query_norm), cosine, sine).transpose(1, 2)
        key = self._rotate(self._norm(key, self.key_norm), cosine, sine).transpose(1, 2)
        value = value.transpose(1, 2)
        memory = (key, value)
        if past is not None:
            key, value = torch.cat([past[0], key], dim=2), torch.cat([past[1], value], dim=2)
        y = F.scaled_dot_product_attention(
            query, self._share(key), self._share(value), mask, is_causal=mask is None, scale=self.head_width**-0.5
        )
        return F.linear(y.transpose(1, 2).reshape(rows, columns, -1), self.attention_out), memory

    def _share(self, x: Tensor) -> Tensor:
        """Each key head serves several query heads."""
        shared = self.heads // self.key_heads
        return x.expand(-1, shared, -1, -1) if self.key_heads == 1 else x.repeat_interleave(shared, 1)

    def _norm(self, x: Tensor, weight: Tensor) -> Tensor:
        wide = x.float()
        scale = torch.rsqrt(wide.pow(2).mean(-1, keepdim=True) + self.epsilon)
        return (wide * scale * weight).to(x.dtype)

    @staticmethod
    def _rotate(x: Tensor, cosine: Tensor, sine: Tensor) -> Tensor:
        first, second = x.float().chunk(2, dim=-1)
        turned = torch.cat([first * cosine - second * sine, second * cosine + first * sine], dim=-1)
        return turned.to(x.dtype)


class Network(nn.Module):
    """The whole model; ``forward`` gives the mean loss per target token of a packed step."""

    def __init__(self, weights: Weights, dtype: torch.dtype = torch.bfloat16) -> None:
        super().__init__()
        self.shape = weights.shape
        self.embedding: Tensor
        self.final_norm: Tensor
        self.register_buffer("embedding", torch.from_numpy(weights.tensors["embedding"]).to(dtype))
        self.register_buffer("final_norm", torch.from_numpy(weights.tensors["final_norm"]))
        self.layers = nn.ModuleList(Layer(weights, index, dtype) for index in range(weights.shape.layers))

    def hidden(self, packed: Packed) -> Tensor:
        """The normalised last hidden states, (rows, columns, width)."""
        x = self._embed(packed.ids)
        full, windowed, _ = masks(packed.positions, packed.segments, self.shape.window, x.dtype)
        turns = turns_at(packed.positions, self.shape)
        for index, layer in enumerate(self.layers):
            cosine, sine = turns[self.shape.rope_base_of(index)]
            x, _ = layer(x, cosine, sine, full if self.shape.is_full(index) else windowed)
        return self._finish(x)

    def read(self, articles: Articles) -> list[Memory]:
        """Every layer's keys and values of the articles, without gradient."""
        rows, columns = articles.article.shape
        positions = torch.arange(columns, device=articles.article.device).expand(rows, -1)
        turns = turns_at(positions, self.shape)
        memories = []
        with torch.no_grad():
            x = self._embed(articles.article)
            for index, layer in enumerate(self.layers):
                x, memory = layer(x, *turns[self.shape.rope_base_of(index)], None)
                memories.append(memory)
        return memories

    def brief_loss(self, articles: Articles, smoothing: float = 0.0) -> Tensor:
        """The mean loss per token of the briefs; what the articles' places learn is left out.

        Reading costs a third of reading with a gradient, and most places are the article's.
        Raises ``ValueError`` when a row is longer than the attention's window.
        """
        rows, columns = articles.ids.shape
        window = articles.article.shape[1]
        if window + columns > self.shape.window:
            raise ValueError(f"{window} + {columns} tokens exceed the attention's window of {self.shape.window}")
        memories = self.read(articles)
        own = torch.arange(columns, device=articles.ids.device)
        turns = turns_at(articles.lengths[:, None] + own, self.shape)
        behind = (own[None, :] <= own[:, None]).expand(rows, -1, -1)
        real = torch.arange(window, device=own.device)[None] < articles.lengths[:, None]
        mask = additive(torch.cat([real[:, None].expand(-1, columns, -1), behind], dim=2), self.embedding.dtype)
        # Compiled layers would be made anew for an input without a gradient: here every layer's has one.
        x = self._embed(articles.ids).requires_grad_(torch.is_grad_enabled())
        for index, layer in enumerate(self.layers):
            x, _ = layer(x, *turns[self.shape.rope_base_of(index)], mask, memories[index])
        return self._loss(self._finish(x), articles.targets, smoothing)

    def _embed(self, ids: Tensor) -> Tensor:
        scaled: Tensor = F.embedding(ids, self.embedding) * self.shape.width**0.5
        return scaled.to(self.embedding.dtype)

    def _finish(self, x: Tensor) -> Tensor:
        wide = x.float()
        scale = torch.rsqrt(wide.pow(2).mean(-1, keepdim=True) + self.shape.norm_epsilon)
        normalised: Tensor = (wide * scale * self.final_norm).to(x.dtype)
        return normalised

    def forward(self, packed: Packed, smoothing: float = 0.0) -> Tensor:
        return self._loss(self.hidden(packed), packed.targets, smoothing)

    def _loss(self, states: Tensor, targets: Tensor, smoothing: float) -> Tensor:
        learnt = targets >= 0
        loss: Tensor = _FrozenSoftmaxLoss.apply(  # type: ignore[no-untyped-call]
            states[learnt], self.embedding, targets[learnt], smoothing
        )
        return loss

    def logits(self, packed: Packed) -> Tensor:
        """Float32 logits at every position, for tests and scoring: (rows, columns, vocabulary)."""
        return F.linear(self.hidden(packed), self.embedding).float()


class _FrozenSoftmaxLoss(torch.autograd.Function):
    """Mean cross-entropy with label smoothing over a frozen output layer.

    The gradient is formed in the forward pass, chunk by chunk, so that the (positions,
    vocabulary) matrix never exists whole and is read once.
    """

    @staticmethod
    def forward(ctx: Any, states: Tensor, embedding: Tensor, targets: Tensor, smoothing: float) -> Tensor:
        total = torch.zeros((), dtype=torch.float32, device=states.device)
        gradient = torch.empty_like(states)
        count = len(targets)
        mean_row = embedding.float().mean(0)  # the mean logit is linear in the state
        for start in range(0, count, LOSS_CHUNK):
            part, wanted = states[start : start + LOSS_CHUNK], targets[start : start + LOSS_CHUNK]
            logits = F.linear(part, embedding)
            peak = logits.amax(-1, keepdim=True)
            logits.sub_(peak)
            right = logits.gather(1, wanted[:, None]).float().squeeze(1)
            smooth = part.float() @ mean_row - peak.float().squeeze(1)
            chances = logits.exp_()
            normaliser = chances.sum(-1, dtype=torch.float32)
            total += (normaliser.log() - (1 - smoothing) * right - smoothing * smooth).sum()
            chances.mul_(normaliser.reciprocal().to(chances.dtype)[:, None])
            loss_at_target = torch.full_like(wanted[:, None], smoothing - 1, dtype=chances.dtype)
            chances.scatter_add_(1, wanted[:, None], loss_at_target)
            part_gradient = torch.mm(chances, embedding)
            gradient[start : start + LOSS_CHUNK] = part_gradient - smoothing * mean_row.to(part_gradient.dtype)
        ctx.save_for_backward(gradient)
        ctx.count = count
        return total / max(count, 1)

    @staticmethod
    def backward(ctx: Any, *outer: Tensor) -> tuple[Tensor, None, None, None]:
        (gradient,) = ctx.saved_tensors
        return gradient * (outer[0] / max(ctx.count, 1)), None, None, None


def masks(positions: Tensor, segments: Tensor, window: int, dtype: torch.dtype) -> tuple[Tensor, Tensor, Tensor]:
    """Additive masks (rows, 1, columns, columns) of a row's own segment: the past, the near past, and all of it."""
    same = segments[:, :, None] == segments[:, None, :]
    ahead = positions[:, None, :] - positions[:, :, None]
    behind = same & (ahead <= 0)
    near = behind & (ahead > -window)
    return additive(behind, dtype), additive(near, dtype), additive(same, dtype)


def additive(keep: Tensor, dtype: torch.dtype) -> Tensor:
    """(rows, columns, columns) of what is seen, as (rows, 1, columns, columns) to be added."""
    return torch.zeros(keep.shape, dtype=dtype, device=keep.device).masked_fill_(~keep, float("-inf"))[:, None]


def turns_at(positions: Tensor, shape: Shape) -> dict[float, tuple[Tensor, Tensor]]:
    """Cosines and sines at ``positions`` (rows, columns) for each base that the layers' embeddings have."""
    bases = {shape.rope_base_of(index) for index in range(shape.layers)}
    return {base: _turns(positions, base, shape.head_width) for base in bases}


def _turns(positions: Tensor, base: float, width: int) -> tuple[Tensor, Tensor]:
    """Cosine and sine of the rotary embedding: (rows, columns, 1, width / 2), float32."""
    rates = base ** (-torch.arange(0, width, 2, dtype=torch.float32, device=positions.device) / width)
    angles = positions[..., None].float() * rates
    return angles.cos()[:, :, None], angles.sin()[:, :, None]
