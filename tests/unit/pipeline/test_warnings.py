from __future__ import annotations

import pytest

from service.pipeline.warnings import SENTENCES, WarningCode, details_of, warn


def test_every_code_has_a_sentence() -> None:
    assert SENTENCES.keys() == set(WarningCode)


@pytest.mark.parametrize("code", list(WarningCode))
def test_every_warning_is_a_whole_sentence(code: WarningCode) -> None:
    warned = warn(code, **{name: f"<{name}>" for name in details_of(code)})
    assert warned.code == code.value
    assert warned.message[0].isupper()
    assert warned.message.endswith(".")
    assert all(f"<{name}>" in warned.message for name in details_of(code))


def test_details_are_written_for_people() -> None:
    assert warn("glossary_unused", entries=["Sénat", "État"]).message.endswith(": Sénat, État.")
    assert "(confidence 0.52)" in warn("language_stated_not_detected", detected="en", confidence=0.5213).message


def test_missing_and_superfluous_details_are_refused() -> None:
    with pytest.raises(TypeError, match="parts"):
        warn("article_read_in_parts")
    with pytest.raises(TypeError, match="parts"):
        warn("article_read_in_parts", parts=2, words=3)


def test_an_unknown_code_is_refused() -> None:
    with pytest.raises(ValueError, match="nonsense"):
        warn("nonsense")
