"""Tries weights of the ranking of written briefs and extracts on recorded candidates.

    python -m service.evaluation.ranking_weights valid.jsonl.xz candidates.jsonl

The candidates are those that ``service.evaluation.candidates`` records, of articles that the
writing model was not trained on. Prints ROUGE (Unicode words), words and the share of
written briefs for each set of weights, best first by the sum of the three.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import product
from pathlib import Path

import numpy as np

from models.contracts import Candidate
from service.evaluation.corpus import Record, read_records
from service.evaluation.scores import ROUGE_TYPES, rouge
from service.pipeline.article import read_article
from service.pipeline.choice import Chooser
from service.pipeline.lengths import LENGTHS
from service.pipeline.ranking import Contender, Draft, Weights, ranked
from service.pipeline.writing import believed
from service.wiring import load_chooser

WANTED = LENGTHS["medium"]
AGREEMENT, WRITTEN, WORD = (0.0, 0.1, 0.2, 0.3), (0.0, 0.01, 0.02, 0.03, 0.04, 0.06), (0.0, 0.001, 0.0025)


#: An article, what the reader said of its sentences, and what was written of it.
Recorded = tuple[Record, list[Candidate], list[Draft]]


@dataclass(frozen=True)
class Judged:
    """An article's contenders, and ROUGE of the supported ones against a person's brief, by text."""

    contenders: tuple[Contender, ...]
    scores: dict[str, dict[str, float]]


def read_candidates(data: Path, recorded: Path) -> Iterator[Recorded]:
    """The records of ``data`` of which candidates were recorded, with those that the pipeline would look at."""
    lines = {line["id"]: line for line in map(json.loads, recorded.read_text(encoding="utf-8").splitlines())}
    for record in read_records(data):
        if record.id in lines:
            line = lines[record.id]
            drafts = [
                draft
                for passage in line["passages"]
                for draft in believed(passage["text"], [Candidate(**each) for each in passage["candidates"]])
            ]
            yield record, [Candidate(**each) for each in line["told"]], drafts


def judge(recorded: Iterator[Recorded], chooser: Chooser) -> list[Judged]:
    """What the pipeline could give for each article, scored; articles without a contender are left out."""
    found = []
    for record, told, written in recorded:
        reading = chooser.reading(read_article(record.article, None, None), told)
        # Those that are passed over count for the agreement of the others, so all are kept here.
        contenders = reading.contenders(written, WANTED)
        scores = {
            each.text: rouge(record.reference, each.text, paper=False) for each in contenders if reading.allows(each)
        }
        if scores:
            found.append(Judged(tuple(contenders), scores))
    return found


def measure(judged: Sequence[Judged], weights: Weights) -> dict[str, float]:
    """What the first supported contenders share with the references, their words, and how many were written."""
    chosen = [
        next(each for each in ranked(one.contenders, WANTED.aim, weights) if each.text in one.scores) for one in judged
    ]
    scores = [one.scores[each.text] for one, each in zip(judged, chosen, strict=True)]
    figures = {name: round(float(np.mean([each[name] for each in scores])), 2) for name in ROUGE_TYPES}
    words = round(float(np.mean([each.words for each in chosen])), 1)
    return {
        **figures,
        "words": words,
        "written": round(float(np.mean([each.origin == "written" for each in chosen])), 3),
    }


def main() -> None:
    """Try every combination and print the best ones."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("candidates", type=Path)
    parser.add_argument("--least-written", type=float, default=0.0, help="leave out weights that write fewer")
    parser.add_argument("--show", type=int, default=10)
    options = parser.parse_args()
    judged = judge(read_candidates(options.data, options.candidates), load_chooser())
    every = [Weights(*weights) for weights in product(AGREEMENT, WRITTEN, WORD)]
    tried = [(measure(judged, weights), weights) for weights in every]
    kept = [each for each in tried if each[0]["written"] >= options.least_written]
    kept.sort(key=lambda each: -sum(each[0][name] for name in ROUGE_TYPES))
    for figures, weights in kept[: options.show]:
        print(json.dumps({"articles": len(judged), **figures, "weights": asdict(weights)}))


if __name__ == "__main__":
    main()
