"""French names and what other languages call them."""

from __future__ import annotations

import csv
from importlib.resources import files

import pytest

from service.pipeline.exonyms import exonyms, same_name


@pytest.mark.parametrize(
    ("language", "french", "name"),
    [
        ("en", "Londres", "London"),
        ("de", "Londres", "London"),
        ("en", "ONU", "UN"),
        ("en", "OTAN", "NATO"),
        ("es", "OTAN", "OTAN"),
        ("it", "UE", "UE"),
        ("en", "Maison Blanche", "White House"),
        ("es", "Assemblée nationale", "Asamblea Nacional"),
        ("en", "Allemagne", "Germany"),
        ("pt", "Côte d'Ivoire", "Costa do Marfim"),
        ("en", "SNCF", "SNCF"),
        ("en", "Mathieu", "Mathieu"),
        ("en", "François", "Francois"),
        ("en", "Zelensky", "Zelenskyy"),
    ],
)
def test_a_french_name_corresponds_to_its_rendering(language: str, french: str, name: str) -> None:
    assert exonyms(language).corresponds(french, name)


@pytest.mark.parametrize(("french", "name"), [("Londres", "Paris"), ("ONU", "EU"), ("Mathieu", "Martin")])
def test_other_names_do_not_correspond(french: str, name: str) -> None:
    assert not exonyms("en").corresponds(french, name)


def test_every_row_of_the_table_has_six_languages() -> None:
    with (files("service.pipeline") / "exonyms.tsv").open(encoding="utf-8") as lines:
        rows = list(csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    assert rows[0] == ["kind", "fr", "en", "de", "es", "it", "pt"]
    assert len(rows) > 600
    assert [row for row in rows if len(row) != 7 or not all(cell.strip() for cell in row)] == []
    assert len({(row[0], row[1]) for row in rows}) == len(rows)


def test_names_are_found_longest_first_and_only_with_a_capital() -> None:
    text = "La commission et l'Union européenne, à Londres"
    found = [text[start:end] for start, end, _ in exonyms("en").spans(text)]
    assert found == ["Union européenne", "Londres"]


def test_an_acronym_is_looked_for_in_capitals() -> None:
    table = exonyms("es")
    pair = table.pair("RN")
    assert pair is not None
    assert table.rendered(pair, "El RN ha ganado.")
    assert not table.rendered(pair, "El rn ha ganado.")


def test_the_adjective_of_a_place_renders_the_place() -> None:
    table = exonyms("en")
    france = table.pair("France")
    assert france is not None
    assert table.rendered(france, "The French team won.")
    assert not table.rendered(france, "The German team won.")


def test_spelling_is_tolerant_but_not_of_other_names() -> None:
    assert same_name("selensky", "zelensky")
    assert not same_name("paris", "maris")


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(ValueError, match="xx"):
        exonyms("xx")
