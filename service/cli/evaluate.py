"""``breve evaluate``: how good briefs or translations are, a table for people and JSON for programs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import orjson
import typer

from models.contracts import Length
from models.errors import BreveError
from service.cli import context, options
from service.cli.evaluate_extras import Extras
from service.cli.evaluate_translation import evaluate_translation
from service.cli.exits import FOUND_WANTING
from service.cli.terminal import progress_bar, results, say, write_json
from service.evaluation.compare import compare_systems
from service.evaluation.corpus import GivenBrief, Record, bare_suffix, briefs_for, read_briefs, read_records
from service.evaluation.report import Evaluation, Threshold, document, print_tables
from service.evaluation.systems import OTHER, all_systems, given_brief, score_all
from service.evaluation.writing import Written, write_briefs
from service.pipeline.brief import BriefRequest, CacheUse
from service.settings import Settings

DataFile = Annotated[
    Path,
    typer.Argument(
        metavar="DATA",
        help='.jsonl or .csv of id, article, abstract ("peers" too); or .tsv of sentence pairs; .xz.',
    ),
]
BriefsOption = Annotated[
    Path | None, typer.Option("--briefs", help="Score these briefs (for a .tsv: lines) and load no model.")
]
LimitOption = Annotated[int | None, typer.Option("--limit", min=1, help="Take the first N records only.")]
CompareOption = Annotated[
    Path | None, typer.Option("--compare", help="Another run's briefs: say whether the two differ.")
]
FailUnderOption = Annotated[
    list[str] | None,
    typer.Option(
        "--fail-under", metavar="METRIC=BOUND", help="Exit with 8 if a mean is lower, as rouge1=30; repeatable."
    ),
]
FailOverOption = Annotated[
    list[str] | None,
    typer.Option("--fail-over", metavar="METRIC=BOUND", help="Exit with 8 if a mean is higher, as unsupported=0."),
]
OutOption = Annotated[Path | None, typer.Option("--out", help="Keep the briefs (or lines) that were written.")]
ToOption = Annotated[str, typer.Option("--to", help="For a .tsv: the language of its translations.")]
SeedOption = Annotated[int, typer.Option("--seed", min=0, help="Seed of the bootstrap over articles.")]
SliceOption = Annotated[
    list[str] | None,
    typer.Option("--slice", metavar="NAME", help="Figures by length, or by a field, as topic; repeatable."),
]
JunitOption = Annotated[Path | None, typer.Option("--junit", help="Write thresholds and articles as JUnit XML.")]
HtmlOption = Annotated[Path | None, typer.Option("--html", help="Write a page: plots, worst and best, evidence.")]


@dataclass(frozen=True)
class Run:
    """Briefs to score, who wrote them, and the wall seconds per article when we did so now."""

    briefs: Sequence[GivenBrief]
    models: tuple[str, ...] = ()
    seconds_per_article: float | None = None


def evaluate(
    data: DataFile,
    briefs: BriefsOption = None,
    limit: LimitOption = None,
    compare: CompareOption = None,
    fail_under: FailUnderOption = None,
    fail_over: FailOverOption = None,
    out: OutOption = None,
    to: ToOption = "en",
    length: options.LengthOption = "medium",
    cache: options.CacheOption = "bypass",
    jobs: options.JobsOption = 1,
    seed: SeedOption = 1,
    slice_by: SliceOption = None,
    junit: JunitOption = None,
    html: HtmlOption = None,
) -> None:
    """Score briefs, or translations, against references.

    rouge1, rouge2 and rougeL count Unicode words; paper_rouge1 and so on cut words at accents, as
    rouge-score does by default and published figures have it. unsupported is the share of briefs with
    a number or a name that the article lacks, unsupported_strict that of briefs which the product
    itself would not ship; novel1 to novel3 are the shares of new word n-grams. For sentence pairs
    the figures are bleu, chrf, digits_differ and empty. The last line of the output is one JSON document.
    """
    settings = context.load_settings()
    thresholds = [
        *(Threshold.parse(text, at_least=True) for text in fail_under or ()),
        *(Threshold.parse(text, at_least=False) for text in fail_over or ()),
    ]
    extras = Extras(tuple(slice_by or ()), junit, html)
    if bare_suffix(data) == ".tsv":
        extras.refuse_for_pairs()
        holds = evaluate_translation(settings, data, to, briefs, out, compare, thresholds, limit)
    else:
        records = read_records(data, limit)
        extras.refuse_unknown(records)  # before any brief is written
        if briefs is not None:
            run = Run(briefs_for(records, read_briefs(briefs), briefs))
        else:
            run = _write(settings, records, length, cache, jobs, out)
        holds = _report(str(data), records, run, compare, thresholds, seed, extras)
    if not holds:
        raise typer.Exit(FOUND_WANTING.code)


def _write(
    settings: Settings, records: Sequence[Record], length: Length, cache: CacheUse, jobs: int, out: Path | None
) -> Run:
    """Write the French brief of every record, without its title, which a caller may not have."""
    requests = [
        (
            record.id,
            BriefRequest(text=record.article, languages=("fr",), length=length, cache=cache, source_language="fr"),
        )
        for record in records
    ]
    with context.opened(settings) as runtime, progress_bar("briefs", len(records)) as advance:
        elapsed = context.stopwatch()
        briefs: list[GivenBrief] = []
        for written in write_briefs(runtime.briefer, requests, jobs):
            briefs.append(given_brief(written, _code))
            advance()
        seconds = elapsed() / len(records)
        models = tuple(f"{model.id}@{model.revision}+{model.digest[:12]}" for model in runtime.briefer.models)
    if out is not None:
        _keep(out, records, briefs)
    return Run(briefs, models, seconds)


def _code(written: Written) -> str:
    return context.product().error_code(written.error or BreveError("no brief was written"))


def _keep(path: Path, records: Sequence[Record], briefs: Sequence[GivenBrief]) -> None:
    """The briefs in the form that --briefs and --compare read."""
    with path.open("wb") as out:
        for record, brief in zip(records, briefs, strict=True):
            line: dict[str, object] = {"id": record.id, "brief": brief.text}
            if brief.error is not None:
                line = {"id": record.id, "error": {"code": brief.error}}
            out.write(orjson.dumps({**line, "origin": brief.origin, "seconds": brief.seconds}) + b"\n")
    say(f"The briefs are in {path}.")


def _report(
    data: str,
    records: Sequence[Record],
    run: Run,
    compare: Path | None,
    thresholds: Sequence[Threshold],
    seed: int,
    extras: Extras,
) -> bool:
    """Score, print and tell whether every threshold holds."""
    systems = all_systems(records, run.briefs)
    if compare is not None:
        systems[OTHER] = briefs_for(records, read_briefs(compare), compare)
    with progress_bar("scoring", len(records) * len(systems)) as advance:
        scores = score_all(records, systems, context.product().strict_check, advance)
    evaluation = Evaluation(
        data=data,
        systems=scores,
        seed=seed,
        comparison=() if compare is None else compare_systems(scores[0], scores[-1], seed),
        compared_with=None if compare is None else str(compare),
        thresholds=thresholds,
        models=run.models,
        seconds_per_article=run.seconds_per_article,
    )
    print_tables(evaluation, results())
    more = extras.make(evaluation, records, run.briefs, results())
    write_json({**document(evaluation), **more})
    return not evaluation.missed
