"""Whether a brief keeps an article's polarity: no negation added or dropped, no word turned into its reverse."""

from __future__ import annotations

from service.pipeline.article_index import ArticleIndex, TextIndex
from service.pipeline.facts import Check, Fact
from service.pipeline.negation import (
    DENIALS,
    DIFFERENCES,
    FATES,
    FIRST_TIMES,
    LIKES,
    OPPOSITES,
    SYNONYMS,
    Negation,
)

_ALIGNED = 3  # article sentences that a brief's sentence is laid beside
_ALIGNED_CLAUSES = 5  # … beside a negated clause
_NEAREST = 0.75  # … of the nearest one's weight for a negation to be that of a brief's clause
_NOUNS = ("etur", "atur", "itur", "ur", "ag", "anc", "enc", "sion", "tion", "ition")  # of a verb's stem, as stems
_CLAUSE = 10  # tokens on either side of a negation
_CLOSE = 0.6  # … of the best one's weight


class NegationSupport:
    """Checks negations and reversals against one article.

    Clauses are compared through the verb that a negation turns, not word by word: a brief that says
    the same in other words (« n'a pas signé » for « a refusé de signer ») is left alone.
    """

    def __init__(self, index: ArticleIndex) -> None:
        self._index = index
        self._negated: dict[str, list[Negation]] = {}
        for negation in index.negations:
            for word in negation.scope[:3]:
                self._negated.setdefault(word, []).append(negation)

    def check(self, brief: TextIndex, sentence: int) -> list[Check]:
        """The checks of one sentence of a brief: one for each of its negations, and failures."""
        words = brief.sentence_stems[sentence]
        aligned = self._aligned(words)
        own = [negation for negation in brief.negations if negation.sentence == sentence]
        checks = [self._stated(brief, negation) for negation in own]
        checks += self._dropped(brief, sentence, own, words)
        checks += self._reversed(brief, sentence, aligned)
        return checks

    def _aligned(self, words: set[str], most: int = _ALIGNED) -> list[int]:
        """The article's sentences nearest to a brief's, best first."""
        weights = self._index.alike(words)
        best = sorted(weights.items(), key=lambda item: (-item[1], item[0]))[:most]
        return [number for number, weight in best if weight >= _CLOSE * best[0][1]]

    def _stated(self, brief: TextIndex, negation: Negation) -> Check:
        """Whether the article negates what the brief negates, or denies it in the words of a near sentence."""
        start, end = brief.tokens[negation.first].start, brief.tokens[negation.last - 1].end
        fact = Fact("negation", "not", brief.text[start:end], start, end)
        scope = set(negation.scope)
        words = self._clause(brief, negation.first, negation.last) | scope
        without = brief.tokens[negation.first].lower == "sans"
        for word in negation.scope:
            for other in self._negated.get(word, ()):
                if without and word == negation.scope[0] == other.scope[0]:  # « sans preuve », « non prouvé »
                    return Check(fact, "supported", self._span(other))
                theirs = self._index.sentence_stems[other.sentence] | set(other.scope)
                if len(scope) == 1 or len(words & theirs) > 1:
                    return Check(fact, "supported", self._span(other))
        aligned = self._aligned(words, _ALIGNED_CLAUSES) or self._aligned(brief.sentence_stems[negation.sentence])
        said = self._otherwise(brief, negation)
        for number in aligned:
            stems = self._index.sentence_stems[number]
            if stems & said:
                return Check(fact, "supported", self._sentence(number))
            near = [other for other in self._index.negations if other.sentence == number]
            if near and not (negation.scope and negation.scope[0] in stems):
                return Check(fact, "supported", self._span(near[0]))
            if (stems & DENIALS) - words:
                return Check(fact, "supported", self._sentence(number))
        where = self._sentence(aligned[0]) if aligned else None
        return Check(fact, "altered", where, "the article does not negate this")

    @staticmethod
    def _otherwise(brief: TextIndex, negation: Negation) -> frozenset[str]:
        """Stems that say a negation without one: « adverse » for « pas la même », « première » for « jamais »."""
        _, end = brief.sentence_tokens[negation.sentence]
        after = {brief.tokens[at].lower for at in range(negation.first, min(negation.last + _CLAUSE, end))}
        said: frozenset[str] = frozenset()
        if after & {"même", "mêmes"}:
            said |= DIFFERENCES
        if "jamais" in after:
            said |= FIRST_TIMES
        return said

    @staticmethod
    def _clause(brief: TextIndex, first: int, last: int) -> set[str]:
        """The stems of the clause around some tokens, these included, as far as a few words on either side."""
        words = set(brief.stems[first:last])
        for step, at in ((-1, first), (1, last - 1)):
            for _ in range(_CLAUSE):
                at += step
                if not 0 <= at < len(brief.tokens) or brief.tokens[at].text in ",.;:!?":
                    break
                words.add(brief.stems[at])
        return words - {""}

    def _dropped(self, brief: TextIndex, sentence: int, own: list[Negation], words: set[str]) -> list[Check]:
        """Failures for verbs that the article negates, and only negates, where the brief states them."""
        turned = {word for negation in own for word in negation.scope}
        turned |= self._restricted(brief, sentence)
        denied = (words - turned) & DENIALS
        first, last = brief.sentence_tokens[sentence]
        for position in range(first, last):
            stated = SYNONYMS.get(brief.stems[position], brief.stems[position])
            if stated in turned:
                continue
            for word in (stated, *sorted(LIKES.get(stated, ()))):
                if word not in self._negated or denied - {word}:
                    continue
                negation = self._best(word, words, self._clause(brief, position, position + 1))
                if negation is not None and not self._affirmed(word, words, negation):
                    token = brief.tokens[position]
                    fact = Fact("negation", "", token.text, token.start, token.end)
                    return [Check(fact, "altered", self._span(negation), "the article negates this")]
        return []

    @staticmethod
    def _restricted(brief: TextIndex, sentence: int) -> set[str]:
        """The words after a « ne » of any sort: « n'ont pu récolter que … » affirms and denies."""
        first, last = brief.sentence_tokens[sentence]
        marks = [at for at in range(first, last) if brief.tokens[at].lower in ("ne", "n")]
        return {brief.stems[at] for mark in marks for at in range(mark + 1, min(mark + 5, last))}

    def _best(self, word: str, words: set[str], clause: set[str]) -> Negation | None:
        """The article's negation of a verb whose sentence shares most with the brief's, at least one word more.

        It must be among the sentences nearest to the brief's clause: another one may negate the same verb.
        """
        best, most = None, 1
        weights = self._index.alike(clause)
        enough = _NEAREST * max(weights.values(), default=0.0)
        for negation in self._negated[word]:
            scope = negation.scope
            if word not in scope[:2] or (scope[0] in DENIALS and word != scope[0]):  # « n'exclut pas de partir »
                continue
            if word in FATES and self._only_negated(word):
                return negation
            shared = len(words & self._index.sentence_stems[negation.sentence])
            if shared > most and weights.get(negation.sentence, 0.0) >= enough:
                best, most = negation, shared
        return best

    def _only_negated(self, word: str) -> bool:
        """Whether every sentence of the article that has a word negates it: « aucun blessé n'est à déplorer »."""
        negating = {negation.sentence for negation in self._negated[word]}
        return all(number in negating for number in self._index.sentences_with.get(word, ()))

    def _affirmed(self, word: str, words: set[str], negation: Negation) -> bool:
        """Whether a sentence of the article that is as near states the verb without negating it."""
        shared = len(words & self._index.sentence_stems[negation.sentence])
        negating = {n.sentence: n for n in self._negated[word]}
        for number in self._index.sentences_with.get(word, ()):
            stems = self._index.sentence_stems[number]
            if number in negating:
                first, last = self._index.sentence_tokens[number]
                if self._index.stems[first:last].count(word) > 1:
                    return True
            elif len(words & stems) >= min(shared, 3):
                return True
        return self._named(word, words)

    def _named(self, word: str, words: set[str]) -> bool:
        """Whether a sentence about the same has the verb as a noun: « la fermeture » for « fermera »."""
        places = {number for ending in _NOUNS for number in self._index.sentences_with.get(word + ending, ())}
        return any(len(words & self._index.sentence_stems[number]) > 1 for number in places)

    def _reversed(self, brief: TextIndex, sentence: int, aligned: list[int]) -> list[Check]:
        """Failures for words that the article never has, whose reverse stands in the nearest sentence."""
        first, last = brief.sentence_tokens[sentence]
        own = brief.sentence_stems[sentence]
        turned = {word for negation in brief.negations if negation.sentence == sentence for word in negation.scope[:1]}
        for position in range(first, last):
            word = brief.stems[position]
            opposites = OPPOSITES.get(word)
            if not opposites or word in turned or word in self._index.all_stems or opposites & own:
                continue
            for number in aligned:
                if opposites & self._index.sentence_stems[number]:
                    token = brief.tokens[position]
                    fact = Fact("negation", "", token.text, token.start, token.end)
                    return [Check(fact, "altered", self._sentence(number), "the article says the reverse")]
        return []

    def _span(self, negation: Negation) -> tuple[int, int]:
        tokens = self._index.tokens
        return tokens[negation.first].start, tokens[negation.last - 1].end

    def _sentence(self, number: int) -> tuple[int, int]:
        first, last = self._index.sentence_tokens[number]
        return self._index.tokens[first].start, self._index.tokens[last - 1].end
