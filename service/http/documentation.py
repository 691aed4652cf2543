"""``GET /docs``: the API's description as one page, with no script and nothing from elsewhere."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable
from html import escape
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import HTMLResponse

from service.http.description import describe
from service.http.problems import all_problems

_STYLE = """
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 56rem; margin: 2rem auto; padding: 0 1rem; }
h2 { margin-top: 2.5rem; border-bottom: 1px solid; }
code, pre { font-family: ui-monospace, monospace; font-size: .9em; }
pre { overflow: auto; max-height: 24rem; padding: .8rem; border: 1px solid; border-radius: .4rem; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .3rem .6rem .3rem 0; border-bottom: 1px solid #8886; }
"""

_POLICY = "default-src 'none'; style-src 'sha256-{}'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"


async def page(request: Request) -> HTMLResponse:
    """Every address with its options, replies and example, and the closed list of problems."""
    digest = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
    headers = {"Content-Security-Policy": _POLICY.format(digest)}
    return HTMLResponse(as_html(describe(request.app)), headers=headers)


def as_html(description: dict[str, Any]) -> str:
    """The page of a description."""
    schemas = description["components"]["schemas"]
    operations = "".join(
        _operation(method, path, operation, schemas)
        for path, item in description["paths"].items()
        for method, operation in item.items()
    )
    problems = _table(
        ("Code", "Status", "Meaning"),
        [(problem.code, str(problem.status), problem.meaning) for problem in all_problems()],
    )
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Brève: API</title><style>{_STYLE}</style>'
        '<meta name="viewport" content="width=device-width, initial-scale=1"></head><body><main>'
        f"<h1>Brève {escape(description['info']['version'])}</h1><p>{escape(description['info']['summary'])} "
        'The same as data: <a href="/openapi.json">/openapi.json</a>.</p>'
        f"{operations}<h2>Problems</h2>{problems}</main></body></html>"
    )


def _operation(method: str, path: str, operation: dict[str, Any], schemas: dict[str, Any]) -> str:
    parts = [
        f"<h2><code>{method.upper()} {escape(path)}</code></h2><p><strong>{escape(operation['summary'])}.</strong> "
    ]
    parts.append(f"{escape(operation.get('description', ''))}</p>")
    if "requestBody" in operation:
        parts.append(_body(_named(operation["requestBody"]["content"]["application/json"], schemas)))
    rows = [(status, reply["description"]) for status, reply in sorted(operation["responses"].items())]
    parts.append(_table(("Status", "When"), rows))
    done = operation["responses"].get("200", {}).get("content", {}).get("application/json")
    if done is not None:
        parts.append(_example(_named(done, schemas)))
    return "".join(parts)


def _body(schema: dict[str, Any]) -> str:
    fields = schema.get("properties", {})
    rows = [(name, _kind(field), field.get("description", "")) for name, field in fields.items()]
    return _table(("Field", "Value", "Meaning"), rows) + _example(schema)


def _kind(field: dict[str, Any]) -> str:
    """A field's values in a few words."""
    choices = field.get("enum", [field.get("const", field.get("type", ""))])
    kind = " | ".join(map(str, choices))
    return f"{kind}, by default {orjson.dumps(field['default']).decode()}" if "default" in field else kind


def _named(content: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    name = content["schema"]["$ref"].rsplit("/", 1)[1]
    found: dict[str, Any] = schemas[name]
    return found


def _example(schema: dict[str, Any]) -> str:
    shown = [orjson.dumps(one, option=orjson.OPT_INDENT_2).decode() for one in schema.get("examples", [])]
    return "".join(f'<pre tabindex="0">{escape(text)}</pre>' for text in shown)


def _table(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    head = "".join(f"<th>{escape(cell)}</th>" for cell in heads)
    body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
