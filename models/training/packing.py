"""Puts several short examples in one row, so that hardly any computation goes to padding."""

from __future__ import annotations

import random
from collections.abc import Iterator

import torch

from models.training.corpus import Example
from models.training.network import Packed

# Examples are shuffled, then packed window by window: small enough to keep the order random.
WINDOW = 256


def steps(examples: list[Example], rows: int, columns: int, seed: int) -> Iterator[Packed]:
    """Endless steps of ``rows`` x ``columns`` tokens, reshuffled each epoch; the same for the same seed."""
    chance = random.Random(seed)
    fitting = [example for example in examples if example.length <= columns]
    if not fitting:
        raise ValueError(f"no example fits a row of {columns} tokens")
    waiting: list[list[Example]] = []
    while True:
        order = chance.sample(fitting, len(fitting))
        for start in range(0, len(order), WINDOW):
            packed = _first_fit(order[start : start + WINDOW], columns)
            chance.shuffle(packed)
            waiting += packed
            while len(waiting) >= rows:
                yield _fill(waiting[:rows], columns)
                del waiting[:rows]


def _first_fit(examples: list[Example], columns: int) -> list[list[Example]]:
    """First-fit decreasing: each example, longest first, goes to the first row that has room."""
    bins: list[list[Example]] = []
    room: list[int] = []
    for example in sorted(examples, key=lambda e: -e.length):
        place = next((i for i, left in enumerate(room) if left >= example.length), None)
        if place is None:
            bins.append([example])
            room.append(columns - example.length)
        else:
            bins[place].append(example)
            room[place] -= example.length
    return bins


def _fill(rows: list[list[Example]], columns: int) -> Packed:
    shape = (len(rows), columns)
    ids = torch.zeros(shape, dtype=torch.long)
    positions = torch.zeros(shape, dtype=torch.long)
    segments = torch.zeros(shape, dtype=torch.long)
    targets = torch.full(shape, -1, dtype=torch.long)
    for row, examples in enumerate(rows):
        column = 0
        for number, example in enumerate(examples, start=1):
            whole = torch.tensor(example.prompt + example.target)
            here = slice(column, column + len(whole))
            ids[row, here] = whole
            positions[row, here] = torch.arange(len(whole))
            segments[row, here] = number
            # Each place predicts the next token; learning starts at the prompt's last one.
            learnt = slice(column + len(example.prompt) - 1, column + len(whole) - 1)
            targets[row, learnt] = whole[len(example.prompt) :]
            column += len(whole)
    return Packed(ids, positions, segments, targets)
