"""Short French articles, true sentences about them, and alterations that make those sentences false.

All written by hand. An alteration replaces one stretch of a true sentence (a tuple: kind, which
sentence, old, new); several replacements are written with " / " between them.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Alteration:
    """A true sentence made false."""

    kind: str
    sentence: int
    old: str
    new: str


@dataclass(frozen=True)
class Planted:
    """An article with true brief sentences and what was altered in them."""

    topic: str
    article: str
    true: tuple[str, ...]
    alterations: tuple[Alteration, ...]

    def altered(self, alteration: Alteration) -> str:
        """The sentence with its alteration. Raises ``ValueError`` if the words to replace are not there once each."""
        sentence = self.true[alteration.sentence]
        pairs = list(zip(alteration.old.split(" / "), alteration.new.split(" / "), strict=True))
        for number, (old, _) in enumerate(pairs):
            if sentence.count(old) != 1:
                raise ValueError(f"{old!r} does not stand once in {sentence!r}")
            sentence = sentence.replace(old, f"\x00{number}\x00")
        for number, (_, new) in enumerate(pairs):
            sentence = sentence.replace(f"\x00{number}\x00", new)
        return sentence


def plant(topic: str, article: str, true: list[str], alterations: list[tuple[str, int, str, str]]) -> Planted:
    return Planted(topic, article, tuple(true), tuple(Alteration(*fields) for fields in alterations))
