"""How much of an article's substance a candidate brief carries: the features that the chooser weighs.

All are computed from the article and the candidate: where the candidate's matter stands in
the article, how frequent its words are there, how it opens, how long it is; where a reader
(``models.reader``) has scored the sentences, also what it found of those. They serve for the
article's own sentences and for written briefs alike.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from snowballstemmer import stemmer

from models.contracts import Candidate

_WORD = re.compile(r"\w+")
_OPENING = re.compile(r"^\W*(\w+(?:['’]\w+)?)")
_NAME = re.compile(r"(?<=[\w,;] )(?:[dlDL]['’])?[A-ZÉÈÀÂÎÔÇ][\w'’-]+")
_FIRST_PERSON = re.compile(r"\b(?:je|j['’]|nous|moi|mon|notre|nos)\b", re.IGNORECASE)
_SECOND_PERSON = re.compile(r"\b(?:vous|tu|votre|vos)\b", re.IGNORECASE)
_DIGITS = re.compile(r"\d+")
_QUOTE = re.compile(r"[«»\"“”]")
_ATTRIBUTION = re.compile(
    r"\b(?:selon|d['’]après|affirm\w+|annonc\w+|indiqu\w+|expliqu\w+|précis\w+|déclar\w+|soulign\w+|estim\w+|assur\w+|ajout\w+)\b",
    re.IGNORECASE,
)


def _listed(words: str) -> frozenset[str]:
    return frozenset(words.split())


_REFERRING = _listed(
    """
    il elle ils elles ce cet cette ces celui celle ceux celles lui leur eux son sa ses c'est c’est on cela ça y
    en
    """
)
_LINKING = _listed(
    """
    mais et or donc car ainsi pourtant cependant toutefois également enfin puis ensuite alors aussi néanmoins
    outre
    """
)
_COMMON = _listed(
    """
    a à afin ai ainsi alors après au aucun aussi autre autres aux avait avant avec avoir car ce cela celle celui
    ces cet cette ceux chez comme comment contre d dans de depuis des deux dont du elle elles en encore entre
    est et était étaient été être eu eux fait faire faut il ils j je jusqu l la le les leur leurs lors lui m ma
    mais me même mêmes moins mon n ne ni non nos notre nous on ont ou où par pas pendant peu peut plus pour
    pourrait pouvoir près qu quand que quel quelle quelques qui quoi s sa sans se selon sera ses si son sont
    sous soit sur t ta te tous tout toute toutes très trop tu un une va vers voir vos votre vous y ça avaient
    ayant
    """
)


@dataclass(frozen=True)
class Piece:
    """A text taken apart once: stems without common words, their pairs, and what it looks like.

    Two pieces joined by ``+`` are the two texts one after the other.
    """

    stems: tuple[str, ...]
    pairs: frozenset[tuple[str, str]]
    words: int
    names: int
    digits: int
    quotes: int
    commas: int
    opens_referring: bool
    opens_linking: bool
    first_person: bool
    second_person: bool
    question: bool
    attributed: bool
    finished: bool

    def __add__(self, other: Piece) -> Piece:
        return Piece(
            self.stems + other.stems,
            self.pairs | other.pairs,
            self.words + other.words,
            self.names + other.names,
            self.digits + other.digits,
            self.quotes + other.quotes,
            self.commas + other.commas,
            self.opens_referring,
            self.opens_linking,
            self.first_person or other.first_person,
            self.second_person or other.second_person,
            self.question or other.question,
            self.attributed or other.attributed,
            other.finished,
        )


class Stems:
    """French stems, remembered; one for each thread."""

    def __init__(self) -> None:
        self._stemmer = stemmer("french")
        self._known: dict[str, str] = {}

    def piece(self, text: str) -> Piece:
        """Take a text apart."""
        words = _WORD.findall(text.lower())
        stems = tuple(self._stem(word) for word in words if word not in _COMMON)
        opening = _OPENING.match(text)
        first = opening.group(1).lower() if opening else ""
        head = re.split(r"['’]", first)[0]
        return Piece(
            stems=stems,
            pairs=frozenset(pairwise(stems)),
            words=len(words),
            names=len(_NAME.findall(text)),
            digits=len(_DIGITS.findall(text)),
            quotes=len(_QUOTE.findall(text)),
            commas=text.count(","),
            opens_referring=first in _REFERRING or head in _REFERRING,
            opens_linking=first in _LINKING,
            first_person=bool(_FIRST_PERSON.search(text)),
            second_person=bool(_SECOND_PERSON.search(text)),
            question="?" in text,
            attributed=bool(_ATTRIBUTION.search(text)),
            finished=text.rstrip()[-1:] in '.!?…»"”',
        )

    def _stem(self, word: str) -> str:
        stem = self._known.get(word)
        if stem is None:
            stem = self._known[word] = self._stemmer.stemWord(word)
        return stem


class Salience:
    """One article's statistics, and the features of candidates against them."""

    NAMES = (
        "first", "log_first", "relative", "spread", "count", "is_lead", "words", "log_words", "sentences_in_article",
        "mean_weight", "sum_weight", "coverage", "pair_coverage", "early_coverage", "lead_overlap", "second_overlap",
        "closeness", "title_overlap", "has_title", "repeats", "names", "digits", "quotes", "opens_referring",
        "opens_linking", "first_person", "second_person", "question", "attributed", "finished", "commas",
        "article_words", "novel", "novel_pairs",
    )  # fmt: skip

    #: What is added where a reader has scored the sentences.
    READ = (
        "read_mean", "read_best", "read_least", "read_mean_apart", "read_best_apart", "read_rank", "read_first",
    )  # fmt: skip

    @classmethod
    def reads(cls, names: tuple[str, ...]) -> bool:
        """Whether these are the features of a candidate of whose sentences a reader told."""
        return names == cls.names((len(names) - len(cls.NAMES) - len(cls.READ)) // 2)

    @classmethod
    def names(cls, traits: int) -> tuple[str, ...]:
        """The features of a candidate of whose sentences a reader told, with so many traits each."""
        own = [f"trait_{kind}_{at}" for kind in ("mean", "shared") for at in range(traits)]
        return (*cls.NAMES, *cls.READ, *own)

    def __init__(
        self, sentences: Sequence[str], title: str | None, stems: Stems, told: Sequence[Candidate] | None = None
    ) -> None:
        """``told`` is what a reader said of each sentence."""
        self._stems = stems
        self.pieces = [stems.piece(sentence) for sentence in sentences]
        self._frequency: Counter[str] = Counter()
        self._spread: Counter[str] = Counter()
        self._pairs: Counter[tuple[str, str]] = Counter()
        self._early: dict[str, float] = {}
        for place, piece in enumerate(self.pieces):
            self._frequency.update(piece.stems)
            self._spread.update(set(piece.stems))
            self._pairs.update(piece.pairs)
            for stem in piece.stems:
                self._early[stem] = self._early.get(stem, 0.0) + 1 / (1 + place)
        self._early_total = sum(self._early.values()) or 1.0
        self._weights = {stem: math.log1p(count) for stem, count in self._frequency.items()}
        self._total = sum(count for count in self._frequency.values() if count > 1) or 1
        self._pair_total = sum(count for count in self._pairs.values() if count > 1) or 1
        self._title = set(stems.piece(title).stems) if title else set()
        self._words = sum(piece.words for piece in self.pieces)
        self._closeness = [self._close(piece) for piece in self.pieces]
        self._scores: NDArray[np.float64] | None = None
        if told is not None:
            self._traits = np.array([each.traits for each in told], dtype=np.float32)
            self._scores = np.asarray([each.score for each in told], dtype=np.float64)
            self._apart = (self._scores - self._scores.mean()) / (self._scores.std() + 1e-6)
            self._ranks = np.argsort(np.argsort(-self._scores, kind="stable"), kind="stable")

    def features(self, piece: Piece, places: Sequence[int]) -> NDArray[np.float32]:
        """The values of a candidate whose matter stands in the sentences ``places``.

        They are named by ``NAMES``, and where a reader told of the sentences by ``READ`` and traits after those.
        """
        distinct = set(piece.stems)
        size = len(distinct) or 1
        first, last = min(places), max(places)
        weight = sum(self._weights.get(stem, 0.0) for stem in distinct)
        shared = sum(self._frequency[stem] for stem in distinct if self._frequency[stem] > 1)
        shared_pairs = sum(self._pairs[pair] for pair in piece.pairs if self._pairs[pair] > 1)
        values = (
            first, math.log1p(first), first / max(len(self.pieces), 1), last - first, len(places), first == 0,
            piece.words, math.log1p(piece.words), len(self.pieces), weight / size, weight,
            shared / self._total, shared_pairs / self._pair_total,
            sum(self._early.get(stem, 0.0) for stem in distinct) / self._early_total,
            self._overlap(distinct, 0), self._overlap(distinct, 1),
            sum(self._closeness[place] for place in places) / len(places),
            len(distinct & self._title) / (len(self._title) or 1), bool(self._title),
            1 - size / (len(piece.stems) or 1),
            piece.names, piece.digits, piece.quotes, piece.opens_referring, piece.opens_linking, piece.first_person,
            piece.second_person, piece.question, piece.attributed, piece.finished, piece.commas, self._words,
            sum(stem not in self._frequency for stem in distinct) / size,
            sum(pair not in self._pairs for pair in piece.pairs) / (len(piece.pairs) or 1),
        )  # fmt: skip
        return np.array(values + self._read(list(places)), dtype=np.float32)

    def _read(self, places: list[int]) -> tuple[float, ...]:
        if self._scores is None:
            return ()
        own, apart = self._scores[places], self._apart[places]
        first, last = self._traits[places[0]], self._traits[places[-1]]
        return (
            own.mean(), own.max(), own.min(), apart.mean(), apart.max(), float(self._ranks[places].min()), own[0],
            *((first + last) / 2), *(first * last * (len(places) > 1)),
        )  # fmt: skip

    def places(self, piece: Piece) -> list[int]:
        """The sentences that a written text draws on: the one or two that share most of its stems."""
        wanted = set(piece.stems)
        found: list[int] = []
        while wanted and len(found) < 2:
            gains = [
                sum(self._weights[stem] for stem in wanted.intersection(own.stems)) / math.sqrt(1 + own.words)
                for own in self.pieces
            ]
            best = max(range(len(gains)), key=gains.__getitem__)
            if gains[best] <= 0:
                break
            found.append(best)
            wanted -= set(self.pieces[best].stems)
        return sorted(set(found)) or [0]

    def _overlap(self, distinct: set[str], place: int) -> float:
        if place >= len(self.pieces):
            return 0.0
        return len(distinct.intersection(self.pieces[place].stems)) / (len(distinct) or 1)

    def _close(self, piece: Piece) -> float:
        distinct = set(piece.stems)
        spread = sum(self._spread[stem] - 1 for stem in distinct)
        return spread / (math.sqrt(len(distinct) or 1) * (len(self.pieces) or 1))


def grounding(piece: Piece, grounds: Sequence[Piece]) -> float:
    """The share of a sentence's stems that the one of the ``grounds`` nearest to it has, from 0 to 1."""
    distinct = set(piece.stems)
    if not distinct:
        return 1.0
    return max((len(distinct.intersection(own.stems)) for own in grounds), default=0) / len(distinct)
