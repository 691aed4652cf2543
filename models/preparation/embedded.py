"""Preparation of the embedded profile: from the packaged base to graphs that an engine loads.

The base's GGUF is assembled, the kept part of its vocabulary dequantised, each adapter
applied, and the result written as an int8 graph beside the tokenizer. Roles with the same
adapters share one graph; the reader takes its lower layers from the writer's.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import asdict
from importlib.resources import files
from pathlib import Path
from typing import Any

from models.catalogue import SERVED, Adapter, Model, adapter_path
from models.dictionary import packed_dictionary
from models.errors import ModelUnavailable
from models.preparation.base import BASE_DIGEST, BASE_ID, Weights, assemble_base, read_base
from models.preparation.store import Built, Manifest, Prepared, Progress, fingerprint_of, load, prepare

PROFILE = "embedded"
TOKENIZER = "tokenizer.model"
READER = "reader-layers.npz"

#: Raise it when the same inputs give other files, for example after a change of the graph.
RECIPE = 6


def fingerprint(models: Sequence[Model] = SERVED) -> str:
    """Identifies what preparation would write: recipe, base, vocabulary, adapters and catalogue."""
    adapters = sorted({adapter.name for model in models for adapter in model.adapters})
    return fingerprint_of(
        {
            "recipe": RECIPE,
            "base": BASE_DIGEST,
            "vocabulary": hashlib.sha256((files("models.preparation") / "kept.npz").read_bytes()).hexdigest(),
            "adapters": {name: hashlib.sha256(adapter_path(name).read_bytes()).hexdigest() for name in adapters},
            "models": [asdict(model) for model in models],
            "dictionaries": {model.id: _digest_told(model, "") for model in models},
        }
    )


def prepare_embedded(home: Path, progress: Progress, force: bool = False, models: Sequence[Model] = SERVED) -> Manifest:
    """Prepare the embedded models under ``home`` unless they are there already.

    Raises ``ModelUnavailable`` when the base package or an adapter is missing or damaged.
    """

    def build(folder: Path, tell: Progress) -> list[Built]:
        return _build(folder, tell, models)

    return prepare(home, PROFILE, fingerprint(models), build, progress, force).manifest


def load_embedded(home: Path, verify: bool = False, models: Sequence[Model] = SERVED) -> Prepared:
    """The prepared embedded models, checked; raises ``ModelUnavailable`` naming what is wrong."""
    return load(home, PROFILE, fingerprint(models), verify)


def _build(folder: Path, progress: Progress, models: Sequence[Model]) -> list[Built]:
    progress("assembling the base weights", 0.02)
    path = assemble_base(folder)
    progress("reading the base weights", 0.2)
    try:
        base, tokenizer = read_base(path)
    except (ValueError, KeyError, OSError) as error:
        raise ModelUnavailable(f"the base weights cannot be read: {error}", remedy="breve prepare --force") from error
    path.unlink()
    (folder / TOKENIZER).write_bytes(tokenizer)
    graphs = [model for model in models if model.role != "reading"]
    made = list(dict.fromkeys(model.adapters for model in graphs))
    built = []
    for index, adapters in enumerate(made):
        sharing = [model for model in graphs if model.adapters == adapters]

        def tell(step: str, fraction: float, index: int = index) -> None:
            progress(step, 0.45 + 0.45 * (index + fraction) / len(made))

        built += _write_graph(folder, base, tokenizer, adapters, sharing, tell)
    writer = next((each for each in built if "summary" in each.roles), None)
    readers = [model for model in models if model.role == "reading"]
    progress("writing the reader", 0.92)
    return [*built, *(_write_reader(folder, base, model, writer) for model in readers if writer)]


def _adapted(base: Weights, adapters: Sequence[Adapter]) -> Weights:
    from models.preparation.adapter import apply_adapter

    for adapter in adapters:
        base = apply_adapter(base, adapter_path(adapter.name), adapter.share)
    return base


def _write_graph(
    folder: Path,
    base: Weights,
    tokenizer: bytes,
    adapters: tuple[Adapter, ...],
    sharing: Sequence[Model],
    progress: Progress,
) -> list[Built]:
    """Write one graph and describe the models that it serves."""
    # Only preparation pays for these imports, and only where they are needed.
    import openvino as ov

    from models.engines.gemma_graph import build_graph, weights_digest

    name = Path(adapters[-1].name).stem if adapters else BASE_ID
    progress(f"applying {name}", 0.1)
    weights = _adapted(base, adapters)
    progress(f"quantising {name}", 0.3)
    graph = build_graph(weights, "int8")
    progress(f"writing {name}", 0.7)
    ov.save_model(graph, folder / f"{name}.xml", compress_to_fp16=False)
    digest = weights_digest(graph, weights.shape, tokenizer)
    details = {"graph": f"{name}.xml", "shape": asdict(weights.shape), "adapted": bool(adapters)}
    names = (f"{name}.xml", f"{name}.bin", TOKENIZER)
    return [_built(each, _digest_told(each, digest), names, details | {"told": _told(each)}) for each in sharing]


def _digest_told(model: Model, digest: str) -> str:
    """The weights' digest together with the dictionaries that the model is told of, where there are any."""
    packed = b"".join(packed_dictionary(language) for language in _told(model))
    return hashlib.sha256(digest.encode() + packed).hexdigest() if packed else digest


def _told(model: Model) -> tuple[str, ...]:
    """The languages in which a model is told of words: the base without adapters never learnt to read them."""
    return model.told if model.adapters else ()


def _write_reader(folder: Path, base: Weights, model: Model, writer: Built) -> Built:
    """Write the reader's own layers; those below them are the writer's."""
    import numpy as np

    from models.engines.reader_graph import own_layers

    arrays: dict[str, Any] = own_layers(_adapted(base, model.adapters))
    np.savez(folder / READER, **arrays)
    state = hashlib.sha256(writer.digest.encode())
    for name, array in sorted(arrays.items()):
        state.update(f"{name} {array.dtype.str} {array.shape}".encode())
        state.update(np.ascontiguousarray(array).data)
    details = writer.details | {"layers": READER, "adapted": bool(model.adapters)}
    return _built(model, state.hexdigest(), (*writer.files, READER), details)


def _built(model: Model, digest: str, names: tuple[str, ...], details: dict[str, Any]) -> Built:
    return Built(
        id=model.id,
        revision=model.revision,
        digest=digest,
        licence=model.licence,
        roles=(model.role,),
        languages=model.languages,
        window=model.window,
        files=names,
        details=details,
    )
