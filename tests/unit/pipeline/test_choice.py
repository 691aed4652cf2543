"""The choice: whole, supported, of the wanted length, written before extracted."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from models.contracts import Candidate
from models.forest import Forest
from service.pipeline.article import read_article
from service.pipeline.choice import Chooser
from service.pipeline.extracts import without_dateline
from service.pipeline.lengths import LENGTHS
from service.pipeline.ranking import Draft, Weights, agreements, ranked
from service.pipeline.salience import Salience, Stems

TEXT = (
    "RENNES — Le conseil régional de Bretagne a voté jeudi un plan de 12 millions d'euros pour les lycées. "
    "Il prévoit la rénovation de 34 internats avant la rentrée de 2027. "
    "Les travaux commenceront à Quimper, où la chaudière du lycée Brizeux est tombée en panne deux fois cet hiver. "
    "L'opposition juge le plan insuffisant. "
    '"Nous aurions voulu que les gymnases soient compris", a regretté Annick Le Floch, conseillère de Vannes. '
    "Le président de la région a répondu que les gymnases feraient l'objet d'un second vote en novembre."
)


def forest(feature: str = "first", sign: float = -1.0) -> Forest:
    """One tree per place: the earlier (or the later) a sentence stands, the better."""
    index = Salience.NAMES.index(feature)
    parts: dict[str, list[float]] = {"feature": [], "threshold": [], "left": [], "right": [], "value": []}
    roots = []
    for step in range(6):
        root = 3 * step
        roots.append(root)
        parts["feature"] += [index, 0, 0]
        parts["threshold"] += [step + 0.5, 0, 0]
        parts["left"] += [root + 1, root + 1, root + 2]
        parts["right"] += [root + 2, root + 1, root + 2]
        parts["value"] += [0, 0, sign]
    return Forest(
        np.array(parts["feature"], np.int16), np.array(parts["threshold"], np.float32),
        np.array(parts["left"], np.int32), np.array(parts["right"], np.int32), np.array(parts["value"], np.float32),
        np.array(roots, np.int32), 0.0, Salience.NAMES, "digest",
    )  # fmt: skip


def of_article(text: str) -> Draft:
    """Written of the whole article."""
    return Draft(Candidate(text, -0.1, 20))


def reading(sign: float = -1.0, text: str = TEXT, grounding: float = 0.0):  # type: ignore[no-untyped-def]
    return Chooser(forest(sign=sign), grounding).reading(read_article(text, None, None))


def test_the_best_supported_written_candidate_wins() -> None:
    true = "La Bretagne va rénover 34 internats de lycées pour 12 millions d'euros avant la rentrée de 2027."
    written = [
        of_article("La Bretagne va rénover 35 internats de lycées pour 12 millions d'euros avant 2027."),
        of_article(true),
    ]
    chosen = reading().choose(written, LENGTHS["medium"])
    assert (chosen.text, chosen.origin, chosen.dropped) == (true, "written", 1)


def test_a_sentence_that_mixes_two_of_the_articles_is_passed_over_though_its_names_and_numbers_are_right() -> None:
    mixed = of_article(
        "Annick Le Floch a voté jeudi un plan insuffisant pour la chaudière du lycée Brizeux de Quimper."
    )
    close = of_article("Le conseil régional de Bretagne a voté jeudi un plan de 12 millions d'euros pour ses lycées.")
    weighed = reading(grounding=0.8)
    allowed = [weighed.allows(each) for each in weighed.contenders([mixed, close], LENGTHS["medium"])[:2]]
    assert allowed == [False, True]
    assert weighed.choose([mixed], LENGTHS["medium"]).dropped == 1
    assert reading(grounding=0.0).choose([mixed], LENGTHS["medium"]).dropped == 0


def test_what_was_written_of_a_passage_must_rest_on_that_passage_alone() -> None:
    first, second, third = TEXT.removeprefix("RENNES — ").split(". ")[:3]
    shorter = "Le conseil régional de Bretagne a voté un plan de 12 millions d'euros pour les lycées."
    weighed = reading(grounding=0.9)
    found = weighed.contenders(
        [Draft(Candidate(shorter, 0.0), f"{passage}.") for passage in (f"{first}. {second}", f"{second}. {third}")],
        LENGTHS["medium"],
    )
    assert [weighed.allows(each) for each in found[:2]] == [True, False]


def test_passages_are_whole_sentences_of_the_article_the_most_telling_first() -> None:
    for length in ("short", "medium"):
        passages = reading().passages(length, 3)
        assert 0 < len(passages) <= 3
        assert passages[0].startswith("Le conseil régional de Bretagne a voté jeudi")
        bare = " ".join(TEXT.split()).removeprefix("RENNES — ")
        assert all(sentence in bare for passage in passages for sentence in passage.split(". "))


def test_candidates_that_are_no_whole_sentences_are_refused() -> None:
    refers_back = "Il prévoit la rénovation de 34 internats avant la rentrée de 2027 en Bretagne."
    unfinished = "Le conseil régional de Bretagne a voté jeudi un plan pour les lycées et les"
    written = [of_article(refers_back), of_article(unfinished)]
    chosen = reading().choose(written, LENGTHS["medium"])
    assert (chosen.origin, chosen.refused, chosen.dropped) == ("extracted", 2, 0)


def test_without_a_supported_candidate_the_article_speaks_for_itself() -> None:
    false = "La Bretagne a voté un plan de 99 millions d'euros pour ses lycées hier."
    chosen = reading().choose([of_article(false)], LENGTHS["medium"])
    assert chosen.origin == "extracted"
    assert chosen.text.startswith("Le conseil régional de Bretagne a voté jeudi")


@pytest.mark.parametrize("length", ["short", "medium", "long"])
@pytest.mark.parametrize("sign", [-1.0, 1.0])
def test_an_extract_has_the_wanted_length_and_passes_the_check(length: str, sign: float) -> None:
    weighed, wanted = reading(sign), LENGTHS[length]  # type: ignore[index]
    text = weighed.extract(wanted)
    assert wanted.least <= len(text.split()) <= wanted.most
    assert weighed.checker.check(text).holds


def test_an_extract_never_opens_with_a_pronoun_nor_splits_a_quotation() -> None:
    for sign in (-1.0, 1.0):
        for extract in reading(sign).extracts.weighed(LENGTHS["medium"]):
            assert not extract.text.startswith("Il ")
            assert extract.text.count('"') % 2 == 0


def test_only_what_opens_the_article_may_open_with_a_demonstrative() -> None:
    text = (
        "Cette semaine, la ville de Brest ouvre trois nouvelles crèches dans les quartiers de la rive droite. "
        "Cette décision répond à une demande ancienne des familles du quartier de Recouvrance. "
        "Les premiers enfants seront accueillis lundi matin par une équipe de douze personnes."
    )
    opened = {extract.text.split(".")[0] for extract in reading(text=text).extracts.weighed(LENGTHS["medium"])}
    assert any(first.startswith("Cette semaine") for first in opened)
    assert not any(first.startswith("Cette décision") for first in opened)


def test_the_order_of_the_article_is_kept() -> None:
    for extract in reading().extracts.weighed(LENGTHS["medium"]):
        assert list(extract.places) == sorted(extract.places)


def test_an_appraiser_of_other_features_is_refused() -> None:
    other = forest()
    with pytest.raises(ValueError, match="other features"):
        Chooser(Forest(**{**other.__dict__, "names": ("words",)}))
    with pytest.raises(ValueError, match="other features"):
        Chooser(other, informed=other)


def test_what_a_reader_said_is_weighed_with_the_rest() -> None:
    pieces = ["Un premier constat.", "Une seconde remarque.", "Une troisième."]
    told = [Candidate("", 0.1, 0, (1.0, 0.0)), Candidate("", 0.4, 0, (2.0, 4.0)), Candidate("", -0.2, 0, (3.0, -1.0))]
    salience = Salience(pieces, None, Stems(), told)
    values = dict(zip(Salience.names(2), salience.features(salience.pieces[1], (1, 2)), strict=True))
    assert values["read_mean"] == pytest.approx(0.1)
    assert (values["read_best"], values["read_least"]) == pytest.approx((0.4, -0.2))
    assert (values["read_rank"], values["read_first"]) == pytest.approx((0, 0.4))
    assert values["read_best_apart"] > values["read_mean_apart"]
    assert [values[f"trait_mean_{at}"] for at in (0, 1)] == pytest.approx([2.5, 1.5])
    assert [values[f"trait_shared_{at}"] for at in (0, 1)] == pytest.approx([6.0, -4.0])
    single = dict(zip(Salience.names(2), salience.features(salience.pieces[1], (1,)), strict=True))
    assert [single[f"trait_mean_{at}"] for at in (0, 1)] == pytest.approx([2.0, 4.0])
    assert [single[f"trait_shared_{at}"] for at in (0, 1)] == [0.0, 0.0]
    plain = Salience(pieces, None, Stems()).features(salience.pieces[1], (1, 2))
    assert len(plain) == len(Salience.NAMES)


def test_a_reader_may_tell_of_any_number_of_traits() -> None:
    assert Salience.reads(Salience.names(0))
    assert Salience.reads(Salience.names(32))
    assert not Salience.reads(Salience.NAMES)
    assert not Salience.reads(Salience.names(2)[:-1])


WRITTEN = [
    of_article("La Bretagne va rénover 34 internats de lycées avant la rentrée de 2027 en Bretagne."),
    of_article("La Bretagne va rénover ses 34 internats de lycées avant la rentrée de 2027, cet été."),
    of_article("Un plan coûtera 12 millions d'euros au conseil régional réuni ce jeudi à Rennes."),
]


def test_what_other_candidates_say_too_agrees_more() -> None:
    contenders = reading().contenders(WRITTEN, LENGTHS["medium"])
    found = agreements(contenders)[: len(WRITTEN)]
    assert [contender.origin for contender in contenders[:3]] == ["written"] * 3
    assert found[0] > found[2] < found[1]


@pytest.mark.parametrize(
    ("weights", "origin"), [(Weights(written=5.0), "written"), (Weights(written=-5.0), "extracted")]
)
def test_being_written_counts_as_much_as_its_weight(weights: Weights, origin: str) -> None:
    contenders = reading().contenders(WRITTEN, LENGTHS["medium"])
    assert ranked(contenders, 30, weights)[0].origin == origin


def test_agreement_and_length_decide_between_equals() -> None:
    alike, other = [replace(each, value=0.0) for each in reading().contenders(WRITTEN, LENGTHS["medium"])[1:3]]
    long = replace(alike, text=alike.text + " Les travaux dureront" + " très" * 40 + " longtemps.")
    pair = replace(alike, text="Les 34 internats seront rénovés.")
    assert ranked([other, alike, pair], 30, Weights(agreement=0.1))[-1] is other
    assert ranked([long, alike], 30, Weights(word=0.002))[0] is alike


@pytest.mark.parametrize(
    ("text", "bare"),
    [
        ("RENNES — Le conseil a voté.", "Le conseil a voté."),
        ("BRIVE-LA-GAILLARDE (Corrèze), 3 mars — Le train est revenu.", "Le train est revenu."),
        ("- La dépression a balayé la côte.", "La dépression a balayé la côte."),
        ("Le TER Brive-Aurillac reprend.", "Le TER Brive-Aurillac reprend."),
        ("L'ONU a voté.", "L'ONU a voté."),
        ("Jean-Paul — le maire — a parlé.", "Jean-Paul — le maire — a parlé."),
    ],
)
def test_datelines_go(text: str, bare: str) -> None:
    assert without_dateline(text) == bare


def test_a_figure_that_the_article_corrects_is_not_what_a_brief_rests_on() -> None:
    text = (
        "Une rafale de 154 km/h a d'abord été signalée mercredi à la pointe de Barfleur par un appareil privé. "
        "Vérification faite, cet appareil était mal étalonné : la valeur retenue est de 137 km/h, selon la météo. "
        "Les pompiers de la Manche sont intervenus une trentaine de fois pendant la nuit pour des arbres couchés."
    )
    for sign in (-1.0, 1.0):
        brief = reading(sign, text).extract(LENGTHS["medium"])
        assert "154" not in brief or "137" in brief


@pytest.mark.parametrize(
    ("doubtful", "following"),
    [
        (
            "La rumeur prêtait au conseil régional l'intention de fermer trois lycées de Quimper.",
            "Elle a couru tout l'hiver en Bretagne.",
        ),
        ("Des affiches annonçaient la fermeture de trois lycées de Quimper.", "La région l'a démentie jeudi matin."),
        ("Trois lycées de Quimper fermeraient avant la rentrée prochaine.", "Il n'en est rien, dit la région."),
    ],
)
def test_a_sentence_that_the_next_one_denies_is_not_told_alone(doubtful: str, following: str) -> None:
    text = f"{doubtful} {following} Les travaux de rénovation des internats commenceront à Quimper en novembre."
    found = reading(text=text).extracts.weighed(LENGTHS["medium"])
    assert found
    for extract in found:
        assert 0 not in extract.places or 1 in extract.places


def test_a_long_brief_adds_no_rumour_either() -> None:
    rumour = "La rumeur prêtait au conseil régional l'intention de fermer trois lycées avant la rentrée."
    text = TEXT.replace("Il prévoit", f"{rumour} Elle a enflé. Il prévoit")
    brief = reading(text=text).extract(LENGTHS["long"])
    assert len(brief.split()) >= LENGTHS["long"].least
    assert rumour not in brief


def test_a_long_brief_is_as_near_to_its_aim_as_whole_sentences_allow() -> None:
    nouns = ["marché", "stade", "lycée", "théâtre", "port", "musée"]
    sentences = [
        f"Le conseil municipal de Quimper a voté lundi soir la rénovation du {noun}, dont les travaux dureront "
        f"{at + 2} ans et seront payés par la région et par la ville elle-même."
        for at, noun in enumerate(nouns)
    ]
    aim, length = LENGTHS["long"].aim, len(sentences[0].split())
    words = len(reading(text=" ".join(sentences)).extract(LENGTHS["long"]).split())
    assert words % length == 0
    assert abs(words - aim) <= length / 2


def test_a_demonstrative_is_explained_by_what_the_text_names_or_by_an_article_that_opens_so() -> None:
    text = (
        "Cette crue de la Vilaine a fait deux morts à Redon. Ces maisons neuves seront démolies en mai, dit le maire."
    )
    extracts = reading(text=text).extracts
    assert extracts.unexplained("Ces maisons neuves seront démolies en mai, dit le maire.")
    assert not extracts.unexplained("Des maisons ont souffert. Ces maisons neuves seront démolies en mai.")
    assert not extracts.unexplained("Cette crue de la Vilaine a fait deux morts à Redon.")
