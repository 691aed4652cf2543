"""Facts of the five target languages and their canonical values."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.pipeline.foreign_facts import extract_foreign_facts

VALUES = [
    ("en", "1,234.5 metres of rope", "quantity", "1234.5 m"),
    ("de", "1.234,5 Meter Seil", "quantity", "1234.5 m"),
    ("es", "1.234,5 metros de cuerda", "quantity", "1234.5 m"),
    ("it", "1.234,5 metri di corda", "quantity", "1234.5 m"),
    ("pt", "1.234,5 metros de corda", "quantity", "1234.5 m"),
    ("en", "It starts at 8:30 p.m. today", "time", "20:30"),
    ("en", "at 12:15 a.m.", "time", "00:15"),
    ("de", "um 20.30 Uhr", "time", "20:30"),
    ("de", "um 8 Uhr abends", "time", "20:00"),
    ("es", "a las 8 de la tarde", "time", "20:00"),
    ("it", "alle 20.30", "time", "20:30"),
    ("pt", "às 20h30", "time", "20:30"),
    ("en", "on 1 August", "date", "--08-01"),
    ("en", "on August 1st, 2024", "date", "2024-08-01"),
    ("de", "am 1. August 2024", "date", "2024-08-01"),
    ("es", "el 1 de agosto de 2024", "date", "2024-08-01"),
    ("it", "il primo agosto", "date", "--08-01"),
    ("pt", "em agosto de 2024", "date", "2024-08"),
    ("en", "founded in 1998", "date", "1998"),
    ("en", "in the '80s", "date", "198X"),
    ("de", "in den 1980er Jahren", "date", "198X"),
    ("es", "los años ochenta", "date", "198X"),
    ("it", "gli anni '80", "date", "198X"),
    ("en", "on Monday", "date", "-W-1"),
    ("de", "am Freitagabend", "date", "-W-5"),
    ("pt", "na segunda-feira", "date", "-W-1"),
    ("en", "yesterday", "date", "P-1D"),
    ("en", "two million people", "number", "2000000"),
    ("en", "half a million people", "number", "500000"),
    ("en", "a dozen people", "number", "12"),
    ("es", "dos mil millones", "number", "2000000000"),
    ("it", "duemila persone", "number", "2000"),
    ("pt", "duas mil pessoas", "number", "2000"),
    ("de", "zweiundzwanzig Menschen", "number", "22"),
    ("en", "a three-year plan", "quantity", "3 year"),
    ("en", "€2m", "money", "2000000 EUR"),
    ("en", "$3 billion", "money", "3000000000 USD"),
    ("de", "2,5 Mio. Euro", "money", "2500000 EUR"),
    ("es", "2.500 millones de euros", "money", "2500000000 EUR"),
    ("en", "15 per cent", "percent", "15"),
    ("de", "15 Prozent", "percent", "15"),
    ("es", "el 15 por ciento", "percent", "15"),
    ("en", "in the 20th century", "ordinal", "20"),
    ("es", "en el siglo XX", "ordinal", "20"),
    ("it", "nel XX secolo", "ordinal", "20"),
    ("en", "she came third", "ordinal", "3"),
    ("de", "der 3. Platz", "ordinal", "3"),
    ("en", "two thirds of them", "number", "2/3"),
    ("it", "un terzo", "number", "1/3"),
    ("en", "they won 3-1", "number", "3-1"),
    ("en", "it is not true", "negation", "not"),
    ("en", "he said “yes” again", "quotation", "yes"),
]


@pytest.mark.parametrize(("language", "text", "kind", "value"), VALUES)
def test_a_statement_has_its_canonical_value(language: str, text: str, kind: str, value: str) -> None:
    facts = extract_foreign_facts(text, language)
    assert (kind, value) in {(fact.kind, fact.value) for fact in facts}


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "One of them may go, at first, with thousands of others."),
        ("de", "Ein Mann sah Millionen Menschen."),
        ("en", "The RM-34 and Covid-19 have 5G."),
    ],
)
def test_words_that_count_nothing_are_no_numbers(language: str, text: str) -> None:
    facts = extract_foreign_facts(text, language)
    assert [fact.value for fact in facts if fact.kind in ("number", "date", "quantity")] == []


def test_both_ends_of_a_range_have_the_unit_of_the_second() -> None:
    facts = extract_foreign_facts("between 10 and 20 percent, or 3 to 4 million people", "en")
    assert [fact.value for fact in facts] == ["10", "20", "3000000", "4000000"]
    assert [fact.kind for fact in facts] == ["percent", "percent", "number", "number"]


@pytest.mark.parametrize(
    ("language", "text", "names"),
    [
        ("en", "On Monday the French President met Angela Merkel in Berlin.", ["angela merkel", "berlin"]),
        ("de", "Der Präsident traf am Montag Angela Merkel in Berlin.", ["angela merkel", "berlin"]),
        ("es", "El presidente se reunió con Angela Merkel en Berlín.", ["angela merkel", "berlin"]),
        ("en", "The German team, in March, spoke English.", []),
        ("de", "Die Mannschaft sprach im Haus über das Wetter.", []),
    ],
)
def test_names_are_told_from_other_capitals(language: str, text: str, names: list[str]) -> None:
    assert [fact.value for fact in extract_foreign_facts(text, language) if fact.kind == "name"] == names


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(ValueError, match="ru"):
        extract_foreign_facts("20", "ru")


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=80), st.sampled_from(["en", "de", "es", "it", "pt"]))
def test_every_fact_is_a_span_of_any_text(text: str, language: str) -> None:
    for fact in extract_foreign_facts(text, language):
        assert text[fact.start : fact.end] == fact.text
        assert fact.text
