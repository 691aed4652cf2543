"""The product as it is shipped, on the seeds: facts kept, numbers and names preserved, score floors, traps."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from models.contracts import Draft, TranslationOptions
from models.engines.openvino import Runtime, open_translator
from models.preparation.embedded import load_embedded
from service.evaluation.scores import rouge, unknown_names, unknown_numbers
from service.pipeline.article import read_article
from service.pipeline.brief import Brief, Briefing, BriefRequest, RunNotes
from service.pipeline.comparison import compare
from service.pipeline.extracts import Part
from service.pipeline.french_facts import extract_facts
from service.pipeline.lengths import LENGTHS
from service.pipeline.salience import Stems
from service.pipeline.style import faults
from service.pipeline.support import SupportChecker
from service.product import Product
from service.queue.ticket import Ticket
from service.seeds import Seed, load_seeds
from service.settings import Settings
from service.wiring import build, prepare

SEEDS = load_seeds(Path(__file__).parents[2] / "seeds")
#: Mean ROUGE-1 (per cent) of the medium briefs against ours, a little below what was measured when they were set:
#: a change that makes briefs worse is seen, a better model may raise them.
FRENCH_FLOOR, ENGLISH_FLOOR = 34.0, 24.0
#: Of the facts that the seeds say a brief must keep (five an article), this share is in it word for word.
FACTS_FLOOR = 0.2

#: French sentences, and a word that their English needs.
RARE_WORDS = {
    "Les otages ont été libérés dimanche.": "hostages",
    "Le cercueil a été porté par six soldats.": "coffin",
    "La sécheresse menace les récoltes de colza.": "rapeseed",
    "Un sanglier a traversé la route.": "boar",
    "Le suspect est en garde à vue depuis lundi.": "custody",
    "Les sauveteurs fouillent les décombres.": "rubble",
}

BILLIONAIRE = "Le milliardaire a racheté le club à ses anciens propriétaires."

pytestmark = pytest.mark.timeout(900)


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    settings = Settings(cache_path=tmp_path_factory.mktemp("cache") / "cache.sqlite")
    prepare(settings, lambda step, share: None)
    built = build(settings, lambda phase: None)
    yield built
    built.close()


@pytest.fixture(scope="module")
def briefings(product: Product) -> dict[str, Briefing]:
    return {seed.id: product.briefer.run(BriefRequest(text=seed.text), Ticket()) for seed in SEEDS}


def brief_of(briefing: Briefing, language: str) -> Brief:
    return next(brief for brief in briefing.briefs if brief.language == language)


def even(text: str) -> str:
    return " ".join(text.replace("’", "'").split()).lower()


@pytest.mark.parametrize("seed", SEEDS, ids=lambda seed: seed.id)
def test_a_brief_states_nothing_that_its_article_lacks(briefings: dict[str, Briefing], seed: Seed) -> None:
    briefing = briefings[seed.id]
    brief = brief_of(briefing, "fr")
    assert SupportChecker(read_article(seed.text, None, None)).check(brief.text).failures == ()
    assert unknown_numbers(brief.text, briefing.article.text) == []
    assert unknown_names(brief.text, briefing.article.text) == []
    assert all(check.status == "supported" for sentence in brief.sentences for check in sentence.checks)


@pytest.mark.parametrize("seed", SEEDS, ids=lambda seed: seed.id)
def test_every_sentence_has_sources_with_exact_offsets(briefings: dict[str, Briefing], seed: Seed) -> None:
    briefing = briefings[seed.id]
    for brief in briefing.briefs:
        assert [sentence.id for sentence in brief.sentences] == [
            sentence.id for sentence in brief_of(briefing, "fr").sentences
        ]
        for sentence in brief.sentences:
            assert sentence.sources
            for source in sentence.sources:
                assert briefing.article.text[source.start : source.end] == source.quote
                assert 0.0 < source.score <= 1.0


@pytest.mark.parametrize("seed", SEEDS, ids=lambda seed: seed.id)
def test_a_translation_alters_no_number_and_no_name(briefings: dict[str, Briefing], seed: Seed) -> None:
    french, english = (brief_of(briefings[seed.id], language) for language in ("fr", "en"))
    kinds = {"number", "percent", "money", "quantity", "date", "time", "ordinal", "name"}
    for source, translated in zip(french.sentences, english.sentences, strict=True):
        altered = [check for check in compare(source.text, translated.text, "en").failures if check.status == "altered"]
        assert [check for check in altered if check.fact.kind in kinds] == []


@pytest.mark.parametrize("seed", SEEDS, ids=lambda seed: seed.id)
def test_a_brief_is_whole_sentences_of_the_wanted_length(briefings: dict[str, Briefing], seed: Seed) -> None:
    wanted = LENGTHS["medium"]
    assert faults(brief_of(briefings[seed.id], "fr").text, wanted.least, wanted.most) == ()


def says(sentence: str, statement: str) -> bool:
    """Whether a sentence says a statement: its numbers and names, most of its words, and as affirmative."""
    facts = [fact for fact in extract_facts(statement) if fact.kind != "negation"]
    low = even(sentence)
    if any(even(fact.text) not in low for fact in facts):
        return False
    stems = Stems()
    wanted, found = set(stems.piece(statement).stems), set(stems.piece(sentence).stems)
    negated = [any(fact.kind == "negation" for fact in extract_facts(text)) for text in (sentence, statement)]
    return len(wanted & found) >= 0.75 * len(wanted) and negated[0] == negated[1]


@pytest.mark.parametrize("seed", SEEDS, ids=lambda seed: seed.id)
def test_a_brief_falls_into_no_trap(briefings: dict[str, Briefing], seed: Seed) -> None:
    sentences = [sentence.text for sentence in brief_of(briefings[seed.id], "fr").sentences]
    fallen = [trap.statement for trap in seed.traps for text in sentences if says(text, trap.statement)]
    assert fallen == []


def test_the_trap_detector_recognises_a_trap() -> None:
    statement = "La cuisine centrale coûtera 2,4 millions d'euros."
    assert says("Selon le maire, la cuisine centrale coûtera 2,4 millions d’euros.", statement)
    assert not says("La cuisine centrale coûtera 2,1 millions d’euros.", statement)
    assert not says("La cuisine centrale ne coûtera pas 2,4 millions d’euros.", statement)


def test_briefs_come_close_to_ours_and_keep_the_facts(briefings: dict[str, Briefing]) -> None:
    scores: dict[str, list[float]] = {"fr": [], "en": []}
    kept = []
    for seed in SEEDS:
        for language, found in scores.items():
            text = brief_of(briefings[seed.id], language).text
            found.append(rouge(seed.briefs[language], text, paper=False)["rouge1"])
        french = even(brief_of(briefings[seed.id], "fr").text)
        kept += [even(fact) in french for fact in seed.facts]
    assert sum(scores["fr"]) / len(SEEDS) >= FRENCH_FLOOR
    assert sum(scores["en"]) / len(SEEDS) >= ENGLISH_FLOOR
    assert sum(kept) / len(kept) >= FACTS_FLOOR


def test_the_three_lengths_keep_their_word(product: Product) -> None:
    for seed in SEEDS[:5]:
        for length in ("short", "medium", "long"):
            request = BriefRequest(text=seed.text, length=length, languages=("fr",))
            brief = product.briefer.run(request, Ticket()).briefs[0]
            wanted = LENGTHS[length]
            assert wanted.least <= len(brief.text.split()) <= wanted.most, (seed.id, length, brief.text)
            assert len(brief.sentences) <= wanted.sentences


def test_the_same_request_gives_the_same_bytes_and_comes_from_the_cache(product: Product) -> None:
    request = BriefRequest(text=SEEDS[0].text)
    first, second = RunNotes(), RunNotes()
    texts = [product.briefer.run(request, Ticket(), notes).briefs for notes in (first, second)]
    assert texts[0] == texts[1]
    assert second.cache_misses == []
    assert {"read", "summarise", "translate"} <= set(second.cache_hits)
    assert product.health()["reader"] == "ok"


def test_a_long_article_is_weighed_to_its_last_sentence(product: Product) -> None:
    article = read_article("\n\n".join(seed.text for seed in SEEDS), None, None)
    weighed = product.briefer.weigh(article)
    assert sorted(weighed.most_telling()) == list(range(len(article.sentences)))
    assert (Part(len(article.sentences) - 1),) in weighed.extracts.candidates(LENGTHS["medium"])
    briefing = product.briefer.run(BriefRequest(text=article.text, languages=("fr",)), Ticket())
    assert SupportChecker(article).check(briefing.briefs[0].text).holds


def test_an_article_shorter_than_a_brief_comes_back_as_it_is(product: Product) -> None:
    text = "Le musée de Cherbourg rouvrira samedi après deux ans de travaux."
    briefing = product.briefer.run(BriefRequest(text=text, source_language="fr"), Ticket())
    assert brief_of(briefing, "fr").text == text
    assert "article_shorter_than_brief" in [warned.code for warned in briefing.warnings]


def test_translated_lines_stay_lines(product: Product) -> None:
    lines = ["Le conseil a voté le budget mardi.", "", "Il pleut à Brest. Le vent souffle à 80 km/h."]
    found = product.translate_lines(lines, "en")
    assert len(found) == 3
    assert found[1] == ""
    assert "80" in found[2]
    assert re.search(r"budget", found[0], re.IGNORECASE)


def test_words_that_the_model_hardly_met_come_from_the_dictionary(product: Product) -> None:
    found = product.translate_lines(list(RARE_WORDS), "en")
    right = [word in line.lower() for word, line in zip(RARE_WORDS.values(), found, strict=True)]
    assert sum(right) >= len(RARE_WORDS) - 1, found


def test_a_word_that_the_model_would_leave_out_is_put_in(product: Product) -> None:
    # The model, told « milliardaire = billionaire », would rather write "millionaire".
    assert "billionaire" in product.translate_lines([BILLIONAIRE], "en")[0]


def test_a_draft_is_amended_as_it_is_told(product: Product) -> None:
    translator = open_translator(load_embedded(Settings().home), Runtime())
    sentences = [BILLIONAIRE, *RARE_WORDS]
    first = [candidates[0] for candidates in translator.translate(sentences, TranslationOptions("en"))]
    turned = [(text, one) for text, one in zip(sentences, first, strict=True) if one.turns]
    assert turned, "no sentence of these has a turn any more: look for others"
    texts = [text for text, _ in turned]
    drafts = tuple(Draft(one.text, one.turns[0]) for _, one in turned)
    amended = translator.translate(texts, TranslationOptions("en", drafts=drafts))
    for draft, candidates in zip(drafts, amended, strict=True):
        begun = draft.text[: draft.turn.place] + draft.turn.text
        assert candidates
        assert all(re.match(rf"{re.escape(begun)}(?!\w)", one.text) for one in candidates)
        assert draft.text not in [one.text for one in candidates]
        assert all(one.score < 0 for one in candidates)


def test_a_model_that_is_told_a_glossarys_term_writes_it_in_its_place(product: Product) -> None:
    text = "Le bailleur a promis des travaux aux locataires avant la fin du mois."
    request = BriefRequest(text=text, source_language="fr", glossary={"bailleur": "housing trust"})
    briefing = product.briefer.run(request, Ticket())
    assert "the housing trust" in brief_of(briefing, "en").text.lower()
    assert "glossary_unapplied" not in [warned.code for warned in briefing.warnings]


def test_the_reply_is_json_that_the_page_can_read(product: Product, briefings: dict[str, Briefing]) -> None:
    from service.http.rendering import render

    reply = json.loads(render(briefings[SEEDS[0].id]))
    assert [brief["language"] for brief in reply["briefs"]] == ["fr", "en"]
    assert {model["engine"] for model in reply["models"]} == {"numpy", "openvino"}
