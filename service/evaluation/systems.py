"""The systems that one evaluation sets side by side: ours, the article's lead, and every peer in the data."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from service.evaluation.corpus import GivenBrief, Record
from service.evaluation.scores import StrictCheck, SystemScores, first_sentences, gathered, score_brief
from service.evaluation.writing import Written

OURS = "these briefs"
LEAD = "first two sentences"
OTHER = "the compared briefs"


def given_brief(written: Written, code: Callable[[Written], str]) -> GivenBrief:
    """What a run wrote, as a brief to score: the French text, or an empty one with the error's code."""
    if written.briefing is None:
        return GivenBrief("", seconds=written.seconds, error=code(written))
    french = next(brief for brief in written.briefing.briefs if brief.language == "fr")
    return GivenBrief(french.text, french.origin, written.seconds)


def peer_names(records: Sequence[Record]) -> list[str]:
    """The peers that have a brief of every record, in the order of the first one's."""
    return [name for name in records[0].peers if all(name in record.peers for record in records)]


def all_systems(records: Sequence[Record], ours: Sequence[GivenBrief]) -> dict[str, Sequence[GivenBrief]]:
    """Every system's briefs by its name, ours first."""
    systems: dict[str, Sequence[GivenBrief]] = {
        OURS: ours,
        LEAD: [GivenBrief(first_sentences(record.article, 2)) for record in records],
    }
    for name in peer_names(records):
        systems[name] = [GivenBrief(record.peers[name]) for record in records]
    return systems


def score_all(
    records: Sequence[Record],
    systems: Mapping[str, Sequence[GivenBrief]],
    strict_for: Callable[[str], StrictCheck],
    advance: Callable[[], None] = lambda: None,
) -> list[SystemScores]:
    """Score every system's briefs, article by article, so that each is read once by the strict check.

    ``strict_for`` gives the check of an article; ``advance`` is called after each brief.
    """
    rows: dict[str, list[dict[str, float]]] = {name: [] for name in systems}
    for index, record in enumerate(records):
        strict = strict_for(record.article)
        for name, briefs in systems.items():
            rows[name].append(score_brief(record, briefs[index].text, strict))
            advance()
    return [gathered(name, briefs, rows[name]) for name, briefs in systems.items()]
