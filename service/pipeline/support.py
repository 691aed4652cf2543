"""Support: what a French brief states, traced to its article.

A brief passes when every number is in the article as a whole value of the same thing, every name as
whole words, every quotation word by word, when no negation is added or dropped, and when no two facts
have changed places. Sentences that are the article's own pass as they are, which makes them the last resort.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator

from service.pipeline.amount_support import AmountSupport
from service.pipeline.article import Article
from service.pipeline.article_index import ArticleIndex, TextIndex
from service.pipeline.corrections import CorrectionSupport
from service.pipeline.date_support import DateSupport
from service.pipeline.facts import Check, Fact, FactKind, Support
from service.pipeline.french_facts import extract_facts
from service.pipeline.french_tokens import fold
from service.pipeline.name_support import NameSupport
from service.pipeline.namesakes import NamesakeSupport
from service.pipeline.negation_support import NegationSupport
from service.pipeline.roles import RoleSupport

_DIGITS = re.compile(r"\d+(?:[.,]\d+)*")
_WORD = re.compile(r"[\w'’-]+")
_SENTENCE_BREAK = re.compile(r"[.!?:»\"]\s+")
_ELIDED = re.compile(r"(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu)['’]", re.IGNORECASE)
_KEY = 24  # characters by which an article's sentence is recognised


def _even(text: str) -> str:
    """Every white space character as a plain space, the length unchanged."""
    return "".join(" " if sign.isspace() else sign for sign in text)


def _quotable(text: str) -> str:
    """The words of a quotation alone, for comparing: case, accents' form, spaces and signs do not count."""
    return " ".join(re.findall(r"\w+", text.lower()))


class _Verbatim:
    """The stretches of a brief that are the article's own sentences, in order."""

    def __init__(self, stretches: list[tuple[int, int, int]]) -> None:
        self._stretches = stretches
        self._starts = [start for start, _, _ in stretches]

    def shift(self, start: int, end: int) -> int | None:
        """What to add to offsets of the brief within one stretch to have the article's; else nothing."""
        at = bisect_right(self._starts, start) - 1
        if at < 0 or end > self._stretches[at][1]:
            return None
        return self._stretches[at][2] - self._stretches[at][0]

    def holds(self, fact: Fact) -> bool:
        """Whether a fact stands in one of the stretches."""
        return self.shift(fact.start, fact.end) is not None


class SupportChecker:
    """Checks briefs against one article; the article is read once, so several candidates cost little."""

    def __init__(self, article: Article) -> None:
        self._index = ArticleIndex(article.text)
        self._amounts = AmountSupport(self._index)
        self._dates = DateSupport(self._index)
        self._names = NameSupport(self._index)
        self._negations = NegationSupport(self._index)
        self._roles = RoleSupport(self._index)
        self._namesakes = NamesakeSupport(self._index)
        self._corrections = CorrectionSupport(self._index)
        self._quotable: str | None = None
        self._sentences: dict[str, list[tuple[str, int]]] = {}
        for sentence in article.sentences:
            text = _even(sentence.text).strip()
            start = sentence.start + len(sentence.text) - len(sentence.text.lstrip())
            if text:
                self._sentences.setdefault(text[:_KEY], []).append((text, start))
        self._key_lengths = sorted({len(key) for key in self._sentences})

    def check(self, brief_text: str) -> Support:
        """Every fact of a brief with the span of the article that supports it, or the reason why none does.

        Offsets of the facts refer to ``brief_text``, those of the sources to the article's text.
        """
        brief = TextIndex(brief_text)
        own = _Verbatim(list(self._verbatim(brief)))
        checks = [self._check(fact, own) for fact in brief.facts if fact.kind != "negation"]
        for sentence, (first, last) in enumerate(brief.sentence_tokens):
            if own.shift(brief.tokens[first].start, brief.tokens[last - 1].end) is None:
                checks += self._negations.check(brief, sentence)
        checks += [self._check(fact, own) for fact in brief.facts if fact.kind == "negation" and own.holds(fact)]
        checks = self._roles.check(brief, checks, own.holds)
        checks = self._namesakes.check(brief, checks, own.holds)
        checks = self._corrections.check(brief, checks, own.holds)
        checks += [check for check in self._amounts.check_words(brief) if not own.holds(check.fact)]
        checks += self._strict(brief_text, checks)
        return Support(tuple(sorted(checks, key=lambda check: (check.fact.start, check.fact.end, check.fact.kind))))

    def check_sentence(self, text: str) -> Support:
        """The same for one sentence."""
        return self.check(text)

    def misleads(self, text: str) -> bool:
        """Whether a text, be it the article's own, gives a figure that the article corrects elsewhere."""
        return self._corrections.gives_outdated(TextIndex(text))

    def respell(self, text: str) -> str:
        """A brief with the article's own spelling of its names: « Etats-Unis » where the article writes so.

        Call it before ``check``, which refuses any other spelling inside a sentence.
        """
        pieces, position = [], 0
        for fact in extract_facts(text):
            if fact.kind == "name" and fact.start >= position:
                pieces += [text[position : fact.start], self._names.own_spelling(fact)]
                position = fact.end
        return "".join([*pieces, text[position:]])

    def _verbatim(self, brief: TextIndex) -> Iterator[tuple[int, int, int]]:
        """Stretches of a brief that are the article's own sentences: start, end, and where the article has them."""
        text = _even(brief.text)
        position = 0
        for first, _ in brief.sentence_tokens:
            start = brief.tokens[first].start
            if start < position:
                continue
            while found := self._own_sentence(text, start):
                yield start, start + found[0], found[1]
                position = start + found[0]
                start = position + len(text[position:]) - len(text[position:].lstrip())

    def _own_sentence(self, text: str, start: int) -> tuple[int, int] | None:
        """The length and the article's offset of its longest sentence that stands in a text at an offset."""
        best: tuple[int, int] | None = None
        for length in self._key_lengths:
            for sentence, offset in self._sentences.get(text[start : start + length], ()):
                if text.startswith(sentence, start) and (best is None or len(sentence) > best[0]):
                    best = len(sentence), offset
        return best

    def _check(self, fact: Fact, own: _Verbatim) -> Check:
        moved = own.shift(fact.start, fact.end)
        if moved is not None:
            return Check(fact, "supported", (fact.start + moved, fact.end + moved))
        if fact.kind in ("date", "time"):
            return self._dates.check(fact)
        if fact.kind == "name":
            return self._names.check(fact)
        if fact.kind == "quotation":
            return self._quotation(fact)
        return self._amounts.check(fact)

    def _quotation(self, fact: Fact) -> Check:
        """Quoted words must be the article's; « (…) » and « [...] » may leave words out."""
        if self._quotable is None:
            self._quotable = f" {_quotable(self._index.text)} "
        parts = [_quotable(part) for part in re.split(r"[(\[]?(?:\.\.\.|…)[)\]]?", fact.value)]
        if all(f" {part} " in self._quotable for part in parts if part):
            first = next((part for part in parts if part), "")
            return Check(fact, "supported", self._index.find_words(" ".join(fold(word) for word in first.split())))
        return Check(fact, "altered", None, "the article has no such quotation")

    def _strict(self, text: str, checks: list[Check]) -> list[Check]:
        """What is not written in the article letter by letter: digits, and capitalised words inside a sentence.

        This holds whatever the other checks say of a value, so that a plain comparison of strings
        (such as the one by which published models were measured) finds nothing either.
        """
        failed = [(check.fact.start, check.fact.end) for check in checks if check.status != "supported"]
        found: list[Check] = []

        def report(kind: FactKind, start: int, end: int, detail: str) -> None:
            if not any(a <= start and end <= b for a, b in failed):
                written = text[start:end]
                found.append(Check(Fact(kind, written, written, start, end), "altered", None, detail))

        for match in _DIGITS.finditer(text):
            if match.group() not in self._index.text:
                report("number", *match.span(), "the article does not write this number so")
        for start, end in _inner_capitals(text):
            if text[start:end].lower() not in self._index.lower:
                report("name", start, end, "the article does not spell a word so")
        return found


def _inner_capitals(text: str) -> Iterator[tuple[int, int]]:
    """Capitalised words of three letters or more that do not open a sentence, without their elided article."""
    begin = 0
    for end in [*(match.end() for match in _SENTENCE_BREAK.finditer(text)), len(text)]:
        for number, match in enumerate(_WORD.finditer(text, begin, end)):
            elided = _ELIDED.match(match.group())
            start = match.start() + (elided.end() if elided else 0)
            if number and text[start : start + 1].isupper() and match.end() - start > 2:
                yield start, match.end()
        begin = end


def check_support(text: str, article: Article) -> Support:
    """Check one brief; for several of the same article keep a ``SupportChecker``."""
    return SupportChecker(article).check(text)
