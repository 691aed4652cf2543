"""Which of our media types a client accepts (RFC 9110, section 12.5.1)."""

from __future__ import annotations

from collections.abc import Sequence

from service.errors import NotAcceptable

JSON = "application/json"
STREAM = "text/event-stream"


def choose(accept: str | None, offers: Sequence[str]) -> str:
    """The offer that the ``Accept`` header likes best; the first of equals, and the first without a header.

    Raises ``NotAcceptable`` if it excludes every offer. A part that cannot be read counts as absent.
    """
    if not accept or accept == "*/*":
        return offers[0]
    ranges = [_parse(part) for part in accept.split(",")]
    best, best_quality = "", 0.0
    for offer in offers:
        quality = _quality(offer, ranges)
        if quality > best_quality:
            best, best_quality = offer, quality
    if not best:
        raise NotAcceptable(f"this address answers with {' or '.join(offers)}")
    return best


def _parse(part: str) -> tuple[str, float]:
    """A media range without its parameters, and its quality from 0 to 1."""
    media, *parameters = (piece.strip().lower() for piece in part.split(";"))
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            digits = value.strip()
            readable = digits.replace(".", "", 1).isascii() and digits.replace(".", "", 1).isdigit()
            return media, min(float(digits), 1.0) if readable else 0.0
    return media, 1.0


def _quality(offer: str, ranges: Sequence[tuple[str, float]]) -> float:
    """The quality of the most specific range that covers the offer, 0 if none does."""
    kind = offer.split("/")[0]
    for wanted in (offer, f"{kind}/*", "*/*"):
        found = [quality for media, quality in ranges if media == wanted]
        if found:
            return max(found)
    return 0.0
