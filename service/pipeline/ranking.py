"""The order of written briefs and extracts of one article, best first.

What the chooser predicts of a text counts, whether it was written, and its length; how much of
it the model's other texts say too (minimum Bayes risk: Kumar and Byrne 2004) can count, and
does not as it is served. The weights were chosen on
valid with ``service.evaluation.ranking_weights``; trees trained on 400 articles chose worse.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.contracts import Candidate
from service.pipeline.brief import Origin
from service.pipeline.salience import Piece


@dataclass(frozen=True)
class Weights:
    """What counts beside the prediction: agreement from 0 to 1, being written, a word too many.

    Texts that were written of different passages should not agree, and what is written is short enough by itself,
    so the first and the last count for nothing as it is served.
    """

    agreement: float = 0.0
    written: float = 0.03
    word: float = 0.0


@dataclass(frozen=True)
class Draft:
    """What a model wrote, and the passage that it had read; no passage where it had read the article."""

    candidate: Candidate
    passage: str | None = None


@dataclass(frozen=True)
class Contender:
    """A text that may become the brief.

    ``features`` are those of ``salience`` and ``value`` what the chooser predicts from them; ``grounding``
    is the least share of a sentence's words that the one it rests on has (``grounds``).
    """

    text: str
    origin: Origin
    piece: Piece
    features: NDArray[np.float32]
    value: float = 0.0
    grounding: float = 1.0

    @property
    def words(self) -> int:
        """Words of the text."""
        return len(self.text.split())


def ranked(contenders: Sequence[Contender], aim: int, weights: Weights = Weights()) -> list[Contender]:
    """The contenders, best first; of equals the earlier one. Words beyond ``aim`` cost."""

    def worth(contender: Contender, agreement: float) -> float:
        return (
            contender.value
            + weights.agreement * agreement
            + weights.written * (contender.origin == "written")
            - weights.word * max(0, contender.words - aim)
        )

    worths = [worth(each, agreement) for each, agreement in zip(contenders, agreements(contenders), strict=True)]
    return [contenders[at] for at in sorted(range(len(contenders)), key=lambda at: -worths[at])]


def agreements(contenders: Sequence[Contender]) -> list[float]:
    """How much each contender shares with the written ones other than itself: the mean F1 of their stems."""
    bags = [Counter(contender.piece.stems) for contender in contenders]
    written = [at for at, contender in enumerate(contenders) if contender.origin == "written"]
    found = []
    for at, bag in enumerate(bags):
        shared = [_shared(bag, bags[other]) for other in written if other != at]
        found.append(sum(shared) / len(shared) if shared else 0.0)
    return found


def _shared(mine: Counter[str], other: Counter[str]) -> float:
    total = mine.total() + other.total()
    return 2 * (mine & other).total() / total if total else 0.0
