from __future__ import annotations

import json
from pathlib import Path

import pytest

from service.errors import InvalidRequest
from service.evaluation.annotations import (
    NOTHING,
    Agreement,
    Annotation,
    agreement,
    compare,
    main,
    measure,
    read_annotations,
)
from service.pipeline.alignment import AlignmentIndex
from service.pipeline.article import read_article
from service.pipeline.paraphrases import paraphrases
from service.seeds import load_seeds

SEEDS = Path(__file__).parents[3] / "seeds"
ANNOTATIONS = SEEDS / "annotations"
QUOTED = ("sources.jsonl", "paraphrases.jsonl")
BY_OFFSET = ("public.jsonl", "unseen.jsonl")
ARTICLE = "Le tunnel du Mont-Bleu a rouvert lundi. Les camions n'y passent pas encore. Le maire s'en réjouit."


def quoted_annotations() -> list[Annotation]:
    texts = {seed.id: read_article(seed.text, None, None).text for seed in load_seeds(SEEDS)}
    rows = [json.loads(line) for name in QUOTED for line in (ANNOTATIONS / name).read_text("utf-8").splitlines()]
    annotations = []
    for row in rows:
        starts = [(texts[row["seed"]].index(quote), len(quote)) for quote in row["sources"]]
        spans = tuple((start, start + length) for start, length in starts)
        annotations.append(Annotation(row["seed"], row["sentence"], spans))
    return annotations


def written(path: Path, *rows: object) -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
    return path


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    record = {"id": "7", "article": ARTICLE, "abstract": "Le tunnel a rouvert."}
    return written(tmp_path / "articles.jsonl", record)


def test_sources_of_the_seeds_agree_with_a_reader() -> None:
    indexes = {seed.id: AlignmentIndex(read_article(seed.text, None, None)) for seed in load_seeds(SEEDS)}
    annotations = quoted_annotations()
    total = sum((compare(indexes[row.article], row) for row in annotations), NOTHING)
    assert len(annotations) == 45
    assert total.precision >= 0.9
    assert total.recall >= 0.8


@pytest.mark.parametrize("name", BY_OFFSET)
def test_annotations_of_articles_that_are_not_ours_hold_offsets_and_no_text(name: str) -> None:
    for line in (ANNOTATIONS / name).read_text("utf-8").splitlines():
        row = json.loads(line)
        assert set(row) == {"article", "sentence", "sources"}
        assert all(isinstance(offset, int) for span in row["sources"] for offset in span)
    annotations = read_annotations(ANNOTATIONS / name)
    assert len({row.sentence for row in annotations}) == len(annotations) >= 12
    assert all(0 <= start < end for row in annotations for start, end in row.sources)


@pytest.mark.parametrize(
    ("found", "marked", "both"),
    [
        ([(0, 10)], [(0, 10)], 1),
        ([(0, 30)], [(20, 30)], 1),  # a dateline before it
        ([(0, 10)], [(6, 16)], 0),  # less than half is shared
        ([(0, 10), (10, 20)], [(0, 10)], 1),
        ([], [(0, 10)], 0),
    ],
)
def test_spans_are_the_same_when_most_of_the_shorter_one_is_shared(
    found: list[tuple[int, int]], marked: list[tuple[int, int]], both: int
) -> None:
    assert agreement(found, marked) == Agreement(len(found), len(marked), both)


def test_precision_and_recall_are_shares_and_1_of_nothing() -> None:
    total = Agreement(4, 5, 3)
    assert (total.precision, total.recall) == (0.75, 0.6)
    assert (NOTHING.precision, NOTHING.recall) == (1.0, 1.0)


def test_measures_a_corpus_given_by_path_with_json_as_the_last_line(
    corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own = {"article": "7", "sentence": "Les camions ne passent pas.", "sources": [[40, 75]]}
    other = {"article": "7", "sentence": "Le maire est content.", "sources": [[0, 39]]}
    assert main([str(corpus), str(written(tmp_path / "mine.jsonl", own, other))]) == 0
    *_, last = capsys.readouterr().out.splitlines()
    assert json.loads(last) == {"mine": {"sentences": 2, "precision": 0.5, "recall": 0.5, "found": 2, "marked": 2}}


def test_an_annotated_article_that_the_corpus_lacks_is_named(corpus: Path, tmp_path: Path) -> None:
    row = {"article": "8", "sentence": "Rien.", "sources": [[0, 4]]}
    path = written(tmp_path / "mine.jsonl", row)
    with pytest.raises(InvalidRequest, match="lacks the annotated article 8"):
        measure(corpus, read_annotations(path))
    assert main([str(corpus), str(path)]) == 2


def test_an_article_whose_cleaning_would_move_the_offsets_is_refused(tmp_path: Path) -> None:
    corpus = written(tmp_path / "articles.jsonl", {"id": "7", "article": "Le  pont  a fermé.", "abstract": "Fermé."})
    with pytest.raises(InvalidRequest, match="not clean text"):
        measure(corpus, [Annotation("7", "Le pont a fermé.", ((0, 18),))])


@pytest.mark.parametrize("row", [{"article": "7"}, {"article": "7", "sentence": "a", "sources": [[1]]}, [1, 2]])
def test_a_line_of_another_shape_is_named(tmp_path: Path, row: object) -> None:
    path = written(tmp_path / "mine.jsonl", row)
    with pytest.raises(InvalidRequest, match="line 1: not an annotation"):
        read_annotations(path)


@pytest.mark.parametrize(
    ("sentence", "starts"),
    [
        # a family, a paraphrase, a number spelled out
        ("La réouverture du pont réjouit les commerçants.", ["Le pont rouvert"]),
        ("Un employé est décédé.", ["Un salarié"]),
        ("Le chantier aura duré quatre-vingts jours.", ["Il a fallu 80"]),
    ],
)
def test_a_word_is_found_in_its_family_its_paraphrases_and_its_value(sentence: str, starts: list[str]) -> None:
    text = (
        "Le pont rouvert mardi attire du monde. Un salarié y est mort en mars. Il a fallu 80 jours et 4 équipes. "
        "Des badauds photographient la rivière."
    )
    article = read_article(text, None, None)
    found = AlignmentIndex(article).find(sentence)
    assert [source.quote.startswith(start) for source, start in zip(found, starts, strict=True)] == [True]


def test_a_heading_is_a_source_only_when_it_is_copied() -> None:
    article = read_article("Le maire accusé\n\nLe tribunal a relaxé le maire de toute faute.", None, None)
    index = AlignmentIndex(article)
    assert [source.quote for source in index.find("Le maire est accusé de faute.")] == [article.sentences[1].text]
    assert [source.quote for source in index.find("Le maire accusé")] == ["Le maire accusé"]


def test_paraphrases_go_both_ways() -> None:
    groups = paraphrases()
    assert all(one in groups[other] and one != other for one, others in groups.items() for other in others)
