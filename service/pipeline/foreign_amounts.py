"""Amounts in five languages: digits with their separators, spelled numbers, scale words, fractions.

An amount is a value with its place; what it counts (euros, kilometres, a day of a month) is read
in ``foreign_facts``. Spelled numbers are found by text2num's ``find_numbers``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache

from text_to_num import find_numbers

from service.pipeline.foreign_words import lexicon

_SPACES = "\u00a0\u202f\u2009"
# "twenty-one" is one token, "three-year" two: text2num reads the first only so.
_TOKEN = re.compile(
    r"(?:twen|thir|for|fif|six|seven|eigh|nine)ty-[^\W\d]+(?!-)|[^\W\d]+|\d+|\s+|[^\w\s]", re.IGNORECASE
)
_CODE = re.compile(r"\b[^\W\d_]*[A-Z]\w*-$")
_CURRENCY_BEFORE = re.compile(r"(?:€|\$|£|¥|EUR|USD|GBP)\s?$")


@dataclass(frozen=True)
class Amount:
    """A number at ``text[start:end]``; ``spelled`` when no digit writes it, ``approximate`` for "a dozen"."""

    start: int
    end: int
    value: Decimal
    spelled: bool = False
    ordinal: bool = False
    fraction: str = ""  # "2/3" when it is one


def canonical(value: Decimal) -> str:
    """A number without grouping, exponent or trailing zeros: "1234.5"."""
    text = format(value.normalize(), "f")
    return text if text != "-0" else "0"


class _Token:
    """A word or a sign, as text2num wants it."""

    def __init__(self, word: str, start: int) -> None:
        self.word, self.start = word, start

    def text(self) -> str:
        return self.word

    def nt_separated(self, previous: _Token) -> bool:
        return False

    def not_a_number_part(self) -> bool:
        return any(sign.isdigit() for sign in self.word)


@cache
def _digits(language: str) -> re.Pattern[str]:
    decimal = lexicon(language).decimal
    group = "," if decimal == "." else "."
    d, g = re.escape(decimal), re.escape(group)
    grouped = rf"\d{{1,3}}(?:[{g}{_SPACES}' ]\d{{3}})+(?!\d)"
    return re.compile(rf"(?<![\w.,])-?(?:{grouped}|\d+)(?:[{d}{g}]\d+)?(?![{d}{g}]?\d)|(?<![\w])\d+")


@cache
def _scale(language: str) -> tuple[tuple[re.Pattern[str], int], ...]:
    words = sorted(lexicon(language).scales.items(), key=lambda pair: -pair[1])
    return tuple((re.compile(rf"[\s\u00a0-]?(?:{pattern})(?!\w)", re.I), factor) for pattern, factor in words)


@cache
def _vague(language: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{lexicon(language).vague})(?!\w)", re.I)


@cache
def _rounded(language: str) -> tuple[tuple[re.Pattern[str], int], ...]:
    nouns = lexicon(language).rounded.items()
    return tuple((re.compile(rf"(?<!\w)(?:{pattern})(?!\w)", re.I), value) for pattern, value in nouns)


@cache
def _fractions(language: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    words = lexicon(language).fractions.items()
    return tuple((re.compile(rf"(?<!\w)(?:{pattern})(?!\w)", re.I), value) for pattern, value in words)


def parse_digits(written: str, language: str) -> Decimal:
    """The value of digits as a language groups them: "1,234.5" and "1.234,5" are 1234.5."""
    decimal = lexicon(language).decimal
    group = "," if decimal == "." else "."
    plain = re.sub(rf"[{_SPACES}' ]", "", written)
    if re.fullmatch(rf"-?\d{{1,3}}(?:{re.escape(group)}\d{{3}})+(?:{re.escape(decimal)}\d+)?", plain):
        plain = plain.replace(group, "")
    # A lone separator that groups nothing is a decimal sign, whichever it is.
    return Decimal(plain.replace(",", "."))


def _scaled(text: str, amount: Amount, language: str) -> Amount:
    """Take in a scale word after digits, as in "2.5 million"."""
    for pattern, factor in _scale(language):
        match = pattern.match(text, amount.end)
        if match is None:
            continue
        letter = match.group().strip()
        if len(letter) == 1 and not _single_letter_scale(text, amount, match.group(), language):
            continue
        return replace(amount, end=match.end(), value=amount.value * factor)
    return amount


def _single_letter_scale(text: str, amount: Amount, written: str, language: str) -> bool:
    """Whether "m", "M" or "k" after digits means millions or thousands, and not metres."""
    if written.strip() == "k":
        return len(written) == 1
    if language == "en":
        return bool(_CURRENCY_BEFORE.search(text, max(0, amount.start - 5), amount.start))
    return written.strip() == "M" and bool(re.match(r"\s?(?:€|\$|£)", text[amount.end + len(written) :]))


def _written_in_digits(text: str, language: str) -> list[Amount]:
    marks = re.compile(rf"(?:{lexicon(language).ordinal_marks})(?!\w)")
    found = []
    for match in _digits(language).finditer(text):
        written = match.group()
        start = match.start()
        if _CODE.search(text, max(0, start - 20), start) or re.match(r"[A-Z]\b", text[match.end() : match.end() + 2]):
            continue  # RM-34, Covid-19, 5G
        if written.startswith("-") and start and text[start - 1] not in " \u00a0(":
            written, start = written[1:], start + 1
        amount = Amount(start, match.end(), parse_digits(written, language))
        mark = marks.match(text, amount.end)
        if mark and written.isdigit():
            found.append(replace(amount, end=mark.end(), ordinal=True))
        else:
            found.append(_scaled(text, amount, language))
    return found


def _spelled(text: str, language: str) -> list[Amount]:
    tokens = [_Token(match.group(), match.start()) for match in _TOKEN.finditer(text)]
    found = []
    for hit in find_numbers(tokens, language, 0.0):
        first, last = tokens[hit.start], tokens[hit.end - 1]
        amount = Amount(
            first.start, last.start + len(last.word), Decimal(str(hit.value)), spelled=True, ordinal=hit.is_ordinal
        )
        amount = amount if hit.is_ordinal else _scaled(text, amount, language)
        found.append(_with_half(text, amount, language))
    return found


def _with_half(text: str, amount: Amount, language: str) -> Amount:
    """ "half a million" is 500,000."""
    before = re.search(rf"(?:{lexicon(language).half})\s+$", text[: amount.start], re.I)
    if before and amount.value >= 1000:
        return replace(amount, start=before.start(), value=amount.value / 2)
    return amount


def amounts(text: str, language: str) -> tuple[Amount, ...]:
    """Every amount of a text in order, none overlapping another.

    Plural scale words that count nothing ("thousands of people") are no amounts.
    """
    taken = [False] * (len(text) + 1)
    found: list[Amount] = []

    def take(amount: Amount) -> None:
        if not any(taken[amount.start : amount.end]):
            taken[amount.start : amount.end] = [True] * (amount.end - amount.start)
            found.append(amount)

    for pattern, value in _fractions(language):
        for match in pattern.finditer(text):
            top, bottom = value.split("/")
            take(Amount(match.start(), match.end(), Decimal(top) / Decimal(bottom), spelled=True, fraction=value))
    for amount in _written_in_digits(text, language):
        take(amount)
    vague = [match.span() for match in _vague(language).finditer(text)]
    rounded = [
        Amount(match.start(), match.end(), Decimal(value), spelled=True)
        for pattern, value in _rounded(language)
        for match in pattern.finditer(text)
    ]
    for amount in (*rounded, *_spelled(text, language)):
        if not any(start <= amount.start and amount.end <= end for start, end in vague):
            take(amount)
    return tuple(sorted(found, key=lambda amount: amount.start))
