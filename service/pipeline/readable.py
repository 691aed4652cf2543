"""What the writing model reads of an article: all of it, or of a longer one its beginning and its most telling lines.

News puts its substance first, and models of briefs are trained on beginnings; what stands
after them is not lost, because the article's other sentences are weighed by the chooser and
the most telling ones are shown to the model too.
"""

from __future__ import annotations

from dataclasses import dataclass

from models.contracts import Summariser
from service.pipeline.article import Article
from service.pipeline.choice import Reading

#: Of a text too long for the model, this share of the window goes to its beginning, the rest to its most telling lines.
BEGINNING = 0.6


@dataclass(frozen=True)
class Readable:
    """A text that fits the model's window; ``parts`` windows would hold the whole article."""

    text: str
    parts: int = 1


def readable(article: Article, reading: Reading, summariser: Summariser, beginning: float = BEGINNING) -> Readable:
    """Choose what the model reads, in whole sentences and in the article's order."""
    room = summariser.window
    if summariser.count_tokens(article.text) <= room:
        return Readable(article.text)
    lengths = [summariser.count_tokens(sentence.text) + 1 for sentence in article.sentences]
    kept: set[int] = set()
    left = room * beginning
    for place, length in enumerate(lengths):
        if length > left:
            break
        kept.add(place)
        left -= length
    left = room - sum(lengths[place] for place in kept)
    for place in reading.most_telling():
        if place not in kept and lengths[place] <= left:
            kept.add(place)
            left -= lengths[place]
    text = " ".join(article.sentences[place].text for place in sorted(kept)) or article.text
    return Readable(text, -(-sum(lengths) // room))
