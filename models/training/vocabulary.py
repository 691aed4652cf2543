"""Chooses the pieces of the base's vocabulary that stay, and writes ``models/preparation/kept.npz``.

    python -m models.training.vocabulary --base base.gguf --french orangesum/*.jsonl.xz fr-en/*.tsv.xz \\
        --other fr-en/ntrex-multi.jsonl.xz --out models/preparation/kept.npz

Kept are the pieces that French and English texts use often enough, those that the other
languages use at all, every byte, the characters of European scripts, and the shorter pieces
through which byte-pair merging reaches a kept one: without these a kept piece can never
form. (The first trial left them out, and needed 1.6 % more tokens; with them it is 0.9 %.)
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
from sentencepiece import SentencePieceProcessor

from models.preparation.base import Pieces, read_pieces
from models.preparation.gguf_arrays import ArrayReader
from models.preparation.vocabulary import BOS, BYTE_TYPE, EOS, PAD, UNKNOWN, USER_DEFINED_TYPE, sentencepiece_model
from models.training.corpus import open_text

NORMAL_TYPE = 1
CHUNK = 2000
#: User-defined pieces that prompts and articles need; the base has many more, for markup.
SPACING = ("\n", "\n\n", "\n\n\n", "  ", "   ")


def texts(paths: Iterable[Path], aside: frozenset[str] = frozenset()) -> Iterator[str]:
    """Every string of JSON lines, fields ``aside`` left out, and of tab-separated files but their first column."""
    for path in paths:
        with open_text(path) as lines:
            for line in lines:
                if ".tsv" in path.name:
                    yield from line.rstrip("\n").split("\t")[1:]
                else:
                    fields = json.loads(line).items()
                    yield from (value for name, value in fields if name not in aside and isinstance(value, str))


def counts(tokens: SentencePieceProcessor, found: Iterable[str]) -> Counter[int]:
    """How often each piece is used."""
    total: Counter[int] = Counter()
    chunk: list[str] = []
    for text in found:
        chunk.append(text)
        if len(chunk) == CHUNK:
            for ids in tokens.encode(chunk):
                total.update(ids)
            chunk.clear()
    for ids in tokens.encode(chunk):
        total.update(ids)
    return total


def merged_from(text: str, scores: dict[str, float]) -> set[str]:
    """The pieces that byte-pair merging passes through on the way to ``text``, itself included."""
    parts, passed = list(text), set[str]()
    while len(parts) > 1:
        merges = [
            (scores[joined], -at) for at in range(len(parts) - 1) if (joined := parts[at] + parts[at + 1]) in scores
        ]
        if not merges:
            break
        at = -max(merges)[1]
        parts[at : at + 2] = [parts[at] + parts[at + 1]]
        passed.add(parts[at])
    return passed


def chosen(pieces: Pieces, main: Counter[int], other: Counter[int], least: int) -> list[int]:
    """The ids that stay, ascending."""
    by_text = {text: id for id, text in enumerate(pieces.texts) if pieces.types[id] == NORMAL_TYPE}
    scores = {text: pieces.scores[id] for text, id in by_text.items()}
    kept = {id for id, count in main.items() if count >= least} | set(other)
    for id in sorted(kept):
        if pieces.types[id] == NORMAL_TYPE:
            kept |= {by_text[text] for text in merged_from(pieces.texts[id], scores)}
    for id, text in enumerate(pieces.texts):
        kind = pieces.types[id]
        european = kind == NORMAL_TYPE and len(text) == 1 and (ord(text) < 0x600 or 0x2000 <= ord(text) < 0x2200)
        if kind == BYTE_TYPE or european or text == "▁" or (kind == USER_DEFINED_TYPE and text in SPACING):
            kept.add(id)
    return sorted(kept | {PAD, EOS, BOS, UNKNOWN})


def main() -> None:
    """Count, choose, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--base", type=Path, required=True)
    parser.add_argument("--french", type=Path, nargs="+", required=True, help="French and English texts")
    parser.add_argument("--other", type=Path, nargs="*", default=[], help="texts of the other languages")
    parser.add_argument("--least", type=int, default=8, help="uses in the French and English texts")
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    pieces = read_pieces(ArrayReader(options.base))
    every = np.arange(len(pieces.texts))
    tokens = SentencePieceProcessor(model_proto=sentencepiece_model(pieces, every))
    others = counts(tokens, texts(options.other, aside=frozenset({"fr", "en"})))
    kept = chosen(pieces, counts(tokens, texts(options.french)), others, options.least)
    np.savez_compressed(options.out, steps=np.diff(np.array(kept), prepend=0).astype(np.uint16))
    print(json.dumps({"pieces": len(kept), "bytes": options.out.stat().st_size}))


if __name__ == "__main__":
    main()
