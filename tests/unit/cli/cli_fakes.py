"""A product without models: its briefs can be told from the article by hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import pytest

from models.contracts import ModelIdentity
from models.errors import ModelUnavailable
from service.cache.key import CacheKey
from service.cache.memory import MemoryCache
from service.cache.protocol import Cache
from service.cli import context
from service.errors import EmptyArticle, UnknownLanguage, WrongLanguage
from service.http.problems import problem_of
from service.pipeline.brief import (
    ArticleSummary,
    Brief,
    Briefing,
    BriefRequest,
    BriefSentence,
    Progress,
    RunNotes,
    Source,
    Warned,
)
from service.pipeline.facts import Check, Fact
from service.queue.ticket import Ticket
from service.settings import Settings

MODEL = ModelIdentity("fake", "1", "0123456789abcdef", "fake")


class FirstSentence:
    """Its French brief is the article's first sentence; a translation is that sentence in capitals.

    An article that begins with "English" is not French; the second equal request comes from the cache.
    """

    languages = ("fr", "en")
    models = (MODEL,)

    def __init__(self) -> None:
        self.requests: list[BriefRequest] = []
        self.warnings: tuple[Warned, ...] = ()
        self.checks: tuple[Check, ...] = ()
        self.fault: BaseException | None = None

    def identify(self, request: BriefRequest) -> str:
        return "id"

    def run(
        self, request: BriefRequest, ticket: Ticket, notes: RunNotes | None = None, progress: Progress | None = None
    ) -> Briefing:
        if self.fault is not None:
            raise self.fault
        if notes is not None:
            (notes.cache_hits if request in self.requests else notes.cache_misses).append("summary")
        self.requests.append(request)
        text = request.text or request.html or ""
        if not text.strip():
            raise EmptyArticle("no word is left of the article")
        if text.startswith("English"):
            raise WrongLanguage("en", 0.98)
        unknown = [code for code in request.languages if code not in self.languages]
        if unknown:
            raise UnknownLanguage(f"no model writes {unknown[0]!r}")
        if progress is not None:
            progress("article")
        quote = text.split(". ")[0].rstrip(".") + "."
        source = Source(0, len(quote), quote, 1.0)
        briefs = []
        for code in request.languages:
            written = quote if code == "fr" else quote.upper()
            sentence = BriefSentence("s1", written, (source,), self.checks)
            briefs.append(Brief(code, written, (sentence,), "extracted"))
        article = ArticleSummary(text, request.title, "fr", len(text.split()))
        return Briefing("id", article, tuple(briefs), self.models, {"summary": 0.5}, self.warnings)


def altered(text: str) -> Check:
    """A check that does not hold."""
    return Check(Fact("number", text, text, 0, len(text)), "altered", None, "the article says 3")


class FakeRuntime:
    """A loaded product; translated lines are reversed word by word."""

    def __init__(self, briefer: FirstSentence) -> None:
        self.briefer = briefer
        self.closed = False
        self.lines: list[Sequence[str]] = []

    def translate_lines(self, lines: Sequence[str], target: str) -> list[str]:
        if target != "en":
            raise UnknownLanguage(f"no model writes {target!r}")
        self.lines.append(lines)
        return [" ".join(reversed(line.split())) for line in lines]

    def close(self) -> None:
        self.closed = True


class StayingCache(MemoryCache):
    """A cache that outlives its closing, for the test to look at."""

    def close(self) -> None:
        """Keep everything."""


@dataclass
class FakeProduct:
    """What the commands were given, and what they asked for."""

    briefer: FirstSentence = field(default_factory=FirstSentence)
    cache: MemoryCache = field(default_factory=StayingCache)
    missing_weights: str = ""
    missing_package: str = ""
    served: list[Settings] = field(default_factory=list)
    forced: list[bool] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.runtime = FakeRuntime(self.briefer)

    def product(self) -> context.Product:
        """The functions that the seam gives to the commands."""
        return context.Product(
            build=self._build,
            prepare=self._prepare,
            check_weights=self._check,
            serve=self.served.append,
            open_cache=self._open_cache,
            render=lambda briefing: b'{"id":"' + briefing.id.encode() + b'"}',
            strict_check=lambda article: lambda brief: brief in article,
            error_code=lambda error: problem_of(error).code,
        )

    def fill_cache(self, *steps: str) -> None:
        """One entry for each step, of the model "fake"."""
        for step in steps:
            self.cache.put(CacheKey.for_output(step, "texte", {}, MODEL), b"{}")

    def _build(self, settings: Settings, phase: Callable[[str], None]) -> context.CommandRuntime:
        self._check(settings)
        phase("loading")
        return self.runtime

    def _check(self, settings: Settings) -> None:
        if self.missing_package:
            raise ModuleNotFoundError(self.missing_package)
        if self.missing_weights:
            raise ModelUnavailable(self.missing_weights)

    def _prepare(self, settings: Settings, progress: Callable[[str, float], None], force: bool) -> None:
        self.forced.append(force)
        for share in (0.0, 0.25, 0.5):
            progress("writing the weights", share)
        progress("checking digests", 1.0)

    def _open_cache(self, settings: Settings) -> Cache:
        return self.cache


def install(monkeypatch: pytest.MonkeyPatch) -> FakeProduct:
    """Put a fake product behind the commands' seam."""
    fake = FakeProduct()
    monkeypatch.setattr(context, "product", fake.product)
    return fake
