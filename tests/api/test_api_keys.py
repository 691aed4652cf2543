"""Keys and rates, over the fake product."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from api_server import Opened
from starlette.testclient import TestClient

from service.errors import Misconfigured
from service.http.keys import add_key, remove_key
from service.http.server import serve as run_server
from service.settings import Settings

ARTICLE = {"text": "Le conseil a voté."}


def bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    """Where the settings of these tests have their keys."""
    return tmp_path / "keys.json"


def test_without_keys_nobody_needs_one(client: TestClient) -> None:
    assert client.post("/v1/briefs", json=ARTICLE).status_code == 200


def test_with_keys_everything_but_operations_needs_one(open_client: Opened, keys: Path) -> None:
    key = add_key(keys, "journal")
    client = open_client()
    for method, path in (
        ("POST", "/v1/briefs"),
        ("GET", "/v1/briefs/x"),
        ("DELETE", "/v1/briefs/x"),
        ("GET", "/v1/models"),
    ):
        for headers in ({}, bearer("breve_wrong"), {"Authorization": f"Basic {key}"}, {"Authorization": "Bearer"}):
            reply = client.request(method, path, headers=headers)
            assert (reply.status_code, reply.json()["code"]) == (401, "unauthorised")
            assert reply.headers["WWW-Authenticate"].startswith("Bearer")
            assert key not in reply.text
    assert client.get("/livez").status_code == 200
    assert client.post("/v1/briefs", json=ARTICLE, headers=bearer(key)).status_code == 200


def test_an_open_server_asks_for_no_key_but_knows_a_wrong_one(open_client: Opened, keys: Path) -> None:
    add_key(keys, "journal")
    client = open_client(open=True)
    assert client.post("/v1/briefs", json=ARTICLE).status_code == 200
    assert client.post("/v1/briefs", json=ARTICLE, headers=bearer("wrong")).status_code == 401


def test_each_key_has_its_own_rate_in_characters(open_client: Opened, keys: Path) -> None:
    small, large = add_key(keys, "small", "40/minute"), add_key(keys, "large")
    client = open_client()
    statuses = [client.post("/v1/briefs", json=ARTICLE, headers=bearer(small)).status_code for _ in range(3)]
    assert statuses == [200, 200, 429]
    refused = client.post("/v1/briefs", json=ARTICLE, headers=bearer(small))
    assert refused.json()["code"] == "rate_limited"
    # The window slides: what this minute had counts in part until the next one is over.
    assert 1 <= int(refused.headers["Retry-After"]) <= 120
    assert client.post("/v1/briefs", json=ARTICLE, headers=bearer(large)).status_code == 200


def test_a_batch_counts_each_of_its_items(open_client: Opened, keys: Path) -> None:
    key = add_key(keys, "small", "40/minute")
    reply = open_client().post("/v1/briefs:batch", json={"items": [ARTICLE] * 3}, headers=bearer(key))
    assert [item["status"] for item in reply.json()["items"]] == [200, 200, 429]


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7", "breve.example"])
def test_a_public_address_without_keys_is_not_served(make_settings: Callable[..., Settings], host: str) -> None:
    with pytest.raises(Misconfigured, match="breve keys add"):
        run_server(make_settings(host=host), lambda *_: pytest.fail("nothing may be loaded"))


def test_a_removed_key_is_of_no_use_a_moment_later(open_client: Opened, keys: Path) -> None:
    gone, kept = add_key(keys, "gone"), add_key(keys, "kept")
    client = open_client()
    assert client.get("/v1/models", headers=bearer(gone)).status_code == 200
    assert remove_key(keys, "gone")
    door = client.app.state.service.door  # type: ignore[attr-defined]
    door._looked -= 2
    assert client.get("/v1/models", headers=bearer(gone)).status_code == 401
    assert client.get("/v1/models", headers=bearer(kept)).status_code == 200
