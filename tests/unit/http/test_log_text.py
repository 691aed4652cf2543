"""Logs hold no article text unless asked."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from models.errors import ModelFailed
from service.logging import configure_logging
from service.settings import Settings


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    root = logging.getLogger()
    kept = (root.handlers[:], root.level)
    yield
    root.handlers[:], root.level = kept
    structlog.reset_defaults()


def logged(settings: Settings) -> dict[str, object]:
    stream = io.StringIO()
    configure_logging(settings, stream)
    structlog.get_logger("test").info("read", text="le secret", title="Titre", words=2)
    found: dict[str, object] = json.loads(stream.getvalue())
    return found


def test_text_is_replaced_by_its_length() -> None:
    line = logged(Settings())
    assert "secret" not in str(line)
    assert (line["text_length"], line["title_length"], line["words"]) == (9, 5, 2)


def test_text_is_logged_when_asked() -> None:
    assert logged(Settings(log_text=True))["text"] == "le secret"


def test_lines_below_the_level_are_left_out_and_the_librarys_are_json_too() -> None:
    stream = io.StringIO()
    configure_logging(Settings(log_level="warning"), stream)
    structlog.get_logger("test").info("quiet")
    logging.getLogger("uvicorn.error").warning("loud %s", "word")
    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert [(line["event"], line["level"]) for line in lines] == [("loud word", "warning")]


def test_a_traceback_shows_no_local_variables() -> None:
    stream = io.StringIO()
    configure_logging(Settings(), stream)
    article = " ".join(["le", "secret", "de", "l'article"])
    try:
        raise ValueError(len(article))
    except ValueError as error:
        structlog.get_logger("test").error("failed", exc_info=error)
    line = json.loads(stream.getvalue())
    assert "ValueError" in line["exception"]
    assert "raise ValueError" in line["exception"]
    assert article not in stream.getvalue()


def logged_failure(settings: Settings) -> str:
    stream = io.StringIO()
    configure_logging(settings, stream)
    try:
        try:
            raise KeyError("secret de l'article")
        except KeyError as error:
            raise ModelFailed("the engine failed") from error
    except ModelFailed as error:
        structlog.get_logger("test").error("failed", exc_info=error)
    return str(json.loads(stream.getvalue())["exception"])


def test_the_messages_of_other_programs_errors_are_replaced_by_their_length() -> None:
    shown = logged_failure(Settings())
    assert "secret" not in shown.replace('raise KeyError("secret de l\'article")', "")
    assert "KeyError: [" in shown
    assert "ModelFailed: the engine failed" in shown
    assert shown.index("KeyError: ") < shown.index("ModelFailed: ")


def test_they_are_shown_when_asked() -> None:
    assert 'KeyError: "secret de l\'article"' in logged_failure(Settings(log_text=True))


def test_an_error_among_its_own_causes_is_logged_all_the_same() -> None:
    stream = io.StringIO()
    configure_logging(Settings(), stream)
    error, cause = ValueError("un"), ValueError("deux")
    error.__cause__, cause.__cause__ = cause, error
    structlog.get_logger("test").error("failed", exc_info=error)
    assert "ValueError" in json.loads(stream.getvalue())["exception"]
