"""What the cache's tests share: a clock to move by hand, keys, and engines that record their calls."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from models.contracts import Candidate, Draft, ModelIdentity, Reads, SummaryOptions, Terms, TranslationOptions, Turn
from service.cache.key import CacheKey

TURNS = (Turn(3, "mot", -1 / 3, -2.5),)
MODEL = ModelIdentity("petit", "r1", "ab" * 32, "fake")


class HandClock:
    """Stands still until it is moved."""

    def __init__(self, now: float = 1_000_000.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


def key(name: str, step: str = "summarise", model: str = "petit") -> CacheKey:
    return CacheKey.for_output(step, name, {}, ModelIdentity(model, "r1", "ab" * 32, "fake"))


class Recorder:
    """All models in one: an output tells its input, and every call is recorded."""

    identity = MODEL
    window = 1000
    reads: Reads = "article"
    targets: tuple[str, ...] = ("en", "de")

    def __init__(self, before: Callable[[Sequence[str]], None] = lambda texts: None) -> None:
        self.calls: list[tuple[str, ...]] = []
        self.forbidden: list[tuple[tuple[str, ...], ...]] = []
        self.terms: list[tuple[Terms, ...]] = []
        self.drafts: list[tuple[Draft | None, ...]] = []
        self._before = before

    def count_tokens(self, text: str) -> int:
        return len(text.split())

    def read(self, articles: Sequence[str]) -> list[list[Candidate]]:
        self.calls.append(tuple(articles))
        self._before(articles)
        return [[Candidate("", len(line) / 3) for line in article.split("\n")] for article in articles]

    def summarise(self, texts: Sequence[str], options: SummaryOptions) -> list[list[Candidate]]:
        self.calls.append(tuple(texts))
        self._before(texts)
        return [[Candidate(f"bref : {text}", -0.1, 3), Candidate("autre", -1 / 3)] for text in texts]

    def translate(self, sentences: Sequence[str], options: TranslationOptions) -> list[list[Candidate]]:
        self.calls.append(tuple(sentences))
        self.forbidden.append(options.forbidden)
        self.terms.append(options.terms)
        self.drafts.append(options.drafts)
        self._before(sentences)
        return [[Candidate(f"{options.target}: {text}", -0.5, 4, turns=TURNS)] for text in sentences]
