"""Our translations find their French again, and only it."""

from __future__ import annotations

import json
import lzma
import sys
from collections import Counter
from pathlib import Path

import pytest

from models.catalogue import embedded
from models.training.corpus import read_pairs
from service.evaluation import news_pairs
from service.evaluation.news_pairs import digest, read_translations

SENTENCES = ("Le pont de Tours a rouvert lundi.", "Les travaux avaient duré deux ans.")
KEPT = Path(news_pairs.__file__).parents[2] / "models" / "training" / "translations"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    path = tmp_path / "articles.jsonl"
    record = {"id": "7", "article": " ".join(SENTENCES), "abstract": "Un pont a rouvert.", "title": "Tours"}
    path.write_text(json.dumps(record, ensure_ascii=False) + "\n", encoding="utf-8")
    return path


def test_a_translation_is_joined_to_the_sentence_that_it_was_made_of(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ours = tmp_path / "en.tsv.xz"
    rows = [("7", digest(SENTENCES[1]), "The works had lasted two years."), ("8", digest(SENTENCES[0]), "Another's.")]
    with lzma.open(ours, "wt", encoding="utf-8") as file:
        file.write("".join("\t".join(row) + "\n" for row in rows))
    out = tmp_path / "pairs.tsv"
    monkeypatch.setattr(sys, "argv", ["news_pairs", str(data), str(ours), str(out)])
    news_pairs.main()
    assert json.loads(capsys.readouterr().out) == {"pairs": 1, "not_found": 1}
    assert read_pairs(out, 0, Counter()) == [("en", SENTENCES[1], "The works had lasted two years.")]


def test_a_table_may_name_its_language(tmp_path: Path) -> None:
    path = tmp_path / "pairs.tsv"
    path.write_text("de\tLe pont a rouvert.\tDie Brücke ist wieder offen.\n", encoding="utf-8")
    assert read_pairs(path, 0, Counter()) == [("de", "Le pont a rouvert.", "Die Brücke ist wieder offen.")]


@pytest.mark.parametrize("language", embedded("translation").languages)
def test_what_is_kept_here_is_whole(language: str) -> None:
    translations = read_translations(KEPT / f"{language}.tsv.xz")
    assert len(translations) > 1000
    assert all(len(sentence) == news_pairs.DIGEST and text.strip() for (_, sentence), text in translations.items())
