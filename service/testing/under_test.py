"""A brief as the assertions see it, whether it came in a reply of Brève or is any text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import orjson

from service.errors import InvalidRequest
from service.pipeline.sentences import split_sentences


@dataclass(frozen=True)
class Claim:
    """A fact of a sentence as the reply tells it: ``status`` is "supported", "altered" or "missing".

    ``start`` and ``end`` are offsets in the sentence; of a missing fact, in the French sentence.
    """

    kind: str
    value: str
    text: str
    start: int
    end: int
    status: str
    detail: str = ""


@dataclass(frozen=True)
class SentenceUnderTest:
    """One sentence; ``claims`` and ``sources`` (quotes of the article) where a reply told them."""

    text: str
    id: str = ""
    claims: tuple[Claim, ...] = ()
    sources: tuple[str, ...] = ()


@dataclass(frozen=True)
class BriefUnderTest:
    """One language's brief. ``article`` is what it must follow from, where that is known.

    ``french`` is the brief that a translation was made from. ``reply`` holds the bytes of the whole
    reply, empty for a plain text; ``str(brief)`` is its text.
    """

    text: str
    language: str
    sentences: tuple[SentenceUnderTest, ...]
    article: str | None = None
    origin: str = ""
    french: BriefUnderTest | None = None
    reply: bytes = field(default=b"", repr=False)

    def __str__(self) -> str:
        return self.text

    @property
    def words(self) -> int:
        """Words as separated by white space, as ``breve evaluate`` counts them."""
        return len(self.text.split())

    @cached_property
    def data(self) -> Mapping[str, Any]:
        """The whole reply, as ``POST /v1/briefs`` documents it; empty for a plain text."""
        found: Mapping[str, Any] = orjson.loads(self.reply) if self.reply else {}
        return found

    @property
    def warnings(self) -> tuple[str, ...]:
        """The codes of the reply's warnings."""
        return tuple(each["code"] for each in self.data.get("warnings", ()))

    def in_language(self, language: str) -> BriefUnderTest:
        """The same reply's brief in another language. Raises ``InvalidRequest`` when it has none."""
        return brief_of_reply(self.reply, language)


def brief_of_text(text: str, language: str = "fr", article: str | None = None) -> BriefUnderTest:
    """Any text as a brief, cut into sentences by the product's own rules."""
    sentences = tuple(SentenceUnderTest(sentence.text) for sentence in split_sentences(text))
    return BriefUnderTest(text, language, sentences, article)


def brief_of_reply(body: bytes, language: str = "fr") -> BriefUnderTest:
    """One language's brief of a reply. Raises ``InvalidRequest`` when the reply has none in it."""
    data = orjson.loads(body) if body else {"briefs": []}
    briefs = {brief["language"]: brief for brief in data["briefs"]}
    if language not in briefs:
        there = ", ".join(briefs) or "no brief at all"
        raise InvalidRequest(f"the reply has no brief in {language!r}; it has {there}")
    french = brief_of_reply(body, "fr") if language != "fr" and "fr" in briefs else None
    brief = briefs[language]
    return BriefUnderTest(
        text=brief["text"],
        language=language,
        sentences=tuple(_sentence(each) for each in brief["sentences"]),
        article=data["article"]["text"],
        origin=brief["origin"],
        french=french,
        reply=body,
    )


def _sentence(data: Mapping[str, Any]) -> SentenceUnderTest:
    claims = tuple(
        Claim(
            kind=each["kind"],
            value=each["value"],
            text=each["text"],
            start=each["start"],
            end=each["end"],
            status=each["status"],
            detail=each["detail"],
        )
        for each in data["checks"]
    )
    return SentenceUnderTest(data["text"], data["id"], claims, tuple(each["quote"] for each in data["sources"]))
