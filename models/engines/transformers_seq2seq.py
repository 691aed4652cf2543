"""The reference engine of the hub profile: transformers in float32, PyTorch's ``generate``.

It runs on the published weights as they are, with transformers' own tokenizers, so that the
default engine can be compared with it (``BREVE_ENGINE=transformers``). It needs the ``hub``
extra's packages and the published folder that preparation converted.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from transformers import (
    BarthezTokenizer,
    GenerationConfig,
    MarianMTModel,
    MarianTokenizer,
    MBartForConditionalGeneration,
)
from transformers.utils import logging

from models.catalogue import Role
from models.contracts import ModelIdentity
from models.engines.pieces import BarthezPieces
from models.engines.seq2seq import Description, Family, Limits, Output, Seq2SeqSummariser, Seq2SeqTranslator
from models.errors import ModelFailed, ModelUnavailable

ENGINE = "transformers"

# transformers' annotations describe mixins that a checker cannot match with its own classes.
Network = Any
PretrainedTokenizer = Any
Generation: Any = GenerationConfig


class TransformersSearch:
    """A ``BeamSearch`` over a published model.

    Raises ``ModelUnavailable`` when the published folder is gone or cannot be loaded.
    """

    def __init__(self, folder: Path, role: Role) -> None:
        self.description = Description.read(folder, role)
        source = Path(self.description.source)
        if not source.is_dir():
            raise ModelUnavailable(
                f"the published weights in {source}, which the reference needs, are gone", "breve prepare --force"
            )
        self._normaliser = BarthezPieces(source) if self.description.family == "barthez" else None
        try:
            self._tokenizer = load_tokenizer(source, self.description.family)
            self._network = load_network(source, self.description.family)
        except (OSError, ValueError, RuntimeError) as error:
            raise ModelUnavailable(f"transformers cannot load {source}: {error}", "breve prepare --force") from error
        self._start = self._start_id()

    @property
    def identity(self) -> ModelIdentity:
        """The published weights."""
        model = self.description
        return ModelIdentity(model.id, model.revision, model.source_digest, ENGINE, model.licence)

    def count(self, text: str) -> int:
        """The length of a source text in tokens."""
        return len(self.encode(text))

    def encode(self, text: str) -> list[int]:
        """A source text's token ids without marks."""
        # transformers 5 leaves out the normalisation that BARThez's own file asks for.
        seen = self._normaliser.normalise(text) if self._normaliser else text
        ids = self._tokenizer(seen, add_special_tokens=False, split_special_tokens=True)["input_ids"]
        return [int(number) for number in ids]

    def source(self, text: str) -> list[int]:
        """What the encoder reads: the text's first tokens and the marks."""
        ids = self.encode(text)[: self.description.window]
        # The marks are set here: transformers 5 writes none for BARThez.
        start = [self._tokenizer.bos_token_id] if self.description.family == "barthez" else []
        return [*start, *ids, self._tokenizer.eos_token_id]

    def search(self, texts: Sequence[str], limits: Limits, beams: int, outputs: int) -> list[list[Output]]:
        """The best outputs for each text; raises ``ModelFailed`` when the runtime fails."""
        sources = [self.source(text) for text in texts]
        width = max(len(ids) for ids in sources)
        pad = self._tokenizer.pad_token_id
        ids = torch.tensor([[*ids, *[pad] * (width - len(ids))] for ids in sources])
        mask = torch.tensor([[1] * len(ids) + [0] * (width - len(ids)) for ids in sources])
        try:
            with torch.inference_mode():
                written = self._network.generate(
                    input_ids=ids,
                    attention_mask=mask,
                    decoder_input_ids=torch.tensor([[self._start]] * len(sources)),
                    generation_config=self._generation(limits, beams, outputs),
                )
                steps = self._network.compute_transition_scores(
                    written.sequences, written.scores, written.get("beam_indices"), normalize_logits=False
                )
        except (RuntimeError, ValueError, IndexError) as error:
            raise ModelFailed(f"transformers failed: {error}") from error
        found = [self._output(*row) for row in zip(written.sequences.tolist(), steps.tolist(), strict=True)]
        return [found[at : at + outputs] for at in range(0, len(found), outputs)]

    def _start_id(self) -> int:
        defaults = self._network.generation_config
        start = defaults.decoder_start_token_id
        # What is published is in the description; what generate would add of its own is not wanted.
        self._network.generation_config = Generation()
        return int(defaults.bos_token_id if start is None else start)

    def _generation(self, limits: Limits, beams: int, outputs: int) -> Any:
        tokenizer, model = self._tokenizer, self.description
        unwritten = {tokenizer.unk_token_id, tokenizer.pad_token_id}
        if model.family == "barthez":
            unwritten |= {tokenizer.bos_token_id, tokenizer.mask_token_id}
        first = tokenizer.convert_tokens_to_ids(model.first) if model.first else None
        begun = 1 if model.first else 0
        return Generation(
            num_beams=beams,
            num_return_sequences=outputs,
            early_stopping=beams > 1,
            max_new_tokens=limits.most + begun,
            min_new_tokens=limits.least + begun,
            forced_bos_token_id=first,
            length_penalty=model.length_penalty,
            no_repeat_ngram_size=model.no_repeat,
            suppress_tokens=sorted(unwritten - {first}),
            # CTranslate2 takes probabilities after it has ruled tokens out; so does this.
            renormalize_logits=True,
            eos_token_id=tokenizer.eos_token_id,
            pad_token_id=tokenizer.pad_token_id,
            decoder_start_token_id=self._start,
            output_scores=True,
            return_dict_in_generate=True,
        )

    def _output(self, sequence: list[int], steps: list[float]) -> Output:
        end = self._tokenizer.eos_token_id
        ids = sequence[1:]
        complete = end in ids
        written = ids[: ids.index(end)] if complete else ids
        tokens = len(written) - bool(self.description.first)
        text = self._tokenizer.decode(written, skip_special_tokens=True, **self._decoding())
        mean = sum(steps[: len(written) + complete]) / max(tokens + complete, 1)
        return Output(" ".join(text.split()), mean, tokens, complete)

    def _decoding(self) -> dict[str, bool]:
        options = {"clean_up_tokenization_spaces": False}
        return options | ({"use_source_tokenizer": False} if self.description.family == "marian" else {})


class TransformersSummariser(Seq2SeqSummariser):
    """Writes French briefs for a prepared folder; raises ``ModelUnavailable`` when it cannot be loaded."""

    def __init__(self, folder: Path) -> None:
        super().__init__(TransformersSearch(folder, "summary"))


class TransformersTranslator(Seq2SeqTranslator):
    """Translates for a prepared folder; raises ``ModelUnavailable`` when it cannot be loaded."""

    def __init__(self, folder: Path) -> None:
        super().__init__(TransformersSearch(folder, "translation"))


def load_tokenizer(source: Path, family: Family) -> PretrainedTokenizer:
    """The published tokenizer, by transformers."""
    if family == "barthez":
        return BarthezTokenizer.from_pretrained(source, local_files_only=True)
    with warnings.catch_warnings():
        # The package that it recommends serves a method that nobody here calls.
        warnings.filterwarnings("ignore", message="Recommended: pip install sacremoses")
        return MarianTokenizer.from_pretrained(source, local_files_only=True)


def load_network(source: Path, family: Family) -> Network:
    """The published weights in float32, ready to write."""
    kind: Any = MBartForConditionalGeneration if family == "barthez" else MarianMTModel
    with quiet():
        return kind.from_pretrained(source, dtype=torch.float32, local_files_only=True).eval()


@contextmanager
def quiet() -> Iterator[None]:
    """Keep transformers' progress bars and advice out of our own output."""
    settings: Any = logging
    drawn, verbosity = settings.is_progress_bar_enabled(), settings.get_verbosity()
    settings.disable_progress_bar()
    settings.set_verbosity_error()
    try:
        yield
    finally:
        settings.set_verbosity(verbosity)
        if drawn:
            settings.enable_progress_bar()
