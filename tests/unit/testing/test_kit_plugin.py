"""The plugin in pytest runs of its own: light to load, the fixture from a pack, failures that are readable."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from kit_fakes import STORM, KitBriefer

from service.pipeline.brief import BriefRequest
from service.testing.answering import InProcess
from service.testing.pack import Recording

ROOT = Path(__file__).parents[3]
HEAVY = ("numpy", "openvino", "torch", "fastapi", "pydantic", "orjson", "service.pipeline", "models")


def run_pytest(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """A run in another process, with this plugin and no other, in a folder without configuration."""
    environment = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONPATH": str(ROOT), "COLUMNS": "100"}
    command = [sys.executable, "-m", "pytest", "-p", "service.testing.plugin", "-p", "no:cacheprovider", "-W", "error"]
    return subprocess.run(
        [*command, "--rootdir", str(folder), *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.fixture
def project(tmp_path: Path) -> Path:
    briefer = KitBriefer()
    recording = Recording(InProcess(lambda: (briefer, briefer.close)), tmp_path / "briefs.json")
    recording.answer(BriefRequest(text=STORM))
    recording.close()
    return tmp_path


def write_test(project: Path, *lines: str) -> None:
    head = f"ARTICLE = {STORM!r}\n\n\ndef test_brief(breve):\n"
    (project / "test_it.py").write_text(head + "".join(f"    {line}\n" for line in lines), "utf-8")


def test_loading_the_plugin_imports_nothing_heavy() -> None:
    code = f"import sys, service.testing.plugin; print([name for name in {HEAVY} if name in sys.modules])"
    found = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert found.stdout == "[]\n"


def test_the_package_declares_the_plugin() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["entry-points"]["pytest11"] == {"breve": "service.testing.plugin"}


def test_the_fixture_answers_from_the_configured_pack(project: Path) -> None:
    (project / "pytest.ini").write_text("[pytest]\nbreve_pack = briefs.json\n", "utf-8")
    write_test(
        project, "breve.assert_brief(breve.brief(ARTICLE)).covers('Cherbourg').no_unsupported().max_sentences(1)"
    )
    done = run_pytest(project, "-q")
    assert (done.returncode, done.stderr) == (0, "")
    assert "1 passed" in done.stdout


def test_a_failure_shows_the_users_line_and_the_evidence_within_100_columns(project: Path) -> None:
    write_test(project, "brief = breve.brief(ARTICLE)", "breve.assert_brief(brief).covers('137 km/h')")
    done = run_pytest(project, "--breve-pack", "briefs.json")
    assert done.returncode == 1
    assert ">       breve.assert_brief(brief).covers('137 km/h')" in done.stdout
    assert "E       AssertionError: the brief does not mention “137 km/h”" in done.stdout
    assert "La valeur retenue est de 137 km/h." in done.stdout, done.stdout
    assert "service/testing" not in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 100


def test_what_the_pack_lacks_is_told_with_the_way_to_record_it(project: Path) -> None:
    write_test(project, "breve.brief('Un autre article.')")
    done = run_pytest(project, "--breve-pack", "briefs.json")
    assert done.returncode == 1
    assert "with `pytest --breve-pack briefs.json --breve-record`" in " ".join(done.stdout.split())


def test_recording_without_a_file_is_a_usage_error(project: Path) -> None:
    write_test(project, "pass")
    done = run_pytest(project, "--breve-record")
    assert done.returncode == 1
    assert "--breve-record needs --breve-pack FILE to record into" in done.stdout
