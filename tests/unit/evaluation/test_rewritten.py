"""Shortened passages come back from what stays of them."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from service.evaluation import rewritten
from service.evaluation.rewritten import applied, edits_of, read_rewritten

FIRST = "Le pont de Tours, fermé depuis deux ans, a rouvert lundi matin."
LAST = "Le maire a salué la fin des travaux, qui ont coûté 3,5 millions d'euros."
KEPT = Path(rewritten.__file__).parents[2] / "models" / "training" / "rewritten.jsonl.xz"


@pytest.mark.parametrize(
    "brief",
    [
        "Le pont de Tours a rouvert lundi matin.",
        "Le pont de Tours, fermé depuis deux ans, a rouvert.",
        "À Tours, le pont a rouvert lundi.",
        FIRST,
        "Tout autre chose.",
    ],
)
def test_edits_make_the_brief_again(brief: str) -> None:
    assert applied(FIRST, edits_of(FIRST, brief)) == brief


def test_only_new_words_are_written_down() -> None:
    assert edits_of(FIRST, "Le pont de Tours a rouvert lundi.") == ((0, 3), "Tours", (8, 10), "lundi.")


def test_pairs_are_made_of_the_article_s_sentences(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    data, ours, out = (tmp_path / name for name in ("data.jsonl", "ours.jsonl", "pairs.jsonl"))
    article = f"{FIRST} Il faisait beau. {LAST}"
    data.write_text(
        json.dumps({"id": "7", "article": article, "abstract": "Un pont a rouvert.", "title": ""}), encoding="utf-8"
    )
    passage, brief = f"{FIRST} {LAST}", "Le maire a salué la fin des travaux."
    lines = [
        {"id": "7", "places": [0, 2], "edits": edits_of(passage, brief)},
        {"id": "7", "places": [0, 9], "edits": [[0, 1]]},
        {"id": "8", "places": [0], "edits": [[0, 1]]},
    ]
    ours.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    monkeypatch.setattr(sys, "argv", ["rewritten", str(data), str(ours), str(out)])
    rewritten.main()
    assert json.loads(capsys.readouterr().out) == {"pairs": 1}
    assert json.loads(out.read_text(encoding="utf-8")) == {"id": "7", "passage": passage, "brief": brief}


def test_what_is_kept_here_is_whole_and_no_sentence() -> None:
    kept = read_rewritten(KEPT)
    assert len(kept) > 2000
    ours = [edit for each in kept for edit in each.edits if isinstance(edit, str)]
    assert sum(len(edit.split()) for edit in ours) < 3 * len(kept)
