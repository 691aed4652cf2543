"""Training examples from data whose path the user gives, with counts of what was left out.

Two tasks share one form: the model reads ``prompt`` and learns to write ``target``.
Briefs come from JSON lines with ``article`` and ``abstract`` (as OrangeSum's); translations
from tab-separated ``origin, French, English`` (or a language, French and that language), or from JSON
lines whose keys are languages (``fr``, ``de``, ...: every language but English, which the tables give).
Either may be compressed with xz.
"""

from __future__ import annotations

import json
import lzma
import random
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from sentencepiece import SentencePieceProcessor

from models.dictionary import Dictionary, Entry, told
from models.preparation.vocabulary import BOS, EOS
from models.prompts import BRIEF_CUE, TRANSLATION_CUES, brief_cue

# Longer pairs are rare, and usually two sentences against one.
LONGEST_PAIR = 200
LENGTH_RATIO = (0.45, 2.2)
# Words are compared by this many letters, which forgives endings.
STEM = 5
LEAST_COVERAGE = 0.45
# Names that a parallel file gives to a language, where they are not its ISO 639-1 code.
MULTI_KEYS = {"po": "pt"}
# The dictionary is not told of this share of sentences, and of the others not this share of what it has, so that the
# model goes on knowing what it knows.
UNTOLD_SENTENCES, UNTOLD_ENTRIES = 0.1, 0.15
SHORTEST_ABSTRACT = 16
LONGEST_ABSTRACT = 75
_SENTENCE_END = re.compile(r"(?<=[.!?…»\"])\s+")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_WORD = re.compile(r"[\w'’-]+")
_ELISION = re.compile(r"^(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu)['’]", re.IGNORECASE)


@dataclass(frozen=True)
class Example:
    """Token ids: what the model reads, and what it learns to write after it (with the end mark)."""

    prompt: tuple[int, ...]
    target: tuple[int, ...]

    @property
    def length(self) -> int:
        return len(self.prompt) + len(self.target)


def open_text(path: Path) -> TextIO:
    """A UTF-8 text file, decompressed when its name ends in .xz."""
    return lzma.open(path, "rt", encoding="utf-8") if path.suffix == ".xz" else path.open(encoding="utf-8")


def records(path: Path) -> Iterator[dict[str, Any]]:
    """The objects of a JSON-lines file."""
    with open_text(path) as lines:
        for line in lines:
            yield json.loads(line)


def is_supported(text: str, article: str) -> bool:
    """Whether every number, and every capitalised word inside a sentence, is in the article.

    A plain screen for training data; what serves is checked by the pipeline's stricter one.
    """
    low = article.lower()
    if any(number not in article for number in _NUMBER.findall(text)):
        return False
    for sentence in _SENTENCE_END.split(text):
        for word in _WORD.findall(sentence)[1:]:
            bare = _ELISION.sub("", word)
            if len(bare) > 2 and bare[0].isupper() and bare.lower() not in low:
                return False
    return True


def supported_part(abstract: str, article: str) -> str | None:
    """The abstract without its unsupported sentences, or nothing if too little is left."""
    kept = [sentence for sentence in _SENTENCE_END.split(abstract.strip()) if is_supported(sentence, article)]
    text = " ".join(kept).strip()
    words = len(text.split())
    return text if SHORTEST_ABSTRACT <= words <= LONGEST_ABSTRACT and text[-1:] in '.!?…»"' else None


def coverage(text: str, source: str) -> float:
    """The share of a text's longer words (four letters or more) that a source has, by their first five letters."""
    known = {word[:STEM] for word in _WORD.findall(source.lower())}
    words = [word[:STEM] for word in _WORD.findall(text.lower()) if len(word) > 3]
    return sum(word in known for word in words) / (len(words) or 1)


def brief_examples(path: Path, tokens: SentencePieceProcessor, window: int, left_out: Counter[str]) -> list[Example]:
    """Articles cut to ``window`` tokens, with the supported part of their abstracts.

    An abstract whose words the read part mostly lacks would teach invention, and is left out.
    """
    cue = tuple(tokens.encode(BRIEF_CUE))
    found = []
    for record in records(path):
        article = record["article"].strip()
        target = supported_part(record["abstract"], article)
        if target is None:
            left_out["abstract not supported, too short or too long"] += 1
            continue
        body = tuple(tokens.encode(article)[:window])
        if coverage(target, tokens.decode(list(body))) < LEAST_COVERAGE:
            left_out["abstract says what the part read does not"] += 1
            continue
        found.append(Example((BOS, *body, *cue), (*tokens.encode(target), EOS)))
    return found


def passage_examples(path: Path, tokens: SentencePieceProcessor, window: int, left_out: Counter[str]) -> list[Example]:
    """Passages of at most ``window`` tokens with their briefs (``service.evaluation.passages`` makes the file)."""
    found = []
    for record in records(path):
        body, brief = tuple(tokens.encode(record["passage"])), record["brief"]
        cue = tokens.encode(brief_cue(len(brief.split())))
        if len(body) > window:
            left_out["passage longer than the window"] += 1
        else:
            found.append(Example((BOS, *body, *cue), (*tokens.encode(brief), EOS)))
    return found


def read_pairs(path: Path, keep_out_last: int, left_out: Counter[str]) -> list[tuple[str, str, str]]:
    """A file's ``language, French, translation``, without the NTREX sentences that are kept for measuring."""
    found: list[tuple[str, str, str]] = []
    if ".jsonl" in path.suffixes:
        for record in list(records(path))[: -keep_out_last or None]:
            named = {MULTI_KEYS.get(key, key): text for key, text in record.items()}
            found += [(to, named["fr"], named[to]) for to in TRANSLATION_CUES if to != "en" and to in named]
        return found
    with open_text(path) as lines:
        rows = [line.rstrip("\n").split("\t") for line in lines]
    if keep_out_last and rows[0][0] == "ntrex":
        left_out["ntrex kept for measuring"] += keep_out_last
        rows = rows[:-keep_out_last]
    return [(first if first in TRANSLATION_CUES else "en", french, other) for first, french, other in rows]


def translation_examples(
    paths: list[Path],
    tokens: SentencePieceProcessor,
    keep_out_last: int,
    left_out: Counter[str],
    dictionaries: Mapping[str, Dictionary] | None = None,
    seed: int = 1,
) -> list[Example]:
    """French sentences with their translations; the last ``keep_out_last`` NTREX sentences stay for measuring.

    With ``dictionaries``, by language, most of what they have of a sentence is told after it.
    """
    cues = {language: tuple(tokens.encode(cue)) for language, cue in TRANSLATION_CUES.items()}
    chance = random.Random(seed)
    found = []
    for to, french, translation in (pair for path in paths for pair in read_pairs(path, keep_out_last, left_out)):
        source, target = tokens.encode(french.strip()), tokens.encode(translation.strip())
        ratio = len(target) / max(len(source), 1)
        if not source or not target or len(source) + len(target) > LONGEST_PAIR:
            left_out["pair empty or too long"] += 1
        elif not LENGTH_RATIO[0] <= ratio <= LENGTH_RATIO[1] and len(source) > 8:
            left_out["lengths differ too much"] += 1
        else:
            entries = (dictionaries or {}).get(to, Dictionary({})).entries(french)
            hints = tokens.encode(told(_most(entries, chance)))
            found.append(Example((BOS, *source, *hints, *cues[to]), (*target, EOS)))
    return found


def _most(entries: list[Entry], chance: random.Random) -> list[Entry]:
    if chance.random() < UNTOLD_SENTENCES:
        return []
    return [entry for entry in entries if chance.random() >= UNTOLD_ENTRIES]
