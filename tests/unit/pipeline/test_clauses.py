"""Sentences cut at their clauses, joined again, and left without what is wrong."""

from __future__ import annotations

import pytest

from models.contracts import Candidate
from service.pipeline.clauses import Clause, best_clause, clauses_of, ended, joined, without_altered

CLOSED = Clause("Le musée a fermé en 1998,", "The museum closed in 1998.", -0.1, True)
BOUGHT = Clause("mais la mairie l'a racheté en 2004.", "But Chicago bought it in 2004.", -0.3, False)


def test_a_sentence_is_cut_at_conjunctions_after_commas_and_not_into_scraps() -> None:
    assert clauses_of("Le musée a fermé en 1998, mais la mairie l'a racheté.") == [
        "Le musée a fermé en 1998,",
        "mais la mairie l'a racheté.",
    ]
    assert clauses_of("Il a dit oui, mais trop tard.") == ["Il a dit oui, mais trop tard."]


def test_clauses_are_joined_as_one_sentence() -> None:
    candidate = joined([CLOSED, BOUGHT], "en")
    assert candidate.text == "The museum closed in 1998, but Chicago bought it in 2004."
    assert candidate.score == pytest.approx(-0.2)


def test_a_wrong_clause_is_left_out() -> None:
    found = without_altered([CLOSED, BOUGHT], "en")
    assert found is not None
    assert found[0] == "Le musée a fermé en 1998."
    assert found[1].text == "The museum closed in 1998"


@pytest.mark.parametrize(
    "clauses",
    [
        [Clause("Le musée a fermé en 1998,", "The museum closed in 1989,", -0.1, False), BOUGHT],
        [CLOSED],
        [Clause("Le maire l'a dit hier :", "The mayor said it yesterday:", -0.1, True), BOUGHT],
        [
            Clause("« Le musée a fermé en 1998 ;", "“The museum closed in 1998;", -0.1, True),
            Clause("la mairie l'a racheté en 2004 », dit-il.", "Chicago bought it in 2004”, he says.", -0.1, False),
        ],
    ],
)
def test_a_clause_is_not_left_out_where_the_rest_would_break(clauses: list[Clause]) -> None:
    assert without_altered(clauses, "en") is None


def test_a_clause_takes_the_candidate_that_keeps_its_facts() -> None:
    found = best_clause("Il a 12 ans.", [Candidate("He is 21.", -0.1), Candidate("He is 12.", -0.5)], "en")
    assert found == Clause("Il a 12 ans.", "He is 12.", -0.5, True)


def test_a_clause_is_repaired_when_no_candidate_holds() -> None:
    found = best_clause("Il a couru 42 km,", [Candidate("He ran 24 km", -0.1)], "en")
    assert found == Clause("Il a couru 42 km,", "He ran 42 km", -0.1, True)


def test_a_clause_without_candidates_has_no_translation() -> None:
    assert best_clause("Il a couru 42 km,", [], "en") is None


def test_an_ending_follows_the_french() -> None:
    assert ended("Vient-il ?", "Is he coming.") == "Is he coming?"
    assert ended("Le chat dort", "The cat sleeps.") == "The cat sleeps"
    assert ended("Il part à 20 heures", "He leaves at 8 p.m.") == "He leaves at 8 p.m."
