"""The file of keys, and who needs one."""

from __future__ import annotations

import hmac
from pathlib import Path

import pytest

from service.errors import Misconfigured, RateLimited, Unauthorised
from service.http.keys import Door, add_key, is_loopback, load_keys, read_rate, refuse_exposure, remove_key
from service.settings import Settings


def test_a_key_is_stored_as_its_hash_alone_for_the_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "keys.json"
    key = add_key(path, "journal")
    assert len(key) > 40
    assert key not in path.read_text()
    assert path.stat().st_mode & 0o777 == 0o600
    assert [one.name for one in load_keys(path)] == ["journal"]


def test_two_keys_differ_and_a_name_is_given_once(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    assert add_key(path, "a") != add_key(path, "b")
    with pytest.raises(Misconfigured, match="exists already"):
        add_key(path, "a")
    assert remove_key(path, "a")
    assert not remove_key(path, "a")
    assert [one.name for one in load_keys(path)] == ["b"]


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"keys": [{"name": "a"}]}', '{"keys": 5}'])
def test_a_damaged_file_stops_the_start_instead_of_opening_the_door(tmp_path: Path, content: str) -> None:
    (tmp_path / "keys.json").write_text(content)
    with pytest.raises(Misconfigured, match="BREVE_KEYS_PATH"):
        Door(Settings(home=tmp_path))


@pytest.mark.parametrize("rate", ["", "many", "5", "5/fortnight", "-1/hour"])
def test_a_rate_that_cannot_be_read_is_named(rate: str) -> None:
    with pytest.raises(Misconfigured, match="BREVE_RATE_LIMIT"):
        read_rate(rate)


@pytest.mark.parametrize(
    ("host", "alone"),
    [("127.0.0.1", True), ("127.9.9.9", True), ("::1", True), ("localhost", True), ("0.0.0.0", False), ("a", False)],
)
def test_only_loopback_is_private(host: str, alone: bool) -> None:
    assert is_loopback(host) is alone


def test_exposure_is_allowed_with_keys_or_by_word(tmp_path: Path) -> None:
    refuse_exposure(Settings(home=tmp_path))
    refuse_exposure(Settings(home=tmp_path, host="0.0.0.0", open=True))
    with pytest.raises(Misconfigured):
        refuse_exposure(Settings(home=tmp_path, host="0.0.0.0"))
    add_key(tmp_path / "keys.json", "journal")
    refuse_exposure(Settings(home=tmp_path, host="0.0.0.0"))


def test_any_text_after_bearer_is_only_an_unknown_key(tmp_path: Path) -> None:
    key = add_key(tmp_path / "keys.json", "journal")
    door = Door(Settings(home=tmp_path))
    entered = door.enter(f"bearer  {key} ")
    assert entered is not None
    assert entered.name == "journal"
    for header in ("", "Bearer", "Bearer \udc80", f"Bearer {key}x", f"Bearer {entered.hash}"):
        with pytest.raises(Unauthorised):
            door.enter(header)


def test_a_key_is_compared_with_every_hash_in_constant_time_whichever_fits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = [add_key(tmp_path / "keys.json", name) for name in ("first", "second", "third")]
    door, compared = Door(Settings(home=tmp_path)), list[str]()

    def compare(stored: str, given: str) -> bool:
        compared.append(stored)
        return real(stored, given)

    real = hmac.compare_digest
    monkeypatch.setattr(hmac, "compare_digest", compare)
    stored = [one.hash for one in load_keys(tmp_path / "keys.json")]
    for key, name in zip(made, ("first", "second", "third"), strict=True):
        compared.clear()
        entered = door.enter(f"Bearer {key}")
        assert entered is not None
        assert (entered.name, compared) == (name, stored)
    compared.clear()
    with pytest.raises(Unauthorised):
        door.enter("Bearer breve_wrong")
    assert compared == stored


def test_what_is_refused_is_not_counted(tmp_path: Path) -> None:
    add_key(tmp_path / "keys.json", "journal", "100/hour")
    door = Door(Settings(home=tmp_path))
    (key,) = load_keys(tmp_path / "keys.json")
    door.charge(key, 60)
    with pytest.raises(RateLimited, match="100 characters per hour"):
        door.charge(key, 60)
    door.charge(key, 40)
    door.charge(None, 10**9)
