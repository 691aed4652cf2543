"""The two published configurations at full size, with random weights, converted to int8 and run."""

from __future__ import annotations

from pathlib import Path

import pytest
from hub_fixtures import (
    FRENCH,
    PUBLISHED_BARTHEZ,
    PUBLISHED_BARTHEZ_PIECES,
    PUBLISHED_MARIAN,
    PUBLISHED_MARIAN_PIECES,
    save_barthez,
    save_marian,
)

from models.contracts import SummaryOptions, TranslationOptions
from models.engines.ctranslate2 import CTranslate2Summariser, CTranslate2Translator
from models.preparation.hub import prepare_hub
from models.preparation.store import folder_of


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("published_sizes")
    barthez = save_barthez(home / "barthez", PUBLISHED_BARTHEZ, pieces=PUBLISHED_BARTHEZ_PIECES)
    marian = save_marian(home / "marian", PUBLISHED_MARIAN, pieces=PUBLISHED_MARIAN_PIECES)
    prepare_hub(home, str(barthez), str(marian), lambda _step, _fraction: None)
    return folder_of(home, "hub")


def test_int8_takes_about_a_byte_a_parameter(prepared: Path) -> None:
    assert 130e6 < (prepared / "summary" / "model.bin").stat().st_size < 160e6
    assert 220e6 < (prepared / "translation" / "model.bin").stat().st_size < 250e6


def test_the_published_summariser_writes_candidates(prepared: Path) -> None:
    summariser = CTranslate2Summariser(prepared / "summary", 2)
    assert summariser.window == 768
    article = " ".join(FRENCH)
    (found,) = summariser.summarise([article], SummaryOptions(candidates=2, min_words=4, max_words=10))
    assert len(found) == 2
    assert all(candidate.text and candidate.score < 0 for candidate in found)


def test_the_published_translator_writes_candidates(prepared: Path) -> None:
    translator = CTranslate2Translator(prepared / "translation", 2)
    found = translator.translate(FRENCH[:2], TranslationOptions(candidates=2))
    assert [len(each) for each in found] == [2, 2]
    assert all(candidate.text and candidate.score < 0 for each in found for candidate in each)
