"""Logs as JSON lines on standard error, one object a line, with the request's id.

Article text never reaches a log unless ``BREVE_LOG_TEXT`` is set: the fields that may hold it are
taken out here, at the last step, and tracebacks are written without local variables, and without the
messages of errors that are not ours: a ``KeyError`` repeats the word that was looked up.
"""

from __future__ import annotations

import logging
import sqlite3
import sys
import traceback
from typing import TextIO

import orjson
import structlog
from structlog.typing import EventDict, ExcInfo, Processor, WrappedLogger

from models.errors import BreveError
from service.settings import Settings

#: Names of log fields that may hold what a caller sent or what was written about it.
TEXT_FIELDS = frozenset({"text", "title", "html", "brief", "sentence", "quote", "body"})

#: Errors whose messages name files, settings and packages, or are ours: none holds an article's text.
SPEAKING = (BreveError, OSError, ImportError, sqlite3.Error)

#: Causes of an error that are shown; an exception may be among its own causes.
_LONGEST_CHAIN = 10


def configure_logging(settings: Settings, stream: TextIO | None = None) -> None:
    """Send structlog's and the standard library's records to ``stream`` (standard error by default)."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.ExceptionRenderer(_with_messages if settings.log_text else _without_messages),
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.stdlib.PositionalArgumentsFormatter(),
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    last: list[Processor] = [structlog.stdlib.ProcessorFormatter.remove_processors_meta]
    if not settings.log_text:
        last.append(without_text)
    formatter = structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=[*last, _as_json])
    handler = logging.StreamHandler(stream if stream is not None else sys.stderr)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(settings.log_level.upper())
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True


def without_text(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Take out the fields that may hold an article's text, and say how long they were."""
    for name in TEXT_FIELDS & event.keys():
        event[f"{name}_length"] = len(str(event.pop(name)))
    return event


def _with_messages(exc_info: ExcInfo) -> str:
    return "".join(traceback.format_exception(*exc_info)).rstrip()


def _without_messages(exc_info: ExcInfo) -> str:
    """A traceback, causes first, that says only how long the messages of other programs' errors are."""
    parts: list[str] = []
    error: BaseException | None = exc_info[1]
    while error is not None and len(parts) < _LONGEST_CHAIN:
        message = str(error)
        if message and not isinstance(error, SPEAKING):
            message = f"[{len(message)} characters; BREVE_LOG_TEXT shows them]"
        frames = "".join(traceback.format_tb(error.__traceback__))
        parts.append(f"Traceback (most recent call last):\n{frames}{type(error).__qualname__}: {message}")
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return "\n\nwhich led to\n\n".join(reversed(parts))


def _as_json(_logger: WrappedLogger, _method: str, event: EventDict) -> str:
    """One line; what JSON cannot hold is written as its ``repr``."""
    return orjson.dumps(event, default=repr, option=orjson.OPT_NON_STR_KEYS).decode()
