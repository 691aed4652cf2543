from __future__ import annotations

import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from service.pipeline.sentences import MAX_SENTENCE, split_sentences
from service.pipeline.style import faults

# Each row: the sentences that the text must be split into. Joined with single spaces they are the text.
SPACED = [
    # plain signs
    ["Le chat dort.", "Le chien veille."],
    ["Qui vient ?", "Personne ne le sait."],
    ["Quelle victoire !", "Les joueurs exultent."],
    ["Il hésite…", "Puis il part."],
    ["Il hésite...", "Puis il part."],
    ["Vraiment ?!", "Oui."],
    ["Vraiment ? !", "Oui."],
    ["Il a dit... oui, mais sans y croire."],
    ["Une seule phrase sans point final"],
    ["Le texte s'arrête net.", "Ensuite rien"],
    ["À Paris, il pleut.", "À Lyon, il neige."],
    ["Il pleut.", "État d'urgence décrété."],
    ["L'équipe gagne.", "5 000 supporters la fêtent."],
    ["Le vote est clos.", "#MeToo reste en tête."],
    ["Le vote est clos.", "@Elysee publie un message."],
    # headings of news agencies
    ["Le pont est fermé.", "- Une ville à l'arrêt -", "Les commerçants s'inquiètent."],
    ["Le pont est fermé.", '- "Deux ans de trop" -', "Le maire l'admet."],
    ["- Tu viens ?", "- Pas ce soir."],
    ["Le pont est fermé.", "- Berlin : l'avant-projet -", "Le sénat a voté."],
    ["Le pont - dit-on - rouvrira."],
    ["Le maire est là.", "- Paul est venu hier.", "- Jean aussi."],
    # titles
    ["M. Dupont est venu.", "Il est reparti."],
    ["Selon M. Le Drian, l'accord tient.", "Le Quai d'Orsay confirme."],
    ["MM. Martin et Durand ont signé.", "Les autres s'abstiennent."],
    ["Le Dr. House consulte.", "Le Pr. Raoult aussi."],
    ["Mme. Le Pen répond.", "Mlle. Roux se tait."],
    ["Mgr. Aupetit démissionne.", "Le pape accepte."],
    ["Le match a lieu à St. Louis ce soir.", "Il commence à 20 h."],
    ["Il a été reçu par M. Macron."],
    ["La distance est de 275 m.", "Le record tient."],
    # initials and acronyms with full stops
    ["J. K. Rowling publie un roman.", "Il paraît lundi."],
    ["J.K. Rowling publie un roman.", "Il paraît lundi."],
    ["J.-P. Belmondo est mort.", "Il avait 88 ans."],
    ["George W. Bush et John F. Kennedy étaient présidents."],
    ["Il manque de vitamine C.", "Le médecin en prescrit."],
    ["Le gouvernement prépare un plan B.", "Il reste secret."],
    ["Elle vit aux U.S.A.", "Elle y enseigne."],
    ["L'U.R.S.S.", "Il en rêve encore."],
    ["La S.N.C.F. annonce des retards."],
    ["Apple Inc. France emploie mille personnes.", "Elle recrute."],
    ["Il dirige Apple Inc.", "Le groupe va bien."],
    ["Martin Luther King Jr. Boulevard est barré."],
    # abbreviations
    ["Des pommes, des poires, etc. sont vendues.", "Les prix baissent."],
    ["Des pommes, des poires, etc.", "Les prix baissent."],
    ["Voir p. 12 et pp. 14-15 du rapport.", "Il est public."],
    ["L'art. 49 de la Constitution s'applique.", "Le débat est clos."],
    ["L'art. L. 123-4 du code s'applique.", "Le débat est clos."],
    ["Il aime l'art.", "Les musées le comblent."],
    ["Le décret n° 2020-12 est paru.", "Il entre en vigueur."],
    ["Le dossier no. 7 est clos.", "Le juge le dit."],
    ["Il est né le 12 janv. 1980 à Lille.", "Il y vit."],
    ["Ils étaient sept.", "Deux sont rentrés."],
    ["La ville fut fondée en 52 av. J.-C. par les Romains.", "Elle prospéra."],
    ["Elle fut fondée en 52 av. J.-C.", "Elle prospéra."],
    ["Cf. le rapport annuel.", "Il est public."],
    ["Il habite au 3 av. Foch à Paris.", "Il y reçoit."],
    ["Voir par ex. Lyon ou Nice."],
    # numbers
    ["Le taux est de 3.5 % cette année.", "Il était de 3,2 %."],
    ["Il a coûté 1.234.567 euros.", "C'est trop."],
    ["Le navire compte 2.600 passagers.", "Tous sont saufs."],
    ["Il est né en 1998.", "Sa sœur est née en 2001."],
    ["Il est né en 1998.", "15 ans plus tard, il chante."],
    ["Rendez-vous à 20h30.", "Le film dure 2h."],
    ["1. Le contexte de la réforme"],
    ["II. Les causes de la crise"],
    ["Louis XIV régna 72 ans.", "Louis XV.", "Un autre."],
    ["La version 2.0.1 est sortie.", "Elle corrige tout."],
    # quotations
    ["« Oui ! » dit-il."],
    ["« Oui ! » dit-il.", "Elle sourit."],
    ["« Viendrez-vous ? » demande-t-elle.", "« Non. »", "Il raccroche."],
    ["« Nous gagnerons. »", "Le public applaudit."],
    ["« Nous gagnerons », dit-il.", "Le public applaudit."],
    ["Il répond : « C'est faux. »", "La salle rit."],
    ["\u00ab\u00a0Partez\u00a0!\u00a0\u00bb", "Il obéit."],
    ["\u00ab\u202fPartez\u202f!\u202f\u00bb crie-t-il.", "Il obéit."],
    ['"Oui !" dit-il.', "Elle sourit."],
    ['"C\'est grave."', "La mère dénonce l'attitude du médecin."],
    ['"C\'est grave", dit-il.', '"Très grave."'],
    ['Il juge la loi "inutile".', '"Elle coûte cher", ajoute-t-il.'],
    ["“Nous gagnerons.”", "Le public applaudit."],
    ["Elle crie : 'Partez !'", "Il obéit."],
    ['"Je pars.', 'Je reviendrai", promet-il.'],
    # parentheses, dashes, omissions
    ["Il part.", "(Il reviendra.)", "Elle reste."],
    ["Le club (fondé en 1900 à St. Malo) gagne.", "Il monte."],
    ["Le texte (voir p. 3.) est clair.", "Il suffit."],
    ["Il dit que cela (...) continue.", "Il a raison."],
    ["C'est une polémique.", "(...) Tout cela est faux."],
    ["– Oui.", "– Non."],
    ["— Tu viens ?", "— Pas ce soir."],
    ["Il part [...] sans un mot.", "Elle reste."],
    # addresses
    ["Voir https://exemple.fr/Page.Html?A=1!B pour le reste.", "Merci."],
    ["Écrire à jean.Dupont@exemple.fr avant lundi.", "Merci."],
    ["Le site Booking.com est en panne.", "Le groupe s'excuse."],
    ["Le site www.exemple.fr.", "Il est en panne."],
    ["Il travaille chez Booking.Com depuis peu."],
    ["Yahoo! est vendu.", "Verizon achète."],
    # other writing
    ["Le mot est 日本.", "日本 veut dire Japon."],
    ["Bravo ! 😀", "La suite demain."],
]

# Sentences that stand together without a space, as web pages often give them.
GLUED = [
    ["Voici la fin.", "Le début suit."],
    ["Il est venu en 2019.", "La suite est connue."],
    ["L'enquête de l'Obs.", "La nuit qui suit, il parle."],
    ['Il juge la loi "inutile".', "Le ministre répond."],
    ["Le texte existe.", '"Alexandre a demandé", dit-il.'],
    ['"Je me réjouis de cette décision"', "Cette décision fait réagir."],
    ["Le taux passe à 12 %.", "Les prix montent."],
    ["Est-ce la fin ?", "Les experts doutent."],
    ["Quel match !", "L'équipe jubile."],
    ["Une campagne chaotique", "L'ancienne ministre parle."],
    ["Hausse des loyers urbains", "De telles sommes étonnent."],
    ["Des réactions unanimes", "Éric Le Roux a protesté."],
    ["LA MAIRE SORTANTE VEUT RESTER", "La maire se représente."],
    ["Un record en France", "Cela inquiète les médecins."],
    ["Trois régions du Nord", "Des rafales sont attendues."],
    ["Macron attendu sur le racisme", "Le chef de l'Etat parlera."],
]

TOGETHER = [
    "YouTube Music et TikTok.", "Le XVIIIe arrondissement.", "Il a un iPhone neuf.",
    "Il écrit #NousToutes La Rochelle.", "M.Dupont parle.", "J.R.R.Tolkien écrit.",
]  # fmt: skip


@pytest.mark.parametrize("expected", SPACED, ids=lambda row: " | ".join(row)[:60])
def test_splits_where_a_reader_would(expected: list[str]) -> None:
    assert [sentence.text for sentence in split_sentences(" ".join(expected))] == expected


def test_a_heading_that_ends_in_an_acronym_is_told_from_the_next_sentence() -> None:
    found = split_sentences("Grève à la SNCFLa circulation reprendra mardi. Au XIVe siècle, rien.")
    assert [one.text for one in found] == [
        "Grève à la SNCF",
        "La circulation reprendra mardi.",
        "Au XIVe siècle, rien.",
    ]


@pytest.mark.parametrize("expected", GLUED, ids=lambda row: "".join(row)[:60])
def test_splits_where_the_space_was_lost(expected: list[str]) -> None:
    assert [sentence.text for sentence in split_sentences("".join(expected))] == expected


@pytest.mark.parametrize("text", TOGETHER)
def test_capitals_inside_a_word_or_name_do_not_split(text: str) -> None:
    assert [sentence.text for sentence in split_sentences(text)] == [text]


@pytest.mark.parametrize("heading", ['- "Deux ans de trop" -', "- Que faire ? -", "- Berlin : un avant-projet -"])
def test_a_heading_between_dashes_is_told_from_the_sentence_that_is_glued_to_it(heading: str) -> None:
    found = split_sentences(f"Le pont est fermé. {heading}Le maire l'admet.")
    assert [sentence.text for sentence in found] == ["Le pont est fermé.", heading, "Le maire l'admet."]
    # As a heading it is no whole sentence, so no brief is made of it.
    assert "unfinished" in faults(heading, 1, 60)


def test_headings_and_paragraphs_are_sentences_without_a_full_stop() -> None:
    text = "Un titre sans point\nLe texte commence. Il finit.\n\nAutre intertitre\n\nFin"
    expected = ["Un titre sans point", "Le texte commence.", "Il finit.", "Autre intertitre", "Fin"]
    assert [sentence.text for sentence in split_sentences(text)] == expected


def test_a_line_in_lower_case_continues_the_one_before_but_not_over_a_blank_line() -> None:
    assert [s.text for s in split_sentences("Le ministre a\nannoncé. Fin")] == ["Le ministre a\nannoncé.", "Fin"]
    assert [s.text for s in split_sentences("Titre\n\nsuite")] == ["Titre", "suite"]


@pytest.mark.parametrize("text", ["", " ", "\n\n\t \u00a0"])
def test_blank_text_has_no_sentences(text: str) -> None:
    assert split_sentences(text) == ()


def test_signs_alone_are_kept() -> None:
    assert [sentence.text for sentence in split_sentences("***\nOui.\n…")] == ["***", "Oui.", "…"]


def assert_nothing_lost(text: str) -> None:
    sentences = split_sentences(text)
    position = 0
    for sentence in sentences:
        assert sentence.start >= position
        assert sentence.start < sentence.end
        assert text[sentence.start : sentence.end] == sentence.text
        assert sentence.text.strip() == sentence.text
        assert len(sentence.text) <= MAX_SENTENCE
        assert not text[position : sentence.start].strip()
        position = sentence.end
    assert not text[position:].strip()
    starts = [*(sentence.start for sentence in sentences), len(text)]
    joined = "".join(s.text + text[s.end : start] for s, start in zip(sentences, starts[1:], strict=True))
    assert text[: starts[0]] + joined == text


PIECES = st.sampled_from(
    [
        *".!?…\"«»“”()[]-–’' \n\u00a0\u202f",
        "M.",
        "J.-C.",
        " (...) ",
        "etc.",
        "p. ",
        "Le ",
        "fin",
        "La",
        "3",
        "https://a.B",
    ]
)


@settings(deadline=None)
@given(st.lists(PIECES | st.text(max_size=4), max_size=60).map("".join))
@example("")
@example("\x1c.A\x85B.\u2028C")
@example("a." * 3000)
@example("fin.Le " + "x" * (2 * MAX_SENTENCE) + " y")
def test_no_character_is_lost(text: str) -> None:
    assert_nothing_lost(text)


def test_a_text_without_full_stops_is_cut_at_white_space() -> None:
    text = "mot " * 100_000
    assert_nothing_lost(text)
    assert {word for s in split_sentences(text) for word in s.text.split()} == {"mot"}


def test_a_text_without_spaces_is_cut_all_the_same() -> None:
    assert_nothing_lost("mot" * 50_000)


@pytest.mark.parametrize("unit", ["a.B", "M. ", '"', "J.", "! ", "« ", "(...) ", "1.", "fin.Le "])
def test_time_is_linear_in_the_length(unit: str) -> None:
    def seconds(repeats: int) -> float:
        text = unit * repeats
        taken = []
        for _ in range(3):
            begin = time.process_time()
            split_sentences(text)
            taken.append(time.process_time() - begin)
        return min(taken)

    # Sixteen times the text: a quadratic splitter would take 256 times as long.
    assert seconds(16_000) < 80 * max(seconds(1_000), 0.0005)
