"""Whether a translation states the facts of its French sentence, no more and no less.

Numbers, dates, hours, sums, percentages, ranks and units are compared as values, names through
the exonyms, negation by polarity and quotation marks by number. A fact of the French that the
translation lacks is "missing"; one that differs, or that the French lacks, is "altered".
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from service.pipeline.facts import Check, Fact, Support
from service.pipeline.foreign_facts import extract_foreign_facts
from service.pipeline.french_facts import extract_facts
from service.pipeline.meanings import meanings_of
from service.pipeline.multiples import compare_multiples
from service.pipeline.name_comparison import compare_names
from service.pipeline.polarity import compare_contrasts, compare_negations, compare_quotations
from service.pipeline.value_agreement import agrees, is_optional_french, is_optional_translation

_VALUES = frozenset({"number", "ordinal", "percent", "money", "quantity", "date", "time"})
#: Values that a translation may not state more often than the French does.
_COUNTED = frozenset({"number", "percent", "money", "quantity"})


def compare(french: str, translation: str, language: str, allowed: Mapping[str, str] | None = None) -> Support:
    """Compare a French sentence with its translation into en, de, es, it or pt.

    ``allowed`` maps French terms to renderings that count as right whatever the tables say: the
    entries of a glossary, and names that must stay (mapped to themselves).

    A supported check carries the fact of the translation and, as ``source``, the span of the French
    that states it. An altered one carries the fact of the translation (``source`` is the French it
    replaced, or None when it was invented or said too often), a missing one the fact of the French sentence, whose
    offsets and source are its place there. Raises ``ValueError`` for another language.
    """
    of_french, of_translation = extract_facts(french), extract_foreign_facts(translation, language)
    checks = compare_values(
        [fact for fact in of_french if fact.kind in _VALUES],
        [fact for fact in of_translation if fact.kind in _VALUES],
        french,
        translation,
        language,
    )
    checks += compare_names(french, translation, language, of_french, of_translation, allowed or {})
    checks += compare_negations(french, translation, language, of_french, of_translation)
    checks += compare_contrasts(french, translation, language, of_french)
    checks += compare_quotations(french, translation)
    checks += compare_multiples(french, translation, language)
    return Support(tuple(checks))


def compare_values(
    of_french: Sequence[Fact], of_translation: Sequence[Fact], french: str, translation: str, language: str
) -> list[Check]:
    """Pair the values of both sides; what is left over on both sides and of one kind was altered."""
    checks: list[Check] = []
    lost = [
        fact
        for fact in of_french
        if not agrees(fact, of_translation) and not is_optional_french(fact, translation, language)
    ]
    for at, fact in enumerate(of_translation):
        sources = [other for other in of_french if agrees(other, [fact])]
        source = sources[0] if sources else None
        if fact.kind in _COUNTED and 0 < len(sources) <= _times(fact, of_translation[:at]):
            checks.append(Check(fact, "altered", None, f"The French sentence states “{fact.text}” less often."))
        elif source is not None:
            checks.append(Check(fact, "supported", (source.start, source.end)))
        elif agrees(fact, of_french) or _is_the_sentences_own(fact, french, translation, language):
            checks.append(Check(fact, "supported"))
        elif not is_optional_translation(fact, french, translation, language):
            checks.append(_altered(fact, lost, of_french))
    checks += [Check(fact, "missing", (fact.start, fact.end), f"The translation lacks “{fact.text}”.") for fact in lost]
    return checks


def _times(fact: Fact, others: Sequence[Fact]) -> int:
    """How often the same value in digits is among them."""
    written = any(character.isdigit() for character in fact.text)
    return sum(written and (other.kind, other.value) == (fact.kind, fact.value) for other in others)


def _is_the_sentences_own(fact: Fact, french: str, translation: str, language: str) -> bool:
    """Whether a value is what the dictionary has of a word, or a copied name: the "Five" of a title, a Mrs "May"."""
    if meanings_of(french, language).holds(translation, fact.start, fact.end):
        return True
    is_word = fact.text[:1].isupper() and fact.text.replace(" ", "").isalpha()
    return is_word and re.search(rf"(?<!\w){re.escape(fact.text)}(?!\w)", french) is not None


def _altered(fact: Fact, lost: list[Fact], of_french: Sequence[Fact]) -> Check:
    """A fact that the French lacks, beside the lost one that it most likely replaced (taken from ``lost``).

    Where none is lost, a date stands for the French one with the same day: in « du 10 au 11 mars » as "December 10 to
    March 11" every part of every French date is said.
    """
    for same in (lambda other: other.kind == fact.kind, lambda other: True):
        replaced = next((other for other in lost if same(other)), None)
        if replaced is not None:
            lost.remove(replaced)
            detail = f"“{fact.text}” stands for “{replaced.text}” of the French sentence."
            return Check(fact, "altered", (replaced.start, replaced.end), detail)
    same_day = [other for other in of_french if fact.kind == other.kind == "date" and _day(fact) == _day(other) != ""]
    place = (same_day[0].start, same_day[0].end) if len(same_day) == 1 else None
    return Check(fact, "altered", place, f"The French sentence does not state “{fact.text}”.")


def _day(date: Fact) -> str:
    """The day of a date that has a month; nothing for another."""
    match = re.fullmatch(r"(?:\d{4}|-)-\d\d-(\d\d)", date.value)
    return match[1] if match else ""
