"""An evaluation as JUnit XML, which build servers show: a test for each threshold and each article.

A threshold that is missed is a failure, as it is for the exit code. An article without a brief is
"skipped", with the error's code: it scores as an empty brief, and the thresholds judge that.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.etree import ElementTree

from service.evaluation.corpus import GivenBrief, Record
from service.evaluation.report import Evaluation, Threshold
from service.version import VERSION

#: An article's scores that its test tells.
TOLD = ("rouge1", "rouge2", "rougeL", "words", "unsupported", "unsupported_strict")

# XML 1.0, section 2.2: these characters cannot be written, not even escaped.
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit(evaluation: Evaluation, records: Sequence[Record], briefs: Sequence[GivenBrief]) -> bytes:
    """The document, in UTF-8. ``briefs`` are those of the evaluation's first system."""
    root = ElementTree.Element("testsuites", name="breve evaluate")
    _thresholds(root, evaluation)
    _articles(root, evaluation, records, briefs)
    ElementTree.indent(root)
    return bytes(ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)) + b"\n"


def _thresholds(root: ElementTree.Element, evaluation: Evaluation) -> None:
    missed = evaluation.missed
    suite = _suite(root, "thresholds", len(evaluation.thresholds), failures=len(missed))
    properties = ElementTree.SubElement(suite, "properties")
    given = {"data": evaluation.data, "articles": str(evaluation.count), "version": VERSION}
    given |= {f"model.{number}": model for number, model in enumerate(evaluation.models, start=1)}
    given |= {metric: f"{values.mean():.4f}" for metric, values in evaluation.systems[0].values.items()}
    for name, value in given.items():
        ElementTree.SubElement(properties, "property", name=_plain(name), value=_plain(value))
    for threshold in evaluation.thresholds:
        test = _test(suite, "breve.thresholds", _demand(threshold))
        if threshold in missed:
            mean = float(evaluation.systems[0].values[threshold.metric].mean())
            told = f"{threshold.metric} is {mean:.2f}. {threshold.complaint}"
            ElementTree.SubElement(test, "failure", message=told, type="threshold").text = told


def _articles(
    root: ElementTree.Element, evaluation: Evaluation, records: Sequence[Record], briefs: Sequence[GivenBrief]
) -> None:
    scores = evaluation.systems[0].values
    suite = _suite(root, "articles", len(records), skipped=sum(brief.error is not None for brief in briefs))
    for place, (record, brief) in enumerate(zip(records, briefs, strict=True)):
        test = _test(suite, "breve.articles", record.id, brief.seconds)
        if brief.error is not None:
            ElementTree.SubElement(test, "skipped", message=_plain(f"no brief was written: {brief.error}"))
        told = [f"{metric}: {scores[metric][place]:.2f}" for metric in TOLD if metric in scores]
        ElementTree.SubElement(test, "system-out").text = _plain("\n".join([brief.text, *told]))


def _suite(
    root: ElementTree.Element, name: str, tests: int, failures: int = 0, skipped: int = 0
) -> ElementTree.Element:
    counts = {"tests": tests, "failures": failures, "errors": 0, "skipped": skipped}
    return ElementTree.SubElement(root, "testsuite", {"name": name, **{key: str(n) for key, n in counts.items()}})


def _test(suite: ElementTree.Element, group: str, name: str, seconds: float | None = None) -> ElementTree.Element:
    return ElementTree.SubElement(suite, "testcase", classname=group, name=_plain(name), time=f"{seconds or 0.0:.3f}")


def _demand(threshold: Threshold) -> str:
    return f"{threshold.metric} is {'at least' if threshold.at_least else 'at most'} {threshold.bound:g}"


def _plain(text: str) -> str:
    """The text with U+FFFD for what XML cannot hold."""
    return _FORBIDDEN.sub("\ufffd", text)
