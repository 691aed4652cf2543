"""The load test itself, in small: every kind is measured, and each request is accounted for."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).parents[1] / "bench" / "load.py"


def test_the_load_test_accounts_for_every_request() -> None:
    arguments = ["--seconds", "0.3", "--clients", "1,4", "--fake", "0.02"]
    done = subprocess.run([sys.executable, SCRIPT, *arguments], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
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
