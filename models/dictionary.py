"""A dictionary of ours: what French words that a small model has hardly met mean in a target language.

The words of a sentence that the dictionary has are told to the model after the sentence, and the model, which
was trained to, takes of their translations the one that fits. (A translation model that reads terms
beside its source: Dinu et al. 2019, arXiv 1906.01105; a dictionary's words in a prompt: Ghazvininejad et al. 2023,
arXiv 2302.07856.)
"""

from __future__ import annotations

import lzma
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files

from models.contracts import Terms

_FOLDER = "dictionaries"
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_LETTERS = re.compile(r"[^\W\d_]+")
# « ajoute-t-il » is looked up as « ajoute ».
_INVERSION = re.compile(r"-(?:t-)?(?:je|tu|ils?|elles?|on|nous|vous|ce|ci|là|moi|toi|les?|la|leur|lui|y|en)$")
#: An entry's translations stand apart by this in the file.
_BETWEEN = "|"
#: So many entries of a sentence, and translations of an entry, are told at most: each is read with the sentence.
MOST_ENTRIES, MOST_TRANSLATIONS = 20, 2


@dataclass(frozen=True)
class Entry:
    """A French word or expression as it stands in a sentence, and its translations, the usual one first."""

    french: str
    translations: tuple[str, ...]


@dataclass(frozen=True)
class Dictionary:
    """Translations by French words and expressions in lower case, their forms one by one."""

    translations: Mapping[str, tuple[str, ...]]

    @cached_property
    def longest(self) -> int:
        """The words of the longest expression."""
        return max((len(_WORD.findall(french)) for french in self.translations), default=0)

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        """The words of all translations, in lower case."""
        every = (translation for translations in self.translations.values() for translation in translations)
        return frozenset(word.lower() for translation in every for word in _LETTERS.findall(translation))

    def entries(self, sentence: str, terms: Terms = ()) -> list[Entry]:
        """What the dictionary has of a sentence, in its order, each once; the longest expression wins.

        Capitalised words are names, save the first one. ``terms``, which the caller knows, come first (of very many
        the first ones, since each is read), and nothing is said of their words beside them.
        """
        found = {french: Entry(french, (translation,)) for french, translation in terms[:MOST_ENTRIES]}
        known = {word.lower() for french in found for word in _WORD.findall(french)}
        for french in self.within(sentence):
            if len(found) < MOST_ENTRIES and not known.issuperset(_WORD.findall(french)):
                found.setdefault(french, Entry(french, self.translations[french][:MOST_TRANSLATIONS]))
        return list(found.values())

    def meant(self, sentence: str) -> Iterator[str]:
        """All that it has of a sentence's words and expressions, in the language."""
        return (translation for french in self.within(sentence) for translation in self.translations[french])

    def within(self, sentence: str) -> Iterator[str]:
        """The words and expressions of a sentence that it has, in their order, as ``translations`` has them."""
        spans = [match.span() for match in _WORD.finditer(sentence)]
        # Entries are written with the plain apostrophe.
        text = sentence.replace("\u2019", "'")
        at = 0
        while at < len(spans):
            taken = 1
            if at == 0 or not text[spans[at][0]].isupper():
                for words in range(min(self.longest, len(spans) - at), 0, -1):
                    piece = text[spans[at][0] : spans[at + words - 1][1]]
                    french = self._form(piece[:1].lower() + piece[1:])
                    if french:
                        yield french
                        taken = words
                        break
            at += taken

    def _form(self, piece: str) -> str | None:
        return next((form for form in (piece, _INVERSION.sub("", piece)) if form in self.translations), None)


def told(entries: Sequence[Entry]) -> str:
    """The entries as the model reads them after a sentence; nothing where there are none."""
    return "\n" + "; ".join(f"{e.french} = {', '.join(e.translations)}" for e in entries) if entries else ""


class Dictionaries:
    """Ours by language, each read from its file when it is first asked for."""

    def __init__(self, languages: Iterable[str]) -> None:
        self._languages = frozenset(languages)

    def of(self, language: str) -> Dictionary | None:
        """The language's dictionary; none for a language not named."""
        return load_dictionary(language) if language in self._languages else None

    def entries(self, language: str, sentence: str, terms: Terms = ()) -> list[Entry]:
        """What the language's dictionary has of a sentence, after ``terms``; nothing for a language not named."""
        dictionary = self.of(language)
        return dictionary.entries(sentence, terms) if dictionary else []


@cache
def load_dictionary(language: str) -> Dictionary:
    """Ours from French into ``language``, read once; an empty one where there is none."""
    packed = packed_dictionary(language)
    return parse_dictionary(lzma.decompress(packed).decode()) if packed else Dictionary({})


def packed_dictionary(language: str) -> bytes:
    """The dictionary's file as it is stored: what a translation depends on beside the weights."""
    path = files("models") / _FOLDER / f"{language}.tsv.xz"
    return path.read_bytes() if path.is_file() else b""


def parse_dictionary(text: str) -> Dictionary:
    """Lines of a French form, a tab and its translations; raises ``ValueError`` for any other line."""
    found: dict[str, tuple[str, ...]] = {}
    for number, line in enumerate(text.splitlines(), 1):
        french, tab, translations = line.partition("\t")
        if not (french and tab and translations):
            raise ValueError(f"line {number} of the dictionary is not a word and its translations")
        found[french] = tuple(translations.split(_BETWEEN))
    return Dictionary(found)
