"""The generated pages are what the code says, on any terminal."""

from __future__ import annotations

from pathlib import Path

import pytest

from service.cli.exits import EXITS
from service.documentation import cli_page, errors_page, pages, settings_page, write
from service.http.problems import all_problems
from service.settings import Settings

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize("name", ["settings.md", "cli.md", "errors.md"])
@pytest.mark.parametrize("columns", ["40", "200"])
def test_a_page_is_not_stale(name: str, columns: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    wanted = pages()[name]()
    assert (DOCS / name).read_text(encoding="utf-8") == wanted, "run python -m service.documentation"


def test_every_setting_is_described() -> None:
    page = settings_page()
    for name, field in Settings.model_fields.items():
        assert f"| `BREVE_{name.upper()}` |" in page
        assert field.description
        assert field.description in page


def test_settings_tell_what_they_may_be() -> None:
    page = settings_page()
    assert "| `BREVE_PORT` | whole number, at least 0, at most 65535 | `8000` |" in page
    assert "| `BREVE_PROFILE` | `embedded`, `hub` | `embedded` |" in page
    assert "| `BREVE_REDIS_URL` | text, kept secret | none |" in page
    assert "| `BREVE_OPEN` | `true`, `false` | `false` |" in page


def test_a_default_does_not_depend_on_who_runs_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    before = settings_page()
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("BREVE_PORT", "1")
    assert settings_page() == before


def test_every_command_has_a_section() -> None:
    page = cli_page()
    commands = ("prepare", "brief", "translate", "batch", "serve", "evaluate", "doctor", "config")
    for command in (*commands, "cache", "cache stats", "cache check", "cache prune", "cache clear"):
        assert f"## breve {command}\n\n```text\nUsage: breve {command} " in page


def test_help_fits_the_page() -> None:
    blocks = cli_page().split("```")[1::2]
    assert max(len(line) for block in blocks for line in block.splitlines()) <= 80


def test_every_code_is_listed() -> None:
    assert all(f"| `{problem.code}` | {problem.status} |" in errors_page() for problem in all_problems())
    assert all(f"| {each.code} | {each.meaning} |" in cli_page() for each in EXITS)


def test_only_what_changed_is_written(tmp_path: Path) -> None:
    assert write(tmp_path) == [tmp_path / "settings.md", tmp_path / "cli.md", tmp_path / "errors.md"]
    (tmp_path / "cli.md").write_text("old", encoding="utf-8")
    assert write(tmp_path) == [tmp_path / "cli.md"]
    assert write(tmp_path) == []
