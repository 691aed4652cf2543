"""Candidates are recorded once each, and weights of the ranking are measured on them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from models.contracts import Candidate, ModelIdentity, Reads, SummaryOptions
from service.evaluation.candidates import record
from service.evaluation.corpus import Record, read_records
from service.evaluation.ranking_weights import judge, measure, read_candidates
from service.evaluation.train_choice import untrained
from service.pipeline.choice import Chooser
from service.pipeline.ranking import Weights

TOWNS = ("Quimper", "Lannion", "Vannes", "Dinan", "Fougères", "Redon")


def articles() -> list[dict[str, str]]:
    return [
        {
            "id": town,
            "article": (
                f"Le conseil municipal de {town} a voté mardi la rénovation de son marché couvert. "
                f"Les travaux dureront deux ans et commenceront au printemps sur la place centrale de {town}. "
                f"Les commerçants craignent de perdre des clients pendant la fermeture, dit leur présidente."
            ),
            "abstract": f"La ville de {town} rénove son marché couvert : les travaux dureront deux ans.",
        }
        for town in TOWNS
    ]


class Writer:
    """Writes one good and one poor brief of each article, and remembers what it was asked."""

    window = 1000
    reads: Reads = "passages"

    def __init__(self) -> None:
        self.seen: list[str] = []

    @property
    def identity(self) -> ModelIdentity:
        return ModelIdentity("fake", "1", "d", "fake")

    def count_tokens(self, text: str) -> int:
        return len(text.split())

    def summarise(self, texts: Sequence[str], options: SummaryOptions) -> list[list[Candidate]]:
        self.seen += texts
        found = []
        for article in texts:
            town = next(town for town in TOWNS if town in article)
            good = f"La ville de {town} rénove son marché couvert et les travaux dureront deux ans, dès le printemps."
            poor = "Les commerçants craignent de perdre des clients pendant la fermeture, dit leur présidente inquiète."
            found.append([Candidate(poor, -0.2, 20), Candidate(good, -0.4, 20)])
        return found


class Flat:
    """Finds every sentence equally telling."""

    window = 1000
    identity = ModelIdentity("flat", "1", "d", "fake")

    def count_tokens(self, text: str) -> int:
        return len(text.split())

    def read(self, articles: Sequence[str]) -> list[list[Candidate]]:
        return [[Candidate("", 0.0) for _ in article.split("\n")] for article in articles]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    path = tmp_path / "data.jsonl"
    path.write_text("".join(json.dumps(each, ensure_ascii=False) + "\n" for each in articles()), encoding="utf-8")
    return path


@pytest.fixture
def recorded(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Writer]:
    monkeypatch.setattr("service.evaluation.candidates.load_chooser", blind)
    out, writer = tmp_path / "candidates.jsonl", Writer()
    records: list[Record] = read_records(data)
    assert record(records[:2], out, Flat(), writer, 1, 2) == 2
    assert record(records, out, Flat(), writer, 1, 2) == 4
    return out, writer


def blind() -> Chooser:
    return Chooser(untrained(), grounding=0.0)


def test_a_recording_goes_on_after_what_it_has(recorded: tuple[Path, Writer]) -> None:
    out, writer = recorded
    assert [json.loads(line)["id"] for line in out.read_text().splitlines()] == list(TOWNS)
    assert all(len(json.loads(line)["told"]) == 3 for line in out.read_text().splitlines())
    assert len(writer.seen) == len(set(writer.seen)) == len(TOWNS)


def test_weights_are_measured_on_supported_contenders(recorded: tuple[Path, Writer], data: Path) -> None:
    judged = judge(read_candidates(data, recorded[0]), blind())
    written, extracted = measure(judged, Weights(written=5.0)), measure(judged, Weights(written=-5.0))
    assert len(judged) == len(TOWNS)
    assert (written["written"], extracted["written"]) == (1.0, 0.0)
    assert written["rouge1"] != extracted["rouge1"]
    for one in judged:
        assert set(one.scores) <= {each.text for each in one.contenders}
