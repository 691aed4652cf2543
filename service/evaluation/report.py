"""Shows an evaluation: tables for people, and one JSON document with a signature on every figure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from rich.console import Console
from rich.table import Table

from service.errors import InvalidRequest
from service.evaluation.compare import Difference
from service.evaluation.intervals import DRAWS, Interval, interval
from service.evaluation.scores import SystemScores, signature
from service.version import PIPELINE_VERSION, VERSION


@dataclass(frozen=True)
class Threshold:
    """What a user's build demands of a mean: at least ``bound``, or at most it."""

    metric: str
    bound: float
    at_least: bool

    @classmethod
    def parse(cls, text: str, *, at_least: bool) -> Threshold:
        """Read ``rouge1=30``. Raises ``InvalidRequest`` for anything else."""
        metric, _, bound = text.partition("=")
        try:
            return cls(metric.strip(), float(bound), at_least)
        except ValueError as error:
            raise InvalidRequest(f"a threshold looks like rouge1=30, not {text!r}") from error

    @property
    def complaint(self) -> str:
        """One line for a threshold that is not kept."""
        return f"Missed: {self.metric} should be {'at least' if self.at_least else 'at most'} {self.bound:g}."

    def holds(self, figures: Mapping[str, float]) -> bool:
        """Whether the figure keeps to it. Raises ``InvalidRequest`` when there is no such figure."""
        if self.metric not in figures:
            raise InvalidRequest(f"there is no figure {self.metric!r}; there are {', '.join(sorted(figures))}")
        figure = figures[self.metric]
        return figure >= self.bound if self.at_least else figure <= self.bound


@dataclass(frozen=True)
class Column:
    """A metric's place in a table."""

    metric: str
    title: str
    decimals: int = 2


#: The tables, in order: each is at most 80 columns wide.
TABLES: dict[str, tuple[Column, ...]] = {
    "ROUGE F1, Unicode words": (Column("rouge1", "ROUGE-1"), Column("rouge2", "ROUGE-2"), Column("rougeL", "ROUGE-L")),
    "ROUGE F1, the paper's tokeniser": (
        Column("paper_rouge1", "ROUGE-1"),
        Column("paper_rouge2", "ROUGE-2"),
        Column("paper_rougeL", "ROUGE-L"),
    ),
    "Briefs with a number or name that the article lacks, %": (
        Column("unsupported_numbers", "numbers", 1),
        Column("unsupported_names", "names", 1),
        Column("unsupported", "either", 1),
        Column("unsupported_strict", "strict", 1),
    ),
    "Length, seconds, and the share of new word 1-, 2-, 3-grams, %": (
        Column("words", "words", 1),
        Column("novel1", "new 1", 1),
        Column("novel2", "new 2", 1),
        Column("novel3", "new 3", 1),
        Column("seconds", "seconds", 2),
    ),
}


@dataclass(frozen=True)
class Evaluation:
    """Everything that one run of ``breve evaluate`` found out. The first system is the one in question."""

    data: str
    systems: Sequence[SystemScores]
    seed: int
    comparison: Sequence[Difference] = ()
    compared_with: str | None = None
    thresholds: Sequence[Threshold] = ()
    models: Sequence[str] = ()
    seconds_per_article: float | None = None  # wall time of the whole run divided by its articles
    intervals: Mapping[tuple[str, str], Interval] = field(init=False)

    def __post_init__(self) -> None:
        """Compute each figure's interval once."""
        found = {
            (system.name, metric): interval(values, self.seed)
            for system in self.systems
            for metric, values in system.values.items()
        }
        object.__setattr__(self, "intervals", found)

    @property
    def count(self) -> int:
        """How many articles were scored."""
        return self.systems[0].count

    @property
    def missed(self) -> list[Threshold]:
        """The thresholds that the first system does not keep. Raises ``InvalidRequest`` for an unknown metric."""
        figures = {metric: float(values.mean()) for metric, values in self.systems[0].values.items()}
        return [threshold for threshold in self.thresholds if not threshold.holds(figures)]

    def signature(self, metric: str) -> str:
        """The metric's signature with this run's number of articles and bootstrap."""
        return f"{signature(metric)}|n:{self.count}|ci:bootstrap95-{DRAWS}|seed:{self.seed}"


def document(evaluation: Evaluation) -> dict[str, Any]:
    """The whole evaluation as one JSON object."""
    missed = evaluation.missed
    return {
        "kind": "breve-evaluation",
        "version": VERSION,
        "pipeline_version": PIPELINE_VERSION,
        "data": evaluation.data,
        "articles": evaluation.count,
        "seed": evaluation.seed,
        "models": list(evaluation.models),
        "seconds_per_article": evaluation.seconds_per_article,
        "systems": [_system(evaluation, system) for system in evaluation.systems],
        "compared_with": evaluation.compared_with,
        "comparison": [
            {
                "metric": each.metric,
                "first": round(each.first, 4),
                "second": round(each.second, 4),
                "difference": round(each.mean, 4),
                "low": round(each.low, 4),
                "high": round(each.high, 4),
                "p": round(each.p, 4),
                "differs": each.differs,
                "signature": f"paired-bootstrap|two-sided|{evaluation.signature(each.metric)}",
            }
            for each in evaluation.comparison
        ],
        "thresholds": [
            {
                "metric": threshold.metric,
                "at_least" if threshold.at_least else "at_most": threshold.bound,
                "holds": threshold not in missed,
            }
            for threshold in evaluation.thresholds
        ],
    }


def _system(evaluation: Evaluation, system: SystemScores) -> dict[str, Any]:
    figures = {}
    for metric in system.values:
        found = evaluation.intervals[system.name, metric]
        figures[metric] = {
            "mean": round(found.mean, 4),
            "low": round(found.low, 4),
            "high": round(found.high, 4),
            "signature": evaluation.signature(metric),
        }
    return {
        "name": system.name,
        "articles": system.count,
        "failures": dict(system.failures),
        "written": system.written,
        "figures": figures,
    }


def print_tables(evaluation: Evaluation, console: Console) -> None:
    """Print every table, the comparison and the thresholds."""
    console.print(
        f"{evaluation.count} articles of {evaluation.data}; ± is half a 95 % interval.", highlight=False, soft_wrap=True
    )
    for title, columns in TABLES.items():
        shown = [column for column in columns if any(column.metric in each.values for each in evaluation.systems)]
        if shown:
            console.print(_table(evaluation, title, shown))
            for meaning, metrics in _by_signature(evaluation, shown).items():
                line = f"  {', '.join(metrics)}: {meaning}"
                console.print(line, style="dim", highlight=False, soft_wrap=True)
            console.print()
    for system in evaluation.systems:
        for line in _remarks(system):
            console.print(line, highlight=False)
    if evaluation.seconds_per_article is not None:
        console.print(f"{evaluation.seconds_per_article:.2f} seconds per article, wall clock.", highlight=False)
    if evaluation.comparison:
        console.print(_comparison(evaluation))
    for threshold in evaluation.missed:
        console.print(threshold.complaint, highlight=False)


def _by_signature(evaluation: Evaluation, columns: Sequence[Column]) -> dict[str, list[str]]:
    """The metrics of a table by what their figures mean, so that equal signatures are printed once."""
    grouped: dict[str, list[str]] = {}
    for column in columns:
        grouped.setdefault(evaluation.signature(column.metric), []).append(column.metric)
    return grouped


def _table(evaluation: Evaluation, title: str, columns: Sequence[Column]) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold")
    table.add_column("system")
    for column in columns:
        table.add_column(column.title, justify="right", no_wrap=True)
    for system in evaluation.systems:
        cells = []
        for column in columns:
            found = evaluation.intervals.get((system.name, column.metric))
            cells.append("" if found is None else _cell(found, column.decimals))
        table.add_row(system.name, *cells)
    return table


def _cell(found: Interval, decimals: int) -> str:
    return f"{found.mean:.{decimals}f} ±{found.half_width:.{decimals}f}"


def _comparison(evaluation: Evaluation) -> Table:
    table = Table(
        title=f"{evaluation.systems[0].name} minus {evaluation.compared_with}, paired bootstrap",
        title_justify="left",
        title_style="bold",
    )
    table.add_column("metric")
    for heading in ("difference", "95 % interval", "p"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("verdict")
    for each in evaluation.comparison:
        bounds = f"{each.low:+.2f} to {each.high:+.2f}"
        table.add_row(each.metric, f"{each.mean:+.2f}", bounds, f"{each.p:.3f}", each.verdict)
    return table


def _remarks(system: SystemScores) -> list[str]:
    remarks = []
    if system.written is not None:
        share = 100 * system.written / system.count
        remarks.append(f"{system.name}: {system.written} of {system.count} briefs are written ({share:.0f} %).")
    for code, count in sorted(system.failures.items()):
        remarks.append(f"{system.name}: {count} without a brief, counted as empty: {code}.")
    return remarks
