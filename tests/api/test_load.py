"""The load tests themselves, in small: every kind is measured, and each request is accounted for."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

BENCH = Path(__file__).parents[1] / "bench"


def run(script: str, *arguments: str) -> tuple[str, str]:
    """What a script printed before its last line, and that line."""
    done = subprocess.run([sys.executable, BENCH / script, *arguments], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    table, _, last = done.stdout.rstrip().rpartition("\n")
    return table, last


def test_the_load_test_accounts_for_every_request() -> None:
    table, last = run("load.py", "--seconds", "0.3", "--clients", "1,4", "--fake", "0.02")
    found = json.loads(last)
    assert list(found["loads"]) == ["cold", "mixed", "hot"]
    for by_clients in found["loads"].values():
        assert list(by_clients) == ["1", "4"]
        for figures in by_clients.values():
            assert figures["sent"] == figures["answered"] + figures["refused"] > 0
            assert (figures["lost"], figures["other"]) == (0, {})
            assert 0 < figures["p50_ms"] <= figures["p95_ms"] <= figures["p99_ms"]
    assert found["loads"]["cold"]["1"]["p50_ms"] >= 20
    overload = found["overload"]
    assert overload["nothing_lost"]
    assert overload["refusals_logged"] == overload["refused"]
    assert 0 <= overload["refusal_p50_ms"] <= overload["refusal_p99_ms"] <= overload["refusal_max_ms"]
    assert f"median {overload['refusal_p50_ms']:.1f} ms, p99 {overload['refusal_p99_ms']:.1f} ms" in table
    assert f"bound {overload['accepted_p99_bound_ms']:.0f} ms" in table


def test_the_soak_accounts_for_every_request_and_job_and_samples_memory() -> None:
    table, last = run("soak.py", "--minutes", "0.08", "--rate", "30", "--fake", "0.01")
    found = json.loads(last)
    assert found["sent"] == found["answered"] + found["refused"] + found["left"] > 60
    assert (found["lost"], found["other"], found["balanced"]) == (0, {}, True)
    assert found["jobs"] == found["jobs_done"] > 0
    assert found["samples"] >= 2
    assert found["first_third_mb"] > 10
    assert f"{found['first_third_mb']:.1f} MB in the first third" in table
