"""The default engine on real weights: its batches, its candidates, and what it needs."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from models.contracts import Summariser, SummaryOptions, TranslationOptions, Translator
from models.engines.decoding import decode
from models.engines.openvino import (
    GraphSteps,
    OpenVinoSummariser,
    OpenVinoTranslator,
    Runtime,
    compile_graph,
    open_engines,
)
from models.engines.prompts import translation_prompt
from models.engines.search import NOTHING, Ids, Scores, Search, Task
from models.engines.tokenizer import Tokenizer
from models.errors import ModelUnavailable
from models.preparation.store import Prepared
from models.preparation.vocabulary import BOS, EOS

Engines = tuple[OpenVinoSummariser, OpenVinoTranslator]

SENTENCES = [
    "La pluie a cessé.",
    "Le ministre a annoncé jeudi un plan de 12 milliards d'euros pour les hôpitaux.",
    "Trois personnes ont été arrêtées à Lyon.",
]


@pytest.fixture(scope="module")
def engines(base_prepared: Prepared) -> Engines:
    return open_engines(base_prepared, Runtime())


@pytest.fixture(scope="module")
def exact(base_prepared: Prepared) -> GraphSteps:
    path = base_prepared.folder / base_prepared.model("summary").details["graph"]
    return GraphSteps(compile_graph(path, Runtime(precision="f32")))


@pytest.fixture(scope="module")
def prompts(tokenizer: Tokenizer, french_sentences: list[str]) -> list[tuple[int, ...]]:
    return [translation_prompt(tokenizer, sentence, 400, "en") for sentence in french_sentences[:8]]


def test_engines_satisfy_their_protocols(engines: Engines) -> None:
    summariser, translator = engines
    assert isinstance(summariser, Summariser)
    assert isinstance(translator, Translator)
    assert summariser.identity.engine == "openvino"
    assert len(summariser.identity.digest) == 64


@pytest.mark.parametrize("beams", [1, 4])
def test_prompts_together_give_the_tokens_of_each_alone(
    exact: GraphSteps, prompts: list[tuple[int, ...]], beams: int
) -> None:
    tasks = [Task(prompt, max_tokens=16) for prompt in prompts]
    search = Search(frozenset({EOS}), beams=beams, candidates=1)
    together = decode(exact, tasks, search)
    alone = [decode(exact, [task], search)[0] for task in tasks]
    assert [[output.ids for output in outputs] for outputs in together] == [
        [output.ids for output in outputs] for outputs in alone
    ]


def test_one_prefilled_text_continues_in_several_rows(exact: GraphSteps, prompts: list[tuple[int, ...]]) -> None:
    tokens = np.array([500, 600, 700, 800], dtype=np.int64)
    exact.start(prompts[:1])
    multiplied = exact.step(np.zeros(4, dtype=np.int32), tokens[:, None])
    for row, token in enumerate(tokens.tolist()):
        single = exact.start([(*prompts[0], token)])
        np.testing.assert_array_equal(multiplied.ids[row, :8], single.ids[0, :8])
        np.testing.assert_allclose(multiplied.logprobs[row, :8], single.logprobs[0, :8], atol=2e-3)


def told_alone(steps: GraphSteps, ids: tuple[int, ...]) -> Scores:
    """What the model says after a text that it reads from the start."""
    return steps.start([ids])


def assert_alike(scores: Scores, place: int, alone: Scores) -> None:
    np.testing.assert_array_equal(scores.ids[place, :6], alone.ids[0, :6])
    np.testing.assert_allclose(scores.logprobs[place, :6], alone.logprobs[0, :6], atol=2e-3)


def test_several_tokens_read_in_a_step_have_the_scores_of_each_in_its_turn(
    exact: GraphSteps, prompts: list[tuple[int, ...]]
) -> None:
    rows = np.array([[500, 600, 700], [800, 900, NOTHING]], dtype=np.int64)
    exact.start(prompts[:2])
    scores = exact.step(np.arange(2, dtype=np.int32), rows)
    assert len(scores.ids) == 6
    for row, column in ((0, 0), (0, 1), (0, 2), (1, 0), (1, 1)):
        alone = told_alone(exact, (*prompts[row], *rows[row, : column + 1].tolist()))
        assert_alike(scores, 3 * row + column, alone)


def test_what_was_guessed_wrongly_is_forgotten(exact: GraphSteps, prompts: list[tuple[int, ...]]) -> None:
    exact.start(prompts[:2])
    exact.step(np.arange(2, dtype=np.int32), np.array([[500, 600, 700], [800, 900, NOTHING]], dtype=np.int64))
    # The first row goes on after its first token, twice; the second after both of its own.
    exact.step(np.array([4, 0, 0], dtype=np.int32), np.array([[510, 520], [530, 540], [550, NOTHING]], dtype=np.int64))
    scores = exact.step(np.array([1, 2, 4], dtype=np.int32), np.array([[560], [570], [580]], dtype=np.int64))
    wanted = [
        (*prompts[1], 800, 900, 510, 520, 560),
        (*prompts[0], 500, 530, 570),
        (*prompts[0], 500, 550, 580),
    ]
    for place, ids in enumerate(wanted):
        assert_alike(scores, place, told_alone(exact, ids))


def test_a_sample_is_the_same_with_guesses_and_without(exact: GraphSteps, tokenizer: Tokenizer) -> None:
    passage = "Le maire de Lyon a annoncé mardi la fermeture du pont pendant deux semaines."
    prompt = (BOS, *tokenizer.encode(f"{passage} Le pont de Lyon est fermé. {passage} Le maire de Lyon a"))
    written, steps = {}, {}
    for guessed in (0, 12):
        search = Search(frozenset({EOS}), beams=3, candidates=3, temperature=0.4, guessed=guessed)
        counted = Counted(exact)
        [outputs] = decode(counted, [Task(prompt, max_tokens=24, min_tokens=24)], search)
        written[guessed], steps[guessed] = [output.ids for output in outputs], counted.steps
    assert written[12] == written[0]
    assert steps[12] < 0.7 * steps[0]


class Counted:
    """A model whose steps are counted."""

    def __init__(self, model: GraphSteps) -> None:
        self._model, self.steps = model, 0

    def start(self, prompts: Sequence[Sequence[int]]) -> Scores:
        return self._model.start(prompts)

    def step(self, parents: NDArray[np.int32], tokens: Ids) -> Scores:
        self.steps += 1
        return self._model.step(parents, tokens)


def test_the_best_scores_are_those_of_the_whole_vocabulary(exact: GraphSteps, prompts: list[tuple[int, ...]]) -> None:
    scores = exact.start(prompts[:2])
    for row in range(2):
        whole = scores.full(row)
        assert np.exp(whole.astype(np.float64)).sum() == pytest.approx(1, abs=1e-3)
        np.testing.assert_allclose(scores.logprobs[row], np.sort(whole)[::-1][: scores.ids.shape[1]], atol=1e-3)
        assert whole[scores.ids[row, 0]] == whole.max()


def test_scores_are_ordered_in_the_default_precision(engines: Engines, base_prepared: Prepared) -> None:
    path = base_prepared.folder / base_prepared.model("summary").details["graph"]
    scores = GraphSteps(compile_graph(path, Runtime())).start([(BOS, 500, 600)])
    assert (np.diff(scores.logprobs[0]) <= 0).all()
    assert scores.logprobs[0, 0] <= 0


def test_sentences_are_translated_in_order(engines: Engines) -> None:
    translated = engines[1].translate(SENTENCES, TranslationOptions(candidates=2))
    best = [candidates[0].text for candidates in translated]
    assert "rain" in best[0].lower()
    assert "12 billion" in best[1]
    assert "Lyon" in best[2]
    for candidates in translated:
        assert [c.score for c in candidates] == sorted((c.score for c in candidates), reverse=True)
        assert all(c.score <= 0 and c.tokens > 0 for c in candidates)


def test_a_forbidden_translation_is_not_given_again(engines: Engines) -> None:
    first = engines[1].translate(SENTENCES[:1], TranslationOptions(candidates=2))[0]
    refused = tuple(candidate.text for candidate in first)
    second = engines[1].translate(SENTENCES[:1], TranslationOptions(candidates=2, forbidden=(refused,)))[0]
    assert not {candidate.text for candidate in second} & set(refused)


def test_briefs_have_the_words_asked_for(engines: Engines, french_sentences: list[str]) -> None:
    article = " ".join(french_sentences[:12])
    [candidates] = engines[0].summarise([article], SummaryOptions(candidates=3, min_words=6, max_words=24))
    assert candidates
    assert all(candidate.text for candidate in candidates)
    assert all(candidate.tokens <= 24 * 2 for candidate in candidates)


def test_an_article_longer_than_the_window_is_read_to_the_window(engines: Engines, french_sentences: list[str]) -> None:
    summariser, options = engines[0], SummaryOptions(candidates=1, min_words=3, max_words=8)
    start = " ".join(french_sentences) * 3
    assert summariser.count_tokens(start) > summariser.window
    assert summariser.summarise([start], options) == summariser.summarise([start + " La suite."], options)


def test_no_text_at_all_is_answered(engines: Engines) -> None:
    assert engines[0].summarise([], SummaryOptions()) == []
    assert engines[1].translate([], TranslationOptions()) == []
    assert len(engines[1].translate([""], TranslationOptions(candidates=1))) == 1


def test_the_plugin_fuses_what_makes_it_fast(base_prepared: Prepared) -> None:
    path = base_prepared.folder / base_prepared.model("summary").details["graph"]
    nodes = compile_graph(path, Runtime()).get_runtime_model().get_ops()
    kinds = Counter(node.get_rt_info()["layerType"].astype(str) for node in nodes)
    layers = base_prepared.model("summary").details["shape"]["layers"]
    assert kinds["ScaledDotProductAttention"] == layers
    assert kinds["MemoryInput"] == kinds["MemoryOutput"] == 2 * layers
    assert kinds["RoPE"] == 2 * layers
    assert kinds["RMS"] == 6 * layers + 1
    assert kinds["FullyConnected"] == 4 * layers + 1
    assert kinds["MatMul"] == kinds["Softmax"] == 0


def test_a_damaged_graph_is_named(base_prepared: Prepared, tmp_path: Path) -> None:
    (tmp_path / "graph.xml").write_text("<net>")
    with pytest.raises(ModelUnavailable, match=r"graph\.xml"):
        compile_graph(tmp_path / "graph.xml", Runtime())


def test_serving_imports_neither_torch_nor_transformers(base_home: Path) -> None:
    program = f"""
import json, sys
from pathlib import Path
from models.contracts import TranslationOptions
from models.engines.openvino import Runtime, open_engines
from models.preparation.store import load
summariser, translator = open_engines(load(Path({str(base_home)!r}), "embedded"), Runtime())
text = translator.translate(["La pluie a cessé."], TranslationOptions(candidates=1))[0][0].text
print(json.dumps({{"text": text, "heavy": sorted({{"torch", "transformers", "gguf"}} & set(sys.modules))}}))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=120)
    said = json.loads(done.stdout)
    assert said["heavy"] == []
    assert "rain" in said["text"].lower()
