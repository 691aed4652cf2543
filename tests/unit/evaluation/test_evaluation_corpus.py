"""Corpora in every form, and refusals that name the line."""

from __future__ import annotations

import gzip
import lzma
from pathlib import Path

import pytest

from service.errors import InvalidRequest
from service.evaluation.corpus import (
    GivenBrief,
    Record,
    SentencePair,
    bare_suffix,
    briefs_for,
    read_briefs,
    read_pairs,
    read_plain_lines,
    read_records,
)

TWO = (
    '{"id": 1, "article": "Un.", "abstract": "A.", "peers": {"x": "X."}}\n'
    "\n"
    '{"id": "2", "text": "Deux.", "summary": "B."}\n'
)
EXPECTED = [Record("1", "Un.", "A.", peers={"x": "X."}), Record("2", "Deux.", "B.")]


def written(folder: Path, name: str, text: str) -> Path:
    """A file of this text, compressed as its name says."""
    path = folder / name
    body = text.encode()
    path.write_bytes(
        lzma.compress(body) if name.endswith("xz") else gzip.compress(body) if name.endswith("gz") else body
    )
    return path


@pytest.mark.parametrize("name", ["a.jsonl", "a.jsonl.xz", "a.jsonl.gz"])
def test_records_are_read_plain_and_compressed(tmp_path: Path, name: str) -> None:
    assert read_records(written(tmp_path, name, TWO)) == EXPECTED


def test_a_byte_order_mark_and_a_line_separator_inside_a_text_do_no_harm(tmp_path: Path) -> None:
    path = written(tmp_path, "a.jsonl", '\ufeff{"id": 1, "article": "Un\u2028Deux", "abstract": "A."}')
    assert read_records(path) == [Record("1", "Un\u2028Deux", "A.")]


def test_records_are_read_from_csv(tmp_path: Path) -> None:
    path = written(tmp_path, "a.csv", 'id,title,article,abstract\n7,Titre,"Un, deux.\nTrois.",A.\n8,,Quatre.,B.\n')
    assert read_records(path) == [Record("7", "Un, deux.\nTrois.", "A.", "Titre"), Record("8", "Quatre.", "B.")]


def test_a_limit_takes_the_first_records(tmp_path: Path) -> None:
    assert read_records(written(tmp_path, "a.jsonl", TWO), limit=1) == EXPECTED[:1]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "holds no record"),
        ("{", "line 1: not JSON"),
        ("[1]", "line 1: an object is wanted"),
        ('{"article": "Un.", "abstract": "A."}', 'line 1: a record needs an "id"'),
        ('{"id": 1, "abstract": "A."}', "line 1: a record needs a text named article or text or document"),
        ('{"id": 1, "article": "Un."}', "line 1: a record needs a text named abstract or reference or summary"),
        ('{"id": 1, "article": "Un.", "abstract": "A.", "peers": ["x"]}', 'line 1: "peers" must be an object'),
        (TWO + '{"id": 2, "article": "Un.", "abstract": "A."}', "line 4: the id '2' comes twice"),
        ("[" * 100_000, "line 1: not JSON"),
    ],
)
def test_a_bad_record_is_refused_by_its_line(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(InvalidRequest, match=message):
        read_records(written(tmp_path, "a.jsonl", text))


def test_damaged_files_are_refused_by_name(tmp_path: Path) -> None:
    truncated = tmp_path / "a.jsonl.xz"
    truncated.write_bytes(lzma.compress(TWO.encode())[:-12])
    latin = tmp_path / "b.jsonl"
    latin.write_bytes("é".encode("latin-1"))
    for path in (truncated, latin):
        with pytest.raises(InvalidRequest, match=f"{path.name} cannot be read"):
            read_records(path)
    with pytest.raises(InvalidRequest, match="there is no file"):
        read_records(tmp_path / "none.jsonl")


def test_briefs_are_read_by_id_with_what_the_batch_tells(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "b.jsonl",
        '{"id": 1, "brief": "A.", "origin": "written", "seconds": 0.5}\n'
        '{"id": "2", "error": {"code": "wrong_language", "message": "no"}}\n'
        '{"id": "3", "brief": ""}\n',
    )
    assert read_briefs(path) == {
        "1": GivenBrief("A.", "written", 0.5),
        "2": GivenBrief("", error="wrong_language"),
        "3": GivenBrief(""),
    }


@pytest.mark.parametrize(
    ("text", "message"), [('{"brief": "A."}', 'a brief needs an "id"'), ('{"id": 1}', 'a text named "brief"')]
)
def test_a_bad_brief_is_refused(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(InvalidRequest, match=message):
        read_briefs(written(tmp_path, "b.jsonl", text))


def test_every_record_needs_a_brief() -> None:
    with pytest.raises(InvalidRequest, match=r"b\.jsonl has no brief for 1 of 2 articles, the first: 2"):
        briefs_for(EXPECTED, {"1": GivenBrief("A.")}, Path("b.jsonl"))


def test_pairs_have_two_or_three_columns(tmp_path: Path) -> None:
    path = written(tmp_path, "a.tsv.xz", "Oui\tYes\r\nnews\tNon\tNo\n")
    assert read_pairs(path) == [SentencePair("", "Oui", "Yes"), SentencePair("news", "Non", "No")]
    assert read_pairs(path, limit=1) == [SentencePair("", "Oui", "Yes")]


@pytest.mark.parametrize(
    ("text", "message"), [("", "holds no sentence pair"), ("Oui\n", "line 1: two or three columns")]
)
def test_bad_pairs_are_refused(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(InvalidRequest, match=message):
        read_pairs(written(tmp_path, "a.tsv", text))


def test_plain_lines_lose_only_their_ends(tmp_path: Path) -> None:
    assert read_plain_lines(written(tmp_path, "a.txt", " Yes \n\nNo")) == [" Yes ", "", "No"]


@pytest.mark.parametrize(
    ("name", "suffix"), [("a.jsonl.xz", ".jsonl"), ("a.TSV", ".tsv"), ("a.b.csv.gz", ".csv"), ("a", ""), ("a.xz", "")]
)
def test_the_form_is_told_by_the_suffix_before_the_compression(name: str, suffix: str) -> None:
    assert bare_suffix(Path(name)) == suffix
