"""``breve evaluate`` with --slice, --junit and --html, on given briefs."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from service.cli.main import ended

RECORDS = [
    {"id": 1, "article": "Le chat dort. Il rêve.", "abstract": "Le chat dort.", "topic": "chats"},
    {"id": 2, "article": "Le chien court. Il saute.", "abstract": "Le chien saute.", "topic": "chiens"},
]


@pytest.fixture
def arguments(tmp_path: Path) -> list[str]:
    data, briefs = tmp_path / "data.jsonl", tmp_path / "briefs.jsonl"
    data.write_text("".join(json.dumps(record) + "\n" for record in RECORDS), "utf-8")
    briefs.write_text('{"id": 1, "brief": "Le chat dort."}\n{"id": 2, "brief": "Le chien vole."}\n', "utf-8")
    return ["evaluate", str(data), "--briefs", str(briefs)]


def test_slices_are_printed_and_in_the_document(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert ended([*arguments, "--slice", "topic", "--slice", "length"]) == 0
    out = capsys.readouterr().out
    found = json.loads(out.splitlines()[-1])["slices"]
    assert [(each["by"], each["name"], each["articles"]) for each in found] == [
        ("topic", "chats", 1),
        ("topic", "chiens", 1),
        ("length", "0 to 199 words", 2),
    ]
    assert found[0]["figures"]["rouge1"]["mean"] == 100.0
    assert "these briefs, by topic" in out


def test_files_are_written_before_a_missed_threshold_ends_the_command(arguments: list[str], tmp_path: Path) -> None:
    junit, html = tmp_path / "junit.xml", tmp_path / "report.html"
    assert ended([*arguments, "--junit", str(junit), "--html", str(html), "--fail-under", "rouge1=90"]) == 8
    suites = ElementTree.parse(junit).getroot()
    assert [suite.get("failures") for suite in suites] == ["1", "0"]
    assert "rouge1 ≥ 90: missed" in html.read_text("utf-8")


def test_a_field_that_no_record_has_is_refused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert ended([*arguments, "--slice", "author"]) == 3
    assert "there are length, topic" in capsys.readouterr().err


def test_sentence_pairs_have_none_of_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pairs = tmp_path / "pairs.tsv"
    pairs.write_text("Un\tOne\n", "utf-8")
    assert ended(["evaluate", str(pairs), "--slice", "length"]) == 3
    assert "are for articles" in capsys.readouterr().err
