"""From articles and sentences to decoding tasks, and from their outputs to candidates.

This is what is the model's and not a runtime's: prompts, limits, and how outputs are
searched for. Every engine of the embedded profile uses it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from models.contracts import Candidate, SummaryOptions, TranslationOptions, Turn
from models.dictionary import Dictionaries, Entry
from models.engines.grounding import Grounding, Spellings
from models.engines.prompts import (
    EXAMPLES,
    brief_lengths,
    brief_prompt,
    example_prompt,
    translation_lengths,
    translation_prompt,
)
from models.engines.search import Search, Task, Written
from models.engines.tokenizer import Tokenizer
from models.preparation.store import Built
from models.preparation.vocabulary import EOS

#: A brief never says the same four tokens twice; digits may, since a number is written digit by digit.
BRIEF_NO_REPEAT = 4
#: Samples, unlike beams, differ in substance, which is what a choice among them needs.
BRIEF_TEMPERATURE = 0.4
#: So many tokens of all samples are guessed from the passage in a step. All weights pass through the processor in
#: each, whatever it reads: measured on two cores without bfloat16, 15 ms and one for each token.
BRIEF_GUESSED = 12
#: Beams are compared by their mean log-probability.
LENGTH_PENALTY = 1.0

T = TypeVar("T")


@dataclass(frozen=True)
class Batch:
    """Tasks to be decoded in parts of similar length, of at most ``tokens`` prompt tokens with padding."""

    tasks: Sequence[Task]
    tokens: int

    def map(self, decode: Callable[[list[Task]], list[T]]) -> list[T]:
        """Decode part by part; the results are in the tasks' order."""
        results: dict[int, T] = {}
        for part in self._parts():
            outputs = decode([self.tasks[at] for at in part])
            results |= dict(zip(part, outputs, strict=True))
        return [results[at] for at in range(len(self.tasks))]

    def _parts(self) -> list[list[int]]:
        order = sorted(range(len(self.tasks)), key=lambda at: (len(self.tasks[at].prompt), at))
        parts: list[list[int]] = []
        for at in order:
            # Ascending lengths: the task at hand is the longest, to which the others are padded.
            if parts and (len(parts[-1]) + 1) * len(self.tasks[at].prompt) <= self.tokens:
                parts[-1].append(at)
            else:
                parts.append([at])
        return parts


def brief_task(tokenizer: Tokenizer, spellings: Spellings, passage: str, window: int, options: SummaryOptions) -> Task:
    """A passage to be rewritten in its own numbers and names; the brief may only end with enough words."""
    lengths = brief_lengths(options)

    def long_enough(ids: tuple[int, ...]) -> bool:
        return len(tokenizer.decode(list(ids)).split()) >= options.min_words

    allowed = Grounding(passage, spellings, frozenset({EOS}))
    return Task(brief_prompt(tokenizer, passage, window, options), lengths.most, lengths.least, allowed, long_enough)


def brief_search(tokenizer: Tokenizer, options: SummaryOptions) -> Search:
    """As many samples as candidates are wanted; of a single one the likeliest words."""
    digits = frozenset(id for digit in "0123456789" for id in tokenizer.encode(digit))
    return Search(
        ends=frozenset({EOS}),
        beams=max(options.candidates, 1),
        candidates=max(options.candidates, 1),
        length_penalty=LENGTH_PENALTY,
        no_repeat=BRIEF_NO_REPEAT,
        repeatable=digits,
        temperature=BRIEF_TEMPERATURE if options.candidates > 1 else 0.0,
        guessed=BRIEF_GUESSED,
        least_mean=options.least_score,
    )


def translation_task(
    tokenizer: Tokenizer,
    sentence: str,
    window: int,
    forbidden: Sequence[str],
    trained_for: str | None,
    entries: Sequence[Entry] = (),
) -> Task:
    """A sentence to be translated, with what a dictionary has of it, into none of the texts ``forbidden``.

    ``trained_for`` is the language of a trained model's cue; without one the base is shown English examples.
    """
    if trained_for is not None:
        prompt = translation_prompt(tokenizer, sentence, window, trained_for, entries)
    else:
        prompt = example_prompt(tokenizer, sentence, window, EXAMPLES)
    refused = {text.strip() for text in forbidden}

    def is_new(ids: tuple[int, ...]) -> bool:
        return tokenizer.decode(list(ids)).strip() not in refused

    lengths = translation_lengths(len(tokenizer.encode(sentence)))
    watched = _first_tokens(tokenizer, [text for entry in entries for text in entry.translations])
    return Task(prompt, lengths.most, lengths.least, accept=is_new if refused else None, watched=watched)


def _first_tokens(tokenizer: Tokenizer, texts: Sequence[str]) -> dict[int, tuple[str, ...]]:
    """The texts by the token that each begins with behind a blank."""
    found: dict[int, tuple[str, ...]] = {}
    for text in texts:
        first = tokenizer.encode(f" {text}")[0]
        found[first] = (*found.get(first, ()), text)
    return found


def translation_tasks(
    tokenizer: Tokenizer,
    model: Built,
    sentences: Sequence[str],
    options: TranslationOptions,
    dictionaries: Dictionaries,
) -> list[Task]:
    """Sentences to be translated by a prepared model; raises ``ValueError`` for a target it does not write."""
    if options.target not in model.languages:
        raise ValueError(f"{options.target!r} is not one of {', '.join(model.languages)}")
    trained_for = options.target if is_adapted(model) else None
    tasks = []
    for index, sentence in enumerate(sentences):
        own = options.own(index)
        entries = dictionaries.entries(options.target, sentence, own.terms)
        tasks.append(translation_task(tokenizer, sentence, model.window, own.forbidden, trained_for, entries))
    return tasks


def dictionaries_of(model: Built) -> Dictionaries:
    """Those that the model was trained to be told of; they are read when a language is first asked for."""
    return Dictionaries(model.details.get("told", ()))


def is_adapted(model: Built) -> bool:
    """Whether an adapter was applied, so that the model knows our cues."""
    return bool(model.details["adapted"])


def translation_search(tokenizer: Tokenizer, options: TranslationOptions) -> Search:
    """As many beams as candidates are wanted; a line break ends a translation too, since a sentence has none."""
    ends = {EOS} | {id for breaks in ("\n", "\n\n", "\n\n\n") for id in tokenizer.encode(breaks)}
    count = max(options.candidates, 1)
    return Search(ends=frozenset(ends), beams=count, candidates=count, length_penalty=LENGTH_PENALTY)


def candidates(
    outputs: Sequence[Written], tokenizer: Tokenizer, watched: Mapping[int, tuple[str, ...]] | None = None
) -> list[Candidate]:
    """The outputs as texts; of two with the same text the better one stays."""
    found: dict[str, Candidate] = {}
    for output in outputs:
        text = tokenizer.decode(list(output.ids)).strip()
        turns = tuple(_turns(output, text, tokenizer, watched or {}))
        found.setdefault(text, Candidate(text, output.mean, len(output.ids), turns=turns))
    return list(found.values())


def _turns(output: Written, text: str, tokenizer: Tokenizer, watched: Mapping[int, tuple[str, ...]]) -> Iterator[Turn]:
    """Where a text was likely to go on with a watched word and did not."""
    for seen in output.seen:
        if seen.place == 0 or output.ids[seen.place : seen.place + 1] == (seen.id,):
            continue
        before = tokenizer.decode(list(output.ids[: seen.place])).lstrip()
        # Watched tokens begin with a blank, and so must what they would replace.
        if text.startswith(f"{before} "):
            yield from (Turn(len(before) + 1, word, seen.logprob, seen.before) for word in watched[seen.id])
