"""Reads articles with the lower layers of the writer's graph, cut after the last one that is looked at.

Nothing is stored for it, and half of a reading is saved.
"""

from __future__ import annotations

import numpy as np
import openvino as ov
from numpy.typing import NDArray
from openvino import opset13 as op

from models.engines.gemma_graph import INPUTS, after
from models.engines.openvino import ENGINE, Runtime
from models.engines.reading import ArticleReader, reader_identity
from models.engines.tokenizer import Tokenizer
from models.errors import ModelFailed, ModelUnavailable
from models.preparation.embedded import TOKENIZER
from models.preparation.store import Prepared
from models.reader import LAYERS, Array, Head

#: The runtime keeps what it made for each length of text it met, 5,000 of them: 300 articles of different lengths
#: took 220 MB with that, 105 MB with so few, at the same speed (``CPU_RUNTIME_CACHE_CAPACITY`` is the plugin's own).
KEPT_SHAPES = 100


class LowerLayers:
    """A cut graph, compiled: token ids (1, tokens) to states (layers, tokens, width)."""

    def __init__(self, compiled: ov.CompiledModel) -> None:
        self._request = compiled.create_infer_request()

    def __call__(self, ids: NDArray[np.int64]) -> Array:
        """Read; raises ``ModelFailed`` when the runtime fails."""
        places = np.arange(ids.shape[1], dtype=np.int64)[None]
        inputs = dict(zip(INPUTS, (ids, np.ones_like(ids), places, np.zeros(1, np.int32)), strict=True))
        try:
            self._request.reset_state()
            self._request.infer(inputs, share_inputs=True)
            return np.stack([self._request.get_tensor(after(layer)).data[0] for layer in LAYERS])
        except RuntimeError as error:
            raise ModelFailed(f"OpenVINO failed: {error}") from error


def lower_layers(model: ov.Model) -> ov.Model:
    """The graph up to the last of the layers that are looked at, whose states are its outputs.

    Raises ``ModelUnavailable`` when the graph does not name them.
    """
    named = {node.get_friendly_name(): node for node in model.get_ordered_ops()}
    wanted = [after(layer) for layer in LAYERS]
    if not all(name in named for name in wanted):
        raise ModelUnavailable("the graph was prepared by another version of Brève", remedy="breve prepare --force")
    kept = tuple(f"layer.{layer}." for layer in range(max(LAYERS) + 1))
    stores = [node for node in model.get_sinks() if node.get_variable_id().startswith(kept)]
    cut = ov.Model([op.result(named[name]) for name in wanted], stores, model.get_parameters(), "reader")
    for port, name in zip(cut.outputs, wanted, strict=True):
        port.get_tensor().set_names({name})
    return cut


def open_reader(prepared: Prepared, runtime: Runtime, head: Head) -> ArticleReader:
    """Compile the lower layers of the writer's graph; raises ``ModelUnavailable``."""
    model = prepared.model("summary")
    path = prepared.folder / model.details["graph"]
    try:
        core, kept = ov.Core(), {"CPU_RUNTIME_CACHE_CAPACITY": str(KEPT_SHAPES)}
        compiled = core.compile_model(lower_layers(core.read_model(path)), "CPU", runtime.options() | kept)
    except RuntimeError as error:
        raise ModelUnavailable(f"OpenVINO cannot load {path}: {error}", remedy="breve prepare --force") from error
    tokenizer = Tokenizer(prepared.folder / TOKENIZER)
    return ArticleReader(LowerLayers(compiled), tokenizer, head, reader_identity(model, head, ENGINE))
