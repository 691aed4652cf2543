"""Greedy and beam search, and sampling, over any model that can take a step, in NumPy alone.

Several prompts are decoded at once; each keeps its own beams, limits and constraints, and
leaves the batch as soon as it is done, so that a short text never waits on a long one.
Given the same scores the result is always the same: ties go to the earlier beam, then to
the order in which the model gave its tokens.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

#: So many tokens are looked at together when the likeliest ones may not follow.
PART = 512

Ids = NDArray[np.int64]
Floats = NDArray[np.float32]

#: Given the tokens so far and some next ones, which of these may follow.
Allowed = Callable[[tuple[int, ...], Ids], NDArray[np.bool_]]
#: Whether a text may end here, given its tokens without the end mark.
Accept = Callable[[tuple[int, ...]], bool]


@dataclass(frozen=True)
class Scores:
    """What a step says of the next token of each row.

    ``ids`` and ``logprobs`` (rows, k) are the most likely ones, best first; ``full`` gives a
    row's log-probabilities over the whole vocabulary and is valid until the next step.
    """

    ids: Ids
    logprobs: Floats
    full: Callable[[int], Floats]


class StepModel(Protocol):
    """A model that keeps what its rows have read, and continues them by one token at a time."""

    def start(self, prompts: Sequence[Sequence[int]]) -> Scores:
        """Forget everything and read the prompts, one a row."""
        ...

    def step(self, parents: NDArray[np.int32], tokens: Ids) -> Scores:
        """Continue the row ``parents[i]`` with ``tokens[i]`` as row ``i``; other rows are forgotten."""
        ...


@dataclass(frozen=True)
class Search:
    """How outputs are searched for. Each token of ``ends`` is an end mark.

    ``length_penalty`` is the power of the length by which a log-probability is divided
    before texts are compared (Wu et al. 2016, arXiv 1609.08144, without the constant).
    ``no_repeat`` forbids the same run of that many tokens twice (0: off), except tokens of
    ``repeatable``. ``patient`` goes on until no open beam can beat the finished ones;
    otherwise a search ends when it has as many finished texts as beams. With a ``temperature``
    above 0 there are as many independent samples as beams, each token drawn from the
    ``likeliest`` ones; the draws depend on the prompt alone, so that the same text is
    written again.
    """

    ends: frozenset[int]
    beams: int = 1
    candidates: int = 1
    length_penalty: float = 1.0
    no_repeat: int = 0
    repeatable: frozenset[int] = frozenset()
    patient: bool = False
    temperature: float = 0.0
    likeliest: int = 20


@dataclass(frozen=True)
class Task:
    """One prompt; lengths are in tokens, the end mark not counted."""

    prompt: tuple[int, ...]
    max_tokens: int
    min_tokens: int = 0
    allowed: Allowed | None = None
    accept: Accept | None = None


@dataclass(frozen=True)
class Written:
    """One output: its tokens without the end mark, and the log-probability with it.

    ``complete`` is false when the limit came before the end mark.
    """

    ids: tuple[int, ...]
    logprob: float
    complete: bool

    @property
    def length(self) -> int:
        """Tokens, the end mark included."""
        return max(len(self.ids) + self.complete, 1)

    @property
    def mean(self) -> float:
        """The mean log-probability of a token."""
        return self.logprob / self.length

    def rank(self, length_penalty: float) -> float:
        """What outputs are compared by."""
        return float(self.logprob / self.length**length_penalty)


@dataclass(frozen=True)
class _Path:
    """An open beam, and its row in the model."""

    ids: tuple[int, ...]
    logprob: float
    row: int


def decode(model: StepModel, tasks: Sequence[Task], search: Search) -> list[list[Written]]:
    """The best outputs of each task, best first: complete ones, or incomplete ones where none is complete."""
    if not tasks:
        return []
    kind = _Samples if search.temperature > 0 else _State
    states = [kind(task, search, row) for row, task in enumerate(tasks)]
    scores = model.start([task.prompt for task in tasks])
    while True:
        grown = [(state, path, token) for state in states if state.paths for path, token in state.advance(scores)]
        if not grown:
            return [state.result() for state in states]
        parents = np.array([path.row for _, path, _ in grown], dtype=np.int32)
        scores = model.step(parents, np.array([token for _, _, token in grown], dtype=np.int64))
        for row, (state, path, token) in enumerate(grown):
            state.follow(path, token, row)


class _State:
    """The beams of one task."""

    def __init__(self, task: Task, search: Search, row: int) -> None:
        self._task, self._search = task, search
        self._ends = np.array(sorted(search.ends), dtype=np.int64)
        self.paths = [_Path((), 0.0, row)]
        self._finished: list[Written] = []
        self._cut: list[Written] = []
        self._totals: dict[tuple[int, ...], float] = {}
        self._wanted = search.beams + len(self._ends)

    def advance(self, scores: Scores) -> list[tuple[_Path, int]]:
        """The paths and tokens to go on with; what ends here is kept."""
        options = [self._options(path, scores) for path in self.paths]
        totals = np.concatenate(
            [path.logprob + logs.astype(np.float64) for path, (_, logs) in zip(self.paths, options, strict=True)]
        )
        tokens = np.concatenate([ids for ids, _ in options])
        owners = np.repeat(np.arange(len(options)), [len(ids) for ids, _ in options])
        chosen: list[tuple[_Path, int]] = []
        self._totals = {}
        for place in np.argsort(-totals, kind="stable").tolist():
            path, token = self.paths[owners[place]], int(tokens[place])
            if token in self._search.ends:
                self._finish(path, float(totals[place]))
            else:
                chosen.append((path, token))
                self._totals[(*path.ids, token)] = float(totals[place])
            if len(chosen) == self._search.beams:
                break
        if not chosen:
            self._cut += [Written(path.ids, path.logprob, complete=False) for path in self.paths]
        self.paths = []
        return [] if self._is_done() else self._within_limit(chosen)

    def follow(self, path: _Path, token: int, row: int) -> None:
        """Open the beam that ``advance`` asked for, now that the model has its row."""
        ids = (*path.ids, token)
        self.paths.append(_Path(ids, self._totals[ids], row))

    def result(self) -> list[Written]:
        """The outputs, best first."""

        def rank(output: Written) -> float:
            return -output.rank(self._search.length_penalty)

        return sorted(self._finished or self._cut, key=rank)[: self._search.candidates]

    def _finish(self, path: _Path, total: float) -> None:
        # With several end marks the same text can end twice; the likelier end came first.
        is_known = any(output.ids == path.ids for output in self._finished)
        if not is_known and (self._task.accept is None or self._task.accept(path.ids)):
            self._finished.append(Written(path.ids, total, complete=True))

    def _options(self, path: _Path, scores: Scores) -> tuple[Ids, Floats]:
        """Next tokens that may follow a path, best first, and their log-probabilities."""
        ids, logs = scores.ids[path.row], scores.logprobs[path.row]
        valid = self._valid(path, ids)
        # A number that was begun can often go on in one way only: that is enough, the beams come from other
        # paths. At the start all of them, and the end marks before them, come from this one.
        least = 1 if path.ids else self._wanted
        if valid.sum() >= least:
            return ids[valid][: self._wanted], logs[valid][: self._wanted]
        return self._rarer_options(path, scores.full(path.row), least)

    def _rarer_options(self, path: _Path, logs: Floats, least: int) -> tuple[Ids, Floats]:
        """The same from the whole vocabulary, looked at in parts since the likely ones nearly always do."""
        order = np.argsort(-logs, kind="stable")
        found: list[Ids] = []
        for start in range(0, len(order), PART):
            part = order[start : start + PART]
            found.append(part[self._valid(path, part)])
            if sum(map(len, found)) >= least:
                break
        ids = np.concatenate(found)[: self._wanted]
        return ids, logs[ids]

    def _valid(self, path: _Path, ids: Ids) -> NDArray[np.bool_]:
        valid = np.ones(len(ids), dtype=bool)
        if len(path.ids) < self._task.min_tokens:
            valid &= ~np.isin(ids, self._ends)
        banned = repeated(path.ids, self._search.no_repeat, self._search.repeatable)
        if banned:
            valid &= ~np.isin(ids, banned)
        if self._task.allowed is not None:
            valid &= self._task.allowed(path.ids, ids)
        return valid

    def _within_limit(self, chosen: list[tuple[_Path, int]]) -> list[tuple[_Path, int]]:
        """Cut the paths that would grow beyond the limit: no token is computed for them."""
        if all(len(path.ids) < self._task.max_tokens for path, _ in chosen):
            return chosen
        self._cut += [Written(path.ids, path.logprob, complete=False) for path, _ in chosen]
        return []

    def _is_done(self) -> bool:
        needed = max(self._search.beams, self._search.candidates)
        if len(self._finished) < needed or not self._totals:
            return False
        if not self._search.patient:
            return True
        penalty = self._search.length_penalty
        worst = sorted((output.rank(penalty) for output in self._finished), reverse=True)[needed - 1]
        # No log-probability is above zero, so a path's total can only fall; which length suits it
        # best depends on the penalty's sign.
        longest = self._task.max_tokens + 1
        return all(
            max(total / (len(ids) + 1) ** penalty, total / longest**penalty) <= worst
            for ids, total in self._totals.items()
        )


class _Samples(_State):
    """The samples of one task; each goes its own way."""

    def __init__(self, task: Task, search: Search, row: int) -> None:
        super().__init__(task, search, row)
        self.paths = self.paths * search.beams
        self._chance = np.random.default_rng(zlib.crc32(np.array(task.prompt, dtype=np.int64).tobytes()))
        self._logprobs: list[float] = []
        self._wanted = search.likeliest

    def advance(self, scores: Scores) -> list[tuple[_Path, int]]:
        """The samples that go on, each with its token; what ends here is kept."""
        chosen: list[tuple[_Path, int]] = []
        self._logprobs = []
        for path in self.paths:
            token, logprob = self._draw(path, scores)
            if token in self._search.ends:
                self._finish(path, path.logprob + logprob)
            elif token < 0 or len(path.ids) >= self._task.max_tokens:
                self._cut.append(Written(path.ids, path.logprob, complete=False))
            else:
                chosen.append((path, token))
                self._logprobs.append(path.logprob + logprob)
        self.paths = []
        return chosen

    def follow(self, path: _Path, token: int, row: int) -> None:
        """Go on with the sample, now that the model has its row."""
        self.paths.append(_Path((*path.ids, token), self._logprobs[len(self.paths)], row))

    def _draw(self, path: _Path, scores: Scores) -> tuple[int, float]:
        """A token and its log-probability; the token is -1 where none may follow."""
        ids, logs = self._options(path, scores)
        if self._task.accept is not None and not self._task.accept(path.ids):
            going = ~np.isin(ids, self._ends)
            ids, logs = ids[going], logs[going]
        if not len(ids):
            return -1, 0.0
        weights = np.exp((logs - logs[0]).astype(np.float64) / self._search.temperature)
        at = int(self._chance.choice(len(ids), p=weights / weights.sum()))
        return int(ids[at]), float(logs[at])


def repeated(ids: tuple[int, ...], size: int, repeatable: frozenset[int]) -> list[int]:
    """Tokens that would write a run of ``size`` tokens a second time (0: none)."""
    if not size or len(ids) < size:
        return []
    tail = ids[len(ids) - size + 1 :]
    found = {ids[at + size - 1] for at in range(len(ids) - size + 1) if ids[at : at + size - 1] == tail}
    return sorted(found - repeatable)
