"""``assert_brief``: chainable assertions on a brief of Brève or on any text, whoever wrote it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from difflib import get_close_matches

from service.errors import InvalidRequest
from service.pipeline.article import clean
from service.pipeline.language import LanguageDetector
from service.testing.findings import COMPARED, Finding, mistranslated, reading_of, reported, unsupported
from service.testing.messages import counted, failure, headed, listed, passage, whole
from service.testing.terms import occurrences, words_of
from service.testing.under_test import BriefUnderTest, brief_of_text

#: How many findings a message shows in full.
SHOWN = 5
#: A sentence follows from the article when one of its sentences covers this share of its content words.
SOURCE_SHARE = 0.2

_detector = LanguageDetector()


class BriefAssertion:
    """Assertions on one brief; each returns this object, or raises ``AssertionError`` with the evidence."""

    def __init__(self, brief: BriefUnderTest) -> None:
        self.brief = brief

    def covers(self, *terms: str) -> BriefAssertion:
        """Every term is in the brief: words in any case and with or without accents, numbers by value."""
        __tracebackhide__ = True
        missing = [term for term in terms if not occurrences(term, self.brief.text, self.brief.language)]
        if missing:
            parts = [whole(self.brief), *(self._said_of(term) for term in missing)]
            raise AssertionError(failure(f"the brief does not mention {listed(missing)}", *parts))
        return self

    def omits(self, *terms: str) -> BriefAssertion:
        """No term is in the brief: the counterpart of ``covers``, for what a careless brief would say."""
        __tracebackhide__ = True
        spans = {term: occurrences(term, self.brief.text, self.brief.language) for term in terms}
        present = [term for term in terms if spans[term]]
        if present:
            marks = [span for term in present for span in spans[term]]
            raise AssertionError(failure(f"the brief mentions {listed(present)}", whole(self.brief, marks)))
        return self

    def no_unsupported(self) -> BriefAssertion:
        """Every number, date, name, quotation and negation of the brief is supported.

        A French brief is checked against its article, a translation against its French brief.
        Raises ``InvalidRequest`` when that text is not known.
        """
        __tracebackhide__ = True
        _refuse_findings(self._unsupported(), "the brief states what its source does not support")
        return self

    def faithful_to(self, article: str, *, share: float = SOURCE_SHARE) -> BriefAssertion:
        """Every fact is supported by ``article``, and every sentence has a source there.

        A source is a sentence of the article that covers at least ``share`` (0..1) of the content
        words, weighed by rarity. A translation is checked by its French brief.
        """
        __tracebackhide__ = True
        french = self._french()
        _refuse_findings(unsupported(french, article), "the brief states what the article does not support")
        index = reading_of(article).index
        for sentence in french.sentences:
            sources = index.find(clean(sentence.text))
            if not sources or sources[0].score < share:
                raise AssertionError(_without_source(sentence.text, sources[0].quote if sources else "", share))
        return self

    def translates(self, other: str | BriefUnderTest) -> BriefAssertion:
        """This brief says the same numbers, names and negations as the other, which is in the other language.

        One of the two is French. Raises ``InvalidRequest`` when neither is, or the facts of the other's
        language cannot be compared.
        """
        __tracebackhide__ = True
        brief, french = self.brief, other if isinstance(other, BriefUnderTest) else brief_of_text(other)
        if brief.language == "fr" and french.language != "fr":
            brief, french = french, brief
        if french.language != "fr" or brief.language not in COMPARED:
            raise InvalidRequest(
                f"only French and one of {', '.join(COMPARED)} can be compared, not {self.brief.language} and "
                f"{french.language}; say what a plain text is in by assert_brief(text, language=...)"
            )
        _refuse_findings(mistranslated(brief, french), "the translation differs from the French")
        return self

    def max_words(self, most: int) -> BriefAssertion:
        """At most this many words, as separated by white space."""
        __tracebackhide__ = True
        return self._bounded(self.brief.words, "word", most=most)

    def min_words(self, least: int) -> BriefAssertion:
        """At least this many words, as separated by white space."""
        __tracebackhide__ = True
        return self._bounded(self.brief.words, "word", least=least)

    def max_sentences(self, most: int) -> BriefAssertion:
        """At most this many sentences."""
        __tracebackhide__ = True
        return self._bounded(len(self.brief.sentences), "sentence", most=most)

    def min_sentences(self, least: int) -> BriefAssertion:
        """At least this many sentences."""
        __tracebackhide__ = True
        return self._bounded(len(self.brief.sentences), "sentence", least=least)

    def in_language(self, language: str) -> BriefAssertion:
        """The text itself is in this language (ISO 639-1), whatever it claims."""
        __tracebackhide__ = True
        detected = _detector.detect(self.brief.text)
        if detected.language != language:
            summary = f"the brief is not in {language!r}: it looks like {detected.language!r}"
            raise AssertionError(failure(f"{summary} (confidence {detected.confidence:.2f})", whole(self.brief)))
        return self

    def written(self) -> BriefAssertion:
        """The brief was written by the model, not taken from the article as it stands."""
        __tracebackhide__ = True
        if self.brief.origin != "written":
            raise AssertionError(failure(f"the brief is {self.brief.origin or 'a plain text'}", whole(self.brief)))
        return self

    def _unsupported(self) -> list[Finding]:
        brief = self.brief
        if brief.language == "fr":
            if brief.article is None:
                raise InvalidRequest("give the article: assert_brief(text, article=...)")
            return unsupported(brief, brief.article)
        if brief.french is None:
            raise InvalidRequest("a translation without its French brief: use translates(french)")
        return reported(brief) if brief.reply else mistranslated(brief, brief.french)

    def _french(self) -> BriefUnderTest:
        if self.brief.language == "fr":
            return self.brief
        if self.brief.french is None:
            raise InvalidRequest("only a French text can be faithful to an article: use translates(french)")
        return self.brief.french

    def _bounded(self, count: int, noun: str, least: int = 0, most: int | None = None) -> BriefAssertion:
        __tracebackhide__ = True
        if count < least:
            raise AssertionError(failure(f"the brief has {counted(count, noun)}, {least} at least", whole(self.brief)))
        if most is not None and count > most:
            raise AssertionError(failure(f"the brief has {counted(count, noun)}, {most} at most", whole(self.brief)))
        return self

    def _said_of(self, term: str) -> list[str]:
        """Where the article has a term that the brief lacks, and what in the brief looks like it."""
        lines: list[str] = []
        if self.brief.article is not None:
            reading = reading_of(self.brief.article)
            spans = occurrences(term, reading.article.text, "fr")
            if spans:
                lines = headed(f"the article says of “{term}”", passage(*reading.passage_at(spans[0])))
            else:
                lines = [f"  the article does not mention “{term}” either"]
        near = get_close_matches(term, words_of(self.brief.text), n=1, cutoff=0.75)
        return [*lines, *(f"  the brief has “{word}”, which is near" for word in near)]


def assert_brief(
    brief: str | BriefUnderTest,
    article: str | None = None,
    language: str = "fr",
    french: str | BriefUnderTest | None = None,
) -> BriefAssertion:
    """Begin assertions on a brief: of Brève, or any text in ``language``, for which ``article`` may be given.

    ``french`` is what a translation was made from.
    """
    if not isinstance(brief, BriefUnderTest):
        brief = brief_of_text(brief, language, article)
    elif article is not None:
        brief = replace(brief, article=article)
    if french is not None:
        source = french if isinstance(french, BriefUnderTest) else brief_of_text(french, "fr", article)
        brief = replace(brief, french=source)
    return BriefAssertion(brief)


def _refuse_findings(findings: Sequence[Finding], summary: str) -> None:
    __tracebackhide__ = True
    if findings:
        parts = [finding.lines() for finding in findings[:SHOWN]]
        if len(findings) > SHOWN:
            parts.append([f"  and {counted(len(findings) - SHOWN, 'further difference')}"])
        raise AssertionError(failure(f"{summary} ({counted(len(findings), 'difference')})", *parts))


def _without_source(sentence: str, nearest: str, share: float) -> str:
    parts = [headed("the brief states", passage(sentence))]
    if nearest:
        parts.append(headed("the nearest that the article has", passage(nearest)))
    return failure(f"no sentence of the article covers {share:.0%} of this one", *parts)
