"""The pages for people say what is so: commands, files, settings and examples exist."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import typer.main

from service.cli.main import app
from service.http.schemas import BriefReply
from service.settings import Settings

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = ["README.md", "CHANGELOG.md", *(f"docs/{path.name}" for path in sorted((ROOT / "docs").glob("*.md")))]
WRITTEN = ["README.md", "docs/operating.md", "docs/measuring.md", "docs/privacy.md"]


@pytest.fixture(params=PAGES)
def page(request: pytest.FixtureRequest) -> Path:
    return ROOT / str(request.param)


def test_links_lead_to_files(page: Path) -> None:
    links = re.findall(r"\]\((?!https?://)([^)#]+)[^)]*\)", page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("name", WRITTEN)
def test_make_has_every_target_that_is_named(name: str) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    named = set(re.findall(r"\bmake ([a-z]+)(?= *(?:`|#|\n|[A-Z_]+=))", (ROOT / name).read_text(encoding="utf-8")))
    assert named <= targets


def test_every_target_that_help_lists_is_phony() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    (phony,) = re.findall(r"^\.PHONY: (.+)$", makefile, re.MULTILINE)
    listed = re.findall(r"^([a-z]+):.*## ", makefile, re.MULTILINE)
    assert {"brief", "test", "serve", "check", "bench", "load", "docs", "lock", "clean", "help"} <= set(listed)
    assert set(listed) <= set(phony.split())


def test_the_scripts_that_make_calls_exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    scripts = re.findall(r"/python ([\w/]+\.py)$", makefile, re.MULTILINE)
    assert scripts
    assert [script for script in scripts if not (ROOT / script).is_file()] == []


@pytest.mark.parametrize("name", WRITTEN)
def test_every_command_that_is_named_exists(name: str) -> None:
    group = typer.main.get_command(app)
    commands = getattr(group, "commands", {})
    nested = {f"{one} {two}" for one, command in commands.items() for two in getattr(command, "commands", {})}
    text = (ROOT / name).read_text(encoding="utf-8")
    code = "\n".join(re.findall(r"```sh\n(.*?)```", text, re.DOTALL) + re.findall(r"`([^`\n]+)`", text))
    named = re.findall(r"(?:^|[ /])breve(?::[\d.]+)? ([a-z]+)(?: ([a-z]+))?", code, re.MULTILINE)
    unknown = {one for one, _ in named if one not in commands}
    unknown |= {f"{one} {two}" for one, two in named if getattr(commands.get(one), "commands", None) and two}
    assert unknown - nested == set()


@pytest.mark.parametrize("name", WRITTEN)
def test_every_setting_that_is_named_exists(name: str) -> None:
    known = {f"BREVE_{field.upper()}" for field in Settings.model_fields} | {"BREVE_REQUIRE_ALL"}
    named = set(re.findall(r"\bBREVE_[A-Z_]+\b", (ROOT / name).read_text(encoding="utf-8")))
    assert named <= known


def test_the_tree_is_the_code_s() -> None:
    (tree,) = re.findall(r"## The code\n\n```text\n(.*?)```", README, re.DOTALL)
    folder = ""
    named: dict[str, set[str]] = {"": set()}
    for line in tree.splitlines():
        name = line.split()[0]
        if not line.startswith(" "):
            folder = name
            named[""].add(name)
            named[folder] = set()
        else:
            named[folder].add(name)
            name = folder + name
        assert (ROOT / name).exists(), name
    for package in ("service/", "models/"):
        found = {path.parent.name + "/" for path in (ROOT / package).glob("*/__init__.py")}
        assert found <= named[package], f"{package} has a package without a line"


def test_pytorch_s_index_is_said_before_the_commands() -> None:
    (section,) = re.findall(r"^## Two commands\n(.*?)^## ", README, re.MULTILINE | re.DOTALL)
    assert section.index("TORCH_INDEX") < section.index("```sh\nmake brief")


def block(name: str) -> str:
    (found,) = re.findall(rf"<!-- {name} -->\n```\w+\n(.*?)```\n<!-- end of {name} -->", README, re.DOTALL)
    return str(found)


def test_the_brief_shown_is_of_the_seed_and_quotes_it() -> None:
    seed = json.loads((ROOT / "seeds" / "ligne-brive-aurillac.json").read_text(encoding="utf-8"))
    plain = " ".join(block("brief").split())
    spans = re.findall(r"from (\d+)-(\d+): ", plain)
    assert spans
    for start, end in spans:
        assert " ".join(seed["text"][int(start) : int(end)].split()) in plain


def test_the_reply_shown_has_the_shape_of_a_reply() -> None:
    shown = json.loads(block("reply"))
    assert shown.keys() == BriefReply.model_fields.keys()
    assert [brief["language"] for brief in shown["briefs"]] == ["fr", "en"]
    seed = json.loads((ROOT / "seeds" / "ligne-brive-aurillac.json").read_text(encoding="utf-8"))
    (source, *_) = shown["briefs"][0]["sentences"][0]["sources"]
    assert seed["text"][source["start"] : source["end"]] == source["quote"]


def test_the_terms_are_said() -> None:
    for words in ("Gemma Terms of Use", "free for research use", "CC BY-SA 4.0", "CC BY 2.0 FR", "CC0"):
        assert words in README
    notice = (ROOT / "NOTICE").read_text(encoding="utf-8")
    # The sentence that section 3.1 of the terms wants in a notice that goes with the weights.
    assert "Gemma is provided under and subject to the Gemma Terms of Use found at ai.google.dev/gemma/terms" in notice


def test_the_licence_is_whole() -> None:
    licence = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert "Apache License" in licence
    assert "END OF TERMS AND CONDITIONS" in licence
