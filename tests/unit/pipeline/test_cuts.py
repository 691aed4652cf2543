"""A shortened sentence was cut at its joints, or it is not believed."""

from __future__ import annotations

import pytest

from service.pipeline.cuts import cut_at_joints
from service.pipeline.extracts import without_dateline


@pytest.mark.parametrize(
    ("source", "text", "believed"),
    [
        (
            "La ministre a demandé à travers son avocat Marc Petit l'annulation du procès.",
            "La ministre a demandé à Marc Petit l'annulation du procès.",
            False,
        ),
        (
            "La ministre a demandé à son collègue Marc Petit l'annulation du procès.",
            "La ministre a demandé à Marc Petit l'annulation du procès.",
            True,
        ),
        (
            "Derrière Anne Le Goff, le parti a trouvé un nouvel élan.",
            "Anne Le Goff, le parti, a trouvé un nouvel élan.",
            False,
        ),
        ("Derrière Anne Le Goff, le parti a trouvé un nouvel élan.", "Le parti a trouvé un nouvel élan.", True),
        (
            "Depuis la fin de Sillages, le roman qui l'a rendue célèbre, la vie de Mona Kerr est un désert.",
            "Le roman qui l'a rendue célèbre, la vie de Mona Kerr, est un désert.",
            False,
        ),
        (
            "Anne Le Goff, maire de Douarnenez depuis dix ans a démissionné.",
            "Anne Le Goff, maire de Douarnenez depuis dix ans, a démissionné.",
            True,
        ),
        ("La ministre des Ports Anne Le Goff a démissionné.", "Anne Le Goff a démissionné.", True),
        ("Des proches de la ministre Anne Le Goff ont été entendus.", "Anne Le Goff ont été entendus.", False),
        (
            "Les marins de Groix ont appris lundi que le quai n'avait pas tenu.",
            "Les marins n'ont appris lundi que le quai n'avait pas tenu.",
            False,
        ),
        ("Elle n'exclut pas d'être candidate s'il le faut.", "Elle n'exclut pas d'être candidate.", False),
        ("Le quai sera fermé en raison de travaux.", "Le quai sera fermé en travaux.", False),
        (
            "Deux ans après qu'une plainte a été classée, le juge a rouvert le dossier.",
            "Deux ans après une plainte, le juge a rouvert le dossier.",
            False,
        ),
        ("Le décret vise la flotte bretonne et ses ports.", "Le décret vise la flotte bretons et ses ports.", False),
        ("Mais le quai sera fermé lundi.", "Le quai sera fermé lundi.", True),
    ],
)
def test_what_stays_belongs_to_what_it_belonged_to(source: str, text: str, believed: bool) -> None:
    assert cut_at_joints(text, source) is believed


def test_a_dash_that_touches_the_first_word_is_no_part_of_the_sentence() -> None:
    assert without_dateline("-Le quai a été fermé.") == "Le quai a été fermé."
    assert without_dateline("- Le quai a été fermé.") == "Le quai a été fermé."
    assert without_dateline("Le sous-préfet a fermé le quai.") == "Le sous-préfet a fermé le quai."
