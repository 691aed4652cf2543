"""A key's window of characters: what fits, when the next one fits, and that only the monotonic clock counts."""

from __future__ import annotations

import pytest
from limits import parse

from service.http.rates import Rates, Window, wait

MINUTE = parse("100/minute")


class HandClock:
    now = 600_000.0  # a whole number of minutes

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def rates(clock: HandClock) -> Rates:
    return Rates(clock=clock)


def test_what_fits_is_counted_and_what_does_not_is_not(rates: Rates) -> None:
    assert rates.take(MINUTE, "a", 60) is None
    assert rates.take(MINUTE, "a", 60) is not None
    assert rates.take(MINUTE, "a", 40) is None
    assert rates.take(MINUTE, "a", 1) is not None


def test_each_key_and_each_rate_has_its_own_window(rates: Rates) -> None:
    assert rates.take(MINUTE, "a", 100) is None
    assert rates.take(MINUTE, "b", 100) is None
    assert rates.take(parse("100/hour"), "a", 100) is None


def test_the_last_period_counts_by_what_is_left_of_it(rates: Rates, clock: HandClock) -> None:
    assert rates.take(MINUTE, "a", 100) is None
    clock.now += 60 + 30
    assert rates.take(MINUTE, "a", 51) is not None
    assert rates.take(MINUTE, "a", 50) is None


def test_after_two_periods_all_is_forgotten(rates: Rates, clock: HandClock) -> None:
    assert rates.take(MINUTE, "a", 100) is None
    clock.now += 120
    assert rates.take(MINUTE, "a", 100) is None


@pytest.mark.parametrize(("first", "cost"), [(40, 100), (70, 40), (70, 100), (100, 10), (100, 40), (100, 100)])
@pytest.mark.parametrize("into", [0.0, 12.5, 59.0])
def test_who_comes_back_when_told_is_let_in_and_a_moment_earlier_is_not(
    rates: Rates, clock: HandClock, first: int, cost: int, into: float
) -> None:
    clock.now += into
    assert rates.take(MINUTE, "a", first) is None
    seconds = rates.take(MINUTE, "a", cost)
    assert seconds is not None
    clock.now += seconds - 2  # the count is rounded down to whole characters
    assert rates.take(MINUTE, "a", cost) is not None
    clock.now += 2.001
    assert rates.take(MINUTE, "a", cost) is None


def test_what_never_fits_is_put_off_by_a_period(rates: Rates) -> None:
    assert rates.take(MINUTE, "a", 101) == 60


def test_what_fits_already_need_not_wait() -> None:
    assert wait(MINUTE, Window(0, 0, 30.0), 100) == 0
    assert wait(MINUTE, Window(100, 0, 30.0), 50) == 0
