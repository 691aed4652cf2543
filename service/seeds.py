"""The sample articles in ``seeds/``: each with reference briefs, facts to keep and traps to avoid.

The command line shows them, the web page offers them as examples and tests measure against them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError

from service.errors import InvalidRequest

_STRICT = ConfigDict(extra="forbid", strict=True)
_LANGUAGES = frozenset({"fr", "en"})

Line = Annotated[str, Field(min_length=1, pattern=r"\S")]


@dataclass(frozen=True)
class Trap:
    """A false French sentence that a careless brief of the article would write.

    ``kind`` names the mistake (``seeds/README.md`` lists them), ``why`` explains it in English.
    """

    kind: Line
    statement: Line
    why: Line

    __pydantic_config__ = _STRICT


@dataclass(frozen=True)
class Seed:
    """One sample article.

    ``briefs`` holds the reference brief of each language, 25 to 40 words long; every one of ``facts``
    is literally in ``text``; ``claims`` are French paraphrases that the text supports.
    """

    id: Line
    topic: Line
    title: Line
    text: Line
    briefs: Mapping[str, Line]
    facts: Annotated[tuple[Line, ...], Field(min_length=1)]
    traps: Annotated[tuple[Trap, ...], Field(min_length=1)]
    claims: Annotated[tuple[Line, ...], Field(min_length=1)]

    __pydantic_config__ = _STRICT


def load_seed(path: Path) -> Seed:
    """Read one seed; the file is named after its id.

    Raises ``InvalidRequest``, naming the file and the field, when it cannot be read, is not of the
    documented shape, lacks a French or an English brief, or states a fact that its text has not.
    """
    try:
        seed = TypeAdapter(Seed).validate_json(path.read_bytes())
    except OSError as error:
        raise InvalidRequest(f"the seed {path} cannot be read: {error.strerror}") from error
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        field = ".".join(str(part) for part in first["loc"]) or "the document"
        raise InvalidRequest(f"the seed {path} is malformed at {field}: {first['msg']}") from error
    if seed.id != path.stem:
        raise InvalidRequest(f"the seed {path} has the id {seed.id!r}, which is not the file's name")
    if set(seed.briefs) != _LANGUAGES:
        raise InvalidRequest(f"the seed {path} is malformed at briefs: exactly 'fr' and 'en' are wanted")
    for fact in seed.facts:
        if fact not in seed.text:
            raise InvalidRequest(f"the seed {path} is malformed at facts: {fact!r} is not in the text")
    return seed


def load_seeds(folder: Path) -> tuple[Seed, ...]:
    """Read every ``*.json`` of a folder, by file name.

    Raises ``InvalidRequest`` when the folder holds none, or one is malformed.
    """
    paths = sorted(folder.glob("*.json"))
    if not paths:
        raise InvalidRequest(f"there is no seed in {folder}")
    return tuple(load_seed(path) for path in paths)
