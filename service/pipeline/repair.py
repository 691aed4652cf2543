"""The last step of a translation: an altered fact is replaced by what the French sentence states.

A small model may write "10 months" for « dix-huit mois » whatever it is asked. The comparison knows both,
so the sentence can be put right without the model. Every edit is compared and guarded again and kept
only when fewer facts fail, none newly; nothing outside of the altered stretch and its article changes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from rapidfuzz import fuzz

from service.pipeline.comparison import compare
from service.pipeline.date_rendering import restate_date, restate_time
from service.pipeline.edits import Edit, apply
from service.pipeline.exonyms import SAME_SPELLING, exonyms, fold
from service.pipeline.facts import Check, Fact, Support
from service.pipeline.foreign_facts import extract_foreign_facts
from service.pipeline.french_facts import extract_facts
from service.pipeline.removal import remove
from service.pipeline.translation_guards import GuardCode, guard
from service.pipeline.value_agreement import agrees
from service.pipeline.value_rendering import restate_value

#: The kinds of facts that a strict translation may not get wrong.
FACTUAL = frozenset({"number", "ordinal", "percent", "money", "quantity", "date", "time", "name"})
#: Kinds of names that stand alone; an institution, a party or an event needs an article of its own.
_ALONE = frozenset({"city", "territory", "region", "person", "organisation"})
_MOST_EDITS = 6


def repair(
    french: str, translation: str, language: str, support: Support, allowed: Mapping[str, str] | None = None
) -> str | None:
    """A translation with its altered facts put right, or None when none could be.

    ``support`` is what ``comparison.compare`` says of the two, ``allowed`` as there. Some failures may
    be left: the caller compares again. Where it cannot be told which French value an altered one stands
    for, as when two are altered and their order may differ, nothing is done.
    """
    text, changed = translation, False
    codes = frozenset(guard(french, translation, language))
    for _ in range(_MOST_EDITS):
        better = _improved(french, text, language, support, codes, allowed or {})
        if better is None:
            break
        text, support = better
        changed = True
    return text if changed else None


def _improved(
    french: str, text: str, language: str, support: Support, codes: frozenset[GuardCode], allowed: Mapping[str, str]
) -> tuple[str, Support] | None:
    """The text after the first edit that helps, with its comparison."""
    failed = _failed(support)
    for edit in _edits(french, text, language, support):
        edited = apply(text, edit, language)
        now = compare(french, edited, language, allowed)
        fewer = len(now.failures) < len(support.failures)
        if fewer and not _failed(now) - failed and set(guard(french, edited, language)) <= codes:
            return edited, now
    return None


def _failed(support: Support) -> Counter[tuple[str, str]]:
    return Counter((check.fact.kind, check.fact.value) for check in support.failures)


def _edits(french: str, text: str, language: str, support: Support) -> Iterator[Edit]:
    """What may put each altered fact right, the sentence's first fact first."""
    of_french, of_text = extract_facts(french), extract_foreign_facts(text, language)
    failures = [check for check in support.failures if check.fact.kind in FACTUAL]
    altered = [check for check in failures if check.status == "altered"]
    altered += [found for check in failures if (found := _hidden(check, failures, of_french, of_text)) is not None]
    for check in sorted(altered, key=lambda one: one.fact.start):
        if check.fact.kind == "name":
            edit = _renamed(french, text, language, check, support, of_french)
        else:
            edit = _restated(text, language, check, support, of_french, of_text)
        edit = edit or (remove(check.fact, text, language) if check.source is None else None)
        if edit is not None:
            yield edit


def _hidden(
    missing: Check, failures: Sequence[Check], of_french: Sequence[Fact], of_text: Sequence[Fact]
) -> Check | None:
    """The value that stands for a missing one in a word that need not be a value: "second" for « troisième »."""
    kind = missing.fact.kind
    if missing.status != "missing" or kind == "name" or sum(check.fact.kind == kind for check in failures) != 1:
        return None
    found = [fact for fact in of_text if fact.kind == kind and not agrees(fact, of_french)]
    return Check(found[0], "altered", missing.source) if len(found) == 1 else None


def _restated(
    text: str, language: str, check: Check, support: Support, of_french: Sequence[Fact], of_text: Sequence[Fact]
) -> Edit | None:
    known = (fact for fact in of_french if (fact.start, fact.end) == check.source and fact.kind != "name")
    source = next(known, None)
    if source is None or not _is_clear(check.fact, source, support, of_french, of_text):
        return None
    if source.kind == "date" and check.fact.kind == "date":
        return restate_date(source, check.fact, text, language)
    if source.kind == "time" and check.fact.kind == "time":
        return restate_time(source, check.fact, text, language)
    if {source.kind, check.fact.kind} & {"time"} or source.kind == "date":
        return None
    return restate_value(source, check.fact, text, language)


def _is_clear(
    altered: Fact, source: Fact, support: Support, of_french: Sequence[Fact], of_text: Sequence[Fact]
) -> bool:
    """Whether the altered value can stand for no other French one: it alone fails, or it has the same place."""
    kinds = {altered.kind} if altered.kind == source.kind else FACTUAL - {"name"}
    if sum(check.fact.kind in kinds for check in support.failures) == 1:
        return True
    ours = [fact for fact in of_french if fact.kind in kinds]
    theirs = [fact for fact in of_text if fact.kind in kinds]
    return len(ours) == len(theirs) and ours.index(source) == theirs.index(altered)


def _renamed(
    french: str, text: str, language: str, check: Check, support: Support, of_french: Sequence[Fact]
) -> Edit | None:
    """The French name, as the language calls it, in the place of a wrong one."""
    altered = check.fact
    if sum(one.fact.kind == "name" for one in support.failures) > 1:
        return None  # which stands for which is not known
    written = french[slice(*check.source)] if check.source else _shared_name(altered, of_french)
    if not written:
        return None
    table = exonyms(language)
    pair = table.pair(written)
    if pair is None:
        return Edit(altered.start, altered.end, written)
    if pair.kind not in _ALONE or not pair.written[0][0].isupper():
        return None
    return Edit(altered.start, altered.end, pair.written[0])


def _shared_name(altered: Fact, of_french: Sequence[Fact]) -> str:
    """The one French name that has a word of the altered one: « Jean Dupont » for "John Dupont"."""
    words = fold(altered.text).split()
    found = [
        fact.text
        for fact in of_french
        if fact.kind == "name"
        and any(fuzz.ratio(word, other) >= SAME_SPELLING for word in words for other in fold(fact.text).split())
    ]
    return found[0] if len(set(found)) == 1 else ""
