"""Jobs, and which of their items go into one call of the engine. No threads here."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import Future, InvalidStateError
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from models.contracts import Candidate, Own, SummaryOptions, TranslationOptions
from service.queue.observer import Step
from service.queue.ticket import Ticket

Options = SummaryOptions | TranslationOptions | None  # nothing can be chosen of how an article is read
Outputs = list[list[Candidate]]

#: How many batches' worth of waiting items is looked at for items of like length.
_WINDOW: Final = 4


class Job:
    """One request's items for one step, and the future that tells its end.

    ``tokens`` holds each text's length as the engine will read it; ``arrived`` is in seconds of
    the worker's clock.
    """

    def __init__(
        self,
        step: Step,
        texts: Sequence[str],
        tokens: Sequence[int],
        options: Options,
        ticket: Ticket,
        arrived: float,
    ) -> None:
        self.step, self.texts, self.tokens = step, tuple(texts), tuple(tokens)
        self.options, self.ticket, self.arrived = options, ticket, arrived
        self.future: Future[Outputs] = Future()
        self.started = False
        self._lock = threading.Lock()
        self._outputs: dict[int, list[Candidate]] = {}

    @property
    def kind(self) -> tuple[Step, Options]:
        """What must be equal for items to share a call, beside what is each item's own."""
        if isinstance(self.options, TranslationOptions):
            return self.step, self.options.with_own(())
        return self.step, self.options

    @property
    def over(self) -> bool:
        """Whether the future has ended."""
        return self.future.done()

    def items(self) -> list[Item]:
        """The job's items in order."""
        kind = self.kind
        return [Item(self, index, kind) for index in range(len(self.texts))]

    def give(self, index: int, candidates: list[Candidate]) -> None:
        """Take one item's output; the last one ends the future with the result."""
        with self._lock:
            self._outputs[index] = candidates
            complete = len(self._outputs) == len(self.texts)
        if complete:
            with suppress(InvalidStateError):  # it was cancelled, or failed, a moment before
                self.future.set_result([self._outputs[i] for i in range(len(self.texts))])

    def fail(self, error: BaseException) -> bool:
        """End the future with an error; ``False`` if it had ended already."""
        try:
            self.future.set_exception(error)
        except InvalidStateError:
            return False
        return True


@dataclass(frozen=True, eq=False)
class Item:
    """One text of a job."""

    job: Job
    index: int
    kind: tuple[Step, Options]

    @property
    def text(self) -> str:
        """What the engine reads."""
        return self.job.texts[self.index]

    @property
    def tokens(self) -> int:
        """Its length, at least 1."""
        return max(1, self.job.tokens[self.index])

    @property
    def own(self) -> Own:
        """What it has to itself in a call."""
        options = self.job.options
        return options.own(self.index) if isinstance(options, TranslationOptions) else Own()


def padded_tokens(items: Sequence[Item]) -> int:
    """What a batch costs: every item is as long as the longest."""
    return max((item.tokens for item in items), default=0) * len(items)


def is_full(queue: Sequence[Item], budget: int, most: int) -> bool:
    """Whether the first item's kind has enough waiting for a whole batch."""
    number = longest = 0
    for item in queue:
        if item.kind == queue[0].kind:
            number, longest = number + 1, max(longest, item.tokens)
            if number >= most or number * longest >= budget:
                return True
    return False


def choose(queue: Sequence[Item], budget: int, most: int) -> list[Item]:
    """The next batch: the first item, and those of its kind whose lengths are nearest to its own.

    Padding counts against ``budget``; ``most`` bounds the number. An item longer than the budget
    goes alone. Items are in the queue's order.
    """
    first = queue[0]
    near: list[tuple[int, int, Item]] = []
    seen = 0
    for position, item in enumerate(queue):
        if item.kind == first.kind:
            near.append((abs(item.tokens - first.tokens), position, item))
            seen += item.tokens
            if seen > _WINDOW * budget or len(near) >= _WINDOW * most:
                break
    near[1:] = sorted(near[1:], key=lambda entry: entry[:2])
    chosen, longest = [near[0]], first.tokens
    for entry in near[1:]:
        if len(chosen) >= most:
            break
        padded = max(longest, entry[2].tokens)
        if padded * (len(chosen) + 1) <= budget:
            chosen.append(entry)
            longest = padded
    return [item for _, _, item in sorted(chosen, key=lambda entry: entry[1])]


def merged_options(items: Sequence[Item]) -> Options:
    """The options of one call for these items, with what is each item's own."""
    options = items[0].kind[1]
    return options.with_own([item.own for item in items]) if isinstance(options, TranslationOptions) else options
