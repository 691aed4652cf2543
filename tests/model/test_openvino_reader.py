"""The reader's states from the cut graph, against transformers' on the same weights."""

from __future__ import annotations

import numpy as np
import openvino as ov
import pytest

from models.engines import transformers_gemma as reference
from models.engines.openvino import Runtime
from models.engines.openvino_reader import lower_layers, open_reader
from models.errors import ModelUnavailable
from models.preparation.store import Prepared
from models.reader import LAYERS, WINDOW, Head

NOTHING = Head(np.zeros(1, np.float32), 0.0)


def test_states_are_the_references(base_prepared: Prepared, french_sentences: list[str]) -> None:
    theirs = reference.open_engines(base_prepared)[0].reader(NOTHING)
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
    path = base_prepared.folder / base_prepared.model("summary").details["graph"]
    whole = ov.Core().read_model(path)
    count = len(whole.get_ordered_ops())
    cut = lower_layers(whole)
    assert len(cut.get_ordered_ops()) < 0.6 * count
    assert len(cut.get_sinks()) == 2 * (max(LAYERS) + 1)


def test_a_graph_that_does_not_name_its_layers_is_refused() -> None:
    x = ov.opset13.parameter([1], np.float32)
    with pytest.raises(ModelUnavailable, match="another version"):
        lower_layers(ov.Model([ov.opset13.result(x)], [x], "other"))
