"""The pytest plugin: the options ``--breve-url``, ``--breve-pack``, ``--breve-record`` and the fixture ``breve``.

pytest loads this module in every run of an environment that has Brève, so it imports nothing of it
before the fixture is asked for.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from service.testing.answering import Answerer
    from service.testing.kit import Breve


def pytest_addoption(parser: pytest.Parser) -> None:
    """Command-line options, and the same in the project's pytest configuration."""
    group = parser.getgroup("breve", "Brève: briefs of French articles")
    group.addoption("--breve-url", metavar="URL", help="Ask this running server instead of loading the models.")
    group.addoption("--breve-pack", metavar="FILE", help="Answer from this recorded pack; no weights are needed.")
    group.addoption(
        "--breve-record", action="store_true", help="Ask the product (or --breve-url) and record it in --breve-pack."
    )
    parser.addini("breve_url", "Like --breve-url.", default="")
    parser.addini("breve_pack", "Like --breve-pack; relative to the project's root.", default="")


@pytest.fixture(scope="session")
def breve(request: pytest.FixtureRequest) -> Iterator[Breve]:
    """Briefs and assertions on them: see ``service.testing.kit.Breve``."""
    from service.testing.kit import Breve

    kit = Breve(_answerer(request.config))
    yield kit
    kit.close()


def _answerer(config: pytest.Config) -> Answerer:
    from service.testing.answering import InProcess, OverHttp, default_product
    from service.testing.pack import Recording, Replay

    record = bool(config.getoption("--breve-record"))
    pack, url = _pack(config), config.getoption("--breve-url")
    if record and pack is None:
        raise pytest.UsageError("--breve-record needs --breve-pack FILE to record into")
    if record and hasattr(config, "workerinput"):
        raise pytest.UsageError("--breve-record writes one file: run it without -n")
    # What the command line names goes before the configuration; a pack needs nothing, so it goes before a server.
    if pack is not None and not record and (not url or config.getoption("--breve-pack")):
        return Replay(pack)
    url = url or config.getini("breve_url")
    asked: Answerer = OverHttp(url) if url else InProcess(default_product)
    return Recording(asked, pack) if record and pack is not None else asked


def _pack(config: pytest.Config) -> Path | None:
    named = config.getoption("--breve-pack")
    if named:
        return Path(named)
    configured = config.getini("breve_pack")
    return config.rootpath / configured if configured else None
