"""Whether a brief keeps an article's polarity: no negation added or dropped, no word turned into its reverse."""

from __future__ import annotations

from service.pipeline.article_index import ArticleIndex, TextIndex
from service.pipeline.facts import Check, Fact
from service.pipeline.negation import DENIALS, OPPOSITES, Negation

_ALIGNED = 3  # article sentences that a brief's sentence is laid beside
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
        checks = [self._stated(brief, negation, words, aligned) for negation in own]
        checks += self._dropped(brief, sentence, own, words)
        checks += self._reversed(brief, sentence, aligned)
        return checks

    def _aligned(self, words: set[str]) -> list[int]:
        """The article's sentences nearest to a brief's, best first."""
        weights = self._index.alike(words)
        best = sorted(weights.items(), key=lambda item: (-item[1], item[0]))[:_ALIGNED]
        return [number for number, weight in best if weight >= _CLOSE * best[0][1]]

    def _stated(self, brief: TextIndex, negation: Negation, words: set[str], aligned: list[int]) -> Check:
        """Whether the article negates the verb that the brief negates."""
        start, end = brief.tokens[negation.first].start, brief.tokens[negation.last - 1].end
        fact = Fact("negation", "not", brief.text[start:end], start, end)
        scope = set(negation.scope)
        for word in negation.scope:
            for other in self._negated.get(word, ()):
                shared = words & self._index.sentence_stems[other.sentence]
                if len(shared) > 1 or len(scope) == 1:
                    return Check(fact, "supported", self._span(other))
        for number in aligned:
            stems = self._index.sentence_stems[number]
            near = [n for n in self._index.negations if n.sentence == number and not scope & stems]
            if near:
                return Check(fact, "supported", self._span(near[0]))
            if (stems & DENIALS) - words:
                return Check(fact, "supported", self._sentence(number))
        where = self._sentence(aligned[0]) if aligned else None
        return Check(fact, "altered", where, "the article does not negate this")

    def _dropped(self, brief: TextIndex, sentence: int, own: list[Negation], words: set[str]) -> list[Check]:
        """Failures for verbs that the article negates, and only negates, where the brief states them."""
        turned = {word for negation in own for word in negation.scope}
        if (words - turned) & DENIALS:
            return []
        first, last = brief.sentence_tokens[sentence]
        for position in range(first, last):
            word = brief.stems[position]
            if word in turned or word not in self._negated:
                continue
            negation = self._best(word, words)
            if negation is not None and not self._affirmed(word, words, negation):
                token = brief.tokens[position]
                fact = Fact("negation", "", token.text, token.start, token.end)
                return [Check(fact, "altered", self._span(negation), "the article negates this")]
        return []

    def _best(self, word: str, words: set[str]) -> Negation | None:
        """The article's negation of a verb whose sentence shares most with the brief's, at least one word more."""
        best, most = None, 1
        for negation in self._negated[word]:
            if word not in negation.scope[:2]:
                continue
            shared = len(words & self._index.sentence_stems[negation.sentence])
            if shared > most:
                best, most = negation, shared
        return best

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
        return False

    def _reversed(self, brief: TextIndex, sentence: int, aligned: list[int]) -> list[Check]:
        """Failures for words that the article never has, whose reverse stands in the nearest sentence."""
        first, last = brief.sentence_tokens[sentence]
        own = brief.sentence_stems[sentence]
        for position in range(first, last):
            word = brief.stems[position]
            opposites = OPPOSITES.get(word)
            if not opposites or word in self._index.all_stems or opposites & own:
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
