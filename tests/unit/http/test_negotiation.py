"""Accept headers."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.errors import NotAcceptable
from service.http.negotiation import JSON, STREAM, choose


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [
        (None, JSON),
        ("", JSON),
        ("*/*", JSON),
        ("application/*;q=0.2", JSON),
        ("text/event-stream", STREAM),
        ("text/event-stream, application/json;q=0.5", STREAM),
        ("text/event-stream;q=0.5, application/json;q=0.5", JSON),
        ("Text/Event-Stream;Q=0.9, */*;q=0.1", STREAM),
        ("application/json;q=0, */*", STREAM),
        ("application/json; charset=utf-8", JSON),
        ("text/html, application/json;q=broken, text/*;q=0.1", STREAM),
    ],
)
def test_the_best_liked_form_is_chosen(accept: str | None, chosen: str) -> None:
    assert choose(accept, (JSON, STREAM)) == chosen


@pytest.mark.parametrize(
    "accept", ["text/html", "*/*;q=0", "application/json;q=0.0", "json", ";", "application/json;q=-1"]
)
def test_a_header_that_excludes_everything_is_refused(accept: str) -> None:
    with pytest.raises(NotAcceptable, match="application/json"):
        choose(accept, (JSON,))


@given(st.text())
def test_no_header_breaks_it(accept: str) -> None:
    with suppress(NotAcceptable):
        assert choose(accept, (JSON,)) == JSON
