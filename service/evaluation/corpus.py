"""Reads what is evaluated: articles with references, briefs written by any system, sentence pairs.

Files are UTF-8, one record a line, plain or compressed (``.xz``, ``.gz``); the user gives every path.
"""

from __future__ import annotations

import csv
import gzip
import io
import itertools
import json
import lzma
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, TextIO, cast

from service.errors import InvalidRequest

# The first name is the one that OrangeSum uses; the others are common in users' own files.
ARTICLE_KEYS = ("article", "text", "document")
REFERENCE_KEYS = ("abstract", "reference", "summary")
_KNOWN_KEYS = frozenset({"id", "title", "peers", *ARTICLE_KEYS, *REFERENCE_KEYS})


@dataclass(frozen=True)
class Record:
    """An article, the brief that a person wrote of it, and what other systems (``peers``) wrote.

    ``fields`` holds what else the record says in a text or a number, such as its topic.
    """

    id: str
    article: str
    reference: str
    title: str | None = None
    peers: Mapping[str, str] = field(default_factory=dict)
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class GivenBrief:
    """One system's brief of one article; ``seconds`` and ``origin`` where the file tells them.

    ``error`` is the code of the failure that left ``text`` empty.
    """

    text: str
    origin: str | None = None
    seconds: float | None = None
    error: str | None = None


@dataclass(frozen=True)
class SentencePair:
    """A French sentence and its reference translation; ``origin`` names the set, "" where none is given."""

    origin: str
    source: str
    reference: str


def bare_suffix(path: Path) -> str:
    """The suffix that tells a file's form, a compression suffix left aside: ".jsonl" for "a.jsonl.xz"."""
    suffixes = [suffix.lower() for suffix in path.suffixes]
    while suffixes and suffixes[-1] in (".xz", ".gz"):
        suffixes.pop()
    return suffixes[-1] if suffixes else ""


@contextmanager
def open_lines(path: Path, errors: str = "strict") -> Iterator[TextIO]:
    """A text stream over a plain or compressed file, lines ending at ``\\n`` alone.

    Raises ``InvalidRequest`` when there is no such file, or when its bytes are damaged or not UTF-8.
    """
    if not path.is_file():
        raise InvalidRequest(f"there is no file {path}")
    try:
        with _opened(path) as raw, io.TextIOWrapper(raw, "utf-8-sig", errors, newline="\n") as lines:
            yield lines
    except (UnicodeDecodeError, lzma.LZMAError, zlib.error, EOFError) as error:
        raise InvalidRequest(f"{path} cannot be read: {error}") from error


def _opened(path: Path) -> IO[bytes]:
    if path.suffix.lower() == ".xz":
        return cast("IO[bytes]", lzma.open(path, "rb"))
    if path.suffix.lower() == ".gz":
        return cast("IO[bytes]", gzip.open(path, "rb"))
    return path.open("rb")


def read_records(path: Path, limit: int | None = None) -> list[Record]:
    """The records of a JSON Lines or CSV file, in its order, at most ``limit`` of them.

    Raises ``InvalidRequest`` naming the line of a record that lacks an id, an article or a reference,
    or that repeats an id.
    """
    rows = _csv_rows(path) if bare_suffix(path) == ".csv" else _json_rows(path)
    records: list[Record] = []
    seen: set[str] = set()
    for place, row in itertools.islice(rows, limit):
        record = _record(place, row)
        if record.id in seen:
            raise InvalidRequest(f"{place}: the id {record.id!r} comes twice")
        seen.add(record.id)
        records.append(record)
    if not records:
        raise InvalidRequest(f"{path} holds no record")
    return records


def read_briefs(path: Path) -> dict[str, GivenBrief]:
    """Briefs by id from JSON Lines ``{"id", "brief"}``, as ``breve batch`` writes them.

    A line with ``error`` in place of ``brief`` counts as an empty brief. Raises ``InvalidRequest``.
    """
    briefs: dict[str, GivenBrief] = {}
    for place, row in _json_rows(path):
        identifier = row.get("id")
        if identifier is None:
            raise InvalidRequest(f'{place}: a brief needs an "id"')
        error = row.get("error")
        text = "" if error else row.get("brief")
        if not isinstance(text, str):
            raise InvalidRequest(f'{place}: a brief needs a text named "brief"')
        briefs[str(identifier)] = GivenBrief(
            text=text,
            origin=row.get("origin"),
            seconds=row.get("seconds"),
            error=str(error.get("code", "error")) if isinstance(error, dict) else None,
        )
    return briefs


def briefs_for(records: Sequence[Record], briefs: Mapping[str, GivenBrief], path: Path) -> list[GivenBrief]:
    """The briefs in the records' order. Raises ``InvalidRequest`` when an article has none."""
    missing = [record.id for record in records if record.id not in briefs]
    if missing:
        raise InvalidRequest(
            f"{path} has no brief for {len(missing)} of {len(records)} articles, the first: {missing[0]}"
        )
    return [briefs[record.id] for record in records]


def read_pairs(path: Path, limit: int | None = None) -> list[SentencePair]:
    """Sentence pairs from lines of French, tab, translation; or of origin, tab, French, tab, translation.

    Raises ``InvalidRequest`` naming a line with another number of columns.
    """
    pairs: list[SentencePair] = []
    with open_lines(path) as lines:
        for number, line in enumerate(itertools.islice(lines, limit), start=1):
            columns = line.rstrip("\r\n").split("\t")
            if len(columns) not in (2, 3):
                raise InvalidRequest(f"{path}, line {number}: two or three columns are wanted, it has {len(columns)}")
            origin = columns[0] if len(columns) == 3 else ""
            pairs.append(SentencePair(origin, columns[-2], columns[-1]))
    if not pairs:
        raise InvalidRequest(f"{path} holds no sentence pair")
    return pairs


def read_plain_lines(path: Path) -> list[str]:
    """The lines of a file without their ends: one translation each."""
    with open_lines(path) as lines:
        return [line.rstrip("\r\n") for line in lines]


def _json_rows(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    with open_lines(path) as lines:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            place = f"{path}, line {number}"
            try:
                row = json.loads(line)
            except (ValueError, RecursionError) as error:
                raise InvalidRequest(f"{place}: not JSON ({error})") from error
            if not isinstance(row, dict):
                raise InvalidRequest(f"{place}: an object is wanted")
            yield place, row


def _csv_rows(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    with open_lines(path) as lines:
        for number, row in enumerate(csv.DictReader(lines), start=1):
            yield f"{path}, record {number}", dict(row)


def _record(place: str, row: Mapping[str, Any]) -> Record:
    identifier = row.get("id")
    if identifier is None or identifier == "":
        raise InvalidRequest(f'{place}: a record needs an "id"')
    peers = row.get("peers") or {}
    if not isinstance(peers, dict):
        raise InvalidRequest(f'{place}: "peers" must be an object of system and brief')
    return Record(
        id=str(identifier),
        article=_text(place, row, ARTICLE_KEYS),
        reference=_text(place, row, REFERENCE_KEYS),
        title=row.get("title") or None,
        peers={str(name): str(text) for name, text in peers.items()},
        fields={name: str(value) for name, value in row.items() if name not in _KNOWN_KEYS and _is_plain(value)},
    )


def _is_plain(value: object) -> bool:
    return isinstance(value, str | int | float) and value != ""


def _text(place: str, row: Mapping[str, Any], keys: tuple[str, ...]) -> str:
    for key in keys:
        value = row.get(key)
        if isinstance(value, str):
            return value
    raise InvalidRequest(f"{place}: a record needs a text named {' or '.join(keys)}")
