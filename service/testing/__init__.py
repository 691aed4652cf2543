"""The test kit: assertions on briefs of any origin, a pytest fixture, golden briefs and recorded packs.

``docs/testing.md`` shows its use. Names are loaded when they are first asked for, because pytest
imports this package in every run of an environment in which Brève is installed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from service.testing.assertions import BriefAssertion, assert_brief
    from service.testing.kit import Breve
    from service.testing.under_test import BriefUnderTest, SentenceUnderTest

__all__ = ["Breve", "BriefAssertion", "BriefUnderTest", "SentenceUnderTest", "assert_brief"]

_HOMES = {
    "Breve": "kit",
    "BriefAssertion": "assertions",
    "BriefUnderTest": "under_test",
    "SentenceUnderTest": "under_test",
    "assert_brief": "assertions",
}


def __getattr__(name: str) -> Any:
    """Load a public name from its module (PEP 562)."""
    from importlib import import_module

    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
