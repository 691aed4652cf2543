"""An engine for the queue's tests: its output tells its input, it can be held up, and can fail."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from models.contracts import Candidate, ModelIdentity, Reads, SummaryOptions, TranslationOptions
from service.queue.observer import DropReason, Step


class Gate:
    """Holds the engine's calls while it is shut, and tells when one has arrived."""

    def __init__(self, opened: bool = True) -> None:
        self.arrived = threading.Event()
        self.open = threading.Event()
        if opened:
            self.open.set()

    def pass_through(self) -> None:
        self.arrived.set()
        assert self.open.wait(20)


class ScriptedEngine:
    """All models in one. Texts with "poison" raise ``fault``; a token is a word."""

    identity = ModelIdentity("petit", "r1", "ab" * 32, "fake")
    window = 50
    reads: Reads = "article"
    targets: tuple[str, ...] = ("en", "de")

    def __init__(self, gate: Gate | None = None, fault: BaseException | None = None) -> None:
        self.calls: list[tuple[str, ...]] = []
        self.options: list[SummaryOptions | TranslationOptions | None] = []
        self.threads: set[str] = set()
        self.gate = gate or Gate()
        self.fault = fault or RuntimeError("le moteur a lâché")

    def count_tokens(self, text: str) -> int:
        return len(text.split())

    def read(self, articles: Sequence[str]) -> list[list[Candidate]]:
        self._compute(articles, None)
        return [[Candidate("", float(len(line))) for line in article.split("\n")] for article in articles]

    def summarise(self, texts: Sequence[str], options: SummaryOptions) -> list[list[Candidate]]:
        self._compute(texts, options)
        return [[Candidate(f"bref : {text}", -0.5)] for text in texts]

    def translate(self, sentences: Sequence[str], options: TranslationOptions) -> list[list[Candidate]]:
        self._compute(sentences, options)
        return [[Candidate(f"{options.target}: {text}", -0.5)] for text in sentences]

    def _compute(self, texts: Sequence[str], options: SummaryOptions | TranslationOptions | None) -> None:
        self.threads.add(threading.current_thread().name)
        self.calls.append(tuple(texts))
        self.options.append(options)
        self.gate.pass_through()
        if any("poison" in text for text in texts):
            raise self.fault


class Witness:
    """An ``Observer`` that remembers everything."""

    def __init__(self) -> None:
        self.batches: list[tuple[Step, int, int]] = []
        self.dropped: list[DropReason] = []
        self.failed: list[Step] = []
        self.started: list[Step] = []
        self.restarted = 0

    def on_started(self, step: Step, waited: float) -> None:
        assert waited >= 0
        self.started.append(step)

    def on_batch(self, step: Step, size: int, tokens: int, seconds: float) -> None:
        assert seconds >= 0
        self.batches.append((step, size, tokens))

    def on_dropped(self, step: Step, reason: DropReason) -> None:
        self.dropped.append(reason)

    def on_failed(self, step: Step) -> None:
        self.failed.append(step)

    def on_restart(self) -> None:
        self.restarted += 1
