"""French sentence splitting that never loses a character.

A scanner looks at every full stop, exclamation mark, question mark and ellipsis, and decides from
what stands around it whether a sentence ends there. Spans are ordered and do not overlap; between
them lies only white space (nothing at all where the article forgot the space), so that spans and
gaps join back to the text. Time is linear in the length of the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from service.pipeline import abbreviations
from service.pipeline.article import Sentence

#: Longest sentence in characters; what runs on beyond it is cut at white space if there is any.
MAX_SENTENCE = 2000

_SPACE = r"[^\S\n]"
_LINE = re.compile(r"\S[^\n]*")
_TERMINATOR = re.compile(
    r"[.!?…](?:[.!?…]|[ \u00a0\u202f]{1,2}[!?…])*|[\"»”](?=[^\W\d_])"
    rf"|(?:(?<=[a-zß-öø-ÿœ0-9]{{3}})|(?<=[A-ZÀ-ÖØ-Þ]{{3}}))(?={abbreviations.GLUED})"
    r"|(?<=[a-zß-öø-ÿœ]{4})(?=[A-ZÀ-ÖØ-Þ][a-zß-öø-ÿœ]+\s)"
)
#: A heading between two dashes where a sentence might begin, as news agencies write them: - "Soutien" -Mardi, le…
_HEADING = r"(?:[^-\n.]|(?<=\w)-(?=\w)){3,70}"
_BETWEEN_DASHES = re.compile(
    rf"{_SPACE}*-{_SPACE}?(?=[«“\"]?{_SPACE}?[A-ZÀ-ÖØ-Þ0-9]){_HEADING}"
    rf"(?:{_SPACE}-(?=[«“\"]?[A-ZÀ-ÖØ-Þ])|(?<![?!]){_SPACE}-(?={_SPACE}[«“\"]?{_SPACE}?[A-ZÀ-ÖØ-Þ]))"
)
_GLUED = re.compile(abbreviations.GLUED)
_CLOSER = re.compile(r"[ \u00a0\u202f]{0,2}(?:[»”)\]]|[\u2600-\u27bf\U0001f000-\U0001faff\ufe0f\u200d]+)|[’'](?=\s|$)")
_GAP = re.compile(rf"{_SPACE}*")
_OPENERS = re.compile(rf"(?:[«“\"(\[‘'—–•-]{_SPACE}*)*")
_OMISSION = re.compile(r"[(\[][.…]+[)\]]\s*")
_TOKEN = re.compile(r"[^\s«»“”\"()\[\]’']*$")
_ENUMERATOR = re.compile(r"\s*[«“\"(\[—–•-]?\s*(?:\d{1,3}|[IVX]{1,5}|[A-Za-z])\.")
_INITIALS = re.compile(r"(?:\w\w?[.-]+)*[^\W\d_]")
_NEXT_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*['’]?")
_ADDRESS = re.compile(r"://|www\.|[@#]\w|^\w+(?:\.\w+)*\.\w{2,4}/", re.IGNORECASE)
_ERA = re.compile(r"(?:\bav\.|\bapr\.|avant|après|siècle)\s*J\.-C$")
_REFERENCE = re.compile(r"[LRDA]\.?[ \u00a0\u202f]?\d")

#: How far back a decision looks for the beginning of a word: keeps a text without spaces linear.
_REACH = 120


def split_sentences(text: str) -> tuple[Sentence, ...]:
    """The sentences of a text, in order, each with ``text[start:end] == sentence.text``.

    A line is at least one sentence (titles have no full stop), unless it goes on in lower case on the
    next line. Sentences inside quotation marks or parentheses are split too; « Oui ! » dit-il stays whole.
    """
    spans: list[tuple[int, int]] = []
    for start, end in _lines(text):
        spans.extend(_in_line(text, start, end))
    return tuple(Sentence(text[a:b], a, b) for start, end in spans for a, b in _bounded(text, start, end))


def _lines(text: str) -> Iterator[tuple[int, int]]:
    """Spans of lines; a line that begins in lower case continues the one right before it."""
    start = end = -1
    for match in _LINE.finditer(text):
        continues = start >= 0 and text[match.start()].islower() and text.count("\n", end, match.start()) == 1
        if not continues:
            if start >= 0:
                yield start, end
            start = match.start()
        end = match.end()
    if start >= 0:
        yield start, end


def _in_line(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Sentences of one line, stripped of white space; pieces without a word join the one before."""
    cuts: list[int] = []
    begin = start
    for cut in _boundaries(text, start, end):
        if any(map(str.isalnum, text[begin:cut])):
            cuts.append(cut)
            begin = cut
    if cuts and not any(map(str.isalnum, text[begin:end])):
        cuts.pop()
    edges = [start, *cuts, end]
    return [_stripped(text, a, b) for a, b in pairwise(edges) if not text[a:b].isspace()]


def _stripped(text: str, start: int, end: int) -> tuple[int, int]:
    piece = text[start:end]
    return start + len(piece) - len(piece.lstrip()), start + len(piece.rstrip())


def _boundaries(text: str, start: int, end: int) -> Iterator[int]:
    """Positions right after the last sign of each sentence but the last."""
    closing = _closing_quotes(text, start, end)
    begin = position = start
    while True:
        if position == begin and (heading := _BETWEEN_DASHES.match(text, begin, end)):
            begin = position = heading.end()
            yield begin
        match = _TERMINATOR.search(text, position, end)
        if match is None:
            return
        after = match.end()
        if not match[0]:  # a heading that was glued to the next sentence
            ends = _glued_heading(text, begin, after, end)
        elif match[0] in '"»”':  # no space follows: only a sentence that was glued to a quotation
            ends = (match[0] != '"' or match.start() in closing) and _glued_to_quotation(text, after, end)
        else:
            after = _past_closers(text, after, end, closing)
            ends = _ends_sentence(text, begin, match.start(), match[0], after, end)
        if ends and after < end:
            yield after
            begin = after
        position = max(after, match.start() + 1)


def _glued_heading(text: str, begin: int, after: int, end: int) -> bool:
    """Whether a heading ends here and the next sentence follows without a space ("hausse des loyersDe telles").

    A name that only a capital inside marks, as YouTube, begins with a capital; the last word of a heading seldom does.
    """
    if _ADDRESS.search(_token(text, begin, after, end)):
        return False
    word = re.split(r"[\s«“\"('’]", text[max(begin, after - _REACH) : after])[-1]
    return _GLUED.match(text, after, end) is not None or (word.isalpha() and word.islower())


def _closing_quotes(text: str, start: int, end: int) -> frozenset[int]:
    """Positions of the straight quotation marks that close: by the spaces around them, else by turns."""
    closing: set[int] = set()
    is_open = False
    position = text.find('"', start, end)
    while position >= 0:
        before = text[position - 1] if position > start else " "
        behind = text[position + 1] if position + 1 < end else " "
        space_before, space_behind = before.isspace() or before in "(['’", behind.isspace() or behind in ".,;:!?…)]"
        if is_open if space_before == space_behind else space_behind:
            closing.add(position)
        is_open = position not in closing
        position = text.find('"', position + 1, end)
    return frozenset(closing)


def _past_closers(text: str, position: int, end: int, closing: frozenset[int]) -> int:
    """The position after the quotation marks and brackets that close behind a full stop."""
    while position < end:
        if position in closing:
            position += 1
        elif text[position] == " " and position + 1 in closing:
            position += 2
        elif match := _CLOSER.match(text, position, end):
            position = match.end()
        else:
            break
    return position


def _glued_to_quotation(text: str, after: int, end: int) -> bool:
    """Whether a capitalised word follows a closing quotation mark without a space."""
    return text[after].isupper() and (after + 1 < end) and (text[after + 1].islower() or text[after + 1] in "'’ ")


def _ends_sentence(text: str, begin: int, stop: int, sign: str, after: int, end: int) -> bool:
    """Whether the sentence that began at ``begin`` ends with the sign at ``stop``.

    ``after`` is the position behind the sign and the quotation marks or brackets that close there.
    """
    if after >= end:
        return True
    if stop > begin and text[stop - 1] in "([" and text[after - 1] in ")]":
        return False  # (...) stands for words left out
    gap = _GAP.match(text, after, end)
    following = gap.end() if gap else after
    if following == after:
        return _ends_without_space(text, begin, stop, sign, after, end)
    if not _may_begin(text, following, end):
        return False
    return sign != "." or _full_stop_ends(text, begin, stop, following, end)


def _may_begin(text: str, position: int, end: int) -> bool:
    """Whether a sentence may begin here: not with a small letter, nor with a sign that continues one."""
    while omission := _OMISSION.match(text, position, end):
        position = omission.end()
    openers = _OPENERS.match(text, position, end)
    position = openers.end() if openers else position
    if position >= end:
        return False
    return not (text[position].islower() or text[position] in ",;:.!?…)]»”/&=+*%")


def _ends_without_space(text: str, begin: int, stop: int, sign: str, after: int, end: int) -> bool:
    """The case of "fin.Le début", frequent where web pages lost their paragraphs."""
    openers = _OPENERS.match(text, after, end)
    first = openers.end() if openers else after
    if first + 1 >= end or not text[first].isupper() or stop == begin:
        return False
    word = _NEXT_WORD.match(text, first, end)
    if word is None or word[0].lower() in abbreviations.DOMAINS:
        return False
    if first == after and len(word[0]) == 1 and text[first + 1 : first + 2] not in (" ", "\u00a0", "'", "’"):
        return False  # H.B, 3.A1
    before = text[stop - 1]
    if not (before.isalnum() or before in '"»”)]%€$°\u00a0\u202f '):
        return False
    if _ADDRESS.search(_token(text, begin, after, end)):
        return False
    return sign != "." or _full_stop_ends(text, begin, stop, first, end)


def _token(text: str, begin: int, after: int, end: int) -> str:
    """What stands around a position without white space, as far as ``_REACH`` each way."""
    left = text[max(begin, after - _REACH) : after].split()
    right = text[after : min(end, after + 20)].split()
    return (left[-1] if left else "") + (right[0] if right else "")


def _full_stop_ends(text: str, begin: int, stop: int, following: int, end: int) -> bool:
    """Whether a full stop is more than the mark of an abbreviation, an initial or a list's number."""
    found = _TOKEN.search(text, max(begin, stop - _REACH), stop)
    token = found[0] if found else ""
    if not token:
        return True
    if _ENUMERATOR.fullmatch(text, begin, stop + 1):
        return False
    openers = _OPENERS.match(text, following, end)
    first = openers.end() if openers else following
    short = token if len(token) == 1 else token.lower()  # "p." is a page, "P." an initial
    if token in abbreviations.BEFORE_NAMES or short in abbreviations.NEVER_LAST:
        return False
    if short in abbreviations.BEFORE_NUMBERS:
        return not (text[first].isdigit() or _REFERENCE.match(text, first, end))
    if token == "J.-C" and _ERA.search(text, max(begin, stop - _REACH), stop):
        return True
    if short in abbreviations.AFTER_NAMES or _is_initial(token):
        return _starts_plainly(text, first, end)
    return True


def _is_initial(token: str) -> bool:
    return token[-1].isupper() and _INITIALS.fullmatch(token) is not None


def _starts_plainly(text: str, first: int, end: int) -> bool:
    """Whether the next word is one that begins sentences and is never part of a name."""
    word = _NEXT_WORD.match(text, first, end)
    if word is None:
        return False
    return word[0].replace("’", "'") in abbreviations.STARTERS and text[word.end() : word.end() + 1] != "."


def _bounded(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """A sentence, cut into pieces of at most ``MAX_SENTENCE`` characters."""
    while end - start > MAX_SENTENCE:
        limit = start + MAX_SENTENCE
        cut = next((n for n in range(limit, start, -1) if text[n].isspace()), limit)
        piece = _stripped(text, start, cut)
        yield piece
        start = _stripped(text, cut, end)[0]
    yield start, end
