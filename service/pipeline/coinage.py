"""Words of a translation that its language does not have: what a small model writes when it does not know one.

« retenue » became "retened", and « viaduc » stayed: no fact differs, and every reader sees it. A word in small
letters counts that a dictionary of the target language lacks, with all that it may regularly be made from. Of 3,000
sentences that people translated into English 46 have one ("radicalist", "gilet").
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache

#: Words of fewer letters are mostly names' parts, units and abbreviations.
_SHORTEST = 4
#: The dictionary gives this count to words of which it knows no more than that they exist.
_RARE = 50
_WORD = re.compile(rf"(?<![\w'’-])[^\W\d_]{{{_SHORTEST},}}(?![\w'’-])")
_ANY_WORD = re.compile(r"[^\W\d_]+")

#: British spellings, to the American ones that the dictionary has.
_BRITISH = (
    (re.compile(r"our"), "or"),
    (re.compile(r"is(?=(?:e|ed|es|ing|er|ers|ation|ations)$)"), "iz"),
    (re.compile(r"ys(?=(?:e|ed|es|ing|er|ers)$)"), "yz"),
    (re.compile(r"re(?=s?$)"), "er"),
    (re.compile(r"ence(?=s?$)"), "ense"),
    (re.compile(r"ogramme"), "ogram"),
    (re.compile(r"ll(?=(?:ed|ing|er|ers)$)"), "l"),
    (re.compile(r"oe|ae"), "e"),
)
#: Endings, and what stands in their place in the word that they are added to.
_ENDINGS = (
    ("s", ("",)), ("es", ("",)), ("ies", ("y",)), ("ed", ("", "e")), ("ied", ("y",)), ("ing", ("", "e")),
    ("ly", ("",)), ("er", ("", "e")), ("ers", ("", "e")), ("or", ("", "e")), ("ors", ("", "e")), ("ness", ("",)),
    ("less", ("",)), ("able", ("", "e")), ("ation", ("e", "")), ("ations", ("e", "")),
)  # fmt: skip
_BEGINNINGS = (
    "un", "re", "non", "over", "under", "anti", "pre", "mis", "dis", "out", "sub", "co", "inter", "post", "multi",
    "semi", "cyber", "bio", "eco", "micro", "super", "ultra",
)  # fmt: skip
#: The languages whose regular forms are known here.
LANGUAGES = frozenset({"en"})


def coined(translation: str, language: str, wanted: Iterable[str] = ()) -> tuple[str, ...]:
    """The words of a translation that its language lacks, in order; none for a language that is not looked at.

    ``wanted`` are terms that a caller asked for, whatever language they are of.
    """
    if language not in LANGUAGES:
        return ()
    exempt = {word for term in wanted for word in _ANY_WORD.findall(term)}
    words = [word for word in _WORD.findall(translation) if word.islower() and word not in exempt]
    return tuple(word for word in words if not _is_known(word))


def is_listed(word: str, language: str = "en", least: int = 0) -> bool:
    """Whether the language's list has a word, in small letters, just as it is written, met more than ``least`` times.

    The lists of Spanish and Italian lack many forms of verbs.
    """
    return _words(language).get(word, 0) > least


def is_rare(word: str) -> bool:
    """Whether of an English word no more is known than that it exists, if that."""
    return not is_listed(word, least=_RARE)


def _is_known(word: str) -> bool:
    known = _words("en")
    spelt = {word}
    for british, american in _BRITISH:
        spelt |= {british.sub(american, form) for form in spelt}
    if any(form in known for form in spelt):
        return True
    # A rare word is hardly what another one was made from: retene is a hydrocarbon, "retened" is nothing.
    return any(known.get(stem, 0) > _RARE for stem in _stems(spelt))


def _stems(spelt: Iterable[str]) -> Iterator[str]:
    """What a word may be made from."""
    for form in spelt:
        yield from _without_ending(form)
        for beginning in _BEGINNINGS:
            if form.startswith(beginning) and len(form) > len(beginning) + 3:
                rest = form[len(beginning) :]
                yield rest
                yield from (stem for stem in _without_ending(rest) if len(stem) > _SHORTEST)


def _without_ending(word: str) -> Iterator[str]:
    for ending, replacements in _ENDINGS:
        if word.endswith(ending):
            for replacement in replacements:
                stem = word[: -len(ending)] + replacement
                if len(stem) > 2:
                    yield stem
                    if stem[-1] == stem[-2]:
                        yield stem[:-1]  # stopped, from stop


@cache
def _words(language: str) -> Mapping[str, int]:
    """Words with how often each was met: 160,000 in English, a quarter of a second when the first one is asked for."""
    from spellchecker import SpellChecker

    counts: Mapping[str, int] = SpellChecker(language=language).word_frequency.dictionary
    return counts
