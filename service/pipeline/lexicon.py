"""The form in which each language's words for numbers, hours, sums, units and negations are written down."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Lexicon:
    """How one language writes facts. Patterns are regular expressions without groups, matched ignoring case."""

    decimal: str  # the sign before decimals; the other of "." and "," groups thousands
    scales: Mapping[str, int]  # a pattern after a number -> what it multiplies by
    currencies: Mapping[str, str]  # a pattern after a sum -> its ISO 4217 code
    units: Mapping[str, str]  # a pattern after a number -> the unit's symbol
    percent: str
    ordinal_marks: str  # what follows the digits of an ordinal
    first_day: str  # how the first of a month is spelled out
    date_link: str  # what may stand between day, month and year
    clock: tuple[str, ...]  # expressions with the groups h, m and half (the half of the day)
    afternoon: str  # the halves of the day in which 8 means 20
    morning: str
    century: str
    decade: str  # expression with the group d, the decade's digits
    spelled_decades: Mapping[str, str]
    fractions: Mapping[str, str]
    half: str  # "half a" before a scale word, "and a half" after a number
    rounded: Mapping[str, int]  # nouns for about so many: "a dozen"
    vague: str  # plural scale words that count nothing: "thousands of"
    negations: str
    soft_negations: str  # words that deny without being a negation
    ambiguous: frozenset[str] = field(default=frozenset())  # number words that often mean something else
