"""What the pipeline may ask of a model: three Protocols and the values that cross the boundary.

The cache and the queue's worker wrap an engine and are themselves a ``Reader``, a ``Summariser``
or a ``Translator``. Nothing here imports a runtime.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, Protocol, runtime_checkable

Length = Literal["short", "medium", "long"]
Reads = Literal["article", "passages"]
Texts = tuple[str, ...]
Terms = tuple[tuple[str, str], ...]  # words of a sentence, and what they are called in another language


@dataclass(frozen=True)
class ModelIdentity:
    """Names a model's exact weights: a cached output is valid for one identity only."""

    id: str
    revision: str
    digest: str  # SHA-256 of the weights as the engine loads them, hexadecimal
    engine: str  # "openvino", "ctranslate2", "transformers" or "fake"
    licence: str = ""


@dataclass(frozen=True)
class Turn:
    """Where a translation might have gone on otherwise.

    At ``place`` (characters from its start) a word begins, and the model found ``text`` likely there, of which it was
    told; ``chance`` is the log-probability of that one's first token, ``before`` that of all that stands before it.
    """

    place: int
    text: str
    chance: float
    before: float


@dataclass(frozen=True)
class Candidate:
    """One output of a model. ``score`` is the mean log-probability per token (0 is certain).

    A translation names its ``turns`` where its engine remembers them.
    A reader's outputs stand for an article's sentences, in order: their ``text`` is empty, the score
    says how telling the sentence is, and ``traits`` are what it thought of the sentence, both in no unit.
    """

    text: str
    score: float
    tokens: int = 0
    traits: tuple[float, ...] = ()
    turns: tuple[Turn, ...] = ()


@dataclass(frozen=True)
class SummaryOptions:
    """How briefs are written. Lengths are French words: engines turn them into tokens.

    Outputs whose score will hardly reach ``least_score`` may be given up, unfinished.
    """

    candidates: int = 4
    min_words: int = 25
    max_words: int = 60
    least_score: float | None = None


@dataclass(frozen=True)
class Draft:
    """A candidate's text that is to be amended: the turn is taken, and all that follows is written anew."""

    text: str
    turn: Turn


@dataclass(frozen=True)
class Own:
    """What one sentence of a call has to itself (``TranslationOptions``)."""

    forbidden: Texts = ()
    terms: Terms = ()
    draft: Draft | None = None


@dataclass(frozen=True)
class TranslationOptions:
    """How sentences are translated.

    ``forbidden`` holds, per sentence, texts that a new attempt must not give again; ``terms``, per sentence, words
    of it with what they are called in the target language, of which a model that was trained for it is told;
    ``drafts``, per sentence, a translation that is to be amended instead of a new one, or none.
    """

    target: str = "en"
    candidates: int = 4
    forbidden: tuple[Texts, ...] = ()
    terms: tuple[Terms, ...] = ()
    drafts: tuple[Draft | None, ...] = ()

    def own(self, index: int) -> Own:
        """What one sentence has to itself."""
        return Own(
            self.forbidden[index] if index < len(self.forbidden) else (),
            self.terms[index] if index < len(self.terms) else (),
            self.drafts[index] if index < len(self.drafts) else None,
        )

    def with_own(self, own: Sequence[Own]) -> TranslationOptions:
        """The same options for other sentences, with what each has to itself."""
        forbidden, terms = tuple(one.forbidden for one in own), tuple(one.terms for one in own)
        drafts = tuple(one.draft for one in own)
        return replace(
            self,
            forbidden=forbidden if any(forbidden) else (),
            terms=terms if any(terms) else (),
            drafts=drafts if any(drafts) else (),
        )


@runtime_checkable
class Reader(Protocol):
    """Says which sentences of an article matter. Not thread-safe: the queue gives each engine one thread."""

    @property
    def identity(self) -> ModelIdentity:
        """The weights in use."""
        ...

    @property
    def window(self) -> int:
        """How many tokens of an article one call reads; sentences beyond score as the least of the others."""
        ...

    def count_tokens(self, text: str) -> int:
        """The length of a text in this model's tokens."""
        ...

    def read(self, articles: Sequence[str]) -> list[list[Candidate]]:
        """For each article, whose sentences stand one in a line, one output for each line.

        Raises ``ModelFailed`` when the runtime fails.
        """
        ...


@runtime_checkable
class Summariser(Protocol):
    """Writes French briefs. Not thread-safe: the queue gives each engine one thread."""

    @property
    def identity(self) -> ModelIdentity:
        """The weights in use."""
        ...

    @property
    def window(self) -> int:
        """How many tokens of a text one call reads; the rest of a longer one is ignored."""
        ...

    @property
    def reads(self) -> Reads:
        """What it was trained to read: an article, or a few sentences of one."""
        ...

    def count_tokens(self, text: str) -> int:
        """The length of a text in this model's tokens."""
        ...

    def summarise(self, texts: Sequence[str], options: SummaryOptions) -> list[list[Candidate]]:
        """Candidates for each article or passage, best score first, at least one each.

        Raises ``ModelFailed`` when the runtime fails.
        """
        ...


@runtime_checkable
class Translator(Protocol):
    """Translates French sentences. Not thread-safe: the queue gives each engine one thread."""

    @property
    def identity(self) -> ModelIdentity:
        """The weights in use."""
        ...

    @property
    def targets(self) -> tuple[str, ...]:
        """The languages it can write, as ISO 639-1 codes, without "fr"."""
        ...

    def count_tokens(self, text: str) -> int:
        """The length of a text in this model's tokens."""
        ...

    def translate(self, sentences: Sequence[str], options: TranslationOptions) -> list[list[Candidate]]:
        """Candidates for each sentence, best score first, at least one each.

        Those of a draft amend it, in an engine that names turns.
        Raises ``ModelFailed`` when the runtime fails and ``ValueError`` for an unknown target.
        """
        ...
