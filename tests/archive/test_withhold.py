"""Withheld: shown to nobody, and still there. Erased: gone, and known to have been there."""

from __future__ import annotations

import sqlite3
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest

from gicrawl.archive.errors import ArchiveErased, ArchiveError, ArchiveLocked
from gicrawl.archive.events import EventType, events
from gicrawl.archive.store import Archive, open_archive
from gicrawl.archive.tombstones import Kind, Subject, erase, hidden, hidden_bodies, release, withhold
from gicrawl.archive.verify import verify

if TYPE_CHECKING:
    from pathlib import Path
    from uuid import UUID

    from archive_samples import Make

URL = "http://www.linshui.gov.cn/nb/"
FRAME = b"<html><body id='nb'>" + b"<p>what every page of this site says</p>" * 60
PAGES = [FRAME + b"%d %d" % (number, number) for number in range(5)]
NAMES = [sha256(page).digest() for page in PAGES]
WHY = {"who": "an editor", "why": "names a private person"}


@pytest.fixture
def captures(archive: Archive, make: Make) -> list[UUID]:
    made = [make(f"{URL}{number}", page) for number, page in enumerate(PAGES)]
    with archive.writer() as writer:
        for capture in made:
            writer.add(capture)
    return [capture.id for capture in made]


@pytest.mark.usefixtures("captures")
def test_withheld_bytes_stay_and_verify_and_can_be_shown_again(archive: Archive) -> None:
    subject = Subject(Kind.BODY, NAMES[2])
    assert withhold(archive, [subject], **WHY) == 1
    assert withhold(archive, [subject], **WHY) == 0
    assert hidden_bodies(archive) == {NAMES[2]}
    assert archive.body(NAMES[2]) == PAGES[2]
    assert list(verify(archive)) == []
    assert release(archive, [subject], who="an editor", why="was corrected") == 1
    assert release(archive, [subject], who="an editor", why="was corrected") == 0
    assert hidden(archive) == []
    assert withhold(archive, [subject], **WHY) == 1
    assert [one.why for one in hidden(archive)] == ["names a private person"]
    acts = [event.type for event in events(archive) if event.objects == (subject.name,)]
    assert acts == [EventType.WITHHOLDING, EventType.RELEASE, EventType.WITHHOLDING]


def test_erased_bytes_are_gone_from_the_file_and_leave_digest_and_size(
    archive: Archive, captures: list[UUID], path: Path
) -> None:
    (stored,) = archive.db.conn.execute("SELECT data FROM bodies WHERE sha256 = ?", [NAMES[1]]).fetchone()
    assert stored in path.read_bytes() + path.with_name(path.name + "-wal").read_bytes()
    done = erase(archive, [NAMES[1]], **WHY)
    assert (done.bodies, done.size) == (1, len(PAGES[1]))
    archive.close()
    assert stored not in path.read_bytes()
    with open_archive(path) as again:
        assert list(verify(again)) == []
        kept = again.capture(captures[1])
        assert (kept.body_sha256, kept.body_size) == (NAMES[1], len(PAGES[1]))
        for read in (lambda: again.body(NAMES[1]), lambda: again.content(kept), lambda: again.wire(kept.id)):
            with pytest.raises(ArchiveErased, match="erased"):
                read()
        (one,) = hidden(again)
        assert (one.subject, one.erased, one.who) == (Subject(Kind.BODY, NAMES[1]), True, "an editor")
        assert [event.objects for event in events(again) if event.type is EventType.DELETION] == [(one.subject.name,)]


def test_the_page_all_others_are_packed_against_can_be_erased(archive: Archive, captures: list[UUID]) -> None:
    ((page,),) = archive.db.conn.execute("SELECT sha256 FROM dictionaries").fetchall()
    assert page == NAMES[0]
    done = erase(archive, [page], **WHY)
    assert done.repacked >= 1
    assert archive.db.conn.execute("SELECT count(*) FROM dictionaries").fetchone() == (0,)
    assert list(verify(archive)) == []
    assert [archive.content(archive.capture(one)) for one in captures[1:]] == PAGES[1:]


def test_what_was_erased_stays_erased_when_it_is_fetched_again(
    archive: Archive, captures: list[UUID], make: Make
) -> None:
    assert captures
    erase(archive, [NAMES[3]], **WHY)
    again = make(f"{URL}3", PAGES[3])
    with archive.writer() as writer:
        writer.add(again)
    assert archive.capture(again.id).body_sha256 == NAMES[3]
    with pytest.raises(ArchiveErased):
        archive.body(NAMES[3])
    assert list(verify(archive)) == []
    assert erase(archive, [NAMES[3]], **WHY).bodies == 0


@pytest.mark.usefixtures("captures")
def test_erasing_needs_the_archive_alone_and_a_body_that_is_there(archive: Archive, path: Path) -> None:
    with pytest.raises(ArchiveError, match="there is no body"):
        erase(archive, [NAMES[0], bytes(32)], **WHY)
    assert archive.body(NAMES[0]) == PAGES[0]
    with open_archive(path, busy=0.1) as other:
        other.runs()
        archive.db.conn.execute("PRAGMA busy_timeout = 100")
        with pytest.raises(ArchiveLocked, match="open"):
            erase(archive, [NAMES[0]], **WHY)
        assert other.body(NAMES[0]) == PAGES[0]
    assert erase(archive, [NAMES[0]], **WHY).bodies == 1
    with open_archive(path) as other:  # the file is everybody's again
        assert other.db.conn.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert other.body(NAMES[1]) == archive.body(NAMES[1])


@pytest.mark.usefixtures("captures")
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE bodies SET codec = 'erased', level = NULL, data = x'', dictionary = NULL WHERE id = 1",
        "DELETE FROM dictionaries",
        "DELETE FROM bodies",
        "UPDATE captures SET run = run + 1",
        "DELETE FROM captures",
        "DELETE FROM tombstones",
        "DELETE FROM withholdings",
        "UPDATE withholdings SET why = 'nobody asked'",
        "UPDATE events SET outcome = 'success'",
        "DELETE FROM events",
    ],
)
def test_without_a_tombstone_nothing_goes_and_no_record_is_taken_back(archive: Archive, statement: str) -> None:
    withhold(archive, [Subject(Kind.BODY, NAMES[4])], **WHY)
    erase(archive, [NAMES[4]], **WHY)
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        archive.db.conn.execute(statement)


@pytest.mark.usefixtures("captures")
def test_every_column_of_a_capture_is_fixed(archive: Archive) -> None:
    for _, column, *_ in archive.db.conn.execute("PRAGMA table_info(captures)").fetchall():
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            archive.db.conn.execute(f"UPDATE captures SET {column} = {column}")  # noqa: S608  # ours
