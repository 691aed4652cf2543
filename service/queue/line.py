"""A line of work before a few threads: begun in the order in which it came, each with its turn."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from service.queue.turns import Turn

T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class _Work(Generic[T]):
    """What a thread is to do, and the future that tells its end."""

    turn: Turn
    call: Callable[[], T]
    outcome: Future[T] = field(default_factory=Future)

    def do(self) -> None:
        """Call, and end the future; the caller has noted that it runs."""
        try:
            self.outcome.set_result(self.call())
        except BaseException as error:  # the thread's edge: whatever it is, it is the waiter's
            self.outcome.set_exception(error)


class Line(Generic[T]):
    """``threads`` work on what has waited longest; ``prepare`` is called once at the start of each.

    Work whose future is cancelled while it waits is not begun.
    """

    def __init__(self, threads: int, name: str, prepare: Callable[[], None]) -> None:
        self._pool = ThreadPoolExecutor(threads, name, initializer=prepare)
        self._waiting: deque[_Work[T]] = deque()
        self._beginning = threading.Lock()

    def append(self, turn: Turn, call: Callable[[], T]) -> Future[T]:
        """Line up a call that takes ``turn`` itself; the future ends in what it gives or raises.

        Raises ``RuntimeError`` after ``close``.
        """
        work = _Work(turn, call)
        self._waiting.append(work)
        self._pool.submit(self._begin_next)
        return work.outcome

    def close(self) -> None:
        """Cancel what waits and wait for what is being done. Blocks."""
        with self._beginning:
            left = list(self._waiting)
            self._waiting.clear()
        for work in left:
            work.outcome.cancel()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _begin_next(self) -> None:
        """In a thread of the pool: do what has waited longest. In the order of the line they take their turns."""
        with self._beginning:
            if not self._waiting:
                return
            work = self._waiting.popleft()
            if not work.outcome.set_running_or_notify_cancel():
                return
            work.turn.line_up()
        work.do()
