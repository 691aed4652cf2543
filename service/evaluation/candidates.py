"""Records what the model writes of articles' passages, for training and measuring the choice among candidates.

    python -m service.evaluation.candidates valid.jsonl.xz candidates.jsonl --limit 1000

One line for each article: ``id``, what the reader ``told`` of its sentences, and ``passages`` with their
``text`` and ``candidates``, which have ``text``, ``score`` and ``tokens``, best first. Started again, it
goes on after the articles that the file has. ``--adapter`` tries weights that the catalogue does not name
yet; the reader's head was trained on the served ones.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from dataclasses import asdict, replace
from pathlib import Path

from models.catalogue import SERVED, Adapter, adapter_path, embedded
from models.contracts import Reader, Summariser
from models.engines.openvino import Runtime, open_summariser
from models.engines.openvino_reader import open_reader
from models.preparation.embedded import load_embedded, prepare_embedded
from models.reader import load_head
from service.evaluation.corpus import Record, read_records
from service.pipeline.article import read_article
from service.pipeline.choice import told
from service.pipeline.lengths import LENGTHS
from service.pipeline.writing import OF_PASSAGE, PASSAGES
from service.wiring import READER, load_chooser

TOGETHER = 8  # articles decoded at once


def record(
    records: list[Record], out: Path, reader: Reader, summariser: Summariser, passages: int, each_of: int
) -> int:
    """Append the candidates of the records that ``out`` lacks; returns how many were written."""
    done = {json.loads(line)["id"] for line in out.read_text().splitlines()} if out.exists() else set()
    waiting = [each for each in records if each.id not in done]
    chooser = load_chooser()
    options = LENGTHS["medium"].writing(each_of)
    with out.open("a", encoding="utf-8") as file:
        for start in range(0, len(waiting), TOGETHER):
            part = waiting[start : start + TOGETHER]
            articles = [read_article(each.article, None, None) for each in part]
            said = [told(article, reader) for article in articles]
            readings = [chooser.reading(article, each) for article, each in zip(articles, said, strict=True)]
            shown = [reading.passages("medium", passages) for reading in readings]
            written = iter(summariser.summarise([text for texts in shown for text in texts], options))
            for each, own, texts in zip(part, said, shown, strict=True):
                found = [
                    {"text": text, "candidates": [asdict(candidate) for candidate in next(written)]} for text in texts
                ]
                line = {"id": each.id, "told": [asdict(sentence) for sentence in own], "passages": found}
                file.write(json.dumps(line, ensure_ascii=False) + "\n")
            file.flush()
            print(f"{start + len(part)} of {len(waiting)}", flush=True)
    return len(waiting)


def open_writer(home: Path, adapters: list[Path], window: int | None) -> tuple[Reader, Summariser]:
    """The served reader and writer, or those with another adapter or window, prepared under ``home``."""
    models = SERVED
    if adapters:
        base = embedded("summary")
        # An absolute path stays what it is when it is joined to the installation's folder.
        tried = tuple(Adapter(str(path.resolve())) for path in adapters)
        models = (replace(base, adapters=tried, window=window or base.window), embedded("reading"))
    prepare_embedded(home, lambda step, share: None, models=models)
    prepared = load_embedded(home, models=models)
    return open_reader(prepared, Runtime(), load_head(adapter_path(READER))), open_summariser(prepared, Runtime())


def main() -> None:
    """Record, and print how long it took."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--home", type=Path, required=True, help="where prepared weights are kept")
    parser.add_argument(
        "--adapters", type=Path, nargs="+", default=[], help="weights to try; needs a --home of its own"
    )
    parser.add_argument("--window", type=int, help="tokens that they read")
    parser.add_argument("--passages", type=int, default=PASSAGES)
    parser.add_argument("--each", type=int, default=OF_PASSAGE, help="candidates of each passage")
    parser.add_argument("--limit", type=int)
    parser.add_argument("--seed", type=int, help="shuffle the articles before the limit")
    options = parser.parse_args()
    records = read_records(options.data)
    if options.seed is not None:
        random.Random(options.seed).shuffle(records)
    reader, writer = open_writer(options.home, options.adapters, options.window)
    begin = time.perf_counter()
    count = record(records[: options.limit], options.out, reader, writer, options.passages, options.each)
    print(json.dumps({"articles": count, "seconds": round(time.perf_counter() - begin, 1)}))


if __name__ == "__main__":
    main()
