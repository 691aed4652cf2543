"""Reads articles with the writer's lower layers and a few of its own above them."""

from __future__ import annotations

import numpy as np
import openvino as ov
from numpy.typing import NDArray

from models.engines.gemma_graph import INPUTS
from models.engines.openvino import ENGINE, Runtime
from models.engines.reader_graph import after, build_reader
from models.engines.reading import ArticleReader, layers_of, reader_identity
from models.engines.tokenizer import Tokenizer
from models.errors import ModelFailed, ModelUnavailable
from models.preparation.base import Shape
from models.preparation.embedded import TOKENIZER
from models.preparation.store import Prepared
from models.reader import LAYERS, Array, Head


class LowerLayers:
    """A reader's graph, compiled: token ids (1, tokens) to states (layers, tokens, width)."""

    def __init__(self, compiled: ov.CompiledModel) -> None:
        self._request = compiled.create_infer_request()

    def __call__(self, ids: NDArray[np.int64]) -> Array:
        """Read; raises ``ModelFailed`` when the runtime fails."""
        try:
            self._request.infer({INPUTS[0]: ids}, share_inputs=True)
            return np.stack([self._request.get_tensor(after(layer)).data[0] for layer in LAYERS])
        except RuntimeError as error:
            raise ModelFailed(f"OpenVINO failed: {error}") from error


def open_reader(prepared: Prepared, runtime: Runtime, head: Head) -> ArticleReader:
    """Compile the lower layers of the writer's graph; raises ``ModelUnavailable``."""
    model = prepared.model("reading")
    path = prepared.folder / model.details["graph"]
    try:
        core = ov.Core()
        own = layers_of(prepared.folder / model.details["layers"])
        graph = build_reader(core.read_model(path), own, Shape(**model.details["shape"]))
        compiled = core.compile_model(graph, "CPU", runtime.options())
    except (RuntimeError, KeyError) as error:
        raise ModelUnavailable(f"OpenVINO cannot load {path}: {error}", remedy="breve prepare --force") from error
    tokenizer = Tokenizer(prepared.folder / TOKENIZER)
    return ArticleReader(LowerLayers(compiled), tokenizer, head, reader_identity(model, head, ENGINE))
