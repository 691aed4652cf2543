"""Glossary terms in translations: applied, reported, and never at the cost of another word."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.pipeline.glossary import Entry, Glossary, obey, parse_glossary, read_glossary

COUNCIL = Entry("Conseil d'État", "Council of State")


def _obey(french: str, translation: str, glossary: Glossary, own: dict[str, str] | None = None) -> tuple[str, int, int]:
    obeyed = obey(french, translation, "en", glossary, own)
    return obeyed.text, len(obeyed.applied), len(obeyed.unapplied)


def test_a_term_that_is_there_already_changes_nothing() -> None:
    glossary = Glossary.of({"Conseil d'État": "Council of State"})
    text = "The Council of State ruled."
    assert _obey("Le Conseil d'État a tranché.", text, glossary) == (text, 1, 0)


def test_the_models_own_rendering_is_replaced_without_its_article() -> None:
    glossary = Glossary.of({"Conseil d'État": "Council of State"})
    text = _obey(
        "Le Conseil d'État a tranché.", "The State Council ruled.", glossary, {"Conseil d'État": "The State Council."}
    )
    assert text == ("The Council of State ruled.", 1, 0)


def test_a_term_left_french_is_replaced() -> None:
    glossary = Glossary.of({"Conseil d’État": "Council of State"})
    assert (
        _obey("Le Conseil d'État a tranché.", "The Conseil d’Etat ruled.", glossary)[0] == "The Council of State ruled."
    )


def test_an_exonym_gives_way_to_the_glossary() -> None:
    glossary = Glossary.of({"Kiev": "Kief"})
    assert _obey("Il vit à Kiev.", "He lives in Kyiv.", glossary) == ("He lives in Kief.", 1, 0)


def test_a_similar_stretch_is_replaced() -> None:
    glossary = Glossary.of({"taux directeur": "policy rate"})
    own = {"taux directeur": "the guiding interest rate"}
    text = _obey("Le taux directeur monte.", "The guiding interest rates rise.", glossary, own)
    assert text == ("The policy rate rise.", 1, 0)


def test_a_rendering_that_is_not_found_is_reported_and_nothing_is_changed() -> None:
    glossary = Glossary.of({"taux directeur": "policy rate"})
    assert _obey("Le taux directeur monte.", "It rises.", glossary) == ("It rises.", 0, 1)


def test_terms_that_stay_are_put_back() -> None:
    glossary = Glossary.of({}, ["Secours populaire"])
    own = {"Secours populaire": "Popular Relief"}
    text = _obey("Le Secours populaire recrute.", "Popular Relief is hiring.", glossary, own)
    assert text == ("Secours populaire is hiring.", 1, 0)


def test_a_term_inside_a_longer_one_is_not_applied_by_itself() -> None:
    glossary = Glossary.of({"État": "State", "Conseil d'État": "Council of State"})
    assert glossary.within("Le Conseil d'État siège.") == (COUNCIL,)
    assert len(glossary.within("L'État et le Conseil d'État")) == 2


def test_a_sentence_that_begins_with_the_term_keeps_its_capital() -> None:
    glossary = Glossary.of({"chômage": "joblessness"})
    assert (
        _obey("Le chômage recule.", "Unemployment falls.", glossary, {"chômage": "unemployment"})[0]
        == "Joblessness falls."
    )


_WORDS = st.lists(
    st.sampled_from(("the", "judge", "saw", "new", "old", "court", "by", "night", "and", "12", "3,5", "Paris")),
    max_size=12,
)


@settings(max_examples=80, deadline=None)
@given(_WORDS, _WORDS, st.sampled_from(["State Council", "council of the state", "Conseil d'État", "nothing of it"]))
def test_no_other_word_vanishes(before: list[str], after: list[str], rendering: str) -> None:
    glossary = Glossary.of({"Conseil d'État": "Council of State"})
    translation = " ".join([*before, rendering, *after])
    own = {"Conseil d'État": "the State Council"}
    obeyed = obey("Le Conseil d'État a tranché.", translation, "en", glossary, own)
    kept = re.findall(r"\S+", obeyed.text)
    if obeyed.applied:
        position = obeyed.text.lower().index("council of state")
        rest = (obeyed.text[:position] + obeyed.text[position + len("council of state") :]).split()
        assert sorted(word.lower() for word in rest if word not in ("the", "The")) == sorted(
            word.lower() for word in [*before, *after] if word != "the"
        )
    else:
        assert kept == translation.split()


def test_tables_are_read_with_and_without_a_header() -> None:
    assert parse_glossary("fr\ten\tde\nÉtat\tState\tStaat\nMairie\t\tRathaus\n", "en") == {"État": "State"}
    assert parse_glossary("fr\ten\tde\nÉtat\tState\tStaat\nMairie\t\tRathaus\n", "de") == {
        "État": "Staat",
        "Mairie": "Rathaus",
    }
    assert parse_glossary('source,target\n"Conseil d\'État","Council, of State"\n', "en") == {
        "Conseil d'État": "Council, of State"
    }
    assert parse_glossary("\ufeffÉtat;State\n\n", "en") == {"État": "State"}
    assert parse_glossary("", "en") == {}


@pytest.mark.parametrize(
    ("text", "message"),
    [("État,State\nMairie\n", "line 2"), ("État,State\nÉtat,Nation\n", "second time"), ("fr,de\nÉtat,Staat\n", "'en'")],
)
def test_a_bad_table_is_refused_with_its_line(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        parse_glossary(text, "en")


def test_a_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "terms.csv"
    path.write_text("Conseil d'État,Council of State\n", encoding="utf-8")
    assert Glossary.of(read_glossary(path, "en")).entries == (COUNCIL,)
