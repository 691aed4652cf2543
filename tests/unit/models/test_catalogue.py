"""The catalogue's entries are complete, and its adapters are in the installation."""

from __future__ import annotations

import pytest

from models.catalogue import EMBEDDED, HUB, adapter_path, embedded, figures, published
from models.errors import ModelUnavailable
from models.preparation.adapter import changed_by
from models.reader import FROZEN


@pytest.mark.parametrize("model", [*EMBEDDED, *HUB], ids=lambda model: f"{model.id}-{model.role}")
def test_every_entry_says_where_it_comes_from_and_its_terms(model) -> None:  # type: ignore[no-untyped-def]
    assert model.revision
    assert model.licence
    assert model.languages
    assert model.window > 0
    assert set(model.experimental) <= set(model.languages)


@pytest.mark.parametrize("profile", [EMBEDDED, HUB])
def test_each_profile_serves_both_roles(profile) -> None:  # type: ignore[no-untyped-def]
    assert {model.role for model in profile} >= {"summary", "translation"}


def test_every_adapter_that_is_named_is_installed() -> None:
    names = [adapter.name for model in EMBEDDED for adapter in model.adapters]
    assert all(adapter_path(name).stat().st_size > 0 for name in names)


def test_the_reader_goes_on_from_the_writer() -> None:
    writer, reader = embedded("summary").adapters, embedded("reading").adapters
    assert reader[0] == writer[0]
    # The reader takes its lowest layers from the writer's graph: what the writer alone has must leave them as they are.
    for adapter in writer[1:]:
        assert min(int(name.split(".")[1]) for name in changed_by(adapter_path(adapter.name))) >= FROZEN


def test_every_language_of_our_translator_was_measured_and_a_poor_one_is_experimental() -> None:
    translator = embedded("translation")
    found = {figure.language: figure.bleu for figure in figures(translator.id)}
    assert set(found) == set(translator.languages)
    assert {language for language, bleu in found.items() if bleu < 20} <= set(translator.experimental)
    assert figures("Helsinki-NLP/opus-mt-fr-en") == ()


def test_a_missing_adapter_is_named() -> None:
    with pytest.raises(ModelUnavailable, match=r"none\.zst"):
        adapter_path("none.zst")


def test_models_are_found_by_role_and_by_id() -> None:
    assert embedded("summary").languages == ("fr",)
    assert published("Helsinki-NLP/opus-mt-fr-en") is not None
    assert published("someone/else") is None
