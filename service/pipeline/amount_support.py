"""Whether an article states a brief's numbers: the same value, of the same thing, on the same side of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from itertools import pairwise

from service.pipeline.article_index import ArticleIndex, TextIndex, amount_of
from service.pipeline.facts import Check, Fact
from service.pipeline.french_tokens import fold, stem, words
from service.pipeline.negation import FATES

# Units that convert exactly; months and years do not, money never does.
_BASES = {
    "km": ("m", "1000"), "cm": ("m", "0.01"), "mm": ("m", "0.001"), "m": ("m", "1"), "g": ("g", "1"),
    "kg": ("g", "1000"), "t": ("g", "1000000"), "mg": ("g", "0.001"), "s": ("s", "1"), "min": ("s", "60"),
    "h": ("s", "3600"), "day": ("s", "86400"), "week": ("s", "604800"), "month": ("month", "1"),
    "year": ("month", "12"), "decade": ("month", "120"),
}  # fmt: skip
_PERCENT_OF = {"1/2": "50", "1/4": "25", "3/4": "75", "1/5": "20", "2/5": "40", "1/10": "10"}
_AS_FRACTION = {percent: fraction for fraction, percent in _PERCENT_OF.items()}
#: People counted without saying which: any of them may stand for another.
_PEOPLE = frozenset(map(stem, words("personnes gens individus hommes humains êtres habitants membres")))
#: What « un » and « une » do count: spans of time and the fates of people.
_SINGLE = frozenset(
    map(stem, words("an année mois jour journée semaine heure minute siècle mort morte blessé victime"))
)
_BEFORE_ONE = words("un une l cet cette par le la chaque premier premiere")
_VAGUE = words("dizaines douzaines centaines milliers millions milliards")
_DISTINCTIVE = 1000  # a number this large seldom stands twice in an article by chance
_LARGE = 1_000_000


def _base(fact: Fact) -> tuple[str, Decimal] | None:
    """A quantity in its base unit, so that « 48 heures » is « deux jours »."""
    number, _, unit = fact.value.partition(" ")
    base, factor = _BASES.get(unit, (unit, "1"))
    try:
        return base, (Decimal(number) * Decimal(factor)).normalize()
    except InvalidOperation:
        return None


class AmountSupport:
    """Checks numbers, ordinals, percentages, sums and quantities against one article."""

    def __init__(self, index: ArticleIndex) -> None:
        self._index = index
        self._quantities: dict[tuple[str, Decimal], list[Fact]] = defaultdict(list)
        self._ranks = {fact.start: rank for rank, fact in enumerate(index.facts)}
        for fact in index.facts:
            if fact.kind == "quantity" and (base := _base(fact)):
                self._quantities[base].append(fact)

    def check(self, fact: Fact) -> Check:
        """The check of one amount of a brief."""
        supporting = {
            "percent": self._percent, "money": self._money, "quantity": self._quantity, "ordinal": self._ordinal,
        }.get(fact.kind, self._number)(fact)  # fmt: skip
        if not supporting:
            return self._refuse(fact)
        if fact.bound in ("above", "below"):
            agreeing = [other for other in supporting if other.bound == fact.bound]
            if not agreeing:
                return Check(
                    fact, "altered", _span(supporting[0]), f"the article does not say {fact.bound} for this number"
                )
            supporting = agreeing
        return Check(fact, "supported", _span(supporting[0]))

    def check_words(self, brief: TextIndex) -> list[Check]:
        """Failures for amounts that no fact holds: « un mois » where the article has « un an », « des millions »."""
        failures = []
        counted_at = {
            at
            for fact in brief.facts
            if fact.kind not in ("name", "quotation", "negation")
            for at in range(brief.token_at(fact.start), brief.token_at(fact.end - 1) + 1)
        }
        for at, (before, token) in enumerate(pairwise(brief.tokens), start=1):
            if at in counted_at:
                continue
            word = fold(token.text)
            if before.lower in ("un", "une"):
                counted = token.is_word and stem(token.text) in _SINGLE
                stated = not counted or self._has_single(word)
                start = before.start
            else:
                stated, start = word not in _VAGUE or word in self._index.lower_words, token.start
            if not stated:
                fact = Fact("number", brief.text[start : token.end], brief.text[start : token.end], start, token.end)
                failures.append(Check(fact, "missing", None, "the article does not have this amount"))
        return failures

    def _has_single(self, word: str) -> bool:
        """Whether the article has one of a thing, or the thing without any number (« par an », « le mort »)."""
        noun = stem(word)
        for at, other in enumerate(self._index.tokens):
            if other.is_word and stem(other.text) == noun:
                before = self._index.tokens[at - 1] if at else None
                if before is not None and fold(before.text) in _BEFORE_ONE:
                    return True
        return False

    def _refuse(self, fact: Fact) -> Check:
        if same := self._of_value(amount_of(fact)):
            return Check(fact, "altered", _span(same[0]), "the article has this number for something else")
        return Check(fact, "missing", None, "the article does not have this number")

    def _of_value(self, value: str, kinds: Iterable[str] = ()) -> list[Fact]:
        wanted = set(kinds)
        return [fact for fact in self._index.by_value.get(value, ()) if not wanted or fact.kind in wanted]

    def _percent(self, fact: Fact) -> list[Fact]:
        value = fact.value
        found = self._of_value(value, ["percent"])
        if not found and value in _AS_FRACTION:
            found = self._of_value(_AS_FRACTION[value], ["number"])
        return found

    def _money(self, fact: Fact) -> list[Fact]:
        amount, _, currency = fact.value.partition(" ")
        found = [other for other in self._of_value(amount, ["money"]) if other.value == fact.value]
        if not found and any(other.value.endswith(currency) for other in self._index.facts if other.kind == "money"):
            # « de 12 à 15 millions » may leave out the currency that the article names elsewhere
            found = [other for other in self._of_value(amount, ["number"]) if not other.noun]
        return found

    def _quantity(self, fact: Fact) -> list[Fact]:
        base = _base(fact)
        found = list(self._quantities.get(base, ())) if base else []
        amount, _, unit = fact.value.partition(" ")
        if not found and unit == "h" and amount.isdigit() and len(amount) < 3:
            found = self._of_value(f"{int(amount) % 24:02d}:00", ["time"])
        return found

    def _ordinal(self, fact: Fact) -> list[Fact]:
        found = self._of_value(fact.value, ["ordinal"])
        nouns = set(fact.noun.split())
        same = [other for other in found if nouns & set(other.noun.split())]
        if same or not nouns:
            return same or found
        if any(other.kind == "ordinal" for noun in nouns for other in self._index.by_noun.get(noun, ())):
            return []
        return found

    def _number(self, fact: Fact) -> list[Fact]:
        if "-" in fact.value[1:]:
            return self._score(fact)
        if "/" in fact.value:
            return self._of_value(fact.value, ["number"]) or self._of_value(
                _PERCENT_OF.get(fact.value, ""), ["percent"]
            )
        numbers = self._of_value(fact.value, ["number"])
        if not fact.noun:
            return numbers or self._bare(fact)
        return self._counted(fact, numbers)

    def _bare(self, fact: Fact) -> list[Fact]:
        """What may support a number that counts nothing: a year, a rank, a duration, a large sum."""
        found = self._of_value(fact.value, ["date", "ordinal", "quantity", "time"])
        if not found and fact.value.isdigit() and int(fact.value[:40]) >= _LARGE:
            found = self._of_value(fact.value, ["money"])
        return found

    def _score(self, fact: Fact) -> list[Fact]:
        found = self._of_value(fact.value, ["number"])
        if found:
            return found
        first, _, second = fact.value.partition("-")
        for other in self._of_value(first, ["number", "quantity"]):  # « trois buts à un », « entre 10 et 15 »
            rank = self._ranks[other.start] + 1
            for following in self._index.facts[rank : rank + 2]:
                if amount_of(following) == second and following.start - other.end < 30:
                    return [other]
        return []

    def _counted(self, fact: Fact, numbers: list[Fact]) -> list[Fact]:
        """A number that counts a noun: « 12 blessés » is not « 12 morts »."""
        nouns = set(fact.noun.split())
        same = [other for other in numbers if nouns & set(other.noun.split())]
        if same:
            return same
        people = bool(nouns & _PEOPLE)
        counted_elsewhere = any(
            other.kind == "number" for noun in nouns - _PEOPLE for other in self._index.by_noun.get(noun, ())
        )
        near = [other for other in numbers if nouns & self._index.near(other) and self._is_loose(other)]
        if near:
            return near
        if people:
            return numbers or self._of_value(fact.value, ["date"])
        generic = [other for other in numbers if set(other.noun.split()) & _PEOPLE]
        if generic and not nouns & FATES:
            return generic
        if counted_elsewhere:
            return [other for other in numbers if not other.noun and self._is_part(other)]
        known = bool(nouns & self._index.all_stems)
        around = [other for other in numbers if nouns & self._index.around(other)]
        if around:
            return around
        if not known and fact.value.isdigit() and len(fact.value) < 12 and int(fact.value) >= _DISTINCTIVE:
            return numbers  # another word for the same thing
        return [other for other in numbers if known and self._is_loose(other)]

    def _is_part(self, other: Fact) -> bool:
        """« Quatre d'entre eux »: a number of what was counted before."""
        return self._index.text[other.end : other.end + 10].replace("’", "'").lstrip().startswith("d'entre")

    @staticmethod
    def _is_loose(other: Fact) -> bool:
        """Whether an article's number counts nothing named, or people in general."""
        nouns = set(other.noun.split())
        return not nouns or bool(nouns & _PEOPLE)


def _span(fact: Fact) -> tuple[int, int]:
    return fact.start, fact.end
