"""``breve serve``: the HTTP service in this process."""

from __future__ import annotations

from typing import Annotated

import typer

from service.cli import context


def serve(
    host: Annotated[str | None, typer.Option("--host", help="Address to listen on, over BREVE_HOST.")] = None,
    port: Annotated[int | None, typer.Option("--port", help="Port to listen on, over BREVE_PORT.")] = None,
) -> None:
    """Serve briefs over HTTP.

    SIGTERM or Ctrl-C ends it, after the work that it has accepted.
    """
    context.product().serve(context.load_settings(host=host, port=port))
