"""Under which name an output is cached: a digest of everything that may change it."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from models.contracts import ModelIdentity
from service.version import PIPELINE_VERSION

#: The step under which whole replies are stored.
REPLY = "reply"
#: The step under which it is stored which entries a reply was made from.
PARTS = "parts"


@dataclass(frozen=True)
class CacheKey:
    """Names one entry. ``canonical`` is the JSON that ``digest`` was made from, for people to read.

    ``step`` and ``models`` travel with the entry, so that it can be counted and evicted by them;
    the canonical JSON, which holds the text, is not stored.
    """

    step: str
    models: tuple[str, ...]
    canonical: str
    digest: str

    @classmethod
    def for_output(cls, step: str, text: str, parameters: Mapping[str, object], model: ModelIdentity) -> CacheKey:
        """The key of one model output: step, normalised text, every parameter and the exact weights.

        Raises ``TypeError`` or ``ValueError`` for a parameter that JSON cannot hold.
        """
        content = {
            "step": step,
            "text": normalised(text),
            "parameters": dict(parameters),
            "model": model.id,
            "revision": model.revision,
            "digest": model.digest,
            "engine": model.engine,
            "pipeline": PIPELINE_VERSION,
        }
        return cls._of(step, (model.id,), content)

    @classmethod
    def for_reply(cls, reply_id: str, models: Iterable[str] = ()) -> CacheKey:
        """The key of a whole reply. ``models`` only tag the entry: the id alone finds it again."""
        return cls._of(REPLY, tuple(sorted(set(models))), {"step": REPLY, "id": reply_id})

    @classmethod
    def for_parts(cls, reply_id: str) -> CacheKey:
        """The key of the list of entries that a reply was made from."""
        return cls._of(PARTS, (), {"step": PARTS, "id": reply_id})

    @classmethod
    def _of(cls, step: str, models: tuple[str, ...], content: Mapping[str, object]) -> CacheKey:
        canonical = json.dumps(content, ensure_ascii=True, allow_nan=False, sort_keys=True, separators=(",", ":"))
        return cls(step, models, canonical, hashlib.sha256(canonical.encode("ascii")).hexdigest())


def normalised(text: str) -> str:
    """The text in NFC with ``\\n`` line ends: what differs only in encoding shares one entry."""
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
