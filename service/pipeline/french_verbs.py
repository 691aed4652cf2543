"""Finite verbs of a French sentence, recognised by their form and by the word before them.

``french_verbs.tsv`` lists forms of the third person that French news uses as verbs. They were
conjugated by rule from infinitives and kept where news has them; a form that news also uses as a
noun, an adjective or a participle (« annonce », « dit ») is marked and counts only where its
neighbours leave no doubt.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files
from typing import Literal, NamedTuple

from service.pipeline.french_tokens import words

Certainty = Literal["sure", "maybe"]


class Word(NamedTuple):
    """A word, an elided one (« qu' ») or a number of a sentence; ``lower`` has straight apostrophes."""

    text: str
    lower: str
    start: int
    end: int


_WORD = re.compile(
    r"(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu|quoiqu)['’](?=\w)|\d+(?:[.,]\d+)*|[^\W\d_]+(?:[-'’.&][^\W_]+)*|\S",
    re.IGNORECASE,
)
#: Endings that only verbs have.
_PLURAL = re.compile(r"\w{2}(?:aient|èrent|eront|iront|issent)$")
_INVERTED = re.compile(r"^([^\W\d_]+)-(?:t-)?(?:ils?|elles?|on|ce)$")
#: What stands before a noun, never right before a finite verb. « le », « la », « les » may be pronouns.
_BEFORE_NOUN = words(
    """un une des du de d' cet cette ces son sa ses au aux leurs notre nos votre vos mon ma mes deux trois
    quatre cinq quelques plusieurs chaque sans par sur avec sous dans en pour vers chez premier première
    premiers premières nouveau nouvel nouvelle nouveaux nouvelles grand grande grands grandes aucun aucune
    quel quelle quels quelles tout toute être été avoir ayant étant jusqu' bon bonne petit petite dernier
    dernière"""
)
_BEFORE_VERB = words("ne n' se s' il elle on ils elles qui y nul")
_AUXILIARIES = words("""a ont est sont avait avaient était étaient sera seront serait seraient aura auront""")
_ADVERBS = words("pas plus jamais rien déjà encore toujours aussi ainsi bien mal tout donc été")
_AFTER_VERB = words("pas jamais le la l' les un une son sa ses leurs ce cet cette ces que qu' ne n'")
_TIMES = words(
    """semaine nuit veille journée année matin soir mois week-end an lundi mardi mercredi jeudi vendredi samedi
    dimanche fois jour lendemain plus"""
)
_ARTICLES = words("le la l' les leur ce à")


@lru_cache(maxsize=1)
def _forms() -> dict[str, str]:
    listed = files("service.pipeline").joinpath("french_verbs.tsv").read_text(encoding="utf-8")
    return dict(line.split("\t") for line in listed.splitlines())


def _kind(form: str) -> str | None:
    """« s » or « p » for a form that is a verb, « w » for one that may be another word; verbs are in lower case."""
    return _forms().get(form) or ("p" if _PLURAL.search(form) and form.islower() else None)


def words_of(text: str) -> list[Word]:
    """The words of a text with their offsets; each other sign stands alone."""
    return [
        Word(match[0], match[0].lower().replace("’", "'"), match.start(), match.end()) for match in _WORD.finditer(text)
    ]


def finite(sentence: Sequence[Word], at: int) -> Certainty | None:
    """Whether the word at a place is a finite verb of the third person."""
    word = sentence[at]
    if inverted := _INVERTED.match(word.lower):
        return "sure" if inverted[1] in _forms() else "maybe"
    kind = _kind(word.text)
    if kind is None:
        return None
    before = sentence[at - 1].lower if at else ""
    if before in _BEFORE_VERB:
        return "sure"
    if before in _BEFORE_NOUN or (before in _ARTICLES and word.text == "est"):
        return None
    if kind != "w":
        return "maybe" if before in _ARTICLES and kind == "s" and word.text.endswith("e") else "sure"
    if before in _ARTICLES or _follows_auxiliary(sentence, at):
        return None
    return "sure" if _takes_object(sentence, at) else "maybe"


def _takes_object(sentence: Sequence[Word], at: int) -> bool:
    """Whether what follows shows a verb: « annonce que », « coupe ses liens », not « attaque la nuit »."""
    after = [word.lower for word in sentence[at + 1 : at + 3]]
    if not at or not sentence[at - 1].text[0].isalpha() or not after:
        return False
    return after[0] in _AFTER_VERB and not (len(after) > 1 and after[1] in _TIMES)


def _follows_auxiliary(sentence: Sequence[Word], at: int) -> bool:
    """Whether a word is the participle of « a dit », « n'a pas fait », « a-t-il dit »."""
    while at and (sentence[at - 1].lower in _ADVERBS or sentence[at - 1].lower.endswith("ment")):
        at -= 1
    before = sentence[at - 1].lower if at else ""
    return before in _AUXILIARIES or ((match := _INVERTED.match(before)) is not None and match[1] in _AUXILIARIES)


def is_plural(verb: str) -> bool:
    """Whether a finite form is of the plural: « ont », « annoncent »."""
    return _kind(verb) == "p"
