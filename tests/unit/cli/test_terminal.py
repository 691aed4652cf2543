"""Progress where there is no terminal: a line now and then, and none from a command that is soon done."""

from __future__ import annotations

import pytest

from service.cli import terminal


def test_a_log_gets_a_line_now_and_then(capsys: pytest.CaptureFixture[str]) -> None:
    times = iter([0.0, 10.0, 29.0, 30.0, 30.0, 45.0, 61.0, 61.0])
    advance = terminal.counted("briefs", 500, 2, now=lambda: next(times))
    for _ in range(5):
        advance()
    assert capsys.readouterr().err.splitlines() == ["briefs: 5 of 500", "briefs: 7 of 500"]


def test_a_count_without_an_end_is_told_too(capsys: pytest.CaptureFixture[str]) -> None:
    times = iter([0.0, 40.0, 40.0])
    terminal.counted("lines", None, 0, now=lambda: next(times))()
    assert capsys.readouterr().err == "lines: 1\n"


def test_a_command_that_is_soon_done_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with terminal.progress_bar("briefs", 3) as advance:
        for _ in range(3):
            advance()
    assert capsys.readouterr().err == ""
