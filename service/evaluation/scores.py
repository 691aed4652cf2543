"""How good one brief is: ROUGE in two tokenisations, length, copying, and what the article does not say.

Every score lies in 0..100 except ``words`` and ``seconds``. A brief that a system failed to
write is an empty one, and scores so.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import version
from typing import Any

import numpy as np
from numpy.typing import NDArray

from service.evaluation.corpus import GivenBrief, Record
from service.version import VERSION

#: Whether everything that a brief states is in one article, by the product's own strict check.
StrictCheck = Callable[[str], bool]

ROUGE_TYPES = ("rouge1", "rouge2", "rougeL")
NOVELTY = {"novel1": 1, "novel2": 2, "novel3": 3}

_WORD = re.compile(r"\w+")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_NAME_WORD = re.compile(r"[\w'’-]+")
_CLOSED_SENTENCE = re.compile(r"(?<=[.!?:»\"])\s+")
_ELIDED = re.compile(r"(?:[dlnsjmtc]|qu|jusqu|lorsqu|puisqu)['’]", re.IGNORECASE)
_LEAD_BREAK = re.compile(r"(?<=[.!?])\s*(?=[A-ZÉÀ\"«])")


class UnicodeWords:
    """The tokeniser of our own figures: runs of letters, digits and underscores of any script, lower-cased.

    The paper's splits « été » into "t" and so rewards or punishes pieces of words.
    """

    def tokenize(self, text: str) -> list[str]:
        """The words of a text."""
        return _WORD.findall(text.lower())


@dataclass(frozen=True)
class SystemScores:
    """A system's scores, one value a record for each metric, in the records' order."""

    name: str
    values: dict[str, NDArray[np.float64]]
    failures: dict[str, int] = field(default_factory=dict)  # error code -> how many briefs are missing for it
    written: int | None = None  # briefs of origin "written", where the origin is known

    @property
    def count(self) -> int:
        """How many records were scored."""
        return len(next(iter(self.values.values())))


@cache
def _rouge(paper: bool) -> Any:
    from rouge_score import rouge_scorer  # nltk comes with it: two seconds that other commands need not pay

    return rouge_scorer.RougeScorer(list(ROUGE_TYPES), tokenizer=None if paper else UnicodeWords())


def rouge(reference: str, brief: str, *, paper: bool) -> dict[str, float]:
    """ROUGE-1, -2 and -L F1 (Lin 2004), unstemmed.

    ``paper`` takes rouge-score's default tokeniser, as OrangeSum's authors did; otherwise ``UnicodeWords``.
    """
    scores = _rouge(paper).score(reference, brief)
    return {name: 100.0 * float(scores[name].fmeasure) for name in ROUGE_TYPES}


def first_sentences(article: str, count: int) -> str:
    """The article's first sentences: the baseline that news summarisers must beat."""
    return " ".join(_LEAD_BREAK.split(article)[:count])


def unknown_numbers(brief: str, article: str) -> list[str]:
    """The brief's numbers whose characters do not occur in the article, in order."""
    return [number for number in _NUMBER.findall(brief) if number not in article]


def unknown_names(brief: str, article: str) -> list[str]:
    """The brief's names that do not occur in the article in any case, in order.

    A name is a word of three letters or more, its elided article left aside, that has a capital
    and does not open a sentence: a screen that misses names at the start and never asks what a word means.
    Soft hyphens of the article, which nobody sees, are left aside.
    """
    known = article.lower().replace("\u00ad", "")
    return [name for name in _capitalised(brief) if name.lower() not in known]


def _capitalised(text: str) -> list[str]:
    inner = [word for sentence in _CLOSED_SENTENCE.split(text) for word in _NAME_WORD.findall(sentence)[1:]]
    bare = [_ELIDED.sub("", word, count=1) if _ELIDED.match(word) else word for word in inner]
    return [word for word in bare if len(word) > 2 and word[0].isupper()]


def novelty(brief: str, article: str, size: int) -> float:
    """The share, 0..100, of the brief's distinct n-grams of words that the article lacks; 0 without any.

    What remains to 100 is copied (Narayan et al. 2018 report the same share).
    """
    ours, theirs = _ngrams(brief, size), _ngrams(article, size)
    return 100.0 * len(ours - theirs) / len(ours) if ours else 0.0


def _ngrams(text: str, size: int) -> set[tuple[str, ...]]:
    words = UnicodeWords().tokenize(text)
    return set(zip(*(words[offset:] for offset in range(size)), strict=False))


def score_brief(record: Record, brief: str, strict: StrictCheck | None = None) -> dict[str, float]:
    """Every score of one brief, by metric."""
    numbers, names = unknown_numbers(brief, record.article), unknown_names(brief, record.article)
    scores = rouge(record.reference, brief, paper=False)
    scores |= {f"paper_{name}": value for name, value in rouge(record.reference, brief, paper=True).items()}
    scores["words"] = float(len(brief.split()))
    scores["unsupported_numbers"] = 100.0 * bool(numbers)
    scores["unsupported_names"] = 100.0 * bool(names)
    scores["unsupported"] = 100.0 * bool(numbers or names)
    if strict is not None:
        scores["unsupported_strict"] = 100.0 * (not strict(brief))
    scores |= {name: novelty(brief, record.article, size) for name, size in NOVELTY.items()}
    return scores


def gathered(name: str, briefs: Sequence[GivenBrief], rows: Sequence[dict[str, float]]) -> SystemScores:
    """One system's scores from those of its briefs; ``seconds`` only where every brief tells them."""
    values = {metric: np.array([row[metric] for row in rows], dtype=np.float64) for metric in rows[0]}
    seconds = [brief.seconds for brief in briefs if brief.seconds is not None]
    if len(seconds) == len(briefs):
        values["seconds"] = np.array(seconds, dtype=np.float64)
    origins = [brief.origin for brief in briefs if brief.origin is not None]
    return SystemScores(
        name=name,
        values=values,
        failures=dict(Counter(brief.error for brief in briefs if brief.error is not None)),
        written=origins.count("written") if origins else None,
    )


def signature(metric: str) -> str:
    """What a figure of this metric means, in sacrebleu's manner: parts of ``key:value`` joined by bars."""
    kind = metric.removeprefix("paper_")
    if kind in ROUGE_TYPES:
        tokens = "rouge-score-default[a-z0-9]" if metric.startswith("paper_") else "unicode-words"
        return f"f1:mean|tok:{tokens}|case:lower|stem:no|rouge-score:{version('rouge-score')}|breve:{VERSION}"
    if metric in NOVELTY:
        return f"novel-ngrams:{NOVELTY[metric]}|distinct:yes|tok:unicode-words|case:lower|breve:{VERSION}"
    meanings = {
        "words": "tok:white-space",
        "unsupported": "rule:number-or-capitalised-word-absent|match:substring|case:lower",
        "unsupported_numbers": "rule:number-absent|match:substring",
        "unsupported_names": "rule:capitalised-word-absent|match:substring|case:lower",
        "unsupported_strict": "rule:check_support|match:value",
        "seconds": "clock:wall|each:request",
    }
    return f"{meanings[metric]}|breve:{VERSION}"
