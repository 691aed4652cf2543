"""Dates and hours of a French text, as ISO 8601 writes them (decades as in its part 2)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

from service.pipeline.french_numbers import Reading, read_number
from service.pipeline.french_tokens import Token, fold, words

MONTHS = {
    "janvier": 1, "fevrier": 2, "mars": 3, "avril": 4, "mai": 5, "juin": 6, "juillet": 7, "aout": 8,
    "septembre": 9, "octobre": 10, "novembre": 11, "decembre": 12,
}  # fmt: skip
WEEKDAYS = {"lundi": 1, "mardi": 2, "mercredi": 3, "jeudi": 4, "vendredi": 5, "samedi": 6, "dimanche": 7}
_RELATIVE = {"hier": "P-1D", "demain": "P1D"}
_DECADES = {
    "vingt": "2", "trente": "3", "quarante": "4", "cinquante": "5", "soixante": "6", "soixante dix": "7",
    "quatre vingt": "8", "quatre vingts": "8", "quatre vingt dix": "9",
}  # fmt: skip
_MONTH_CUES = words("en de d mois depuis debut fin mi des courant ce jusqu avant apres du le un et")
_YEAR_CUES = words("en de depuis debut fin mi annee an ete printemps automne hiver avant apres des jusqu")
_CLOCK_CUES = words("a vers des avant apres jusqu entre")
_EVENING = frozenset({"soir", "apres"})


#: The words that a date or an hour may begin with, beside numbers.
DATE_WORDS = frozenset({*MONTHS, *WEEKDAYS, *_RELATIVE, "midi", "minuit", "annees"})


class DateReading(NamedTuple):
    """A date or an hour that covers ``tokens[first:last]``."""

    kind: Literal["date", "time"]
    value: str
    first: int
    last: int
    weekday: str = ""


def _word(tokens: Sequence[Token], at: int) -> str:
    """The folded word at an index, empty outside the list."""
    return fold(tokens[at].text) if 0 <= at < len(tokens) else ""


def read_date(tokens: Sequence[Token], at: int) -> DateReading | None:
    """The date or hour that begins at a token, or none."""
    token = tokens[at]
    if token.is_number:
        return _numeric_date(tokens, at) or _day_first(tokens, at) or _clock(tokens, at) or _year(tokens, at)
    if not token.is_word:
        return None
    word = _word(tokens, at)
    if word in WEEKDAYS:
        return DateReading("date", f"-W-{WEEKDAYS[word]}", at, at + 1)
    if word in MONTHS:
        return _month_first(tokens, at, word)
    if word in _RELATIVE:
        return DateReading("date", _RELATIVE[word], at, at + 1)
    if word in ("midi", "minuit") and token.text.islower():
        return _noon(tokens, at, word)
    if word == "annees":
        return _decade(tokens, at)
    if word == "premier" and _word(tokens, at + 1) in MONTHS:
        return _day_first(tokens, at)
    return _spelled_clock(tokens, at)


def _year_at(tokens: Sequence[Token], at: int) -> str:
    """A year of four digits right after a month, or nothing."""
    if at < len(tokens):
        text = tokens[at].text
        if len(text) == 4 and text.isdecimal() and text.isascii() and text[0] in "12":
            return text
    return ""


def _weekday_before(tokens: Sequence[Token], at: int) -> str:
    before = at - 1
    while before >= 0 and at - before <= 3 and (tokens[before].text == "," or _word(tokens, before) in ("le", "au")):
        before -= 1
    number = WEEKDAYS.get(_word(tokens, before))
    return f"-W-{number}" if number else ""


def _day(tokens: Sequence[Token], at: int) -> tuple[int, int] | None:
    """A day of the month that begins here, and where it ends."""
    token = tokens[at]
    if _word(tokens, at) == "premier":
        return 1, at + 1
    if not token.text.isdecimal() or len(token.text) > 2 or not 1 <= int(token.text) <= 31:
        return None
    is_first = int(token.text) == 1 and _word(tokens, at + 1) == "er"
    return int(token.text), at + 1 + is_first


def _day_first(tokens: Sequence[Token], at: int) -> DateReading | None:
    found = _day(tokens, at)
    if found is None:
        return None
    day, last = found
    weekday = _weekday_before(tokens, at)
    month = MONTHS.get(_word(tokens, last))
    if month:
        year = _year_at(tokens, last + 1)
        return DateReading("date", f"{year or '-'}-{month:02d}-{day:02d}", at, last + (2 if year else 1), weekday)
    if shared := _month_of_range(tokens, last):
        return DateReading("date", f"--{shared:02d}-{day:02d}", at, last, weekday)
    if weekday and not _counts_something(tokens, last):
        return DateReading("date", f"---{day:02d}", at, last, weekday)
    return None


def _month_of_range(tokens: Sequence[Token], at: int) -> int | None:
    """The month that « du 3 au 5 août » or « les 3 et 4 août » gives its first day."""
    position = at
    for _ in range(4):  # « les 3, 4, 5 et 6 août »
        joined = position
        while joined < len(tokens) and joined - position < 3 and _word(tokens, joined) in _RANGE_LINKS:
            joined += 1
        if joined == position or joined >= len(tokens):
            return None
        found = _day(tokens, joined)
        if found is None:
            return None
        position = found[1]
        if month := MONTHS.get(_word(tokens, position)):
            return month
    return None


_RANGE_LINKS = words("au a et ou - – , le du dimanche lundi mardi mercredi jeudi vendredi samedi")


def _counts_something(tokens: Sequence[Token], at: int) -> bool:
    """Whether a lower-case content word follows: « samedi 12 personnes »."""
    if at >= len(tokens) or not tokens[at].is_word:
        return tokens[at].text in ("%", "€", "$", "-") if at < len(tokens) else False
    return (
        len(tokens[at].text) > 3 and tokens[at].text[0].islower() and _word(tokens, at) not in ("dans", "pour", "avec")
    )


def _month_first(tokens: Sequence[Token], at: int, word: str) -> DateReading | None:
    year = _year_at(tokens, at + 1)
    if not year and word in ("mars", "mai") and _word(tokens, at - 1) not in _MONTH_CUES and tokens[at - 1].text != "-":
        return None
    if not year and tokens[at].is_capitalised and word in ("mars", "mai", "avril", "juin"):
        return None  # a planet, names
    month = MONTHS[word]
    return DateReading("date", f"{year or '-'}-{month:02d}", at, at + (2 if year else 1))


def _numeric_date(tokens: Sequence[Token], at: int) -> DateReading | None:
    """03/08/2020, 03.08.2020 and 2020-08-03."""
    text = tokens[at].text
    if text.count(".") == 2:
        parts, last = text.split("."), at + 1
    elif at + 4 < len(tokens) and tokens[at + 1].text == tokens[at + 3].text and tokens[at + 1].text in "/-":
        if tokens[at + 4].end - tokens[at].start != sum(len(tokens[at + k].text) for k in range(5)):
            return None
        parts, last = [tokens[at + k].text for k in (0, 2, 4)], at + 5
    else:
        return None
    if not all(part.isdecimal() and part.isascii() for part in parts):
        return None
    if len(parts[0]) == 4:
        parts.reverse()
    day, month, year = parts
    if len(year) != 4 or len(day) > 2 or len(month) > 2 or not 1 <= int(day) <= 31 or not 1 <= int(month) <= 12:
        return None
    return DateReading("date", f"{year}-{int(month):02d}-{int(day):02d}", at, last)


def _year(tokens: Sequence[Token], at: int) -> DateReading | None:
    """A bare year: four digits from 1000 to 2199 after a cue, or that count nothing."""
    year = _year_at(tokens, at)
    if not year or not 1000 <= int(year) <= 2199:
        return None
    following = tokens[at + 1] if at + 1 < len(tokens) else None
    cued = _word(tokens, at - 1) in _YEAR_CUES or (at > 0 and tokens[at - 1].text == "(")
    if following is not None and following.start == tokens[at].end and following.is_word:
        return None  # 1000m
    if following is not None and (following.text in ("%", "€", "$", "°", "/") or fold(following.text) in _NO_YEAR):
        return None
    if cued or following is None or not following.is_word or following.is_capitalised or len(following.text) < 4:
        return DateReading("date", year, at, at + 1)
    return None


_NO_YEAR = words("euros euro dollars dollar m km kg metres personnes habitants ans tonnes de h million")


def _decade(tokens: Sequence[Token], at: int) -> DateReading | None:
    """« Les années 1990 », « les années 90 », « les années quatre-vingt-dix »."""
    if at + 1 >= len(tokens):
        return None
    text = tokens[at + 1].text
    if text.isdecimal() and text.isascii() and len(text) in (2, 4) and text.endswith("0"):
        full = text if len(text) == 4 else f"19{text}" if text >= "30" else f"20{text}"
        return DateReading("date", f"{full[:3]}X", at, at + 2)
    reading = read_number(tokens, at + 1)
    if reading is None or not reading.spelled:
        return None
    words = " ".join(fold(t.text) for t in tokens[at + 1 : reading.last] if t.is_word)
    digit = _DECADES.get(words)
    return DateReading("date", f"19{digit}X", at, reading.last) if digit else None


def _noon(tokens: Sequence[Token], at: int, word: str) -> DateReading | None:
    if at > 0 and (tokens[at - 1].text == "-" or (_word(tokens, at - 1) == "apres" and _word(tokens, at - 2) == "l")):
        return None
    hour, minutes, last = (12 if word == "midi" else 0), 0, at + 1
    if _word(tokens, last) == "et" and _word(tokens, last + 1) in ("demi", "demie"):
        minutes, last = 30, last + 2
    return DateReading("time", f"{hour:02d}:{minutes:02d}", at, last)


def _clock(tokens: Sequence[Token], at: int) -> DateReading | None:
    """20 h 30, 20h30, 20:30, « à 20 heures »."""
    text = tokens[at].text
    if len(text) > 2 or not text.isdecimal() or int(text) > 24 or at + 1 >= len(tokens):
        return None
    sign = tokens[at + 1]
    if sign.text == ":" and sign.start == tokens[at].end and at + 2 < len(tokens):
        minutes = tokens[at + 2]
        if minutes.start == sign.end and len(minutes.text) == 2 and minutes.text.isdecimal() and int(minutes.text) < 60:
            return DateReading("time", f"{int(text):02d}:{int(minutes.text):02d}", at, at + 3)
        return None
    return _hour_word(tokens, Reading(str(int(text)), at, at + 1))


def _spelled_clock(tokens: Sequence[Token], at: int) -> DateReading | None:
    """« À huit heures et demie » (a spelled hour needs its cue or its minutes)."""
    if _word(tokens, at + 1) not in ("heures", "heure") and _word(tokens, at + 3) not in ("heures", "heure"):
        return None
    reading = read_number(tokens, at)
    if reading is None or reading.kind != "cardinal" or len(reading.value) > 2 or "." in reading.value:
        return None
    return _hour_word(tokens, reading)


def _hour_word(tokens: Sequence[Token], hour: Reading) -> DateReading | None:
    unit = _word(tokens, hour.last)
    if unit not in ("h", "heures", "heure") or not hour.value.isdigit() or int(hour.value) > 24:
        return None
    value, last = int(hour.value), hour.last + 1
    minutes, after = _minutes(tokens, last)
    afternoon = _word(tokens, after) in ("du", "de") and bool(
        _EVENING & {_word(tokens, after + 1), _word(tokens, after + 3)}
    )
    morning = _word(tokens, after) == "du" and _word(tokens, after + 1) == "matin"
    cued = _word(tokens, hour.first - 1) in _CLOCK_CUES
    lasting = _word(tokens, after) in ("de", "d", "plus", "apres", "avant") and not afternoon
    if minutes is None and not afternoon and not morning and (not cued or lasting):
        return None
    if afternoon and value < 12:
        value += 12
    return DateReading("time", f"{value % 24:02d}:{minutes or 0:02d}", hour.first, after)


def _minutes(tokens: Sequence[Token], at: int) -> tuple[int | None, int]:
    if at < len(tokens) and len(tokens[at].text) == 2 and tokens[at].text.isdecimal() and int(tokens[at].text) < 60:
        following = _word(tokens, at + 1)
        if following not in ("%", "euros", "personnes"):
            return int(tokens[at].text), at + 1 + (following in ("min", "minutes"))
    # « deux heures et demie » is as often a duration: an hour only where a cue says so
    parts = {"demie": 30, "quart": 15}.get(_word(tokens, at + 1))
    if parts and _word(tokens, at) == "et" and _word(tokens, at - 3) in _CLOCK_CUES:
        return parts, at + 2
    return None, at
