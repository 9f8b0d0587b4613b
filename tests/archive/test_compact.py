from __future__ import annotations

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest

from gicrawl.archive.bodies import squeeze
from gicrawl.archive.compact import compact, file_size, room
from gicrawl.archive.errors import ArchiveError
from gicrawl.archive.events import EventType, events
from gicrawl.archive.store import Archive, open_archive
from gicrawl.archive.verify import content_digest, verify

if TYPE_CHECKING:
    from pathlib import Path

    from archive_samples import Make

COMPACT = """
import sys
from gicrawl.archive import compact
from gicrawl.archive.store import open_archive
with open_archive(sys.argv[1]) as archive:
    compact.compact(archive, level=int(sys.argv[2]), progress=lambda done, of: print(done, flush=True))
    print("done", flush=True)
"""


def page(chosen: random.Random, frame: int, number: int) -> bytes:
    """A page of one of several frames, with words of its own."""
    rows = "".join(
        f'<li class="k{frame}-{n}"><a href="/{frame}/{n * 7919 % 104729}">栏目{n}</a></li>' for n in range(120)
    )
    said = "".join(f"<p>{chosen.choice('甲乙丙丁戊')}{chosen.randrange(10**6)}</p>" for _ in range(60))
    return f'<html><body class="f{frame}"><ul>{rows}</ul><h1>{number}</h1>{said}</body></html>'.encode()


@pytest.fixture
def filled(archive: Archive, make: Make) -> Archive:
    chosen = random.Random(7)
    with archive.writer() as writer:
        for number in range(300):
            writer.add(make(f"http://www.x{number % 3}.gov.cn/{number}", page(chosen, number % 3, number)))
        writer.add(make("http://www.x1.gov.cn/p.png", b"\x89PNG\r\n\x1a\n" + chosen.randbytes(5000)))
    return archive


def bodies(archive: Archive) -> dict[bytes, bytes]:
    names = [row[0] for row in archive.db.conn.execute("SELECT sha256 FROM bodies")]
    return {name: archive.body(name) for name in names}


def test_fewer_bytes_on_disk_and_not_one_other_in_what_is_held(filled: Archive) -> None:
    before, digest = bodies(filled), content_digest(filled)
    stored = dict(filled.db.conn.execute("SELECT id, length(data) FROM bodies").fetchall())
    told: list[tuple[int, int]] = []
    done = compact(filled, level=15, progress=lambda *at: told.append(at))
    assert (done.looked_at, done.damaged, done.shrunk, done.cleaned) == (300, (), True, 300)
    assert done.repacked > 200
    assert done.after <= file_size(filled) <= done.before  # that it was done is put on record after it
    assert told[-1] == (300, 300)
    assert bodies(filled) == before
    assert all(sha256(body).digest() == name for name, body in before.items())
    assert content_digest(filled) == digest
    assert list(verify(filled)) == []
    now = dict(filled.db.conn.execute("SELECT id, length(data) FROM bodies").fetchall())
    assert sum(now.values()) < sum(stored.values())
    assert all(now[row] <= stored[row] for row in stored)
    again = compact(filled, level=15)
    assert (again.looked_at, again.repacked, again.cleaned) == (0, 0, 0)


def test_a_body_is_never_replaced_by_another(filled: Archive) -> None:
    conn = filled.db.conn
    row, size = conn.execute("SELECT id, size FROM bodies WHERE codec = 'zstd' AND id > 10 LIMIT 1").fetchone()
    own = filled.body(conn.execute("SELECT sha256 FROM bodies WHERE id = ?", [row]).fetchone()[0])
    other = own.replace(b"<h1>", b"<h2>")
    assert len(other) == size
    for change in (
        "data = :other, dictionary = NULL",
        "data = :own",  # against a dictionary it was not made with
        "data = :own, dictionary = 999",
        "codec = 'raw'",
        "size = size + 1",
        "sha256 = zeroblob(32)",
        "sniffed_type = 'text/plain'",
        "id = 9999",
    ):
        with pytest.raises(sqlite3.IntegrityError):
            conn.execute(
                f"UPDATE bodies SET {change} WHERE id = :id",  # noqa: S608  # our own
                {"other": squeeze(other), "own": squeeze(own)[:-1], "id": row},
            )
    conn.execute("UPDATE bodies SET data = ?, dictionary = NULL WHERE id = ?", [squeeze(own, 1), row])
    conn.execute("UPDATE bodies SET data = ?, codec = 'raw', dictionary = NULL WHERE id = ?", [own, row])
    for statement, values in (
        ("UPDATE dictionaries SET data = ? WHERE id = 1", [squeeze(b"x" * 99)]),
        ("UPDATE dictionaries SET data = zeroblob(9) WHERE id = 1", []),
        ("UPDATE dictionaries SET sha256 = zeroblob(32) WHERE id = 1", []),
        ("DELETE FROM dictionaries WHERE id = 1", []),
        ("DELETE FROM bodies WHERE id = 1", []),
    ):
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            conn.execute(statement, values)
    assert list(verify(filled)) == []


def test_damage_is_left_alone_and_named(filled: Archive, path: Path) -> None:
    (row, name) = filled.db.conn.execute("SELECT id, sha256 FROM bodies WHERE codec = 'zstd' AND id > 20").fetchone()
    filled.close()
    outside = sqlite3.connect(path, isolation_level=None)
    (trigger,) = outside.execute("SELECT sql FROM sqlite_schema WHERE name = 'bodies_never_change'").fetchone()
    outside.execute("DROP TRIGGER bodies_never_change")
    outside.execute("UPDATE bodies SET data = x'28b52ffd00' WHERE id = ?", [row])
    outside.execute(trigger)
    outside.close()
    with open_archive(path) as archive:
        done = compact(archive)
        assert done.damaged == (name.hex(),)
        assert archive.db.conn.execute("SELECT data FROM bodies WHERE id = ?", [row]).fetchone() == (
            b"\x28\xb5\x2f\xfd\0",
        )
        assert {finding.subject for finding in verify(archive)} == {name.hex()}


def test_the_room_it_needs_is_known_before(filled: Archive) -> None:
    places = room(filled)
    assert sum(place.needed for place in places) == 2 * file_size(filled)
    assert all(place.free > place.needed for place in places)


@pytest.mark.slow
def test_a_kill_at_any_moment_harms_nothing(filled: Archive, path: Path) -> None:
    before = bodies(filled)
    filled.close()
    chosen = random.Random(11)
    kills = 0
    for number in range(6):
        copy = path.with_name("copy.db")
        for leftover in path.parent.glob("copy.db*"):
            leftover.unlink()
        shutil.copy(path, copy)
        with subprocess.Popen(
            [sys.executable, "-c", COMPACT, str(copy), "19"], stdout=subprocess.PIPE, text=True
        ) as process:
            assert process.stdout is not None
            line = process.stdout.readline()
            while number % 3 == 2 and line.strip() != "300":  # into VACUUM
                line = process.stdout.readline()
            time.sleep(chosen.uniform(0, 0.25))
            os.kill(process.pid, signal.SIGKILL)
            kills += "done" not in process.stdout.read()
        with open_archive(copy) as archive:
            assert list(verify(archive)) == []
            assert bodies(archive) == before
            compact(archive, level=9)
            assert list(verify(archive)) == []
    assert kills >= 3


def test_an_event_tells_what_compacting_did_and_that_it_was_stopped(filled: Archive) -> None:
    def stop(_done: int, _of: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        compact(filled, level=9, progress=stop)
    done = compact(filled, level=9)
    stopped, finished = [event for event in events(filled) if event.type is EventType.COMPACTION]
    assert (stopped.success, dict(stopped.detail)) == (False, {"level": 9, "stopped": "KeyboardInterrupt"})
    assert finished.success
    assert finished.detail["repacked"] == done.repacked > 0
    assert (finished.detail["before"], finished.detail["after"]) == (done.before, done.after)
    assert finished.detail["bodies"] == done.looked_at < 300  # the first batch was done already


def test_compacting_that_cannot_be_put_on_record_fails_for_its_own_reason(filled: Archive) -> None:
    with open_archive(filled.path, busy=0.05) as other:
        filled.db.conn.execute("BEGIN IMMEDIATE")  # another program writes
        with pytest.raises(ArchiveError, match="locked"):
            compact(other, level=9, shrink=False)
        filled.db.conn.execute("ROLLBACK")
        assert not [event for event in events(other) if event.type is EventType.COMPACTION]
