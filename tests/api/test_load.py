"""The load tests themselves, in small: every kind is measured, and each request is accounted for."""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

BENCH = Path(__file__).parents[1] / "bench"


def run(script: str, *arguments: str, **variables: str) -> tuple[str, str]:
    """What a script printed before its last line, and that line."""
    environment = {**os.environ, **variables}
    command = [sys.executable, str(BENCH / script), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, env=environment)
    assert done.returncode == 0, done.stderr
    table, _, last = done.stdout.rstrip().rpartition("\n")
    return table, last


def check_account(figures: dict[str, Any]) -> None:
    """Every request is answered or refused, and every refusal has its code."""
    assert figures["sent"] == figures["answered"] + figures["overloaded"] + figures["late"] > 0
    assert (figures["lost"], figures["other"]) == (0, {})


def test_the_load_test_accounts_for_every_request_and_states_its_bounds() -> None:
    table, last = run("load.py", "--seconds", "0.3", "--clients", "1,4", "--fake", "0.02")
    found = json.loads(last)
    assert list(found["loads"]) == ["cold", "mixed", "hot"]
    for by_clients in found["loads"].values():
        assert list(by_clients) == ["1", "4"]
        for figures in by_clients.values():
            check_account(figures)
            assert 0 < figures["p50_ms"] <= figures["p95_ms"] <= figures["p99_ms"]
            assert figures["cache_hits"] == 0
    assert found["loads"]["cold"]["1"]["p50_ms"] >= 20
    overload = found["overload"]
    check_account(overload)
    assert overload["nothing_lost"]
    assert overload["refusals_logged"] == overload["overloaded"]
    assert 0 <= overload["refusal_p50_ms"] <= overload["refusal_p99_ms"] <= overload["refusal_max_ms"]
    assert f"median {overload['refusal_p50_ms']:.1f} ms, p99 {overload['refusal_p99_ms']:.1f} ms" in table
    assert overload["service_ms"] >= 20
    assert overload["service_articles"] == found["loads"]["cold"]["1"]["answered"]
    assert overload["accepted_p99_bound_ms"] == pytest.approx(66 * overload["service_ms"], rel=0.01)
    assert overload["bound_held"] is (overload["p99_ms"] < overload["accepted_p99_bound_ms"])
    assert f"bound {overload['accepted_p99_bound_ms']:.0f} ms" in table


def test_requests_that_are_late_are_told_apart_and_an_article_alone_is_measured_without_a_client_of_its_own() -> None:
    table, last = run("load.py", "--seconds", "1", "--clients", "8", "--fake", "0.2", BREVE_TIMEOUT="0.5")
    found = json.loads(last)
    for by_clients in found["loads"].values():
        check_account(by_clients["8"])
    # Nothing was measured when eight came at once: the first of them had to be tried.
    assert found["overload"]["overloaded"] > 0
    assert 200 <= found["overload"]["service_ms"] < 450
    assert found["overload"]["service_articles"] > 1
    assert "overloaded       late" in table
    assert found["lost"] == 0


@pytest.mark.parametrize(
    ("outcomes", "cut_off", "lost", "other"),
    [
        ({"200": 5, "429 overloaded": 3, "504 deadline": 2}, 0, 0, {}),
        ({"200": 5, "429 overloaded": 3, "503 model_failed": 1}, 0, 2, {"503 model_failed": 1}),
        ({"200": 5, "429 rate_limited": 4}, 1, 5, {"429 rate_limited": 4, "cut off": 1}),
        ({"200": 5, "504": 5}, 0, 5, {"504": 5}),
    ],
)
def test_what_is_neither_answered_nor_refused_for_too_much_work_is_lost(
    monkeypatch: pytest.MonkeyPatch, outcomes: dict[str, int], cut_off: int, lost: int, other: dict[str, int]
) -> None:
    monkeypatch.syspath_prepend(str(BENCH))
    client = importlib.import_module("load_client")
    tally = client.Tally(sent=10, outcomes=Counter(outcomes), cut_off=cut_off)
    assert (tally.lost, tally.figures()["other"]) == (lost, other)


def test_a_reply_is_told_by_its_status_and_code(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(BENCH))
    client = importlib.import_module("load_client")
    late = client.Reply(504, 0.0, "", b'{"status":504,"code":"deadline"}')
    assert late.outcome == client.LATE
    assert client.Reply(429, 1.0, "", b'{"code": "overloaded"}').outcome == client.OVERLOADED
    assert client.Reply(502, 0.0, "", b"<html>").outcome == "502"
    assert client.Reply(200, 0.0, "", b'{"code":"x"}').outcome == "200"


def test_the_soak_accounts_for_every_request_and_job_and_samples_memory() -> None:
    table, last = run("soak.py", "--minutes", "0.08", "--rate", "30", "--fake", "0.01")
    found = json.loads(last)
    assert found["sent"] == found["answered"] + found["refused"] + found["left"] > 60
    assert (found["lost"], found["other"], found["balanced"]) == (0, {}, True)
    assert found["jobs"] == found["jobs_done"] > 0
    assert found["samples"] >= 2
    assert found["first_third_mb"] > 10
    assert f"{found['first_third_mb']:.1f} MB in the first third" in table
