"""Whether an article states a brief's dates and hours; a brief may say less of a date, never something else."""

from __future__ import annotations

from typing import NamedTuple

from service.pipeline.article_index import ArticleIndex
from service.pipeline.facts import Check, Fact


class DateParts(NamedTuple):
    """What a date says; an empty part is left open."""

    year: str = ""
    month: str = ""
    day: str = ""
    weekday: str = ""
    other: str = ""  # a decade, yesterday

    def within(self, wider: DateParts) -> bool:
        """Whether everything said here is said there."""
        return all(not mine or mine == theirs for mine, theirs in zip(self, wider, strict=True))

    def contradicts(self, other: DateParts) -> bool:
        """Whether a part that both state differs."""
        return any(mine and theirs and mine != theirs for mine, theirs in zip(self, other, strict=True))


def parts_of(fact: Fact) -> DateParts:
    """Take a date's value apart."""
    value = fact.value
    weekday = fact.noun[-1] if fact.noun else ""
    if value.startswith("-W-"):
        return DateParts(weekday=value[3:])
    if value.startswith("---"):
        return DateParts(day=value[3:], weekday=weekday)
    if value.endswith("X") or value.startswith("P"):
        return DateParts(other=value)
    if value.startswith("--"):
        month, _, day = value[2:].partition("-")
        return DateParts("", month, day, weekday)
    year, _, rest = value.partition("-")
    month, _, day = rest.partition("-")
    return DateParts(year, month, day, weekday)


class DateSupport:
    """Checks dates and hours against one article."""

    def __init__(self, index: ArticleIndex) -> None:
        self._index = index
        self._dates = list(dict.fromkeys(_Dated(parts_of(f), f) for f in index.facts if f.kind == "date"))
        self._years = {dated.parts.year for dated in self._dates if dated.parts.year}

    def check(self, fact: Fact) -> Check:
        """The check of one date or hour of a brief."""
        return self._hour(fact) if fact.kind == "time" else self._date(fact)

    def _hour(self, fact: Fact) -> Check:
        hour, _, minutes = fact.value.partition(":")
        values = [(fact.value, "time")]
        if minutes == "00":
            values += [(str(int(hour)), "quantity"), ("24", "quantity") if hour == "00" else ("", "")]
        for value, kind in values:
            for other in self._index.by_value.get(value, ()):
                if other.kind == kind and (kind == "time" or other.value.endswith(" h")):
                    return Check(fact, "supported", (other.start, other.end))
        return Check(fact, "missing", None, "the article does not have this hour")

    def _date(self, fact: Fact) -> Check:
        wanted = parts_of(fact)
        partly: Fact | None = None
        for dated in self._dates:
            if wanted.within(dated.parts):
                return Check(fact, "supported", (dated.fact.start, dated.fact.end))
            same_day = wanted.day and (wanted.month, wanted.day) == (dated.parts.month, dated.parts.day)
            same_month = not wanted.day and wanted.month and wanted.month == dated.parts.month
            if same_day or same_month:
                if wanted.contradicts(dated.parts):
                    if same_day:
                        return Check(
                            fact, "altered", (dated.fact.start, dated.fact.end), "the article has this day otherwise"
                        )
                elif partly is None:
                    partly = dated.fact
        if partly is not None and (not wanted.year or wanted.year in self._years):
            return Check(fact, "supported", (partly.start, partly.end))
        if wanted == DateParts(year=wanted.year):
            for other in self._index.by_value.get(wanted.year, ()):
                if other.kind == "number" and not other.noun:
                    return Check(fact, "supported", (other.start, other.end))
        return Check(fact, "missing", None, "the article does not have this date")


class _Dated(NamedTuple):
    parts: DateParts
    fact: Fact
