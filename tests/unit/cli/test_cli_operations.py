"""The operator's commands: prepare, serve, cache, doctor, config; and the frame around all."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest
from cli_fakes import FakeProduct, install

from models.errors import BreveError, ModelFailed
from service.cli import exits, main
from service.cli.doctor import missing_packages
from service.cli.exits import EXITS, exit_for, helpful_line
from service.cli.main import ended
from service.errors import NotCached, Overloaded, WrongLanguage
from service.version import VERSION


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> FakeProduct:
    monkeypatch.setenv("BREVE_HOME", str(tmp_path))
    return install(monkeypatch)


def test_prepare_tells_each_step_once(fake: FakeProduct, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert ended(["prepare"]) == 0
    out, err = capsys.readouterr()
    assert out == ""
    assert err.splitlines()[:2] == ["  0% writing the weights", "100% checking digests"]
    assert err.splitlines()[2].startswith(f"The weights are ready in {tmp_path} after ")
    ended(["prepare", "--force"])
    assert fake.forced == [False, True]


def test_serve_takes_its_options_over_the_environment(fake: FakeProduct, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BREVE_PORT", "9000")
    monkeypatch.setenv("BREVE_TIMEOUT", "5")
    assert ended(["serve", "--host", "0.0.0.0"]) == 0
    assert ended(["serve", "--port", "9100"]) == 0
    first, second = fake.served
    assert (first.host, first.port, first.timeout) == ("0.0.0.0", 9000, 5.0)
    assert (second.host, second.port, second.timeout) == ("127.0.0.1", 9100, 5.0)


def test_serve_refuses_a_port_that_is_none(fake: FakeProduct, capsys: pytest.CaptureFixture[str]) -> None:
    assert ended(["serve", "--port", "70000"]) == 7
    assert capsys.readouterr().err.startswith("breve: BREVE_PORT: ")


def test_cache_commands_say_what_they_did(fake: FakeProduct, capsys: pytest.CaptureFixture[str]) -> None:
    fake.fill_cache("summary", "translation")
    assert ended(["cache", "stats"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("2 entries, ")
    assert out.endswith(" in memory (memory)\n  step summary: 1\n  step translation: 1\n  model fake: 2\n")
    assert ended(["cache", "check"]) == 0
    assert capsys.readouterr().out == "2 entries: sound.\n"
    assert ended(["cache", "prune", "--step", "summary"]) == 0
    assert ended(["cache", "clear"]) == 0
    assert capsys.readouterr().out == "1 entries removed.\n1 entries removed.\n"


def test_cache_stats_as_json(fake: FakeProduct, capsys: pytest.CaptureFixture[str]) -> None:
    fake.fill_cache("summary")
    assert ended(["cache", "stats", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["entries_by_step"] == {"summary": 1}


def test_a_damaged_cache_ends_with_8(fake: FakeProduct, capsys: pytest.CaptureFixture[str]) -> None:
    fake.fill_cache("summary")
    fake.cache._bytes += 1
    assert ended(["cache", "check"]) == 8
    assert "the total size does not equal the sum of the entries" in capsys.readouterr().out


def test_a_sound_installation_needs_nothing(fake: FakeProduct, capsys: pytest.CaptureFixture[str]) -> None:
    assert ended(["doctor"]) == 0
    rows = capsys.readouterr().out.splitlines()
    assert [row.split()[:2] for row in rows] == [
        ["ok", name] for name in ("python", "packages", "home", "weights", "cache", "access")
    ]


def test_the_doctor_names_what_is_missing_and_the_command(
    fake: FakeProduct, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    fake.missing_weights = "the weights are not prepared"
    monkeypatch.setenv("BREVE_HOST", "0.0.0.0")
    assert ended(["doctor"]) == 8
    out = capsys.readouterr().out
    assert "NO  weights   the weights are not prepared\n              mend it: breve prepare\n" in out
    assert "NO  access    0.0.0.0 is public and there are no keys\n              mend it: breve keys add NAME\n" in out
    assert ended(["doctor", "--json"]) == 8
    found = {finding["name"]: finding for finding in json.loads(capsys.readouterr().out)}
    assert (found["weights"]["well"], found["weights"]["remedy"]) == (False, "breve prepare")


def test_a_missing_package_does_not_stop_the_doctor(fake: FakeProduct, capsys: pytest.CaptureFixture[str]) -> None:
    fake.missing_package = "No module named 'openvino'"
    assert ended(["doctor"]) == 8
    rows = capsys.readouterr().out.splitlines()
    assert "NO  weights   cannot be looked at: No module named 'openvino'" in rows
    assert rows[-1].startswith("ok  access")


def test_a_public_address_may_be_open_on_purpose(fake: FakeProduct, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BREVE_HOST", "0.0.0.0")
    monkeypatch.setenv("BREVE_OPEN", "true")
    assert ended(["doctor"]) == 0


def test_a_public_address_may_have_keys_and_a_file_that_holds_none_is_no_key(
    fake: FakeProduct, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BREVE_HOST", "0.0.0.0")
    assert ended(["keys", "add", "moniteur"]) == 0
    assert ended(["doctor"]) == 0
    assert ended(["keys", "remove", "moniteur"]) == 0
    assert (tmp_path / "keys.json").is_file()
    assert ended(["doctor"]) == 8
    (tmp_path / "keys.json").write_text("no keys")
    capsys.readouterr()
    assert ended(["doctor"]) == 8
    assert f"mend it: mend or remove {tmp_path / 'keys.json'}" in capsys.readouterr().out


def test_a_missing_package_is_found_and_an_extra_only_when_wanted() -> None:
    def installed(name: str) -> str:
        if name in ("rich", "ctranslate2"):
            raise metadata.PackageNotFoundError(name)
        return "1"

    assert missing_packages(frozenset(), installed) == ["rich"]
    assert missing_packages(frozenset({"hub"}), installed) == ["rich", "ctranslate2"]


def test_config_masks_secrets_and_says_where_values_come_from(
    fake: FakeProduct, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BREVE_REDIS_URL", "redis://:geheim@db:6379")
    monkeypatch.setenv("BREVE_PORT", "9000")
    assert ended(["config"]) == 0
    out = capsys.readouterr().out
    assert "geheim" not in out
    rows = [[cell.strip() for cell in row.split("│")[1:-1]] for row in out.splitlines() if "BREVE_" in row]
    assert ["BREVE_PORT", "9000", "environment"] in rows
    assert ["BREVE_HOST", "127.0.0.1", "default"] in rows
    assert ["BREVE_CORS_ORIGINS", "(none)", "default"] in rows
    assert ended(["config", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["BREVE_REDIS_URL"] == "**********"


def test_every_error_has_an_exit_of_its_family_or_a_nearer_one() -> None:
    def below(parent: type[BaseException]) -> list[type[BaseException]]:
        return [child for each in parent.__subclasses__() for child in (each, *below(each))]

    families = {each.family for each in EXITS}
    for error in below(BreveError):
        if error.__module__.startswith(("service.", "models.")):
            assert families & set(error.__mro__[:-3]), error


def test_exit_codes_are_unique_and_found_by_ancestry() -> None:
    assert len({each.code for each in EXITS}) == len(EXITS)
    assert exit_for(WrongLanguage("en", 0.9)).code == 3
    assert exit_for(ModelFailed("x")).code == 5
    assert exit_for(Overloaded("full", 3)).code == 6
    assert exit_for(FileNotFoundError("x")).code == 9
    assert exit_for(ZeroDivisionError()) is exits.UNEXPECTED


def test_a_message_is_one_line_with_its_hint() -> None:
    assert helpful_line(NotCached("not\n  stored")) == "not stored; leave out --cache only to have it written"
    assert helpful_line(ModelFailed()) == "ModelFailed"


def test_wrong_usage_ends_with_2(fake: FakeProduct, capsys: pytest.CaptureFixture[str]) -> None:
    assert ended(["brief", "--length", "endless", "Texte."]) == 2
    assert ended(["nothing"]) == 2
    assert "Traceback" not in capsys.readouterr().err


def test_the_version_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert ended(["--version"]) == 0
    assert capsys.readouterr().out == f"{VERSION}\n"


def test_a_terminal_without_accents_gets_escapes_and_no_crash(
    fake: FakeProduct, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, "ascii"))
    with pytest.raises(SystemExit) as ending:
        main.run(["brief", "--languages", "fr", "Un été."])
    sys.stdout.flush()
    assert ending.value.code == 0
    assert raw.getvalue().splitlines()[1] == rb"  Un \xe9t\xe9."


def test_help_needs_no_model_runtime() -> None:
    script = (
        "import sys; from service.cli.main import ended; code = ended(['--help']);"
        "heavy = {'torch', 'transformers', 'openvino', 'fastapi', 'rouge_score', 'sacrebleu', 'trafilatura'};"
        "print(code, sorted(heavy & set(sys.modules)))"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True, text=True)
    assert ran.stdout.splitlines()[-1] == "0 []"
