"""What commands need of the concrete product, behind one function that tests replace: ``product``.

Everything heavy is imported inside it, so that ``breve --help`` stays quick.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

from pydantic import ValidationError

from models.errors import BreveError
from service.cache.protocol import Cache
from service.cli.terminal import phases
from service.errors import Misconfigured
from service.pipeline.brief import Briefer, Briefing
from service.settings import Settings


class CommandRuntime(Protocol):
    """The part of a loaded product that commands use."""

    @property
    def briefer(self) -> Briefer:
        """The pipeline."""
        ...

    def translate_lines(self, lines: Sequence[str], target: str) -> list[str]:
        """Translations of lines of French text, exactly one for each; a blank line stays blank.

        Raises ``UnknownLanguage`` and ``ModelError`` children.
        """
        ...

    def close(self) -> None:
        """Finish accepted work, stop threads and close files."""
        ...


@dataclass(frozen=True)
class Product:
    """The concrete product as functions."""

    build: Callable[[Settings, Callable[[str], None]], CommandRuntime]
    #: Prepares the weights; tells the callback each step ("writing the vocabulary") and the share done, 0..1.
    prepare: Callable[[Settings, Callable[[str, float], None], bool], None]
    #: Raises ``ModelUnavailable``, with its remedy, when the weights are not prepared; loads nothing.
    check_weights: Callable[[Settings], None]
    serve: Callable[[Settings], None]
    open_cache: Callable[[Settings], Cache]
    #: The HTTP reply's bytes for a briefing.
    render: Callable[[Briefing], bytes]
    #: The strict check of one article: tells of a brief whether all that it states is there.
    strict_check: Callable[[str], Callable[[str], bool]]
    #: The code of the closed list that an error has in a reply.
    error_code: Callable[[BreveError], str]


def product() -> Product:
    """The real product. Tests put another function in its place."""
    from service.cli.product import real_product

    return real_product()


def load_settings(**overrides: object) -> Settings:
    """The settings of the environment, with the command's own options over them (``None`` is no option).

    Raises ``Misconfigured`` naming the variable and what is wrong with it.
    """
    given = {name: value for name, value in overrides.items() if value is not None}
    try:
        return Settings.model_validate({**Settings().model_dump(exclude_unset=True), **given}) if given else Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = "_".join(str(part) for part in first["loc"]).upper()
        raise Misconfigured(f"BREVE_{name}: {first['msg']}") from error


@contextmanager
def opened(settings: Settings) -> Iterator[CommandRuntime]:
    """The loaded product; closed when the block ends, however it ends."""
    with phases() as phase:
        runtime = product().build(settings, phase)
    try:
        yield runtime
    finally:
        runtime.close()


def stopwatch() -> Callable[[], float]:
    """A function that gives the seconds since now."""
    start = time.monotonic()
    return lambda: time.monotonic() - start
