"""The statements on the cache's tables, each a function of a connection.

They raise ``sqlite3.Error``, and ``DamagedValue`` for a row of another shape than was written.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Collection, Sequence
from typing import Final

from service.cache.key import CacheKey
from service.cache.memory import OVERHEAD, is_json
from service.cache.protocol import CheckReport
from service.cache.stored_value import DamagedValue, StoredValue, unpack, verify

#: Entries removed in one transaction, so that other processes wait for milliseconds only.
CHUNK: Final = 500


def select(connection: sqlite3.Connection, digest: str) -> tuple[float, StoredValue] | None:
    """When the entry was written and its verified value, or ``None``."""
    rows = connection.execute("SELECT created, codec, checksum, value FROM entries WHERE key = ?", (digest,)).fetchall()
    if not rows:
        return None
    created, codec, checksum, payload = rows[0]
    if not (isinstance(created, float) and isinstance(payload, bytes)):
        raise DamagedValue(digest)
    stored = StoredValue(_whole(codec), _whole(checksum), payload)
    verify(digest, stored)
    return created, stored


def insert(connection: sqlite3.Connection, key: CacheKey, stored: StoredValue, created: float) -> None:
    """Add an entry as the most recently used one; there must be none under this key."""
    connection.execute(
        "INSERT INTO entries (key, step, models, created, used, codec, checksum, size, value)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            key.digest,
            key.step,
            json.dumps(key.models),
            float(created),
            _next_uses(connection, 1),
            stored.codec,
            stored.checksum,
            size_of(stored),
            stored.payload,
        ),
    )


def size_of(stored: StoredValue) -> int:
    """What an entry counts against the size cap, in bytes."""
    return len(stored.payload) + OVERHEAD


def remove(connection: sqlite3.Connection, digests: Collection[str]) -> int:
    """Delete these entries; how many there were."""
    removed = 0
    for digest in digests:
        removed += connection.execute("DELETE FROM entries WHERE key = ?", (digest,)).rowcount
    return removed


def touch(connection: sqlite3.Connection, digests: Sequence[str]) -> None:
    """Note that these were used, the last one last."""
    if digests:
        last = _next_uses(connection, len(digests))
        numbers = range(last - len(digests) + 1, last + 1)
        connection.executemany("UPDATE entries SET used = ? WHERE key = ?", list(zip(numbers, digests, strict=True)))


def expire(connection: sqlite3.Connection, before: float, limit: int = CHUNK) -> int:
    """Delete up to ``limit`` entries that were written at or before this time."""
    return connection.execute(
        "DELETE FROM entries WHERE id IN (SELECT id FROM entries WHERE created <= ? ORDER BY created LIMIT ?)",
        (before, limit),
    ).rowcount


def bring_back(connection: sqlite3.Connection, now: float) -> int:
    """Date entries from the future, written before the clock was set back, from now."""
    return connection.execute("UPDATE entries SET created = ? WHERE created > ?", (float(now), float(now))).rowcount


def remove_tagged(connection: sqlite3.Connection, step: str | None, model: str | None) -> int:
    """Delete up to ``CHUNK`` entries of this step and model id; ``None`` stands for any."""
    return connection.execute(
        "DELETE FROM entries WHERE id IN (SELECT id FROM entries WHERE (?1 IS NULL OR step = ?1) AND"
        " (?2 IS NULL OR EXISTS (SELECT 1 FROM json_each(models) AS tag WHERE tag.value = ?2)) LIMIT ?3)",
        (step, model, CHUNK),
    ).rowcount


def evict(connection: sqlite3.Connection, max_bytes: int) -> int:
    """Delete the least recently used entries until the cap holds; how many went."""
    removed = 0
    excess = sum(size for _, size in totals(connection).values()) - max_bytes
    while excess > 0:
        oldest = connection.execute("SELECT id, size FROM entries ORDER BY used LIMIT ?", (CHUNK,)).fetchall()
        if not oldest:
            raise DamagedValue("the totals count entries that are not there")
        for number, size in oldest:
            connection.execute("DELETE FROM entries WHERE id = ?", (number,))
            removed += 1
            excess -= _whole(size)
            if excess <= 0:
                break
    return removed


def totals(connection: sqlite3.Connection) -> dict[str, tuple[int, int]]:
    """Entries and bytes by step."""
    rows = connection.execute("SELECT step, entries, bytes FROM totals WHERE entries > 0").fetchall()
    return {str(step): (_whole(entries), _whole(size)) for step, entries, size in rows}


def models(connection: sqlite3.Connection) -> dict[str, int]:
    """Entries by model id; reads the whole table."""
    counts: Counter[str] = Counter()
    for tags, number in connection.execute("SELECT models, count(*) FROM entries GROUP BY models").fetchall():
        try:
            counts.update(dict.fromkeys(json.loads(tags), _whole(number)))
        except (TypeError, ValueError) as error:
            raise DamagedValue(str(tags)) from error
    return dict(counts)


def deletions(connection: sqlite3.Connection) -> int:
    """How often entries were deleted on request, counted from a random start."""
    rows = connection.execute("SELECT value FROM counters WHERE name = 'deletions'").fetchall()
    if not rows:
        raise DamagedValue("deletions")
    return _whole(rows[0][0])


def count_deletion(connection: sqlite3.Connection) -> None:
    """Tell every process that entries were deleted."""
    connection.execute("UPDATE counters SET value = value + 1 WHERE name = 'deletions'")


def examine(connection: sqlite3.Connection) -> CheckReport:
    """SQLite's own integrity check, every checksum, every value as JSON, and the totals."""
    findings = [str(row[0]) for row in connection.execute("PRAGMA integrity_check") if row[0] != "ok"]
    seen: Counter[str] = Counter()
    sizes: Counter[str] = Counter()
    number = 0
    for digest, step, size, codec, checksum, payload in connection.execute(
        "SELECT key, step, size, codec, checksum, value FROM entries"
    ):
        number += 1
        seen[step] += 1
        sizes[step] += size
        stored = StoredValue(codec, checksum, bytes(payload))
        try:
            verify(digest, stored)
        except DamagedValue:
            findings.append(f"entry {digest} does not match its checksum")
            continue
        if size != size_of(stored):
            findings.append(f"entry {digest} has another size than is noted")
        if not is_json(unpack(stored)):
            findings.append(f"entry {digest} is not JSON")
    if totals(connection) != {step: (seen[step], sizes[step]) for step in seen}:
        findings.append("the totals do not equal the sum of the entries")
    return CheckReport(number, tuple(findings))


def _next_uses(connection: sqlite3.Connection, number: int) -> int:
    """Reserve this many running numbers; the last of them."""
    connection.execute("UPDATE counters SET value = value + ? WHERE name = 'uses'", (number,))
    rows = connection.execute("SELECT value FROM counters WHERE name = 'uses'").fetchall()
    if not rows:
        raise DamagedValue("uses")
    return _whole(rows[0][0])


def _whole(value: object) -> int:
    if not isinstance(value, int):
        raise DamagedValue(repr(value))
    return value
