from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from service.errors import InvalidRequest
from service.seeds import Seed, load_seed, load_seeds

FOLDER = Path(__file__).parents[2] / "seeds"
ANNOTATIONS = FOLDER / "annotations" / "sources.jsonl"
SEEDS = {path.stem: path for path in sorted(FOLDER.glob("*.json"))}
REQUIRED_KINDS = {"heading_contradicts", "quotation", "negation", "same_surname", "corrected_figure"}
TOPICS = {
    *("politics", "sport", "science", "business", "culture"),
    *("weather", "court", "technology", "health", "transport"),
}

WORD = re.compile(r"[^\W\d_]+|\d+")
# A name may hold hyphens; an elided article before it (« L'Autorité ») is no part of it.
CAPITALISED = re.compile(r"\b(?![LD]['’])[A-ZÀ-ÖØ-Þ][\w-]*")
SENTENCE_START = re.compile(r"(?:^|[.!?…]\s+)[«\"“]?\s*$")
GROUPED = re.compile(r"(?<=\d)[ \u00a0\u202f.,](?=\d)")
SPELLED = re.compile(
    r"\b(?:deux|trois|quatre|cinq|six|sept|huit|neuf|dix(?:-\w+)?|onze|douze|treize|quatorze|quinze|seize"
    r"|(?:vingt|trente|quarante|cinquante|soixante|quatre-vingts?)(?:-\w+)*|une \w+aine|cents?|mille)\b",
    re.IGNORECASE,
)
# Words that English alone writes with a capital letter, or names otherwise than French does.
ENGLISH_CAPITALS = {
    *("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    *("January", "March", "September", "November", "December", "Belgian", "Breton", "Spaniard"),
}


@pytest.fixture(params=SEEDS)
def seed(request: pytest.FixtureRequest) -> Seed:
    return load_seed(SEEDS[request.param])


def numbers(text: str) -> list[str]:
    """Every number's digits, without separators, in order of size."""
    return sorted(re.findall(r"\d+", GROUPED.sub("", text)))


def names(text: str) -> list[str]:
    """Capitalised words, those that only begin a sentence left out."""
    found = CAPITALISED.finditer(text)
    return [name.group() for name in found if not SENTENCE_START.search(text[: name.start()])]


def sequences(text: str, length: int) -> set[tuple[str, ...]]:
    words = WORD.findall(text.lower())
    return {tuple(words[i : i + length]) for i in range(len(words) - length + 1)}


def annotation_rows() -> list[dict[str, Any]]:
    return [json.loads(line) for line in ANNOTATIONS.read_text("utf-8").splitlines()]


def test_the_folder_holds_every_topic_once_with_unique_ids() -> None:
    seeds = load_seeds(FOLDER)
    assert len(seeds) >= 10
    assert {seed.topic for seed in seeds} >= TOPICS
    assert len({seed.id for seed in seeds}) == len({seed.text for seed in seeds}) == len(seeds)


def test_lengths_are_spread_from_short_to_long() -> None:
    lengths = [len(seed.text.split()) for seed in load_seeds(FOLDER)]
    assert all(150 <= length <= 900 for length in lengths)
    assert sum(length < 200 for length in lengths) >= 2
    assert sum(300 <= length <= 450 for length in lengths) >= 5
    assert sum(length >= 600 for length in lengths) >= 3


def test_typography_varies_between_articles() -> None:
    texts = [seed.text for seed in load_seeds(FOLDER)]
    for sign in ("’", "'", "«", '"', "\u00a0", "\u202f"):
        assert 0 < sum(sign in text for text in texts) < len(texts), sign


def test_reference_briefs_have_25_to_40_words(seed: Seed) -> None:
    assert {language: 25 <= len(brief.split()) <= 40 for language, brief in seed.briefs.items()} == {
        "fr": True,
        "en": True,
    }


def test_facts_are_literally_in_the_text(seed: Seed) -> None:
    assert len(seed.facts) >= 3
    assert [fact for fact in seed.facts if fact not in seed.text] == []


def test_each_seed_has_several_traps_that_its_text_does_not_state(seed: Seed) -> None:
    assert len({trap.kind for trap in seed.traps}) >= 2
    assert len({trap.statement for trap in seed.traps}) == len(seed.traps)
    for trap in seed.traps:
        assert trap.statement not in seed.text
        assert trap.statement.endswith(".")
        assert trap.why.endswith(".")


def test_every_kind_of_trap_occurs() -> None:
    kinds = [trap.kind for seed in load_seeds(FOLDER) for trap in seed.traps]
    assert {kind: kinds.count(kind) >= 2 for kind in REQUIRED_KINDS} == dict.fromkeys(REQUIRED_KINDS, True)


def test_heading_traps_belong_to_articles_with_subheadings(seed: Seed) -> None:
    headings = [part for part in seed.text.split("\n\n")[1:] if not re.search(r"[.!?»\"]$", part)]
    assert bool(headings) or all(trap.kind != "heading_contradicts" for trap in seed.traps)


def test_claims_are_paraphrases(seed: Seed) -> None:
    assert 3 <= len(seed.claims) <= 6
    assert [claim for claim in seed.claims if sequences(claim, 8) & sequences(seed.text, 8)] == []


def test_numbers_of_the_french_brief_are_in_the_text(seed: Seed) -> None:
    brief = seed.briefs["fr"]
    assert set(numbers(brief)) <= set(numbers(seed.text))
    spelled = {word.group().lower() for word in SPELLED.finditer(brief)}
    assert spelled <= {word.group().lower() for word in SPELLED.finditer(seed.text)}


def test_names_of_both_briefs_are_in_the_text(seed: Seed) -> None:
    words = set(CAPITALISED.findall(seed.text))
    assert set(names(seed.briefs["fr"])) - words == set()
    assert set(names(seed.briefs["en"])) - ENGLISH_CAPITALS - words == set()


def test_the_english_brief_has_the_digits_of_the_french_one(seed: Seed) -> None:
    assert numbers(seed.briefs["en"]) == numbers(seed.briefs["fr"])


def test_no_two_seeds_share_twelve_words_in_a_row() -> None:
    seen: dict[tuple[str, ...], str] = {}
    shared = []
    for seed in load_seeds(FOLDER):
        for words in sequences(seed.text, 12):
            if seen.setdefault(words, seed.id) != seed.id:
                shared.append((seen[words], seed.id, " ".join(words)))
    assert shared == []


def test_annotations_quote_their_sources_literally() -> None:
    texts = {seed.id: seed.text for seed in load_seeds(FOLDER)}
    for row in annotation_rows():
        assert set(row) == {"seed", "sentence", "sources"}
        assert 1 <= len(row["sources"]) <= 3
        assert [quote for quote in row["sources"] if texts[row["seed"]].count(quote) != 1] == []
        assert row["sentence"] not in texts[row["seed"]]


def test_three_sentences_of_each_seed_are_annotated() -> None:
    rows = annotation_rows()
    assert len({row["sentence"] for row in rows}) == len(rows) == 30
    assert {row["seed"]: sum(other["seed"] == row["seed"] for other in rows) for row in rows} == dict.fromkeys(SEEDS, 3)


def _without_english(data: dict[str, Any]) -> None:
    del data["briefs"]["en"]


def _with_foreign_fact(data: dict[str, Any]) -> None:
    data["facts"].append("le roi de Thulé")


def _with_number_for_title(data: dict[str, Any]) -> None:
    data["title"] = 12


def _without_traps(data: dict[str, Any]) -> None:
    data["traps"] = []


def _with_unknown_field(data: dict[str, Any]) -> None:
    data["author"] = "nobody"


def _with_blank_text(data: dict[str, Any]) -> None:
    data["text"] = " \n"


def _with_other_id(data: dict[str, Any]) -> None:
    data["id"] = "another"


@pytest.mark.parametrize(
    ("damage", "named"),
    [
        (_without_english, "briefs"),
        (_with_foreign_fact, "le roi de Thulé"),
        (_with_number_for_title, "title"),
        (_without_traps, "traps"),
        (_with_unknown_field, "author"),
        (_with_blank_text, "text"),
        (_with_other_id, "another"),
    ],
)
def test_a_malformed_seed_is_refused_by_name(
    tmp_path: Path, damage: Callable[[dict[str, Any]], None], named: str
) -> None:
    data = json.loads(SEEDS["tempete-cotentin"].read_text("utf-8"))
    damage(data)
    path = tmp_path / "tempete-cotentin.json"
    path.write_text(json.dumps(data), "utf-8")
    with pytest.raises(InvalidRequest, match=re.escape(named)) as refusal:
        load_seed(path)
    assert str(path) in str(refusal.value)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"id": "\xff"}'])
def test_a_file_that_is_not_a_json_object_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "odd.json"
    path.write_bytes(content)
    with pytest.raises(InvalidRequest, match=r"odd\.json is malformed"):
        load_seed(path)


def test_a_missing_file_and_an_empty_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidRequest, match="cannot be read"):
        load_seed(tmp_path / "none.json")
    with pytest.raises(InvalidRequest, match="no seed"):
        load_seeds(tmp_path)
