"""Errors of the request side, children of ``BreveError``; ``service/http/problems.py`` maps each to a reply.

BreveError
├── ModelError                  see models/errors.py
├── RequestError                the caller can mend it
│   ├── InvalidRequest          a field is missing, of the wrong type or out of range
│   │   └── InvalidJson         the body is not JSON that we read: syntax, encoding, depth, doubled names
│   ├── EmptyArticle            no word is left after cleaning
│   ├── WrongLanguage           the article is not French, or too little of it to tell
│   ├── UnknownLanguage         a brief was asked for in a language that no model writes
│   ├── ArticleTooLarge         more bytes than BREVE_MAX_BYTES
│   ├── BodyTooSlow             the body did not arrive within BREVE_TIMEOUT
│   ├── UnsupportedMedia        the body is not JSON (or not a file type that we read)
│   ├── NotAcceptable           the reply cannot have the form asked for
│   ├── BriefNotFound           no brief has this id
│   ├── NotCached               cache: only, and the cache has no such brief
│   ├── JobNotFound             no job has this id
│   ├── Unauthorised            a key is needed, or this one is unknown
│   └── RateLimited             this key has used up its rate; carries retry_after
└── ServiceError                the operator or time can mend it
    ├── NotReady                the models are not loaded yet, or a component is down
    ├── Overloaded              every waiting place is taken; carries retry_after
    ├── DeadlineExceeded        the request's time ran out
    ├── Cancelled               the caller went away, or cancelled the job
    ├── ShuttingDown            the server is draining
    └── Misconfigured           a setting is wrong; names the setting
"""

from __future__ import annotations

from collections.abc import Mapping

from models.errors import BreveError


class RequestError(BreveError):
    """The caller can mend it by asking differently."""


class InvalidRequest(RequestError):
    """A field is missing, of the wrong type or out of range.

    ``errors`` names each wrong field by its path (``languages.1``) with one sentence.
    """

    def __init__(self, message: str, errors: tuple[tuple[str, str], ...] = ()) -> None:
        super().__init__(message)
        self.errors = errors


class InvalidJson(InvalidRequest):
    """The body is not JSON in UTF-8, is nested too deeply, or names a field twice."""


class EmptyArticle(RequestError):
    """No word is left after cleaning."""


class WrongLanguage(RequestError):
    """The article is not French, or there is too little of it to tell.

    ``detected`` is an ISO 639-1 code or "und"; ``confidence`` lies between 0 and 1.
    """

    def __init__(self, detected: str, confidence: float) -> None:
        super().__init__(f"the article looks like {detected!r} (confidence {confidence:.2f}), not French")
        self.detected, self.confidence = detected, confidence


class UnknownLanguage(RequestError):
    """A brief was asked for in a language that no loaded model writes."""


class ArticleTooLarge(RequestError):
    """The body has more bytes than the setting BREVE_MAX_BYTES allows."""


class BodyTooSlow(RequestError):
    """The body did not arrive within the setting BREVE_TIMEOUT."""


class UnsupportedMedia(RequestError):
    """The body is of a type that we do not read."""


class NotAcceptable(RequestError):
    """The reply cannot have the form that the Accept header asks for."""


class BriefNotFound(RequestError):
    """No stored brief has this id."""


class NotCached(RequestError):
    """The request said ``cache: only`` and the cache has no such brief."""


class JobNotFound(RequestError):
    """No job has this id, or it was deleted after its time."""


class Unauthorised(RequestError):
    """A key is needed, or the given one is unknown."""


class RateLimited(RequestError):
    """This key has used up its rate; ``retry_after`` is in whole seconds."""

    def __init__(self, message: str, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class ServiceError(BreveError):
    """The operator, or a little time, can mend it."""


class NotReady(ServiceError):
    """The models are not loaded and warmed up yet, or a component is down.

    ``phase`` says how far the start is ("ready" once it is over), ``components`` who is unwell.
    """

    def __init__(self, phase: str, components: Mapping[str, str] | None = None) -> None:
        super().__init__(f"the service is not ready: {phase}")
        self.phase, self.components = phase, dict(components or {})


class Overloaded(ServiceError):
    """Every waiting place is taken; ``retry_after`` is in whole seconds."""

    def __init__(self, message: str, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class DeadlineExceeded(ServiceError):
    """The request's time ran out before its brief was done."""


class Cancelled(ServiceError):
    """The caller went away, or cancelled the job."""


class ShuttingDown(ServiceError):
    """The server is draining and takes no new work."""


class Misconfigured(ServiceError):
    """A setting is wrong; the message names the setting and the wanted value."""
