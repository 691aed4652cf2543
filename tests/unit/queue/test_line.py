from __future__ import annotations

import threading

import pytest

from service.queue.line import Line
from service.queue.turns import Turns


@pytest.fixture
def turns() -> Turns:
    return Turns(patience=20)


def test_work_is_begun_in_the_order_in_which_it_came_and_each_thread_is_prepared(turns: Turns) -> None:
    prepared: list[str] = []
    line: Line[int] = Line(2, "worker", lambda: prepared.append(threading.current_thread().name))
    order: list[int] = []

    def work(number: int) -> int:
        turn = given[number]
        with turn:
            order.append(number)
        return number

    given = [turns.turn() for _ in range(20)]
    ends = [line.append(given[number], lambda number=number: work(number)) for number in range(20)]  # type: ignore[misc]
    assert [end.result(10) for end in ends] == list(range(20))
    line.close()
    assert order == list(range(20))
    assert 1 <= len(prepared) <= 2
    assert all(name.startswith("worker") for name in prepared)


def test_what_fails_fails_for_its_own_waiter(turns: Turns) -> None:
    line: Line[int] = Line(1, "worker", lambda: None)

    def fail() -> int:
        with failing:
            raise SystemExit

    failing, good = turns.turn(), turns.turn()
    failed = line.append(failing, fail)

    def succeed() -> int:
        with good:
            return 1

    done = line.append(good, succeed)
    assert isinstance(failed.exception(10), SystemExit)
    assert done.result(10) == 1
    line.close()


def test_what_waits_when_the_line_is_closed_or_is_cancelled_is_not_begun(turns: Turns) -> None:
    line: Line[int] = Line(1, "worker", lambda: None)
    begun, gate = threading.Event(), threading.Event()

    def hold() -> int:
        with first:
            begun.set()
            assert gate.wait(10)
            return 0

    first = turns.turn()
    holding = line.append(first, hold)
    assert begun.wait(10)
    cancelled = line.append(turns.turn(), lambda: pytest.fail("it was begun"))
    waiting = line.append(turns.turn(), lambda: pytest.fail("it was begun"))
    assert cancelled.cancel()
    closing = threading.Thread(target=line.close)
    closing.start()
    while not waiting.cancelled():
        threading.Event().wait(0.002)
    gate.set()
    closing.join(10)
    assert holding.result(10) == 0
