"""``breve batch``: many articles from one file of JSON lines to another; can be stopped and taken up again."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated, Any, BinaryIO

import orjson
import typer

from models.errors import BreveError
from service.cli import context, options
from service.cli.terminal import progress_bar, say
from service.errors import InvalidRequest
from service.evaluation.corpus import open_lines
from service.evaluation.writing import Written, write_briefs
from service.pipeline.brief import Briefing, BriefRequest
from service.pipeline.encoding import looks_like_html

# What surrogateescape makes of a byte that is not UTF-8.
_ESCAPED_BYTE = re.compile("[\udc80-\udcff]")


@dataclass(frozen=True)
class Item:
    """A line of the input: its id, and the request that it makes or the error that it is."""

    id: str
    request: BriefRequest | BreveError


def batch(
    source: Annotated[
        Path, typer.Argument(metavar="IN.jsonl", help='Lines of {"id", "text"}; "article" and "html" are read too.')
    ],
    target: Annotated[Path, typer.Argument(metavar="OUT.jsonl", help="Where the briefs go; what it has is kept.")],
    languages: options.LanguagesOption = "fr,en",
    length: options.LengthOption = "medium",
    source_language: options.SourceLanguageOption = None,
    cache: options.CacheOption = "use",
    policy: options.PolicyOption = "strict",
    typography: options.TypographyOption = "article",
    jobs: options.JobsOption = 4,
    retry_errors: Annotated[bool, typer.Option("--retry-errors", help="Write anew what ended in an error.")] = False,
) -> None:
    """Write the briefs of every article of a file.

    Run it again to go on where it stopped. A line out is {"id", "brief", "briefs", "origin", "warnings",
    "seconds", "cached"}, in the order of the lines in; "brief" is the French text. What cannot be
    answered becomes {"id", "error": {"code", "message"}} and does not stop the rest; a line without an
    id is called line-N.
    """
    settings = context.load_settings()
    codes = options.languages_of(languages)
    make = partial(
        options.request_for,
        languages=codes if "fr" in codes else ("fr", *codes),  # "brief" in each line is the French text
        length=length,
        source_language=source_language,
        cache=cache,
        policy=policy,
        typography=typography,
    )
    items = list(read_items(source, make))
    done = take_up(target, drop_errors=retry_errors)
    waiting = list({item.id: item for item in items if item.id not in done}.values())
    if len(waiting) < len(items):
        say(f"{len(items) - len(waiting)} of {len(items)} lines need no work: their id is done or comes again.")
    errors = 0
    with (
        context.opened(settings) as runtime,
        target.open("ab") as out,
        progress_bar("briefs", len(items), len(items) - len(waiting)) as advance,
    ):
        for written in write_briefs(runtime.briefer, ((item.id, item.request) for item in waiting), jobs):
            errors += written.error is not None
            _append(out, line_of(written))
            advance()
    say(f"{len(waiting) - errors} briefs and {errors} errors written to {target}.")


def read_items(path: Path, make: partial[BriefRequest]) -> Iterator[Item]:
    """The lines of the input. One that cannot be read becomes an error of its own, with the id ``line-N``."""
    with open_lines(path, errors="surrogateescape") as lines:
        for number, line in enumerate(lines, start=1):
            if line.strip():
                yield _item(number, line, make)


def _item(number: int, line: str, make: partial[BriefRequest]) -> Item:
    unnamed = f"line-{number}"
    if _ESCAPED_BYTE.search(line):
        return Item(unnamed, InvalidRequest(f"line {number} is not UTF-8"))
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        return Item(unnamed, InvalidRequest(f"line {number} is not JSON: {error}"))
    if not isinstance(row, dict):
        return Item(unnamed, InvalidRequest(f"line {number} is not an object"))
    identifier = unnamed if row.get("id") is None else str(row["id"]).encode("utf-8", "replace").decode()
    for key in ("text", "article", "html"):
        text = row.get(key)
        if isinstance(text, str):
            title = row.get("title")
            is_html = key == "html" or looks_like_html(text)
            return Item(identifier, make(text, is_html=is_html, title=title if isinstance(title, str) else None))
    return Item(identifier, InvalidRequest(f"line {number} has no text named text, article or html"))


def take_up(path: Path, *, drop_errors: bool = False) -> set[str]:
    """The ids that an earlier run wrote; a last line that it left half-written is cut off.

    With ``drop_errors`` the lines that are errors go, too. Raises ``InvalidRequest`` when the file
    holds anything else: it may be a file that the user did not mean.
    """
    if not path.exists():
        return set()
    kept: list[bytes] = []
    ids: set[str] = set()
    body = path.read_bytes()
    for number, line in enumerate(body.splitlines(keepends=True), start=1):
        row = _row(line)
        if row is None and not line.endswith(b"\n") and line.startswith(b"{"):
            break
        if row is None:
            raise InvalidRequest(f"{path}, line {number} is not a line of a batch; choose another file to write to")
        if drop_errors and "error" in row:
            continue
        ids.add(str(row["id"]))
        kept.append(line.rstrip(b"\r\n") + b"\n")
    _replace(path, body, b"".join(kept))
    return ids


def _row(line: bytes) -> Mapping[str, Any] | None:
    try:
        row = orjson.loads(line)
    except ValueError:
        return None
    return row if isinstance(row, dict) and "id" in row and ("brief" in row or "error" in row) else None


def _replace(path: Path, old: bytes, new: bytes) -> None:
    """Whole or not at all: the new content is written beside the file and then takes its name."""
    if new == old:
        return
    beside = path.with_name(path.name + ".part")
    beside.write_bytes(new)
    beside.replace(path)


def line_of(written: Written) -> dict[str, Any]:
    """The output line of one article."""
    if written.briefing is None:
        error = written.error or BreveError("no brief was written")
        return {"id": written.id, "error": {"code": context.product().error_code(error), "message": str(error)}}
    return {
        "id": written.id,
        **_texts(written.briefing),
        "seconds": round(written.seconds, 3),
        "cached": written.cached,
    }


def _texts(briefing: Briefing) -> dict[str, Any]:
    by_language = {brief.language: brief for brief in briefing.briefs}
    return {
        "brief": by_language["fr"].text,
        "briefs": {language: brief.text for language, brief in by_language.items()},
        "origin": by_language["fr"].origin,
        "warnings": [warning.code for warning in briefing.warnings],
    }


def _append(out: BinaryIO, line: Mapping[str, Any]) -> None:
    """One line in one write, so that a stop in between leaves at most one half-written line."""
    out.write(orjson.dumps(line) + b"\n")
    out.flush()
