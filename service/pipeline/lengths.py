"""Lengths of briefs in words: what each name means, for writing and for extracting."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from models.contracts import Length, SummaryOptions


@dataclass(frozen=True)
class Wanted:
    """Bounds of a brief: words and sentences, and the words around which longer ones lose."""

    least: int
    aim: int
    most: int
    sentences: int

    def writing(self, candidates: int, least_score: float | None = None) -> SummaryOptions:
        """The same for the model that writes, which need not finish what stays below ``least_score``."""
        return SummaryOptions(candidates, max(self.least, self.aim - 8), self.most, least_score)


#: What is rewritten as a brief of each length: longer than the brief, since rewriting shortens it.
PASSAGES: Mapping[Length, Wanted] = MappingProxyType(
    {
        "short": Wanted(least=10, aim=45, most=80, sentences=1),
        "medium": Wanted(least=25, aim=65, most=110, sentences=2),
    }
)
# A long brief of whole sentences comes out five words above what it aims at.
LENGTHS: Mapping[Length, Wanted] = MappingProxyType(
    {
        "short": Wanted(least=6, aim=16, most=20, sentences=1),
        "medium": Wanted(least=12, aim=30, most=55, sentences=2),
        "long": Wanted(least=40, aim=66, most=95, sentences=4),
    }
)
