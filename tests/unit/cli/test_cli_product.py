"""The real functions behind the seam, those that need no weights."""

from __future__ import annotations

from pathlib import Path

import pytest

from service.cli.context import load_settings, product
from service.errors import Misconfigured, WrongLanguage


@pytest.fixture(autouse=True)
def _home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("BREVE_HOME", str(tmp_path))


def test_the_cache_lies_where_the_settings_say(tmp_path: Path) -> None:
    cache = product().open_cache(load_settings())
    try:
        assert (cache.stats().store, cache.stats().place) == ("sqlite", str(tmp_path / "cache.sqlite"))
    finally:
        cache.close()


def test_a_redis_address_that_is_none_is_a_wrong_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BREVE_REDIS_URL", "ftp://db")
    with pytest.raises(Misconfigured, match="BREVE_REDIS_URL"):
        product().open_cache(load_settings())


def test_the_strict_check_knows_whole_numbers() -> None:
    supported = product().strict_check("La ville a ouvert 12 crèches en 2023. Le maire s'en félicite.")
    assert supported("La ville a ouvert 12 crèches.")
    assert not supported("La ville a ouvert 3 crèches.")


def test_nothing_is_supported_by_an_empty_article_but_nothing() -> None:
    supported = product().strict_check(" ")
    assert supported("")
    assert not supported("La ville a ouvert 12 crèches.")


def test_an_error_has_its_code_of_the_closed_list() -> None:
    assert product().error_code(WrongLanguage("en", 0.9)) == "wrong_language"
