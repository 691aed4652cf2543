"""The file of jobs: what is kept, for how long, and what happens to a file that cannot be used."""

from __future__ import annotations

import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from service.errors import ServiceError
from service.queue.sqlite_jobs import SQLiteJobs

REQUEST = b'{"text":"Le conseil a vot\xc3\xa9."}'


class Clock:
    """A wall clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def open_store(tmp_path: Path, clock: Clock) -> Iterator[Callable[[], SQLiteJobs]]:
    """A function that opens the same file, as another process would."""
    opened: list[SQLiteJobs] = []

    def start() -> SQLiteJobs:
        opened.append(SQLiteJobs(tmp_path / "folder" / "jobs.sqlite", ttl=60, clock=clock))
        return opened[-1]

    yield start
    for store in opened:
        store.close()


def test_a_job_goes_from_queued_to_succeeded_and_its_request_is_forgotten(open_store: Callable[[], SQLiteJobs]) -> None:
    store = open_store()
    job = store.add(REQUEST, "trace-1234")
    assert store.get(job.id) == job
    assert (job.state, job.request, job.request_id, job.created) == ("queued", REQUEST, "trace-1234", 1_000_000.0)
    store.start(job.id)
    running = store.get(job.id)
    assert running is not None
    assert (running.state, running.request) == ("running", REQUEST)
    store.succeed(job.id, "abc")
    ended = store.get(job.id)
    assert ended is not None
    assert (ended.state, ended.brief, ended.request) == ("succeeded", "abc", b"")


def test_a_failed_job_keeps_its_problem(open_store: Callable[[], SQLiteJobs]) -> None:
    store = open_store()
    job = store.add(REQUEST, "")
    store.fail(job.id, b'{"code":"deadline"}')
    failed = store.get(job.id)
    assert failed is not None
    assert (failed.state, failed.problem, failed.request) == ("failed", b'{"code":"deadline"}', b"")


def test_ids_differ_and_an_unknown_one_has_no_job(open_store: Callable[[], SQLiteJobs]) -> None:
    store = open_store()
    assert store.get("unknown") is None
    assert len({store.add(REQUEST, "").id for _ in range(20)}) == 20
    assert store.get("unknown") is None


def test_unfinished_jobs_are_found_by_the_next_process_in_their_order(
    open_store: Callable[[], SQLiteJobs], clock: Clock
) -> None:
    store = open_store()
    jobs = []
    for _ in range(4):
        jobs.append(store.add(REQUEST, ""))
        clock.now += 1
    store.start(jobs[0].id)
    store.succeed(jobs[1].id, "abc")
    store.fail(jobs[2].id, b"{}")
    left = open_store().unfinished()
    assert [(job.id, job.state) for job in left] == [(jobs[0].id, "running"), (jobs[3].id, "queued")]


def test_a_job_that_ended_is_forgotten_after_its_time_and_one_that_waits_is_not(
    open_store: Callable[[], SQLiteJobs], clock: Clock
) -> None:
    store = open_store()
    ended, waiting = store.add(REQUEST, ""), store.add(REQUEST, "")
    store.succeed(ended.id, "abc")
    clock.now += 59
    assert store.get(ended.id) is not None
    clock.now += 2
    assert store.get(ended.id) is None
    assert store.get(waiting.id) is not None


def test_a_clock_that_was_set_back_loses_no_job(open_store: Callable[[], SQLiteJobs], clock: Clock) -> None:
    store = open_store()
    job = store.add(REQUEST, "")
    store.succeed(job.id, "abc")
    clock.now -= 100_000
    assert store.get(job.id) is not None


def test_a_deleted_job_is_gone_and_its_end_does_not_bring_it_back(open_store: Callable[[], SQLiteJobs]) -> None:
    store = open_store()
    job = store.add(REQUEST, "")
    assert store.delete(job.id)
    assert not store.delete(job.id)
    store.succeed(job.id, "abc")
    assert store.get(job.id) is None


def test_nothing_is_written_before_the_first_job_and_then_for_the_owner_only(
    open_store: Callable[[], SQLiteJobs], tmp_path: Path
) -> None:
    store = open_store()
    assert (store.get("unknown"), store.unfinished(), store.delete("unknown")) == (None, [], False)
    assert not (tmp_path / "folder").exists()
    store.add(REQUEST, "")
    assert stat.S_IMODE((tmp_path / "folder" / "jobs.sqlite").stat().st_mode) == 0o600


def _not_a_database(path: Path) -> None:
    path.write_bytes(b"no database at all " * 100)


def _of_another_program(path: Path) -> None:
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE theirs (x)")


def _of_another_version(path: Path) -> None:
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE jobs (x)")
        other.execute(f"PRAGMA application_id = {0x4272654A}")
        other.execute("PRAGMA user_version = 99")


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [(_not_a_database, "damaged"), (_of_another_program, "foreign"), (_of_another_version, "outdated")],
)
def test_a_file_that_is_not_ours_is_set_aside_and_a_fresh_one_started(
    open_store: Callable[[], SQLiteJobs], tmp_path: Path, spoil: Callable[[Path], None], reason: str
) -> None:
    path = tmp_path / "folder" / "jobs.sqlite"
    path.parent.mkdir()
    spoil(path)
    before = path.read_bytes()
    store = open_store()
    job = store.add(REQUEST, "")
    assert store.get(job.id) == job
    (kept,) = (found for found in path.parent.iterdir() if f".{reason}-" in found.name)
    assert kept.read_bytes() == before


def test_a_file_damaged_while_it_is_open_costs_its_jobs_and_not_the_next_one(
    open_store: Callable[[], SQLiteJobs], tmp_path: Path
) -> None:
    store = open_store()
    lost = store.add(REQUEST, "")
    with closing(sqlite3.connect(tmp_path / "folder" / "jobs.sqlite")) as other:
        other.execute("DROP TABLE jobs")
        other.commit()
    job = store.add(REQUEST, "")
    assert store.get(job.id) == job
    assert store.get(lost.id) is None


def test_a_place_that_cannot_be_written_is_an_error_of_the_service(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    store = SQLiteJobs(tmp_path / "file" / "jobs.sqlite", ttl=60)
    with pytest.raises(ServiceError, match="file of jobs"):
        store.add(REQUEST, "")
    store.close()


def test_a_file_that_another_process_holds_for_too_long_is_an_error_of_the_service(
    open_store: Callable[[], SQLiteJobs], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.queue.sqlite_jobs.BUSY_SECONDS", 0.05)
    store = open_store()
    job = store.add(REQUEST, "")
    with closing(sqlite3.connect(tmp_path / "folder" / "jobs.sqlite", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(ServiceError, match="locked"):
            store.add(REQUEST, "")
        other.execute("ROLLBACK")
    assert store.get(job.id) == job


FULL_DISK = """
import resource, sys
from pathlib import Path
from service.errors import ServiceError
from service.queue.sqlite_jobs import SQLiteJobs
store = SQLiteJobs(Path(sys.argv[1]), ttl=60)
first = store.add(b"x" * 1000, "")
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
kept, refused = [first.id], 0
for _ in range(300):
    try:
        kept.append(store.add(b"x" * 10_000, "").id)
    except ServiceError:
        refused += 1
assert all(store.get(id) is not None for id in kept)
store.close()
print(refused, *kept)
"""


def test_a_full_disk_refuses_jobs_and_loses_none_that_was_accepted(
    open_store: Callable[[], SQLiteJobs], tmp_path: Path
) -> None:
    path = tmp_path / "folder" / "jobs.sqlite"
    command = [sys.executable, "-c", FULL_DISK, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    refused, *kept = done.stdout.split()
    assert int(refused) > 200
    assert [job.id for job in open_store().unfinished()] == kept
    assert open_store().get(open_store().add(REQUEST, "").id) is not None
    assert sorted(one.name for one in path.parent.iterdir() if "-damaged" in one.name or ".damaged" in one.name) == []


WRITER = """
import sys
from pathlib import Path
from service.queue.sqlite_jobs import SQLiteJobs
store = SQLiteJobs(Path(sys.argv[1]), ttl=60)
while True:
    print(store.add(b"x" * 5000, "").id, flush=True)
"""


@pytest.mark.parametrize("after", [1, 40])
def test_kill_in_the_middle_of_writing_loses_no_job_that_was_accepted(
    open_store: Callable[[], SQLiteJobs], tmp_path: Path, after: int
) -> None:
    command = [sys.executable, "-c", WRITER, str(tmp_path / "folder" / "jobs.sqlite")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        accepted = [writer.stdout.readline().strip() for _ in range(after)]
        writer.kill()
        accepted += [line.strip() for line in writer.stdout if line.endswith("\n")]
    left = [job.id for job in open_store().unfinished()]
    # One more may have been on disk before its id was told.
    assert left[: len(accepted)] == accepted
    assert len(left) <= len(accepted) + 1
