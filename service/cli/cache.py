"""``breve cache``: look into the cache, check it, make it smaller."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Annotated

import typer
from rich.filesize import decimal

from service.cache.protocol import Cache
from service.cli import context
from service.cli.exits import FOUND_WANTING
from service.cli.terminal import results, say, write_json

commands = typer.Typer(help="Look into the cache, check it, make it smaller.", no_args_is_help=True)


@contextmanager
def _cache() -> Iterator[Cache]:
    cache = context.product().open_cache(context.load_settings())
    try:
        yield cache
    finally:
        cache.close()


@commands.command("stats")
def stats(as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False) -> None:
    """Say what the cache holds."""
    with _cache() as cache:
        found = cache.stats()
    if as_json:
        write_json(asdict(found))
        return
    console = results()
    limit = f" of {decimal(found.max_bytes)}" if found.max_bytes else ""
    console.print(f"{found.entries} entries, {decimal(found.bytes)}{limit}, in {found.place} ({found.store})")
    for title, counts in (("step", found.entries_by_step), ("model", found.entries_by_model)):
        for name, number in sorted(counts.items()):
            console.print(f"  {title} {name}: {number}")
    if found.note:
        say(found.note)


@commands.command("check")
def check() -> None:
    """Verify every entry; ends with 8 when something is wrong."""
    with _cache() as cache:
        report = cache.check()
    console = results()
    for finding in report.findings:
        console.print(finding, soft_wrap=True)
    console.print(
        f"{report.entries} entries: {'sound' if report.sound else 'not sound; `breve cache clear` mends it'}."
    )
    if not report.sound:
        raise typer.Exit(FOUND_WANTING.code)


@commands.command("prune")
def prune(
    step: Annotated[str | None, typer.Option("--step", help="Remove the entries of this step, too.")] = None,
    model: Annotated[str | None, typer.Option("--model", help="Remove the entries of this model id, too.")] = None,
) -> None:
    """Remove what has expired."""
    with _cache() as cache:
        results().print(f"{cache.prune(step=step, model=model)} entries removed.")


@commands.command("clear")
def clear() -> None:
    """Remove everything, also damaged files that were set aside."""
    with _cache() as cache:
        results().print(f"{cache.clear()} entries removed.")
