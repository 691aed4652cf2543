"""Models that answer from the cache: a ``Reader``, a ``Summariser`` or a ``Translator`` around another one.

Each article and each sentence has its own entry, so a batch of which some are known asks the
engine only for the others, and a sentence that two articles share is translated once.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, astuple
from typing import Any, ClassVar, Generic, TypeVar

from models.contracts import (
    Candidate,
    ModelIdentity,
    Reader,
    Reads,
    Summariser,
    SummaryOptions,
    TranslationOptions,
    Translator,
    Turn,
)
from models.errors import ModelFailed
from service.cache.flight import Flight, Seat
from service.cache.key import CacheKey
from service.cache.protocol import Cache, Missing
from service.errors import NotCached
from service.pipeline.brief import CacheUse, RunNotes
from service.queue.ticket import Ticket

Outputs = list[list[Candidate]]
Model = TypeVar("Model", Reader, Summariser, Translator)


class _Recall:
    """The way through cache and flight that all models share; one for each model and request."""

    def __init__(self, step: str, cache: Cache, flight: Flight, notes: RunNotes, use: CacheUse, ticket: Ticket) -> None:
        self._step, self._cache, self._flight = step, cache, flight
        self._notes, self._use, self._ticket = notes, use, ticket
        self.used: list[str] = []

    def answer(self, keys: Sequence[CacheKey], compute: Callable[[list[int]], Outputs]) -> Outputs:
        """One output for each key; ``compute`` gets the positions of those that nobody has."""
        first: dict[str, int] = {}
        for position, key in enumerate(keys):
            first.setdefault(key.digest, position)
        found: dict[str, list[Candidate]] = {}
        if self._use != "bypass":
            found = self._look_up([keys[position] for position in first.values()])
        for key in keys:
            (self._notes.cache_hits if key.digest in found else self._notes.cache_misses).append(self._step)
        missing = {digest: position for digest, position in first.items() if digest not in found}
        if missing and self._use == "only":
            raise NotCached(f"the cache lacks {len(missing)} outputs of the step {self._step!r}")
        if self._use == "bypass":
            found = dict(zip(first, _outputs(list(first.values()), compute), strict=True))
            missing = {}
        else:
            self.used.extend(first)
        while missing:
            self._ticket.check()
            found |= self._fly(keys, missing, compute)
            missing = {digest: position for digest, position in missing.items() if digest not in found}
        return [list(found[key.digest]) for key in keys]

    def _look_up(self, keys: Sequence[CacheKey], counted: bool = True) -> dict[str, list[Candidate]]:
        found = {}
        for key in keys:
            value = self._cache.get(key, counted=counted)
            candidates = None if isinstance(value, Missing) else _decode(value)
            if candidates is not None:
                found[key.digest] = candidates
        return found

    def _fly(
        self, keys: Sequence[CacheKey], missing: Mapping[str, int], compute: Callable[[list[int]], Outputs]
    ) -> dict[str, list[Candidate]]:
        """One round: compute what this request leads, then wait for what others lead."""
        seats: dict[str, Seat] = {}
        try:
            for digest, position in missing.items():
                seats[digest] = self._flight.take(keys[position])
            leads = {digest: missing[digest] for digest, seat in seats.items() if seat.leads}
            found = self._lead(keys, leads, seats, compute)
            for digest, seat in seats.items():
                if not seat.leads:
                    value = seat.wait(self._ticket)
                    candidates = None if value is None else _decode(value)
                    if candidates is not None:
                        found[digest] = candidates
            return found
        finally:
            for seat in seats.values():
                seat.leave()

    def _lead(
        self,
        keys: Sequence[CacheKey],
        leads: Mapping[str, int],
        seats: Mapping[str, Seat],
        compute: Callable[[list[int]], Outputs],
    ) -> dict[str, list[Candidate]]:
        """Compute and store; what another leader stored since the first look is taken as it is."""
        found = self._look_up([keys[position] for position in leads.values()], counted=False)
        for digest in found:
            seats[digest].land(_encode(found[digest]))
        wanted = [(digest, position) for digest, position in leads.items() if digest not in found]
        if not wanted:
            return found
        outputs = _outputs([position for _, position in wanted], compute)
        for (digest, position), candidates in zip(wanted, outputs, strict=True):
            value = _encode(candidates)
            self._cache.put(keys[position], value)
            seats[digest].land(value)
            found[digest] = list(candidates)
        return found


def _outputs(positions: list[int], compute: Callable[[list[int]], Outputs]) -> Outputs:
    """What the model gives for these inputs. Raises ``ModelFailed`` if it is not one output for each."""
    outputs = compute(positions)
    if len(outputs) != len(positions):
        raise ModelFailed(f"the model gave {len(outputs)} outputs for {len(positions)} inputs")
    return outputs


class _Cached(Generic[Model]):
    """What every model that answers from the cache shares; made for one request.

    ``use`` is "use", "bypass" (neither read nor store) or "only" (raise ``NotCached`` on a miss).
    Each text adds the model's step to the hits or the misses of ``notes``.
    """

    _step: ClassVar[str]

    def __init__(
        self, model: Model, cache: Cache, flight: Flight, notes: RunNotes, use: CacheUse, ticket: Ticket
    ) -> None:
        self._model: Model = model
        self._recall = _Recall(self._step, cache, flight, notes, use, ticket)

    @property
    def identity(self) -> ModelIdentity:
        """The weights in use."""
        return self._model.identity

    @property
    def used(self) -> tuple[str, ...]:
        """The digests of the cache entries that this request read or wrote, for ``ReplyStore.put``."""
        return tuple(self._recall.used)

    def count_tokens(self, text: str) -> int:
        """The length of a text in the model's tokens."""
        return self._model.count_tokens(text)


class CachedReader(_Cached[Reader]):
    """A ``Reader`` that answers from the cache."""

    _step = "read"

    @property
    def window(self) -> int:
        """How many tokens of an article one call reads."""
        return self._model.window

    def read(self, articles: Sequence[str]) -> Outputs:
        """One output for each sentence of each article, known ones from the cache."""
        keys = [CacheKey.for_output("read", article, {}, self.identity) for article in articles]
        return self._recall.answer(keys, lambda wanted: self._model.read([articles[i] for i in wanted]))


class CachedSummariser(_Cached[Summariser]):
    """A ``Summariser`` that answers from the cache."""

    _step = "summarise"

    @property
    def window(self) -> int:
        """How many tokens of a text one call reads."""
        return self._model.window

    @property
    def reads(self) -> Reads:
        """Whether it reads articles or passages."""
        return self._model.reads

    def summarise(self, texts: Sequence[str], options: SummaryOptions) -> Outputs:
        """Candidates for each text, known ones from the cache."""
        parameters = asdict(options)
        keys = [CacheKey.for_output("summarise", text, parameters, self.identity) for text in texts]
        return self._recall.answer(keys, lambda wanted: self._model.summarise([texts[i] for i in wanted], options))


class CachedTranslator(_Cached[Translator]):
    """A ``Translator`` that answers from the cache.

    A sentence's key holds what it has to itself, and nothing of the other sentences.
    """

    _step = "translate"

    @property
    def targets(self) -> tuple[str, ...]:
        """The languages it can write."""
        return self._model.targets

    def translate(self, sentences: Sequence[str], options: TranslationOptions) -> Outputs:
        """Candidates for each sentence, known ones from the cache."""
        own = [options.own(i) for i in range(len(sentences))]
        shared = asdict(options.with_own(()))
        keys = [
            CacheKey.for_output(
                "translate",
                sentence,
                shared | asdict(one) | {"forbidden": sorted(set(one.forbidden))},
                self.identity,
            )
            for sentence, one in zip(sentences, own, strict=True)
        ]

        def compute(wanted: list[int]) -> Outputs:
            return self._model.translate([sentences[i] for i in wanted], options.with_own([own[i] for i in wanted]))

        return self._recall.answer(keys, compute)


def _encode(candidates: Sequence[Candidate]) -> bytes:
    rows = [[one.text, one.score, one.tokens, one.traits, [astuple(turn) for turn in one.turns]] for one in candidates]
    return json.dumps(rows, separators=(",", ":")).encode()


def _decode(value: bytes) -> list[Candidate] | None:
    """The candidates, or ``None`` for an entry of another shape, which then counts as absent."""
    try:
        candidates = [
            Candidate(str(text), float(score), int(tokens), tuple(map(float, traits)), tuple(map(_turn, turns)))
            for text, score, tokens, traits, turns in json.loads(value)
        ]
    except (ValueError, TypeError):
        return None
    return candidates or None


def _turn(value: Sequence[Any]) -> Turn:
    place, text, chance, before = value
    return Turn(int(place), str(text), float(chance), float(before))
