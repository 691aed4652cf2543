"""Finds the sentences of an article that support a sentence of its brief.

Lexical and deterministic. A brief's content words, as stems, carry weight by their rarity in the
article; numbers, read as values, and names weigh more. A word may also be covered by one of its family
(« enrichi », « enrichissement ») or by one that news puts in its place (« décès », « mort »), for less.
Article sentences are then chosen greedily: the one that covers most, then others only while they
cover content that is still open, first of all a clause of which nothing was found. A sentence next to
one already chosen needs less, since pronouns point there. A copied sentence is found as such and
stands alone.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Mapping
from itertools import pairwise
from typing import NamedTuple

from service.pipeline.article import Article, Sentence
from service.pipeline.brief import Source
from service.pipeline.french_numbers import begins_number, read_number
from service.pipeline.french_tokens import Token, stem
from service.pipeline.function_words import FUNCTION_WORDS
from service.pipeline.paraphrases import paraphrases

#: Most sources given for one sentence.
MAX_SOURCES = 4
#: A further source must add at least this share of what there is to cover, set on hand-annotated sentences.
MIN_GAIN = 0.15

_NAME_WEIGHT = 1.6
_NUMBER_WEIGHT = 2.0
_PAIR_WEIGHT = 0.3  # share of its words' weight that a pair found together adds, in the choice of the first source
_FAMILY = 0.8  # what a word of the same family is worth
_PARAPHRASE = 0.5  # … and one that news puts in its place
_WITHIN_CLAUSE = 0.75  # exponent of a clause's covered share: below 1, a clause still bare counts for more
_NEIGHBOUR = 0.1  # what standing next to a chosen sentence adds to a gain
_FAMILY_PREFIX = 4
_FAMILY_SHARE = 0.7  # of the longer stem that two of one family begin alike in
_HEADING_WORDS = 12  # most words of a heading

_TOKEN = re.compile(r"(?<![^\W_])\d{1,3}(?:[ \u00a0\u202f]\d{3})+(?!\d)(?:,\d+)?|\d+(?:[.,]\d+)*|[^\W\d_]+|[^\w\s]")
_CLAUSE = re.compile(
    r"[,;:()—–]|\b(?:et|mais|tandis|alors|dont|puis|après|avant|avec|ni|car|si|or|comme|pour|sans|qui|que)\b",
    re.IGNORECASE,
)
_ENDED = re.compile(r"[.!?…:;»”\"][)\]\s]*$")
# One character for one, so that offsets stay: quotation marks, apostrophes and spaces of all kinds are alike.
_ALIKE = str.maketrans(
    {"’": "'", "‘": "'", "ʼ": "'", "“": '"', "”": '"', "«": '"', "»": '"', "\u00a0": " ", "\u202f": " ", "\n": " "}
)


class _Content(NamedTuple):
    """A word as its stem, or a number as its value."""

    stem: str
    key: str
    name: bool
    number: bool


class _Unit(NamedTuple):
    """What of a brief sentence can be covered; ``likes`` are the stems that do it, with what each is worth."""

    weight: float
    clause: int
    likes: Mapping[str, float]


class _Cover(NamedTuple):
    """What one article sentence covers: a share of each unit, and the bonus for pairs that stand together."""

    shares: Mapping[str, float]
    pairs: float


class AlignmentIndex:
    """One article, read once, in which the sources of several sentences are looked up."""

    def __init__(self, article: Article) -> None:
        self._article = article
        self._sentences = article.sentences
        contents = [_content(sentence.text) for sentence in article.sentences]
        self._names = frozenset(word.key for words in contents for word in words if word.name)
        self._stems = [tuple(word.stem for word in words) for words in contents]
        self._having: dict[str, set[int]] = defaultdict(set)
        for number, stems in enumerate(self._stems):
            for one in stems:
                self._having[one].add(number)
        self._by_prefix: dict[str, list[str]] = defaultdict(list)
        for one in self._having:
            self._by_prefix[one[:_FAMILY_PREFIX]].append(one)
        self._headings = frozenset(n for n, sentence in enumerate(self._sentences) if _is_heading(sentence.text))
        self._plain, self._offsets = _plain(article.text)

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
        units = self._units(sentence)
        covers = self._covers(units)
        chosen = _choose(units, covers)
        if not chosen:
            return (_source(self._sentences[0], 0.0),)
        total = sum(unit.weight for unit in units.values())
        scores = {n: sum(units[u].weight * share for u, share in covers[n].shares.items()) / total for n in chosen}
        chosen.sort(key=lambda n: (-scores[n], n))
        return tuple(_source(self._sentences[n], min(scores[n], 0.99)) for n in chosen)

    def _units(self, sentence: str) -> dict[str, _Unit]:
        """A brief sentence's stems; the rarity of one is the logarithm of one in how many sentences has its like.

        A stem that the article lacks counts like the rarest.
        """
        units: dict[str, _Unit] = {}
        for number, clause in enumerate(_clauses(sentence)):
            for word in _content(clause, self._names):
                if word.stem in units:
                    continue
                likes = self._likes(word)
                having = max((len(self._having[like]) for like in likes if like in self._having), default=1)
                weight = math.log1p(len(self._sentences) / having)
                weight *= _NUMBER_WEIGHT if word.number else _NAME_WEIGHT if word.name else 1.0
                units[word.stem] = _Unit(weight, number, likes)
        return units

    def _likes(self, word: _Content) -> dict[str, float]:
        likes = {word.stem: 1.0}
        if word.number:
            return likes
        for other in () if word.name else paraphrases().get(word.stem, ()):
            likes[other] = _PARAPHRASE
        for other in self._by_prefix.get(word.stem[:_FAMILY_PREFIX], ()):
            if other != word.stem and _of_one_family(word.stem, other):
                likes[other] = _FAMILY
        return likes

    def _covers(self, units: Mapping[str, _Unit]) -> dict[int, _Cover]:
        """What each sentence covers that covers anything; headings only where nothing else does."""
        shares: dict[int, dict[str, float]] = defaultdict(dict)
        for name, unit in units.items():
            for like, worth in unit.likes.items():
                for number in self._having.get(like, ()):
                    shares[number][name] = max(worth, shares[number].get(name, 0.0))
        told = {number: found for number, found in shares.items() if number not in self._headings} or shares
        together = {pair: _PAIR_WEIGHT * min(units[pair[0]].weight, units[pair[1]].weight) for pair in pairwise(units)}
        return {
            number: _Cover(found, sum(together.get(pair, 0.0) for pair in set(pairwise(self._stems[number]))))
            for number, found in sorted(told.items())
        }


def find_sources(sentence: str, article: Article) -> tuple[Source, ...]:
    """``AlignmentIndex(article).find(sentence)``; build the index yourself for several sentences."""
    return AlignmentIndex(article).find(sentence)


def _choose(units: Mapping[str, _Unit], covers: Mapping[int, _Cover]) -> list[int]:
    """The sentences, greedily chosen, that together cover the units; a weak addition ends the search."""
    total = sum(unit.weight for unit in units.values())
    clauses: dict[int, float] = defaultdict(float)
    for unit in units.values():
        clauses[unit.clause] += unit.weight
    covered: dict[str, float] = {}
    chosen: list[int] = []
    while len(chosen) < min(MAX_SOURCES, len(covers)):
        before = _value(covered, units, clauses)
        gains: dict[int, float] = {}
        for number, cover in covers.items():
            if number not in chosen:
                gain = _value(_joined(covered, cover.shares), units, clauses) - before
                near = number - 1 in chosen or number + 1 in chosen
                gains[number] = gain * (1 + _NEIGHBOUR * near) if chosen else gain + cover.pairs
        # Equal gains: the sentence that comes first.
        best = max(gains, key=lambda n: (gains[n], -n))
        if chosen and gains[best] < MIN_GAIN * total:
            break
        chosen.append(best)
        covered = _joined(covered, covers[best].shares)
    return chosen


def _joined(covered: Mapping[str, float], shares: Mapping[str, float]) -> dict[str, float]:
    return {**covered, **{name: max(share, covered.get(name, 0.0)) for name, share in shares.items()}}


def _value(covered: Mapping[str, float], units: Mapping[str, _Unit], clauses: Mapping[int, float]) -> float:
    """The weight that is covered; within a clause each addition counts for less than the one before."""
    found: dict[int, float] = defaultdict(float)
    for name, share in covered.items():
        unit = units[name]
        found[unit.clause] += share * unit.weight
    return sum(clauses[n] * math.pow(weight / clauses[n], _WITHIN_CLAUSE) for n, weight in found.items())


def _clauses(sentence: str) -> list[str]:
    cuts = [0, *(match.start() for match in _CLAUSE.finditer(sentence)), len(sentence)]
    return [sentence[start:end] for start, end in pairwise(cuts)]


def _of_one_family(one: str, other: str) -> bool:
    """Whether two stems begin alike far enough to be of one family: « photograph » and « photographi »."""
    alike = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        alike += 1
    return alike > _FAMILY_PREFIX and alike >= _FAMILY_SHARE * max(len(one), len(other))


def _is_heading(text: str) -> bool:
    return len(text.split()) <= _HEADING_WORDS and not _ENDED.search(text)


def _source(sentence: Sentence, score: float) -> Source:
    return Source(sentence.start, sentence.end, sentence.text, round(score, 4))


def _content(text: str, names: frozenset[str] = frozenset()) -> list[_Content]:
    """Numbers and words that say something, in order; « quatre-vingts » is 80.

    A word with a capital counts as a name unless it begins the text and is not among ``names``.
    """
    tokens = [Token(match[0], match.start(), match.end(), 0) for match in _TOKEN.finditer(text)]
    found: list[_Content] = []
    at = 0
    first = True
    while at < len(tokens):
        word = tokens[at].text
        if word[0].isdigit() or (word[0].isalpha() and begins_number(word)):
            reading = read_number(tokens, at)
            if reading is not None and reading.kind != "ordinal":
                found.append(_Content(reading.value, reading.value, name=False, number=True))
                at = reading.last
                first = False
                continue
        if word[0].isalpha():
            key = word.lower()
            if key not in FUNCTION_WORDS and len(word) > 1:
                name = word[0].isupper() and (not first or key in names)
                found.append(_Content(stem(key), key, name=name, number=False))
            first = False
        at += 1
    return found


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
