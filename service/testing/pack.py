"""Recorded packs: requests with their replies, which answer again, byte for byte, without any weights.

A pack is one JSON document. Each entry has the request (cleaned text, every option that changes
the answer), the reply, and the digest of the reply's bytes; the models that wrote them are named
once, with the digests of their weights.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from service.errors import InvalidRequest, RequestError
from service.pipeline.article import clean
from service.pipeline.brief import BriefRequest
from service.testing.answering import Answerer, body_of
from service.version import PIPELINE_VERSION, VERSION

KIND = "breve-pack"
FORMAT = 1


class NotRecorded(RequestError):
    """The pack has no reply to this request; the message says how to record one."""


@dataclass(frozen=True)
class Entry:
    """A recorded answer; ``name`` tells people which article it is of."""

    name: str
    request: Mapping[str, Any]
    reply: bytes

    @property
    def key(self) -> str:
        """What the entry is found by."""
        return _digest(orjson.dumps(self.request, option=orjson.OPT_SORT_KEYS))


@dataclass
class Pack:
    """Entries by their keys, in the order in which they were recorded."""

    entries: dict[str, Entry] = field(default_factory=dict)

    def put(self, name: str, request: BriefRequest, reply: bytes) -> None:
        """Record a reply; an earlier one to the same request is replaced in its place."""
        # A server's reply may be laid out otherwise: what is kept is what will be replayed.
        entry = Entry(name, asked(request), orjson.dumps(orjson.loads(reply)))
        self.entries[entry.key] = entry

    def find(self, request: BriefRequest) -> bytes | None:
        """The recorded reply to a request, if there is one."""
        entry = self.entries.get(key_of(request))
        return None if entry is None else entry.reply

    @property
    def models(self) -> list[dict[str, str]]:
        """The models that wrote the replies, each once."""
        found = {
            orjson.dumps(model, option=orjson.OPT_SORT_KEYS): model
            for entry in self.entries.values()
            for model in orjson.loads(entry.reply)["models"]
        }
        return list(found.values())

    def dump(self) -> bytes:
        """The pack as the bytes of its file, indented so that version control shows what changed."""
        document = {
            "kind": KIND,
            "format": FORMAT,
            "breve": VERSION,
            "pipeline_version": PIPELINE_VERSION,
            "models": self.models,
            "entries": [
                {
                    "name": entry.name,
                    "request": entry.request,
                    "reply": orjson.loads(entry.reply),
                    "sha256": _digest(entry.reply),
                }
                for entry in self.entries.values()
            ],
        }
        return orjson.dumps(document, option=orjson.OPT_INDENT_2) + b"\n"


def load_pack(path: Path) -> Pack:
    """Read a pack. Raises ``InvalidRequest`` when there is none, or it was damaged or changed by hand."""
    try:
        data = orjson.loads(path.read_bytes())
    except FileNotFoundError as error:
        raise InvalidRequest(f"there is no pack {path}; `breve golden record` makes one") from error
    except ValueError as error:
        raise InvalidRequest(f"{path} is not a pack: {error}") from error
    if not isinstance(data, dict) or data.get("kind") != KIND:
        raise InvalidRequest(f'{path} is not a pack: its "kind" should be "{KIND}"')
    if data.get("format") != FORMAT:
        raise InvalidRequest(f"{path} has the format {data.get('format')}, this version reads {FORMAT}: record it anew")
    pack = Pack()
    for number, each in enumerate(data.get("entries", ()), start=1):
        entry = _entry(path, number, each)
        pack.entries[entry.key] = entry
    return pack


def _entry(path: Path, number: int, data: Mapping[str, Any]) -> Entry:
    try:
        entry = Entry(str(data["name"]), data["request"], orjson.dumps(data["reply"]))
        digest = data["sha256"]
    except (KeyError, TypeError) as error:
        raise InvalidRequest(f"{path}, entry {number}: damaged ({error!r})") from error
    if _digest(entry.reply) != digest:
        raise InvalidRequest(
            f"{path}, entry {number} ({entry.name}): the reply is not the one that was recorded; record it anew"
        )
    return entry


class Replay:
    """Answers from a pack alone."""

    def __init__(self, path: Path) -> None:
        self._path, self._pack = path, load_pack(path)

    def answer(self, request: BriefRequest) -> bytes:
        """The recorded bytes. Raises ``NotRecorded``."""
        reply = self._pack.find(request)
        if reply is None:
            raise NotRecorded(self._told(request))
        return reply

    def close(self) -> None:
        """Nothing is held."""

    def _told(self, request: BriefRequest) -> str:
        wanted = asked(request)
        others = [entry for entry in self._pack.entries.values() if entry.request["article"] == wanted["article"]]
        if others:
            there = others[0].request
            differing = sorted(name for name in {*wanted, *there} if wanted.get(name) != there.get(name))
            cause = f"it has this article with other options ({', '.join(differing)})"
        else:
            cause = f"the article begins “{' '.join(wanted['article'].split()[:8])}…”"
        return (
            f"the pack {self._path} has no reply to this request: {cause}; record it where Brève and its weights are, "
            f"with `pytest --breve-pack {self._path} --breve-record`"
        )


class Recording:
    """Asks another answerer and keeps every reply in a pack, which is written when it is closed."""

    def __init__(self, inner: Answerer, path: Path) -> None:
        self._inner, self._path = inner, path
        self._pack = load_pack(path) if path.exists() else Pack()
        self._changed = False

    def answer(self, request: BriefRequest) -> bytes:
        """The answerer's reply, recorded."""
        reply = self._inner.answer(request)
        self._pack.put(name_of(request), request, reply)
        self._changed = True
        return reply

    def close(self) -> None:
        """Write the pack and close the answerer."""
        try:
            if self._changed:
                self._path.write_bytes(self._pack.dump())
        finally:
            self._inner.close()


def asked(request: BriefRequest) -> dict[str, Any]:
    """What of a request decides the answer: the cleaned article and the options, the cache left aside."""
    options = body_of(request)
    options.pop("cache")
    html = options.pop("html", None)
    text = options.pop("text", "")
    article = clean(text) if html is None else html.strip()
    return {"article": article, "form": "text" if html is None else "html", **options}


def key_of(request: BriefRequest) -> str:
    """The key of a request's entry."""
    return _digest(orjson.dumps(asked(request), option=orjson.OPT_SORT_KEYS))


def request_of(entry: Entry) -> BriefRequest:
    """The request of an entry, to ask it again."""
    options = dict(entry.request)
    article, form = options.pop("article"), options.pop("form")
    for name in ("languages", "do_not_translate"):
        options[name] = tuple(options[name])
    return BriefRequest(**{form: article}, **options)


def name_of(request: BriefRequest) -> str:
    """A name for people: the title, or the article's first words."""
    return request.title or " ".join((request.text or "a page of HTML").split()[:8])


def _digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()
