"""When a value of a French sentence and one of its translation are the same statement.

Values agree when they are equal, when one language leaves a unit unsaid ("aged 45" for « âgé de
45 ans »), when a unit has another name for the same span of time (« quinze jours », two weeks), and
when a date is spread over several words. A currency or a percent sign may not be dropped.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from fractions import Fraction

from service.pipeline.facts import Fact
from service.pipeline.foreign_words import lexicon
from service.pipeline.french_tokens import fold
from service.pipeline.french_units import unit_stems

#: Spans of time that have two names: « huit jours » is a week, « quinze jours » are two.
_TIMES_ALIKE = frozenset(
    {
        ("8 day", "1 week"), ("15 day", "2 week"), ("7 day", "1 week"), ("14 day", "2 week"), ("24 h", "1 day"),
        ("60 min", "1 h"), ("30 min", "1/2 h"), ("12 month", "1 year"), ("6 month", "1/2 year"),
        ("10 year", "1 decade"),
        ("100 year", "1 century"), ("18 month", "1.5 year"), ("24 month", "2 year"), ("48 h", "2 day"),
        ("15 min", "1/4"), ("45 min", "3/4"), ("90 min", "1.5 h"), ("15 day", "1 fortnight"),
    }
)  # fmt: skip
#: Names of money that several countries share, so that two readings of one word may differ.
_SHARED_CURRENCIES = (frozenset({"FRF", "CHF", "XOF"}), frozenset({"SEK", "NOK", "DKK", "CZK"}))
_FIRM_CURRENCIES = frozenset({"EUR", "USD", "GBP", "JPY", "CNY", "CHF", "RUB", "INR"})
_STANDS_FOR_TWO = {
    "en": r"both|twice|couple|pair|two|double\w*|either|neither|halv\w+|half|twin\w*|second",
    "de": r"beide\w*|zwei\w*|Paar|doppel\w*|verdoppel\w*|Zwilling\w*|halb\w*",
    "es": r"segund[oa]s?|ambos|ambas|doble|par|pareja|dobl\w+|duplic\w+|gemel\w+|mitad",
    "it": r"second[oa]|entramb[ie]|doppi\w+|coppia|paio|raddoppi\w+|due\w*|gemell\w+|metà",
    "pt": r"segund[oa]s?|ambos|ambas|dobro|par|casal|dupl\w+|gémeos|gêmeos|metade",
}
_STANDS_FOR_THREE = r"thrice|triple\w*|treble\w*|trio|dreimal\w*|drei\w+|triplo|triplic\w+|trios?"
_COMPOUND_NUMBERS = {
    3: "drei", 4: "vier", 5: "fünf", 6: "sechs", 7: "sieben", 8: "acht", 9: "neun", 10: "zehn", 11: "elf", 12: "zwölf",
    20: "zwanzig", 30: "dreißig", 40: "vierzig", 50: "fünfzig", 100: "hundert",
}  # fmt: skip
#: French number words that often count nothing: new, a second, a unit of « un ».
_IDLE_FRENCH = frozenset(
    (
        "neuf",
        "neufs",
        "seconde",
        "secondes",
        "second",
        "un",
        "une",
        "midi",
        "demi",
        "demie",
        "moitie",
        "mi",
        "cent",
        "mille",
    )
)
#: « VIIe », which other languages may write with an ending of their own, or without one.
_ROMAN_ORDINAL = re.compile(r"([IVXLC]{2,}|[VX])(?:e|er|re|ème|ᵉ)")
_QUARANTINE = re.compile(r"quarantin|quarantän|cuarenten|quarenten|quaranten", re.IGNORECASE)
#: "In her late forties" is no decade of a century; the French words for it by its tens.
_DECADE_OF_LIFE = re.compile(r"\bin (?:his|her|their|my|our|your) (?:(?:early|mid|late)[ -])?$", re.IGNORECASE)
_AGES = {
    "2": "vingtaine", "3": "trentenaire|trentaine", "4": "quadragénaire|quadra|quarantaine|quarantenaire",
    "5": "quinquagénaire|quinqua|cinquantaine|cinquantenaire", "6": "sexagénaire|soixantaine", "7": "septuagénaire",
    "8": "octogénaire", "9": "nonagénaire",
}  # fmt: skip
#: Spelled values that are idioms as often as numbers: one, nought, half.
_IDIOMS = frozenset({"0", "1", "0.5", "1/2"})


def _number(value: str) -> Fraction | None:
    try:
        return Fraction(value) if "/" in value else Fraction(Decimal(value))
    except (InvalidOperation, ValueError, ZeroDivisionError):
        return None


def _parts(fact: Fact) -> set[tuple[str, str]]:
    """What a date, an hour or a score says, piece by piece."""
    value = fact.value
    if fact.kind == "date":
        if value.startswith("-W-"):
            return {("weekday", value[3:])}
        if value.endswith("X"):
            return {("decade", value[2])}
        match = re.fullmatch(r"(\d{4}|-)?(?:-(\d\d))?(?:-(\d\d))?", value)
        found = zip(("year", "month", "day"), match.groups() if match else (), strict=False)
        return {(name, str(int(digits))) for name, digits in found if digits and digits != "-"}
    if fact.kind in ("number", "date") and re.fullmatch(r"\d+(?:\.\d+)?(?:-\d+(?:\.\d+)?)+", value):
        return {("number", part) for part in value.split("-")}
    return set()


def _says(fact: Fact) -> set[tuple[str, str]]:
    """Every piece that a fact can support of a date or a score on the other side."""
    pieces = _parts(fact)
    span = re.fullmatch(r"(\d\d)\d\d-(\d\d)", fact.value)
    if span and fact.kind == "number":  # "1950-53"
        pieces.add(("year", span.group(1) + span.group(2)))
    pieces |= {("year", digits) for name, digits in pieces if name == "number" and len(digits) == 4}
    if fact.kind in ("number", "ordinal", "date"):
        plain = fact.value
        pieces.add(("number", plain))
        if plain.isdigit() and len(plain) == 4:
            pieces.add(("year", plain))
            if plain.endswith("0"):
                pieces.add(("decade", plain[2]))
        elif plain.isdigit() and int(plain) <= 31:
            pieces.add(("day", plain))
        if re.fullmatch(r"\d0", plain):
            pieces.add(("decade", plain[0]))
    return pieces


def agrees(fact: Fact, others: Iterable[Fact]) -> bool:
    """Whether a value is stated by the values of the other side, by one or by several together."""
    known = list(others)
    if any(_same(fact, other) for other in known):
        return True
    pieces = _parts(fact) or ({("number", fact.value)} if fact.kind in ("number", "ordinal") else set())
    said = {piece for other in known for piece in _says(other)}
    if fact.kind in ("number", "ordinal"):
        # « du 3 au 5 août »: a bare day may be a whole date on the other side.
        said |= {("number", digits) for name, digits in said if name in ("day", "year")}
        said |= {("number", f"{digit}0") for name, digit in said if name == "decade"}
    return bool(pieces) and pieces <= said


def _same(one: Fact, other: Fact) -> bool:
    if one.text == other.text and any(sign.isdigit() for sign in one.text):
        return True
    if one.value == other.value and (one.kind == other.kind or {one.kind, other.kind} <= {"number", "ordinal", "date"}):
        return True
    if (one.value, other.value) in _TIMES_ALIKE or (other.value, one.value) in _TIMES_ALIKE:
        return True
    kinds = {one.kind, other.kind}
    if kinds == {"time", "quantity"} or kinds == {"time", "number"}:
        return _hour(one) == _hour(other) is not None or _spelled_hour(one, other) or _spelled_hour(other, one)
    if {one.value, other.value} in ({"1/3", "3"}, {"1/4", "4"}, {"1/5", "5"}, {"1/10", "10"}) and "ordinal" in kinds:
        return True
    if "date" in kinds or "time" in kinds:
        return False
    (left, unit), (right, other_unit) = one.value.partition(" ")[::2], other.value.partition(" ")[::2]
    if "percent" in kinds:
        points = "point" in one.text.lower() or "point" in other.text.lower() or "punkt" in other.text.lower()
        # « entre 30 et 43 % »: the first number has the sign by sharing, and one reader may not share.
        shared = any(fact.kind == "percent" and fact.text[-1:].isdigit() for fact in (one, other))
        return _number(left) == _number(right) and (kinds == {"percent"} or ((points or shared) and "number" in kinds))
    if _number(left) is None or _number(left) != _number(right):
        return _is_cents(one, other)
    if any(
        fact.kind in ("money", "quantity") and fact.text[-1:].isdigit() and fact.text[0].isdigit()
        for fact in (one, other)
    ):
        return True
    if "money" in kinds:
        return _same_money(unit, other_unit)
    if _counts_another_thing(one, other) or _counts_another_thing(other, one):
        return False
    return not unit or not other_unit or unit == other_unit


def _counts_another_thing(number: Fact, quantity: Fact) -> bool:
    """Whether the French counts what is not the translation's unit: « quatorze hivers » are no 14 hours."""
    stems = unit_stems(quantity.value.partition(" ")[2])
    return bool(number.noun and stems) and number.kind == "number" and stems.isdisjoint(number.noun.split())


def _same_money(unit: str, other: str) -> bool:
    if unit == other or any({unit, other} <= shared for shared in _SHARED_CURRENCIES):
        return True
    # An unknown currency on one side is a bare number there.
    return (not unit or not other) and not {unit, other} & _FIRM_CURRENCIES


def _is_cents(one: Fact, other: Fact) -> bool:
    for cents, money in ((one.value, other.value), (other.value, one.value)):
        amount, _, unit = cents.partition(" ")
        total, _, currency = money.partition(" ")
        whole, hundredths = _number(total), _number(amount)
        if unit == "cents" and currency and whole is not None and hundredths is not None and whole * 100 == hundredths:
            return True
    return False


def _hour(fact: Fact) -> str | None:
    if fact.kind == "time":
        return fact.value
    value, _, unit = fact.value.partition(" ")
    if unit in ("", "h") and value.isdigit() and int(value) <= 24:
        return f"{int(value) % 24:02d}:00"
    return None


def _spelled_hour(time: Fact, number: Fact) -> bool:
    """ "às três da tarde" beside « à 15 h »."""
    if time.kind != "time" or number.kind != "number" or not number.value.isdigit() or not time.value.endswith(":00"):
        return False
    return int(number.value) <= 12 and int(time.value[:2]) % 12 == int(number.value) % 12


def is_optional_french(fact: Fact, translation: str, language: str) -> bool:
    """Whether a French value may go unsaid: an article, an idiom, or said by a word that is no number."""
    value = fact.value.partition(" ")[0]
    written = fold(fact.text)
    if written in _IDLE_FRENCH or (value in _IDIOMS and not any(sign.isdigit() for sign in fact.text)):
        return True
    if value == "1" and fact.kind in ("quantity", "ordinal", "number"):
        return True
    if value == "2" and re.search(rf"(?<!\w)(?:{_STANDS_FOR_TWO[language]})(?!\w)", translation, re.I):
        return True
    if value == "3" and re.search(rf"(?<!\w)(?:{_STANDS_FOR_THREE})(?!\w)", translation, re.I):
        return True
    roman = _ROMAN_ORDINAL.fullmatch(fact.text)
    if roman and re.search(rf"(?<!\w){roman[1]}(?:st|nd|rd|th|er?|[ºª°])?(?!\w)", translation):
        return True
    if value == "40" and written.endswith("quarantaine") and _QUARANTINE.search(translation):
        return True
    if language == "de" and value.isdigit() and int(value) in _COMPOUND_NUMBERS:
        return re.search(rf"(?<!\w){_COMPOUND_NUMBERS[int(value)]}\w+", translation, re.I) is not None
    return False


def _has_age(french: str, tens: str) -> bool:
    """Whether the French gives somebody's age in a word, by its tens: « quadragénaire » for "4"."""
    return tens in _AGES and re.search(rf"\b(?:{_AGES[tens]})", french, re.I) is not None


def is_optional_translation(fact: Fact, french: str, translation: str, language: str) -> bool:
    """Whether a value of the translation needs no support: "one", "first", "noon", an ambiguous word, an age."""
    value = fact.value.partition(" ")[0]
    spelled = not any(sign.isdigit() for sign in fact.text)
    words = fold(fact.text).split()
    if spelled and (value in _IDIOMS or fact.kind == "time"):
        return True
    ambiguous = {fold(word) for word in lexicon(language).ambiguous}
    if spelled and len(words) == 1 and words[0] in ambiguous:
        return True
    if spelled and value == "2" and re.search(r"\b(?:double|couple|paire|jumeaux|jumelles|seconde?s?)\b", french, re.I):
        return True
    if value == "3" and re.search(r"\btripl\w+", french, re.I):
        return True
    if fact.kind == "date" and language == "en" and _DECADE_OF_LIFE.search(translation[: fact.start]):
        return _has_age(french, value[2:3])
    return fact.value == "P1D"
