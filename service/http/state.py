"""What the routes share: one object for each application, made by ``service/app.py``."""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import cast

from starlette.requests import Request

from service.errors import DeadlineExceeded, InvalidRequest
from service.http.computations import Answer, Asked, Computations
from service.http.disconnection import unless_gone
from service.http.jobs import Jobs
from service.http.json_body import parse
from service.http.keys import Door, Key
from service.http.readiness import Readiness
from service.http.schemas import read_brief
from service.pipeline.brief import BriefRequest, CacheUse, RunNotes
from service.queue.admission import Admission
from service.runtime import Runtime
from service.settings import Settings

#: Texts longer than this, and all HTML, are cleaned on a thread: the event loop must stay free.
QUICK_CHARACTERS = 20_000

#: How many bodies' ids are remembered; an entry has some 200 bytes.
REMEMBERED = 8192

_NUMBER = re.compile(r"\d+(\.\d+)?([eE][+-]?\d+)?", re.ASCII)


@dataclass
class Service:
    """The application's parts, and the way from a body to an answer."""

    settings: Settings
    readiness: Readiness
    admission: Admission
    computations: Computations
    door: Door
    jobs: Jobs
    #: Seconds between two comments of a stream, which keep proxies from closing a silent connection.
    ping_seconds: float = 15.0
    _ids: OrderedDict[bytes, tuple[str, CacheUse, int]] = field(default_factory=OrderedDict)

    def recall(self, runtime: Runtime, body: bytes, key: Key | None, seconds: float) -> Answer | None:
        """The stored answer to a body that was seen before, byte for byte: no parsing, no thread.

        Raises ``RateLimited``, and ``Overloaded`` if there is none, nobody writes it, and no place is free
        or it could not be written in its ``seconds``.
        """
        known = self._ids.get(hashlib.sha256(body).digest())
        if known is None:
            return None
        id, cache, characters = known
        found = runtime.get_reply(id)
        if found is None:
            self.computations.check_room(id, cache, seconds)
            return None
        self.door.charge(key, characters)
        return Answer(id, found, "hit", RunNotes())

    async def read(
        self, request: Request, runtime: Runtime, body: bytes, key: Key | None, seconds: float, patience: float
    ) -> tuple[Asked, Answer | None]:
        """The request that a body holds, with its id, which is remembered, and the stored answer.

        A body has to be read even when every place is taken: only its id tells whether the answer is
        stored, or is being written for somebody else. It is read within ``seconds``; its brief may take
        ``patience``.
        Raises ``InvalidRequest``, ``RateLimited``, ``Overloaded``, ``Cancelled`` and ``DeadlineExceeded``.
        """
        wanted = read_brief(parse(body, self.settings.max_json_depth))
        if _is_quick(wanted):
            asked = Asked(wanted, runtime.briefer.identify(wanted))
        else:
            asked = await unless_gone(request, self.identify(runtime, wanted, seconds))
        characters = characters_of(wanted)
        if wanted.cache != "bypass":
            self._ids[hashlib.sha256(body).digest()] = (asked.id, wanted.cache, characters)
            if len(self._ids) > REMEMBERED:
                self._ids.popitem(last=False)
        return asked, self.let_in(runtime, asked, key, patience)

    def let_in(self, runtime: Runtime, asked: Asked, key: Key | None, seconds: float) -> Answer | None:
        """The stored answer, if there is one, for a request that is charged to its key now.

        What is refused for want of a place is not charged. Raises ``RateLimited`` and ``Overloaded``.
        """
        answer = self.stored(runtime, asked)
        if answer is None:
            self.computations.check_room(asked.id, asked.request.cache, seconds)
        self.door.charge(key, characters_of(asked.request))
        return answer

    def stored(self, runtime: Runtime, asked: Asked) -> Answer | None:
        """The stored answer, where the request wants one."""
        found = None if asked.request.cache == "bypass" else runtime.get_reply(asked.id)
        return None if found is None else Answer(asked.id, found, "hit", RunNotes())

    async def identify(self, runtime: Runtime, request: BriefRequest, seconds: float) -> Asked:
        """The request with its id; what takes long is done on a thread and needs a place.

        Raises ``Overloaded`` and ``DeadlineExceeded``.
        """
        if _is_quick(request):
            return Asked(request, runtime.briefer.identify(request))
        try:
            async with asyncio.timeout(seconds):
                with self.admission.place(measured=False):
                    return Asked(request, await asyncio.to_thread(runtime.briefer.identify, request))
        except TimeoutError:
            raise DeadlineExceeded(f"the article was not read within {seconds:g} seconds") from None


def _is_quick(request: BriefRequest) -> bool:
    """Whether identifying a request holds nobody up."""
    return request.text is not None and len(request.text) <= QUICK_CHARACTERS


def characters_of(request: BriefRequest) -> int:
    """What a request counts against its key's rate."""
    return len(request.text or request.html or "")


def service_of(request: Request) -> Service:
    """The application's ``Service``."""
    return cast(Service, request.app.state.service)


def seconds_for(request: Request, service: Service) -> float:
    """The time that this request may take: ``X-Request-Timeout`` in seconds, at most BREVE_TIMEOUT.

    Raises ``InvalidRequest`` if the header is not a positive number.
    """
    given = request.headers.get("x-request-timeout")
    if given is None:
        return service.settings.timeout
    if not _NUMBER.fullmatch(given) or float(given) <= 0:
        reason = "a positive number of seconds is needed"
        raise InvalidRequest(f"X-Request-Timeout: {reason}", (("X-Request-Timeout", reason),))
    return min(float(given), service.settings.timeout)
