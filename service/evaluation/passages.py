"""Makes the writer's training pairs: sentences of an article, and the reference that says the same in fewer words.

    python -m service.evaluation.passages train.jsonl.xz passages.jsonl [--grounded]

A reference brief, or one sentence of it, becomes a target when at most three sentences of the article
(two for one sentence) hold most of its words and, by the strict check, every number and name of it.
So the model never learns to say what it does not read; with ``--grounded`` each sentence of a target must also rest
on one sentence, as the product asks of what is written (``service.pipeline.grounds``). One line for each pair:
``id``, ``passage``, ``brief``.
(Select first, then rewrite: Chen and Bansal 2018, arXiv 1805.11080.)
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from service.evaluation.corpus import Record, read_records
from service.pipeline.article import read_article
from service.pipeline.choice import GROUNDING
from service.pipeline.extracts import SHORTEST_SENTENCE, without_dateline
from service.pipeline.grounds import Grounds
from service.pipeline.salience import Piece, Stems
from service.pipeline.sentences import split_sentences
from service.pipeline.style import faults
from service.pipeline.support import SupportChecker

#: Sentences looked at, from the article's beginning; of equally good ones the earlier is taken.
LOOKED_AT, LATER = 40, 0.02
#: The share of a target's stems that its passage must hold, how many it may lack, and how many a further sentence
#: must bring.
LEAST_HELD, MOST_MISSING, LEAST_NEW = 0.6, 5, 2
SHORTEST, LONGEST, LONGEST_PASSAGE = 7, 60, 120
#: Ends of what only announces the article.
TRAILING = ("...", "…")
#: A target has at most this share of its passage's words: the rest would teach to copy.
SHRINKING = 0.9


@dataclass(frozen=True)
class Pair:
    """What the model reads and what it learns to write."""

    passage: str
    brief: str


def pairs(record: Record, stems: Stems, left_out: Counter[str], grounded: bool = False) -> Iterator[Pair]:
    """The pairs that one article and its reference make; ``left_out`` counts the others by reason."""
    article = read_article(record.article, None, None)
    texts = [without_dateline(" ".join(sentence.text.split())) for sentence in article.sentences[:LOOKED_AT]]
    pieces = [stems.piece(text) for text in texts]
    sentences = [sentence.text for sentence in split_sentences(record.reference.strip())]
    targets = [(record.reference.strip(), 3)]
    if len(sentences) > 1:
        targets += [(sentence, 2) for sentence in sentences]
    for target, most in targets:
        brief = " ".join(target.split())
        places = passage_of(stems.piece(brief), pieces, most)
        passage = " ".join(texts[place] for place in places)
        reason = "no such passage" if not places else fault_of(brief, passage)
        if reason is None and grounded and Grounds([texts[place] for place in places], stems).share(brief) < GROUNDING:
            reason = "not told by one sentence"
        if reason is None:
            yield Pair(passage, brief)
        else:
            left_out[reason] += 1


def passage_of(target: Piece, sentences: Sequence[Piece], most: int) -> list[int]:
    """The places of the few sentences that hold the target's words, in order; none where they hold too few."""
    wanted = set(target.stems)
    missing, chosen = set(wanted), list[int]()
    while missing and len(chosen) < most:
        brought = {
            place: len(missing.intersection(piece.stems))
            for place, piece in enumerate(sentences)
            if place not in chosen and piece.words >= SHORTEST_SENTENCE
        }
        best = max(brought, key=lambda place: brought[place] - LATER * place, default=None)
        if best is None or brought[best] < (LEAST_NEW if chosen else 1):
            break
        chosen.append(best)
        missing.difference_update(sentences[best].stems)
    holds = len(missing) <= min(MOST_MISSING, (1 - LEAST_HELD) * len(wanted))
    return sorted(chosen) if holds else []


def fault_of(brief: str, passage: str) -> str | None:
    """Why a pair would teach something wrong; nothing when it is good."""
    read, written = len(passage.split()), len(brief.split())
    if not SHORTEST <= written <= LONGEST or read > LONGEST_PASSAGE:
        return "too short or too long"
    if written > SHRINKING * read:
        return "hardly shorter than what it says"
    if faults(brief, 0, LONGEST) or brief.endswith(TRAILING):
        return "no whole, self-standing text"
    if not SupportChecker(read_article(passage, None, None)).check(brief).holds:
        return "states what the passage does not"
    return None


def main() -> None:
    """Write the pairs of every article, and print how many and what was left out."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--grounded", action="store_true", help="only what the product's rules would let pass")
    parser.add_argument("--limit", type=int, help="articles to read")
    options = parser.parse_args()
    begin, stems, left_out, count = time.perf_counter(), Stems(), Counter[str](), 0
    records = read_records(options.data, options.limit)
    with options.out.open("w", encoding="utf-8") as file:
        for record in records:
            for pair in pairs(record, stems, left_out, options.grounded):
                line = {"id": record.id, "passage": pair.passage, "brief": pair.brief}
                file.write(json.dumps(line, ensure_ascii=False) + "\n")
                count += 1
    seconds = round(time.perf_counter() - begin, 1)
    print(json.dumps({"articles": len(records), "pairs": count, "left_out": dict(left_out), "seconds": seconds}))


if __name__ == "__main__":
    main()
