"""What our dictionary has of a French sentence, for those who judge a translation of it.

A translation may name what the French only means: « eurodéputé » is "MEP", « antisémitisme » "anti-Semitism",
« quinquennat » a "five-year term". What the dictionary has of a word of the sentence is no name or number
that the translation invented.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

from models.dictionary import load_dictionary
from service.pipeline.exonyms import fold
from service.pipeline.french_facts import extract_facts

#: These multiply the number before them, and so say nothing alone.
_SCALES = re.compile(r"mil(?:l\w*)?|cents")
_ARTICLE = re.compile(r"(?:an?|the)\s+", re.IGNORECASE)


@dataclass(frozen=True)
class Meanings:
    """All translations of a sentence's words and expressions that the dictionary has.

    ``valued`` are those of words that state no value themselves: « cinquante » is compared as a number.
    """

    translations: tuple[str, ...]
    valued: tuple[str, ...]

    @cached_property
    def words(self) -> frozenset[str]:
        """Their words, folded."""
        return frozenset(word for translation in self.translations for word in fold(translation).split())

    def holds(self, text: str, start: int, end: int) -> bool:
        """Whether the value ``text[start:end]``, without its article, stands within one of ``valued``."""
        article = _ARTICLE.match(text, start, end)
        first = article.end() if article else start
        return any(at <= first and end <= to for at, to in self._places(text))

    def _places(self, text: str) -> Iterator[tuple[int, int]]:
        low = text.lower()
        for translation in self.valued:
            if translation.lower() in low:
                for match in re.finditer(rf"(?<!\w){re.escape(translation)}(?!\w)", text, re.IGNORECASE):
                    yield match.span()


@lru_cache(maxsize=256)
def meanings_of(french: str, language: str) -> Meanings:
    """What the dictionary from French into ``language`` has of a sentence; a sentence is asked for again and again."""
    dictionary = load_dictionary(language)
    plain = (form for form in dictionary.within(french) if not _SCALES.fullmatch(form) and not _states_value(form))
    valued = (translation for form in plain for translation in dictionary.translations[form])
    return Meanings(tuple(dict.fromkeys(dictionary.meant(french))), tuple(dict.fromkeys(valued)))


def _states_value(form: str) -> bool:
    return any(fact.kind not in ("name", "negation") for fact in extract_facts(form))
