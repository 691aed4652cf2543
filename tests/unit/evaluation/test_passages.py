"""The writer's training pairs: a passage holds what its brief says, or there is no pair."""

from __future__ import annotations

from collections import Counter

import pytest

from service.evaluation.corpus import Record
from service.evaluation.passages import Pair, fault_of, pairs, passage_of
from service.pipeline.salience import Stems

ARTICLE = (
    "BREST — La compagnie maritime Penn ar Bed a suspendu lundi ses liaisons vers l'île de Sein à cause de la tempête. "
    "Le syndicat des commerçants a tenu sa réunion annuelle dans la salle des fêtes de la commune voisine. "
    "Les 240 habitants de l'île seront ravitaillés par hélicoptère, a précisé la préfecture dans la soirée. "
    "Un concours de photographie est ouvert aux élèves des écoles de la région jusqu'à la fin du mois prochain."
)
TRUE = (
    "Les liaisons maritimes vers l'île de Sein sont suspendues à cause de la tempête et ses 240 habitants seront "
    "ravitaillés par hélicoptère."
)


def made(reference: str) -> tuple[list[Pair], Counter[str]]:
    left_out: Counter[str] = Counter()
    return list(pairs(Record("1", ARTICLE, reference), Stems(), left_out)), left_out


def test_a_passage_is_the_sentences_that_hold_the_brief_in_the_article_s_order() -> None:
    (pair,), _ = made(TRUE)
    assert pair.brief == TRUE
    assert pair.passage.startswith("La compagnie maritime")
    assert pair.passage.endswith("dans la soirée.")
    assert "syndicat" not in pair.passage


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        (TRUE.replace("240", "420"), "states what the passage does not"),
        (TRUE.replace("Sein", "Molène"), "states what the passage does not"),
        ("Un incendie a ravagé un entrepôt de la zone industrielle et mobilisé cinquante pompiers.", "no such passage"),
        ("Ils seront ravitaillés par hélicoptère à cause de la tempête.", "no whole, self-standing text"),
        (TRUE.rstrip(".") + "...", "no whole, self-standing text"),
        ("La tempête suspend les liaisons.", "too short or too long"),
        (ARTICLE.split(". ")[0].removeprefix("BREST — ") + ".", "hardly shorter than what it says"),
    ],
)
def test_a_brief_that_would_teach_something_wrong_is_left_out_and_counted(changed: str, reason: str) -> None:
    found, left_out = made(changed)
    assert found == []
    assert left_out == {reason: 1}


def test_each_sentence_of_a_brief_is_a_target_too() -> None:
    first = "Les liaisons maritimes vers l'île de Sein sont suspendues à cause de la tempête."
    second = "Les 240 habitants seront ravitaillés par hélicoptère, précise la préfecture."
    found, _ = made(f"{first} {second}")
    assert {pair.brief for pair in found} == {f"{first} {second}", first, second}
    assert len(next(pair.passage for pair in found if pair.brief == second)) < len(ARTICLE) / 2


def test_no_passage_holds_what_the_article_mostly_lacks() -> None:
    stems = Stems()
    sentences = [stems.piece(sentence) for sentence in ARTICLE.split(". ")]
    assert passage_of(stems.piece("La tempête détruit trente maisons du village voisin"), sentences, 3) == []


def test_a_passage_may_not_be_an_article() -> None:
    assert fault_of(TRUE, ARTICLE * 3) == "too short or too long"


def test_grounded_targets_rest_on_one_sentence_each() -> None:
    one = "La compagnie maritime Penn ar Bed a suspendu lundi ses liaisons vers l'île de Sein."
    left_out: Counter[str] = Counter()
    assert [pair.brief for pair in pairs(Record("1", ARTICLE, one), Stems(), left_out, grounded=True)] == [one]
    assert list(pairs(Record("1", ARTICLE, TRUE), Stems(), left_out, grounded=True)) == []
    assert left_out == {"not told by one sentence": 1}
