"""What may be left out at the end of a French sentence, after its main clause.

A tail reaches to the end, or to the verb by which the sentence names its source (« …, a indiqué le préfet »),
which stays. A rule that is not sure cuts nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from service.pipeline import clause_openings as openings
from service.pipeline.clause_cuts import Cut, leading_verb
from service.pipeline.french_clauses import DASHES, QUOTATION, Clauses, Segment
from service.pipeline.french_tokens import words

_TWO_SIDED = re.compile(
    r"\b(?:non seulement|d' une part|d' un côté|à la fois|d' abord|tantôt|premièrement|soit\b.*\bsoit)\b"
)
_CLEFT = re.compile(r"\bc' (?:est|était|sera|n' est)(?!\w)|\bce (?:sont|n' est|seront|fut|sera)(?!\w)")
_OPPOSED = re.compile(r"\b(?:mais|cependant|toutefois|pourtant|néanmoins|si|s' ils?|sauf|condition|réserve|non)(?!\w)")
_CLAUSAL = re.compile(r"(?:alors|tandis|pendant|car|parce|puisqu)")
_ADDING = re.compile(r"(?:et|puis)(?!\w)")
_INSISTING = re.compile(r"et (?:non|pas|encore|même|ce|cela|c'|si|surtout)(?!\w)")
_LISTING = re.compile(r"(?:notamment|dont|y compris|en particulier|à l' i|contre|ainsi)")
#: With these a segment goes on with the main clause, or lists.
_RESUMING = re.compile(r"(?:que|qu'|de|d'|du|à|au|aux|ni)(?!\w)")
#: The second of two that belong together: « l'un …, l'autre … ».
_PAIRED = re.compile(r"(?:l' autre|les autres|d' autres|les uns|les unes|le second|la seconde|le deuxième)(?!\w)")
_HAVING = words("a ont avait avaient aura auront aurait auraient ayant")
_PAST = words("a ont est sont avait avaient était étaient fut furent eut")


def tail_cuts(clauses: Clauses, final: int) -> Iterator[Cut]:
    """All cuts at the end of a sentence, whose final mark begins at ``final``."""
    yield from _marked(clauses, final)
    yield from _unmarked(clauses, final)


def _marked(clauses: Clauses, final: int) -> Iterator[Cut]:
    """Tails after a comma or a semicolon."""
    segments = clauses.segments
    if _TWO_SIDED.search(" ".join(clauses.lower)):
        return
    sources = [at for at in range(1, len(segments)) if _names_source(clauses, segments[at])]
    for at in range(1, len(segments)):
        if at in sources or not _is_whole(clauses, at):
            continue
        stop = next((source for source in sources if source > at), len(segments))
        if stop < len(segments) and openings.SOURCE.match(clauses.opening(segments[stop])):
            continue  # what comes before may be that source's alone
        if any(_resumes(clauses, segment) for segment in segments[at:stop]):
            continue
        rank = _rank(clauses, at, stop - 1)
        if rank is not None:
            yield Cut(
                len(clauses.text[: segments[at - 1].end].rstrip()),
                final if stop == len(segments) else segments[stop - 1].end,
                rank,
            )


def _names_source(clauses: Clauses, segment: Segment) -> bool:
    """« selon … », « a déclaré … », « explique-t-il »: what names the source of the words before."""
    if openings.SOURCE.match(clauses.opening(segment)) or openings.SOURCED.search(clauses.stretch(segment)):
        return True
    skipped = segment._replace(first=segment.first + 1) if clauses.opening(segment, 1) == "comme" else segment
    verb = leading_verb(clauses, skipped)
    if verb is None:
        return False
    return openings.SAYING.search(" ".join(clauses.lower[verb : min(segment.last, verb + 5)])) is not None


def _resumes(clauses: Clauses, segment: Segment) -> bool:
    """Whether a segment opens with a verb that names no source: its subject stands before it."""
    verb = leading_verb(clauses, segment)
    if verb is None or (clauses.verbs[verb] == "maybe" and openings.is_participial(clauses.opening(segment))):
        return False
    return not _names_source(clauses, segment)


def _is_whole(clauses: Clauses, at: int) -> bool:
    """Whether the segments before a place make a whole clause."""
    head = clauses.segments[at - 1]
    if head.first == head.last or head.sign in DASHES or clauses.main_verbs(0, head.last) < 1:
        return False
    ends = [segment.last for segment in clauses.segments[:at] if clauses.main_verbs(0, segment.last) > 0]
    return not any(_awaits(clauses, end) for end in ends if end)


def _awaits(clauses: Clauses, end: int) -> bool:
    """Whether the words before a place cannot end a clause: the last is a bare verb, or a word that leads on."""
    word = clauses.lower[end - 1]
    return openings.OPEN_ENDED.match(word) is not None or (clauses.verbs[end - 1] == "sure" and "-" not in word)


def _rank(clauses: Clauses, at: int, last: int) -> int | None:
    """How well-behaved it is to leave out the segments ``at`` to ``last``, or None where it is not."""
    segments = clauses.segments
    first, sign = segments[at], segments[at - 1].sign
    if last < at or first.first == first.last:
        return None
    inside, opening = clauses.stretch(first, segments[last]), clauses.opening(first)
    if _OPPOSED.search(inside) or _PAIRED.match(opening) or openings.SOURCED.search(inside):
        return None
    if sign == ";":
        return 3
    if sign != ",":
        return None
    if _ADDING.match(opening):
        return 3 if clauses.main_verbs(first.first, first.last) > 0 and not _INSISTING.match(opening) else None
    if _CLEFT.search(" ".join(clauses.lower[: first.first])) and any(
        openings.RELATIVE.match(clauses.opening(segment)) for segment in segments[at : last + 1]
    ):
        return None  # « c'est X, …, qui a gagné » asserts what follows
    rank = _phrase_rank(clauses, at, last)
    if rank is None or not all(_continues(clauses, first, segments[later]) for later in range(at + 1, last + 1)):
        return None
    return rank


def _phrase_rank(clauses: Clauses, at: int, last: int) -> int | None:
    """For a tail that opens with a comma: the rank of its kind."""
    segments = clauses.segments
    first = segments[at]
    inside, opening = clauses.stretch(first, segments[last]), clauses.opening(first, 8)
    verbs = clauses.possible(first.first, segments[last].last)
    if openings.COMMENT.match(opening) or openings.RELATIVE.match(opening):
        return 1 if verbs or at == last or opening.startswith("dont") else None
    if _CLAUSAL.match(opening):
        return 2 if openings.CIRCUMSTANCE.match(opening) and (verbs or at == last) else None
    stated = re.sub(r"^soit (?:environ |presque |moins )?", "", inside)
    if openings.BINDING.search(stated) or (openings.denies(inside) and not re.search(r"\want\b", inside)):
        return None
    if openings.is_purpose(opening):  # of the verb right before it only
        return 2 if clauses.possible(segments[at - 1].first, segments[at - 1].last) else None
    if openings.CIRCUMSTANCE.match(opening) or openings.is_participial(opening):
        return 2
    if openings.is_age(inside) or openings.MOMENT.match(inside):
        return 1
    if at < last or re.search(r" (?:et|ou) ", inside) or verbs > clauses.subordinators(first.first, first.last):
        return None
    head = segments[at - 1]
    resumed = not clauses.sure(head.first, head.last) or openings.RELATIVE.match(clauses.opening(head))
    if resumed and (openings.GOVERNED.match(opening) or openings.NOUN.match(opening)):
        return None  # « il a condamné le prévenu, âgé de 30 ans, à … »
    before = clauses.words[head.last - 1].text
    if (before[:1].isupper() or before[:1] == QUOTATION) and openings.is_office(opening):
        return 1
    return 2 if openings.NOUN.match(opening) or openings.PLACE.match(opening) else None


def _continues(clauses: Clauses, first: Segment, later: Segment) -> bool:
    """Whether a later segment of a tail belongs to it, not to the main clause."""
    opening = clauses.opening(later, 8)
    if later.first == later.last or _RESUMING.match(opening):
        return False
    if openings.RELATIVE.match(opening) or openings.COMMENT.match(opening) or openings.CIRCUMSTANCE.match(opening):
        return True
    if openings.is_participial(opening) or openings.is_purpose(opening) or opening.startswith("et "):
        return True
    if clauses.possible(later.first, later.last) > clauses.subordinators(later.first, later.last):
        return False
    listing = _LISTING.match(clauses.opening(first)) is not None
    return listing or openings.is_age(clauses.stretch(later)) or openings.is_office(opening)


def _unmarked(clauses: Clauses, final: int) -> Iterator[Cut]:
    """A circumstance without a comma before it."""
    segments = clauses.segments
    stop = next((at for at in range(1, len(segments)) if _names_source(clauses, segments[at])), len(segments))
    if stop < len(segments) and openings.SOURCE.match(clauses.opening(segments[stop])):
        return
    segment = segments[stop - 1]
    for at in range(segment.first + 3, segment.last - 1):
        if openings.UNMARKED.match(" ".join(clauses.lower[at : at + 3])) and _is_spare(clauses, at, segment.last):
            yield Cut(clauses.words[at - 1].end, final if stop == len(segments) else segment.end, 3)
            return


def _is_spare(clauses: Clauses, at: int, last: int) -> bool:
    """Whether the circumstance from a word on can be left out: its clause is plain, past where that matters."""
    inside, word = " ".join(clauses.lower[at:last]), clauses.lower[at - 1]
    if clauses.main_verbs(0, at) < 1 or clauses.subordinators(0, at) or openings.denies(" ".join(clauses.lower[:at])):
        return False
    if word in openings.LEANING or _awaits(clauses, at) or clauses.lower[at - 2] in _HAVING:
        return False  # « a connu », « ont surtout » may wait for an object
    if openings.SOURCED.search(inside) or openings.BINDING.search(inside):
        return False
    if not _CLAUSAL.match(inside) and clauses.possible(at, last) > clauses.subordinators(at, last):
        return False
    verb = next(place for place in range(at) if clauses.verbs[place] == "sure")
    return openings.TIMELESS.match(inside) is not None or clauses.lower[verb] in _PAST
