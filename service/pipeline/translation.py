"""Sentences into other languages: candidates of the model, chosen by whether they keep the facts.

All sentences of a request go to the model in one call. Of each sentence's candidates the best one that
states the same facts and passes the guards is taken. A sentence with none is tried again, once with its
failed outputs forbidden and more candidates, once cut at its clauses; what still differs is given as the
candidate with the fewest failures, and said.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from models.contracts import Candidate, TranslationOptions, Translator
from service.pipeline.comparison import compare
from service.pipeline.facts import Support
from service.pipeline.glossary import Entry, Glossary, Obeyed, obey
from service.pipeline.sentences import split_sentences
from service.pipeline.translation_guards import GuardCode, guard
from service.pipeline.typography import render
from service.pipeline.warnings import WarningCode

#: More candidates for a second attempt; how many outputs it may not give again.
_MORE = 2
_FORBIDDEN_AT_MOST = 8
_CLAUSE = re.compile(r"(?:(?<=[;:])|(?<=,)(?=\s(?:mais|et|car|or|donc|alors que|tandis que|puis|tandis)\b))\s+")
_SHORTEST_CLAUSE = 4  # words
_ENDING = re.compile(r"([.!?…]+|:|;)?([\s\u00a0\u202f]*[»”\"’)\]]*)\s*$")
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
    says how often the model was asked (0 for a text without letters).
    """

    text: str
    support: Support
    warnings: tuple[WarningCode, ...] = ()
    applied: tuple[Entry, ...] = ()
    unapplied: tuple[Entry, ...] = ()
    attempts: int = 1


@dataclass(frozen=True)
class _Judged:
    """A candidate after typography and glossary, with what is wrong with it."""

    obeyed: Obeyed
    support: Support
    codes: tuple[GuardCode, ...]
    score: float
    raw: str  # as the model wrote it, for ``TranslationOptions.forbidden``

    @property
    def sound(self) -> bool:
        """Whether the facts hold and no guard objects."""
        return self.support.holds and not self.codes

    @property
    def rank(self) -> tuple[int, int, int, int, float]:
        """Better ones are smaller: guards, altered facts, glossary terms lost or put in, the model's own score."""
        lost, put_in = len(self.obeyed.unapplied), len(self.obeyed.replaced)
        return len(self.codes), len(self.support.failures), lost, put_in, -self.score


class TranslationStep:
    """Translates French sentences with a ``Translator`` and checks the result."""

    def __init__(self, translator: Translator, candidates: int = 4) -> None:
        self._translator = translator
        self._candidates = candidates

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
        judged: dict[str, list[_Judged]] = {}
        for text, candidates in zip(asked, self._ask(asked, language, self._candidates), strict=True):
            judged[text] = [_judge(text, candidate, language, terms, own) for candidate in candidates]
        attempts = dict.fromkeys(asked, 1)
        for attempt in (self._again, self._by_clauses):
            poor = [text for text in asked if not any(candidate.sound for candidate in judged[text])]
            for text, candidates in attempt(poor, judged, language).items():
                judged[text] += [_judge(text, candidate, language, terms, own) for candidate in candidates]
                attempts[text] += 1
        return {text: _finish(text, judged[text], attempts[text]) for text in asked}

    def _ask(
        self, texts: Sequence[str], language: str, count: int, forbidden: tuple[tuple[str, ...], ...] = ()
    ) -> list[list[Candidate]]:
        return self._translator.translate(texts, TranslationOptions(language, count, forbidden)) if texts else []

    def _own_renderings(self, texts: Sequence[str], language: str, terms: Glossary) -> dict[str, str]:
        """How the model translates each term of the glossary that occurs, alone: to find it in a sentence."""
        sources = list(
            dict.fromkeys(
                entry.source for text in texts for entry in terms.within(text) if entry.source != entry.target
            )
        )
        found = self._ask(sources, language, 1)
        return {source: candidates[0].text for source, candidates in zip(sources, found, strict=True) if candidates}

    def _again(
        self, poor: Sequence[str], judged: Mapping[str, Sequence[_Judged]], language: str
    ) -> dict[str, list[Candidate]]:
        """A second attempt that may not give the failed outputs again."""
        forbidden = tuple(
            tuple(dict.fromkeys(candidate.raw for candidate in judged[text]))[:_FORBIDDEN_AT_MOST] for text in poor
        )
        found = self._ask(poor, language, self._candidates * _MORE, forbidden)
        return dict(zip(poor, found, strict=True))

    def _by_clauses(
        self, poor: Sequence[str], judged: Mapping[str, Sequence[_Judged]], language: str
    ) -> dict[str, list[Candidate]]:
        """A third attempt, clause by clause; a sentence of one clause has none."""
        clauses = {text: _clauses(text) for text in poor}
        cut = {text: parts for text, parts in clauses.items() if len(parts) > 1}
        found = iter(self._ask([part for parts in cut.values() for part in parts], language, self._candidates))
        return {text: _joined([next(found) for _ in parts], parts, language) for text, parts in cut.items()}


def _clauses(text: str) -> list[str]:
    """A sentence cut at semicolons, colons and conjunctions after a comma, no part shorter than four words."""
    parts: list[str] = []
    for part in _CLAUSE.split(text):
        if parts and (len(part.split()) < _SHORTEST_CLAUSE or len(parts[-1].split()) < _SHORTEST_CLAUSE):
            parts[-1] = f"{parts[-1]} {part}"
        else:
            parts.append(part)
    return parts


def _joined(found: Sequence[Sequence[Candidate]], parts: Sequence[str], language: str) -> list[Candidate]:
    """One candidate of the clauses' best ones, each chosen by its own facts."""
    chosen = []
    for at, (part, candidates) in enumerate(zip(parts, found, strict=True)):
        if not candidates:
            return []
        best = min(candidates, key=lambda one: (len(compare(part, one.text, language).failures), -one.score))
        text = _ended(part, best.text)
        if at:
            keep = language == "de" or re.match(r"I\b|\W*[A-Z]{2}", text) or part[:1].isupper()
            text = text if keep else text[:1].lower() + text[1:]
        chosen.append(replace(best, text=text))
    score = sum(candidate.score for candidate in chosen) / len(chosen)
    return [Candidate(" ".join(candidate.text for candidate in chosen), score)]


def _judge(french: str, candidate: Candidate, language: str, terms: Glossary, own: Mapping[str, str]) -> _Judged:
    text = render(_ended(french, candidate.text.strip()), language)
    obeyed = obey(french, text, language, terms, own)
    support = compare(french, obeyed.text, language, terms.allowed(french))
    return _Judged(obeyed, support, guard(french, obeyed.text, language), candidate.score, candidate.text)


def _ended(french: str, translation: str) -> str:
    """A translation that ends with the sign of its French sentence, closing marks aside."""
    wanted, ending = _ENDING.search(french), _ENDING.search(translation)
    if wanted is None or ending is None or not translation:
        return translation
    sign = wanted.group(1) or ""
    if (ending.group(1) or "") == sign or (sign == "…" and ending.group(1) == "..."):
        return translation
    # An abbreviation may end with a stop that is its own: "p.m.".
    if not sign and re.search(r"\b\w\.\w?\.?$", translation):
        return translation
    return translation[: ending.start()].rstrip() + sign + ending.group(2)


def _finish(french: str, judged: Iterable[_Judged], attempts: int) -> TranslatedSentence:
    best = min(judged, key=lambda candidate: candidate.rank, default=None)
    if best is None or not best.obeyed.text.strip():
        # Nothing came back: the French, said to be French, is better than a hole.
        return TranslatedSentence(french, Support(()), (WarningCode.TRANSLATION_UNTRANSLATED,), attempts=attempts)
    warnings = [_WARNED[code] for code in best.codes]
    if not best.support.holds:
        warnings.insert(0, WarningCode.TRANSLATION_ALTERED)
    return TranslatedSentence(
        best.obeyed.text,
        best.support,
        tuple(dict.fromkeys(warnings)),
        best.obeyed.applied,
        best.obeyed.unapplied,
        attempts,
    )
