"""Puts the server under load and counts what became of each request.

    python tests/bench/load.py [--seconds 10] [--clients 1,8,64,512] [--fake 0.05]

The server runs on one core and the clients on another, over loopback. Articles are the sample
ones: hot (stored before), cold (no sentence of it was ever sent, so that no step is cached), mixed (of
five requests four hot). Then requests come at ten times the measured capacity. ``--fake`` replaces the
models by one that takes so many seconds an article. A table for people, and one JSON document as the last line.

Every request is accounted for: answered (200), refused at once (429 ``overloaded``), refused when its
time was over (504 ``deadline``), or lost, which is all else. The exit code is 1 if any was lost.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from load_articles import Articles
from load_client import Address, Tally, closed_loop, open_loop, percentile

from service.settings import Settings

_HITS = re.compile(rb'^breve_cache_total\{[^}]*result="hit"[^}]*\} (\S+)$', re.MULTILINE)
KINDS = ("cold", "mixed", "hot")
#: Seconds that the server has to load its models.
START_SECONDS = 600.0
#: Arrivals of the overload test, as a multiple of what the server was measured to do.
OVERLOAD = 10.0
#: Milliseconds within which a refusal is promised.
REFUSAL_MS = 50.0
COUNTS = ("sent", "answered", "overloaded", "late", "lost")


@dataclass(frozen=True)
class Serving:
    """A ready server: its address, the file that its log goes to, and its process."""

    address: Address
    log: Path
    pid: int


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


def refusal_milliseconds(log: Path, skip: int) -> list[float]:
    """How long the server took for each refusal, as its own log says after so many bytes."""
    lines = log.read_bytes()[skip:].splitlines()
    refused = (line for line in lines if b'"status": 429' in line or b'"status":429' in line)
    return sorted(float(json.loads(line)["milliseconds"]) for line in refused)


def _length(log: Path) -> int:
    return log.stat().st_size


async def measure(address: Address, log: Path, clients: list[int], seconds: float) -> dict[str, Any]:
    """Every kind at every number of clients, then the overload."""
    articles = Articles()
    await articles.store(address)
    loads: dict[str, dict[str, Any]] = {}
    alone: Tally | None = None
    for kind in KINDS:
        loads[kind] = {}
        for number in clients:
            before = cache_hits(address)
            tally = await closed_loop(address, number, seconds, articles.next_of(kind))
            loads[kind][str(number)] = figures = tally.figures() | {"cache_hits": cache_hits(address) - before}
            alone = tally if (kind, number) == ("cold", 1) else alone
            _row(kind, number, figures)
    if alone is None:
        alone = await closed_loop(address, 1, seconds, articles.cold)
        _row("cold", 1, alone.figures())
    capacity = max(float(figures["per_second"]) for figures in loads["cold"].values())
    skip = _length(log)
    tally = await open_loop(address, OVERLOAD * capacity, seconds, articles.cold)
    _row("overload", 0, tally.figures())
    refusals = refusal_milliseconds(log, skip)
    overload = {"arrivals_per_second": round(OVERLOAD * capacity, 2), **overload_figures(tally, refusals, alone)}
    _tell(overload)
    lost = sum(int(figures["lost"]) for by_clients in loads.values() for figures in by_clients.values())
    return {"loads": loads, "overload": overload, "lost": lost + tally.lost + alone.lost}


def cache_hits(address: Address) -> int:
    """How many outputs the server's own figures say that its cache gave."""
    with urllib.request.urlopen("http://{}:{}/metrics".format(*address)) as reply:
        return round(sum(float(value) for value in _HITS.findall(reply.read())))


def overload_figures(tally: Tally, refusals: list[float], alone: Tally) -> dict[str, Any]:
    """What was promised of an overload and what was found: times are in milliseconds.

    The time that one article takes is the mean of one client's, each of an article that nobody had sent.
    """
    places = Settings().max_queue
    service = 1000 * statistics.fmean(alone.seconds) if alone.seconds else 0.0
    bound = (places + 2) * service
    figures = tally.figures()
    return figures | {
        "places": places,
        "service_ms": round(service, 1),
        "service_articles": len(alone.seconds),
        "accepted_p99_bound_ms": round(bound, 1),
        "bound_held": 0 < float(str(figures["p99_ms"])) < bound,
        "refusals_logged": len(refusals),
        "refusal_p50_ms": percentile(refusals, 50),
        "refusal_p99_ms": percentile(refusals, 99),
        "refusal_max_ms": refusals[-1] if refusals else 0.0,
        "refusals_in_time": bool(refusals) and refusals[-1] < REFUSAL_MS,
        "nothing_lost": tally.sent == tally.answered + tally.refused,
    }


def _tell(found: dict[str, Any]) -> None:
    """The overload's figures against what was promised, for people."""
    print(
        f"accepted: p99 {found['p99_ms']:.0f} ms, bound {found['accepted_p99_bound_ms']:.0f} ms"
        f" = ({found['places']} + 2) x {found['service_ms']:.1f} ms that one cold article takes alone"
        f" (mean of {found['service_articles']}): {'held' if found['bound_held'] else 'NOT HELD'}"
    )
    print(
        f"refused at once, by the server's clock: median {found['refusal_p50_ms']:.1f} ms,"
        f" p99 {found['refusal_p99_ms']:.1f} ms, longest {found['refusal_max_ms']:.1f} ms;"
        f" all below {REFUSAL_MS:.0f} ms: {'yes' if found['refusals_in_time'] else 'NO'}"
    )
    print(
        f"sent {found['sent']} = answered {found['answered']} + overloaded {found['overloaded']}"
        f" + late {found['late']}: {'yes' if found['nothing_lost'] else 'NO'}"
    )


def _row(kind: str, clients: int, figures: dict[str, Any]) -> None:
    times = "".join(f"{figures[f'p{rank}_ms']:>11.1f}" for rank in (50, 95, 99))
    counts = "".join(f"{figures[name]:>11}" for name in COUNTS)
    print(f"{kind:9}{clients or '':>8}{figures['per_second']:>10.1f}{times}{counts}", flush=True)


def main() -> int:
    """Run the whole test; 0 if every request is accounted for."""
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
        print(
            "kind      clients  answers/s     p50 ms     p95 ms     p99 ms" + "".join(f"{name:>11}" for name in COUNTS)
        )
        found = asyncio.run(measure(served.address, served.log, clients, options.seconds))
    cpu = {"client_core": client_core, "server_core": server_core}
    print(json.dumps({"seconds": options.seconds, "fake_seconds": options.fake, **cpu, **found}))
    return 1 if found["lost"] else 0


if __name__ == "__main__":
    sys.exit(main())
