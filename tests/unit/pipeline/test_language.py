from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.errors import WrongLanguage
from service.pipeline.language import LanguageDetector

FRENCH = (
    "Le conseil municipal a voté jeudi soir le budget de la ville, qui prévoit une hausse des dépenses de transport. "
    "L'opposition juge le texte trop coûteux et demande au maire de revoir sa copie avant la fin du mois. "
)
ENGLISH = (
    "The town council voted on Thursday evening for a budget that raises spending on public transport. "
    "Opposition members say that the plan costs too much and have asked the mayor to think again this month. "
)


@pytest.fixture(scope="module")
def detector() -> LanguageDetector:
    return LanguageDetector()


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("fr", "Trois personnes ont été blessées dans l'incendie d'un immeuble à Marseille."),
        ("fr", "Pluie-inondation : sept départements en vigilance orange"),
        ("en", "Three people were injured when a building caught fire in Marseille."),
        ("es", "Tres personas resultaron heridas en el incendio de un edificio en Marsella."),
        ("it", "Tre persone sono rimaste ferite nell'incendio di un palazzo a Marsiglia."),
        ("ca", "Tres persones han resultat ferides en l'incendi d'un edifici a Marsella."),
        ("pt", "Três pessoas ficaram feridas no incêndio de um prédio em Marselha."),
        ("ro", "Trei persoane au fost rănite în incendiul unei clădiri din Marsilia."),
        ("ar", "قدمت الحكومة مشروع قانون المالية يوم الثلاثاء"),
        ("he", "הממשלה הציגה ביום שלישי את הצעת התקציב"),
    ],
)
def test_a_sentence_is_enough(detector: LanguageDetector, language: str, text: str) -> None:
    detected = detector.detect(text)
    assert detected.language == language
    assert detected.confidence > 0.6


@pytest.mark.parametrize(
    "text", ["", "12 345 678 3,14 2025 100 % 42 " * 20, "😀🎉 🇫🇷", "ok", "https://exemple.fr/le-texte-de-la-page"]
)
def test_what_has_no_words_has_no_language(detector: LanguageDetector, text: str) -> None:
    detected = detector.detect(text)
    assert (detected.language, detected.confidence) == ("und", 0.0)
    with pytest.raises(WrongLanguage) as refused:
        detector.require_french(text, 0.6)
    assert refused.value.detected == "und"


def test_a_title_in_another_language_does_not_decide(detector: LanguageDetector) -> None:
    assert detector.detect("Le budget de la ville est adopté après un long débat\n\n" + ENGLISH * 8).language == "en"
    assert detector.detect("The town votes a new budget after a very long debate\n\n" + FRENCH * 8).is_french


def test_half_french_is_not_sure_to_be_french(detector: LanguageDetector) -> None:
    mixed = detector.detect(FRENCH * 6 + ENGLISH * 6)
    assert 0.35 < mixed.confidence < 0.65
    with pytest.raises(WrongLanguage):
        detector.require_french(FRENCH * 6 + ENGLISH * 6, 0.7)


def test_an_article_in_another_language_is_refused_by_name(detector: LanguageDetector) -> None:
    with pytest.raises(WrongLanguage) as refused:
        detector.require_french(ENGLISH, 0.6)
    assert refused.value.detected == "en"
    assert refused.value.confidence > 0.9


def test_a_french_article_passes(detector: LanguageDetector) -> None:
    assert detector.require_french(FRENCH, 0.6).is_french


@pytest.mark.parametrize("stated", ["fr", "FR", "fr-CA", "fr_FR"])
def test_a_caller_who_states_french_is_believed_and_told(detector: LanguageDetector, stated: str) -> None:
    assert detector.require_french(ENGLISH, 0.6, stated).language == "en"
    assert detector.require_french("2 + 2 = 4", 0.6, stated).language == "und"


def test_a_caller_who_states_another_language_is_refused(detector: LanguageDetector) -> None:
    with pytest.raises(WrongLanguage) as refused:
        detector.require_french(FRENCH, 0.6, "en")
    assert refused.value.detected == "en"


@settings(deadline=None)
@given(st.text())
def test_the_confidence_is_always_between_0_and_1(text: str) -> None:
    assert 0 <= LANGUAGE_DETECTOR.detect(text).confidence <= 1


# hypothesis and fixtures of module scope do not go together; nothing is loaded before the first use.
LANGUAGE_DETECTOR = LanguageDetector()


def test_a_long_article_is_judged_quickly(detector: LanguageDetector) -> None:
    assert detector.detect(FRENCH * 5_000).confidence > 0.99
