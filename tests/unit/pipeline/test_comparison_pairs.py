"""The comparison on sentence pairs labelled by hand in ``translation_pairs.tsv``: "ok" or "altered"."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import NamedTuple

from service.pipeline.comparison import compare

TABLE = Path(__file__).with_name("translation_pairs.tsv")


class Pair(NamedTuple):
    """A French sentence, its translation, and whether a person finds the facts intact."""

    label: str
    language: str
    french: str
    translation: str


def _pairs() -> list[Pair]:
    with TABLE.open(encoding="utf-8", newline="") as lines:
        rows = csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [Pair(*row) for row in list(rows)[1:]]


def test_precision_and_recall_on_labelled_pairs() -> None:
    faithful = [pair for pair in _pairs() if pair.label == "ok"]
    altered = [pair for pair in _pairs() if pair.label == "altered"]
    alarms = [pair for pair in faithful if not compare(pair.french, pair.translation, pair.language).holds]
    unseen = [pair for pair in altered if compare(pair.french, pair.translation, pair.language).holds]
    caught = len(altered) - len(unseen)
    precision, recall = caught / (caught + len(alarms)), caught / len(altered)
    print(f"{len(faithful)} faithful and {len(altered)} altered pairs: precision {precision:.3f}, recall {recall:.3f}")
    for pair in alarms:
        details = [check.detail for check in compare(pair.french, pair.translation, pair.language).failures]
        print("false alarm:", *pair, details)
    for pair in unseen:
        print("not caught:", *pair)
    assert len(faithful) + len(altered) >= 120
    assert precision >= 0.95
    assert recall >= 0.95


def test_every_language_has_faithful_and_altered_pairs() -> None:
    for label in ("ok", "altered"):
        assert {pair.language for pair in _pairs() if pair.label == label} == {"en", "de", "es", "it", "pt"}
