from __future__ import annotations

import math
import random
import threading
from collections import deque
from contextlib import suppress

import pytest

from service.errors import Overloaded, ShuttingDown
from service.queue.admission import Admission, Place


class HandClock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def take(admission: Admission, number: int) -> list[Place]:
    return [admission.place() for _ in range(number)]


def test_as_many_places_as_may_wait_and_be_worked_on() -> None:
    admission = Admission(3, workers=2)
    places = take(admission, 5)
    with pytest.raises(Overloaded):
        admission.place()
    places[0].release()
    admission.place()
    counts = admission.counts()
    assert (counts.places, counts.taken, counts.free) == (5, 5, 0)
    assert (counts.accepted, counts.completed, counts.overloaded) == (6, 1, 1)


def test_a_place_is_given_back_once_also_after_an_error() -> None:
    admission = Admission(1)
    with pytest.raises(ZeroDivisionError), admission.place() as place:
        raise ZeroDivisionError
    place.release()
    assert admission.counts().taken == 0
    assert admission.counts().completed == 0


def test_a_group_takes_a_place_for_each_article_or_none() -> None:
    admission = Admission(3)
    with admission.place(articles=3):
        assert admission.counts().taken == 3
        with pytest.raises(Overloaded):
            admission.place(articles=2)
        assert admission.counts().taken == 3
    with admission.place(articles=32):
        assert admission.counts().free == 0
    assert admission.counts().completed == 35


def test_retry_after_comes_from_the_queue_and_the_measured_rate() -> None:
    clock = HandClock()
    admission = Admission(10, expected_seconds=2.0, clock=clock)
    places = take(admission, 11)
    with pytest.raises(Overloaded) as refused:
        admission.place()
    assert refused.value.retry_after == 20
    for _ in range(60):  # half a second each, with the queue always full
        clock.now += 0.5
        places.pop(0).release()
        places += take(admission, 1)
    assert admission.counts().seconds_per_article == pytest.approx(0.5, abs=0.01)
    with pytest.raises(Overloaded) as refused:
        admission.place()
    assert refused.value.retry_after == 5


def test_what_could_not_be_done_in_time_is_refused_at_once_however_many_places_are_free() -> None:
    clock = HandClock()
    admission = Admission(64, expected_seconds=1.0, clock=clock)
    for _ in range(60):
        with admission.place(within=30):
            clock.now += 2
    admission.place(within=0.1)  # nothing is before it
    take(admission, 9)
    with pytest.raises(Overloaded, match="longer than this request may") as refused:
        admission.place(within=21.9)  # ten before it and itself
    assert refused.value.retry_after == pytest.approx(18, abs=1)
    with pytest.raises(Overloaded):
        admission.check_room(within=21.9)
    assert admission.counts().overloaded == 2
    admission.check_room(within=22.5)
    admission.place(within=22.5)
    admission.place()


def test_articles_of_unequal_length_get_a_margin() -> None:
    clock = HandClock()
    admission = Admission(64, clock=clock)
    for number in range(60):
        with admission.place():
            clock.now += (1, 3)[number % 2]
    take(admission, 9)
    with pytest.raises(Overloaded):
        admission.place(within=22)  # 20 seconds are the mean of ten
    admission.place(within=35)


def test_what_the_cache_answered_does_not_make_those_that_wait_look_quick() -> None:
    clock = HandClock()
    admission = Admission(64, clock=clock)
    for _ in range(10):
        with admission.place():
            clock.now += 2
        for _ in range(20):
            with admission.place() as place:
                clock.now += 0.01
                place.release(measured=False)
    assert admission.counts().seconds_per_article == pytest.approx(2.0)
    assert admission.counts().completed == 210
    take(admission, 30)
    with pytest.raises(Overloaded):
        admission.place(within=60)


def test_time_that_is_spent_on_what_is_not_measured_counts_to_what_it_held_up() -> None:
    clock = HandClock()
    admission = Admission(64, clock=clock)
    for _ in range(30):
        cached, failed, computed = take(admission, 3)
        clock.now += 1
        cached.release(measured=False)
        clock.now += 1
        failed.release(completed=False)
        clock.now += 2
        computed.release()
    assert admission.counts().seconds_per_article == pytest.approx(4.0)


def test_a_long_article_beside_the_others_does_not_make_them_look_slow() -> None:
    clock = HandClock()
    admission = Admission(64, clock=clock)
    admission.place()  # an hour's work, say a job
    for _ in range(30):
        clock.now += 20
        with admission.place(within=60):
            clock.now += 1
    assert admission.counts().seconds_per_article == pytest.approx(1.0)


def test_one_article_out_of_proportion_does_not_close_the_door() -> None:
    clock = HandClock()
    admission = Admission(64, clock=clock)
    for seconds in (*[2.0] * 30, 55.0):
        with admission.place():
            clock.now += seconds
    take(admission, 2)
    admission.place(within=60)


def test_a_rate_that_was_hardly_measured_refuses_nobody() -> None:
    admission = Admission(64, expected_seconds=30.0)
    take(admission, 60)
    admission.place(within=1)


def test_idle_time_and_failures_do_not_count_as_slow_service() -> None:
    clock = HandClock()
    admission = Admission(10, expected_seconds=1.0, clock=clock)
    clock.now += 1000
    for _ in range(50):
        with admission.place():
            clock.now += 1
        clock.now += 1000
        admission.place().release(completed=False)
        admission.place(measured=False).release()
    assert admission.counts().seconds_per_article == pytest.approx(1.0)


def test_articles_done_together_share_the_time() -> None:
    clock = HandClock()
    admission = Admission(10, expected_seconds=1.0, clock=clock)
    for _ in range(50):
        places = take(admission, 4)
        clock.now += 4
        for place in places:
            place.release()
    assert admission.counts().seconds_per_article == pytest.approx(1.0, abs=0.2)


def test_retry_after_is_at_least_a_second_and_at_most_ten_minutes() -> None:
    quick, slow = Admission(1, expected_seconds=0.001), Admission(500, expected_seconds=60)
    take(quick, 2)
    take(slow, 501)
    for admission, seconds in ((quick, 1), (slow, 600)):
        with pytest.raises(Overloaded) as refused:
            admission.place()
        assert refused.value.retry_after == seconds


def test_draining_refuses_new_work_and_waits_for_the_old() -> None:
    admission = Admission(2)
    place = admission.place()
    assert not admission.drain(timeout=0.01)
    with pytest.raises(ShuttingDown):
        admission.place()
    assert admission.counts().draining == 1
    thread = threading.Thread(target=place.release)
    thread.start()
    assert admission.drain(timeout=10)
    thread.join()


def test_threads_never_take_more_places_than_there_are() -> None:
    admission, most, refused = Admission(3), list[int](), list[int]()

    def work() -> None:
        for _ in range(200):
            try:
                with admission.place():
                    most.append(admission.counts().taken)
            except Overloaded:
                refused.append(1)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert max(most) <= 4
    assert len(most) + len(refused) == 1600
    assert admission.counts().taken == 0


@pytest.mark.parametrize("variation", [0.25, 0.5, 0.8])
@pytest.mark.parametrize("at_once", [1, 3])
def test_at_ten_times_capacity_the_accepted_are_in_time_and_the_server_is_never_idle(
    variation: float, at_once: int
) -> None:
    """Articles of two seconds on average before a minute's patience: thirty of the 65 places are worth taking."""
    spread = math.sqrt(math.log(1 + variation**2))
    chance, clock = random.Random(6), HandClock()
    admission = Admission(64, clock=clock)
    house: deque[tuple[float, Place]] = deque()
    in_time, late, empty = 0, 0, 0
    for number in range(600):
        lengths = [chance.lognormvariate(math.log(2) - spread**2 / 2, spread) for _ in range(at_once)]
        for _ in range(10 * at_once):
            clock.now += sum(lengths) / (10 * at_once)
            while house and clock.now - house[0][0] > 60:  # whoever waited too long leaves
                house.popleft()[1].release(completed=False)
                late += number >= 30
            with suppress(Overloaded):
                house.append((clock.now, admission.place(within=60)))
        empty += len(house) < at_once
        for _ in range(min(at_once, len(house))):  # they end together, as articles of one batch do
            house.popleft()[1].release()
            in_time += number >= 30
    assert empty == 0
    assert late <= 0.01 * in_time
