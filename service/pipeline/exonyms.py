"""How French names are written in other languages: Londres is London, OTAN is NATO, Mathieu stays.

Territories come from CLDR through babel, everything else from ``exonyms.tsv``: cities, regions,
institutions, organisations, parties, events, people, the common nouns that names are made of
("Cour", "Ministère"), and, as kind "people", stems of the adjectives of a place (France: French).
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from babel import Locale
from rapidfuzz import fuzz

from service.pipeline.french_tokens import fold as fold_word

#: A word is the same name spelled differently from this similarity on (0..100).
SAME_SPELLING = 82
_LANGUAGES = ("en", "de", "es", "it", "pt")


@dataclass(frozen=True)
class NamePair:
    """A French name and what it may be called; names are folded, ``written`` keeps the first as written."""

    kind: str
    french: str
    renderings: tuple[str, ...]
    written: tuple[str, ...]


def fold(text: str) -> str:
    """Lower case without accents, every sign but letters and digits a single space."""
    return " ".join(re.findall(r"[^\W_]+", fold_word(text.replace("ß", "ss").replace("ı", "i"))))


def same_name(one: str, other: str) -> bool:
    """Whether two folded words are spellings of one name: Zelensky and Zelenskyy, Poutine and Putin not."""
    if one == other:
        return True
    shorter = min(len(one), len(other))
    if shorter < 4 or abs(len(one) - len(other)) > 3:
        return False
    return fuzz.ratio(one, other) >= (SAME_SPELLING if one[0] == other[0] else SAME_SPELLING + 5)


def contains(folded_text: str, folded_name: str, inflected: bool = False) -> bool:
    """Whether a folded name stands in a folded text as whole words; ``inflected`` allows endings and compounds."""
    if not folded_name:
        return False
    ending = r"\w*" if inflected and len(folded_name) > 3 else "s?" if len(folded_name) > 3 else ""
    beginning = r"\w*" if inflected and len(folded_name) > 5 else r"(?<!\w)"
    return re.search(rf"{beginning}{re.escape(folded_name)}{ending}(?!\w)", folded_text) is not None


class Exonyms:
    """The names of one language beside the French ones."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._pairs: dict[str, NamePair] = {}
        self._people: dict[str, tuple[str, ...]] = {}
        self._french_of: dict[str, set[str]] = {}
        self._places_of_word: dict[str, set[str]] = {}
        self._acronyms: set[str] = set()
        self._spelled_out: set[str] = set()
        for kind, french, renderings in _rows(language):
            key = fold(french)
            if kind == "people":
                self._people[key] = tuple(fold(stem) for stem in renderings)
                continue
            if french.isupper() and kind == "organisation":
                self._acronyms.add(key)
                self._spelled_out |= _spelled_out(renderings)
            known = self._pairs.get(key)
            written = (known.written if known else ()) + renderings
            folded = tuple(dict.fromkeys(fold(name) for name in written))
            self._pairs[key] = NamePair(known.kind if known else kind, key, folded, tuple(dict.fromkeys(written)))
            for name in folded:
                self._french_of.setdefault(name, set()).add(key)
                if kind in ("territory", "region", "city"):
                    for word in name.split():
                        self._places_of_word.setdefault(word, set()).add(key)
        self._ordinary = _ordinary_words(language)
        self._longest = max(len(key.split()) for key in self._pairs)

    def pair(self, french: str) -> NamePair | None:
        """The entry of a French name, however it is accented; None when names of its kind stay as they are."""
        return self._pairs.get(fold(french))

    def french_for(self, name: str) -> frozenset[str]:
        """The folded French names that may be called this in the language."""
        return frozenset(self._french_of.get(fold(name), ()))

    def places_with(self, word: str) -> frozenset[str]:
        """The folded French names of the places whose name in the language holds this word."""
        return frozenset(self._places_of_word.get(fold(word), ()))

    def spans(self, text: str) -> Iterator[tuple[int, int, NamePair]]:
        """Table names in a French text, longest first at each place, with their offsets.

        A name must have a capital somewhere, so that « la commission » or « la cour » is not one;
        of common nouns (kind "word") and people's adjectives none is given.
        """
        words = [(m.start(), m.end(), fold(m.group())) for m in re.finditer(r"[^\W_]+", text)]
        at = 0
        while at < len(words):
            step = 1
            for size in range(min(self._longest, len(words) - at), 0, -1):
                start, end = words[at][0], words[at + size - 1][1]
                pair = self._pairs.get(" ".join(word for _, _, word in words[at : at + size]))
                if pair and pair.kind != "word" and any(sign.isupper() for sign in text[start:end]):
                    yield start, end, pair
                    step = size
                    break
            at += step

    def rendered(self, pair: NamePair, translation: str) -> bool:
        """Whether a translation holds one of a name's renderings, its French form, or the adjective of the place."""
        inflected, folded = self.language == "de", fold(translation)
        for name in pair.written:
            # "UN" is not Spanish "un": what is written in capitals is looked for in capitals.
            if name.isupper() and len(name) < 6:
                if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", translation):
                    return True
            elif contains(folded, fold(name), inflected):
                return True
        if len(pair.french) > 3 and contains(folded, pair.french, inflected):
            return True
        if len(pair.french) <= 3 and re.search(rf"(?<!\w){re.escape(pair.french.upper())}(?!\w)", translation):
            return True  # An acronym that stayed as it is: poor style, and still the same name.
        return any(re.search(rf"(?<!\w){re.escape(stem)}", folded) for stem in self._people.get(pair.french, ()))

    def corresponds(self, french: str, name: str) -> bool:
        """Whether a name of the translation is the French one: by the table, or spelled alike."""
        pair, other = self.pair(french), fold(name)
        if pair is not None and (other in pair.renderings or other == pair.french):
            return True
        return same_name(fold(french), other)

    def is_people(self, word: str) -> bool:
        """Whether a word is an adjective or noun of a place ("French", "Parisians")."""
        folded = fold(word)
        return any(folded.startswith(stem) for stems in self._people.values() for stem in stems if len(stem) > 3)

    def is_ordinary(self, word: str) -> bool:
        """Whether news write a word in lower case, so that a capital makes it no name (not known of German)."""
        lowered = word.lower()
        return lowered in self._ordinary or lowered.removesuffix("s") in self._ordinary

    def is_noun(self, word: str) -> bool:
        """Whether a word is one of the common nouns that names are made of ("Court")."""
        return any(self._pairs[french].kind == "word" for french in self.french_for(word))

    def is_name(self, name: str) -> bool:
        """Whether the table knows a proper name written so, and not also a common noun."""
        pairs = [self._pairs[french] for french in self.french_for(name)]
        if any(pair.kind == "word" for pair in pairs):
            return False
        if self.language == "de" and " " not in fold(name):
            # German nouns: "Besatzung", "Ministerium" and "seine" at a beginning name nothing.
            pairs = [pair for pair in pairs if pair.kind not in ("event", "institution", "party")]
            if fold(name) in ("seine", "nil", "reich"):
                return False
            if fold(name) in self._spelled_out and self.french_for(name) <= self._acronyms:
                return False
        # "Is" is not "IS": a short name in capitals is one only in capitals.
        forms = {form for pair in pairs for form in pair.written if fold(form) == fold(name)}
        return bool(forms) and (name.isupper() or not all(form.isupper() for form in forms))


def _spelled_out(renderings: tuple[str, ...]) -> set[str]:
    """What an acronym is called in words, which German capitalises without naming anybody: "Mehrwertsteuer"."""
    acronyms = {fold(name) for name in renderings if name.isupper()}
    return {fold(name) for name in renderings if name[1:].islower()} - acronyms


def _rows(language: str) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Kind, French name and renderings: our table first, then the territories."""
    with (files("service.pipeline") / "exonyms.tsv").open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
            yield row["kind"], row["fr"], tuple(row[language].split("|"))
    targets = [_territories(locale) for locale in _LOCALES.get(language, (language,))]
    for code, name in _territories("fr").items():
        names = tuple(dict.fromkeys(target[code] for target in targets if code in target))
        if names:
            yield "territory", name, names


def _ordinary_words(language: str) -> frozenset[str]:
    with (files("service.pipeline") / "ordinary_words.tsv").open(encoding="utf-8") as lines:
        rows = csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
        return frozenset(row["word"] for row in rows if row["language"] == language)


#: Portuguese is written as in Portugal here, and read as in Brazil too: « l'Iran » is "Irão" or "Irã".
_LOCALES = {"pt": ("pt_PT", "pt")}


@cache
def _territories(locale: str) -> Mapping[str, str]:
    """CLDR's names of countries and of their short forms, by ISO 3166 code."""
    return {code: name for code, name in Locale.parse(locale).territories.items() if len(code) == 2}


@cache
def exonyms(language: str) -> Exonyms:
    """The names of a language, read once. Raises ``ValueError`` for one that the table lacks."""
    if language not in _LANGUAGES:
        raise ValueError(f"no exonyms for {language!r}")
    return Exonyms(language)
