"""Scores of parts of the data: articles of a length, or of one value of a field such as the topic."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from service.errors import InvalidRequest
from service.evaluation.corpus import Record
from service.evaluation.intervals import Interval, interval
from service.evaluation.scores import SystemScores

#: The name by which articles are cut by their words rather than by a field.
LENGTH = "length"
#: Where the bands of length begin, in words of the article.
BANDS = (0, 200, 400, 800, 1600)
#: A field's most common values that have a slice each; the others share one.
MOST_VALUES = 12
OTHERS = "(others)"
NO_VALUE = "(none)"

#: What a slice tells, in the order of its table; columns a run lacks are left out.
METRICS: Mapping[str, str] = {
    "rouge1": "ROUGE-1",
    "rouge2": "ROUGE-2",
    "rougeL": "ROUGE-L",
    "words": "words",
    "unsupported": "unsupp.",
    "unsupported_strict": "strict",
}
# What fits into the 80 columns of a terminal.
_PRINTED = ("rouge1", "rougeL", "unsupported_strict")


@dataclass(frozen=True)
class Slice:
    """Some records of the data, by their places."""

    by: str
    name: str
    places: tuple[int, ...]


@dataclass(frozen=True)
class SliceScores:
    """One system's means over a slice, with their intervals."""

    slice: Slice
    figures: Mapping[str, Interval]


def slices_by(records: Sequence[Record], by: str) -> list[Slice]:
    """The records cut by ``length`` or by a field; every record is in exactly one slice.

    Raises ``InvalidRequest``, naming the fields that there are, when no record has this one.
    """
    if by == LENGTH and not any(LENGTH in record.fields for record in records):
        return _by_length(records)
    if not any(by in record.fields for record in records):
        there = sorted({name for record in records for name in record.fields} | {LENGTH})
        raise InvalidRequest(f"no record has a field {by!r} to slice by; there are {', '.join(there)}")
    return _by_field(records, by)


def _by_length(records: Sequence[Record]) -> list[Slice]:
    words = [len(record.article.split()) for record in records]
    bands = [*pairwise(BANDS), (BANDS[-1], None)]
    slices = []
    for least, beyond in bands:
        places = tuple(
            place for place, count in enumerate(words) if least <= count and (beyond is None or count < beyond)
        )
        if places:
            name = f"{least} words or more" if beyond is None else f"{least} to {beyond - 1} words"
            slices.append(Slice(LENGTH, name, places))
    return slices


def _by_field(records: Sequence[Record], by: str) -> list[Slice]:
    values = [record.fields.get(by, NO_VALUE) for record in records]
    counted = Counter(values)
    # Equal counts keep the order of the data.
    common = [value for value, _ in counted.most_common(MOST_VALUES)]
    if len(counted) > MOST_VALUES + 1:
        values = [value if value in common else OTHERS for value in values]
        common.append(OTHERS)
    else:
        common = [value for value, _ in counted.most_common()]
    return [Slice(by, name, tuple(place for place, value in enumerate(values) if value == name)) for name in common]


def score_slices(scores: SystemScores, slices: Sequence[Slice], seed: int) -> list[SliceScores]:
    """A system's figures on each slice."""
    shown = [metric for metric in METRICS if metric in scores.values]
    return [
        SliceScores(each, {metric: interval(scores.values[metric][np.array(each.places)], seed) for metric in shown})
        for each in slices
    ]


def print_slices(scored: Sequence[SliceScores], system: str, console: Console) -> None:
    """One table for each way of slicing."""
    for by in dict.fromkeys(each.slice.by for each in scored):
        table = Table(title=f"{system}, by {by}", title_justify="left", title_style="bold")
        table.add_column(by)
        table.add_column("n", justify="right", no_wrap=True)
        rows = [each for each in scored if each.slice.by == by]
        shown = [metric for metric in _PRINTED if metric in rows[0].figures]
        for metric in shown:
            table.add_column(METRICS[metric], justify="right", no_wrap=True)
        for each in rows:
            cells = [f"{each.figures[m].mean:.1f} ±{each.figures[m].half_width:.1f}" for m in shown]
            table.add_row(each.slice.name, str(len(each.slice.places)), *cells)
        console.print(table)


def slices_document(scored: Sequence[SliceScores]) -> list[dict[str, Any]]:
    """The slices as plain data for the JSON document."""
    return [
        {
            "by": each.slice.by,
            "name": each.slice.name,
            "articles": len(each.slice.places),
            "figures": {
                metric: {"mean": round(found.mean, 4), "low": round(found.low, 4), "high": round(found.high, 4)}
                for metric, found in each.figures.items()
            },
        }
        for each in scored
    ]
