"""What is wrong with a translation whatever it says: empty, too short or long, repetitive, French, another language."""

from __future__ import annotations

import re
from collections import Counter
from typing import Literal

from service.pipeline.exonyms import exonyms
from service.pipeline.function_words import FUNCTION_WORDS

GuardCode = Literal["empty", "length", "repetition", "untranslated", "wrong_language"]

#: Characters of a translation for one of the French; short texts vary more.
_RATIO = (0.45, 2.0)
_SHORT_RATIO = (0.2, 3.5)
_SHORT = 25
#: A stretch of this many words, or more, may not be copied from the French when it holds French grammar.
_COPIED = 4

#: Frequent words by language; some belong to several, which cancels out in the comparison.
_PROFILES = {
    "en": """
    the of and to in that is was for on with as by at from have has be are were it this which not but had his
    they an been will would their said who more after about than its she he we you all there if can could what
    when
    """,
    "de": """
    der die das und in zu den mit von für auf ist im dem nicht ein eine als auch es an werden aus er hat dass
    sie nach wird bei einer um am sind noch wie einem über einen so zum war haben nur oder aber vor zur bis mehr
    durch man
    """,
    "es": """
    de la que el en y a los se del las un por con no una su para es al lo como más o pero sus le ha este sí
    porque esta son entre está cuando muy sin sobre ser tiene también me hasta hay donde han quien fue desde
    todo
    """,
    "it": """
    di che è e la il un a per in una sono mi ho non lo ha con ma si le da i del dei della nel al come più gli
    anche alla questo su delle dal sul stato essere hanno degli nella tra ai se loro suo sua alle cui dopo dalla
    """,
    "pt": """
    de a o que e do da em um para é com não uma os no se na por mais as dos como mas foi ao ele das tem à seu
    sua ou ser quando muito há nos já está eu também só pelo pela até isso ela entre era depois sem mesmo aos
    ter seus são
    """,
    "fr": """
    de la le et les des en un du une que est pour qui dans a par plus pas au sur ne se il ce sont avec son aux
    cette ont mais comme ou elle leur été être deux fait même sa aussi ses était ces dont nous lui sans après
    entre
    """,
}
_WORDS = {language: frozenset(words.split()) for language, words in _PROFILES.items()}
_WORD = re.compile(r"[^\W\d_]+")
#: At most eight words in quotation marks; a longer text in them is what somebody said.
_TITLE = re.compile(r"[\"“«„]\s*((?:[^\s\"”»“]+\s+){0,7}[^\s\"”»“]+?)[,.]?\s*[\"”»“]")


def guard(french: str, translation: str, language: str) -> tuple[GuardCode, ...]:
    """The codes of what is wrong with a translation, in the order of ``GuardCode``; none for a sound one.

    A text without letters may stay as it is.
    """
    if not translation.strip():
        return ("empty",) if french.strip() else ()
    if not _WORD.search(french):
        return ()
    codes: list[GuardCode] = []
    if not _proportionate(french, translation):
        codes.append("length")
    if _repeats(translation) and not _repeats(french):
        codes.append("repetition")
    if _stays_french(french, translation, language):
        codes.append("untranslated")
    elif _wrong_language(translation, language):
        codes.append("wrong_language")
    return tuple(codes)


def _proportionate(french: str, translation: str) -> bool:
    lowest, highest = _RATIO if len(french) >= _SHORT else _SHORT_RATIO
    return lowest <= len(translation.strip()) / len(french.strip()) <= highest


def _repeats(text: str) -> bool:
    """A word four times in a row, a pair or more three times, five words or more twice, or a phrase again and again."""
    words = [word.lower() for word in _WORD.findall(text)]
    for size in range(1, min(len(words) // 2, 12) + 1):
        needed = 4 if size == 1 else 3 if size < 5 else 2
        run = 0
        for at in range(size, len(words)):
            run = run + 1 if words[at] == words[at - size] else 0
            if run >= size * (needed - 1):
                return True
    phrases = Counter(tuple(words[at : at + 4]) for at in range(len(words) - 3))
    return any(count >= 3 for count in phrases.values())


def _stays_french(french: str, translation: str, language: str) -> bool:
    """A copy of the French, or a stretch of it with words that only French grammar has and that is no name."""
    source = [word.lower() for word in _WORD.findall(french)]
    written = _WORD.findall(translation)
    words = [word.lower() for word in written]
    only = only_french(language)
    if len(source) >= _COPIED and words == source:
        return True
    known = {tuple(source[at : at + _COPIED]) for at in range(len(source) - _COPIED + 1)}
    names = _names(french, translation, language)
    for at in range(len(words) - _COPIED + 1):
        stretch = tuple(words[at : at + _COPIED])
        if stretch in known and sum(word in only and len(word) > 1 for word in stretch) >= 2:
            # In capitals throughout it is a heading, and no name.
            named = all(
                (word[0].isupper() and not word.isupper()) or word in only for word in written[at : at + _COPIED]
            )
            if not named and f" {' '.join(stretch)} " not in names:
                return True
    return False


def _names(french: str, translation: str, language: str) -> str:
    """The words of names that stay French: what the exonyms know, and titles in quotation marks."""
    known = [french[start:end] for start, end, _ in exonyms(language).spans(french)]
    titles = [title for title in _TITLE.findall(translation) if title[:1].isupper()]
    return " . ".join(f" {' '.join(_WORD.findall(name.lower()))} " for name in (*known, *titles))


def only_french(language: str) -> frozenset[str]:
    """French words of grammar that a text of the language has no use for."""
    return FUNCTION_WORDS - _WORDS[language] - {"on", "a", "an", "the", "of", "and", "plus", "via", "non", "me"}


def _wrong_language(translation: str, language: str) -> bool:
    """Whether the frequent words of another language are clearly more numerous than those of the target."""
    words = [word.lower() for word in _WORD.findall(translation)]
    counts = {name: sum(word in profile for word in words) for name, profile in _WORDS.items()}
    other = max(count for name, count in counts.items() if name != language)
    return other >= 3 and other >= 2 * counts[language] + 1
