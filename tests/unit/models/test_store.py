"""Prepared weights on disk: whole or not at all."""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest

from models.errors import ModelUnavailable
from models.preparation.store import MANIFEST, STAMP, Built, Progress, fingerprint_of, folder_of, load, prepare

WEIGHTS = b"weights" * 1000


def silent(step: str, fraction: float) -> None:
    """Takes progress and says nothing."""


class Recipe:
    """Builds one small file, and counts how often."""

    def __init__(self, content: bytes = WEIGHTS, fail_at: str = "") -> None:
        self.content, self.fail_at, self.runs = content, fail_at, 0

    def __call__(self, folder: Path, progress: Progress) -> Sequence[Built]:
        self.runs += 1
        progress("writing", 0.5)
        (folder / "graph.bin").write_bytes(self.content[:100])
        if self.fail_at == "middle":
            raise ModelUnavailable("the base is missing")
        if self.fail_at == "killed":
            raise KeyboardInterrupt
        (folder / "graph.bin").write_bytes(self.content)
        return [
            Built(
                id="tiny",
                revision="1",
                digest="d" * 64,
                licence="ours",
                roles=("summary",),
                languages=("fr",),
                window=10,
                files=("graph.bin",),
                details={"graph": "graph.bin"},
            )
        ]


def make(home: Path, recipe: Recipe, fingerprint: str = "v1", force: bool = False) -> Path:
    return prepare(home, "embedded", fingerprint, recipe, silent, force).folder


def test_prepared_files_load_with_what_the_builder_said(tmp_path: Path) -> None:
    make(tmp_path, Recipe())
    prepared = load(tmp_path, "embedded", "v1")
    model = prepared.model("summary")
    assert (model.id, model.languages, model.details) == ("tiny", ("fr",), {"graph": "graph.bin"})
    assert (prepared.folder / "graph.bin").read_bytes() == WEIGHTS
    assert [file.bytes for file in prepared.manifest.files] == [len(WEIGHTS)]


def test_whole_files_are_not_built_again(tmp_path: Path) -> None:
    recipe = Recipe()
    make(tmp_path, recipe)
    make(tmp_path, recipe)
    assert recipe.runs == 1


def test_force_builds_again(tmp_path: Path) -> None:
    make(tmp_path, Recipe())
    folder = make(tmp_path, Recipe(content=b"new"), force=True)
    assert (folder / "graph.bin").read_bytes() == b"new"


def test_another_fingerprint_is_refused_by_load_and_built_by_prepare(tmp_path: Path) -> None:
    make(tmp_path, Recipe(), "v1")
    with pytest.raises(ModelUnavailable, match="another version"):
        load(tmp_path, "embedded", "v2")
    make(tmp_path, Recipe(content=b"second"), "v2")
    assert (load(tmp_path, "embedded", "v2").folder / "graph.bin").read_bytes() == b"second"


@pytest.mark.parametrize("kind", ["middle", "killed"])
def test_an_interrupted_build_leaves_the_old_files_and_nothing_else(tmp_path: Path, kind: str) -> None:
    folder = make(tmp_path, Recipe())
    with pytest.raises((ModelUnavailable, KeyboardInterrupt)):
        make(tmp_path, Recipe(content=b"new", fail_at=kind), force=True)
    assert (folder / "graph.bin").read_bytes() == WEIGHTS
    assert [path.name for path in folder.parent.iterdir() if path.is_dir()] == ["embedded"]


def test_what_a_killed_process_left_is_removed_at_the_next_start(tmp_path: Path) -> None:
    leftover = tmp_path / "models" / ".embedded.new"
    leftover.mkdir(parents=True)
    (leftover / "graph.bin").write_bytes(b"half")
    folder = make(tmp_path, Recipe())
    assert not leftover.exists()
    assert (folder / "graph.bin").read_bytes() == WEIGHTS


def test_nothing_prepared_says_how_to_mend_it(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match="no weights are prepared") as caught:
        load(tmp_path, "embedded")
    assert caught.value.remedy == "breve prepare"


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    folder = make(tmp_path, Recipe())
    (folder / "graph.bin").unlink()
    with pytest.raises(ModelUnavailable, match=r"graph\.bin is missing"):
        load(tmp_path, "embedded")


def test_a_shortened_file_is_named(tmp_path: Path) -> None:
    folder = make(tmp_path, Recipe())
    (folder / "graph.bin").write_bytes(WEIGHTS[:-1])
    with pytest.raises(ModelUnavailable, match=r"graph\.bin is damaged"):
        load(tmp_path, "embedded")


def test_a_file_changed_at_the_same_size_is_found(tmp_path: Path) -> None:
    folder = make(tmp_path, Recipe())
    (folder / "graph.bin").write_bytes(b"X" + WEIGHTS[1:])
    with pytest.raises(ModelUnavailable, match="SHA-256"):
        load(tmp_path, "embedded")


def test_verify_reads_files_that_the_stamp_vouches_for(tmp_path: Path) -> None:
    folder = make(tmp_path, Recipe())
    stamp = json.loads((folder / STAMP).read_text())
    (folder / "graph.bin").write_bytes(b"X" + WEIGHTS[1:])
    stamp["graph.bin"][1] = (folder / "graph.bin").stat().st_mtime_ns
    (folder / STAMP).write_text(json.dumps(stamp))
    load(tmp_path, "embedded")
    with pytest.raises(ModelUnavailable, match="SHA-256"):
        load(tmp_path, "embedded", verify=True)


def test_damaged_files_are_built_again(tmp_path: Path) -> None:
    folder = make(tmp_path, Recipe())
    (folder / "graph.bin").write_bytes(b"short")
    make(tmp_path, Recipe())
    assert (folder / "graph.bin").read_bytes() == WEIGHTS


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"format": 1, "models": [{}]}', "\x00"])
def test_a_manifest_that_cannot_be_read_is_named(tmp_path: Path, text: str) -> None:
    folder = make(tmp_path, Recipe())
    (folder / MANIFEST).write_text(text)
    with pytest.raises(ModelUnavailable, match=r"manifest\.json"):
        load(tmp_path, "embedded")


def test_a_role_that_no_model_has_is_refused(tmp_path: Path) -> None:
    make(tmp_path, Recipe())
    with pytest.raises(ModelUnavailable, match="translation"):
        load(tmp_path, "embedded").model("translation")


def test_a_home_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "models").write_text("a file where the folder should be")
    with pytest.raises(ModelUnavailable, match="cannot be written") as caught:
        make(tmp_path, Recipe())
    assert "BREVE_HOME" in caught.value.remedy


def test_two_at_once_build_once(tmp_path: Path) -> None:
    recipe = Recipe()
    begin = threading.Barrier(4)

    def run() -> None:
        begin.wait()
        make(tmp_path, recipe)

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert recipe.runs == 1
    assert (folder_of(tmp_path, "embedded") / "graph.bin").read_bytes() == WEIGHTS


def test_progress_ends_at_one(tmp_path: Path) -> None:
    told: list[float] = []
    prepare(tmp_path, "embedded", "v1", Recipe(), lambda step, fraction: told.append(fraction))
    assert told == sorted(told)
    assert told[-1] == 1.0


def test_a_fingerprint_does_not_depend_on_the_order_of_keys() -> None:
    assert fingerprint_of({"a": 1, "b": [2]}) == fingerprint_of({"b": [2], "a": 1})
    assert fingerprint_of({"a": 1}) != fingerprint_of({"a": 2})
