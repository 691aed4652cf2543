"""``breve golden``: briefs kept to notice when a model or the code changes what it writes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from models.contracts import Length
from service.cli import context, options
from service.cli.exits import FOUND_WANTING
from service.cli.source import read_source
from service.cli.terminal import progress_bar, results, say
from service.errors import InvalidRequest
from service.pipeline.brief import BriefRequest, CacheUse, Policy, Typography
from service.settings import Settings

if TYPE_CHECKING:
    from service.testing.answering import Answerer
    from service.testing.golden import Checked
    from service.testing.pack import Pack

commands = typer.Typer(
    help="Keep briefs and notice when they change; the file also replays in tests without weights.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

GoldenFile = Annotated[Path, typer.Argument(metavar="FILE", help="The golden briefs, as `record` writes them.")]
UrlOption = Annotated[str | None, typer.Option("--url", help="Ask this running server instead of loading the models.")]


@commands.command()
def record(
    articles: Annotated[list[str], typer.Argument(metavar="ARTICLES...", help="Text or HTML files, one article each.")],
    out: Annotated[Path, typer.Option("--out", help="Where the golden briefs go; what is there already is kept.")],
    languages: options.LanguagesOption = "fr,en",
    length: options.LengthOption = "medium",
    source_language: options.SourceLanguageOption = None,
    cache: options.CacheOption = "use",
    policy: options.PolicyOption = "strict",
    typography: options.TypographyOption = "article",
    url: UrlOption = None,
) -> None:
    """Write the briefs of articles and keep them, with their evidence and the digests of the models."""
    from service.testing.pack import Pack, load_pack

    settings = context.load_settings()
    requests = [
        (
            Path(article).name,
            _request(article, settings, languages, length, source_language, cache, policy, typography),
        )
        for article in articles
    ]
    pack = load_pack(out) if out.exists() else Pack()
    with _answerer(settings, url) as answerer, progress_bar("briefs", len(requests)) as advance:
        for name, request in requests:
            pack.put(name, request, answerer.answer(request))
            advance()
    out.write_bytes(pack.dump())
    say(f"{out} holds {len(pack.entries)} golden briefs.")


@commands.command()
def check(
    file: GoldenFile,
    cache: options.CacheOption = "bypass",
    url: UrlOption = None,
) -> None:
    """Write the briefs again and show what differs in text, facts, sources and warnings; exit with 8 if any does.

    The times that steps take do not count. Other weights alone are told, but are no difference.
    """
    from service.testing.golden import check_entries, keep_pending, pending_path
    from service.testing.pack import load_pack

    pack = load_pack(file)
    checked: list[Checked] = []
    with _answerer(context.load_settings(), url) as answerer, progress_bar("briefs", len(pack.entries)) as advance:
        for each in check_entries(pack, answerer, cache):
            checked.append(each)
            advance()
    keep_pending(file, checked)
    if _shown(pack, checked):
        say(f"To take the new briefs over: breve golden accept {file} (they wait in {pending_path(file)}).")
        raise typer.Exit(FOUND_WANTING.code)


@commands.command()
def accept(file: GoldenFile) -> None:
    """Take over the briefs that the last check showed; no model runs."""
    from service.testing.golden import accept as accept_pending

    say(f"{file} holds {accept_pending(file)} golden briefs, as the last check showed them.")


def _shown(pack: Pack, checked: list[Checked]) -> int:
    """Print every difference; how many briefs differ."""
    from service.testing.golden import models_difference, renewed

    console = results()
    differing = 0
    for each in checked:
        lines = each.difference
        if lines:
            differing += 1
            console.print("\n".join([each.entry.name, *lines, ""]), soft_wrap=True)
    models = models_difference(pack.models, renewed(checked).models)
    if models:
        console.print("\n".join(["The briefs are now written by other models:", *models]), soft_wrap=True)
    verdict = (
        f"{differing} of {len(checked)} briefs differ." if differing else f"All {len(checked)} briefs are the same."
    )
    console.print(verdict, soft_wrap=True)
    return differing


def _request(
    article: str,
    settings: Settings,
    languages: str,
    length: Length,
    source_language: str | None,
    cache: CacheUse,
    policy: Policy,
    typography: Typography,
) -> BriefRequest:
    if not Path(article).is_file():
        raise InvalidRequest(f"there is no file {article}")
    given = read_source(article, settings.max_bytes)
    return options.request_for(
        given.text,
        is_html=given.is_html,
        title=None,
        languages=options.languages_of(languages),
        length=length,
        source_language=source_language,
        cache=cache,
        policy=policy,
        typography=typography,
    )


@contextmanager
def _answerer(settings: Settings, url: str | None) -> Iterator[Answerer]:
    from service.testing.answering import InProcess, OverHttp

    if url is not None:
        over_http = OverHttp(url)
        try:
            yield over_http
        finally:
            over_http.close()
        return
    with context.opened(settings) as runtime:
        yield InProcess(lambda: (runtime.briefer, lambda: None))
