"""Errors of the model side, children of ``BreveError``.

BreveError
├── ModelError
│   ├── ModelUnavailable     weights or a package are missing, damaged or of another version
│   ├── ModelFailed          the engine raised while it computed
│   └── InputTooLong         the text does not fit the model's window
└── ...                      the request side: see service/errors.py
"""

from __future__ import annotations


class BreveError(Exception):
    """The root of every error that Brève raises on purpose."""


class ModelError(BreveError):
    """Something about a model, not about the request."""


class ModelUnavailable(ModelError):
    """Weights or a needed package are missing or damaged; ``remedy`` is the command that mends it."""

    def __init__(self, message: str, remedy: str = "breve prepare") -> None:
        super().__init__(message)
        self.remedy = remedy


class ModelFailed(ModelError):
    """The engine raised while it computed; the request may be tried again."""


class InputTooLong(ModelError):
    """A text has more tokens than the model's window; the caller should have split it."""
