"""The options that several commands share, and how they become a request."""

from __future__ import annotations

from typing import Annotated

import typer

from models.contracts import Length
from service.errors import InvalidRequest
from service.pipeline.brief import BriefRequest, CacheUse, Policy, Typography

LanguagesOption = Annotated[str, typer.Option("--languages", help="Languages of the brief, separated by commas.")]
LengthOption = Annotated[
    Length, typer.Option("--length", help="short: one sentence; medium: about 32 words; long: three or four sentences.")
]
SourceLanguageOption = Annotated[
    str | None, typer.Option("--source-language", help="Say that the article is French (fr): no language check.")
]
CacheOption = Annotated[
    CacheUse, typer.Option("--cache", help="use: read and fill it; bypass: neither; only: never compute.")
]
PolicyOption = Annotated[
    Policy, typer.Option("--policy", help="strict: nothing that the article does not support; warn: say so instead.")
]
TypographyOption = Annotated[
    Typography, typer.Option("--typography", help="article: the article's own signs; french: French conventions.")
]
JobsOption = Annotated[int, typer.Option("--jobs", min=1, max=64, help="Articles worked on at once.")]


def languages_of(text: str) -> tuple[str, ...]:
    """``"fr, EN"`` as ``("fr", "en")``, each once. Raises ``InvalidRequest`` when none is named."""
    codes = tuple(dict.fromkeys(code.strip().lower() for code in text.split(",") if code.strip()))
    if not codes:
        raise InvalidRequest("--languages names no language; an example: fr,en")
    return codes


def request_for(
    text: str,
    *,
    is_html: bool,
    title: str | None,
    languages: tuple[str, ...],
    length: Length,
    source_language: str | None,
    cache: CacheUse,
    policy: Policy,
    typography: Typography,
) -> BriefRequest:
    """A request from a text or a page and the options."""
    return BriefRequest(
        text=None if is_html else text,
        html=text if is_html else None,
        title=title,
        languages=languages,
        length=length,
        source_language=source_language,
        cache=cache,
        policy=policy,
        typography=typography,
    )
