"""Prepared weights on disk: written whole or not at all, and checked before they are loaded.

A profile's files lie in one folder, ``HOME/models/PROFILE``, beside a ``manifest.json``
with the size and SHA-256 of each. They are written to a folder beside it, which takes the
place by a rename; a lock lets one process prepare at a time, and what an interrupted one
left is removed by the next.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from filelock import FileLock

from models.errors import ModelUnavailable

#: Told the step's name and the fraction done, from 0 to 1.
Progress = Callable[[str, float], None]

MANIFEST = "manifest.json"
STAMP = "verified.json"
FORMAT = 1


@dataclass(frozen=True)
class Built:
    """One model that a builder wrote: what it is, and its files' names in the folder.

    ``digest`` identifies the weights on every machine; ``details`` is the engine's own.
    """

    id: str
    revision: str
    digest: str
    licence: str
    roles: tuple[str, ...]
    languages: tuple[str, ...]
    window: int
    files: tuple[str, ...]
    details: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class StoredFile:
    """A file's name, size in bytes and SHA-256."""

    name: str
    bytes: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """What a folder holds; ``fingerprint`` tells the recipe and the inputs that made it."""

    profile: str
    fingerprint: str
    models: tuple[Built, ...]
    files: tuple[StoredFile, ...]
    format: int = FORMAT


@dataclass(frozen=True)
class Prepared:
    """A checked folder."""

    folder: Path
    manifest: Manifest

    def has(self, role: str) -> bool:
        """Whether a model serves this role."""
        return any(role in model.roles for model in self.manifest.models)

    def model(self, role: str) -> Built:
        """The model that serves a role; raises ``ModelUnavailable`` when none does."""
        for model in self.manifest.models:
            if role in model.roles:
                return model
        raise ModelUnavailable(f"the prepared weights have no model for {role}", remedy="breve prepare --force")


#: Writes its models' files into a folder; the second argument takes its progress.
Builder = Callable[[Path, Progress], Sequence[Built]]


def folder_of(home: Path, profile: str) -> Path:
    """Where a profile's prepared files lie."""
    return home / "models" / profile


def fingerprint_of(inputs: Any) -> str:
    """SHA-256 of anything that JSON can write, in a canonical form."""
    text = json.dumps(inputs, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


def prepare(
    home: Path, profile: str, fingerprint: str, build: Builder, progress: Progress, force: bool = False
) -> Prepared:
    """Make sure that the profile's files are there and whole, building them where they are not.

    Raises ``ModelUnavailable`` when the inputs are missing or the folder cannot be written.
    """
    folder = folder_of(home, profile)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(folder.parent / f".{profile}.lock"):
            _clean(folder)
            if not force:
                try:
                    return load(home, profile, fingerprint)
                except ModelUnavailable:
                    pass
            _build(folder, profile, fingerprint, build, progress)
            return load(home, profile, fingerprint)
    except OSError as error:
        raise ModelUnavailable(
            f"the weights cannot be written to {folder.parent}: {error}", remedy="set BREVE_HOME to a writable folder"
        ) from error


def load(home: Path, profile: str, fingerprint: str | None = None, verify: bool = False) -> Prepared:
    """The profile's folder, after a check of every file.

    Sizes are always compared; digests once for each state of the files (a stamp remembers
    it), or always with ``verify``. Raises ``ModelUnavailable`` that names what is wrong.
    """
    folder = folder_of(home, profile)
    manifest = _read_manifest(folder)
    if fingerprint is not None and manifest.fingerprint != fingerprint:
        raise ModelUnavailable(f"the weights in {folder} were prepared by another version of Brève")
    for stored in manifest.files:
        path = folder / stored.name
        if not path.is_file():
            raise ModelUnavailable(f"{path} is missing")
        if path.stat().st_size != stored.bytes:
            raise ModelUnavailable(f"{path} is damaged: {path.stat().st_size} bytes instead of {stored.bytes}")
    if verify or not _is_stamped(folder, manifest):
        for stored in manifest.files:
            if _digest(folder / stored.name) != stored.sha256:
                raise ModelUnavailable(f"{folder / stored.name} is damaged: its SHA-256 is not the manifest's")
        _stamp(folder, manifest)
    return Prepared(folder, manifest)


def _build(folder: Path, profile: str, fingerprint: str, build: Builder, progress: Progress) -> None:
    fresh = folder.with_name(f".{profile}.new")
    fresh.mkdir()
    try:
        models = tuple(build(fresh, progress))
        progress("checking", 0.97)
        names = sorted({name for model in models for name in model.files})
        files = tuple(StoredFile(name, (fresh / name).stat().st_size, _digest(fresh / name)) for name in names)
        manifest = Manifest(profile, fingerprint, models, files)
        (fresh / MANIFEST).write_text(json.dumps(asdict(manifest), indent=1) + "\n", encoding="utf-8")
        _stamp(fresh, manifest)
        _flush(fresh)
        if folder.exists():
            folder.rename(folder.with_name(f".{profile}.old"))
        fresh.rename(folder)
    finally:
        _clean(folder)
    progress("ready", 1.0)


def _clean(folder: Path) -> None:
    """Remove what an interrupted preparation left beside the folder."""
    for state in ("new", "old"):
        leftover = folder.with_name(f".{folder.name}.{state}")
        if leftover.exists():
            shutil.rmtree(leftover)


def _flush(folder: Path) -> None:
    """Bring the files to the disk before the rename says that they are whole."""
    for path in folder.rglob("*"):
        if path.is_file():
            descriptor = os.open(path, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)


def _read_manifest(folder: Path) -> Manifest:
    path = folder / MANIFEST
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
        if raw["format"] != FORMAT:
            raise ModelUnavailable(f"the weights in {folder} were prepared by another version of Brève")
        return Manifest(
            profile=raw["profile"],
            fingerprint=raw["fingerprint"],
            models=tuple(_built(model) for model in raw["models"]),
            files=tuple(StoredFile(**file) for file in raw["files"]),
        )
    except FileNotFoundError as error:
        raise ModelUnavailable(f"no weights are prepared in {folder}: {path.name} is missing") from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelUnavailable(f"{path} cannot be read: {error}") from error


def _built(raw: dict[str, Any]) -> Built:
    lists = {key: tuple(raw[key]) for key in ("roles", "languages", "files")}
    return Built(**(raw | lists))


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _state(folder: Path, manifest: Manifest) -> dict[str, list[int]]:
    stats = {stored.name: (folder / stored.name).stat() for stored in manifest.files}
    return {name: [stat.st_size, stat.st_mtime_ns] for name, stat in stats.items()}


def _is_stamped(folder: Path, manifest: Manifest) -> bool:
    try:
        return bool(json.loads((folder / STAMP).read_text(encoding="utf-8")) == _state(folder, manifest))
    except (OSError, ValueError):
        return False


def _stamp(folder: Path, manifest: Manifest) -> None:
    """Remember that these files were verified; a folder that cannot be written is verified each time."""
    try:
        (folder / STAMP).write_text(json.dumps(_state(folder, manifest)), encoding="utf-8")
    except OSError:
        return
