"""The request's model: defaults and the way to the pipeline's own type."""

from __future__ import annotations

import pytest

from service.errors import InvalidRequest
from service.http.schemas import read_batch, read_brief
from service.pipeline.brief import BriefRequest


def test_defaults_are_the_pipelines_own() -> None:
    assert read_brief({"text": "Bonjour."}) == BriefRequest(text="Bonjour.")


def test_the_first_wrong_fields_are_in_the_message_and_all_in_the_list() -> None:
    with pytest.raises(InvalidRequest) as refusal:
        read_brief({"text": 1, "a": 1, "b": 1, "c": 1, "d": 1})
    assert [field for field, _ in refusal.value.errors] == ["text", "a", "b", "c", "d"]
    assert str(refusal.value).count(";") == 2


@pytest.mark.parametrize("value", [None, 1, "text", [], [{"text": "a"}]])
def test_an_item_that_is_no_object_is_refused(value: object) -> None:
    with pytest.raises(InvalidRequest) as refusal:
        read_brief(value)
    assert refusal.value.errors[0][0] == "body"


def test_a_batch_gives_its_items_unread() -> None:
    items: list[object] = [{"text": "a"}, 7]
    assert read_batch({"items": items}) == items
