"""Fixtures of all tests."""

from __future__ import annotations

from system import require_system

__all__ = ["require_system"]
