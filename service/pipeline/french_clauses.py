"""The clauses of a French sentence as its signs part them, and the words by which they open.

Quotations are opaque: they count as one word, and no sign inside them parts anything. Parentheses
are left out of sight.
"""

from __future__ import annotations

import re
from itertools import accumulate
from typing import NamedTuple

from service.pipeline.french_tokens import words
from service.pipeline.french_verbs import Certainty, finite, words_of

_QUOTED = re.compile(r"«[^«»]*»|“[^“”]*”|\"[^\"]*\"")
_PARENTHESES = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_SIGN = re.compile(r",(?!\d)|[;:](?=\s)|(?<=\s)[–—-]{1,2}(?=\s)")
#: Stands for the signs of a quotation: a letter that no text has, so that a quotation reads as one word.
QUOTATION = "ʘ"

#: Signs that part a sentence as dashes do.
DASHES = words("- -- – –– — ——")
SUBORDINATORS = frozenset(
    [
        "qui",
        "que",
        "qu'",
        "dont",
        "où",
        "si",
        "quand",
        "lorsque",
        "lorsqu'",
        "puisque",
        "puisqu'",
        "quoique",
        "quoiqu'",
        "comme",
        "lequel",
        "laquelle",
        "lesquels",
        "lesquelles",
        "auquel",
        "auxquels",
        "auxquelles",
        "duquel",
        "desquels",
        "desquelles",
        "pourquoi",
        "comment",
        "combien",
    ]
)


#: « ainsi que », « telles que »: no clause follows.
_COMPARING = words("ainsi tel telle tels telles autant plutôt")


class Segment(NamedTuple):
    """What stands between two signs: words ``first`` to ``last`` (exclusive), and the sign after it ("" at the end)."""

    first: int
    last: int
    start: int
    end: int
    sign: str


class Clauses:
    """A sentence taken apart. Ranges of words are half open, offsets are the sentence's."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.masked = masked(text)
        self.words = words_of(self.masked)
        self.lower = [word.lower for word in self.words]
        self.verbs: list[Certainty | None] = [finite(self.words, at) for at in range(len(self.words))]
        self._sure = [0, *accumulate(verb == "sure" for verb in self.verbs)]
        self._any = [0, *accumulate(verb is not None for verb in self.verbs)]
        self._subordinators = [0, *accumulate(self._subordinates(at) for at in range(len(self.words)))]
        self.segments = self._segments()

    def sure(self, first: int, last: int) -> int:
        """Certain finite verbs in a range of words."""
        return self._sure[last] - self._sure[first]

    def possible(self, first: int, last: int) -> int:
        """Words of a range that may be finite verbs."""
        return self._any[last] - self._any[first]

    def subordinators(self, first: int, last: int) -> int:
        """Words of a range that open a subordinate clause."""
        return self._subordinators[last] - self._subordinators[first]

    def main_verbs(self, first: int, last: int) -> int:
        """Certain finite verbs that no subordinating word accounts for; may be negative."""
        return self.sure(first, last) - self.subordinators(first, last)

    def stretch(self, first: Segment, last: Segment | None = None) -> str:
        """The words of some segments in lower case, « qu'elle » as « qu' elle »."""
        return " ".join(self.lower[first.first : (last or first).last])

    def opening(self, segment: Segment, length: int = 3) -> str:
        """The first words of a segment in lower case."""
        return " ".join(self.lower[segment.first : min(segment.last, segment.first + length)])

    def _subordinates(self, at: int) -> bool:
        word = self.lower[at]
        if word == "s'":
            return at + 1 < len(self.words) and self.lower[at + 1] in ("il", "ils")
        if word in ("que", "qu'") and at and self.lower[at - 1] in _COMPARING:
            return False
        return word in SUBORDINATORS

    def _segments(self) -> list[Segment]:
        signs = [*_SIGN.finditer(self.masked)]
        found: list[Segment] = []
        first, start = 0, 0
        for sign in [*signs, None]:
            end = sign.start() if sign else len(self.masked)
            last = first
            while last < len(self.words) and self.words[last].start < end:
                last += 1
            if not sign and last > first and not self.words[last - 1].text[0].isalnum():
                last -= 1
                end = self.words[last].start
            found.append(Segment(first, last, start, end, sign[0] if sign else ""))
            first = last
            while sign and first < len(self.words) and self.words[first].start < sign.end():
                first += 1
            start = sign.end() if sign else end
        return found


def masked(text: str) -> str:
    """A text of the same length with quotations as one word each and parentheses as white space."""
    text = _QUOTED.sub(lambda match: QUOTATION * len(match[0]), text)
    return _PARENTHESES.sub(lambda match: " " * len(match[0]), text)
