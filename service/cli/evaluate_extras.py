"""What ``breve evaluate`` makes beside its tables: slices, JUnit XML, and a page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console

from service.cli.terminal import say
from service.errors import InvalidRequest
from service.evaluation.corpus import GivenBrief, Record
from service.evaluation.report import Evaluation
from service.evaluation.slices import print_slices, score_slices, slices_by, slices_document


@dataclass(frozen=True)
class Extras:
    """The names to slice by, and the files to write."""

    slice_by: tuple[str, ...] = ()
    junit: Path | None = None
    html: Path | None = None

    def refuse_for_pairs(self) -> None:
        """Raise ``InvalidRequest`` if anything is asked for: sentence pairs have no articles."""
        if self.slice_by or self.junit or self.html:
            raise InvalidRequest("--slice, --junit and --html are for articles, not for sentence pairs")

    def refuse_unknown(self, records: Sequence[Record]) -> None:
        """Raise ``InvalidRequest`` for a field that no record has."""
        for by in self.slice_by:
            slices_by(records, by)

    def make(
        self, evaluation: Evaluation, records: Sequence[Record], briefs: Sequence[GivenBrief], console: Console
    ) -> dict[str, Any]:
        """Print the slices and write the files; what the JSON document gains."""
        ours = evaluation.systems[0]
        slices = [each for by in self.slice_by for each in slices_by(records, by)]
        scored = score_slices(ours, slices, evaluation.seed)
        print_slices(scored, ours.name, console)
        if self.junit is not None:
            from service.evaluation.junit import junit

            self.junit.write_bytes(junit(evaluation, records, briefs))
            say(f"JUnit XML is in {self.junit}.")
        if self.html is not None:
            from service.evaluation.html_report import Material, html_report

            page = html_report(Material(evaluation, records, briefs, scored))
            self.html.write_text(page, encoding="utf-8")
            say(f"The report is in {self.html}.")
        return {"slices": slices_document(scored)} if scored else {}
