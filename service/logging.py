"""Logs as JSON lines on standard error, one object a line, with the request's id.

Article text never reaches a log unless ``BREVE_LOG_TEXT`` is set: the fields that may hold it are
taken out here, at the last step, and tracebacks are written without local variables.
"""

from __future__ import annotations

import logging
import sys
from typing import TextIO

import orjson
import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from service.settings import Settings

#: Names of log fields that may hold what a caller sent or what was written about it.
TEXT_FIELDS = frozenset({"text", "title", "html", "brief", "sentence", "quote", "body"})


def configure_logging(settings: Settings, stream: TextIO | None = None) -> None:
    """Send structlog's and the standard library's records to ``stream`` (standard error by default)."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
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


def _as_json(_logger: WrappedLogger, _method: str, event: EventDict) -> str:
    """One line; what JSON cannot hold is written as its ``repr``."""
    return orjson.dumps(event, default=repr, option=orjson.OPT_NON_STR_KEYS).decode()
