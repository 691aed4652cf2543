"""Facts of English, German, Spanish, Italian and Portuguese sentences, in the values of ``facts.Fact``.

"1,234.5" and "1.234,5" are number 1234.5; "8:30 p.m." is time 20:30; "August 1st" is date --08-01;
"€2m" is money "2000000 EUR"; "20th century" and "siglo XX" are ordinal 20; "the 1980s" is date 198X;
a weekday is date "-W-1" (Monday) to "-W-7".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from functools import cache

from service.pipeline.facts import Fact, FactKind
from service.pipeline.foreign_amounts import Amount, amounts, canonical
from service.pipeline.foreign_names import find_names
from service.pipeline.foreign_words import currencies, lexicon, months, units, weekdays

_SPACE = "[ \u00a0\u202f-]"
_ROMAN = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100}
_NOON = {
    "en": ("noon|midday", "midnight"),
    "de": ("mittags?", "mitternachts?"),
    "es": ("mediodía", "medianoche"),
    "it": ("mezzogiorno", "mezzanotte"),
    "pt": ("meio-dia", "meia-noite"),
}
#: Yesterday and tomorrow, which have the values that the French reader gives « hier » and « demain ».
_RELATIVE = {
    "en": ("yesterday|last night", "tomorrow"),
    "de": ("gestern|vorgestern", "morgen(?=[^s\\w]|$)"),
    "es": ("ayer|anoche|anteayer", "mañana"),
    "it": ("ieri|la scorsa (?:sera|notte)", "domani"),
    "pt": ("ontem|anteontem", "amanhã"),
}
_PART_OF_DAY = "(?:morgen|abend|nacht|nachmittag|vormittag|mittag|früh)?"
_QUOTED = re.compile(r"«[^«»]+»|»[^«»]+«|“[^“”]+”|„[^„“”]+[“”]|\"[^\"]+\"|(?<!\w)‘[^‘’]{3,}’(?!\w)")
_LINK = re.compile(rf"{_SPACE}*(?:of |de |d[’'] ?|di )?")
_RANGES = {
    "en": frozenset({"to", "or", "and"}),
    "de": frozenset({"bis", "oder", "und"}),
    "es": frozenset({"a", "o", "y"}),
    "it": frozenset({"a", "o", "e"}),
    "pt": frozenset({"a", "ou", "e"}),
}
_BEFORE = re.compile(r"(€|US\$|\$|£|¥|EUR|USD|GBP|CHF)\s?-?$")


class _Reader:
    """Collects facts of one text; each kind of numeric fact takes its characters so that none is read twice."""

    def __init__(self, text: str, language: str) -> None:
        self.text, self.language = text, language
        self.words = lexicon(language)
        self.taken = [False] * len(text)
        self.facts: list[Fact] = []

    def add(self, kind: FactKind, value: str, start: int, end: int, takes: bool = True) -> bool:
        if takes and any(self.taken[start:end]):
            return False
        if takes:
            self.taken[start:end] = [True] * (end - start)
        self.facts.append(Fact(kind, value, self.text[start:end], start, end))
        return True

    def times(self) -> None:
        for expression in self.words.clock:
            for match in re.finditer(rf"(?<![\w:.,]){expression}", self.text, re.I):
                groups = match.groupdict()
                hour, minute = int(groups["h"]), int(groups.get("m") or 0)
                half = groups.get("half") or ""
                if hour < 12 and half and re.match(rf"(?:{self.words.afternoon})\.?$", half, re.I):
                    hour += 12
                elif hour == 12 and half and re.match(self.words.morning, half, re.I):
                    hour = 0
                if hour <= 24 and minute < 60:
                    self.add("time", f"{hour % 24:02d}:{minute:02d}", match.start(), match.end())
        for words, value in zip(_NOON[self.language], ("12:00", "00:00"), strict=True):
            for match in re.finditer(rf"(?<![\w-])(?:{words})(?!\w)", self.text, re.I):
                self.add("time", value, match.start(), match.end())

    def decades(self) -> None:
        for match in re.finditer(rf"(?<!\w){self.words.decade}", self.text, re.I):
            self.add("date", _decade(match.group("d")), match.start(), match.end())
        for words, digits in self.words.spelled_decades.items():
            for match in re.finditer(rf"(?<!\w){words}(?!\w)", self.text, re.I):
                self.add("date", _decade(digits), match.start(), match.end())

    def dates(self) -> None:
        for match in re.finditer(r"(?<!\d)(\d{4})-(\d{2})-(\d{2})(?!\d)", self.text):
            self._day(match, match.group(1), int(match.group(2)), int(match.group(3)))
        for match in re.finditer(r"(?<![\d/.])(\d{1,2})[/.](\d{1,2})[/.](\d{4})(?!\d)", self.text):
            self._day(match, match.group(3), int(match.group(2)), int(match.group(1)))
        for match in _month_expression(self.language).finditer(self.text):
            groups = match.groupdict()
            name = groups["month"]
            number = months(self.language)[name.lower().rstrip(".")]
            day = _day_number(groups.get("before") or groups.get("after") or "")
            year = groups["year"] or groups.get("after_year")
            if not day and not year and not self._is_month_alone(name, match.start("month")):
                continue
            self._day(match, year, number, day)

    def _is_month_alone(self, name: str, start: int) -> bool:
        """Whether a month's name without day or year is one: "Mar" is not, nor "may" as a verb."""
        if len(name) < 4 and name.lower() not in {"may", "mai"}:
            return False
        if self.language in {"en", "de"}:
            initial = start == 0 or bool(re.search(r"[.!?:“\"«„]\s*$", self.text[:start]))
            return name[0].isupper() and not (initial and name.lower() in {"may", "march", "august", "mai"})
        return True

    def _day(self, match: re.Match[str], year: str | None, month: int, day: int) -> None:
        if not 1 <= month <= 12 or not 0 <= day <= 31:
            return
        value = f"{year or '-'}-{month:02d}" + (f"-{day:02d}" if day else "")
        if day and year and not _exists(int(year), month, day):
            return
        self.add("date", value, match.start(), match.end())

    def weekdays(self) -> None:
        names = sorted(weekdays(self.language), key=len, reverse=True)
        for match in re.finditer(rf"(?<!\w)({'|'.join(names)}){_PART_OF_DAY}(?:s|en)?(?![\w-])", self.text, re.I):
            name = match.group(1)
            if self.language in {"en", "de"} and not name[0].isupper():
                continue
            # Portuguese "segunda" is also "second": a weekday only where a preposition of time stands before.
            if self.language == "pt" and "-" not in name and name.lower() not in {"sábado", "domingo"}:
                before = self.text[: match.start()].lower().rstrip()
                if not re.search(r"(?:^|\s)(?:na|nesta|desta|última|próxima|à|até|toda)$", before):
                    continue
            self.add("date", f"-W-{weekdays(self.language)[name.lower()]}", match.start(), match.end())

    def relative_days(self) -> None:
        for words, value in zip(_RELATIVE[self.language], ("P-1D", "P1D"), strict=True):
            for match in re.finditer(rf"(?<!\w)(?:{words})(?!\w)", self.text, re.I):
                before = self.text[: match.start()]
                # Spanish "la mañana" and German "am Morgen" are the morning.
                if re.search(r"(?:\bla|\besta|\buna|\bam|\bder|\bden|\bdiesem|\bjeden|gestern|heute)\s$", before, re.I):
                    continue
                self.add("date", value, match.start(), match.end())

    def centuries(self) -> None:
        century = rf"(?:{self.words.century})"
        roman = rf"{century}\s+([IVXL]+)(?!\w)|(?<!\w)([IVXL]+)[.º°]?\s+{century}(?!\w)"
        for match in re.finditer(roman, self.text):
            numeral = match.group(1) or match.group(2)
            self.add("ordinal", str(_roman(numeral)), match.start(), match.end())

    def counted(self) -> None:
        """Interpret what the earlier steps left; "10 to 15 %" gives the first number the second's unit and scale."""
        before: tuple[Amount, Fact] | None = None
        for amount in amounts(self.text, self.language):
            if any(self.taken[amount.start : amount.end]):
                before = None
                continue
            fact = self._interpret(amount)
            if before is not None:
                fact = self._join(*before, fact, self.text[before[1].end : fact.start])
            if not (amount.spelled and fact.kind == "number" and fact.value == "1"):
                self.facts.append(fact)
            before = amount, fact
            self.taken[fact.start : fact.end] = [True] * (fact.end - fact.start)

    def _join(self, amount: Amount, before: Fact, fact: Fact, gap: str) -> Fact:
        if before.kind not in {"number", "date"} or before not in self.facts:
            return fact
        if gap in {"-", "–"} and before.kind == fact.kind == "number" and not fact.value.startswith("-"):
            self.facts.remove(before)
            text = self.text[before.start : fact.end]
            return Fact("number", f"{before.value}-{fact.value}", text, before.start, fact.end)
        shared = gap in {"-", "–"} or gap.strip().lower() in _RANGES[self.language]
        if shared and fact.kind in {"percent", "money", "quantity", before.kind}:
            number, _, unit = fact.value.partition(" ")
            value = amount.value
            for power in (10**9, 10**6):
                if value < 1000 and number.isdigit() and int(number) >= power and int(number) % (power // 1000) == 0:
                    value *= power
                    break
            kind = fact.kind if fact.value != number or fact.kind == "percent" else before.kind
            shared_value = f"{canonical(value)} {unit}".strip()
            self.facts[self.facts.index(before)] = replace(before, kind=kind, value=shared_value)
        return fact

    def _interpret(self, amount: Amount) -> Fact:
        text, start, end = self.text, amount.start, amount.end
        value = amount.fraction or canonical(amount.value)

        def fact(kind: FactKind, said: str, first: int, last: int) -> Fact:
            return Fact(kind, said, text[first:last], first, last)

        if amount.ordinal:
            return fact("ordinal", value, start, end)
        before = _BEFORE.search(text, max(0, start - 4), start)
        if before:
            code = next(code for pattern, code in currencies(self.language) if pattern.match(before.group(1)))
            return fact("money", f"{value} {code}", before.start(), end)
        linked = _LINK.match(text, end)
        at = linked.end() if linked else end
        percent = re.compile(rf"(?:{self.words.percent})(?!\w)", re.I).match(text, at)
        if percent:
            return fact("percent", value, start, percent.end())
        tables: tuple[tuple[FactKind, tuple[tuple[re.Pattern[str], str], ...]], ...] = (
            ("money", currencies(self.language)),
            ("quantity", units(self.language)),
        )
        for kind, table in tables:
            for pattern, symbol in table:
                match = pattern.match(text, at)
                if match:
                    return fact(kind, f"{value} {symbol}", start, match.end())
        is_year = re.fullmatch(r"1[0-9]\d\d|20\d\d", text[start:end])
        return fact("date" if is_year else "number", value, start, end)

    def negations(self) -> None:
        for match in re.finditer(rf"(?<!\w)(?:{self.words.negations})(?!\w)", self.text, re.I):
            self.add("negation", "not", match.start(), match.end(), takes=False)

    def quotations(self) -> None:
        for match in _QUOTED.finditer(self.text):
            self.add("quotation", match.group()[1:-1].strip(" \u00a0\u202f"), match.start(), match.end(), takes=False)

    def names(self) -> None:
        for name in find_names(self.text, self.language):
            self.add("name", name.value, name.start, name.end, takes=False)


def _decade(digits: str) -> str:
    """The decade's years with an X for the last digit: "198X"."""
    if len(digits) == 2:
        digits = ("20" if digits in {"00", "10"} else "19") + digits
    return f"{digits[:3]}X"


def _roman(numeral: str) -> int:
    total = 0
    for sign, following in zip(numeral, [*numeral[1:], "I"], strict=True):
        total += -_ROMAN[sign] if _ROMAN[sign] < _ROMAN[following] else _ROMAN[sign]
    return total


def _day_number(written: str) -> int:
    digits = re.match(r"\d+", written)
    return int(digits.group()) if digits else int(bool(written))


def _exists(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


@cache
def _month_expression(language: str) -> re.Pattern[str]:
    words = lexicon(language)
    names = "|".join(re.escape(name) for name in sorted(months(language), key=len, reverse=True))
    month = rf"(?P<month>(?:{names})\.?)(?!\w)"
    day = rf"\d{{1,2}}(?:st|nd|rd|th|[ºª°.]|er)?|{words.first_day}"
    year = rf"(?:(?:,?{words.date_link})(?P<year>1\d{{3}}|20\d\d)(?!\d))?"
    before = rf"(?:(?P<before>{day}){words.date_link})?"
    if language == "en":
        after = (
            r"\s+(?P<after>\d{1,2}(?:st|nd|rd|th)?|first)(?![\w%:]|[.,]\d)(?:,?\s+(?P<after_year>1\d{3}|20\d\d)(?!\d))?"
        )
        return re.compile(rf"(?<!\w){before}{month}(?:{after}|{year})", re.I)
    return re.compile(rf"(?<!\w){before}{month}{year}", re.I)


def extract_foreign_facts(text: str, language: str) -> tuple[Fact, ...]:
    """Every fact that a sentence states, in order of place.

    Raises ``ValueError`` for a language other than en, de, es, it and pt. Spelled "one" is a number
    only where it counts a unit, since it is mostly an article or a pronoun.
    """
    return tuple(sorted(_read(text, language), key=lambda fact: (fact.start, fact.end)))


def _read(text: str, language: str) -> Iterator[Fact]:
    reader = _Reader(text, language)
    for step in (
        reader.times,
        reader.decades,
        reader.dates,
        reader.centuries,
        reader.weekdays,
        reader.relative_days,
        reader.counted,
        reader.negations,
        reader.quotations,
        reader.names,
    ):
        step()
    yield from reader.facts
