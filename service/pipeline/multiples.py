"""Multiples and directions that English must say too: « le quadruple », « dans le sud-est ».

Neither is a number or a name to the other comparisons, and both were seen to turn: « le quadruple » as
"twice", « sud-est » as "southwest". Only English is looked at; capitalised directions are names (a newspaper).
"""

from __future__ import annotations

import re

from service.pipeline.facts import Check, Fact, FactKind

#: Words of the French, what kind of fact they are, its value, and how English says it, generously.
_WORDS: tuple[tuple[str, FactKind, str, str], ...] = (
    (r"(?:le|du|au) double", "number", "2", r"doubl|two|twice|dual|both|2|half|halv"),
    (r"triples?", "number", "3", r"tripl|three|thrice|trebl|trio|3"),
    (r"quadruples?", "number", "4", r"quadrupl|four|4"),
    (r"quintuples?", "number", "5", r"quintupl|five|5"),
    (r"décuples?", "number", "10", r"ten|10"),
    (r"nord-est", "name", "north-east", r"north-? ?east"),
    (r"nord-ouest", "name", "north-west", r"north-? ?west"),
    (r"sud-est", "name", "south-east", r"south-? ?east"),
    (r"sud-ouest", "name", "south-west", r"south-? ?west"),
)


def compare_multiples(french: str, translation: str, language: str) -> list[Check]:
    """The multiples and directions of the French that an English translation lacks."""
    if language != "en":
        return []
    found = []
    for words, kind, value, rendered in _WORDS:
        match = re.search(rf"(?<![\w-])(?:{words})(?![\w-])", french)
        if match and not re.search(rf"\b(?:{rendered})", translation, re.IGNORECASE):
            fact = Fact(kind, value, match.group(), match.start(), match.end())
            found.append(Check(fact, "missing", match.span(), f"The translation lacks “{match.group()}”."))
    return found
