"""What the dictionary finds in a sentence, and how the model is told."""

from __future__ import annotations

import pytest

from models.dictionary import (
    MOST_ENTRIES,
    MOST_TRANSLATIONS,
    Dictionaries,
    Dictionary,
    parse_dictionary,
    told,
)

SMALL = parse_dictionary(
    "otages\thostages\n"
    "garde\tguard|keeps\n"
    "garde à vue\tpolice custody\n"
    "grève\tstrike\n"
    "coup d'état\tcoup\n"
    "porte\tdoor|carries|wears\n"
)


def found(sentence: str) -> list[str]:
    return [entry.french for entry in SMALL.entries(sentence)]


def test_words_are_found_in_the_order_of_the_sentence_each_once() -> None:
    assert found("La grève des otages a repris, et la grève dure.") == ["grève", "otages"]


def test_the_longest_expression_wins() -> None:
    assert found("Il sort de garde à vue.") == ["garde à vue"]
    assert found("Il garde la grève en vue.") == ["garde", "grève"]


@pytest.mark.parametrize("apostrophe", ["'", "’"])
def test_either_apostrophe_is_read(apostrophe: str) -> None:
    assert found(f"Le coup d{apostrophe}état a échoué.") == ["coup d'état"]


def test_a_capitalised_word_is_a_name_unless_it_begins_the_sentence() -> None:
    assert found("Grève à la place de Grève.") == ["grève"]
    assert found("Selon Garde, rien.") == []


def test_terms_come_first_and_nothing_else_is_said_of_their_words() -> None:
    entries = SMALL.entries("La garde à vue et la grève.", (("garde à vue", "detention"), ("Cour", "Court")))
    assert told(entries) == "\ngarde à vue = detention; Cour = Court; grève = strike"


def test_of_very_many_terms_the_first_ones_are_told() -> None:
    terms = tuple((f"mot{'x' * at}", "word " * 40) for at in range(200))
    assert [entry.french for entry in SMALL.entries("La grève", terms)] == [
        french for french, _ in terms[:MOST_ENTRIES]
    ]


def test_an_inversion_is_looked_up_without_its_pronoun() -> None:
    assert found("« Rien », garde-t-il. Que porte-t-elle ?") == ["garde", "porte"]
    assert found("Un porte-avions ; un garde-là.") == ["garde"]


def test_a_word_behind_an_elision_is_found() -> None:
    assert found("Libération d'otages.") == ["otages"]


def test_no_word_is_found_inside_another() -> None:
    assert found("La gardes-tu ? Une avant-garde.") == []


def test_few_translations_of_an_entry_are_told() -> None:
    (entry,) = SMALL.entries("la porte")
    assert entry.translations == ("door", "carries")
    assert len(entry.translations) == MOST_TRANSLATIONS


def test_few_entries_of_a_sentence_are_told() -> None:
    words = [f"mot{'x' * at}" for at in range(MOST_ENTRIES + 5)]
    dictionary = Dictionary({word: ("word",) for word in words})
    assert [entry.french for entry in dictionary.entries(" ".join(words))] == words[:MOST_ENTRIES]


def test_a_sentence_without_an_entry_is_told_nothing() -> None:
    assert told(SMALL.entries("Il pleut.")) == ""
    assert SMALL.entries("") == []


def test_what_is_told_names_each_entry_with_its_translations() -> None:
    assert told(SMALL.entries("La garde des otages")) == "\ngarde = guard, keeps; otages = hostages"


@pytest.mark.parametrize("line", ["otages", "otages\t", "\thostages"])
def test_a_line_without_a_translation_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match="line 2 of the dictionary"):
        parse_dictionary(f"grève\tstrike\n{line}\n")


def test_a_language_that_was_not_named_has_no_entries() -> None:
    assert Dictionaries(("de",)).entries("en", "Les otages", (("otages", "hostages"),)) == []
