"""The choice of a brief among what was written and the article's own sentences: the best that is fully supported.

A forest of regression trees predicts how much of a reference brief a candidate would share
(ROUGE-1 plus ROUGE-2) from what ``salience`` sees; where briefs were written, a second one
ranks them together with the best extracts (``ranking``). Whatever is refused by the support
check is passed over.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from models.contracts import Candidate, ModelIdentity
from models.forest import Forest
from service.pipeline.article import Article
from service.pipeline.brief import Origin
from service.pipeline.extracts import WORD_COST, Extract, Extracts, without_dateline
from service.pipeline.lengths import Wanted
from service.pipeline.ranking import NAMES, Contender, rows
from service.pipeline.salience import Salience, Stems
from service.pipeline.sentences import split_sentences
from service.pipeline.style import faults
from service.pipeline.support import SupportChecker
from service.pipeline.typography import as_article

#: So many of the best extracts are looked at: the first one passes nearly always.
CHECKED = 8
#: So many extracts compete with what was written.
COMPETING = 6


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
        texts = [without_dateline(" ".join(sentence.text.split())) for sentence in article.sentences]
        self._salience = Salience(texts, article.title, stems)
        self._extracts = Extracts(texts, self._salience, forest, stems)
        self._checker: SupportChecker | None = None

    @property
    def extracts(self) -> Extracts:
        """What can be made of the article's own sentences."""
        return self._extracts

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
        for extract in self._extracts.weighed(wanted)[:COMPETING]:
            piece, features = self._extracts.piece(extract.parts), self._extracts.features(extract.parts)
            found.append(Contender(extract.text, "extracted", piece, features))
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
        best = self._soundest(self._extracts.weighed(wanted)[:CHECKED]) or self._extracts.shortest()
        if wanted.sentences > 2:
            best = self._extracts.lengthened(best, wanted)
        return best.text

    def most_telling(self) -> list[int]:
        """The places of all sentences, the most telling first."""
        return self._extracts.most_telling()

    def _soundest(self, extracts: Sequence[Extract]) -> Extract | None:
        """The first that holds and does not mislead; without one, the first that holds."""
        first = None
        for extract in extracts:
            if self.checker.check(extract.text).holds:
                if not self.checker.misleads(extract.text):
                    return extract
                first = first or extract
        return first
