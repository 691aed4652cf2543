"""The dictionaries that we wrote: that the model can be told what they say, and that they say it."""

from __future__ import annotations

import pytest

from models.dictionary import Dictionaries, load_dictionary, told
from models.prompts import TRANSLATION_CUES


@pytest.mark.parametrize("language", TRANSLATION_CUES)
def test_ours_are_written_as_the_model_reads_them(language: str) -> None:
    ours = load_dictionary(language).translations
    assert len(ours) > 100_000
    for french, translations in ours.items():
        for text in (french, *translations):
            assert text == text.strip()
            assert text
            assert not set(text) & set("\n\t=;|()[]")
        assert "’" not in french


def test_ours_know_what_the_news_is_made_of() -> None:
    ours = Dictionaries(("en", "de"))
    read = told(ours.entries("en", "Les otages ont été libérés, le ravisseur est en garde à vue."))
    assert "otages = hostages" in read
    assert "est en garde à vue = is in police custody" in read
    assert "otages = Geiseln" in told(ours.entries("de", "Les otages"))
