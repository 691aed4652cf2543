"""Known values of every score, worked out by hand."""

from __future__ import annotations

import pytest

from service.evaluation.corpus import GivenBrief, Record
from service.evaluation.scores import (
    UnicodeWords,
    first_sentences,
    gathered,
    novelty,
    rouge,
    score_brief,
    signature,
    unknown_names,
    unknown_numbers,
)

# reference, brief, then ROUGE-1, -2, -L by Unicode words, and the same by the paper's tokeniser.
KNOWN = [
    ("le chat dort", "le chat mange", (200 / 3, 50.0, 200 / 3), (200 / 3, 50.0, 200 / 3)),
    ("le chat dort", "le chat dort", (100.0, 100.0, 100.0), (100.0, 100.0, 100.0)),
    ("a b c d", "d c b a", (100.0, 0.0, 25.0), (100.0, 0.0, 25.0)),
    # Repeated words count as often as both have them: 2 of 3 and 2 of 4 words, 1 of 2 and 1 of 3 pairs.
    ("le le le chat", "le chat chat", (400 / 7, 40.0, 400 / 7), (400 / 7, 40.0, 400 / 7)),
    # « été » and « étà » are different words, but both are "t" to a tokeniser that drops accented letters.
    ("été", "étà", (0.0, 0.0, 0.0), (100.0, 0.0, 100.0)),
    # One of two words; but "l l ve" against "l leve": one of two and one of three pieces.
    ("l'élève", "l'éleve", (50.0, 0.0, 50.0), (40.0, 0.0, 40.0)),
    ("À Évry", "à évry", (100.0, 100.0, 100.0), (100.0, 0.0, 100.0)),
    ("", "", (0.0, 0.0, 0.0), (0.0, 0.0, 0.0)),
    ("le chat", "", (0.0, 0.0, 0.0), (0.0, 0.0, 0.0)),
    ("", "le chat", (0.0, 0.0, 0.0), (0.0, 0.0, 0.0)),
    ("« ! »", "…", (0.0, 0.0, 0.0), (0.0, 0.0, 0.0)),
]


@pytest.mark.parametrize(("reference", "brief", "words", "paper"), KNOWN)
def test_rouge_has_the_values_worked_out_by_hand(
    reference: str, brief: str, words: tuple[float, ...], paper: tuple[float, ...]
) -> None:
    assert tuple(rouge(reference, brief, paper=False).values()) == pytest.approx(words)
    assert tuple(rouge(reference, brief, paper=True).values()) == pytest.approx(paper)


def test_rouge_names_its_three_kinds() -> None:
    assert list(rouge("a", "a", paper=False)) == ["rouge1", "rouge2", "rougeL"]


def test_unicode_words_keep_accents_and_drop_signs() -> None:
    assert UnicodeWords().tokenize("L’Été, c'est 3,5 % !") == ["l", "été", "c", "est", "3", "5"]


@pytest.mark.parametrize(
    ("article", "count", "lead"),
    [
        ("Un. Deux. Trois.", 2, "Un. Deux."),
        ("Un.Deux ! « Trois »", 2, "Un. Deux !"),
        ("Il a 3.5 points. et encore. Fin.", 1, "Il a 3.5 points. et encore."),
        ("Sans point", 2, "Sans point"),
        ("", 2, ""),
    ],
)
def test_first_sentences_end_before_a_capital(article: str, count: int, lead: str) -> None:
    assert first_sentences(article, count) == lead


@pytest.mark.parametrize(
    ("brief", "article", "unknown"),
    [
        ("Il y a 3 morts", "En 2023", []),  # a screen by characters: 3 is in 2023
        ("Il y a 4 morts", "En 2023", ["4"]),
        ("3,5 % et 1.000", "3,5 puis 1 000", ["1.000"]),
        ("aucun", "rien", []),
        ("", "", []),
    ],
)
def test_unknown_numbers_are_those_whose_characters_are_absent(brief: str, article: str, unknown: list[str]) -> None:
    assert unknown_numbers(brief, article) == unknown


@pytest.mark.parametrize(
    ("brief", "article", "unknown"),
    [
        ("Selon Durand, tout va bien.", "M. Dupont parle.", ["Durand"]),
        ("Selon durand, tout va bien.", "M. Dupont parle.", []),
        ("Durand parle. Martin aussi.", "Rien.", []),  # the first word of a sentence is not looked at
        ("Le maire d'Évry et l’Isère.", "évry", ["Isère"]),
        ("Le PS perd, le RPR gagne.", "Rien.", ["RPR"]),  # two letters are too few
        ("Il vit à Aix-en-Provence.", "Aix en Provence", ["Aix-en-Provence"]),
        ('Il dit : "Oui, Paris." Paris attend.', "paris", []),
        ("Des obsèques à la Madeleine.", "Ils vont à la Made\u00adleine.", []),
        ("", "", []),
    ],
)
def test_unknown_names_are_capitalised_words_inside_a_sentence(brief: str, article: str, unknown: list[str]) -> None:
    assert unknown_names(brief, article) == unknown


@pytest.mark.parametrize(
    ("brief", "size", "share"),
    [
        ("le chat noir dort", 1, 0.0),
        ("le chat roux dort", 1, 25.0),
        ("le chat noir dort", 2, 200 / 3),
        ("le chat noir dort", 3, 100.0),
        ("le chat dort", 3, 0.0),
        ("le chat", 3, 0.0),  # no three words, so none that are new
        ("roux roux chat", 1, 50.0),  # distinct words: one of two
    ],
)
def test_novelty_is_the_share_of_distinct_ngrams_that_the_article_lacks(brief: str, size: int, share: float) -> None:
    assert novelty(brief, "Le chat dort. Noir.", size) == pytest.approx(share)


def test_novelty_of_nothing_is_none() -> None:
    assert novelty("", "Le chat dort.", 1) == 0.0


def test_a_brief_has_every_score() -> None:
    record = Record("1", "Le chat de Durand dort depuis 3 jours.", "Le chat dort.")
    scores = score_brief(record, "Le chat de Martin dort depuis 4 jours.", strict=lambda brief: False)
    assert scores["words"] == 8.0
    assert (scores["unsupported_numbers"], scores["unsupported_names"], scores["unsupported"]) == (100.0, 100.0, 100.0)
    assert scores["unsupported_strict"] == 100.0
    assert scores["novel1"] == pytest.approx(25.0)
    assert scores["rouge1"] == pytest.approx(600 / 11)
    assert "unsupported_strict" not in score_brief(record, "Le chat dort.")


def test_a_system_keeps_the_records_order_and_counts_failures() -> None:
    briefs = [GivenBrief("Un chat.", "written", 1.5), GivenBrief("", None, 0.5, "wrong_language")]
    scores = gathered("ours", briefs, [{"rouge1": 100.0}, {"rouge1": 0.0}])
    assert scores.values["rouge1"].tolist() == [100.0, 0.0]
    assert scores.values["seconds"].tolist() == [1.5, 0.5]
    assert (scores.count, scores.failures, scores.written) == (2, {"wrong_language": 1}, 1)


def test_seconds_are_left_out_unless_every_brief_has_them() -> None:
    scores = gathered("ours", [GivenBrief("Un.", seconds=1.0), GivenBrief("Deux.")], [{"words": 1.0}, {"words": 1.0}])
    assert list(scores.values) == ["words"]
    assert scores.written is None


def test_the_two_tokenisations_have_different_signatures() -> None:
    ours, paper = signature("rouge1"), signature("paper_rouge1")
    assert ours.startswith("f1:mean|tok:unicode-words|case:lower|stem:no|rouge-score:")
    assert paper.startswith("f1:mean|tok:rouge-score-default[a-z0-9]|case:lower|stem:no|rouge-score:")


def test_every_score_has_a_signature() -> None:
    scores = score_brief(Record("1", "Un.", "Un."), "Un.", strict=lambda brief: True)
    assert all(signature(metric).count("breve:") == 1 for metric in [*scores, "seconds"])
