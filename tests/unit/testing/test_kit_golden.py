"""``breve golden``: briefs are kept, a change shows as a readable difference, one command accepts it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from kit_fakes import STORM, VOTE, KitBriefer

from models.contracts import ModelIdentity
from service.cli import context
from service.cli.main import ended
from service.testing.golden import changed_words
from service.testing.pack import load_pack


class Runtime:
    """The loaded product behind the commands."""

    def __init__(self) -> None:
        self.briefer = KitBriefer()

    def translate_lines(self, lines: Sequence[str], target: str) -> list[str]:
        return list(lines)

    def close(self) -> None:
        self.briefer.close()


@pytest.fixture
def briefer(monkeypatch: pytest.MonkeyPatch) -> KitBriefer:
    runtime = Runtime()
    real = context.product()
    monkeypatch.setattr(
        context, "product", lambda: context.Product(**{**vars(real), "build": lambda settings, phase: runtime})
    )
    return runtime.briefer


@pytest.fixture
def golden(briefer: KitBriefer, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    for name, text in (("storm.txt", STORM), ("vote.txt", VOTE)):
        (tmp_path / name).write_text(text + "\n", "utf-8")
    path = tmp_path / "golden.json"
    assert ended(["golden", "record", str(tmp_path / "storm.txt"), str(tmp_path / "vote.txt"), "--out", str(path)]) == 0
    assert "holds 2 golden briefs" in capsys.readouterr().err
    return path


def pending(golden: Path) -> Path:
    return golden.with_name("golden.pending.json")


def test_recorded_briefs_keep_article_options_evidence_and_weights(golden: Path) -> None:
    data = json.loads(golden.read_text("utf-8"))
    assert [entry["name"] for entry in data["entries"]] == ["storm.txt", "vote.txt"]
    first = data["entries"][0]
    assert (first["request"]["article"], first["request"]["languages"]) == (STORM, ["fr", "en"])
    assert first["reply"]["briefs"][0]["sentences"][0]["sources"][0]["start"] == 0
    assert data["models"][0]["digest"] == "0" * 64


def test_equal_briefs_pass_and_are_really_written_again(
    golden: Path, briefer: KitBriefer, capsys: pytest.CaptureFixture[str]
) -> None:
    briefer.requests.clear()
    assert ended(["golden", "check", str(golden)]) == 0
    assert [request.cache for request in briefer.requests] == ["bypass", "bypass"]
    assert capsys.readouterr().out == "All 2 briefs are the same.\n"
    assert not pending(golden).exists()


def test_a_change_is_shown_in_text_facts_and_sources_and_ends_with_8(
    golden: Path, briefer: KitBriefer, capsys: pytest.CaptureFixture[str]
) -> None:
    briefer.says[STORM] = "La tempête a privé 9 900 foyers d'électricité mercredi à Cherbourg."
    assert ended(["golden", "check", str(golden)]) == 8
    out, err = capsys.readouterr()
    assert "storm.txt\n  fr text\n    La tempête a privé 9 [-800-] {+900+} foyers d'électricité mercredi" in out
    assert "  fr facts\n    - supported number “9 800” (9800)\n    + " in out
    assert "“9 900” (9900)" in out
    assert "vote.txt" not in out
    assert out.endswith("1 of 2 briefs differ.\n")
    assert f"breve golden accept {golden}" in err


def test_accepting_takes_over_what_was_shown_without_a_model(
    golden: Path, briefer: KitBriefer, capsys: pytest.CaptureFixture[str]
) -> None:
    briefer.says[STORM] = "Une rafale de 137 km/h."
    ended(["golden", "check", str(golden)])
    briefer.requests.clear()
    assert ended(["golden", "accept", str(golden)]) == 0
    assert briefer.requests == []
    texts = [json.loads(entry.reply)["briefs"][0]["text"] for entry in load_pack(golden).entries.values()]
    assert texts == ["Une rafale de 137 km/h.", VOTE.split(". ")[0] + "."]
    assert not pending(golden).exists()
    assert ended(["golden", "check", str(golden)]) == 0


def test_nothing_or_another_file_cannot_be_accepted(
    golden: Path, briefer: KitBriefer, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ended(["golden", "accept", str(golden)]) == 3
    assert "nothing to accept" in capsys.readouterr().err
    briefer.says[STORM] = "Une rafale de 137 km/h."
    ended(["golden", "check", str(golden)])
    golden.write_bytes(golden.read_bytes() + b"\n")
    assert ended(["golden", "accept", str(golden)]) == 3
    assert "is not what was checked" in capsys.readouterr().err
    pending(golden).write_text("{", "utf-8")
    assert ended(["golden", "accept", str(golden)]) == 3
    assert "is damaged" in capsys.readouterr().err


def test_a_check_without_difference_forgets_an_earlier_one(golden: Path, briefer: KitBriefer) -> None:
    briefer.says[STORM] = "Une rafale de 137 km/h."
    ended(["golden", "check", str(golden)])
    assert pending(golden).exists()
    briefer.says.clear()
    ended(["golden", "check", str(golden)])
    assert not pending(golden).exists()


def test_other_weights_are_told_but_are_no_difference(
    golden: Path, briefer: KitBriefer, capsys: pytest.CaptureFixture[str]
) -> None:
    briefer.digest = "1" * 64
    assert briefer.models == (ModelIdentity("fake", "1", "1" * 64, "fake"),)
    assert ended(["golden", "check", str(golden)]) == 0
    assert "other models:\n  - fake@1+000000000000 (fake)\n  + fake@1+111111111111 (fake)\n" in capsys.readouterr().out


def test_an_article_that_is_refused_now_is_a_difference_and_keeps_its_brief(
    golden: Path, briefer: KitBriefer, capsys: pytest.CaptureFixture[str]
) -> None:
    before = golden.read_bytes()
    briefer.refuses.add(STORM)
    assert ended(["golden", "check", str(golden)]) == 8
    assert "storm.txt\n  fails now: the article looks like 'en'" in capsys.readouterr().out
    assert ended(["golden", "accept", str(golden)]) == 0
    assert golden.read_bytes() == before


def test_a_path_without_a_file_is_no_article(briefer: KitBriefer, tmp_path: Path) -> None:
    assert ended(["golden", "record", str(tmp_path / "none.txt"), "--out", str(tmp_path / "golden.json")]) == 3
    assert not (tmp_path / "golden.json").exists()


def test_changed_words_are_marked_in_place() -> None:
    assert changed_words("un deux trois", "un 2 trois quatre") == "un [-deux-] {+2+} trois {+quatre+}"
    assert changed_words("", "un") == "{+un+}"
