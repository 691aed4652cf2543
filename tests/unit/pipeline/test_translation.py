"""The translation step over a scripted translator."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from models.contracts import Candidate, ModelIdentity, TranslationOptions, Translator
from service.pipeline.glossary import Glossary
from service.pipeline.translation import TranslationStep
from service.pipeline.warnings import WarningCode


class ScriptedTranslator:
    """Gives the scripted outputs of a sentence, without the forbidden ones; remembers every call."""

    def __init__(self, script: Mapping[str, Sequence[str]]) -> None:
        self.script = script
        self.calls: list[tuple[tuple[str, ...], TranslationOptions]] = []

    @property
    def identity(self) -> ModelIdentity:
        return ModelIdentity("scripted", "1", "0" * 64, "fake")

    @property
    def targets(self) -> tuple[str, ...]:
        return ("en", "de")

    def count_tokens(self, text: str) -> int:
        return len(text.split())

    def translate(self, sentences: Sequence[str], options: TranslationOptions) -> list[list[Candidate]]:
        self.calls.append((tuple(sentences), options))
        forbidden = options.forbidden or ((),) * len(sentences)
        return [
            self._outputs(text, banned, options.candidates) for text, banned in zip(sentences, forbidden, strict=True)
        ]

    def _outputs(self, text: str, banned: Sequence[str], count: int) -> list[Candidate]:
        outputs = [output for output in self.script.get(text, ()) if output not in banned][:count]
        return [Candidate(output, -0.1 * rank) for rank, output in enumerate(outputs, 1)]


def _step(script: Mapping[str, Sequence[str]], candidates: int = 2) -> tuple[TranslationStep, ScriptedTranslator]:
    translator = ScriptedTranslator(script)
    return TranslationStep(translator, candidates), translator


def test_the_fake_is_a_translator() -> None:
    assert isinstance(ScriptedTranslator({}), Translator)


def test_a_candidate_that_keeps_the_facts_is_preferred_to_a_better_score() -> None:
    step, translator = _step({"Il a 12 ans.": ["He is 21 years old.", "He is 12 years old."]})
    (sentence,) = step.translate(["Il a 12 ans."], "en")
    assert sentence.text == "He is 12 years old."
    assert sentence.support.holds
    assert sentence.warnings == ()
    assert len(translator.calls) == 1


def test_all_sentences_go_in_one_call_and_equal_ones_once() -> None:
    step, translator = _step({"Bonjour.": ["Hello."], "Merci.": ["Thanks."]})
    texts = [sentence.text for sentence in step.translate(["Bonjour.", "Merci.", "Bonjour."], "en")]
    assert texts == ["Hello.", "Thanks.", "Hello."]
    assert [call[0] for call in translator.calls] == [("Bonjour.", "Merci.")]


def test_failed_outputs_are_forbidden_in_a_second_attempt() -> None:
    step, translator = _step({"Il a 12 ans.": ["He is 21.", "He is 22.", "He is 12."]})
    (sentence,) = step.translate(["Il a 12 ans."], "en")
    assert sentence.text == "He is 12."
    assert sentence.attempts == 2
    assert translator.calls[1][1].forbidden == (("He is 21.", "He is 22."),)
    assert translator.calls[1][1].candidates > translator.calls[0][1].candidates


def test_a_sentence_is_cut_at_its_clauses_when_nothing_else_helps() -> None:
    french = "Le musée a fermé en 1998, mais la mairie l'a racheté en 2004."
    step, translator = _step(
        {
            french: ["The museum closed in 1989, but the city bought it in 2014."],
            "Le musée a fermé en 1998,": ["The museum closed in 1998."],
            "mais la mairie l'a racheté en 2004.": ["But the city bought it in 2004."],
        }
    )
    (sentence,) = step.translate([french], "en")
    assert sentence.support.holds
    assert "1998" in sentence.text
    assert sentence.text.endswith("but the city bought it in 2004.")
    assert translator.calls[-1][0] == ("Le musée a fermé en 1998,", "mais la mairie l'a racheté en 2004.")


def test_what_still_differs_is_the_most_literal_one_and_said() -> None:
    step, _ = _step({"Il a vu 3 chats et 4 chiens.": ["He saw 5 cats and 6 dogs.", "He saw 3 cats and 6 dogs."]})
    (sentence,) = step.translate(["Il a vu 3 chats et 4 chiens."], "en")
    assert sentence.text == "He saw 3 cats and 6 dogs."
    assert sentence.warnings == (WarningCode.TRANSLATION_ALTERED,)
    assert [check.fact.value for check in sentence.support.failures] == ["6"]


def test_an_untranslated_sentence_is_said_to_be() -> None:
    french = "La ville est belle et calme."
    step, _ = _step({french: [french]})
    (sentence,) = step.translate([french], "en")
    assert sentence.text == french
    assert WarningCode.TRANSLATION_UNTRANSLATED in sentence.warnings


def test_no_output_at_all_leaves_the_french_and_says_so() -> None:
    step, _ = _step({"Bonjour.": [""]})
    (sentence,) = step.translate(["Bonjour."], "en")
    assert (sentence.text, sentence.warnings) == ("Bonjour.", (WarningCode.TRANSLATION_UNTRANSLATED,))


def test_text_without_letters_is_not_sent_to_the_model() -> None:
    step, translator = _step({})
    (sentence,) = step.translate(["12 345 — 67 %"], "en")
    assert (sentence.text, sentence.attempts) == ("12 345 — 67 %", 0)
    assert translator.calls == []


def test_a_translation_ends_with_the_sign_of_the_french() -> None:
    step, _ = _step({"Vient-il ?": ["Is he coming."], "Le chat dort": ["The cat sleeps."], "Oui !": ["Yes !"]})
    texts = [sentence.text for sentence in step.translate(["Vient-il ?", "Le chat dort", "Oui !"], "en")]
    assert texts == ["Is he coming?", "The cat sleeps", "Yes!"]


def test_quotation_marks_become_those_of_the_language() -> None:
    step, _ = _step({"Il dit « oui ».": ["He says « yes »."]})
    assert step.translate(["Il dit « oui »."], "en")[0].text == "He says “yes”."


def test_a_candidate_with_the_glossarys_term_is_preferred() -> None:
    french = "Le Conseil d'État a tranché."
    step, _ = _step(
        {
            french: ["The State Council ruled.", "The Council of State ruled."],
            "Conseil d'État": ["State Council"],
        }
    )
    (sentence,) = step.translate([french], "en", Glossary.of({"Conseil d'État": "Council of State"}))
    assert sentence.text == "The Council of State ruled."
    assert [entry.target for entry in sentence.applied] == ["Council of State"]


def test_the_models_rendering_is_replaced_when_no_candidate_has_the_term() -> None:
    french = "Le Conseil d'État a tranché."
    step, translator = _step({french: ["The State Council ruled."], "Conseil d'État": ["The State Council"]})
    (sentence,) = step.translate([french], "en", Glossary.of({"Conseil d'État": "High Administrative Bench"}))
    assert sentence.text == "The High Administrative Bench ruled."
    assert sentence.support.holds
    assert ("Conseil d'État",) in [call[0] for call in translator.calls]


def test_a_term_that_cannot_be_placed_is_reported() -> None:
    step, _ = _step({"Le taux directeur monte.": ["It is rising."], "taux directeur": ["key rate"]})
    (sentence,) = step.translate(["Le taux directeur monte."], "en", Glossary.of({"taux directeur": "policy rate"}))
    assert [entry.source for entry in sentence.unapplied] == ["taux directeur"]
    assert sentence.applied == ()


def test_a_text_keeps_its_lines_and_blank_lines() -> None:
    step, _ = _step({"Bonjour.": ["Hello."], "Merci.": ["Thanks."], "Au revoir.": ["Good\nbye."]})
    text = "Bonjour. Merci.\n\n  Au revoir.  \n12\n"
    assert step.translate_text(text, "en") == "Hello. Thanks.\n\n  Good bye.  \n12\n"


def test_an_unknown_language_is_refused() -> None:
    step, _ = _step({})
    with pytest.raises(ValueError, match="it"):
        step.translate(["Bonjour."], "it")
