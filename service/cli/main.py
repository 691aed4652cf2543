"""The command ``breve``: its commands, and the one place where an error becomes a line and an exit code."""

from __future__ import annotations

import logging
import sys
from typing import Annotated

import typer

from models.errors import BreveError
from service.cli import batch, brief, cache, config, doctor, evaluate, golden, keys, prepare, serve, translate
from service.cli.exits import INTERRUPTED, UNEXPECTED, exit_for, helpful_line
from service.cli.terminal import make_output_safe, say
from service.version import VERSION

# Plain help, without boxes: it reads the same in a terminal, in a file and in docs/cli.md.
app = typer.Typer(
    help="Short French and English briefs of French articles, every fact traced to its source.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    add_completion=False,
)
for command in (
    prepare.prepare,
    brief.brief,
    translate.translate,
    batch.batch,
    serve.serve,
    evaluate.evaluate,
    doctor.doctor,
    config.config,
):
    app.command()(command)
app.add_typer(cache.commands, name="cache")
app.add_typer(golden.commands, name="golden")
app.add_typer(keys.commands, name="keys")


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(VERSION)
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version and end.", callback=_print_version, is_eager=True)
    ] = False,
) -> None:
    """Short French and English briefs of French articles, every fact traced to its source."""


def run(arguments: list[str] | None = None) -> None:
    """Run one command and end the process with its code; no error leaves as a traceback of Python's own."""
    make_output_safe()
    sys.exit(ended(arguments))


def ended(arguments: list[str] | None = None) -> int:
    """Run one command; its exit code. An error is told in one line on standard error."""
    try:
        app(arguments, prog_name="breve")
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except KeyboardInterrupt:
        return INTERRUPTED.code
    except (BreveError, OSError) as error:
        say(f"breve: {helpful_line(error)}")
        return exit_for(error).code
    except Exception:
        logging.getLogger(__name__).exception("breve: a fault of Brève ended the command")
        return UNEXPECTED.code
    return 0
