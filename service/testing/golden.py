"""Golden briefs: a recorded pack against what the product gives now, as a difference that people can read.

A check leaves the new replies in a file beside the pack, so that accepting takes over exactly what
was shown, and no model has to run a second time.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

import orjson

from service.errors import InvalidRequest, RequestError
from service.pipeline.brief import CacheUse
from service.testing.answering import Answerer
from service.testing.messages import passage
from service.testing.pack import Entry, Pack, load_pack, request_of

PENDING_KIND = "breve-pack-pending"

_WORDS = re.compile(r"\S+")


@dataclass(frozen=True)
class Checked:
    """One entry and what came of asking again: a new reply, or the error in its place."""

    entry: Entry
    reply: bytes | None
    error: str = ""

    @property
    def is_same(self) -> bool:
        """Whether the same models gave the same."""
        if self.reply is None or self.difference:
            return False
        return bool(orjson.loads(self.entry.reply)["models"] == orjson.loads(self.reply)["models"])

    @property
    def difference(self) -> list[str]:
        """Lines that tell what changed; none when nothing that counts did."""
        if self.reply is None:
            return [f"  fails now: {self.error}"]
        return list(_differences(orjson.loads(self.entry.reply), orjson.loads(self.reply)))


def check_entries(pack: Pack, answerer: Answerer, cache: CacheUse = "bypass") -> Iterator[Checked]:
    """Ask every request of a pack again, in order. A request that is refused now is a result, too."""
    for entry in pack.entries.values():
        request = replace(request_of(entry), cache=cache)
        try:
            yield Checked(entry, answerer.answer(request))
        except RequestError as error:
            yield Checked(entry, None, " ".join(str(error).split()))


def renewed(checked: Sequence[Checked]) -> Pack:
    """The pack with the new replies; an entry that fails now, or is the same but for its times, keeps its old one."""
    entries = (
        each.entry if each.reply is None or each.is_same else replace(each.entry, reply=each.reply) for each in checked
    )
    return Pack({entry.key: entry for entry in entries})


def pending_path(path: Path) -> Path:
    """Where the replies of a check wait to be accepted: ``golden.pending.json`` beside ``golden.json``."""
    return path.with_name(f"{path.stem}.pending{path.suffix}")


def keep_pending(path: Path, checked: Sequence[Checked]) -> None:
    """Write the new replies beside the pack, or remove an earlier file when nothing differs."""
    if not any(each.difference for each in checked):
        pending_path(path).unlink(missing_ok=True)
        return
    document = {"kind": PENDING_KIND, "replaces": _digest(path), "pack": renewed(checked).dump().decode()}
    pending_path(path).write_bytes(orjson.dumps(document) + b"\n")


def accept(path: Path) -> int:
    """Put the replies of the last check in the pack's place; how many entries it has.

    Raises ``InvalidRequest`` when no check found a difference, or the pack is another since then.
    """
    pending = pending_path(path)
    try:
        data = orjson.loads(pending.read_bytes())
        replaces, text = data["replaces"], data["pack"]
    except FileNotFoundError as error:
        raise InvalidRequest(f"nothing to accept: `breve golden check {path}` found no difference yet") from error
    except (ValueError, KeyError, TypeError) as error:
        raise InvalidRequest(f"{pending} is damaged; run `breve golden check {path}` again") from error
    if not path.exists() or _digest(path) != replaces:
        raise InvalidRequest(f"{path} is not what was checked; run `breve golden check {path}` again")
    written = path.with_name(f"{path.name}.part")
    written.write_text(text, encoding="utf-8")
    count = len(load_pack(written).entries)
    written.replace(path)
    with suppress(FileNotFoundError):
        pending.unlink()
    return count


def models_difference(old: Sequence[Mapping[str, str]], new: Sequence[Mapping[str, str]]) -> list[str]:
    """Lines that name the weights of one side alone."""
    before, after = [_model(model) for model in old], [_model(model) for model in new]
    lines = [f"  - {name}" for name in before if name not in after]
    return lines + [f"  + {name}" for name in after if name not in before]


def _differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    before, after = _by_language(old), _by_language(new)
    for language in dict.fromkeys((*before, *after)):
        if language not in after:
            yield f"  {language}: the brief is gone"
        elif language not in before:
            yield from (f"  {language}: a new brief", *passage(after[language]["text"]))
        else:
            yield from _brief_difference(language, before[language], after[language])
    yield from _listed("warnings", _codes(old), _codes(new))


def _brief_difference(language: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    if old["text"] != new["text"]:
        yield from (f"  {language} text", *passage(changed_words(old["text"], new["text"])))
    if old["origin"] != new["origin"]:
        yield f"  {language} origin: {old['origin']} before, {new['origin']} now"
    yield from _listed(f"{language} facts", _facts(old), _facts(new))
    yield from _listed(f"{language} sources", _sources(old), _sources(new))


def changed_words(old: str, new: str) -> str:
    """The new text with what it lost as ``[-old-]`` and what it gained as ``{+new+}``."""
    before, after = _WORDS.findall(old), _WORDS.findall(new)
    pieces: list[str] = []
    for kind, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "equal":
            pieces += before[a:b]
            continue
        if a < b:
            pieces.append(f"[-{' '.join(before[a:b])}-]")
        if c < d:
            pieces.append(f"{{+{' '.join(after[c:d])}+}}")
    return " ".join(pieces)


def _listed(title: str, old: Sequence[str], new: Sequence[str]) -> Iterator[str]:
    """The lines of one side alone, under a title; nothing when both have the same."""
    before, after = Counter(old), Counter(new)
    gone, come = list((before - after).elements()), list((after - before).elements())
    if gone or come:
        yield f"  {title}"
        for sign, lines in (("-", gone), ("+", come)):
            for line in lines:
                first, *following = passage(line, indent="      ")
                yield from (f"    {sign} {first.strip()}", *following)


def _by_language(reply: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    return {brief["language"]: brief for brief in reply["briefs"]}


def _codes(reply: Mapping[str, Any]) -> list[str]:
    return [f"{each['code']}: {each['message']}" for each in reply["warnings"]]


def _facts(brief: Mapping[str, Any]) -> list[str]:
    facts = []
    for sentence in brief["sentences"]:
        for each in sentence["checks"]:
            detail = f": {each['detail']}" if each["detail"] else ""
            facts.append(f"{each['status']} {each['kind']} “{each['text']}” ({each['value']}){detail}")
    return facts


def _sources(brief: Mapping[str, Any]) -> list[str]:
    return [
        f"{sentence['id']} {source['start']}-{source['end']} « {' '.join(source['quote'].split())} »"
        for sentence in brief["sentences"]
        for source in sentence["sources"]
    ]


def _model(model: Mapping[str, str]) -> str:
    return f"{model['id']}@{model['revision']}+{model['digest'][:12]} ({model['engine']})"


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
