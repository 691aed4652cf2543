"""The reference engine of the embedded profile: transformers' Gemma 3 in float32, PyTorch's ``generate``.

It runs on the very weights that preparation stored (the graph's integers, restored), so
that a difference from the default engine is the runtime's and not rounding's. Slow; for
comparison (``BREVE_ENGINE=transformers``), and it needs the ``hub`` extra's packages.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import openvino as ov
import torch
from numpy.typing import NDArray
from transformers import Gemma3ForCausalLM, Gemma3TextConfig, LogitsProcessor, LogitsProcessorList

from models.contracts import Candidate, ModelIdentity, Reads, SummaryOptions, TranslationOptions
from models.engines.beams import repeated
from models.engines.gemma_graph import restored, stored_arrays, stored_weights
from models.engines.grounding import Spellings
from models.engines.reading import ArticleReader, layers_of, reader_identity
from models.engines.search import Search, Task, Written
from models.engines.tokenizer import Tokenizer
from models.engines.writing import (
    brief_search,
    brief_task,
    candidates,
    dictionaries_of,
    translation_search,
    translation_tasks,
)
from models.errors import ModelFailed
from models.preparation.base import LOCAL_ROPE_BASE, Shape, Weights
from models.preparation.embedded import TOKENIZER
from models.preparation.store import Built, Prepared
from models.preparation.vocabulary import BOS, EOS, PAD
from models.reader import FROZEN, LAYERS, Head

ENGINE = "transformers"

# transformers' annotations describe mixins that a checker cannot match with its own classes.
Network = Any

_MODULES = {
    "query": "self_attn.q_proj",
    "key": "self_attn.k_proj",
    "value": "self_attn.v_proj",
    "output": "self_attn.o_proj",
    "gate": "mlp.gate_proj",
    "up": "mlp.up_proj",
    "down": "mlp.down_proj",
    "before_attention": "input_layernorm",
    "after_attention": "post_attention_layernorm",
    "before_feed_forward": "pre_feedforward_layernorm",
    "after_feed_forward": "post_feedforward_layernorm",
    "query_norm": "self_attn.q_norm",
    "key_norm": "self_attn.k_norm",
}


def build_reference(weights: Weights) -> Network:
    """transformers' own Gemma 3 with these weights, in float32 and ready to write."""
    model: Network = Gemma3ForCausalLM(_configuration(weights.shape))
    model = model.to(torch.float32)
    state = {"model.embed_tokens.weight": torch.from_numpy(weights.tensors["embedding"])}
    state["model.norm.weight"] = torch.from_numpy(weights.tensors["final_norm"] - 1)
    for layer in range(weights.shape.layers):
        for ours, theirs in _MODULES.items():
            # transformers adds the one to norm weights that the GGUF has in them already.
            values = weights.tensors[f"layer.{layer}.{ours}"]
            values = values - 1 if values.ndim == 1 else values
            state[f"model.layers.{layer}.{theirs}.weight"] = torch.from_numpy(values)
    state["lm_head.weight"] = state["model.embed_tokens.weight"]
    model.load_state_dict(state)
    return model.eval()


def _configuration(shape: Shape) -> Gemma3TextConfig:
    kinds = ["full_attention" if shape.is_full(layer) else "sliding_attention" for layer in range(shape.layers)]
    return Gemma3TextConfig(
        vocab_size=shape.vocabulary,
        hidden_size=shape.width,
        intermediate_size=shape.feed_forward,
        num_hidden_layers=shape.layers,
        num_attention_heads=shape.heads,
        num_key_value_heads=shape.key_heads,
        head_dim=shape.head_width,
        query_pre_attn_scalar=shape.head_width,
        sliding_window=shape.window,
        layer_types=kinds,
        rms_norm_eps=shape.norm_epsilon,
        rope_parameters={
            "full_attention": {"rope_type": "default", "rope_theta": shape.rope_base},
            "sliding_attention": {"rope_type": "default", "rope_theta": LOCAL_ROPE_BASE},
        },
        tie_word_embeddings=True,
        pad_token_id=PAD,
        bos_token_id=BOS,
        eos_token_id=EOS,
    )


class Generator:
    """PyTorch's ``generate`` on decoding tasks, one at a time."""

    def __init__(self, model: Network) -> None:
        self._model = model

    def decode(self, task: Task, search: Search) -> list[Written]:
        """The best outputs, best first; raises ``ModelFailed`` when PyTorch fails."""
        prompt = torch.tensor([task.prompt])
        try:
            with torch.inference_mode():
                written = self._model.generate(
                    prompt,
                    attention_mask=torch.ones_like(prompt),
                    num_return_sequences=min(search.candidates, search.beams),
                    **_strategy(search),
                    max_new_tokens=task.max_tokens,
                    eos_token_id=sorted(search.ends),
                    pad_token_id=PAD,
                    logits_processor=LogitsProcessorList([_Constraints(task, search)]),
                    return_dict_in_generate=True,
                    output_scores=True,
                )
        except RuntimeError as error:
            raise ModelFailed(f"PyTorch failed: {error}") from error
        totals = self._model.compute_transition_scores(
            written.sequences,
            written.scores,
            getattr(written, "beam_indices", None),
            normalize_logits=search.beams == 1 or search.temperature > 0,
        )
        rows = zip(written.sequences[:, len(task.prompt) :].tolist(), totals.tolist(), strict=True)
        return [_written(ids, logs, search) for ids, logs in rows]


def _strategy(search: Search) -> dict[str, Any]:
    """The search in PyTorch's words. Its samples are others than ours: only their law is the same."""
    if search.temperature > 0:
        torch.manual_seed(0)
        return {"do_sample": True, "temperature": search.temperature, "top_k": search.likeliest}
    return {
        "do_sample": False,
        "num_beams": search.beams,
        "length_penalty": search.length_penalty,
        "early_stopping": search.beams > 1 and not search.patient,
    }


def _written(ids: list[int], logprobs: list[float], search: Search) -> Written:
    """Cut a row at its first end mark; what follows is padding."""
    for at, token in enumerate(ids):
        if token in search.ends:
            return Written(tuple(ids[:at]), sum(logprobs[: at + 1]), complete=True)
    return Written(tuple(ids), sum(logprobs), complete=False)


class _Constraints(LogitsProcessor):
    """A task's constraints, as ``models.engines.decoding`` applies them."""

    def __init__(self, task: Task, search: Search) -> None:
        self._task, self._search = task, search
        self._ends = torch.tensor(sorted(search.ends))

    def __call__(self, input_ids: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:
        begin = len(self._task.prompt)
        for row, ids in enumerate(input_ids[:, begin:].tolist()):
            path = tuple(ids)
            may_end = self._task.accept is None or self._task.accept(path)
            if len(path) < self._task.min_tokens or not may_end:
                scores[row, self._ends] = -torch.inf
            scores[row, repeated(path, self._search.no_repeat, self._search.repeatable)] = -torch.inf
            if self._task.allowed is not None:
                every = torch.arange(scores.shape[1]).numpy()
                scores[row, torch.from_numpy(~self._task.allowed(path, every))] = -torch.inf
        return scores


class _Role:
    """What the summariser and the translator share."""

    def __init__(self, generator: Generator, tokenizer: Tokenizer, model: Built) -> None:
        self._generator, self._tokenizer, self._model = generator, tokenizer, model

    @property
    def identity(self) -> ModelIdentity:
        """The weights in use."""
        model = self._model
        return ModelIdentity(model.id, model.revision, model.digest, ENGINE, model.licence)

    def count_tokens(self, text: str) -> int:
        """The length of a text in tokens."""
        return len(self._tokenizer.encode(text))

    def _write(self, tasks: Sequence[Task], search: Search) -> list[list[Candidate]]:
        return [candidates(self._generator.decode(task, search), self._tokenizer) for task in tasks]


class TransformersSummariser(_Role):
    """Writes briefs; a ``Summariser``."""

    def __init__(self, generator: Generator, tokenizer: Tokenizer, model: Built) -> None:
        super().__init__(generator, tokenizer, model)
        self._spellings = Spellings(tokenizer)

    @property
    def window(self) -> int:
        """Tokens of a passage that one call reads."""
        return self._model.window

    @property
    def reads(self) -> Reads:
        """It was trained to rewrite passages."""
        return "passages"

    def summarise(self, texts: Sequence[str], options: SummaryOptions) -> list[list[Candidate]]:
        """Candidates for each passage, best first; raises ``ModelFailed`` when PyTorch fails."""
        tasks = [brief_task(self._tokenizer, self._spellings, text, self.window, options) for text in texts]
        return self._write(tasks, brief_search(self._tokenizer, options))


class ReadingLayers:
    """From token ids (1, tokens) to the states (layers, tokens, width) that a reader looks at."""

    def __init__(self, model: Network, window: int) -> None:
        self._model, self._window = model.model, window

    def __call__(self, ids: NDArray[np.int64]) -> NDArray[np.float32]:
        """Read; raises ``ModelFailed`` when PyTorch fails."""
        try:
            with torch.inference_mode():
                return np.stack(self._states(torch.from_numpy(ids)))
        except RuntimeError as error:
            raise ModelFailed(f"PyTorch failed: {error}") from error

    def _states(self, ids: torch.Tensor) -> list[NDArray[np.float32]]:
        """Layer by layer: transformers masks by a layer's kind, and ours above ``FROZEN`` see everything."""
        model, found = self._model, []
        x, places = model.embed_tokens(ids), torch.arange(ids.shape[1])
        behind = places[:, None] - places[None, :]
        seen = {"full_attention": behind >= 0, "sliding_attention": (behind >= 0) & (behind < self._window)}
        turns = {kind: model.rotary_emb(x, places[None], kind) for kind in seen}
        for index, layer in enumerate(model.layers):
            kind = model.config.layer_types[index]
            mask = seen[kind] if index < FROZEN else torch.ones_like(seen[kind])
            x = layer(x, position_embeddings=turns[kind], attention_mask=mask[None, None])
            if index in LAYERS:
                found.append(x[0].numpy())
        return found


class TransformersTranslator(_Role):
    """Translates sentences; a ``Translator``."""

    def __init__(self, generator: Generator, tokenizer: Tokenizer, model: Built) -> None:
        super().__init__(generator, tokenizer, model)
        self._dictionaries = dictionaries_of(model)

    @property
    def targets(self) -> tuple[str, ...]:
        """The languages that it writes."""
        return self._model.languages

    def translate(self, sentences: Sequence[str], options: TranslationOptions) -> list[list[Candidate]]:
        """Candidates for each sentence, best first.

        Raises ``ModelFailed`` when PyTorch fails and ``ValueError`` for an unknown target.
        """
        tasks = translation_tasks(self._tokenizer, self._model, sentences, options, self._dictionaries)
        return self._write(tasks, translation_search(self._tokenizer, options))


def open_engines(prepared: Prepared, threads: int = 0) -> tuple[TransformersSummariser, TransformersTranslator]:
    """The reference on the prepared weights; raises ``ModelUnavailable`` when they are not whole."""
    tokenizer = Tokenizer(prepared.folder / TOKENIZER)
    summary, translation = prepared.model("summary"), prepared.model("translation")
    writer = _generator(prepared, summary, threads)
    shared = summary.details["graph"] == translation.details["graph"]
    return (
        TransformersSummariser(writer, tokenizer, summary),
        TransformersTranslator(
            writer if shared else _generator(prepared, translation, threads), tokenizer, translation
        ),
    )


def open_reader(prepared: Prepared, head: Head) -> ArticleReader:
    """The reference reader; raises ``ModelUnavailable`` when what it needs is not whole."""
    model = prepared.model("reading")
    shape = Shape(**model.details["shape"])
    arrays = stored_arrays(ov.Core().read_model(prepared.folder / model.details["graph"]), shape)
    arrays |= layers_of(prepared.folder / model.details["layers"])
    lower = replace(shape, layers=max(LAYERS) + 1)
    layers = ReadingLayers(build_reference(restored(arrays, lower)), shape.window)
    tokenizer = Tokenizer(prepared.folder / TOKENIZER)
    return ArticleReader(layers, tokenizer, head, reader_identity(model, head, ENGINE))


def open_translator(prepared: Prepared, threads: int = 0) -> TransformersTranslator:
    """The reference translator alone, where nothing is prepared that writes briefs."""
    model = prepared.model("translation")
    return TransformersTranslator(_generator(prepared, model, threads), Tokenizer(prepared.folder / TOKENIZER), model)


def _generator(prepared: Prepared, model: Built, threads: int) -> Generator:
    if threads:
        torch.set_num_threads(threads)
    graph = ov.Core().read_model(prepared.folder / model.details["graph"])
    return Generator(build_reference(stored_weights(graph, Shape(**model.details["shape"]))))
