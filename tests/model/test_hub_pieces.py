"""Our tokenizers give the ids that transformers' own give."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hub_fixtures import ENGLISH, FRENCH, SMALL_BARTHEZ, SMALL_MARIAN, save_barthez, save_marian

from models.engines.pieces import BarthezPieces, MarianPieces, Pieces
from models.engines.transformers_seq2seq import PretrainedTokenizer, load_tokenizer
from models.errors import ModelUnavailable

HARD = (
    "« Où va-t-on ? » demande-t-elle ; l'œuvre, naïve, coûte 1 234,50 € !",
    "Un mot inconnu : 漢字, puis 😀, enfin ñandú.",
    "Des espaces   en trop,\tune tabulation\net une ligne.",
    "La température a baissé de 12 °C — du jamais vu… d'après l’Insee.",
)
#: What SentencePiece unifies and transformers 5's BARThez tokenizer does not.
TYPOGRAPHIC = (
    "Le taux passe à 56\u00a0% ; « oui\u202f»…",
    "Un texte dont l'e\u0301 est de\u0301compose\u0301, et le ½ aussi.",
)


@pytest.fixture(scope="module")
def barthez(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_barthez(tmp_path_factory.mktemp("hub") / "barthez", SMALL_BARTHEZ)


@pytest.fixture(scope="module")
def marian(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_marian(tmp_path_factory.mktemp("hub") / "marian", SMALL_MARIAN)


def ids(pieces: Pieces, text: str) -> list[int]:
    numbers = {piece: number for number, piece in enumerate(pieces.vocabulary)}
    return [numbers[piece] for piece in pieces.encode(text)]


def transformers_ids(tokenizer: PretrainedTokenizer, text: str) -> list[int]:
    return list(tokenizer(text, add_special_tokens=False, split_special_tokens=True)["input_ids"])


@pytest.mark.parametrize("text", FRENCH + HARD)
def test_barthez_ids_are_those_of_transformers(barthez: Path, text: str) -> None:
    pieces = BarthezPieces(barthez)
    assert ids(pieces, text) == transformers_ids(load_tokenizer(barthez, "barthez"), pieces.normalise(text))


@pytest.mark.parametrize("text", FRENCH)
def test_barthez_ids_of_plain_text_need_no_normalisation(barthez: Path, text: str) -> None:
    assert ids(BarthezPieces(barthez), text) == transformers_ids(load_tokenizer(barthez, "barthez"), text)


@pytest.mark.parametrize("text", TYPOGRAPHIC)
def test_barthez_pieces_of_typographic_characters_are_known(barthez: Path, text: str) -> None:
    pieces = BarthezPieces(barthez)
    assert "\u00a0" not in pieces.normalise(text)
    assert pieces.encode(text) == pieces.encode(pieces.normalise(text))
    assert ids(pieces, text) == transformers_ids(load_tokenizer(barthez, "barthez"), pieces.normalise(text))


def test_the_barthez_vocabulary_is_that_of_transformers(barthez: Path) -> None:
    known = load_tokenizer(barthez, "barthez").get_vocab()
    assert BarthezPieces(barthez).vocabulary == tuple(sorted(known, key=lambda piece: int(known[piece])))


def test_barthez_sources_begin_and_end_with_a_mark(barthez: Path) -> None:
    source = BarthezPieces(barthez).source(FRENCH[0], window=5)
    assert source == ["<s>", *BarthezPieces(barthez).encode(FRENCH[0])[:5], "</s>"]


@pytest.mark.parametrize("text", FRENCH + HARD + TYPOGRAPHIC)
def test_marian_ids_are_those_of_transformers(marian: Path, text: str) -> None:
    assert ids(MarianPieces(marian), text) == transformers_ids(load_tokenizer(marian, "marian"), text)


def test_marian_sources_end_as_transformers_ends_them(marian: Path) -> None:
    pieces = MarianPieces(marian)
    numbers = {piece: number for number, piece in enumerate(pieces.vocabulary)}
    whole = pieces.source(FRENCH[0], window=400)
    assert [numbers[piece] for piece in whole] == list(load_tokenizer(marian, "marian")(FRENCH[0])["input_ids"])
    assert pieces.source(FRENCH[0], window=5) == [*pieces.encode(FRENCH[0])[:5], "</s>"]


def test_a_piece_that_the_marian_vocabulary_lacks_is_unknown(marian: Path) -> None:
    assert MarianPieces(marian).encode("la") == ["<unk>"]


def test_marks_written_in_a_text_stay_text(barthez: Path, marian: Path) -> None:
    both: tuple[Pieces, ...] = (BarthezPieces(barthez), MarianPieces(marian))
    for pieces in both:
        assert not {"<s>", "</s>", "<pad>"} & set(pieces.encode("Le </s> maire <s> a <pad> voté."))


@pytest.mark.parametrize("text", FRENCH)
def test_barthez_decodes_what_it_encoded(barthez: Path, text: str) -> None:
    pieces = BarthezPieces(barthez)
    assert pieces.decode(["<s>", *pieces.encode(text), "</s>", "<pad>"]) == text


def test_marian_decodes_pieces_of_both_sides(marian: Path) -> None:
    pieces = MarianPieces(marian)
    tokenizer = load_tokenizer(marian, "marian")
    for text in ENGLISH:
        written = tokenizer(text_target=text)["input_ids"]
        theirs = tokenizer.decode(written, skip_special_tokens=True, use_source_tokenizer=False)
        assert pieces.decode([pieces.vocabulary[number] for number in written]) == theirs
    assert pieces.decode(["▁Le", "▁mair", "e", "</s>"]) == "Le maire"


@pytest.mark.parametrize("name", ["source.spm", "target.spm", "vocab.json"])
def test_a_damaged_marian_file_is_named(marian: Path, tmp_path: Path, name: str) -> None:
    copy = shutil.copytree(marian, tmp_path / "copy")
    (copy / name).write_bytes(b"{")
    with pytest.raises(ModelUnavailable, match=name):
        MarianPieces(copy)


def test_a_missing_barthez_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match=r"sentencepiece\.bpe\.model"):
        BarthezPieces(tmp_path)
