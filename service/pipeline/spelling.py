"""Slips of a small model in its English that can be put right without knowing what was meant.

It forms "exchangeed" and "influenceing" by adding an ending to a whole word, and writes "a old" and "an scale". Only
words that a dictionary lacks are touched, and only where the regular form is in it.
"""

from __future__ import annotations

import re

from service.pipeline.coinage import is_listed

_ENDING = re.compile(r"(?<![\w'’-])([a-z]{2,}[^\W\daeiouy])e(ing|ed)(?![\w'’-])")
#: A capital A is an article where a sentence begins: elsewhere it is a name (vitamin A).
_ARTICLE = re.compile(r"((?:^|(?<=[.!?] )|(?<=[\"“]))A|(?<![\w'’.-])a)n?( [\"“]?)([a-z]{3,})(?![\w'’])")
#: Words that begin so are spoken otherwise than they are written, or now one way, now the other.
_UNSURE = re.compile(r"h|u|y|eu|ewe|one|once")


def respelled(text: str, language: str) -> str:
    """A translation with such slips put right; as it is in a language whose slips are not known here."""
    return _ARTICLE.sub(_article, _ENDING.sub(_ending, text)) if language == "en" else text


def _ending(match: re.Match[str]) -> str:
    whole, regular = match[0], match[1] + match[2]
    return regular if not is_listed(whole) and is_listed(regular) else whole


def _article(match: re.Match[str]) -> str:
    article, between, word = match.groups()
    if not is_listed(word) or _UNSURE.match(word):
        return match[0]
    return f"{article}{'n' if word[0] in 'aeio' else ''}{between}{word}"
