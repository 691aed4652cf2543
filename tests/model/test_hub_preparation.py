"""Fetching, checking and converting published models; nothing here reaches a network."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import huggingface_hub
import pytest
from hub_fixtures import FRENCH, SMALL_BARTHEZ, SMALL_MARIAN, save_barthez, save_marian
from huggingface_hub.errors import LocalEntryNotFoundError

from models.contracts import SummaryOptions
from models.engines.ctranslate2 import CTranslate2Summariser
from models.engines.transformers_seq2seq import TransformersSummariser
from models.errors import ModelUnavailable
from models.preparation.hub import load_hub, prepare_hub
from models.preparation.hub_source import fetch, reference
from models.preparation.store import folder_of

COMMIT = "0123456789abcdef0123456789abcdef01234567"

#: Tries to fetch a model in a process that the library itself keeps offline.
OFFLINE = """
from models.errors import ModelUnavailable
from models.preparation.hub_source import fetch, reference
try:
    fetch(reference("translation", "Helsinki-NLP/opus-mt-fr-en"))
except ModelUnavailable as error:
    print(error)
    print(error.remedy)
"""


transport: Any = huggingface_hub.errors


class Steps:
    """Keeps the progress that it is told."""

    def __init__(self) -> None:
        self.told: list[tuple[str, float]] = []

    def __call__(self, step: str, fraction: float) -> None:
        self.told.append((step, fraction))


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("published")
    save_barthez(folder / "barthez", SMALL_BARTHEZ)
    save_marian(folder / "marian", SMALL_MARIAN)
    return folder


def names(published: Path) -> tuple[str, str]:
    return str(published / "barthez"), str(published / "marian")


def test_a_manifest_tells_both_models_and_every_file(published: Path, tmp_path: Path) -> None:
    steps = Steps()
    manifest = prepare_hub(tmp_path, *names(published), steps)
    assert [(model.roles, model.languages) for model in manifest.models] == [
        (("summary",), ("fr",)),
        (("translation",), ("en",)),
    ]
    folder = folder_of(tmp_path, "hub")
    listed = {str(folder / stored.name) for stored in manifest.files}
    written = {str(path) for path in folder.rglob("*") if path.is_file() and path.parent != folder}
    assert listed == written
    assert all(len(stored.sha256) == 64 for stored in manifest.files)
    assert [fraction for _, fraction in steps.told] == sorted(fraction for _, fraction in steps.told)
    assert load_hub(tmp_path, *names(published), verify=True).model("translation").revision.startswith("local-")


def test_a_second_preparation_converts_nothing(published: Path, tmp_path: Path) -> None:
    first = prepare_hub(tmp_path, *names(published), Steps())
    steps = Steps()
    assert prepare_hub(tmp_path, *names(published), steps) == first
    assert steps.told == []
    assert prepare_hub(tmp_path, *names(published), steps, force=True) == first
    assert any(step.startswith("converting") for step, _ in steps.told)


def test_other_models_or_another_precision_are_prepared_anew(published: Path, tmp_path: Path) -> None:
    prepare_hub(tmp_path, *names(published), Steps())
    moved = shutil.copytree(published, tmp_path / "moved")
    with pytest.raises(ModelUnavailable, match="another version"):
        load_hub(tmp_path, *names(moved))
    with pytest.raises(ModelUnavailable, match="another version"):
        load_hub(tmp_path, *names(published), quantisation="float32")


def test_what_is_prepared_serves_when_the_published_folder_is_gone(published: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(published, tmp_path / "copy")
    prepare_hub(tmp_path, *names(copy), Steps())
    shutil.rmtree(copy)
    with pytest.raises(ModelUnavailable, match="neither a folder"):
        reference("summary", "not a model")
    assert load_hub(tmp_path, *names(copy), verify=True).model("summary").window == 126


def test_a_damaged_file_is_found_and_prepared_again(published: Path, tmp_path: Path) -> None:
    prepare_hub(tmp_path, *names(published), Steps())
    weights = folder_of(tmp_path, "hub") / "summary" / "model.bin"
    weights.write_bytes(weights.read_bytes()[:-1] + b"\xff")
    with pytest.raises(ModelUnavailable, match=r"model\.bin is damaged"):
        load_hub(tmp_path, *names(published))
    prepare_hub(tmp_path, *names(published), Steps())
    assert load_hub(tmp_path, *names(published), verify=True)


@pytest.mark.parametrize(
    ("model", "name"),
    [
        ("barthez", "config.json"),
        ("barthez", "sentencepiece.bpe.model"),
        ("barthez", "pytorch_model.bin"),
        ("marian", "source.spm"),
        ("marian", "target.spm"),
        ("marian", "vocab.json"),
        ("marian", "model.safetensors"),
    ],
)
def test_a_missing_file_is_named_with_its_remedy(published: Path, tmp_path: Path, model: str, name: str) -> None:
    copy = shutil.copytree(published, tmp_path / "copy")
    (copy / model / name).unlink()
    setting = "BREVE_HUB_SUMMARISER" if model == "barthez" else "BREVE_HUB_TRANSLATOR"
    with pytest.raises(ModelUnavailable, match=name.replace(".", r"\.")) as caught:
        prepare_hub(tmp_path, *names(copy), Steps())
    assert setting in caught.value.remedy
    assert not folder_of(tmp_path, "hub").exists()


def test_a_model_of_another_class_is_refused(published: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(published, tmp_path / "copy")
    path = copy / "barthez" / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"model_type": "t5"}))
    with pytest.raises(ModelUnavailable, match="'t5'; for summary only 'mbart'"):
        prepare_hub(tmp_path, *names(copy), Steps())


def test_a_tokenizer_that_does_not_fit_the_weights_is_refused(published: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(published, tmp_path / "copy")
    path = copy / "marian" / "vocab.json"
    vocabulary = json.loads(path.read_text())
    path.write_text(json.dumps({piece: number for piece, number in vocabulary.items() if piece != "<pad>"}))
    with pytest.raises(ModelUnavailable, match="does not fit its weights"):
        prepare_hub(tmp_path, *names(copy), Steps())


def test_weights_may_have_rows_to_spare(published: Path, tmp_path: Path) -> None:
    barthez = save_barthez(tmp_path / "barthez", SMALL_BARTHEZ, spare=7)
    prepare_hub(tmp_path, str(barthez), str(published / "marian"), Steps())
    summariser = CTranslate2Summariser(folder_of(tmp_path, "hub") / "summary", 1)
    slow = TransformersSummariser(folder_of(tmp_path, "hub") / "summary")
    assert summariser.count_tokens(FRENCH[0]) == slow.count_tokens(FRENCH[0])
    assert summariser.summarise([FRENCH[0]], SummaryOptions())[0][0].text


@pytest.mark.parametrize("name", ["marian/model.safetensors", "barthez/pytorch_model.bin"])
@pytest.mark.parametrize("content", [b"", b"\x00" * 64, b"not weights"])
def test_damaged_weights_are_refused_and_leave_nothing(
    published: Path, tmp_path: Path, name: str, content: bytes
) -> None:
    copy = shutil.copytree(published, tmp_path / "copy")
    (copy / name).write_bytes(content)
    with pytest.raises(ModelUnavailable, match="cannot be converted"):
        prepare_hub(tmp_path, *names(copy), Steps())
    assert not folder_of(tmp_path, "hub").exists()


def test_a_translator_that_does_not_name_its_language_is_refused(published: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(published, tmp_path / "copy")
    (copy / "marian" / "tokenizer_config.json").unlink()
    with pytest.raises(ModelUnavailable, match="target_lang"):
        prepare_hub(tmp_path, *names(copy), Steps())


@pytest.mark.parametrize(
    ("name", "id", "revision"),
    [
        ("Helsinki-NLP/opus-mt-fr-es", "Helsinki-NLP/opus-mt-fr-es", "main"),
        (f"Helsinki-NLP/opus-mt-fr-en@{COMMIT}", "Helsinki-NLP/opus-mt-fr-en", COMMIT),
        ("owner/name@refs/pr/4", "owner/name", "refs/pr/4"),
    ],
)
def test_an_id_may_carry_its_revision(name: str, id: str, revision: str) -> None:
    found = reference("translation", name)
    assert (found.id, found.revision, found.folder) == (id, revision, None)


@pytest.mark.parametrize("name", ["", "opus", "a/b/c", "../folder", "https://hub.example/a/b"])
def test_a_name_that_is_neither_folder_nor_id_is_refused(name: str) -> None:
    with pytest.raises(ModelUnavailable, match="neither a folder nor a model id") as caught:
        reference("summary", name)
    assert "BREVE_HUB_SUMMARISER" in caught.value.remedy


class Hub:
    """Stands in for the library's download: serves a folder, and keeps what it was asked for."""

    def __init__(self, served: Path, snapshots: Path) -> None:
        self.asked: list[tuple[str, str, list[str]]] = []
        self._served, self._snapshots = served, snapshots

    def __call__(self, id: str, *, revision: str, allow_patterns: Sequence[str]) -> str:
        self.asked.append((id, revision, list(allow_patterns)))
        folder = self._snapshots / COMMIT
        folder.mkdir(exist_ok=True)
        for path in self._served.iterdir():
            if path.name in allow_patterns:
                shutil.copyfile(path, folder / path.name)
        return str(folder)


def test_only_needed_files_of_the_pinned_revision_are_fetched(
    published: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub = Hub(published / "marian", tmp_path)
    monkeypatch.setattr(huggingface_hub, "snapshot_download", hub)
    assert fetch(reference("translation", f"owner/name@{COMMIT}")) == tmp_path / COMMIT
    ((id, revision, patterns),) = hub.asked
    assert (id, revision) == ("owner/name", COMMIT)
    assert {"config.json", "source.spm", "target.spm", "vocab.json", "model.safetensors"} < set(patterns)
    assert not any("*" in pattern or pattern.endswith((".h5", ".msgpack", ".bin")) for pattern in patterns)


def test_older_weights_are_fetched_only_where_there_are_no_others(
    published: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub = Hub(published / "barthez", tmp_path)
    monkeypatch.setattr(huggingface_hub, "snapshot_download", hub)
    assert (fetch(reference("summary", "owner/name")) / "pytorch_model.bin").is_file()
    assert [patterns for _, _, patterns in hub.asked][1:] == [["pytorch_model.bin"]]


def test_a_fetched_model_is_known_by_its_commit(
    published: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(huggingface_hub, "snapshot_download", Hub(published / "barthez", tmp_path))
    manifest = prepare_hub(
        tmp_path, "moussaKam/barthez-orangesum-abstract", str(published / "marian"), lambda _step, _fraction: None
    )
    model = manifest.models[0]
    assert (model.id, model.revision, model.licence) == (
        "moussaKam/barthez-orangesum-abstract",
        COMMIT,
        "Apache-2.0",
    )


@pytest.mark.parametrize(
    "error", [LocalEntryNotFoundError("nothing cached"), OSError("no route"), transport.HTTPError("slow")]
)
def test_a_hub_out_of_reach_names_the_files_and_the_remedy(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_arguments: Any, **_options: Any) -> str:
        raise error

    monkeypatch.setattr(huggingface_hub, "snapshot_download", refuse)
    with pytest.raises(ModelUnavailable, match=r"config\.json, source\.spm, target\.spm, vocab\.json") as caught:
        fetch(reference("translation", "owner/name"))
    assert str(error) in str(caught.value)
    assert "BREVE_HUB_TRANSLATOR" in caught.value.remedy


def test_the_librarys_offline_mode_is_obeyed(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", OFFLINE],
        capture_output=True,
        text=True,
        check=True,
        env={"HF_HUB_OFFLINE": "1", "HF_HOME": str(tmp_path), "PATH": ""},
    )
    message, remedy = done.stdout.splitlines()
    assert "cannot be downloaded" in message
    assert "source.spm, target.spm, vocab.json, model.safetensors or pytorch_model.bin" in message
    assert "put the files of Helsinki-NLP/opus-mt-fr-en into a folder" in remedy
