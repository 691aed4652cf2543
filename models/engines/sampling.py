"""Independent samples for one task, several tokens a step where they repeat what was read.

A brief takes most of its words from the text before it. Where the last tokens of a sample occur in the
prompt, those that follow there are guessed, and the model reads them together with the last one; each is
kept if the sample draws it too, so that a sample is the same with guesses and without (speculative
sampling: Leviathan et al. 2023, arXiv 2211.17192; guesses from the prompt: Yang et al. 2023, arXiv 2304.04487).
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import numpy as np

from models.engines.beams import Beams
from models.engines.search import Path, Scores, Search, Task, Written

#: So many of a text's last tokens are looked for in the prompt, then fewer.
LONGEST_RUN = 3
#: A sample that is so far behind the log-probability that it needs is given up: of 480 recorded ones none that reached
#: its mean in the end had ever been, and a third of all tokens was written behind that point.
MOST_BEHIND = 5.0
#: So many tokens of a sample are guessed at once: of later ones too few are right.
MOST_GUESSED = 5


class Samples(Beams):
    """The samples of one task; each goes its own way."""

    def __init__(self, task: Task, search: Search, place: int) -> None:
        super().__init__(task, search, place)
        seed = zlib.crc32(np.array(task.prompt, dtype=np.int64).tobytes())
        # Each draws from its own source: what it writes does not depend on how fast the others go.
        self._chances = [np.random.default_rng([seed, number]) for number in range(search.beams)]
        self._numbers = list(range(search.beams))
        self.paths = self.paths * search.beams
        self._going: list[tuple[int, float]] = []
        self._guesses = Guesses(task.prompt)
        self._wanted = search.likeliest

    def advance(self, scores: Scores) -> list[tuple[Path, int]]:
        """The samples that go on, each with its token; what ends here is kept."""
        chosen: list[tuple[Path, int]] = []
        self._going = []
        for number, path in zip(self._numbers, self.paths, strict=True):
            last, token, logprob = self._draw_on(path, scores, number)
            if token in self._search.ends:
                self._finish(last, last.logprob + logprob)
            elif token < 0 or len(last.ids) >= self._task.max_tokens:
                self._cut.append(Written(last.ids, last.logprob, complete=False))
            elif self._is_hopeless(last.logprob + logprob, len(last.ids) + 1):
                self._cut.append(Written((*last.ids, token), last.logprob + logprob, complete=False))
            else:
                chosen.append((last, token))
                self._going.append((number, last.logprob + logprob))
        self.paths, self._numbers = [], []
        return chosen

    def guess(self, path: Path, token: int, most: int) -> tuple[int, ...]:
        """Up to ``most`` tokens that may come after this one, no more than the task's limit leaves room for."""
        room = self._task.max_tokens - len(path.ids) - 1
        return self._guesses.after((*path.ids[-LONGEST_RUN:], token), min(most, MOST_GUESSED, room))

    def follow(self, path: Path, token: int, guessed: tuple[int, ...], place: int) -> None:
        """Go on with the sample, now that the model has its place."""
        number, logprob = self._going[len(self.paths)]
        self.paths.append(Path((*path.ids, token), logprob, place, guessed))
        self._numbers.append(number)

    def _is_hopeless(self, logprob: float, tokens: int) -> bool:
        least = self._search.least_mean
        return least is not None and logprob < least * tokens - MOST_BEHIND

    def _draw_on(self, path: Path, scores: Scores, number: int) -> tuple[Path, int, float]:
        """Draw until a token was not guessed: the path up to there, that token and its log-probability."""
        while True:
            token, logprob = self._draw(path, scores, number)
            was_guessed = path.guessed[:1] == (token,) and token not in self._search.ends
            if not was_guessed or len(path.ids) >= self._task.max_tokens:
                return path, token, logprob
            path = Path((*path.ids, token), path.logprob + logprob, path.place + 1, path.guessed[1:])

    def _draw(self, path: Path, scores: Scores, number: int) -> tuple[int, float]:
        """A token and its log-probability; the token is -1 where none may follow."""
        ids, logs = self._options(path, scores)
        if self._task.accept is not None and not self._task.accept(path.ids):
            going = ~np.isin(ids, self._ends)
            ids, logs = ids[going], logs[going]
        if not len(ids):
            return -1, 0.0
        if not self._search.temperature:
            return int(ids[0]), float(logs[0])
        weights = np.exp((logs - logs[0]).astype(np.float64) / self._search.temperature)
        at = int(self._chances[number].choice(len(ids), p=weights / weights.sum()))
        return int(ids[at]), float(logs[at])


class Guesses:
    """How a text may go on, from where its last tokens first occur in what was read."""

    def __init__(self, read: Sequence[int]) -> None:
        self._read = tuple(read)
        self._ends: dict[tuple[int, ...], int] = {}
        for size in range(1, LONGEST_RUN + 1):
            for end in range(size, len(self._read)):
                self._ends.setdefault(self._read[end - size : end], end)

    def after(self, ids: Sequence[int], most: int) -> tuple[int, ...]:
        """Up to ``most`` tokens; none where not even the last token was read."""
        if most < 1:
            return ()
        for size in range(min(LONGEST_RUN, len(ids)), 0, -1):
            end = self._ends.get(tuple(ids[-size:]))
            if end is not None:
                return self._read[end : end + most]
        return ()
