"""What a brief's sentences rest on: their sources in the article, and where it says each of their facts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from service.pipeline.alignment import AlignmentIndex
from service.pipeline.article import Article
from service.pipeline.brief import BriefSentence, Typography
from service.pipeline.facts import Check
from service.pipeline.sentences import split_sentences
from service.pipeline.support import SupportChecker
from service.pipeline.typography import french


def traced(article: Article, checker: SupportChecker, text: str, typography: Typography) -> tuple[BriefSentence, ...]:
    """A French brief's sentences, as they are shown, with their sources and checks."""
    index = AlignmentIndex(article)
    found = []
    for number, sentence in enumerate(split_sentences(text), start=1):
        shown = french(sentence.text) if typography == "french" else sentence.text
        found.append(BriefSentence(f"s{number}", shown, index.find(sentence.text), checker.check(shown).checks))
    return tuple(found)


def carried_over(checks: Sequence[Check], source: BriefSentence, translation: str) -> tuple[Check, ...]:
    """The checks of a translation, whose spans lie in the French sentence, with spans of the article instead.

    A fact's place in the article is the one that the French sentence's own check of it found; a fact
    that was not checked there is looked for in a sentence that is the article's, word for word. A fact
    that the translation does not write so, be it missing or under another name, has an empty span there.
    """
    return tuple(_carried(check, source, translation) for check in checks)


def _carried(check: Check, source: BriefSentence, translation: str) -> Check:
    fact, span = check.fact, check.source
    if check.status == "missing":
        return replace(check, fact=replace(fact, start=0, end=0), source=_in_article((fact.start, fact.end), source))
    if translation[fact.start : fact.end] != fact.text:
        # The comparison gives a name as the French sentence has it.
        place = translation.find(fact.text)
        where = (place, place + len(fact.text)) if place >= 0 else (0, 0)
        span = span or (fact.start, fact.end)
        fact = replace(fact, start=where[0], end=where[1])
    return replace(check, fact=fact, source=_in_article(span, source))


def _in_article(span: tuple[int, int] | None, source: BriefSentence) -> tuple[int, int] | None:
    if span is None:
        return None
    start, end = span
    for own in source.checks:
        if own.source is not None and own.fact.start < end and start < own.fact.end:
            return own.source
    for quoted in source.sources:
        place = quoted.quote.find(source.text[start:end])
        if place >= 0:
            return quoted.start + place, quoted.start + place + end - start
    return None
