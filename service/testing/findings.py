"""What is wrong with a brief's facts: each with its sentence, its source and the difference between them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache

from service.pipeline.alignment import AlignmentIndex
from service.pipeline.article import Article, clean, read_article
from service.pipeline.comparison import compare
from service.pipeline.facts import Check, Fact
from service.pipeline.french_facts import extract_facts
from service.pipeline.french_tokens import fold
from service.pipeline.sentences import split_sentences
from service.pipeline.support import SupportChecker
from service.testing.messages import Span, around, headed, passage
from service.testing.under_test import BriefUnderTest, SentenceUnderTest

#: The languages whose facts can be compared with a French text's.
COMPARED = ("en", "de", "es", "it", "pt")


@dataclass(frozen=True)
class Finding:
    """One fact that does not hold: where the brief has it, what is wrong, and the text it should follow from."""

    sentence: str
    spans: tuple[Span, ...]
    told: str
    source: str = ""
    source_spans: tuple[Span, ...] = ()
    source_title: str = "the article"

    def lines(self) -> list[str]:
        """The finding as part of a message."""
        shown = [*headed("the brief states", passage(self.sentence, self.spans))]
        if self.source:
            shown += headed(f"{self.source_title} states", passage(self.source, self.source_spans))
        return [*shown, *headed("what differs", passage(self.told))]


class ArticleReading:
    """An article, read once for all assertions on its briefs."""

    def __init__(self, text: str) -> None:
        self.article: Article = read_article(text, None, None)
        self.checker = SupportChecker(self.article)
        self.index = AlignmentIndex(self.article)
        self.facts = extract_facts(self.article.text)

    def passage_at(self, span: Span) -> tuple[str, tuple[Span, ...]]:
        """The article's sentence in which a span begins, and the span within it."""
        for sentence in self.article.sentences:
            if sentence.start <= span[0] < sentence.end:
                within = (span[0] - sentence.start, min(span[1], sentence.end) - sentence.start)
                return sentence.text, (within,)
        text, spans = around(self.article.text, span)
        return text, tuple(spans)


@lru_cache(maxsize=16)
def reading_of(article: str) -> ArticleReading:
    """The reading of an article's text. Raises ``EmptyArticle`` when it has no word."""
    return ArticleReading(article)


def unsupported(brief: BriefUnderTest, article: str) -> list[Finding]:
    """The facts of a French brief that the article does not support."""
    reading = reading_of(article)
    text = clean(brief.text)
    found = []
    for check in reading.checker.check(text).failures:
        sentence, start = _sentence_around(text, check.fact.start)
        span = (check.fact.start - start, check.fact.end - start)
        source, marks = _source(reading, sentence, check)
        found.append(Finding(sentence, (span,), _told(check), source, marks))
    return found


def mistranslated(brief: BriefUnderTest, french: BriefUnderTest) -> list[Finding]:
    """The facts of a translation that differ from its French, sentence by sentence where they pair up.

    Raises ``ValueError`` for a language whose facts cannot be compared.
    """
    return [
        finding
        for sentence, source in _pairs(brief, french)
        for finding in _differences(sentence, source, brief.language)
    ]


def reported(brief: BriefUnderTest) -> list[Finding]:
    """The facts of a translation that its own reply marks: a glossary of the request was taken into account."""
    french = {sentence.id: sentence for sentence in brief.french.sentences} if brief.french else {}
    found = []
    for sentence in brief.sentences:
        source = french.get(sentence.id, SentenceUnderTest(""))
        for claim in sentence.claims:
            if claim.status == "supported":
                continue
            span, missing = ((claim.start, claim.end),), claim.status == "missing"
            told = claim.detail or f"“{claim.text}” is {claim.status}"
            found.append(
                Finding(
                    sentence.text, () if missing else span, told, source.text, span if missing else (), "the French"
                )
            )
    return found


def _pairs(brief: BriefUnderTest, french: BriefUnderTest) -> Iterator[tuple[str, str]]:
    if len(brief.sentences) == len(french.sentences):
        yield from zip((each.text for each in brief.sentences), (each.text for each in french.sentences), strict=True)
    else:
        yield brief.text, french.text


def _differences(text: str, french: str, language: str) -> Iterator[Finding]:
    for check in compare(french, text, language).failures:
        fact = check.fact
        if check.status == "missing":
            yield Finding(text, (), _told(check), french, ((fact.start, fact.end),), "the French")
        else:
            marks = () if check.source is None else (check.source,)
            yield Finding(text, ((fact.start, fact.end),), _told(check), french, marks, "the French")


def _sentence_around(text: str, place: int) -> tuple[str, int]:
    for sentence in split_sentences(text):
        if sentence.start <= place < sentence.end:
            return sentence.text, sentence.start
    return text, 0


def _source(reading: ArticleReading, sentence: str, check: Check) -> tuple[str, tuple[Span, ...]]:
    """What the article says in this place.

    That is where the check points; else the sentence nearest in words if it has a fact that looks like
    this one; else the sentence of the article's fact that does; else the sentence nearest in words.
    """
    if check.source is not None:
        return reading.passage_at(check.source)
    aligned = next((source for source in reading.index.find(sentence) if source.score > 0.0), None)
    if aligned is not None:
        similar = _similar(check.fact, extract_facts(aligned.quote), 0.5)
        if similar is not None:
            return aligned.quote, ((similar.start, similar.end),)
    similar = _similar(check.fact, reading.facts, 0.6)
    if similar is not None:
        return reading.passage_at((similar.start, similar.end))
    return (aligned.quote, ()) if aligned is not None else ("", ())


def _similar(fact: Fact, others: Sequence[Fact], least: float) -> Fact | None:
    """The fact of the same kind that is written most like this one."""
    written = fold(fact.text)
    rated = [
        (SequenceMatcher(None, written, fold(other.text)).ratio(), -other.start, other)
        for other in others
        if other.kind == fact.kind
    ]
    best = max(rated, default=None, key=lambda each: each[:2])
    return best[2] if best is not None and best[0] >= least else None


def _told(check: Check) -> str:
    said = f"“{check.fact.text}” is {check.status}"
    return f"{said}: {check.detail}" if check.detail else f"{said}."
