"""Steps of training: short examples packed in rows, articles grouped by the length of their briefs.

Either way hardly any computation goes to padding.
"""

from __future__ import annotations

import random
from collections.abc import Iterator

import torch

from models.training.corpus import Example
from models.training.network import Articles, Packed

# Examples are shuffled, then packed window by window: small enough to keep the order random.
WINDOW = 256
# Briefs are padded to a multiple of this, so that compiled layers meet few shapes.
COLUMNS = 32


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


def article_steps(examples: list[Example], rows: int, cue: int, seed: int) -> Iterator[Articles]:
    """Endless steps of ``rows`` articles whose briefs have similar lengths; the same for the same seed.

    The last ``cue`` tokens of a prompt belong to the brief's side.
    """
    chance = random.Random(seed)
    widest = max(len(example.prompt) for example in examples) - cue
    while True:
        order = chance.sample(examples, len(examples))
        groups = []
        for start in range(0, len(order), WINDOW):
            near = sorted(order[start : start + WINDOW], key=lambda example: len(example.target))
            groups += [near[at : at + rows] for at in range(0, len(near) - rows + 1, rows)]
        chance.shuffle(groups)
        for group in groups:
            yield _articles(group, cue, widest)


def _articles(group: list[Example], cue: int, widest: int) -> Articles:
    longest = max(len(example.target) for example in group) + cue - 1
    columns = -(-longest // COLUMNS) * COLUMNS
    article = torch.zeros((len(group), widest), dtype=torch.long)
    ids = torch.zeros((len(group), columns), dtype=torch.long)
    targets = torch.full((len(group), columns), -1, dtype=torch.long)
    for row, example in enumerate(group):
        read = len(example.prompt) - cue
        article[row, :read] = torch.tensor(example.prompt[:read])
        written = torch.tensor(example.prompt[read:] + example.target)
        ids[row, : len(written) - 1] = written[:-1]
        targets[row, cue - 1 : len(written) - 1] = written[cue:]
    lengths = torch.tensor([len(example.prompt) - cue for example in group])
    return Articles(article, lengths, ids, targets)
