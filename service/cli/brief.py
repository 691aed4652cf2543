"""``breve brief``: one article in, its briefs out, as text for people or as the HTTP reply."""

from __future__ import annotations

from typing import Annotated

import typer

from service.cli import context, options
from service.cli.printed import print_briefing
from service.cli.source import read_source
from service.cli.terminal import phases, results, say, write_bytes
from service.evaluation.writing import answered_from_cache
from service.pipeline.brief import Brief, Briefing, BriefRequest, RunNotes
from service.queue.ticket import Ticket


def brief(
    source: Annotated[
        str | None,
        typer.Argument(metavar="FILE|-|TEXT", help="A text or HTML file, - for standard input, or the text itself."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the HTTP reply instead of text.")] = False,
    languages: options.LanguagesOption = "fr,en",
    length: options.LengthOption = "medium",
    title: Annotated[str | None, typer.Option("--title", help="The article's title, if it is not in the text.")] = None,
    source_language: options.SourceLanguageOption = None,
    cache: options.CacheOption = "use",
    policy: options.PolicyOption = "strict",
    typography: options.TypographyOption = "article",
) -> None:
    """Write the briefs of one French article."""
    settings = context.load_settings()
    given = read_source(source, settings.max_bytes)
    if given.encoding != "utf-8":
        say(f"The text was read as {given.encoding}.")
    request = options.request_for(
        given.text,
        is_html=given.is_html,
        title=title,
        languages=options.languages_of(languages),
        length=length,
        source_language=source_language,
        cache=cache,
        policy=policy,
        typography=typography,
    )
    notes = RunNotes()
    with context.opened(settings) as runtime:
        elapsed = context.stopwatch()
        briefing = _run(runtime, request, notes)
        seconds = elapsed()
    if as_json:
        write_bytes(context.product().render(briefing).rstrip(b"\n") + b"\n")
    else:
        print_briefing(briefing, results())
    for warning in briefing.warnings:
        say(f"Warning: {warning.message} [{warning.code}]")
    say(_how(notes, seconds))


def _run(runtime: context.CommandRuntime, request: BriefRequest, notes: RunNotes) -> Briefing:
    steps = {"article": "writing the brief", "brief": "translating", "translation": "finishing"}
    with phases() as show:
        show("reading the article")

        def told(phase: str, brief: Brief | None = None) -> None:
            show(steps.get(phase, phase))

        return runtime.briefer.run(request, Ticket(), notes, told)


def _how(notes: RunNotes, seconds: float) -> str:
    if answered_from_cache(notes):
        return f"The briefs came from the cache in {seconds:.2f} s."
    if notes.cache_hits:
        return f"The briefs came partly from the cache; the rest was written in {seconds:.2f} s."
    return f"The briefs were written in {seconds:.2f} s."
