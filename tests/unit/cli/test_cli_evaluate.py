"""``breve evaluate``: tables, one JSON document as the last line, thresholds as an exit code."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from cli_fakes import FakeProduct, install

from service.cli.main import ended

RECORDS = [
    {"id": 1, "article": "Le chat dort. Il rêve.", "abstract": "Le chat dort.", "peers": {"x": "Le chat."}},
    {"id": 2, "article": "Le chien court. Il saute.", "abstract": "Le chien saute.", "peers": {"x": "Le loup."}},
]


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> FakeProduct:
    return install(monkeypatch)


@pytest.fixture
def data(tmp_path: Path) -> str:
    path = tmp_path / "data.jsonl"
    path.write_text("".join(json.dumps(record) + "\n" for record in RECORDS), "utf-8")
    return str(path)


@pytest.fixture
def pairs(tmp_path: Path) -> str:
    path = tmp_path / "pairs.tsv"
    path.write_text("news\tUn deux\tdeux Un\nlaw\tTrois quatre\tthree four\n", "utf-8")
    return str(path)


def last_line(text: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(text.splitlines()[-1])
    return found


def test_our_briefs_are_written_and_scored_beside_lead_and_peers(
    fake: FakeProduct, capsys: pytest.CaptureFixture[str], data: str
) -> None:
    assert ended(["evaluate", data]) == 0
    out = capsys.readouterr().out
    found = last_line(out)
    assert [system["name"] for system in found["systems"]] == ["these briefs", "first two sentences", "x"]
    ours = found["systems"][0]
    # "Le chat dort." is the reference; "Le chien court." has two of its three words.
    assert ours["figures"]["rouge1"]["mean"] == pytest.approx(83.3333)
    assert (ours["written"], ours["failures"]) == (0, {})
    assert found["models"] == ["fake@1+0123456789ab"]
    assert found["seconds_per_article"] >= 0.0
    assert "│ these briefs        │ 83.33 ±16.67 │" in out


def test_each_article_is_briefed_in_french_without_title_and_cache(fake: FakeProduct, data: str) -> None:
    ended(["evaluate", data, "--limit", "1"])
    (request,) = fake.briefer.requests
    assert (request.text, request.title, request.languages) == ("Le chat dort. Il rêve.", None, ("fr",))
    assert (request.cache, request.policy, request.typography) == ("bypass", "strict", "article")


def test_given_briefs_are_scored_without_a_model(
    fake: FakeProduct, capsys: pytest.CaptureFixture[str], data: str, tmp_path: Path
) -> None:
    fake.missing_weights = "not prepared"
    briefs = tmp_path / "briefs.jsonl"
    briefs.write_text('{"id": "1", "brief": "Le chat dort."}\n{"id": "2", "brief": "Le chien saute."}\n', "utf-8")
    assert ended(["evaluate", data, "--briefs", str(briefs), "--fail-under", "rouge1=100"]) == 0
    found = last_line(capsys.readouterr().out)
    assert found["systems"][0]["figures"]["rouge1"]["mean"] == 100.0
    assert found["systems"][0]["figures"]["unsupported_strict"]["mean"] == 50.0
    assert found["thresholds"] == [{"metric": "rouge1", "at_least": 100.0, "holds": True}]


@pytest.mark.parametrize("option", [["--fail-under", "rouge1=90"], ["--fail-over", "rouge1=80"]])
def test_a_missed_threshold_ends_with_8_after_the_whole_report(
    fake: FakeProduct, capsys: pytest.CaptureFixture[str], data: str, option: list[str]
) -> None:
    assert ended(["evaluate", data, *option]) == 8
    assert last_line(capsys.readouterr().out)["thresholds"][0]["holds"] is False


def test_two_runs_are_kept_and_compared(
    fake: FakeProduct, capsys: pytest.CaptureFixture[str], data: str, tmp_path: Path
) -> None:
    kept = tmp_path / "kept.jsonl"
    assert ended(["evaluate", data, "--out", str(kept)]) == 0
    assert json.loads(kept.read_text("utf-8").splitlines()[1])["brief"] == "Le chien court."
    capsys.readouterr()
    assert ended(["evaluate", data, "--compare", str(kept)]) == 0
    out = capsys.readouterr().out
    found = last_line(out)
    assert found["compared_with"] == str(kept)
    rouge = next(each for each in found["comparison"] if each["metric"] == "rouge1")
    assert (rouge["difference"], rouge["p"], rouge["differs"]) == (0.0, 1.0, False)
    assert "│ none shown │" in out


def test_an_article_that_fails_counts_as_an_empty_brief(
    fake: FakeProduct, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "data.jsonl"
    path.write_text('{"id": 1, "article": "English.", "abstract": "Oui."}\n', "utf-8")
    kept = tmp_path / "kept.jsonl"
    assert ended(["evaluate", str(path), "--out", str(kept)]) == 0
    found = last_line(capsys.readouterr().out)
    assert found["systems"][0]["failures"] == {"wrong_language": 1}
    assert found["systems"][0]["figures"]["rouge1"]["mean"] == 0.0
    assert json.loads(kept.read_text("utf-8"))["error"] == {"code": "wrong_language"}


def test_the_same_seed_gives_the_same_document(
    fake: FakeProduct, capsys: pytest.CaptureFixture[str], data: str, tmp_path: Path
) -> None:
    briefs = tmp_path / "briefs.jsonl"
    briefs.write_text('{"id": "1", "brief": "Le chat."}\n{"id": "2", "brief": "Le chien saute."}\n', "utf-8")
    documents = []
    for seed in ("7", "7", "8"):
        ended(["evaluate", data, "--briefs", str(briefs), "--seed", seed])
        documents.append(capsys.readouterr().out.splitlines()[-1])
    assert documents[0] == documents[1]
    assert documents[0] != documents[2]


def test_a_threshold_of_another_form_is_refused_before_any_work(
    fake: FakeProduct, capsys: pytest.CaptureFixture[str], data: str
) -> None:
    assert ended(["evaluate", data, "--fail-under", "rouge1"]) == 3
    assert fake.briefer.requests == []
    assert capsys.readouterr() == ("", "breve: a threshold looks like rouge1=30, not 'rouge1'\n")


def test_sentence_pairs_are_translated_and_scored_by_origin(
    fake: FakeProduct, capsys: pytest.CaptureFixture[str], pairs: str, tmp_path: Path
) -> None:
    kept = tmp_path / "kept.txt"
    assert ended(["evaluate", pairs, "--out", str(kept)]) == 0
    assert kept.read_text("utf-8") == "deux Un\nquatre Trois\n"
    found = last_line(capsys.readouterr().out)
    assert found["kind"] == "breve-translation-evaluation"
    assert [each["origin"] for each in found["sets"]] == ["all", "news", "law"]
    assert found["sets"][1]["chrf"]["score"] == 100.0


def test_given_translations_are_scored_compared_and_bounded(
    fake: FakeProduct, capsys: pytest.CaptureFixture[str], pairs: str, tmp_path: Path
) -> None:
    fake.missing_weights = "not prepared"
    lines = tmp_path / "lines.txt"
    lines.write_text("deux Un\nthree four\n", "utf-8")
    arguments = ["evaluate", pairs, "--briefs", str(lines), "--compare", str(lines)]
    assert ended([*arguments, "--fail-under", "chrf=100"]) == 0
    assert [each["p"] for each in last_line(capsys.readouterr().out)["comparison"]] == [1.0, 1.0]
    assert ended([*arguments, "--fail-over", "chrf=99"]) == 8
    assert "Missed: chrf should be at most 99." in capsys.readouterr().out
