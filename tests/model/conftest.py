"""Real weights, made once a session: the base assembled and read, and a home prepared from it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from models.catalogue import EMBEDDED
from models.engines.tokenizer import Tokenizer
from models.preparation.base import Weights, assemble_base, read_base
from models.preparation.embedded import TOKENIZER, load_embedded, prepare_embedded
from models.preparation.store import Prepared

#: The embedded models without their adapters: what these tests prove does not depend on training.
BASE_ONLY = tuple(replace(model, adapters=()) for model in EMBEDDED)


@dataclass(frozen=True)
class Base:
    """The packaged base as preparation reads it."""

    path: Path
    weights: Weights
    tokenizer: bytes


@pytest.fixture(scope="session")
def base(tmp_path_factory: pytest.TempPathFactory) -> Base:
    path = assemble_base(tmp_path_factory.mktemp("base"))
    weights, tokenizer = read_base(path)
    return Base(path, weights, tokenizer)


@pytest.fixture(scope="session")
def base_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("home")
    prepare_embedded(home, lambda step, fraction: None, models=BASE_ONLY)
    return home


@pytest.fixture(scope="session")
def base_prepared(base_home: Path) -> Prepared:
    return load_embedded(base_home, models=BASE_ONLY)


@pytest.fixture(scope="session")
def tokenizer(base_prepared: Prepared) -> Tokenizer:
    return Tokenizer(base_prepared.folder / TOKENIZER)


@pytest.fixture(scope="session")
def french_sentences() -> list[str]:
    return (Path(__file__).parent / "french_sentences.txt").read_text(encoding="utf-8").splitlines()
