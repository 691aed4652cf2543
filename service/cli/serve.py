"""``breve serve``: the HTTP service in this process."""

from __future__ import annotations

from typing import Annotated

import typer

from service.cli import context


def serve(
    host: Annotated[str | None, typer.Option("--host", help="Address to listen on, over BREVE_HOST.")] = None,
    port: Annotated[int | None, typer.Option("--port", help="Port to listen on, over BREVE_PORT.")] = None,
) -> None:
    """Serve briefs over HTTP until SIGTERM or Ctrl-C; accepted work is finished first."""
    context.product().serve(context.load_settings(host=host, port=port))
