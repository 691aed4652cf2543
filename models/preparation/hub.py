"""Preparation of the hub profile: published encoder-decoder models, converted to CTranslate2.

A model is named by its id on the hub, with a revision after ``@`` where the catalogue's is
not wanted, or by a folder that holds the published files. Its weights are quantised to
int8 and stored beside its SentencePiece files; serving then needs CTranslate2 alone.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

from models.catalogue import HUB, Role, published
from models.engines.pieces import END, PAD, START, UNKNOWN, BarthezPieces, MarianPieces
from models.engines.pieces import Pieces as PublishedPieces
from models.engines.seq2seq import DESCRIPTION, Description, Family
from models.errors import ModelUnavailable
from models.preparation.hub_source import (
    CONFIGURATION,
    SETTINGS,
    TOKENIZER_FILES,
    Reference,
    fetch,
    read_settings,
    reference,
    weights_of,
)
from models.preparation.store import Built, Manifest, Prepared, Progress, fingerprint_of, load, prepare

PROFILE = "hub"

#: Raise it when the same inputs give other files.
RECIPE = 1

ROLES: tuple[Role, ...] = ("summary", "translation")
MODEL_TYPES: dict[Family, str] = {"barthez": "mbart", "marian": "marian"}

#: Written by CTranslate2's converter.
CONVERTED = ("model.bin", "config.json", "shared_vocabulary.json")

#: Beams where the publisher names no number; more than eight cost time and gain nothing.
BEAMS, MOST_BEAMS = 4, 8
#: Briefs never say the same three tokens twice; a translation may have to.
NO_REPEAT: dict[Role, int] = {"summary": 3, "translation": 0}


def fingerprint(summariser: str, translator: str, quantisation: str = "int8") -> str:
    """Identifies what preparation would write. A folder counts by its path: its files may be gone later."""
    references = [asdict(reference(role, name)) for role, name in zip(ROLES, (summariser, translator), strict=True)]
    return fingerprint_of({"recipe": RECIPE, "models": references, "quantisation": quantisation})


def prepare_hub(
    home: Path,
    summariser: str,
    translator: str,
    progress: Progress,
    force: bool = False,
    quantisation: str = "int8",
) -> Manifest:
    """Fetch and convert the two models under ``home`` unless they are there already.

    The models then lie in the prepared folder's ``summary`` and ``translation``. Raises
    ``ModelUnavailable`` that names the missing files or packages and what to do.
    """
    references = [reference(role, name) for role, name in zip(ROLES, (summariser, translator), strict=True)]

    def build(folder: Path, tell: Progress) -> list[Built]:
        return _build(folder, references, quantisation, tell)

    return prepare(home, PROFILE, fingerprint(summariser, translator, quantisation), build, progress, force).manifest


def load_hub(
    home: Path, summariser: str, translator: str, verify: bool = False, quantisation: str = "int8"
) -> Prepared:
    """The prepared hub models, checked; raises ``ModelUnavailable`` naming what is wrong."""
    return load(home, PROFILE, fingerprint(summariser, translator, quantisation), verify)


def _build(folder: Path, references: Sequence[Reference], quantisation: str, progress: Progress) -> list[Built]:
    built = []
    for index, wanted in enumerate(references):
        begin = index / len(references)
        progress(f"fetching {wanted.id}", 0.02 + 0.93 * begin)
        source = fetch(wanted)
        progress(f"converting {wanted.id}", 0.02 + 0.93 * (begin + 0.6 / len(references)))
        built.append(_convert(source, wanted, folder / wanted.role, quantisation))
    return built


def _convert(source: Path, wanted: Reference, folder: Path, quantisation: str) -> Built:
    """Write one model's folder and describe it."""
    config = read_settings(source / CONFIGURATION, wanted) | read_settings(source / "generation_config.json", wanted)
    expected = MODEL_TYPES[wanted.family]
    if config.get("model_type") != expected:
        raise ModelUnavailable(
            f"{wanted.id} is of type {config.get('model_type')!r}; for {wanted.role} only {expected!r} is supported",
            f"set {SETTINGS[wanted.role]} to another model",
        )
    pieces: PublishedPieces = BarthezPieces(source) if wanted.family == "barthez" else MarianPieces(source)
    _check_vocabulary(pieces, config, wanted)
    _run_converter(source, folder, wanted, _Vocabulary(pieces.vocabulary, rows=int(config["vocab_size"])), quantisation)
    _set_start(folder, pieces, config)
    for name in TOKENIZER_FILES[wanted.family]:
        shutil.copyfile(source / name, folder / name)
    description = _describe(source, folder, wanted, pieces, config)
    description.write(folder)
    names = (*CONVERTED, *TOKENIZER_FILES[wanted.family], DESCRIPTION)
    return Built(
        id=description.id,
        revision=description.revision,
        digest=description.digest,
        licence=description.licence,
        roles=(wanted.role,),
        languages=description.languages,
        window=description.window,
        files=tuple(f"{wanted.role}/{name}" for name in names),
        details={"folder": wanted.role, "family": description.family},
    )


def _check_vocabulary(pieces: PublishedPieces, config: dict[str, Any], wanted: Reference) -> None:
    """Refuse files that do not fit together: their texts would be nonsense and no error."""
    size, rows = len(pieces.vocabulary), int(config.get("vocab_size", 0))
    # Weights may have rows to spare; OPUS-MT's have none, and the converter takes the padding's off the end.
    fits = size <= rows if wanted.family == "barthez" else size == rows and pieces.vocabulary[-1] == PAD
    if not fits:
        raise ModelUnavailable(
            f"the tokenizer of {wanted.id} has {size} pieces and does not fit its weights, which have {rows}",
            f"set {SETTINGS[wanted.role]} to another model or a complete copy",
        )


@dataclass(frozen=True)
class _Vocabulary:
    """What the converter asks of a tokenizer, answered by the pieces that serving will use."""

    pieces: tuple[str, ...]
    bos_token: str = START
    eos_token: str = END
    unk_token: str = UNKNOWN
    rows: int = 0

    def get_vocab(self) -> dict[str, int]:
        """Ids by piece, with names for rows that no piece has."""
        spare = (f"<spare{number}>" for number in range(len(self.pieces), self.rows))
        return {piece: number for number, piece in enumerate((*self.pieces, *spare))}


def _run_converter(source: Path, folder: Path, wanted: Reference, vocabulary: _Vocabulary, quantisation: str) -> None:
    try:
        from ctranslate2.converters import TransformersConverter
        from safetensors import SafetensorError

        from models.engines.transformers_seq2seq import load_network, quiet
    except ImportError as error:
        raise ModelUnavailable(f"a package is missing: {error}", "pip install 'breve[hub]'") from error

    def load_model(*_arguments: Any, **_options: Any) -> Any:
        model = load_network(source, wanted.family)
        # True of every model of this class, but only older configurations say so, and the converter asks.
        model.config.normalize_before = model.config.normalize_embedding = wanted.family == "barthez"
        return model

    converter = TransformersConverter(str(source))
    converter.load_model = load_model
    converter.load_tokenizer = lambda *_arguments, **_options: vocabulary
    try:
        with quiet():
            converter.convert(str(folder), quantization=None if quantisation == "float32" else quantisation)
    except (
        *(OSError, ValueError, RuntimeError, KeyError, AttributeError, NotImplementedError, EOFError),
        *(UnpicklingError, SafetensorError),
    ) as error:
        raise ModelUnavailable(
            f"{wanted.id} cannot be converted: {error}", f"set {SETTINGS[wanted.role]} to another model"
        ) from error


def _set_start(folder: Path, pieces: PublishedPieces, config: dict[str, Any]) -> None:
    """Let outputs start where the publisher's do: the converter guesses it for BARThez."""
    path = folder / CONFIGURATION
    converted = json.loads(path.read_text(encoding="utf-8"))
    start = pieces.vocabulary[int(config.get("decoder_start_token_id", config.get("bos_token_id", 0)))]
    # OPUS-MT's start is the padding, which the converter turned into a zero vector.
    if start != PAD:
        converted["decoder_start_token"] = start
        path.write_text(json.dumps(converted, indent=2) + "\n", encoding="utf-8")


def _describe(
    source: Path, folder: Path, wanted: Reference, pieces: PublishedPieces, config: dict[str, Any]
) -> Description:
    known = published(wanted.id)
    usual = next(model for model in HUB if model.role == wanted.role)
    source_digest = _digest(weights_of(source))
    positions = int(config.get("max_position_embeddings", 1024))
    first = config.get("forced_bos_token_id")
    return Description(
        id=wanted.id,
        # The hub's folders are named by the commit, which stays true when a branch moves on.
        revision=f"local-{source_digest[:12]}" if wanted.folder else source.name,
        digest=_digest(folder / "model.bin"),
        source=str(source.absolute()),
        source_digest=source_digest,
        licence=known.licence if known else "see the model's card",
        role=wanted.role,
        languages=known.languages if known else _languages(source, wanted),
        family=wanted.family,
        window=min((known or usual).window, positions - 2),
        positions=positions - 4,
        beams=min(int(config.get("num_beams") or BEAMS), MOST_BEAMS),
        length_penalty=float(config.get("length_penalty") or 1.0),
        no_repeat=int(config.get("no_repeat_ngram_size") or NO_REPEAT[wanted.role]),
        first=None if first is None else pieces.vocabulary[first],
    )


def _languages(source: Path, wanted: Reference) -> tuple[str, ...]:
    if wanted.role == "summary":
        return ("fr",)
    target = read_settings(source / "tokenizer_config.json", wanted).get("target_lang")
    if not isinstance(target, str) or len(target) != 2:
        raise ModelUnavailable(
            f"tokenizer_config.json of {wanted.id} does not name the language that it writes (target_lang)",
            f"set {SETTINGS[wanted.role]} to another model",
        )
    return (target,)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
