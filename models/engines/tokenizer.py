"""The trimmed vocabulary at work: texts to token ids and back, through SentencePiece."""

from __future__ import annotations

from pathlib import Path

from sentencepiece import SentencePieceProcessor

from models.errors import ModelUnavailable

# The escape that SentencePiece writes for a blank. Text that holds the character itself would
# come back with a blank instead, so it is replaced by its nearest look-alike before.
_BLANK, _LOOK_ALIKE = "\u2581", "_"


class Tokenizer:
    """Encodes without marks; every text comes back as it was, but for the one character U+2581."""

    def __init__(self, path: Path) -> None:
        """Load the model; raises ``ModelUnavailable`` when it is missing or damaged."""
        try:
            self._processor = SentencePieceProcessor(model_proto=path.read_bytes())
        except (OSError, RuntimeError) as error:
            raise ModelUnavailable(f"{path} cannot be read: {error}", remedy="breve prepare --force") from error

    def encode(self, text: str) -> list[int]:
        """A text's token ids. Lone surrogates, which no file can hold, count as question marks."""
        clean = text.encode("utf-8", "replace").decode("utf-8") if _has_surrogates(text) else text
        ids: list[int] = self._processor.encode(clean.replace(_BLANK, _LOOK_ALIKE))
        return ids

    def decode(self, ids: list[int]) -> str:
        """The text of some token ids; control tokens have none."""
        text: str = self._processor.decode(ids)
        return text

    def piece(self, id: int) -> str:
        """A token's text, blanks as blanks."""
        text: str = self._processor.id_to_piece(id)
        return text.replace(_BLANK, " ")

    def __len__(self) -> int:
        return int(self._processor.get_piece_size())


def _has_surrogates(text: str) -> bool:
    return any("\ud800" <= character <= "\udfff" for character in text)
