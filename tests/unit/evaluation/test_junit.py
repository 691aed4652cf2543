"""JUnit XML: thresholds fail as the exit code does, articles tell their scores, any text can be written."""

from __future__ import annotations

from xml.etree import ElementTree

import numpy as np

from service.evaluation.corpus import GivenBrief, Record
from service.evaluation.junit import junit
from service.evaluation.report import Evaluation, Threshold
from service.evaluation.scores import SystemScores

RECORDS = [Record("a<1>", "Un texte.", "Un."), Record("b", "Un autre.", "Un.")]
BRIEFS = [GivenBrief("Un & \x00\ud800 « brief ».", "written", 1.5), GivenBrief("", None, 0.25, "wrong_language")]


def made() -> ElementTree.Element:
    scores = SystemScores("these briefs", {"rouge1": np.array([40.0, 0.0]), "words": np.array([5.0, 0.0])})
    thresholds = [Threshold("rouge1", 30.0, True), Threshold("words", 3.0, False)]
    evaluation = Evaluation("d.jsonl", [scores], seed=1, thresholds=thresholds, models=["m@1+abc"])
    return ElementTree.fromstring(junit(evaluation, RECORDS, BRIEFS))


def test_a_missed_threshold_is_a_failure_that_tells_figure_and_bound() -> None:
    suite = made()[0]
    assert dict(suite.attrib) == {"name": "thresholds", "tests": "2", "failures": "1", "errors": "0", "skipped": "0"}
    missed, kept = suite.findall("testcase")
    failure = missed.find("failure")
    assert failure is not None
    assert failure.get("message") == "rouge1 is 20.00. Missed: rouge1 should be at least 30."
    assert (missed.get("name"), kept.get("name")) == ("rouge1 is at least 30", "words is at most 3")
    assert kept.find("failure") is None
    properties = {each.get("name"): each.get("value") for each in suite.iter("property")}
    assert (properties["model.1"], properties["articles"], properties["rouge1"]) == ("m@1+abc", "2", "20.0000")


def test_each_article_tells_its_brief_scores_and_seconds() -> None:
    written = made()[1].findall("testcase")[0]
    assert (written.get("name"), written.get("time")) == ("a<1>", "1.500")
    assert written.findtext("system-out") == "Un & \ufffd\ufffd « brief ».\nrouge1: 40.00\nwords: 5.00"


def test_an_article_without_a_brief_is_skipped_with_its_code() -> None:
    suite = made()[1]
    assert (suite.get("skipped"), suite.get("failures")) == ("1", "0")
    skipped = suite.findall("testcase")[1].find("skipped")
    assert skipped is not None
    assert skipped.get("message") == "no brief was written: wrong_language"
