"""The examples are run as their readers would: against a real server, and as a project of its own."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml
from api_server import Served
from fake_product import FAILS, FakeRuntime

from models.errors import ModelUnavailable
from service.errors import InvalidRequest, NotReady, Overloaded, ServiceError
from service.pipeline.brief import BriefRequest
from service.testing.answering import OverHttp

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
TEXT = "Le conseil a voté 2,4 millions d'euros. Les travaux dureront dix-huit mois."
SHOWN = "[fr] Le conseil a voté 2,4 millions d'euros.\n[en] [en] Le conseil a voté 2,4 millions d'euros.\n"


@pytest.fixture(scope="module")
def client() -> ModuleType:
    specification = importlib.util.spec_from_file_location("example_client", EXAMPLES / "client.py")
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


@pytest.fixture
def article(tmp_path: Path) -> Path:
    path = tmp_path / "article.txt"
    path.write_text(TEXT, "utf-8")
    return path


class Scripted(BaseHTTPRequestHandler):
    """Answers with what the server's list ``replies`` holds next: status, headers, body."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        replies: list[tuple[int, dict[str, str], bytes]] = self.server.replies  # type: ignore[attr-defined]
        status, headers, body = replies.pop(0)
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing on the terminal."""


@pytest.fixture
def scripted() -> Iterator[Callable[..., str]]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Scripted)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()

    def answering(*replies: tuple[int, dict[str, str], bytes]) -> str:
        server.replies = list(replies)  # type: ignore[attr-defined]
        return f"http://127.0.0.1:{server.server_port}"

    yield answering
    server.shutdown()
    server.server_close()
    thread.join()


def run(*command: object, **more: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*map(str, command)], capture_output=True, text=True, timeout=120, check=False, **more)


def test_the_client_prints_the_briefs(serve: Callable[..., Served], article: Path) -> None:
    done = run(sys.executable, "-I", EXAMPLES / "client.py", "--url", serve().url, article)
    assert (done.returncode, done.stdout, done.stderr) == (0, SHOWN, "")


def test_the_client_reads_standard_input_and_sends_its_options(
    serve: Callable[..., Served], runtime: FakeRuntime
) -> None:
    command = (sys.executable, "-I", EXAMPLES / "client.py", "--url", serve().url, "--languages", "fr", "--length")
    done = run(*command, "short", "-", input=TEXT)
    assert (done.returncode, done.stdout) == (0, SHOWN.splitlines(keepends=True)[0])
    assert (runtime.briefer.seen[-1].length, runtime.briefer.seen[-1].languages) == ("short", ("fr",))


def test_the_client_tells_a_problem_and_its_request(serve: Callable[..., Served], article: Path) -> None:
    article.write_text("The cat sat on the mat.", "utf-8")
    done = run(sys.executable, "-I", EXAMPLES / "client.py", "--url", serve().url, article)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("422 wrong_language: ")
    assert "(request " in done.stderr


def test_the_client_waits_as_long_as_it_is_told_and_asks_again(
    client: ModuleType, scripted: Callable[..., str]
) -> None:
    problem = {"status": 429, "code": "overloaded", "title": "Busy", "detail": "Later.", "retry_after": 7}
    busy = (429, {"Content-Type": "application/problem+json", "Retry-After": "7"}, json.dumps(problem).encode())
    proxy = (503, {"Content-Type": "text/html"}, b"<p>no</p>")
    fine = (200, {"Content-Type": "application/json"}, b'{"id": "x"}')
    waits: list[float] = []
    assert client.Client(scripted(busy, proxy, fine), sleep=waits.append).brief(TEXT) == {"id": "x"}
    assert waits == [7, 4]


def test_the_client_gives_up_after_its_attempts_and_never_asks_again_in_vain(
    client: ModuleType, scripted: Callable[..., str]
) -> None:
    waits: list[float] = []
    busy = (429, {"Content-Type": "text/plain", "Retry-After": "9999"}, b"")
    with pytest.raises(client.BreveError, match="429 http: Too Many Requests") as caught:
        client.Client(scripted(busy, busy), attempts=2, sleep=waits.append).brief(TEXT)
    assert caught.value.problem["retry_after"] == 9999
    assert waits == [60.0]
    with pytest.raises(client.BreveError, match="500"):
        client.Client(scripted((500, {}, b"")), sleep=waits.append).brief(TEXT)
    assert waits == [60.0]


def test_the_client_sends_its_key(client: ModuleType, serve: Callable[..., Served], tmp_path: Path) -> None:
    from service.http.keys import add_key

    key = add_key(tmp_path / "keys.json", "news")
    url = serve().url
    assert client.Client(url, key).brief(TEXT)["briefs"][0]["language"] == "fr"
    with pytest.raises(client.BreveError, match="401 unauthorised"):
        client.Client(url).brief(TEXT)


@pytest.fixture
def shell(require_system: Callable[[str], Path]) -> Callable[..., subprocess.CompletedProcess[str]]:
    require_system("curl")
    require_system("jq")

    def start(url: str, article: Path, **variables: str) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "BREVE_URL": url, **variables}
        return run("sh", EXAMPLES / "curl.sh", article, env=environment, cwd=article.parent)

    return start


def test_curl_prints_the_briefs_and_leaves_nothing_behind(
    shell: Callable[..., subprocess.CompletedProcess[str]], serve: Callable[..., Served], article: Path
) -> None:
    url = serve().url
    before = sorted(article.parent.iterdir())
    done = shell(url, article)
    assert (done.returncode, done.stdout, done.stderr) == (0, SHOWN, "")
    assert sorted(article.parent.iterdir()) == before


def test_curl_tells_a_problem(
    shell: Callable[..., subprocess.CompletedProcess[str]], serve: Callable[..., Served], article: Path
) -> None:
    article.write_text(f"{FAILS} aujourd'hui.", "utf-8")
    done = shell(serve().url, article)
    assert done.returncode == 22
    assert '"code":"model_failed"' in done.stderr


def test_the_workflow_is_what_github_reads() -> None:
    workflow = yaml.safe_load((EXAMPLES / "github-actions.yml").read_text("utf-8"))
    # YAML 1.1 reads the key `on` as true.
    assert set(workflow) == {"name", True, "permissions", "jobs"}
    for job in workflow["jobs"].values():
        assert {"runs-on", "timeout-minutes", "steps"} <= set(job)
        assert all(("uses" in step) != ("run" in step) for step in job["steps"])
    commands = [step["run"] for job in workflow["jobs"].values() for step in job["steps"] if "run" in step]
    assert "breve golden check briefs.json" in commands


def test_the_commands_of_the_workflow_exist() -> None:
    from typer.testing import CliRunner

    from service.cli.main import app

    for command in (["golden", "check"], ["prepare"]):
        assert CliRunner().invoke(app, [*command, "--help"]).exit_code == 0


def test_the_project_passes_with_its_pack_and_without_weights(tmp_path: Path) -> None:
    project = tmp_path / "project"
    shutil.copytree(EXAMPLES / "pytest-project", project, ignore=shutil.ignore_patterns("__pycache__"))
    variables = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "BREVE_HOME": str(tmp_path / "none"), "PYTHONPATH": str(ROOT)}
    # The plugin is named here so that the test does not depend on how this environment was installed.
    command = (sys.executable, "-m", "pytest", "-p", "service.testing.plugin", "-p", "no:cacheprovider", "-W", "error")
    done = run(*command, cwd=project, env={**os.environ, **variables})
    assert done.returncode == 0, done.stdout
    assert "7 passed" in done.stdout
    assert not (tmp_path / "none").exists()


def test_what_a_server_answered_is_recorded_and_replayed_without_it(
    serve: Callable[..., Served], runtime: FakeRuntime, tmp_path: Path
) -> None:
    project = tmp_path / "project"
    project.mkdir()
    test = (
        f"def test_it(breve):\n    assert breve.brief({TEXT!r}).in_language('en').text.startswith('[en] Le conseil')\n"
    )
    (project / "test_it.py").write_text(test, "utf-8")
    command = (sys.executable, "-m", "pytest", "-p", "service.testing.plugin", "-p", "no:cacheprovider", "-W", "error")
    variables = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONPATH": str(ROOT)}
    served = serve()
    pack = ("--rootdir", project, "--breve-pack", "pack.json")
    done = run(*command, *pack, "--breve-record", "--breve-url", served.url, cwd=project, env=variables)
    assert done.returncode == 0, done.stdout
    assert runtime.briefer.runs == 1
    served.stop()
    done = run(*command, *pack, cwd=project, env=variables)
    assert done.returncode == 0, done.stdout
    assert json.loads((project / "pack.json").read_bytes())["models"][0]["id"] == "fake"


def test_the_kit_tells_what_a_server_refuses(serve: Callable[..., Served], scripted: Callable[..., str]) -> None:
    served = serve()
    answerer = OverHttp(served.url)
    with pytest.raises(InvalidRequest, match="answers 422 wrong_language: "):
        answerer.answer(BriefRequest(text="The cat sat on the mat."))
    with pytest.raises(ServiceError, match=r"answers 50\d model_failed: "):
        answerer.answer(BriefRequest(text=f"{FAILS}."))
    served.stop()
    with pytest.raises(NotReady, match="no answer from "):
        answerer.answer(BriefRequest(text=TEXT))
    answerer.close()
    busy: tuple[int, dict[str, str], bytes] = (429, {}, b'{"code": "overloaded", "detail": "Later.", "retry_after": 3}')
    other = OverHttp(scripted(busy, (404, {}, b"<p>none</p>")))
    with pytest.raises(Overloaded, match="429 overloaded: Later") as caught:
        other.answer(BriefRequest(text=TEXT))
    assert caught.value.retry_after == 3
    with pytest.raises(ServiceError, match="is not a server of Brève"):
        other.answer(BriefRequest(text=TEXT))
    other.close()


def test_without_httpx_the_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "httpx", None)
    with pytest.raises(ModelUnavailable, match="needs the package httpx") as caught:
        OverHttp("http://127.0.0.1:1")
    assert caught.value.remedy == "python -m pip install httpx"
