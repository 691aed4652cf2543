"""What only a real connection shows: clients that send slowly, too much, or hang up; a server that stops."""

from __future__ import annotations

import json
import os
import signal
import socket
import threading
import time
from collections.abc import Callable
from contextlib import closing

import httpx
import pytest
from api_server import STARTING, Served, StartProcess, ready, refuses, wait_until
from fake_product import WAITS, FakeRuntime
from starlette.requests import Request

ARTICLE = "Le conseil municipal a voté le budget."
Serve = Callable[..., Served]


def connect(served: Served) -> socket.socket:
    connection = socket.create_connection(served.address, timeout=20)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def head(length: int | None, *lines: str) -> bytes:
    """The head of a POST with a JSON body of ``length`` bytes, or in chunks."""
    size = "Transfer-Encoding: chunked" if length is None else f"Content-Length: {length}"
    rows = ["POST /v1/briefs HTTP/1.1", "Host: breve", "Content-Type: application/json", size, *lines, "", ""]
    return "\r\n".join(rows).encode()


def read_all(connection: socket.socket) -> bytes:
    """What the server sends until it closes."""
    received = b""
    while part := connection.recv(65536):
        received += part
    return received


def test_a_client_that_still_sends_reads_its_413(serve: Serve) -> None:
    served = serve(max_bytes=4096)
    length = 8 * 1024 * 1024
    with closing(connect(served)) as connection:
        connection.sendall(head(length, "Connection: close"))
        for _ in range(length // 65536):
            connection.sendall(b"x" * 65536)
        reply = read_all(connection)
    assert reply.startswith(b"HTTP/1.1 413 ")
    assert json.loads(reply.split(b"\r\n\r\n", 1)[1])["code"] == "too_large"


def test_a_chunked_body_without_a_length_is_stopped_at_the_limit(serve: Serve) -> None:
    served = serve(max_bytes=4096)
    with closing(connect(served)) as connection:
        connection.sendall(head(None, "Connection: close"))
        chunk = b"1000\r\n" + b"x" * 4096 + b"\r\n"
        for _ in range(512):
            connection.sendall(chunk)
        connection.sendall(b"0\r\n\r\n")
        reply = read_all(connection)
    assert reply.startswith(b"HTTP/1.1 413 ")


def test_the_413_comes_before_the_client_has_finished(serve: Serve) -> None:
    served = serve(max_bytes=4096)
    with closing(connect(served)) as connection:
        connection.sendall(head(1_000_000) + b"x" * 100)
        assert connection.recv(65536).startswith(b"HTTP/1.1 413 ")


def test_a_client_that_asks_first_is_refused_without_a_byte_of_its_body(serve: Serve) -> None:
    served = serve(max_bytes=4096)
    with closing(connect(served)) as connection:
        connection.sendall(head(1_000_000, "Expect: 100-continue"))
        reply = read_all(connection)
    assert reply.startswith(b"HTTP/1.1 413 ")
    assert b"100 Continue" not in reply


def test_a_refusal_for_another_reason_is_read_too(serve: Serve) -> None:
    served = serve()
    body = b"x" * 1_900_000
    with closing(connect(served)) as connection:
        request = head(len(body), "Connection: close").replace(b"application/json", b"text/plain")
        connection.sendall(request + body)
        reply = read_all(connection)
    assert reply.startswith(b"HTTP/1.1 415 ")


def test_a_body_that_never_ends_gets_408(serve: Serve) -> None:
    served = serve(timeout=0.3)
    with closing(connect(served)) as connection:
        connection.sendall(head(1000, "Connection: close") + b'{"text": ')
        reply = connection.recv(65536)
    assert reply.startswith(b"HTTP/1.1 408 ")


def test_a_client_that_hangs_up_cancels_its_run_and_frees_its_place(serve: Serve, runtime: FakeRuntime) -> None:
    served = serve()
    body = json.dumps({"text": f"{WAITS}."}).encode()
    with closing(connect(served)) as connection:
        connection.sendall(head(len(body)) + body)
        wait_until(runtime.briefer.started.is_set)
        assert not runtime.briefer.tickets[-1].cancelled
    wait_until(lambda: runtime.briefer.tickets[-1].cancelled)
    service = served.server.config.app.state.service  # type: ignore[union-attr]
    wait_until(lambda: service.admission.counts().taken == 0)
    assert runtime.replies == {}
    wait_until(lambda: 'breve_refusals_total{code="cancelled"} 1.0' in httpx.get(f"{served.url}/metrics").text)


def test_one_of_two_equal_clients_that_hangs_up_does_not_cancel_the_other(serve: Serve, runtime: FakeRuntime) -> None:
    served = serve()
    body = json.dumps({"text": f"{WAITS}. Fin."}).encode()
    computations = served.server.config.app.state.service.computations  # type: ignore[union-attr]
    replies: list[httpx.Response] = []
    with closing(connect(served)) as connection:
        connection.sendall(head(len(body)) + body)
        wait_until(runtime.briefer.started.is_set)
        other = threading.Thread(
            target=lambda: replies.append(httpx.post(f"{served.url}/v1/briefs", json=json.loads(body), timeout=20))
        )
        other.start()
        wait_until(lambda: sum(run.waiters for run in computations._runs.values()) == 2)
    wait_until(lambda: sum(run.waiters for run in computations._runs.values()) == 1)
    runtime.briefer.gate.set()
    other.join(20)
    assert (replies[0].status_code, runtime.briefer.runs) == (200, 1)
    assert replies[0].headers["Cache-Status"] == "Breve; fwd=miss; stored; collapsed"


def test_many_slow_clients_do_not_hold_up_a_normal_one(serve: Serve) -> None:
    served = serve()
    slow = [connect(served) for _ in range(200)]
    for connection in slow:
        connection.sendall(head(100_000) + b'{"text": "')
    started = time.monotonic()
    for connection in slow:
        connection.sendall(b"x")
    reply = httpx.post(f"{served.url}/v1/briefs", json={"text": ARTICLE}, timeout=20)
    assert reply.status_code == 200
    assert time.monotonic() - started < 5
    for connection in slow:
        connection.close()


def test_the_server_does_not_say_what_it_is_made_of(serve: Serve) -> None:
    assert "Server" not in httpx.get(f"{serve().url}/livez").headers


@pytest.mark.parametrize("trusted", ["", "127.0.0.1"])
def test_only_a_named_proxy_tells_who_the_client_is(serve: Serve, trusted: str) -> None:
    served = serve(trusted_proxies=trusted)
    clients: list[str] = []
    app = served.server.config.app

    async def note(request: Request) -> str:
        clients.append(request.client.host if request.client else "")
        return ""

    app.add_api_route("/client", note)  # type: ignore[union-attr]
    httpx.get(f"{served.url}/client", headers={"X-Forwarded-For": "203.0.113.9"})
    assert clients == ["203.0.113.9" if trusted else "127.0.0.1"]


def test_sigterm_lets_accepted_work_finish(
    start_process: StartProcess,
) -> None:
    process, url = start_process("FakeRuntime.with_slow_model")
    wait_until(lambda: ready(url), STARTING)
    replies: list[httpx.Response] = []
    client = threading.Thread(
        target=lambda: replies.append(httpx.post(f"{url}/v1/briefs", json={"text": f"{WAITS}."}, timeout=20))
    )
    client.start()
    wait_until(lambda: "breve_running_articles 1.0" in httpx.get(f"{url}/metrics").text)
    os.kill(process.pid, signal.SIGTERM)
    wait_until(lambda: refuses(url))
    assert replies == []
    process.communicate("", timeout=20)
    client.join(20)
    assert replies[0].status_code == 200


def test_a_start_without_weights_ends_the_process_with_the_reason(
    start_process: StartProcess,
) -> None:
    process, _ = start_process("FakeRuntime.without_weights")
    _, said = process.communicate(timeout=STARTING)
    assert process.returncode != 0
    assert "ModelUnavailable: no weights here" in said
