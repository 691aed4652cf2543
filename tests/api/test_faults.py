"""Faults from outside: thousands of slow clients, SIGTERM under load, clients gone. Nothing is lost or hangs."""

from __future__ import annotations

import asyncio
import json
import os
import resource
import signal
import socket
import struct
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import httpx
import pytest
from api_server import STARTING, Served, StartProcess, ready, refuses, wait_until
from fake_product import WAITS, FakeRuntime

ARTICLE = "Le conseil municipal a voté le budget."
SLOW_CLIENTS = 2000
Serve = Callable[..., Served]


@pytest.fixture
def many_files() -> Iterator[int]:
    """Lets this process hold two sockets for each slow client, as far as the system allows; how many clients."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 2 * SLOW_CLIENTS + 500
    allowed = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft != resource.RLIM_INFINITY:
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, allowed), hard))
    yield min(SLOW_CLIENTS, (allowed - 500) // 2)
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def slow_head(length: int) -> bytes:
    rows = ["POST /v1/briefs HTTP/1.1", "Host: breve", "Content-Type: application/json", f"Content-Length: {length}"]
    return "\r\n".join([*rows, "", ""]).encode()


class SlowClients:
    """Connections that each announce an article and send one byte of it a second, from a thread of their own."""

    def __init__(self, address: tuple[str, int], number: int) -> None:
        self._address, self._number = address, number
        self.connected = threading.Event()
        self.rounds = 0
        self.refused = 0
        self._ending = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()))

    def __enter__(self) -> SlowClients:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ending.set()
        self._thread.join(20)

    async def _run(self) -> None:
        writers: list[asyncio.StreamWriter] = []
        for _ in range(self._number):
            _, writer = await asyncio.open_connection(*self._address)
            writer.write(slow_head(100_000) + b'{"text": "')
            writers.append(writer)
        self.connected.set()
        while not self._ending.is_set():
            for writer in writers:
                writer.write(b"x")
                self.refused += writer.transport.is_closing()
            self.rounds += 1
            await asyncio.to_thread(self._ending.wait, 1.0)
        for writer in writers:
            writer.transport.abort()


def test_two_thousand_clients_that_send_a_byte_a_second_do_not_hold_up_a_normal_one(
    serve: Serve, many_files: int
) -> None:
    served = serve()
    with SlowClients(served.address, many_files) as slow, httpx.Client(base_url=served.url, timeout=20) as normal:
        wait_until(slow.connected.is_set)
        waits: list[float] = []
        wait_until(lambda: slow.rounds >= 1)
        while slow.rounds < 3:
            started = time.monotonic()
            reply = normal.post("/v1/briefs", json={"text": f"{ARTICLE} {len(waits)}."})
            waits.append(time.monotonic() - started)
            assert reply.status_code == 200
        places = served.server.config.app.state.service.admission.counts()  # type: ignore[union-attr]
    assert many_files >= 1000
    assert slow.refused == 0
    # The slow ones would take a day; on a busy machine all of them at once cost a normal client seconds at most.
    assert sorted(waits)[len(waits) // 2] < 5.0
    assert places.overloaded == 0


def test_sigterm_under_load_answers_all_that_was_accepted(start_process: StartProcess) -> None:
    process, url = start_process("FakeRuntime.with_slow_model")
    wait_until(lambda: ready(url), STARTING)
    outcomes: list[tuple[int, bytes]] = []

    def ask(number: int) -> None:
        body = {"text": f"{WAITS} {number}. Fin."}
        headers = {"Accept": "text/event-stream"} if number % 2 else {}
        reply = httpx.post(f"{url}/v1/briefs", json=body, headers=headers, timeout=60)
        outcomes.append((reply.status_code, reply.content))

    with ThreadPoolExecutor(80) as clients:
        asked = [clients.submit(ask, number) for number in range(80)]
        # 65 places: one at work and 64 that wait. The others are refused at once.
        wait_until(lambda: len(outcomes) == 15, STARTING)
        assert {status for status, _ in outcomes} == {429}
        os.kill(process.pid, signal.SIGTERM)
        wait_until(lambda: refuses(url), STARTING)
        assert len(outcomes) == 15
        assert process.stdin is not None
        process.stdin.close()
        process.stdin = None
        for one in asked:
            one.result(60)
    assert Counter(status for status, _ in outcomes) == {200: 65, 429: 15}
    for status, content in outcomes:
        if status == 200 and not content.startswith(b"{"):
            assert content.rstrip().rpartition(b"event: done\r\ndata: ")[2].startswith(b'{"id":')
        else:
            assert json.loads(content)["id" if status == 200 else "code"]
    process.wait(60)
    assert process.returncode in (0, -signal.SIGTERM)


def reset(connection: socket.socket) -> None:
    """Close in the rudest way there is: the other side gets a reset."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def test_clients_that_are_gone_free_their_places_and_their_work_is_dropped(serve: Serve, runtime: FakeRuntime) -> None:
    served = serve(max_queue=20, concurrency=16)
    admission = served.server.config.app.state.service.admission  # type: ignore[union-attr]
    gone: list[socket.socket] = []
    for number in range(21):
        body = json.dumps({"text": f"{WAITS} {number}."}).encode()
        connection = socket.create_connection(served.address, timeout=20)
        accept = b"Accept: text/event-stream\r\n" if number % 2 else b""
        connection.sendall(slow_head(len(body)).replace(b"Host:", accept + b"Host:") + body)
        gone.append(connection)
    wait_until(lambda: admission.counts().free == 0)
    # Articles begin one after the other: each when the one before it waits for a model, or after a moment.
    wait_until(lambda: len(runtime.briefer.tickets) > 16)
    assert httpx.post(f"{served.url}/v1/briefs", json={"text": ARTICLE}).status_code == 429
    for number, connection in enumerate(gone):
        reset(connection) if number % 3 else connection.close()
    wait_until(lambda: admission.counts().taken == 0)
    begun = runtime.briefer.tickets[1:]  # the first one is the warm-up's
    assert len(begun) >= 16
    assert all(ticket.cancelled for ticket in begun)
    assert runtime.replies == {}
    assert httpx.post(f"{served.url}/v1/briefs", json={"text": ARTICLE}, timeout=20).status_code == 200


def test_a_client_that_reads_nothing_of_its_reply_holds_nobody_up(serve: Serve) -> None:
    served = serve()
    long_article = f"{ARTICLE} " * 20_000
    with closing(socket.socket()) as deaf:
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        deaf.connect(served.address)
        body = json.dumps({"text": long_article}).encode()
        deaf.sendall(slow_head(len(body)) + body)
        admission = served.server.config.app.state.service.admission  # type: ignore[union-attr]
        wait_until(lambda: admission.counts().completed >= 1 and admission.counts().taken == 0)
        started = time.monotonic()
        assert httpx.post(f"{served.url}/v1/briefs", json={"text": ARTICLE}, timeout=20).status_code == 200
        assert time.monotonic() - started < 5
