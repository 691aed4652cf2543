"""The words of five languages that numbers, hours, sums, units and negations are made of, compiled.

One ``Lexicon`` per language in ``words_*.py``. Month and weekday names come from CLDR through babel, spelled
numbers from text2num; what those two do not know is listed here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from babel import Locale

from service.pipeline import words_de, words_en, words_es, words_it, words_pt
from service.pipeline.lexicon import Lexicon

#: The languages that facts can be read in, beside French.
FOREIGN_LANGUAGES = ("en", "de", "es", "it", "pt")


_SYMBOL_UNITS = {
    r"km ?/ ?h|kmh|kph": "km/h",
    r"km²|km2": "km2",
    r"m²|m2": "m2",
    r"m³|m3": "m3",
    r"km": "km",
    r"cm": "cm",
    r"mm": "mm",
    r"m": "m",
    r"kg": "kg",
    r"mg": "mg",
    r"g": "g",
    r"ha": "ha",
    r"kWh": "kWh",
    r"MWh": "MWh",
    r"GWh": "GWh",
    r"TWh": "TWh",
    r"kW": "kW",
    r"MW": "MW",
    r"GW": "GW",
    r"° ?C": "°C",
    r"° ?F": "°F",
    r"°": "°C",
    r"t": "t",
    r"l": "l",
    r"h": "h",
    r"min": "min",
    r"s": "s",
}
_SYMBOL_CURRENCIES = {
    r"€|EUR": "EUR",
    r"US ?\$|\$ ?US|\$|USD": "USD",
    r"£|GBP": "GBP",
    r"¥|JPY": "JPY",
    r"CHF": "CHF",
}

_LEXICONS: Mapping[str, Lexicon] = {
    "en": words_en.LEXICON,
    "de": words_de.LEXICON,
    "es": words_es.LEXICON,
    "it": words_it.LEXICON,
    "pt": words_pt.LEXICON,
}


def lexicon(language: str) -> Lexicon:
    """The lexicon of one of ``FOREIGN_LANGUAGES``. Raises ``ValueError`` for another."""
    if language not in _LEXICONS:
        raise ValueError(f"no facts can be read in {language!r}")
    return _LEXICONS[language]


@cache
def currencies(language: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    """Patterns that match a currency at a position, symbols first."""
    table = {**_SYMBOL_CURRENCIES, **lexicon(language).currencies}
    return tuple((re.compile(rf"(?:{p})(?!\w)", re.I), code) for p, code in table.items())


@cache
def units(language: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    """Patterns that match a unit at a position; symbols keep their case, words do not."""
    symbols = [(re.compile(rf"(?:{p})(?![\w²³])"), symbol) for p, symbol in _SYMBOL_UNITS.items()]
    words = [(re.compile(rf"(?:{p})(?!\w)", re.I), symbol) for p, symbol in lexicon(language).units.items()]
    # The longest word first: "metres per hour" before "metres".
    return tuple(symbols + sorted(words, key=lambda pair: -len(pair[0].pattern)))


@cache
def months(language: str) -> Mapping[str, int]:
    """Month names in lower case, full and abbreviated, to 1..12."""
    return _calendar(language, "months", 1)


@cache
def weekdays(language: str) -> Mapping[str, int]:
    """Weekday names in lower case to 1 (Monday) .. 7; Portuguese also without "-feira"."""
    found = dict(_calendar(language, "days", 1, widths=("wide",)))
    if language == "pt":
        found.update({name.removesuffix("-feira"): day for name, day in list(found.items())})
    if language == "de":
        found["sonnabend"] = 6
    return found


def _calendar(
    language: str, what: str, first: int, widths: tuple[str, ...] = ("wide", "abbreviated")
) -> Mapping[str, int]:
    locale = Locale.parse(language)
    names: dict[str, int] = {}
    tables = locale.months if what == "months" else locale.days
    for context in ("format", "stand-alone"):
        for width in widths:
            for number, name in tables[context].get(width, {}).items():
                # CLDR counts weekdays from 0 (Monday) in babel, months from 1.
                names.setdefault(name.lower().rstrip("."), number if what == "months" else number + first)
    return names
