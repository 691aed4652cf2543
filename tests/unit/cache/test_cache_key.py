from __future__ import annotations

import hashlib
import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.contracts import ModelIdentity
from service.cache import key as key_module
from service.cache.key import CacheKey
from service.version import PIPELINE_VERSION

MODEL = ModelIdentity("petit", "r1", "ab" * 32, "fake")


def key(
    text: str = "Un texte.", step: str = "summarise", model: ModelIdentity = MODEL, **parameters: object
) -> CacheKey:
    return CacheKey.for_output(step, text, parameters, model)


def test_the_digest_is_the_sha256_of_the_json_that_the_key_keeps() -> None:
    one = key(max_words=60)
    assert one.digest == hashlib.sha256(one.canonical.encode()).hexdigest()
    assert json.loads(one.canonical) == {
        "step": "summarise",
        "text": "Un texte.",
        "parameters": {"max_words": 60},
        "model": "petit",
        "revision": "r1",
        "digest": "ab" * 32,
        "engine": "fake",
        "pipeline": PIPELINE_VERSION,
    }


@pytest.mark.parametrize(
    "other",
    [
        key("Un autre texte."),
        key(step="translate"),
        key(candidates=1),
        key(model=replace(MODEL, id="grand")),
        key(model=replace(MODEL, revision="r2")),
        key(model=replace(MODEL, digest="cd" * 32)),
        key(model=replace(MODEL, engine="autre")),
    ],
)
def test_whatever_may_change_the_output_changes_the_key(other: CacheKey) -> None:
    assert other.digest != key().digest


def test_the_pipeline_version_changes_the_key(monkeypatch: pytest.MonkeyPatch) -> None:
    before = key().digest
    monkeypatch.setattr(key_module, "PIPELINE_VERSION", "autre")
    assert key().digest != before


def test_the_licence_and_the_order_of_parameters_do_not_matter() -> None:
    assert key(model=replace(MODEL, licence="Gemma")).digest == key().digest
    assert key(a=1, b=2).digest == key(b=2, a=1).digest


def test_texts_that_differ_only_in_encoding_share_a_key() -> None:
    assert key("e\u0301te\u0301\r\n").digest == key("été\n").digest


@given(st.lists(st.text(), min_size=1, max_size=4), st.lists(st.text(), min_size=1, max_size=4))
def test_lists_of_texts_collide_only_when_they_are_equal(left: list[str], right: list[str]) -> None:
    assert (key(forbidden=left).digest == key(forbidden=right).digest) == (left == right)


def test_a_lone_surrogate_has_a_key() -> None:
    assert len(key("\ud800").digest) == 64


def test_a_parameter_that_json_cannot_hold_is_an_error() -> None:
    with pytest.raises(ValueError, match="Out of range"):
        key(score=float("nan"))
    with pytest.raises(TypeError):
        key(score=object())


def test_a_reply_is_found_by_its_id_alone_and_tagged_with_its_models() -> None:
    tagged = CacheKey.for_reply("abc", ["grand", "petit", "grand"])
    assert tagged.models == ("grand", "petit")
    assert tagged.digest == CacheKey.for_reply("abc").digest
    assert tagged.digest != CacheKey.for_parts("abc").digest
