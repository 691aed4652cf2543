"""What a text states that can be checked: numbers, dates, sums, names, negations.

A fact's ``value`` is canonical and free of language, so that « 1 234,5 » and "1,234.5"
compare equal: see ``service/pipeline/french_facts.py`` and ``foreign_facts.py``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

FactKind = Literal["number", "ordinal", "percent", "money", "quantity", "date", "time", "name", "negation", "quotation"]
Bound = Literal["", "above", "below", "about"]  # « plus de 100 », « moins de 100 », « près de 100 »


@dataclass(frozen=True)
class Fact:
    """One checkable statement, with ``source[start:end] == text`` in code points.

    ``value`` by kind: number "1234.5"; ordinal "3"; percent "3.5"; money "2000000 EUR";
    quantity "275 m"; date "2024-08-01", "--08-01", "2024-08", "--08" or "2024"; time "20:30";
    name its normalised spelling; negation "not"; quotation the quoted words. Further dates: "---03"
    (a day alone), "-W-6" (a weekday, Saturday), "199X" (a decade), "P-1D" and "P1D" (yesterday,
    tomorrow); a fraction is the number "1/3", a score the number "3-1".

    ``noun`` holds the stems of what a number or an ordinal counts, separated by spaces, or a date's
    weekday ("-W-1"); it is empty where the text does not say, and so is ``bound``. Both are French
    only, and neither is part of the value.
    """

    kind: FactKind
    value: str
    text: str
    start: int
    end: int
    noun: str = ""
    bound: Bound = ""


@dataclass(frozen=True)
class Check:
    """A fact of a brief beside what the article (or the French sentence) says of it."""

    fact: Fact
    status: Literal["supported", "altered", "missing"]
    source: tuple[int, int] | None = None  # the span that supports it
    detail: str = ""  # one short English sentence when it is not supported


@dataclass(frozen=True)
class Support:
    """The checks of one sentence or brief."""

    checks: tuple[Check, ...]

    @property
    def holds(self) -> bool:
        """Whether everything that was checked is supported."""
        return all(check.status == "supported" for check in self.checks)

    @property
    def failures(self) -> tuple[Check, ...]:
        """The checks that do not hold."""
        return tuple(check for check in self.checks if check.status != "supported")
