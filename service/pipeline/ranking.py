"""The features by which written briefs and extracts of one article are ranked together.

To what ``salience`` sees of a candidate they add what only a comparison shows: how likely
the model found its text, and how much of it the other written candidates say too. A text
that many outputs of a model agree on is seldom a bad one (minimum Bayes risk: Kumar and
Byrne 2004; for summaries a learnt choice, as in SimCLS, Liu and Liu 2021, arXiv 2106.01890).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from service.pipeline.brief import Origin
from service.pipeline.salience import Piece, Salience

#: A written text is compared with the other written ones, an extract with all of them.
_OWN = (
    "written", "score", "total", "rank", "value", "value_gap", "agreement", "pair_agreement", "extract_agreement",
    "best_agreement", "written_words",
)  # fmt: skip
NAMES: tuple[str, ...] = (*Salience.NAMES, *_OWN)

T = TypeVar("T")


@dataclass(frozen=True)
class Contender:
    """A text that may become the brief.

    ``features`` are those of ``salience`` and ``value`` what the chooser predicts from them;
    ``score`` is the model's mean log-probability per token and 0 for an extract.
    """

    text: str
    origin: Origin
    piece: Piece
    features: NDArray[np.float32]
    value: float = 0.0
    score: float = 0.0
    tokens: int = 0

    @property
    def words(self) -> int:
        """Words of the text."""
        return len(self.text.split())


def rows(contenders: Sequence[Contender]) -> NDArray[np.float32]:
    """The values named by ``NAMES`` for each contender: (contenders, names)."""
    bags = [Counter(contender.piece.stems) for contender in contenders]
    pairs = [Counter(contender.piece.pairs) for contender in contenders]
    written = [at for at, contender in enumerate(contenders) if contender.origin == "written"]
    extracts = [at for at, contender in enumerate(contenders) if contender.origin == "extracted"]
    best_value = max((contender.value for contender in contenders), default=0.0)
    length = float(np.mean([contenders[at].words for at in written])) if written else 0.0
    table = []
    for at, contender in enumerate(contenders):
        others = [other for other in written if other != at]
        others_extracted = [other for other in extracts if other != at]
        own = (
            contender.origin == "written",
            contender.score,
            contender.score * contender.tokens,
            written.index(at) if at in written else -1,
            contender.value,
            best_value - contender.value,
            _mean([_shared(bags[at], bags[other]) for other in others]),
            _mean([_shared(pairs[at], pairs[other]) for other in others]),
            _mean([_shared(bags[at], bags[other]) for other in others_extracted]),
            _shared(bags[at], bags[extracts[0]]) if extracts else 0.0,
            length,
        )
        table.append(np.concatenate([contender.features, np.array(own, dtype=np.float32)]))
    return np.array(table, dtype=np.float32)


def _shared(mine: Counter[T], other: Counter[T]) -> float:
    """F1 of the terms that two texts share."""
    total = mine.total() + other.total()
    return 2 * (mine & other).total() / total if total else 0.0


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0
