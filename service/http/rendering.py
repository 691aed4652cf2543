"""A briefing as the bytes of the HTTP reply; the command line's ``--json`` writes the same.

Fields come in a fixed order and mappings sorted, so equal briefings are equal bytes.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

import orjson

from models.contracts import ModelIdentity
from service.pipeline.brief import Brief, Briefing, BriefSentence
from service.pipeline.facts import Check


def render(briefing: Briefing) -> bytes:
    """The reply's body, JSON in UTF-8; ``service/http/schemas.py`` describes it as ``BriefReply``."""
    return orjson.dumps(as_data(briefing))


def as_data(briefing: Briefing) -> dict[str, Any]:
    """The reply as plain data."""
    article = briefing.article
    return {
        "id": briefing.id,
        "briefs": [brief_data(brief) for brief in briefing.briefs],
        "warnings": [{"code": warned.code, "message": warned.message} for warned in briefing.warnings],
        "article": {
            "title": article.title,
            "language": article.language,
            "words": article.words,
            "text": article.text,
        },
        "models": [model_data(model) for model in dict.fromkeys(briefing.models)],
        "timings": {step: round(seconds, 4) for step, seconds in sorted(briefing.timings.items())},
    }


def brief_data(brief: Brief) -> dict[str, Any]:
    """One language's brief as plain data, for streams that give it before the others are done."""
    return {
        "language": brief.language,
        "text": brief.text,
        "origin": brief.origin,
        "experimental": brief.experimental,
        "sentences": [_sentence(sentence) for sentence in brief.sentences],
        "checks": _counts(check for sentence in brief.sentences for check in sentence.checks),
    }


def model_data(model: ModelIdentity) -> dict[str, Any]:
    """A model as plain data."""
    return {
        "id": model.id,
        "revision": model.revision,
        "digest": model.digest,
        "engine": model.engine,
        "licence": model.licence,
    }


def entity_tag(body: bytes) -> str:
    """A strong ``ETag`` of a reply: a digest of its bytes."""
    return f'"{hashlib.sha256(body).hexdigest()[:32]}"'


def server_timing(seconds: Mapping[str, float]) -> str:
    """The ``Server-Timing`` header (W3C): this request's own steps, in milliseconds."""
    return ", ".join(f"{_token(step)};dur={value * 1000:.1f}" for step, value in seconds.items())


def _token(step: str) -> str:
    """A step's name with nothing in it that a header's token may not hold."""
    return "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in step)


def _sentence(sentence: BriefSentence) -> dict[str, Any]:
    return {
        "id": sentence.id,
        "text": sentence.text,
        "sources": [
            {"start": source.start, "end": source.end, "quote": source.quote, "score": round(source.score, 4)}
            for source in sentence.sources
        ],
        "checks": [_check(check) for check in sentence.checks],
    }


def _check(check: Check) -> dict[str, Any]:
    fact = check.fact
    return {
        "kind": fact.kind,
        "value": fact.value,
        "text": fact.text,
        "start": fact.start,
        "end": fact.end,
        "status": check.status,
        "source": None if check.source is None else {"start": check.source[0], "end": check.source[1]},
        "detail": check.detail,
    }


def _counts(checks: Iterable[Check]) -> dict[str, int]:
    counted = Counter(check.status for check in checks)
    return {status: counted[status] for status in ("supported", "altered", "missing")}
