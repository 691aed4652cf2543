"""The report: tables of at most 80 columns and one JSON document, a signature on every figure."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from rich.console import Console

from service.errors import InvalidRequest
from service.evaluation.compare import compare_systems
from service.evaluation.corpus import GivenBrief, Record
from service.evaluation.report import Evaluation, Threshold, document, print_tables
from service.evaluation.systems import LEAD, OTHER, OURS, all_systems, peer_names, score_all
from service.version import VERSION

RECORDS = [
    Record("1", "Le chat dort. Il rêve. Il ronfle.", "Le chat dort.", peers={"x": "Le chat de Durand.", "y": "Non."}),
    Record("2", "Le chien court. Il saute. Il aboie.", "Le chien saute.", peers={"x": "Le chien court."}),
]
BRIEFS = [GivenBrief("Le chat dort.", "written", 1.0), GivenBrief("", None, 3.0, "wrong_language")]


def evaluated(**options: Any) -> Evaluation:
    systems = all_systems(RECORDS, BRIEFS)
    systems[OTHER] = [GivenBrief("Le chat dort."), GivenBrief("Le chien saute.")]
    scores = score_all(RECORDS, systems, lambda article: lambda brief: True)
    return Evaluation("a.jsonl", scores, 1, compare_systems(scores[0], scores[-1], 1), "b.jsonl", **options)


def test_ours_stands_beside_the_lead_and_the_peers_that_have_every_record() -> None:
    assert peer_names(RECORDS) == ["x"]
    assert list(all_systems(RECORDS, BRIEFS)) == [OURS, LEAD, "x"]
    assert all_systems(RECORDS, BRIEFS)[LEAD][0].text == "Le chat dort. Il rêve."


def test_the_document_has_each_systems_figures_with_interval_and_signature() -> None:
    found = document(evaluated(models=("m@1+abc",), seconds_per_article=2.0))
    assert (found["kind"], found["version"], found["articles"]) == ("breve-evaluation", VERSION, 2)
    assert [system["name"] for system in found["systems"]] == [OURS, LEAD, "x", OTHER]
    ours = found["systems"][0]
    assert (ours["failures"], ours["written"]) == ({"wrong_language": 1}, 1)
    rouge = ours["figures"]["rouge1"]
    assert (rouge["mean"], rouge["low"], rouge["high"]) == (50.0, 0.0, 100.0)
    assert rouge["signature"].endswith("|n:2|ci:bootstrap95-1000|seed:1")
    assert ours["figures"]["seconds"]["mean"] == 2.0
    assert found["systems"][2]["figures"]["unsupported"]["mean"] == 50.0
    assert all(figure["signature"] for system in found["systems"] for figure in system["figures"].values())


def test_the_comparison_says_what_was_subtracted() -> None:
    found = document(evaluated())
    rouge = next(each for each in found["comparison"] if each["metric"] == "rouge1")
    assert (found["compared_with"], rouge["first"], rouge["second"], rouge["difference"]) == (
        "b.jsonl",
        50.0,
        100.0,
        -50.0,
    )
    assert rouge["signature"].startswith("paired-bootstrap|two-sided|f1:mean|")


def test_tables_fit_80_columns_without_colours_when_piped() -> None:
    stream = io.StringIO()
    thresholds = (Threshold.parse("rouge1=60", at_least=True),)
    print_tables(evaluated(thresholds=thresholds, seconds_per_article=2.0), Console(file=stream, width=80))
    text = stream.getvalue()
    tables = [line for line in text.splitlines() if line[:1] in "┏┃┡│└"]
    assert max(map(len, tables)) <= 80
    assert "\x1b" not in text
    assert "│ these briefs        │ 50.00 ±50.00 │" in text
    assert "these briefs: 1 of 2 briefs are written (50 %)." in text
    assert "these briefs: 1 without a brief, counted as empty: wrong_language." in text
    assert "2.00 seconds per article, wall clock." in text
    assert "Missed: rouge1 should be at least 60." in text


@pytest.mark.parametrize(
    ("text", "at_least", "figure", "holds"),
    [
        ("rouge1=30", True, 30.0, True),
        ("rouge1=30", True, 29.99, False),
        ("rouge1 = 0", False, 0.0, True),
        ("rouge1=0", False, 0.2, False),
    ],
)
def test_a_threshold_bounds_a_mean(text: str, at_least: bool, figure: float, holds: bool) -> None:
    assert Threshold.parse(text, at_least=at_least).holds({"rouge1": figure}) is holds


@pytest.mark.parametrize("text", ["rouge1", "rouge1=", "rouge1=viel", ""])
def test_a_threshold_of_another_form_is_refused(text: str) -> None:
    with pytest.raises(InvalidRequest, match="a threshold looks like rouge1=30"):
        Threshold.parse(text, at_least=True)


def test_a_threshold_on_an_unknown_figure_is_refused() -> None:
    with pytest.raises(InvalidRequest, match="there is no figure 'bleu'; there are words"):
        Threshold.parse("bleu=1", at_least=True).holds({"words": 3.0})


def test_each_article_is_read_once_for_all_systems() -> None:
    read: list[str] = []
    steps: list[None] = []

    def strict_for(article: str) -> Callable[[str], bool]:
        read.append(article)
        return lambda brief: brief in article

    scores = score_all(RECORDS, all_systems(RECORDS, BRIEFS), strict_for, lambda: steps.append(None))
    assert read == [record.article for record in RECORDS]
    assert len(steps) == 6
    assert {each.name: each.values["unsupported_strict"].tolist() for each in scores} == {
        OURS: [0.0, 0.0],
        LEAD: [0.0, 0.0],
        "x": [100.0, 0.0],
    }
