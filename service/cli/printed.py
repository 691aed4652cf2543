"""A briefing as text for people: each brief, then each sentence beside the words that it rests on."""

from __future__ import annotations

import textwrap

from babel import Locale
from rich.console import Console
from rich.text import Text

from service.cli.terminal import text_width
from service.pipeline.brief import Brief, Briefing, BriefSentence, Origin

ORIGINS: dict[Origin, str] = {"written": "written", "extracted": "taken from the article"}
_INDENT = "  "


def print_briefing(briefing: Briefing, console: Console) -> None:
    """Print the briefs, French first as they come, and the evidence of the first one's sentences."""
    width = text_width(console)
    for brief in briefing.briefs:
        _heading(console, _title(brief))
        _paragraph(console, brief.text, width, _INDENT)
        console.print()
    if briefing.briefs:
        _heading(console, "Evidence")
        for number, sentence in enumerate(briefing.briefs[0].sentences, start=1):
            _evidence(console, number, sentence, briefing.briefs[0].origin, width)


def language_name(code: str) -> str:
    """The English name of a language: "French" for "fr"."""
    return Locale.parse(code).get_language_name("en") or code


def _title(brief: Brief) -> str:
    return f"{language_name(brief.language)} brief" + (" (experimental)" if brief.experimental else "")


def _evidence(console: Console, number: int, sentence: BriefSentence, origin: Origin, width: int) -> None:
    label = f"{_INDENT}{number}. "
    below = " " * len(label)
    _paragraph(console, f"{sentence.text} [{ORIGINS[origin]}]", width, label, below)
    for source in sentence.sources:
        _paragraph(
            console, f"from {source.start}-{source.end}: {source.quote}", width, below, below + _INDENT, style="dim"
        )
    for check in sentence.checks:
        if check.status != "supported":
            told = f"{check.status}: {check.fact.text}" + (f" ({check.detail})" if check.detail else "")
            _paragraph(console, told, width, below, below + _INDENT, style="yellow")


def _heading(console: Console, title: str) -> None:
    console.print(Text(title, style="bold"))


def _paragraph(
    console: Console, text: str, width: int, first: str, following: str | None = None, style: str = ""
) -> None:
    """Wrapped by ``textwrap``, which, unlike rich, keeps a no-break space and what it binds on one line."""
    wrapped = textwrap.fill(
        text,
        width=width,
        initial_indent=first,
        subsequent_indent=first if following is None else following,
        break_long_words=False,
        break_on_hyphens=False,
    )
    console.print(Text(wrapped, style=style), soft_wrap=True)
