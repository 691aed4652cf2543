"""An article as the pipeline reads it: clean text whose offsets every later step refers to."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass

from service.errors import EmptyArticle, InvalidRequest


@dataclass(frozen=True)
class Sentence:
    """A piece of a text, with ``source[start:end] == text`` in Unicode code points."""

    text: str
    start: int
    end: int


@dataclass(frozen=True)
class Article:
    """Clean text (NFC, no control characters), its title if the caller gave one, and its sentences."""

    text: str
    title: str | None
    sentences: tuple[Sentence, ...]

    @property
    def digest(self) -> str:
        """SHA-256 of title and text, hexadecimal."""
        return hashlib.sha256(f"{self.title or ''}\x00{self.text}".encode()).hexdigest()

    @property
    def words(self) -> int:
        """Words as separated by white space."""
        return len(self.text.split())


@dataclass(frozen=True)
class Reading:
    """An article and how it was read: ``visible_text_only`` when no main text was recognised in its HTML."""

    article: Article
    visible_text_only: bool = False


#: The longest title kept, in characters: a page's title is not its text.
MAX_TITLE = 300

_WORD = re.compile(r"[^\W_]")

# Line ends of every kind; U+2029 ends a paragraph, a form feed a page.
_LINE_ENDS = re.compile(r"\r\n|[\r\v\x85\u2028]")
_PARAGRAPH_ENDS = re.compile(r"[\f\u2029]")

# C1 controls are nearly always Windows-1252 read as Latin-1; HTML gives them the same meaning (WHATWG, "numeric
# character reference end state"). U+0085 stands for the ellipsis there, but is a line end in plain text.
_C1 = {code: bytes((code,)).decode("cp1252", "ignore") or None for code in range(0x80, 0xA0) if code != 0x85}
# Thin spaces of several widths, which typesetters use where French wants a narrow no-break space.
_THIN = dict.fromkeys(map(ord, "\u2006\u2007\u2008\u2009\u200a"), "\u202f")
_WIDE = dict.fromkeys(map(ord, "\t\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u205f\u3000"), " ")
# Characters without width or that turn the direction of writing: they hide text from the reader.
_HIDDEN = dict.fromkeys(
    [
        *(code for code in range(0x20) if code not in (0x09, 0x0A)),
        0x7F,
        *map(ord, "\u00ad\u061c\u180e\u200b\u200c\u200e\u200f\u2060\ufeff\ufff9\ufffa\ufffb\ufffe\uffff"),
        *range(0x202A, 0x202F),
        *range(0x2061, 0x2070),
        *range(0xFDD0, 0xFDF0),
        *range(0xE0000, 0xE0080),
    ]
)
_CHARACTERS: dict[int, str | None] = {**_C1, **_THIN, **_WIDE, **_HIDDEN}

# A joiner is kept inside emoji, where it makes one sign of several.
_JOINER = re.compile(r"(?<![\u2600-\u27bf\ufe0f\U0001f000-\U0001faff])\u200d")
_SPACES = re.compile(r"[ \u00a0\u202f]{2,}")
_EDGES = re.compile(r"(?<![ \u00a0\u202f])[ \u00a0\u202f]+(?=\n)|(?<=\n)[ \u00a0\u202f]+")
_BLANK_LINES = re.compile(r"\n{3,}")
_NO_WORDS = re.compile(r"[^\w\s\x00-\x7f]{31,}")


def read_article(text: str | None, html: str | None, title: str | None) -> Article:
    """Clean text or HTML into an article; exactly one of ``text`` and ``html`` is given.

    A page's own title is used when the caller gives none. Raises ``InvalidRequest`` when both or
    neither are given and ``EmptyArticle`` when no word is left.
    """
    return read(text, html, title).article


def read(text: str | None, html: str | None, title: str | None) -> Reading:
    """Like ``read_article``, and says how the text of a page was found."""
    # Imported here: both modules need the types above.
    from service.pipeline.sentences import split_sentences

    if (text is None) == (html is None):
        raise InvalidRequest("give exactly one of text and html")
    visible_text_only = False
    if html is not None:
        from service.pipeline.extraction import extract

        page = extract(html)
        text, title, visible_text_only = page.text, title or page.title, page.visible_text_only
    cleaned = clean(text or "")
    if not _WORD.search(cleaned):
        raise EmptyArticle("the article has no words")
    return Reading(Article(cleaned, clean_title(title), split_sentences(cleaned)), visible_text_only)


def clean(text: str) -> str:
    """Text in NFC whose lines and paragraphs survive, without what a reader cannot see.

    Control characters, byte order marks, zero-width characters and changes of writing direction go;
    lone surrogates become U+FFFD; runs of spaces become one, no-break if one of them was; more than
    one blank line becomes one; lines that a mail program broke are joined again. Linear in time,
    idempotent.
    """
    text = _whole_characters(text)
    text = _PARAGRAPH_ENDS.sub("\n\n", _LINE_ENDS.sub("\n", text))
    text = _JOINER.sub("", text.translate(_CHARACTERS))
    if not text.isascii():
        text = unicodedata.normalize("NFC", _NO_WORDS.sub(_few_marks, text))
    text = _EDGES.sub("", _SPACES.sub(_one_space, text))
    text = _BLANK_LINES.sub("\n\n", text).strip()
    return _unwrap(text)


def clean_title(title: str | None) -> str | None:
    """A title on one line, at most ``MAX_TITLE`` characters; ``None`` when no word is left."""
    if title is None:
        return None
    line = " ".join(clean(title[: 20 * MAX_TITLE]).split("\n"))
    line = re.sub(" {2,}", " ", line)[:MAX_TITLE].strip()
    return line if _WORD.search(line) else None


def _whole_characters(text: str) -> str:
    """The text with pairs of surrogates joined and lone ones replaced."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def _one_space(run: re.Match[str]) -> str:
    return next((space for space in run[0] if space != " "), " ")


def _few_marks(run: re.Match[str]) -> str:
    """Keep at most 30 combining marks in a row (UAX #15, Stream-Safe Text): sorting more takes quadratic time."""
    kept: list[str] = []
    marks = 0
    for character in run[0]:
        marks = marks + 1 if unicodedata.combining(character) else 0
        if marks <= 30:
            kept.append(character)
    return "".join(kept)


def _unwrap(text: str) -> str:
    """Join lines broken at a fixed width, as mail programs do.

    A break is such a one when the next line's first word would not have fitted any more into the
    widest line. Only where at least three breaks, and all but one in ten, are of this kind.
    """
    lines = text.split("\n")
    width = max(map(len, lines))
    if not 40 <= width <= 120:
        return text
    breaks = [n for n in range(len(lines) - 1) if lines[n] and lines[n + 1]]
    full = {n for n in breaks if len(lines[n]) + 1 + len(lines[n + 1].split(" ", 1)[0]) > width}
    if len(full) < 3 or len(full) < 0.9 * len(breaks):
        return text
    parts: list[str] = []
    for n, line in enumerate(lines):
        parts += [line, " " if n in full else "\n"]
    return "".join(parts[:-1])
