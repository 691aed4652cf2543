"""Times the product here and now: start-up, cold and cached briefs, memory.

    python tests/bench/briefs.py [--text article.txt ...] [--rounds 3]

Cold briefs bypass the cache; each article is timed ``--rounds`` times and the median taken.
A table for people, and one JSON document as the last line. Times mean little across
machines: compare them with something run in the same minute on an otherwise idle machine.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import tempfile
import time
from pathlib import Path

from service.pipeline.brief import BriefRequest, RunNotes
from service.product import Product
from service.queue.ticket import Ticket
from service.seeds import load_seeds
from service.settings import Settings
from service.wiring import build

ROOT = Path(__file__).resolve().parents[2]


def seconds_of(product: Product, request: BriefRequest, notes: RunNotes | None = None) -> float:
    """Seconds that one brief takes."""
    begin = time.perf_counter()
    product.briefer.run(request, Ticket(), notes)
    return time.perf_counter() - begin


def resident_megabytes() -> float:
    """The process's resident memory now, in MB (its highest so far where /proc is missing)."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        return pages * resource.getpagesize() / 1e6
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3


def measure(product: Product, texts: list[str], rounds: int) -> dict[str, float]:
    """Median seconds of a cold and of a cached brief, French and English, and of the cold one's steps."""
    cold: list[float] = []
    steps: dict[str, list[float]] = {}
    for text in texts:
        runs = []
        for _ in range(rounds):
            notes = RunNotes()
            runs.append((seconds_of(product, BriefRequest(text=text, cache="bypass"), notes), notes.seconds))
        seconds, parts = sorted(runs, key=lambda run: run[0])[len(runs) // 2]
        cold.append(seconds)
        for step, value in parts.items():
            steps.setdefault(step, []).append(value)
    for text in texts:
        seconds_of(product, BriefRequest(text=text))
    cached = [seconds_of(product, BriefRequest(text=text)) for text in texts]
    found = {"cold": statistics.median(cold), "cached": statistics.median(cached)}
    return found | {f"cold {step}": statistics.median(values) for step, values in steps.items()}


def main() -> None:
    """Load, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--text", type=Path, nargs="*", help="text files; by default our seeds")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    texts = [path.read_text(encoding="utf-8") for path in options.text or []]
    texts = texts or [seed.text for seed in load_seeds(ROOT / "seeds")]
    with tempfile.TemporaryDirectory() as folder:
        begin = time.perf_counter()
        product = build(Settings(cache_path=Path(folder) / "cache.sqlite"), lambda _: None)
        started = time.perf_counter() - begin
        first = seconds_of(product, BriefRequest(text=texts[0], cache="bypass"))
        found = {"load": started, "first": first} | measure(product, texts, options.rounds)
        megabytes = resident_megabytes()
        product.close()
    for name, seconds in found.items():
        print(f"{name:18s} {seconds:8.3f} s")
    print(f"{'resident':18s} {megabytes:8.0f} MB")
    words = [len(text.split()) for text in texts]
    print(json.dumps({"articles": len(texts), "words": statistics.median(words), "resident_mb": round(megabytes)}
                     | {name: round(seconds, 4) for name, seconds in found.items()}))  # fmt: skip


if __name__ == "__main__":
    main()
