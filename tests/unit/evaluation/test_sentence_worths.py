"""What the sentences of an article are worth."""

from __future__ import annotations

import pytest

from service.evaluation.corpus import Record
from service.evaluation.scores import rouge
from service.evaluation.sentence_worths import worths_of
from service.evaluation.train_choice import grams, worth


def records(count: int) -> list[Record]:
    found = []
    for number in range(count):
        text = (
            f"Le marché de Redon rouvrira samedi {number + 1} mai. Les travaux ont duré deux ans. "
            "Une fête aura lieu sur la place. Le maire de Redon coupera le ruban à midi."
        )
        found.append(Record(str(number), text, "Le marché de Redon rouvre après deux ans de travaux.", "Redon en fête"))
    return found


def test_a_sentence_is_worth_what_it_shares_with_the_reference_and_with_the_title() -> None:
    (record,) = records(1)
    found = worths_of(record)
    assert len(found["sentences"]) == 4
    market, works, party, ribbon = found["worths"]
    assert market > works > party
    assert ribbon < market
    # « Les travaux ont duré deux ans » has four of six words of ten, and one of five pairs of nine.
    assert works == pytest.approx(2 * 3 / 16 + 2 * 1 / 14, abs=1e-4)
    assert found["titles"][2] > found["titles"][1] == 0


@pytest.mark.parametrize(
    ("candidate", "reference"),
    [
        ("Les travaux ont duré deux ans.", "Le marché de Redon rouvre après deux ans de travaux."),
        ("Le marché, le marché de Redon : fermé !", "À Redon, le marché rouvre le samedi."),
        ("Rien de commun", "Une fête"),
        ("", "Une fête"),
    ],
)
def test_what_a_text_is_worth_is_what_rouge_says(candidate: str, reference: str) -> None:
    known = rouge(reference, candidate, paper=False)
    found = worth(grams(candidate), grams(reference))
    assert [100 * value for value in found] == pytest.approx(list(known.values()), abs=1e-6)
