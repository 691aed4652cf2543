"""Demonstratives that point at something which a brief does not say: « ces inondations », « cet homme ».

Each stands in front of a noun. Where neither that noun nor a word of its stem came before in the text, the reader
does not know which one is meant; « ce mardi » and « cette année » name a time and are understood.
"""

from __future__ import annotations

import re

from service.pipeline.french_tokens import words

_DEMONSTRATIVE = re.compile(
    r"(?<![\w'’-])(?:ce|cet|cette|ces)\s+(?:(?:derni(?:er|ère)s?|nouve(?:au|l|lle|aux|lles)|mêmes?|fameu(?:x|ses?)|petite?s?"
    r"|grande?s?|première?s?|deux|trois|quatre|cinq|\d+)\s+)*([a-zà-öø-ÿœ][\w-]*)",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]+")
#: « ce » as a pronoun, and nouns of time or of the text itself.
_UNDERSTOOD = words(
    """qui que qu dont sont était étaient sera seront serait fut furent n à soit
    lundi mardi mercredi jeudi vendredi samedi dimanche matin midi soir nuit jour jours journée semaine semaines
    week-end mois janvier février mars avril mai juin juillet août septembre octobre novembre décembre année années an
    ans printemps été automne hiver heure heures moment instant siècle saison rentrée stade point sujet fait cas
    temps fois effet"""
)
#: Words are the same when they share so many first letters, a plural's ending left aside.
_STEM = 5


def unexplained(text: str) -> tuple[str, ...]:
    """The nouns that a demonstrative points at and that the text has not named before, in order."""
    found = []
    for match in _DEMONSTRATIVE.finditer(text):
        noun = match.group(1).lower()
        before = {_stem(word) for word in _WORD.findall(text[: match.start()].lower())}
        if noun not in _UNDERSTOOD and _stem(noun) not in before:
            found.append(noun)
    return tuple(found)


def _stem(word: str) -> str:
    return word.rstrip("sx")[:_STEM]
