"""What every runtime of the hub profile shares: limits, candidates and forbidden texts.

A ``BeamSearch`` is one runtime over one published encoder-decoder model; the summariser and
the translator here turn articles and sentences into its searches, and its outputs into
candidates. Nothing here imports a runtime.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal, Protocol

from models.catalogue import Role
from models.contracts import Candidate, ModelIdentity, Reads, SummaryOptions, TranslationOptions
from models.errors import ModelFailed, ModelUnavailable

DESCRIPTION = "model.json"

#: As far as a search is widened for texts that are not forbidden.
WIDEST = 64

Family = Literal["barthez", "marian"]

_WORD = re.compile(r"\w+(?:[’'.,-]\w+)*")
_SENTENCES = re.compile(r"(?s).*[.!?…](?:\s?[»”\")])*")


@dataclass(frozen=True)
class Description:
    """A prepared model: what it is, and how its publisher lets it write.

    ``source`` is the published folder, for the reference engine; ``window`` counts a text's
    own tokens; ``positions`` is the longest output; ``first`` a piece that every output
    begins with.
    """

    id: str
    revision: str
    digest: str
    source: str
    source_digest: str
    licence: str
    role: Role
    languages: tuple[str, ...]
    family: Family
    window: int
    positions: int
    beams: int
    length_penalty: float
    no_repeat: int
    first: str | None = None

    def write(self, folder: Path) -> None:
        """Store it beside the weights."""
        (folder / DESCRIPTION).write_text(json.dumps(asdict(self), indent=1) + "\n", encoding="utf-8")

    @staticmethod
    def read(folder: Path, role: Role) -> Description:
        """A prepared folder's description; raises ``ModelUnavailable`` when it serves no such role."""
        try:
            raw = json.loads((folder / DESCRIPTION).read_text(encoding="utf-8"))
            found = Description(**(raw | {"languages": tuple(raw["languages"])}))
        except FileNotFoundError as error:
            raise ModelUnavailable(f"no model is prepared in {folder}: {DESCRIPTION} is missing") from error
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise ModelUnavailable(
                f"{folder / DESCRIPTION} cannot be read: {error}", "breve prepare --force"
            ) from error
        if found.role != role:
            raise ModelUnavailable(f"the model in {folder} is prepared for {found.role}, not for {role}")
        return found


@dataclass(frozen=True)
class Limits:
    """The fewest tokens of an output, and the most with its end mark."""

    least: int
    most: int


@dataclass(frozen=True)
class Output:
    """One output: its text, its tokens without the end mark, their mean log-probability with it.

    A first piece that was prescribed is in the text only. ``complete`` is false when the
    limit came before the end mark.
    """

    text: str
    mean: float
    tokens: int
    complete: bool


class BeamSearch(Protocol):
    """One runtime over one model."""

    @property
    def description(self) -> Description:
        """The model."""
        ...

    @property
    def identity(self) -> ModelIdentity:
        """The weights in use."""
        ...

    def count(self, text: str) -> int:
        """The length of a source text in tokens, marks not counted."""
        ...

    def search(self, texts: Sequence[str], limits: Limits, beams: int, outputs: int) -> list[list[Output]]:
        """The best outputs for each text, best first; raises ``ModelFailed`` when the runtime fails."""
        ...


class Seq2SeqSummariser:
    """Writes French briefs; a ``Summariser``."""

    def __init__(self, runtime: BeamSearch) -> None:
        self._runtime = runtime

    @property
    def identity(self) -> ModelIdentity:
        """The weights in use."""
        return self._runtime.identity

    @property
    def window(self) -> int:
        """Tokens of an article that one call reads."""
        return self._runtime.description.window

    @property
    def reads(self) -> Reads:
        """The published summarisers were trained on whole articles."""
        return "article"

    def count_tokens(self, text: str) -> int:
        """The length of a text in tokens."""
        return self._runtime.count(text)

    def summarise(self, texts: Sequence[str], options: SummaryOptions) -> list[list[Candidate]]:
        """Candidates for each article, best first; raises ``ModelFailed`` when the runtime fails."""
        limits = [self._limits(text, options) for text in texts]
        return _write(self._runtime, texts, limits, max(options.candidates, 1), [()] * len(texts))

    def _limits(self, article: str, options: SummaryOptions) -> Limits:
        """Words in tokens, by the article's own rate.

        It is rounded up to a quarter, so that articles share a search and each has the
        same brief whatever else is in the batch.
        """
        words = len(_WORD.findall(article))
        rate = self._runtime.count(article) / words if words else 1.5
        rate = math.ceil(4 * min(max(rate, 1.0), 4.0)) / 4
        longest = self._runtime.description.positions
        most = min(math.ceil(options.max_words * rate), longest)
        return Limits(min(math.floor(options.min_words * rate), most), most)


class Seq2SeqTranslator:
    """Translates French sentences into one language; a ``Translator``."""

    def __init__(self, runtime: BeamSearch) -> None:
        self._runtime = runtime

    @property
    def identity(self) -> ModelIdentity:
        """The weights in use."""
        return self._runtime.identity

    @property
    def targets(self) -> tuple[str, ...]:
        """The languages that it writes."""
        return self._runtime.description.languages

    def count_tokens(self, text: str) -> int:
        """The length of a text in tokens."""
        return self._runtime.count(text)

    def translate(self, sentences: Sequence[str], options: TranslationOptions) -> list[list[Candidate]]:
        """Candidates for each sentence, best first.

        Raises ``ModelFailed`` when the runtime fails or finds nothing but forbidden texts,
        and ``ValueError`` for an unknown target.
        """
        if options.target not in self.targets:
            raise ValueError(f"{options.target!r} is not one of {', '.join(self.targets)}")
        limits = [self._limits(sentence) for sentence in sentences]
        forbidden = options.forbidden or ((),) * len(sentences)
        return _write(self._runtime, sentences, limits, max(options.candidates, 1), forbidden)

    def _limits(self, sentence: str) -> Limits:
        """Room for twice the sentence, in few steps so that sentences share a search."""
        length = min(self._runtime.count(sentence), self._runtime.description.window)
        step = 1 << max(4, (length - 1).bit_length() if length else 0)
        return Limits(1, min(2 * step + 16, self._runtime.description.positions))


def _write(
    runtime: BeamSearch,
    texts: Sequence[str],
    limits: Sequence[Limits],
    wanted: int,
    forbidden: Sequence[Sequence[str]],
) -> list[list[Candidate]]:
    """Candidates for each text; those with equal limits and beams are searched for together."""
    refused = [frozenset(" ".join(text.split()) for text in each) for each in forbidden]
    beams = [min(max(runtime.description.beams, wanted + len(each)), WIDEST) for each in refused]
    results: list[list[Candidate]] = [[] if text.strip() else [Candidate("", 0.0)] for text in texts]
    waiting = [at for at, found in enumerate(results) if not found]
    while waiting:
        group = [at for at in waiting if (limits[at], beams[at]) == (limits[waiting[0]], beams[waiting[0]])]
        width = beams[group[0]]
        found = runtime.search([texts[at] for at in group], limits[group[0]], width, width)
        for at, outputs in zip(group, found, strict=True):
            results[at] = candidates(outputs, wanted, refused[at])
            if not results[at] and width >= WIDEST:
                raise ModelFailed("the model finds no output that is not forbidden")
            beams[at] = min(2 * width, WIDEST)
        waiting = [at for at in waiting if not results[at]]
    return results


def candidates(outputs: Sequence[Output], wanted: int, forbidden: frozenset[str] = frozenset()) -> list[Candidate]:
    """The best outputs as texts, best first, none twice and none forbidden.

    An output that the limit cut is ended after its last whole sentence and counts only
    where complete ones are lacking; one without a whole sentence, only where nothing else is.
    """
    found: dict[str, Candidate] = {}
    for rank in (_complete, _ended, _raw):
        for output in sorted(outputs, key=lambda output: -output.mean):
            text = rank(output)
            if text and text not in forbidden:
                found.setdefault(text, Candidate(text, output.mean, output.tokens))
        if found:
            break
    return list(found.values())[:wanted]


def _complete(output: Output) -> str:
    return output.text if output.complete else ""


def _ended(output: Output) -> str:
    match = _SENTENCES.match(output.text)
    return match.group().strip() if match else ""


def _raw(output: Output) -> str:
    return output.text
