"""A client of Brève in one file, with Python's standard library alone.

    python client.py article.txt                          # French and English
    python client.py --url http://127.0.0.1:8000 --languages fr,de --length short article.txt

or in a program:

    briefs = Client("http://127.0.0.1:8000").brief(text, languages=["fr", "en"])["briefs"]
"""

from __future__ import annotations

import argparse
import json
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from typing import Any, NotRequired, TypedDict, cast

#: What a later attempt may mend: too many requests, and a server that is starting or busy.
AGAIN = frozenset({429, 503})
#: The longest that one wait may last, in seconds, whatever the server says.
LONGEST_WAIT = 60.0


class Brief(TypedDict):
    """One language's brief; docs/ of Brève describe the rest of it."""

    language: str
    text: str
    origin: str
    experimental: bool
    sentences: list[dict[str, Any]]


class Reply(TypedDict):
    """The answer to one article."""

    id: str
    briefs: list[Brief]
    warnings: list[dict[str, str]]
    article: dict[str, Any]
    models: list[dict[str, str]]
    timings: dict[str, float]


class Problem(TypedDict):
    """What went wrong (application/problem+json, RFC 9457); ``code`` is one of a closed list."""

    status: int
    code: str
    title: str
    detail: str
    request_id: NotRequired[str]
    retry_after: NotRequired[int]


class BreveError(Exception):
    """The server refused or failed; ``problem`` says why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(f"{problem['status']} {problem['code']}: {problem['detail']}")
        self.problem = problem


class Client:
    """Asks one server; waits and asks again, ``attempts`` times in all, where that may help."""

    def __init__(
        self,
        url: str,
        key: str | None = None,
        timeout: float = 90.0,
        attempts: int = 5,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._url, self._key, self._timeout = url.rstrip("/"), key, timeout
        self._attempts, self._sleep = attempts, sleep

    def brief(self, text: str, **options: Any) -> Reply:
        """The briefs of one article; ``options`` are fields of the request, such as ``languages`` and ``length``.

        Raises ``BreveError`` for what the server refuses and ``OSError`` where there is no server.
        """
        body = json.dumps({"text": text, **options}).encode()
        for attempt in range(1, self._attempts + 1):
            try:
                return cast(Reply, self._post("/v1/briefs", body))
            except BreveError as error:
                if error.problem["status"] not in AGAIN or attempt == self._attempts:
                    raise
                self._sleep(min(error.problem.get("retry_after", 2**attempt), LONGEST_WAIT))
        raise ValueError("attempts must be at least 1")

    def _post(self, path: str, body: bytes) -> Any:
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if self._key is not None:
            headers["Authorization"] = f"Bearer {self._key}"
        request = urllib.request.Request(self._url + path, body, headers)
        try:
            with urllib.request.urlopen(request, timeout=self._timeout) as reply:
                return json.load(reply)
        except urllib.error.HTTPError as error:
            with error:
                raise BreveError(_problem(error)) from None


def _problem(error: urllib.error.HTTPError) -> Problem:
    """The problem in the body; one made of the status line where something else answered, such as a proxy."""
    problem: Problem = {"status": error.code, "code": "http", "title": str(error.reason), "detail": str(error.reason)}
    if error.headers.get_content_type() == "application/problem+json":
        problem.update(json.load(error))
    retry_after = error.headers.get("Retry-After", "")
    if retry_after.isdecimal():
        problem["retry_after"] = int(retry_after)
    return problem


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the briefs of a file; 1 when the server refuses."""
    parser = argparse.ArgumentParser(description="Briefs of a French article from a server of Brève.")
    parser.add_argument("article", help="a text file, or - for standard input")
    parser.add_argument("--url", default="http://127.0.0.1:8000")
    parser.add_argument("--key", help="the API key, where the server asks for one")
    parser.add_argument("--languages", default="fr,en")
    parser.add_argument("--length", default="medium", choices=("short", "medium", "long"))
    given = parser.parse_args(arguments)
    with open(0 if given.article == "-" else given.article, encoding="utf-8") as file:
        text = file.read()
    try:
        reply = Client(given.url, given.key).brief(text, languages=given.languages.split(","), length=given.length)
    except BreveError as error:
        print(f"{error} (request {error.problem.get('request_id', 'unknown')})", file=sys.stderr)
        return 1
    for brief in reply["briefs"]:
        print(f"[{brief['language']}] {brief['text']}")
    for warning in reply["warnings"]:
        print(f"warning: {warning['message']}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
