"""Serves for a long time under a moderate mixed load, and shows whether memory grows.

    python tests/bench/soak.py [--minutes 30] [--rate 4] [--fake 0.05]

The server is the product as it is, in a process of its own. Requests come at a steady rate: of ten
articles six were stored before, three are new, one is a new job that is fetched later. Now and then a client
goes away before its answer. Resident memory is read every ten seconds. A table for people, and one
JSON document as the last line; the exit code is 1 if a request is unaccounted for.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from load import Serving, serving
from load_articles import Articles
from load_client import OVERLOADED, Connection, Reply, get, percentile

#: Seconds between two looks at the server's memory.
SAMPLE_SECONDS = 10.0
#: Seconds that the last answers may take after the last request.
LAST_SECONDS = 120.0
#: A connection is used again if it was idle for less than this.
IDLE_SECONDS = 1.0
#: Of so many requests one is of a client that does not wait for its answer, and how long that one waits.
IMPATIENT, PATIENCE = 50, 0.02


@dataclass
class Accounts:
    """What became of the requests."""

    sent: int = 0
    answered: int = 0
    refused: int = 0
    left: int = 0  # by clients that went away
    lost: int = 0
    other: Counter[str] = field(default_factory=Counter)
    jobs: int = 0
    jobs_done: int = 0
    seconds: list[float] = field(default_factory=list)

    @property
    def balanced(self) -> bool:
        """Whether every request and every job is accounted for, and none was lost."""
        told = self.answered + self.refused + self.left + self.other.total()
        return self.lost == 0 and self.sent == told and self.jobs == self.jobs_done

    def note(self, reply: Reply, seconds: float) -> None:
        """Count one reply."""
        if reply.status in (200, 202):
            self.answered += 1
            self.seconds.append(seconds)
        elif reply.outcome == OVERLOADED:
            self.refused += 1
        else:
            self.other[reply.outcome] += 1


class Soak:
    """One run of the load against one server."""

    def __init__(self, serving: Serving, rate: float, seconds: float) -> None:
        self._serving, self._rate, self._seconds = serving, rate, seconds
        self._articles = Articles()
        self._chance = random.Random(20)
        self._free: list[tuple[float, Connection]] = []
        self.accounts = Accounts()
        self.memory: list[tuple[float, float]] = []  # seconds since the start, MB

    async def run(self) -> None:
        """Send for the stated time, then wait for the last answers."""
        await self._articles.store(self._serving.address)
        started = time.monotonic()
        sampler = asyncio.create_task(self._sample(started))
        tasks: set[asyncio.Task[None]] = set()
        number = 0
        while time.monotonic() - started < self._seconds:
            await asyncio.sleep(max(0.0, started + number / self._rate - time.monotonic()))
            number += 1
            task = asyncio.create_task(self._one(number))
            tasks.add(task)
            task.add_done_callback(tasks.discard)
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=LAST_SECONDS)
            self.accounts.lost += len(late)
        sampler.cancel()
        self._look(started)
        for _, connection in self._free:
            connection.close()

    async def _one(self, number: int) -> None:
        if number % IMPATIENT == 0:
            await self._impatient()
            return
        kind = self._chance.random()
        if kind < 0.6:
            await self._ask(self._articles.hot())
        elif kind < 0.9:
            await self._ask(self._articles.cold())
        else:
            await self._job()

    async def _ask(self, request: bytes) -> str:
        """One request and its reply; the reply's Location."""
        self.accounts.sent += 1
        connection = await self._connection()
        started = time.monotonic()
        try:
            reply = await connection.ask(request)
        except ConnectionError:
            self.accounts.lost += 1
            return ""
        self.accounts.note(reply, time.monotonic() - started)
        self._free.append((time.monotonic(), connection))
        return reply.location if reply.status == 202 else ""

    async def _connection(self) -> Connection:
        """One that was used a moment ago, or a new one: the server closes those that stay idle."""
        while self._free:
            since, connection = self._free.pop()
            if time.monotonic() - since < IDLE_SECONDS:
                return connection
            connection.close()
        return await Connection.open(self._serving.address)

    async def _job(self) -> None:
        where = await self._ask(self._articles.job())
        if not where:
            return
        self.accounts.jobs += 1
        end = time.monotonic() + LAST_SECONDS
        while time.monotonic() < end:
            connection = await Connection.open(self._serving.address)
            try:
                reply = await connection.ask(get(where))
            finally:
                connection.close()
            if b'"succeeded"' in reply.body:
                self.accounts.jobs_done += 1
                return
            await asyncio.sleep(1.0)

    async def _impatient(self) -> None:
        """A client that asks and goes away."""
        self.accounts.sent += 1
        connection = await Connection.open(self._serving.address)
        try:
            reply = await asyncio.wait_for(connection.ask(self._articles.cold()), PATIENCE)
            self.accounts.note(reply, PATIENCE)
        except TimeoutError:
            self.accounts.left += 1
        finally:
            connection.close()

    async def _sample(self, started: float) -> None:
        while True:
            self._look(started)
            await asyncio.sleep(SAMPLE_SECONDS)

    def _look(self, started: float) -> None:
        seconds, megabytes = time.monotonic() - started, resident_megabytes(self._serving.pid)
        self.memory.append((seconds, megabytes))
        if len(self.memory) % 6 == 1:
            done = self.accounts
            print(f"{seconds:8.0f} s {megabytes:8.1f} MB {done.sent:8} sent {done.answered:8} answered", flush=True)


def resident_megabytes(pid: int) -> float:
    """A process's resident memory, in MB (proc(5), ``statm``)."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def thirds(memory: list[tuple[float, float]]) -> tuple[float, float]:
    """The medians of the first and of the last third of the samples, in MB."""
    values = [megabytes for _, megabytes in memory]
    size = max(1, len(values) // 3)
    return statistics.median(values[:size]), statistics.median(values[-size:])


def report(soak: Soak, minutes: float, print_line: Callable[[str], None] = print) -> None:
    """The table, and the JSON line."""
    first, last = thirds(soak.memory)
    accounts, ordered = soak.accounts, sorted(soak.accounts.seconds)
    counts = {name: getattr(accounts, name) for name in ("sent", "answered", "refused", "left", "lost")}
    rows = counts | {"other": dict(accounts.other), "jobs": accounts.jobs, "jobs_done": accounts.jobs_done}
    for name, value in rows.items():
        print_line(f"{name:18} {value}")
    print_line(f"{'memory':18} {first:.1f} MB in the first third, {last:.1f} MB in the last (medians)")
    times = {f"p{rank}_ms": round(percentile(ordered, rank) * 1e3, 1) for rank in (50, 99)}
    memory = {"first_third_mb": round(first, 1), "last_third_mb": round(last, 1), "samples": len(soak.memory)}
    growth = {"growth_percent": round(100 * (last - first) / first, 2), "balanced": accounts.balanced}
    print_line(json.dumps({"minutes": minutes, **rows, **times, **memory, **growth}))


def main() -> int:
    """Run, report; 0 if every request is accounted for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--rate", type=float, default=4.0, help="requests a second")
    parser.add_argument("--fake", type=float, default=None, help="seconds an article of a model that is none")
    options = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        serving(Path(folder), None, options.fake) as served,
    ):
        soak = Soak(served, options.rate, options.minutes * 60)
        asyncio.run(soak.run())
        report(soak, options.minutes)
    return 0 if soak.accounts.balanced else 1


if __name__ == "__main__":
    sys.exit(main())
