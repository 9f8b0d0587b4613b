"""`gicrawl import warc` killed with SIGKILL half way, and run again: the same as if nobody had touched it."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from warc_samples import fields, record, records, response

from gicrawl.archive.store import open_archive
from gicrawl.archive.verify import content_digest, verify
from gicrawl.export.warc import export_warc

if TYPE_CHECKING:
    from pathlib import Path

    from archive_samples import Make

    from gicrawl.archive.store import Archive

MANY = 300
KILLS = (1, 300)
"""Captures that are in the archive when the next kill comes."""


def _command(archive: Path, *files: Path) -> list[str]:
    return [sys.executable, "-m", "gicrawl", "import", "warc", *map(str, files), "--archive", str(archive)]


def _count(path: Path) -> int:
    if not path.exists():
        return 0
    conn = sqlite3.connect(path, timeout=5)
    try:
        return int(conn.execute("SELECT count(*) FROM captures").fetchone()[0])
    except sqlite3.OperationalError:
        return 0  # being made just now
    finally:
        conn.close()


def _killed(archive: Path, *files: Path) -> int:
    """Import, killed now and then, until an import ends by itself; how many kills hit one that had begun."""
    hits = 0
    for wanted in KILLS:
        process = subprocess.Popen(_command(archive, *files), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        before = _count(archive)
        while process.poll() is None and _count(archive) < wanted:
            time.sleep(0.01)
        os.kill(process.pid, signal.SIGKILL)
        hits += process.wait() == -signal.SIGKILL and _count(archive) > 0
        assert _count(archive) >= before
    return hits


@pytest.fixture
def ours(archive: Archive, make: Make, tmp_path: Path) -> Path:
    """An export of our own, with bodies that come again and again."""
    dice = random.Random(5)
    with archive.writer() as writer:
        for number in range(MANY):
            body = b"<html>%d" % (number // 2) + dice.randbytes(700) * (number % 2)
            writer.add(make(f"http://portal.test/{number}", body))
    export_warc(archive, tmp_path / "ours")
    (path,) = (tmp_path / "ours").glob("*.warc.gz")
    return path


@pytest.fixture
def theirs(tmp_path: Path) -> Path:
    """A file of somebody else's tool, with revisits, one of which comes before what it refers to."""
    dice = random.Random(6)
    told = []
    for number in range(MANY):
        url, uuid = f"http://a.test/{number}", UUID(int=dice.getrandbits(128), version=4)
        told.append(response(url, dice.randbytes(500), uuid=str(uuid)))
        if number % 10 == 0:
            named = (f"WARC-Target-URI: {url}", f"WARC-Refers-To: <urn:uuid:{uuid}>", "WARC-Profile: identical")
            again = UUID(int=dice.getrandbits(128), version=4)
            told.insert(dice.randrange(len(told)), record("revisit", b"", *named, uuid=str(again)))
    (tmp_path / "theirs.warc").write_bytes(b"".join(told))
    return tmp_path / "theirs.warc"


def test_killed_and_run_again_it_is_the_same_as_never_killed(ours: Path, theirs: Path, tmp_path: Path) -> None:
    whole, killed = tmp_path / "whole.db", tmp_path / "killed.db"
    subprocess.run(_command(whole, ours, theirs), check=True, capture_output=True)
    assert _killed(killed, ours, theirs) == len(KILLS)
    done = subprocess.run(_command(killed, ours, theirs), check=False, capture_output=True)
    assert done.returncode == 0, done.stderr.decode()
    said = []
    for path in (whole, killed):
        with open_archive(path) as archive:
            assert list(verify(archive)) == []
            out = tmp_path / f"out {path.stem}"
            export_warc(archive, out)
            told = [
                (header, block)
                for header, block in records(out)
                if fields(header)[b"warc-type"] not in (b"metadata", b"warcinfo")  # the import is another run
            ]
            origins = archive.db.conn.execute("SELECT count(*) FROM origins").fetchone()
            kept = archive.db.conn.execute("SELECT record, offset FROM warc_records ORDER BY record").fetchall()
            said.append((content_digest(archive), told, origins, kept))
    assert said[0] == said[1]
    assert len(said[0][1]) > 2 * MANY
