"""``breve prepare``: make the weights ready, with a bar on a terminal and a line a step elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Annotated

import typer
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from service.cli import context
from service.cli.terminal import messages, say


def prepare(
    force: Annotated[bool, typer.Option("--force", help="Prepare anew what is there already.")] = False,
) -> None:
    """Make the weights ready; what is ready already is kept."""
    settings = context.load_settings()
    elapsed = context.stopwatch()
    with step_shown() as progress:
        context.product().prepare(settings, progress, force)
    say(f"The weights are ready in {settings.home} after {elapsed():.1f} s.")


@contextmanager
def step_shown() -> Iterator[Callable[[str, float], None]]:
    """Show a step and the share done, 0..1, of the whole."""
    console = messages()
    if not console.is_terminal:
        yield _line_a_step()
        return
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as bar:
        task = bar.add_task("starting", total=1.0)
        yield lambda step, share: bar.update(task, description=step, completed=share)


def _line_a_step() -> Callable[[str, float], None]:
    """Print each step once, however often its share is told."""
    shown: list[str] = []

    def tell(step: str, share: float) -> None:
        if shown[-1:] != [step]:
            shown.append(step)
            say(f"{share:4.0%} {step}")

    return tell
