"""Figures that an article gives first and corrects later: a brief that states one as true is refused.

« Une rafale de 154 km/h a d'abord été signalée. Vérification faite, la valeur retenue est de 137 km/h. »
The outdated value stands where something was announced or estimated, the correction right after it, or
farther on where it says a value of the same unit of a thing that both name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from service.pipeline.article_index import ArticleIndex, TextIndex
from service.pipeline.facts import Check, Fact

_KINDS = frozenset({"number", "money", "quantity", "percent"})
_REACH = 8  # sentences between a figure and its correction that speak of the same
_BEFORE = 24  # characters before a figure in which « et non » stands

_FIRST_ONLY = (
    r"d['’]abord|dans un premier temps|initialement|au départ|premiers? (?:communiqué|bilan|décompte|chiffre)s?"
)
_REPORTED = (
    r"(?:annonç|évalu|estim|indiqu|tabl|chiffr|parl|évoqu|avanç|compt)ai(?:en)?t"
    r"|(?:faisai(?:en)?t|fait|font) état"
    r"|(?:a|ont|avait|avaient) (?:annoncé|parlé|évoqué|indiqué|fait état|estimé|évalué|avancé|chiffré|publié)"
)
_STRONG = (
    r"rectifié\w*|(?:un|le) rectificatif|corrig\w+|correctif|erratum|coquille|faute de frappe|erron\w+|inexact\w*"
    r"|mal étalonné\w*|(?:est|était|étaient|sont) (?:faux|fausses?)|en réalité"
    r"|(?:a|ont) été revus?|revue?s? à la (?:baisse|hausse)"
    r"|(?:ont|avaient|a|avait) été invers\w+|compté\w* deux fois|doublons?"
    r"|(?:retir|déduit|ôt)\w* de ce (?:total|chiffre|nombre)|vérifications? faites?|après vérification"
)
_WEAK = r"ramen\w+|ramèn\w+|finalement|en fait|contrairement à ce|retenue?s?"
_FIRST = re.compile(rf"\b(?:{_FIRST_ONLY})\b", re.IGNORECASE)
_EARLIER = re.compile(rf"\b(?:{_FIRST_ONLY}|{_REPORTED})\b", re.IGNORECASE)
_CORRECTING = re.compile(rf"\b(?P<strong>{_STRONG})\b|\b(?:{_WEAK})\b", re.IGNORECASE)
_THIS_FIGURE = re.compile(
    r"\W*(?:ce|cet|cette|ces) (?:montant|chiffre|nombre|total|bilan|somme|durée|score|valeur|estimation|décompte)s?\b",
    re.IGNORECASE,
)
_NOT = re.compile(r"\bet non(?: pas)?\b[^,.;:]*$", re.IGNORECASE)


class CorrectionSupport:
    """The outdated figures of one article, each with the sentence that corrects it."""

    def __init__(self, index: ArticleIndex) -> None:
        self._index = index
        self._outdated = self._find()

    def check(self, brief: TextIndex, checks: list[Check], is_verbatim: Callable[[Fact], bool]) -> list[Check]:
        """The checks, with a figure that holds only as an outdated one turned to "altered".

        A sentence that tells it as outdated (« d'abord annoncé »), or gives the right value too, passes.
        """
        if not self._outdated:
            return checks
        judged = []
        for check in checks:
            found = self._outdated.get((check.fact.kind, check.fact.value))
            if (
                found
                and check.status == "supported"
                and not is_verbatim(check.fact)
                and not _told(brief, check.fact, found[1])
            ):
                check = replace(check, status="altered", source=found[0], detail="the article corrects this figure")
            judged.append(check)
        return judged

    def gives_outdated(self, brief: TextIndex) -> bool:
        """Whether a text has a figure that the article corrects, and not the one that it puts in its place.

        Such a sentence may be the article's own, and true: it still misleads who reads nothing else.
        """
        stated = {fact.value for fact in brief.facts}
        found = (self._outdated.get((fact.kind, fact.value)) for fact in brief.facts)
        return any(entry is not None and stated.isdisjoint(entry[1]) for entry in found)

    def _find(self) -> dict[tuple[str, str], tuple[tuple[int, int], frozenset[str]]]:
        """By kind and value: the span of the correction, and the values that it puts in place."""
        amounts: dict[int, list[Fact]] = {}
        for fact in self._index.facts:
            if fact.kind in _KINDS:
                amounts.setdefault(self._index.sentence_of(fact), []).append(fact)
        found: dict[tuple[str, str], tuple[tuple[int, int], frozenset[str]]] = {}
        for number in range(len(self._index.sentence_tokens)):
            start, end = self._span(number)
            sentence = self._index.text[start:end]
            for cue in _CORRECTING.finditer(sentence):
                right = amounts.get(number, [])
                for old, place in self._old(number, cue, start, amounts):
                    self._note(found, old, {place, number}, [fact for fact in right if fact.value != old.value], number)
            for fact in amounts.get(number, []):
                if _NOT.search(self._index.text[max(start, fact.start - _BEFORE) : fact.start]):
                    right = [other for other in amounts[number] if other.kind == fact.kind and other.end <= fact.start]
                    if right:
                        self._note(found, fact, {number}, right, number)
        return found

    def _note(
        self,
        found: dict[tuple[str, str], tuple[tuple[int, int], frozenset[str]]],
        old: Fact,
        places: set[int],
        right: list[Fact],
        correction: int,
    ) -> None:
        """Keep an outdated figure unless the article states it in another sentence as well."""
        stated = {
            self._index.sentence_of(fact)
            for fact in self._index.facts
            if (fact.kind, fact.value) == (old.kind, old.value)
        }
        if stated <= places:
            values = frozenset(fact.value for fact in right)
            found.setdefault((old.kind, old.value), (self._span(correction), values))

    def _old(
        self, number: int, cue: re.Match[str], start: int, amounts: dict[int, list[Fact]]
    ) -> Iterator[tuple[Fact, int]]:
        """The figures that a correcting sentence corrects, each with its sentence."""
        at = start + cue.start()
        right = [fact for fact in amounts.get(number, []) if fact.start > at]
        same = [fact for fact in amounts.get(number, []) if fact.end <= at]
        yield from ((fact, number) for fact in self._chosen(self._announced(number, same), right, cue))
        if number == 0:
            return
        before = amounts.get(number - 1, [])
        announced = self._announced(number - 1, before)
        if not announced and _THIS_FIGURE.match(self._index.text, start):
            announced = before[-1:]
        yield from ((fact, number - 1) for fact in self._chosen(announced, right, cue))
        for place in range(max(0, number - _REACH), number - 1):
            if self._index.sentence_stems[place] & self._index.sentence_stems[number]:
                far = self._announced(place, amounts.get(place, []))
                yield from ((fact, place) for fact in far if cue["strong"] and _replaced(fact, right))

    def _announced(self, number: int, amounts: list[Fact]) -> list[Fact]:
        """The figures of a sentence that were announced or estimated."""
        start, end = self._span(number)
        if _FIRST.search(self._index.text, start, end):
            return amounts
        cue = _EARLIER.search(self._index.text, start, end)
        return [fact for fact in amounts if cue and fact.start >= cue.end()]

    @staticmethod
    def _chosen(announced: list[Fact], right: list[Fact], cue: re.Match[str]) -> list[Fact]:
        """Those that get another value of their unit; without any, a lone figure that a strong cue corrects."""
        replaced = [fact for fact in announced if _replaced(fact, right)]
        if replaced:
            return replaced
        return announced if len(announced) == 1 and cue["strong"] else []

    def _span(self, number: int) -> tuple[int, int]:
        first, last = self._index.sentence_tokens[number]
        return self._index.tokens[first].start, self._index.tokens[last - 1].end


def _unit(fact: Fact) -> tuple[str, str]:
    return fact.kind, fact.value.partition(" ")[2]


def _replaced(old: Fact, right: list[Fact]) -> bool:
    """Whether one of the right values may take an old one's place: another value of the same unit."""
    if old.kind == "number":
        return any(fact.kind == "number" and fact.value != old.value and _one_noun(fact, old) for fact in right)
    return any(_unit(fact) == _unit(old) and fact.value != old.value for fact in right)


def _one_noun(one: Fact, other: Fact) -> bool:
    return bool(set(one.noun.split()) & set(other.noun.split()))


def _told(brief: TextIndex, fact: Fact, right: frozenset[str]) -> bool:
    """Whether a brief's sentence says that a figure is outdated, or has the right one beside it."""
    number = brief.sentence_of(fact)
    first, last = brief.sentence_tokens[number]
    start, end = brief.tokens[first].start, brief.tokens[last - 1].end
    if _EARLIER.search(brief.text, start, end) or _CORRECTING.search(brief.text, start, end):
        return True
    if _NOT.search(brief.text[max(start, fact.start - _BEFORE) : fact.start]):
        return True
    return any(start <= other.start < end and other.value in right for other in brief.facts)
