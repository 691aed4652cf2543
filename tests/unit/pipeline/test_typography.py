from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from service.pipeline.typography import as_article, french, render

N = "\u00a0"  # no-break
F = "\u202f"  # narrow no-break


@pytest.mark.parametrize(
    ("plain", "expected"),
    [
        ('Il dit "oui".', f"Il dit «{N}oui{N}»."),
        ("Il dit « oui ».", f"Il dit «{N}oui{N}»."),
        ("Il dit «oui».", f"Il dit «{N}oui{N}»."),
        ('« Il a dit "oui" hier »', f"«{N}Il a dit “oui” hier{N}»"),
        ("Vraiment ?", f"Vraiment{F}?"),
        ("Vraiment?", f"Vraiment{F}?"),
        ("Vraiment ?!", f"Vraiment{F}?!"),
        ("Oui ; non !", f"Oui{F}; non{F}!"),
        ('Il répond : "Non !"', f"Il répond{N}: «{N}Non{F}!{N}»"),
        ("L'État d'urgence aujourd'hui", "L’État d’urgence aujourd’hui"),
        ('Selon l\'"Obs"', f"Selon l’«{N}Obs{N}»"),
        ("Il hésite...", "Il hésite…"),
        ("12 % et 5 €", f"12{N}% et 5{N}€"),
        ("Rendez-vous à 20:30, ratio 3:2", "Rendez-vous à 20:30, ratio 3:2"),
        ("Voir https://exemple.fr/?q=l'an;x!", f"Voir https://exemple.fr/?q=l'an;x{F}!"),
        ("Les Etats-Unis comptent 1 234,5 habitants", "Les Etats-Unis comptent 1 234,5 habitants"),
        ('Un écran de 27" coûte cher', 'Un écran de 27" coûte cher'),
        ("(!)", "(!)"),
    ],
)
def test_french_marks_and_spaces(plain: str, expected: str) -> None:
    assert french(plain) == expected


@pytest.mark.parametrize(
    ("brief", "article", "expected"),
    [
        ("L'accord", "L’article et l’auteur", "L’accord"),
        ("L’accord", "L'article et l'auteur", "L'accord"),
        ("L’accord", "Sans apostrophe", "L’accord"),
        ("Il dit « oui ».", 'Elle dit "non" et "si".', 'Il dit "oui".'),
        ('Il dit "oui".', f"Elle dit «{N}non{N}».", f"Il dit «{N}oui{N}»."),
        ('Il dit "oui".', "Elle dit «non».", "Il dit «oui»."),
        ('Il dit "oui".', "Elle dit “non”.", "Il dit “oui”."),
        ('Il dit "oui".', "Elle ne dit rien.", 'Il dit "oui".'),
        ("Il dit « oui.", 'Elle dit "non".', "Il dit « oui."),
        ("Les États-Unis", "Les Etats-Unis d'Amérique", "Les États-Unis"),
    ],
)
def test_a_brief_takes_the_articles_marks(brief: str, article: str, expected: str) -> None:
    assert as_article(brief, article) == expected


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", f"He said «{N}yes{N}» !", "He said “yes”!"),
        ("en", "« He said “yes” yesterday »", "“He said ‘yes’ yesterday”"),
        ("en", 'He said "yes".', 'He said "yes".'),
        ("en", f"Really{F}? Yes ; no : 3,5{N}%", "Really? Yes; no: 3,5%"),
        ("de", "Er sagte « ja ».", "Er sagte „ja“."),
        ("de", "3,5 % mehr !", "3,5 % mehr!"),
        ("es", "Dijo « sí ».", "Dijo «sí»."),
        ("it", "Ha detto « sì » ?", "Ha detto «sì»?"),
        ("pt", "Ele disse « sim ».", "Ele disse “sim”."),
        ("en", "The score was 3 : 2", "The score was 3 : 2"),
        ("en", "1 234,5 and 1,234.5", "1 234,5 and 1,234.5"),
    ],
)
def test_translations_have_their_languages_marks(language: str, text: str, expected: str) -> None:
    assert render(text, language) == expected


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(ValueError, match="'xx'"):
        render("texte", "xx")


TEXTS = st.lists(
    st.sampled_from([*"«»“”„\"'’ :;!?.%()aL3\n", N, F, "...", "l'", " Le ", "https://a.fr/?b"]) | st.text(max_size=3),
    max_size=30,
).map("".join)


@settings(deadline=None)
@given(TEXTS)
@example("\ue000 www.a.fr")
@example('""')
def test_french_changes_nothing_the_second_time(text: str) -> None:
    once = french(text)
    assert french(once) == once


@settings(deadline=None)
@given(TEXTS, TEXTS)
def test_the_articles_marks_change_nothing_the_second_time(text: str, article: str) -> None:
    once = as_article(text, article)
    assert as_article(once, article) == once


@settings(deadline=None)
@given(TEXTS, st.sampled_from(["fr", "en", "de", "es", "it", "pt"]))
def test_rendering_changes_nothing_the_second_time(text: str, language: str) -> None:
    once = render(text, language)
    assert render(once, language) == once


@settings(deadline=None)
@given(TEXTS, TEXTS, st.sampled_from(["fr", "en", "de", "es", "it", "pt"]))
def test_letters_and_digits_never_change(text: str, article: str, language: str) -> None:
    def letters(some: str) -> list[str]:
        return [character for character in some if character.isalnum()]

    assert (
        letters(french(text)) == letters(as_article(text, article)) == letters(render(text, language)) == letters(text)
    )


@pytest.mark.parametrize(
    ("text", "rendered"),
    [
        ("From 21 h 40 to 5 h 20, at night.", "From 21:40 to 5:20, at night."),
        ("At 9h05.", "At 9:05."),
        ("It took 21 h and 40 min, 3.5 h 20 times, at 12:30.", "It took 21 h and 40 min, 3.5 h 20 times, at 12:30."),
    ],
)
def test_a_french_hour_in_a_translation_is_written_as_elsewhere(text: str, rendered: str) -> None:
    assert render(text, "en") == rendered
    assert render(text, "pt") == text
