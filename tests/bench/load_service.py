"""The server of ``load.py`` and ``soak.py``: the product as it is, or a model with a stated time.

    python tests/bench/load_service.py [--core 1] [--fake 0.05]

Everything else comes from the environment (``BREVE_PORT``, ``BREVE_CACHE_PATH`` and so on).
"""

from __future__ import annotations

import argparse
import hashlib
import os
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor

from models.contracts import ModelIdentity
from service.http.server import serve
from service.pipeline.brief import ArticleSummary, Brief, Briefing, BriefRequest, BriefSentence, Progress, RunNotes
from service.queue.ticket import Ticket
from service.runtime import Health
from service.settings import Settings


class StatedBriefer:
    """Takes a stated number of seconds for each article, one after another, and gives its first sentence."""

    languages = ("fr", "en")
    models = (ModelIdentity("stated", "1", "0" * 64, "fake"),)

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._engine = ThreadPoolExecutor(1)

    def identify(self, request: BriefRequest) -> str:
        """A digest of the article."""
        return hashlib.sha256((request.text or "").encode()).hexdigest()

    def run(
        self, request: BriefRequest, ticket: Ticket, notes: RunNotes | None = None, progress: Progress | None = None
    ) -> Briefing:
        """Wait for the engine's turn, then for the stated time."""
        woken = threading.Event()
        work = self._engine.submit(time.sleep, self._seconds)
        work.add_done_callback(lambda _: woken.set())
        try:
            ticket.wait(work.done, woken)
        finally:
            work.cancel()
        text = request.text or ""
        sentence = text[: text.find(".") + 1]
        briefs = tuple(
            Brief(language, sentence, (BriefSentence("s1", sentence, (), ()),), "extracted")
            for language in request.languages
        )
        article = ArticleSummary(text, request.title, "fr", len(text.split()))
        return Briefing(self.identify(request), article, briefs, self.models, {"brief": self._seconds}, ())


class StatedRuntime:
    """The stated briefer with its replies in memory."""

    def __init__(self, seconds: float) -> None:
        self.briefer = StatedBriefer(seconds)
        self._replies: dict[str, bytes] = {}

    def get_reply(self, id: str) -> bytes | None:
        """The stored reply."""
        return self._replies.get(id)

    def put_reply(self, id: str, body: bytes, parts: Iterable[str] = ()) -> None:
        """Store a reply."""
        self._replies[id] = body

    def delete_reply(self, id: str) -> bool:
        """Forget a reply."""
        return self._replies.pop(id, None) is not None

    def health(self) -> Mapping[str, Health]:
        """Always well."""
        return {"worker": "ok", "cache": "ok"}

    def close(self) -> None:
        """Nothing to close."""

    @classmethod
    def built(cls, seconds: float) -> Callable[[Settings, Callable[[str], None]], StatedRuntime]:
        """What the server calls to load it."""
        return lambda settings, phase: cls(seconds)


def main() -> None:
    """Pin this process to its core, if one is named, and serve until SIGTERM."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--core", type=int, default=None)
    parser.add_argument("--fake", type=float, default=None)
    options = parser.parse_args()
    if options.core is not None:
        os.sched_setaffinity(0, {options.core})
    settings = Settings()
    if options.fake is None:
        serve(settings)
    else:
        serve(settings, StatedRuntime.built(options.fake))


if __name__ == "__main__":
    main()
