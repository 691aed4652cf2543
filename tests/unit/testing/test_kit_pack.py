"""Recorded packs: they answer byte for byte without weights, and say how to record what they lack."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from kit_fakes import STORM, VOTE, KitBriefer

from service.errors import InvalidRequest
from service.pipeline.brief import BriefRequest
from service.testing import Breve
from service.testing.answering import InProcess
from service.testing.pack import NotRecorded, Recording, Replay, load_pack, request_of


@pytest.fixture
def briefer() -> KitBriefer:
    return KitBriefer()


@pytest.fixture
def pack(tmp_path: Path, briefer: KitBriefer) -> Path:
    path = tmp_path / "briefs.json"
    recording = Recording(InProcess(lambda: (briefer, briefer.close)), path)
    recording.answer(BriefRequest(text=STORM + "\n"))
    recording.answer(BriefRequest(text=VOTE, title="Le vote", glossary={"médiathèque": "library"}))
    recording.close()
    return path


def test_replies_come_back_byte_for_byte(pack: Path, briefer: KitBriefer) -> None:
    request = BriefRequest(text=STORM)
    recorded = load_pack(pack).find(request)
    assert Replay(pack).answer(request) == recorded
    assert recorded is not None
    assert json.loads(recorded)["timings"] == {"summarise": 1.0}
    assert (len(briefer.requests), briefer.closed) == (2, 1)


def test_the_file_is_the_same_when_read_and_written_again(pack: Path) -> None:
    assert load_pack(pack).dump() == pack.read_bytes()


def test_the_models_are_named_once_with_the_digests_of_their_weights(pack: Path) -> None:
    assert [model["digest"] for model in json.loads(pack.read_bytes())["models"]] == ["0" * 64]


def test_use_of_the_cache_and_space_at_the_ends_do_not_matter(pack: Path) -> None:
    assert Replay(pack).answer(BriefRequest(text=f"\n {STORM}\n\n", cache="bypass"))


def test_an_entry_gives_its_request_again(pack: Path) -> None:
    requests = [request_of(entry) for entry in load_pack(pack).entries.values()]
    assert requests == [
        BriefRequest(text=STORM),
        BriefRequest(text=VOTE, title="Le vote", glossary={"médiathèque": "library"}),
    ]


def test_an_unknown_article_is_refused_with_the_way_to_record_it(pack: Path) -> None:
    with pytest.raises(NotRecorded) as caught:
        Replay(pack).answer(BriefRequest(text="Un autre article sans rapport avec les précédents."))
    assert "the article begins “Un autre article sans rapport avec les précédents.…”" in str(caught.value)
    assert f"`pytest --breve-pack {pack} --breve-record`" in str(caught.value)


@pytest.mark.parametrize(
    ("request_", "named"),
    [
        (BriefRequest(text=STORM, length="short", languages=("fr",)), "languages, length"),
        (BriefRequest(text=STORM, title="Un titre"), "title"),
        (BriefRequest(text=VOTE, glossary={"médiathèque": "library"}), "title"),
    ],
)
def test_other_options_of_a_known_article_are_named(pack: Path, request_: BriefRequest, named: str) -> None:
    with pytest.raises(NotRecorded, match=rf"with other options \({named}\)"):
        Replay(pack).answer(request_)


def test_recording_again_keeps_what_is_there_and_renews_what_is_asked(
    pack: Path, tmp_path: Path, briefer: KitBriefer
) -> None:
    briefer.says[STORM] = "La tempête a touché Cherbourg."
    recording = Recording(InProcess(lambda: (briefer, briefer.close)), pack)
    recording.answer(BriefRequest(text=STORM))
    recording.close()
    entries = list(load_pack(pack).entries.values())
    assert [entry.name for entry in entries] == ["La tempête a privé 9 800 foyers d'électricité", "Le vote"]
    assert json.loads(entries[0].reply)["briefs"][0]["text"] == "La tempête a touché Cherbourg."


def test_no_product_is_loaded_until_a_brief_is_asked_for(tmp_path: Path) -> None:
    loads: list[int] = []

    def load() -> tuple[KitBriefer, object]:
        loads.append(1)
        raise AssertionError("loaded")

    kit = Breve(Recording(InProcess(load), tmp_path / "new.json"))  # type: ignore[arg-type]
    kit.assert_brief("Un texte.", article="Un texte.").no_unsupported()
    kit.close()
    assert loads == []
    assert not (tmp_path / "new.json").exists()


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ("[]", 'its "kind" should be'),
        ("{", "is not a pack"),
        ('{"kind": "breve-pack", "format": 2}', "record it anew"),
        ('{"kind": "breve-pack", "format": 1, "entries": [{"name": "x"}]}', "entry 1: damaged"),
    ],
)
def test_what_is_no_pack_is_refused(tmp_path: Path, body: str, sentence: str) -> None:
    path = tmp_path / "pack.json"
    path.write_text(body, "utf-8")
    with pytest.raises(InvalidRequest, match=sentence):
        load_pack(path)


def test_a_missing_pack_is_refused_with_the_command_that_makes_one(tmp_path: Path) -> None:
    with pytest.raises(InvalidRequest, match="`breve golden record` makes one"):
        load_pack(tmp_path / "none.json")


def test_a_reply_changed_by_hand_is_noticed(pack: Path) -> None:
    pack.write_text(pack.read_text("utf-8").replace("9 800", "9 900"), "utf-8")
    with pytest.raises(InvalidRequest, match="not the one that was recorded"):
        load_pack(pack)
