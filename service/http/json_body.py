"""Strict reading of a JSON body: one object, UTF-8, bounded depth, no name twice.

orjson refuses what RFC 8259 and Unicode forbid (NaN, trailing commas, lone surrogates, bytes that
are not UTF-8) but lets the last of two equal names win, and two readers that differ on such a body
are a hole in every check before them; the second pass is for that alone.
"""

from __future__ import annotations

import json
import re
from typing import Any

import orjson

from service.errors import InvalidJson

_STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)
_BRACKET = re.compile(rb"[\[\]{}]")


def parse(body: bytes, max_depth: int) -> dict[str, Any]:
    """The object that ``body`` holds. Raises ``InvalidJson`` with a sentence that says what is wrong."""
    check_depth(body, max_depth)
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise InvalidJson(_reason(body, error)) from None
    if not isinstance(value, dict):
        raise InvalidJson("the body must be one JSON object")
    # Numbers are not needed here, and Python refuses to make an int of thousands of digits.
    json.loads(body, object_pairs_hook=_without_doubles, parse_int=len, parse_float=len)
    return value


def check_depth(body: bytes, max_depth: int) -> None:
    """Raise ``InvalidJson`` if brackets outside strings are nested more than ``max_depth`` deep."""
    if body.count(b"[") + body.count(b"{") <= max_depth:
        return
    depth = 0
    for bracket in _BRACKET.findall(_STRING.sub(b"", body)):
        depth += 1 if bracket in b"[{" else -1
        if depth > max_depth:
            raise InvalidJson(f"the body is nested more than {max_depth} levels deep")


def _without_doubles(pairs: list[tuple[str, Any]]) -> None:
    names = [name for name, _ in pairs]
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise InvalidJson(f"the name {twice[:80]!r} appears twice in one object")


def _reason(body: bytes, error: orjson.JSONDecodeError) -> str:
    """Where the body stops being JSON, without repeating any of it."""
    if not body:
        return "the body is empty"
    try:
        body.decode()
    except UnicodeDecodeError as broken:
        return f"the body is not UTF-8: byte {broken.start} cannot be read; convert the text first"
    return f"the body is not valid JSON at line {error.lineno}, column {error.colno}"
