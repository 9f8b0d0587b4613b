"""A writing process is killed at any moment; the archive stays whole and keeps whatever was acknowledged."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from uuid import UUID

import pytest
from archive_samples import message

from gicrawl.archive.errors import ArchiveLocked
from gicrawl.archive.store import open_archive
from gicrawl.archive.verify import verify

KILLS = 10
INSIDE = 5
"""Kills that must happen inside an open write transaction."""

WRITE = """
import os, random, sys
sys.path.insert(0, sys.argv[2])
from uuid import uuid4
from archive_samples import START, message
from gicrawl.archive.records import Capture, Judgement, Link, Outcome, Role, Verdict
from gicrawl.archive.store import open_archive

chosen = random.Random(int(sys.argv[3]))
with open_archive(sys.argv[1], create=True) as archive:
    run = archive.start_run("crawl", {}, user_agent="x", vantage=None)
    writer = archive.writer(batch=10**9, seconds=10**9)
    while True:
        ids = []
        for number in range(30):
            url = f"http://x/{chosen.randrange(1000)}"
            capture = Capture(
                id=uuid4(), run=run, time=START, requested_url=url, final_url=url, hop=0, method="GET",
                outcome=Outcome.OK, role=Role.LIST, link_text=url,
                response=message(chosen.randbytes(chosen.randrange(20_000))), referrer=ids[-1] if ids else None,
            )
            ids.append(capture.id)
            writer.add(capture)
            writer.judge(Verdict(capture=capture.id, judgement=Judgement.CONTENT, signature=None, rule="1"))
            writer.link(Link(page=capture.id, url=url, text=url, title=None, date=None, position=0))
        writer.flush()
        print(*ids, flush=True)
"""


def write_locked(path: Path) -> bool:
    """Whether somebody holds a write transaction on the archive right now."""
    conn = sqlite3.connect(path, timeout=0, isolation_level=None)
    try:
        conn.execute("BEGIN IMMEDIATE")
        conn.execute("ROLLBACK")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
            raise
        return True
    finally:
        conn.close()
    return False


def stop_inside(process: subprocess.Popen[str], path: Path) -> bool:
    """Stop the process while it holds a write transaction; False where it had just ended one."""
    deadline = time.monotonic() + 20
    while not write_locked(path):
        assert time.monotonic() < deadline, "the writer never wrote"
        time.sleep(0.0005)
    os.kill(process.pid, signal.SIGSTOP)
    os.waitid(os.P_PID, process.pid, os.WSTOPPED)
    if write_locked(path):
        return True
    os.kill(process.pid, signal.SIGCONT)
    return False


def test_ten_kills_lose_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    path = tmp_path / "gicrawl.db"
    chosen = random.Random(4)
    acknowledged: list[UUID] = []
    inside = 0
    open_archive(path, create=True).close()
    for kill in range(KILLS):
        command = [sys.executable, "-c", WRITE, str(path), str(Path(__file__).parent), str(kill)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            first = process.stdout.readline()
            if kill < INSIDE:
                while not stop_inside(process, path):
                    time.sleep(chosen.uniform(0, 0.005))
                inside += 1
            else:
                time.sleep(chosen.uniform(0, 0.1))
            os.kill(process.pid, signal.SIGKILL)
            lines = (first + process.stdout.read()).splitlines(keepends=True)
        # A line cut by the kill was not acknowledged.
        acknowledged += [UUID(name) for line in lines if line.endswith("\n") for name in line.split()]
        with open_archive(path) as archive:
            stored = {capture.id for capture in archive.captures()}
            assert stored >= set(acknowledged)
            assert len(stored) % 30 == 0, "a batch was written by half"
            assert len(stored) == archive.db["judgements"].count == archive.db["links"].count
    assert inside == INSIDE
    with open_archive(path) as archive:
        assert list(verify(archive)) == []
        for capture in acknowledged[:: max(1, len(acknowledged) // 50)]:
            response = archive.response(capture)
            assert response is not None
            assert response == message(response.body)
        assert [run.status for run in archive.runs()] == [None] * KILLS


def test_a_stopped_writer_locks_others_out_with_one_clear_line(tmp_path: Path) -> None:
    path = tmp_path / "gicrawl.db"
    open_archive(path, create=True).close()
    command = [sys.executable, "-c", WRITE, str(path), str(Path(__file__).parent), "1"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        process.stdout.readline()
        while not stop_inside(process, path):
            time.sleep(0.001)
        with open_archive(path, busy=0.1) as archive:
            assert len(list(archive.captures())) >= 30  # reading goes on
            with pytest.raises(ArchiveLocked):
                archive.start_run("crawl", {}, user_agent="x", vantage=None)
        os.kill(process.pid, signal.SIGKILL)
    with open_archive(path) as archive:
        archive.start_run("crawl", {}, user_agent="x", vantage=None)
