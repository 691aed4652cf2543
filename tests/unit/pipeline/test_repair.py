"""Repairs of altered facts, for each language and kind, and what is never changed."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.pipeline.comparison import compare
from service.pipeline.repair import repair
from service.pipeline.translation_guards import guard

FRENCH = {
    "month": "Il a été condamné à dix-huit mois de prison.",
    "percent": "Le taux est de 7,1 %.",
    "money": "Cela coûte 2,5 millions d'euros.",
    "thousands": "Le stade a 81 338 places.",
    "millions": "Deux millions de personnes ont défilé.",
    "date": "Il est né le 10 mai 2024.",
    "weekday": "Il arrive samedi.",
    "time": "Le concert débute à 20 h 30.",
    "rank": "La troisième équipe a gagné.",
    "century": "C'est une église du XIIe siècle.",
    "city": "Emmanuel Macron est arrivé à Londres.",
    "distance": "Il a couru 42 km.",
    "title": "Le président américain a parlé.",
    "years": "Les années 1990 furent belles.",
    "dollars": "Le billet vaut 30 dollars.",
}

REPAIRED = [
    ("en", "month", "He was sentenced to 10 months in prison.", "He was sentenced to 18 months in prison."),
    ("en", "month", "He was given a ten-month prison sentence.", "He was given an 18-month prison sentence."),
    ("en", "month", "He was sentenced to 18 years in prison.", "He was sentenced to 18 months in prison."),
    ("en", "month", "He was sentenced to a month in prison.", None),
    ("de", "month", "Er wurde zu zehn Monaten Haft verurteilt.", "Er wurde zu 18 Monaten Haft verurteilt."),
    ("de", "month", "Er wurde zu 18 Jahren Haft verurteilt.", "Er wurde zu 18 Monaten Haft verurteilt."),
    ("es", "month", "Fue condenado a diez meses de prisión.", "Fue condenado a 18 meses de prisión."),
    ("it", "month", "È stato condannato a dieci mesi di carcere.", "È stato condannato a 18 mesi di carcere."),
    ("pt", "month", "Foi condenado a dez meses de prisão.", "Foi condenado a 18 meses de prisão."),
    ("en", "percent", "The rate is 7.4%.", "The rate is 7.1%."),
    ("en", "percent", "The rate is 7.4 per cent.", "The rate is 7.1 per cent."),
    ("de", "percent", "Die Quote liegt bei 7,4 %.", "Die Quote liegt bei 7,1 %."),
    ("es", "percent", "La tasa es del 7,4 %.", "La tasa es del 7,1 %."),
    ("it", "percent", "Il tasso è dell’8 %.", "Il tasso è del 7,1 %."),
    ("pt", "percent", "A taxa é de 7,4%.", "A taxa é de 7,1%."),
    ("en", "money", "It costs €3 million.", "It costs €2.5 million."),
    ("en", "money", "It costs 2.5 billion euros.", "It costs 2.5 million euros."),
    ("de", "money", "Das kostet 3 Millionen Euro.", "Das kostet 2,5 Millionen Euro."),
    ("es", "money", "Cuesta 500 euros.", "Cuesta 2,5 millones de euros."),
    ("it", "money", "Costa 3 miliardi di euro.", "Costa 2,5 milioni di euro."),
    ("pt", "money", "Custa 500 euros.", "Custa 2,5 milhões de euros."),
    ("en", "dollars", "The ticket is worth 30 euros.", "The ticket is worth 30 dollars."),
    ("en", "dollars", "The ticket is worth €30.", "The ticket is worth $30."),
    ("de", "dollars", "Der Schein ist 30 Euro wert.", "Der Schein ist 30 Dollar wert."),
    ("es", "dollars", "El billete vale 2 millones de euros.", "El billete vale 30 dólares."),
    ("it", "dollars", "Il biglietto vale 30 euro.", "Il biglietto vale 30 dollari."),
    ("pt", "dollars", "A nota vale 30 euros.", "A nota vale 30 dólares."),
    ("en", "thousands", "The stadium has 8,338 seats.", "The stadium has 81,338 seats."),
    ("de", "thousands", "Das Stadion hat 8.338 Plätze.", "Das Stadion hat 81.338 Plätze."),
    ("es", "thousands", "El estadio tiene 8.338 plazas.", "El estadio tiene 81.338 plazas."),
    ("it", "thousands", "Lo stadio ha 8.338 posti.", "Lo stadio ha 81.338 posti."),
    ("pt", "thousands", "O estádio tem 8.338 lugares.", "O estádio tem 81.338 lugares."),
    ("en", "millions", "Three million people marched.", "2 million people marched."),
    ("de", "millions", "Drei Millionen Menschen marschierten.", "2 Millionen Menschen marschierten."),
    ("es", "millions", "Tres mil personas desfilaron.", "2.000.000 personas desfilaron."),
    ("it", "millions", "Tre milioni di persone hanno sfilato.", "2 milioni di persone hanno sfilato."),
    ("pt", "millions", "Três milhões de pessoas desfilaram.", "2 milhões de pessoas desfilaram."),
    ("en", "date", "He was born on 10 March 2024.", "He was born on 10 May 2024."),
    ("en", "date", "He was born on May 11th, 2024.", "He was born on May 10th, 2024."),
    ("en", "date", "He was born on 10 May 2014.", "He was born on 10 May 2024."),
    ("de", "date", "Er wurde am 1. März 2024 geboren.", "Er wurde am 10. Mai 2024 geboren."),
    ("es", "date", "Nació el 10 de marzo de 2024.", "Nació el 10 de mayo de 2024."),
    ("it", "date", "È nato l’8 maggio 2024.", "È nato il 10 maggio 2024."),
    ("pt", "date", "Nasceu a 10 de março de 2024.", "Nasceu a 10 de maio de 2024."),
    ("en", "weekday", "He arrives on Friday.", "He arrives on Saturday."),
    ("de", "weekday", "Er kommt am Freitag.", "Er kommt am Samstag."),
    ("de", "weekday", "Er kommt am Freitagabend.", "Er kommt am Samstagabend."),
    ("es", "weekday", "Llega el viernes.", "Llega el sábado."),
    ("it", "weekday", "Arriva venerdì.", "Arriva sabato."),
    ("it", "weekday", "Arriva la domenica.", None),
    ("pt", "weekday", "Chega no domingo.", "Chega no sábado."),
    ("pt", "weekday", "Chega na sexta-feira.", None),
    ("en", "time", "The concert starts at 8 p.m.", "The concert starts at 8:30 p.m."),
    ("en", "time", "The concert starts at 20:00.", "The concert starts at 20:30."),
    ("de", "time", "Das Konzert beginnt um 21 Uhr.", "Das Konzert beginnt um 20:30 Uhr."),
    ("es", "time", "El concierto empieza a las 21:00 horas.", "El concierto empieza a las 20:30 horas."),
    ("it", "time", "Il concerto inizia alle 21:00.", "Il concerto inizia alle 20:30."),
    ("pt", "time", "O concerto começa às 21h00.", "O concerto começa às 20h30."),
    ("en", "rank", "The fourth team won.", "The third team won."),
    ("en", "rank", "The second team won.", "The third team won."),
    ("de", "rank", "Die vierte Mannschaft hat gewonnen.", "Die dritte Mannschaft hat gewonnen."),
    ("es", "rank", "El cuarto equipo ganó.", "El tercer equipo ganó."),
    ("es", "rank", "La quinta selección ganó.", "La tercera selección ganó."),
    ("it", "rank", "La quinta squadra ha vinto.", "La terza squadra ha vinto."),
    ("pt", "rank", "A quinta equipa venceu.", "A terceira equipa venceu."),
    ("en", "century", "It is a 13th century church.", "It is a 12th century church."),
    ("de", "century", "Es ist eine Kirche des 13. Jahrhunderts.", "Es ist eine Kirche des 12. Jahrhunderts."),
    ("es", "century", "Es una iglesia del siglo XIII.", "Es una iglesia del siglo XII."),
    ("it", "century", "È una chiesa del XIII secolo.", "È una chiesa del XII secolo."),
    ("pt", "century", "É uma igreja do século XIII.", "É uma igreja do século XII."),
    ("en", "city", "Emmanuel Macron arrived in Paris.", "Emmanuel Macron arrived in London."),
    ("en", "city", "Donald Macron arrived in London.", "Emmanuel Macron arrived in London."),
    ("de", "city", "Emmanuel Macron ist in Paris eingetroffen.", "Emmanuel Macron ist in London eingetroffen."),
    ("es", "city", "Emmanuel Macron llegó a París.", "Emmanuel Macron llegó a Londres."),
    ("it", "city", "Emmanuel Macron è arrivato a Parigi.", "Emmanuel Macron è arrivato a Londra."),
    ("pt", "city", "Emmanuel Macron chegou a Paris.", "Emmanuel Macron chegou a Londres."),
    ("en", "distance", "He ran 24 km.", "He ran 42 km."),
    ("en", "distance", "He ran 42 miles.", "He ran 42 kilometres."),
    ("de", "distance", "Er lief 42 Meilen.", "Er lief 42 Kilometer."),
    ("es", "distance", "Corrió 24 kilómetros.", "Corrió 42 kilómetros."),
    ("it", "distance", "Ha corso 42 miglia.", "Ha corso 42 chilometri."),
    ("pt", "distance", "Correu 42 milhas.", "Correu 42 quilómetros."),
    ("en", "title", "President Donald Trump spoke.", "The president spoke."),
    ("en", "title", "US President Donald Trump spoke.", "The US president spoke."),
    ("en", "title", "In Chicago President Donald Trump spoke.", "In Chicago the president spoke."),
    ("en", "title", "The president, Donald Trump, spoke.", "The president spoke."),
    ("en", "title", "The US president (Donald Trump) spoke.", "The US president spoke."),
    ("en", "title", "Donald Trump spoke.", None),
    ("de", "title", "Der amerikanische Präsident Donald Trump sprach.", "Der amerikanische Präsident sprach."),
    ("de", "title", "Präsident Donald Trump sprach.", None),
    ("es", "title", "El presidente estadounidense Donald Trump habló.", "El presidente estadounidense habló."),
    ("it", "title", "Il presidente americano Donald Trump ha parlato.", "Il presidente americano ha parlato."),
    ("pt", "title", "O presidente Donald Trump falou.", "O presidente falou."),
    ("en", "years", "The 1980s were beautiful.", "The 1990s were beautiful."),
    ("de", "years", "Die 1980er Jahre waren schön.", "Die 1990er Jahre waren schön."),
    ("es", "years", "Los años ochenta fueron bellos.", "Los años noventa fueron bellos."),
    ("it", "years", "Gli anni ’80 furono belli.", "Gli anni ’90 furono belli."),
    ("pt", "years", "Os anos 1980 foram belos.", "Os anos 1990 foram belos."),
]


@pytest.mark.parametrize(("language", "topic", "translation", "expected"), REPAIRED)
def test_an_altered_fact_becomes_that_of_the_french_or_nothing_changes(
    language: str, topic: str, translation: str, expected: str | None
) -> None:
    french = FRENCH[topic]
    support = compare(french, translation, language)
    assert not support.holds
    repaired = repair(french, translation, language, support)
    assert repaired == expected
    if repaired is not None:
        assert len(compare(french, repaired, language).failures) < len(support.failures)
        assert guard(french, repaired, language) == ()


def test_a_faithful_translation_needs_no_repair() -> None:
    french, english = FRENCH["money"], "It costs €2.5 million."
    assert repair(french, english, "en", compare(french, english, "en")) is None


def test_two_altered_values_are_repaired_where_their_order_is_the_same() -> None:
    french, english = "Entre 10 et 15 personnes sont mortes.", "Between 12 and 18 people died."
    assert repair(french, english, "en", compare(french, english, "en")) == "Between 10 and 15 people died."


def test_two_altered_values_stay_where_it_is_not_known_which_is_which() -> None:
    french = "En 2024, 300 chats et 400 chiens ont été adoptés."
    english = "Some 600 dogs and 500 cats and 7 birds were adopted in 2024."
    assert repair(french, english, "en", compare(french, english, "en")) is None


def test_two_altered_names_are_not_guessed() -> None:
    french, english = "Macron a reçu Scholz.", "Biden received Sunak."
    assert repair(french, english, "en", compare(french, english, "en")) is None


def test_a_term_of_the_glossary_is_not_repaired_away() -> None:
    french, english = "Le Palais Bourbon compte 577 sièges.", "The Lower Chamber has 575 seats."
    allowed = {"Palais Bourbon": "Lower Chamber"}
    support = compare(french, english, "en", allowed)
    assert repair(french, english, "en", support, allowed) == "The Lower Chamber has 577 seats."


@settings(deadline=None, max_examples=60)
@given(
    right=st.integers(13, 999_999),
    wrong=st.integers(13, 999_999),
    frame=st.sampled_from(
        [
            ("en", "Yesterday they sold ", " bicycles to the town of Nantes."),
            ("de", "Gestern verkauften sie ", " Fahrräder an die Stadt Nantes."),
            ("es", "Ayer vendieron ", " bicicletas a la ciudad de Nantes."),
            ("it", "Ieri hanno venduto ", " biciclette alla città di Nantes."),
            ("pt", "Ontem venderam ", " bicicletas à cidade de Nantes."),
        ]
    ),
)
def test_nothing_outside_of_the_replaced_number_changes(right: int, wrong: int, frame: tuple[str, str, str]) -> None:
    language, before, after = frame
    french = f"Hier, ils ont vendu {right} vélos à la ville de Nantes."
    translation = f"{before}{wrong}{after}"
    repaired = repair(french, translation, language, compare(french, translation, language))
    if repaired is None:
        assert wrong == right
        return
    assert repaired.startswith(before)
    assert repaired.endswith(after)
    assert compare(french, repaired, language).holds
