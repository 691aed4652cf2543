"""One stretch of a sentence replaced by another, with the words beside it that must agree.

What agrees: the capital of a sentence's beginning, English "a" and "an", the Italian articles that
lose their vowel before "otto" and "undici", and the full stop that an abbreviation shares with its
sentence.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_OPENS = re.compile(r"(?:^|[.!?…]\s+)[\"“„«‘(¿¡\s]*$")
_ELIDED = {"l": "il", "dell": "del", "all": "al", "dall": "dal", "nell": "nel", "sull": "sul"}
_FULL = {full: elided for elided, full in _ELIDED.items()}


@dataclass(frozen=True)
class Edit:
    """``text[start:end]`` becomes another text; an empty one removes it."""

    start: int
    end: int
    text: str


def apply(text: str, edit: Edit, language: str) -> str:
    """The text after an edit; a removed stretch takes one of the spaces around it along."""
    fitted = _with_article(text, _with_capital(text, edit), language)
    before, after = text[: fitted.start], text[fitted.end :]
    written = fitted.text
    if not written:
        return _closed(before, after)
    if written.endswith(".") and after.startswith("."):
        written = written[:-1]
    elif text[edit.start : edit.end].endswith(".") and not after.strip('»”"“’ )') and not written.endswith("."):
        written += "."  # "p.m." took the sentence's own full stop along
    return before + written + after


def _closed(before: str, after: str) -> str:
    if not before.strip():
        after = after.lstrip()
        return before + after[:1].upper() + after[1:]
    if not after or after[0] in " \u00a0,.;:!?…)":
        return before.rstrip() + after
    return before + after


def _with_capital(text: str, edit: Edit) -> Edit:
    if edit.text and text[edit.start].isupper() and edit.text[0].islower() and _OPENS.search(text[: edit.start]):
        return Edit(edit.start, edit.end, edit.text[0].upper() + edit.text[1:])
    return edit


def _with_article(text: str, edit: Edit, language: str) -> Edit:
    if not edit.text:
        return edit
    if language == "en":
        article = re.search(r"(?<!\w)([Aa])n? $", text[: edit.start])
        if article:
            vowel = "n" if opens_with_vowel(edit.text, language) else ""
            return Edit(article.start(), edit.end, f"{article.group(1)}{vowel} {edit.text}")
    if language == "it" and edit.text[0].isdigit():
        vowel_follows = opens_with_vowel(edit.text, language)
        elided = re.search(rf"(?<!\w)({'|'.join(_ELIDED)})['’]$", text[: edit.start], re.I)
        if elided and not vowel_follows:
            return Edit(elided.start(), edit.end, f"{_as_written(_ELIDED, elided.group(1))} {edit.text}")
        full = re.search(rf"(?<!\w)({'|'.join(_FULL)}) $", text[: edit.start], re.I)
        if full and vowel_follows:
            return Edit(full.start(), edit.end, f"{_as_written(_FULL, full.group(1))}’{edit.text}")
    return edit


def _as_written(forms: dict[str, str], article: str) -> str:
    form = forms[article.lower()]
    return form[0].upper() + form[1:] if article[0].isupper() else form


def opens_with_vowel(written: str, language: str) -> bool:
    """Whether the first sound is a vowel: "8", "11" and in English "18" as digits, "eight", "eleven" as words."""
    digits = re.match(r"\d+", written)
    if digits:
        group = digits.group()
        if language == "it" and re.match(r"1(?![\d.º°])", written):
            return True  # "l’1,8 %", but "il 1º maggio" and "il 1.234"
        return group.startswith("8") or group == "11" or (language == "en" and group == "18")
    return re.match(r"(?!one\b|uni|eu)[aeiou]", written, re.I) is not None
