"""Sentences that only a quotation's beginning and end, in other sentences, show to be somebody's."""

from __future__ import annotations

import pytest

from service.pipeline.quoted import inside_quotations


@pytest.mark.parametrize(
    ("sentences", "inside"),
    [
        (
            ['Il a répondu : "Quelle horreur !', "Tout cela est une farce.", 'Je le dis.", dit-il.'],
            [False, True, False],
        ),
        (["« Non.", "Rien ne changera.", "Jamais. » Il sort.", "La salle se vide."], [False, True, False, False]),
        (['Il parle d\'un "système" connu.', "La salle se vide."], [False, False]),
        (['"Oui", dit-il.', "La salle se vide."], [False, False]),
        (["“Oui”, dit-il. “Non.", "Peut-être."], [False, True]),
        (["La salle se vide."], [False]),
        ([], []),
    ],
)
def test_a_sentence_between_the_marks_is_inside(sentences: list[str], inside: list[bool]) -> None:
    assert inside_quotations(sentences) == inside
