"""Whether a text mentions a term: words whatever their case and accents, numbers whatever their writing."""

from __future__ import annotations

import re
from itertools import pairwise

from service.pipeline.facts import Fact
from service.pipeline.foreign_facts import extract_foreign_facts
from service.pipeline.french_facts import extract_facts
from service.pipeline.french_tokens import fold
from service.testing.messages import Span

_WORD = re.compile(r"[^\W_]+")
_VALUES = frozenset({"number", "ordinal", "percent", "money", "quantity", "date", "time"})


def words_of(text: str) -> list[str]:
    """The words and numbers of a text."""
    return _WORD.findall(text)


def occurrences(term: str, text: str, language: str) -> list[Span]:
    """Where a text has a term: its words one after the other, or a fact of the same value.

    « 9 800 foyers » is found in "9,800 homes" by its number alone only when the term is a number.
    Raises ``ValueError`` for a term without a word.
    """
    wanted = [fold(word) for word in words_of(term)]
    if not wanted:
        raise ValueError(f"a term needs a word or a number, which {term!r} lacks")
    found = [(match.start(), match.end()) for match in _WORD.finditer(text)]
    folded = [fold(text[start:end]) for start, end in found]
    size = len(wanted)
    spans = [
        (found[at][0], found[at + size - 1][1])
        for at in range(len(found) - size + 1)
        if folded[at : at + size] == wanted and _adjacent(text, found[at : at + size])
    ]
    return spans or _same_value(term, text, language)


def _adjacent(text: str, spans: list[Span]) -> bool:
    """Whether only spaces and signs that join words stand between the words, never the end of a sentence."""
    return all(not re.search(r"[.!?;:]\s", text[end:start]) for (_, end), (start, _) in pairwise(spans))


def _same_value(term: str, text: str, language: str) -> list[Span]:
    """Facts of the text that say the value which is the whole of the term."""
    asked = [fact for fact in _facts(term, "fr") if fact.kind in _VALUES and fact.text == term.strip()]
    asked += [fact for fact in _facts(term, language) if fact.kind in _VALUES and fact.text == term.strip()]
    wanted = {(fact.kind, fact.value) for fact in asked}
    return [(fact.start, fact.end) for fact in _facts(text, language) if (fact.kind, fact.value) in wanted]


def _facts(text: str, language: str) -> tuple[Fact, ...]:
    if language == "fr":
        return extract_facts(text)
    try:
        return extract_foreign_facts(text, language)
    except ValueError:  # a language whose facts are not read: words alone count
        return ()
