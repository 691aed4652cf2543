"""The choice of a brief among what was written and the article's own sentences: the best that is fully supported.

A forest of regression trees predicts how much of a reference brief a candidate would share
(ROUGE-1 plus ROUGE-2) from what ``salience`` sees; where briefs were written, a second one
ranks them together with the best extracts (``ranking``). Whatever is refused by the support
check is passed over.
"""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from models.contracts import Candidate, ModelIdentity
from models.forest import Forest
from service.pipeline.article import Article
from service.pipeline.brief import Origin
from service.pipeline.lengths import Wanted
from service.pipeline.ranking import NAMES, Contender, rows
from service.pipeline.salience import Piece, Salience, Stems
from service.pipeline.sentences import split_sentences
from service.pipeline.style import faults
from service.pipeline.support import SupportChecker
from service.pipeline.typography import as_article

#: Sentences considered singly, and as the first and the second of a pair.
SINGLES, FIRSTS, SECONDS, APART = 400, 12, 14, 4
#: What a word beyond the aim costs, in predicted ROUGE-1 + ROUGE-2: it holds extracts to about 35 words.
WORD_COST = 0.004
#: So many of the best extracts are looked at: the first one passes nearly always.
CHECKED = 8
#: So many extracts compete with what was written.
COMPETING = 6
#: The first lines of an article are often a dateline or a byline: too short to be a sentence of a brief.
SHORTEST_SENTENCE = 5


_DATELINE = re.compile(
    r"^(?:[A-ZÀÂÇÉÈÊËÎÏÔÖÛÙÜŒ][A-ZÀÂÇÉÈÊËÎÏÔÖÛÙÜŒ'’ -]{2,40}(?:\s?\([^()]{2,30}\))?(?:,[^,–—]{2,30})?\s)?"
    r"[-–—•]\s+(?=\S)"
)


def without_dateline(text: str) -> str:
    """A sentence without the place and the dash that open an agency's report, or the dash of a list."""
    return _DATELINE.sub("", text, count=1)


@dataclass(frozen=True)
class Extract:
    """Sentences of the article, by place; ``value`` is the predicted worth less the cost of its length."""

    text: str
    places: tuple[int, ...]
    words: int
    value: float


@dataclass(frozen=True)
class Chosen:
    """The brief that was chosen. ``dropped`` counts written candidates that state something unsupported."""

    text: str
    origin: Origin
    dropped: int = 0
    refused: int = 0  # written candidates that are no whole, self-standing text


class Chooser:
    """Chooses briefs; safe to use from several threads."""

    def __init__(self, forest: Forest, ranking: Forest) -> None:
        if forest.names != Salience.NAMES or ranking.names != NAMES:
            raise ValueError("the forest was trained on other features")
        self._forest, self._ranking = forest, ranking
        self._local = threading.local()

    @property
    def identity(self) -> ModelIdentity:
        """The forests in use: others may choose otherwise."""
        both = hashlib.sha256(f"{self._forest.digest} {self._ranking.digest}".encode()).hexdigest()
        return ModelIdentity("breve-choice", "2", both, "numpy", "CC-BY-SA-4.0")

    def reading(self, article: Article) -> Reading:
        """The article's sentences weighed, for several questions about the same article."""
        stems = getattr(self._local, "stems", None)
        if stems is None:
            stems = self._local.stems = Stems()
        return Reading(article, self._forest, self._ranking, stems)


class Reading:
    """One article as the chooser sees it."""

    def __init__(self, article: Article, forest: Forest, ranking: Forest, stems: Stems) -> None:
        self._article, self._forest, self._ranking, self._stems = article, forest, ranking, stems
        self._texts = [without_dateline(" ".join(sentence.text.split())) for sentence in article.sentences]
        self._salience = Salience(self._texts, article.title, stems)
        self._checker: SupportChecker | None = None
        self._broken: dict[int, bool] = {}

    @property
    def checker(self) -> SupportChecker:
        """The support check of this article, made when it is first needed."""
        if self._checker is None:
            self._checker = SupportChecker(self._article)
        return self._checker

    def choose(self, written: Sequence[Candidate], wanted: Wanted) -> Chosen:
        """The best of the written candidates and the extracts that is sound and supported, else the best extract."""
        contenders = self.contenders(written, wanted)
        sound = sum(contender.origin == "written" for contender in contenders)
        refused = len(written) - sound
        if not sound:
            return Chosen(self.extract(wanted), "extracted", 0, refused)
        dropped = 0
        for contender in self._ranked(contenders, wanted):
            if not self.checker.check(contender.text).holds:
                dropped += contender.origin == "written"
            elif not self.checker.misleads(contender.text):
                return Chosen(contender.text, contender.origin, dropped, refused)
        return Chosen(self.extract(wanted), "extracted", dropped, refused)

    def contenders(self, written: Sequence[Candidate], wanted: Wanted) -> list[Contender]:
        """The written candidates that are whole, self-standing texts, and the best extracts."""
        found: list[Contender] = []
        for candidate in written:
            text = self.checker.respell(as_article(candidate.text, self._article.text))
            if not faults(text, wanted.least, wanted.most) and len(split_sentences(text)) <= wanted.sentences:
                piece = self._stems.piece(text)
                features = self._salience.features(piece, self._salience.places(piece))
                found.append(
                    Contender(text, "written", piece, features, score=candidate.score, tokens=candidate.tokens)
                )
        for extract in sorted(self.extracts(wanted), key=lambda extract: -extract.value)[:COMPETING]:
            features = self.features(extract.places)
            found.append(Contender(extract.text, "extracted", self._piece(extract.places), features))
        if not found:
            return []
        values = self._forest.predict(np.array([contender.features for contender in found]))
        return [replace(each, value=value) for each, value in zip(found, values.tolist(), strict=True)]

    def _ranked(self, contenders: list[Contender], wanted: Wanted) -> list[Contender]:
        values = self._ranking.predict(rows(contenders))
        costs = [WORD_COST * max(0, contender.words - wanted.aim) for contender in contenders]
        order = np.argsort(-(values - np.array(costs, dtype=np.float32)), kind="stable")
        return [contenders[at] for at in order.tolist()]

    def extract(self, wanted: Wanted) -> str:
        """The article's own sentences that make the best brief of the wanted length."""
        extracts = sorted(self.extracts(wanted), key=lambda extract: -extract.value)
        best = self._soundest(extracts[:CHECKED]) or self._shortest()
        if wanted.sentences > 2:
            best = self._lengthened(best, wanted)
        return best.text

    def _soundest(self, extracts: Sequence[Extract]) -> Extract | None:
        """The first that holds and does not mislead; without one, the first that holds."""
        first = None
        for extract in extracts:
            if self.checker.check(extract.text).holds:
                if not self.checker.misleads(extract.text):
                    return extract
                first = first or extract
        return first

    def extracts(self, wanted: Wanted) -> list[Extract]:
        """Singles and pairs of whole sentences within the wanted bounds that can open a brief, weighed."""
        candidates = [
            places
            for places in self.candidates(wanted)
            if not self._refers_back(places) and not any(self._is_broken(place) for place in places)
        ]
        if not candidates:
            return []
        values = self._forest.predict(np.array([self.features(places) for places in candidates]))
        found = []
        for places, value in zip(candidates, values.tolist(), strict=True):
            words = self._words(places)
            cost = WORD_COST * max(0, words - wanted.aim)
            found.append(Extract(self.text(places), places, words, value - cost))
        return found

    def candidates(self, wanted: Wanted) -> list[tuple[int, ...]]:
        """The places of every single sentence and every near pair within the wanted bounds."""
        return [
            places
            for places in self._combinations(wanted.sentences)
            if wanted.least <= self._words(places) <= wanted.most
        ]

    def features(self, places: Sequence[int]) -> NDArray[np.float32]:
        """What the forest sees of these sentences taken together."""
        return self._salience.features(self._piece(places), places)

    def _piece(self, places: Sequence[int]) -> Piece:
        piece = self._salience.pieces[places[0]]
        for place in places[1:]:
            piece = piece + self._salience.pieces[place]
        return piece

    def text(self, places: Sequence[int]) -> str:
        """These sentences, one after the other."""
        return " ".join(self._texts[place] for place in places)

    def most_telling(self) -> list[int]:
        """The places of all sentences, the most telling first."""
        if not self._texts:
            return []
        rows = [self._salience.features(piece, (place,)) for place, piece in enumerate(self._salience.pieces)]
        return [int(place) for place in np.argsort(-self._forest.predict(np.array(rows)), kind="stable")]

    def _combinations(self, sentences: int) -> list[tuple[int, ...]]:
        usable = [place for place, text in enumerate(self._texts) if len(text.split()) >= SHORTEST_SENTENCE]
        found: list[tuple[int, ...]] = [(place,) for place in usable[:SINGLES]]
        if sentences > 1:
            for at, first in enumerate(usable[:FIRSTS]):
                for second in usable[at + 1 : SECONDS]:
                    if at == 0 or second - first <= APART:
                        found.append((first, second))
        return found

    def _words(self, places: Sequence[int]) -> int:
        return sum(len(self._texts[place].split()) for place in places)

    def _refers_back(self, places: Sequence[int]) -> bool:
        """Whether a sentence opens with a pronoun or a linking word, and what it refers to is not before it."""
        for at, place in enumerate(places):
            follows = at > 0 and places[at - 1] == place - 1
            piece = self._salience.pieces[place]
            # The brief's first sentence may open with « Cette », which the article's first one does now and then.
            referring = piece.opens_linking or (at > 0 and piece.opens_referring)
            if not follows and (referring or "refers_back" in faults(self._texts[place], 0, 1000)):
                return True
        return False

    def _is_broken(self, place: int) -> bool:
        """Whether a sentence is a heading, or a part of a quotation that began or ends elsewhere."""
        if place not in self._broken:
            self._broken[place] = not {"unfinished", "unbalanced"}.isdisjoint(faults(self._texts[place], 0, 1000))
        return self._broken[place]

    def _lengthened(self, best: Extract, wanted: Wanted) -> Extract:
        """More of the most telling sentences, in the article's order, until the aim is reached."""
        places = set(best.places)
        for place in self.most_telling():
            words = self._words(sorted(places))
            if words >= wanted.aim or len(places) >= wanted.sentences:
                break
            text = self._texts[place]
            fits = words + len(text.split()) <= wanted.most and len(text.split()) >= SHORTEST_SENTENCE
            if place not in places and fits and not faults(text, 0, 1000):
                places.add(place)
        ordered = tuple(sorted(places))
        return Extract(self.text(ordered), ordered, self._words(ordered), best.value)

    def _shortest(self) -> Extract:
        """When no combination has the wanted length: the sentence of the first ones that exceeds it least."""
        place = min(range(min(len(self._texts), FIRSTS)), key=lambda at: (abs(self._words((at,)) - 20), at))
        return Extract(self._texts[place], (place,), self._words((place,)), 0.0)
