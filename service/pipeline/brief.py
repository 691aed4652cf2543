"""What the pipeline takes and gives: a request, and the briefing that answers it.

``Briefing`` is plain data: HTTP, command line and evaluation each render it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol, runtime_checkable

from models.contracts import Length, ModelIdentity
from service.pipeline.facts import Check
from service.queue.ticket import Ticket

CacheUse = Literal["use", "bypass", "only"]
Policy = Literal["strict", "warn"]
Typography = Literal["article", "french"]
Origin = Literal["written", "extracted"]


@dataclass(frozen=True)
class BriefRequest:
    """One article and how its brief is wanted. Exactly one of ``text`` and ``html`` is given."""

    text: str | None = None
    html: str | None = None
    title: str | None = None
    languages: tuple[str, ...] = ("fr", "en")
    length: Length = "medium"
    source_language: str | None = None
    cache: CacheUse = "use"
    policy: Policy = "strict"
    typography: Typography = "article"
    glossary: Mapping[str, str] = field(default_factory=dict)
    do_not_translate: tuple[str, ...] = ()


@dataclass(frozen=True)
class Source:
    """A span of the article with ``article.text[start:end] == quote``; ``score`` lies in 0..1."""

    start: int
    end: int
    quote: str
    score: float


@dataclass(frozen=True)
class BriefSentence:
    """A sentence of a brief; a translated one carries the id of its French sentence."""

    id: str
    text: str
    sources: tuple[Source, ...]
    checks: tuple[Check, ...]


@dataclass(frozen=True)
class Brief:
    """One language's brief; ``text`` is its sentences joined by single spaces."""

    language: str
    text: str
    sentences: tuple[BriefSentence, ...]
    origin: Origin
    experimental: bool = False


@dataclass(frozen=True)
class ArticleSummary:
    """The cleaned article that every offset refers to."""

    text: str
    title: str | None
    language: str
    words: int


@dataclass(frozen=True)
class Warned:
    """A warning: a code of the closed list in ``service/pipeline/warnings.py`` and its sentence."""

    code: str
    message: str


@dataclass(frozen=True)
class Briefing:
    """The whole answer. ``timings`` are the seconds of each step when it was first computed."""

    id: str
    article: ArticleSummary
    briefs: tuple[Brief, ...]
    models: tuple[ModelIdentity, ...]
    timings: Mapping[str, float]
    warnings: tuple[Warned, ...]


@dataclass
class RunNotes:
    """What one run did, filled in while it goes: for ``Server-Timing``, ``Cache-Status``, metrics and logs."""

    seconds: dict[str, float] = field(default_factory=dict)
    cache_hits: list[str] = field(default_factory=list)  # steps answered from the cache
    cache_misses: list[str] = field(default_factory=list)
    fallbacks: int = 0  # briefs that ended as the article's own sentences
    unsupported: int = 0  # candidates dropped for a fact that the article lacks
    entries: list[str] = field(default_factory=list)  # digests of the cache entries read or written


class Progress(Protocol):
    """Told of each step's end: ``phase`` is "article", "brief" (then ``brief`` is French) or "translation"."""

    def __call__(self, phase: str, brief: Brief | None = None) -> None: ...


class Briefer(Protocol):
    """The pipeline as HTTP, command line and evaluation see it; ``service/pipeline/pipeline.py`` is the real one.

    ``run`` blocks: callers in an event loop use a thread.
    """

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages that briefs can have, "fr" first."""
        ...

    @property
    def models(self) -> tuple[ModelIdentity, ...]:
        """The models in use."""
        ...

    def identify(self, request: BriefRequest) -> str:
        """The id that the answer will have: a digest of article, options, models and pipeline version."""
        ...

    def run(
        self, request: BriefRequest, ticket: Ticket, notes: RunNotes | None = None, progress: Progress | None = None
    ) -> Briefing:
        """Write the briefs. Raises ``RequestError``, ``ServiceError`` and ``ModelError`` children."""
        ...


@runtime_checkable
class Graded(Protocol):
    """A briefer that tells how good its languages are."""

    @property
    def experimental(self) -> frozenset[str]:
        """The languages whose briefs are below what is promised."""
        ...
