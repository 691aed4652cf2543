"""Makes the writer's second training pairs: passages of OrangeSum as we shortened them by hand.

    python -m service.evaluation.rewritten train.jsonl.xz models/training/rewritten.jsonl.xz rewritten.jsonl

What is kept here holds none of the collection's sentences: a line is a record's ``id``, the ``places`` of the
passage's sentences in its article, and ``edits``: runs ``[first, end]`` of the passage's words that stay, and between
them words of ours. What is written is as ``service.evaluation.passages`` writes it: ``id``, ``passage``, ``brief``.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

from models.training.corpus import records as objects
from service.evaluation.corpus import Record, read_records
from service.pipeline.article import read_article
from service.pipeline.choice import lines

#: Words of the passage that stay, from the first to before the last, or words of ours.
Edit = tuple[int, int] | str


@dataclass(frozen=True)
class Rewritten:
    """A passage, by the places of its sentences, and what was made of it."""

    id: str
    places: tuple[int, ...]
    edits: tuple[Edit, ...]


def edits_of(passage: str, brief: str) -> tuple[Edit, ...]:
    """What turns a passage into a brief: ``applied`` gives the brief again."""
    read, written = passage.split(), brief.split()
    found: list[Edit] = []
    for kind, first, end, start, stop in SequenceMatcher(None, read, written, autojunk=False).get_opcodes():
        if kind == "equal":
            found.append((first, end))
        elif stop > start:
            found.append(" ".join(written[start:stop]))
    return tuple(found)


def applied(passage: str, edits: Sequence[Edit]) -> str:
    """The brief that edits make of a passage."""
    words = passage.split()
    return " ".join(edit if isinstance(edit, str) else " ".join(words[slice(*edit)]) for edit in edits)


def read_rewritten(path: Path) -> list[Rewritten]:
    """The passages that were shortened."""

    def edit(value: Any) -> Edit:
        return value if isinstance(value, str) else (value[0], value[1])

    return [
        Rewritten(line["id"], tuple(line["places"]), tuple(edit(each) for each in line["edits"]))
        for line in objects(path)
    ]


def pairs(records: Iterable[Record], rewritten: Iterable[Rewritten]) -> Iterator[tuple[str, str, str]]:
    """Id, passage and brief of each, in the records' order."""
    wanted: dict[str, list[Rewritten]] = {}
    for each in rewritten:
        wanted.setdefault(each.id, []).append(each)
    for record in records:
        if record.id in wanted:
            sentences = lines(read_article(record.article, None, None))
            for each in wanted[record.id]:
                if max(each.places) < len(sentences):
                    passage = " ".join(sentences[place] for place in each.places)
                    yield record.id, passage, applied(passage, each.edits)


def main() -> None:
    """Write the pairs, and print how many there are."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("rewritten", type=Path)
    parser.add_argument("out", type=Path)
    options = parser.parse_args()
    count = 0
    with options.out.open("w", encoding="utf-8") as out:
        for record, passage, brief in pairs(read_records(options.data), read_rewritten(options.rewritten)):
            out.write(json.dumps({"id": record, "passage": passage, "brief": brief}, ensure_ascii=False) + "\n")
            count += 1
    print(json.dumps({"pairs": count}))


if __name__ == "__main__":
    main()
