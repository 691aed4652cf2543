from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from cache_fakes import key

from service.cache.flight import Seat, SingleFlight
from service.errors import Cancelled, DeadlineExceeded
from service.queue.ticket import Ticket


def in_thread(call: Callable[[], object]) -> Callable[[], object]:
    """Start a call; the returned function gives what it returned or raised."""
    outcome: list[object] = []

    def work() -> None:
        try:
            outcome.append(call())
        except Exception as error:
            outcome.append(error)

    thread = threading.Thread(target=work)
    thread.start()

    def end() -> object:
        thread.join(10)
        return outcome[0]

    return end


def waiting(seat: Seat, ticket: Ticket | None = None) -> Callable[[], object]:
    return in_thread(lambda: seat.wait(ticket or Ticket()))


def test_one_leads_and_the_others_get_its_value() -> None:
    flight = SingleFlight()
    leader, *others = [flight.take(key("a")) for _ in range(4)]
    assert [leader.leads, *(seat.leads for seat in others)] == [True, False, False, False]
    ends = [waiting(seat) for seat in others]
    leader.land(b"1")
    assert [end() for end in ends] == [b"1", b"1", b"1"]
    assert len(flight) == 0


def test_a_follower_that_waits_only_after_the_landing_has_the_value() -> None:
    flight = SingleFlight()
    leader, follower = flight.take(key("a")), flight.take(key("a"))
    leader.land(b"1")
    leader.leave()
    assert follower.wait(Ticket()) == b"1"


def test_other_keys_are_not_held_up() -> None:
    flight = SingleFlight()
    assert flight.take(key("a")).leads
    assert flight.take(key("b")).leads


def test_when_the_leader_leaves_its_followers_have_nothing_and_the_next_one_leads() -> None:
    flight = SingleFlight()
    leader, follower = flight.take(key("a")), flight.take(key("a"))
    end = waiting(follower)
    leader.leave()
    assert end() is None
    again = flight.take(key("a"))
    assert again.leads
    leader.leave()  # a late second time does not take the new leader's seat
    assert not flight.take(key("a")).leads


def test_waiting_ends_with_the_ticket() -> None:
    flight = SingleFlight()
    flight.take(key("a"))
    ticket = Ticket()
    end = waiting(flight.take(key("a")), ticket)
    ticket.cancel()
    assert isinstance(end(), Cancelled)
    with pytest.raises(DeadlineExceeded):
        flight.take(key("a")).wait(Ticket.lasting(0.01))
