"""From an article to its briefs: read, check the language, write, choose, translate, trace.

Each step is a module of this package; here is only their order, and what is noted of each.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from typing import Protocol

from models.contracts import ModelIdentity, Reader, Summariser, Translator
from service.errors import UnknownLanguage
from service.pipeline.article import Article, read
from service.pipeline.brief import (
    ArticleSummary,
    Brief,
    Briefing,
    BriefRequest,
    BriefSentence,
    CacheUse,
    Origin,
    Progress,
    RunNotes,
    Warned,
)
from service.pipeline.choice import Chooser, Chosen, Reading, told
from service.pipeline.evidence import carried_over, traced
from service.pipeline.glossary import Glossary
from service.pipeline.language import LanguageDetector
from service.pipeline.lengths import LENGTHS, Wanted
from service.pipeline.translation import TranslatedSentence, TranslationStep
from service.pipeline.warnings import WarningCode, warn
from service.pipeline.writing import Drafts, draft
from service.queue.ticket import Ticket
from service.version import PIPELINE_VERSION

#: How many translations of one sentence the model gives.
TRANSLATIONS = 4


class Models(Protocol):
    """The models for one request: their outputs cached, their work queued."""

    @property
    def reader(self) -> Reader | None:
        """Says which sentences of an article matter; none where plain features alone do."""
        ...

    @property
    def summariser(self) -> Summariser | None:
        """Writes French briefs; none where briefs are chosen from the article alone."""
        ...

    @property
    def translator(self) -> Translator:
        """Translates their sentences."""
        ...

    @property
    def used(self) -> tuple[str, ...]:
        """The digests of the cache entries that were read or written for the request."""
        ...


class Engines(Protocol):
    """Where a request gets its models."""

    @property
    def identities(self) -> tuple[ModelIdentity, ...]:
        """The language models in use."""
        ...

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages of briefs, "fr" first."""
        ...

    @property
    def experimental(self) -> frozenset[str]:
        """The languages whose translations are not good enough yet."""
        ...

    def models(self, ticket: Ticket, notes: RunNotes, use: CacheUse) -> Models:
        """The models for one request."""
        ...


class Pipeline:
    """Writes briefs; safe to use from several threads. Implements ``Briefer``."""

    def __init__(self, engines: Engines, chooser: Chooser, detector: LanguageDetector, threshold: float) -> None:
        self._engines, self._chooser, self._detector, self._threshold = engines, chooser, detector, threshold

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages that briefs can have, "fr" first."""
        return self._engines.languages

    @property
    def models(self) -> tuple[ModelIdentity, ...]:
        """The chooser and the language models in use."""
        return (self._chooser.identity, *self._engines.identities)

    @property
    def experimental(self) -> frozenset[str]:
        """The languages whose translations are not good enough yet."""
        return self._engines.experimental & frozenset(self.languages)

    def identify(self, request: BriefRequest) -> str:
        """A digest of article, options, models and version; how the cache is used does not count."""
        asked = {name: value for name, value in asdict(request).items() if name != "cache"}
        asked["models"] = [asdict(model) for model in self.models]
        asked["version"] = [PIPELINE_VERSION, self._threshold, self._chooser.grounding]
        canonical = json.dumps(asked, sort_keys=True, separators=(",", ":"), ensure_ascii=True, default=list)
        return hashlib.sha256(canonical.encode()).hexdigest()[:40]

    def run(
        self, request: BriefRequest, ticket: Ticket, notes: RunNotes | None = None, progress: Progress | None = None
    ) -> Briefing:
        """Write the briefs.

        Raises ``EmptyArticle``, ``WrongLanguage``, ``UnknownLanguage``, ``NotCached``,
        ``DeadlineExceeded``, ``Cancelled`` and children of ``ModelError``.
        """
        unknown = [language for language in request.languages if language not in self.languages]
        if unknown:
            raise UnknownLanguage(f"no loaded model writes {', '.join(unknown)}; there are {', '.join(self.languages)}")
        return _Run(self, self._engines, request, ticket, notes or RunNotes(), progress).briefing()

    def read(self, request: BriefRequest) -> tuple[Article, list[Warned]]:
        """The cleaned article, when it is French; raises ``EmptyArticle`` and ``WrongLanguage``."""
        reading = read(request.text, request.html, request.title)
        detected = self._detector.require_french(reading.article.text, self._threshold, request.source_language)
        warnings = [warn(WarningCode.VISIBLE_TEXT_ONLY)] if reading.visible_text_only else []
        if not detected.is_french or detected.confidence < self._threshold:
            warnings.append(
                warn(
                    WarningCode.LANGUAGE_STATED_NOT_DETECTED,
                    detected=detected.language,
                    confidence=detected.confidence,
                )
            )
        return reading.article, warnings

    def weigh(self, article: Article, reader: Reader | None = None) -> Reading:
        """The article's sentences as the chooser sees them, told by a reader which of them matter."""
        return self._chooser.reading(article, told(article, reader) if reader else None)


class _Run:
    """One request on its way."""

    def __init__(
        self,
        pipeline: Pipeline,
        engines: Engines,
        request: BriefRequest,
        ticket: Ticket,
        notes: RunNotes,
        progress: Progress | None,
    ) -> None:
        self._pipeline, self._engines, self._request = pipeline, engines, request
        self._ticket, self._notes, self._progress = ticket, notes, progress
        self._wanted = LENGTHS[request.length]
        self._timings: dict[str, float] = {}
        self._warnings: list[Warned] = []

    def briefing(self) -> Briefing:
        with self._timed("article"):
            article, self._warnings = self._pipeline.read(self._request)
            models = self._engines.models(self._ticket, self._notes, self._request.cache)
        self._tell("article")
        brief = self._french(article, models)
        self._tell("brief", brief)
        briefs = {"fr": brief}
        for language in self._request.languages:
            if language != "fr":
                self._ticket.check()
                briefs[language] = self._translated(brief, language, models.translator)
                self._tell("translation", briefs[language])
        self._notes.entries.extend(models.used)
        wanted = self._request.languages if "fr" in self._request.languages else ("fr", *self._request.languages)
        return Briefing(
            id=self._pipeline.identify(self._request),
            article=ArticleSummary(article.text, article.title, "fr", article.words),
            briefs=tuple(briefs[language] for language in wanted),
            models=self._pipeline.models,
            timings=self._timings,
            warnings=tuple(dict.fromkeys(self._warnings)),
        )

    def _french(self, article: Article, models: Models) -> Brief:
        if article.words <= self._wanted.aim and len(article.sentences) <= self._wanted.sentences:
            code = WarningCode.ARTICLE_SHORTER_THAN_BRIEF
            self._warnings.append(warn(code, words=article.words))
            return self._traced(article, None, " ".join(article.text.split()), "extracted")
        with self._timed("read"):
            reading = self._pipeline.weigh(article, models.reader)
        self._ticket.check()
        drafts = Drafts()
        if models.summariser is not None:
            with self._timed("summarise"):
                drafts = draft(article, reading, models.summariser, self._request.length)
            if drafts.parts > 1:
                self._warnings.append(warn(WarningCode.ARTICLE_READ_IN_PARTS, parts=drafts.parts))
        self._ticket.check()
        with self._timed("choice"):
            chosen = reading.choose(drafts.written, self._wanted)
        self._note(chosen, len(drafts.written))
        with self._timed("sources"):
            return self._traced(article, reading, chosen.text, chosen.origin)

    def _note(self, chosen: Chosen, written: int) -> None:
        self._notes.unsupported += chosen.dropped
        # An extract that ranks above what was written is no fallback.
        if chosen.origin == "extracted" and written and chosen.dropped + chosen.refused == written:
            self._notes.fallbacks += 1
            self._warnings.append(warn(WarningCode.EXTRACTED_FALLBACK))
        words = len(chosen.text.split())
        if not self._fits(words, self._wanted):
            wanted = f"{self._wanted.least} to {self._wanted.most}"
            self._warnings.append(warn(WarningCode.LENGTH_NOT_REACHED, words=words, wanted=wanted))

    @staticmethod
    def _fits(words: int, wanted: Wanted) -> bool:
        return wanted.least <= words <= wanted.most

    def _traced(self, article: Article, reading: Reading | None, text: str, origin: Origin) -> Brief:
        """The French brief with each sentence's sources and checks."""
        checker = (reading or self._pipeline.weigh(article)).checker
        sentences = traced(article, checker, text, self._request.typography)
        return Brief("fr", " ".join(sentence.text for sentence in sentences), sentences, origin)

    def _translated(self, brief: Brief, language: str, translator: Translator) -> Brief:
        step = TranslationStep(translator, TRANSLATIONS, self._request.policy)
        glossary = glossary_for(self._request)
        with self._timed("translate"):
            found = step.translate([sentence.text for sentence in brief.sentences], language, glossary)
        sentences = []
        for source, translated in zip(brief.sentences, found, strict=True):
            text = " ".join(translated.text.split())
            checks = carried_over(translated.support.checks, source, text)
            sentences.append(BriefSentence(source.id, text, source.sources, checks))
            self._warn_of(source.id, translated, language)
        experimental = language in self._engines.experimental
        if experimental:
            self._warnings.append(warn(WarningCode.LANGUAGE_EXPERIMENTAL, language=language))
        self._warn_unused(glossary, found)
        text = " ".join(sentence.text for sentence in sentences)
        return Brief(language, text, tuple(sentences), brief.origin, experimental)

    def _warn_of(self, id: str, translated: TranslatedSentence, language: str) -> None:
        for code in translated.warnings:
            details: dict[str, object] = {"language": language, "sentence": id}
            if code is WarningCode.TRANSLATION_ALTERED:
                details["found"] = [check.fact.text for check in translated.support.failures]
            if code is WarningCode.GLOSSARY_UNAPPLIED:
                details["entries"] = [entry.source for entry in translated.unapplied]
            self._warnings.append(warn(code, **details))

    def _warn_unused(self, glossary: Glossary, found: Sequence[TranslatedSentence]) -> None:
        occur = {entry.source for translated in found for entry in (*translated.applied, *translated.unapplied)}
        unused = [entry.source for entry in glossary.entries if entry.source not in occur]
        if unused:
            self._warnings.append(warn(WarningCode.GLOSSARY_UNUSED, entries=unused))

    @contextmanager
    def _timed(self, step: str) -> Iterator[None]:
        begin = time.perf_counter()
        try:
            yield
        finally:
            self._timings[step] = self._timings.get(step, 0.0) + time.perf_counter() - begin
            self._notes.seconds[step] = self._timings[step]

    def _tell(self, phase: str, brief: Brief | None = None) -> None:
        if self._progress is not None:
            self._progress(phase, brief)


def glossary_for(request: BriefRequest) -> Glossary:
    """The request's own terms, with those that must stay as they are."""
    return Glossary.of(request.glossary, request.do_not_translate)
