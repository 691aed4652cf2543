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
from service.pipeline.ranking import Draft
from service.pipeline.readable import readable

#: The least mean log-probability of a token at which a rewritten passage is believed: read by hand, seven of nine
#: texts below -0.4 were false or bad French, nine of twenty between -0.5 and -0.3, three of 26 above.
SURE = -0.3
#: How many briefs are written of an article that is read whole; of how many passages, and of each how many. The model
#: is sure of nearly nine of ten texts, and what is written of a second passage seldom wins.
OF_ARTICLE, PASSAGES, OF_PASSAGE = 6, 1, 3


@dataclass(frozen=True)
class Drafts:
    """What was written of one article; a model that reads articles has a window, of which ``parts`` would hold it."""

    written: tuple[Draft, ...] = ()
    parts: int = 1


def draft(article: Article, reading: Reading, summariser: Summariser, length: Length) -> Drafts:
    """Briefs of an article in the model's words; none of a length that it was not trained to write.

    Raises what the summariser raises.
    """
    if summariser.reads == "passages":
        return _of_passages(reading, summariser, length)
    if length != "medium":
        return Drafts()
    shown = readable(article, reading, summariser)
    (found,) = summariser.summarise([shown.text], LENGTHS[length].writing(OF_ARTICLE))
    return Drafts(tuple(Draft(candidate) for candidate in found), shown.parts)


def _of_passages(reading: Reading, summariser: Summariser, length: Length) -> Drafts:
    if length == "long":
        return Drafts()
    window = summariser.window
    passages = [text for text in reading.passages(length, PASSAGES) if summariser.count_tokens(text) <= window]
    if not passages:
        return Drafts()
    found = summariser.summarise(passages, LENGTHS[length].writing(OF_PASSAGE, SURE))
    written = [draft for passage, each in zip(passages, found, strict=True) for draft in believed(passage, each)]
    return Drafts(tuple(written))


def believed(passage: str, candidates: Sequence[Candidate]) -> list[Draft]:
    """What the model is sure of among the texts that it wrote of a passage; a copy is nothing written."""
    return [Draft(each, passage) for each in candidates if each.score >= SURE and each.text not in passage]
