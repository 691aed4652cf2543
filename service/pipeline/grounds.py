"""What a written brief rests on: each sentence of it on one sentence of what the model read.

Names and numbers can all be the article's, and a sentence false, when it joins the subject of one sentence to
the verb or the date of another. So a written sentence must find most of its words, and every fact, in a single
sentence and tell them in its order (``retelling``); its words must be the article's or French, and nouns keep
the gender that the article gives them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from service.pipeline.article import read_article
from service.pipeline.french_facts import extract_facts
from service.pipeline.french_tokens import fold, is_ordinary
from service.pipeline.retelling import retells
from service.pipeline.salience import Stems, grounding
from service.pipeline.sentences import split_sentences
from service.pipeline.support import SupportChecker

#: A sentence that has less than this share of another one's words is no ground for it.
HARDLY = 0.5
#: Words of at most so many letters are not looked up: they are function words, initials and units.
SHORT_WORD = 2

_WORD = re.compile(r"[^\W\d_]+")
_MASCULINE = r"(?:le|un|du|au|cet?|mon|ton|aucun|quel|tout le|ancien|nouveau|premier|dernier|prochain)"
_PLURAL = (
    r"(?:les|des|ces|aux|mes|tes|ses|nos|vos|leurs|plusieurs|quelques|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|onze"
    r"|douze|treize|quatorze|quinze|seize|vingt|trente|quarante|cinquante|soixante|cent|mille|\d*[2-9]|\d\d+)"
)
_FEMININE = r"(?:la|une|cette|aucune|quelle|ma|ta|ancienne|nouvelle|première|dernière|prochaine)"


class Grounds:
    """The sentences that a model read, taken apart once."""

    def __init__(self, sentences: Sequence[str], stems: Stems) -> None:
        self._sentences, self._stems = sentences, stems
        self._pieces = [stems.piece(sentence) for sentence in sentences]
        self._text = " ".join(sentences)
        self._words = {fold(word) for word in _WORD.findall(self._text)}
        self._checkers: dict[int, SupportChecker] = {}

    def share(self, text: str) -> float:
        """The least share of a sentence's stems that the sentence it rests on has; 0 where one rests on none."""
        if not self._is_spelled(text) or not agrees(text, self._text):
            return 0.0
        return min((self._share_of(sentence.text) for sentence in split_sentences(text)), default=0.0)

    def _share_of(self, sentence: str) -> float:
        piece = self._stems.piece(sentence)
        shares = [(grounding(piece, [own]), place) for place, own in enumerate(self._pieces)]
        for share, place in sorted(shares, key=lambda pair: (-pair[0], pair[1])):
            if share < HARDLY:
                break
            source = self._sentences[place]
            if (
                retells(sentence, source, piece.stems, self._pieces[place].stems)
                and bounds_stay(sentence, source)
                and self._checker(place).check(sentence).holds
            ):
                return share
        return 0.0

    def _checker(self, place: int) -> SupportChecker:
        if place not in self._checkers:
            self._checkers[place] = SupportChecker(read_article(self._sentences[place], None, None))
        return self._checkers[place]

    def _is_spelled(self, text: str) -> bool:
        """Whether every word is one that was read, or a word of French news."""
        return all(
            len(word) <= SHORT_WORD or fold(word) in self._words or is_ordinary(word) for word in _WORD.findall(text)
        )


def bounds_stay(text: str, source: str) -> bool:
    """Whether numbers are as exact as they were read: « environ 200 » is not 200."""
    read: dict[str, set[str]] = {}
    for fact in extract_facts(source):
        read.setdefault(fact.value, set()).add(fact.bound)
    return all(fact.bound in read.get(fact.value, {fact.bound}) for fact in extract_facts(text))


def agrees(text: str, source: str) -> bool:
    """Whether nouns keep gender and number: « la soutien » is none for « le soutien », nor « vingt minute »."""
    for match in re.finditer(rf"\b{_PLURAL} (?=([^\W\d_]{{3,}})\b)", text, re.IGNORECASE):
        noun = re.escape(match.group(1))
        if re.search(rf"\b{noun}[sx]\b", source, re.IGNORECASE) and not re.search(
            rf"\b{noun}\b", source, re.IGNORECASE
        ):
            return False
    for mine, other in ((_MASCULINE, _FEMININE), (_FEMININE, _MASCULINE)):
        for match in re.finditer(rf"\b{mine} ([^\W\d_]{{3,}})", text, re.IGNORECASE):
            noun = re.escape(match.group(1))
            if re.search(rf"\b{other} {noun}\b", source, re.IGNORECASE) and not re.search(
                rf"\b{mine} {noun}\b", source, re.IGNORECASE
            ):
                return False
    return True
