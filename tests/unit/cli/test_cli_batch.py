"""``breve batch``: a line out for each line in, whatever happens in between."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from cli_fakes import FakeProduct, install

from service.cli.batch import take_up
from service.cli.main import ended
from service.errors import InvalidRequest


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> FakeProduct:
    return install(monkeypatch)


def put(path: Path, *rows: Any) -> Path:
    path.write_text("".join((row if isinstance(row, str) else json.dumps(row)) + "\n" for row in rows), "utf-8")
    return path


def lines(path: Path) -> list[dict[str, Any]]:
    found = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    for line in found:
        line.pop("seconds", None)
    return found


def test_each_article_becomes_a_line_with_its_briefs(
    fake: FakeProduct, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    source = put(
        tmp_path / "in.jsonl", {"id": "a", "text": "Un été. Fin."}, {"id": 2, "article": "Deux.", "title": "T"}
    )
    target = tmp_path / "out.jsonl"
    assert ended(["batch", str(source), str(target)]) == 0
    first = {"brief": "Un été.", "briefs": {"fr": "Un été.", "en": "UN ÉTÉ."}, "origin": "extracted"}
    second = {"brief": "Deux.", "briefs": {"fr": "Deux.", "en": "DEUX."}, "origin": "extracted"}
    assert lines(target) == [
        {"id": "a", **first, "warnings": [], "cached": False},
        {"id": "2", **second, "warnings": [], "cached": False},
    ]
    assert "Un été." in target.read_text("utf-8")  # readable, not escaped
    assert capsys.readouterr() == ("", f"2 briefs and 0 errors written to {target}.\n")
    assert {request.title for request in fake.briefer.requests} == {None, "T"}
    assert {request.typography for request in fake.briefer.requests} == {"article"}


def test_an_error_is_a_line_and_not_an_abort(
    fake: FakeProduct, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    source = put(
        tmp_path / "in.jsonl", {"id": "a", "text": "English."}, "{", "[]", "", {"id": "b"}, {"id": "c", "text": "Oui."}
    )
    with source.open("ab") as out:
        out.write(b'{"id": "d", "text": "\xe9t\xe9."}\n')
    target = tmp_path / "out.jsonl"
    assert ended(["batch", str(source), str(target)]) == 0
    found = lines(target)
    assert [(line["id"], line.get("error", {}).get("code")) for line in found] == [
        ("a", "wrong_language"),
        ("line-2", "invalid_request"),
        ("line-3", "invalid_request"),
        ("b", "invalid_request"),
        ("c", None),
        ("line-7", "invalid_request"),
    ]
    assert found[3]["error"]["message"] == "line 5 has no text named text, article or html"
    assert found[5]["error"]["message"] == "line 7 is not UTF-8"
    assert capsys.readouterr().err == f"1 briefs and 5 errors written to {target}.\n"


def test_a_second_run_does_only_what_is_missing(
    fake: FakeProduct, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    rows = [{"id": str(number), "text": f"Texte {number}."} for number in range(5)]
    target = tmp_path / "out.jsonl"
    ended(["batch", str(put(tmp_path / "in.jsonl", *rows[:3])), str(target)])
    before = target.read_bytes()
    fake.briefer.requests.clear()
    capsys.readouterr()
    assert ended(["batch", str(put(tmp_path / "in.jsonl", *rows)), str(target)]) == 0
    assert sorted(request.text or "" for request in fake.briefer.requests) == ["Texte 3.", "Texte 4."]
    assert target.read_bytes().startswith(before)
    assert [line["id"] for line in lines(target)] == ["0", "1", "2", "3", "4"]
    assert capsys.readouterr().err.startswith("3 of 5 lines need no work: their id is done or comes again.\n")


def test_a_stopped_run_is_taken_up_and_gives_what_one_run_gives(
    fake: FakeProduct, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [{"id": str(number), "text": f"Texte {number}."} for number in range(4)]
    source, target = put(tmp_path / "in.jsonl", *rows), tmp_path / "out.jsonl"
    ended(["batch", str(source), str(target)])
    whole = lines(target)
    for cut in range(1, len(target.read_bytes()), 7):
        body = target.read_bytes()
        target.write_bytes(body[:-cut] if cut < len(body) else b"")
        assert ended(["batch", str(source), str(target)]) == 0
        assert [{**line, "cached": False} for line in lines(target)] == whole


def test_ctrl_c_keeps_the_lines_written_so_far(fake: FakeProduct, tmp_path: Path) -> None:
    target = put(tmp_path / "out.jsonl", {"id": "a", "brief": "A."})
    fake.briefer.fault = KeyboardInterrupt()
    source = put(tmp_path / "in.jsonl", {"id": "a", "text": "A."}, {"id": "b", "text": "B."})
    assert ended(["batch", "--jobs", "1", str(source), str(target)]) == 130
    assert [line["id"] for line in lines(target)] == ["a"]
    assert fake.runtime.closed


def test_errors_are_kept_unless_they_are_to_be_tried_again(fake: FakeProduct, tmp_path: Path) -> None:
    error = {"id": "a", "error": {"code": "overloaded", "message": "later"}}
    source = put(tmp_path / "in.jsonl", {"id": "a", "text": "Un."}, {"id": "b", "text": "Deux."})
    target = put(tmp_path / "out.jsonl", error, {"id": "b", "brief": "Deux."})
    assert ended(["batch", str(source), str(target)]) == 0
    assert lines(target)[0] == error
    assert ended(["batch", "--retry-errors", str(source), str(target)]) == 0
    assert [(line["id"], line["brief"]) for line in lines(target)] == [("b", "Deux."), ("a", "Un.")]


def test_french_is_always_among_the_languages(fake: FakeProduct, tmp_path: Path) -> None:
    source = put(tmp_path / "in.jsonl", {"id": "a", "text": "Un."})
    assert ended(["batch", "--languages", "en", str(source), str(tmp_path / "out.jsonl")]) == 0
    assert fake.briefer.requests[0].languages == ("fr", "en")


@pytest.mark.parametrize(
    ("body", "ids", "left"),
    [
        (b"", set(), b""),
        (b'{"id": "a", "brief": "A."}\n{"id": "b", "br', {"a"}, b'{"id": "a", "brief": "A."}\n'),
        (b'{"id": "a", "brief": "A."}', {"a"}, b'{"id": "a", "brief": "A."}\n'),
        (b'{"id": "a", "br', set(), b""),
    ],
)
def test_a_half_written_last_line_is_mended(tmp_path: Path, body: bytes, ids: set[str], left: bytes) -> None:
    target = tmp_path / "out.jsonl"
    target.write_bytes(body)
    assert take_up(target) == ids
    assert target.read_bytes() == left
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize("body", [b"Mon roman.", b'{"id": 1}\n', b'{"id": "b", "br\n{"id": "a", "brief": "A."}\n'])
def test_a_file_of_another_kind_is_left_alone(tmp_path: Path, body: bytes) -> None:
    target = tmp_path / "out.jsonl"
    target.write_bytes(body)
    with pytest.raises(InvalidRequest, match="line 1 is not a line of a batch; choose another file to write to"):
        take_up(target)
    assert target.read_bytes() == body


def test_a_missing_input_is_refused(fake: FakeProduct, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert ended(["batch", str(tmp_path / "none.jsonl"), str(tmp_path / "out.jsonl")]) == 3
    assert capsys.readouterr().err == f"breve: there is no file {tmp_path}/none.jsonl\n"
    assert not (tmp_path / "out.jsonl").exists()
