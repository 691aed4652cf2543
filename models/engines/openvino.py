"""The default engine of the embedded profile: OpenVINO on the CPU, int8 weights.

``open_engines`` compiles what preparation stored. The summariser and the translator may
share one compiled graph, but each has its own request and state, so that their two threads
do not disturb each other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import openvino as ov
from numpy.typing import NDArray

from models.contracts import Candidate, ModelIdentity, Reads, SummaryOptions, TranslationOptions
from models.engines.amending import amend
from models.engines.decoding import decode
from models.engines.gemma_graph import INPUTS, OUTPUTS
from models.engines.grounding import Spellings
from models.engines.search import NOTHING, Ids, Scores
from models.engines.tokenizer import Tokenizer
from models.engines.writing import (
    Batch,
    brief_search,
    brief_task,
    candidates,
    dictionaries_of,
    translation_search,
    translation_tasks,
)
from models.errors import ModelFailed, ModelUnavailable
from models.preparation.embedded import TOKENIZER
from models.preparation.store import Built, Prepared
from models.preparation.vocabulary import PAD

ENGINE = "openvino"
Precision = Literal["default", "f32"]

#: The runtime keeps what it made for each shape of its inputs that it met, 5,000 of them unless told otherwise: memory
#: that grows for hours, and no speed (``CPU_RUNTIME_CACHE_CAPACITY`` is the plugin's own).
KEPT_SHAPES = 100
#: So many activations share one scale when they are brought to eight bits. The plugin's own 32 takes 10 to 20 % longer
#: without bfloat16, and translates no better: 24.58 and 24.57 BLEU, 51.1 and 51.3 chrF, 150 sentences of dev.
QUANTISED_TOGETHER = 64

#: Padding included, this many tokens are read at once: more gains no speed and costs memory.
READ_TOKENS = 2048


@dataclass(frozen=True)
class Runtime:
    """How graphs are compiled. ``threads`` 0 is one per core.

    ``default`` leaves the arithmetic to the runtime (bfloat16 where the processor has it,
    activations in eight bits, cached keys and values too); ``f32`` computes everything in
    float32 on the stored weights, three times slower, to be compared with a reference.
    """

    threads: int = 0
    precision: Precision = "default"

    def options(self) -> dict[str, Any]:
        """OpenVINO's own names for it."""
        chosen: dict[str, Any] = {
            "PERFORMANCE_HINT": "LATENCY",
            "NUM_STREAMS": "1",
            "ENABLE_CPU_PINNING": False,
            "CPU_RUNTIME_CACHE_CAPACITY": str(KEPT_SHAPES),
            "DYNAMIC_QUANTIZATION_GROUP_SIZE": str(QUANTISED_TOGETHER),
        }
        if self.threads:
            chosen["INFERENCE_NUM_THREADS"] = self.threads
        if self.precision == "f32":
            chosen |= {
                "INFERENCE_PRECISION_HINT": "f32",
                "DYNAMIC_QUANTIZATION_GROUP_SIZE": "0",
                "KV_CACHE_PRECISION": "f32",
            }
        return chosen


def compile_graph(path: Path, runtime: Runtime) -> ov.CompiledModel:
    """Read and compile a stored graph; raises ``ModelUnavailable`` when the runtime refuses it."""
    try:
        return ov.Core().compile_model(path, "CPU", runtime.options())
    except RuntimeError as error:
        raise ModelUnavailable(f"OpenVINO cannot load {path}: {error}", remedy="breve prepare --force") from error


class GraphSteps:
    """A compiled graph as a ``StepModel``: prompts are padded on the left, rows chosen by ``beam_idx``."""

    def __init__(self, compiled: ov.CompiledModel) -> None:
        self._request = compiled.create_infer_request()
        self._mask: Ids = np.zeros((0, 0), dtype=np.int64)
        self._lengths: Ids = np.zeros(0, dtype=np.int64)  # of each row, without the last step's tokens
        self._columns = 1

    def start(self, prompts: Sequence[Sequence[int]]) -> Scores:
        """Read the prompts; raises ``ModelFailed`` when the runtime fails."""
        self._lengths = np.array([len(prompt) for prompt in prompts], dtype=np.int64)
        longest = int(self._lengths.max())
        ids = np.full((len(prompts), longest), PAD, dtype=np.int64)
        for row, prompt in enumerate(prompts):
            ids[row, longest - len(prompt) :] = prompt
        places = np.arange(longest)[None, :] - (longest - self._lengths[:, None])
        self._mask = (places >= 0).astype(np.int64)
        self._request.reset_state()
        scores = self._infer(ids, np.maximum(places, 0), np.arange(len(prompts), dtype=np.int32), 1)
        self._lengths, self._columns = self._lengths - 1, 1
        return scores

    def step(self, parents: NDArray[np.int32], tokens: Ids) -> Scores:
        """Continue rows; raises ``ModelFailed`` when the runtime fails."""
        rows, kept = parents // self._columns, parents % self._columns + 1
        given = tokens != NOTHING
        # What was guessed wrongly stays in the state, where nothing looks at it.
        before = self._mask[rows]
        before[:, -self._columns :] &= np.arange(self._columns) < kept[:, None]
        self._mask = np.concatenate([before, given.astype(np.int64)], axis=1)
        self._lengths = self._lengths[rows] + kept
        self._columns = tokens.shape[1]
        places = self._lengths[:, None] + np.arange(self._columns)
        return self._infer(np.where(given, tokens, PAD), places, rows.astype(np.int32), self._columns)

    def _infer(self, ids: Ids, places: Ids, rows: NDArray[np.int32], told: int) -> Scores:
        """Scores at the last ``told`` columns of each row."""
        values = (ids, self._mask, places, rows, np.array([told], dtype=np.int64))
        inputs = dict(zip(INPUTS, values, strict=True))
        try:
            self._request.infer(inputs, share_inputs=True)
            best, logprobs, logits, normaliser = (self._request.get_tensor(name).data for name in OUTPUTS)
        except RuntimeError as error:
            raise ModelFailed(f"OpenVINO failed: {error}") from error

        def full(place: int) -> NDArray[np.float32]:
            values: NDArray[np.float32] = logits[place] - normaliser[place]
            return values

        # The runtime writes the next step into the same memory; only the small ones are worth a copy.
        return Scores(best.copy(), logprobs.copy(), full)


class OpenVinoSummariser:
    """Writes briefs; a ``Summariser``."""

    def __init__(self, steps: GraphSteps, tokenizer: Tokenizer, model: Built) -> None:
        self._steps, self._tokenizer, self._model = steps, tokenizer, model
        self._spellings = Spellings(tokenizer)

    @property
    def identity(self) -> ModelIdentity:
        """The weights in use."""
        return identity(self._model)

    @property
    def window(self) -> int:
        """Tokens of a passage that one call reads."""
        return self._model.window

    @property
    def reads(self) -> Reads:
        """It was trained to rewrite passages."""
        return "passages"

    def count_tokens(self, text: str) -> int:
        """The length of a text in tokens."""
        return len(self._tokenizer.encode(text))

    def summarise(self, texts: Sequence[str], options: SummaryOptions) -> list[list[Candidate]]:
        """Candidates for each passage, best first; raises ``ModelFailed`` when the runtime fails."""
        tasks = [brief_task(self._tokenizer, self._spellings, text, self.window, options) for text in texts]
        search = brief_search(self._tokenizer, options)
        return Batch(tasks, READ_TOKENS).map(
            lambda part: [candidates(outputs, self._tokenizer) for outputs in decode(self._steps, part, search)]
        )


class OpenVinoTranslator:
    """Translates sentences; a ``Translator``."""

    def __init__(self, steps: GraphSteps, tokenizer: Tokenizer, model: Built) -> None:
        self._steps, self._tokenizer, self._model = steps, tokenizer, model
        self._dictionaries = dictionaries_of(model)

    @property
    def identity(self) -> ModelIdentity:
        """The weights in use."""
        return identity(self._model)

    @property
    def targets(self) -> tuple[str, ...]:
        """The languages that it writes."""
        return self._model.languages

    def count_tokens(self, text: str) -> int:
        """The length of a text in tokens."""
        return len(self._tokenizer.encode(text))

    def translate(self, sentences: Sequence[str], options: TranslationOptions) -> list[list[Candidate]]:
        """Candidates for each sentence, best first; of a draft those that amend it.

        Raises ``ModelFailed`` when the runtime fails and ``ValueError`` for an unknown target.
        """
        tasks = translation_tasks(self._tokenizer, self._model, sentences, options, self._dictionaries)
        search = translation_search(self._tokenizer, options)
        drafts = {at: draft for at in range(len(tasks)) if (draft := options.own(at).draft)}
        new = [at for at in range(len(tasks)) if at not in drafts]
        written = Batch([tasks[at] for at in new], READ_TOKENS).map(
            lambda part: [
                candidates(outputs, self._tokenizer, task.watched)
                for task, outputs in zip(part, decode(self._steps, part, search), strict=True)
            ]
        )
        amended = amend(
            lambda part: Batch(part, READ_TOKENS).map(lambda some: decode(self._steps, some, search)),
            self._tokenizer,
            [tasks[at] for at in drafts],
            list(drafts.values()),
        )
        found = dict(zip([*new, *drafts], [*written, *amended], strict=True))
        return [found[at] for at in range(len(tasks))]


def identity(model: Built) -> ModelIdentity:
    """A prepared model's identity in this engine."""
    return ModelIdentity(model.id, model.revision, model.digest, ENGINE, model.licence)


def open_engines(prepared: Prepared, runtime: Runtime) -> tuple[OpenVinoSummariser, OpenVinoTranslator]:
    """Compile the prepared graphs; raises ``ModelUnavailable`` when one cannot be loaded."""
    tokenizer = Tokenizer(prepared.folder / TOKENIZER)
    summary, translation = prepared.model("summary"), prepared.model("translation")
    names = {model.details["graph"] for model in (summary, translation)}
    compiled = {name: compile_graph(prepared.folder / name, runtime) for name in sorted(names)}

    def steps(model: Built) -> GraphSteps:
        return GraphSteps(compiled[model.details["graph"]])

    return (
        OpenVinoSummariser(steps(summary), tokenizer, summary),
        OpenVinoTranslator(steps(translation), tokenizer, translation),
    )


def open_summariser(prepared: Prepared, runtime: Runtime) -> OpenVinoSummariser:
    """Compile the summariser's graph alone."""
    model = prepared.model("summary")
    compiled = compile_graph(prepared.folder / model.details["graph"], runtime)
    return OpenVinoSummariser(GraphSteps(compiled), Tokenizer(prepared.folder / TOKENIZER), model)


def open_translator(prepared: Prepared, runtime: Runtime) -> OpenVinoTranslator:
    """Compile the translator's graph alone, where nothing is prepared that writes briefs."""
    model = prepared.model("translation")
    compiled = compile_graph(prepared.folder / model.details["graph"], runtime)
    return OpenVinoTranslator(GraphSteps(compiled), Tokenizer(prepared.folder / TOKENIZER), model)
