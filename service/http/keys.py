"""Keys of callers: made here, stored as hashes only, compared in constant time, each with its rate.

A key is 32 random bytes, so its SHA-256 is as hard to invert as the key is to guess; a slow hash,
made for passwords that people choose, would only slow every request down.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import math
import os
import secrets
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import orjson
from filelock import FileLock
from limits import RateLimitItem, parse

from service.cache.redis_link import RedisLink
from service.errors import Misconfigured, RateLimited, Unauthorised
from service.http.rates import Rates
from service.settings import Settings

_PREFIX = "breve_"

#: Seconds after which a changed file of keys is noticed.
_FRESH = 1.0


@dataclass(frozen=True)
class Key:
    """A caller's key as it is stored; ``rate`` is characters as number/period, "" for BREVE_RATE_LIMIT."""

    name: str
    hash: str
    rate: str = ""


def load_keys(path: Path) -> tuple[Key, ...]:
    """The keys of a file, none if there is no file. Raises ``Misconfigured`` if it cannot be read."""
    if not path.exists():
        return ()
    try:
        return tuple(Key(**entry) for entry in orjson.loads(path.read_bytes())["keys"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Misconfigured(f"BREVE_KEYS_PATH: {path} is not a file of keys") from error


def add_key(path: Path, name: str, rate: str = "") -> str:
    """Make a key, store its hash under ``name`` and give the key: it is never shown again.

    Raises ``Misconfigured`` if the name is taken or the rate cannot be read.
    """
    if rate:
        read_rate(rate)
    key = _PREFIX + secrets.token_urlsafe(32)
    with _locked(path):
        keys = load_keys(path)
        if any(one.name == name for one in keys):
            raise Misconfigured(f"a key with the name {name!r} exists already; remove it first")
        _store(path, (*keys, Key(name, _hash(key), rate)))
    return key


def remove_key(path: Path, name: str) -> bool:
    """Forget the key with this name; whether there was one."""
    with _locked(path):
        keys = load_keys(path)
        left = tuple(one for one in keys if one.name != name)
        if len(left) < len(keys):
            _store(path, left)
    return len(left) < len(keys)


def read_rate(text: str) -> RateLimitItem:
    """A rate such as "600000/hour". Raises ``Misconfigured``."""
    try:
        return parse(text)
    except ValueError as error:
        raise Misconfigured(f"BREVE_RATE_LIMIT: {text!r} is not number/period, such as 600000/hour") from error


def refuse_exposure(settings: Settings) -> None:
    """Raise ``Misconfigured`` if a public address would be served without keys and nobody said so."""
    if settings.open or is_loopback(settings.host) or load_keys(settings.keys_file):
        return
    raise Misconfigured(
        f"BREVE_HOST: {settings.host} is public and there are no keys; make one with `breve keys add NAME`, "
        "or set BREVE_OPEN=true to serve everybody"
    )


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches an address; a name other than localhost counts as public."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class Door:
    """Lets callers in and counts what they use.

    Keys are needed where the file has any, unless BREVE_OPEN is set; then a given key still has
    to be a known one. Replicas that share a Redis (``link``) count a key's rate together.
    """

    def __init__(
        self, settings: Settings, clock: Callable[[], float] = time.monotonic, link: RedisLink | None = None
    ) -> None:
        self._path, self._open, self._clock = settings.keys_file, settings.open, clock
        self._default = read_rate(settings.rate_limit)
        self._rates = Rates(link, clock)
        self._keys: tuple[Key, ...] = load_keys(self._path)
        self._stamp = _stamp(self._path)
        self._looked = clock()

    def enter(self, authorization: str | None) -> Key | None:
        """The caller's key, ``None`` where none is needed or given. Raises ``Unauthorised``."""
        self._refresh()
        if authorization is None:
            if self._keys and not self._open:
                raise Unauthorised("a key is needed, as Authorization: Bearer KEY")
            return None
        scheme, _, token = authorization.partition(" ")
        found = self._find(token.strip()) if scheme.lower() == "bearer" else None
        if found is None and self._keys:
            raise Unauthorised("this key is not known here")
        return found

    def charge(self, key: Key | None, characters: int) -> None:
        """Count characters against a key's rate. Raises ``RateLimited`` with when to come back."""
        if key is None or characters <= 0:
            return
        rate = read_rate(key.rate) if key.rate else self._default
        wait = self._rates.take(rate, key.name, characters)
        if wait is None:
            return
        raise RateLimited(
            f"the key {key.name!r} may send {rate.amount} characters per {_period(rate)}", max(1, math.ceil(wait))
        )

    def _find(self, token: str) -> Key | None:
        """Compares with every key, whichever fits, so that time tells nothing."""
        hashed, found = _hash(token), None
        for key in self._keys:
            if hmac.compare_digest(key.hash, hashed):
                found = key
        return found

    def _refresh(self) -> None:
        """Read the file again if it changed; asked for at most once a second."""
        now = self._clock()
        if now - self._looked < _FRESH:
            return
        self._looked = now
        stamp = _stamp(self._path)
        if stamp != self._stamp:
            self._keys, self._stamp = load_keys(self._path), stamp


def _period(rate: RateLimitItem) -> str:
    return f"{rate.multiples} {rate.GRANULARITY.name}s" if rate.multiples > 1 else rate.GRANULARITY.name


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode(errors="surrogatepass")).hexdigest()


def _stamp(path: Path) -> Any:
    """What changes when the file does."""
    try:
        found = path.stat()
    except OSError:
        return None
    return (found.st_mtime_ns, found.st_size, found.st_ino)


def _locked(path: Path) -> FileLock:
    path.parent.mkdir(parents=True, exist_ok=True)
    return FileLock(path.with_name(path.name + ".lock"))


def _store(path: Path, keys: tuple[Key, ...]) -> None:
    """Write a new file beside the old one and put it in its place; only the owner may read it."""
    content = orjson.dumps({"keys": [asdict(key) for key in keys]}, option=orjson.OPT_INDENT_2)
    beside = path.with_name(path.name + ".new")
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    beside.replace(path)
