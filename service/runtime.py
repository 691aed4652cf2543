"""What the server needs of a loaded product: ``service/wiring.py`` builds it, tests make their own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Literal, Protocol, runtime_checkable

from service.pipeline.brief import Briefer
from service.queue.observer import Observer
from service.settings import Settings

#: "ok"; "degraded" serves on with less (a cache that is away); "down" cannot serve (a dead worker).
Health = Literal["ok", "degraded", "down"]


class Runtime(Protocol):
    """Models, pipeline and stored replies of one process.

    ``get_reply`` and ``health`` are called in the server's event loop as well as from threads: they
    must answer within milliseconds, also when a remote cache is away. A cache that fails counts as
    one that is empty.
    """

    @property
    def briefer(self) -> Briefer:
        """The pipeline."""
        ...

    def get_reply(self, id: str) -> bytes | None:
        """The stored reply with this id, as the bytes that were put."""
        ...

    def put_reply(self, id: str, body: bytes, parts: Iterable[str] = ()) -> None:
        """Store a reply; an earlier one with this id is replaced.

        ``parts`` are the digests of the cache entries that it was made from (``RunNotes.entries``).
        """
        ...

    def delete_reply(self, id: str) -> bool:
        """Forget a reply and what was computed for it; whether there was one."""
        ...

    def health(self) -> Mapping[str, Health]:
        """The state of each component, for example ``{"worker": "ok", "cache": "degraded"}``."""
        ...

    def close(self) -> None:
        """Finish accepted work, stop threads and close files."""
        ...


@runtime_checkable
class Watched(Protocol):
    """A runtime whose worker tells an observer what it does, for the figures."""

    def watch(self, observer: Observer) -> None:
        """Tell ``observer`` of everything from now on."""
        ...


#: Loads everything; tells the callback each phase ("loading the summariser") as it begins.
Build = Callable[[Settings, Callable[[str], None]], Runtime]
