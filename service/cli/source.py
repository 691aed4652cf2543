"""Where a command's text comes from: a file, standard input, or the argument itself."""

from __future__ import annotations

import codecs
import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path

from service.errors import ArticleTooLarge, EmptyArticle, InvalidRequest

HTML_SUFFIXES = frozenset({".html", ".htm", ".xhtml"})
STANDARD_INPUT = "-"

_HTML_START = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body|article|main|section|div|p|h1)\b",
    re.IGNORECASE | re.DOTALL,
)
_META_CHARSET = re.compile(rb"<meta[^>]+charset\s*=\s*[\"']?\s*([\w-]+)", re.IGNORECASE)
_LOOKS_LIKE_PATH = re.compile(r"[^\s]*(?:/[^\s]*|\.(?:txt|html?|xhtml|md|jsonl?|tsv|csv|docx|pdf))", re.IGNORECASE)

# Encodings that say so in their first bytes; the longer marks come first.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True)
class GivenText:
    """A text, whether it is HTML, and the encoding that its bytes were read in."""

    text: str
    is_html: bool
    encoding: str = "utf-8"


def read_source(source: str | None, max_bytes: int) -> GivenText:
    """The text that an argument means: ``-`` or nothing is standard input, a path its file, else itself.

    Raises ``InvalidRequest`` for a path without a file, ``EmptyArticle`` when nothing is given and
    ``ArticleTooLarge`` beyond ``max_bytes``.
    """
    if source is None and sys.stdin.isatty():
        raise EmptyArticle("no article was given")
    if source is None or source == STANDARD_INPUT:
        return decoded(_limited(sys.stdin.buffer.read(max_bytes + 1), max_bytes, "standard input"))
    # os.path.isfile answers False, where Path.is_file raises, for a text too long to be a name.
    if os.path.isfile(source):
        with open(source, "rb") as file:
            body = _limited(file.read(max_bytes + 1), max_bytes, source)
        return decoded(body, is_html=Path(source).suffix.lower() in HTML_SUFFIXES)
    if os.path.isdir(source):
        raise InvalidRequest(f"{source} is a folder")
    if _LOOKS_LIKE_PATH.fullmatch(source):
        raise InvalidRequest(f"there is no file {source}")
    return GivenText(source, looks_like_html(source))


def decoded(body: bytes, *, is_html: bool = False) -> GivenText:
    """Bytes as text: by their mark, as UTF-8, by what the HTML declares, or as Windows-1252.

    The last never fails: it is what old French pages and editors write.
    """
    for mark, encoding in _MARKS:
        if body.startswith(mark):
            return _as_text(body, encoding, is_html)
    try:
        return _as_text(body, "utf-8", is_html)
    except UnicodeDecodeError:
        return _as_text(body, _declared(body) or "windows-1252", is_html)


def looks_like_html(text: str) -> bool:
    """Whether a text begins as an HTML page or fragment does."""
    return _HTML_START.match(text[:4096]) is not None


def _as_text(body: bytes, encoding: str, is_html: bool) -> GivenText:
    errors = "strict" if encoding == "utf-8" else "replace"
    text = body.decode(encoding, errors)
    return GivenText(text, is_html or looks_like_html(text), encoding)


def _declared(body: bytes) -> str | None:
    found = _META_CHARSET.search(body[:4096])
    if found is None:
        return None
    try:
        name = codecs.lookup(found.group(1).decode("ascii")).name
    except LookupError:
        return None
    # It is not UTF-8, whatever it declares; and browsers read Latin-1 as Windows-1252.
    return None if name in ("utf-8", "iso8859-1", "ascii") else name


def _limited(body: bytes, max_bytes: int, place: str) -> bytes:
    if len(body) > max_bytes:
        raise ArticleTooLarge(f"{place} has more than {max_bytes} bytes")
    return body
