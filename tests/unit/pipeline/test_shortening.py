"""Shortening: what may be left out of a French sentence, and what has to stay."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.pipeline.shortening import MOST, SHORTEST, shortened

#: A sentence, and a version of it that has to be among those found.
FOUND = [
    # parentheses, dashes
    ("La Caisse des pêches (CDP) a versé huit millions d'euros aux armateurs de Lorient.",
     "La Caisse des pêches a versé huit millions d'euros aux armateurs de Lorient."),
    ("La coopérative Terre-Neuve (Finistère) et la mairie (PS) ont signé un bail de neuf ans.",
     "La coopérative Terre-Neuve et la mairie ont signé un bail de neuf ans."),
    ("Le viaduc – long de 800 mètres – a rouvert aux voitures dans les deux sens.",
     "Le viaduc a rouvert aux voitures dans les deux sens."),
    # datelines and linking words
    ("Brest (AFP) – La préfecture a ouvert trois gymnases pour les familles sinistrées.",
     "La préfecture a ouvert trois gymnases pour les familles sinistrées."),
    ("QUIMPER — Le marché couvert a retrouvé ses commerçants après deux ans de travaux.",
     "Le marché couvert a retrouvé ses commerçants après deux ans de travaux."),
    ("Par ailleurs, le syndicat a déposé un préavis de grève pour la fin du mois.",
     "Le syndicat a déposé un préavis de grève pour la fin du mois."),
    ("En effet, les pompiers ont mis quatre heures à atteindre le hameau.",
     "Les pompiers ont mis quatre heures à atteindre le hameau."),
    # relative clauses
    ("Le barrage, qui date de 1932, a résisté à la crue de la nuit.",
     "Le barrage a résisté à la crue de la nuit."),
    ("La romancière, dont le premier livre avait été refusé partout, a reçu le prix des lycéens.",
     "La romancière a reçu le prix des lycéens."),
    ("L'ancien phare, où vivaient deux gardiens, sera ouvert aux visiteurs en juin.",
     "L'ancien phare sera ouvert aux visiteurs en juin."),
    ("La région a racheté le château de Kerbras, qui appartenait à une banque danoise.",
     "La région a racheté le château de Kerbras."),
    ("Les douaniers ont saisi quatre tonnes de cigarettes, dont la moitié venait de Belgique.",
     "Les douaniers ont saisi quatre tonnes de cigarettes."),
    # appositions, ages, participles
    ("Maëlle Quéré, maire de Plouvien, a inauguré la nouvelle école du bourg.",
     "Maëlle Quéré a inauguré la nouvelle école du bourg."),
    ("Yann Le Gall, 41 ans, a remporté la traversée de la Manche à la rame.",
     "Yann Le Gall a remporté la traversée de la Manche à la rame."),
    ("Le pont suspendu, construit en 1904, a fermé pour dix mois de travaux.",
     "Le pont suspendu a fermé pour dix mois de travaux."),
    ("La navigatrice, âgée de 29 ans, a franchi le cap Horn dans la nuit.",
     "La navigatrice a franchi le cap Horn dans la nuit."),
    ("Le tribunal a entendu pendant trois heures Hervé Salaün, directeur de la laiterie.",
     "Le tribunal a entendu pendant trois heures Hervé Salaün."),
    # circumstances at the beginning
    ("Mardi soir, les habitants du quartier ont manifesté devant la sous-préfecture.",
     "Les habitants du quartier ont manifesté devant la sous-préfecture."),
    ("Après deux défaites à domicile, Guingamp a battu Niort par trois buts à zéro.",
     "Guingamp a battu Niort par trois buts à zéro."),
    ("Le menhir a basculé pendant la nuit, alors que les ouvriers pavoisaient la place.",
     "Le menhir a basculé pendant la nuit."),
    ("Après une longue négociation, les deux villes ont partagé les frais de la ligne.",
     "Les deux villes ont partagé les frais de la ligne."),
    ("Alors que la mer monte, la commune a décidé le recul de douze maisons.",
     "La commune a décidé le recul de douze maisons."),
    ("Lors d'une réunion publique, le préfet a annoncé la fin des restrictions d'eau.",
     "Le préfet a annoncé la fin des restrictions d'eau."),
    # circumstances at the end
    ("Le cargo a quitté le port de Brest, alors que la tempête approchait des côtes.",
     "Le cargo a quitté le port de Brest."),
    ("Les pompiers ont maîtrisé l'incendie de la scierie, tandis que la route restait coupée.",
     "Les pompiers ont maîtrisé l'incendie de la scierie."),
    ("La chaussée a cédé sur vingt mètres, ce qui a privé le village de bus.",
     "La chaussée a cédé sur vingt mètres."),
    ("Le musée a prêté douze tableaux à Nantes, notamment trois marines de Boudin.",
     "Le musée a prêté douze tableaux à Nantes."),
    ("Le voilier a heurté un tronc d'arbre, avant de couler en quelques minutes.",
     "Le voilier a heurté un tronc d'arbre."),
    ("Une avalanche a recouvert la piste rouge, faisant quatre blessés parmi les skieurs.",
     "Une avalanche a recouvert la piste rouge."),
    ("Le maire a fermé les plages du nord de la commune alors que les algues pourrissaient.",
     "Le maire a fermé les plages du nord de la commune."),
    ("Le stade a accueilli vingt mille personnes en raison de la venue du champion olympique.",
     "Le stade a accueilli vingt mille personnes."),
    # second clauses
    ("Le juge a prononcé la relâche du chalutier ; son capitaine a quitté la ville.",
     "Le juge a prononcé la relâche du chalutier."),
    ("La grêle a détruit les vergers de la vallée, et les assureurs ont promis une avance.",
     "La grêle a détruit les vergers de la vallée."),
    # interruptions, and sources that stay
    ("La laiterie a décidé, après trois ans de pertes, de fermer son atelier de Pontivy.",
     "La laiterie a décidé de fermer son atelier de Pontivy."),
    ("Deux villages ont été évacués, tandis que le vent forcissait, a indiqué la gendarmerie.",
     "Deux villages ont été évacués, a indiqué la gendarmerie."),
    ("« Nous avons tenu la digue », a déclaré Soazig Morvan, cheffe des secours.",
     "« Nous avons tenu la digue », a déclaré Soazig Morvan."),
]  # fmt: skip

#: Sentences of which nothing may be left out.
KEPT = [
    "Selon le procureur, le conducteur roulait à cent trente kilomètres à l'heure.",
    "D'après l'enquête, le feu est parti de la cuisine du restaurant.",
    "Le conducteur roulait à plus de cent kilomètres à l'heure, selon les gendarmes.",
    "Le feu est parti de la cuisine du restaurant, a indiqué le procureur.",
    "Si le vent tombe, les ferries reprendront leurs traversées vers les îles.",
    "Les ferries reprendront leurs traversées vers les îles, si le vent tombe.",
    "Les plages resteront ouvertes aux baigneurs, sauf celle du port de commerce.",
    "L'usine embauchera deux cents personnes, à condition que la région verse son aide.",
    "La mairie a promis une piscine neuve, mais elle n'a pas voté le budget.",
    "Le ministre a déclaré que les retraites ne baisseraient pas avant trois ans.",
    "Les travaux n'ont pas commencé avant la fin de la saison touristique.",
    "Le train ne s'arrête que le samedi dans la petite gare de Guimiliau.",
    "Le maire a-t-il reçu, lundi soir, les riverains de la rocade ?",
    "Le syndicat exige une prime, une journée de repos et la fin des heures de nuit.",
    "C'est la capitaine, blessée au genou, qui a marqué le but de la victoire.",
    "C'est le gardien du phare, parti en retraite, qui a trouvé la barque vide.",
    "« Nous avons tout perdu, la maison, les bêtes, les foins de l'été. »",
    "- La préfecture, qui avait fermé ses guichets, a rouvert jeudi matin.",
    'Le guide, qui connaît la baie, a crié : "Courez vers le rivage.',
    "Une belle journée de juin, dans le parc du château, avec les enfants du quartier.",
    "Les deux fermes ont connu au cours de l'hiver une épidémie de grippe aviaire.",
    "Deux routes ont été rouvertes : l'une au nord du bourg, l'autre près de la gare.",
    "Le juge a condamné le braconnier, âgé de 60 ans, à six mois de prison.",
    "Le recteur a annoncé, lundi soir, une aide pour les écoles des îles.",
    "La montre et son bracelet, le vase et un plat de faïence, occupent la vitrine.",
    "Les détenus ont été transférés de Brest, où ils attendaient, vers la prison de Rennes.",
    "Le juge ouvre à Malo Tanguy, auteur de deux livres, l'accès aux archives du port.",
    "Ainsi, et pour la première fois, la régate partira du vieux port de Concarneau.",
    "Le texte a été adopté par douze voix pour (majorité) et neuf voix contre (opposition).",
    "Aussi, la libraire a-t-elle loué une boutique moins grande.",
    "Mardi, il pleut.",
    "",
]  # fmt: skip


@pytest.mark.parametrize(("sentence", "version"), FOUND)
def test_constituents_that_can_go_are_left_out(sentence: str, version: str) -> None:
    assert version in shortened(sentence)


@pytest.mark.parametrize("sentence", KEPT)
def test_nothing_that_has_to_stay_is_left_out(sentence: str) -> None:
    assert shortened(sentence) == ()


#: A sentence of which something may be left out, and words that every version of it has to keep.
BOUND = [
    ("Selon le préfet, la digue, qui date de 1880, a cédé pendant la nuit.", "Selon le préfet"),
    ("La digue, qui date de 1880, a cédé pendant la nuit, selon la préfecture.", "selon la préfecture"),
    ("Le chalutier, parti de Lorient, aurait heurté un conteneur à la dérive.", "aurait heurté"),
    ("La mairie, qui manque d'argent, n'a pas réparé le toit de la halle.", "n'a pas réparé"),
    ("Le club (Ligue 2) jouera seulement si la pelouse est praticable samedi.", "seulement si"),
    ("La région (LR) paiera la moitié des travaux, sauf ceux du clocher.", "sauf ceux du clocher"),
    ("Le port, ouvert en 1860, fermera à moins que l'État ne paie le dragage.", "à moins que l'État"),
    (
        "« La baie est sale, hélas, et grise », a écrit Per Kerneis, poète breton.",
        "« La baie est sale, hélas, et grise »",
    ),
    ("L’école d’Ouessant, qui compte neuf élèves, a gagné l’épreuve d’orthographe.", "L’école d’Ouessant"),
]


@pytest.mark.parametrize(("sentence", "bound"), BOUND)
def test_versions_keep_what_binds_the_statement(sentence: str, bound: str) -> None:
    versions = shortened(sentence)
    assert versions
    assert all(bound in version for version in versions)


def test_a_plural_verb_shows_an_enumeration_whose_parts_stay() -> None:
    assert shortened("Le maire, la préfète, ont visité ensemble le chantier du tramway.") == ()


def test_a_verb_keeps_the_object_that_stands_after_an_aside() -> None:
    versions = shortened("Le groupe a annoncé, lors d'une réunion, que l'usine de Redon fermerait.")
    assert versions == ("Le groupe a annoncé que l'usine de Redon fermerait.",)


def test_the_lightest_cuts_come_first() -> None:
    versions = shortened("Enfin, le lycée (public) a rouvert ses portes lundi, alors que le chauffage manquait encore.")
    assert versions[0] == "Le lycée a rouvert ses portes lundi, alors que le chauffage manquait encore."
    assert "Le lycée a rouvert ses portes lundi." in versions


def test_one_stop_ends_a_version_that_ends_with_an_abbreviation() -> None:
    versions = shortened("Le tribunal a jugé pendant trois heures Loïc P., qui avait volé deux tracteurs.")
    assert versions == ("Le tribunal a jugé pendant trois heures Loïc P.",)


SUBJECTS = (
    "Le maire de Brest",
    "Anne Le Dû",
    "La ville (Finistère)",
    "L’usine de « Kerbihan »",
    "Les sauveteurs",
    "Il",
)
ASIDES = (
    "",
    ", qui dort",
    ", âgée de 30 ans",
    ", directeur du port",
    " – un ami –",
    ", selon nous",
    ", si elle peut",
    ",",
)
VERBS = (" a vendu", " n'a pas fermé", " aurait vu", " ont dit que le vent tournait et", " annonce", " était", "")
OBJECTS = (" deux barques du port", ", après un long débat, de partir", ' "tout, sauf rien"', " à Paris (1,5 km)", " (")
TAILS = ("", ", alors qu'il pleuvait", ", mais la mer monte", ", a dit le juge", " ; la foule a crié", ", et Paul a ri",
         ", dont deux enfants", ", faisant trois morts", " après la tempête", ", « dit-il")  # fmt: skip
MARKS = (".", "!", "…", " !", "...", " ?", "", "».")
OPENINGS = ("", "Mardi, ", "En effet, ", "Selon Luc, ", "Alors que tout va, ", "Paris (AFP) – ", "- ", "Né à Brest, ")

sentences = st.one_of(
    st.builds(
        lambda *parts: "".join(parts),
        *map(st.sampled_from, (OPENINGS, SUBJECTS, ASIDES, VERBS, OBJECTS, TAILS, TAILS, MARKS)),
    ),
    st.text(alphabet="aeéLst',;:.()«»\"–’ \n", max_size=120),
)


def words_of(text: str) -> list[str]:
    return re.findall(r"\w+", text)


def is_subsequence(part: list[str], whole: list[str]) -> bool:
    remaining = iter(whole)
    return all(word in remaining for word in part)


@settings(max_examples=200, deadline=None)
@given(sentences)
def test_every_version_is_the_sentence_with_words_left_out(sentence: str) -> None:
    versions = shortened(sentence)
    assert len(versions) == len(set(versions)) <= MOST
    whole = [word.lower() for word in words_of(sentence)]
    final = sentence.split()[-1][-1] if sentence.split() else ""
    for version in versions:
        own = words_of(version)
        assert is_subsequence([word.lower() for word in own], whole)
        assert is_subsequence(own[1:], words_of(sentence))
        assert SHORTEST <= len(version.split()) < len(sentence.split())
        assert version[-1] == final
        assert final in ".!…"
        assert version.count('"') % 2 == 0
        assert all(version.count(opening) == version.count(closing) for opening, closing in ("«»", "()", "“”", "[]"))
        assert not re.search(r",\s*[,;.]|\s,|\s{2}|\s\.$", version)
