"""A product without models: its briefs follow from the article, and words in it make it fail or wait."""

from __future__ import annotations

import hashlib
import sys
import threading
from collections.abc import Callable, Iterable, Mapping

from models.contracts import ModelIdentity
from models.errors import ModelFailed, ModelUnavailable
from service.errors import EmptyArticle, NotCached, UnknownLanguage, WrongLanguage
from service.pipeline.brief import (
    ArticleSummary,
    Brief,
    Briefing,
    BriefRequest,
    BriefSentence,
    Progress,
    RunNotes,
    Source,
)
from service.pipeline.facts import Check, Fact
from service.queue.ticket import Ticket
from service.runtime import Health
from service.settings import Settings

IDENTITY = ModelIdentity("fake", "1", "0" * 64, "fake", "Apache-2.0")

FAILS = "LE MODÈLE ÉCHOUE"
BREAKS = "LE PROGRAMME A UN DÉFAUT"
WAITS = "LE MODÈLE ATTEND"


class FakeBriefer:
    """The brief is the article's first sentence, in any language with the language's code before it."""

    languages = ("fr", "en", "de")
    models = (IDENTITY,)
    experimental = frozenset({"de"})

    def __init__(self) -> None:
        self.runs = 0
        self.seen: list[BriefRequest] = []
        self.tickets: list[Ticket] = []
        self.started = threading.Event()
        self.gate = threading.Event()

    def identify(self, request: BriefRequest) -> str:
        parts = (request.text, request.html, request.title, request.languages, request.length, request.policy)
        return hashlib.sha256(repr(parts).encode()).hexdigest()

    def run(
        self, request: BriefRequest, ticket: Ticket, notes: RunNotes | None = None, progress: Progress | None = None
    ) -> Briefing:
        self.runs += 1
        self.seen.append(request)
        self.tickets.append(ticket)
        self.started.set()
        tell: Progress = progress or _nobody
        text = (request.text or request.html or "").strip()
        self._refuse(request, text)
        tell("article")
        briefs = tuple(_brief(text, language) for language in request.languages)
        tell("brief", briefs[0])
        while WAITS in text and not self.gate.wait(0.005):
            ticket.check()
        if notes is not None:
            notes.seconds["brief"] = 0.25
            notes.cache_misses.append("brief")
            notes.entries.append("entry")
        for brief in briefs[1:]:
            tell("translation", brief)
        article = ArticleSummary(text, request.title, "fr", len(text.split()))
        # Another number each time, so that a test sees whether the first reply's bytes come again.
        return Briefing(self.identify(request), article, briefs, self.models, {"brief": float(self.runs)}, ())

    def _refuse(self, request: BriefRequest, text: str) -> None:
        if request.cache == "only":
            raise NotCached("this brief is not stored")
        if not any(letter.isalpha() for letter in text):
            raise EmptyArticle("the article has no word")
        if " the " in text and request.source_language is None:
            raise WrongLanguage("en", 0.98765)
        for language in request.languages:
            if language not in self.languages:
                raise UnknownLanguage(f"no model writes {language!r}")
        if FAILS in text:
            raise ModelFailed(f"could not compute {text}")
        if BREAKS in text:
            raise RuntimeError(f"unforeseen: {text}")


def _nobody(phase: str, brief: Brief | None = None) -> None:
    """Progress that nobody follows."""


def _brief(text: str, language: str) -> Brief:
    end = text.find(".") + 1 or len(text)
    said = text[:end] if language == "fr" else f"[{language}] {text[:end]}"
    check = Check(Fact("number", "1", said[:1], 0, 1), "supported", (0, 1))
    sentence = BriefSentence("s1", said, (Source(0, end, text[:end], 1.0),), (check,))
    return Brief(language, said, (sentence,), "extracted")


class FakeRuntime:
    """Replies in a dict; ``state`` is what ``health`` says."""

    def __init__(self) -> None:
        self.briefer = FakeBriefer()
        self.replies: dict[str, bytes] = {}
        self.state: dict[str, Health] = {"worker": "ok", "cache": "ok"}
        self.parts: dict[str, tuple[str, ...]] = {}
        self.closed = False

    def get_reply(self, id: str) -> bytes | None:
        return self.replies.get(id)

    def put_reply(self, id: str, body: bytes, parts: Iterable[str] = ()) -> None:
        self.replies[id] = body
        self.parts[id] = tuple(parts)

    def delete_reply(self, id: str) -> bool:
        return self.replies.pop(id, None) is not None

    def health(self) -> Mapping[str, Health]:
        return self.state

    def close(self) -> None:
        self.closed = True

    def build(self, settings: Settings, phase: Callable[[str], None]) -> FakeRuntime:
        """A ``Build`` that gives this runtime."""
        phase("loading the summariser")
        return self

    @classmethod
    def with_slow_model(cls, settings: Settings, phase: Callable[[str], None]) -> FakeRuntime:
        """A ``Build`` whose waiting articles are done when standard input ends."""
        made = cls()

        def open_gate() -> None:
            sys.stdin.read()
            made.briefer.gate.set()

        threading.Thread(target=open_gate, daemon=True).start()
        return made

    @staticmethod
    def without_weights(settings: Settings, phase: Callable[[str], None]) -> FakeRuntime:
        """A ``Build`` that fails."""
        raise ModelUnavailable("no weights here")
