"""The reader's states from the lower layers' graph, against transformers' on the same weights."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import openvino as ov
import pytest

from models.engines import transformers_gemma as reference
from models.engines.openvino import Runtime
from models.engines.openvino_reader import open_reader
from models.engines.reader_graph import build_reader
from models.engines.reading import layers_of
from models.errors import ModelUnavailable
from models.preparation.base import Shape
from models.preparation.store import Prepared
from models.reader import FROZEN, LAYERS, WINDOW, Head

NOTHING = Head(np.zeros(1, np.float32), 0.0)


def test_states_are_the_references(base_prepared: Prepared, french_sentences: list[str]) -> None:
    theirs = reference.open_reader(base_prepared, NOTHING)
    exact, quick = (open_reader(base_prepared, Runtime(precision=name), NOTHING) for name in ("f32", "default"))
    for start in range(0, 24, 8):
        sentences = french_sentences[start : start + 8]
        wanted = theirs.states(sentences)
        assert wanted.shape[:2] == (8, len(LAYERS))
        np.testing.assert_allclose(exact.states(sentences), wanted, atol=0.02)
        near = quick.states(sentences)
        cosine = (near * wanted).sum(2) / np.linalg.norm(near, axis=2) / np.linalg.norm(wanted, axis=2)
        assert cosine.min() > 0.995


def test_an_article_does_not_know_the_one_before(base_prepared: Prepared, french_sentences: list[str]) -> None:
    reader = open_reader(base_prepared, Runtime(), NOTHING)
    first = reader.states(french_sentences[:5])
    reader.states(french_sentences[5:40])
    np.testing.assert_array_equal(reader.states(french_sentences[:5]), first)


def test_only_the_window_is_read(base_prepared: Prepared, french_sentences: list[str]) -> None:
    reader = open_reader(base_prepared, Runtime(), NOTHING)
    many = french_sentences[:200]
    assert sum(map(reader.count_tokens, many)) > WINDOW
    assert 1 < len(reader.states(many)) < len(many)


def test_only_the_lower_layers_are_computed(base_prepared: Prepared) -> None:
    model = base_prepared.model("reading")
    whole = ov.Core().read_model(base_prepared.folder / model.details["graph"])
    own = layers_of(base_prepared.folder / model.details["layers"])
    graph = build_reader(whole, own, Shape(**model.details["shape"]))
    used = {node.get_friendly_name() for node in graph.get_ordered_ops()}
    assert {f"layer.{layer}.feed_in" for layer in range(max(LAYERS) + 1)} <= used
    assert f"layer.{max(LAYERS) + 1}.feed_in" not in used
    assert not graph.get_sinks()


def test_the_readers_own_layers_are_read_instead_of_the_writers(
    base_prepared: Prepared, french_sentences: list[str], tmp_path: Path
) -> None:
    model = base_prepared.model("reading")
    own = layers_of(base_prepared.folder / model.details["layers"])
    assert {int(name.split(".")[1]) for name in own} == set(range(FROZEN, max(LAYERS) + 1))
    for name in model.files:
        (tmp_path / name).symlink_to(base_prepared.folder / name)
    (tmp_path / model.details["layers"]).unlink()
    top = f"layer.{max(LAYERS)}.feed_out.scales"
    changes: dict[str, Any] = own | {top: own[top][::-1].copy()}
    np.savez(tmp_path / model.details["layers"], **changes)
    plain, changed = (
        open_reader(replace(base_prepared, folder=folder), Runtime(), NOTHING).states(french_sentences[:3])
        for folder in (base_prepared.folder, tmp_path)
    )
    assert not np.allclose(plain, changed, atol=0.01)


def test_a_sentence_is_seen_with_what_comes_after_it(base_prepared: Prepared, french_sentences: list[str]) -> None:
    reader = open_reader(base_prepared, Runtime(), NOTHING)
    first, other = (reader.states([french_sentences[0], after])[0] for after in french_sentences[1:3])
    assert not np.allclose(first, other, atol=0.01)


def test_damaged_layers_are_named(base_prepared: Prepared, tmp_path: Path) -> None:
    (tmp_path / "reader.npz").write_bytes(b"PK nothing")
    with pytest.raises(ModelUnavailable, match=r"reader\.npz"):
        layers_of(tmp_path / "reader.npz")


def test_a_text_longer_than_the_attentions_window_has_the_references_states(
    base_prepared: Prepared, french_sentences: list[str]
) -> None:
    window = base_prepared.model("summary").details["shape"]["window"]
    exact = open_reader(base_prepared, Runtime(precision="f32"), NOTHING)
    theirs = reference.open_reader(base_prepared, NOTHING)
    many = french_sentences[:80]
    assert window < sum(map(exact.count_tokens, many))
    np.testing.assert_allclose(exact.states(many), theirs.states(many), atol=0.02)


@pytest.mark.parametrize("sentences", [["Oui."], ["Il pleut.", "Il neige."]])
def test_the_shortest_texts_are_read(base_prepared: Prepared, sentences: list[str]) -> None:
    reader = open_reader(base_prepared, Runtime(), NOTHING)
    found = reader.states(sentences)
    assert found.shape[:2] == (len(sentences), len(LAYERS))
    assert np.isfinite(found).all()


def test_a_graph_of_another_form_is_refused(base_prepared: Prepared, tmp_path: Path) -> None:
    x = ov.opset13.parameter([1], np.float32)
    model = base_prepared.model("reading")
    (tmp_path / model.details["layers"]).symlink_to(base_prepared.folder / model.details["layers"])
    ov.save_model(ov.Model([ov.opset13.result(x)], [x], "other"), tmp_path / model.details["graph"])
    with pytest.raises(ModelUnavailable, match="cannot load"):
        open_reader(replace(base_prepared, folder=tmp_path), Runtime(), NOTHING)
