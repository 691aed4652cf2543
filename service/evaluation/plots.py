"""Small plots as SVG text, for a page without scripts or files from elsewhere.

Colours come from the page's custom properties, so that light and dark both work; every mark has a
``title``, which browsers show under the pointer and screen readers read.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

WIDTH, HEIGHT = 440, 260
_LEFT, _RIGHT, _TOP, _BOTTOM = 50, 14, 12, 44


@dataclass(frozen=True)
class Point:
    """A mark of a scatter plot; ``marked`` ones have the colour of warnings."""

    x: float
    y: float
    label: str
    marked: bool = False


@dataclass(frozen=True)
class Bar:
    """A mean with its interval: a row of an interval plot."""

    label: str
    mean: float
    low: float
    high: float
    note: str = ""
    strong: bool = False


@dataclass(frozen=True)
class Axis:
    """From values to places on the page."""

    low: float
    high: float
    start: float
    end: float
    logarithmic: bool = False

    def at(self, value: float) -> float:
        """The place of a value."""
        low, high = self._scaled(self.low), self._scaled(self.high)
        return self.start + (self._scaled(value) - low) / (high - low) * (self.end - self.start)

    @property
    def ticks(self) -> list[float]:
        """Round values from end to end."""
        if not self.logarithmic:
            return ticks(self.low, self.high)
        powers = range(math.floor(math.log10(self.low)), math.ceil(math.log10(self.high)) + 1)
        return [m * 10.0**p for p in powers for m in (1, 2, 5) if self.low <= m * 10.0**p <= self.high]

    def _scaled(self, value: float) -> float:
        return math.log(value) if self.logarithmic else value


def ticks(low: float, high: float, wanted: int = 6) -> list[float]:
    """Round values (1, 2 or 5 times a power of ten apart) between two bounds."""
    rough = (high - low) / wanted
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(m * power for m in (1, 2, 5, 10) if m * power >= rough * 0.999)
    first = math.ceil(low / step - 1e-9)
    return [round(n * step, 10) for n in range(first, math.floor(high / step + 1e-9) + 1)]


def histogram(values: Sequence[float], title: str, unit: str, other: Sequence[float] = (), step: float = 5.0) -> str:
    """How often values from 0 on occur, in bins of ``step``; ``other`` is drawn as an outline above."""
    top = _top([*values, *other])
    bins = round(top / step)
    shares = _shares(values, bins, step)
    outline = _shares(other, bins, step) if other else []
    most = max([*shares, *outline, 0.01])
    x, y = _plane(0.0, top, 0.0, most)
    parts = [_grid_y(y, lambda value: f"{value:.0%}"), _labels_x(x, unit)]
    width = x.at(step) - x.at(0.0)
    for number, share in enumerate(shares):
        low, high = step * number, step * (number + 1)
        label = f"{low:g} to {high:g}: {share:.1%} of the articles"
        parts.append(
            f'<rect class="bar" x="{x.at(low) + 1:.1f}" y="{y.at(share):.1f}" width="{width - 2:.1f}" '
            f'height="{y.at(0) - y.at(share):.1f}"><title>{label}</title></rect>'
        )
    if outline:
        corners = [f"M{x.at(0):.1f} {y.at(0):.1f}"]
        for number, share in enumerate(outline):
            corners.append(f"V{y.at(share):.1f}H{x.at(step * (number + 1)):.1f}")
        parts.append(f'<path class="outline" d="{"".join(corners)}V{y.at(0):.1f}"/>')
    if values:
        mean = sum(values) / len(values)
        parts.append(
            f'<line class="mean" x1="{x.at(mean):.1f}" x2="{x.at(mean):.1f}" y1="{_TOP}" y2="{HEIGHT - _BOTTOM}"/>'
            f'<text class="note" x="{x.at(mean) + 5:.1f}" y="{_TOP + 10}">mean {mean:.1f}</text>'
        )
    return _figure(title, HEIGHT, parts)


def scatter(points: Sequence[Point], title: str, x_unit: str, y_unit: str, logarithmic: bool = False) -> str:
    """Each point of (x, y), y from 0 on. A logarithmic axis begins at 1."""
    xs = [point.x for point in points]
    low, high = min(xs), max(xs)
    if logarithmic:
        low, high = max(low, 1.0) / 1.1, max(high, 1.0) * 1.1
    else:
        margin = (high - low) * 0.04 or 1.0
        low, high = low - margin, high + margin
    x, y = _plane(low, high, 0.0, _top([point.y for point in points]), logarithmic)
    parts = [_grid_y(y, lambda value: f"{value:g}", y_unit), _labels_x(x, x_unit)]
    # What is marked is rare: it is drawn last, above the others.
    for point in sorted(points, key=lambda each: each.marked):
        kind = "dot marked" if point.marked else "dot"
        place = f'cx="{x.at(max(point.x, low)):.1f}" cy="{y.at(point.y):.1f}"'
        parts.append(f'<circle class="{kind}" {place} r="3.5"><title>{escape(point.label)}</title></circle>')
    return _figure(title, HEIGHT, parts)


def intervals(bars: Sequence[Bar], title: str, unit: str, about_zero: bool = False) -> str:
    """Means with whiskers, one row each; with ``about_zero`` a line at zero is drawn and kept in sight."""
    low, high = min(bar.low for bar in bars), max(bar.high for bar in bars)
    if about_zero:
        low, high = min(low, 0.0), max(high, 0.0)
    margin = (high - low) * 0.08 or 1.0
    left, row = 166, 26
    height = _TOP + row * len(bars) + _BOTTOM
    x = Axis(low - margin, high + margin, left, WIDTH - 60)
    parts = [_labels_x(x, unit, height, lines=True)]
    if about_zero:
        parts.append(f'<line class="zero" x1="{x.at(0):.1f}" x2="{x.at(0):.1f}" y1="{_TOP}" y2="{height - _BOTTOM}"/>')
    for number, bar in enumerate(bars):
        middle = _TOP + row * (number + 0.5)
        kind = "interval strong" if bar.strong else "interval"
        note = bar.note or f"{bar.mean:.2f}"
        label = f"{bar.label}: {bar.mean:.2f}, 95 % interval {bar.low:.2f} to {bar.high:.2f}"
        parts.append(
            f'<g class="{kind}"><title>{escape(label)}</title>'
            f'<text class="row" x="{left - 10}" y="{middle + 4:.1f}">{escape(_short(bar.label))}</text>'
            f'<line x1="{x.at(bar.low):.1f}" x2="{x.at(bar.high):.1f}" y1="{middle:.1f}" y2="{middle:.1f}"/>'
            f'<circle cx="{x.at(bar.mean):.1f}" cy="{middle:.1f}" r="4.5"/>'
            f'<text class="value" x="{WIDTH - 4}" y="{middle + 4:.1f}">{escape(note)}</text></g>'
        )
    return _figure(title, height, parts)


def _short(label: str, most: int = 22) -> str:
    return label if len(label) <= most else f"{label[: most - 1]}…"


def _top(values: Sequence[float]) -> float:
    """The next multiple of ten, so that a plot of scores ends where they do."""
    return max(10.0, math.ceil(max(values, default=0.0) / 10.0) * 10.0)


def _shares(values: Sequence[float], bins: int, step: float) -> list[float]:
    counts = [0] * bins
    for value in values:
        counts[min(bins - 1, max(0, int(value / step)))] += 1
    return [count / max(1, len(values)) for count in counts]


def _plane(x_low: float, x_high: float, y_low: float, y_high: float, logarithmic: bool = False) -> tuple[Axis, Axis]:
    return (
        Axis(x_low, x_high, _LEFT, WIDTH - _RIGHT, logarithmic),
        Axis(y_low, y_high, HEIGHT - _BOTTOM, _TOP),
    )


def _grid_y(axis: Axis, form: Callable[[float], str], unit: str = "") -> str:
    lines = [
        f'<line class="grid" x1="{_LEFT}" x2="{WIDTH - _RIGHT}" y1="{axis.at(tick):.1f}" y2="{axis.at(tick):.1f}"/>'
        f'<text class="tick y" x="{_LEFT - 6}" y="{axis.at(tick) + 4:.1f}">{form(tick)}</text>'
        for tick in axis.ticks
    ]
    if unit:
        middle = (_TOP + HEIGHT - _BOTTOM) / 2
        lines.append(f'<text class="unit" transform="translate(11 {middle:.0f}) rotate(-90)">{escape(unit)}</text>')
    return "".join(lines)


def _labels_x(axis: Axis, unit: str, height: int = HEIGHT, lines: bool = False) -> str:
    foot = height - _BOTTOM
    parts = []
    for tick in axis.ticks:
        place = f"{axis.at(tick):.1f}"
        if lines:
            parts.append(f'<line class="grid" x1="{place}" x2="{place}" y1="{_TOP}" y2="{foot}"/>')
        parts.append(f'<text class="tick" x="{place}" y="{foot + 15}">{tick:g}</text>')
    middle = (axis.start + axis.end) / 2
    parts.append(f'<text class="unit" x="{middle:.0f}" y="{foot + 36}">{escape(unit)}</text>')
    return "".join(parts)


def _figure(title: str, height: int, parts: Sequence[str]) -> str:
    return (
        f'<svg viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{escape(title)}" '
        f'xmlns="http://www.w3.org/2000/svg">{"".join(parts)}</svg>'
    )
