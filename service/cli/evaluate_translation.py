"""The part of ``breve evaluate`` that scores translations of sentence pairs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from service.cli import context
from service.cli.terminal import progress_bar, results, say, write_json
from service.cli.translate import translated_lines
from service.evaluation.corpus import SentencePair, read_pairs, read_plain_lines
from service.evaluation.report import Threshold
from service.evaluation.translation_scores import (
    compare_translations,
    figures,
    print_translation_table,
    score_translations,
    translation_document,
)
from service.settings import Settings


def evaluate_translation(
    settings: Settings,
    data: Path,
    target: str,
    given: Path | None,
    out: Path | None,
    compare: Path | None,
    thresholds: Sequence[Threshold],
    limit: int | None,
) -> bool:
    """Translate the French sentences of ``data`` (or read ``given``), score, print; whether all thresholds hold."""
    pairs = read_pairs(data, limit)
    seconds = None
    if given is not None:
        translations = read_plain_lines(given)[:limit]
    else:
        translations, seconds = _translate(settings, pairs, target)
        if out is not None:
            out.write_text("".join(text + "\n" for text in translations), encoding="utf-8")
            say(f"The translations are in {out}.")
    scores = score_translations(pairs, translations)
    comparison = [] if compare is None else compare_translations(pairs, translations, read_plain_lines(compare)[:limit])
    missed = [threshold for threshold in thresholds if not threshold.holds(figures(scores))]
    console = results()
    print_translation_table(str(data), target, scores, console, comparison)
    for threshold in missed:
        console.print(threshold.complaint)
    write_json(translation_document(str(data), target, scores, comparison, seconds))
    return not missed


def _translate(settings: Settings, pairs: Sequence[SentencePair], target: str) -> tuple[list[str], float]:
    translations: list[str] = []
    with context.opened(settings) as runtime, progress_bar("translating", len(pairs)) as advance:
        elapsed = context.stopwatch()
        for text in translated_lines(runtime, [pair.source for pair in pairs], target):
            translations.append(text)
            advance()
        seconds = elapsed() / len(pairs)
    return translations, seconds
