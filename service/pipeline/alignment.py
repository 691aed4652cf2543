"""Finds the sentences of an article that support a sentence of its brief.

Lexical and deterministic. A brief's content words, stemmed, carry weight by their rarity in the
article; numbers and names weigh more, and so do pairs of words that stand together in both. Article
sentences are then chosen greedily: the one that covers most, then others only while they cover
content that is still open. A copied sentence is found as such and stands alone.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

import snowballstemmer

from service.pipeline.article import Article, Sentence
from service.pipeline.brief import Source
from service.pipeline.function_words import FUNCTION_WORDS

#: Most sources given for one sentence.
MAX_SOURCES = 4
#: A further source must cover at least this share of the brief sentence's weight that was not covered yet ...
MIN_NEW_SHARE = 0.18
#: ... and as many new words at least, of which a number or a name counts for two.
MIN_NEW_WORDS = 2

_NAME_WEIGHT = 1.6
_NUMBER_WEIGHT = 2.0
_PAIR_WEIGHT = 0.5  # share of its words' weight that a pair found together adds

_TOKEN = re.compile(r"\d+(?:[.,\u00a0\u202f ]\d{3})*(?:,\d+)?|[^\W\d_]+")
# One character for one, so that offsets stay: quotation marks, apostrophes and spaces of all kinds are alike.
_ALIKE = str.maketrans(
    {"’": "'", "‘": "'", "ʼ": "'", "“": '"', "”": '"', "«": '"', "»": '"', "\u00a0": " ", "\u202f": " ", "\n": " "}
)


class _Token(NamedTuple):
    key: str  # lower-case word, or the digits of a number
    name: bool
    number: bool


class _Unit(NamedTuple):
    weight: float
    words: int  # what it counts for as new content: 0 for a pair


_Key = tuple[str, ...]  # one stem, or two that stand together


class AlignmentIndex:
    """One article, read once, in which the sources of several sentences are looked up."""

    def __init__(self, article: Article) -> None:
        self._article = article
        self._sentences = article.sentences
        self._tokens = [_content(sentence.text) for sentence in article.sentences]
        self._names = frozenset(token.key for tokens in self._tokens for token in tokens if token.name)
        self._plain, self._offsets = _plain(article.text)
        self._by_prefix: dict[str, list[int]] = {}
        for number, tokens in enumerate(self._tokens):
            for prefix in {_prefix(token.key) for token in tokens}:
                self._by_prefix.setdefault(prefix, []).append(number)

    def find(self, sentence: str) -> tuple[Source, ...]:
        """The article's sentences that support a brief sentence, best first, one to four of them.

        ``score`` is 1.0 for a copied sentence, else the share of the brief sentence's weight that
        this source covers by itself; 0.0 says that the article shares no content word with it (the
        first sentence is then given). Empty only for an article without sentences.
        """
        if not self._sentences:
            return ()
        return self._copied(sentence) or self._covering(sentence)

    def _copied(self, sentence: str) -> tuple[Source, ...]:
        """The sentences in which the text stands word for word."""
        wanted = _plain(sentence.strip())[0].strip(' "')
        if not _TOKEN.search(wanted):
            return ()
        at = self._plain.find(wanted)
        while at >= 0:
            end = at + len(wanted)
            if not (_inside_word(self._plain, at) or _inside_word(self._plain, end)):
                start, stop = self._offsets[at], self._offsets[end - 1] + 1
                found = [s for s in self._sentences if s.start < stop and s.end > start]
                return tuple(_source(s, 1.0) for s in found[:MAX_SOURCES])
            at = self._plain.find(wanted, at + 1)
        return ()

    def _covering(self, sentence: str) -> tuple[Source, ...]:
        tokens = _content(sentence, self._names)
        stems = self._stems({_prefix(token.key) for token in tokens})
        units = _units(tokens, stems, len(self._sentences))
        covered_by = {n: covered for n in sorted(stems) if (covered := _covered(stems[n], units))}
        chosen = _cover(units, covered_by)
        if not chosen:
            return (_source(self._sentences[0], 0.0),)
        words = sum(unit.weight for unit in units.values() if unit.words)
        scores = {n: sum(units[u].weight for u in covered_by[n] if units[u].words) / words for n in chosen}
        chosen.sort(key=lambda n: (-scores[n], n))
        return tuple(_source(self._sentences[n], min(scores[n], 0.99)) for n in chosen)

    def _stems(self, prefixes: set[str]) -> dict[int, tuple[str, ...]]:
        """For the sentences with such words, their words' stems; words that begin otherwise have "" for theirs."""
        numbers = {n for prefix in prefixes for n in self._by_prefix.get(prefix, ())}
        return {
            n: tuple(_stem(token.key) if _prefix(token.key) in prefixes else "" for token in self._tokens[n])
            for n in numbers
        }


def find_sources(sentence: str, article: Article) -> tuple[Source, ...]:
    """``AlignmentIndex(article).find(sentence)``; build the index yourself for several sentences."""
    return AlignmentIndex(article).find(sentence)


def _units(tokens: Sequence[_Token], stems: dict[int, tuple[str, ...]], sentences: int) -> dict[_Key, _Unit]:
    """What of a brief sentence can be covered: its stems, and pairs of stems that stand together.

    The rarity of a stem is the logarithm of one in how many sentences has it; one that none has
    counts like the rarest.
    """
    having = Counter(stem for found in stems.values() for stem in set(found))
    units: dict[_Key, _Unit] = {}
    previous: tuple[str, float] | None = None
    for token in tokens:
        stem = _stem(token.key)
        weight = math.log1p(sentences / max(1, having[stem]))
        weight *= _NUMBER_WEIGHT if token.number else _NAME_WEIGHT if token.name else 1.0
        units.setdefault((stem,), _Unit(weight, 2 if token.number or token.name else 1))
        if previous is not None and previous[0] != stem:
            units.setdefault((previous[0], stem), _Unit(_PAIR_WEIGHT * min(previous[1], weight), 0))
        previous = (stem, weight)
    return units


def _covered(stems: tuple[str, ...], units: dict[_Key, _Unit]) -> frozenset[_Key]:
    keys: set[_Key] = {(stem,) for stem in stems}
    keys.update(pairwise(stems))
    return frozenset(keys & units.keys())


def _cover(units: dict[_Key, _Unit], covered_by: dict[int, frozenset[_Key]]) -> list[int]:
    """The sentences, greedily chosen, that together cover the units; a weak addition ends the search."""
    total = sum(unit.weight for unit in units.values())
    still_open = set(units)
    chosen: list[int] = []
    while len(chosen) < min(MAX_SOURCES, len(covered_by)):
        gains = {n: sum(units[u].weight for u in covered & still_open) for n, covered in covered_by.items()}
        # Equal gains: the sentence that covers more in all, then the one that comes first.
        best = max(gains, key=lambda n: (gains[n], len(covered_by[n]), -n))
        new = covered_by[best] & still_open
        enough = gains[best] >= MIN_NEW_SHARE * total and sum(units[u].words for u in new) >= MIN_NEW_WORDS
        if not new or (chosen and not enough):
            break
        chosen.append(best)
        still_open -= new
    return chosen


def _prefix(key: str) -> str:
    """Words with one stem begin alike, so that only words with a prefix of the brief's need stemming."""
    return key[:2]


def _source(sentence: Sentence, score: float) -> Source:
    return Source(sentence.start, sentence.end, sentence.text, round(score, 4))


def _content(text: str, names: frozenset[str] = frozenset()) -> list[_Token]:
    """Numbers and words that say something, in order.

    A word with a capital counts as a name unless it begins the text and is not among ``names``.
    """
    tokens: list[_Token] = []
    first = True
    for match in _TOKEN.finditer(text):
        word = match[0]
        if word[0].isdigit():
            tokens.append(_Token(re.sub(r"[^\d,]", "", word), name=False, number=True))
        elif (key := word.lower()) not in FUNCTION_WORDS and len(word) > 1:
            tokens.append(_Token(key, name=word[0].isupper() and (not first or key in names), number=False))
        first = False
    return tokens


@lru_cache(maxsize=65536)
def _stem(word: str) -> str:
    return word if word[0].isdigit() else str(_stemmer().stemWord(word))


@lru_cache(maxsize=1)
def _stemmer() -> snowballstemmer.stemmer:
    return snowballstemmer.stemmer("french")


def _plain(text: str) -> tuple[str, list[int]]:
    """The text with all marks and spaces alike and none doubled, and each character's offset in it."""
    characters: list[str] = []
    offsets: list[int] = []
    alike = text.translate(_ALIKE)
    for offset, character in enumerate(alike):
        if character == " " and (not characters or characters[-1] in ' "' or alike[offset + 1 : offset + 2] == '"'):
            # « a », "a" and " a " read the same; the space outside a mark goes too, on both sides alike
            continue
        characters.append(character)
        offsets.append(offset)
    return "".join(characters), offsets


def _inside_word(text: str, position: int) -> bool:
    """Whether a position lies between two characters of one word."""
    return 0 < position < len(text) and text[position - 1].isalnum() and text[position].isalnum()
