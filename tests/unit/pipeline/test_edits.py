"""What an edit changes beside its stretch: articles, a capital, a full stop, a space."""

from __future__ import annotations

import pytest

from service.pipeline.edits import Edit, apply, opens_with_vowel


def _edited(text: str, old: str, new: str, language: str = "en") -> str:
    start = text.index(old)
    return apply(text, Edit(start, start + len(old), new), language)


@pytest.mark.parametrize(
    ("language", "text", "old", "new", "expected"),
    [
        ("en", "A 10% share", "10", "80", "An 80% share"),
        ("en", "an 8-month term", "8", "18", "an 18-month term"),
        ("en", "an 8-month term", "8", "10", "a 10-month term"),
        ("it", "dell’8 %", "8", "10", "del 10 %"),
        ("it", "il 10 maggio", "10", "11", "l’11 maggio"),
        ("it", "Il 10 maggio", "10", "8", "L’8 maggio"),
        ("it", "l’8 maggio", "8", "1º", "il 1º maggio"),
        ("it", "dell’2,8 %", "2,8", "1,8", "dell’1,8 %"),
        ("en", "Ten people came.", "Ten", "twelve", "Twelve people came."),
        ("en", "He left at 8 p.m.", "8 p.m.", "20:30", "He left at 20:30."),
        ("en", "He left at 20:30.", "20:30", "8:30 p.m.", "He left at 8:30 p.m."),
        ("en", "He left at 8 p.m. and slept.", "8 p.m.", "20:30", "He left at 20:30 and slept."),
        ("en", "The man (Bob) left.", "(Bob)", "", "The man left."),
        ("en", "Yesterday he left.", "Yesterday ", "", "He left."),
    ],
)
def test_what_stands_beside_an_edit_agrees_with_it(language: str, text: str, old: str, new: str, expected: str) -> None:
    assert _edited(text, old, new, language) == expected


def test_numbers_that_begin_with_a_vowel_as_they_are_spoken() -> None:
    assert [number for number in ("8", "80,000", "11", "18", "1,100") if opens_with_vowel(number, "en")] == [
        "8",
        "80,000",
        "11",
        "18",
    ]
    assert [number for number in ("8", "18", "1,5", "1.234", "1º") if opens_with_vowel(number, "it")] == ["8", "1,5"]
