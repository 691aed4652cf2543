"""Many articles through the pipeline: in order, errors as results, nothing left running."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from models.contracts import ModelIdentity
from models.errors import BreveError
from service.errors import Cancelled, EmptyArticle, InvalidRequest
from service.evaluation.systems import given_brief
from service.evaluation.writing import Written, answered_from_cache, write_briefs
from service.pipeline.brief import ArticleSummary, Brief, Briefing, BriefRequest, Progress, RunNotes
from service.queue.ticket import Ticket


class EchoBriefer:
    """Briefs that repeat the article; "vide" is refused, "lent" waits until its ticket is cancelled."""

    languages = ("fr",)
    models: tuple[ModelIdentity, ...] = ()

    def __init__(self) -> None:
        self.started: list[str] = []
        self.cancelled = threading.Event()

    def identify(self, request: BriefRequest) -> str:
        return "id"

    def run(
        self, request: BriefRequest, ticket: Ticket, notes: RunNotes | None = None, progress: Progress | None = None
    ) -> Briefing:
        text = request.text or ""
        self.started.append(text)
        if text == "vide":
            raise EmptyArticle("no word")
        if text == "faute":
            raise ZeroDivisionError
        if text == "lent":
            while not ticket.cancelled:
                threading.Event().wait(0.005)
            self.cancelled.set()
            raise Cancelled("cancelled")
        if notes is not None:
            notes.cache_hits.append("summary")
        brief = Brief("fr", text, (), "written")
        return Briefing("id", ArticleSummary(text, None, "fr", 1), (brief,), (), {}, ())


def requests(*texts: str) -> Iterator[tuple[str, BriefRequest | BreveError]]:
    return ((text, BriefRequest(text=text)) for text in texts)


def outcome(written: Written) -> str:
    return written.briefing.briefs[0].text if written.briefing else type(written.error).__name__


@pytest.mark.parametrize("jobs", [1, 3])
def test_results_come_in_the_order_of_the_articles(jobs: int) -> None:
    texts = [f"texte {number}" for number in range(10)]
    found = list(write_briefs(EchoBriefer(), requests(*texts), jobs))
    assert [written.id for written in found] == texts
    assert [outcome(written) for written in found] == texts
    assert all(written.cached for written in found)


def test_an_error_of_ours_is_a_result_and_the_rest_goes_on() -> None:
    found = list(write_briefs(EchoBriefer(), requests("un", "vide", "deux")))
    assert [outcome(written) for written in found] == ["un", "EmptyArticle", "deux"]


def test_an_error_in_place_of_a_request_keeps_its_place() -> None:
    briefer = EchoBriefer()
    found = list(write_briefs(briefer, [("a", InvalidRequest("not JSON")), ("b", BriefRequest(text="un"))]))
    assert [outcome(written) for written in found] == ["InvalidRequest", "un"]
    assert briefer.started == ["un"]


def test_a_fault_ends_the_iteration() -> None:
    with pytest.raises(ZeroDivisionError):
        list(write_briefs(EchoBriefer(), requests("faute", "un")))


def test_stopping_early_cancels_what_is_in_flight() -> None:
    briefer = EchoBriefer()
    iteration = write_briefs(briefer, requests("un", "lent", "lent", "lent", "lent"), jobs=1)
    assert outcome(next(iter(iteration))) == "un"
    iteration.close()  # type: ignore[attr-defined]
    assert briefer.started.count("lent") <= 1
    assert briefer.cancelled.is_set() == ("lent" in briefer.started)


def test_seconds_are_those_of_the_clock() -> None:
    ticks = iter([10.0, 12.5])
    (written,) = write_briefs(EchoBriefer(), requests("un"), clock=lambda: next(ticks))
    assert written.seconds == 2.5


@pytest.mark.parametrize(
    ("hits", "misses", "cached"),
    [(["summary"], [], True), (["summary"], ["translation"], False), ([], ["summary"], False), ([], [], False)],
)
def test_only_a_run_without_a_miss_came_from_the_cache(hits: list[str], misses: list[str], cached: bool) -> None:
    assert answered_from_cache(RunNotes(cache_hits=hits, cache_misses=misses)) is cached


def test_a_failure_is_scored_as_an_empty_brief_with_its_code() -> None:
    brief = given_brief(Written("a", None, EmptyArticle("no word"), 0.25), lambda written: "empty_article")
    assert (brief.text, brief.error, brief.seconds, brief.origin) == ("", "empty_article", 0.25, None)
