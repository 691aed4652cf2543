"""``breve translate``: exactly one line out for a line in."""

from __future__ import annotations

from pathlib import Path

import pytest
from cli_fakes import FakeProduct, install
from hypothesis import given
from hypothesis import strategies as st

from models.errors import ModelFailed
from service.cli.main import ended
from service.cli.translate import LINES_AT_ONCE, split_lines, translated_lines


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> FakeProduct:
    return install(monkeypatch)


def test_lines_come_out_in_order_blank_ones_kept(
    fake: FakeProduct, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes("Un été chaud\r\n\n  \nà demain".encode())
    assert ended(["translate", str(path), "--to", "en"]) == 0
    out, err = capsys.readouterr()
    assert out == "chaud été Un\n\n\ndemain à\n"
    assert err.startswith("4 lines in ")


@given(st.text())
def test_there_is_a_line_for_every_line(text: str) -> None:
    ends = text.count("\n") + (bool(text) and not text.endswith("\n"))
    assert len(split_lines(text)) == ends


def test_many_lines_are_handed_over_in_parts(fake: FakeProduct) -> None:
    lines = [f"ligne {number}" for number in range(2 * LINES_AT_ONCE + 1)]
    assert list(translated_lines(fake.runtime, lines, "en")) == [f"{number} ligne" for number in range(len(lines))]
    assert [len(chunk) for chunk in fake.runtime.lines] == [LINES_AT_ONCE, LINES_AT_ONCE, 1]


def test_a_translation_with_a_line_end_stays_one_line(fake: FakeProduct, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fake.runtime, "translate_lines", lambda lines, target: ["a\nb\u2028c"])
    assert list(translated_lines(fake.runtime, ["x"], "en")) == ["a b c"]


def test_a_lost_line_is_an_error(fake: FakeProduct, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fake.runtime, "translate_lines", lambda lines, target: ["a"])
    with pytest.raises(ModelFailed, match="1 translations came back for 2 lines"):
        list(translated_lines(fake.runtime, ["x", "y"], "en"))


def test_an_unknown_language_is_refused(fake: FakeProduct, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("Un.", "utf-8")
    assert ended(["translate", str(path), "--to", "xx"]) == 3
    assert capsys.readouterr() == ("", "breve: no model writes 'xx'\n")
