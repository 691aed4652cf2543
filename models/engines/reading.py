"""Reads articles: sentences to tokens, tokens to states, states to scores. Engines differ in the middle only."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.contracts import Candidate, ModelIdentity
from models.engines.prompts import Encoder
from models.errors import ModelUnavailable
from models.preparation.store import Built
from models.preparation.vocabulary import BOS
from models.reader import WINDOW, Array, Head, pooled

#: From token ids (1, tokens) to the states (layers, tokens, width) after ``models.reader.LAYERS``.
Layers = Callable[[NDArray[np.int64]], Array]


def layers_of(path: Path) -> dict[str, NDArray[Any]]:
    """The reader's own matrices and their scales as preparation stored them; raises ``ModelUnavailable``."""
    try:
        with np.load(path, allow_pickle=False) as stored:
            return dict(stored)
    except (OSError, EOFError, ValueError) as error:
        raise ModelUnavailable(f"{path} cannot be read: {error}", remedy="breve prepare --force") from error


class ArticleReader:
    """Says how telling each sentence of an article is; a ``Reader``."""

    def __init__(self, layers: Layers, tokenizer: Encoder, head: Head, identity: ModelIdentity) -> None:
        self._layers, self._tokenizer, self._head, self._identity = layers, tokenizer, head, identity

    @property
    def identity(self) -> ModelIdentity:
        """The weights in use: the model's and the head's."""
        return self._identity

    @property
    def window(self) -> int:
        """Tokens of an article that one call reads."""
        return WINDOW

    def count_tokens(self, text: str) -> int:
        """The length of a text in tokens."""
        return len(self._tokenizer.encode(text))

    def read(self, articles: Sequence[str]) -> list[list[Candidate]]:
        """One output for each line of each article; raises ``ModelFailed`` when the runtime fails."""
        found = []
        for article in articles:
            sentences = article.split("\n")
            states = self.states(sentences)
            scores = self._head.scores(states, [len(each.split()) for each in sentences])
            traits = self._head.traits(states, len(sentences))
            found.append([Candidate("", round(score, 5), 0, own) for score, own in zip(scores, traits, strict=True)])
        return found

    def states(self, sentences: Sequence[str]) -> Array:
        """The states of the sentences that begin within the window: (read sentences, layers, width)."""
        ids, owners = [BOS], [-1]
        for number, sentence in enumerate(sentences):
            if len(ids) >= WINDOW:
                break
            tokens = self._tokenizer.encode(f" {sentence}" if number else sentence)
            ids += tokens
            owners += [number] * len(tokens)
        return pooled(self._layers(np.array([ids[:WINDOW]], dtype=np.int64)), owners[:WINDOW])


def reader_identity(model: Built, head: Head, engine: str) -> ModelIdentity:
    """What a reader on this model and head is called."""
    digest = hashlib.sha256(f"{model.digest} {head.digest}".encode()).hexdigest()
    return ModelIdentity(model.id, model.revision, digest, engine, model.licence)
