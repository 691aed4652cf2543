"""Strict JSON."""

from __future__ import annotations

import json
import time
from contextlib import suppress

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.errors import InvalidJson
from service.http.json_body import check_depth, parse

values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=12,
)


@given(st.dictionaries(st.text(), values, max_size=4))
def test_an_object_is_read_as_it_was_written(value: dict[str, object]) -> None:
    assert parse(orjson.dumps(value), 64) == value
    assert parse(json.dumps(value, indent=1).encode(), 64) == value


@given(st.binary(max_size=60))
def test_any_bytes_are_an_object_or_refused(body: bytes) -> None:
    with suppress(InvalidJson):
        assert isinstance(parse(body, 8), dict)


@pytest.mark.parametrize("depth", [1, 2, 8])
def test_depth_is_counted_exactly(depth: int) -> None:
    body = b'{"a":' * depth + b"1" + b"}" * depth
    check_depth(body, depth)
    with pytest.raises(InvalidJson, match="levels deep"):
        check_depth(body, depth - 1)


def test_brackets_in_strings_and_side_by_side_are_not_depth() -> None:
    body = orjson.dumps({"a": '[[[[[[[["\\', "b": [[1], [2], [3], [4]], "[{": "}]"})
    check_depth(body, 3)


def test_names_may_be_equal_in_different_objects() -> None:
    assert parse(b'{"a": {"a": [{"a": 1}, {"a": 2}]}}', 8) == {"a": {"a": [{"a": 1}, {"a": 2}]}}


@pytest.mark.parametrize(
    "body", [b'{"a":1,"a":1}', b'{"a":{"b":1,"b":2}}', b'{"a":1,"\\u0061":2}', b'{"x":[{"b":1,"b":2}]}']
)
def test_a_name_given_twice_is_refused(body: bytes) -> None:
    with pytest.raises(InvalidJson, match="twice"):
        parse(body, 8)


def test_long_numbers_are_read_while_they_are_finite() -> None:
    assert parse(b'{"a": ' + b"9" * 300 + b"}", 8) == {"a": 1e300}
    with pytest.raises(InvalidJson, match="column 7"):
        parse(b'{"a": ' + b"9" * 10_000 + b"}", 8)


@pytest.mark.parametrize(
    "body", [b'{"a":"' + b'\\"' * 1_000_000, b'"' * 2_000_001, b"{" + b'"[",' * 500_000, b"[{" * 1_000_000]
)
def test_two_megabytes_of_malice_are_refused_quickly(body: bytes) -> None:
    started = time.process_time()
    with pytest.raises(InvalidJson):
        parse(body, 16)
    assert time.process_time() - started < 3
