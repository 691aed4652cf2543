"""The real pipeline behind HTTP, over a model that counts what it is asked for."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from api_server import Opened
from fake_product import IDENTITY, FakeRuntime

from models.contracts import Candidate, ModelIdentity, Reads, SummaryOptions, TranslationOptions
from service.http.examples import EXAMPLE_ARTICLE
from service.http.schemas import BriefReply
from service.pipeline.brief import CacheUse, RunNotes
from service.pipeline.language import LanguageDetector
from service.pipeline.pipeline import Pipeline
from service.queue.ticket import Ticket
from service.wiring import load_chooser


class CountingModel:
    """Summariser and translator in one: the article's first sentence, and sentences as they are."""

    window = 1000
    reads: Reads = "article"
    targets = ("en",)

    def __init__(self) -> None:
        self.calls = 0

    @property
    def identity(self) -> ModelIdentity:
        return IDENTITY

    def count_tokens(self, text: str) -> int:
        return len(text.split())

    def summarise(self, texts: Sequence[str], options: SummaryOptions) -> list[list[Candidate]]:
        self.calls += 1
        return [[Candidate(article[: article.index(".") + 1], -0.5)] for article in texts]

    def translate(self, sentences: Sequence[str], options: TranslationOptions) -> list[list[Candidate]]:
        self.calls += 1
        return [[Candidate(sentence, -0.5)] for sentence in sentences]


class OneModel:
    """``Engines`` and ``Models`` around the one model."""

    identities = (IDENTITY,)
    languages = ("fr", "en")
    experimental = frozenset({"en", "pt"})
    used = ()
    reader = None

    def __init__(self, model: CountingModel) -> None:
        self.summariser = self.translator = model

    def models(self, ticket: Ticket, notes: RunNotes, use: CacheUse) -> OneModel:
        return self


@pytest.fixture
def model(runtime: FakeRuntime) -> CountingModel:
    """The model behind the pipeline that the server of the test runs."""
    made = CountingModel()
    chooser = load_chooser()
    runtime.briefer = Pipeline(OneModel(made), chooser, LanguageDetector(), 0.6)  # type: ignore[assignment]
    return made


@pytest.fixture
def open_pipeline(open_client: Opened, model: CountingModel, monkeypatch: pytest.MonkeyPatch) -> Opened:
    """``open_client``, whose counters the pipeline lacks."""
    monkeypatch.setattr(Pipeline, "runs", 0, raising=False)
    monkeypatch.setattr(Pipeline, "started", set(), raising=False)
    return open_client


def test_an_unknown_language_is_refused_before_anything_is_computed(
    open_pipeline: Opened, model: CountingModel
) -> None:
    client = open_pipeline()
    before = model.calls
    refused = client.post("/v1/briefs", json={"text": EXAMPLE_ARTICLE, "languages": ["fr", "xx"]})
    assert (refused.status_code, refused.json()["code"]) == (422, "unknown_language")
    assert "xx" in refused.json()["detail"]
    assert model.calls == before


def test_the_pipeline_answers_as_the_description_says(open_pipeline: Opened, model: CountingModel) -> None:
    client = open_pipeline()
    reply = client.post("/v1/briefs", json={"text": EXAMPLE_ARTICLE})
    content = BriefReply.model_validate_json(reply.content)
    assert [(brief.language, brief.experimental) for brief in content.briefs] == [("fr", False), ("en", True)]
    listed = client.get("/v1/languages").json()["languages"]
    assert [(one["code"], one["experimental"]) for one in listed] == [("fr", False), ("en", True)]
