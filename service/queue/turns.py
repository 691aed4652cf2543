"""Turns at Python's interpreter lock, so that few threads stand between it and the event loop.

Threads that prepare and finish articles run Python, and only one of them can at a time. Left alone
they hand the lock to each other, and the event loop's thread, which needs it for each reply, waits
behind all of them. Here they wait for their turn without wanting the lock; while an article waits for a
model, its turn is another's. The article that lined up first goes first, each time: none is overtaken.
"""

from __future__ import annotations

import heapq
import itertools
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Final

#: Seconds after which an article goes on without a turn, beside one that is long in Python: a huge article
#: shall make the others slower, not stop them.
PATIENCE: Final = 0.25


class Turns:
    """``number`` articles may be in Python at once."""

    def __init__(self, number: int = 1, patience: float = PATIENCE) -> None:
        self._free, self._patience = number, patience
        self._lock = threading.Lock()
        self._numbers = itertools.count()
        self._waiting: list[tuple[int, threading.Event]] = []  # a heap: who lined up first is first

    def turn(self) -> Turn:
        """One article's turn, to be used by one thread."""
        return Turn(self, self._patience)

    def number(self) -> int:
        """The next number in the line."""
        return next(self._numbers)

    def ask(self, number: int) -> threading.Event:
        """Set when it is this number's turn; then it has to be given back."""
        granted = threading.Event()
        with self._lock:
            heapq.heappush(self._waiting, (number, granted))
            self._grant()
        return granted

    def withdraw(self, number: int, granted: threading.Event) -> bool:
        """Ask no longer, unless it was granted a moment before: whether it was."""
        with self._lock:
            if not granted.is_set():
                self._waiting.remove((number, granted))
                heapq.heapify(self._waiting)
            return granted.is_set()

    def give_back(self) -> None:
        """Let the next one have the turn."""
        with self._lock:
            self._free += 1
            self._grant()

    def _grant(self) -> None:
        while self._free and self._waiting:
            _, granted = heapq.heappop(self._waiting)
            self._free -= 1
            granted.set()


class Turn:
    """Taken at the start of the ``with`` block, given up at its end and during ``rest``."""

    def __init__(self, turns: Turns, patience: float) -> None:
        self._turns, self._patience = turns, patience
        self._number: int | None = None
        self._asked: threading.Event | None = None
        self._held = False

    @property
    def held(self) -> bool:
        """Whether it was had in time; if not, the article goes on all the same."""
        return self._held

    def line_up(self) -> None:
        """Take a place in the line without waiting; the ``with`` block has to follow at once."""
        if self._number is None:
            self._number = self._turns.number()
        self._asked = self._turns.ask(self._number)

    def __enter__(self) -> Turn:
        if self._asked is None:
            self.line_up()
        asked, self._asked = self._asked, None
        if asked is not None and self._number is not None:
            self._held = asked.wait(self._patience) or self._turns.withdraw(self._number, asked)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._held:
            self._held = False
            self._turns.give_back()

    @contextmanager
    def rest(self) -> Iterator[None]:
        """Let another one have the turn while this one waits for something; a wait that fails needs none.

        Within the ``with`` block only.
        """
        self.__exit__(None, None, None)
        yield
        self.__enter__()
