from __future__ import annotations

import random
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from cache_fakes import HandClock, key
from structlog.testing import capture_logs

from service.cache import sqlite_entries
from service.cache.memory import OVERHEAD, MemoryCache
from service.cache.protocol import MISS, Missing
from service.cache.sqlite import SQLiteCache, open_cache

Make = Callable[..., SQLiteCache]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "cache.sqlite"


@pytest.fixture
def make(path: Path) -> Iterator[Make]:
    opened: list[SQLiteCache] = []

    def make(**options: object) -> SQLiteCache:
        opened.append(SQLiteCache(path, **{"max_bytes": 10**7, **options}))  # type: ignore[arg-type]
        return opened[-1]

    yield make
    for cache in opened:
        cache.close()


def fill(cache: SQLiteCache, number: int = 200) -> None:
    for name in range(number):
        assert cache.put(key(str(name)), b'"' + str(name).encode() * 50 + b'"')


def aside(path: Path) -> list[str]:
    return sorted(
        one.name.split(".")[2].split("-")[0]
        for one in path.parent.glob(f"{path.name}.*-*")
        if not one.name.endswith(("-wal", "-shm"))
    )


def test_entries_are_there_after_reopening(make: Make) -> None:
    first = make()
    fill(first, 3)
    first.close()
    assert make().get(key("2")) == b'"' + b"2" * 50 + b'"'


def test_the_order_of_use_survives_reopening(make: Make) -> None:
    first = make(max_bytes=3 * (OVERHEAD + 1))
    for name in "abc":
        first.put(key(name), b"1")
    first.get(key("a"))
    first.close()
    second = make(max_bytes=3 * (OVERHEAD + 1))
    second.put(key("d"), b"1")
    assert [second.get(key(name)) is MISS for name in "abcd"] == [False, True, False, False]


def test_two_caches_on_one_file_see_each_other(make: Make) -> None:
    one, other = make(), make()
    before = other.deletions
    one.put(key("a"), b"1")
    assert other.get(key("a")) == b"1"
    assert other.deletions == before
    one.delete(key("a").digest)
    assert other.get(key("a")) is MISS
    assert other.deletions != before


def test_a_smaller_cap_takes_effect_at_the_next_prune(make: Make) -> None:
    fill(make(), 20)
    cache = make(max_bytes=5 * (OVERHEAD + 200))
    assert cache.prune() > 0
    assert cache.stats().bytes <= cache.stats().max_bytes


def test_prune_dates_entries_from_the_future_from_now(make: Make) -> None:
    clock = HandClock()
    cache = make(ttl=10, clock=clock)
    cache.put(key("a"), b"1")
    clock.now -= 10_000
    cache.prune()
    clock.now += 10
    assert cache.get(key("a")) is MISS


def test_a_deleted_text_is_not_left_in_the_file_or_its_log(make: Make, path: Path) -> None:
    cache = make()
    cache.put(key("a"), b'"le secret de l\'article"')
    cache.delete(key("a").digest)
    left = b"".join(one.read_bytes() for one in path.parent.iterdir())
    assert b"le secret" not in left


@pytest.mark.parametrize("content", [b"ceci n'est pas une base", b"SQLite format 3\x00" + b"\xff" * 4096])
def test_a_file_that_is_no_database_is_set_aside(make: Make, path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with capture_logs() as logs:
        cache = make()
    assert [(log["event"], log["log_level"]) for log in logs] == [("cache_set_aside", "warning")]
    assert cache.put(key("a"), b"1")
    assert cache.counts().set_aside == 1
    assert aside(path) == ["damaged"]


def test_an_empty_file_becomes_a_cache(make: Make, path: Path) -> None:
    path.write_bytes(b"")
    assert make().put(key("a"), b"1")
    assert aside(path) == []


@pytest.mark.parametrize(("pragma", "reason"), [("user_version = 0", "outdated"), ("application_id = 1", "foreign")])
def test_a_file_of_another_version_or_program_is_set_aside(make: Make, path: Path, pragma: str, reason: str) -> None:
    fill(old := make(), 3)
    old.close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA {pragma}")
    cache = make()
    assert cache.get(key("1")) is MISS
    assert cache.put(key("1"), b"1")
    assert aside(path) == [reason]


def test_only_the_newest_damaged_file_is_kept_and_clear_removes_it(make: Make, path: Path) -> None:
    for _ in range(3):
        path.write_bytes(b"x" * 5000)
        make().close()
    assert aside(path) == ["damaged"]
    make().clear()
    assert aside(path) == []


@pytest.mark.parametrize("seed", range(25))
def test_damage_at_random_bytes_never_gives_a_wrong_value_nor_an_error(make: Make, path: Path, seed: int) -> None:
    fill(cache := make())
    cache.close()
    rng = random.Random(seed)
    content = bytearray(path.read_bytes())
    for _ in range(2 ** (seed % 12)):
        content[rng.randrange(len(content))] = rng.randrange(256)
    path.write_bytes(content)
    cache = make()
    for name in range(200):
        assert cache.get(key(str(name))) in (MISS, b'"' + str(name).encode() * 50 + b'"')
        assert cache.put(key(f"new {name}"), b"1")
    cache.stats()
    cache.check()
    cache.prune(model="petit")
    cache.clear()
    assert cache.put(key("a"), b"1")
    assert cache.get(key("a")) == b"1"


def test_damage_that_shows_at_a_later_read_starts_a_fresh_file(make: Make, path: Path) -> None:
    cache, value = make(), b'"' + b"texte " * 100 + b'"'
    cache.put(key("a"), value)
    cache.prune()  # empties the log into the file
    with path.open("r+b") as file:
        place = path.read_bytes().index(b"texte texte")
        file.seek(place)
        file.write(b"TEXTE")
    other = make()
    with capture_logs() as logs:
        assert other.get(key("a")) is MISS
    assert [log["event"] for log in logs] == ["cache_set_aside"]
    assert other.put(key("b"), b"1")
    assert aside(path) == ["damaged"]
    # The one that had the old file open notices, and goes on in the new one.
    assert cache.put(key("c"), b"1")
    assert cache.get(key("b")) == b"1"


def test_a_file_removed_under_a_running_cache_is_made_anew(make: Make, path: Path) -> None:
    fill(cache := make(), 3)
    for one in path.parent.glob("cache.sqlite*"):
        one.unlink()
    assert cache.put(key("a"), b"1")
    assert cache.get(key("a")) == b"1"
    assert path.exists()


def test_a_locked_file_drops_writes_and_still_answers_reads(make: Make, path: Path) -> None:
    cache = make(busy_seconds=0.01)
    cache.put(key("a"), b"1")
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert not cache.put(key("b"), b"1")
        assert not cache.healthy
        assert cache.get(key("a")) == b"1"
        other.execute("ROLLBACK")
    assert cache.counts().dropped_writes == 1
    assert cache.put(key("b"), b"1")
    assert cache.healthy
    assert cache.counts().set_aside == 0


def test_a_deletion_on_a_locked_file_hides_the_entry_and_is_made_good(make: Make, path: Path) -> None:
    cache = make(busy_seconds=0.01)
    cache.put(key("a"), b"1")
    before = cache.deletions
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert cache.delete(key("a").digest)
        assert cache.get(key("a")) is MISS
        assert cache.deletions != before
        other.execute("ROLLBACK")
    cache.close()
    assert make().get(key("a")) is MISS


def test_a_read_that_the_file_refuses_is_a_miss(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = make(busy_seconds=0.01)
    cache.put(key("a"), b"1")

    def locked(*_: object) -> None:
        error = sqlite3.OperationalError("database is locked")
        error.sqlite_errorcode = sqlite3.SQLITE_BUSY
        raise error

    with monkeypatch.context() as patched:
        patched.setattr(sqlite_entries, "select", locked)
        assert cache.get(key("a")) is MISS
    assert cache.counts().failed_reads == 1
    assert cache.get(key("a")) == b"1"


@pytest.mark.parametrize("obstacle", ["a file as its folder", "a folder in its place"])
def test_where_no_file_can_be_made_the_cache_is_in_memory_and_says_so(tmp_path: Path, obstacle: str) -> None:
    (tmp_path / "file").write_text("x")
    (tmp_path / "folder").mkdir()
    place = tmp_path / ("file/cache.sqlite" if obstacle == "a file as its folder" else "folder")
    with capture_logs() as logs:
        cache = open_cache(place, max_bytes=10**6, ttl=0)
    assert [(log["event"], log["log_level"]) for log in logs] == [("cache_in_memory", "warning")]
    assert cache.put(key("a"), b"1")
    assert cache.get(key("a")) == b"1"
    assert (cache.stats().store, cache.healthy) == ("memory", False)
    assert str(place) in cache.stats().note


def test_a_cap_of_zero_turns_the_cache_off(path: Path) -> None:
    cache = open_cache(path, max_bytes=0, ttl=0)
    assert isinstance(cache, MemoryCache)
    assert cache.healthy
    assert not cache.put(key("a"), b"1")
    assert not path.exists()


FULL_DISK = """
import resource, sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from cache_fakes import key
from service.cache.sqlite import open_cache
limit = int(sys.argv[3])
if limit == 0:
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
cache = open_cache(Path(sys.argv[1]), max_bytes=10**9, ttl=0)
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
value = b'"' + bytes(range(35, 90)) * 60 + b'"'
stored = [n for n in range(300) if cache.put(key(str(n)), value)]
kept = [n for n in stored if cache.get(key(str(n))) == value]
figures = cache.stats().store, len(stored), len(kept), cache.counts().dropped_writes, cache.counts().set_aside
cache.close()
print(*figures)
"""


def run_script(script: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    here = str(Path(__file__).parent)
    command = [sys.executable, "-c", script, str(arguments[0]), here, *map(str, arguments[1:])]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


def test_a_full_disk_drops_writes_and_keeps_what_was_stored(make: Make, path: Path) -> None:
    done = run_script(FULL_DISK, path, 500_000)
    assert done.returncode == 0, done.stderr
    store, stored, kept, dropped, set_aside = done.stdout.splitlines()[-1].split()
    assert store == "sqlite"
    assert 0 < int(stored) < 300
    assert (int(kept), int(dropped), set_aside) == (int(stored), 300 - int(stored), "0")
    assert make().check().sound


def test_a_disk_that_is_full_at_the_start_leaves_the_cache_in_memory(path: Path) -> None:
    done = run_script(FULL_DISK, path, 0)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1].split() == ["memory", "300", "300", "0", "0"]


WRITER = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from cache_fakes import key
from service.cache.sqlite import SQLiteCache
cache = SQLiteCache(Path(sys.argv[1]), max_bytes=10**9)
number = 0
while True:
    number += 1
    assert cache.put(key(f"{sys.argv[3]} {number}"), b'"' + str(number).encode() * 700 + b'"')
    print(number, flush=True)
"""


@pytest.mark.parametrize("after", [1, 40, 150])
def test_kill_in_the_middle_of_writing_loses_nothing_committed(make: Make, path: Path, after: int) -> None:
    here = str(Path(__file__).parent)
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(path), here, name], stdout=subprocess.PIPE, text=True)
        for name in ("a", "b")
    ]
    committed = {}
    try:
        for writer in writers:
            assert writer.stdout is not None
            for _ in range(after):
                writer.stdout.readline()
    finally:
        for name, writer in zip("ab", writers, strict=True):
            writer.send_signal(signal.SIGKILL)
            assert writer.stdout is not None
            rest = [line for line in writer.stdout.read().splitlines() if line]
            committed[name] = int(rest[-1]) if rest else after
            writer.stdout.close()
            writer.wait()
    cache = make()
    for name, last in committed.items():
        assert last >= after
        for number in range(1, last):  # the last line may itself have been cut
            value = cache.get(key(f"{name} {number}"))
            assert not isinstance(value, Missing)
            assert value == b'"' + str(number).encode() * 700 + b'"'
    assert cache.check().sound
    assert cache.counts().set_aside == 0


def test_many_threads_meet_damage_at_once_and_all_go_on(make: Make, path: Path) -> None:
    fill(cache := make())
    cache.close()
    content = bytearray(path.read_bytes())
    content[4096:] = b"\xaa" * (len(content) - 4096)
    path.write_bytes(content)
    cache = make()
    failures: list[BaseException] = []

    def work(offset: int) -> None:
        try:
            for number in range(30):
                cache.get(key(str(number + offset)))
                assert cache.put(key(f"{offset} {number}"), b"1")
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(offset,)) for offset in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert cache.counts().set_aside == 1
    assert cache.stats().entries == 180
