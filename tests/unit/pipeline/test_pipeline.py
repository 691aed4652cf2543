"""The pipeline over fake models: what is asked of them, what becomes of their answers, what is said of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pytest

from models.contracts import (
    Candidate,
    Length,
    ModelIdentity,
    Reader,
    Reads,
    Summariser,
    SummaryOptions,
    TranslationOptions,
    Translator,
)
from models.forest import Forest
from service.errors import Cancelled, EmptyArticle, UnknownLanguage, WrongLanguage
from service.pipeline.brief import Brief, BriefRequest, CacheUse, RunNotes
from service.pipeline.choice import Chooser
from service.pipeline.language import LanguageDetector
from service.pipeline.pipeline import Pipeline
from service.pipeline.salience import Salience
from service.queue.ticket import Ticket

TEXT = (
    "Le conseil régional de Bretagne a voté jeudi un plan de 12 millions d'euros pour les lycées. "
    "Il prévoit la rénovation de 34 internats avant la rentrée de 2027. "
    "Les travaux commenceront à Quimper, où la chaudière du lycée Brizeux est tombée en panne deux fois cet hiver. "
    "Le président de la région a répondu que les gymnases feraient l'objet d'un second vote en novembre."
)
TRUE = "La Bretagne va rénover 34 internats de lycées pour 12 millions d'euros avant la rentrée de 2027."
FALSE = TRUE.replace("34", "43")


@dataclass
class FakeSummariser:
    """Gives the candidates that it was made with, whatever it reads; tokens are words."""

    texts: Sequence[str]
    window: int = 500
    reads: Reads = "article"
    seen: list[str] = field(default_factory=list)

    @property
    def identity(self) -> ModelIdentity:
        return ModelIdentity("fake-writer", "1", "w", "fake")

    def count_tokens(self, text: str) -> int:
        return len(text.split())

    def summarise(self, texts: Sequence[str], options: SummaryOptions) -> list[list[Candidate]]:
        self.seen += texts
        return [[Candidate(text, -0.1 * at) for at, text in enumerate(self.texts)] for _ in texts]


@dataclass
class FakeTranslator:
    """Translates by changing the words that keep a sentence recognisable as English."""

    targets: tuple[str, ...] = ("en",)
    calls: int = 0

    @property
    def identity(self) -> ModelIdentity:
        return ModelIdentity("fake-translator", "1", "t", "fake")

    def count_tokens(self, text: str) -> int:
        return len(text.split())

    def translate(self, sentences: Sequence[str], options: TranslationOptions) -> list[list[Candidate]]:
        self.calls += 1
        english = "Brittany will renovate 34 boarding schools for 12 million euros before the school year of 2027."
        return [[Candidate(english, -0.2)] for _ in sentences]


@dataclass
class FakeReader:
    """Finds the later sentences more telling."""

    window: int = 100
    seen: list[str] = field(default_factory=list)

    @property
    def identity(self) -> ModelIdentity:
        return ModelIdentity("fake-reader", "1", "r", "fake")

    def count_tokens(self, text: str) -> int:
        return len(text.split())

    def read(self, articles: Sequence[str]) -> list[list[Candidate]]:
        self.seen += articles
        return [[Candidate("", float(at)) for at, _ in enumerate(each.split("\n"))] for each in articles]


@dataclass
class FakeModels:
    reader: Reader | None
    summariser: Summariser | None
    translator: Translator
    used: tuple[str, ...] = ("digest-1",)


class FakeEngines:
    def __init__(self, summariser: FakeSummariser | None, translator: FakeTranslator) -> None:
        self._summariser, self._translator = summariser, translator
        self.experimental = frozenset({"de"})
        self.reader: FakeReader | None = None

    @property
    def identities(self) -> tuple[ModelIdentity, ...]:
        return tuple(model.identity for model in (self._summariser, self._translator) if model)

    @property
    def languages(self) -> tuple[str, ...]:
        return ("fr", *self._translator.targets)

    def models(self, ticket: Ticket, notes: RunNotes, use: CacheUse) -> FakeModels:
        return FakeModels(self.reader, self._summariser, self._translator)


def pipeline(*texts: str, window: int = 500, targets: tuple[str, ...] = ("en",)) -> tuple[Pipeline, FakeEngines]:
    writer = FakeSummariser(texts, window) if texts else None
    engines = FakeEngines(writer, FakeTranslator(targets))
    return Pipeline(engines, Chooser(blind(), grounding=0.0), LanguageDetector(), 0.6), engines


def blind(names: tuple[str, ...] = Salience.NAMES) -> Forest:
    zero, nothing = np.zeros(1, np.int32), np.zeros(1, np.float32)
    return Forest(zero.astype(np.int16), nothing, zero, zero, nothing, zero, 0.0, names, "forest")


def codes(briefing) -> list[str]:  # type: ignore[no-untyped-def]
    return [warned.code for warned in briefing.warnings]


def test_the_first_supported_candidate_is_the_brief_and_the_false_one_is_counted() -> None:
    notes = RunNotes()
    briefing = pipeline(FALSE, TRUE)[0].run(BriefRequest(text=TEXT), Ticket(), notes)
    assert [(brief.language, brief.origin) for brief in briefing.briefs] == [("fr", "written"), ("en", "written")]
    assert briefing.briefs[0].text == TRUE
    assert (notes.unsupported, notes.fallbacks, notes.entries) == (1, 0, ["digest-1"])
    assert codes(briefing) == []


def test_without_a_supported_candidate_the_article_speaks_and_the_reply_says_so() -> None:
    notes = RunNotes()
    briefing = pipeline(FALSE)[0].run(BriefRequest(text=TEXT, languages=("fr",)), Ticket(), notes)
    assert briefing.briefs[0].origin == "extracted"
    assert briefing.briefs[0].sentences[0].sources[0].score == 1.0
    assert "extracted_fallback" in codes(briefing)
    assert notes.fallbacks == 1


def test_without_a_writer_extracts_are_no_fallback() -> None:
    briefing = pipeline()[0].run(BriefRequest(text=TEXT, languages=("fr",)), Ticket())
    assert briefing.briefs[0].origin == "extracted"
    assert codes(briefing) == []
    assert [model.id for model in briefing.models] == ["breve-choice", "fake-translator"]


def test_what_the_reader_finds_telling_is_the_brief() -> None:
    engines = FakeEngines(None, FakeTranslator())
    engines.reader = FakeReader()
    names = Salience.names(0)
    best = names.index("read_mean")
    told = replace(
        blind(names), feature=np.array([best, 0, 0], np.int16), threshold=np.array([2.5, 0, 0], np.float32),
        left=np.array([1, 1, 2], np.int32), right=np.array([2, 1, 2], np.int32),
        value=np.array([0, 0, 1], np.float32),
    )  # fmt: skip
    built = Pipeline(engines, Chooser(blind(), 0.0, told), LanguageDetector(), 0.6)
    briefing = built.run(BriefRequest(text=TEXT, languages=("fr",)), Ticket())
    assert briefing.briefs[0].text.startswith("Le président de la région a répondu")
    (read,) = engines.reader.seen
    assert [line.split()[0] for line in read.split("\n")] == ["Le", "Il", "Les", "Le"]
    assert "read" in briefing.timings


def test_an_article_longer_than_the_window_is_read_in_parts_and_the_reply_says_so() -> None:
    built, engines = pipeline(TRUE, window=40)
    briefing = built.run(BriefRequest(text=TEXT, languages=("fr",)), Ticket())
    assert isinstance(engines._summariser, FakeSummariser)
    (read,) = engines._summariser.seen
    assert len(read.split()) <= 40
    assert read.startswith("Le conseil régional de Bretagne")
    assert codes(briefing) == ["article_read_in_parts"]


def test_a_model_that_reads_passages_leaves_nothing_to_warn_of_in_a_long_article() -> None:
    built, engines = pipeline(TRUE, window=40)
    assert isinstance(engines._summariser, FakeSummariser)
    engines._summariser.reads = "passages"
    briefing = built.run(BriefRequest(text=TEXT, languages=("fr",)), Ticket())
    assert engines._summariser.seen
    assert "article_read_in_parts" not in codes(briefing)


@pytest.mark.parametrize(("length", "asked"), [("short", True), ("medium", True), ("long", False)])
def test_a_model_that_rewrites_reads_passages_and_never_the_article(length: Length, asked: bool) -> None:
    built, engines = pipeline(TRUE)
    assert isinstance(engines._summariser, FakeSummariser)
    engines._summariser.reads = "passages"
    built.run(BriefRequest(text=TEXT, languages=("fr",), length=length), Ticket())
    assert bool(engines._summariser.seen) is asked
    for passage in engines._summariser.seen:
        assert len(passage) < 2 / 3 * len(TEXT)
        assert passage.split(". ")[0] in TEXT


def test_a_translated_sentence_carries_its_french_sentence_and_its_sources() -> None:
    french, english = pipeline(TRUE)[0].run(BriefRequest(text=TEXT), Ticket()).briefs
    assert [sentence.id for sentence in english.sentences] == [sentence.id for sentence in french.sentences]
    assert english.sentences[0].sources == french.sentences[0].sources


def test_an_unknown_language_is_refused_before_any_model_is_asked() -> None:
    built, engines = pipeline(TRUE)
    with pytest.raises(UnknownLanguage, match="de"):
        built.run(BriefRequest(text=TEXT, languages=("de",)), Ticket())
    assert engines._translator.calls == 0


@pytest.mark.parametrize(
    ("text", "error"),
    [
        (" \n ", EmptyArticle),
        ("The regional council voted a plan of 12 million euros for its schools on Thursday evening.", WrongLanguage),
        ("12 34 56 78 90", WrongLanguage),
    ],
)
def test_what_is_no_french_article_is_refused(text: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        pipeline(TRUE)[0].run(BriefRequest(text=text), Ticket())


def test_a_stated_language_insists_and_the_reply_says_what_it_looks_like() -> None:
    text = "The regional council voted a plan of 12 million euros for its schools on Thursday evening in Rennes. " * 3
    briefing = pipeline()[0].run(BriefRequest(text=text, source_language="fr", languages=("fr",)), Ticket())
    assert "language_stated_not_detected" in codes(briefing)


def test_a_short_article_comes_back_as_it_is() -> None:
    text = "Le musée de Caen rouvrira samedi après deux ans de travaux."
    briefing = pipeline(TRUE)[0].run(BriefRequest(text=text, languages=("fr",)), Ticket())
    assert briefing.briefs[0].text == text
    assert codes(briefing) == ["article_shorter_than_brief"]


def test_a_cancelled_request_stops() -> None:
    ticket = Ticket()
    ticket.cancel()
    with pytest.raises(Cancelled):
        pipeline(TRUE)[0].run(BriefRequest(text=TEXT), ticket)


def test_progress_tells_french_first() -> None:
    told: list[tuple[str, str]] = []

    def hear(phase: str, brief: Brief | None = None) -> None:
        told.append((phase, brief.language if brief else ""))

    pipeline(TRUE)[0].run(BriefRequest(text=TEXT), Ticket(), progress=hear)
    assert told == [("article", ""), ("brief", "fr"), ("translation", "en")]


def test_an_experimental_language_is_marked() -> None:
    built, _ = pipeline(TRUE, targets=("de",))
    briefing = built.run(BriefRequest(text=TEXT, languages=("de",)), Ticket())
    assert [brief.experimental for brief in briefing.briefs] == [False, True]
    assert "language_experimental" in codes(briefing)


def test_the_id_depends_on_everything_but_the_use_of_the_cache() -> None:
    built, _ = pipeline(TRUE)
    request = BriefRequest(text=TEXT)
    same = replace(request, cache="bypass")
    others = [
        replace(request, text=TEXT + " "),
        replace(request, title="Lycées"),
        replace(request, languages=("fr",)),
        replace(request, length="short"),
        replace(request, policy="warn"),
        replace(request, typography="french"),
        replace(request, glossary={"lycée": "high school"}),
        replace(request, do_not_translate=("Brizeux",)),
    ]
    ids = [built.identify(each) for each in (request, *others)]
    assert built.identify(same) == ids[0]
    assert len(set(ids)) == len(ids)


def test_french_typography_is_a_display_option() -> None:
    text = TEXT.replace("d'euros pour les lycées.", "d'euros : un record, selon elle !")
    briefing = pipeline()[0].run(BriefRequest(text=text, languages=("fr",), typography="french"), Ticket())
    shown = briefing.briefs[0].text
    assert "'" not in shown
    assert briefing.article.text == text
