"""The facts that a French text states: numbers with what they are of, dates, hours, names, negations, quotations."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from service.pipeline.facts import Fact, FactKind
from service.pipeline.french_dates import DATE_WORDS, read_date
from service.pipeline.french_names import read_names
from service.pipeline.french_numbers import Reading, begins_number, read_number, shifted
from service.pipeline.french_tokens import Token, fold, tokenise
from service.pipeline.french_units import counted_noun, quantify, read_bound
from service.pipeline.negation import read_negations

_QUOTATION = re.compile(r"«([^«»]{1,2000})»|“([^“”]{1,2000})”|\"([^\"]{1,2000})\"")
_RANGE_WORDS = frozenset({"a", "ou", "et", "-", "–"})
_SHARING = frozenset({"number", "percent", "money", "quantity"})
_SCALE_LIMIT = 1000  # « 2 à 3 millions »: the first number is below this


def extract_facts(text: str) -> tuple[Fact, ...]:
    """Every fact of a French text in the order of the text; ``text[fact.start:fact.end] == fact.text``.

    Runs in linear time and raises nothing, whatever the text.
    """
    return facts_of_tokens(text, tokenise(text))


def facts_of_tokens(text: str, tokens: Sequence[Token]) -> tuple[Fact, ...]:
    """The same for a text that is cut into tokens already."""
    found, taken = _amounts(text, tokens)
    found += read_names(text, tokens, taken)
    found += read_negations(text, tokens)
    found += read_quotations(text)
    return tuple(sorted(found, key=lambda fact: (fact.start, fact.end)))


def read_quotations(text: str) -> list[Fact]:
    """What stands between quotation marks; the fact's span is without the marks."""
    found = []
    for match in _QUOTATION.finditer(text):
        start, end = next(match.span(group) for group in (1, 2, 3) if match.group(group) is not None)
        words = " ".join(text[start:end].split())
        if words:
            found.append(Fact("quotation", words, text[start:end], start, end))
    return found


def _amounts(text: str, tokens: Sequence[Token]) -> tuple[list[Fact], set[int]]:
    """Numbers, dates and hours, and the indices of the tokens that they use."""
    found: list[Fact] = []
    spans: list[tuple[int, int]] = []  # the tokens of each fact
    taken: set[int] = set()
    at = 0
    while at < len(tokens):
        token = tokens[at]
        if not token.is_number and not begins_number(token.text) and fold(token.text) not in DATE_WORDS:
            at += 1
            continue
        if _is_code(tokens, at) if tokens[at].is_number else _is_place(tokens, at):
            at += 1
            continue
        fact, last = _amount_at(text, tokens, at)
        if fact is None:
            at += 1
            continue
        if not (found and _joins_score(text, tokens, found, spans[-1][1], fact, at)):
            if found:
                _share_unit(tokens, found, spans[-1][1], fact, at)
            found.append(fact)
        spans.append((at, last))
        taken.update(range(at, last))
        at = last
    return [fact for fact in found if fact.value], taken


def _is_code(tokens: Sequence[Token], at: int) -> bool:
    """Digits that belong to a name: A320, Covid-19, 5G."""
    token = tokens[at]
    if at > 0 and tokens[at - 1].end == token.start:
        before = tokens[at - 1]
        if before.is_word:
            return not (before.text.islower() and before.lower in ("h", "min"))
        if before.text == "-" and at > 1 and tokens[at - 2].end == before.start and tokens[at - 2].is_word:
            return tokens[at - 2].is_capitalised
    following = tokens[at + 1] if at + 1 < len(tokens) else None
    return (
        following is not None
        and following.start == token.end
        and following.text in ("G", "D", "K")
        and not (at + 2 < len(tokens) and tokens[at + 2].text in ("€", "$"))
    )


def _is_place(tokens: Sequence[Token], at: int) -> bool:
    """A capitalised number word that begins a name: Deux-Sèvres, Trois-Rivières."""
    if not tokens[at].is_capitalised or at + 2 >= len(tokens) or tokens[at + 1].text != "-":
        return False
    return tokens[at + 2].is_capitalised and tokens[at + 2].start == tokens[at].end + 1


def _amount_at(text: str, tokens: Sequence[Token], at: int) -> tuple[Fact | None, int]:
    date = read_date(tokens, at)
    if date is not None:
        return _fact(text, tokens, date.kind, date.value, at, date.last, noun=date.weekday), date.last
    reading = read_number(tokens, at)
    if reading is None:
        return None, at + 1
    if reading.kind == "ordinal":
        return _ordinal(text, tokens, reading)
    quantified = quantify(tokens, reading)
    value = quantified.value
    first = at
    if _is_negative(text, tokens, at):
        value, first = f"-{value}", at - 1
    fact = _fact(text, tokens, quantified.kind, value, first, quantified.last, noun=quantified.noun)
    return replace(fact, bound=read_bound(tokens, first, reading.rounded)), quantified.last


def _fact(
    text: str, tokens: Sequence[Token], kind: FactKind, value: str, first: int, last: int, noun: str = ""
) -> Fact:
    start, end = tokens[first].start, tokens[last - 1].end
    return Fact(kind, value, text[start:end], start, end, noun)


def _ordinal(text: str, tokens: Sequence[Token], reading: Reading) -> tuple[Fact | None, int]:
    token = tokens[reading.first]
    following = fold(tokens[reading.last].text) if reading.last < len(tokens) else ""
    # « premier ministre » is a title, « une seconde » a duration, « Seconde » a school year
    if reading.value == "1" and following in ("ministre", "ministres", "dame", "lieu", "abord"):
        return None, reading.last
    if token.lower in ("seconde", "secondes") and (
        reading.first == 0 or fold(tokens[reading.first - 1].text) in ("une", "chaque", "par", "de", "des", "quelques")
    ):
        return None, reading.last
    noun = counted_noun(tokens, reading.last)
    return _fact(text, tokens, "ordinal", reading.value, reading.first, reading.last, noun=noun), reading.last


def _is_negative(text: str, tokens: Sequence[Token], at: int) -> bool:
    """A minus sign that touches the number and no word: « -5 °C »."""
    if at == 0 or tokens[at - 1].text not in ("-", "−") or tokens[at - 1].end != tokens[at].start:
        return False
    start = tokens[at - 1].start
    return start == 0 or text[start - 1] in " \u00a0\u202f\n\t("


def _joins_score(text: str, tokens: Sequence[Token], found: list[Fact], last: int, fact: Fact, at: int) -> bool:
    """« 3-1 » is one score (or range) when no unit follows: the number before takes this one in."""
    before = found[-1]
    if last != at - 1 or before.kind != "number" or before.noun or fact.kind != "number" or "-" in before.value:
        return False
    if tokens[at - 1].text not in "-–" or tokens[last - 1].end != tokens[at - 1].start:
        return False
    score = f"{before.value}-{fact.value}"
    found[-1] = replace(before, value=score, text=text[before.start : fact.end], end=fact.end, noun=fact.noun)
    return True


def _share_unit(tokens: Sequence[Token], found: list[Fact], last: int, fact: Fact, at: int) -> None:
    """« 10 à 15 % » and « 2 à 3 millions d'euros » give the first number the unit and scale of the second."""
    before = found[-1]
    if last != at - 1 or before.kind != "number" or before.noun or fact.kind not in _SHARING:
        return
    if fold(tokens[at - 1].text) not in _RANGE_WORDS:
        return
    number, _, unit = fact.value.partition(" ")
    value = before.value
    scaled = number.isdigit() and len(number) > 6 > len(tokens[at].text)
    if scaled and value.isdigit() and int(value) < _SCALE_LIMIT:
        value = shifted(value, 9 if len(number) > 9 else 6)
    found[-1] = replace(before, kind=fact.kind, value=f"{value} {unit}".strip(), noun=fact.noun)
