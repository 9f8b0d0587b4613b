from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from archive_samples import Make, message

from gicrawl.archive import schema
from gicrawl.archive.errors import (
    ArchiveDamaged,
    ArchiveError,
    ArchiveFull,
    ArchiveLocked,
    ArchiveMissing,
    ArchiveNewer,
)
from gicrawl.archive.store import Archive, open_archive
from gicrawl.archive.verify import verify

URL = "http://www.linshui.gov.cn/nb/t1.html"


def failure(path: Path, kind: type[ArchiveError], *, create: bool = False, busy: float = 0.1) -> str:
    with pytest.raises(kind) as caught:
        open_archive(path, create=create, busy=busy)
    text = str(caught.value)
    assert text.startswith(str(path))
    assert "\n" not in text
    return text


def fill(path: Path) -> None:
    with open_archive(path, create=True) as archive:
        run = archive.start_run("crawl", {}, user_agent="x", vantage=None)
        archive.finish_run(run, "finished", {})


def test_no_archive(tmp_path: Path) -> None:
    assert "gicrawl crawl" in failure(tmp_path / "none.db", ArchiveMissing)
    (tmp_path / "empty.db").touch()
    assert "empty" in failure(tmp_path / "empty.db", ArchiveMissing)
    fill(tmp_path / "empty.db")  # as a kill in the first moment leaves it
    assert "folder" in failure(tmp_path, ArchiveError)
    assert "folder cannot be made" in failure(tmp_path / "empty.db" / "x.db", ArchiveError, create=True)


def test_random_bytes_and_somebody_elses_database(tmp_path: Path) -> None:
    noise = tmp_path / "noise.db"
    noise.write_bytes(os.urandom(9000))
    assert "not a gicrawl archive" in failure(noise, ArchiveDamaged, create=True)
    other = tmp_path / "other.db"
    conn = sqlite3.connect(other)
    conn.execute("CREATE TABLE captures (x)")
    conn.close()
    before = other.read_bytes()
    assert "not a gicrawl archive" in failure(other, ArchiveDamaged, create=True)
    assert other.read_bytes() == before


@pytest.mark.parametrize("keep", [0.2, 0.5, 0.95])
def test_a_truncated_archive(archive: Archive, make: Make, path: Path, keep: float) -> None:
    with archive.writer() as writer:
        for number in range(50):
            writer.add(make(f"{URL}?{number}", os.urandom(3000)))
    archive.close()
    os.truncate(path, int(path.stat().st_size * keep))
    assert "damaged" in failure(path, ArchiveDamaged)


def test_a_newer_archive(path: Path) -> None:
    fill(path)
    conn = sqlite3.connect(path)
    with conn:
        conn.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('archive', 'm900_later', '')"
        )
        conn.execute("INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('corpus', 'c1', '')")
    conn.close()
    text = failure(path, ArchiveNewer)
    assert "m900_later" in text
    assert "update gicrawl" in text


def test_every_migration_is_known_by_name(archive: Archive) -> None:
    assert {migration.name for migration in schema.migrations.applied(archive.db)} == schema.NAMES
    assert archive.db.conn.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert archive.db.conn.execute("PRAGMA synchronous").fetchone() == (2,)  # FULL


HOLD = """
import sqlite3, sys
conn = sqlite3.connect(sys.argv[1], isolation_level=None)
conn.execute(sys.argv[2])
conn.execute("UPDATE runs SET id = id WHERE 0")
print("held", flush=True)
sys.stdin.read()
"""


def test_a_lock_held_by_another_process(path: Path, archive: Archive, make: Make) -> None:
    archive.db.conn.execute("PRAGMA busy_timeout = 100")
    writer = archive.writer()
    writer.add(make(URL))
    command = [sys.executable, "-c", HOLD, str(path), "BEGIN IMMEDIATE"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(ArchiveLocked, match="another program held"):
            writer.flush()
        with pytest.raises(ArchiveLocked):
            archive.start_run("crawl", {}, user_agent="x", vantage=None)
        assert list(archive.captures()) == []
        holder.communicate()
    writer.flush()
    assert len(list(archive.captures())) == 1


def test_an_archive_locked_whole_cannot_be_opened(path: Path) -> None:
    fill(path)
    command = [sys.executable, "-c", HOLD, str(path), "PRAGMA locking_mode = EXCLUSIVE"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        failure(path, ArchiveLocked)
        holder.communicate()
    open_archive(path).close()


def test_no_room_left_in_the_file(archive: Archive, make: Make) -> None:
    (pages,) = archive.db.conn.execute("PRAGMA page_count").fetchone()
    archive.db.conn.execute(f"PRAGMA max_page_count = {pages + 5}")
    writer = archive.writer()
    writer.add(make(URL))
    writer.flush()
    big = make(URL + "2", referrer=None, response=message(os.urandom(100_000)))
    writer.add(big)
    for _ in range(2):
        with pytest.raises(ArchiveFull, match="make room"):
            writer.flush()
    assert len(list(archive.captures())) == 1
    archive.db.conn.execute(f"PRAGMA max_page_count = {pages + 500}")
    writer.add(make(URL + "3", referrer=big.id))
    writer.close()
    assert [stored.final_url for stored in archive.captures()] == [URL, URL + "2", URL + "3"]
    assert list(verify(archive)) == []


FILL_THE_DISK = """
import os, resource, sys
sys.path.insert(0, sys.argv[2])
from uuid import UUID, uuid4
from datetime import UTC, datetime
from archive_samples import START, message
from gicrawl.archive.errors import ArchiveFull
from gicrawl.archive.records import Capture, Outcome, Role
from gicrawl.archive.store import open_archive

with open_archive(sys.argv[1], create=True) as archive:
    run = archive.start_run("crawl", {}, user_agent="x", vantage=None)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, resource.RLIM_INFINITY))
    writer = archive.writer(batch=5)
    try:
        for number in range(200):
            url = f"http://x/{number}"
            writer.add(Capture(id=uuid4(), run=run, time=START, requested_url=url, final_url=url, hop=0, method="GET",
                               outcome=Outcome.OK, role=Role.ARTICLE, response=message(os.urandom(20_000))))
    except ArchiveFull as error:
        print(writer.pending, sum(1 for _ in archive.captures()), error)
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        writer.close()  # room was made
        print(sum(1 for _ in archive.captures()))
"""


def test_a_disk_that_takes_no_more_bytes(path: Path) -> None:
    command = [sys.executable, "-c", FILL_THE_DISK, str(path), os.path.dirname(__file__)]  # noqa: PTH120  # as sys.path has it
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.stderr == ""
    first, after = done.stdout.splitlines()
    pending, stored, text = first.split(" ", 2)
    assert (int(pending), int(stored) % 5) == (5, 0)
    assert "the disk took no more bytes while writing captures" in text
    assert int(after) == int(stored) + 5
    with open_archive(path) as archive:
        assert list(verify(archive)) == []


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anything")
def test_an_archive_one_may_not_write(path: Path) -> None:
    fill(path)
    path.chmod(0o400)
    path.parent.chmod(0o500)
    try:
        assert "yours to write" in failure(path, ArchiveError)
    finally:
        path.parent.chmod(0o700)


def test_a_place_where_no_file_can_be_made() -> None:
    assert "yours to write" in failure(Path("/proc/self/gicrawl.db"), ArchiveError, create=True)


def test_many_processes_make_one_archive_at_once(path: Path) -> None:
    program = textwrap.dedent("""
        import sys
        from gicrawl.archive.store import open_archive
        with open_archive(sys.argv[1], create=True) as archive:
            archive.start_run("crawl", {}, user_agent="x", vantage=None)
    """)
    started = [subprocess.Popen([sys.executable, "-c", program, str(path)]) for _ in range(5)]
    assert [process.wait() for process in started] == [0] * 5
    with open_archive(path) as archive:
        assert len(archive.runs()) == 5


def test_an_archive_copied_while_open_is_readable(archive: Archive, make: Make, path: Path, tmp_path: Path) -> None:
    with archive.writer() as writer:
        writer.add(make(URL))
    for suffix in ("", "-wal", "-shm"):
        shutil.copy(f"{path}{suffix}", tmp_path / f"copy.db{suffix}")
    with open_archive(tmp_path / "copy.db") as copy:
        assert len(list(copy.captures())) == 1
