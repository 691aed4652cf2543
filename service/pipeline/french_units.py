"""What a French number is of: a percentage, a currency, a unit of measure, or the noun that it counts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from service.pipeline.facts import Bound, FactKind
from service.pipeline.french_numbers import Reading, shifted
from service.pipeline.french_tokens import FUNCTION_WORDS, Token, fold, stem, words

_SIGNS = {"€": "EUR", "$": "USD", "£": "GBP", "¥": "JPY"}
_CURRENCIES = {
    "euro": "EUR", "euros": "EUR", "eur": "EUR", "dollar": "USD", "dollars": "USD", "usd": "USD", "livres": "GBP",
    "livre": "GBP", "gbp": "GBP", "yen": "JPY", "yens": "JPY", "yuan": "CNY", "yuans": "CNY", "chf": "CHF",
    "rouble": "RUB", "roubles": "RUB", "roupies": "INR", "francs": "FRF", "franc": "FRF", "centimes": "cents",
    "centime": "cents", "cents": "cents", "couronnes": "SEK", "reais": "BRL", "bitcoins": "BTC", "pesos": "MXN",
    "dinars": "DZD", "dirhams": "MAD", "shekels": "ILS",
}  # fmt: skip
_OF_COUNTRY = {
    ("USD", "canadiens"): "CAD", ("USD", "australiens"): "AUD", ("FRF", "suisses"): "CHF", ("FRF", "cfa"): "XOF",
    ("SEK", "norvegiennes"): "NOK", ("SEK", "danoises"): "DKK",
}  # fmt: skip
_SCALED_SIGNS = {"m": 6, "k": 3, "md": 9, "mds": 9, "mrd": 9, "mrds": 9, "mns": 6, "mn": 6}
_UNITS = {
    "metre": "m", "metres": "m", "m": "m", "kilometre": "km", "kilometres": "km", "km": "km", "kms": "km",
    "centimetre": "cm", "centimetres": "cm", "cm": "cm", "millimetre": "mm", "millimetres": "mm", "mm": "mm",
    "kilo": "kg", "kilos": "kg", "kilogramme": "kg", "kilogrammes": "kg", "kg": "kg", "gramme": "g", "grammes": "g",
    "g": "g", "mg": "mg", "milligrammes": "mg", "tonne": "t", "tonnes": "t", "litre": "l", "litres": "l", "l": "l",
    "hectare": "ha", "hectares": "ha", "ha": "ha", "degre": "°C", "degres": "°C", "°": "°C", "m²": "m2", "km²": "km2",
    "m³": "m3", "mile": "mi", "miles": "mi", "pieds": "ft", "nœuds": "kn", "noeuds": "kn", "kwh": "kWh", "mwh": "MWh",
    "gwh": "GWh", "twh": "TWh", "kw": "kW", "mw": "MW", "gw": "GW", "megawatts": "MW", "gigawatts": "GW",
    "kilowatts": "kW", "heure": "h", "heures": "h", "h": "h", "minute": "min", "minutes": "min", "min": "min",
    "seconde": "s", "secondes": "s", "s": "s", "jour": "day", "jours": "day", "journees": "day", "semaine": "week",
    "semaines": "week", "mois": "month", "an": "year", "ans": "year", "annee": "year", "annees": "year",
    "decennie": "decade", "decennies": "decade", "siecles": "century", "octets": "B", "go": "GB", "mo": "MB",
}  # fmt: skip
_SYMBOLS_ATTACHED_OR_SPACED = frozenset({"m", "g", "l", "s", "h"})  # single letters count only in lower case
_SKIPPED = words(
    """autres autre premiers premieres derniers dernieres nouveaux nouvelles nouvelle nouveau petits petites grands
    grandes grosses jeunes"""
)


def unit_stems(unit: str) -> frozenset[str]:
    """The stems of the French words for a unit of measure: "h" is « heure »; none for an unknown unit."""
    return frozenset(stem(word) for word, name in _UNITS.items() if name == unit)


class Quantified(NamedTuple):
    """A number with what follows it, up to ``tokens[last]`` (exclusive)."""

    kind: FactKind
    value: str
    last: int
    unit: str = ""  # what ``value`` carries beside the number
    scale: int = 0  # the power of ten of « M€ »
    noun: str = ""


def _at(tokens: Sequence[Token], index: int) -> str:
    return fold(tokens[index].text) if 0 <= index < len(tokens) else ""


def quantify(tokens: Sequence[Token], reading: Reading) -> Quantified:
    """Read what a cardinal or a fraction is of."""
    at, value = reading.last, reading.value
    word = _at(tokens, at)
    if word == "%" or word == "pourcent" or (word == "pour" and _at(tokens, at + 1) == "cent"):
        return Quantified("percent", value, at + 1 + (word == "pour"), "%")
    if word in ("point", "points") and _at(tokens, at + 1) == "de" and _at(tokens, at + 2) == "pourcentage":
        return Quantified("percent", value, at + 3, "%")
    if reading.kind == "fraction" and word in ("d", "de") and _at(tokens, at + 2) == "heure":
        minutes = {"1/4": "15", "3/4": "45"}.get(value)
        if minutes:
            return Quantified("quantity", f"{minutes} min", at + 3, "min")
    return _money(tokens, reading) or _measure(tokens, reading) or _counted(tokens, reading)


def _money(tokens: Sequence[Token], reading: Reading) -> Quantified | None:
    before = tokens[reading.first - 1] if reading.first else None
    if before is not None and before.text in _SIGNS and before.end + 1 >= tokens[reading.first].start:
        return _sum(reading.value, _SIGNS[before.text], reading.last)
    at = _after_preposition(tokens, reading.last)
    word = _at(tokens, at)
    if word in _SCALED_SIGNS and at + 1 < len(tokens):
        currency_at = _after_preposition(tokens, at + 1)
        sign = _SIGNS.get(tokens[currency_at].text) if currency_at < len(tokens) else None
        sign = sign or (_CURRENCIES.get(_at(tokens, currency_at)) if word != "m" or currency_at > at + 1 else None)
        if sign:
            places = _SCALED_SIGNS[word]
            return _sum(shifted(reading.value, places), sign, currency_at + 1, places)
    if at < len(tokens) and tokens[at].text in _SIGNS:
        return _sum(reading.value, _SIGNS[tokens[at].text], at + 1)
    currency = _CURRENCIES.get(word)
    if currency is None or (word == "cents" and reading.spelled):
        return None
    last = at + 1
    special = _OF_COUNTRY.get((currency, _at(tokens, last)))
    if special:
        return _sum(reading.value, special, last + 1)
    return _sum(reading.value, currency, last + (_at(tokens, last) in ("sterling", "americains")))


def _sum(value: str, currency: str, last: int, scale: int = 0) -> Quantified:
    return Quantified("money", f"{value} {currency}", last, currency, scale)


def _after_preposition(tokens: Sequence[Token], at: int) -> int:
    """Past the « de » or « d' » that a scale word or a rounded number asks for."""
    if _at(tokens, at) == "de":
        return at + 1
    if _at(tokens, at) == "d" and at + 1 < len(tokens) and tokens[at + 1].text in "'’":
        return at + 2
    return at


def _measure(tokens: Sequence[Token], reading: Reading) -> Quantified | None:
    at = _after_preposition(tokens, reading.last)
    if at < len(tokens) and tokens[at].text == "-":
        at += 1  # « demi-heure » and « 10-minutes »
    word = _at(tokens, at)
    unit = _UNITS.get(tokens[at].text.lower() if at < len(tokens) else "") or _UNITS.get(word)
    if unit is None or (word in _SYMBOLS_ATTACHED_OR_SPACED and not tokens[at].text.islower()):
        return None
    if len(word) == 1 and at + 1 < len(tokens) and tokens[at + 1].text in "'’":
        return None  # « 3 l'ont vu »
    last = at + 1
    following = _at(tokens, last)
    value = reading.value
    if unit in ("m", "km", "cm") and following in ("carres", "carre", "cubes", "cube"):
        unit, last = f"{unit}{3 if following.startswith('cub') else 2}", last + 1
    elif unit in ("m", "km") and following == "/" and _at(tokens, last + 1) in ("h", "s"):
        unit, last = f"{unit}/{_at(tokens, last + 1)}", last + 2
    elif unit == "km" and following in ("par", "-") and _at(tokens, last + 1) in ("heure", "heures"):
        unit, last = "km/h", last + 2
    elif unit == "°C" and following == "c":
        last += 1
    elif following == "et" and _at(tokens, last + 1) in ("demi", "demie") and "." not in value and "/" not in value:
        value, last = f"{value}.5", last + 2
    return Quantified("quantity", f"{value} {unit}", last, unit)


def counted_noun(tokens: Sequence[Token], at: int) -> str:
    """The stems of the one or two lower-case content words that follow at once (a capitalised one counts too)."""
    at = _after_preposition(tokens, at)
    stems: list[str] = []
    sentence = tokens[at].sentence if at < len(tokens) else -1
    while at < len(tokens) and len(stems) < 2 and tokens[at].sentence == sentence and tokens[at].is_word:
        word = _at(tokens, at)
        elided = at + 1 < len(tokens) and tokens[at + 1].text in "'’"
        if tokens[at].lower in FUNCTION_WORDS or elided or (len(word) < 3 and word not in ("an", "but")):
            break
        if word not in _SKIPPED:
            stems.append(stem(tokens[at].text))
        at += 1
    return " ".join(stems)


def _counted(tokens: Sequence[Token], reading: Reading) -> Quantified:
    kind: FactKind = "number"
    return Quantified(kind, reading.value, reading.last, noun=counted_noun(tokens, reading.last))


_ABOVE = words("plus superieur superieure superieurs")
_BELOW = words("moins inferieur inferieure inferieurs")
_ABOUT = words("environ quelque presque quasiment autour")


def read_bound(tokens: Sequence[Token], first: int, rounded: bool) -> Bound:
    """Whether the words before a number make it a floor, a ceiling or an estimate."""
    at = first - 1
    if at >= 0 and tokens[at].text in ("$", "€", "£"):
        at -= 1
    if _at(tokens, at) in ("la", "le", "l", "les", "un", "une") and at > 0:
        at -= 1
    if at >= 0 and tokens[at].text in "'’":
        at -= 1
    word, before = _at(tokens, at), _at(tokens, at - 1)
    if word in ("de", "d", "a", "du") and before in _ABOVE and _at(tokens, at - 2) != "non":
        return "above"
    if word in ("de", "d", "a", "du") and before in _BELOW:
        return "about" if _at(tokens, at - 2) == "pas" else "below"
    if word in ("moins", "minimum") and before in ("au", "du"):
        return "above"
    if (word in ("plus", "maximum") and before in ("au", "tout")) or (word == "a" and before in ("'", "’", "jusqu")):
        return "below"
    if word in _ABOUT or (word in ("de", "d") and before in ("pres", "autour")) or (word == "pres" and before == "peu"):
        return "about"
    return "about" if rounded else ""
