"""The client of the load tests: raw HTTP/1.1 over kept connections, so that it costs less than what it measures."""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_LOCATION = re.compile(rb"\r\nlocation: *([^\r]+)", re.IGNORECASE)
_CODE = re.compile(rb'"code": *"(\w+)"')
_RETRY = re.compile(rb"\r\nretry-after: *(\d+)", re.IGNORECASE)

#: Longest pause of a refused client, in seconds; a real one would heed all of ``Retry-After``.
LONGEST_PAUSE = 1.0

Address = tuple[str, int]


#: What a server that has too much to do may answer instead of the brief, by status and problem's code.
OVERLOADED, LATE = "429 overloaded", "504 deadline"


@dataclass(frozen=True)
class Reply:
    """What a client looks at."""

    status: int
    retry_after: float
    location: str
    body: bytes

    @property
    def outcome(self) -> str:
        """The status, with the problem's code where there is one: "200", "429 overloaded"."""
        code = _CODE.search(self.body) if self.status >= 400 else None
        return f"{self.status} {code[1].decode()}" if code else str(self.status)


class Connection(asyncio.Protocol):
    """One kept connection; one request at a time."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._received = bytearray()
        self._waiter: asyncio.Future[Reply] | None = None
        self._end = 0

    @classmethod
    async def open(cls, address: Address) -> Connection:
        """Connect."""
        _, connection = await asyncio.get_running_loop().create_connection(cls, *address)
        return connection

    async def ask(self, request: bytes) -> Reply:
        """Send a request and wait for its whole reply. Raises ``ConnectionError`` if it is cut off."""
        if self._transport is None:
            raise ConnectionError("the connection is closed")
        self._waiter = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._waiter

    def close(self) -> None:
        """Hang up."""
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        if isinstance(transport, asyncio.Transport):
            self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Collect the reply; settle the waiter when its last byte is there."""
        self._received += data
        if not self._end:
            head = self._received.find(b"\r\n\r\n")
            if head < 0:
                return
            length = _LENGTH.search(self._received, 0, head)
            self._end = head + 4 + (int(length[1]) if length else 0)
        if len(self._received) >= self._end and self._waiter is not None:
            reply = self._reply()
            del self._received[: self._end]
            self._end = 0
            waiter, self._waiter = self._waiter, None
            if not waiter.done():
                waiter.set_result(reply)

    def _reply(self) -> Reply:
        head = self._received.index(b"\r\n\r\n")
        retry = _RETRY.search(self._received, 0, head + 2)
        location = _LOCATION.search(self._received, 0, head + 2)
        return Reply(
            int(self._received[9:12]),
            float(retry[1]) if retry else 0.0,
            location[1].decode() if location else "",
            bytes(self._received[head + 4 : self._end]),
        )

    def connection_lost(self, error: Exception | None) -> None:
        """Whoever waits hears of it."""
        self._transport = None
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_exception(ConnectionError("the server hung up"))


@dataclass
class Tally:
    """What became of each request; seconds are those of replies with status 200."""

    sent: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    cut_off: int = 0
    seconds: list[float] = field(default_factory=list)
    elapsed: float = 0.0

    @property
    def answered(self) -> int:
        """Replies with a brief."""
        return self.outcomes["200"]

    @property
    def refused(self) -> int:
        """Replies that refused for too much work: at once, or at the end of the request's time."""
        return self.outcomes[OVERLOADED] + self.outcomes[LATE]

    @property
    def lost(self) -> int:
        """Requests that were neither answered nor refused: cut off, failed, or without any reply."""
        return self.sent - self.answered - self.refused

    def figures(self) -> dict[str, float | int | dict[str, int]]:
        """Counts, throughput of answers, and percentiles in milliseconds."""
        ordered = sorted(self.seconds)
        known = {"200", OVERLOADED, LATE}
        other = {name: number for name, number in sorted(self.outcomes.items()) if name not in known}
        return {
            "sent": self.sent,
            "answered": self.answered,
            "overloaded": self.outcomes[OVERLOADED],
            "late": self.outcomes[LATE],
            "lost": self.lost,
            "other": other | ({"cut off": self.cut_off} if self.cut_off else {}),
            "per_second": round(self.answered / self.elapsed, 2) if self.elapsed else 0.0,
            **{f"p{rank}_ms": round(percentile(ordered, rank) * 1e3, 2) for rank in (50, 95, 99)},
        }


def percentile(ordered: list[float], rank: int) -> float:
    """The nearest-rank percentile of sorted values; 0 where there are none."""
    return ordered[max(0, -(-len(ordered) * rank // 100) - 1)] if ordered else 0.0


def post(text: str, *headers: str) -> bytes:
    """A request for the briefs of a text."""
    body = json.dumps({"text": text}, ensure_ascii=False).encode()
    sent = ("Content-Type: application/json", f"Content-Length: {len(body)}", *headers)
    return "\r\n".join(("POST /v1/briefs HTTP/1.1", "Host: breve", *sent, "", "")).encode() + body


def get(path: str) -> bytes:
    """A request for what lies at a path."""
    return f"GET {path} HTTP/1.1\r\nHost: breve\r\n\r\n".encode()


async def closed_loop(address: Address, clients: int, seconds: float, next_request: Callable[[], bytes]) -> Tally:
    """Clients that each send, wait for the reply and send again, for so many seconds; the last replies are awaited."""
    tally = Tally()
    started = time.perf_counter()
    end = started + seconds

    async def client() -> None:
        connection = await Connection.open(address)
        while time.perf_counter() < end:
            reply = await _measured(connection, next_request(), tally)
            if reply is None:
                connection = await Connection.open(address)
            elif reply.status == 429:
                await asyncio.sleep(min(reply.retry_after, LONGEST_PAUSE, max(0.0, end - time.perf_counter())))
        connection.close()

    await asyncio.gather(*(client() for _ in range(clients)))
    tally.elapsed = time.perf_counter() - started
    return tally


async def open_loop(address: Address, rate: float, seconds: float, next_request: Callable[[], bytes]) -> Tally:
    """Requests that come at a rate, whether or not the earlier ones are answered; every reply is awaited."""
    tally = Tally()
    free: list[Connection] = []
    started = time.perf_counter()

    async def one() -> None:
        connection = free.pop() if free else await Connection.open(address)
        if await _measured(connection, next_request(), tally) is not None:
            free.append(connection)

    tasks = []
    for number in range(max(1, round(rate * seconds))):
        await asyncio.sleep(max(0.0, started + number / rate - time.perf_counter()))
        tasks.append(asyncio.create_task(one()))
    await asyncio.gather(*tasks)
    tally.elapsed = time.perf_counter() - started
    for connection in free:
        connection.close()
    return tally


async def _measured(connection: Connection, request: bytes, tally: Tally) -> Reply | None:
    tally.sent += 1
    started = time.perf_counter()
    try:
        reply = await connection.ask(request)
    except ConnectionError:
        tally.cut_off += 1
        return None
    tally.outcomes[reply.outcome] += 1
    if reply.status == 200:
        tally.seconds.append(time.perf_counter() - started)
    return reply
