"""The page: one file, safe whatever the texts say, with the evidence of the worst and the best briefs."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from service.evaluation.compare import compare_systems
from service.evaluation.corpus import GivenBrief, Record
from service.evaluation.evidence import show
from service.evaluation.html_report import Material, html_report
from service.evaluation.plots import Axis, Bar, Point, histogram, intervals, scatter, ticks
from service.evaluation.report import Evaluation, Threshold
from service.evaluation.scores import SystemScores, gathered, score_brief
from service.evaluation.slices import score_slices, slices_by

ARTICLE = "Le vent a soufflé à 137 km/h à Cherbourg. Aucun blessé n'est à déplorer. <script>alert(1)</script>"


class Reader(HTMLParser):
    """Checks that elements are closed in their order, and keeps what they are and name."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        if tag not in ("meta", "br", "link", "img", "input", "hr"):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def read(page: str) -> Reader:
    reader = Reader()
    reader.feed(page)
    reader.close()
    assert reader.open == []
    return reader


def scored(name: str, records: list[Record], briefs: list[GivenBrief]) -> SystemScores:
    pairs = zip(records, briefs, strict=True)
    rows = [score_brief(record, brief.text, lambda text: "139" not in text) for record, brief in pairs]
    return gathered(name, briefs, rows)


def material(count: int = 3, compared: bool = True) -> Material:
    records = [
        Record(f"a{n}<", ARTICLE, "Du vent à Cherbourg.", title=f"Titre {n} & <b>", fields={"topic": f"t{n % 2}"})
        for n in range(count)
    ]
    briefs = [GivenBrief("Le vent a soufflé à 139 km/h à <Cherbourg>.", "written", 0.5) for _ in records]
    briefs[0] = GivenBrief("", None, 0.5, "wrong_language")
    others = [GivenBrief("Du vent à Cherbourg.") for _ in records]
    ours, other = (scored("these briefs", records, briefs), scored("the compared briefs", records, others))
    evaluation = Evaluation(
        data="<data>.jsonl",
        systems=[ours, other],
        seed=1,
        comparison=compare_systems(ours, other, 1) if compared else (),
        compared_with="<other>.jsonl" if compared else None,
        thresholds=[Threshold("rouge1", 99.0, True), Threshold("words", 99.0, False)],
        models=["m@1"],
    )
    return Material(evaluation, records, briefs, score_slices(ours, slices_by(records, "topic"), 1))


@pytest.mark.parametrize("count", [1, 2, 3, 50])
def test_the_page_is_well_formed_and_needs_nothing_from_elsewhere(count: int) -> None:
    page = html_report(material(count))
    reader = read(page)
    assert {"script", "link", "img", "iframe"}.isdisjoint(tag for tag, _ in reader.seen)
    assert not [name for _, attrs in reader.seen for name in attrs if name in ("src", "href") or name.startswith("on")]
    assert "url(" not in page
    assert set(re.findall(r"https?://[^\s\"<]+", page)) == {"http://www.w3.org/2000/svg"}


def test_texts_of_the_data_cannot_become_markup() -> None:
    page = html_report(material())
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    assert "<b>" not in page.split('class="group"')[1]
    assert "&lt;data&gt;.jsonl" in page


def test_the_same_evaluation_gives_the_same_page() -> None:
    assert html_report(material()) == html_report(material())


def test_thresholds_comparison_slices_and_failures_are_told() -> None:
    page = html_report(material())
    assert '<li class="missed">rouge1 ≥ 99: missed</li>' in page
    assert '<li class="kept">words ≤ 99: kept</li>' in page
    assert "Compared with &lt;other&gt;.jsonl" in page
    assert "ROUGE-1 by topic" in page
    assert "1 could not be made (wrong_language)." in page
    assert "Compared with" not in html_report(material(compared=False))


def test_no_brief_is_among_both_the_worst_and_the_best() -> None:
    page = html_report(material(3))
    assert ("The 2 worst" in page, "The 1 best" in page) == (True, True)
    assert page.count("<details") == 3
    assert html_report(material(50)).count("<details") == 40


def test_evidence_numbers_sentences_alike_on_both_sides_and_marks_what_is_wrong() -> None:
    shown = show(ARTICLE, "Aucun blessé n'est à déplorer. Le vent a soufflé à 139 km/h.")
    assert "<mark><sup>1</sup>Aucun blessé n&#x27;est à déplorer.</mark>" in shown.article
    assert "<mark><sup>2</sup>Le vent a soufflé à 137 km/h à Cherbourg.</mark>" in shown.article
    assert re.search(r'<span class="fact wrong" title="quantity, missing[^"]*">139 km/h</span>', shown.brief)
    assert len(shown.complaints) == 1
    assert shown.complaints[0].startswith("“139 km/h” (quantity) is missing")


def test_an_article_without_words_shows_the_brief_alone() -> None:
    assert show(" … ", "Un <brief>.").brief == "Un &lt;brief&gt;."


@pytest.mark.parametrize(
    ("low", "high", "wanted"),
    [(0, 100, [0, 20, 40, 60, 80, 100]), (-8.1, 0.7, [-8, -6, -4, -2, 0]), (0, 0.23, [0, 0.05, 0.1, 0.15, 0.2])],
)
def test_ticks_are_round(low: float, high: float, wanted: list[float]) -> None:
    assert ticks(low, high) == wanted


def test_a_logarithmic_axis_has_its_own_ticks_and_places() -> None:
    axis = Axis(10.0, 1000.0, 0.0, 100.0, logarithmic=True)
    assert axis.ticks == [10, 20, 50, 100, 200, 500, 1000]
    assert axis.at(100.0) == pytest.approx(50.0)


def test_bars_of_a_histogram_are_the_shares() -> None:
    plot = histogram([1.0, 2.0, 7.0, 100.0], "t", "x")
    assert "0 to 5: 50.0% of the articles" in plot
    assert "95 to 100: 25.0% of the articles" in plot


def test_plots_of_equal_or_extreme_values_can_be_drawn() -> None:
    for plot in (
        histogram([], "t", "x"),
        histogram([0.0], "t", "x", [0.0]),
        scatter([Point(0.0, 0.0, "<a>")], "t", "x", "y", logarithmic=True),
        scatter([Point(5.0, 50.0, "a"), Point(5.0, 50.0, "b", marked=True)], "t", "x", "y"),
        intervals([Bar("a", 0.0, 0.0, 0.0)], "t", "x", about_zero=True),
    ):
        read(plot)
        assert "nan" not in plot
