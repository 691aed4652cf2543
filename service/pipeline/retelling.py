"""Whether a rewritten sentence still tells what its source tells: the same things in the same order.

A sentence can take every word from one other sentence and be false, when the words change their parts in
it: who does becomes who is spoken of, one speaker's words become another's. A sentence that was shortened,
with a few words replaced, keeps the order of what it says; one that was turned round is not believed, since
nothing here reads well enough to see whether it was turned rightly.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence

from service.pipeline.cuts import cut_at_joints

#: The least share of the words in common that stand in the same order in both.
IN_ORDER = 0.9

_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_RELATIVE = re.compile(r"\b(?:qui|dont|lequel|laquelle|lesquels|lesquelles)\b", re.IGNORECASE)
#: What narrows a statement: without it more is said than the source says.
_LIMITS = re.compile(
    r"\b(?:et qui|sauf|hormis|except(?:é|ée|és|ées)|à condition|sous réserve|à moins|à l['’]exception|seulement"
    r"|uniquement)\b",
    re.IGNORECASE,
)
#: Capitals within a word, as no French word has them: « sympathisANTS ».
_ODD = re.compile(r"\b\w*[a-zà-ÿ][A-ZÀ-Ý]\w*\b")


def retells(text: str, source: str, stems: Sequence[str], source_stems: Sequence[str]) -> bool:
    """Whether one sentence is another one, shortened; the stems of both are in their order."""
    return (
        in_order(stems, source_stems) >= IN_ORDER
        and not Counter(_NUMBER.findall(text)) - Counter(_NUMBER.findall(source))
        and not Counter(_RELATIVE.findall(text.lower())) - Counter(_RELATIVE.findall(source.lower()))
        and not Counter(_LIMITS.findall(source.lower())) - Counter(_LIMITS.findall(text.lower()))
        and set(_ODD.findall(text)) <= set(_ODD.findall(source))
        and cut_at_joints(text, source)
    )


def in_order(stems: Sequence[str], source: Sequence[str]) -> float:
    """The share of the common stems in the longest run that both have in the same order, from 0 to 1."""
    places: dict[str, list[int]] = {}
    for place, stem in enumerate(source):
        places.setdefault(stem, []).append(place)
    common = [places[stem] for stem in stems if stem in places]
    # Longest increasing subsequence, each stem standing for one of its places (patience sorting).
    ends: list[int] = []
    for own in common:
        for place in reversed(own):
            at = bisect_left(ends, place)
            ends[at : at + 1] = [place]
    return len(ends) / len(common) if common else 1.0
