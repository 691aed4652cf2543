from __future__ import annotations

import threading
from collections.abc import Sequence

import pytest
from cache_fakes import TURNS, HandClock, Recorder
from hypothesis import given
from hypothesis import strategies as st
from test_cache_flight import in_thread

from models.contracts import Candidate, Draft, Reader, Summariser, SummaryOptions, TranslationOptions, Translator
from models.errors import ModelFailed
from service.cache.flight import SingleFlight
from service.cache.memory import MemoryCache
from service.cache.models import CachedReader, CachedSummariser, CachedTranslator
from service.errors import Cancelled, NotCached
from service.pipeline.brief import CacheUse, RunNotes
from service.queue.ticket import Ticket

OPTIONS = SummaryOptions()


class House:
    """A cache and a flight that requests share."""

    def __init__(self) -> None:
        self.cache = MemoryCache()
        self.flight = SingleFlight()
        self.notes = RunNotes()

    def summariser(self, engine: Summariser, use: CacheUse = "use", ticket: Ticket | None = None) -> CachedSummariser:
        return CachedSummariser(engine, self.cache, self.flight, self.notes, use, ticket or Ticket())

    def reader(self, engine: Reader, use: CacheUse = "use") -> CachedReader:
        return CachedReader(engine, self.cache, self.flight, self.notes, use, Ticket())

    def translator(self, engine: Translator, use: CacheUse = "use") -> CachedTranslator:
        return CachedTranslator(engine, self.cache, self.flight, self.notes, use, Ticket())


def briefs(outputs: list[list[Candidate]]) -> list[str]:
    return [candidates[0].text for candidates in outputs]


def test_all_satisfy_the_protocols_and_pass_the_engine_through() -> None:
    house, engine = House(), Recorder()
    summariser, translator = house.summariser(engine), house.translator(engine)
    reader = house.reader(engine)
    assert isinstance(reader, Reader)
    assert (reader.identity, reader.window, reader.count_tokens("a b")) == (engine.identity, 1000, 2)
    assert isinstance(summariser, Summariser)
    assert isinstance(translator, Translator)
    assert (summariser.identity, summariser.window) == (engine.identity, 1000)
    assert (translator.identity, translator.targets) == (engine.identity, ("en", "de"))
    assert (summariser.count_tokens("a b"), translator.count_tokens("a b c")) == (2, 3)


def test_the_engine_is_asked_only_for_what_the_cache_lacks_and_order_is_kept() -> None:
    house, engine = House(), Recorder()
    house.summariser(engine).summarise(["b"], OPTIONS)
    house.notes = RunNotes()
    outputs = house.summariser(engine).summarise(["a", "b", "c", "a"], OPTIONS)
    assert briefs(outputs) == ["bref : a", "bref : b", "bref : c", "bref : a"]
    assert engine.calls == [("b",), ("a", "c")]
    assert (house.notes.cache_hits, house.notes.cache_misses) == (["summarise"], ["summarise"] * 3)


def test_an_article_is_read_once() -> None:
    house, engine = House(), Recorder()
    first = house.reader(engine).read(["a\nbcd"])
    reader = house.reader(engine)
    assert reader.read(["a\nbcd", "e"]) == [*first, [Candidate("", 1 / 3)]]
    assert engine.calls == [("a\nbcd",), ("e",)]
    assert house.cache.stats().entries_by_step == {"read": 2}
    assert len(reader.used) == 2


def test_cached_candidates_equal_the_computed_ones_exactly() -> None:
    house, engine = House(), Recorder()
    first = house.summariser(engine).summarise(["a"], OPTIONS)
    assert house.summariser(engine).summarise(["a"], OPTIONS) == first == engine.summarise(["a"], OPTIONS)


def test_other_options_are_other_entries() -> None:
    house, engine = House(), Recorder()
    house.summariser(engine).summarise(["a"], OPTIONS)
    house.summariser(engine).summarise(["a"], SummaryOptions(max_words=20))
    house.translator(engine).translate(["a"], TranslationOptions("en"))
    house.translator(engine).translate(["a"], TranslationOptions("de"))
    assert len(engine.calls) == 4
    assert house.cache.stats().entries_by_step == {"summarise": 2, "translate": 2}


def test_a_sentence_keeps_its_own_forbidden_texts_when_others_come_from_the_cache() -> None:
    house, engine = House(), Recorder()
    house.translator(engine).translate(["a", "b"], TranslationOptions("en"))
    again = TranslationOptions("en", forbidden=((), ("x", "y"), ("z",)))
    assert briefs(house.translator(engine).translate(["a", "b", "c"], again)) == ["en: a", "en: b", "en: c"]
    assert engine.calls[1:] == [("b", "c")]
    assert engine.forbidden == [(), (("x", "y"), ("z",))]
    house.translator(engine).translate(["b"], TranslationOptions("en", forbidden=(("y", "x"),)))
    assert len(engine.calls) == 2


def test_a_sentence_has_another_entry_with_other_terms_and_keeps_its_own() -> None:
    house, engine = House(), Recorder()
    house.translator(engine).translate(["a", "b"], TranslationOptions("en"))
    told = (("b", "bee"),)
    house.translator(engine).translate(["a", "b"], TranslationOptions("en", terms=((), told)))
    assert engine.calls == [("a", "b"), ("b",)]
    assert engine.terms == [(), (told,)]
    house.translator(engine).translate(["b", "a"], TranslationOptions("en", terms=(told, ())))
    assert len(engine.calls) == 2


def test_a_draft_is_a_sentences_own_and_its_turns_come_back_as_they_were() -> None:
    house, engine = House(), Recorder()
    first = house.translator(engine).translate(["a", "b"], TranslationOptions("en"))
    again = house.translator(engine).translate(["a", "b"], TranslationOptions("en"))
    assert again == first
    assert again[0][0].turns == TURNS
    drafts = (None, Draft("en: b", TURNS[0]))
    house.translator(engine).translate(["a", "b"], TranslationOptions("en", drafts=drafts))
    assert engine.calls == [("a", "b"), ("b",)]
    assert engine.drafts == [(), (drafts[1],)]
    house.translator(engine).translate(["b"], TranslationOptions("en", drafts=drafts[1:]))
    assert len(engine.calls) == 2


def test_bypass_computes_anew_and_stores_nothing() -> None:
    house, engine = House(), Recorder()
    house.summariser(engine).summarise(["a"], OPTIONS)
    bypassing = house.summariser(engine, "bypass")
    assert briefs(bypassing.summarise(["a", "b", "a"], OPTIONS)) == ["bref : a", "bref : b", "bref : a"]
    assert engine.calls == [("a",), ("a", "b")]
    assert bypassing.used == ()
    assert house.cache.stats().entries == 1
    with pytest.raises(NotCached):
        house.summariser(engine, "only").summarise(["b"], OPTIONS)


def test_only_raises_on_a_miss_and_computes_nothing() -> None:
    house, engine = House(), Recorder()
    house.summariser(engine).summarise(["a"], OPTIONS)
    with pytest.raises(NotCached):
        house.summariser(engine, "only").summarise(["a", "b"], OPTIONS)
    assert engine.calls == [("a",)]


def test_what_failed_is_not_stored() -> None:
    def fail(texts: Sequence[str]) -> None:
        raise ModelFailed("panne")

    house = House()
    with pytest.raises(ModelFailed):
        house.summariser(Recorder(fail)).summarise(["a"], OPTIONS)
    assert house.cache.stats().entries == 0
    assert len(house.flight) == 0
    engine = Recorder()
    assert briefs(house.summariser(engine).summarise(["a"], OPTIONS)) == ["bref : a"]


def test_an_engine_that_gives_too_few_outputs_is_an_error() -> None:
    class Short(Recorder):
        def summarise(self, texts: Sequence[str], options: SummaryOptions) -> list[list[Candidate]]:
            return super().summarise(texts[1:], options)

    house = House()
    with pytest.raises(ModelFailed, match="1 outputs for 2 inputs"):
        house.summariser(Short()).summarise(["a", "b"], OPTIONS)
    assert house.cache.stats().entries == 0


def test_an_entry_of_another_shape_counts_as_absent() -> None:
    house, engine = House(), Recorder()
    house.summariser(engine).summarise(["a"], OPTIONS)
    (digest,) = house.summariser(engine).used or [next(iter(house.cache._entries))]
    entry = house.cache._entries[digest]
    house.cache._entries[digest] = type(entry)(entry.step, entry.models, entry.created, b'{"autre": 1}')
    assert briefs(house.summariser(engine).summarise(["a"], OPTIONS)) == ["bref : a"]
    assert len(engine.calls) == 2


def test_the_used_entries_are_named_so_that_they_can_be_deleted() -> None:
    house, engine = House(), Recorder()
    summariser = house.summariser(engine)
    summariser.summarise(["a", "b"], OPTIONS)
    assert len(summariser.used) == 2
    assert all(house.cache.delete(digest) for digest in summariser.used)
    assert house.cache.stats().entries == 0


def test_equal_items_in_flight_are_computed_once() -> None:
    house, started, go = House(), threading.Event(), threading.Event()

    def hold(texts: Sequence[str]) -> None:
        started.set()
        assert go.wait(10)

    engine, second = Recorder(hold), Recorder()
    first = in_thread(lambda: house.summariser(engine).summarise(["a", "b"], OPTIONS))
    assert started.wait(10)
    follower = in_thread(lambda: house.summariser(second).summarise(["b", "c"], OPTIONS))
    while not second.calls:
        started.wait(0.001)
    go.set()
    assert briefs(first()) == ["bref : a", "bref : b"]  # type: ignore[arg-type]
    assert briefs(follower()) == ["bref : b", "bref : c"]  # type: ignore[arg-type]
    assert (engine.calls, second.calls) == ([("a", "b")], [("c",)])


@pytest.mark.parametrize("error", [ModelFailed("panne"), Cancelled("parti")])
def test_a_leader_that_fails_does_not_take_its_followers_along(error: Exception) -> None:
    house, started, go = House(), threading.Event(), threading.Event()

    def hold_and_fail(texts: Sequence[str]) -> None:
        started.set()
        assert go.wait(10)
        raise error

    leader = in_thread(lambda: house.summariser(Recorder(hold_and_fail)).summarise(["a"], OPTIONS))
    assert started.wait(10)
    engine = Recorder()
    followers = [in_thread(lambda: house.summariser(engine).summarise(["a"], OPTIONS)) for _ in range(3)]
    go.set()
    assert leader() is error
    assert [briefs(end()) for end in followers] == [["bref : a"]] * 3  # type: ignore[arg-type]
    assert engine.calls == [("a",)]


def test_a_follower_waits_no_longer_than_its_ticket() -> None:
    house, started, go = House(), threading.Event(), threading.Event()

    def hold(texts: Sequence[str]) -> None:
        started.set()
        assert go.wait(10)

    leader = in_thread(lambda: house.summariser(Recorder(hold)).summarise(["a"], OPTIONS))
    assert started.wait(10)
    ticket = Ticket()
    follower = in_thread(lambda: house.summariser(Recorder(), ticket=ticket).summarise(["a"], OPTIONS))
    ticket.cancel()
    assert isinstance(follower(), Cancelled)
    go.set()
    assert briefs(leader()) == ["bref : a"]  # type: ignore[arg-type]


def test_a_ticket_that_ran_out_computes_nothing() -> None:
    house, engine, clock = House(), Recorder(), HandClock()
    ticket = Ticket.lasting(5, clock)
    ticket.cancel()
    with pytest.raises(Cancelled):
        house.summariser(engine, ticket=ticket).summarise(["a"], OPTIONS)
    assert engine.calls == []


@given(st.lists(st.lists(st.sampled_from("abcde"), max_size=5), min_size=2, max_size=5))
def test_any_overlap_of_requests_ends_with_everyone_answered(requests: list[list[str]]) -> None:
    house = House()
    engines = [Recorder() for _ in requests]
    ends = [
        in_thread(lambda engine=engine, texts=texts: house.summariser(engine).summarise(texts, OPTIONS))  # type: ignore[misc]
        for engine, texts in zip(engines, requests, strict=True)
    ]
    for end, texts in zip(ends, requests, strict=True):
        assert briefs(end()) == [f"bref : {text}" for text in texts]  # type: ignore[arg-type]
    computed = [text for engine in engines for call in engine.calls for text in call]
    assert sorted(computed) == sorted(set().union(*requests))
    assert len(house.flight) == 0
