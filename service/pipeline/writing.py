"""What the model that writes is asked: to rewrite an article's most telling passages, or to brief the article.

The embedded model rewrites: the chooser has said what matters, and a few sentences that say it become one
or two shorter ones. What is written of three sentences joins fewer wrong subjects to wrong verbs than what
is written of twenty. (Select first, then rewrite: Chen and Bansal 2018, arXiv 1805.11080.) The published
summarisers were trained on articles, and read as much of one as their window holds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from models.contracts import Candidate, Length, Summariser
from service.pipeline.article import Article
from service.pipeline.choice import Reading
from service.pipeline.lengths import LENGTHS
from service.pipeline.ranking import Written
from service.pipeline.readable import readable

#: The least mean log-probability of a token at which a rewritten passage is believed. Of such texts read by hand
#: nearly all below -0.4 were false or bad French.
SURE = -0.3
#: How many briefs are written of an article that is read whole; of how many passages, and of each how many.
OF_ARTICLE, PASSAGES, OF_PASSAGE = 6, 3, 2


@dataclass(frozen=True)
class Drafts:
    """What was written of one article; ``parts`` windows of the model would hold the article."""

    written: tuple[Written, ...] = ()
    parts: int = 1


def draft(article: Article, reading: Reading, summariser: Summariser, length: Length) -> Drafts:
    """Briefs of an article in the model's words; none of a length that it was not trained to write.

    Raises what the summariser raises.
    """
    if summariser.reads == "passages":
        return _of_passages(article, reading, summariser, length)
    if length != "medium":
        return Drafts()
    shown = readable(article, reading, summariser)
    (found,) = summariser.summarise([shown.text], LENGTHS[length].writing(OF_ARTICLE))
    return Drafts(tuple(Written(candidate) for candidate in found), shown.parts)


def _of_passages(article: Article, reading: Reading, summariser: Summariser, length: Length) -> Drafts:
    if length == "long":
        return Drafts()
    window = summariser.window
    passages = [text for text in reading.passages(length, PASSAGES) if summariser.count_tokens(text) <= window]
    parts = -(-summariser.count_tokens(article.text) // window)
    if not passages:
        return Drafts(parts=parts)
    found: Sequence[Sequence[Candidate]] = summariser.summarise(passages, LENGTHS[length].writing(OF_PASSAGE))
    written = [
        Written(candidate, passage)
        for passage, each in zip(passages, found, strict=True)
        for candidate in each
        if candidate.score >= SURE and candidate.text not in passage
    ]
    return Drafts(tuple(written), parts)
