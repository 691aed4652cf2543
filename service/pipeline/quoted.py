"""Sentences that stand inside a quotation of several sentences: somebody says them, and no mark of their own shows it.

Told alone, such a sentence becomes a statement of the article's, which only reports that it was said.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_MARK = re.compile(r"[«»“”\"]")
_OPENS, _CLOSES = frozenset("«“"), frozenset("»”")


def inside_quotations(sentences: Sequence[str]) -> list[bool]:
    """For each sentence of an article, in order, whether it lies within a quotation and has no mark itself."""
    found, is_open = [], False
    for sentence in sentences:
        marks = list(_MARK.finditer(sentence))
        found.append(is_open and not marks)
        for mark in marks:
            is_open = _opens(sentence, mark.start())
    return found


def _opens(sentence: str, at: int) -> bool:
    """Whether the mark at a place opens a quotation; a straight one by the letters and spaces beside it."""
    sign = sentence[at]
    if sign in _OPENS or sign in _CLOSES:
        return sign in _OPENS
    before, after = sentence[at - 1 : at], sentence[at + 1 : at + 2]
    return (not before or before in " \u00a0\u202f('’(-—–") and bool(after) and not after.isspace()
