"""Tokens of a French text with their offsets, and the two folds that make words comparable.

One regular expression cuts a text into numbers, words and single signs; everything that reads
facts works on that list, so that a text is scanned once and in linear time.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

from service.pipeline.sentences import split_sentences


def words(listed: str) -> frozenset[str]:
    """The words of a list that is written as a text."""
    return frozenset(listed.split())


SPACES = " \u00a0\u202f\u2009"

# Grouped thousands (1 234 567,8) before plain numbers, so that a group never falls apart.
_TOKEN = re.compile(
    r"(?<![^\W_])\d{1,3}(?:[ \u00a0\u202f\u2009]\d{3})+(?![\d])(?:,\d+)?|\d+(?:[.,]\d+)*|[^\W\d_]+|[^\w\s]|_"
)
FUNCTION_WORDS = words(
    """à a ai ainsi après as au aucun aucune aujourd auquel aura auraient aurait auront aussi autre autres aux avaient
    avait avant avec avoir ayant c car ce ceci cela celle celles celui certains certaines ces cet cette ceux chaque
    chez comme comment contre d dans de depuis des devant deux donc dont du durant elle elles en encore entre es est
    et étaient était étant été être eu eux fait fut hier il ils j je jusqu jusque l la là laquelle le lequel les
    lesquels leur leurs lors lorsqu lorsque lui m ma mais malgré me même mêmes mes moins mon n ne ni nos notre nous
    on ont or ou où par parce pas pendant peu plus plusieurs pour pourquoi près puis puisqu puisque qu quand que
    quel quelle quelles quels quelque quelques qui quoi s sa sans se selon sera serait seront ses si soit son sont
    sous sur t ta tandis te tel telle tes ton tous tout toute toutes très trop tu un une vers via voici voilà vos
    votre vous y ceci afin alors ici dès hors parmi outre sauf lequel ayant voire quant déjà toujours rien personne
    jamais non oui ça également toutefois pourtant cependant ensuite enfin puis notamment désormais surtout bien"""
)


class Token(NamedTuple):
    """A number, a word or one sign: ``source[start:end] == text``; ``sentence`` counts from 0."""

    text: str
    start: int
    end: int
    sentence: int

    @property
    def is_word(self) -> bool:
        """Whether this is made of letters."""
        return self.text[0].isalpha()

    @property
    def is_number(self) -> bool:
        """Whether this is made of digits (with separators)."""
        return self.text[0].isdecimal()

    @property
    def is_capitalised(self) -> bool:
        """Whether this is a word with a capital first letter."""
        return self.text[0].isupper()

    @property
    def lower(self) -> str:
        """The text in lower case."""
        return self.text.lower()


def tokenise(text: str) -> list[Token]:
    """Cut a text into tokens; white space is dropped, nothing else is."""
    tokens: list[Token] = []
    ends = [sentence.end for sentence in split_sentences(text)]
    ends.append(len(text) + 1)
    sentence = 0
    for match in _TOKEN.finditer(text):
        start, end = match.span()
        while start >= ends[sentence]:
            sentence += 1
        tokens.append(Token(match.group(), start, end, sentence))
    return tokens


@lru_cache(maxsize=1 << 16)
def fold(word: str) -> str:
    """Lower case without accents; ligatures are opened (« Œuvre » becomes "oeuvre")."""
    lowered = word.lower().replace("œ", "oe").replace("æ", "ae")
    if lowered.isascii():
        return lowered
    return "".join(sign for sign in unicodedata.normalize("NFD", lowered) if not unicodedata.combining(sign))


# Endings of nouns, adjectives and regular verbs after folding, longest first.
_ENDINGS = tuple(
    sorted(
        words(
            """issements issement eraient iraient ements ations ateurs atrices aient erait eront irent ement ation ateur
            atrice antes ante ants ions ant ait era ira ees ent ee er ez ir it ie is es e i a"""
        ),
        key=lambda ending: (-len(ending), ending),
    )
)


@lru_cache(maxsize=1 << 16)
def stem(word: str) -> str:
    """A light stem: folded, plural and common endings dropped while four letters stay.

    « morte », « morts » and « mort » share one; so do « annonce », « annoncé » and « annoncera ».
    Snowball's French stemmer takes 80 microseconds a word in Python, too slow for several
    candidates an article; after Savoy's "light" stemmer (2006) endings are cut by a table.
    """
    folded = fold(word)
    if len(folded) > 3 and folded[-1] in "sx":
        folded = folded[:-1]
    for ending in _ENDINGS:
        if folded.endswith(ending) and len(folded) - len(ending) >= (3 if len(ending) == 1 else 4):
            folded = folded[: -len(ending)]
            break
    return folded[:-1] if len(folded) > 4 and folded[-1] == "s" else folded


_AGREEMENTS = ("s", "e", "es", "x")  # of number and gender


@lru_cache(maxsize=1)
def _ordinary_words() -> frozenset[str]:
    listed = files("service.pipeline").joinpath("french_words.tsv").read_text(encoding="utf-8")
    return frozenset(listed.split())


def is_ordinary(word: str) -> bool:
    """Whether a word is everyday French, so that a capital at the start of a sentence makes it no name.

    Known are some 20,000 words that French news writes in lower case at least as often as with a
    capital; feminine and plural forms need not be listed.
    """
    lowered = word.lower()
    known = _ordinary_words()
    if lowered in FUNCTION_WORDS or lowered in known:
        return True
    return any(
        lowered.endswith(ending) and lowered[: -len(ending)] in known for ending in _AGREEMENTS if len(lowered) > 5
    )
