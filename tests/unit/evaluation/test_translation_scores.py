"""BLEU and chrF as sacrebleu has them, by origin, and the screen for digits."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from service.errors import InvalidRequest
from service.evaluation.corpus import SentencePair
from service.evaluation.translation_scores import (
    compare_translations,
    digits_differ,
    figures,
    print_translation_table,
    score_translations,
    translation_document,
)

PAIRS = [
    SentencePair("news", "Le chat dort sur le tapis.", "The cat sleeps on the mat."),
    SentencePair("news", "Il a 3 ans.", "He is 3 years old."),
    SentencePair("law", "Le juge a parlé hier soir.", "The judge spoke last night."),
]
PERFECT = [pair.reference for pair in PAIRS]


@pytest.mark.parametrize(
    ("source", "translation", "differ"),
    [
        ("1 234,5 euros", "1,234.5 euros", False),
        ("1 234 567", "1,234,567", False),
        ("12 et 3", "3 and 12", False),
        ("3 ans", "three years", True),
        ("en 2023", "in 2022", True),
        ("", "", False),
    ],
)
def test_digits_are_compared_without_separators(source: str, translation: str, differ: bool) -> None:
    assert digits_differ(source, translation) is differ


def test_a_perfect_translation_has_100_in_all_and_in_each_origin() -> None:
    scores = score_translations(PAIRS, PERFECT)
    assert [(each.origin, each.sentences) for each in scores] == [("all", 3), ("news", 2), ("law", 1)]
    for each in scores:
        assert (each.bleu.score, each.chrf.score) == pytest.approx((100.0, 100.0))
        assert (each.digits_differ, each.empty) == (0.0, 0.0)
    assert scores[0].bleu.signature.startswith("nrefs:1|")
    assert "|tok:13a|" in scores[0].bleu.signature
    assert "|nc:6|" in scores[0].chrf.signature


def test_one_origin_is_not_told_twice() -> None:
    assert [each.origin for each in score_translations(PAIRS[:2], PERFECT[:2])] == ["all"]


def test_empty_translations_score_nothing_and_are_counted() -> None:
    (scores,) = score_translations(PAIRS[:2], ["", " "])
    assert (scores.bleu.score, scores.chrf.score, scores.empty, scores.digits_differ) == (0.0, 0.0, 100.0, 50.0)
    assert figures([scores])["empty"] == 100.0


def test_a_missing_translation_is_refused() -> None:
    with pytest.raises(InvalidRequest, match="2 translations do not match 3 sentences"):
        score_translations(PAIRS, PERFECT[:2])


def test_two_runs_are_compared_by_paired_bootstrap() -> None:
    pairs, good = PAIRS * 8, PERFECT * 8
    found = compare_translations(pairs, good, ["No idea at all, sorry."] * len(pairs))
    assert [(each.metric, each.differs) for each in found] == [("bleu", True), ("chrf", True)]
    assert found[0].first == pytest.approx(100.0)
    assert "bs:1000" in found[0].signature
    with pytest.raises(InvalidRequest, match="cannot compare"):
        compare_translations(PAIRS, PERFECT, PERFECT[:1])


def test_the_report_has_a_row_for_each_set_and_signatures() -> None:
    stream = io.StringIO()
    scores = score_translations(PAIRS, PERFECT)
    print_translation_table(
        "a.tsv", "en", scores, Console(file=stream, width=80), compare_translations(PAIRS, PERFECT, PERFECT)
    )
    text = stream.getvalue()
    assert "│ news │         2 │ 100.0 ±0.0 │" in text
    assert "bleu: 100.00 against 100.00, p = 1.000: no difference shown" in text
    assert "  BLEU: nrefs:1|" in text
    document = translation_document("a.tsv", "en", scores)
    assert (document["kind"], document["sets"][1]["origin"]) == ("breve-translation-evaluation", "news")
