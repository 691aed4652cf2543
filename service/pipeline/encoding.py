"""The bytes of a file as text: which encoding they are in, and whether they hold HTML."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_DECLARED = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?([a-zA-Z0-9_:.-]{2,40})""", re.IGNORECASE)

#: Bytes that Windows-1252 leaves undefined; HTML reads them as the control characters of Latin-1.
_UNDEFINED = {byte: chr(byte) for byte in (0x81, 0x8D, 0x8F, 0x90, 0x9D)}

_DOCUMENT = re.compile(r"<!doctype\s+html|<html[\s>]|<head[\s>]|<body[\s>]", re.IGNORECASE)
_ELEMENT = re.compile(
    r"</?(?:p|div|article|section|main|span|h[1-6]|br|ul|ol|li|table|tr|td|a|img|strong|em|b|i|blockquote|header|"
    r"footer|nav|figure|script|style|meta|title)(?:\s[^<>]{0,2000})?/?>",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Decoded:
    """Text and the name of the encoding it was in: "utf-8", "utf-16-le", "utf-16-be", "windows-1252" or as declared."""

    text: str
    encoding: str


def decode(data: bytes) -> Decoded:
    """Read a file's bytes; never fails.

    In this order: a byte order mark, valid UTF-8, an encoding that the HTML itself declares,
    Windows-1252. A broken unit of a marked UTF-16 file, or a broken character of a marked UTF-8
    file, becomes U+FFFD.
    """
    for mark, name in _MARKS:
        if data.startswith(mark):
            return Decoded(data[len(mark) :].decode(name, "replace"), name)
    try:
        return Decoded(data.decode("utf-8"), "utf-8")
    except UnicodeDecodeError:
        pass
    return _declared(data) or Decoded(_windows_1252(data), "windows-1252")


def looks_like_html(text: str) -> bool:
    """Whether a text is HTML rather than plain text that happens to contain a ``<``.

    Judged on its first 4,096 characters: the beginning of a document, or at least two tags of known elements.
    """
    start = text.lstrip("\ufeff \t\r\n")[:4096]
    if _DOCUMENT.search(start):
        return True
    tags = sum(1 for _ in _ELEMENT.finditer(start))
    return tags >= 2 or (tags == 1 and start.startswith("<"))


def _declared(data: bytes) -> Decoded | None:
    """The text by the encoding that a ``<meta charset>`` names, if Python knows it and it fits."""
    found = _DECLARED.search(data[:4096])
    if found is None:
        return None
    try:
        name = codecs.lookup(found[1].decode("ascii")).name
        if name in {"iso8859-1", "ascii", "utf-8", "cp1252"}:  # browsers read Latin-1 as Windows-1252, so do we
            return None
        return Decoded(data.decode(name), name)
    except (LookupError, UnicodeDecodeError):
        return None


def _windows_1252(data: bytes) -> str:
    try:
        return data.decode("cp1252")
    except UnicodeDecodeError:
        return "".join(_UNDEFINED.get(byte) or bytes((byte,)).decode("cp1252") for byte in data)
