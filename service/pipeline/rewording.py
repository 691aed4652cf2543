"""Words of a translation that its language lacks, replaced by what the dictionary has for the French one behind them.

A small model leaves a word as it is (« arme ») or makes one of it ("ennuyed" of « ennuyés », "abcess" of « abcès »).
Which French word that was is plain from its letters, and our dictionary knows what it is called. In English,
of which nearly every word is listed, a likeness is enough; the lists of the other languages lack forms of
verbs, and there only a word that stayed French is replaced.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise

from rapidfuzz import fuzz

from models.dictionary import Dictionary
from service.pipeline.coinage import coined, is_listed
from service.pipeline.exonyms import contains, exonyms, fold
from service.pipeline.foreign_names import is_given_name
from service.pipeline.translation_guards import only_french

#: Of 100: how like a French word one must be that was made of it. Of 3,000 sentences of news none at 75 or more was
#: made of another; at 70 the first ones were.
_LIKENESS = 75
_WORD = re.compile(r"(?<![\w'’-])[^\W\d_]{4,}(?![\w'’-])")
_PLACES = frozenset({"city", "region", "territory"})
_ANY_WORD = re.compile(r"[^\W\d_]+")


def reworded(
    french: str, translation: str, language: str, dictionary: Dictionary | None, wanted: Iterable[str] = ()
) -> str:
    """The translation with such words replaced, and places that kept their French names renamed.

    ``wanted`` are terms that a caller asked for. What stands between French words (a title, a name) stays. Without a
    ``dictionary`` only places are renamed.
    """
    terms = frozenset(wanted)
    # A set, since a place that the French names twice is found twice.
    found = set(_french_places(french, translation, language, terms))
    if dictionary is not None:
        found |= set(_lacking(french, translation, language, dictionary, terms))
    for start, end, replacement in sorted(found, reverse=True):
        translation = translation[:start] + replacement + translation[end:]
    return translation


def _french_places(
    french: str, translation: str, language: str, wanted: frozenset[str]
) -> Iterator[tuple[int, int, str]]:
    """Where a place has its French name, and what the language calls it."""
    table, folded = exonyms(language), fold(translation)
    for start, end, pair in table.spans(french):
        name = french[start:end]
        # « Maurice » may be somebody, and "Mexico" is the country in English.
        other = is_given_name(name, language) or bool(table.french_for(name))
        if pair.kind not in _PLACES or other or name in wanted or any(contains(folded, one) for one in pair.renderings):
            continue
        # "New York Post": with another name behind it, it names something else.
        for match in re.finditer(rf"(?<![\w'’-]){re.escape(name)}(?![\w-]| [A-ZÀ-Þ])", translation):
            if not _is_title(match, translation, french, language):
                yield match.start(), match.end(), pair.written[0]


def _lacking(
    french: str, translation: str, language: str, dictionary: Dictionary, wanted: frozenset[str]
) -> Iterator[tuple[int, int, str]]:
    """Where a word is to be replaced, and by what."""
    suspects = [match for match in _WORD.finditer(translation) if _is_suspect(match[0], language)]
    if not suspects:
        return
    sources = _sources(french, dictionary)
    meant = {word.lower() for text in (*wanted, *dictionary.meant(french)) for word in _ANY_WORD.findall(text)}
    for match in suspects:
        word = match[0].lower()
        source = _source(word, sources, language)
        if source is None or word in meant or _is_title(match, translation, french, language):
            continue
        if word in dictionary.vocabulary and (language != "en" or word != fold(source)):
            continue
        yield match.start(), match.end(), sources[source][0]


def _is_suspect(word: str, language: str) -> bool:
    if language == "en":
        return bool(coined(word, language))
    return (word.islower() or language == "de") and not is_listed(word.lower(), language)


def _sources(french: str, dictionary: Dictionary) -> Mapping[str, tuple[str, ...]]:
    """The sentence's words in small letters that the dictionary has, with their translations."""
    words = (word for word in _ANY_WORD.findall(french) if word.islower())
    return {word: dictionary.translations[word] for word in words if word in dictionary.translations}


def _source(word: str, sources: Mapping[str, tuple[str, ...]], language: str) -> str | None:
    """The French word that one was made of."""
    folded = fold(word)
    alike = {source: fuzz.ratio(folded, fold(source)) for source in sources}
    best = max(alike, key=lambda source: alike[source], default=None)
    if best is None or fold(best)[0] != folded[0]:
        return None
    return best if alike[best] >= (_LIKENESS if language == "en" else 100) else None


def _is_title(match: re.Match[str], translation: str, french: str, language: str) -> bool:
    """Whether the word stands beside a French one as it does in the sentence: both belong to what is called so."""
    before = _ANY_WORD.findall(translation[: match.start()])[-1:]
    after = _ANY_WORD.findall(translation[match.end() :])[:1]
    words = [word.lower() for word in _ANY_WORD.findall(french)]
    pairs = set(pairwise(words))
    own = [word.lower() for word in _ANY_WORD.findall(match[0])]
    beside = [(other.lower(), (other.lower(), own[0])) for other in before]
    beside += [(other.lower(), (own[-1], other.lower())) for other in after]
    only = only_french(language)
    return any(pair in pairs and (other in only or not is_listed(other, language)) for other, pair in beside)
