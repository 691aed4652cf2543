from __future__ import annotations

import random

import pytest

from service.queue.pace import Pace


def test_what_is_expected_stands_until_something_is_measured() -> None:
    pace = Pace(30.0)
    assert (pace.mean, pace.noted) == (30.0, 0)
    pace.note(0.5)
    assert (pace.mean, pace.noted) == (0.5, 1)


def test_the_mean_follows_those_of_late() -> None:
    pace = Pace(1.0)
    for seconds in (*[2.0] * 100, *[6.0] * 50):
        pace.note(seconds)
    assert pace.mean == pytest.approx(6.0, abs=0.05)


def test_equal_articles_need_no_margin_and_few_measures_a_large_one() -> None:
    equal, few = Pace(1.0), Pace(1.0)
    for _ in range(200):
        equal.note(2.0)
    few.note(2.0)
    assert equal.at_most(10) == pytest.approx(20.0, abs=0.1)
    assert few.at_most(10) > 60.0


@pytest.mark.parametrize("articles", [1, 5, 30])
def test_the_promise_is_kept_nearly_always_and_is_not_much_more_than_the_truth(articles: int) -> None:
    chance = random.Random(articles)
    broken, promised, rounds = 0, 0.0, 2000
    for _ in range(rounds):
        pace = Pace(1.0)
        for _ in range(40):
            pace.note(chance.gammavariate(4.0, 0.5))  # two seconds on average, half of it as spread
        promise = pace.at_most(articles)
        broken += sum(chance.gammavariate(4.0, 0.5) for _ in range(articles)) > promise
        promised += promise / rounds
    assert broken <= 0.04 * rounds
    assert promised < 2.0 * articles + 25.0


def test_one_article_out_of_proportion_raises_the_mean_alone() -> None:
    pace = Pace(1.0)
    for seconds in (*[2.0] * 100, 100.0):
        pace.note(seconds)
    assert pace.at_most(1) == pytest.approx(pace.mean)
    assert 10 < pace.mean < 13
