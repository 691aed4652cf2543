"""Says how much of a reference brief each sentence of an article holds: what the reader learns from.

    python -m service.evaluation.sentence_worths train.jsonl.xz sentences.jsonl

One line for each record: ``id``, ``sentences`` as the product splits them, ``worths`` (the ROUGE-1 + ROUGE-2, F1,
that each alone shares with the reference, Unicode words) and ``titles`` (the same against the title).
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from typing import Any

from service.evaluation.corpus import Record, read_records
from service.evaluation.train_choice import grams, worth
from service.pipeline.article import read_article
from service.pipeline.choice import lines


def worths_of(record: Record) -> dict[str, Any]:
    """The sentences of one record and what they are worth."""
    sentences = lines(read_article(record.article, None, None))
    found = [grams(sentence) for sentence in sentences]

    def against(text: str) -> list[float]:
        wanted = grams(text)
        return [round(sum(worth(each, wanted)[:2]), 4) for each in found]

    return {
        "id": record.id,
        "sentences": sentences,
        "worths": against(record.reference),
        "titles": against(record.title or ""),
    }


def main() -> None:
    """Write the file, and say how many records and sentences it holds."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--limit", type=int, help="records to read")
    options = parser.parse_args()
    begin, records, sentences = time.perf_counter(), 0, 0
    with options.out.open("w", encoding="utf-8") as out:
        for record in read_records(options.data)[: options.limit]:
            line = worths_of(record)
            out.write(json.dumps(line, ensure_ascii=False) + "\n")
            records, sentences = records + 1, sentences + len(line["sentences"])
    print(json.dumps({"records": records, "sentences": sentences, "seconds": round(time.perf_counter() - begin)}))


if __name__ == "__main__":
    main()
