"""The default engine of the hub profile: CTranslate2 on the CPU, int8 weights.

Texts are cut into pieces by SentencePiece directly, so that serving loads neither
transformers nor torch. The folder is what ``models.preparation.hub`` wrote.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from models.catalogue import Role
from models.contracts import ModelIdentity
from models.engines.pieces import END, MASK, PAD, START, BarthezPieces, MarianPieces, Pieces
from models.engines.seq2seq import Description, Limits, Output, Seq2SeqSummariser, Seq2SeqTranslator
from models.errors import ModelFailed, ModelUnavailable

ENGINE = "ctranslate2"

#: Texts that are computed at once at most; beams multiply the memory of each.
ROWS = 16


class CTranslate2Search:
    """A ``BeamSearch`` over a converted model; ``threads`` 0 is one per core.

    Raises ``ModelUnavailable`` when the package or a file is missing or damaged.
    """

    def __init__(self, folder: Path, role: Role, threads: int = 0) -> None:
        self.description = Description.read(folder, role)
        self._pieces = pieces_of(self.description, folder)
        self._translator = _load(folder, threads or os.cpu_count() or 1)

    @property
    def identity(self) -> ModelIdentity:
        """The converted weights."""
        model = self.description
        return ModelIdentity(model.id, model.revision, model.digest, ENGINE, model.licence)

    def count(self, text: str) -> int:
        """The length of a source text in tokens."""
        return len(self._pieces.encode(text))

    def search(self, texts: Sequence[str], limits: Limits, beams: int, outputs: int) -> list[list[Output]]:
        """The best outputs for each text; raises ``ModelFailed`` when the runtime fails."""
        model = self.description
        sources = [self._pieces.source(text, model.window) for text in texts]
        begun = 1 if model.first else 0
        try:
            results = self._translator.translate_batch(
                sources,
                target_prefix=[[model.first]] * len(sources) if model.first else None,
                beam_size=beams,
                num_hypotheses=outputs,
                max_batch_size=ROWS,
                max_decoding_length=limits.most + begun,
                min_decoding_length=limits.least + begun,
                length_penalty=model.length_penalty,
                no_repeat_ngram_size=model.no_repeat,
                disable_unk=True,
                suppress_sequences=[[mark] for mark in unwritten(model)],
                return_scores=True,
                return_end_token=True,
            )
        except (RuntimeError, ValueError) as error:
            raise ModelFailed(f"CTranslate2 failed: {error}") from error
        return [
            [self._output(pieces, score) for pieces, score in zip(result.hypotheses, result.scores, strict=True)]
            for result in results
        ]

    def _output(self, pieces: list[str], score: float) -> Output:
        complete = pieces[-1:] == [END]
        # The runtime divides by the length to the power of the penalty; a mean is wanted, and of
        # the tokens that the model chose.
        total = score * len(pieces) ** self.description.length_penalty
        written = pieces[: len(pieces) - complete]
        tokens = len(written) - bool(self.description.first)
        return Output(self._pieces.decode(written), total / max(tokens + complete, 1), tokens, complete)


class CTranslate2Summariser(Seq2SeqSummariser):
    """Writes French briefs from a prepared folder; raises ``ModelUnavailable`` when it cannot be loaded."""

    def __init__(self, folder: Path, threads: int = 0) -> None:
        super().__init__(CTranslate2Search(folder, "summary", threads))


class CTranslate2Translator(Seq2SeqTranslator):
    """Translates from a prepared folder; raises ``ModelUnavailable`` when it cannot be loaded."""

    def __init__(self, folder: Path, threads: int = 0) -> None:
        super().__init__(CTranslate2Search(folder, "translation", threads))


def unwritten(model: Description) -> list[str]:
    """Marks that an output must not have, apart from unknown pieces and its first one."""
    marks = (START, PAD, MASK) if model.family == "barthez" else ()
    return [mark for mark in marks if mark != model.first]


def pieces_of(description: Description, folder: Path) -> Pieces:
    """The tokenizer whose files lie in a folder."""
    return BarthezPieces(folder) if description.family == "barthez" else MarianPieces(folder)


def _load(folder: Path, threads: int) -> Any:
    # Only the hub profile needs the package, so the module can be read without it.
    try:
        import ctranslate2
    except ImportError as error:
        raise ModelUnavailable(f"the package ctranslate2 is missing: {error}", "pip install 'breve[hub]'") from error
    try:
        return ctranslate2.Translator(str(folder), device="cpu", inter_threads=1, intra_threads=threads)
    except (RuntimeError, ValueError) as error:
        raise ModelUnavailable(f"CTranslate2 cannot load {folder}: {error}", "breve prepare --force") from error
