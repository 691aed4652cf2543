"""The closed list of warnings that a briefing may carry, and their sentences.

A warning never changes what was asked for; it says what the reader should know about the answer.
Clients branch on the code, people read the sentence.
"""

from __future__ import annotations

from enum import StrEnum
from string import Formatter

from service.pipeline.brief import Warned


class WarningCode(StrEnum):
    """Every code that ``warn`` knows; its sentence is in ``SENTENCES``."""

    ARTICLE_READ_IN_PARTS = "article_read_in_parts"
    ARTICLE_SHORTER_THAN_BRIEF = "article_shorter_than_brief"
    LANGUAGE_STATED_NOT_DETECTED = "language_stated_not_detected"
    EXTRACTED_FALLBACK = "extracted_fallback"
    VISIBLE_TEXT_ONLY = "visible_text_only"
    TRANSLATION_ALTERED = "translation_altered"
    TRANSLATION_UNTRANSLATED = "translation_untranslated"
    TRANSLATION_REPETITION = "translation_repetition"
    TRANSLATION_SHORTENED = "translation_shortened"
    UNSUPPORTED_FACT = "unsupported_fact"
    GLOSSARY_UNUSED = "glossary_unused"
    GLOSSARY_UNAPPLIED = "glossary_unapplied"
    LANGUAGE_EXPERIMENTAL = "language_experimental"
    LENGTH_NOT_REACHED = "length_not_reached"


#: One sentence for each code; names in braces are the details that ``warn`` must be given.
SENTENCES: dict[WarningCode, str] = {
    WarningCode.ARTICLE_READ_IN_PARTS: (
        "The article fills {parts} windows of the model that writes: it read the beginning and the most telling"
        " sentences; the choice of the brief weighed all of them."
    ),
    WarningCode.ARTICLE_SHORTER_THAN_BRIEF: (
        "The article has {words} words, fewer than a brief of this length; it is returned as it is."
    ),
    WarningCode.LANGUAGE_STATED_NOT_DETECTED: (
        "The article was taken as French because the request says so; it looks like {detected}"
        " (confidence {confidence})."
    ),
    WarningCode.EXTRACTED_FALLBACK: (
        "No written brief was fully supported by the article; the brief is made of the article's own sentences."
    ),
    WarningCode.VISIBLE_TEXT_ONLY: (
        "No main text was recognised in the HTML; all of its visible text was read, menus and notices included."
    ),
    WarningCode.TRANSLATION_ALTERED: (
        "In {language}, sentence {sentence} states {found} differently from the French brief; see its checks."
    ),
    WarningCode.TRANSLATION_UNTRANSLATED: (
        "In {language}, sentence {sentence} could not be translated and stays French."
    ),
    WarningCode.TRANSLATION_REPETITION: "In {language}, sentence {sentence} may repeat itself or be incomplete.",
    WarningCode.TRANSLATION_SHORTENED: (
        "In {language}, sentence {sentence} leaves out a clause whose facts no translation kept."
    ),
    WarningCode.UNSUPPORTED_FACT: "Sentence {sentence} states {found}, which the article does not; see its checks.",
    WarningCode.GLOSSARY_UNUSED: "These glossary entries do not occur in the brief: {entries}.",
    WarningCode.GLOSSARY_UNAPPLIED: (
        "In {language}, sentence {sentence} could not be made to use these glossary entries: {entries}."
    ),
    WarningCode.LANGUAGE_EXPERIMENTAL: "Translations into {language} are experimental: expect more errors.",
    WarningCode.LENGTH_NOT_REACHED: "The brief has {words} words; {wanted} were asked for.",
}


def details_of(code: WarningCode) -> frozenset[str]:
    """The names of the details that the code's sentence needs."""
    return frozenset(name for _, name, _, _ in Formatter().parse(SENTENCES[code]) if name)


def warn(code: WarningCode | str, **details: object) -> Warned:
    """The warning with its sentence filled in.

    Floats are written with two decimals, several values joined by commas. Raises ``ValueError``
    for an unknown code and ``TypeError`` when the details are not exactly those of the sentence.
    """
    known = WarningCode(code)
    needed = details_of(known)
    if needed != details.keys():
        raise TypeError(f"warning {known.value!r} takes the details {sorted(needed)}, not {sorted(details)}")
    return Warned(known.value, SENTENCES[known].format(**{name: _written(value) for name, value in details.items()}))


def _written(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.2f}"
    if isinstance(value, (list, tuple, set, frozenset)):
        return ", ".join(str(item) for item in value)
    return str(value)
