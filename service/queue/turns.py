"""Turns at Python's interpreter lock, so that few threads stand between it and the event loop.

Threads that prepare and finish articles run Python, and only one of them can at a time. Left alone
they hand the lock to each other, and the event loop's thread, which needs it for each reply, waits
behind all of them. Here they wait for their turn without wanting the lock; while an article waits for a
model, its turn is another's.
"""

from __future__ import annotations

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
        self._free, self._patience = threading.Semaphore(number), patience

    def turn(self) -> Turn:
        """One article's turn, to be used by one thread."""
        return Turn(self._free, self._patience)


class Turn:
    """Taken at the start of the ``with`` block, given up at its end and during ``rest``."""

    def __init__(self, free: threading.Semaphore, patience: float) -> None:
        self._free, self._patience = free, patience
        self._held = False

    @property
    def held(self) -> bool:
        """Whether it was had in time; if not, the article goes on all the same."""
        return self._held

    def __enter__(self) -> Turn:
        self._held = self._free.acquire(timeout=self._patience)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._held:
            self._held = False
            self._free.release()

    @contextmanager
    def rest(self) -> Iterator[None]:
        """Let another one have the turn while this one waits for something; a wait that fails needs none."""
        self.__exit__(None, None, None)
        yield
        self.__enter__()
