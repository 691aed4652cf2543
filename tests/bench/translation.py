"""Times the translator here and now: sentences and tokens a second, alone and in batches.

    python tests/bench/translation.py [--sentences FILE] [--to en] [--batch 16]

The sentences are the seeds' French reference briefs, or a file's, one a line. What is timed is the model alone:
four beams, no cache, no comparison of facts. Tokens are those of the first choice. A table for people, and one JSON
document as the last line. Compare rates with something run in the same minute on an otherwise idle machine.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

from models.contracts import TranslationOptions, Translator
from models.engines.openvino import Runtime, open_translator
from models.preparation.embedded import load_embedded, prepare_embedded
from service.pipeline.sentences import split_sentences
from service.seeds import load_seeds
from service.settings import Settings

ROOT = Path(__file__).resolve().parents[2]


def rates(translator: Translator, sentences: list[str], batch: int, options: TranslationOptions) -> dict[str, float]:
    """Sentences and tokens a second in calls of so many sentences."""
    begin, tokens = time.perf_counter(), 0
    for at in range(0, len(sentences), batch):
        found = translator.translate(sentences[at : at + batch], options)
        tokens += sum(candidates[0].tokens for candidates in found)
    seconds = time.perf_counter() - begin
    return {"sentences": len(sentences) / seconds, "tokens": tokens / seconds}


def main() -> None:
    """Load, warm up, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sentences", type=Path)
    parser.add_argument("--to", default="en")
    parser.add_argument("--batch", type=int, default=16)
    given = parser.parse_args()
    if given.sentences:
        sentences = [line for line in given.sentences.read_text(encoding="utf-8").splitlines() if line.strip()]
    else:
        briefs = [seed.briefs["fr"] for seed in load_seeds(ROOT / "seeds")]
        sentences = [sentence.text for brief in briefs for sentence in split_sentences(brief)]
    home = Settings().home
    prepare_embedded(home, lambda step, fraction: None)
    translator = open_translator(load_embedded(home), Runtime())
    options = TranslationOptions(given.to)
    translator.translate(sentences[: given.batch], options)
    found = {"alone": rates(translator, sentences, 1, options)}
    found[f"in batches of {given.batch}"] = rates(translator, sentences, given.batch, options)
    for name, each in found.items():
        print(f"{name:<20}{each['sentences']:6.2f} sentences/s {each['tokens']:8.1f} tokens/s")
    print(json.dumps({"sentences": len(sentences), **found}))


if __name__ == "__main__":
    main()
