"""Every model that Brève can serve: where it comes from, what it writes, under which terms.

Two profiles. ``embedded`` needs no network: its base weights come in a Python package and
its adapters in this one. ``hub`` names published models, for operators who can reach a
model hub or keep a copy of it; ``Settings.hub_summariser`` and ``hub_translator`` may name
others of the same classes.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import as_file, files
from pathlib import Path
from typing import Literal

from models.errors import ModelUnavailable
from models.reader import WINDOW

Profile = Literal["embedded", "hub"]
Role = Literal["summary", "translation", "reading"]

_ADAPTERS = "adapters"


@dataclass(frozen=True)
class Adapter:
    """A file of ``models/adapters`` whose differences are added to the base, and the share of them that is.

    Less may do better than all that training made, and a mean of two runs better than either (Wortsman et al.
    2022, arXiv 2109.01903 and 2203.05482).
    """

    name: str
    share: float = 1.0


@dataclass(frozen=True)
class Model:
    """One model in one role. ``languages`` are those that it writes or reads, as ISO 639-1 codes.

    ``window`` is how many tokens of a text it reads at once. ``adapters`` are added to the base in their order,
    none where it serves as it is. Where it writes a language of ``told``, it was trained to read what our dictionary
    has of a sentence.
    """

    id: str
    revision: str
    role: Role
    profile: Profile
    licence: str
    languages: tuple[str, ...]
    window: int
    adapters: tuple[Adapter, ...] = ()
    told: tuple[str, ...] = ()
    experimental: tuple[str, ...] = ()


GEMMA_TERMS = "Gemma Terms of Use (https://ai.google.dev/gemma/terms)"

EMBEDDED = (
    Model(
        id="breve-brief-fr",
        revision="3",
        role="summary",
        profile="embedded",
        licence=GEMMA_TERMS,
        languages=("fr",),
        window=320,
        adapters=(Adapter("brief-fr.zst"), Adapter("brief-fr-shorter.zst")),
    ),
    Model(
        id="breve-reader",
        revision="2",
        role="reading",
        profile="embedded",
        licence=GEMMA_TERMS,
        languages=("fr",),
        window=WINDOW,
        adapters=(Adapter("brief-fr.zst"), Adapter("reader.zst")),
    ),
    Model(
        id="breve-translation",
        revision="4",
        role="translation",
        profile="embedded",
        licence=GEMMA_TERMS,
        languages=("en", "de", "es", "it", "pt"),
        window=400,
        adapters=(Adapter("translation.zst", 0.7), Adapter("translation-news.zst"), Adapter("translation-told.zst")),
        told=("en", "de", "es", "it", "pt"),
        experimental=("de", "es", "it", "pt"),
    ),
)

#: What is prepared and served: the base alone writes no brief worth reading, so a role waits for its adapters.
SERVED = tuple(model for model in EMBEDDED if model.adapters)

HUB = (
    Model(
        id="moussaKam/barthez-orangesum-abstract",
        revision="main",
        role="summary",
        profile="hub",
        licence="Apache-2.0",
        languages=("fr",),
        window=768,
    ),
    Model(
        id="Helsinki-NLP/opus-mt-tc-big-fr-en",
        revision="main",
        role="translation",
        profile="hub",
        licence="CC-BY-4.0",
        languages=("en",),
        window=480,
    ),
    Model(
        id="Helsinki-NLP/opus-mt-fr-en",
        revision="main",
        role="translation",
        profile="hub",
        licence="Apache-2.0",
        languages=("en",),
        window=480,
    ),
)


@dataclass(frozen=True)
class Figure:
    """How well a model translates into a language: sacrebleu's default signatures on ``data``, first choices."""

    language: str
    bleu: float
    chrf: float
    data: str


#: NTREX-128's last 500 sentences, which no training saw (``models/cards/translation.md``).
_KEPT = "NTREX-128, sentences 1498 to 1997"
_FIGURES = {
    "breve-translation": (
        Figure("en", 36.8, 62.3, _KEPT),
        Figure("de", 15.4, 45.7, _KEPT),
        Figure("es", 28.4, 56.0, _KEPT),
        Figure("it", 23.0, 52.4, _KEPT),
        Figure("pt", 24.9, 52.3, _KEPT),
    )
}


def figures(id: str) -> tuple[Figure, ...]:
    """What was measured of a model's languages; of published models nothing was measured here."""
    return _FIGURES.get(id, ())


def embedded(role: Role) -> Model:
    """The embedded profile's model in this role."""
    return next(model for model in EMBEDDED if model.role == role)


def published(id: str) -> Model | None:
    """The hub profile's entry for a model id, if the catalogue has it."""
    return next((model for model in HUB if model.id == id), None)


def adapter_path(name: str) -> Path:
    """The adapter's file in this installation.

    Raises ``ModelUnavailable`` when the installation lacks it.
    """
    with as_file(files("models") / _ADAPTERS / name) as path:
        if not path.is_file():
            raise ModelUnavailable(f"the adapter {name} is missing from the installation", remedy="reinstall breve")
        return path
