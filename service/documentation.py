"""Writes the pages that follow from the code: docs/settings.md, docs/cli.md and docs/errors.md.

``python -m service.documentation`` rewrites them; a test fails when one is stale.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import annotated_types
import typer
from pydantic.fields import FieldInfo

from service.cli.exits import EXITS
from service.cli.main import app
from service.http.problems import PROBLEMS, all_problems
from service.settings import Settings

#: Columns of the help texts.
WIDTH = 80

# What a default is where the code computes it from the machine.
_COMPUTED = {"home": "`breve` in the user's cache folder"}

_BOUNDS = {
    annotated_types.Ge: ("ge", "at least {}"),
    annotated_types.Gt: ("gt", "more than {}"),
    annotated_types.Le: ("le", "at most {}"),
    annotated_types.Lt: ("lt", "less than {}"),
}


def pages() -> dict[str, Callable[[], str]]:
    """The generated pages by their file names."""
    return {"settings.md": settings_page, "cli.md": cli_page, "errors.md": errors_page}


def settings_page() -> str:
    """Every field of ``Settings``."""
    rows = [
        (f"`BREVE_{name.upper()}`", _values(field), _default(name, field), field.description or "")
        for name, field in Settings.model_fields.items()
    ]
    return _page(
        "Settings",
        "Each is an environment variable, read once at the start. `breve config` shows the values in force;",
        "a wrong one ends a command with exit code 7 and a line that names it.",
        "",
        *_table(("Variable", "Values", "Default", "Meaning"), rows),
    )


def cli_page() -> str:
    """The help of every command, then the exit codes."""
    sections: list[str] = []
    for name, text in _helps():
        sections += [f"## {name}", "", "```text", text, "```", ""]
    return _page(
        "The command line",
        "Results go to standard output, progress and messages to standard error. Colours and bars are for",
        "terminals: what is piped is plain text. Python also runs it as `python -m service.cli`.",
        "",
        *sections,
        "## Exit codes",
        "",
        *_table(("Code", "Meaning"), [(str(each.code), each.meaning) for each in EXITS]),
    )


def errors_page() -> str:
    """Every code of an error reply, and which exception of the code has it."""
    classes: dict[str, list[str]] = {}
    for error, problem in PROBLEMS.items():
        classes.setdefault(problem.code, []).append(f"`{error.__name__}`")
    rows = [
        (f"`{each.code}`", str(each.status), each.meaning, ", ".join(sorted(classes.get(each.code, ()))))
        for each in all_problems()
    ]
    return _page(
        "Errors",
        "An error reply is `application/problem+json` (RFC 9457) with `type`, `title`, `status`, `code`, `detail`",
        "and `request_id`. The list of codes is closed: branch on `code`, show `detail`. A line of `breve batch`",
        "that is an error has the same codes. Where a later attempt may help, `retry_after` and the header",
        "`Retry-After` say in how many seconds.",
        "",
        *_table(("Code", "Status", "Meaning", "Exception"), rows),
        "",
        "The command line ends with a code for each family of exceptions: see [the exit codes](cli.md#exit-codes).",
    )


def write(folder: Path) -> list[Path]:
    """Write every page into a folder; the paths of those that changed."""
    changed = []
    for name, make in pages().items():
        path, text = folder / name, make()
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            changed.append(path)
    return changed


def _page(title: str, *lines: str) -> str:
    notice = "<!-- Generated from the code by `python -m service.documentation`; changes made here are lost. -->"
    return "\n".join((f"# {title}", "", notice, "", *lines)).rstrip() + "\n"


def _table(headings: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield f"| {' | '.join(headings)} |"
    yield f"|{' --- |' * len(headings)}"
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |"


def _values(field: FieldInfo) -> str:
    """What a setting may be, in words."""
    kinds = [kind for kind in get_args(field.annotation) or (field.annotation,) if kind is not type(None)]
    if get_origin(field.annotation) is Literal:
        return ", ".join(f"`{value}`" for value in kinds)
    if get_origin(field.annotation) is tuple:
        return "JSON list of texts"
    names: dict[Any, str] = {bool: "`true`, `false`", int: "whole number", float: "number", Path: "path", str: "text"}
    name = names.get(kinds[0], "text, kept secret")
    bounds = [form.format(f"{getattr(bound, key):g}") for bound, key, form in _bounds(field)]
    return ", ".join([name, *bounds])


def _bounds(field: FieldInfo) -> Iterator[tuple[Any, str, str]]:
    for bound in field.metadata:
        for kind, (key, form) in _BOUNDS.items():
            if isinstance(bound, kind):
                yield bound, key, form


def _default(name: str, field: FieldInfo) -> str:
    if name in _COMPUTED:
        return _COMPUTED[name]
    value = field.default
    if value is None or value == () or value == "":
        return "none"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    return f"`{value:.15g}`" if isinstance(value, float) else f"`{value}`"


def _helps() -> Iterator[tuple[str, str]]:
    """Every command's name and help text, groups before their commands."""
    yield from _help_of(typer.main.get_command(app), "breve", None)


def _help_of(command: Any, name: str, parent: Any) -> Iterator[tuple[str, str]]:
    context = command.context_class(
        command, info_name=name, parent=parent, terminal_width=WIDTH, max_content_width=WIDTH
    )
    title = context.command_path
    yield title, inspect.cleandoc(command.get_help(context))
    for child_name, child in getattr(command, "commands", {}).items():
        yield from _help_of(child, child_name, context)


if __name__ == "__main__":
    for path in write(Path(__file__).parents[1] / "docs"):
        print(path)
