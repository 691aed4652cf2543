"""Terms that a caller wants translated in a certain way, or left alone, and how a translation is made to obey.

Nothing is hidden from the model: small models lose and double placeholders. Instead the step prefers a
candidate that already uses the wanted term; failing that, the model's own rendering of the term is found
in the translation and replaced. Only that span changes, so no other word can vanish. A term whose
rendering is not found is reported, not forced.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from rapidfuzz import fuzz

from models.contracts import Terms
from service.pipeline.exonyms import exonyms, fold
from service.pipeline.foreign_words import FOREIGN_LANGUAGES

#: From this similarity on (0..100) a stretch of a translation is taken for a rendering of the term.
SIMILAR = 85
_SHORTEST = 4  # letters of a stretch that may be matched by similarity
_ARTICLE = re.compile(
    r"(?:the|an?|der|die|das|de[nms]|eine?[nmrs]?|el|l[ao]s?|una?s?|il|i|gli|le|uno|[oa]s?|uma?s?|l)", re.IGNORECASE
)
_ENDINGS = {"de": r"(?:e?[sn]|es|er)?", "en": r"(?:['’]s|s)?"}
_HEADERS = frozenset(("fr", "source", "french", "français", "francais", "term"))


@dataclass(frozen=True)
class Entry:
    """A French term and what a translation must call it."""

    source: str
    target: str


@dataclass(frozen=True)
class Obeyed:
    """A translation after the glossary: the entries that it uses, and those that could not be applied.

    ``replaced`` holds those of ``applied`` that the model had rendered otherwise.
    """

    text: str
    applied: tuple[Entry, ...]
    unapplied: tuple[Entry, ...]
    replaced: tuple[Entry, ...] = ()


@dataclass(frozen=True)
class Glossary:
    """The entries for one target language; terms that must stay are entries whose target is their source."""

    entries: tuple[Entry, ...] = ()

    @classmethod
    def of(cls, terms: Mapping[str, str], do_not_translate: Iterable[str] = ()) -> Glossary:
        """A glossary from a mapping and a list of terms that stay as they are; empty terms are dropped.

        A term of both is translated as the mapping says. Longer terms are applied before shorter ones.
        """
        kept = {term.strip(): term.strip() for term in do_not_translate}
        given = {source.strip(): target.strip() for source, target in terms.items()}
        entries = [Entry(source, target) for source, target in {**kept, **given}.items() if source and target]
        return cls(tuple(sorted(entries, key=lambda entry: (-len(entry.source), entry.source))))

    def within(self, french: str) -> tuple[Entry, ...]:
        """The entries whose term occurs in a French sentence, none inside a longer one."""
        taken: list[tuple[int, int]] = []
        found = []
        for entry in self.entries:
            spans = [
                match.span()
                for match in _term(entry.source).finditer(french)
                if not any(match.start() < end and start < match.end() for start, end in taken)
            ]
            if spans:
                taken += spans
                found.append(entry)
        return tuple(found)

    def terms(self, french: str) -> Terms:
        """The entries of a sentence as a model is told of them (``TranslationOptions.terms``)."""
        return tuple((entry.source, entry.target) for entry in self.within(french))

    def allowed(self, french: str) -> dict[str, str]:
        """The terms of a sentence with their renderings, as ``comparison.compare`` takes them."""
        return {entry.source: entry.target for entry in self.within(french)}


def uses(translation: str, target: str, language: str) -> bool:
    """Whether a translation holds a term, whatever its capitals; German and English endings count."""
    return _term(target, _ENDINGS.get(language, "s?")).search(translation) is not None


def obey(
    french: str, translation: str, language: str, glossary: Glossary, renderings: Mapping[str, str] | None = None
) -> Obeyed:
    """Put the glossary's terms into a translation.

    ``renderings`` holds the model's own translation of each term alone, by its French. A term is looked
    for as that, as its exonym, as the French itself, then as a stretch of words similar to one of these.
    """
    applied, unapplied, replaced = [], [], []
    for entry in glossary.within(french):
        if not _holds(translation, entry, language):
            spans = _renderings(entry, translation, language, renderings or {})
            for start, end in reversed(spans):
                target = _capitalised(entry.target) if _opens(translation, start) else entry.target
                translation = translation[:start] + target + translation[end:]
            if not spans:
                unapplied.append(entry)
                continue
            replaced.append(entry)
        applied.append(entry)
    return Obeyed(translation, tuple(applied), tuple(unapplied), tuple(replaced))


def _holds(translation: str, entry: Entry, language: str) -> bool:
    if entry.source != entry.target:
        return uses(translation, entry.target, language)
    return re.search(rf"(?<!\w){re.escape(entry.target)}(?!\w)", translation) is not None


def _term(term: str, ending: str = "") -> re.Pattern[str]:
    """A term as whole words, either apostrophe, any white space between its words."""
    words = [re.sub("['’]", "['’]", re.escape(word)) for word in term.split()]
    spaced = r"\s+".join(words)
    return re.compile(rf"(?<!\w){spaced}{ending}(?!\w)", re.IGNORECASE)


def _renderings(entry: Entry, translation: str, language: str, own: Mapping[str, str]) -> list[tuple[int, int]]:
    """Where a translation calls the term something else: every exact place, or the most similar one."""
    pair = exonyms(language).pair(entry.source) if language in FOREIGN_LANGUAGES else None
    candidates = [own.get(entry.source, ""), *(pair.written if pair else ()), entry.source]
    plain = [without for without in (_without_article(text) for text in candidates) if without]
    for candidate in plain:
        spans = [match.span() for match in _term(candidate).finditer(translation)]
        if spans:
            return spans
    best = max((_most_similar(fold(candidate), translation) for candidate in plain), default=(0.0, 0, 0))
    return [best[1:]] if best[0] >= SIMILAR else []


def _without_article(text: str) -> str:
    words = text.strip().rstrip(".!?…").strip('"“”«»„ \u00a0').split()
    while len(words) > 1 and _ARTICLE.fullmatch(fold(words[0])):
        words = words[1:]
    return re.sub(r"^[lL]['’]", "", " ".join(words))


def _most_similar(folded: str, translation: str) -> tuple[float, int, int]:
    words = [(match.start(), match.end()) for match in re.finditer(r"[^\W_]+", translation)]
    size = max(1, len(folded.split()))
    best = (0.0, 0, 0)
    for length in range(max(1, size - 1), size + 2):
        for at in range(len(words) - length + 1):
            start, end = words[at][0], words[at + length - 1][1]
            stretch = fold(translation[start:end])
            if len(stretch) < _SHORTEST or (
                _ARTICLE.fullmatch(stretch.split()[0]) and not _ARTICLE.fullmatch(folded.split()[0])
            ):
                continue
            score = fuzz.ratio(folded, stretch)
            if score > best[0]:
                best = (score, start, end)
    return best


def _opens(text: str, start: int) -> bool:
    return re.search(r"(?:^|[.!?…])[\s\"“„«‘(¿¡]*$", text[:start]) is not None


def _capitalised(term: str) -> str:
    return term[:1].upper() + term[1:]


def parse_glossary(text: str, language: str) -> dict[str, str]:
    """The terms of a CSV or TSV file: French, then the translation.

    A first line may name the columns ("fr", "en", "de" …, or "source", "target"); with language codes the
    column of ``language`` is taken and rows without it are left out. The delimiter is a tab where the
    first line has one, else a semicolon where it has no comma, else a comma.

    Raises ``ValueError`` naming the line for a row without a translation, for a term given twice with
    different translations, and when the language has no column.
    """
    lines = text.lstrip("\ufeff").splitlines()
    first = next((line for line in lines if line.strip()), "")
    delimiter = "\t" if "\t" in first else ";" if ";" in first and "," not in first else ","
    reader = csv.reader(io.StringIO("\n".join(lines)), delimiter=delimiter)
    rows = [(reader.line_num, [cell.strip() for cell in row]) for row in reader if any(cell.strip() for cell in row)]
    source, target, optional = 0, 1, False
    if rows and rows[0][1][0].lower() in _HEADERS:
        names = [name.lower() for name in rows.pop(0)[1]]
        optional = "target" not in names and len(names) > 1
        if optional and language not in names:
            raise ValueError(f"the glossary has no column for {language!r}")
        target = names.index(language) if optional else 1
    terms: dict[str, str] = {}
    for number, row in rows:
        wanted = row[target] if len(row) > target else ""
        if not row[source] or not wanted:
            if optional and row[source]:
                continue
            raise ValueError(f"line {number} of the glossary is not a term and its translation")
        if terms.setdefault(row[source], wanted) != wanted:
            raise ValueError(f"line {number} of the glossary translates {row[source]!r} a second time")
    return terms


def read_glossary(path: Path, language: str) -> dict[str, str]:
    """``parse_glossary`` of a UTF-8 file. Raises ``OSError`` and ``ValueError``."""
    return parse_glossary(path.read_text(encoding="utf-8"), language)
