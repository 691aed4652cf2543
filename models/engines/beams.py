"""Greedy and beam search for one task.

Given the same scores the result is always the same: ties go to the earlier beam, then to
the order in which the model gave its tokens.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from models.engines.search import WATCHED_FROM, Floats, Ids, Path, Scores, Search, Seen, Task, Written

#: So many tokens are looked at together when the likeliest ones may not follow.
PART = 512


class Beams:
    """The beams of one task."""

    def __init__(self, task: Task, search: Search, place: int) -> None:
        self._task, self._search = task, search
        self._ends = np.array(sorted(search.ends), dtype=np.int64)
        self.paths = [Path((), 0.0, place)]
        self._finished: list[Written] = []
        self._cut: list[Written] = []
        self._totals: dict[tuple[int, ...], float] = {}
        self._watched = np.array(sorted(task.watched), dtype=np.int64)
        self._wanted = search.beams + len(self._ends)

    def advance(self, scores: Scores) -> list[tuple[Path, int]]:
        """The paths and tokens to go on with; what ends here is kept."""
        if len(self._watched):
            self.paths = [self._watch(path, scores) for path in self.paths]
        options = [self._options(path, scores) for path in self.paths]
        totals = np.concatenate(
            [path.logprob + logs.astype(np.float64) for path, (_, logs) in zip(self.paths, options, strict=True)]
        )
        tokens = np.concatenate([ids for ids, _ in options])
        owners = np.repeat(np.arange(len(options)), [len(ids) for ids, _ in options])
        chosen: list[tuple[Path, int]] = []
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

    def guess(self, path: Path, token: int, most: int) -> tuple[int, ...]:
        """Tokens that may come after this one, up to ``most``: none, since beams part where a guess is wrong."""
        return ()

    def follow(self, path: Path, token: int, guessed: tuple[int, ...], place: int) -> None:
        """Open the beam that ``advance`` asked for, now that the model has its place."""
        ids = (*path.ids, token)
        self.paths.append(Path(ids, self._totals[ids], place, seen=path.seen))

    def result(self) -> list[Written]:
        """The outputs, best first."""

        def rank(output: Written) -> float:
            return -output.rank(self._search.length_penalty)

        return sorted(self._finished or self._cut, key=rank)[: self._search.candidates]

    def _finish(self, path: Path, total: float) -> None:
        # With several end marks the same text can end twice; the likelier end came first.
        is_known = any(output.ids == path.ids for output in self._finished)
        if not is_known and (self._task.accept is None or self._task.accept(path.ids)):
            self._finished.append(Written(path.ids, total, complete=True, seen=path.seen))

    def _watch(self, path: Path, scores: Scores) -> Path:
        """The path with the watched tokens that may well come next."""
        ids, logs = scores.ids[path.place], scores.logprobs[path.place]
        likely = np.isin(ids, self._watched) & (logs >= WATCHED_FROM)
        seen = [
            Seen(len(path.ids), id, log, path.logprob)
            for id, log in zip(ids[likely].tolist(), logs[likely].tolist(), strict=True)
        ]
        return replace(path, seen=(*path.seen, *seen)) if seen else path

    def _options(self, path: Path, scores: Scores) -> tuple[Ids, Floats]:
        """Next tokens that may follow a path, best first, and their log-probabilities."""
        ids, logs = scores.ids[path.place], scores.logprobs[path.place]
        valid = self._valid(path, ids)
        # A number that was begun can often go on in one way only: that is enough, the beams come from other
        # paths. At the start all of them, and the end marks before them, come from this one.
        least = 1 if path.ids else self._wanted
        if valid.sum() >= least:
            return ids[valid][: self._wanted], logs[valid][: self._wanted]
        return self._rarer_options(path, scores.full(path.place), least)

    def _rarer_options(self, path: Path, logs: Floats, least: int) -> tuple[Ids, Floats]:
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

    def _valid(self, path: Path, ids: Ids) -> NDArray[np.bool_]:
        valid = np.ones(len(ids), dtype=bool)
        if len(path.ids) < self._task.min_tokens:
            valid &= ~np.isin(ids, self._ends)
        banned = repeated(path.ids, self._search.no_repeat, self._search.repeatable)
        if banned:
            valid &= ~np.isin(ids, banned)
        if self._task.allowed is not None:
            valid &= self._task.allowed(path.ids, ids)
        return valid

    def _within_limit(self, chosen: list[tuple[Path, int]]) -> list[tuple[Path, int]]:
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


def repeated(ids: tuple[int, ...], size: int, repeatable: frozenset[int]) -> list[int]:
    """Tokens that would write a run of ``size`` tokens a second time (0: none)."""
    if not size or len(ids) < size:
        return []
    tail = ids[len(ids) - size + 1 :]
    found = {ids[at + size - 1] for at in range(len(ids) - size + 1) if ids[at : at + size - 1] == tail}
    return sorted(found - repeatable)
