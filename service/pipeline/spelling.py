"""Slips of a small model in its English that can be put right without knowing what was meant.

It forms "exchangeed" and "influenceing" by adding an ending to a whole word, writes "a old" and "an scale", and joins
words ("toorganize", "ofAzerbaijan"). Only words that a dictionary lacks are touched, and only where the regular
form is in it, save where a capital within a word shows that it is two.
"""

from __future__ import annotations

import re

from service.pipeline.coinage import coined, is_listed, is_rare

_ENDING = re.compile(r"(?<![\w'’-])([A-Za-z][a-z]+[^\W\daeiouy])e(ing|ed)(?![\w'’-])")
#: A capital A is an article where a sentence begins: elsewhere it is a name (vitamin A).
_ARTICLE = re.compile(r"((?:^|(?<=[.!?] )|(?<=[\"“]))A|(?<![\w'’.-])a)n?( [\"“]?)([a-z]{3,})(?![\w'’])")
#: Words that begin so are spoken otherwise than they are written, or now one way, now the other.
_UNSURE = re.compile(r"h|u|y|eu|ewe|one|once")
#: A word of grammar at the beginning of a word that is none: the other word that follows is longer.
_JOINED = re.compile(r"(?<![\w'’-])(to|of|the|or|and|are|were|be|for|from|by|with|is|was)([a-z]{5,})(?![\w'’-])")
_JOINED_NAME = re.compile(r"(?<![\w'’@#/.-])(to|of|the|and|in|is|for|from|by|with)([^\W\d_a-z])(?=\w)")


def respelled(text: str, language: str) -> str:
    """A translation with such slips put right; as it is in a language whose slips are not known here."""
    if language != "en":
        return text
    parted = _JOINED_NAME.sub(_name_parted, _JOINED.sub(_parted, _ENDING.sub(_ending, text)))
    return _ARTICLE.sub(_article, parted)


def _ending(match: re.Match[str]) -> str:
    whole, regular = match[0], match[1] + match[2]
    return regular if not is_listed(whole.lower()) and is_listed(regular.lower()) else whole


def _parted(match: re.Match[str]) -> str:
    first, rest = match.groups()
    return f"{first} {rest}" if coined(match[0], "en") and not is_rare(rest) else match[0]


def _name_parted(match: re.Match[str]) -> str:
    first, initial = match.groups()
    return f"{first} {initial}" if initial.isupper() else match[0]


def _article(match: re.Match[str]) -> str:
    article, between, word = match.groups()
    if not is_listed(word) or _UNSURE.match(word):
        return match[0]
    return f"{article}{'n' if word[0] in 'aeio' else ''}{between}{word}"
