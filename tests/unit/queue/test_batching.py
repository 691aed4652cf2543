from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.contracts import Candidate, Draft, SummaryOptions, TranslationOptions, Turn
from service.queue.batching import Item, Job, Options, choose, is_full, merged_options, padded_tokens
from service.queue.ticket import Ticket


def job(lengths: Sequence[int], options: Options | None = None) -> Job:
    texts = [f"t{number}" for number in range(len(lengths))]
    return Job("translate", texts, lengths, options or TranslationOptions("en"), Ticket(), 0.0)


def lengths(items: Sequence[Item]) -> list[int]:
    return [item.tokens for item in items]


def test_padding_counts_against_the_budget() -> None:
    items = job([10, 10, 10, 40]).items()
    assert lengths(choose(items, 40, 99)) == [10, 10, 10]
    assert padded_tokens(items) == 160


def test_the_first_item_always_goes_also_when_it_is_too_long() -> None:
    assert lengths(choose(job([500, 10, 10]).items(), 100, 99)) == [500]


def test_items_of_like_length_go_together_in_the_order_of_the_queue() -> None:
    assert lengths(choose(job([30, 5, 28, 6, 31]).items(), 93, 99)) == [30, 28, 31]


def test_only_equal_options_share_a_call_and_forbidden_texts_do_not_part_them() -> None:
    english, german = job([5, 5]), job([5], TranslationOptions("de"))
    again = job([5, 5], TranslationOptions("en", forbidden=((), ("x",))))
    brief = Job("summarise", ["t"], [5], SummaryOptions(), Ticket(), 0.0)
    queue = [item for one in (english, german, brief, again) for item in one.items()]
    chosen = choose(queue, 1000, 99)
    assert [item.job for item in chosen] == [english, english, again, again]
    assert merged_options(chosen) == TranslationOptions("en", forbidden=((), (), (), ("x",)))
    assert merged_options(english.items()) == TranslationOptions("en")


def test_drafts_are_each_sentences_own() -> None:
    draft = Draft("one two", Turn(4, "three", -1.0, -0.5))
    amended = job([5], TranslationOptions("en", drafts=(draft,)))
    new = job([5, 5], TranslationOptions("en"))
    chosen = choose([*new.items(), *amended.items()], 100, 10)
    assert merged_options(chosen) == TranslationOptions("en", drafts=(None, None, draft))


def test_terms_are_each_sentences_own() -> None:
    told = job([5, 5], TranslationOptions("en", terms=((), (("Pékin", "Beijing"),))))
    chosen = choose([*job([5]).items(), *told.items()], 1000, 99)
    assert len(chosen) == 3
    assert merged_options(chosen) == TranslationOptions("en", terms=((), (), (("Pékin", "Beijing"),)))


def test_a_queue_is_full_at_the_budget_or_the_number() -> None:
    assert not is_full([], 10, 10)
    assert not is_full(job([4, 4]).items(), 9, 3)
    assert is_full(job([4, 4]).items(), 8, 3)
    assert is_full(job([4, 4]).items(), 99, 2)
    mixed = job([4]).items() + job([4], TranslationOptions("de")).items()
    assert not is_full(mixed, 8, 2)


@given(
    st.lists(st.lists(st.integers(0, 60), min_size=1, max_size=8), min_size=1, max_size=6),
    st.integers(1, 200),
    st.integers(1, 10),
)
def test_every_item_goes_once_within_the_budget_and_the_first_first(
    jobs: list[list[int]], budget: int, most: int
) -> None:
    queue = [item for one in jobs for item in job(one).items()]
    gone = []
    while queue:
        batch = choose(queue, budget, most)
        assert queue[0] in batch
        assert len(batch) <= most
        assert len(batch) == 1 or padded_tokens(batch) <= budget
        gone += batch
        queue = [item for item in queue if item not in batch]
    assert len(gone) == sum(map(len, jobs)) == len(set(map(id, gone)))


def test_a_job_ends_when_its_last_item_came_in_whatever_order() -> None:
    one = job([1, 1])
    one.give(1, [Candidate("b", 0)])
    assert not one.over
    one.give(0, [Candidate("a", 0)])
    assert [candidates[0].text for candidates in one.future.result()] == ["a", "b"]


def test_the_first_end_of_a_job_stands() -> None:
    one, other = job([1]), job([1])
    one.give(0, [Candidate("a", 0)])
    assert not one.fail(ValueError("trop tard"))
    assert one.future.result() == [[Candidate("a", 0)]]
    assert other.fail(ValueError("panne"))
    other.give(0, [Candidate("a", 0)])
    with pytest.raises(ValueError, match="panne"):
        other.future.result()
    cancelled = job([1])
    assert cancelled.future.cancel()
    cancelled.give(0, [Candidate("a", 0)])
    assert not cancelled.fail(ValueError("trop tard"))
