"""What a worker tells whoever counts: metrics attach here, and the queue knows none of them."""

from __future__ import annotations

from typing import Literal, Protocol

Step = Literal["read", "summarise", "translate"]
DropReason = Literal["cancelled", "deadline", "shutdown"]


class Observer(Protocol):
    """Called from the worker's threads; must be quick. What it raises is logged and goes no further."""

    def on_started(self, step: Step, waited: float) -> None:
        """A job's first item came to the engine, after so many seconds in the queue."""
        ...

    def on_batch(self, step: Step, size: int, tokens: int, seconds: float) -> None:
        """One call of the engine: its items, its tokens with padding, and how long it took."""
        ...

    def on_dropped(self, step: Step, reason: DropReason) -> None:
        """A job ended before it was computed."""
        ...

    def on_failed(self, step: Step) -> None:
        """A job ended with an error of the engine."""
        ...

    def on_restart(self) -> None:
        """The engine's thread had died and is started again."""
        ...


class SilentObserver:
    """Counts nothing."""

    def on_started(self, step: Step, waited: float) -> None:
        """Nothing to do."""

    def on_batch(self, step: Step, size: int, tokens: int, seconds: float) -> None:
        """Nothing to do."""

    def on_dropped(self, step: Step, reason: DropReason) -> None:
        """Nothing to do."""

    def on_failed(self, step: Step) -> None:
        """Nothing to do."""

    def on_restart(self) -> None:
        """Nothing to do."""


class ObserverRelay:
    """Passes everything on to an observer that is named later; until then nobody is told."""

    def __init__(self) -> None:
        self.observer: Observer = SilentObserver()

    def on_started(self, step: Step, waited: float) -> None:
        """Pass it on."""
        self.observer.on_started(step, waited)

    def on_batch(self, step: Step, size: int, tokens: int, seconds: float) -> None:
        """Pass it on."""
        self.observer.on_batch(step, size, tokens, seconds)

    def on_dropped(self, step: Step, reason: DropReason) -> None:
        """Pass it on."""
        self.observer.on_dropped(step, reason)

    def on_failed(self, step: Step) -> None:
        """Pass it on."""
        self.observer.on_failed(step)

    def on_restart(self) -> None:
        """Pass it on."""
        self.observer.on_restart()
