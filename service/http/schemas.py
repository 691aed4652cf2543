"""What a client sends and reads, as pydantic models: checked on the way in, documented both ways.

Replies are written by ``service/http/rendering.py``; a test proves that they match these models.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from models.contracts import Length
from service.errors import InvalidRequest
from service.http.examples import load_example
from service.pipeline.brief import BriefRequest, CacheUse, Origin, Policy, Typography
from service.pipeline.facts import FactKind

BATCH_LIMIT = 32

Language = Annotated[str, Field(pattern=r"^[a-z]{2}$", description="ISO 639-1 code; see /v1/languages.")]
Term = Annotated[str, Field(min_length=1, max_length=200)]

#: The default of a field that may be left out but, given, may not be null.
_ABSENT: Any = None


def _optional(schema: dict[str, Any]) -> None:
    """Such a field has no default that a client could send."""
    schema.pop("default", None)


class _Received(BaseModel):
    """Unknown fields and values of another type are refused, never guessed at."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class BriefIn(_Received):
    """One article, as ``text`` or as ``html``, and how its brief is wanted."""

    model_config = ConfigDict(
        json_schema_extra=lambda schema: schema.update(
            oneOf=[{"required": ["text"]}, {"required": ["html"]}], examples=[load_example()["request"]]
        ),
    )

    text: str = Field(default=_ABSENT, json_schema_extra=_optional, description="The article as plain text.")
    html: str = Field(
        default=_ABSENT,
        json_schema_extra=_optional,
        description="The article's page; its text is extracted and is in the reply.",
    )
    title: str = Field(
        default=_ABSENT, json_schema_extra=_optional, max_length=1000, description="The article's title."
    )
    languages: list[Language] = Field(
        default=["fr", "en"],
        min_length=1,
        max_length=6,
        description='Languages of the briefs, in this order. "fr" may be left out.',
        json_schema_extra={"uniqueItems": True},
    )
    length: Length = Field(
        default="medium", description="short: one sentence, at most 20 words; medium: about 32 words; long: about 70."
    )
    source_language: Literal["fr"] = Field(
        default=_ABSENT,
        json_schema_extra=_optional,
        description="States that the article is French, so that this is not checked.",
    )
    cache: CacheUse = Field(
        default="use",
        description="use: read and store; bypass: neither read nor store; only: 404 unless all of it is stored.",
    )
    policy: Policy = Field(
        default="strict", description="strict: no sentence with an unsupported fact is given; warn: it is marked."
    )
    typography: Typography = Field(
        default="article",
        description="article: signs as the article has them; french: French quotation marks and spaces.",
    )
    glossary: dict[Term, Term] = Field(
        default={}, max_length=200, description="French terms and how translations must render them."
    )
    do_not_translate: list[Term] = Field(
        default=[], max_length=200, description="Terms that stay as they are in every language."
    )

    @field_validator("languages")
    @classmethod
    def _unique(cls, value: list[str]) -> list[str]:
        if len(set(value)) < len(value):
            raise ValueError("each language may be named once")
        return value

    @model_validator(mode="after")
    def _one_form(self) -> BriefIn:
        if (self.text is None) == (self.html is None):
            raise ValueError("exactly one of text and html must be given")
        return self


class BatchIn(_Received):
    """Several articles; each is answered, or refused, by itself."""

    items: list[BriefIn] = Field(min_length=1, max_length=BATCH_LIMIT, description="One brief request each.")


def read_brief(value: object) -> BriefRequest:
    """The pipeline's request from a parsed body. Raises ``InvalidRequest`` naming each wrong field."""
    try:
        brief = BriefIn.model_validate(value)
    except ValidationError as error:
        raise _invalid(error) from None
    return BriefRequest(
        text=brief.text,
        html=brief.html,
        title=brief.title,
        languages=tuple(brief.languages),
        length=brief.length,
        source_language=brief.source_language,
        cache=brief.cache,
        policy=brief.policy,
        typography=brief.typography,
        glossary=brief.glossary,
        do_not_translate=tuple(brief.do_not_translate),
    )


def read_batch(value: Mapping[str, Any]) -> list[object]:
    """The items of a batch, each still to be read by ``read_brief``.

    Raises ``InvalidRequest`` if there are none, too many, or other fields beside them.
    """
    items = value.get("items")
    if set(value) != {"items"} or not isinstance(items, list):
        raise InvalidRequest(
            "a batch is one object whose only field, items, is a list", (("items", "A list is needed."),)
        )
    if not 1 <= len(items) <= BATCH_LIMIT:
        raise InvalidRequest(f"a batch has 1 to {BATCH_LIMIT} items, not {len(items)}", (("items", "Wrong number."),))
    return items


def _invalid(error: ValidationError) -> InvalidRequest:
    found = error.errors(include_url=False, include_context=False, include_input=False)
    listed = tuple((_path(one["loc"]), one["msg"].removeprefix("Value error, ")) for one in found)
    return InvalidRequest("; ".join(f"{field}: {message}" for field, message in listed[:3]), listed[:20])


def _path(location: tuple[int | str, ...]) -> str:
    """A wrong field's place in the body, such as ``languages.1``; the whole body has the name "body"."""
    return ".".join(map(str, location)) or "body"


class _Given(BaseModel):
    """What replies are made of; documented exactly, hence no further fields."""

    model_config = ConfigDict(extra="forbid")


class SpanOut(_Given):
    """Unicode code points of the article's text, end not included."""

    start: int
    end: int


class SourceOut(SpanOut):
    """``article.text[start:end] == quote``."""

    quote: str
    score: float = Field(ge=0, le=1, description="How surely this span is the sentence's source.")


class CheckOut(_Given):
    """A number, date, name or negation of a sentence, beside what the article says of it."""

    kind: FactKind
    value: str = Field(description="The fact in one form for all languages, such as 1234.5 or 2024-08-01.")
    text: str = Field(description="The fact as the sentence writes it.")
    start: int = Field(
        description="Where the sentence writes it, in code points; 0 to 0 where it does not write it so."
    )
    end: int
    status: Literal["supported", "altered", "missing"]
    source: SpanOut | None = Field(description="Where the article says it.")
    detail: str = Field(description="What is wrong, in one sentence; empty where it is supported.")


class SentenceOut(_Given):
    """One sentence; a translation carries the id of its French sentence."""

    id: str
    text: str
    sources: list[SourceOut]
    checks: list[CheckOut]


class CountsOut(_Given):
    """How many facts of a brief have which status."""

    supported: int
    altered: int
    missing: int


class BriefOut(_Given):
    """The brief in one language."""

    language: Language
    text: str
    origin: Origin = Field(
        description="written by the model, or extracted: sentences of the article, whole or shortened."
    )
    experimental: bool = Field(description="Whether this language's quality is below what is promised.")
    sentences: list[SentenceOut]
    checks: CountsOut


class ArticleOut(_Given):
    """The cleaned article, which every offset refers to."""

    title: str | None
    language: str
    words: int
    text: str


class ModelOut(_Given):
    """A model's exact weights."""

    id: str
    revision: str
    digest: str = Field(description="SHA-256 of the weights as the engine loads them.")
    engine: str
    licence: str


class WarningOut(_Given):
    """Something that the reader of the brief should know."""

    code: str
    message: str


class BriefReply(_Given):
    """The answer: the same bytes for the same request, so its timings are those of the first time."""

    model_config = ConfigDict(json_schema_extra=lambda schema: schema.update(examples=[load_example()["reply"]]))

    id: str
    briefs: list[BriefOut]
    warnings: list[WarningOut]
    article: ArticleOut
    models: list[ModelOut]
    timings: dict[str, float] = Field(description="Seconds of each step when it was first computed.")


class FieldError(_Given):
    """A wrong field, by its path in the body."""

    field: str
    message: str


class ProblemOut(BaseModel):
    """What went wrong (RFC 9457). ``code`` is one of a closed list; see the documentation of errors."""

    model_config = ConfigDict(extra="forbid")

    type: str
    title: str
    status: int
    code: str
    detail: str
    request_id: str
    errors: list[FieldError] = Field(default=_ABSENT, json_schema_extra=_optional, description="Each wrong field.")
    retry_after: int = Field(default=_ABSENT, json_schema_extra=_optional, description="Whole seconds.")
    phase: str = Field(default=_ABSENT, json_schema_extra=_optional, description="How far the start is.")
    components: dict[str, str] = Field(default=_ABSENT, json_schema_extra=_optional, description="Who is unwell.")
    detected: str = Field(default=_ABSENT, json_schema_extra=_optional, description="The article's language.")
    confidence: float = Field(default=_ABSENT, json_schema_extra=_optional, ge=0, le=1)


class BatchItemOut(_Given):
    """One item's answer: ``brief`` with status 200, else ``error``."""

    index: int
    status: int
    brief: BriefReply = Field(default=_ABSENT, json_schema_extra=_optional)
    error: ProblemOut = Field(default=_ABSENT, json_schema_extra=_optional)


class BatchReply(_Given):
    """The answers, in the order of the items."""

    items: list[BatchItemOut]


class ModelsReply(_Given):
    """The models in use."""

    models: list[ModelOut]
    pipeline_version: str


class FigureOut(_Given):
    """How well a language is translated into, the model's first choices before any check."""

    bleu: float = Field(description="BLEU of sacrebleu's default signature, 0 to 100.")
    chrf: float = Field(description="chrF of the same, 0 to 100.")
    data: str = Field(description="The sentences that it was measured on.")


class LanguageOut(_Given):
    """A language that briefs can have."""

    code: Language
    name: str = Field(description="In English.")
    own_name: str = Field(description="In the language itself.")
    experimental: bool = Field(description="Whether this language's quality is below what is promised.")
    measured: FigureOut = Field(
        default=_ABSENT, json_schema_extra=_optional, description="Of our own translator; absent for other models."
    )


class LanguagesReply(_Given):
    """The languages that briefs can have, French first."""

    source: Literal["fr"]
    languages: list[LanguageOut]


class JobReply(_Given):
    """A brief that is being written while nobody waits."""

    id: str
    state: Literal["queued", "running", "succeeded", "failed"]
    created: str = Field(description="When it was accepted (RFC 3339, UTC).", json_schema_extra={"format": "date-time"})
    location: str = Field(default=_ABSENT, json_schema_extra=_optional, description="The brief, once it succeeded.")
    problem: ProblemOut = Field(default=_ABSENT, json_schema_extra=_optional, description="Why it failed.")


class AliveReply(_Given):
    """The process runs."""

    status: Literal["alive"]
    version: str


class ReadyReply(_Given):
    """Models are loaded, a warm-up brief was written, and every needed component is well."""

    status: Literal["ready"]
    components: dict[str, Literal["ok", "degraded"]]


class ProblemKind(_Given):
    """What a problem's ``type`` leads to."""

    code: str
    status: int
    title: str
    meaning: str
