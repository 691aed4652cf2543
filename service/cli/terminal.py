"""Where a command writes: results on standard output, everything else on standard error."""

from __future__ import annotations

import io
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import orjson
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

#: Lines are easier to read below this many columns, however wide the window.
WIDEST = 100
#: Where no bar can move, as in a log, a line tells how far a command is: so many seconds apart.
TOLD_EVERY = 30.0


def results() -> Console:
    """The console of results; without colours when it is not a terminal."""
    return Console(file=sys.stdout, highlight=False, emoji=False, markup=False)


def messages() -> Console:
    """The console of progress and messages."""
    return Console(file=sys.stderr, highlight=False, emoji=False, markup=False)


def text_width(console: Console) -> int:
    """Columns for running text: the terminal's, at most ``WIDEST``; 80 when it is no terminal."""
    return min(console.width, WIDEST) if console.is_terminal else 80


def say(message: str) -> None:
    """Tell the user something that is not a result."""
    messages().print(message, soft_wrap=True)


def make_output_safe() -> None:
    """Let no character that a terminal lacks end a command: it is written as an escape instead."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def write_json(value: Any, *, indent: bool = False) -> None:
    """One JSON document and a line end on standard output, in UTF-8 whatever the terminal's encoding."""
    write_bytes(orjson.dumps(value, option=orjson.OPT_INDENT_2 if indent else None) + b"\n")


def write_bytes(body: bytes) -> None:
    """Bytes on standard output, after what was printed before."""
    sys.stdout.flush()
    sys.stdout.buffer.write(body)
    sys.stdout.buffer.flush()


@contextmanager
def phases() -> Iterator[Callable[[str], None]]:
    """Show the phase that is going on, on a terminal only; gone when the block ends."""
    console = messages()
    if not console.is_terminal:
        yield lambda phase: None
        return
    with console.status("starting") as status:
        yield lambda phase: status.update(phase)


@contextmanager
def progress_bar(title: str, total: int | None, done: int = 0) -> Iterator[Callable[[], None]]:
    """A bar on standard error; the block calls what it gets after each piece. A line now and then in a log."""
    console = messages()
    if not console.is_terminal:
        yield counted(title, total, done)
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console) as bar:
        task = bar.add_task(title, total=total, completed=done)
        yield lambda: bar.advance(task)


def counted(title: str, total: int | None, done: int, now: Callable[[], float] = time.monotonic) -> Callable[[], None]:
    """Counts pieces, and tells how many are done when nothing was told for ``TOLD_EVERY`` seconds."""
    state = {"done": done, "told": now()}

    def advance() -> None:
        state["done"] += 1
        if now() - state["told"] >= TOLD_EVERY:
            state["told"] = now()
            say(f"{title}: {state['done']:.0f}" + ("" if total is None else f" of {total}"))

    return advance
