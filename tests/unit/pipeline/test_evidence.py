"""Evidence: sentences with their sources, and a translation's facts with their place in the article."""

from __future__ import annotations

from service.pipeline.article import read_article
from service.pipeline.evidence import carried_over, traced
from service.pipeline.facts import Check, Fact
from service.pipeline.support import SupportChecker

TEXT = "Le musée de Caen a fermé mardi. Selon la mairie, 12 visiteurs ont attendu le maire, Paul Ropert, sous la pluie."


def test_each_sentence_has_its_source_and_its_facts_their_place() -> None:
    article = read_article(TEXT, None, None)
    (sentence,) = traced(article, SupportChecker(article), "À Caen, 12 visiteurs ont attendu sous la pluie.", "article")
    assert sentence.id == "s1"
    assert all(article.text[source.start : source.end] == source.quote for source in sentence.sources)
    places = {check.fact.text: check.source for check in sentence.checks}
    assert any("12" in fact and span and "12" in article.text[slice(*span)] for fact, span in places.items())


def test_a_translated_fact_points_into_the_article() -> None:
    article = read_article(TEXT, None, None)
    french = article.sentences[1].text
    (sentence,) = traced(article, SupportChecker(article), french, "article")
    place = french.index("Paul Ropert")
    english = "Visitors waited for Paul Ropert."
    fact = Fact("name", "paul ropert", "Paul Ropert", 20, 31)
    (check,) = carried_over([Check(fact, "supported", (place, place + 11))], sentence, english)
    assert check.source is not None
    assert article.text[slice(*check.source)] == "Paul Ropert"
    assert check.fact == fact


def test_a_fact_without_a_place_keeps_none() -> None:
    article = read_article(TEXT, None, None)
    (sentence,) = traced(article, SupportChecker(article), article.sentences[0].text, "article")
    (check,) = carried_over([Check(Fact("number", "3", "3", 0, 1), "altered", None)], sentence, "3 visitors")
    assert check.source is None


def test_a_fact_that_the_translation_lacks_has_no_place_in_it_but_one_in_the_article() -> None:
    article = read_article(TEXT, None, None)
    french = article.sentences[1].text
    (sentence,) = traced(article, SupportChecker(article), french, "article")
    place = french.index("Paul Ropert")
    missing = Check(Fact("name", "paul ropert", "Paul Ropert", place, place + 11), "missing", None)
    (check,) = carried_over([missing], sentence, "Visitors waited.")
    assert (check.fact.start, check.fact.end, check.fact.text) == (0, 0, "Paul Ropert")
    assert check.source is not None
    assert article.text[slice(*check.source)] == "Paul Ropert"


def test_a_name_given_as_the_french_has_it_is_found_in_the_translation() -> None:
    article = read_article(TEXT, None, None)
    french = article.sentences[1].text
    (sentence,) = traced(article, SupportChecker(article), french, "article")
    place = french.index("Paul Ropert")
    check = Check(Fact("name", "paul ropert", "Paul Ropert", place, place + 11), "supported", (place, place + 11))
    (found,) = carried_over([check], sentence, "In the rain, Paul Ropert kept 12 visitors waiting.")
    assert (found.fact.start, found.fact.end) == (13, 24)
    (elsewhere,) = carried_over([check], sentence, "In the rain, the mayor kept 12 visitors waiting.")
    assert (elsewhere.fact.start, elsewhere.fact.end) == (0, 0)
