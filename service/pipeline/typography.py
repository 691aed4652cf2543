"""Marks and spaces as a language's readers expect them. Letters, digits and the marks inside numbers never change.

French follows the Imprimerie nationale's "Lexique des règles typographiques": a no-break space inside
« » and before a colon, a narrow one before ; ! ?. All functions are idempotent.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

NO_BREAK = "\u00a0"
NARROW = "\u202f"

_S = "[ \u00a0\u202f]"
_AFTER_SIGN = r"[\s»”’\")\]…,.;:!?-]"
# Addresses keep their colons, question marks and apostrophes.
#: « 21 h 40 », which a model copies as it is.
_FRENCH_HOUR = re.compile(r"(?<![\w.,:])([01]?\d|2[0-4])\s?h\s?([0-5]\d)(?![\w:]|[.,]\d)")
_ADDRESS = re.compile(r"(?:https?://|www\.)\S*[\w/]|[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_APOSTROPHE = re.compile(r"(?<=[^\W\d_])['’ʼ](?=[^\W_]|[«“\"])")


@dataclass(frozen=True)
class _Marks:
    """A language's outer and inner quotation marks, spaces included."""

    outer: tuple[str, str]
    inner: tuple[str, str] | None  # None leaves quotations inside quotations as they are


_MARKS = {
    "fr": _Marks((f"«{NO_BREAK}", f"{NO_BREAK}»"), ("“", "”")),
    "en": _Marks(("“", "”"), ("‘", "’")),
    "de": _Marks(("„", "“"), ("‚", "‘")),
    "es": _Marks(("«", "»"), ("“", "”")),
    "it": _Marks(("«", "»"), ("“", "”")),
    "pt": _Marks(("“", "”"), ("‘", "’")),
}


def french(text: str) -> str:
    """Text in French typography: « », no-break spaces, ’ and …; words stay as they are (Etats-Unis too)."""
    return _outside_addresses(text, lambda part: _french_spaces(_requote(_french_letters(part), _MARKS["fr"])))


def as_article(text: str, article_text: str) -> str:
    """Text with the kind of apostrophe and of quotation marks that the article uses most.

    Where the article has none, the text's own stay.
    """
    apostrophes = Counter(_APOSTROPHE.findall(article_text))
    if apostrophes:
        kind = "'" if apostrophes["'"] >= apostrophes["’"] + apostrophes["ʼ"] else "’"
        text = _outside_addresses(text, lambda part: _APOSTROPHE.sub(kind, part))
    marks = _marks_of(article_text)
    return text if marks is None else _outside_addresses(text, lambda part: _requote(part, marks))


def render(text: str, language: str) -> str:
    """A translation with its language's quotation marks and without French spaces before signs.

    ``language`` is en, de, es, it or pt (fr gives ``french``); ``ValueError`` otherwise. French marks
    become the language's own; straight ones are correct everywhere and stay. Numbers stay too; an hour that
    is still written as in French (« 21 h 40 ») becomes 21:40, but in Portuguese.
    """
    if language == "fr":
        return french(text)
    if language not in _MARKS:
        raise ValueError(f"no typography is known for the language {language!r}")
    return _outside_addresses(text, lambda part: _foreign(part, language))


def _outside_addresses(text: str, change: Callable[[str], str]) -> str:
    """Apply a change to everything but addresses, each of which stands for one letter meanwhile."""
    addresses: list[str] = []

    def keep(match: re.Match[str]) -> str:
        addresses.append(match[0])
        return "\ue000"

    if "\ue000" in text:  # the placeholder itself, a private character: leave such a text alone
        return text
    changed = change(_ADDRESS.sub(keep, text))
    kept = iter(addresses)
    return re.sub("\ue000", lambda _: next(kept), changed)


def _french_letters(text: str) -> str:
    text = _APOSTROPHE.sub("’", text)
    return re.sub(r"(?<!\.)\.\.\.(?!\.)", "…", text)


def _french_spaces(text: str) -> str:
    text = re.sub(rf"(?<!{_S}){_S}*([;!?]+)(?=$|{_AFTER_SIGN})", _before_sign, text)
    text = re.sub(rf"(?<=[^\s:(\[«“]){_S}*:(?=$|[\s«“\"])", f"{NO_BREAK}:", text)
    return re.sub(rf"(?<=\d){_S}(?=[%‰€$£°])", NO_BREAK, text)


def _before_sign(match: re.Match[str]) -> str:
    before = match.string[match.start() - 1] if match.start() else "\n"
    return match[0] if before in "\n([«“" else NARROW + match[1]


def _foreign(text: str, language: str) -> str:
    if language != "pt":  # Portuguese writes 21h40 itself
        text = _FRENCH_HOUR.sub(r"\1:\2", text)
    if "«" in text or "»" in text:
        text = _requote(text, _MARKS[language], straight=False)
    text = re.sub(rf"(?<=\S){_S}+(?=[;!?]+(?:$|{_AFTER_SIGN}))", "", text)
    text = re.sub(rf"(?<=[^\W\d_]){_S}+(?=:(?:$|\s))", "", text)
    if language == "en":
        text = re.sub(rf"(?<=\d){_S}+(?=[%‰](?:$|\W))", "", text)
    return text


def _marks_of(text: str) -> _Marks | None:
    """The outer quotation marks that a text uses most, with the spaces inside them."""
    counts = Counter({'"': text.count('"') // 2, "«": text.count("«"), "“": text.count("“")})
    kind, count = counts.most_common(1)[0]
    if not count:
        return None
    if kind == "«":
        spaces = Counter(re.findall(rf"«({_S}?)", text))
        space = spaces.most_common(1)[0][0]
        return _Marks((f"«{space}", f"{space}»"), None)
    return _Marks(('"', '"') if kind == '"' else ("“", "”"), None)


def _requote(text: str, marks: _Marks, straight: bool = True) -> str:
    """Replace the quotation marks by others; a text whose marks do not pair up keeps its own."""
    pairs = _pairs(text, straight)
    if pairs is None:
        return text
    replacements: list[tuple[int, int, str]] = []
    for opening, closing, depth in pairs:
        wanted = marks.inner if depth else marks.outer
        if wanted is not None:
            start = opening + 1
            while start < closing and text[start] in " \u00a0\u202f":
                start += 1
            end = closing
            while end > start and text[end - 1] in " \u00a0\u202f":
                end -= 1
            replacements += [(opening, start, wanted[0]), (end, closing + 1, wanted[1])]
    parts: list[str] = []
    position = 0
    for start, end, mark in sorted(replacements):
        parts += [text[position:start], mark]
        position = end
    return "".join([*parts, text[position:]])


def _pairs(text: str, straight: bool) -> list[tuple[int, int, int]] | None:
    """Opening and closing position and depth of each quotation; ``None`` if they do not pair up."""
    pairs: list[tuple[int, int, int]] = []
    stack: list[int] = []
    for match in re.finditer('[«»“”„"]' if straight else "[«»“”„]", text):
        position, mark = match.start(), match[0]
        top = text[stack[-1]] if stack else ""
        if mark in "«„" or (mark == "“" and top != "„") or (mark == '"' and not _closes(text, position, top)):
            stack.append(position)
        elif top and mark == {"«": "»", "“": "”", "„": "“", '"': '"'}[top]:
            pairs.append((stack.pop(), position, len(stack)))
        else:
            return None
    return None if stack else pairs


def _closes(text: str, position: int, top: str) -> bool:
    """Whether a straight mark closes a quotation: by the spaces around it, else if one is open."""
    before = text[position - 1] if position else " "
    after = text[position + 1] if position + 1 < len(text) else " "
    space_before, space_after = before.isspace() or before in "(['’", after.isspace() or after in ".,;:!?…)]"
    return top == '"' if space_before == space_after else space_after
