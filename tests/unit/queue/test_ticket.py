from __future__ import annotations

import threading

import pytest

from service.errors import Cancelled, DeadlineExceeded
from service.queue.ticket import Ticket


class HandClock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_ticket_ends_at_its_deadline() -> None:
    clock = HandClock()
    ticket = Ticket.lasting(5, clock)
    clock.now += 4
    ticket.check()
    assert ticket.remaining() == 1
    clock.now += 1
    with pytest.raises(DeadlineExceeded):
        ticket.check()
    clock.now += 1
    assert ticket.remaining() == 0


def test_a_ticket_without_a_deadline_lasts() -> None:
    ticket = Ticket()
    ticket.check()
    assert ticket.remaining() is None


def test_cancelling_wakes_each_waiter_once() -> None:
    ticket, calls = Ticket(), list[str]()
    ticket.when_cancelled(lambda: calls.append("a"))
    forget = ticket.when_cancelled(lambda: calls.append("b"))
    forget()
    forget()
    ticket.cancel()
    ticket.cancel()
    assert calls == ["a"]
    ticket.when_cancelled(lambda: calls.append("late"))
    assert calls == ["a", "late"]
    with pytest.raises(Cancelled):
        ticket.check()


def test_waiting_returns_when_it_is_done_also_on_a_cancelled_ticket() -> None:
    ticket = Ticket()
    ticket.cancel()
    ticket.wait(lambda: True, threading.Event())


def test_waiting_looks_again_when_it_is_woken() -> None:
    ticket, woken, done = Ticket(), threading.Event(), list[int]()

    def finish() -> None:
        woken.set()
        done.append(1)
        woken.set()

    thread = threading.Thread(target=finish)
    thread.start()
    ticket.wait(lambda: bool(done), woken)
    thread.join()


def test_waiting_ends_with_cancellation_or_the_deadline() -> None:
    ticket, woken = Ticket(), threading.Event()
    thread = threading.Thread(target=ticket.cancel)
    thread.start()
    with pytest.raises(Cancelled):
        ticket.wait(lambda: False, woken)
    thread.join()
    with pytest.raises(DeadlineExceeded):
        Ticket.lasting(0.01).wait(lambda: False, threading.Event())
