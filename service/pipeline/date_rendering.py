"""A French date or hour put in the place of the one that a translation got wrong.

Only the part that differs is replaced where both dates have the same parts ("10 March 2024" becomes
"10 May 2024"), so that articles and prepositions stay right; else the date is written anew in the
language's usual order. Month and weekday names are CLDR's, through babel.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from babel import Locale

from service.pipeline.edits import Edit
from service.pipeline.facts import Fact
from service.pipeline.foreign_words import lexicon, months, weekdays
from service.pipeline.value_rendering import ordinal_ending

_RELATIVE = {
    "en": ("yesterday", "tomorrow"),
    "de": ("gestern", "morgen"),
    "es": ("ayer", "mañana"),
    "it": ("ieri", "domani"),
    "pt": ("ontem", "amanhã"),
}
_PLAIN = re.compile(r"(\d{4}|-)(?:-(\d\d))?(?:-(\d\d))?")
_FORMS = {
    "en": "{day} {month} {year}",
    "de": "{day}. {month} {year}",
    "es": "{day} de {month} de {year}",
    "it": "{day} {month} {year}",
    "pt": "{day} de {month} de {year}",
}
#: Words that take a weekday's gender, before or after it.
_GENDERED_BEFORE = re.compile(
    r"(?<!\w)(?:il|la|lo|[dn]el(?:la)?|all?a?|dall?a?|sul(?:la)?|quest[oa]|quel(?:la)?|scors[oa]|prossim[oa]|[oa]|ao|à"
    r"|[nd][oa]|pel[oa]|n?est[ea]|n?ess[ea]|[úu]ltim[oa]|próxim[oa])\s$",
    re.I,
)
_GENDERED_AFTER = re.compile(r"\s(?:scors[oa]|prossim[oa]|passad[oa]|seguinte|successiv[oa])(?!\w)", re.I)


class _Parts(NamedTuple):
    """Year, month and day of a date, None where it does not say."""

    year: str | None
    month: int | None
    day: int | None

    @property
    def named(self) -> tuple[bool, bool, bool]:
        return self.year is not None, self.month is not None, self.day is not None


def restate_date(french: Fact, altered: Fact, text: str, language: str) -> Edit | None:
    """The edit that makes a translation say the French date; None where no wording is sure to fit."""
    new, old = french.value, altered.value
    if new.startswith("-W-") and old.startswith("-W-"):
        return _weekday(int(new[3:]), altered, text, language)
    if new.startswith("P") and old.startswith("P"):
        return Edit(altered.start, altered.end, _RELATIVE[language][new == "P1D"])
    if new.endswith("X") and old.endswith("X"):
        return _decade(new, altered, language)
    one, other = _parts(new), _parts(old)
    if one is None or other is None:
        return None
    if one.named == other.named:
        return _part_by_part(one, other, altered, language)
    if one.month and other.month and bool(one.day) == bool(other.day):
        return Edit(altered.start, altered.end, _written(one, altered.text, language))
    return None


def _parts(value: str) -> _Parts | None:
    match = _PLAIN.fullmatch(value)
    if match is None or value == "-":
        return None
    year, month, day = match.groups()
    return _Parts(None if year == "-" else year, int(month) if month else None, int(day) if day else None)


def _month_name(month: int, language: str) -> str:
    return str(Locale.parse(language).months["format"]["wide"][month])


def _written(date: _Parts, model: str, language: str) -> str:
    """A date in the language's order; English follows the order of the one that it replaces."""
    month = _month_name(date.month or 1, language)
    if language == "en" and date.day and model[0].isalpha():
        return f"{month} {date.day}" + (f", {date.year}" if date.year else "")
    form = _FORMS[language]
    if not date.day:
        form = form[form.index("{month}") :]
    if not date.year:
        form = form[: form.index("{month}") + len("{month}")]
    return form.format(day=date.day, month=month, year=date.year)


def _part_by_part(new: _Parts, old: _Parts, altered: Fact, language: str) -> Edit | None:
    text = altered.text
    if text[0].isdigit() and re.fullmatch(r"[\d/.\-]+", text) and new.month:
        return Edit(altered.start, altered.end, _written(new, text, language))
    if new.year != old.year:
        text = re.sub(rf"(?<!\d){old.year}(?!\d)", str(new.year), text, count=1)
    if new.month != old.month:
        names = "|".join(re.escape(name) for name in sorted(months(language), key=len, reverse=True))
        name = _month_name(new.month or 1, language)
        text = re.sub(rf"(?<!\w)(?:{names})\.?(?!\w)", name, text, count=1, flags=re.I)
    if new.day != old.day and new.day:
        text = _with_day(new.day, text, language)
    return Edit(altered.start, altered.end, text)


def _with_day(day: int, text: str, language: str) -> str:
    match = re.search(
        rf"(?<!\w)(?:\d{{1,2}}(?P<mark>st|nd|rd|th|er|[ºª°])?|{lexicon(language).first_day})(?!\w)", text, re.I
    )
    if match is None:
        return text
    mark = ordinal_ending(day) if language == "en" and match["mark"] else ""
    mark = "." if language == "de" and not match.group()[0].isdigit() else mark
    return f"{text[: match.start()]}{day}{mark}{text[match.end() :]}"


def _decade(new: str, altered: Fact, language: str) -> Edit | None:
    digits = re.search(r"\d{2,4}", altered.text)
    if digits:
        written = f"{new[:3]}0" if len(digits.group()) == 4 else f"{new[2]}0"
        return Edit(altered.start + digits.start(), altered.start + digits.end(), written)
    spelled = {value: words for words, value in lexicon(language).spelled_decades.items()}
    words = spelled.get(f"{new[2]}0")
    return Edit(altered.start, altered.end, words) if words and new.startswith("19") else None


def _weekday(day: int, altered: Fact, text: str, language: str) -> Edit | None:
    days = Locale.parse(language).days["format"]["wide"]
    name = str(days[day - 1])
    names = "|".join(re.escape(known) for known in sorted(weekdays(language), key=len, reverse=True))
    old = re.match(rf"(?:{names})", altered.text, re.I)
    if old is None:
        return None
    other_gender = language in ("it", "pt") and _is_feminine(name) != _is_feminine(old.group())
    if other_gender and (_GENDERED_BEFORE.search(text[: altered.start]) or _GENDERED_AFTER.match(text, altered.end)):
        return None
    return Edit(altered.start, altered.start + old.end(), name)


def _is_feminine(weekday: str) -> bool:
    """Italian "domenica", and the Portuguese weekdays that are numbered."""
    return weekday.lower().endswith(("ca", "feira", "da", "ça", "ta"))


def restate_time(french: Fact, altered: Fact, text: str, language: str) -> Edit | None:
    """The edit that makes a translation say the French hour, on the clock that the translation uses."""
    if not re.search(r"\d", altered.text) and language != "en":
        return None  # "al mediodía" has an article that an hour in digits does not take
    hour, minute = int(french.value[:2]), french.value[3:]
    if language == "en":
        written = _english_hour(hour, minute, altered.text)
    elif language == "de":
        uhr = " Uhr" if "uhr" in altered.text.lower() else ""
        mark = "." if re.match(r"\d+\.\d", altered.text) else ":"
        written = f"{hour}{uhr}" if uhr and minute == "00" else f"{hour}{mark}{minute}{uhr}"
    elif language == "pt" and ":" not in altered.text:
        written = f"{hour}h{minute}"
    else:
        hours = re.search(r"\s(?:horas|h)$", altered.text)
        written = f"{hour}:{minute}{hours.group() if hours else ''}"
    return Edit(altered.start, altered.end, written)


def _english_hour(hour: int, minute: str, model: str) -> str:
    if re.fullmatch(r"\d{1,2}[:.]\d\d(?: hours)?", model):
        return f"{hour:02d}:{minute}"
    if minute == "00" and hour in (0, 12):
        return "noon" if hour else "midnight"
    minutes = "" if minute == "00" else f":{minute}"
    return f"{(hour - 1) % 12 + 1}{minutes} {'p' if hour >= 12 else 'a'}.m."
