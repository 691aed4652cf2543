"""The default engine against transformers' Gemma 3 on the same weights, both in float32."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import openvino as ov
import pytest
import torch
from numpy.typing import NDArray

from models.contracts import SummaryOptions, TranslationOptions
from models.engines import openvino as default
from models.engines import transformers_gemma as reference
from models.engines.decoding import decode
from models.engines.gemma_graph import stored_weights
from models.engines.openvino import GraphSteps, Runtime, compile_graph
from models.engines.search import Search, Task
from models.engines.tokenizer import Tokenizer
from models.preparation.base import Shape
from models.preparation.store import Prepared
from models.preparation.vocabulary import BOS, EOS, PAD

NEW_TOKENS = 20
#: Two logits closer than this may change places by the order of additions alone.
NEAR = 0.001


@pytest.fixture(scope="module")
def network(base_prepared: Prepared) -> Any:
    model = base_prepared.model("summary")
    graph = ov.Core().read_model(base_prepared.folder / model.details["graph"])
    return reference.build_reference(stored_weights(graph, Shape(**model.details["shape"])))


@pytest.fixture(scope="module")
def exact(base_prepared: Prepared) -> GraphSteps:
    path = base_prepared.folder / base_prepared.model("summary").details["graph"]
    return GraphSteps(compile_graph(path, Runtime(precision="f32")))


def reference_logits(network: Any, texts: Sequence[tuple[int, ...]], last: int) -> NDArray[np.float32]:
    """The reference's logits at the last positions of some texts: (texts, positions, vocabulary)."""
    # Padding lies behind each text, where nothing that comes before can see it.
    longest = max(len(ids) for ids in texts)
    rows = torch.tensor([[*ids, *[PAD] * (longest - len(ids))] for ids in texts])
    with torch.inference_mode():
        states = network.model(input_ids=rows).last_hidden_state
        wanted = torch.stack([row[len(ids) - last : len(ids)] for row, ids in zip(states, texts, strict=True)])
        values: NDArray[np.float32] = network.lm_head(wanted).numpy()
    return values


@dataclass(frozen=True)
class Comparison:
    """Steps at which the engine's token was the reference's best, all steps, and texts that met a near tie."""

    equal: int
    steps: int
    near: int


def compare(network: Any, steps: GraphSteps, prompts: Sequence[tuple[int, ...]]) -> Comparison:
    """Write greedily with the engine, and ask the reference what it would have chosen at each step.

    As long as both agree they have the same text before them, so one pass of the reference
    over the engine's tokens tells what it would write. A text counts up to its first near tie.
    """
    written = decode(steps, [Task(prompt, NEW_TOKENS, NEW_TOKENS) for prompt in prompts], Search(frozenset({EOS})))
    equal = total = near = 0
    texts = [(*prompt, *output.ids[:-1]) for prompt, [output] in zip(prompts, written, strict=True)]
    for start in range(0, len(texts), 10):
        logits = reference_logits(network, texts[start : start + 10], NEW_TOKENS)
        logits[:, :, EOS] = -np.inf
        for rows, [output] in zip(logits, written[start : start + 10], strict=True):
            for row, token in zip(rows, output.ids, strict=True):
                second, first = np.partition(row, -2)[-2:]
                if first - second < NEAR:
                    near += 1
                    break
                equal += token == int(row.argmax())
                total += 1
    return Comparison(equal, total, near)


def test_both_write_the_same_tokens(
    network: Any, exact: GraphSteps, tokenizer: Tokenizer, french_sentences: list[str]
) -> None:
    prompts = [(BOS, *tokenizer.encode(sentence)) for sentence in french_sentences]
    found = compare(network, exact, prompts)
    print(f"{found.equal} of {found.steps} steps are equal; {found.near} of {len(prompts)} texts met a near tie")
    assert found.equal == found.steps
    assert found.steps >= len(prompts) * NEW_TOKENS * 0.9
    assert found.near <= 5


def test_a_text_longer_than_the_window_has_the_reference_s_scores(
    network: Any, exact: GraphSteps, base_prepared: Prepared, tokenizer: Tokenizer, french_sentences: list[str]
) -> None:
    ids = (BOS, *tokenizer.encode(" ".join(french_sentences)))
    window = base_prepared.model("summary").details["shape"]["window"]
    assert len(ids) > window + 100
    # Read in one pass, then by single tokens: both paths of the engine cross the window's edge.
    for read in (len(ids), window - 2):
        scores = exact.start([ids[:read]])
        for token in ids[read : window + 3]:
            scores = exact.step(np.zeros(1, dtype=np.int32), np.array([[token]], dtype=np.int64))
        expected = reference_logits(network, [ids[: max(read, window + 3)]], 1)[0, 0]
        expected = expected - np.log(np.exp(expected.astype(np.float64)).sum()).astype(np.float32)
        np.testing.assert_allclose(scores.full(0), expected, atol=5e-3)


def test_the_default_precision_agrees_with_the_reference(
    network: Any, base_prepared: Prepared, tokenizer: Tokenizer, french_sentences: list[str]
) -> None:
    path = base_prepared.folder / base_prepared.model("summary").details["graph"]
    steps = GraphSteps(compile_graph(path, Runtime()))
    prompts = [(BOS, *tokenizer.encode(sentence)) for sentence in french_sentences[:20]]
    found = compare(network, steps, prompts)
    print(f"the default precision chose the reference's token in {found.equal} of {found.steps} steps")
    assert found.equal / found.steps > 0.9


def test_both_engines_translate_and_brief_alike(base_prepared: Prepared) -> None:
    theirs = reference.open_engines(base_prepared)
    ours = default.open_engines(base_prepared, Runtime(precision="f32"))
    sentences = ["La pluie a cessé.", "Trois personnes ont été arrêtées à Lyon."]
    options = TranslationOptions(candidates=1)
    for left, right in zip(theirs[1].translate(sentences, options), ours[1].translate(sentences, options), strict=True):
        assert left[0].text == right[0].text
        assert left[0].score == pytest.approx(right[0].score, abs=0.01)
    brief = SummaryOptions(candidates=1, min_words=3, max_words=8)
    assert theirs[0].summarise([" ".join(sentences)], brief)[0][0].text == (
        ours[0].summarise([" ".join(sentences)], brief)[0][0].text
    )
    assert theirs[0].identity.digest == ours[0].identity.digest
    assert theirs[0].identity.engine == "transformers"
