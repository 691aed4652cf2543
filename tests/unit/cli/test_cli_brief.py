"""``breve brief``: every way to give an article, and exactly what comes out where."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest
from cli_fakes import FakeProduct, altered, install

from service.cli.main import ended
from service.errors import Misconfigured
from service.pipeline.brief import Warned

ARTICLE = "Le conseil municipal d’Évry a voté mardi soir la gratuité des bus pour les 12 000 élèves de la ville. Suite."
PRINTED = """\
French brief
  Le conseil municipal d’Évry a voté mardi soir la gratuité des bus pour les 12
  000 élèves de la ville.

English brief
  LE CONSEIL MUNICIPAL D’ÉVRY A VOTÉ MARDI SOIR LA GRATUITÉ DES BUS POUR LES 12
  000 ÉLÈVES DE LA VILLE.

Evidence
  1. Le conseil municipal d’Évry a voté mardi soir la gratuité des bus pour les
     12 000 élèves de la ville. [taken from the article]
     from 0-101: Le conseil municipal d’Évry a voté mardi soir la gratuité des
       bus pour les 12 000 élèves de la ville.
"""


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> FakeProduct:
    return install(monkeypatch)


def give_stdin(monkeypatch: pytest.MonkeyPatch, body: bytes, *, terminal: bool = False) -> None:
    stream = io.TextIOWrapper(io.BytesIO(body))
    monkeypatch.setattr(stream, "isatty", lambda: terminal)
    monkeypatch.setattr(sys, "stdin", stream)


def test_the_text_as_argument_gives_both_briefs_and_the_evidence(
    fake: FakeProduct, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ended(["brief", ARTICLE]) == 0
    out, err = capsys.readouterr()
    assert out == PRINTED
    assert err.startswith("The briefs were written in ")
    assert fake.runtime.closed


def test_the_same_text_by_file_and_by_standard_input(
    fake: FakeProduct, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / "article.txt"
    path.write_text(ARTICLE, encoding="utf-8")
    assert ended(["brief", str(path)]) == 0
    assert capsys.readouterr().out == PRINTED
    for arguments in (["brief"], ["brief", "-"]):
        give_stdin(monkeypatch, ARTICLE.encode())
        assert ended(arguments) == 0
        assert capsys.readouterr().out == PRINTED
    assert {request.text for request in fake.briefer.requests} == {ARTICLE}


def test_a_second_time_the_briefs_come_from_the_cache(fake: FakeProduct, capsys: pytest.CaptureFixture[str]) -> None:
    ended(["brief", ARTICLE])
    capsys.readouterr()
    assert ended(["brief", ARTICLE]) == 0
    out, err = capsys.readouterr()
    assert out == PRINTED
    assert err.startswith("The briefs came from the cache in ")


def test_json_is_the_reply_and_nothing_else(fake: FakeProduct, capsys: pytest.CaptureFixture[str]) -> None:
    assert ended(["brief", "--json", ARTICLE]) == 0
    assert capsys.readouterr().out == '{"id":"id"}\n'


def test_no_break_spaces_hold_when_lines_are_wrapped(fake: FakeProduct, capsys: pytest.CaptureFixture[str]) -> None:
    ended(
        [
            "brief",
            "--languages",
            "fr",
            "Il a longuement dit devant la foule réunie ce soir à Paris : «\u00a0Bonjour\u00a0».",
        ]
    )
    lines = capsys.readouterr().out.splitlines()
    assert [line for line in lines if "«" in line] == [line for line in lines if "»" in line]


def test_every_option_reaches_the_request(fake: FakeProduct) -> None:
    options = "--languages EN,fr,en --length long --title Titre --source-language fr --cache bypass --policy warn"
    assert ended(["brief", ARTICLE, *options.split(), "--typography", "french"]) == 0
    (request,) = fake.briefer.requests
    assert (request.languages, request.length, request.title) == (("en", "fr"), "long", "Titre")
    assert (request.source_language, request.cache, request.policy) == ("fr", "bypass", "warn")
    assert request.typography == "french"


@pytest.mark.parametrize(
    ("name", "text", "is_html"),
    [
        ("a.html", "Bonjour.", True),
        ("a.txt", "<!DOCTYPE html><p>Bonjour.", True),
        ("a.txt", "  <html><body>Bonjour.", True),
        ("a.txt", "3 < 4 et 5 > 2.", False),
    ],
)
def test_html_is_recognised_by_name_or_beginning(
    fake: FakeProduct, tmp_path: Path, name: str, text: str, is_html: bool
) -> None:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    assert ended(["brief", str(path)]) == 0
    (request,) = fake.briefer.requests
    assert (request.html, request.text) == ((text, None) if is_html else (None, text))


def test_windows_bytes_are_read_and_said_to_be(
    fake: FakeProduct, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes("Un été « chaud » à Évry…".encode("windows-1252"))
    assert ended(["brief", str(path)]) == 0
    assert fake.briefer.requests[0].text == "Un été « chaud » à Évry…"
    assert capsys.readouterr().err.startswith("The text was read as windows-1252.\n")


def test_warnings_and_failed_checks_are_shown(fake: FakeProduct, capsys: pytest.CaptureFixture[str]) -> None:
    fake.briefer.warnings = (Warned("some_code", "The article is long."),)
    fake.briefer.checks = (altered("12 000"),)
    assert ended(["brief", "--languages", "fr", ARTICLE]) == 0
    out, err = capsys.readouterr()
    assert out.endswith("     altered: 12 000 (the article says 3)\n")
    assert err.startswith("Warning: The article is long. [some_code]\n")


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["brief", "nulle/part.txt"], 3, "breve: there is no file nulle/part.txt\n"),
        (["brief", "part.txt"], 3, "breve: there is no file part.txt\n"),
        (["brief", "https://example.org/a b"], 3, "breve: no address is fetched; save the page and give its file\n"),
        (["brief", "."], 3, "breve: . is a folder\n"),
        (
            ["brief", "English text."],
            3,
            "breve: the article looks like 'en' (confidence 0.98), not French; "
            "if it is French all the same, add --source-language fr\n",
        ),
        (
            ["brief", " "],
            3,
            "breve: no word is left of the article; give a file, a text, or - for standard input\n",
        ),
        (["brief", "--languages", " ,", "Texte."], 3, "breve: --languages names no language; an example: fr,en\n"),
        (["brief", "--languages", "xx", "Texte."], 3, "breve: no model writes 'xx'\n"),
    ],
)
def test_a_refusal_is_one_helpful_line_and_a_code(
    fake: FakeProduct, capsys: pytest.CaptureFixture[str], arguments: list[str], code: int, message: str
) -> None:
    assert ended(arguments) == code
    assert capsys.readouterr() == ("", message)


def test_missing_weights_name_the_command_that_mends_it(fake: FakeProduct, capsys: pytest.CaptureFixture[str]) -> None:
    fake.missing_weights = "the weights are not prepared"
    assert ended(["brief", ARTICLE]) == 4
    assert capsys.readouterr() == ("", "breve: the weights are not prepared; run `breve prepare`\n")


def test_nothing_given_on_a_terminal_is_said_at_once(
    fake: FakeProduct, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    give_stdin(monkeypatch, b"", terminal=True)
    assert ended(["brief"]) == 3
    assert "no article was given" in capsys.readouterr().err


def test_a_text_too_large_is_refused_before_it_is_read_whole(
    fake: FakeProduct, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BREVE_MAX_BYTES", "1024")
    give_stdin(monkeypatch, b"a" * 1025)
    assert ended(["brief", "-"]) == 3
    assert capsys.readouterr().err == (
        "breve: standard input has more than 1024 bytes; BREVE_MAX_BYTES sets the limit\n"
    )


@pytest.mark.parametrize("body", [b"%PDF-1.7 ...", b"PK\x03\x04...", b"\x89PNG..."])
def test_a_file_that_is_not_text_is_refused(
    fake: FakeProduct, capsys: pytest.CaptureFixture[str], tmp_path: Path, body: bytes
) -> None:
    path = tmp_path / "a.bin"
    path.write_bytes(body)
    assert ended(["brief", str(path)]) == 3
    assert capsys.readouterr().err.endswith(", not text or HTML\n")


def test_a_wrong_setting_is_named(
    fake: FakeProduct, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BREVE_PORT", "many")
    assert ended(["brief", ARTICLE]) == 7
    assert capsys.readouterr().err.startswith("breve: BREVE_PORT: Input should be a valid integer")


@pytest.mark.parametrize(
    ("fault", "code"), [(KeyboardInterrupt(), 130), (OSError("disk full"), 9), (Misconfigured("BREVE_X"), 7)]
)
def test_other_ends_have_their_codes_and_close_the_product(
    fake: FakeProduct, capsys: pytest.CaptureFixture[str], fault: BaseException, code: int
) -> None:
    fake.briefer.fault = fault
    assert ended(["brief", ARTICLE]) == code
    assert fake.runtime.closed
    assert "Traceback" not in capsys.readouterr().err


def test_a_fault_of_ours_is_logged_and_ends_with_1(fake: FakeProduct, caplog: pytest.LogCaptureFixture) -> None:
    fake.briefer.fault = ZeroDivisionError("never")
    assert ended(["brief", ARTICLE]) == 1
    (record,) = caplog.records
    assert record.exc_info is not None
    assert record.exc_info[0] is ZeroDivisionError
