"""An article made ready for many checks: its facts by value, its words in order, its sentences by their words."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from functools import cached_property
from math import log

from service.pipeline.facts import Fact
from service.pipeline.french_facts import facts_of_tokens
from service.pipeline.french_numbers import NUMBER_WORDS
from service.pipeline.french_tokens import FUNCTION_WORDS, Token, fold, stem, tokenise
from service.pipeline.negation import Negation, find_negations

_JOINING = frozenset("-'’&.")  # signs that may stand inside a name
_NEAR = 8  # tokens after a number in which the thing that it counts is looked for


class TextIndex:
    """A French text with its tokens, facts and negations; built in linear time."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens: Sequence[Token] = tokenise(text)
        self.facts: tuple[Fact, ...] = facts_of_tokens(text, self.tokens)
        self.starts = [token.start for token in self.tokens]

    @cached_property
    def stems(self) -> list[str]:
        """Each token's stem; empty for signs, function words and short words."""
        return [
            "" if not token.is_word or len(token.text) < 2 or token.lower in FUNCTION_WORDS else stem(token.text)
            for token in self.tokens
        ]

    @cached_property
    def elements(self) -> list[str]:
        """The stems with each name of several words as one element, at its first word; numbers are elements too."""
        elements = [
            word or (token.text if token.is_number else "") for word, token in zip(self.stems, self.tokens, strict=True)
        ]
        for fact in self.facts:
            if fact.kind == "name" and " " in fact.value:
                first, last = self.token_at(fact.start), self.token_at(fact.end - 1)
                elements[first : last + 1] = [fact.value] + [""] * (last - first)
        return elements

    @cached_property
    def negations(self) -> list[Negation]:
        """The negations with their scopes."""
        return find_negations(self.tokens)

    def token_at(self, offset: int) -> int:
        """The index of the token that holds or precedes an offset."""
        return max(0, bisect_right(self.starts, offset) - 1)

    def sentence_of(self, fact: Fact) -> int:
        """The number of the sentence in which a fact stands."""
        return self.tokens[self.token_at(fact.start)].sentence

    @cached_property
    def sentence_stems(self) -> list[set[str]]:
        """The stems of each sentence."""
        if not self.tokens:
            return []
        sentences: list[set[str]] = [set() for _ in range(self.tokens[-1].sentence + 1)]
        for token, word in zip(self.tokens, self.stems, strict=True):
            if word:
                sentences[token.sentence].add(word)
        return sentences

    @cached_property
    def sentence_tokens(self) -> list[tuple[int, int]]:
        """The first token of each sentence and the one past its last."""
        spans: list[tuple[int, int]] = []
        for index, token in enumerate(self.tokens):
            if len(spans) <= token.sentence:
                spans.append((index, index + 1))
            else:
                spans[-1] = (spans[-1][0], index + 1)
        return spans


class ArticleIndex(TextIndex):
    """The index of an article, with what looking things up needs."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.lower = text.lower()
        self.by_value: dict[str, list[Fact]] = defaultdict(list)
        self.by_noun: dict[str, list[Fact]] = defaultdict(list)
        for fact in self.facts:
            self.by_value[amount_of(fact)].append(fact)
            for noun in fact.noun.split():
                self.by_noun[noun].append(fact)
        self._build_stream()

    def _build_stream(self) -> None:
        """All words folded in one string, « | » where a sign parts them, so that a name is found whole or not."""
        pieces: list[str] = [" "]
        self._stream_offsets: list[int] = []
        self._stream_tokens: list[int] = []
        length = 1
        for index, token in enumerate(self.tokens):
            if token.text in _JOINING and (token.text != "." or self._is_initial(index)):
                continue
            word = fold(token.text) if token.is_word or token.is_number else "|"
            self._stream_offsets.append(length)
            self._stream_tokens.append(index)
            pieces.append(word + " ")
            length += len(word) + 1
        self.stream = "".join(pieces)

    def _is_initial(self, index: int) -> bool:
        before = self.tokens[index - 1] if index else None
        return before is not None and len(before.text) == 1 and before.end == self.tokens[index].start

    def find_words(self, key: str, start: int = 0) -> tuple[int, int] | None:
        """The span in the text of folded words in sequence, whole words only, from a place of the stream on."""
        position = self.stream.find(f" {key} ", start)
        if position < 0:
            return None
        first = bisect_right(self._stream_offsets, position + 1) - 1
        last = bisect_right(self._stream_offsets, position + len(key)) - 1
        return self.tokens[self._stream_tokens[first]].start, self.tokens[self._stream_tokens[last]].end

    def find_all_words(self, key: str, most: int = 50) -> list[tuple[int, int]]:
        """The spans of every place where folded words stand in sequence, at most so many."""
        spans: list[tuple[int, int]] = []
        position = self.stream.find(f" {key} ")
        while position >= 0 and len(spans) < most:
            span = self.find_words(key, position)
            if span:
                spans.append(span)
            position = self.stream.find(f" {key} ", position + 1)
        return spans

    @cached_property
    def lower_words(self) -> frozenset[str]:
        """The words, folded, that the article writes in lower case."""
        return frozenset(fold(token.text) for token in self.tokens if token.text.islower())

    @cached_property
    def all_stems(self) -> frozenset[str]:
        """Every stem of the article."""
        return frozenset(self.stems)

    @cached_property
    def sentences_with(self) -> dict[str, list[int]]:
        """The sentences that hold a stem."""
        places: dict[str, list[int]] = defaultdict(list)
        for number, words in enumerate(self.sentence_stems):
            for word in words:
                places[word].append(number)
        return dict(places)

    def alike(self, words: set[str]) -> dict[int, float]:
        """Sentences that share stems with these, each with the weight of what it shares; rare stems weigh more."""
        weights: dict[int, float] = defaultdict(float)
        total = len(self.sentence_stems)
        for word in words:
            places = self.sentences_with.get(word, ())
            if places:
                weight = log(1 + total / len(places))
                for place in places:
                    weights[place] += weight
        return weights

    def near(self, fact: Fact) -> set[str]:
        """The stems that stand close after a number, up to the next number or the end of the phrase."""
        at = self.token_at(max(fact.start, fact.end - 1)) + 1
        stems: set[str] = set()
        for index in range(at, min(at + _NEAR, len(self.tokens))):
            token = self.tokens[index]
            if token.text in ".;:!?" or token.is_number or fold(token.text) in NUMBER_WORDS:
                break
            if token.sentence != self.tokens[at - 1].sentence:
                break
            if self.stems[index]:
                stems.add(self.stems[index])
        return stems

    def around(self, fact: Fact, reach: int = 6) -> set[str]:
        """The stems that stand near a fact, on either side, within its sentence."""
        at = self.token_at(fact.start)
        window = range(max(0, at - reach), min(len(self.tokens), at + reach + 1))
        sentence = self.tokens[at].sentence
        return {self.stems[i] for i in window if self.tokens[i].sentence == sentence and self.stems[i]}


def amount_of(fact: Fact) -> str:
    """The number of a value without its unit: "2000000 EUR" is "2000000"; other values stay whole."""
    return fact.value.split(" ", 1)[0] if fact.kind in ("money", "quantity") else fact.value
