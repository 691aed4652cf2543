"""The false statements of the seeds against the support check, and the true ones; shares are printed (``-rP``)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from service.pipeline.article import read_article
from service.pipeline.facts import Support
from service.pipeline.support import SupportChecker
from service.seeds import Seed, load_seeds

SEEDS = load_seeds(Path(__file__).parents[3] / "seeds")

#: The least number caught of each kind.
FLOORS = {"negation": (9, 10), "corrected_figure": (9, 9), "same_surname": (7, 8)}

#: True statements that the check refuses, each with the reason.
KNOWN_FALSE_ALARMS = {
    "Plus de la moitié des malades habitent la commune.": "eight of fourteen must be reckoned",
    "Plus de la moitié du budget est venue de fonds publics.": "60 % must be reckoned",
    "Komz peut fonctionner sans accès à Internet.": "a name that the article lacks, inferred from « connexion »",
    "Samira Haddad ne donnera plus de concerts.": "« ne chantera plus » shares no content word with it",
}


def check(seed: Seed, statement: str) -> Support:
    return SupportChecker(read_article(seed.text, None, seed.title)).check(statement)


def checked(text: str, statement: str) -> list[str]:
    """The details of what fails in a statement about a text."""
    support = SupportChecker(read_article(text, None, None)).check(statement)
    return [failure.detail for failure in support.failures]


def true_statements() -> Iterator[tuple[Seed, str]]:
    for seed in SEEDS:
        yield from ((seed, text) for text in (*seed.claims, seed.briefs["fr"]))


@pytest.mark.parametrize("kind", FLOORS)
def test_false_statements_are_refused_at_least_as_often_as_measured(kind: str) -> None:
    traps = [(seed, trap.statement) for seed in SEEDS for trap in seed.traps if trap.kind == kind]
    missed = [statement for seed, statement in traps if check(seed, statement).holds]
    caught = len(traps) - len(missed)
    print(f"{kind}: {caught} of {len(traps)} caught; missed: {missed}")
    floor, measured_of = FLOORS[kind]
    assert len(traps) >= measured_of
    assert caught >= floor, missed


def test_the_share_of_every_kind_is_known(record_property: Callable[[str, object], None]) -> None:
    total = Counter(trap.kind for seed in SEEDS for trap in seed.traps)
    caught = Counter(trap.kind for seed in SEEDS for trap in seed.traps if not check(seed, trap.statement).holds)
    for kind, count in total.items():
        record_property(kind, f"{caught[kind]}/{count}")
        print(f"{kind}: {caught[kind]} of {count} refused")
    assert sum(caught.values()) >= 27


def test_true_statements_pass_but_for_the_known_false_alarms() -> None:
    statements = list(true_statements())
    refused = {statement for seed, statement in statements if not check(seed, statement).holds}
    print(f"false alarms: {len(refused)} of {len(statements)} ({len(refused) / len(statements):.1%})")
    assert refused <= set(KNOWN_FALSE_ALARMS)


@pytest.mark.parametrize(
    ("text", "outdated", "right"),
    [
        (
            "La préfecture avait d'abord annoncé 43 blessés à Trévignac. Vérification faite, ils sont 34 blessés.",
            "L'accident de Trévignac a fait 43 blessés.",
            "L'accident de Trévignac a fait 34 blessés.",
        ),
        (
            "Le maire évaluait la facture du gymnase à 3 millions d'euros. Jeudi, son adjoint a corrigé : la facture "
            "sera de 5 millions d'euros.",
            "Le gymnase coûtera 3 millions d'euros.",
            "Le gymnase coûtera 5 millions d'euros.",
        ),
        (
            "Un premier communiqué faisait état de 120 licenciements. C'était une coquille, reconnaît la direction.",
            "La direction prévoit 120 licenciements.",
            "La direction reconnaît une coquille.",
        ),
        (
            "Le club réclamait 75 000 euros. Ce montant était faux. La dette s'élève à 57 000 euros.",
            "Le club réclamait 75 000 euros à la ville.",
            "La dette s'élève à 57 000 euros.",
        ),
        (
            "Le coureur a été contrôlé à 58 km/h, et non 85 km/h.",
            "Le coureur roulait à 85 km/h.",
            "Le coureur roulait à 58 km/h.",
        ),
    ],
)
def test_a_figure_that_the_text_corrects_is_refused_and_the_right_one_passes(
    text: str, outdated: str, right: str
) -> None:
    assert "the article corrects this figure" in checked(text, outdated)
    assert "the article corrects this figure" not in checked(text, right)


CORRECTED = "Une rafale de 154 km/h a d'abord été signalée. En réalité, elle n'a pas dépassé 137 km/h."


@pytest.mark.parametrize(
    "brief",
    [
        "D'abord signalée à 154 km/h, la rafale a été ramenée à 137 km/h.",
        "La rafale n'a pas dépassé 137 km/h, et non 154 km/h.",
        "Une rafale de 154 km/h a d'abord été signalée.",
    ],
)
def test_a_brief_that_tells_of_the_correction_may_have_the_outdated_figure(brief: str) -> None:
    assert "the article corrects this figure" not in checked(CORRECTED, brief)


@pytest.mark.parametrize(
    "text",
    [
        # stated elsewhere as true
        "Le maire annonçait 300 arbres. Le bilan a été corrigé : 310 arbustes. Les 300 arbres sont plantés.",
        # a change over time is no correction
        "Le ministre a annoncé 300 arbres. Le budget rectificatif de 40 millions d'euros suivra.",
    ],
)
def test_a_figure_that_nothing_corrects_passes(text: str) -> None:
    assert checked(text, "Le projet compte 300 arbres.") == []


COUSINS = (
    "Émile Vasseur, maire de Brenac depuis 2008, a inauguré la halle. Il a promis un marché couvert chaque samedi.\n"
    "Nadine Vasseur, sans lien de parenté, dirige l'association des forains. Elle réclame des bornes électriques."
)


@pytest.mark.parametrize(
    ("brief", "other"),
    [
        ("Nadine Vasseur a promis un marché couvert chaque samedi.", "Émile Vasseur"),
        ("Émile Vasseur réclame des bornes électriques.", "Nadine Vasseur"),
        ("Selon le maire Émile Vasseur, il dirige l'association des forains.", "Nadine Vasseur"),
    ],
)
def test_the_deed_of_a_namesake_is_refused(brief: str, other: str) -> None:
    assert f"the article says this of {other}" in checked(COUSINS, brief)


@pytest.mark.parametrize(
    "brief",
    [
        "Émile Vasseur a promis un marché couvert chaque samedi.",
        "Nadine Vasseur réclame des bornes électriques.",
        "Nadine Vasseur n'est pas parente d'Émile Vasseur.",
        "L'association de Nadine Vasseur réclame des bornes électriques.",
    ],
)
def test_the_deed_of_the_right_namesake_passes(brief: str) -> None:
    assert not any(detail.startswith("the article says this of") for detail in checked(COUSINS, brief))


@pytest.mark.parametrize(
    ("text", "brief"),
    [
        ("Les deux sœurs jouent dans des clubs adverses.", "Les deux sœurs ne jouent pas dans le même club."),
        ("C'est la première victoire du club à Nantes.", "Le club n'avait jamais connu la victoire à Nantes."),
        ("La fraude est probable, mais non prouvée.", "La fraude est probable, mais sans preuve."),
    ],
)
def test_a_negation_that_the_text_says_without_one_passes(text: str, brief: str) -> None:
    assert checked(text, brief) == []


def test_a_change_that_the_text_denies_in_other_words_is_refused() -> None:
    text = "Les médecins n'ont constaté aucune baisse de la natalité dans la région."
    assert "the article negates this" in checked(text, "La natalité a diminué dans la région, disent les médecins.")
