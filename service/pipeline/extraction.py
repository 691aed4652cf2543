"""The text of an HTML page: its main text by trafilatura, else all that a reader would see.

Only the given characters are read; nothing is fetched, neither the page's links nor its pictures.
"""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from typing import Any

#: Elements beyond which trafilatura, at about 0.1 ms for each, is not asked (a long article has some 3,000).
MAX_ELEMENTS = 12_000
#: Nesting beyond which the page is no article; libxml2 itself stops building trees at 256.
MAX_DEPTH = 200
#: Fewer words than this from a page whose visible text has at least ten times as many: the main text was missed.
FEW_WORDS = 15


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


_HIDDEN = _names("script style noscript template svg math head iframe object select option button textarea canvas")
_INLINE = _names(
    "a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd mark q s samp small span strike strong sub "
    "sup time tt u var wbr"
)
_CELLS = _names("td th")
_VOID = _names("area base br col embed hr img input link meta param source track wbr")
_FRAME = re.compile(r"<(?:html|body)[\s>]", re.IGNORECASE)
_SITE = re.compile(r"\s+[|–—·-]\s+[^|–—·]{1,40}$")
_TAG = re.compile(r"</?[a-zA-Z]")
_BLANKS = re.compile(r"[^\S\n\u00a0\u202f]+")

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Page:
    """The text of a page, its title if it has one, and whether only the visible text could be read."""

    text: str
    title: str | None
    visible_text_only: bool


def extract(html: str) -> Page:
    """The main text and the title of a page or of a fragment of one; never fails.

    Time grows linearly: a page with more than ``MAX_ELEMENTS`` elements or deeper than ``MAX_DEPTH``
    is read for its visible text alone, as is one in which no main text is recognised. The title is
    not repeated as the first line of the text.
    """
    visible = _visible(html)
    title = visible.title
    if visible.tags and visible.elements <= MAX_ELEMENTS and visible.depth <= MAX_DEPTH:
        text = _main_text(html)
        if text and not (len(text.split()) < FEW_WORDS and len(visible.text.split()) >= 10 * FEW_WORDS):
            return Page(_without_title(text, visible), title, visible_text_only=False)
    return Page(_without_title(visible.text, visible), title, visible_text_only=True)


def _main_text(html: str) -> str:
    """What trafilatura recognises as the article, its paragraphs on lines, the cells of a table's row in one."""
    # Imported at first use: it takes 0.3 s, and plain text needs none of it.
    from trafilatura import bare_extraction

    # A fragment such as "<p>...</p>" alone is refused as no page, hence the frame.
    framed = html if _FRAME.search(html) else f"<html><body>{html}</body></html>"
    # Without metadata: looking for a date takes longer than the text, and the title we read ourselves.
    document = bare_extraction(framed, include_comments=False, include_tables=True, with_metadata=False)
    if document is None or isinstance(document, dict):
        return ""
    lines = (_row(line) if line.startswith("|") else line for line in (document.text or "").split("\n"))
    return "\n".join(line for line in lines if line.strip())


def _row(line: str) -> str:
    """A table's row without its rules: "| Paris | 20 |" becomes "Paris ; 20"."""
    cells = [cell.strip() for cell in line.strip("| ").split("|")]
    return " ; ".join(cell for cell in cells if cell.strip("-: "))


def _without_title(text: str, page: _VisibleText) -> str:
    first, _, rest = text.partition("\n")
    return rest if rest.strip() and " ".join(first.split()) in (page.title, page.heading) else text


def _same_subject(heading: str, window: str) -> bool:
    """Whether a heading may be the title of the article: not the site's name, when the window says otherwise."""
    words = {word.casefold() for word in heading.split() if len(word) > 3}
    return bool(heading) and (not window or not words.isdisjoint(_SITE.sub("", window).casefold().split()))


def _visible(html: str) -> _VisibleText:
    from lxml import etree

    reader = _VisibleText(tags=_TAG.search(html) is not None)
    parser = etree.HTMLParser(target=reader, huge_tree=True, recover=True, no_network=True, remove_comments=True)
    # libxml2 ends at a NUL and replaces other controls; the article's cleaning drops them anyway.
    try:
        parser.feed(html.replace("\x00", "").encode("utf-8", "replace").decode("utf-8"))
        parser.close()
    except etree.LxmlError as error:  # recovering, it still calls the target for what it could read
        logger.info("the HTML could be read in part only: %s", type(error).__name__)
    reader.close()
    return reader


class _VisibleText:
    """Target of a parser: gathers text that is shown, one block a line, and counts elements and their depth."""

    def __init__(self, tags: bool) -> None:
        self.tags = tags  # whether the text has any; the parser adds html, body and p where they are missing
        self.elements = 0
        self.depth = 0
        self.text = ""
        self.title: str | None = None
        self.heading = ""
        self._open = 0
        self._hidden = 0
        self._in: list[str] = []  # "title" or "h1" while inside one
        self._parts: list[str] = []
        self._title_parts: dict[str, list[str]] = {"title": [], "h1": [], "og:title": []}

    def start(self, tag: str, attributes: Any) -> None:
        """An element begins."""
        self.elements += 1
        if tag not in _VOID:
            self._open += 1
            self.depth = max(self.depth, self._open)
        if tag in _HIDDEN:
            self._hidden += 1
        if tag == "meta" and attributes.get("property") == "og:title":
            self._title_parts["og:title"] = [attributes.get("content", "")]
        if tag in self._title_parts and not self._title_parts[tag]:
            self._in.append(tag)
        self._separate(tag)

    def end(self, tag: str) -> None:
        """An element ends."""
        if tag not in _VOID:
            self._open -= 1
        if tag in _HIDDEN:
            self._hidden -= 1
        if self._in and self._in[-1] == tag:
            self._in.pop()
        self._separate(tag)

    def data(self, data: str) -> None:
        """Text between tags."""
        if self._in:
            self._title_parts[self._in[-1]].append(data)
        if not self._hidden:
            self._parts.append(_BLANKS.sub(" ", data.replace("\n", " ")))

    def close(self) -> None:
        """The end: fill in ``text`` and ``title``."""
        lines = (line.strip() for line in "".join(self._parts).split("\n"))
        self.text = "\n".join(line for line in lines if line)
        self.heading = self._joined("h1")
        self.title = self._best_title()

    def _best_title(self) -> str | None:
        """What the page names as its title, else its first heading, else the window's title without the site."""
        named, heading, window = self._joined("og:title"), self.heading, self._joined("title")
        return named or (heading if _same_subject(heading, window) else _SITE.sub("", window)) or None

    def _joined(self, name: str) -> str:
        return " ".join("".join(self._title_parts[name]).split())

    def _separate(self, tag: str) -> None:
        if self._hidden or tag in _INLINE:
            return
        self._parts.append(" " if tag in _CELLS else "\n")
