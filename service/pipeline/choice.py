"""The choice of a brief among what was written and the article's own sentences: the best that is fully supported.

A small network predicts how much of a reference brief a candidate would share from what ``salience`` and the
reader see of it, and where nothing reads, a forest of regression trees from what ``salience`` sees; where briefs
were written, they are ranked together with the best extracts (``ranking``). Whatever is refused by the support check
is passed over.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from models.appraiser import Appraiser
from models.contracts import Candidate, Length, ModelIdentity, Reader
from service.pipeline.article import Article
from service.pipeline.brief import Origin
from service.pipeline.extracts import UNEXPLAINED, Extract, Extracts, without_dateline
from service.pipeline.grounds import Grounds
from service.pipeline.lengths import PASSAGES, Wanted
from service.pipeline.ranking import Contender, Draft, ranked
from service.pipeline.salience import Salience, Stems
from service.pipeline.sentences import split_sentences
from service.pipeline.style import faults
from service.pipeline.support import SupportChecker
from service.pipeline.typography import as_article

#: So many of the best extracts are looked at: the first one passes nearly always.
CHECKED = 8
#: A written sentence must share this much of its words with one sentence of what the model read.
GROUNDING = 0.9
#: So many extracts compete with what was written.
COMPETING = 6


def lines(article: Article) -> list[str]:
    """The article's sentences as they are weighed: in one line each, without a dateline."""
    return [without_dateline(" ".join(sentence.text.split())) for sentence in article.sentences]


def told(article: Article, reader: Reader) -> list[Candidate]:
    """What a reader says of each sentence. Raises what the reader raises."""
    (found,) = reader.read(["\n".join(lines(article))])
    return found


@dataclass(frozen=True)
class Chosen:
    """The brief that was chosen. ``dropped`` counts written candidates that state something unsupported."""

    text: str
    origin: Origin
    dropped: int = 0
    refused: int = 0  # written candidates that are no whole, self-standing text


class Chooser:
    """Chooses briefs; safe to use from several threads."""

    def __init__(self, plain: Appraiser, grounding: float = GROUNDING, informed: Appraiser | None = None) -> None:
        """``plain`` knows an article's features alone, ``informed`` also what a reader said of it."""
        if plain.names != Salience.NAMES or (informed and not Salience.reads(informed.names)):
            raise ValueError("the chooser was trained on other features")
        self._plain, self._informed = plain, informed
        self.grounding = grounding
        self._local = threading.local()

    @property
    def identity(self) -> ModelIdentity:
        """What weighs candidates: others may choose otherwise."""
        digest = self._plain.digest
        if self._informed:
            digest = hashlib.sha256(f"{digest} {self._informed.digest}".encode()).hexdigest()
        return ModelIdentity("breve-choice", "4", digest, "numpy", "CC-BY-SA-4.0")

    def reading(self, article: Article, told: Sequence[Candidate] | None = None) -> Reading:
        """The article's sentences weighed, for several questions about the same article.

        ``told``, one for each sentence, is what a reader said of them.
        """
        stems = getattr(self._local, "stems", None)
        if stems is None:
            stems = self._local.stems = Stems()
        if told is None or self._informed is None:
            return Reading(article, self._plain, stems, self.grounding)
        return Reading(article, self._informed, stems, self.grounding, told)


class Reading:
    """One article as the chooser sees it."""

    def __init__(
        self,
        article: Article,
        appraiser: Appraiser,
        stems: Stems,
        grounding: float,
        told: Sequence[Candidate] | None = None,
    ) -> None:
        self._article, self._appraiser, self._stems, self._grounding = article, appraiser, stems, grounding
        texts = lines(article)
        self._salience = Salience(texts, article.title, stems, told)
        self._extracts = Extracts(texts, self._salience, appraiser, stems)
        self._checker: SupportChecker | None = None
        self._texts, self._grounds = texts, dict[str | None, Grounds]()

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

    def choose(self, written: Sequence[Draft], wanted: Wanted) -> Chosen:
        """The best of the written candidates and the extracts that is sound and supported, else the best extract."""
        contenders = self.contenders(written, wanted)
        unsupported = {each.text for each in contenders if each.origin == "written" and not self.allows(each)}
        sound = sum(each.origin == "written" for each in contenders)
        dropped, refused = len(unsupported), len(written) - sound
        if sound > dropped:
            for contender in ranked(contenders, wanted.aim):
                if contender.text not in unsupported and self._holds(contender.text):
                    return Chosen(contender.text, contender.origin, dropped, refused)
        return Chosen(self.extract(wanted), "extracted", dropped, refused)

    def allows(self, contender: Contender) -> bool:
        """Whether a text is supported; each sentence of a written one must also rest on what it was written of."""
        return contender.grounding >= self._grounding and self._holds(contender.text)

    def _holds(self, text: str) -> bool:
        return self.checker.check(text).holds and not self.checker.misleads(text)

    def contenders(self, written: Sequence[Draft], wanted: Wanted) -> list[Contender]:
        """The written candidates that are whole, self-standing texts, and the best extracts."""
        found: list[Contender] = []
        for each in written:
            text = self.checker.respell(as_article(each.candidate.text, self._article.text))
            if not faults(text, wanted.least, wanted.most) and len(split_sentences(text)) <= wanted.sentences:
                piece = self._stems.piece(text)
                features = self._salience.features(piece, self._salience.places(piece))
                share = self._grounds_of(each.passage).share(text) if self._grounding else 1.0
                found.append(Contender(text, "written", piece, features, grounding=share))
        for extract in self._extracts.weighed(wanted)[:COMPETING]:
            piece, features = self._extracts.piece(extract.parts), self._extracts.features(extract.parts)
            found.append(Contender(extract.text, "extracted", piece, features))
        if not found:
            return []
        values = self._appraiser.predict(np.array([contender.features for contender in found]))
        costs = [UNEXPLAINED * self._extracts.unexplained(contender.text) for contender in found]
        return [
            replace(each, value=value - cost) for each, value, cost in zip(found, values.tolist(), costs, strict=True)
        ]

    def _grounds_of(self, passage: str | None) -> Grounds:
        if passage not in self._grounds:
            read = self._texts if passage is None else [sentence.text for sentence in split_sentences(passage)]
            self._grounds[passage] = Grounds(read, self._stems)
        return self._grounds[passage]

    def passages(self, length: Length, count: int) -> list[str]:
        """The article's sentences, singly or in pairs, that are most worth being rewritten as a brief."""
        return [extract.text for extract in self._extracts.weighed(PASSAGES[length], whole=True)[:count]]

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
