"""Slices: every record is in exactly one, and figures are those of its records."""

from __future__ import annotations

import io

import numpy as np
import pytest
from rich.console import Console

from service.errors import InvalidRequest
from service.evaluation.corpus import Record
from service.evaluation.scores import SystemScores
from service.evaluation.slices import OTHERS, print_slices, score_slices, slices_by, slices_document


def record(number: int, words: int = 10, **fields: str) -> Record:
    return Record(str(number), "mot " * words, "Un mot.", fields=fields)


def test_articles_are_cut_by_their_words_at_the_bands_edges() -> None:
    records = [record(n, words) for n, words in enumerate((1, 199, 200, 399, 1600))]
    found = [(each.name, each.places) for each in slices_by(records, "length")]
    assert found == [("0 to 199 words", (0, 1)), ("200 to 399 words", (2, 3)), ("1600 words or more", (4,))]


def test_values_of_a_field_come_by_their_frequency_and_a_missing_one_has_a_slice() -> None:
    records = [record(0, topic="sport"), record(1, topic="monde"), record(2, topic="monde"), record(3)]
    found = [(each.name, each.places) for each in slices_by(records, "topic")]
    assert found == [("monde", (1, 2)), ("sport", (0,)), ("(none)", (3,))]


def test_rare_values_share_a_slice() -> None:
    records = [record(n, topic=f"t{n % 20}") for n in range(40)]
    found = slices_by(records, "topic")
    assert [each.name for each in found] == [*(f"t{n}" for n in range(12)), OTHERS]
    assert sorted(place for each in found for place in each.places) == list(range(40))


def test_a_field_named_length_goes_before_the_words() -> None:
    assert [each.name for each in slices_by([record(0, length="court")], "length")] == ["court"]


def test_an_unknown_field_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(InvalidRequest, match="no record has a field 'topik' to slice by; there are length, topic"):
        slices_by([record(0, topic="sport")], "topik")


def test_figures_are_the_means_of_the_slice() -> None:
    scores = SystemScores("x", {"rouge1": np.array([10.0, 20.0, 60.0]), "seconds": np.array([1.0, 1.0, 1.0])})
    records = [record(0, topic="a"), record(1, topic="a"), record(2, topic="b")]
    scored = score_slices(scores, slices_by(records, "topic"), seed=1)
    assert [each.figures["rouge1"].mean for each in scored] == [15.0, 60.0]
    assert slices_document(scored)[1] == {
        "by": "topic",
        "name": "b",
        "articles": 1,
        "figures": {"rouge1": {"mean": 60.0, "low": 60.0, "high": 60.0}},
    }
    console = Console(file=io.StringIO(), width=80)
    print_slices(scored, "these briefs", console)
    assert isinstance(console.file, io.StringIO)
    assert "│ b     │ 1 │ 60.0 ±0.0 │" in console.file.getvalue()
