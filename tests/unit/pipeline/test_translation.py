"""The translation step over a scripted translator."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.contracts import Candidate, ModelIdentity, TranslationOptions, Translator
from models.dictionary import Dictionaries
from service.pipeline.brief import Policy
from service.pipeline.clauses import clauses_of
from service.pipeline.comparison import compare
from service.pipeline.glossary import Glossary
from service.pipeline.repair import FACTUAL
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


def _step(
    script: Mapping[str, Sequence[str]],
    candidates: int = 2,
    policy: Policy = "strict",
    dictionaries: Dictionaries | None = None,
) -> tuple[TranslationStep, ScriptedTranslator]:
    translator = ScriptedTranslator(script)
    return TranslationStep(translator, candidates, policy, dictionaries or Dictionaries(())), translator


def test_the_fake_is_a_translator() -> None:
    assert isinstance(ScriptedTranslator({}), Translator)


def test_a_candidate_that_keeps_the_facts_is_preferred_to_a_better_score() -> None:
    step, translator = _step({"Il a 12 ans.": ["He is 21 years old.", "He is 12 years old."]})
    (sentence,) = step.translate(["Il a 12 ans."], "en")
    assert sentence.text == "He is 12 years old."
    assert sentence.support.holds
    assert sentence.warnings == ()
    assert len(translator.calls) == 1


def test_a_candidate_of_real_words_is_preferred_to_a_better_score() -> None:
    step, translator = _step({"La valeur retenue est 12.": ["The value retened is 12.", "The value used is 12."]})
    (sentence,) = step.translate(["La valeur retenue est 12."], "en")
    assert sentence.text == "The value used is 12."
    assert len(translator.calls) == 1


def test_where_every_candidate_has_a_coined_word_others_are_asked_for_once() -> None:
    outputs = ["The value retened is 12.", "The retened value is 12.", "The value kept is 12."]
    step, translator = _step({"La valeur retenue est 12.": outputs})
    (sentence,) = step.translate(["La valeur retenue est 12."], "en")
    assert (sentence.text, sentence.attempts) == ("The value kept is 12.", 2)
    assert [options.candidates for _, options in translator.calls] == [2, 4]


def test_a_term_of_the_glossary_is_no_coined_word() -> None:
    step, translator = _step({"Les zadistes sont là.": ["The zadistes are there."]})
    (sentence,) = step.translate(["Les zadistes sont là."], "en", Glossary.of({}, ("zadistes",)))
    assert sentence.text == "The zadistes are there."
    assert sum("Les zadistes sont là." in texts for texts, _ in translator.calls) == 1


def test_a_word_that_stayed_french_loses_to_an_english_one_and_is_not_worth_another_attempt() -> None:
    step, translator = _step(
        {
            "Le viaduc est long.": ["The viaduc is long.", "The viaduct is long."],
            "Le viaduc est vieux.": ["The viaduc is old.", "The viaduc is aged."],
        }
    )
    found = step.translate(["Le viaduc est long.", "Le viaduc est vieux."], "en")
    assert [sentence.text for sentence in found] == ["The viaduct is long.", "The viaduc is old."]
    assert len(translator.calls) == 1


def test_words_that_english_lacks_are_looked_up_where_no_candidate_has_better_ones() -> None:
    step, translator = _step(
        {
            "Les pertes cumulées sont là.": ["The cumuled losses are there.", "The total losses are there."],
            "Les piliers sont vieux.": ["The pilars are old.", "The pilars are aged."],
        },
        dictionaries=Dictionaries(("en",)),
    )
    found = step.translate(["Les pertes cumulées sont là.", "Les piliers sont vieux."], "en")
    assert [sentence.text for sentence in found] == ["The total losses are there.", "The pillars are old."]
    assert len(translator.calls) == 1


def test_a_new_word_that_the_dictionary_has_is_no_coined_one() -> None:
    step, translator = _step({"Les djihadistes fuient.": ["The jihadists flee.", "The militants flee."]})
    (sentence,) = step.translate(["Les djihadistes fuient."], "en")
    assert sentence.text == "The jihadists flee."
    assert len(translator.calls) == 1


def test_a_coined_word_is_better_than_a_wrong_number_and_costs_no_third_attempt() -> None:
    outputs = ["The value retened is 12.", "The value used is 21."]
    step, translator = _step({"La valeur retenue est 12.": outputs})
    (sentence,) = step.translate(["La valeur retenue est 12."], "en")
    assert sentence.text == "The value retened is 12."
    assert sentence.warnings == ()
    assert len(translator.calls) == 2


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
            french: ["The museum closed in 1998, but Chicago bought it in 2004."],
            "Le musée a fermé en 1998,": ["The museum closed in 1998."],
            "mais la mairie l'a racheté en 2004.": ["But the city bought it in 2004."],
        }
    )
    (sentence,) = step.translate([french], "en")
    assert sentence.support.holds
    assert "1998" in sentence.text
    assert sentence.text.endswith("but the city bought it in 2004.")
    assert translator.calls[-1][0] == ("Le musée a fermé en 1998,", "mais la mairie l'a racheté en 2004.")


def test_an_altered_fact_is_repaired_before_the_sentence_is_cut() -> None:
    french = "Il a vu 3 chats au zoo, mais il a aussi vu 4 chiens."
    step, translator = _step({french: ["He saw 3 cats at the zoo, but he also saw 6 dogs."]})
    (sentence,) = step.translate([french], "en")
    assert sentence.text == "He saw 3 cats at the zoo, but he also saw 4 dogs."
    assert (sentence.repaired, sentence.warnings) == (True, ())
    assert all(call[0] == (french,) for call in translator.calls)


def test_a_candidate_of_the_model_is_preferred_to_a_repaired_one() -> None:
    step, _ = _step({"Il a 12 ans.": ["He is 21 years old.", "He is 22.", "He is 12."]})
    (sentence,) = step.translate(["Il a 12 ans."], "en")
    assert (sentence.text, sentence.repaired) == ("He is 12.", False)


def test_warn_gives_the_most_literal_one_and_says_what_differs() -> None:
    french = "Macron a vu 3 chats."
    step, _ = _step({french: ["Scholz and Biden saw 3 cats.", "Scholz and Biden saw 5 cats."]}, policy="warn")
    (sentence,) = step.translate([french], "en")
    assert sentence.text == "Scholz and Biden saw 3 cats."
    assert sentence.warnings == (WarningCode.TRANSLATION_ALTERED,)
    assert {check.fact.kind for check in sentence.support.failures} == {"name"}


def test_strict_gives_the_french_rather_than_an_invented_name() -> None:
    french = "Macron a vu 3 chats."
    step, _ = _step({french: ["Scholz and Biden saw 3 cats."]})
    (sentence,) = step.translate([french], "en")
    assert (sentence.text, sentence.support.checks) == (french, ())
    assert sentence.warnings == (WarningCode.TRANSLATION_UNTRANSLATED,)


def test_strict_leaves_out_a_clause_that_cannot_be_put_right() -> None:
    french = "Le musée a fermé en 1998, mais la mairie l'a racheté en 2004."
    step, _ = _step(
        {
            french: ["The museum closed in 1998, but Chicago bought it in 2004."],
            "Le musée a fermé en 1998,": ["The museum closed in 1998,"],
            "mais la mairie l'a racheté en 2004.": ["but Chicago bought it in 2004."],
        }
    )
    (sentence,) = step.translate([french], "en")
    assert sentence.text == "The museum closed in 1998."
    assert sentence.warnings == (WarningCode.TRANSLATION_SHORTENED,)
    assert sentence.support.holds


def test_a_lost_quotation_mark_weighs_less_than_a_wrong_number() -> None:
    french = "Il a dit « oui » à 3 chats."
    outputs = ["Scholz and Biden said “yes” to 3 cats.", "He said yes to 3 cats."]
    step, _ = _step({french: outputs}, policy="warn")
    assert step.translate([french], "en")[0].text == outputs[1]


def test_a_lost_quotation_mark_is_said_but_not_forbidden() -> None:
    french = "Il a dit « oui » à Jean."
    step, _ = _step({french: ["He said yes to Jean."]})
    (sentence,) = step.translate([french], "en")
    assert (sentence.text, sentence.warnings) == ("He said yes to Jean.", (WarningCode.TRANSLATION_ALTERED,))


_FACTS = ["12", "21", "Chicago", "Lyon", "Angela Merkel", "Julie Martin", "18 months", "7.5%", "on 3 May", "in 1998"]
_FACTS += ["twelve", "€3 million", "at 8 p.m.", "second", "third", "President Donald Trump", "NATO", "", "the mayor"]


@settings(deadline=None, max_examples=80)
@given(
    outputs=st.lists(st.lists(st.sampled_from(_FACTS), min_size=1, max_size=4), min_size=1, max_size=3),
    french=st.sampled_from(
        [
            "Julie Martin a vendu 12 vélos à Lyon le 3 mai, mais le maire a payé 7,5 % de moins.",
            "Le maire a rencontré Angela Merkel à 20 heures ; la troisième réunion a duré dix-huit mois.",
            "Le président américain a promis 3 millions d'euros en 1998.",
        ]
    ),
)
def test_strict_never_states_what_the_french_does_not(outputs: list[list[str]], french: str) -> None:
    script = {french: [f"Yesterday they said that {' and '.join(facts)} came." for facts in outputs]}
    script |= {part: [f"They gave {' to '.join(outputs[0])}."] for part in clauses_of(french)} | script
    step, _ = _step(script)
    (sentence,) = step.translate([french], "en")
    if sentence.text == french:
        assert sentence.warnings == (WarningCode.TRANSLATION_UNTRANSLATED,)
        return
    failures = [check for check in compare(french, sentence.text, "en").failures if check.fact.kind in FACTUAL]
    assert [check.fact.text for check in failures if check.status == "altered"] == []
    if not {WarningCode.TRANSLATION_SHORTENED, WarningCode.TRANSLATION_ALTERED} & set(sentence.warnings):
        assert failures == []


@pytest.mark.parametrize(
    ("output", "shipped"),
    [
        ("The team has followed 212 marmots in the Vanoise.", True),
        ("The team has followed one of 212 marmots for long.", False),
        ("For fortyth winters the team has followed 212 marmots.", False),
        ("For twelve winters the team has followed 212 marmots.", False),
    ],
)
def test_strict_rather_omits_a_number_than_leaves_the_sentence_french(output: str, shipped: bool) -> None:
    french = "Pendant quatorze hivers, une équipe a suivi 212 marmottes de la Vanoise."
    step, _ = _step({french: [output]})
    (sentence,) = step.translate([french], "en")
    expected = WarningCode.TRANSLATION_ALTERED if shipped else None
    assert (expected in sentence.warnings) is shipped
    assert "one of" not in sentence.text
    assert "fortyth" not in sentence.text
    assert "twelve" not in sentence.text


@settings(deadline=None, max_examples=60)
@given(
    wrong=st.sampled_from(["10", "21", "1,012", "twelve", "2.5 million"]),
    town=st.sampled_from(["Lyon", "Chicago", "Rome", "Berlin"]),
    month=st.sampled_from(["May", "March", "October"]),
)
def test_strict_repairs_whatever_single_facts_a_model_alters(wrong: str, town: str, month: str) -> None:
    french = "Le maire de Lyon a vendu 340 vélos le 3 mai."
    step, _ = _step({french: [f"The mayor of {town} sold {wrong} bicycles on 3 {month}."]})
    (sentence,) = step.translate([french], "en")
    assert sentence.text == "The mayor of Lyon sold 340 bicycles on 3 May."
    assert sentence.repaired
    assert sentence.support.holds


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


def test_a_model_is_told_the_glossarys_terms_of_each_sentence() -> None:
    script = {"Le Conseil d'État siège.": ["The Council of State sits."], "Londres attend.": ["London waits."]}
    step, translator = _step(script)
    step.translate(list(script), "en", Glossary.of({"Conseil d'État": "Council of State", "Cour": "Court"}, ["Paris"]))
    assert translator.calls[-1][1].terms == ((("Conseil d'État", "Council of State"),), ())


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
    assert sentence.warnings == (WarningCode.GLOSSARY_UNAPPLIED,)


def test_a_text_keeps_its_lines_and_blank_lines() -> None:
    step, _ = _step({"Bonjour.": ["Hello."], "Merci.": ["Thanks."], "Au revoir.": ["Good\nbye."]})
    text = "Bonjour. Merci.\n\n  Au revoir.  \n12\n"
    assert step.translate_text(text, "en") == "Hello. Thanks.\n\n  Good bye.  \n12\n"


def test_an_unknown_language_is_refused() -> None:
    step, _ = _step({})
    with pytest.raises(ValueError, match="it"):
        step.translate(["Bonjour."], "it")
