"""Turns at the interpreter lock: one article at a time, none while it waits, and no wait without end."""

from __future__ import annotations

import threading

import pytest

from service.errors import Cancelled
from service.queue.ticket import Ticket
from service.queue.turns import Turns


def test_the_next_article_has_its_turn_when_the_first_one_is_over() -> None:
    turns = Turns(patience=20)
    order: list[str] = []

    def follow() -> None:
        with turns.turn() as turn:
            order.append("second")
            assert turn.held

    with turns.turn() as first:
        thread = threading.Thread(target=follow)
        thread.start()
        order.append("first")
        assert first.held
    thread.join(20)
    assert (order, first.held) == (["first", "second"], False)


def test_a_waiting_article_gives_its_turn_up_and_has_it_again() -> None:
    turns, woken = Turns(patience=20), threading.Event()
    held: list[bool] = []

    def follow() -> None:
        with turns.turn() as other:
            held.append(other.held)
        held.append(other.held)
        woken.set()

    with turns.turn() as turn:
        ticket = Ticket(turn=turn)
        thread = threading.Thread(target=follow)
        thread.start()
        ticket.wait(lambda: held == [True, False], woken)
        assert turn.held
    thread.join(20)


def test_what_is_there_already_is_taken_without_giving_the_turn_up() -> None:
    turns = Turns()
    with turns.turn() as turn:
        ticket = Ticket(turn=turn)

        def done() -> bool:
            return turn.held

        ticket.wait(done, threading.Event())


def test_the_article_that_lined_up_first_goes_first_also_when_it_comes_back_last() -> None:
    turns = Turns(patience=20)
    old, middle, young = turns.turn(), turns.turn(), turns.turn()
    order: list[str] = []
    back, resting = threading.Event(), threading.Event()

    def grow_old() -> None:
        with old:
            with old.rest():
                resting.set()
                assert back.wait(20)
            order.append("old")

    def follow() -> None:
        with young:
            order.append("young")

    threads = [threading.Thread(target=grow_old), threading.Thread(target=follow)]
    threads[0].start()
    assert resting.wait(20)
    with middle:
        young.line_up()
        threads[1].start()
        back.set()
        while len(turns._waiting) < 2:
            threads[0].join(0.001)
    for thread in threads:
        thread.join(20)
    assert order == ["old", "young"]


def test_a_wait_that_fails_does_not_wait_for_a_turn_as_well() -> None:
    turns = Turns(patience=20)
    with turns.turn() as turn:
        ticket = Ticket(turn=turn)
        ticket.cancel()
        with pytest.raises(Cancelled):
            ticket.wait(lambda: False, threading.Event())
        assert not turn.held
        with turns.turn() as other:
            assert other.held


def test_behind_an_article_that_is_too_long_the_others_go_on() -> None:
    turns = Turns(patience=0.01)
    with turns.turn() as long:
        with turns.turn() as other:
            assert (long.held, other.held) == (True, False)
        assert long.held
    with turns.turn() as after:
        assert after.held


def test_as_many_turns_as_stated() -> None:
    turns = Turns(2, patience=0.01)
    with turns.turn() as one, turns.turn() as two, turns.turn() as three:
        assert (one.held, two.held, three.held) == (True, True, False)


def test_a_ticket_without_a_turn_just_waits() -> None:
    with Ticket().resting():
        assert Ticket().turn is None
