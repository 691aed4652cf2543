"""Runs a search over any model that can take a step, in NumPy alone.

Several prompts are decoded at once; each keeps its own beams or samples, limits and constraints, and
leaves the batch as soon as it is done, so that a short text never waits on a long one.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from models.engines.beams import Beams
from models.engines.sampling import Samples
from models.engines.search import NOTHING, Ids, Search, StepModel, Task, Written


def decode(model: StepModel, tasks: Sequence[Task], search: Search) -> list[list[Written]]:
    """The best outputs of each task, best first: complete ones, or incomplete ones where none is complete."""
    if not tasks:
        return []
    kind = Samples if search.samples else Beams
    states = [kind(task, search, place) for place, task in enumerate(tasks)]
    scores = model.start([task.prompt for task in tasks])
    while True:
        grown = [(state, path, token) for state in states if state.paths for path, token in state.advance(scores)]
        if not grown:
            return [state.result() for state in states]
        each = search.guessed // len(grown)
        guesses = [state.guess(path, token, each) for state, path, token in grown]
        rows = _side_by_side([(token, *guess) for (_, _, token), guess in zip(grown, guesses, strict=True)])
        scores = model.step(np.array([path.place for _, path, _ in grown], dtype=np.int32), rows)
        for row, ((state, path, token), guess) in enumerate(zip(grown, guesses, strict=True)):
            state.follow(path, token, guess, row * rows.shape[1])


def _side_by_side(rows: Sequence[tuple[int, ...]]) -> Ids:
    """Rows of tokens as one array, the shorter ones filled up."""
    filled = np.full((len(rows), max(map(len, rows))), NOTHING, dtype=np.int64)
    for row, tokens in enumerate(rows):
        filled[row, : len(tokens)] = tokens
    return filled
