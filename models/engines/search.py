"""What a search for outputs is made of: the model's steps, the limits of a task, what was written.

Greedy and beam search are in ``beams``, sampling in ``sampling``, and ``decoding`` runs them over any model
that can take a step.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Ids = NDArray[np.int64]
Floats = NDArray[np.float32]

#: Stands in a row of tokens where it has no more of them.
NOTHING = -1

#: Watched tokens that are less likely (a natural logarithm) are not remembered: of 265 words that began so and were put
#: in seven were worth it, of 274 others 141 (``models/training/LOG.md``).
WATCHED_FROM = -4.5

#: Given the tokens so far and some next ones, which of these may follow.
Allowed = Callable[[tuple[int, ...], Ids], NDArray[np.bool_]]
#: Whether a text may end here, given its tokens without the end mark.
Accept = Callable[[tuple[int, ...]], bool]


@dataclass(frozen=True)
class Scores:
    """What a step says of the next token at each place: after each token that it was given, row by row.

    ``ids`` and ``logprobs`` (places, k) are the most likely ones, best first; ``full`` gives a
    place's log-probabilities over the whole vocabulary and is valid until the next step.
    """

    ids: Ids
    logprobs: Floats
    full: Callable[[int], Floats]


class StepModel(Protocol):
    """A model that keeps what its rows have read, and continues them by one token or several at a time."""

    def start(self, prompts: Sequence[Sequence[int]]) -> Scores:
        """Forget everything and read the prompts, one a row; there is a place for each row's last token."""
        ...

    def step(self, parents: NDArray[np.int32], tokens: Ids) -> Scores:
        """Continue the text up to the place ``parents[i]`` with the tokens ``tokens[i]``, as row ``i``.

        ``tokens`` is (rows, columns), a row that has fewer ends with ``NOTHING``; a place is row times columns
        plus column. What was read after a parent's place, and all other rows, are forgotten.
        """
        ...


@dataclass(frozen=True)
class Search:
    """How outputs are searched for. Each token of ``ends`` is an end mark.

    ``length_penalty`` is the power of the length by which a log-probability is divided
    before texts are compared (Wu et al. 2016, arXiv 1609.08144, without the constant).
    ``no_repeat`` forbids the same run of that many tokens twice (0: off), except tokens of
    ``repeatable``. ``patient`` goes on until no open beam can beat the finished ones;
    otherwise a search ends when it has as many finished texts as beams. With a ``temperature``
    above 0 there are as many independent samples as beams, each token drawn from the
    ``likeliest`` ones; the draws depend on the prompt alone, so that the same text is
    written again. Where samples repeat the prompt, up to ``guessed`` tokens of all of them together are
    read in a step besides those that were drawn; a sample whose mean log-probability is
    not to be expected to reach ``least_mean`` any more is given up.
    """

    ends: frozenset[int]
    beams: int = 1
    candidates: int = 1
    length_penalty: float = 1.0
    no_repeat: int = 0
    repeatable: frozenset[int] = frozenset()
    patient: bool = False
    temperature: float = 0.0
    likeliest: int = 20
    guessed: int = 0
    least_mean: float | None = None

    @property
    def samples(self) -> bool:
        """Whether outputs are drawn, each on its own: also a single one of the likeliest tokens, if it is guessed."""
        return self.temperature > 0 or (self.guessed > 0 and self.beams == 1)


@dataclass(frozen=True)
class Seen:
    """A watched token that was likely at a place of a text, after ``place`` tokens.

    ``before`` is the log-probability of those, ``logprob`` its own.
    """

    place: int
    id: int
    logprob: float
    before: float


@dataclass(frozen=True)
class Task:
    """One prompt; lengths are in tokens, the end mark not counted.

    ``watched`` are tokens, with the words that each may begin: a beam remembers where one was at least as likely as
    ``WATCHED_FROM``.
    """

    prompt: tuple[int, ...]
    max_tokens: int
    min_tokens: int = 0
    allowed: Allowed | None = None
    accept: Accept | None = None
    watched: Mapping[int, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Written:
    """One output: its tokens without the end mark, and the log-probability with it.

    ``complete`` is false when the limit came before the end mark.
    """

    ids: tuple[int, ...]
    logprob: float
    complete: bool
    seen: tuple[Seen, ...] = ()

    @property
    def length(self) -> int:
        """Tokens, the end mark included."""
        return max(len(self.ids) + self.complete, 1)

    @property
    def mean(self) -> float:
        """The mean log-probability of a token."""
        return self.logprob / self.length

    def rank(self, length_penalty: float) -> float:
        """What outputs are compared by."""
        return float(self.logprob / self.length**length_penalty)


@dataclass(frozen=True)
class Path:
    """A text that is being written: its tokens, and the place in the model's last step that tells the next one.

    The model has read ``guessed`` after it already: the places that follow tell what comes after each of them.
    """

    ids: tuple[int, ...]
    logprob: float
    place: int
    guessed: tuple[int, ...] = ()
    seen: tuple[Seen, ...] = ()
