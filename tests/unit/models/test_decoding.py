"""Greedy and beam search over a small model whose every output can be enumerated."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from models.engines.beams import repeated
from models.engines.decoding import decode
from models.engines.sampling import Guesses
from models.engines.search import NOTHING, Ids, Scores, Search, Task, Written

VOCABULARY = 5
END = 0
ENDS = frozenset({END})


class TableModel:
    """Log-probabilities drawn once for each prefix of tokens; counts the rows of each step, and the steps."""

    def __init__(self, seed: int = 0, best: int = VOCABULARY, vocabulary: int = VOCABULARY) -> None:
        self._seed, self._best, self._vocabulary = seed, best, vocabulary
        self._places: list[tuple[int, ...]] = []
        self.sizes: list[int] = []

    def logprobs(self, prefix: Sequence[int]) -> NDArray[np.float32]:
        draw = np.random.default_rng([self._seed, len(prefix), *prefix]).normal(size=self._vocabulary) * 2
        logs: NDArray[np.float32] = (draw - np.log(np.exp(draw).sum())).astype(np.float32)
        return logs

    def start(self, prompts: Sequence[Sequence[int]]) -> Scores:
        self._places = [tuple(prompt) for prompt in prompts]
        return self._scores(len(prompts))

    def step(self, parents: NDArray[np.int32], tokens: Ids) -> Scores:
        read = [(*self._places[parent], *row) for parent, row in zip(parents.tolist(), tokens.tolist(), strict=True)]
        last = range(tokens.shape[1] - 1, -1, -1)
        # After a row's own tokens there is nothing to be told; whoever looks there gets the likelihoods of no text.
        self._places = [row[: len(row) - behind] for row in read for behind in last]
        return self._scores(len(read))

    def _scores(self, rows: int) -> Scores:
        self.sizes.append(rows)
        table = np.stack([self.logprobs([token % 1000 for token in place]) for place in self._places])
        ids = np.argsort(-table, axis=1, kind="stable")[:, : self._best]
        return Scores(ids, np.take_along_axis(table, ids, axis=1), lambda place: table[place])


def total(model: TableModel, prompt: Sequence[int], ids: Sequence[int], end: bool = True) -> float:
    wanted = [*ids, END] if end else list(ids)
    return sum(float(model.logprobs([*prompt, *wanted[:at]])[token]) for at, token in enumerate(wanted))


def every_output(longest: int) -> list[tuple[int, ...]]:
    words = range(1, VOCABULARY)
    return [ids for length in range(longest + 1) for ids in itertools.product(words, repeat=length)]


@given(seed=st.integers(0, 10_000), penalty=st.sampled_from([0.0, 0.6, 1.0, 1.4]))
@settings(max_examples=40, deadline=None)
def test_a_beam_as_wide_as_the_tree_finds_the_best_outputs(seed: int, penalty: float) -> None:
    model, prompt, longest = TableModel(seed), (7, 8), 3
    scored = {ids: total(model, prompt, ids) / (len(ids) + 1) ** penalty for ids in every_output(longest)}
    wide = Search(ENDS, beams=100, candidates=5, length_penalty=penalty, patient=True)
    [found] = decode(model, [Task(prompt, max_tokens=longest)], wide)
    best = sorted(scored, key=lambda ids: -scored[ids])[:5]
    assert [output.ids for output in found] == best
    assert [output.rank(penalty) for output in found] == pytest.approx([scored[ids] for ids in best], abs=1e-5)


@given(seed=st.integers(0, 10_000))
@settings(max_examples=40, deadline=None)
def test_patient_search_finds_nothing_worse_than_impatient(seed: int) -> None:
    def best(patient: bool) -> float:
        search = Search(ENDS, beams=3, candidates=1, patient=patient)
        [outputs] = decode(TableModel(seed), [Task((4,), max_tokens=8)], search)
        return outputs[0].rank(1.0) if outputs[0].complete else -math.inf

    assert best(patient=True) >= best(patient=False)


def test_one_beam_follows_the_likeliest_token() -> None:
    model, prompt = TableModel(3), [9]
    expected: list[int] = []
    while len(expected) < 6:
        token = int(model.logprobs([*prompt, *expected]).argmax())
        if token == END:
            break
        expected.append(token)
    [[written]] = decode(model, [Task(tuple(prompt), max_tokens=6)], Search(ENDS))
    assert written.ids == tuple(expected)
    assert written.logprob == pytest.approx(total(model, prompt, expected, end=written.complete), abs=1e-5)


@given(seed=st.integers(0, 10_000), beams=st.integers(1, 4))
@settings(max_examples=30, deadline=None)
def test_tasks_decoded_together_give_what_each_gives_alone(seed: int, beams: int) -> None:
    tasks = [Task((1,), 6), Task((2, 3), 3, min_tokens=2), Task((4, 4, 4), 8), Task((2,), 1)]
    search = Search(ENDS, beams=beams, candidates=beams)
    together = decode(TableModel(seed), tasks, search)
    alone = [decode(TableModel(seed), [task], search)[0] for task in tasks]
    assert together == alone


def test_the_same_task_twice_gives_the_same_outputs() -> None:
    task, search = Task((1, 2), 8), Search(ENDS, beams=4, candidates=4)
    first, second = decode(TableModel(5), [task, task], search)
    assert first == second == decode(TableModel(5), [task], search)[0]


def test_a_finished_task_leaves_the_batch() -> None:
    model = TableModel(11)
    decode(model, [Task((1,), 12, min_tokens=10), Task((2,), 1)], Search(ENDS))
    assert model.sizes[0] == 2
    assert set(model.sizes[2:]) == {1}


def test_no_step_is_taken_for_a_token_beyond_the_limit() -> None:
    model = TableModel(0)
    decode(model, [Task((1,), max_tokens=4, min_tokens=9)], Search(ENDS, beams=2))
    assert len(model.sizes) == 5  # the prompt, and the four tokens that the limit allows


def test_output_without_an_end_is_incomplete() -> None:
    [[written]] = decode(TableModel(0), [Task((1,), max_tokens=4, min_tokens=9)], Search(ENDS))
    assert not written.complete
    assert len(written.ids) == 4


def test_complete_outputs_come_before_incomplete_ones() -> None:
    outputs = decode(TableModel(2), [Task((1,), 5)], Search(ENDS, beams=4, candidates=4))[0]
    assert all(output.complete for output in outputs)


def test_no_output_is_shorter_than_the_least_length() -> None:
    search = Search(ENDS, beams=4, candidates=4)
    for seed in range(20):
        [outputs] = decode(TableModel(seed), [Task((1,), 9, min_tokens=5)], search)
        assert min(len(output.ids) for output in outputs) >= 5


def test_an_end_that_is_not_accepted_is_passed_over() -> None:
    search = Search(ENDS, beams=3, candidates=3)
    [free] = decode(TableModel(8), [Task((1,), 6)], search)
    refused = free[0].ids
    [kept] = decode(TableModel(8), [Task((1,), 6, accept=lambda ids: ids != refused)], search)
    assert refused not in [output.ids for output in kept]
    assert kept


def test_allowed_tokens_alone_are_written_even_when_unlikely() -> None:
    # The model offers its two likeliest tokens only: the rest must come from the whole vocabulary.
    model = TableModel(4, best=2)
    task = Task((1,), 5, allowed=lambda prefix, ids: np.isin(ids, [END, 3]))
    [outputs] = decode(model, [task], Search(ENDS, beams=2, candidates=2))
    assert {token for output in outputs for token in output.ids} <= {3}


def test_the_constraint_sees_the_prefix() -> None:
    seen: list[tuple[int, ...]] = []

    def alternate(prefix: tuple[int, ...], ids: Ids) -> NDArray[np.bool_]:
        seen.append(prefix)
        other: NDArray[np.bool_] = ids != (prefix[-1] if prefix else -1)
        return other

    [[written]] = decode(TableModel(6), [Task((1,), 6, min_tokens=6, allowed=alternate)], Search(ENDS))
    assert all(left != right for left, right in itertools.pairwise(written.ids))
    assert written.ids in [(*prefix, written.ids[-1]) for prefix in seen]


def test_a_task_that_may_write_nothing_still_gives_an_output() -> None:
    nothing = Task((1,), 5, allowed=lambda prefix, ids: np.zeros(len(ids), dtype=bool))
    [[written]] = decode(TableModel(1), [nothing], Search(ENDS, beams=2))
    assert written == Written((), 0.0, complete=False)


def test_no_run_of_tokens_is_written_twice() -> None:
    for seed in range(10):
        [outputs] = decode(TableModel(seed), [Task((1,), 14, min_tokens=14)], Search(ENDS, beams=2, no_repeat=2))
        pairs = list(itertools.pairwise(outputs[0].ids))
        assert len(pairs) == len(set(pairs))


def test_repeatable_tokens_may_complete_a_run_again() -> None:
    ids = (1, 2, 3, 1, 2)
    assert repeated(ids, 3, frozenset()) == [3]
    assert repeated(ids, 3, frozenset({3})) == []
    assert repeated(ids, 0, frozenset()) == []
    assert repeated((1, 2), 3, frozenset()) == []


def test_the_same_text_with_two_end_marks_is_one_output() -> None:
    search = Search(frozenset({0, 1}), beams=4, candidates=4)
    for seed in range(10):
        [outputs] = decode(TableModel(seed), [Task((3,), 5)], search)
        ids = [output.ids for output in outputs]
        assert len(ids) == len(set(ids))
        assert not {0, 1} & {token for output in ids for token in output}


def test_the_mean_counts_the_end_mark() -> None:
    assert Written((5, 6, 7), -2.0, complete=True).mean == -0.5
    assert Written((5, 6), -1.0, complete=False).mean == -0.5
    assert Written((), -3.0, complete=True).mean == -3.0


def test_no_tasks_give_no_outputs() -> None:
    assert decode(TableModel(), [], Search(ENDS)) == []


SAMPLED = Search(ENDS, beams=40, candidates=40, temperature=1.0, likeliest=VOCABULARY)


def test_samples_follow_the_models_law() -> None:
    model, prompt = TableModel(3), (4,)
    drawn = [ids for seed in range(60) for ids in first_tokens(model, (*prompt, seed))]
    shares = np.bincount([token for token, _ in drawn], minlength=VOCABULARY) / len(drawn)
    wanted = np.mean([weight for _, weight in drawn], axis=0)
    assert np.abs(shares - wanted).max() < 0.05


def first_tokens(model: TableModel, prompt: tuple[int, ...]) -> list[tuple[int, NDArray[np.float64]]]:
    """The first token of every sample, and the law that it was drawn from."""
    seen: list[int] = []
    real = model.step

    def step(parents: NDArray[np.int32], tokens: Ids) -> Scores:
        if not seen:
            seen.extend(tokens[:, 0].tolist())
        return real(parents, tokens)

    model.step = step  # type: ignore[method-assign]
    decode(model, [Task(prompt, max_tokens=1)], SAMPLED)
    model.step = real  # type: ignore[method-assign]
    ended = SAMPLED.beams - len(seen)
    law = np.exp(model.logprobs(prompt).astype(np.float64))
    return [(token, law) for token in [*seen, *[END] * ended]]


def test_the_same_prompt_gives_the_same_samples_whatever_is_beside_it() -> None:
    search = Search(ENDS, beams=3, candidates=3, temperature=0.8, likeliest=3)
    tasks = [Task((4, number), max_tokens=6) for number in range(3)]
    alone = [decode(TableModel(1), [task], search)[0] for task in tasks]
    assert decode(TableModel(1), tasks, search) == alone
    assert len({output.ids for outputs in alone for output in outputs}) > 3


def test_samples_carry_the_models_own_log_probability_and_come_best_first() -> None:
    model, task = TableModel(2), Task((9,), max_tokens=8, min_tokens=1)
    (outputs,) = decode(model, [task], Search(ENDS, beams=12, candidates=12, temperature=0.5, likeliest=4))
    for output in outputs:
        assert output.logprob == pytest.approx(total(model, (9,), output.ids, output.complete), abs=1e-5)
    assert [output.mean for output in outputs] == sorted((output.mean for output in outputs), reverse=True)


def test_a_sample_ends_only_where_its_task_accepts_it() -> None:
    task = Task((6,), max_tokens=9, accept=lambda ids: len(ids) % 2 == 0)
    (outputs,) = decode(TableModel(5), [task], Search(ENDS, beams=20, candidates=20, temperature=1.0))
    assert any(output.complete for output in outputs)
    assert all(len(output.ids) % 2 == 0 for output in outputs if output.complete)


@given(seed=st.integers(0, 10_000), guessed=st.integers(1, 40), longest=st.integers(1, 12))
@settings(max_examples=60, deadline=None)
def test_guesses_change_nothing_but_the_number_of_steps(seed: int, guessed: int, longest: int) -> None:
    prompt = tuple(np.random.default_rng(seed).integers(0, VOCABULARY, 30).tolist())
    tasks = [Task(prompt, longest, min_tokens=2), Task(prompt[::-1], longest + 3)]
    outputs, steps = {}, {}
    for count in (0, guessed):
        model = TableModel(seed)
        search = Search(ENDS, beams=3, candidates=3, temperature=0.8, likeliest=4, guessed=count)
        outputs[count] = decode(model, tasks, search)
        steps[count] = len(model.sizes)
    assert outputs[guessed] == outputs[0]
    assert steps[guessed] <= steps[0]


def test_a_sample_that_falls_hopelessly_behind_is_given_up() -> None:
    def written(least: float | None) -> tuple[list[Written], int]:
        model = TableModel(7)
        search = Search(ENDS, beams=8, candidates=8, temperature=1.5, likeliest=5, least_mean=least)
        [outputs] = decode(model, [Task((3,), max_tokens=40, min_tokens=30)], search)
        return outputs, sum(model.sizes)

    (free, all_rows), (held, fewer_rows) = written(None), written(-0.1)
    assert fewer_rows < 0.5 * all_rows
    assert any(output.complete for output in free)
    # Something is told of it all the same: how far it came, and how unlikely it is.
    assert held
    assert all(not output.complete and output.mean < -0.1 for output in held)
    assert written(-1000.0) == (free, all_rows)


class Copier(TableModel):
    """Goes on as its prompt does after the last token, and then ends."""

    def logprobs(self, prefix: Sequence[int]) -> NDArray[np.float32]:
        logs = np.full(self._vocabulary, -20.0, dtype=np.float32)
        logs[prefix[-1] + 1 if 0 < prefix[-1] < self._vocabulary - 1 else END] = 0.0
        return logs


def test_what_repeats_the_prompt_takes_few_steps() -> None:
    model = Copier(vocabulary=30)
    prompt = (*range(1, 30), 2)
    search = Search(ENDS, beams=1, candidates=1, temperature=0.5, likeliest=3, guessed=4)
    [[written]] = decode(model, [Task(prompt, max_tokens=40)], search)
    assert written.ids == tuple(range(3, 30))
    assert len(model.sizes) == 1 + 6  # the prompt; 27 tokens, five a step
    assert written.logprob == pytest.approx(0.0, abs=1e-4)


def test_no_more_is_guessed_than_the_limit_leaves_room_for() -> None:
    columns: list[int] = []
    model = Copier(vocabulary=30)
    real = model.step

    def step(parents: NDArray[np.int32], tokens: Ids) -> Scores:
        columns.append(tokens.shape[1])
        return real(parents, tokens)

    model.step = step  # type: ignore[method-assign]
    search = Search(ENDS, beams=1, candidates=1, temperature=0.5, likeliest=3, guessed=4)
    [[written]] = decode(model, [Task((*range(1, 30), 2), max_tokens=7)], search)
    assert written == Written((3, 4, 5, 6, 7, 8, 9), written.logprob, complete=False)
    assert columns == [5, 2]


def test_a_guess_goes_on_from_the_longest_run_that_was_read() -> None:
    guesses = Guesses((5, 6, 7, 8, 1, 7, 9, 6, 7, 3))
    assert guesses.after((6, 7), 2) == (8, 1)
    assert guesses.after((9, 6, 7), 2) == (3,)
    assert guesses.after((2, 7), 3) == (8, 1, 7)
    assert guesses.after((2, 3), 3) == ()
    assert guesses.after((2,), 3) == ()
    assert guesses.after((6, 7), 0) == ()


def test_a_row_that_is_guessed_less_is_filled_up() -> None:
    seen: list[list[list[int]]] = []
    model = Copier(vocabulary=30)
    real = model.step

    def step(parents: NDArray[np.int32], tokens: Ids) -> Scores:
        seen.append(tokens.tolist())
        return real(parents, tokens)

    model.step = step  # type: ignore[method-assign]
    search = Search(ENDS, beams=1, candidates=1, temperature=0.5, likeliest=3, guessed=4)
    decode(model, [Task((1, 2, 3, 4, 1), max_tokens=9), Task((7, 8), max_tokens=9)], search)
    assert seen[0] == [[2, 3, 4], [9, NOTHING, NOTHING]]
