"""What a brief must be whatever it says: whole French sentences that stand by themselves."""

from __future__ import annotations

import re
from typing import Literal

from service.pipeline.sentences import split_sentences

Fault = Literal["unfinished", "refers_back", "unbalanced", "repeats", "too_short", "too_long", "personal"]

_END = re.compile(r"[.!?…][\s»”\"’)\]]*$")
_REFERS = re.compile(
    r"^\W*(?:ils?|elles?|celui(?:-ci|-là)?|celles?(?:-ci|-là)?|ceux(?:-ci|-là)?|ces derni(?:er|ère)s|cette dernière|"
    r"ce dernier|eux|lui|leurs?|cela|ça|ceci|y|en effet|par ailleurs|mais|et|or|car|donc|ainsi|aussi|pourtant|"
    r"cependant|toutefois|également|en revanche|de son côté|de plus|enfin|puis|ensuite|c['’]est pourquoi|"
    r"c['’]est ainsi|sauf qu['’e]|résultat|dans ce contexte|à l['’]inverse|autrement dit|d['’]où|quant à)\b",
    re.IGNORECASE,
)
_PAIRS = (("«", "»"), ("(", ")"), ("“", "”"), ("[", "]"))
_PERSONAL = re.compile(r"\b(?:je|j['’]|nous|tu|vous|mon|ma|notre|nos|votre|vos)\b", re.IGNORECASE)
_QUOTED = re.compile(r"«[^»]*»|“[^”]*”|\"[^\"]*\"")
_REPEAT = 5  # words


def faults(text: str, least: int, most: int) -> tuple[Fault, ...]:
    """What is wrong with a text as a brief of ``least`` to ``most`` words; empty when it will do."""
    found: list[Fault] = []
    words = text.split()
    if len(words) < least:
        found.append("too_short")
    if len(words) > most:
        found.append("too_long")
    sentences = split_sentences(text)
    if not sentences or not all(_END.search(sentence.text) for sentence in sentences):
        found.append("unfinished")
    if _REFERS.match(text):
        found.append("refers_back")
    if text.count('"') % 2 or any(text.count(opening) != text.count(closing) for opening, closing in _PAIRS):
        found.append("unbalanced")
    if _repeats(text):
        found.append("repeats")
    if _PERSONAL.search(_QUOTED.sub("", text)):
        found.append("personal")
    return tuple(found)


def _repeats(text: str) -> bool:
    words = re.findall(r"\w+", text.lower())
    runs = [tuple(words[at : at + _REPEAT]) for at in range(len(words) - _REPEAT + 1)]
    return len(set(runs)) < len(runs)
