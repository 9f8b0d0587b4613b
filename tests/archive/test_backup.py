"""A backup is one moment of an archive, made while others write, and verified before it has a name."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from tampering import tamper

from gicrawl.archive.care import backup, on_record
from gicrawl.archive.errors import ArchiveDamaged, ArchiveError
from gicrawl.archive.events import EventType, events
from gicrawl.archive.store import Archive, open_archive
from gicrawl.archive.verify import content_digest, verify

if TYPE_CHECKING:
    from pathlib import Path

    from archive_samples import Make

URL = "http://www.linshui.gov.cn/nb/"

_WRITER = r"""
import sys
from datetime import UTC, datetime
from uuid import uuid4
from gicrawl.archive.records import Capture, Outcome, Role, WireMessage
from gicrawl.archive.store import open_archive
with open_archive(sys.argv[1]) as archive:
    run = archive.start_run("crawl", {}, user_agent="tests", vantage=None)
    with archive.writer(batch=1) as writer:
        for number in range(10**6):
            body = b"<p>%d</p>" % number * 50
            sent = WireMessage(b"", b"HTTP/1.1 200 OK\r\n\r\n", body, None, b"", True)
            writer.add(Capture(id=uuid4(), run=run, time=datetime.now(UTC), requested_url="http://h/", hop=0,
                final_url="http://h/", method="GET", outcome=Outcome.OK, role=Role.ARTICLE, status=200, response=sent))
            print(number, flush=True)
"""


@pytest.fixture
def filled(archive: Archive, make: Make) -> Archive:
    with archive.writer() as writer:
        for number in range(30):
            writer.add(make(f"{URL}{number}", b"<p>report %d</p>" % number * 40))
    return archive


def test_a_backup_holds_the_same_and_is_an_archive_itself(filled: Archive, tmp_path: Path) -> None:
    to = tmp_path / "kept" / "copy.db"
    done = backup(filled, to)
    assert (done.path, done.size) == (to, to.stat().st_size)
    assert [path.name for path in to.parent.iterdir()] == ["copy.db"]
    with open_archive(to) as copy:
        assert content_digest(copy) == content_digest(filled)
        assert list(verify(copy)) == []
    assert [event.detail["to"] for event in events(filled) if event.type is EventType.BACKUP] == [str(to)]


def test_a_backup_is_made_while_another_process_writes(filled: Archive, path: Path, tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", _WRITER, str(path)], stdout=subprocess.PIPE, text=True) as crawl:
        assert crawl.stdout is not None
        try:
            acknowledged = [int(crawl.stdout.readline()) for _ in range(20)]
            backup(filled, tmp_path / "copy.db")
            after = int(crawl.stdout.readline())
            assert after > acknowledged[-1], "the crawl went on"
        finally:
            crawl.kill()
    with open_archive(tmp_path / "copy.db") as copy:
        assert list(verify(copy)) == []
        assert len(list(copy.captures())) >= 30 + len(acknowledged)


def test_an_older_backup_is_replaced_only_when_asked_and_only_by_a_sound_one(
    filled: Archive, path: Path, tmp_path: Path
) -> None:
    to = tmp_path / "copy.db"
    backup(filled, to)
    before = to.read_bytes()
    with pytest.raises(ArchiveError, match="--replace"):
        backup(filled, to)
    with pytest.raises(ArchiveError, match="itself"):
        backup(filled, path, replace=True)
    tamper(path, "UPDATE bodies SET data = CAST(data || x'00' AS BLOB) WHERE id = 3")
    with pytest.raises(ArchiveDamaged, match="its copy is damaged"):
        backup(filled, to, replace=True)
    assert to.read_bytes() == before
    assert sorted(found.name for found in tmp_path.iterdir()) == ["archive", "copy.db"]


def test_samples_of_consecutive_days_see_every_body_once(filled: Archive, path: Path) -> None:
    tamper(path, "UPDATE bodies SET size = size + 1")
    days = [[one.subject for one in verify(filled, sample=8, day=day) if one.code == "body"] for day in range(700, 704)]
    assert all(0 < len(found) < 30 for found in days)
    together = [name for found in days for name in found]
    assert len(together) == len(set(together)) == 30
    assert list(verify(filled, quick=True)) == []


def test_a_check_is_put_on_record_with_what_it_found(filled: Archive, path: Path) -> None:
    assert list(on_record(filled, verify(filled), sample=None)) == []
    tamper(path, "UPDATE bodies SET data = x'28b52ffd' WHERE id = 3")
    (found,) = on_record(filled, verify(filled), sample=None)
    checks = [event for event in events(filled) if event.type is EventType.FIXITY]
    assert [(one.success, one.objects, one.detail["findings"]) for one in checks] == [
        (True, (), 0),
        (False, (f"body {found.subject}",), 1),
    ]
