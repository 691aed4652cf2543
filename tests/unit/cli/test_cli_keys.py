"""``breve keys``: a key is shown once, listed by its name and gone when it is removed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from service.cli.main import ended
from service.http.keys import Door, load_keys
from service.settings import Settings


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("BREVE_HOME", str(tmp_path))
    return tmp_path


def test_a_new_key_is_printed_alone_opens_the_door_and_is_stored_as_a_hash(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ended(["keys", "add", "rédaction"]) == 0
    out, err = capsys.readouterr()
    key = out.strip()
    assert "not shown again" in err
    found = Door(Settings(home=home)).enter(f"Bearer {key}")
    assert found is not None
    assert (found.name, found.rate) == ("rédaction", "")
    assert key not in (home / "keys.json").read_text("utf-8")


def test_keys_are_listed_with_their_rates_and_without_their_hashes(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ended(["keys", "add", "one"])
    ended(["keys", "add", "two", "--rate", "5000/minute"])
    capsys.readouterr()
    assert ended(["keys", "list"]) == 0
    assert capsys.readouterr().out == "one  600000/hour (BREVE_RATE_LIMIT)\ntwo  5000/minute\n"
    assert ended(["keys", "list", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == [{"name": "one", "rate": ""}, {"name": "two", "rate": "5000/minute"}]


def test_a_removed_key_is_gone_and_an_unknown_one_is_told(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ended(["keys", "add", "one"])
    assert ended(["keys", "remove", "one"]) == 0
    assert load_keys(home / "keys.json") == ()
    assert ended(["keys", "remove", "one"]) == 8
    assert "no key with the name one" in capsys.readouterr().err
    assert ended(["keys", "list"]) == 0
    assert "There are no keys" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [["one"], ["two", "--rate", "many"]])
def test_a_name_that_is_taken_and_a_rate_that_cannot_be_read_are_refused(home: Path, arguments: list[str]) -> None:
    ended(["keys", "add", "one"])
    assert ended(["keys", "add", *arguments]) == 7
    assert [key.name for key in load_keys(home / "keys.json")] == ["one"]
