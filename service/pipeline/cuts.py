"""Whether a sentence was shortened at its joints: what stays must not change what it belongs to.

A word that goes can turn what is left: « a demandé à travers son avocat Marc Petit » without three words asks
Marc Petit, and « derrière son chef, le parti a… » without the first makes the chief the party. These are
seen by the words around what went and by marks and negations that came in between.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from difflib import SequenceMatcher

_TOKEN = re.compile(r"[^\W_]+['’]?|[^\w\s]")
#: Where a sentence may begin when its first words went: after a mark, or after a word that only joins.
_JOINT = re.compile(
    r"[^\w\s]|mais|et|or|car|donc|ainsi|puis|que|qu'|alors|aussi|enfin|pourtant|cependant|toutefois", re.IGNORECASE
)
#: What a title begins with, which may go from before a name.
_ARTICLE = re.compile(r"l[ea]s?|l'|une?")
#: Words that are no place, person or thing after « à », « en », « au » or « de », but half of a preposition.
_HALF = re.compile(
    r"travers|cause|côté|propos|partir|défaut|force|moins|part|lieu|sein|cours|nom|profit|moyen|détriment|delà|dessus"
    r"|dessous|milieu|bout|terme|raison|dehors|faveur|face|vue|attente|matière|présence|compagnie|marge|guise|dépit"
)
_BEFORE_HALF = re.compile(r"à|au|en|de")
#: What begins a clause with « que », and a mere circumstance without it.
_CONJOINED = re.compile(
    r"après|avant|depuis|dès|pendant|alors|bien|afin|pour|parce|sans|tandis|selon|lors|sitôt|tant|tel(?:le)?s?"
)
#: Words with so many first letters in common are forms of one word.
_STEM = 4
_NEGATION = re.compile(r"ne|n'|pas|jamais|aucune?|ni|sans|non|nulle?")
#: A condition that goes makes a promise of what was none.
_CONDITION = re.compile(r"\bs['’]ils?\b|\bsi\b|\bpourvu qu|\btant qu|\ben cas d|\bfaute d|\bà défaut\b", re.IGNORECASE)


def cut_at_joints(text: str, source: str) -> bool:
    """Whether ``text`` leaves words of ``source`` out, or changes some, without changing what the others belong to."""
    spelled = _TOKEN.findall(source.strip())
    read, written = _lower(spelled), _lower(_TOKEN.findall(text.strip()))
    if Counter(filter(_NEGATION.fullmatch, written)) - Counter(filter(_NEGATION.fullmatch, read)):
        return False
    if len(_CONDITION.findall(source)) > len(_CONDITION.findall(text)):
        return False
    if not read or not written:
        return False
    steps = SequenceMatcher(None, read, written, autojunk=False).get_opcodes()
    kind, _, end, _, _ = steps[0]
    beheaded = kind == "delete"
    if beheaded and not _may_begin(spelled, read, end):
        return False
    for kind, first, end, start, stop in steps:
        if kind == "delete" and first and _belongs_together(read[first - 1], read[first]):
            return False
        if kind == "replace" and _is_other_form(read[first:end], written[start:stop]):
            return False
        # Where the first words went, a comma between words that stood side by side makes them parts of something else.
        if kind == "insert" and beheaded and "," in written[start:stop]:
            return False
    return True


def _belongs_together(before: str, word: str) -> bool:
    """Whether a word that stays means something else without the one after it: « à travers », « après que »."""
    half = _BEFORE_HALF.fullmatch(before) and _HALF.fullmatch(word)
    return bool(half or (word in ("que", "qu'") and _CONJOINED.fullmatch(before)))


def _is_other_form(read: Sequence[str], written: Sequence[str]) -> bool:
    """Whether one word became another form of it, which agrees with nothing that was read: « internet américaine »."""
    return len(read) == len(written) == 1 and len(read[0]) > _STEM and read[0][:_STEM] == written[0][:_STEM]


def _may_begin(spelled: Sequence[str], read: Sequence[str], at: int) -> bool:
    """Whether a sentence may begin at the word ``at`` of another: at a joint, or at a name that had a title."""
    is_name_with_title = bool(_ARTICLE.fullmatch(read[0])) and spelled[at][0].isupper()
    return is_name_with_title or bool(_JOINT.fullmatch(read[at - 1]))


def _lower(tokens: Sequence[str]) -> list[str]:
    return [each.lower().replace("’", "'") for each in tokens]
