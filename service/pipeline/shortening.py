"""Shortened versions of a French sentence: whole constituents are left out, not a word is added or altered.

Left out are what stands between parentheses or dashes, linking words, relative clauses and appositions
between commas, circumstances and second clauses at the end. A version must keep a main verb. Conditions,
exceptions, negations, sources and quotations stay as they are; where a rule is not sure, nothing is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from service.pipeline.clause_cuts import Cut, inner_cuts
from service.pipeline.clause_tails import tail_cuts
from service.pipeline.french_clauses import Clauses, masked

#: A version has at least so many words; a sentence with more characters is not looked at.
SHORTEST, LONGEST = 6, 700
#: Versions of one sentence at most.
MOST = 6

_FINAL = re.compile(r"(?<=[^\s.!?…])[ \u00a0\u202f]?(?:\.|!|…|\.\.\.)$")
# A heading or a second sentence that was glued to this one: nothing is certain then.
_GLUED = re.compile(
    r"[a-zà-ÿ]{2}[.)»\"]?[A-ZÀ-Ý][a-zà-ÿ]|[A-ZÀ-Ý]{3}[a-rt-zà-ÿ]|[.!?][A-ZÀ-Ý«\"]|\.\.\s|[!?]\s|"
    r"[a-zà-ÿ] (?:La|Le|Les|Un|Une|Il|Elle|Ils|Des|Selon|Dans|En|Ce|Cette|Ces|Pour|Au|Avec|Mais|Si|Et) [a-zà-ÿ]"
)
_INVERTED = re.compile(r"\w-(?:t-)?(?:ils?|elles?|on)\b", re.IGNORECASE)
_LIST_MARK = re.compile(r"\s*(?:[-–—•*►>|]|\d+[.)°])")
_STRAIGHT = re.compile(r'"([^"]*)"')
_PAIRS = (("«", "»"), ("“", "”"), ("(", ")"), ("[", "]"))


def shortened(sentence: str) -> tuple[str, ...]:
    """At most ``MOST`` distinct versions of one sentence with constituents left out, best-behaved first.

    Each is shorter, has at least ``SHORTEST`` words, and ends with the sentence's own final mark. Questions,
    sentences without a final mark and those whose quotation marks do not pair have none.
    """
    text = " ".join(sentence.split())
    final = _FINAL.search(text)
    if final is None or len(text) > LONGEST or not _is_sound(text):
        return ()
    clauses = Clauses(text)
    if clauses.main_verbs(0, len(clauses.words)) < 1:
        return ()
    found = {*inner_cuts(clauses), *tail_cuts(clauses, final.start())}
    cuts = sorted(found, key=lambda cut: (cut.rank, cut.end - cut.start, cut.start))
    versions: dict[str, None] = {}
    for chosen in _selections(cuts):
        if (version := _version(clauses, chosen)) is not None:
            versions.setdefault(version)
    return tuple(versions)[:MOST]


def _is_sound(text: str) -> bool:
    """Whether a text is one sentence as it was written, with marks that pair."""
    if any(text.count(opening) != text.count(closing) for opening, closing in _PAIRS) or text.count('"') % 2:
        return False
    if any(quoted != quoted.strip() for quoted in _STRAIGHT.findall(text)):
        return False  # read from the wrong mark on
    return not _LIST_MARK.match(text) and not _GLUED.search(masked(text))


def _selections(cuts: Sequence[Cut]) -> Iterator[list[Cut]]:
    """Cuts to make together: the light ones, then each alone, and as many as go together, short and long ones."""
    light = [cut for cut in cuts if cut.rank == 0]
    together = (_compatible(cuts), _compatible(sorted(cuts, key=lambda cut: (cut.start - cut.end, cut.start))))
    yield _compatible(light)
    for at, cut in enumerate(cuts):
        if at == MOST - 3:
            yield from together
        if cut.rank or len(light) == 1:
            yield [cut]
    yield from together


def _compatible(cuts: Sequence[Cut]) -> list[Cut]:
    """The first cuts that do not touch one another, in the sentence's order."""
    chosen: list[Cut] = []
    for cut in cuts:
        if all(cut.end <= other.start or cut.start >= other.end for other in chosen):
            chosen.append(cut)
    return sorted(chosen)


def _version(clauses: Clauses, cuts: Sequence[Cut]) -> str | None:
    """The sentence without the cut characters, or None where that leaves too little or no main clause."""
    text = clauses.text
    pieces, main_verbs, position, word = [], 0, 0, 0
    for start, end in [*((cut.start, cut.end) for cut in cuts), (len(text), len(text))]:
        pieces.append(text[position:start])
        first = word
        while word < len(clauses.words) and clauses.words[word].start < start:
            word += 1
        main_verbs += clauses.main_verbs(first, word)
        while word < len(clauses.words) and clauses.words[word].start < end:
            word += 1
        position = end
    left = "".join(pieces).strip()
    if left.endswith("..") and not text.endswith(".."):
        left = left[:-1]  # « M. P. » at the end: one stop serves both
    if cuts and cuts[0].start == 0 and _INVERTED.search(masked(left)):
        return None  # « Aussi le maire a-t-il renoncé »: without its first word it would be a question
    if main_verbs < 1 or not SHORTEST <= len(left.split()) < len(text.split()):
        return None
    return left[:1].upper() + left[1:]
