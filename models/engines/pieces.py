"""The tokenizers of the published encoder-decoder models, read by SentencePiece alone.

Serving needs neither transformers nor torch: a text becomes the pieces that the model's own
tokenizer would give, with its marks, and pieces become text again.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from sentencepiece import SentencePieceProcessor

from models.errors import ModelUnavailable

BARTHEZ_FILES = ("sentencepiece.bpe.model",)
MARIAN_FILES = ("source.spm", "target.spm", "vocab.json")

START, PAD, END, UNKNOWN, MASK = "<s>", "<pad>", "</s>", "<unk>", "<mask>"
MARKS = frozenset((START, PAD, END, UNKNOWN, MASK))


class Pieces(Protocol):
    """Text to pieces and back."""

    @property
    def vocabulary(self) -> tuple[str, ...]:
        """Every piece, in the order of its id in the model."""
        ...

    def encode(self, text: str) -> list[str]:
        """A source text's pieces without marks; one that the model does not know is ``<unk>``."""
        ...

    def source(self, text: str, window: int) -> list[str]:
        """What the encoder reads: the text's first ``window`` pieces, and the marks."""
        ...

    def decode(self, pieces: Sequence[str]) -> str:
        """The text of an output's pieces; marks are left out."""
        ...


class BarthezPieces:
    """BARThez's tokenizer (arXiv 2010.12321): one SentencePiece model, ids as in the file.

    Raises ``ModelUnavailable`` when the file is missing or is no SentencePiece model.
    """

    def __init__(self, folder: Path) -> None:
        self._model = _processor(folder / BARTHEZ_FILES[0])
        pieces = [self._model.id_to_piece(number) for number in range(self._model.get_piece_size())]
        # The marks have the ids that the model was trained with, whatever the file calls them.
        pieces[:4] = [START, PAD, END, UNKNOWN]
        pieces[-1] = MASK
        self.vocabulary = tuple(pieces)

    def normalise(self, text: str) -> str:
        """The text as the tokenizer sees it: compatibility characters and spaces unified."""
        return str(self._model.normalize(text)).replace("▁", " ").strip()

    def encode(self, text: str) -> list[str]:
        """A text's pieces without marks."""
        unknown = self._model.unk_id()
        return [UNKNOWN if number == unknown else self.vocabulary[number] for number in self._model.encode(text)]

    def source(self, text: str, window: int) -> list[str]:
        """``<s>``, the text, ``</s>``."""
        return [START, *self.encode(text)[:window], END]

    def decode(self, pieces: Sequence[str]) -> str:
        """The text of an output's pieces."""
        return _text(self._model, pieces)


class MarianPieces:
    """OPUS-MT's tokenizer: a SentencePiece model for each side, and one numbered vocabulary.

    Raises ``ModelUnavailable`` when a file is missing or cannot be read.
    """

    def __init__(self, folder: Path) -> None:
        source, target, vocabulary = MARIAN_FILES
        self._source = _processor(folder / source)
        self._target = _processor(folder / target)
        try:
            ids: dict[str, int] = json.loads((folder / vocabulary).read_text(encoding="utf-8"))
            self.vocabulary = tuple(sorted(ids, key=lambda piece: ids[piece]))
        except (OSError, ValueError, TypeError) as error:
            raise ModelUnavailable(f"{folder / vocabulary} cannot be read: {error}") from error
        self._known = frozenset(ids)

    def encode(self, text: str) -> list[str]:
        """A French text's pieces without marks."""
        pieces = self._source.encode(text, out_type=str)
        return [piece if piece in self._known and piece not in MARKS else UNKNOWN for piece in pieces]

    def source(self, text: str, window: int) -> list[str]:
        """The text, ``</s>``."""
        return [*self.encode(text)[:window], END]

    def decode(self, pieces: Sequence[str]) -> str:
        """The text of an output's pieces."""
        return _text(self._target, pieces)


def _processor(path: Path) -> SentencePieceProcessor:
    try:
        return SentencePieceProcessor(model_file=str(path))
    except (OSError, RuntimeError) as error:
        raise ModelUnavailable(f"the tokenizer {path} cannot be read: {error}") from error


def _text(model: SentencePieceProcessor, pieces: Sequence[str]) -> str:
    written = [piece for piece in pieces if piece not in MARKS]
    # A piece of the other side's tokenizer keeps its mark of a space.
    return " ".join(str(model.decode_pieces(written)).replace("▁", " ").split())
