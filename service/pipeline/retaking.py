"""Which words of a sentence its translation leaves out, and where in it they may belong.

The dictionary has « indéfectible » as "unwavering", and the translation says "unfaithful": a word of the sentence is
rendered nowhere, and a word of the translation renders none. The model is asked again from there on, with the one in
the place of the other (``models.contracts.Draft``). Synonyms are no reason: two words that the dictionary has of the
same French ones say the same.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from itertools import permutations

from rapidfuzz import fuzz
from snowballstemmer import stemmer

from models.contracts import Candidate, Draft
from models.dictionary import Dictionary, load_dictionary
from service.pipeline.coinage import is_listed
from service.pipeline.exonyms import fold
from service.pipeline.french_facts import extract_facts

#: How often the list of French words has met one that is too common to be missed: it is said in many ways.
_COMMON_FRENCH = 6_000
#: And the target language's list one that may stand for anything ("take", "said").
_COMMON: Mapping[str, int] = {"en": 1_000_000, "de": 65_000, "es": 360_000, "it": 300_000, "pt": 200_000}
#: Words are compared by this many letters of their stems.
_STEM = 6
#: One of fewer letters begins too many words.
_SHORTEST = 4
#: Of 100: a French word that the translation has, or nearly, is left in it on purpose, as a name or a title.
_KEPT = 80
#: Two words are synonyms that so many French ones share.
_SHARED = 2
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_STEMMERS: Mapping[str, str] = {
    "en": "english", "de": "german", "es": "spanish", "it": "italian", "pt": "portuguese",
}  # fmt: skip
_DOUBLED = re.compile(r"\b(\w+) \1\b", re.IGNORECASE)


def unrendered(french: str, translation: str, language: str) -> tuple[str, ...]:
    """The words and expressions of a sentence of whose translations none stands there, nor a synonym of one."""
    dictionary = load_dictionary(language)
    said = {_key(word, language) for word in _WORD.findall(translation)}
    words = [word.lower() for word in _WORD.findall(translation)]
    found = []
    for form in dict.fromkeys(dictionary.within(french)):
        each = [_keys([text], language) for text in dictionary.translations[form]]
        meant = frozenset[str]().union(*each)
        # What may be said in function words alone cannot be missed.
        if not all(each) or _is_common(form) or _are_said(meant, said) or _with_synonyms(meant, language) & said:
            continue
        if " " in form or all(fuzz.ratio(form, word) < _KEPT for word in words):
            found.append(form)
    return tuple(found)


def is_fuller(french: str, amended: str, translation: str, language: str) -> bool:
    """Whether what was made of a translation leaves less out, and says no word twice on end where that did not."""
    left_out = len(unrendered(french, amended, language)) < len(unrendered(french, translation, language))
    return left_out and len(_DOUBLED.findall(amended)) <= len(_DOUBLED.findall(translation))


def draft_of(french: str, translation: str, language: str, candidate: Candidate) -> Draft | None:
    """A candidate with the likeliest of its turns that renders what its ``translation`` leaves out; ``None`` without.

    The turn's word is to stand in the place of one that renders nothing of the sentence.
    """
    if not candidate.turns:
        return None
    dictionary = load_dictionary(language)
    missing = unrendered(french, translation, language)
    meant = {text for form in missing for text in dictionary.translations[form]}
    wanted = [turn for turn in candidate.turns if turn.text in meant]
    free = _unexplained(french, candidate.text, language, dictionary) if wanted else ()
    best = max((turn for turn in wanted if turn.place in free), key=lambda turn: turn.chance, default=None)
    return Draft(candidate.text, best) if best else None


def _unexplained(french: str, translation: str, language: str, dictionary: Dictionary) -> frozenset[int]:
    """Where the words begin that translate nothing of the sentence as far as the dictionary knows."""
    meant = _keys(dictionary.meant(french), language)
    kept = {word.lower() for word in _WORD.findall(french)}
    return frozenset(
        match.start()
        for match in _WORD.finditer(translation)
        if len(match[0]) > 2
        and match[0].islower()
        and match[0] not in kept
        and not is_listed(match[0], language, _COMMON[language])
        and _key(match[0], language) not in meant
    )


def _are_said(meant: frozenset[str], said: Iterable[str]) -> bool:
    """Whether one of the words is said, in that form or another: "cooks" and "cookers" begin alike."""
    beginnings = tuple(key for key in meant if len(key) >= _SHORTEST)
    return any(
        key in meant
        or key.startswith(beginnings)
        or (len(key) >= _SHORTEST and any(other.startswith(key) for other in meant))
        for key in said
    )


def _is_common(form: str) -> bool:
    """Whether a word is common, or states a value, which is compared as such."""
    if " " in form:
        return False
    return is_listed(form, "fr", _COMMON_FRENCH) or bool(extract_facts(form))


def _keys(texts: Iterable[str], language: str) -> frozenset[str]:
    """Of all words of some texts, what they are compared by; none of function words."""
    words = (word for text in texts for word in _WORD.findall(text))
    return frozenset(_key(word, language) for word in words if not is_listed(word.lower(), language, _COMMON[language]))


def _with_synonyms(keys: Iterable[str], language: str) -> frozenset[str]:
    synonyms = _synonyms(language)
    return frozenset(other for key in keys for other in synonyms.get(key, ()))


@cache
def _synonyms(language: str) -> Mapping[str, frozenset[str]]:
    """Words that the dictionary has of the same French ones, a quarter of a second when first asked for."""
    together = [
        [text for text in translations if " " not in text]
        for form, translations in load_dictionary(language).translations.items()
        if len(translations) > 1 and " " not in form
    ]
    words = list({word for each in together for word in each})
    stems = _stemmer(language).stemWords([word.lower() for word in words])
    keys = {word: _shortened(stem) for word, stem in zip(words, stems, strict=True)}
    pairs: Counter[tuple[str, str]] = Counter()
    for each in together:
        pairs.update(permutations({keys[word] for word in each}, 2))
    found: defaultdict[str, set[str]] = defaultdict(set)
    for (one, other), times in pairs.items():
        if times >= _SHARED:
            found[one].add(other)
    return {word: frozenset(others) for word, others in found.items()}


@lru_cache(maxsize=100_000)
def _key(word: str, language: str) -> str:
    """What a word is compared by: the beginning of its stem."""
    bare = re.sub(r"['’]s$", "", word.lower())
    return _shortened(_stemmer(language).stemWord(bare))


def _shortened(stem: str) -> str:
    return (stem if stem.isascii() else fold(stem))[:_STEM]


@cache
def _stemmer(language: str):  # type: ignore[no-untyped-def]
    return stemmer(_STEMMERS[language])
