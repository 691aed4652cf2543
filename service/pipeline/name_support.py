"""Whether an article has a brief's names: whole words, a full name with its parts side by side."""

from __future__ import annotations

import re

from service.pipeline.article_index import ArticleIndex
from service.pipeline.facts import Check, Fact
from service.pipeline.french_names import pieces
from service.pipeline.french_tokens import fold, is_ordinary

_CLOSE = 8  # characters between two names that a hyphen may join: « et », « à »


class NameSupport:
    """Checks names against one article, tolerant of case, accents, hyphens and the form of apostrophes."""

    def __init__(self, index: ArticleIndex) -> None:
        self._index = index

    def check(self, fact: Fact) -> Check:
        """The check of one name of a brief."""
        span = self._index.find_words(fact.value)
        if span is not None:
            return Check(fact, "supported", span, self._spelling(fact, span))
        if "-" in fact.text and (joined := self._joined(fact.text)):
            return Check(fact, "supported", joined)
        parts = [self._part(part) for part in pieces(fact.value)]
        found = [part for part in parts if part is not None]
        if found and len(found) == len(parts):
            return Check(fact, "supported", found[0])
        words = fact.value.split()
        if len(words) > 1 and all(self._index.find_words(word) for word in words):
            return Check(fact, "altered", self._index.find_words(words[0]), "the article never joins these names")
        return Check(fact, "missing", None, "the article does not have this name")

    def own_spelling(self, fact: Fact) -> str:
        """The article's spelling of a name that it has with other accents, hyphens or apostrophes; else the brief's."""
        span = self._index.find_words(fact.value)
        written = self._index.text[span[0] : span[1]] if span else fact.text
        same = written.lower() == fact.text.lower()
        return fact.text if same or written.isupper() or written.islower() else written

    def _joined(self, text: str) -> tuple[int, int] | None:
        """« Bordeaux-Toulouse » for « entre Bordeaux et Toulouse »: two names that the article has close by."""
        halves = [" ".join(fold(word) for word in re.findall(r"[^\W_]+", half)) for half in text.split("-")]
        if len(halves) != 2 or not all(halves):
            return None
        first, second = (self._index.find_all_words(half) for half in halves)
        for start, end in first:
            for other_start, other_end in second:
                if 0 < other_start - end <= _CLOSE:
                    return start, other_end
        return None

    def _part(self, key: str) -> tuple[int, int] | None:
        """A part between particles; an everyday word before it (« Président ») may stand apart."""
        span = self._index.find_words(key)
        first, _, rest = key.partition(" ")
        if span is None and rest and is_ordinary(first) and first in self._index.lower_words:
            return self._index.find_words(rest)
        return span

    def _spelling(self, fact: Fact, span: tuple[int, int]) -> str:
        written = self._index.text[span[0] : span[1]]
        same = written.lower().replace("’", "'") == fact.text.lower().replace("’", "'")
        return "" if same else f"the article spells it {written}"
