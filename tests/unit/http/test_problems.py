"""The table from error to reply is complete, closed and says nothing that it should not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from http import HTTPStatus

import orjson
import pytest

from models.errors import BreveError, InputTooLong, ModelFailed, ModelUnavailable
from service import errors
from service.http.problems import PROBLEMS, Problem, all_problems, describe, problem_of, respond


def family(root: type[BreveError]) -> Iterator[type[BreveError]]:
    yield root
    for child in root.__subclasses__():
        yield from family(child)


OURS = [one for one in family(BreveError) if one.__module__ in ("models.errors", "service.errors")]


@pytest.mark.parametrize("error", OURS)
def test_every_error_has_an_entry_of_its_own(error: type[BreveError]) -> None:
    assert error in PROBLEMS


def test_a_child_that_nobody_listed_is_answered_as_its_parent() -> None:
    class NewKind(errors.EmptyArticle):
        pass

    assert problem_of(NewKind("x")).code == "empty_article"
    assert problem_of(KeyError("x")).code == "internal"


def test_codes_are_unique_and_statuses_are_errors() -> None:
    codes = [problem.code for problem in all_problems()]
    assert len(set(codes)) == len(codes)
    assert all(400 <= problem.status < 600 for problem in all_problems())
    known = {status.value for status in HTTPStatus} | {499}
    assert {problem.status for problem in all_problems()} <= known


@pytest.mark.parametrize("problem", all_problems(), ids=lambda problem: problem.code)
def test_every_problem_has_a_title_and_a_sentence(problem: Problem) -> None:
    assert re.fullmatch(r"[A-Z][A-Za-z ]+", problem.title)
    assert re.fullmatch(r"[A-Z].{10,}\.", problem.meaning)
    assert re.fullmatch(r"[a-z_]+", problem.code)


@pytest.mark.parametrize(
    "error",
    [
        ModelUnavailable("missing /home/somebody/weights.bin"),
        ModelFailed("could not read: secret words of the article"),
        InputTooLong("secret words of the article"),
        errors.Misconfigured("BREVE_REDIS_URL=redis://:secret@host"),
        ValueError("secret"),
    ],
)
def test_the_operators_messages_stay_with_the_operator(error: Exception) -> None:
    told = orjson.dumps(describe(error, "id")).decode()
    assert "secret" not in told
    assert "/home" not in told


def test_what_an_error_carries_is_told() -> None:
    wrong = describe(errors.WrongLanguage("en", 0.987654), "id")
    assert (wrong["detected"], wrong["confidence"]) == ("en", 0.9877)
    fields = describe(errors.InvalidRequest("no", (("text", "A string is needed."),)), "id")
    assert fields["errors"] == [{"field": "text", "message": "A string is needed."}]
    unready = describe(errors.NotReady("ready", {"worker": "down"}), "id")
    assert (unready["phase"], unready["components"]) == ("ready", {"worker": "down"})


def test_when_to_come_back_is_in_the_body_and_in_the_header() -> None:
    reply = respond(describe(errors.Overloaded("every waiting place is taken", 7), "id"))
    assert (reply.status_code, reply.headers["Retry-After"]) == (429, "7")
    content = orjson.loads(bytes(reply.body))
    assert content["retry_after"] == 7
    assert content["detail"] == "Every waiting place is taken."
    assert content["request_id"] == "id"


def test_who_lacks_a_key_is_told_how_to_show_one() -> None:
    reply = respond(describe(errors.Unauthorised("a key is needed"), "id"))
    assert reply.headers["WWW-Authenticate"].startswith("Bearer")
