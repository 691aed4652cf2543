"""How a value lies in a store: compressed when that pays, with a checksum."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import Final

import zstandard

#: Bytes from which compression pays; most model outputs are shorter.
_COMPRESSED_FROM: Final = 4096
_PLAIN: Final = 0
_ZSTD: Final = 1


class DamagedValue(Exception):
    """The stored bytes are not the ones that were written."""


@dataclass(frozen=True)
class StoredValue:
    """``payload`` as ``codec`` says (0 plain, 1 zstd); ``checksum`` is a CRC-32 over digest, codec and payload."""

    codec: int
    checksum: int
    payload: bytes


def pack(digest: str, value: bytes) -> StoredValue:
    """The form in which a value is stored under the key with this digest."""
    codec, payload = _PLAIN, value
    if len(value) >= _COMPRESSED_FROM:
        codec, payload = _ZSTD, zstandard.compress(value)
    return StoredValue(codec, _checksum(digest, codec, payload), payload)


def verify(digest: str, stored: StoredValue) -> None:
    """Raise ``DamagedValue`` unless payload, codec and key are those that were written together."""
    if _checksum(digest, stored.codec, stored.payload) != stored.checksum:
        raise DamagedValue(digest)


def unpack(stored: StoredValue) -> bytes:
    """The value of a verified form."""
    return zstandard.decompress(stored.payload) if stored.codec == _ZSTD else stored.payload


def _checksum(digest: str, codec: int, payload: bytes) -> int:
    return zlib.crc32(payload, zlib.crc32(f"{digest}{codec}".encode()))
