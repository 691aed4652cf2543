"""``breve translate``: French text in, exactly one line out for each line in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated

import typer

from models.errors import ModelFailed
from service.cli import context
from service.cli.source import read_source
from service.cli.terminal import progress_bar, say, write_bytes

#: Lines handed over at once: enough to fill the model's batches, few enough to show progress.
LINES_AT_ONCE = 64


def translate(
    source: Annotated[str, typer.Argument(metavar="FILE|-", help="A file of French text, or - for standard input.")],
    to: Annotated[str, typer.Option("--to", help="The language to write, for example en.")] = "en",
) -> None:
    """Translate French text, line by line; blank lines are kept."""
    settings = context.load_settings()
    lines = split_lines(read_source(source, settings.max_bytes).text)
    with context.opened(settings) as runtime, progress_bar("translating", len(lines)) as advance:
        elapsed = context.stopwatch()
        for translated in translated_lines(runtime, lines, to):
            write_bytes((translated + "\n").encode("utf-8", "replace"))
            advance()
        seconds = elapsed()
    say(f"{len(lines)} lines in {seconds:.2f} s.")


def split_lines(text: str) -> list[str]:
    """The lines of a text as ``wc -l`` counts them, a last one without its end included.

    ``str.splitlines`` would also break at form feeds and other signs that are part of a line.
    """
    lines = text.split("\n")
    if lines[-1] == "":
        lines.pop()
    return [line.removesuffix("\r") for line in lines]


def translated_lines(runtime: context.CommandRuntime, lines: Sequence[str], target: str) -> Iterator[str]:
    """One translation for each line, in order. Raises ``ModelFailed`` if the product breaks that promise."""
    for start in range(0, len(lines), LINES_AT_ONCE):
        chunk = lines[start : start + LINES_AT_ONCE]
        translations = runtime.translate_lines(chunk, target)
        if len(translations) != len(chunk):
            raise ModelFailed(f"{len(translations)} translations came back for {len(chunk)} lines")
        yield from (" ".join(text.splitlines()) for text in translations)
