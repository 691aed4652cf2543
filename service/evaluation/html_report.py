"""An evaluation as one HTML page that needs no other file: tables, plots, the worst and the best briefs.

The same evaluation gives the same bytes; a page says nothing of when or where it was made.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from importlib.resources import files

from service.evaluation.corpus import GivenBrief, Record
from service.evaluation.evidence import show
from service.evaluation.intervals import Interval
from service.evaluation.plots import Bar, Point, histogram, intervals, scatter
from service.evaluation.report import TABLES, Evaluation
from service.evaluation.scores import SystemScores
from service.evaluation.slices import METRICS, SliceScores
from service.version import VERSION

#: How many of the worst, and of the best, briefs are shown with their evidence.
EXTREMES = 20
#: The score by which briefs are ranked and plotted.
RANKED_BY = "rouge1"

_CARDS = {
    "rouge1": "ROUGE-1",
    "rouge2": "ROUGE-2",
    "rougeL": "ROUGE-L",
    "unsupported": "% with an unknown number or name",
    "unsupported_strict": "% that the strict check refuses",
    "words": "words a brief",
    "novel2": "% new pairs of words",
}
_ROUGES = ("rouge1", "rouge2", "rougeL", "paper_rouge1", "paper_rouge2", "paper_rougeL")
# What a slice's table has no room for; the JSON document has it.
_LEFT_OUT = ("rouge2", "unsupported")


@dataclass(frozen=True)
class Material:
    """What the page is made of; ``briefs`` are those of the evaluation's first system."""

    evaluation: Evaluation
    records: Sequence[Record]
    briefs: Sequence[GivenBrief]
    slices: Sequence[SliceScores] = ()


def html_report(material: Material) -> str:
    """The whole page."""
    style = (files("service.evaluation") / "html_report.css").read_text(encoding="utf-8")
    body = "\n".join(part for section in _SECTIONS for part in section(material))
    title = f"Brève evaluation: {escape(material.evaluation.data)}"
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n<style>\n{style}</style>\n</head>\n<body>\n<main>\n{body}\n</main>\n</body>\n</html>\n"
    )


def _header(material: Material) -> Iterator[str]:
    evaluation = material.evaluation
    yield "<header><h1>How good the briefs are</h1>"
    yield f'<p class="lead">{evaluation.count} articles of {escape(evaluation.data)}. {_how_written(material)}</p>'
    cards = [
        f'<div class="card"><b>{found.mean:.1f}</b><span>{label}<br>{found.low:.1f} to {found.high:.1f}</span></div>'
        for metric, label in _CARDS.items()
        if (found := evaluation.intervals.get((evaluation.systems[0].name, metric))) is not None
    ]
    yield f'<div class="cards">{"".join(cards)}</div>'
    missed = evaluation.missed
    chips = [
        f'<li class="{"missed" if threshold in missed else "kept"}">{escape(threshold.metric)} '
        f"{'≥' if threshold.at_least else '≤'} {threshold.bound:g}: {'missed' if threshold in missed else 'kept'}</li>"
        for threshold in evaluation.thresholds
    ]
    if chips:
        yield f'<ul class="chips">{"".join(chips)}</ul>'
    yield "</header>"


def _how_written(material: Material) -> str:
    ours = material.evaluation.systems[0]
    told = []
    if ours.written is not None:
        told.append(f"{ours.written} briefs are written, {ours.count - ours.written} taken from the article.")
    told += [f"{count} could not be made ({escape(code)})." for code, count in sorted(ours.failures.items())]
    seconds = material.evaluation.seconds_per_article
    if seconds is not None:
        told.append(f"{seconds:.2f} seconds an article.")
    return " ".join([*told, "Every range is a 95 % bootstrap interval over the articles."])


def _systems(material: Material) -> Iterator[str]:
    evaluation = material.evaluation
    yield "<section><h2>Systems side by side</h2>"
    yield '<p class="help">The first row is what this run is about; ± is half a 95 % interval.</p>'
    bars = [
        Bar(system.name, found.mean, found.low, found.high, strong=place == 0)
        for place, system in enumerate(evaluation.systems)
        if (found := evaluation.intervals.get((system.name, RANKED_BY))) is not None
    ]
    plot = intervals(bars, "ROUGE-1 of every system", "ROUGE-1, mean and 95 % interval")
    yield f'<div class="pair"><div class="panel"><h3>ROUGE-1 by system</h3>{plot}</div>'
    for title, columns in TABLES.items():
        shown = [each for each in columns if any(each.metric in system.values for system in evaluation.systems)]
        heads = "".join(f"<th>{escape(each.title)}</th>" for each in shown)
        rows = []
        for place, system in enumerate(evaluation.systems):
            cells = [_cell(evaluation.intervals.get((system.name, each.metric)), each.decimals) for each in shown]
            kind = ' class="ours"' if place == 0 else ""
            rows.append(f"<tr{kind}><td>{escape(system.name)}</td>{''.join(cells)}</tr>")
        table = _table(f"<tr><th></th>{heads}</tr>", "".join(rows))
        # A table of many columns has the whole width.
        kind = "panel wide full" if len(shown) > 4 else "panel wide"
        yield f'<div class="{kind}"><h3>{escape(title)}</h3>{table}</div>'
    yield "</div></section>"


def _table(head: str, body: str) -> str:
    return f"<table><thead>{head}</thead><tbody>{body}</tbody></table>"


def _cell(found: Interval | None, decimals: int) -> str:
    if found is None:
        return "<td></td>"
    return f"<td>{found.mean:.{decimals}f} <small>±{found.half_width:.{decimals}f}</small></td>"


def _plots(material: Material) -> Iterator[str]:
    evaluation = material.evaluation
    ours = evaluation.systems[0]
    scores = [float(value) for value in ours.values[RANKED_BY]]
    other: Sequence[float] = ()
    legend = ""
    if evaluation.comparison:
        other = [float(value) for value in evaluation.systems[-1].values[RANKED_BY]]
        legend = f' <span class="help">The outline is {escape(evaluation.compared_with or "")}.</span>'
    wrong = _refused(ours)
    by_article, by_brief = [], []
    for place, record in enumerate(material.records):
        label = f"{record.id}: ROUGE-1 {scores[place]:.1f}" + (", not supported" if wrong[place] else "")
        words = len(record.article.split())
        by_article.append(Point(float(words), scores[place], f"{label}, article of {words} words", wrong[place]))
        words = len(material.briefs[place].text.split())
        by_brief.append(Point(float(words), scores[place], f"{label}, brief of {words} words", wrong[place]))
    yield "<section><h2>Scores</h2>"
    yield (
        '<p class="help">Each point is an article; those whose brief the strict check refuses are in the '
        "colour of warnings. Point at a mark to read it.</p>"
    )
    yield '<div class="trio">'
    plot = histogram(scores, "Distribution of ROUGE-1", "ROUGE-1", other)
    yield f'<div class="panel"><h3>Distribution of ROUGE-1</h3>{plot}{legend}</div>'
    plot = scatter(by_article, "Length of the article against ROUGE-1", "words of the article", "ROUGE-1", True)
    yield f'<div class="panel"><h3>Length of the article against score</h3>{plot}</div>'
    plot = scatter(by_brief, "Length of the brief against ROUGE-1", "words of the brief", "ROUGE-1")
    yield f'<div class="panel"><h3>Length of the brief against score</h3>{plot}</div>'
    yield "</div></section>"


def _refused(system: SystemScores) -> list[bool]:
    metric = "unsupported_strict" if "unsupported_strict" in system.values else "unsupported"
    return [bool(value) for value in system.values[metric]]


def _comparison(material: Material) -> Iterator[str]:
    evaluation = material.evaluation
    if not evaluation.comparison:
        return
    yield f"<section><h2>Compared with {escape(evaluation.compared_with or '')}</h2>"
    yield (
        '<p class="help">These briefs minus the others, on the same articles (paired bootstrap). An interval that '
        "leaves out zero is a difference that chance alone seldom gives.</p>"
    )
    rouges = [each for each in evaluation.comparison if each.metric in _ROUGES]
    bars = [Bar(each.metric, each.mean, each.low, each.high, f"{each.mean:+.2f}", each.differs) for each in rouges]
    plot = intervals(bars, "Differences in ROUGE", "points of ROUGE F1", about_zero=True)
    rows = "".join(
        f"<tr><td>{escape(each.metric)}</td><td>{each.first:.2f}</td><td>{each.second:.2f}</td><td>{each.mean:+.2f}</td>"
        f"<td>{each.low:+.2f} to {each.high:+.2f}</td><td>{each.p:.3f}</td><td>{escape(each.verdict)}</td></tr>"
        for each in evaluation.comparison
    )
    names = ("metric", "these", "others", "difference", "interval", "p", "")
    table = _table(f"<tr>{''.join(f'<th>{name}</th>' for name in names)}</tr>", rows)
    yield f'<div class="uneven"><div class="panel"><h3>Differences in ROUGE</h3>{plot}</div>'
    yield f'<div class="panel wide">{table}</div></div></section>'


def _slices(material: Material) -> Iterator[str]:
    if not material.slices:
        return
    yield "<section><h2>Parts of the data</h2>"
    for by in dict.fromkeys(each.slice.by for each in material.slices):
        rows = [each for each in material.slices if each.slice.by == by]
        bars = [
            Bar(f"{each.slice.name} ({len(each.slice.places)})", found.mean, found.low, found.high, strong=True)
            for each in rows
            if (found := each.figures.get(RANKED_BY)) is not None
        ]
        shown = [metric for metric in METRICS if metric in rows[0].figures and metric not in _LEFT_OUT]
        head = "".join(f"<th>{escape(METRICS[metric])}</th>" for metric in shown)
        body = "".join(
            f"<tr><td>{escape(each.slice.name)}</td><td>{len(each.slice.places)}</td>"
            + "".join(_cell(each.figures[metric], 1) for metric in shown)
            + "</tr>"
            for each in rows
        )
        plot = intervals(bars, f"ROUGE-1 by {by}", "ROUGE-1, mean and 95 % interval")
        yield f'<div class="uneven below"><div class="panel"><h3>ROUGE-1 by {escape(by)}</h3>{plot}</div>'
        table = _table(f"<tr><th>{escape(by)}</th><th>n</th>{head}</tr>", body)
        yield f'<div class="panel wide">{table}</div></div>'
    yield "</section>"


def _extremes(material: Material) -> Iterator[str]:
    scores = material.evaluation.systems[0].values[RANKED_BY]
    order = sorted(range(len(scores)), key=lambda place: (float(scores[place]), place))
    # Of little data, no brief is among the worst and among the best.
    count = min(EXTREMES, -(-len(order) // 2))
    worst = order[:count]
    best = [place for place in reversed(order[-count:]) if place not in worst]
    yield (
        "<section><h2>Worst and best briefs</h2>"
        '<p class="help">By ROUGE-1. Open one to see its sentences numbered, the sentences of the article that they '
        "rest on marked with the same numbers, and every number, date and name underlined: in the colour of warnings "
        "where the article does not support it.</p>"
    )
    for title, places in ((f"The {len(worst)} worst", worst), (f"The {len(best)} best", best)):
        if places:
            yield f'<h3 class="group">{title}</h3>'
            yield from (_example(material, place, opened=place == places[0]) for place in places)
    yield "</section>"


def _example(material: Material, place: int, opened: bool) -> str:
    record, brief = material.records[place], material.briefs[place]
    values = material.evaluation.systems[0].values
    shown = show(record.article, brief.text)
    tags = [f'<span class="tag">{len(brief.text.split())} words</span>']
    if brief.origin is not None:
        tags.insert(0, f'<span class="tag">{escape(brief.origin)}</span>')
    if brief.error is not None:
        tags.insert(0, f'<span class="tag wrong">{escape(brief.error)}</span>')
    if shown.complaints:
        tags.insert(0, f'<span class="tag wrong">{len(shown.complaints)} unsupported</span>')
    figures = ", ".join(f"{label} {values[m][place]:.1f}" for m, label in list(_CARDS.items())[:3] if m in values)
    complaints = "".join(f'<p class="complaint">{escape(each)}</p>' for each in shown.complaints)
    title = f"<h3>Article: {escape(record.title)}</h3>" if record.title else "<h3>Article</h3>"
    name = escape(f"{record.id} — {record.title or ' '.join(record.reference.split())}")
    return (
        f'<details{" open" if opened else ""}><summary><span class="score">{values[RANKED_BY][place]:.1f}</span>'
        f'<span class="name">{name}</span>{"".join(tags)}</summary><div class="open">'
        f'<div><h3>Brief</h3><p lang="fr">{shown.brief or "<em>none</em>"}</p>{complaints}'
        f'<h3>Reference</h3><p lang="fr">{escape(record.reference)}</p><h3>Scores</h3><p>{figures}</p></div>'
        f'<div class="article" lang="fr">{title}{shown.article}</div></div></details>'
    )


def _footer(material: Material) -> Iterator[str]:
    evaluation = material.evaluation
    signatures = "".join(
        f"<li><code>{escape(metric)} = {escape(evaluation.signature(metric))}</code></li>"
        for metric in evaluation.systems[0].values
    )
    models = ", ".join(f"<code>{escape(model)}</code>" for model in evaluation.models) or "none: the briefs were given"
    yield f"<footer><h2>What the figures mean</h2><ul>{signatures}</ul>"
    yield f"<p>Models: {models}. Brève {VERSION}.</p></footer>"


_SECTIONS = (_header, _systems, _plots, _comparison, _slices, _extremes, _footer)
