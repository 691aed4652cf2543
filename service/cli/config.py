"""``breve config``: every setting in force and where its value comes from; secrets are masked."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from rich.table import Table

from service.cli import context
from service.cli.terminal import results, write_json
from service.settings import Settings


def config(as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False) -> None:
    """Show the settings in force."""
    settings = context.load_settings()
    rows = in_force(settings)
    if as_json:
        write_json({row["name"]: row["value"] for row in rows}, indent=True)
        return
    table = Table("setting", "value", "from")
    for row in rows:
        table.add_row(row["name"], _shown(row["value"]), row["from"])
    results().print(table)


def in_force(settings: Settings) -> list[dict[str, Any]]:
    """Name, value as JSON would hold it, and "environment" or "default", for each setting."""
    values = settings.model_dump(mode="json")  # pydantic writes a SecretStr as asterisks
    return [
        {
            "name": f"BREVE_{name.upper()}",
            "value": value,
            "from": "environment" if name in settings.model_fields_set else "default",
        }
        for name, value in values.items()
    ]


def _shown(value: Any) -> str:
    if value is None or value == [] or value == "":
        return "(none)"
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)
