"""Names of a French text: capitalised words and the runs that they form."""

from __future__ import annotations

from collections.abc import Container, Sequence

from service.pipeline.facts import Fact
from service.pipeline.french_tokens import Token, fold, is_ordinary, words

ELISIONS = words("l d j c s n m t qu jusqu lorsqu puisqu quoiqu")
_TITLES = words("m mm mme mmes mlle dr me mgr pr")
_PARTICLES = words("de du des d van von der den ben bin ibn al el di da del dos y")
_AFTER_DE = frozenset({"la", "l", "los", "las"})
_HYPHENATED = words("sur en de du la le les lès et aux sous d l à entre saint sainte")
_OPENERS = frozenset("«“\"'‘(:-–—•*")
_LONGEST = 12  # tokens that a particle may bridge to, and the words of a name


def opens_sentence(tokens: Sequence[Token], at: int) -> bool:
    """Whether a capital letter here is owed to the place: first in a sentence, a quotation or a list item."""
    if at == 0 or tokens[at - 1].sentence != tokens[at].sentence:
        return True
    before = tokens[at - 1]
    if before.text in _OPENERS:
        return before.end != tokens[at].start or before.text not in "'-–"
    if before.text in "'’" and at > 1 and fold(tokens[at - 2].text) in ELISIONS and tokens[at - 2].is_capitalised:
        return False  # « L'Insee »: the article took the capital of the place
    return before.text in ".!?…"


def read_names(text: str, tokens: Sequence[Token], taken: Container[int]) -> list[Fact]:
    """The names of a text; tokens that belong to a date or a number begin none.

    A capitalised word that opens a sentence is a name unless it is everyday French. The value is
    the name folded (lower case, no accents), its words separated by single spaces.
    """
    found: list[Fact] = []
    at = 0
    while at < len(tokens):
        if at in taken or not _begins(tokens, at):
            at += 1
            continue
        last = _end_of_run(tokens, at, taken)
        start, end = tokens[at].start, tokens[last - 1].end
        if end - start > 1:
            found.append(Fact("name", name_key(tokens[at:last]), text[start:end], start, end))
        at = last
    return found


def name_key(tokens: Sequence[Token]) -> str:
    """The folded words of a name; signs between them do not count."""
    return " ".join(fold(token.text) for token in tokens if token.is_word or token.is_number)


def _begins(tokens: Sequence[Token], at: int) -> bool:
    token = tokens[at]
    if not token.is_word:
        return False
    if not token.is_capitalised:  # iPhone, eBay
        return any(sign.isupper() for sign in token.text[1:]) and token.text[0].islower()
    following = tokens[at + 1] if at + 1 < len(tokens) else None
    if following is not None and following.text in "'’" and fold(token.text) in ELISIONS:
        return False
    if _is_title(token, following):
        return False
    if not opens_sentence(tokens, at) or not is_ordinary(token.text):
        return True
    # « Notre-Dame » keeps its first word; « Est-il » has none
    return (
        following is not None
        and following.text == "-"
        and following.start == token.end
        and at + 2 < len(tokens)
        and tokens[at + 2].is_capitalised
    )


def _is_title(token: Token, following: Token | None) -> bool:
    """« M. », « Mme », « Dr »; written in capitals only MM is one, the rest are acronyms."""
    if fold(token.text) not in _TITLES:
        return False
    if len(token.text) == 1:
        return following is not None and following.text == "."
    return not token.text.isupper() or token.text == "MM"


def _end_of_run(tokens: Sequence[Token], at: int, taken: Container[int]) -> int:
    """One past the last token of the name that begins here."""
    last = at + 1
    while last < len(tokens) and last - at < _LONGEST and tokens[last].sentence == tokens[at].sentence:
        step = _step(tokens, last, taken)
        if step is None:
            break
        last = step
    return last


def _step(tokens: Sequence[Token], at: int, taken: Container[int]) -> int | None:
    """One past the next piece of a name, when its run goes on at ``at``."""
    token, before = tokens[at], tokens[at - 1]
    touching = token.start == before.end
    following = tokens[at + 1] if at + 1 < len(tokens) else None
    if touching and (token.is_number or token.is_word) and at not in taken:
        return at + 1  # A320, H1N1
    if token.text in "-'’." and touching and following is not None:
        close = following.start == token.end
        if token.text == ".":
            initial = len(before.text) == 1 and before.is_capitalised and following.is_capitalised
            return at + 2 if initial and at + 1 not in taken else None
        joins = (
            following.is_capitalised
            or following.is_number
            or (token.text == "-" and (following.lower in _HYPHENATED or before.lower in _HYPHENATED))
        )
        return at + 2 if close and joins and at + 1 not in taken else None
    if touching or token.start - before.end > 1 or at in taken:
        return None
    if token.is_capitalised and token.is_word:
        return None if _is_title(token, following) else at + 1  # the N of « N'Diaye » goes on
    return _past_particles(tokens, at, taken)


def _past_particles(tokens: Sequence[Token], at: int, taken: Container[int]) -> int | None:
    """« de », « de la », « van der », « d' » before another capital."""
    if tokens[at].text not in _PARTICLES:
        return None
    position = at + 1
    while position < len(tokens) and position - at < 4:
        token = tokens[position]
        if token.is_capitalised and token.is_word:
            return position + 1 if position not in taken and tokens[at].sentence == token.sentence else None
        if token.text not in _PARTICLES and token.text not in _AFTER_DE and token.text not in "'’":
            return None
        position += 1
    return None


def pieces(key: str) -> list[str]:
    """A name's parts between particles: "conseil d etat" has "conseil" and "etat"."""
    parts: list[list[str]] = [[]]
    for word in key.split():
        if word in _PARTICLES or (word in _AFTER_DE and not parts[-1]):
            parts.append([])
        else:
            parts[-1].append(word)
    return [" ".join(part) for part in parts if part]
