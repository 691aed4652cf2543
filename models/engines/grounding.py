"""Keeps a brief's numbers and names to those of its article while it is being written.

A number may only be one that the article writes, digit for digit, and a word that opens with
a capital inside a sentence only one that the article writes so. What is refused is refused
token by token: a number or a name may be begun only where it can be finished. The support
check of the pipeline stays the judge; this saves the candidates that it would drop.
"""

from __future__ import annotations

import re
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Ids = NDArray[np.int64]

_RUN = re.compile(r"\d+|[^\W\d_]+")
_OPEN_RUN = re.compile(r"(?:\d+|[^\W\d_]+)\Z")
#: A capital after one of these, or at the start, says nothing: a sentence or a quotation opens there.
_OPENING = re.compile(r"(?:\A|[.!?…:«\"“(–—-])[\s\"“«(]*\Z")
_TAIL = 60  # characters of a text that decide what may follow


class Vocabulary(Protocol):
    """What is needed of a tokenizer."""

    def piece(self, id: int) -> str:
        """A token's text, blanks as blanks."""
        ...

    def __len__(self) -> int: ...


class Spellings:
    """The texts of a vocabulary's pieces, and which of them can never begin a number or a name."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.texts = [vocabulary.piece(id) for id in range(len(vocabulary))]
        self.plain = np.array([not any(s.isdigit() or s.isupper() for s in text) for text in self.texts])


class Grounding:
    """What may follow a text, given one article; an ``Allowed`` of the search."""

    def __init__(self, article: str, spellings: Spellings, ends: frozenset[int]) -> None:
        self._spellings, self._ends = spellings, ends
        runs = {run for run in _RUN.findall(article) if run[0].isdigit() or run[0].isupper()}
        self._whole = runs
        self._begun = {run[:length] for run in runs for length in range(1, len(run) + 1)}
        self._tails: dict[tuple[int, ...], str] = {(): ""}

    def __call__(self, before: tuple[int, ...], following: Ids) -> NDArray[np.bool_]:
        """Which of the next tokens may follow these."""
        tail = self._tail(before)
        match = _OPEN_RUN.search(tail)
        if match is None or not self._is_bound(tail[: match.start()], match.group()):
            valid = self._spellings.plain[following].copy()
            doubtful = np.flatnonzero(~valid)
        else:
            valid = np.zeros(len(following), dtype=bool)
            doubtful = np.arange(len(following))
        for place in doubtful.tolist():
            token = int(following[place])
            valid[place] = self._is_grounded(tail, "" if token in self._ends else self._spellings.texts[token], token)
        return valid

    def _tail(self, ids: tuple[int, ...]) -> str:
        known = self._tails.get(ids)
        if known is None:
            known = self._tails[ids] = (self._tail(ids[:-1]) + self._spellings.texts[ids[-1]])[-_TAIL:]
        return known

    @staticmethod
    def _is_bound(before: str, run: str) -> bool:
        """Whether a run of letters or digits must be the article's."""
        return run[0].isdigit() or (run[0].isupper() and _OPENING.search(before) is None)

    def _is_grounded(self, tail: str, piece: str, token: int) -> bool:
        text = tail + piece
        open_run = _OPEN_RUN.search(tail)
        start = open_run.start() if open_run else len(tail)
        for match in _RUN.finditer(text, start):
            run = match.group()
            if not self._is_bound(text[: match.start()], run):
                continue
            is_open = match.end() == len(text) and token not in self._ends
            if run not in (self._begun if is_open else self._whole):
                return False
        return True
