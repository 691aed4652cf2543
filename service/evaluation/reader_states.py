"""What the reader thinks of each sentence of many articles: ``train_appraiser`` learns from it.

    python -m service.evaluation.reader_states train.jsonl.xz states.npz --home HOME --limit 5000

The states of every read sentence (the reader's last layer, float16) of each article, with the articles' ids. The
reader must not have learnt from these articles, or whoever learns from what it thinks would trust it too
much: ``models.training.reading`` leaves the first ones out. An eighth of a second an article on two cores.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models.catalogue import adapter_path
from models.contracts import Candidate
from models.engines.openvino import Runtime
from models.engines.openvino_reader import open_reader
from models.engines.reading import ArticleReader
from models.preparation.embedded import load_embedded
from models.reader import Head, load_head
from service.evaluation.corpus import Record, read_records
from service.pipeline.article import read_article
from service.pipeline.choice import lines
from service.wiring import READER

#: An article's read sentences by its id: (sentences, layers, width).
States = Mapping[str, NDArray[np.float32]]


def states_of(records: Iterable[Record], reader: ArticleReader) -> dict[str, NDArray[np.float32]]:
    """Read every record."""
    return {record.id: reader.states(lines(read_article(record.article, None, None))) for record in records}


def save_states(path: Path, states: States) -> None:
    """Write them to an ``.npz`` file, which ends the name."""
    parts = list(states.values())
    np.savez(
        path,
        ids=np.array(list(states)),
        counts=np.array([len(each) for each in parts]),
        states=np.concatenate(parts).astype(np.float16),
    )


def load_states(path: Path) -> dict[str, NDArray[np.float32]]:
    """What ``save_states`` wrote."""
    with np.load(path, allow_pickle=False) as stored:
        parts = np.split(stored["states"], np.cumsum(stored["counts"])[:-1])
        return {str(id): part.astype(np.float32) for id, part in zip(stored["ids"], parts, strict=True)}


def told_of(sentences: list[str], states: NDArray[np.float32], head: Head) -> list[Candidate]:
    """What a reader with this head says of an article whose states are known."""
    scores = head.scores(states, [len(sentence.split()) for sentence in sentences])
    traits = head.traits(states, len(sentences))
    return [Candidate("", round(score, 5), 0, own) for score, own in zip(scores, traits, strict=True)]


def main() -> None:
    """Read, write, and print how long it took."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--home", type=Path, required=True, help="prepared weights (BREVE_HOME)")
    parser.add_argument("--limit", type=int, help="articles to read")
    options = parser.parse_args()
    reader = open_reader(load_embedded(options.home), Runtime(), load_head(adapter_path(READER)))
    begin = time.perf_counter()
    states = states_of(read_records(options.data)[: options.limit], reader)
    save_states(options.out, states)
    print(json.dumps({"articles": len(states), "seconds": round(time.perf_counter() - begin, 1)}))


if __name__ == "__main__":
    main()
