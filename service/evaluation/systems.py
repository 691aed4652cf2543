"""The systems that one evaluation sets side by side: ours, the article's lead, and every peer in the data."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from service.evaluation.corpus import GivenBrief, Record
from service.evaluation.scores import StrictCheck, SystemScores, first_sentences, score_system
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
    systems: dict[str, Sequence[GivenBrief]],
    strict: StrictCheck,
    advance: Callable[[], None] = lambda: None,
) -> list[SystemScores]:
    """Score each system; ``advance`` is called after each brief."""
    return [score_system(name, records, briefs, strict, advance) for name, briefs in systems.items()]
