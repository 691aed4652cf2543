"""Whether facts of an article have changed places in a brief.

A name or a number that the article does have may still stand where another belongs: « le procureur
Claire Morel » for « le procureur Paul Girard ». Each fact of a brief is compared, by the words
around it, with the places where the article has it and with the places where the article has other
facts of its kind; where another fits clearly better, the two were swapped.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import NamedTuple

from service.pipeline.article_index import ArticleIndex, TextIndex
from service.pipeline.facts import Check, Fact
from service.pipeline.french_tokens import fold, is_ordinary, stem
from service.pipeline.french_tokens import words as listed

_WEIGHTS = (1.0, 0.8, 0.6, 0.45, 0.3)  # of the nearest content words on either side
_OTHER_SIDE = 0.5
_LEFT_WORD = 0.3  # the same function word right before
_LIKE, _BETTER = 1.2, 1.15  # how well another fact must fit, and how much better; found on training articles
_EXCHANGED = 0.35  # … for the other of two facts to be taken as exchanged
_NEVER = 100.0
_OTHER_SHAPE = 1.3  # … when one is an acronym, or a full name, and the other is not
_OTHER_ROLE = 1.0  # taken off when one stands after a preposition that the other lacks
_PREFIX = 4  # « Rennes » and « Rennais » are one
_MOST = 60  # places of one word that are looked at
_CLASSES = frozenset(["name", "number", "percent", "money", "quantity", "date", "time", "ordinal"])
_ROLE_OF = {
    "de": "of", "d": "of", "du": "of", "des": "of", "a": "at", "au": "at", "aux": "at", "en": "in", "dans": "in",
    "avant": "until", "apres": "since", "par": "by", "avec": "with", "contre": "against", "pour": "for",
    "selon": "after", "les": "people",
}  # fmt: skip
_TURNS = {"avant": "apres", "apres": "avant", "plus": "moins", "moins": "plus"}
_CORRECTIONS = frozenset(
    map(
        stem,
        listed(
            """retenue rectifié rectificatif corrigé correction erreur erroné réalité coquille inexact inversés
            vérification"""
        ),
    )
)
_RATES = frozenset({"an", "mois", "jour", "semaine", "heure", "minute", "seconde", "personne", "habitant"})
_SYMMETRIC = frozenset(["et", "ou", ",", "", "-", "(", ")"])


class Place(NamedTuple):
    """Where a fact stands: the content words to its left and right, nearest first, and the word right before."""

    fact: Fact
    left: tuple[str, ...]
    right: tuple[str, ...]
    before: str
    shape: str
    turn: str  # what would reverse it: « avant », « de plus »


class RoleSupport:
    """Compares the places of facts in briefs and in one article."""

    def __init__(self, index: ArticleIndex) -> None:
        self._index = index
        self._full_names = _full_names(index.facts)
        self._places = self._places_of(index)
        self._by_value: dict[tuple[str, str], list[Place]] = defaultdict(list)
        self._by_word: dict[tuple[str, str], list[int]] = defaultdict(list)
        for number, place in enumerate(self._places):
            self._by_value[place.fact.kind, place.fact.value].append(place)
            for word in {*place.left, *place.right}:
                self._by_word[place.fact.kind, word].append(number)
        self._orders = _orders(index)

    def check(self, brief: TextIndex, checks: list[Check], is_verbatim: Callable[[Fact], bool]) -> list[Check]:
        """The checks, with those that hold only in another place turned to "altered"."""
        swapped = self._reordered(brief)
        sentences: dict[int, list[Place]] = defaultdict(list)
        for place in self._places_of(brief):
            sentences[brief.sentence_of(place.fact)].append(place)
        judged = []
        for check in checks:
            fact = check.fact
            if check.status != "supported" or fact.kind not in _CLASSES or is_verbatim(fact):
                judged.append(check)
            elif fact.start in swapped:
                judged.append(replace(check, status="altered", detail="the article has these the other way round"))
            else:
                judged.append(self._placed(check, sentences[brief.sentence_of(fact)]))
        return judged

    def _placed(self, check: Check, mates: Sequence[Place]) -> Check:
        mine = next(place for place in mates if place.fact is check.fact)
        numbers = {
            n for word in {*mine.left, *mine.right} for n in self._by_word.get((check.fact.kind, word), ())[:_MOST]
        }
        rivals = [place for place in mates if place.fact is not check.fact]
        homes = self._by_value.get((check.fact.kind, check.fact.value), [])[:_MOST]
        own, other, best = 0.0, 0.0, None
        turns = {home.turn for home in homes}
        for number in numbers:
            place = self._places[number]
            score = _likeness(mine, place)
            if _same(check.fact, place.fact):
                own = max(own, score)
                continue
            score -= _misfit(mine, place)
            if score > other and not _claimed(place, score, rivals, homes):
                other, best = score, place
        if mine.turn and mine.turn not in turns and _is_reversed(mine.turn, turns):
            return replace(check, status="altered", detail=f"the article does not say « {mine.turn} » of this")
        if best is not None and other >= _LIKE and other - own >= _BETTER and not self._corrects(homes):
            span = (best.fact.start, best.fact.end)
            return replace(check, status="altered", source=span, detail=f"the article says this of {best.fact.text}")
        return check

    def _corrects(self, homes: Sequence[Place]) -> bool:
        """Whether the article gives a value as the right one for another's: « la valeur retenue est de 137 km/h »."""
        for home in homes:
            sentence = self._index.sentence_of(home.fact)
            if home.fact.kind not in ("name", "date") and any(
                _CORRECTIONS & stems for stems in self._index.sentence_stems[max(0, sentence - 1) : sentence + 1]
            ):
                return True
        return False

    def _places_of(self, index: TextIndex) -> list[Place]:
        return [self._place(index, fact) for fact in index.facts if fact.kind in _CLASSES]

    def _place(self, index: TextIndex, fact: Fact) -> Place:
        first, last = index.token_at(fact.start), index.token_at(fact.end - 1)
        begin, end = index.sentence_tokens[index.tokens[first].sentence]
        before = _word_before(index, first - 1, begin)
        left = self._content(index, range(first - 1, begin - 1, -1))
        right = self._content(index, range(last + 1, end))
        return Place(fact, left, right, before, _shape(fact), _turn(index, before, last, end))

    def _content(self, index: TextIndex, positions: Iterable[int]) -> tuple[str, ...]:
        """The nearest content words, names and numbers."""
        found: list[str] = []
        for position in positions:
            word = index.elements[position]
            if word:
                found.append(self._full_names.get(word, word))
                if len(found) == len(_WEIGHTS):
                    break
        return tuple(found)

    def _reordered(self, brief: TextIndex) -> set[int]:
        """The starts of facts that stand in the reverse order of the article's, with the same words between."""
        found: set[int] = set()
        for (kind, one, two), places in _orders(brief).items():
            for between, first, second in places:
                if between in self._orders_between(kind, two, one) and between not in self._orders_between(
                    kind, one, two
                ):
                    found.update((first, second))
        return found

    def _orders_between(self, kind: str, one: str, two: str) -> set[tuple[str, ...]]:
        return {between for between, _, _ in self._orders.get((kind, one, two), ())}


def _orders(index: TextIndex) -> dict[tuple[str, str, str], list[tuple[tuple[str, ...], int, int]]]:
    """Neighbouring facts of a kind with the words between them, where these give an order."""
    orders: dict[tuple[str, str, str], list[tuple[tuple[str, ...], int, int]]] = defaultdict(list)
    last: dict[str, Fact] = {}
    for fact in index.facts:
        before = last.get(fact.kind)
        if before is not None and fact.start - before.end < 60:
            first, second = index.token_at(before.end - 1) + 1, index.token_at(fact.start)
            between = tuple(fold(token.text) for token in index.tokens[first:second])
            if index.tokens[first - 1].sentence == index.tokens[second].sentence and not _SYMMETRIC.issuperset(between):
                orders[fact.kind, before.value, fact.value].append((between, before.start, fact.start))
        last[fact.kind] = fact
    return orders


def _word_before(index: TextIndex, at: int, begin: int) -> str:
    """The word right before, past an apostrophe and an article: « de » of « de la »."""
    if at >= begin and index.tokens[at].text in "'’":
        at -= 1
    word = fold(index.tokens[at].text) if at >= begin else ""
    if word in ("la", "l", "le", "les"):
        before = fold(index.tokens[at - 1].text) if at > begin else ""
        return before if before in _ROLE_OF else word if word == "les" else ""
    return word


def _turn(index: TextIndex, before: str, last: int, end: int) -> str:
    """The word that puts a fact before or after, above or below: « avant le 15 mai », « 27 % de moins »."""
    if before in ("avant", "apres"):
        return before
    for at in range(last + 1, min(last + 4, end - 1)):
        following = fold(index.tokens[at + 1].text)
        if index.tokens[at].text == "par" and following in _RATES:
            return f"par {following}"
        if fold(index.tokens[at].text) in ("de", "en") and following in ("plus", "moins"):
            return following
    return ""


def _full_names(facts: Iterable[Fact]) -> dict[str, str]:
    """The full name that a last word stands for, where only one name ends with it."""
    full: dict[str, str] = {}
    for fact in facts:
        if fact.kind == "name" and " " in fact.value:
            last = stem(fact.value.rsplit(" ", 1)[1])
            full[last] = fact.value if full.get(last, fact.value) == fact.value else ""
    return {last: name for last, name in full.items() if name}


def _claimed(place: Place, score: float, rivals: Sequence[Place], homes: Sequence[Place]) -> bool:
    """Whether the brief has the place's own fact beside, and not in exchange.

    Two facts that changed places each stand where the other belongs; if the other one stands elsewhere
    in the sentence, or here with as good a right, nothing was exchanged.
    """
    for rival in rivals:
        if _same(rival.fact, place.fact):
            exchanged = max((_likeness(rival, home) - _misfit(rival, home) for home in homes), default=0.0)
            if exchanged < _EXCHANGED or _likeness(rival, place) >= score:
                return True
    return False


def _misfit(mine: Place, other: Place) -> float:
    """What speaks against one fact standing in for another: a preposition that only one has, another shape."""
    penalty = 0.0
    mine_role, other_role = _ROLE_OF.get(mine.before, ""), _ROLE_OF.get(other.before, "")
    if mine_role != other_role:
        if "people" in (mine_role, other_role):
            return _NEVER
        penalty += _OTHER_ROLE
    if mine.shape != other.shape:
        if mine.fact.kind in ("date", "quantity") or "" in (mine.shape, other.shape):
            return _NEVER
        penalty += _OTHER_SHAPE
    return penalty


def _is_reversed(turn: str, turns: set[str]) -> bool:
    """Whether the article says the opposite: « après » for « avant », « par mois » for « par an »."""
    if turn.startswith("par "):
        return any(other.startswith("par ") for other in turns)
    return _TURNS[turn] in turns


def _shape(fact: Fact) -> str:
    """What a fact looks like; a name and its substitute are mostly alike, and a year stands for no weekday."""
    if fact.kind == "name":
        if is_ordinary(fact.text):
            return ""  # « Première », « Président »: a capital for respect
        return "acronym" if fact.text.isupper() else "full" if " " in fact.text.strip() else "single"
    if fact.kind == "date":
        dashes = fact.value.lstrip("-").count("-")
        return "weekday" if "W" in fact.value else "day" if dashes == 2 or fact.value.startswith("-") else str(dashes)
    return fact.value.partition(" ")[2] if fact.kind == "quantity" else fact.kind


def _likeness(mine: Place, other: Place) -> float:
    """How alike the surroundings of two facts are: near words on the same side weigh most."""
    score = _LEFT_WORD if mine.before and mine.before == other.before else 0.0
    for words, same, across in ((mine.left, other.left, other.right), (mine.right, other.right, other.left)):
        for rank, word in enumerate(words):
            if word in same:
                score += min(_WEIGHTS[rank], _WEIGHTS[same.index(word)])
            elif word in across:
                score += _OTHER_SIDE * min(_WEIGHTS[rank], _WEIGHTS[across.index(word)])
    return score


def _same(fact: Fact, other: Fact) -> bool:
    """Whether two facts are of one thing: equal values, a name within another, a date that says less of a day."""
    if fact.kind != other.kind:
        return False
    if fact.kind == "name":
        mine, theirs = set(fact.value.split()), set(other.value.split())
        return mine <= theirs or theirs <= mine or fact.value[:_PREFIX] == other.value[:_PREFIX]
    if fact.kind == "date":
        mine_day, other_day = fact.value.lstrip("-"), other.value.lstrip("-")
        return mine_day in other_day or other_day in mine_day
    return fact.value == other.value
