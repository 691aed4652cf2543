"""The page's addresses: languages, caching, its policy, the examples, and words for all that can happen."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from page_server import SEEDS
from starlette.testclient import TestClient

from service.errors import InvalidRequest
from service.http import problems
from service.http.page import LANGUAGES, POLICY, document, interface_language, page_router, words
from service.pipeline.warnings import WarningCode
from service.seeds import load_seeds

FOLDER = Path(__file__).parents[2] / "service/http/page"
ASSETS = sorted(path.name for path in FOLDER.iterdir() if path.suffix != ".html")


@pytest.fixture(scope="module")
def visitor() -> Iterator[TestClient]:
    """A client of the page alone."""
    app = FastAPI()
    problems.install(app)
    app.include_router(page_router(SEEDS))
    with TestClient(app) as client:
        yield client


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, "fr"),
        ("", "fr"),
        ("fr-FR,fr;q=0.9,en;q=0.8", "fr"),
        ("en-GB,en;q=0.9,fr;q=0.8", "en"),
        ("de-AT, fr;q=0.3, en;q=0.7", "en"),
        ("pt-BR", "en"),
        ("*", "en"),
        ("en;q=0, fr;q=0.1", "fr"),
        ("fr;q=nonsense, en;q=0.1", "en"),
    ],
)
def test_the_interface_speaks_the_language_that_the_browser_prefers(header: str | None, language: str) -> None:
    assert interface_language(header) == language


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_document_has_its_words_before_any_script_runs(visitor: TestClient, language: str) -> None:
    reply = visitor.get("/", headers={"Accept-Language": language})
    assert reply.headers["Content-Type"] == "text/html; charset=utf-8"
    assert f'<html lang="{language}">' in reply.text
    assert words()[language]["claim"].split(",")[0] in reply.text
    assert not re.search(r'data-w="[^"]+"[^>]*><', reply.text)
    assert reply.headers["Vary"] == "Accept-Encoding, Accept-Language"


def test_the_policy_lets_in_the_page_s_own_files_only(visitor: TestClient) -> None:
    policy = visitor.get("/").headers["Content-Security-Policy"]
    assert policy == POLICY
    assert "unsafe" not in policy
    for language in LANGUAGES:
        page = document(language)
        assert not re.search(r"<style|<script(?![^>]*\bsrc=)|\sstyle=|\son\w+=|https?:", page)


@pytest.mark.parametrize("name", ASSETS)
def test_an_asset_is_served_from_memory_with_a_strong_tag(visitor: TestClient, name: str) -> None:
    reply = visitor.get(f"/assets/{name}", headers={"Accept-Encoding": "identity"})
    assert reply.content == (FOLDER / name).read_bytes()
    assert reply.headers["Cache-Control"] == "no-cache"
    tag = reply.headers["ETag"]
    assert re.fullmatch(r'"[0-9a-f]{32}"', tag)
    unchanged = visitor.get(f"/assets/{name}", headers={"Accept-Encoding": "identity", "If-None-Match": f'"x", {tag}'})
    assert (unchanged.status_code, unchanged.content, unchanged.headers["ETag"]) == (304, b"", tag)
    assert visitor.get(f"/assets/{name}", headers={"If-None-Match": '"other"'}).status_code == 200


def test_each_form_of_an_asset_has_a_tag_of_its_own(visitor: TestClient) -> None:
    plain = visitor.get("/assets/app.js", headers={"Accept-Encoding": "identity"})
    with visitor.stream("GET", "/assets/app.js", headers={"Accept-Encoding": "br, gzip"}) as zipped:
        raw = b"".join(zipped.iter_raw())
    assert zipped.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(raw) == plain.content
    assert len(raw) < len(plain.content) / 2
    assert zipped.headers["ETag"] != plain.headers["ETag"]
    assert zipped.headers["Vary"] == plain.headers["Vary"] == "Accept-Encoding"


@pytest.mark.parametrize(
    "address", ["/assets/page.html", "/assets/..%2Fpage.py", "/assets/none.js", "/v1/examples/none"]
)
def test_what_is_not_there_is_a_problem(visitor: TestClient, address: str) -> None:
    reply = visitor.get(address)
    assert (reply.status_code, reply.json()["code"]) == (404, "not_found")


def test_nothing_is_named_that_lies_elsewhere() -> None:
    names = {"http://schemas.openxmlformats.org", "http://www.w3.org"}
    for name in ASSETS:
        found = re.findall(r"https?://[\w.-]+", (FOLDER / name).read_text("utf-8"))
        assert set(found) <= names, name


def test_the_examples_are_the_seeds(visitor: TestClient) -> None:
    listed = visitor.get("/v1/examples").json()["examples"]
    seeds = load_seeds(SEEDS)
    assert listed == [{"id": seed.id, "topic": seed.topic, "title": seed.title} for seed in seeds]
    one = visitor.get(f"/v1/examples/{seeds[0].id}")
    assert one.json() == {**listed[0], "text": seeds[0].text}
    assert visitor.get(one.url, headers={"If-None-Match": one.headers["ETag"]}).status_code == 304
    assert visitor.get("/v1/examples", headers={"Accept": "text/html"}).json()["code"] == "not_acceptable"
    for language in LANGUAGES:
        assert {f"topic.{seed.topic}" for seed in seeds} <= words()[language].keys()


def test_without_a_folder_there_are_no_examples() -> None:
    app = FastAPI()
    app.include_router(page_router())
    with TestClient(app) as client:
        assert client.get("/v1/examples").json() == {"examples": []}


def test_a_folder_without_seeds_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidRequest, match="no seed"):
        page_router(tmp_path)


def test_both_languages_have_the_same_words_with_the_same_gaps() -> None:
    def gaps(text: object) -> set[str]:
        return set(re.findall(r"\{\w+\}", str(text)))

    french, english = words()["fr"], words()["en"]
    assert list(french) == list(english)
    assert [key for key in french if gaps(french[key]) != gaps(english[key])] == []
    assert [key for key in french if isinstance(french[key], list) != isinstance(english[key], list)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_problem_and_warning_has_plain_words(language: str) -> None:
    expected = {f"error.{problem.code}" for problem in problems.all_problems()}
    expected |= {f"warning.{code.value}" for code in WarningCode}
    assert expected - words()[language].keys() == set()


def test_every_word_is_used_and_every_used_word_exists() -> None:
    scripts = "".join(
        (FOLDER / name).read_text("utf-8") for name in ASSETS if name.endswith(".js") and name != "words.js"
    )
    used = set(re.findall(r'data-w(?:-\w+)?="([^"]+)"', (FOLDER / "page.html").read_text("utf-8")))
    used |= {text for text in re.findall(r'"([a-z]+(?:\.[a-z]+)*)"', scripts) if text in words()["fr"]}
    made = ("error.", "warning.", "topic.", "origin.", "doubt.")
    assert {key for key in words()["fr"] if not key.startswith(made)} == used - {
        key for key in used if key.startswith(made)
    }
    for key in re.findall(r'\bsay\("([^"]+)"', scripts):
        assert key in words()["fr"]


def test_french_words_follow_french_typography() -> None:
    for key, text in words()["fr"].items():
        assert not re.search(r" [:;!?»]|« |'", str(text) if isinstance(text, str) else " ".join(text)), key
