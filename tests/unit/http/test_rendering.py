"""Replies: the same bytes for the same briefing, every field in its place."""

from __future__ import annotations

import re

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.contracts import ModelIdentity
from service.http.rendering import entity_tag, render, server_timing
from service.http.schemas import BriefReply
from service.pipeline.brief import ArticleSummary, Brief, Briefing, BriefSentence, Source, Warned
from service.pipeline.facts import Check, Fact

FACT = Fact("money", "2 EUR", "2 €", 8, 11)
CHECKS = (Check(FACT, "supported", (3, 6)), Check(FACT, "altered", None, "The article says 3."), Check(FACT, "missing"))


def briefing(timings: dict[str, float]) -> Briefing:
    sentence = BriefSentence("s1", "Cela vaut 2 €.", (Source(0, 4, "Cela", 0.123456),), CHECKS)
    return Briefing(
        "id",
        ArticleSummary("Cela coûte 3 €.", None, "fr", 3),
        (Brief("fr", "Cela vaut 2 €.", (sentence,), "written", experimental=True),),
        (ModelIdentity("m", "r", "d", "fake", "l"), ModelIdentity("m", "r", "d", "fake", "l")),
        timings,
        (Warned("short", "The article is short."),),
    )


def test_the_order_of_a_mapping_changes_no_byte() -> None:
    assert render(briefing({"a": 1.0, "b": 2.0})) == render(briefing({"b": 2.0, "a": 1.0}))


def test_every_field_is_where_the_description_has_it() -> None:
    reply = BriefReply.model_validate_json(render(briefing({"brief": 0.123456})))
    brief = reply.briefs[0]
    assert (brief.origin, brief.experimental) == ("written", True)
    assert (brief.checks.supported, brief.checks.altered, brief.checks.missing) == (1, 1, 1)
    shown = brief.sentences[0].checks
    assert shown[0].source is not None
    assert (shown[0].source.start, shown[0].source.end, shown[1].source) == (3, 6, None)
    assert (shown[1].value, shown[1].detail) == ("2 EUR", "The article says 3.")
    assert brief.sentences[0].sources[0].score == 0.1235
    assert reply.timings == {"brief": 0.1235}
    assert reply.warnings[0].code == "short"
    assert [model.licence for model in reply.models] == ["l"]
    assert list(orjson.loads(render(briefing({})))) == ["id", "briefs", "warnings", "article", "models", "timings"]


def test_a_tag_names_the_bytes() -> None:
    assert entity_tag(b"a") == entity_tag(b"a") != entity_tag(b"b")
    assert re.fullmatch(r'"[0-9a-f]{32}"', entity_tag(b""))


@pytest.mark.parametrize(
    ("seconds", "shown"), [({}, ""), ({"a": 0.0015, "translation:en": 1}, "a;dur=1.5, translation-en;dur=1000.0")]
)
def test_times_are_shown_in_milliseconds(seconds: dict[str, float], shown: str) -> None:
    assert server_timing(seconds) == shown


@given(st.text(min_size=1))
def test_no_name_of_a_step_breaks_the_header(step: str) -> None:
    assert re.fullmatch(r"[A-Za-z0-9-]+;dur=1\.0", server_timing({step: 0.001}))
