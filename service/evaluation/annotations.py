"""How well the sources found for a brief's sentences agree with those that a reader marked by hand.

``python -m service.evaluation.annotations ARTICLES ANNOTATIONS…`` prints a table, then one JSON document
as the last line. ``ARTICLES`` is a corpus as ``breve evaluate`` reads it; each line of an annotation file
holds an article's id, a sentence and the spans of its sources (``seeds/README.md``).
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from service.errors import InvalidRequest
from service.evaluation.corpus import open_lines, read_records
from service.pipeline.alignment import AlignmentIndex
from service.pipeline.article import read_article

Span = tuple[int, int]


@dataclass(frozen=True)
class Annotation:
    """A sentence such as a brief might hold, and where its article (clean text) supports it."""

    article: str
    sentence: str
    sources: tuple[Span, ...]


@dataclass(frozen=True)
class Agreement:
    """Sources found, sources marked, and those that are both, over any number of sentences."""

    found: int
    marked: int
    both: int

    @property
    def precision(self) -> float:
        """The share of what was found that a reader marked too; 1.0 when nothing was found."""
        return self.both / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        """The share of what a reader marked that was found; 1.0 when nothing was marked."""
        return self.both / self.marked if self.marked else 1.0

    def __add__(self, other: Agreement) -> Agreement:
        return Agreement(self.found + other.found, self.marked + other.marked, self.both + other.both)


NOTHING = Agreement(0, 0, 0)


def agreement(found: Sequence[Span], marked: Sequence[Span]) -> Agreement:
    """Count the spans that are the same sentence: they share more than half of the shorter one.

    A dateline or a quotation mark at a sentence's edge therefore makes no difference.
    """
    both = sum(any(_same(span, other) for other in marked) for span in found)
    return Agreement(len(found), len(marked), min(both, len(marked)))


def compare(index: AlignmentIndex, annotation: Annotation) -> Agreement:
    """One sentence: the sources that an index of its article finds, against those marked."""
    found = [(source.start, source.end) for source in index.find(annotation.sentence)]
    return agreement(found, annotation.sources)


def read_annotations(path: Path) -> list[Annotation]:
    """Read a file of annotations with spans.

    Raises ``InvalidRequest``, naming file and line, when a line is of another shape.
    """
    annotations = []
    with open_lines(path) as lines:
        for number, line in enumerate(lines, start=1):
            try:
                row = json.loads(line)
                spans = tuple((int(start), int(end)) for start, end in row["sources"])
                annotations.append(Annotation(str(row["article"]), str(row["sentence"]), spans))
            except (ValueError, KeyError, TypeError) as error:
                raise InvalidRequest(f"{path}, line {number}: not an annotation with spans") from error
    return annotations


def measure(articles: Path, annotations: Iterable[Annotation]) -> Agreement:
    """Compare all annotations of one file with what the aligner finds.

    Raises ``InvalidRequest`` when an article is not in the corpus, or is not clean text, so that the
    annotated offsets would mean something else.
    """
    wanted: dict[str, list[Annotation]] = {}
    for annotation in annotations:
        wanted.setdefault(annotation.article, []).append(annotation)
    total = NOTHING
    for record in read_records(articles):
        rows = wanted.pop(record.id, [])
        if rows:
            article = read_article(record.article, None, None)
            if article.text != record.article:
                raise InvalidRequest(f"{articles}: article {record.id} is not clean text, its offsets have moved")
            index = AlignmentIndex(article)
            total = sum((compare(index, row) for row in rows), total)
    if wanted:
        raise InvalidRequest(f"{articles} lacks the annotated article {next(iter(wanted))}")
    return total


def main(arguments: Sequence[str] | None = None) -> int:
    """Print precision and recall of each annotation file; 2 says that a file cannot be used."""
    parser = argparse.ArgumentParser(prog="service.evaluation.annotations", description=__doc__.split("\n")[0])
    parser.add_argument("articles", type=Path, help="articles, one JSON document a line, plain or .xz or .gz")
    parser.add_argument("annotations", type=Path, nargs="+", help="annotated sentences, one JSON document a line")
    given = parser.parse_args(arguments)
    figures: dict[str, dict[str, float | int]] = {}
    try:
        for path in given.annotations:
            rows = read_annotations(path)
            total = measure(given.articles, rows)
            figures[path.stem] = {
                "sentences": len(rows),
                "precision": round(total.precision, 4),
                "recall": round(total.recall, 4),
                "found": total.found,
                "marked": total.marked,
            }
    except InvalidRequest as error:
        print(error, file=sys.stderr)
        return 2
    for name, row in figures.items():
        print(f"{name}: {row['sentences']} sentences, precision {row['precision']:.3f}, recall {row['recall']:.3f}")
    print(json.dumps(figures))
    return 0


def _same(span: Span, other: Span) -> bool:
    shared = min(span[1], other[1]) - max(span[0], other[0])
    return 2 * shared > min(span[1] - span[0], other[1] - other[0])


if __name__ == "__main__":
    sys.exit(main())
