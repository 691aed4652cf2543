"""Sentences into other languages: candidates of the model, chosen by whether they keep the facts.

All sentences of a request go to the model in one call. Of each sentence's candidates the best one that
states the same facts, passes the guards and has no word that its language lacks is taken. A sentence with none is
tried again with its failed outputs forbidden and more candidates, and with its spelled-out numbers in digits;
if none states the facts then, they are repaired, and then it is cut at its clauses. A word that a sound
candidate leaves out is put in (``retaking``).
Under the strict policy nothing that still states a number or a name differently is given: a clause is
left out, or the sentence stays French. Under "warn" the candidate with the fewest failures is given, and
what differs is said.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from models.contracts import Candidate, Draft, Own, Texts, TranslationOptions, Translator, Turn
from models.dictionary import Dictionaries
from service.pipeline.brief import Policy
from service.pipeline.clauses import Clause, best_clause, clauses_of, ended, joined, without_altered
from service.pipeline.coinage import coined
from service.pipeline.comparison import compare
from service.pipeline.facts import Support
from service.pipeline.foreign_words import FOREIGN_LANGUAGES
from service.pipeline.glossary import Entry, Glossary, Obeyed, obey
from service.pipeline.meanings import meanings_of
from service.pipeline.omissions import counts_unread, repeats_value
from service.pipeline.repair import FACTUAL, repair
from service.pipeline.retaking import draft_of, is_fuller
from service.pipeline.rewording import reworded
from service.pipeline.sentences import split_sentences
from service.pipeline.spelled_numbers import in_digits
from service.pipeline.spelling import respelled
from service.pipeline.translation_guards import GuardCode, guard
from service.pipeline.typography import render
from service.pipeline.warnings import WarningCode

#: More candidates for a second attempt; how many outputs it may not give again.
_MORE = 2
_FORBIDDEN_AT_MOST = 8
#: How much less likely (in nats a token) a translation may be for a word that was put in.
_GIVEN_UP = 0.05
_LETTER = re.compile(r"[^\W\d_]")
_WARNED: Mapping[GuardCode, WarningCode] = {
    "empty": WarningCode.TRANSLATION_UNTRANSLATED,
    "untranslated": WarningCode.TRANSLATION_UNTRANSLATED,
    "wrong_language": WarningCode.TRANSLATION_UNTRANSLATED,
    "repetition": WarningCode.TRANSLATION_REPETITION,
    "length": WarningCode.TRANSLATION_REPETITION,
}


@dataclass(frozen=True)
class TranslatedSentence:
    """A translation with the checks of its facts, warning codes, and the glossary's entries that it uses.

    ``unapplied`` holds the entries whose term occurs in the French but could not be placed; ``attempts``
    says how often the model was asked (0 for a text without letters); ``repaired`` that a fact which the
    model altered was put right from the French.
    """

    text: str
    support: Support
    warnings: tuple[WarningCode, ...] = ()
    applied: tuple[Entry, ...] = ()
    unapplied: tuple[Entry, ...] = ()
    attempts: int = 1
    repaired: bool = False


@dataclass(frozen=True)
class _Judged:
    """A candidate after typography and glossary, with what is wrong with it."""

    obeyed: Obeyed
    support: Support
    codes: tuple[GuardCode, ...]
    score: float
    raw: str  # as the model wrote it, for ``TranslationOptions.forbidden``
    coined: tuple[str, ...] = ()  # words that its language lacks
    reworded: bool = False  # whether such words were replaced
    repaired: bool = False
    amended: bool = False  # whether a word that was left out was put in
    turns: tuple[Turn, ...] = ()

    @property
    def sound(self) -> bool:
        """Whether the facts hold and no guard objects."""
        return self.support.holds and not self.codes

    @property
    def misstated(self) -> int:
        """How many numbers, dates, hours, sums and names differ from the French or are lost."""
        return sum(check.fact.kind in FACTUAL for check in self.support.failures)

    def only_omits(self, french: str, language: str) -> bool:
        """Whether it leaves a fact out but states none that the French lacks, as far as its words can be read."""
        altered = any(check.status == "altered" for check in self.support.failures if check.fact.kind in FACTUAL)
        text = self.obeyed.text
        doubtful = counts_unread(french, text, language) or repeats_value(french, text, language)
        return not altered and not self.codes and not doubtful

    @property
    def faults(self) -> tuple[int, ...]:
        """Better ones are smaller.

        Guards weigh most, then numbers and names, negations, quotation marks, words that the language lacks or lacked,
        glossary terms lost or put in, and whether it was repaired.
        """
        denied = sum(check.fact.kind == "negation" for check in self.support.failures)
        others = len(self.support.failures) - self.misstated - denied
        lost, put_in = len(self.obeyed.unapplied), len(self.obeyed.replaced)
        words = (len(self.coined), int(self.reworded), lost, put_in)
        return (len(self.codes), self.misstated, denied, others, *words, int(self.repaired))

    @property
    def rank(self) -> tuple[tuple[int, ...], bool, float]:
        """Better ones are smaller: by their faults, then whether a word was put in, then by the model's own score."""
        return self.faults, not self.amended, -self.score


@dataclass
class _Work:
    """A sentence on its way: its candidates so far, and its translation without a clause if there is one."""

    judged: list[_Judged]
    attempts: int = 1
    shortened: list[_Judged] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        return any(candidate.sound for candidate in self.judged)

    def is_readable(self, french: str) -> bool:
        """Whether a sound candidate has no word that neither language has; a French one is understood."""
        low = french.lower()
        return any(one.sound and all(word in low for word in one.coined) for one in self.judged)


class TranslationStep:
    """Translates French sentences with a ``Translator`` and checks the result.

    ``policy`` "strict" gives no sentence whose numbers or names differ from the French; "warn" gives the best.
    Words that a translation's language lacks are looked up in ``dictionaries``, ours unless others are given.
    """

    def __init__(
        self,
        translator: Translator,
        candidates: int = 4,
        policy: Policy = "strict",
        dictionaries: Dictionaries | None = None,
    ) -> None:
        self._translator = translator
        self._candidates = candidates
        self._policy: Policy = policy
        self._dictionaries = dictionaries or Dictionaries(FOREIGN_LANGUAGES)

    @property
    def targets(self) -> tuple[str, ...]:
        """The languages that can be asked for."""
        return self._translator.targets

    def translate(
        self, sentences: Sequence[str], language: str, glossary: Glossary | None = None
    ) -> list[TranslatedSentence]:
        """Translate sentences in order. Equal ones are computed once, texts without letters are given back.

        Raises ``ValueError`` for a language that the model does not write, and what the translator raises.
        """
        if language not in self._translator.targets:
            raise ValueError(f"no model translates into {language!r}")
        terms = glossary or Glossary()
        asked = [text for text in dict.fromkeys(sentences) if _LETTER.search(text)]
        done = self._translate_all(asked, language, terms) if asked else {}
        return [done[text] if text in done else TranslatedSentence(text, Support(()), attempts=0) for text in sentences]

    def translate_text(self, text: str, language: str, glossary: Glossary | None = None) -> str:
        """A text with the same lines: blank ones stay blank, every other is translated sentence by sentence.

        White space at a line's ends is kept. Raises what ``translate`` raises.
        """
        lines = text.split("\n")
        pieces = [[sentence.text for sentence in split_sentences(line)] for line in lines]
        done = iter(self.translate([piece for line in pieces for piece in line], language, glossary))
        translated = []
        for line, parts in zip(lines, pieces, strict=True):
            joined = " ".join(" ".join(next(done).text.split()) for _ in parts)
            body = line.strip()
            translated.append(line.replace(body, joined, 1) if body else line)
        return "\n".join(translated)

    def _translate_all(self, asked: Sequence[str], language: str, terms: Glossary) -> dict[str, TranslatedSentence]:
        own = self._own_renderings(asked, language, terms)
        judge = _Judge(language, terms, own, self._dictionaries)
        works = {
            text: _Work([judge(text, candidate) for candidate in candidates])
            for text, candidates in zip(asked, self._ask(asked, language, self._candidates, terms), strict=True)
        }
        self._again({text: work for text, work in works.items() if not work.is_readable(text)}, judge)
        self._amend({text: work for text, work in works.items() if work.sound}, judge)
        for text, work in _poor(works).items():
            work.judged += judge.repaired(text, work.judged)
        self._by_clauses(_poor(works), judge)
        return {text: _finish(text, work, self._policy, language) for text, work in works.items()}

    def _ask(
        self,
        texts: Sequence[str],
        language: str,
        count: int,
        glossary: Glossary | None = None,
        forbidden: Sequence[Texts] = (),
        drafts: Sequence[Draft | None] = (),
    ) -> list[list[Candidate]]:
        terms = [(glossary or Glossary()).terms(text) for text in texts]
        own = map(Own, forbidden or [()] * len(texts), terms, drafts or [None] * len(texts))
        options = TranslationOptions(language, count).with_own(list(own))
        return self._translator.translate(texts, options) if texts else []

    def _own_renderings(self, texts: Sequence[str], language: str, terms: Glossary) -> dict[str, str]:
        """How the model translates each term of the glossary that occurs, alone: to find it in a sentence."""
        sources = list(
            dict.fromkeys(
                entry.source for text in texts for entry in terms.within(text) if entry.source != entry.target
            )
        )
        found = self._ask(sources, language, 1)
        return {source: candidates[0].text for source, candidates in zip(sources, found, strict=True) if candidates}

    def _again(self, poor: Mapping[str, _Work], judge: _Judge) -> None:
        """A second attempt that may not give the failed outputs again, and one from the numbers in digits."""
        forbidden = tuple(
            tuple(dict.fromkeys(candidate.raw for candidate in work.judged))[:_FORBIDDEN_AT_MOST]
            for work in poor.values()
        )
        found = self._ask(list(poor), judge.language, self._candidates * _MORE, judge.terms, forbidden)
        for (text, work), candidates in zip(poor.items(), found, strict=True):
            work.judged += [judge(text, candidate) for candidate in candidates]
            work.attempts += 1
        digits = {text: other for text in poor if (other := in_digits(text)) != text}
        found = self._ask(list(digits.values()), judge.language, self._candidates, judge.terms)
        for text, candidates in zip(digits, found, strict=True):
            poor[text].judged += [judge(text, candidate) for candidate in candidates]

    def _amend(self, sound: Mapping[str, _Work], judge: _Judge) -> None:
        """A word that the best candidate leaves out is put in where the model finds it nearly as likely."""
        best = {text: min(work.judged, key=lambda one: one.rank) for text, work in sound.items()}
        drafts = {text: draft for text, one in best.items() if (draft := judge.draft(text, one))}
        found = self._ask(list(drafts), judge.language, self._candidates, judge.terms, drafts=list(drafts.values()))
        for text, candidates in zip(drafts, found, strict=True):
            sound[text].judged += judge.amended(text, best[text], candidates)

    def _by_clauses(self, poor: Mapping[str, _Work], judge: _Judge) -> None:
        """A third attempt, clause by clause; a sentence of one clause has none."""
        cut = {text: parts for text in poor if len(parts := clauses_of(text)) > 1}
        every = [part for parts in cut.values() for part in parts]
        found = iter(self._ask(every, judge.language, self._candidates, judge.terms))
        for text, parts in cut.items():
            clauses = [judge.clause(part, next(found)) for part in parts]
            whole = [clause for clause in clauses if clause is not None]
            poor[text].attempts += 1
            if len(whole) < len(parts):
                continue
            poor[text].judged.append(judge(text, joined(whole, judge.language)))
            poor[text].judged += judge.repaired(text, poor[text].judged[-1:])
            rest = without_altered(whole, judge.language)
            if rest is not None:
                poor[text].shortened.append(judge(*rest))


class _Judge:
    """Says what is wrong with candidates of one language under one glossary."""

    def __init__(self, language: str, terms: Glossary, own: Mapping[str, str], dictionaries: Dictionaries) -> None:
        self.language, self.terms, self._own, self._dictionaries = language, terms, own, dictionaries

    def __call__(self, french: str, candidate: Candidate) -> _Judged:
        text = respelled(render(ended(french, candidate.text.strip()), self.language), self.language)
        dictionary = self._dictionaries.of(self.language)
        mended = reworded(french, text, self.language, dictionary, self.terms.allowed(french).values())
        judged = self._of(french, respelled(mended, self.language), candidate.score, candidate.text)
        return replace(judged, reworded=mended != text, turns=candidate.turns)

    def repaired(self, french: str, judged: Sequence[_Judged]) -> list[_Judged]:
        """Candidates with altered facts put right, up to the first sound one."""
        found = []
        for candidate in sorted(judged, key=lambda one: one.rank):
            if not candidate.misstated or not candidate.obeyed.text.strip():
                continue
            allowed = self.terms.allowed(french)
            text = repair(french, candidate.obeyed.text, self.language, candidate.support, allowed)
            if text is not None:
                mended = self._of(french, text, candidate.score, candidate.raw)
                found.append(replace(mended, reworded=candidate.reworded, repaired=True))
                if found[-1].sound:
                    break
        return found

    def draft(self, french: str, judged: _Judged) -> Draft | None:
        """A candidate with the word that it leaves out and the model found likely, if there is one."""
        candidate = Candidate(judged.raw, judged.score, turns=judged.turns)
        return draft_of(french, judged.obeyed.text, self.language, candidate)

    def amended(self, french: str, old: _Judged, candidates: Sequence[Candidate]) -> list[_Judged]:
        """The candidates made of a draft that have no more faults than it, and say more."""
        judged = [self(french, one) for one in candidates if one.score >= old.score - _GIVEN_UP]
        return [
            replace(one, amended=True)
            for one in judged
            if one.faults <= old.faults and is_fuller(french, one.obeyed.text, old.obeyed.text, self.language)
        ]

    def clause(self, french: str, candidates: Sequence[Candidate]) -> Clause | None:
        """The best translation of a clause."""
        return best_clause(french, candidates, self.language, self.terms.allowed(french))

    def _of(self, french: str, text: str, score: float, raw: str) -> _Judged:
        obeyed = obey(french, text, self.language, self.terms, self._own)
        wanted = self.terms.allowed(french)
        support = compare(french, obeyed.text, self.language, wanted)
        codes = guard(french, obeyed.text, self.language)
        # What the dictionary has is a word, if a new one ("bitcoin").
        known = (*wanted.values(), *meanings_of(french, self.language).translations)
        return _Judged(obeyed, support, codes, score, raw, coined(obeyed.text, self.language, known))


def _poor(works: Mapping[str, _Work]) -> dict[str, _Work]:
    return {text: work for text, work in works.items() if not work.sound}


def _finish(french: str, work: _Work, policy: Policy, language: str) -> TranslatedSentence:
    """The best candidate that the policy lets pass; without one, the French, said to be French."""
    judged, cut = work.judged, False
    if policy == "strict":
        judged = [candidate for candidate in judged if not candidate.misstated]
        if not judged:
            judged, cut = [candidate for candidate in work.shortened if not candidate.misstated], True
        if not judged:
            judged, cut = [candidate for candidate in work.judged if candidate.only_omits(french, language)], False
    best = min(judged, key=lambda candidate: candidate.rank, default=None)
    if best is None or not best.obeyed.text.strip():
        # Nothing came back, or nothing true: the French is better than a hole.
        code = WarningCode.TRANSLATION_UNTRANSLATED
        return TranslatedSentence(french, Support(()), (code,), attempts=work.attempts)
    return TranslatedSentence(
        best.obeyed.text,
        best.support,
        _warnings(best, cut),
        best.obeyed.applied,
        best.obeyed.unapplied,
        work.attempts,
        best.repaired,
    )


def _warnings(best: _Judged, cut: bool) -> tuple[WarningCode, ...]:
    codes = [WarningCode.TRANSLATION_SHORTENED] if cut else []
    if not best.support.holds:
        codes.append(WarningCode.TRANSLATION_ALTERED)
    codes += [_WARNED[code] for code in best.codes]
    if best.obeyed.unapplied:
        codes.append(WarningCode.GLOSSARY_UNAPPLIED)
    return tuple(dict.fromkeys(codes))
