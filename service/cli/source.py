"""Where a command's text comes from: a file, standard input, or the argument itself."""

from __future__ import annotations

import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path

from service.errors import ArticleTooLarge, EmptyArticle, InvalidRequest, UnsupportedMedia
from service.pipeline.encoding import decode, looks_like_html

HTML_SUFFIXES = frozenset({".html", ".htm", ".xhtml"})
STANDARD_INPUT = "-"

_LOOKS_LIKE_PATH = re.compile(r"[^\s]*(?:/[^\s]*|\.(?:txt|html?|xhtml|md|jsonl?|tsv|csv|docx|pdf))", re.IGNORECASE)

# Any bytes can be read as Windows-1252; these beginnings say that it would give nonsense.
_NOT_TEXT = {
    b"%PDF-": "a PDF document",
    b"PK\x03\x04": "a zip archive (as .docx and .odt are)",
    b"\x1f\x8b": "compressed (gzip)",
    b"\xfd7zXZ\x00": "compressed (xz)",
    b"\xd0\xcf\x11\xe0": "an old Office document",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
}


@dataclass(frozen=True)
class GivenText:
    """A text, whether it is HTML, and the encoding that its bytes were read in."""

    text: str
    is_html: bool
    encoding: str = "utf-8"


def read_source(source: str | None, max_bytes: int) -> GivenText:
    """The text that an argument means: ``-`` or nothing is standard input, a path its file, else itself.

    Raises ``InvalidRequest`` for a path without a file, ``EmptyArticle`` when nothing is given and
    ``ArticleTooLarge`` beyond ``max_bytes``, ``UnsupportedMedia`` for a file that is not text.
    """
    if source is None and sys.stdin.isatty():
        raise EmptyArticle("no article was given")
    if source is None or source == STANDARD_INPUT:
        return _decoded(sys.stdin.buffer.read(max_bytes + 1), max_bytes, "standard input")
    # os.path answers False, where Path raises, for a text too long to be a name. A pipe is a file, too.
    if os.path.isdir(source):
        raise InvalidRequest(f"{source} is a folder")
    if os.path.exists(source):
        with open(source, "rb") as file:
            body = file.read(max_bytes + 1)
        return _decoded(body, max_bytes, source, is_html=Path(source).suffix.lower() in HTML_SUFFIXES)
    if source.startswith(("http://", "https://")):
        raise InvalidRequest("no address is fetched; save the page and give its file")
    if _LOOKS_LIKE_PATH.fullmatch(source):
        raise InvalidRequest(f"there is no file {source}")
    return GivenText(source, looks_like_html(source))


def _decoded(body: bytes, max_bytes: int, place: str, *, is_html: bool = False) -> GivenText:
    if len(body) > max_bytes:
        raise ArticleTooLarge(f"{place} has more than {max_bytes} bytes")
    for start, form in _NOT_TEXT.items():
        if body.startswith(start):
            raise UnsupportedMedia(f"{place} is {form}, not text or HTML")
    found = decode(body)
    return GivenText(found.text, is_html or looks_like_html(found.text), found.encoding)
