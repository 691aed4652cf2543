"""Facts of French text: kinds, values, spans."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from planted import PLANTED, Planted

from service.pipeline.facts import Fact
from service.pipeline.french_facts import extract_facts


def _values(text: str, kind: str) -> list[str]:
    return [fact.value for fact in extract_facts(text) if fact.kind == kind]


@pytest.mark.parametrize(
    ("text", "kind", "values"),
    [
        ("une hausse de 3,5 %", "percent", ["3.5"]),
        ("dix pour cent", "percent", ["10"]),
        ("de 10 à 15 %", "percent", ["10", "15"]),
        ("10-15 %", "percent", ["10", "15"]),
        ("3 millions d'euros", "money", ["3000000 EUR"]),
        ("12 milliards de dollars", "money", ["12000000000 USD"]),
        ("1 234,5 M€", "money", ["1234500000 EUR"]),
        ("2,7 Md€", "money", ["2700000000 EUR"]),
        ("2 à 3 millions d'euros", "money", ["2000000 EUR", "3000000 EUR"]),
        ("27,40 euros", "money", ["27.4 EUR"]),
        ("$100", "money", ["100 USD"]),
        ("30 francs suisses", "money", ["30 CHF"]),
        ("500.000 livres sterling", "money", ["500000 GBP"]),
        ("275 m de long", "quantity", ["275 m"]),
        ("120 km/h", "quantity", ["120 km/h"]),
        ("90 kilomètres par heure", "quantity", ["90 km/h"]),
        ("3 m²", "quantity", ["3 m2"]),
        ("300 mètres carrés", "quantity", ["300 m2"]),
        ("-5 °C", "quantity", ["-5 °C"]),
        ("41,3 degrés", "quantity", ["41.3 °C"]),
        ("deux heures et demie", "quantity", ["2.5 h"]),
        ("un quart d'heure", "quantity", ["15 min"]),
        ("quatre-vingt-dix-sept ans", "quantity", ["97 year"]),
        ("entre 10 et 15 ans", "quantity", ["10 year", "15 year"]),
        ("trois semaines", "quantity", ["3 week"]),
        ("lundi 3 août 2020", "date", ["-W-1", "2020-08-03"]),
        ("le 1er août", "date", ["--08-01"]),
        ("en août", "date", ["--08"]),
        ("en mars 2024", "date", ["2024-03"]),
        ("en 2020", "date", ["2020"]),
        ("samedi", "date", ["-W-6"]),
        ("samedi 12", "date", ["-W-6", "---12"]),
        ("hier", "date", ["P-1D"]),
        ("du 3 au 5 août", "date", ["--08-03", "--08-05"]),
        ("les années 1990", "date", ["199X"]),
        ("les années 90", "date", ["199X"]),
        ("les années quatre-vingt", "date", ["198X"]),
        ("le 03/08/2020", "date", ["2020-08-03"]),
        ("2020-08-03", "date", ["2020-08-03"]),
        ("à 20 h 30", "time", ["20:30"]),
        ("20h30", "time", ["20:30"]),
        ("20:30", "time", ["20:30"]),
        ("à 20 heures", "time", ["20:00"]),
        ("à huit heures du soir", "time", ["20:00"]),
        ("à midi", "time", ["12:00"]),
        ("vers minuit", "time", ["00:00"]),
        ("la troisième fois", "ordinal", ["3"]),
        ("le XXe siècle", "ordinal", ["20"]),
        ("la 25e journée", "ordinal", ["25"]),
        ("une victoire 3-1 contre Lyon", "number", ["3-1"]),
        ("2.600 passagers", "number", ["2600"]),
        ("2020 personnes", "number", ["2020"]),
        ("la moitié des élèves", "number", ["1/2"]),
        ("« Je pars », dit-il", "quotation", ["Je pars"]),
        ("Il n'a pas répondu sans raison", "negation", ["not", "not"]),
    ],
)
def test_a_fact_has_its_kind_and_value(text: str, kind: str, values: list[str]) -> None:
    assert _values(text, kind) == values


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("l'après-midi", "time"),
        ("trois heures de débat", "time"),
        ("un A320", "number"),
        ("le Covid-19", "number"),
        ("la 5G", "number"),
        ("les Deux-Sèvres", "number"),
        ("une seconde", "ordinal"),
        ("le premier ministre", "ordinal"),
        ("un million", "money"),
    ],
)
def test_what_only_looks_like_a_fact_is_none(text: str, kind: str) -> None:
    assert _values(text, kind) == []


@pytest.mark.parametrize(
    ("text", "noun"),
    [
        ("12 morts", "mort"),
        ("douze mortes", "mort"),
        ("trois nouveaux cas", "cas"),
        ("une vingtaine de blessés", "bles"),
        ("ils sont 12 à", ""),
    ],
)
def test_a_number_carries_the_noun_that_it_counts(text: str, noun: str) -> None:
    (fact,) = (fact for fact in extract_facts(text) if fact.kind == "number")
    assert fact.noun == noun


@pytest.mark.parametrize(
    ("text", "bound"),
    [
        ("plus de 100 personnes", "above"),
        ("au moins 100 personnes", "above"),
        ("moins de 100 personnes", "below"),
        ("jusqu'à 100 personnes", "below"),
        ("près de 100 personnes", "about"),
        ("environ 100 personnes", "about"),
        ("une centaine de personnes", "about"),
        ("pas moins de 100 personnes", "about"),
        ("100 personnes", ""),
    ],
)
def test_a_number_carries_its_bound(text: str, bound: str) -> None:
    (fact,) = (fact for fact in extract_facts(text) if fact.kind == "number")
    assert fact.bound == bound


def test_a_date_carries_its_weekday() -> None:
    assert Fact("date", "--08-03", "3 août", 6, 12, "-W-1") in extract_facts("lundi 3 août")


@pytest.mark.parametrize("planted", PLANTED, ids=lambda planted: planted.topic)
def test_spans_are_exact_and_in_order(planted: Planted) -> None:
    text = planted.article
    facts = extract_facts(text)
    assert len(facts) > 15
    assert [fact.start for fact in facts] == sorted(fact.start for fact in facts)
    assert all(text[fact.start : fact.end] == fact.text for fact in facts)


_WRITTEN = (
    "12 3,5 1.000 % € M€ h 20 30 mars 2020 le 1er Jean d' l' - « » ne pas trois quatre vingt et demi millions "
    'de à . , " M. XIVe n° '
)
_PIECES = st.sampled_from(_WRITTEN.split())


@given(st.lists(st.tuples(_PIECES, st.sampled_from(["", " ", "\u00a0", "\n"])), max_size=40))
@settings(max_examples=150)
def test_any_mixture_of_pieces_has_exact_spans(pieces: list[tuple[str, str]]) -> None:
    text = "".join(piece + space for piece, space in pieces)
    for fact in extract_facts(text):
        assert text[fact.start : fact.end] == fact.text
        assert fact.value or fact.kind == "quotation"


@given(st.text(max_size=400))
@settings(max_examples=150)
def test_arbitrary_text_raises_nothing(text: str) -> None:
    assert all(text[fact.start : fact.end] == fact.text for fact in extract_facts(text))


@pytest.mark.parametrize(
    "piece", ["trois ", "12 ", "1 000 ", "Jean ", "de ", "ne ", "« ", "3-", "a'", "les 3, ", "M. ", "du 3 au ", "XX"]
)
def test_time_grows_no_faster_than_the_text(piece: str) -> None:
    def seconds(count: int) -> float:
        text = piece * count
        best = float("inf")
        for _ in range(2):
            begin = time.process_time()
            extract_facts(text)
            best = min(best, time.process_time() - begin)
        return best

    extract_facts(piece * 100)
    assert seconds(4000) < 24 * max(seconds(500), 0.002)  # linear is 8, quadratic 64
