"""Where the hub profile's models come from: a folder, or a model hub at a fixed revision.

Only the files that are needed are fetched, by ``huggingface_hub`` into its own cache; it
obeys ``HF_HUB_OFFLINE`` and finds again what it has.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.catalogue import Role, published
from models.engines.pieces import BARTHEZ_FILES, MARIAN_FILES
from models.engines.seq2seq import Family
from models.errors import ModelUnavailable

FAMILIES: dict[Role, Family] = {"summary": "barthez", "translation": "marian"}
TOKENIZER_FILES: dict[Family, tuple[str, ...]] = {"barthez": BARTHEZ_FILES, "marian": MARIAN_FILES}

CONFIGURATION = "config.json"
OPTIONAL_FILES = ("generation_config.json", "tokenizer_config.json", "special_tokens_map.json")
#: The first that is published is used.
WEIGHTS = ("model.safetensors", "pytorch_model.bin")

#: The settings that name the models, for remedies.
SETTINGS: dict[Role, str] = {"summary": "BREVE_HUB_SUMMARISER", "translation": "BREVE_HUB_TRANSLATOR"}

_ID = re.compile(r"(?P<id>\w[\w.-]*/\w[\w.-]*)(?:@(?P<revision>[\w./-]+))?")


@dataclass(frozen=True)
class Reference:
    """Where a role's model comes from: a folder, or an id and a revision on the hub."""

    role: Role
    id: str
    revision: str
    folder: str | None = None

    @property
    def family(self) -> Family:
        """The only family that is supported in this role."""
        return FAMILIES[self.role]

    @property
    def needed(self) -> tuple[str, ...]:
        """The files that must be there, weights apart."""
        return (CONFIGURATION, *TOKENIZER_FILES[self.family])


def reference(role: Role, name: str) -> Reference:
    """Understand a setting: a folder, ``owner/name`` or ``owner/name@revision``.

    Raises ``ModelUnavailable`` for a name that is none of these.
    """
    path = Path(name).expanduser()
    match = _ID.fullmatch(name)
    if (name and path.is_dir()) or path.is_absolute():
        return Reference(role, path.name, "local", str(path.absolute()))
    if match is None:
        raise ModelUnavailable(
            f"{name!r} is neither a folder nor a model id",
            f"set {SETTINGS[role]} to a folder, or to owner/name or owner/name@revision",
        )
    known = published(match["id"])
    return Reference(role, match["id"], match["revision"] or (known.revision if known else "main"))


def fetch(wanted: Reference) -> Path:
    """The folder of the published files; raises ``ModelUnavailable`` naming those that are missing."""
    source = Path(wanted.folder) if wanted.folder else _download(wanted)
    missing = [name for name in wanted.needed if not (source / name).is_file()]
    if not any((source / name).is_file() for name in WEIGHTS):
        missing.append(" or ".join(WEIGHTS))
    if missing:
        raise ModelUnavailable(f"{', '.join(missing)} missing in {source} ({wanted.id})", remedy(wanted))
    return source


def _download(wanted: Reference) -> Path:
    try:
        from huggingface_hub import errors, snapshot_download
    except ImportError as error:
        raise ModelUnavailable(f"a package is missing: {error}", "pip install 'breve[hub]'") from error

    # The transport's own root class, whichever package the library takes it from.
    library: Any = errors
    failures = (OSError, library.HTTPError, errors.EntryNotFoundError, errors.RevisionResolutionError, ValueError)

    def snapshot(names: Sequence[str]) -> Path:
        return Path(snapshot_download(wanted.id, revision=wanted.revision, allow_patterns=list(names)))

    try:
        source = snapshot((*wanted.needed, *OPTIONAL_FILES, WEIGHTS[0]))
        if not (source / WEIGHTS[0]).is_file():
            snapshot(WEIGHTS[1:])
    except failures as error:
        reason = str(error).strip().partition("\n")[0]
        files = ", ".join((*wanted.needed, " or ".join(WEIGHTS)))
        raise ModelUnavailable(
            f"{wanted.id} at revision {wanted.revision} cannot be downloaded ({reason}); needed are {files}",
            remedy(wanted),
        ) from error
    return source


def remedy(wanted: Reference) -> str:
    """How to get a model whose files are missing."""
    return (
        f"run breve prepare where the model hub can be reached, or put the files of {wanted.id} into a folder "
        f"and set {SETTINGS[wanted.role]} to it"
    )


def weights_of(source: Path) -> Path:
    """The file of the weights in a published folder."""
    return next(source / name for name in WEIGHTS if (source / name).is_file())


def read_settings(path: Path, wanted: Reference) -> dict[str, Any]:
    """A JSON file's settings that are set; none where there is no file."""
    try:
        raw = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
        return {name: value for name, value in raw.items() if value is not None}
    except (OSError, ValueError, AttributeError) as error:
        raise ModelUnavailable(f"{path} cannot be read: {error}", remedy(wanted)) from error
