"""How many planted alterations the support check catches, by kind, and how many true sentences it refuses."""

from __future__ import annotations

from collections import Counter

import pytest
from planted import PLANTED, Planted
from planted_later import LATER

from service.pipeline.article import Article
from service.pipeline.sentences import split_sentences
from service.pipeline.support import SupportChecker


def _checker(planted: Planted) -> SupportChecker:
    return SupportChecker(Article(planted.article, None, split_sentences(planted.article)))


def _caught(articles: tuple[Planted, ...]) -> tuple[Counter[str], Counter[str], list[str]]:
    planted_by_kind: Counter[str] = Counter()
    caught: Counter[str] = Counter()
    missed = []
    for planted in articles:
        checker = _checker(planted)
        for alteration in planted.alterations:
            sentence = planted.altered(alteration)
            planted_by_kind[alteration.kind] += 1
            if checker.check(sentence).holds:
                missed.append(f"{planted.topic}, {alteration.kind}: {sentence}")
            else:
                caught[alteration.kind] += 1
    return planted_by_kind, caught, missed


def _refused(articles: tuple[Planted, ...]) -> tuple[int, list[str]]:
    true, refused = 0, []
    for planted in articles:
        checker = _checker(planted)
        for sentence in planted.true:
            true += 1
            support = checker.check(sentence)
            if not support.holds:
                refused.append(f"{planted.topic}: {sentence} {[check.detail for check in support.failures]}")
    return true, refused


@pytest.mark.parametrize("articles", [PLANTED, LATER], ids=["planted", "later"])
def test_nearly_all_alterations_are_caught(articles: tuple[Planted, ...], capsys: pytest.CaptureFixture[str]) -> None:
    planted_by_kind, caught, missed = _caught(articles)
    total, found = sum(planted_by_kind.values()), sum(caught.values())
    with capsys.disabled():
        print(f"\nalterations caught: {found} of {total} ({100 * found / total:.1f} %)")
        print(", ".join(f"{kind} {caught[kind]}/{count}" for kind, count in sorted(planted_by_kind.items())))
        print("\n".join(f"  missed: {line}" for line in missed))
    assert found >= 0.95 * total


@pytest.mark.parametrize("articles", [PLANTED, LATER], ids=["planted", "later"])
def test_nearly_all_true_sentences_pass(articles: tuple[Planted, ...], capsys: pytest.CaptureFixture[str]) -> None:
    true, refused = _refused(articles)
    with capsys.disabled():
        print(f"\ntrue sentences refused: {len(refused)} of {true}")
        print("\n".join(f"  refused: {line}" for line in refused))
    assert len(refused) <= 0.05 * true


def test_there_are_enough_of_them() -> None:
    assert len(PLANTED) >= 12
    assert sum(len(planted.alterations) for planted in PLANTED) >= 220
    assert all(60 <= len(planted.article.split()) <= 150 for planted in (*PLANTED, *LATER))
    altered = [planted.altered(alteration) for planted in PLANTED for alteration in planted.alterations]
    assert len(set(altered)) == len(altered)
