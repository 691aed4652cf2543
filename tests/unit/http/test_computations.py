"""How many articles are in the house, and after how many others an accepted one is done at the latest."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterable, Mapping
from concurrent.futures import Future

import pytest

from service.errors import Cancelled, Overloaded
from service.http.computations import Asked, Computations
from service.pipeline.brief import ArticleSummary, Briefing, BriefRequest, Progress, RunNotes
from service.queue.admission import Admission
from service.queue.ticket import Ticket
from service.queue.turns import Turns
from service.runtime import Health


class HandEngine:
    """A briefer whose one engine computes in order of arrival, one article each time it is told to."""

    languages = ("fr",)
    models = ()

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._queue: list[tuple[str, Future[None]]] = []
        self.begun: list[str] = []

    def identify(self, request: BriefRequest) -> str:
        return str(request.text)

    def run(
        self, request: BriefRequest, ticket: Ticket, notes: RunNotes | None = None, progress: Progress | None = None
    ) -> Briefing:
        outcome, woken = Future[None](), threading.Event()
        outcome.add_done_callback(lambda _: woken.set())
        with self._changed:
            self.begun.append(str(request.text))
            self._queue.append((str(request.text), outcome))
            self._changed.notify_all()
        ticket.wait(outcome.done, woken)
        return Briefing(str(request.text), ArticleSummary("", None, "fr", 0), (), (), {}, ())

    def compute_one(self) -> str:
        with self._changed:
            assert self._changed.wait_for(lambda: self._queue, 20)
            name, outcome = self._queue.pop(0)
        outcome.set_result(None)
        return name


class Runtime:
    """The engine, storing nothing."""

    def __init__(self) -> None:
        self.briefer = HandEngine()

    def get_reply(self, id: str) -> bytes | None:
        return None

    def put_reply(self, id: str, body: bytes, parts: Iterable[str] = ()) -> None:
        """Nothing is stored."""

    def delete_reply(self, id: str) -> bool:
        return False

    def health(self) -> Mapping[str, Health]:
        return {}

    def close(self) -> None:
        """Nothing is open."""


def nobody(_: RunNotes) -> None:
    """Nobody counts."""


@pytest.mark.parametrize("threads", [1, 3, 8])
def test_an_accepted_article_is_done_after_at_most_the_waiting_ones_and_one_more(threads: int) -> None:
    waiting, articles = 6, 60

    async def main() -> list[int]:
        runtime, admission = Runtime(), Admission(waiting)
        computations = Computations(admission, threads, nobody, Turns(patience=20))
        computed, behind, refused = 0, list[int](), 0
        running: dict[str, tuple[asyncio.Task[object], int]] = {}
        for number in range(articles):
            # Ten arrive for each that is computed.
            for attempt in range(10):
                name = f"{number}/{attempt}"
                try:
                    computations.check_room(name, "use", 60.0)
                except Overloaded:
                    refused += 1
                    continue
                asked = Asked(BriefRequest(text=name), name)
                running[name] = (asyncio.create_task(computations.answer(runtime, asked, 60.0)), computed)
                await asyncio.sleep(0)  # it takes its place when it begins
            assert admission.counts().taken == len(running) <= waiting + 1
            done = await asyncio.to_thread(runtime.briefer.compute_one)
            computed += 1
            task, accepted_at = running.pop(done)
            await task
            behind.append(computed - accepted_at)
        assert refused == articles * 10 - len(behind) - len(running)
        for task, _ in running.values():
            task.cancel()
        await asyncio.gather(*(task for task, _ in running.values()), return_exceptions=True)
        await computations.close()
        return behind

    behind = asyncio.run(main())
    assert max(behind) == waiting + 1


def test_no_more_articles_are_begun_than_are_worked_on_at_once() -> None:
    async def main() -> tuple[list[str], int, int]:
        runtime, admission = Runtime(), Admission(6)
        computations = Computations(admission, 2, nobody, Turns(patience=20))
        asked = [Asked(BriefRequest(text=str(number)), str(number)) for number in range(5)]
        tasks = [asyncio.create_task(computations.answer(runtime, one, 60.0)) for one in asked]
        for expected in ("0", "1", "2"):
            assert await asyncio.to_thread(runtime.briefer.compute_one) == expected
        await asyncio.gather(*tasks[:3])
        begun, counts = list(runtime.briefer.begun), (computations.running, computations.waiting)
        for task in tasks[3:]:
            task.cancel()
        await asyncio.gather(*tasks[3:], return_exceptions=True)
        await computations.close()
        return begun[:3], *counts

    assert asyncio.run(main()) == (["0", "1", "2"], 2, 0)


def test_an_article_that_nobody_waits_for_any_more_frees_its_place_at_once() -> None:
    async def main() -> None:
        runtime, admission = Runtime(), Admission(1)
        computations = Computations(admission, 1, nobody)
        asked = Asked(BriefRequest(text="a"), "a")
        task = asyncio.create_task(computations.answer(runtime, asked, 60.0))
        await asyncio.sleep(0)
        assert admission.counts().taken == 1
        task.cancel()
        with pytest.raises((asyncio.CancelledError, Cancelled)):
            await task
        await asyncio.sleep(0)
        assert admission.counts().taken == 0
        await computations.close()

    asyncio.run(main())
