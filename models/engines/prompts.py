"""What the embedded model reads before it writes, and how its outputs are bounded.

Training uses the same cues (``models.prompts``); the parts are tokenised one by one there
and here, so that a text's tokens do not depend on what follows it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from models.contracts import SummaryOptions
from models.dictionary import Entry, told
from models.preparation.vocabulary import BOS
from models.prompts import TRANSLATION_CUES, brief_cue


class Encoder(Protocol):
    """What a prompt needs of the tokenizer."""

    def encode(self, text: str) -> list[int]:
        """A text's token ids, without marks around them."""
        ...


#: For a base without adapter: it has never seen our cue, but continues a list of pairs.
EXAMPLES = (
    (
        "Le conseil municipal a voté mardi soir un budget de 3,2 millions d'euros pour rénover l'école.",
        "On Tuesday evening the town council voted a budget of 3.2 million euros to renovate the school.",
    ),
    (
        "« Nous n'avons pas encore choisi la date », a reconnu la ministre, qui recevra les syndicats jeudi.",
        '"We have not chosen the date yet," admitted the minister, who will meet the unions on Thursday.',
    ),
    (
        "Deux skieurs ont été blessés dans une avalanche près de Chamonix, selon la préfecture.",
        "Two skiers were injured in an avalanche near Chamonix, according to the prefecture.",
    ),
)
_FRENCH, _ENGLISH = "French: ", "\nEnglish:"
_END_OF_EXAMPLE = "\n\n"

#: Fewest and most tokens that a French word takes in news, with room: the mean is 1.5.
TOKENS_PER_WORD = (1.15, 1.9)
#: A sentence may grow in translation; very short ones need room in any case.
GROWTH, ROOM = 1.6, 12


@dataclass(frozen=True)
class Lengths:
    """Bounds of an output in tokens."""

    least: int
    most: int


def brief_prompt(encoder: Encoder, passage: str, window: int, options: SummaryOptions) -> tuple[int, ...]:
    """The passage, cut to ``window`` whole tokens, and the cue for a brief of the wanted length."""
    cue = encoder.encode(brief_cue(options.max_words))
    return (BOS, *encoder.encode(passage.strip())[:window], *cue)


def brief_lengths(options: SummaryOptions) -> Lengths:
    """The options' words as tokens."""
    low, high = TOKENS_PER_WORD
    return Lengths(math.floor(options.min_words * low), math.ceil(options.max_words * high))


def translation_prompt(
    encoder: Encoder, sentence: str, window: int, target: str, entries: Sequence[Entry] = ()
) -> tuple[int, ...]:
    """The sentence, the dictionary's ``entries`` for it, and the cue that a trained model knows for ``target``."""
    cut = encoder.encode(sentence.strip())[:window]
    return (BOS, *cut, *encoder.encode(told(entries)), *encoder.encode(TRANSLATION_CUES[target]))


def example_prompt(
    encoder: Encoder, sentence: str, window: int, examples: Sequence[tuple[str, str]]
) -> tuple[int, ...]:
    """The sentence after examples, for a base that was not trained for it; it ends its line with a line break."""
    shown = "".join(f"{_FRENCH}{french}{_ENGLISH} {english}{_END_OF_EXAMPLE}" for french, english in examples)
    cut = encoder.encode(sentence.strip())[:window]
    return (BOS, *encoder.encode(shown + _FRENCH), *cut, *encoder.encode(_ENGLISH))


def translation_lengths(tokens: int) -> Lengths:
    """Bounds of a translation, from the tokens of its French sentence."""
    return Lengths(1, math.ceil(tokens * GROWTH) + ROOM)
