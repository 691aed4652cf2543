"""A thread that steps back, the threads that it starts, and those that it leaves alone."""

from __future__ import annotations

import os
import sys
import threading

import pytest

from service.queue.priority import step_back


def nice_values(steps: int) -> tuple[int, int, int]:
    """Of a thread that stepped back, of one that it started then, and of this one."""
    found: list[int] = []

    def note() -> None:
        found.append(os.getpriority(os.PRIO_PROCESS, 0))

    def work() -> None:
        step_back(steps)
        note()
        child = threading.Thread(target=note)
        child.start()
        child.join()

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    note()
    return found[0], found[1], found[2]


def test_a_thread_steps_back_with_what_it_starts_and_no_other_thread() -> None:
    before = os.getpriority(os.PRIO_PROCESS, 0)
    expected = min(19, before + 3)
    assert nice_values(3) == (expected, expected, before)


def test_nobody_steps_back_behind_the_last_place() -> None:
    assert nice_values(100)[0] == 19


def test_where_threads_have_no_priorities_nothing_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: int) -> None:
        pytest.fail("this would lower the priority of the whole process")

    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(os, "setpriority", refuse)
    step_back(5)


def test_where_it_is_not_allowed_nothing_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[int] = []

    def refuse(*_: int) -> None:
        tried.append(1)
        raise PermissionError

    monkeypatch.setattr(os, "setpriority", refuse)
    step_back(5)
    assert tried == [1]
