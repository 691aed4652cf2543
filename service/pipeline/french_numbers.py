"""Numbers of a French text as values: digits with their separators, spelled out, rounded, ordinal, in parts.

Values are decimal strings without grouping, exponent or trailing zeros ("1234.5"); fractions are "1/3".
Spelled-out numbers are valued by text2num; where they begin and end is decided here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Literal, NamedTuple

from text_to_num import text2num

from service.pipeline.french_tokens import SPACES, Token, fold, words

#: The words that spelled-out cardinals are made of, folded.
NUMBER_WORDS = words(
    """zero deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize vingt vingts trente
    quarante cinquante soixante septante huitante octante nonante cent cents mille million millions milliard
    milliards"""
)
_UNITS_AFTER_ET = words("un une onze")
_SCALES = {"mille": 3, "millier": 3, "million": 6, "milliard": 9, "billion": 12}
_ROUNDED = {
    "dizaine": "10", "douzaine": "12", "quinzaine": "15", "vingtaine": "20", "trentaine": "30", "quarantaine": "40",
    "cinquantaine": "50", "soixantaine": "60", "centaine": "100", "millier": "1000",
}  # fmt: skip
_BARE_SCALES = frozenset({"cents", "million", "millions", "milliard", "milliards"})
_PLURAL_SCALES = frozenset({"dizaines", "douzaines", "vingtaines", "centaines", "milliers"})
_PARTS = {"tiers": 3, "quart": 4, "quarts": 4, "cinquieme": 5, "cinquiemes": 5, "dixieme": 10, "dixiemes": 10}
_ORDINALS = {
    "premier": 1, "premiere": 1, "premiers": 1, "premieres": 1, "second": 2, "seconde": 2, "deuxieme": 2,
    "troisieme": 3, "quatrieme": 4, "cinquieme": 5, "sixieme": 6, "septieme": 7, "huitieme": 8, "neuvieme": 9,
    "dixieme": 10, "onzieme": 11, "douzieme": 12, "treizieme": 13, "quatorzieme": 14, "quinzieme": 15,
    "seizieme": 16, "vingtieme": 20, "trentieme": 30, "quarantieme": 40, "cinquantieme": 50, "centieme": 100,
    "millieme": 1000,
}  # fmt: skip
#: The last word of a compound ordinal, as « quarante et unième », and the cardinal that it stands for.
_LAST_ORDINALS = {
    "unieme": "un", "deuxieme": "deux", "troisieme": "trois", "quatrieme": "quatre", "cinquieme": "cinq",
    "sixieme": "six", "septieme": "sept", "huitieme": "huit", "neuvieme": "neuf", "dixieme": "dix", "onzieme": "onze",
    "douzieme": "douze", "treizieme": "treize", "quatorzieme": "quatorze", "quinzieme": "quinze",
    "seizieme": "seize", "vingtieme": "vingt", "centieme": "cent", "millieme": "mille",
}  # fmt: skip
_ORDINAL_MARKS = words("e er ere re eme ème nd nde ieme es ers")
_ROMAN = re.compile(r"([IVXLCDM]+)(e|er|ère|ème|es)")
_ROMAN_VALUES = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100, "D": 500, "M": 1000}
_FIRST_WORDS = frozenset({"un", "une", "le", "moitie", "demi"})
_THREE_NOUGHTS = re.compile(r"[1-9]\d{0,2},000")
_GROUPED_BY_DOTS = re.compile(r"[1-9]\d{0,2}(?:\.\d{3})+(?:,\d+)?")
_LONGEST_SPELLED = 14  # words of the longest spelled-out number that is looked for
_MOST_DIGITS = 40  # longer strings of digits are codes, not amounts to multiply


@lru_cache(maxsize=1 << 15)
def begins_number(word: str) -> bool:
    """Whether a spelled-out number, a fraction, an ordinal or a rounded number may begin with a word."""
    folded = fold(word)
    if folded in NUMBER_WORDS or folded in _FIRST_WORDS or folded.removesuffix("s") in _ORDINALS:
        return True
    return _ROMAN.fullmatch(word) is not None


class Reading(NamedTuple):
    """A number that covers ``tokens[first:last]``."""

    value: str
    first: int
    last: int
    kind: Literal["cardinal", "ordinal", "fraction"] = "cardinal"
    rounded: bool = False  # « une vingtaine »
    spelled: bool = False


def canonical(written: str) -> str:
    """Digits as a value: « 1 234,5 », « 1.234,50 » and "1234.5" are all "1234.5".

    A full stop before exactly three digits groups thousands, as in « 2.600 passagers », and so does a comma before
    three noughts, which no decimals are (« 46,000 roupies », from an English source); any other separates
    decimals. What fits neither (an address, a version) stays as written.
    """
    plain = "".join(sign for sign in written if sign not in SPACES)
    if not plain.isascii():
        plain = "".join(str(int(sign)) if sign.isdecimal() else sign for sign in plain)
    if _GROUPED_BY_DOTS.fullmatch(plain):
        plain = plain.replace(".", "")
    if _THREE_NOUGHTS.fullmatch(plain):
        plain = plain.replace(",", "")
    plain = plain.replace(",", ".") if plain.count(",") == 1 and "." not in plain else plain
    if plain.count(",") > 1 and "." not in plain:
        plain = plain.replace(",", "")
    if plain.count(".") > 1 or "," in plain:
        return plain
    whole, _, decimals = plain.partition(".")
    decimals = decimals.rstrip("0")
    whole = whole.lstrip("0") or "0"
    return f"{whole}.{decimals}" if decimals else whole


def shifted(value: str, places: int) -> str:
    """A value times ten to the power of ``places``."""
    if len(value) > _MOST_DIGITS or not value.replace(".", "", 1).isdigit():
        return value
    whole, _, decimals = value.partition(".")
    decimals = decimals.ljust(places, "0")
    return canonical(f"{whole}{decimals[:places]}.{decimals[places:]}".rstrip("."))


def with_half(value: str) -> str:
    """A whole value and a half: « deux heures et demie »."""
    return value if "." in value or "/" in value else f"{value}.5"


def roman(numeral: str) -> int:
    """The value of a Roman numeral."""
    total = 0
    for sign, following in zip(numeral, [*numeral[1:], "I"], strict=True):
        value = _ROMAN_VALUES[sign]
        total += -value if value < _ROMAN_VALUES[following] else value
    return total


@lru_cache(maxsize=4096)
def _spelled_value(words: tuple[str, ...]) -> str | None:
    try:
        return str(text2num(" ".join(words), "fr"))
    except ValueError:
        return None


def read_number(tokens: Sequence[Token], at: int) -> Reading | None:
    """The number that begins at a token, or none. « Un » and « une » alone are articles, not numbers."""
    token = tokens[at]
    if token.is_number:
        return _in_digits(tokens, at)
    if not token.is_word:
        return None
    if token.is_capitalised and (match := _ROMAN.fullmatch(token.text)) and match.group(1) not in "LCDM":
        return Reading(str(roman(match.group(1))), at, at + 1, "ordinal")
    word = fold(token.text)
    return (
        _fraction(tokens, at, word) or _rounded(tokens, at, word) or _spelled(tokens, at, word) or _ordinal(token, at)
    )


def _in_digits(tokens: Sequence[Token], at: int) -> Reading:
    token = tokens[at]
    value, last = canonical(token.text), at + 1
    following = tokens[last] if last < len(tokens) else None
    if following and following.start == token.end and fold(following.text) in _ORDINAL_MARKS and value.isdigit():
        return Reading(value, at, last + 1, "ordinal")
    return _scaled(tokens, Reading(value, at, last))


def _scaled(tokens: Sequence[Token], reading: Reading) -> Reading:
    """Take in « millions », « milliards » and « et demi » after an amount."""
    value, last = reading.value, reading.last
    scaled = False
    while last < len(tokens) and (places := _SCALES.get(fold(tokens[last].text).removesuffix("s"))):
        value, last, scaled = shifted(value, places), last + 1, True
        if value == reading.value:
            break
        half = _half(tokens, last)
        if half:
            value, last = _plus(value, shifted("0.5", places)), half
    return reading._replace(value=value, last=last) if scaled else reading


def _plus(value: str, more: str) -> str:
    return str(int(value) + int(more)) if value.isdigit() and more.isdigit() else value


def _half(tokens: Sequence[Token], at: int) -> int | None:
    """Where « et demi(e) » ends, if it begins here."""
    if at + 1 < len(tokens) and tokens[at].lower == "et" and tokens[at + 1].lower in ("demi", "demie"):
        return at + 2
    return None


def _spelled(tokens: Sequence[Token], at: int, word: str) -> Reading | None:
    if word not in NUMBER_WORDS and not (word in ("un", "une") and _scale_follows(tokens, at)):
        return None
    words, ends = [word], [at + 1]
    position = at + 1
    while position < len(tokens) and len(words) < _LONGEST_SPELLED:
        joined = tokens[position].text == "-"
        position += joined
        linked = position + 1 < len(tokens) and tokens[position].lower == "et"
        if linked:
            position += 1 + (tokens[position + 1].text == "-")
        if position >= len(tokens):
            break
        following = fold(tokens[position].text)
        ordinal = _compound_ordinal(words, following, linked)
        if ordinal is not None:
            return Reading(ordinal, at, position + 1, "ordinal", spelled=True)
        if linked and following not in _UNITS_AFTER_ET:
            break
        if following not in NUMBER_WORDS and not (following in ("un", "une") and (linked or joined)):
            break
        words += ["et", following] if linked else [following]
        ends += [0, position + 1] if linked else [position + 1]
        position += 1
    if word in _BARE_SCALES and len(words) == 1:
        return None  # « des millions », « le million »
    for length in range(len(words), 0, -1):
        value = _spelled_value(tuple(words[:length])) if ends[length - 1] else None
        if value is not None:
            return _with_trailing_half(tokens, Reading(value, at, ends[length - 1], spelled=True), words[length - 1])
    return None


def _compound_ordinal(before: Sequence[str], last: str, linked: bool) -> str | None:
    """The value of « soixante et onzième », of which ``before`` is the cardinal part."""
    cardinal = _LAST_ORDINALS.get(last)
    if cardinal is None or (linked and cardinal not in _UNITS_AFTER_ET):
        return None
    return _spelled_value((*before, "et", cardinal) if linked else (*before, cardinal))


def _scale_follows(tokens: Sequence[Token], at: int) -> bool:
    return at + 1 < len(tokens) and fold(tokens[at + 1].text) in ("million", "milliard", "billion")


def _with_trailing_half(tokens: Sequence[Token], reading: Reading, last_word: str) -> Reading:
    places = _SCALES.get(last_word.removesuffix("s"))
    half = _half(tokens, reading.last) if places else None
    if places and half:
        return reading._replace(value=_plus(reading.value, shifted("0.5", places)), last=half)
    return reading


def _rounded(tokens: Sequence[Token], at: int, word: str) -> Reading | None:
    """« Une vingtaine », « deux centaines », « une dizaine de milliers »; the plain plural counts nothing."""
    before = word if word in ("un", "une", "demi") else ""
    count = "1" if before in ("un", "une") else (_spelled_value((word,)) if word in NUMBER_WORDS else None)
    if count is None or at + 1 >= len(tokens):
        return None
    noun = fold(tokens[at + 1].text)
    singular = noun.removesuffix("s")
    if singular not in _ROUNDED or (count == "1") == (noun in _PLURAL_SCALES):
        return None
    if singular == "quarantaine" and not (at + 2 < len(tokens) and fold(tokens[at + 2].text) in ("de", "d")):
        return None  # the quarantine
    value = str(int(count) * int(_ROUNDED[singular]))
    last = at + 2
    if last + 1 < len(tokens) and fold(tokens[last].text) in ("de", "d"):
        places = _SCALES.get(fold(tokens[last + 1].text).removesuffix("s"))
        if places:
            value, last = shifted(value, places), last + 2
    return Reading(value, at, last, rounded=True, spelled=True)


def _fraction(tokens: Sequence[Token], at: int, word: str) -> Reading | None:
    if word == "moitie":
        return Reading("1/2", at, at + 1, "fraction", spelled=True)
    if at + 1 >= len(tokens):
        return None
    count = {"un": "1", "le": "1", "une": "1"}.get(word) or (
        _spelled_value((word,)) if word in ("deux", "trois", "quatre") else None
    )
    noun = fold(tokens[at + 1].text)
    parts = _PARTS.get(noun)
    if count is None or parts is None or (noun != "tiers" and (count == "1") == noun.endswith("s")):
        return None
    if parts >= 5 and (count == "1" or not noun.endswith("s")):
        return None  # « un cinquième match » is an ordinal
    if (word == "le" and noun == "quart") or parts <= int(count):
        return None
    return Reading(f"{count}/{parts}", at, at + 2, "fraction", spelled=True)


def _ordinal(token: Token, at: int) -> Reading | None:
    word = fold(token.text)
    value = _ORDINALS.get(word) or _ORDINALS.get(word.removesuffix("s"))
    if value is None or (value == 2 and word.startswith("second") and word != token.lower):  # « secondés »
        return None
    return Reading(str(value), at, at + 1, "ordinal", spelled=True)
