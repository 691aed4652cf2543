"""A French sentence cut at its clauses, and one translation made of theirs, without those that are wrong."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from models.contracts import Candidate
from service.pipeline.comparison import compare
from service.pipeline.repair import FACTUAL, repair

_CUT = re.compile(r"(?:(?<=[;:])|(?<=,)(?=\s(?:mais|et|car|or|donc|alors que|tandis que|puis|tandis)\b))\s+")
_SHORTEST = 4  # words
_ENDING = re.compile(r"([.!?…]+|:|;)?([\s\u00a0\u202f]*[»”\"’)\]]*)\s*$")


@dataclass(frozen=True)
class Clause:
    """A clause beside its translation; ``faithful`` where no number, date, hour, sum or name failed."""

    french: str
    text: str
    score: float
    faithful: bool


def clauses_of(text: str) -> list[str]:
    """A sentence cut at semicolons, colons and conjunctions after a comma, no part shorter than four words."""
    parts: list[str] = []
    for part in _CUT.split(text):
        if parts and (len(part.split()) < _SHORTEST or len(parts[-1].split()) < _SHORTEST):
            parts[-1] = f"{parts[-1]} {part}"
        else:
            parts.append(part)
    return parts


def best_clause(
    french: str, candidates: Sequence[Candidate], language: str, allowed: Mapping[str, str] | None = None
) -> Clause | None:
    """The candidate of a clause that keeps its facts best, repaired where that helps; None without candidates."""
    if not candidates:
        return None
    compared = [(compare(french, one.text, language, allowed), one) for one in candidates]
    support, best = min(compared, key=lambda pair: (len(pair[0].failures), -pair[1].score))
    text = best.text
    if not support.holds and (repaired := repair(french, text, language, support, allowed)):
        text, support = repaired, compare(french, repaired, language, allowed)
    faithful = bool(text.strip()) and not any(check.fact.kind in FACTUAL for check in support.failures)
    return Clause(french, text, best.score, faithful)


def joined(clauses: Sequence[Clause], language: str) -> Candidate:
    """One candidate of the clauses' translations in order."""
    texts = [ended(clause.french, clause.text) for clause in clauses]
    for at, clause in enumerate(clauses[:-1]):
        if clause.french.endswith(",") and not texts[at].endswith(","):
            texts[at] += ","
    written = [texts[0]] + [
        _continued(text, clause.french, language) for text, clause in zip(texts[1:], clauses[1:], strict=True)
    ]
    return Candidate(" ".join(written), sum(clause.score for clause in clauses) / len(clauses))


def without_altered(clauses: Sequence[Clause], language: str) -> tuple[str, Candidate] | None:
    """The French that is left and its translation when the clauses that state a fact wrongly are left out.

    None where that cannot be done: the first clause carries the subject, what stands on either side of a
    colon belongs together, and quotation marks and parentheses must still pair up.
    """
    dropped = [at for at, clause in enumerate(clauses) if not clause.faithful]
    kept = [clause for clause in clauses if clause.faithful]
    for at in dropped:
        if at == 0 or clauses[at].french.rstrip().endswith(":") or clauses[at - 1].french.rstrip().endswith(":"):
            return None
    if not dropped or not kept:
        return None
    end = re.search(r"[.!?…]*\s*$", clauses[-1].french)
    french = " ".join(clause.french for clause in kept)
    french = re.sub(r"[\s,;.!?…]+$", "", french) + (end.group().strip() if end else "")
    if any(french.count(opening) != french.count(closing) for opening, closing in ("«»", "“”", "()")):
        return None
    candidate = joined(kept, language)
    text = re.sub(r"[\s,;]+$", "", candidate.text)
    return (french, Candidate(text, candidate.score)) if french.count('"') % 2 == 0 else None


def _continued(text: str, french: str, language: str) -> str:
    """A clause within a sentence begins in lower case, unless its French or its language say otherwise."""
    keep = language == "de" or re.match(r"I\b|\W*[A-Z]{2}", text) or french[:1].isupper()
    return text if keep else text[:1].lower() + text[1:]


def ended(french: str, translation: str) -> str:
    """A translation that ends with the sign of its French sentence, closing marks aside."""
    wanted, ending = _ENDING.search(french), _ENDING.search(translation)
    if wanted is None or ending is None or not translation:
        return translation
    sign = wanted.group(1) or ""
    if (ending.group(1) or "") == sign or (sign == "…" and ending.group(1) == "..."):
        return translation
    # An abbreviation may end with a stop that is its own: "p.m.".
    if not sign and re.search(r"\b\w\.\w?\.?$", translation):
        return translation
    return translation[: ending.start()].rstrip() + sign + ending.group(2)
