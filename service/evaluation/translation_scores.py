"""How good translations are: BLEU and chrF with sacrebleu's signatures, and digits kept.

BLEU: Papineni et al. 2002; chrF: Popović 2015; both as sacrebleu computes them by default (Post 2018).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from rich.console import Console
from rich.table import Table

from service.errors import InvalidRequest
from service.evaluation.compare import SIGNIFICANCE
from service.evaluation.corpus import SentencePair
from service.evaluation.intervals import DRAWS
from service.version import VERSION

_DIGITS = re.compile(r"\d+")


@dataclass(frozen=True)
class TranslationFigure:
    """A corpus figure with half of its 95 % bootstrap interval, and what it means."""

    score: float
    half_width: float
    signature: str


@dataclass(frozen=True)
class TranslationScores:
    """The figures of one set of sentences. ``digits_differ`` and ``empty`` are shares, 0..100.

    ``digits_differ`` is a screen, not an error rate: a faithful translation may write a number in words.
    """

    origin: str
    sentences: int
    bleu: TranslationFigure
    chrf: TranslationFigure
    digits_differ: float
    empty: float


def digits_differ(source: str, translation: str) -> bool:
    """Whether the two hold different runs of digits, their order left aside.

    Separators inside a number are dropped first, since languages write them differently.
    """
    return _runs(source) != _runs(translation)


def _runs(text: str) -> list[str]:
    joined = re.sub(r"(?<=\d)[\s.,](?=\d{3}\b)", "", text)
    return sorted(_DIGITS.findall(joined))


def score_translations(pairs: Sequence[SentencePair], translations: Sequence[str]) -> list[TranslationScores]:
    """The figures of all sentences (origin "all"), then of each origin where there are several.

    Raises ``InvalidRequest`` when the numbers of sentences differ.
    """
    if len(pairs) != len(translations):
        raise InvalidRequest(f"{len(translations)} translations do not match {len(pairs)} sentences")
    origins = list(dict.fromkeys(pair.origin for pair in pairs))
    scores = [_score("all", pairs, translations)]
    if len(origins) > 1:
        for origin in origins:
            chosen = [index for index, pair in enumerate(pairs) if pair.origin == origin]
            scores.append(_score(origin or "(none)", [pairs[at] for at in chosen], [translations[at] for at in chosen]))
    return scores


def _score(origin: str, pairs: Sequence[SentencePair], translations: Sequence[str]) -> TranslationScores:
    from sacrebleu.metrics.bleu import BLEU
    from sacrebleu.metrics.chrf import CHRF

    references = [[pair.reference for pair in pairs]]
    differing = sum(digits_differ(pair.source, text) for pair, text in zip(pairs, translations, strict=True))
    return TranslationScores(
        origin=origin,
        sentences=len(pairs),
        bleu=_figure(BLEU(), translations, references),
        chrf=_figure(CHRF(), translations, references),
        digits_differ=100.0 * differing / len(pairs),
        empty=100.0 * sum(not text.strip() for text in translations) / len(pairs),
    )


def _figure(metric: Any, translations: Sequence[str], references: list[list[str]]) -> TranslationFigure:
    # A bootstrap of one sentence has no spread, and sacrebleu warns about it.
    draws = DRAWS if len(translations) > 1 else 1
    result = metric.corpus_score(list(translations), references, n_bootstrap=draws)
    half_width = float(result._ci) if draws > 1 else 0.0
    return TranslationFigure(float(result.score), half_width, str(metric.get_signature()))


@dataclass(frozen=True)
class TranslationDifference:
    """First run minus second in one metric, and sacrebleu's paired bootstrap probability."""

    metric: str
    first: float
    second: float
    p: float
    signature: str

    @property
    def differs(self) -> bool:
        """Whether the two differ at the 5 % level."""
        return self.p < SIGNIFICANCE


def compare_translations(
    pairs: Sequence[SentencePair], first: Sequence[str], second: Sequence[str]
) -> list[TranslationDifference]:
    """Whether two runs over the same sentences differ. Raises ``InvalidRequest`` when their numbers do."""
    from sacrebleu.metrics.bleu import BLEU
    from sacrebleu.metrics.chrf import CHRF
    from sacrebleu.significance import PairedTest

    if not len(pairs) == len(first) == len(second):
        raise InvalidRequest(f"cannot compare {len(first)} with {len(second)} translations of {len(pairs)} sentences")
    test = PairedTest(
        [("second", list(second)), ("first", list(first))],
        {"bleu": BLEU(), "chrf": CHRF()},
        [[pair.reference for pair in pairs]],
        test_type="bs",
        n_samples=DRAWS,
    )
    signatures, found = test()
    same = list(first) == list(second)
    return [
        TranslationDifference(
            metric=name.lower().rstrip("2"),
            first=float(_result(found[name][1]).score),
            second=float(_result(found[name][0]).score),
            # sacrebleu counts only resamples strictly farther than the observed difference: of none, it finds 0.001.
            p=1.0 if same else float(_result(found[name][1]).p_value),
            signature=str(signatures[name]),
        )
        for name in signatures
    ]


def _result(found: Any) -> Any:
    """sacrebleu types a column of results together with the column of names."""
    return found


def figures(scores: Sequence[TranslationScores]) -> dict[str, float]:
    """The figures of all sentences that a threshold may name."""
    whole = scores[0]
    return {
        "bleu": whole.bleu.score,
        "chrf": whole.chrf.score,
        "digits_differ": whole.digits_differ,
        "empty": whole.empty,
    }


def translation_document(
    data: str,
    target: str,
    scores: Sequence[TranslationScores],
    comparison: Sequence[TranslationDifference] = (),
    seconds_per_sentence: float | None = None,
) -> dict[str, Any]:
    """The evaluation as one JSON object."""
    return {
        "comparison": [{**asdict(each), "differs": each.differs} for each in comparison],
        "kind": "breve-translation-evaluation",
        "version": VERSION,
        "data": data,
        "target": target,
        "seconds_per_sentence": seconds_per_sentence,
        "sets": [
            {
                "origin": each.origin,
                "sentences": each.sentences,
                "bleu": _plain(each.bleu),
                "chrf": _plain(each.chrf),
                "digits_differ": round(each.digits_differ, 4),
                "empty": round(each.empty, 4),
            }
            for each in scores
        ],
    }


def _plain(figure: TranslationFigure) -> dict[str, Any]:
    return {
        "score": round(figure.score, 4),
        "half_width": round(figure.half_width, 4),
        "signature": figure.signature,
    }


def print_translation_table(
    data: str,
    target: str,
    scores: Sequence[TranslationScores],
    console: Console,
    comparison: Sequence[TranslationDifference] = (),
) -> None:
    """Print one row for each set of sentences, and the signatures below."""
    table = Table(title=f"{data}, French to {target}; ± is half a 95 % interval", title_justify="left")
    table.add_column("set")
    for heading in ("sentences", "BLEU", "chrF", "digits differ", "empty"):
        table.add_column(heading, justify="right", no_wrap=True)
    for each in scores:
        table.add_row(
            each.origin,
            str(each.sentences),
            f"{each.bleu.score:.1f} ±{each.bleu.half_width:.1f}",
            f"{each.chrf.score:.1f} ±{each.chrf.half_width:.1f}",
            f"{each.digits_differ:.1f} %",
            f"{each.empty:.1f} %",
        )
    console.print(table)
    for pair in comparison:
        verdict = "differ" if pair.differs else "no difference shown"
        console.print(f"{pair.metric}: {pair.first:.2f} against {pair.second:.2f}, p = {pair.p:.3f}: {verdict}")
    console.print(f"  BLEU: {scores[0].bleu.signature}", style="dim", soft_wrap=True)
    console.print(f"  chrF: {scores[0].chrf.signature}", style="dim", soft_wrap=True)
