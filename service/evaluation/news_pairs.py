"""Joins our translations of news sentences to their French, which is OrangeSum's and is not kept here.

    python -m service.evaluation.news_pairs train.jsonl.xz models/training/translations/en.tsv.xz news-en.tsv

A line of the translations is a record's ``id``, the ``digest`` of one of its sentences and our translation of
it, separated by tabs; the language is the file's name. A line of what is written is the language, the French and the
translation, as ``models.training.finetune translation`` reads them. Sentences are those that the product splits.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from models.training.corpus import open_text
from service.evaluation.corpus import Record, read_records
from service.pipeline.article import read_article
from service.pipeline.choice import lines

#: So many hexadecimal digits tell the sentences of one article apart.
DIGEST = 8


def digest(sentence: str) -> str:
    """What stands for a sentence beside its translation."""
    return hashlib.sha256(sentence.encode()).hexdigest()[:DIGEST]


def pairs(records: Iterable[Record], translations: Mapping[tuple[str, str], str]) -> Iterator[tuple[str, str]]:
    """The French of every translation whose sentence is found, and the translation, in the records' order."""
    wanted = {record for record, _ in translations}
    for record in records:
        if record.id in wanted:
            for sentence in lines(read_article(record.article, None, None)):
                translation = translations.get((record.id, digest(sentence)))
                if translation is not None:
                    yield sentence, translation


def read_translations(path: Path) -> dict[tuple[str, str], str]:
    """Our translations by record and digest."""
    with open_text(path) as file:
        rows = (line.rstrip("\n").split("\t") for line in file)
        return {(record, sentence): translation for record, sentence, translation in rows}


def main() -> None:
    """Write the pairs, and print how many there are and how many sentences were not found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("translations", type=Path)
    parser.add_argument("out", type=Path)
    options = parser.parse_args()
    translations = read_translations(options.translations)
    language = options.translations.name.split(".")[0]
    found = dict(pairs(read_records(options.data), translations))
    with options.out.open("w", encoding="utf-8") as out:
        for french, translation in found.items():
            out.write(f"{language}\t{french}\t{translation}\n")
    print(json.dumps({"pairs": len(found), "not_found": len(translations) - len(found)}))


if __name__ == "__main__":
    main()
