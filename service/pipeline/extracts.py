"""Briefs made of the article's own sentences: singly and in pairs, whole or shortened at their clauses.

An appraiser predicts how much of a reference brief each of them would share from what ``salience`` sees.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from models.appraiser import Appraiser
from service.pipeline.antecedents import unexplained
from service.pipeline.lengths import Wanted
from service.pipeline.quoted import inside_quotations
from service.pipeline.salience import Piece, Salience, Stems
from service.pipeline.shortening import shortened
from service.pipeline.style import faults

#: Sentences considered singly, and as the first and the second of a pair.
SINGLES, FIRSTS, SECONDS, APART = 400, 12, 14, 4
#: So many shortened versions of one sentence compete with it.
VERSIONS = 2
#: What a word beyond the aim costs, in predicted worth: it holds extracts to about 33 words.
WORD_COST = 0.0025
#: What a demonstrative costs whose noun is not named: of equally telling texts the one that explains itself is better.
UNEXPLAINED = 0.03
#: The first lines of an article are often a dateline or a byline: too short to be a sentence of a brief.
SHORTEST_SENTENCE = 5

#: What a sentence says of the one before it when that one was not so.
_DENIES = re.compile(
    r"\bdément\w*|\binfirm(?:é|ée|és|ées|e|ent)\b|\bil n['’]en (?:est|était|a|avait|sera) rien\b"
    r"|\bc['’](?:est|était) faux\b|\bà tort\b|\ben réalité\b",
    re.IGNORECASE,
)
_RUMOUR = re.compile(r"^\W*(?:la|une|cette|selon une|des|les|ces) rumeurs?\b", re.IGNORECASE)
_DATELINE = re.compile(
    r"^(?:[A-ZÀÂÇÉÈÊËÎÏÔÖÛÙÜŒ][A-ZÀÂÇÉÈÊËÎÏÔÖÛÙÜŒ'’ -]{2,40}(?:\s?\([^()]{2,30}\))?(?:,[^,–—]{2,30})?\s)?"
    r"[-–—•](?:\s+(?=\S)|(?=[A-ZÀ-Ý]))"
)


def without_dateline(text: str) -> str:
    """A sentence without the place and the dash that open an agency's report, or the dash of a list."""
    return _DATELINE.sub("", text, count=1)


@dataclass(frozen=True)
class Part:
    """A sentence of the article, by place; version 0 is the whole one, the others are shortened."""

    place: int
    version: int = 0


Parts = tuple[Part, ...]


@dataclass(frozen=True)
class Extract:
    """Sentences of the article; ``value`` is the predicted worth less the cost of its length."""

    text: str
    parts: Parts
    words: int
    value: float

    @property
    def places(self) -> tuple[int, ...]:
        """Where its sentences stand."""
        return tuple(part.place for part in self.parts)


class Extracts:
    """What can be made of one article's sentences, and what it is worth."""

    def __init__(self, texts: Sequence[str], salience: Salience, appraiser: Appraiser, stems: Stems) -> None:
        self._texts, self._salience, self._appraiser, self._stems = texts, salience, appraiser, stems
        self._versions: dict[int, tuple[str, ...]] = {}
        self._pieces: dict[Part, Piece] = {}
        self._faults: dict[Part, frozenset[str]] = {}
        self._quoted = inside_quotations(texts)

    def weighed(self, wanted: Wanted, whole: bool = False) -> list[Extract]:
        """Those within the wanted bounds that can stand by themselves, the best first; only ``whole`` sentences."""
        candidates = [
            parts
            for parts in self.candidates(wanted, whole)
            if not self._refers_back(parts)
            and not self._is_denied(parts)
            and not any(self._is_broken(part) for part in parts)
        ]
        if not candidates:
            return []
        values = self._appraiser.predict(np.array([self.features(parts) for parts in candidates]))
        found = []
        for parts, value in zip(candidates, values.tolist(), strict=True):
            text, words = self.text(parts), self._words(parts)
            cost = WORD_COST * max(0, words - wanted.aim) + UNEXPLAINED * bool(self.unexplained(text))
            found.append(Extract(text, parts, words, value - cost))
        return sorted(found, key=lambda extract: -extract.value)

    def candidates(self, wanted: Wanted, whole: bool = False) -> list[Parts]:
        """Every single sentence and every near pair within the wanted bounds, whole and, unless told, shortened."""
        return [
            parts
            for places in self._combinations(wanted.sentences)
            for parts in product(*([Part(place)] if whole else self._parts(place) for place in places))
            if wanted.least <= self._words(parts) <= wanted.most
        ]

    def features(self, parts: Parts) -> NDArray[np.float32]:
        """What the appraiser sees of these sentences taken together."""
        return self._salience.features(self.piece(parts), tuple(part.place for part in parts))

    def piece(self, parts: Parts) -> Piece:
        """These sentences taken apart together."""
        whole = self._piece(parts[0])
        for part in parts[1:]:
            whole = whole + self._piece(part)
        return whole

    def text(self, parts: Parts) -> str:
        """These sentences, one after the other."""
        return " ".join(self._text(part) for part in parts)

    def most_telling(self) -> list[int]:
        """The places of all sentences, the most telling first."""
        if not self._texts:
            return []
        rows = [self._salience.features(piece, (place,)) for place, piece in enumerate(self._salience.pieces)]
        return [int(place) for place in np.argsort(-self._appraiser.predict(np.array(rows)), kind="stable")]

    def lengthened(self, best: Extract, wanted: Wanted) -> Extract:
        """More of the most telling sentences, in the article's order, as near to the aim as they come."""
        chosen = {part.place: part for part in best.parts}
        for place in self.most_telling():
            words = self._words(tuple(chosen.values()))
            if words >= wanted.aim or len(chosen) >= wanted.sentences:
                break
            length = len(self._texts[place].split())
            nearer = words < wanted.least or abs(words + length - wanted.aim) < wanted.aim - words
            fits = nearer and words + length <= wanted.most and length >= SHORTEST_SENTENCE
            denied = self._is_denied((Part(place), *chosen.values()))
            if place not in chosen and fits and not denied and not faults(self._texts[place], 0, 1000):
                chosen[place] = Part(place)
        ordered = tuple(chosen[place] for place in sorted(chosen))
        return Extract(self.text(ordered), ordered, self._words(ordered), best.value)

    def shortest(self) -> Extract:
        """When no combination has the wanted length: the sentence of the first ones that exceeds it least."""
        places = range(min(len(self._texts), FIRSTS))
        place = min(places, key=lambda at: (abs(len(self._texts[at].split()) - 20), at))
        part = (Part(place),)
        return Extract(self.text(part), part, self._words(part), 0.0)

    def unexplained(self, text: str) -> bool:
        """Whether a demonstrative of a text points at what the text does not name, unless the article opens so."""
        opening = unexplained(self._texts[0]) if self._texts else ()
        return not set(unexplained(text)) <= set(opening)

    def _combinations(self, sentences: int) -> list[tuple[int, ...]]:
        usable = [place for place, text in enumerate(self._texts) if len(text.split()) >= SHORTEST_SENTENCE]
        found: list[tuple[int, ...]] = [(place,) for place in usable[:SINGLES]]
        if sentences > 1:
            for at, first in enumerate(usable[:FIRSTS]):
                for second in usable[at + 1 : SECONDS]:
                    if at == 0 or second - first <= APART:
                        found.append((first, second))
        return found

    def _parts(self, place: int) -> list[Part]:
        if place not in self._versions:
            self._versions[place] = (self._texts[place], *shortened(self._texts[place])[:VERSIONS])
        return [Part(place, version) for version in range(len(self._versions[place]))]

    def _text(self, part: Part) -> str:
        return self._versions[part.place][part.version] if part.version else self._texts[part.place]

    def _piece(self, part: Part) -> Piece:
        if not part.version:
            return self._salience.pieces[part.place]
        if part not in self._pieces:
            self._pieces[part] = self._stems.piece(self._text(part))
        return self._pieces[part]

    def _words(self, parts: Parts) -> int:
        return sum(len(self._text(part).split()) for part in parts)

    def _found_faults(self, part: Part) -> frozenset[str]:
        if part not in self._faults:
            self._faults[part] = frozenset(faults(self._text(part), 0, 1000))
        return self._faults[part]

    def _refers_back(self, parts: Parts) -> bool:
        """Whether a sentence opens with a pronoun or a linking word, and what it refers to is not before it."""
        for at, part in enumerate(parts):
            follows = at > 0 and parts[at - 1].place == part.place - 1
            piece = self._piece(part)
            # Only what opens the article may open with « Cette »: it refers to nothing before it.
            referring = piece.opens_linking or ((at > 0 or part.place > 0) and piece.opens_referring)
            if not follows and (referring or "refers_back" in self._found_faults(part)):
                return True
        return False

    def _is_denied(self, parts: Parts) -> bool:
        """Whether a sentence is a rumour, or is denied by the next one, and that one is not among these."""
        places = {part.place for part in parts}
        for part in parts:
            following = self._texts[part.place + 1] if part.place + 1 < len(self._texts) else ""
            doubtful = _RUMOUR.search(self._texts[part.place]) or _DENIES.search(following)
            if doubtful and part.place + 1 not in places:
                return True
        return False

    def _is_broken(self, part: Part) -> bool:
        """Whether a sentence is a heading, or a part of a quotation that began or ends elsewhere."""
        return self._quoted[part.place] or not {"unfinished", "unbalanced"}.isdisjoint(self._found_faults(part))
