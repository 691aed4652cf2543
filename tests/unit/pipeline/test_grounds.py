"""What a written sentence rests on: one sentence of what was read, in its words, facts and genders."""

from __future__ import annotations

import pytest

from service.pipeline.grounds import Grounds, agrees
from service.pipeline.salience import Stems

READ = (
    "Le conseil municipal de Lannion a voté mardi 3 mars le soutien financier de la ville au théâtre de l'Arche. ",
    "La directrice Nolwenn Caradec a présenté vendredi 6 mars la prochaine saison devant une salle comble.",
)


def share(text: str) -> float:
    return Grounds([sentence.strip() for sentence in READ], Stems()).share(text)


def test_a_sentence_that_says_less_than_one_that_was_read_rests_on_it() -> None:
    assert share("Le conseil municipal de Lannion a voté le soutien financier de la ville au théâtre.") == 1.0


def test_the_least_of_several_sentences_counts() -> None:
    good = "La directrice Nolwenn Caradec a présenté la prochaine saison."
    worse = "Le conseil municipal de Lannion a refusé hier le soutien financier demandé."
    assert share(f"{good} {worse}") < 0.9 < share(good)


@pytest.mark.parametrize(
    "mixed",
    [
        "Le conseil municipal de Lannion a voté vendredi 6 mars le soutien financier de la ville au théâtre.",
        "Nolwenn Caradec a voté mardi 3 mars le soutien financier de la ville au théâtre de l'Arche.",
    ],
)
def test_a_fact_of_another_sentence_makes_it_rest_on_none(mixed: str) -> None:
    assert share(mixed) == 0.0


@pytest.mark.parametrize(
    "text",
    [
        "Le conseil municipal de Lannion a votté le soutien financier de la ville au théâtre de l'Arche.",
        "Le conseil municipal de Lannion a voté la soutien financier de la ville au théâtre de l'Arche.",
        "",
    ],
)
def test_misspelled_words_and_wrong_genders_rest_on_none(text: str) -> None:
    assert share(text) == 0.0


@pytest.mark.parametrize("bound", ["Environ ", "Près de ", "Plus de ", "Moins de "])
def test_a_number_stays_as_exact_as_it_was_read(bound: str) -> None:
    read = f"{bound}200 pêcheurs de langoustines ont défilé dimanche à Rennes devant la préfecture."
    grounds = Grounds([read], Stems())
    assert grounds.share(f"{bound}200 pêcheurs de langoustines ont défilé à Rennes.") == 1.0
    assert grounds.share("200 pêcheurs de langoustines ont défilé à Rennes.") == 0.0


def test_a_noun_that_is_read_with_both_genders_may_have_either() -> None:
    assert agrees("Le poste est vacant.", "La poste cherche qui occupera le poste.")
    assert agrees("La mairie du bourg.", "Une mairie.")
    assert not agrees("Une conseil.", "Le conseil.")
    assert not agrees("Toutes les trente minute.", "Toutes les trente minutes.")
    assert not agrees("Les 12 million d'habitants.", "Les 12 millions d'habitants.")
    assert agrees("Les trois cours.", "Les trois cours et la cour du lycée.")
    assert agrees("Les deux prix.", "Le prix.")
