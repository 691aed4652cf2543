"""An article as the pipeline reads it: clean text whose offsets every later step refers to."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass


@dataclass(frozen=True)
class Sentence:
    """A piece of a text, with ``source[start:end] == text`` in Unicode code points."""

    text: str
    start: int
    end: int


@dataclass(frozen=True)
class Article:
    """Clean text (NFC, no control characters), its title if the caller gave one, and its sentences."""

    text: str
    title: str | None
    sentences: tuple[Sentence, ...]

    @property
    def digest(self) -> str:
        """SHA-256 of title and text, hexadecimal."""
        return hashlib.sha256(f"{self.title or ''}\x00{self.text}".encode()).hexdigest()

    @property
    def words(self) -> int:
        """Words as separated by white space."""
        return len(self.text.split())
