"""The names of a French sentence in its translation, and the names that the translation adds."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import NamedTuple

from babel import Locale

from service.pipeline.exonyms import Exonyms, contains, exonyms, fold, same_name
from service.pipeline.facts import Check, Fact
from service.pipeline.french_tokens import FUNCTION_WORDS, is_ordinary
from service.pipeline.meanings import meanings_of


def _listed(words: str) -> frozenset[str]:
    return frozenset(words.split())


_PARTICLES = _listed("de du des d la le les l et en sur sous aux au a von van der den el al ben bin di da dos m mme")
_PEOPLE = re.compile(r"(?:ais|ois|ien|éen|ain|and|ol|ard|aise|oise|ienne|éenne|aine|ande|ole|arde)e?s?$")
_DETERMINED = re.compile(
    r"(?:\b(?:les|des|aux|un|une|deux|ces|nos|quelques|jeunes?|le|la|du|au|cet?|cette)\s|[dl]['’])$", re.IGNORECASE
)
_PEOPLE_WORDS = _listed(
    """russe turc turque grec grecque suisse belge arabe kurde tcheque slovaque serbe croate juif juive musulman
    chretien catholique protestant bulgare slave corse basque breton bretonne catalan allemand espagnol danois
    britannique tory slovene afghan flamand wallon asiatique scandinave balte cheikh islamiste verts"""
)
#: Acronyms that English and German use as adjectives.
_SHORT_FOR = {
    "US": r"américain|étatsunien|états-unis", "USA": r"américain|états-unis", "UK": r"britanni|royaume-uni|anglais",
    "EU": r"europé|\bunion\b", "UE": r"europé|\bunion\b", "EUA": r"américain|états-unis", "UN": r"onusien",
    "HIV": r"séropositi|\bsida\b", "VIH": r"séropositi",
}  # fmt: skip


#: French adjectives that do not begin like the name of their place, both folded.
_ADJECTIVES = {
    "etats unis": ("americain", "etatsunien", "amerique"), "royaume uni": ("britannique", "anglais"),
    "grande bretagne": ("britannique", "anglais"), "angleterre": ("anglais", "britannique"),
    "turquie": ("turc", "turque"),
    "grece": ("grec",), "suisse": ("suiss", "helvet"), "pays bas": ("neerlandais", "hollandais"), "chine": ("chinois",),
    "coree du nord": ("coree", "nordcore"), "coree du sud": ("coree", "sudcore"),
    "inde": ("indien",), "france": ("franc",),
    "espagne": ("espagn",), "italie": ("italie",), "russie": ("russe",), "iran": ("irani",), "irak": ("irak",),
    "pologne": ("polon",), "japon": ("japon", "nippon"), "afrique du sud": ("sudafr", "sud afr"), "syrie": ("syrie",),
    "liban": ("libana",), "maroc": ("marocain",), "belgique": ("belge",), "perou": ("peruv",), "chili": ("chilie",),
    "cuba": ("cubain",), "egypte": ("egypt",), "suede": ("suedo",), "europe": ("europ",), "mexique": ("mexic",),
}  # fmt: skip


class _French(NamedTuple):
    """A French name: with its table entry, or with the words that must come back as they are."""

    fact: Fact
    found: bool
    required: bool


def compare_names(
    french: str,
    translation: str,
    language: str,
    of_french: Sequence[Fact],
    of_translation: Sequence[Fact],
    allowed: Mapping[str, str],
) -> list[Check]:
    """Checks of the names: supported ones, missing ones of the French, and ones that it lacks."""
    table = exonyms(language)
    names = list(_french_names(french, translation, table, of_french, allowed))
    missing = [name.fact for name in names if not name.found and name.required]
    checks = [Check(name.fact, "supported", (name.fact.start, name.fact.end)) for name in names if name.found]
    for fact in of_translation:
        if fact.kind != "name":
            continue
        added = _unexplained(fact.text, french, table, allowed)
        if not added:
            continue
        replaced = missing.pop(0) if missing else None
        span = (replaced.start, replaced.end) if replaced else None
        detail = (
            f"“{fact.text}” stands for “{replaced.text}” of the French sentence."
            if replaced
            else f"The French sentence does not name “{fact.text}”."
        )
        checks.append(Check(fact, "altered", span, detail))
    return checks + [
        Check(fact, "missing", (fact.start, fact.end), f"The translation does not name “{fact.text}”.")
        for fact in missing
    ]


def _french_names(
    french: str, translation: str, table: Exonyms, facts: Sequence[Fact], allowed: Mapping[str, str]
) -> Iterator[_French]:
    """Glossary terms first, then names that the table knows, then the rest word by word."""
    taken: list[tuple[int, int]] = []
    folded = fold(translation)
    for term, rendering in allowed.items():
        if not contains(folded, fold(rendering), inflected=True):
            continue
        for match in re.finditer(rf"(?<!\w){re.escape(term)}(?!\w)", french, re.I):
            taken.append(match.span())
    for start, end, pair in table.spans(french):
        if _overlaps(taken, start, end):
            continue
        taken.append((start, end))
        fact = Fact("name", pair.french, french[start:end], start, end)
        # A lone word that opens the sentence may be the common noun: « Congrès », « Occupation ».
        doubtful = " " not in pair.french and is_ordinary(french[start:end])
        yield _French(fact, table.rendered(pair, translation), not (doubtful and _opens(french, start)))
    words = folded.split()
    for fact in facts:
        if fact.kind == "name" and not _overlaps(taken, fact.start, fact.end):
            yield _by_words(fact, french, words, table)


def _overlaps(spans: Sequence[tuple[int, int]], start: int, end: int) -> bool:
    return any(start < other_end and other_start < end for other_start, other_end in spans)


def _opens(text: str, start: int) -> bool:
    return re.search(r"(?:^|[.!?…:«“\"(–—-])\s*(?:[LDld]['’]|Les? |La |Des |Du )?$", text[:start]) is not None


def _by_words(fact: Fact, french: str, translated: Sequence[str], table: Exonyms) -> _French:
    """A name that no table knows: its proper words must come back; ordinary French words may be translated."""
    parts = [part for part in re.findall(r"[^\W_]+", fact.text) if fold(part) not in _PARTICLES]
    proper = [part for part in parts if _must_stay(part, fact, french, table)]
    found = [part for part in proper if _stands(fold(part), translated, table.language)]
    # A surname is enough where the first name was named before.
    complete = len(found) == len(proper) or bool(proper and found and proper[-1] == found[-1])
    return _French(fact, bool(found) and complete, bool(proper) and not complete)


def _must_stay(part: str, fact: Fact, french: str, table: Exonyms) -> bool:
    """Whether a word of a French name has to come back: no common noun, no people, no ordinary word."""
    if len(part) < 2 or not any(sign.isupper() for sign in part):
        return False
    if part.isupper() and len(part) > 2 and part.lower() in FUNCTION_WORDS:
        return False  # « PAS »
    pair = table.pair(part) or table.pair(part.removesuffix("s"))
    if (pair is not None and pair.kind == "word") or is_people_word(part, french, fact.start):
        return False
    if part == fact.text and _opens(french, fact.start):
        # A capital owed to the place: a verb or adverb, or an interjection (« Bonjour. »).
        verbal = re.search(r"(?:ons|ez|ant|ment|ait|aient|es)$", part)
        if verbal or re.match(r"\s*(?:[.!?…,]|$)", french[fact.end :]):
            return False
    return part.isupper() or not is_ordinary(part)


def is_people_word(part: str, french: str, start: int) -> bool:
    """Whether a French word names a people (« les Parisiens »), which other languages translate."""
    folded = fold(part)
    if folded in _PEOPLE_WORDS or folded.removesuffix("s") in _PEOPLE_WORDS:
        return True
    if len(folded) > 4 and any(
        name.startswith(folded[:5]) and name != folded for name in _territory_names() if not folded.startswith(name)
    ):
        return True
    determined = _DETERMINED.search(french[:start])
    return bool(determined) and bool(_PEOPLE.search(part.lower()))


@cache
def _territory_names() -> tuple[str, ...]:
    return tuple(fold(name) for name in Locale.parse("fr").territories.values())


def _stands(word: str, translated: Sequence[str], language: str) -> bool:
    for other in translated:
        if other == word or same_name(word, other):
            return True
        if len(word) > 3 and (other.startswith(word) and (language == "de" or len(other) - len(word) <= 2)):
            return True
        if len(other) > 3 and word.startswith(other) and len(word) - len(other) <= 2:
            return True
    return False


def _unexplained(name: str, french: str, table: Exonyms, allowed: Mapping[str, str]) -> bool:
    """Whether a name of the translation, or a word of it, comes from nothing in the French sentence."""
    folded_french = fold(french)
    french_words = folded_french.split()
    renderings = " ".join(fold(rendering) for rendering in allowed.values())
    meant = meanings_of(french, table.language).words
    if _known_there(name, french, folded_french, table):
        return False
    for part in re.findall(r"[^\W_]+(?:['’][^\W_]+)*", name):
        word = fold(part)
        # The lower-case half of a compound names nobody: "AIDS-related".
        if len(word) < 2 or word in _PARTICLES or word.isdigit() or part.islower():
            continue
        explained = (
            word in renderings.split()
            or word in meant
            or contains(folded_french, word)
            or _stands(word, french_words, "de")
            or any(_cognates(word, other) for other in french_words)
            or _known_there(part, french, folded_french, table)
            or _within_known(word, french, table)
            or _abbreviates(part, french)
            or any(_adjective_there(place, french_words) for place in table.places_with(part))
            or table.is_noun(part)
            or (table.is_people(part) and not table.is_name(part))
        )
        if not explained:
            return True
    return False


def _known_there(name: str, french: str, folded_french: str, table: Exonyms) -> bool:
    return any(re.search(rf"(?<!\w){re.escape(key)}(?!\w)", folded_french) for key in table.french_for(name))


def _within_known(word: str, french: str, table: Exonyms) -> bool:
    """Whether a word belongs to a rendering of a name that the French sentence holds."""
    return any(word in rendering.split() for _, _, pair in table.spans(french) for rendering in pair.renderings)


def _adjective_there(place: str, french_words: Sequence[str]) -> bool:
    """Whether the French sentence has the adjective of a place (« turc » for "Turquia")."""
    for stem in (*_ADJECTIVES.get(place, ()), *(word[:5] for word in place.split() if len(word) > 4)):
        if any(word.startswith(stem) for word in french_words):
            return True
    return False


def _abbreviates(part: str, french: str) -> bool:
    """Whether an acronym stands for an adjective (US: américain), or is dotted in the French sentence (J.R.)."""
    stem = _SHORT_FOR.get(part.rstrip("."))
    if stem and re.search(stem, french, re.I):
        return True
    return part.isupper() and re.search(rf"(?<!\w){r'[.] ?'.join(part)}(?!\w)", french) is not None


def _cognates(word: str, other: str) -> bool:
    """Words that begin alike, as "Federal" and « fédérale », "Olympics" and « olympique »."""
    shared = 0
    for one, two in zip(word, other, strict=False):
        if one != two:
            break
        shared += 1
    return shared >= 5 or (shared >= 4 and shared >= min(len(word), len(other)) - 1)
