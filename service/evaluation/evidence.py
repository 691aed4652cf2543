"""A brief and its article as HTML, with the evidence: what is a source of what, and what has none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape

from service.errors import EmptyArticle
from service.pipeline.alignment import AlignmentIndex
from service.pipeline.article import Article, clean, read_article
from service.pipeline.facts import Check
from service.pipeline.sentences import split_sentences
from service.pipeline.support import SupportChecker


@dataclass(frozen=True)
class Shown:
    """HTML of a brief and of its article, and what is not supported in words."""

    brief: str
    article: str
    complaints: tuple[str, ...]


@dataclass(frozen=True)
class _Mark:
    start: int
    end: int
    opening: str
    closing: str


def show(article_text: str, brief_text: str) -> Shown:
    """Brief sentences are numbered; the article's sentences that support them carry the same numbers."""
    try:
        article = read_article(article_text, None, None)
    except EmptyArticle:
        return Shown(escape(brief_text), "", ())
    text = clean(brief_text)
    sentences = split_sentences(text)
    checks = SupportChecker(article).check(text).checks
    index = AlignmentIndex(article)
    cited: dict[tuple[int, int], list[int]] = {}
    for number, sentence in enumerate(sentences, start=1):
        for source in index.find(sentence.text):
            if source.score > 0.0:
                cited.setdefault((source.start, source.end), []).append(number)
    shown = " ".join(
        f'<span class="sentence"><sup>{number}</sup>{_with(text, list(_facts(checks)), sentence.start, sentence.end)}'
        "</span>"
        for number, sentence in enumerate(sentences, start=1)
    )
    complaints = tuple(_complaint(check) for check in checks if check.status != "supported")
    return Shown(shown, _article(article, cited), complaints)


def _facts(checks: Iterable[Check]) -> Iterator[_Mark]:
    for check in checks:
        label = f"{check.fact.kind}, {check.status}" + (f": {check.detail}" if check.detail else "")
        kind = "fact" if check.status == "supported" else "fact wrong"
        yield _Mark(check.fact.start, check.fact.end, f'<span class="{kind}" title="{escape(label)}">', "</span>")


def _article(article: Article, cited: dict[tuple[int, int], list[int]]) -> str:
    marks = [
        _Mark(start, end, f"<mark><sup>{', '.join(map(str, sorted(set(numbers))))}</sup>", "</mark>")
        for (start, end), numbers in sorted(cited.items())
    ]
    text = article.text
    paragraphs = []
    place = 0
    for paragraph in text.split("\n"):
        if paragraph.strip():
            paragraphs.append(f"<p>{_with(text, marks, place, place + len(paragraph))}</p>")
        place += len(paragraph) + 1
    return "".join(paragraphs)


def _with(text: str, marks: Sequence[_Mark], start: int, end: int) -> str:
    """A stretch of text with the marks that begin in it; one that overlaps an earlier mark is left out."""
    pieces: list[str] = []
    place = start
    for mark in sorted(marks, key=lambda each: (each.start, -each.end)):
        if mark.start < place or mark.start >= end:
            continue
        stop = min(mark.end, end)
        pieces += [escape(text[place : mark.start]), mark.opening, escape(text[mark.start : stop]), mark.closing]
        place = stop
    return "".join([*pieces, escape(text[place:end])])


def _complaint(check: Check) -> str:
    detail = f": {check.detail}" if check.detail else ""
    return f"“{check.fact.text}” ({check.fact.kind}) is {check.status}{detail}"
