"""Numbers of French text as values."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.pipeline.french_numbers import canonical, read_number, roman, shifted
from service.pipeline.french_tokens import tokenise


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("3", "3"),
        ("03", "3"),
        ("0", "0"),
        ("3,5", "3.5"),
        ("3,50", "3.5"),
        ("3.5", "3.5"),
        ("2.600", "2600"),
        ("12.000", "12000"),
        ("1.234.567", "1234567"),
        ("1 234,5", "1234.5"),
        ("1.234,5", "1234.5"),
        ("46,000", "46000"),
        ("46,001", "46.001"),
        ("12\u202f000", "12000"),
        ("0.125", "0.125"),
        ("192.168.1.1", "192.168.1.1"),
        ("٣", "3"),
    ],
)
def test_digits_are_read_as_french_groups_them(written: str, value: str) -> None:
    assert canonical(written) == value


@pytest.mark.parametrize(
    ("text", "value", "kind"),
    [
        ("trois", "3", "cardinal"),
        ("Trois", "3", "cardinal"),
        ("vingt et un", "21", "cardinal"),
        ("vingt-et-une", "21", "cardinal"),
        ("soixante et onze", "71", "cardinal"),
        ("quatre-vingt-dix-sept", "97", "cardinal"),
        ("septante-deux", "72", "cardinal"),
        ("deux cents", "200", "cardinal"),
        ("dix-huit mille", "18000", "cardinal"),
        ("deux millions et demi", "2500000", "cardinal"),
        ("un million", "1000000", "cardinal"),
        ("3 millions", "3000000", "cardinal"),
        ("2,5 milliards", "2500000000", "cardinal"),
        ("300 mille", "300000", "cardinal"),
        ("une vingtaine", "20", "cardinal"),
        ("une centaine", "100", "cardinal"),
        ("deux douzaines", "24", "cardinal"),
        ("un millier", "1000", "cardinal"),
        ("une dizaine de milliers", "10000", "cardinal"),
        ("la moitié"[3:], "1/2", "fraction"),
        ("un tiers", "1/3", "fraction"),
        ("deux tiers", "2/3", "fraction"),
        ("trois quarts", "3/4", "fraction"),
        ("deux cinquièmes", "2/5", "fraction"),
        ("3e", "3", "ordinal"),
        ("1er", "1", "ordinal"),
        ("troisième", "3", "ordinal"),
        ("quarante et unième", "41", "ordinal"),
        ("vingt-et-unième", "21", "ordinal"),
        ("soixante et onzième", "71", "ordinal"),
        ("trente-deuxième", "32", "ordinal"),
        ("quatre-vingtième", "80", "ordinal"),
        ("deux cent troisième", "203", "ordinal"),
        ("XXe", "20", "ordinal"),
        ("XIXe", "19", "ordinal"),
    ],
)
def test_a_number_has_its_value_and_kind(text: str, value: str, kind: str) -> None:
    tokens = tokenise(text)
    reading = read_number(tokens, 0)
    assert reading is not None
    assert (reading.value, reading.kind, reading.last) == (value, kind, len(tokens))


@pytest.mark.parametrize(
    "text",
    ["un chien", "une maison", "des millions", "le million", "Le", "Des", "De", "secondés", "quarantaine", "pas"],
)
def test_what_is_no_number_is_not_read_as_one(text: str) -> None:
    assert read_number(tokenise(text), 0) is None


def test_the_quarantine_is_no_number_but_forty_or_so_people_are() -> None:
    assert read_number(tokenise("une quarantaine obligatoire"), 0) is None
    forty = read_number(tokenise("une quarantaine de personnes"), 0)
    assert forty is not None
    assert forty.value == "40"
    assert forty.rounded


def test_two_numbers_side_by_side_stay_two() -> None:
    reading = read_number(tokenise("trois quatre"), 0)
    assert reading is not None
    assert (reading.value, reading.last) == ("3", 1)


@given(st.integers(min_value=0, max_value=10**15))
def test_grouping_never_changes_a_value(number: int) -> None:
    grouped = f"{number:,}"
    assert canonical(grouped.replace(",", " ")) == str(number)
    assert canonical(str(number)) == str(number)


@given(st.integers(min_value=0, max_value=10**9), st.integers(min_value=0, max_value=9))
def test_shifting_multiplies_by_a_power_of_ten(number: int, places: int) -> None:
    assert shifted(str(number), places) == str(number * 10**places)


@given(st.integers(min_value=1, max_value=3999))
def test_roman_numerals_have_their_value(number: int) -> None:
    signs = [(1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC")]
    signs += [(50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")]
    written, rest = "", number
    for value, sign in signs:
        written += sign * (rest // value)
        rest %= value
    assert roman(written) == number


@given(st.text(alphabet="0123456789., \u00a0\u202f", min_size=1, max_size=300))
def test_any_string_of_digits_and_separators_is_read_without_an_error(text: str) -> None:
    tokens = tokenise(text)
    for at in range(len(tokens)):
        reading = read_number(tokens, at)
        assert reading is None or reading.last > at
