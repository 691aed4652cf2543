"""The articles of the load tests: the sample ones, and as many new ones made of them as are wanted."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from pathlib import Path

from load_client import Address, Connection, post

from service.pipeline.sentences import split_sentences
from service.seeds import load_seeds

ROOT = Path(__file__).resolve().parents[2]
_END = re.compile(r"([.!?…][\s»”\"’)]*)$")


class Articles:
    """Requests by kind; every cold one is another article than all before."""

    def __init__(self) -> None:
        self._texts = [seed.text for seed in load_seeds(ROOT / "seeds")]
        self._hot = itertools.cycle([post(text) for text in self._texts])
        self._sentences = [[sentence.text for sentence in split_sentences(text)] for text in self._texts]
        self._number = itertools.count(1)
        self._turn = itertools.count()

    def next_of(self, kind: str) -> Callable[[], bytes]:
        """A function that gives one request after another."""
        return {"cold": self.cold, "hot": self.hot, "mixed": self.mixed}[kind]

    def hot(self) -> bytes:
        """One of the sample articles."""
        return next(self._hot)

    def cold(self) -> bytes:
        """A sample article that nobody has sent yet."""
        return post(self._new())

    def job(self) -> bytes:
        """As ``cold``, for a client that fetches the answer later."""
        return post(self._new(), "Prefer: respond-async")

    def mixed(self) -> bytes:
        """Four hot ones, then a cold one."""
        return self.cold() if next(self._turn) % 5 == 4 else self.hot()

    def _new(self) -> str:
        """A sample article that names a place of its own in each of its sentences."""
        number = next(self._number)
        town = "Ker" + "".join(chr(ord("a") + int(digit)) for digit in f"{number:04d}")
        sentences = self._sentences[number % len(self._sentences)]
        return " ".join(_END.sub(rf" à {town}\1", sentence, count=1) for sentence in sentences)

    async def store(self, address: Address) -> None:
        """Send each sample article once."""
        connection = await Connection.open(address)
        for _ in self._texts:
            await connection.ask(self.hot())
        connection.close()
