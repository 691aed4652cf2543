"""``assert_brief``: what holds passes, what does not fails with the sentence, the source and the difference."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from kit_fakes import STORM, KitBriefer

from service.errors import InvalidRequest
from service.pipeline.brief import BriefRequest
from service.testing import BriefAssertion, BriefUnderTest, assert_brief
from service.testing.answering import InProcess
from service.testing.under_test import brief_of_reply

GOOD = "Aucun blessé n'est à déplorer à Cherbourg, où 9 800 foyers ont été privés d'électricité."
ENGLISH = "There are no injured in Cherbourg, where 9,800 homes have lost power."


def told(check: Callable[[], object]) -> str:
    with pytest.raises(AssertionError) as caught:
        check()
    message = str(caught.value)
    assert max(map(len, message.splitlines())) <= 92
    return message


@pytest.fixture
def reply() -> bytes:
    briefer = KitBriefer()
    return InProcess(lambda: (briefer, briefer.close)).answer(BriefRequest(text=STORM))


def test_assertions_are_chained_on_a_brief_that_is_right() -> None:
    checked = assert_brief(GOOD, article=STORM).covers("Cherbourg", "9800", "electricité").no_unsupported()
    checked.min_words(10).max_words(20).min_sentences(1).max_sentences(1).in_language("fr").faithful_to(STORM)
    assert isinstance(checked.omits("154 km/h"), BriefAssertion)


def test_an_altered_number_is_shown_beside_what_the_article_says() -> None:
    message = told(lambda: assert_brief("Une rafale de 139 km/h a été relevée.", article=STORM).no_unsupported())
    assert message == "\n".join(
        [
            "the brief states what its source does not support (1 difference)",
            "",
            "  the brief states",
            "    Une rafale de 139 km/h a été relevée.",
            "                  ^^^^^^^^",
            "  the article states",
            "    Une rafale de 154 km/h a d'abord été signalée.",
            "                  ^^^^^^^^",
            "  what differs",
            "    “139 km/h” is missing: the article does not have this number",
        ]
    )


@pytest.mark.parametrize(
    ("brief", "shown"),
    [
        ("Odette Lecacheux habite la région.", ["Odette Lecacheux", "Odile Lecacheux", "^^^^^^^^^^^^^^^^"]),
        ("Des blessés sont à déplorer.", ["Aucun blessé n'est à déplorer", "what differs"]),
        ("La tempête a touché Cherbourg jeudi.", ["“jeudi” is missing", "mercredi à Cherbourg"]),
    ],
)
def test_names_negations_and_dates_are_found_and_shown(brief: str, shown: list[str]) -> None:
    message = told(lambda: assert_brief(brief, article=STORM).no_unsupported())
    for part in shown:
        assert part in message


def test_many_differences_are_counted_and_the_first_ones_shown() -> None:
    brief = " ".join(f"Il y a eu {number} morts." for number in range(61, 69))
    message = told(lambda: assert_brief(brief, article=STORM).no_unsupported())
    assert "(8 differences)" in message
    assert message.count("what differs") == 5
    assert message.endswith("and 3 further differences")


def test_a_term_is_found_whatever_its_accents_apostrophe_or_grouping() -> None:
    brief = assert_brief("L’électricité est revenue dans 9 800 foyers de Saint-Lô, pour 2,5 millions d'euros.")
    brief.covers("l'électricité", "ELECTRICITE", "9\u202f800 foyers", "9800", "Saint Lô", "2 500 000 euros")


@pytest.mark.parametrize("term", ["chat", "Paris Lyon", "1 200"])
def test_a_term_is_not_found_inside_a_word_or_number_or_across_sentences(term: str) -> None:
    told(lambda: assert_brief("Le château de Paris. Lyon a 200 élus.").covers(term))


def test_a_missing_term_is_shown_with_the_article_and_what_is_near() -> None:
    message = told(lambda: assert_brief(GOOD, article=STORM).covers("Cherbourq", "137 km/h", "Brest"))
    assert message.startswith("the brief does not mention “Cherbourq”, “137 km/h”, “Brest”\n")
    assert "the brief has “Cherbourg”, which is near" in message
    assert "La valeur retenue est de 137 km/h.\n                             ^^^^^^^^" in message
    assert "the article does not mention “Brest” either" in message


def test_a_term_that_should_be_left_out_is_marked() -> None:
    message = told(lambda: assert_brief("Une rafale de 154 km/h.").omits("154 km/h", "137 km/h"))
    assert message.startswith("the brief mentions “154 km/h”\n")
    assert message.endswith("    Une rafale de 154 km/h.\n                  ^^^^^^^^")


@pytest.mark.parametrize(
    ("check", "summary"),
    [
        (lambda brief: brief.max_words(3), "the brief has 6 words, 3 at most"),
        (lambda brief: brief.min_words(7), "the brief has 6 words, 7 at least"),
        (lambda brief: brief.max_sentences(1), "the brief has 2 sentences, 1 at most"),
        (lambda brief: brief.min_sentences(3), "the brief has 2 sentences, 3 at least"),
        (lambda brief: brief.written(), "the brief is a plain text"),
    ],
)
def test_lengths_and_origin_tell_what_was_found(check: Callable[[BriefAssertion], object], summary: str) -> None:
    message = told(lambda: check(assert_brief("Le chat dort. Il rêve encore.")))
    assert message.startswith(f"{summary}\n\n  the brief (fr, 2 sentences, 6 words)\n    Le chat dort.")


def test_the_language_is_that_of_the_text_and_not_what_is_claimed() -> None:
    assert_brief(ENGLISH, language="en").in_language("en")
    assert "looks like 'en'" in told(lambda: assert_brief(ENGLISH, language="fr").in_language("fr"))


def test_a_sentence_without_a_source_is_not_faithful() -> None:
    message = told(lambda: assert_brief("Le conseil municipal vote le budget des écoles.").faithful_to(STORM))
    assert message.startswith("no sentence of the article covers 20% of this one\n")


def test_a_translation_is_compared_with_its_french_in_either_direction() -> None:
    assert_brief(ENGLISH, language="en").translates(GOOD)
    assert_brief(GOOD).translates(assert_brief(ENGLISH, language="en").brief)
    wrong = assert_brief(ENGLISH.replace("9,800", "9,900"), language="en", french=GOOD)
    for check in (wrong.no_unsupported, lambda: wrong.translates(GOOD)):
        message = told(check)
        assert "the French states" in message
        assert "“9,900” stands for “9 800” of the French sentence." in message


def test_what_cannot_be_decided_is_refused_with_a_remedy() -> None:
    with pytest.raises(InvalidRequest, match="article="):
        assert_brief(GOOD).no_unsupported()
    with pytest.raises(InvalidRequest, match="use translates"):
        assert_brief(ENGLISH, language="en").no_unsupported()
    with pytest.raises(InvalidRequest, match="use translates"):
        assert_brief(ENGLISH, language="en").faithful_to(STORM)
    with pytest.raises(InvalidRequest, match="only French and one of"):
        assert_brief(ENGLISH, language="en").translates(assert_brief("Het regent.", language="nl").brief)
    with pytest.raises(ValueError, match="needs a word"):
        assert_brief(GOOD).covers("!")


def test_a_reply_gives_each_language_with_its_article_and_evidence(reply: bytes) -> None:
    brief = brief_of_reply(reply)
    assert isinstance(brief, BriefUnderTest)
    assert (brief.article, brief.origin, brief.language, str(brief)) == (STORM, "written", "fr", brief.text)
    assert brief.sentences[0].sources == (brief.text,)
    assert {claim.text for claim in brief.sentences[0].claims} >= {"mercredi", "Cherbourg"}
    english = brief.in_language("en")
    assert english.french is not None
    assert english.french.text == brief.text
    assert_brief(brief).no_unsupported().written().faithful_to(STORM)
    with pytest.raises(InvalidRequest, match="it has fr, en"):
        brief.in_language("de")


def test_what_a_reply_says_of_its_translation_is_shown(reply: bytes) -> None:
    message = told(lambda: assert_brief(brief_of_reply(reply, "en")).no_unsupported())
    assert "The translation lacks “Cherbourg”." in message
    assert "d'électricité mercredi à Cherbourg." in message


def test_a_long_word_and_no_text_at_all_are_shown() -> None:
    assert "(empty)" in told(lambda: assert_brief("").min_words(1))
    assert "a" * 80 in told(lambda: assert_brief("a" * 300).max_words(0))
