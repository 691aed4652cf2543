"""What may be left out of a French sentence before its end: asides, openings, appositions, interruptions.

A rule that is not sure cuts nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from service.pipeline import clause_openings as openings
from service.pipeline.french_clauses import DASHES, QUOTATION, Clauses, Segment
from service.pipeline.french_tokens import words
from service.pipeline.french_verbs import is_plural

_PARENTHESIS = re.compile(r"(?<=\S)\s*\(([^()]*)\)(?=[\s,;:.!?…»]|$)")
_DATELINE = re.compile(
    r"^(?:[A-ZÀ-Ý][\w'’-]+(?:[ -][\w'’-]+){0,3}(?:,? \d{1,2}(?:er)? [a-zéû]+(?: \d{4})?)? \((?:AFP|Reuters|AP)\) [-–—]|"
    r"[A-ZÀ-Ý][A-ZÀ-Ý' ’-]{2,30} [–—])\s+"
)
_CLITICS = words("ne n' se s' y en l' le la les lui leur")
_PLURAL = words("les des ces ses leurs deux trois plusieurs quelques tous toutes")
_TIMED = re.compile(r"\d|\b(?:heures?|ans|jours|mois)\b")
#: A participle or a weekday, after which a verb may still wait for its complement.
_WAITING = re.compile(r"(?:é|ée|és|ées|i|is|u|us|it|ert)$|^\w*(?:di|manche)$")


class Cut(NamedTuple):
    """Characters to leave out, and how well-behaved cuts of this kind are (the lower, the better)."""

    start: int
    end: int
    rank: int


def inner_cuts(clauses: Clauses) -> Iterator[Cut]:
    """All cuts before the end of a sentence."""
    yield from _parentheses(clauses)
    yield from _dashes(clauses)
    yield from _leading(clauses)
    yield from _asides(clauses)
    yield from _interruptions(clauses)


def is_free(stretch: str) -> bool:
    """Whether a stretch binds no statement: it holds no reserve, negation or source."""
    return not (openings.BINDING.search(stretch) or openings.denies(stretch) or openings.SOURCED.search(stretch))


def leading_verb(clauses: Clauses, segment: Segment) -> int | None:
    """The place of the possible finite verb with which a segment opens, pronouns before it aside."""
    at = segment.first
    while at < segment.last and clauses.lower[at] in _CLITICS:
        at += 1
    return at if at < segment.last and clauses.verbs[at] is not None else None


def _parentheses(clauses: Clauses) -> Iterator[Cut]:
    """Parentheses outside quotations; all of them or, where one states a reserve, none."""
    found = []
    for match in _PARENTHESIS.finditer(clauses.text):
        inside = match[1].strip().lower()
        if clauses.masked[match.end() - 1] != " " or inside in ("", "...", "…", "sic"):
            continue
        before = clauses.text[: match.start()].lower().split()[-1:]
        led = bool(before) and openings.OPEN_ENDED.match(before[0]) is not None  # « 244 voix pour (…) »
        if led or openings.BINDING.search(inside) or openings.denies(inside):
            return
        found.append(Cut(match.start(), match.end(), 0))
    yield from found


def _dashes(clauses: Clauses) -> Iterator[Cut]:
    """An aside between two dashes, the only ones of the sentence."""
    segments = clauses.segments
    dashes = [at for at, segment in enumerate(segments) if segment.sign in DASHES]
    if len(dashes) != 2:
        return
    before, first, last = segments[dashes[0]], segments[dashes[0] + 1], segments[dashes[1]]
    if before.sign != last.sign or before.first == before.last or first.first == last.last:
        return
    if is_free(clauses.stretch(first, last)):
        yield Cut(len(clauses.text[: before.end].rstrip()), last.end + len(last.sign), 0)


def _leading(clauses: Clauses) -> Iterator[Cut]:
    """What opens the sentence: a dateline, a linking word, a moment, a circumstance."""
    if dateline := _DATELINE.match(clauses.text):
        yield Cut(0, dateline.end(), 0)
        return
    segments = clauses.segments
    at = 1
    while at < len(segments) - 1 and _hangs_on(clauses, segments[at]):
        at += 1
    if at >= len(segments) or segments[0].sign != "," or segments[at - 1].sign != ",":
        return
    first, second = segments[0], segments[at]
    if second.first == second.last:
        return
    opening, start = clauses.stretch(first), clauses.words[second.first].start
    if clauses.text[second.start : start].strip() or clauses.lower[second.first][0] == QUOTATION:
        return  # a parenthesis stands there, or a quotation whose first letter is its own
    if openings.LINKING.match(opening):
        if at == 1 and clauses.lower[second.first] not in ("et", "ou", "mais"):
            yield Cut(0, start, 0)
    elif not openings.BINDING.search(clauses.stretch(first, segments[at - 1])) and _is_background(clauses, first):
        following = clauses.opening(second)
        demonstrative = re.match(r"(?:ce|cet|cette|ces)(?!\w)", following) and openings.is_participial(opening)
        named = clauses.words[second.first].text[:1].isupper()
        independent = clauses.main_verbs(second.first, second.last) > 0
        if independent and (named or demonstrative or openings.SUBJECT.match(following)):
            yield Cut(0, start, 1)


def _hangs_on(clauses: Clauses, segment: Segment) -> bool:
    """Whether a segment depends on the one before: a relative clause or a participle."""
    opening = clauses.opening(segment)
    return bool(openings.RELATIVE.match(opening)) or openings.is_participial(opening)


def _is_background(clauses: Clauses, first: Segment) -> bool:
    """Whether the opening segment is a circumstance that the main clause is true without."""
    opening = clauses.stretch(first)
    if clauses.words[min(first.first + 1, first.last - 1)].text[:1].isupper():
        return False  # « André Le Bihan, … » is no participle
    if openings.WHILE.match(opening):
        return clauses.sure(first.first, first.last) > 0 and clauses.main_verbs(first.first, first.last) == 0
    if clauses.possible(first.first, first.last) > clauses.subordinators(first.first, first.last):
        return False
    if openings.is_participial(opening) or openings.MOMENT.match(opening) or openings.BACKGROUND.match(opening):
        return True
    return bool(openings.AFTERMATH.match(opening)) and not _TIMED.search(opening)


def _asides(clauses: Clauses) -> Iterator[Cut]:
    """Relative clauses, appositions and linking words between a subject and its verb."""
    segments = clauses.segments
    for at in range(min(3, len(segments) - 2)):
        subject = segments[at]
        if subject.sign != "," or not _may_be_subject(clauses, at):
            continue
        for last in range(at + 1, min(at + 4, len(segments) - 1)):
            if segments[last].sign != ",":
                break
            verb = leading_verb(clauses, segments[last + 1])
            if verb is None or clauses.verbs[verb] != "sure" or "-" in clauses.lower[verb]:
                continue
            later = segments[at + 2 : last + 1]
            apart = not (at and later) and all(_hangs_on(clauses, one) or _is_apposed(clauses, one) for one in later)
            agrees = _agrees(clauses, subject, clauses.lower[verb])
            if is_plural(clauses.lower[verb]) and _may_enumerate(clauses, segments[at + 1], segments[last]):
                break
            if apart and agrees and _is_aside(clauses, segments[at + 1], segments[last]):
                yield Cut(subject.end, segments[last].end + 1, 1)
            break


def _may_be_subject(clauses: Clauses, at: int) -> bool:
    """Whether a segment is a noun phrase without a verb of its own, at the beginning or after circumstances."""
    segment = clauses.segments[at]
    if segment.first == segment.last or clauses.lower[segment.last - 1][0] == QUOTATION:
        return False
    verbs = clauses.sure(segment.first, segment.last)
    if not verbs == clauses.subordinators(segment.first, segment.last) == clauses.possible(segment.first, segment.last):
        return False
    if at and not all(_is_circumstance(clauses, before) for before in clauses.segments[:at]):
        return False
    opening = clauses.opening(segment)
    if openings.MOMENT.match(clauses.stretch(segment)) or openings.is_participial(opening):
        return False
    if at:
        return clauses.words[segment.first].text[:1].isupper() or bool(openings.SUBJECT.match(opening))
    kinds = (openings.NO_SUBJECT, openings.BACKGROUND, openings.CIRCUMSTANCE, openings.LINKING, openings.SOURCE)
    return not any(kind.match(opening) for kind in kinds)


def _is_circumstance(clauses: Clauses, segment: Segment) -> bool:
    """Whether a segment before the subject can only be a circumstance or a linking word."""
    stretch = clauses.stretch(segment)
    kinds = (openings.PLACE, openings.CIRCUMSTANCE, openings.BACKGROUND, openings.MOMENT, openings.LINKING)
    return segment.sign == "," and any(kind.match(stretch) for kind in (*kinds, openings.SOURCE, openings.AFTERMATH))


def _agrees(clauses: Clauses, subject: Segment, verb: str) -> bool:
    """Whether the number of a subject is that of the verb, as far as its words tell."""
    own = clauses.lower[subject.first : subject.last]
    if "et" in own or "ou" in own:
        return True
    return (own[0] in _PLURAL or own[0].isdigit()) == is_plural(verb)


def _may_enumerate(clauses: Clauses, first: Segment, last: Segment) -> bool:
    """Whether segments may be further subjects of a plural verb: « …, le mug et le sac, occupent … »."""
    return openings.NOUN.match(clauses.opening(first)) is not None and "et" in clauses.lower[first.first : last.last]


def _is_apposed(clauses: Clauses, segment: Segment) -> bool:
    """Whether a segment is a bare noun of office or an age."""
    opening = clauses.opening(segment)
    bare = openings.is_office(opening) and not openings.NOUN.match(opening)
    return bare or openings.is_age(clauses.stretch(segment))


def _is_aside(clauses: Clauses, first: Segment, last: Segment) -> bool:
    """Whether the segments between a subject and its verb can be left out."""
    inside, opening = clauses.stretch(first, last), clauses.opening(first, 5)
    if first.first == first.last or openings.SOURCED.search(inside):
        return False
    if openings.ASIDE.match(inside) or openings.MOMENT.match(inside):
        return True
    verbs = clauses.possible(first.first, last.last)
    if openings.RELATIVE.match(opening) or openings.OBJECT_RELATIVE.match(opening):
        return (verbs > 0 or opening.startswith("dont")) and "mais" not in inside.split()
    relatives = sum(word in ("qui", "dont", "où") for word in inside.split())
    if clauses.verbs[first.first] == "maybe" and openings.is_participial(opening):
        verbs -= 1  # « construit en 1904 »
    if not is_free(inside) or verbs > relatives:
        return False
    if openings.is_age(inside) or openings.is_participial(opening) or openings.is_office(opening):
        return True
    if openings.CIRCUMSTANCE.match(opening) and not openings.AFTERMATH.match(opening):
        return not opening.startswith("ainsi")  # « le maire, ainsi que son adjoint, ont » agrees with both
    return first is last and bool(openings.NOUN.match(opening))


def _interruptions(clauses: Clauses) -> Iterator[Cut]:
    """A circumstance between a verb and what it waits for: « a décidé, après deux ans de pertes, de fermer »."""
    for before, aside, after in zip(clauses.segments, clauses.segments[1:], clauses.segments[2:], strict=False):
        if before.sign != "," or aside.sign != "," or before.first == before.last or aside.first == aside.last:
            continue
        if not openings.AWAITED.match(clauses.opening(after)) or clauses.main_verbs(0, before.last) < 1:
            continue
        waits = _WAITING.search(clauses.lower[before.last - 1]) or clauses.verbs[before.last - 1]
        inside, opening = clauses.stretch(aside), clauses.opening(aside)
        verbs = clauses.possible(aside.first, aside.last)
        if not waits or not is_free(inside) or verbs > clauses.subordinators(aside.first, aside.last):
            continue
        if openings.CIRCUMSTANCE.match(opening) or openings.MOMENT.match(inside) or openings.PLACE.match(opening):
            yield Cut(before.end, aside.end + 1, 1)
