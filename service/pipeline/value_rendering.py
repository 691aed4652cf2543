"""A French number, sum, percentage, quantity or rank put in the place of the one that a translation got wrong.

Only the amount is replaced where the unit beside it is right, so that "10-month" becomes "18-month"
and "10 %" keeps its space.
"""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

from babel.numbers import format_decimal, get_currency_name

from service.pipeline.edits import Edit
from service.pipeline.facts import Fact
from service.pipeline.foreign_amounts import Amount, amounts, parse_digits
from service.pipeline.foreign_words import lexicon
from service.pipeline.rendering_words import (
    CURRENCIES,
    CURRENCY_SIGNS,
    FRACTIONS,
    LINKS,
    RANKS,
    SCALES,
    SMALL_NUMBERS,
    UNITS,
)

_LINK = re.compile(r"[ \u00a0](?:de|di)(?=[ \u00a0])|[ \u00a0]d(?=['’])")
_MINUS = re.compile(r"(?:minus|menos|meno)\s$", re.I)
_ARTICLE = re.compile(r"(?<!\w)(?:an?|eine?|un[ao]?|uma?)\s$", re.I)
_MARK = {"en": "", "de": ".", "es": ".º", "it": "º", "pt": ".º"}
_SCALED_FROM = 10**6
_MOST_DECIMALS = 3


def restate_value(french: Fact, altered: Fact, text: str, language: str) -> Edit | None:
    """The edit that makes a translation say the French value; None where no wording is sure to fit."""
    if french.kind == altered.kind == "ordinal":
        return _ordinal(french, altered, text, language)
    if altered.kind == "number" and re.fullmatch(r"[\d.]+-[\d.]+", french.value):
        return _score(french, altered)
    number, _, unit = french.value.partition(" ")
    if "/" in number:
        phrase = FRACTIONS[language].get(number)
        return Edit(altered.start, altered.end, phrase) if phrase and "/" in altered.value and not unit else None
    value = _decimal(number)
    amount = next((one for one in amounts(text, language) if altered.start <= one.start < altered.end), None)
    if (
        value is None
        or amount is None
        or amount.end > altered.end
        or (value < 0 and _MINUS.search(text[: amount.start]))
    ):
        return None
    spelled = not any(sign.isdigit() for sign in french.text)
    if french.kind == altered.kind and french.kind in ("number", "percent"):
        return _amount(value, altered, amount, text, language, spelled)
    if french.kind == altered.kind:
        return _with_unit(french, value, altered, amount, text, language, spelled)
    return _across_kinds(french, value, altered, amount, text, language)


def _across_kinds(french: Fact, value: Decimal, altered: Fact, amount: Amount, text: str, language: str) -> Edit | None:
    """A value that the translation made one of another kind."""
    if french.kind == "number" and altered.kind == "date" and altered.value.isdigit():
        return _amount(value, altered, amount, text, language, False)  # "1800 people" looks like a year
    if french.kind == "quantity" and altered.kind == "number" and french.value.endswith(" year"):
        return _amount(value, altered, amount, text, language, False)  # "aged 45"
    ends = re.match(r"[ \u00a0]?(?:[.,;:!?…)»”\"]|$)", text[altered.end :]) is not None
    if altered.kind == "number" and ends and french.kind in ("money", "percent", "quantity"):
        return _whole(french, value, altered, language)
    if {french.kind, altered.kind} <= {"money", "percent", "quantity"}:
        return _whole(french, value, altered, language)
    return None


def _with_unit(
    french: Fact, value: Decimal, altered: Fact, amount: Amount, text: str, language: str, spelled: bool
) -> Edit | None:
    """A sum or a quantity: the amount alone where the unit stays, else both."""
    unit, other = french.value.partition(" ")[2], altered.value.partition(" ")[2]
    is_bare = altered.end == amount.end and altered.start == amount.start
    if unit == other and (is_bare or (value == 1) == (amount.value == 1)):
        return _amount(value, altered, amount, text, language, spelled, counted=not is_bare)
    if "-" in text[amount.end : altered.end] and language == "en" and unit in UNITS["en"]:
        return Edit(amount.start, altered.end, f"{write_number(value, language)}-{UNITS['en'][unit][0]}")
    edit = _whole(french, value, altered, language)
    dative = re.search(r"(?<!\w)(?:seit|nach|vor|von|mit|in|aus|bei|zu|ab)\s$", text[: altered.start], re.I)
    if edit and language == "de" and dative and edit.text.endswith(("Tage", "Monate", "Jahre")):
        return Edit(edit.start, edit.end, f"{edit.text}n")
    return edit


def _whole(french: Fact, value: Decimal, altered: Fact, language: str) -> Edit | None:
    """The value with its currency, percent sign or unit, in the place of the whole altered fact."""
    unit = french.value.partition(" ")[2]
    written = write_number(value, language)
    if french.kind == "percent":
        return Edit(altered.start, altered.end, f"{written}%" if language == "en" else f"{written}\u00a0%")
    link = f" {LINKS[language]}" if language in LINKS and written[-1].isalpha() else ""
    if french.kind == "money":
        sign = CURRENCY_SIGNS.get(unit)
        if sign and altered.text[0] in CURRENCY_SIGNS.values():
            return Edit(altered.start, altered.end, f"{sign}{written}")
        if sign and altered.text[-1] in CURRENCY_SIGNS.values():
            return Edit(altered.start, altered.end, f"{written}\u00a0{sign}")
        name = CURRENCIES[language].get(unit) or str(get_currency_name(unit, 2, language))
        return Edit(altered.start, altered.end, f"{written}{link} {name}")
    names = UNITS[language].get(unit)
    if names is None:
        return None
    return Edit(altered.start, altered.end, f"{written}{link} {names[0] if value == 1 else names[1]}")


def _amount(
    value: Decimal,
    altered: Fact,
    amount: Amount,
    text: str,
    language: str,
    spelled: bool,
    counted: bool = False,
) -> Edit | None:
    """The amount alone; ``counted`` says that a unit follows, to which a scale word can be linked."""
    ratio = _shared_scale(altered, text[amount.start : amount.end], language)
    if ratio != 1:  # the "10" of "10 to 15 million"
        small = value / ratio
        return Edit(amount.start, amount.end, write_number(small, language)) if small >= 1 else None
    was_linked = _takes_link(text[amount.start : amount.end], language)
    scaled = was_linked or counted or language not in LINKS
    if spelled and amount.spelled and value == int(value) and 2 <= value <= len(SMALL_NUMBERS[language]) + 1:
        written = SMALL_NUMBERS[language][int(value) - 2] or write_number(value, language)
    else:
        written = write_number(value, language, scaled)
    start, end = amount.start, amount.end
    article = _ARTICLE.search(text[:start])
    if article and was_linked and amount.spelled:
        start = article.start()  # "una docena", "a million"
    if language in LINKS:
        link = _LINK.match(text, end)
        if written[-1].isalpha() and _takes_link(written, language):
            follows_word = re.match(r"[ \u00a0][^\W\d_]", text[end:])
            written += f" {LINKS[language]}" if follows_word and not link else ""
        elif was_linked and link:
            end = link.end()
    return Edit(start, end, written)


def _shared_scale(altered: Fact, written: str, language: str) -> Decimal:
    """By how much a number is multiplied by a word that stands after the next number, else one."""
    number = _decimal(altered.value.partition(" ")[0])
    if number is None or not written[-1].isdigit() or altered.end - altered.start != len(written):
        return Decimal(1)
    digits = parse_digits(written, language)
    ratio = number / digits if digits else Decimal(1)
    return ratio if ratio in (10**3, 10**6, 10**9) else Decimal(1)


def _takes_link(written: str, language: str) -> bool:
    """Whether a number word is a noun, that a Romance language joins to what it counts."""
    if re.search(r"mill[io]|mili[ao]|milh|milion|biliõ|bilhõ", written, re.I):
        return True
    return any(re.fullmatch(pattern, written, re.I) for pattern in lexicon(language).rounded)


def _score(french: Fact, altered: Fact) -> Edit | None:
    """ "2-1" in the place of "3-1", with the sign between them kept."""
    parts = re.fullmatch(r"\d+(\D+)\d+", altered.text)
    if parts is None:
        return None
    one, other = french.value.split("-")
    return Edit(altered.start, altered.end, f"{one}{parts.group(1)}{other}")


def _ordinal(french: Fact, altered: Fact, text: str, language: str) -> Edit | None:
    if not french.value.isdigit():
        return None
    rank = int(french.value)
    roman = re.search(r"(?<!\w)[IVXL]+(?!\w)", altered.text)
    if roman:
        return Edit(altered.start + roman.start(), altered.start + roman.end(), roman_numeral(rank))
    digits = re.match(r"\d+", altered.text)
    if digits:
        mark = altered.text[digits.end() :]
        return Edit(altered.start, altered.end, f"{rank}{ordinal_ending(rank) if language == 'en' else mark}")
    written = _spelled_rank(rank, altered.text, language)
    before_noun = re.match(r" (?!(?:que|de|en|y|por|con|a)\b)[^\W\d_]", text[altered.end :])
    if written in ("primero", "tercero") and language == "es" and before_noun:
        written = written[:-1]  # "el tercer equipo"
    return Edit(altered.start, altered.end, written) if written else None


def _spelled_rank(rank: int, model: str, language: str) -> str | None:
    """A rank in words with the ending of the one that it replaces; in digits beyond the tenth."""
    if " " in model:
        return None
    if language == "en":
        return RANKS["en"][rank - 1] if 1 <= rank <= 10 else f"{rank}{ordinal_ending(rank)}"
    ending = re.search(r"e([mnrs]?)$" if language == "de" else r"([oa]s?)$", model.lower())
    if language == "es" and not ending and model.lower() in ("primer", "tercer"):
        return RANKS["es"][rank - 1] + ("" if rank in (1, 3) else "o") if 1 <= rank <= 10 else None
    if ending is None:
        return None
    if not 1 <= rank <= 10:
        gender = "ª" if ending.group(1).startswith("a") and language != "de" else _MARK[language][-1:]
        return f"{rank}{'.' if language in ('es', 'pt') else ''}{gender}"
    return RANKS[language][rank - 1] + ending.group(1)


def write_number(value: Decimal, language: str, scaled: bool = True) -> str:
    """Digits as the language groups them, from a million on with a scale word where few decimals are needed."""
    if scaled and abs(value) >= _SCALED_FROM:
        for factor, one, many in SCALES[language]:
            short = value / factor
            if abs(short) >= 1 and _decimals(short) <= _MOST_DECIMALS:
                return f"{_digits(short, language)} {one if short == 1 else many}"
    return _digits(value, language)


def _digits(value: Decimal, language: str) -> str:
    return format_decimal(value, locale=language, decimal_quantization=False)


def _decimals(value: Decimal) -> int:
    exponent = value.normalize().as_tuple().exponent
    return -exponent if isinstance(exponent, int) and exponent < 0 else 0


def _decimal(written: str) -> Decimal | None:
    try:
        return Decimal(written)
    except InvalidOperation:
        return None


def ordinal_ending(number: int) -> str:
    """English st, nd, rd or th."""
    if 10 <= number % 100 <= 20:
        return "th"
    return {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")


def roman_numeral(number: int) -> str:
    """A numeral from 1 to 39, as centuries need."""
    tens, units = divmod(number, 10)
    return "X" * tens + ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX")[units]
