"""System packages that some tests need: named when missing, and required where nothing may be left out."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def require_system() -> Callable[[str], Path]:
    """Gives the path of a program that a Debian package brings.

    Without it the test counts as not run and the program is named; with ``BREVE_REQUIRE_ALL=1``
    the test fails.
    """

    def require(program: str) -> Path:
        found = shutil.which(program)
        if found is not None:
            return Path(found)
        message = f"{program} is not installed: apt-get install {program}"
        if os.environ.get("BREVE_REQUIRE_ALL") == "1":
            pytest.fail(message)
        pytest.skip(message)

    return require
