"""Whether a brief gives one person's deed to another of the same surname.

Where an article has two people of one surname, each of its sentences belongs to the one whom it names,
or whom a pronoun takes over from the sentence before; « la mère de Paul » is not about Paul. A brief's
sentence that opens with one of them is refused when all that is near to it belongs to the other.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import replace
from difflib import SequenceMatcher
from functools import cached_property
from itertools import combinations

from service.pipeline.article_index import ArticleIndex, TextIndex
from service.pipeline.facts import Check, Fact
from service.pipeline.french_tokens import is_ordinary, stem, words

_LEAST_SHARED = 2  # content words that the other's sentence and the brief's have in common
_BETTER = 1.5  # how much nearer the other's sentence is than any that may be of the person named
_SHARE = 0.5  # … of the weight of the brief's words that the article has
_SPELLED_ALIKE = 0.75  # « Laëtitia » and « Laetita » are one
_TITLES = words("m mm mme madame monsieur mlle dr me maitre pr docteur professeur president presidente sir lady")
_POSSESSOR = re.compile(r"\b(?:d['’]|d[eu]s?\s+(?:[\w-]+\s+){0,3})$")
_OPENING = re.compile(
    r"\W*(?:selon\s+|d['’]après\s+|pour\s+)?(?:l[ea]s?\s+[a-zà-ÿ-]+\s+|l['’][a-zà-ÿ-]+\s+)?", re.IGNORECASE
)
_PRONOUN = re.compile(r"^\W*(?:il|elle)\b|-(?:t-)?(?:il|elle)\b", re.IGNORECASE)


class NamesakeSupport:
    """The people of one article who share a surname, and which of its sentences are about whom."""

    def __init__(self, index: ArticleIndex) -> None:
        self._index = index
        self._families = _families(index.facts)

    def check(self, brief: TextIndex, checks: list[Check], is_verbatim: Callable[[Fact], bool]) -> list[Check]:
        """The checks, with the name of a person whose namesake the article says this of turned to "altered"."""
        if not self._families:
            return checks
        judged = []
        for check in checks:
            other = None
            if check.fact.kind == "name" and check.status == "supported" and not is_verbatim(check.fact):
                other = self._other(brief, check.fact)
            if other is not None:
                span, name = other
                check = replace(check, status="altered", source=span, detail=f"the article says this of {name}")
            judged.append(check)
        return judged

    def _other(self, brief: TextIndex, fact: Fact) -> tuple[tuple[int, int], str] | None:
        """The namesake of a person whom the article says a brief's sentence of, and where."""
        surname = _surname(fact.value)
        family = self._families.get(surname, frozenset())
        if fact.value not in family:
            return None
        number = brief.sentence_of(fact)
        named = _named(family, (one for one in brief.facts if brief.sentence_of(one) == number))
        if named != {fact.value} or not self._opens(brief, number, fact):
            return None
        words = brief.sentence_stems[number] - {stem(word) for word in fact.value.split()}
        weights = self._index.alike(words)
        known = sum(
            self._index.alike({word}).get(places[0], 0.0)
            for word in words
            if (places := self._index.sentences_with.get(word))
        )
        owners = self._owners[surname]
        mine = max(
            (weight for n, weight in weights.items() if not owners.get(n) or fact.value in owners[n]), default=0.0
        )
        best = max(weights, key=lambda n: (weights[n], -n), default=None)
        if best is None or not owners.get(best) or fact.value in owners[best]:
            return None
        shared = len(words & self._index.sentence_stems[best])
        if shared < _LEAST_SHARED or weights[best] < _BETTER * mine or weights[best] < _SHARE * known:
            return None
        first, last = self._index.sentence_tokens[best]
        span = self._index.tokens[first].start, self._index.tokens[last - 1].end
        return span, self._written(next(iter(owners[best])))

    @staticmethod
    def _opens(brief: TextIndex, number: int, fact: Fact) -> bool:
        """Whether a sentence begins with a person: « Selon la biologiste Anne Rochas »."""
        start = brief.tokens[brief.sentence_tokens[number][0]].start
        return _OPENING.fullmatch(brief.text, start, fact.start) is not None

    def _written(self, value: str) -> str:
        return next((fact.text for fact in self._index.facts if fact.kind == "name" and fact.value == value), value)

    @cached_property
    def _owners(self) -> dict[str, dict[int, frozenset[str]]]:
        """By surname: whom of the family each sentence is about; sentences about nobody of it are left out."""
        names: dict[int, list[Fact]] = defaultdict(list)
        for fact in self._index.facts:
            if fact.kind == "name":
                names[self._index.sentence_of(fact)].append(fact)
        return {surname: self._owners_of(family, names) for surname, family in self._families.items()}

    def _owners_of(self, family: frozenset[str], names: dict[int, list[Fact]]) -> dict[int, frozenset[str]]:
        owners: dict[int, frozenset[str]] = {}
        current: frozenset[str] = frozenset()
        for number, (first, last) in enumerate(self._index.sentence_tokens):
            start, end = self._index.tokens[first].start, self._index.tokens[last - 1].end
            before = self._index.tokens[first - 1].end if first else 0
            named = _named(family, names[number])
            if named:
                current = frozenset(named) if self._is_about(family, names[number]) else frozenset()
            elif "\n" in self._index.text[before:start] or not _PRONOUN.search(self._index.text[start:end]):
                current = frozenset()
            elif any(" " in fact.value for fact in names[number]):
                current = frozenset()  # somebody else
            if current:
                owners[number] = current
        return owners

    def _is_about(self, family: frozenset[str], names: list[Fact]) -> bool:
        """Whether one of a family is named other than as the possessor of something."""
        text = self._index.text
        own = [fact for fact in names if _named(family, [fact])]
        return any(not _POSSESSOR.search(text[max(0, fact.start - 40) : fact.start]) for fact in own)


def _surname(value: str) -> str:
    return value.partition(" ")[2]


def _families(facts: Iterable[Fact]) -> dict[str, frozenset[str]]:
    """By surname the full names that share it, where there are several."""
    found: dict[str, set[str]] = defaultdict(set)
    for fact in facts:
        first, _, surname = fact.value.partition(" ")
        if fact.kind == "name" and surname and first not in _TITLES and not is_ordinary(first):
            found[surname].add(fact.value)
    return {surname: frozenset(people) for surname, people in found.items() if _are_several(people)}


def _are_several(people: set[str]) -> bool:
    """Whether full names are of different people, and not one name in two spellings."""
    firsts = sorted(person.partition(" ")[0] for person in people)
    pairs = list(combinations(firsts, 2))
    return bool(pairs) and all(SequenceMatcher(None, *pair).ratio() < _SPELLED_ALIKE for pair in pairs)


def _named(family: frozenset[str], names: Iterable[Fact]) -> set[str]:
    """Whom of a family some names mean: by full name or by first name alone; by surname alone, any of them."""
    found: set[str] = set()
    for fact in names:
        if fact.kind != "name":
            continue
        for person in family:
            first, _, surname = person.partition(" ")
            if fact.value in (person, first, surname) or (
                fact.value.endswith(f" {surname}") and fact.value not in family
            ):
                found.add(person)
    return found
