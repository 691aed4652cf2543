"""Puts the server under load and counts what became of each request.

    python tests/bench/load.py [--seconds 10] [--clients 1,8,64,512] [--fake 0.05]

The server runs on one core and the clients on another, over loopback. Articles are the sample
ones: hot (stored before), cold (no sentence of it was ever sent, so that no step is cached), mixed (of
five requests four hot). Then requests come at ten times the measured capacity. ``--fake`` replaces the
models by one that takes so many seconds an article. A table for people, and one JSON document as the last line.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from load_client import Address, Connection, Tally, closed_loop, open_loop, percentile, post

from service.pipeline.sentences import split_sentences
from service.seeds import load_seeds
from service.settings import Settings

_END = re.compile(r"([.!?…][\s»”\"’)]*)$")
ROOT = Path(__file__).resolve().parents[2]
KINDS = ("cold", "mixed", "hot")
#: Seconds that the server has to load its models.
START_SECONDS = 600.0
#: Arrivals of the overload test, as a multiple of what the server was measured to do.
OVERLOAD = 10.0


@dataclass(frozen=True)
class Serving:
    """A ready server: its address, the file that its log goes to, and its process."""

    address: Address
    log: Path
    pid: int


class Articles:
    """Requests by kind; every cold one is another article than all before."""

    def __init__(self) -> None:
        self._texts = [seed.text for seed in load_seeds(ROOT / "seeds")]
        self._hot = itertools.cycle([post(text) for text in self._texts])
        self._sentences = [[sentence.text for sentence in split_sentences(text)] for text in self._texts]
        self._number = itertools.count(1)
        self._turn = itertools.count()

    def next_of(self, kind: str) -> Callable[[], bytes]:
        """A function that gives one request after another."""
        return {"cold": self.cold, "hot": self.hot, "mixed": self.mixed}[kind]

    def hot(self) -> bytes:
        """One of the sample articles."""
        return next(self._hot)

    def cold(self) -> bytes:
        """A sample article that nobody has sent yet."""
        return post(self._new())

    def job(self) -> bytes:
        """As ``cold``, for a client that fetches the answer later."""
        return post(self._new(), "Prefer: respond-async")

    def mixed(self) -> bytes:
        """Four hot ones, then a cold one."""
        return self.cold() if next(self._turn) % 5 == 4 else self.hot()

    def _new(self) -> str:
        """A sample article that names a place of its own in each of its sentences."""
        number = next(self._number)
        town = "Ker" + "".join(chr(ord("a") + int(digit)) for digit in f"{number:04d}")
        sentences = self._sentences[number % len(self._sentences)]
        return " ".join(_END.sub(rf" à {town}\1", sentence, count=1) for sentence in sentences)

    async def store(self, address: Address) -> None:
        """Send each sample article once."""
        connection = await Connection.open(address)
        for _ in self._texts:
            await connection.ask(self.hot())
        connection.close()


@contextmanager
def serving(folder: Path, core: int | None, fake: float | None) -> Iterator[Serving]:
    """A ready server, on a core of its own if one is named."""
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    variables = {**os.environ, "BREVE_PORT": str(port), "BREVE_CACHE_PATH": str(folder / "cache.sqlite")}
    command = [sys.executable, str(Path(__file__).with_name("load_service.py"))]
    command += [] if core is None else ["--core", str(core)]
    log = folder / "server.log"
    with log.open("wb") as lines:
        process = subprocess.Popen(
            command + ([] if fake is None else ["--fake", str(fake)]), env=variables, stdout=lines, stderr=lines
        )
        try:
            _wait_ready(process, port, log)
            yield Serving(("127.0.0.1", port), log, process.pid)
        finally:
            process.terminate()
            process.wait()


def _wait_ready(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    end = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < end:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz"):
                return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.1)
    raise SystemExit(f"the server did not start:\n{log.read_text()[-2000:]}")


def refusal_milliseconds(lines: bytes) -> list[float]:
    """How long the server took for each refusal, as its own log says."""
    refused = (line for line in lines.splitlines() if b'"status": 429' in line or b'"status":429' in line)
    return sorted(float(json.loads(line)["milliseconds"]) for line in refused)


def _log_of(log: Path) -> bytes:
    return log.read_bytes()


async def measure(address: Address, log: Path, clients: list[int], seconds: float) -> dict[str, Any]:
    """Every kind at every number of clients, then the overload."""
    articles = Articles()
    await articles.store(address)
    loads: dict[str, dict[str, Any]] = {}
    for kind in KINDS:
        loads[kind] = {}
        for number in clients:
            tally = await closed_loop(address, number, seconds, articles.next_of(kind))
            loads[kind][str(number)] = figures = tally.figures()
            _row(kind, number, figures)
    capacity = max(float(figures["per_second"]) for figures in loads["cold"].values())
    # Of a client that waits for each answer: the mean time that an article takes.
    alone = round(1000 * min(clients) / float(loads["cold"][str(min(clients))]["per_second"]), 1)
    skip = len(_log_of(log))
    tally = await open_loop(address, OVERLOAD * capacity, seconds, articles.cold)
    overload = _overload(tally, refusal_milliseconds(_log_of(log)[skip:]), capacity, alone)
    return {"loads": loads, "overload": overload}


def _overload(tally: Tally, refusals: list[float], capacity: float, alone: float) -> dict[str, Any]:
    """The figures of the overload: milliseconds, and whether every request was answered or refused."""
    figures = dict(tally.figures())
    _row("overload", 0, figures)
    places = Settings().max_queue
    found = figures | {
        "arrivals_per_second": round(OVERLOAD * capacity, 2),
        "service_ms": alone,
        "accepted_p99_bound_ms": round((places + 2) * alone, 1),
        "refusals_logged": len(refusals),
        "refusal_p50_ms": percentile(refusals, 50),
        "refusal_p99_ms": percentile(refusals, 99),
        "refusal_max_ms": refusals[-1] if refusals else 0.0,
        "nothing_lost": tally.sent == tally.statuses[200] + tally.statuses[429],
    }
    print(
        f"accepted: p99 {found['p99_ms']:.0f} ms, bound {found['accepted_p99_bound_ms']:.0f} ms"
        f" = ({places} + 2) x {alone:.1f} ms that one article takes alone"
    )
    print(
        f"refused, by the server's clock: median {found['refusal_p50_ms']:.1f} ms,"
        f" p99 {found['refusal_p99_ms']:.1f} ms, longest {found['refusal_max_ms']:.1f} ms;"
        f" every request accounted for: {found['nothing_lost']}"
    )
    return found


def _row(kind: str, clients: int, figures: dict[str, Any]) -> None:
    times = "".join(f"{figures[f'p{rank}_ms']:>11.1f}" for rank in (50, 95, 99))
    counts = "".join(f"{figures[name]:>9}" for name in ("sent", "answered", "refused", "lost"))
    print(f"{kind:9}{clients or '':>8}{figures['per_second']:>10.1f}{times}{counts}", flush=True)


def main() -> None:
    """Run the whole test."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=10.0, help="seconds of load for each figure")
    parser.add_argument("--clients", default="1,8,64,512", help="numbers of clients, with commas between")
    parser.add_argument("--fake", type=float, default=None, help="seconds an article of a model that is none")
    options = parser.parse_args()
    cores = sorted(os.sched_getaffinity(0))
    client_core, server_core = cores[0], cores[-1]
    clients = [int(number) for number in options.clients.split(",")]
    with (
        tempfile.TemporaryDirectory() as folder,
        serving(Path(folder), server_core, options.fake) as served,
    ):
        os.sched_setaffinity(0, {client_core})
        print(f"clients on core {client_core}, server on core {server_core}")
        print("kind      clients  answers/s     p50 ms     p95 ms     p99 ms     sent answered  refused     lost")
        found = asyncio.run(measure(served.address, served.log, clients, options.seconds))
    cpu = {"client_core": client_core, "server_core": server_core}
    print(json.dumps({"seconds": options.seconds, "fake_seconds": options.fake, **cpu, **found}))


if __name__ == "__main__":
    main()
