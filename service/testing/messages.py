"""What a failed assertion tells: texts wrapped for 100 columns, with carets below what matters."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from service.testing.under_test import BriefUnderTest

#: pytest puts up to eight columns before each line of a message.
WIDTH = 92
INDENT = "    "

Span = tuple[int, int]

# No-break spaces stay with their words, as they do on a page.
_PIECE = re.compile(r"[^ \n]+")


def passage(text: str, spans: Iterable[Span] = (), indent: str = INDENT) -> list[str]:
    """The text wrapped into lines, each followed by a line of carets where a span touches it."""
    marked = [span for span in spans if span[0] < span[1]]
    lines: list[str] = []
    for start, end in _lines(text, WIDTH - len(indent)):
        lines.append(indent + "".join(" " if sign.isspace() else sign for sign in text[start:end]))
        carets = "".join(
            "^" if any(begin <= place < stop for begin, stop in marked) else " " for place in range(start, end)
        ).rstrip()
        if carets:
            lines.append(indent + carets)
    return lines


def _lines(text: str, width: int) -> Iterator[Span]:
    begin: int | None = None
    last = 0
    for piece in _PIECE.finditer(text):
        start, end = piece.span()
        if begin is not None and end - begin > width:
            yield begin, last
            begin = None
        if begin is None:
            begin = start
        while end - begin > width:  # a word longer than a line
            yield begin, begin + width
            begin += width
        last = end
    if begin is not None:
        yield begin, last


def headed(title: str, lines: Sequence[str]) -> list[str]:
    """A title at the margin of a message's body, and lines below it."""
    return [f"  {title}", *lines]


def whole(brief: BriefUnderTest, spans: Iterable[Span] = ()) -> list[str]:
    """The brief in full, under a line that counts it; spans are offsets in its text."""
    count = f"{counted(len(brief.sentences), 'sentence')}, {counted(brief.words, 'word')}"
    return headed(f"the brief ({brief.language}, {count})", passage(brief.text, spans) or [f"{INDENT}(empty)"])


def failure(summary: str, *parts: Sequence[str]) -> str:
    """The whole message: a first line that says all, then parts set off by blank lines."""
    return "\n\n".join([summary, *("\n".join(part) for part in parts if part)])


def counted(number: int, noun: str) -> str:
    """ "1 word", "2 words"."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def listed(terms: Sequence[str]) -> str:
    """Terms in quotation marks, separated by commas."""
    return ", ".join(f"“{term}”" for term in terms)


def around(text: str, span: Span, reach: int = 160) -> tuple[str, list[Span]]:
    """A stretch of a long text around a span, cut at spaces, and the span within it."""
    left, right = max(0, span[0] - reach), min(len(text), span[1] + reach)
    if left:
        left = max(text.rfind(" ", 0, left), text.rfind("\n", 0, left)) + 1
    if right < len(text):
        space = text.find(" ", right)
        right = len(text) if space < 0 else space
    before, after = ("… " if left else ""), (" …" if right < len(text) else "")
    shift = len(before) - left
    return before + text[left:right] + after, [(span[0] + shift, span[1] + shift)]
