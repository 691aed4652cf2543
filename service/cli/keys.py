"""``breve keys``: who may ask the server, by keys that are stored only as hashes.

The module that keeps them brings the rate limiter along: it is imported when it is needed, so
that ``breve --help`` stays quick.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from service.cli import context
from service.cli.exits import FOUND_WANTING
from service.cli.terminal import results, say, write_json

commands = typer.Typer(help="Make, list and remove the keys of callers.", no_args_is_help=True)


@commands.command("add")
def add(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Whose key it is: for lists, figures and logs.")],
    rate: Annotated[
        str,
        typer.Option("--rate", help="Characters of article that it may send, as number/period; else BREVE_RATE_LIMIT."),
    ] = "",
) -> None:
    """Make a key and print it, this once: only its hash is kept.

    A running server knows it within a second.
    """
    from service.http.keys import add_key

    path = context.load_settings().keys_file
    results().print(add_key(path, name, rate), soft_wrap=True)
    say(f"Keep it: it is not shown again. Its hash is in {path}.")


@commands.command("list")
def list_keys(as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False) -> None:
    """List the keys by name, with their rates."""
    from service.http.keys import load_keys

    settings = context.load_settings()
    keys = load_keys(settings.keys_file)
    if as_json:
        write_json([{name: value for name, value in asdict(key).items() if name != "hash"} for key in keys])
        return
    for key in keys:
        rate = key.rate or f"{settings.rate_limit} (BREVE_RATE_LIMIT)"
        results().print(f"{key.name}  {rate}", soft_wrap=True)
    if not keys:
        say(f"There are no keys in {settings.keys_file}.")


@commands.command("remove")
def remove(name: Annotated[str, typer.Argument(metavar="NAME", help="The name that the key was made with.")]) -> None:
    """Remove a key; a running server refuses it within a second.

    Ends with 8 when there is no such key.
    """
    from service.http.keys import remove_key

    path = context.load_settings().keys_file
    if not remove_key(path, name):
        say(f"There is no key with the name {name} in {path}.")
        raise typer.Exit(FOUND_WANTING.code)
    say(f"The key {name} is removed.")
