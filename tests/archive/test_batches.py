"""What the captures of a batch share with each other, with earlier ones, and with those of another writer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gicrawl.archive.errors import ArchiveLocked
from gicrawl.archive.store import Archive, open_archive

if TYPE_CHECKING:
    from archive_samples import Make


def texts(archive: Archive) -> list[str]:
    return [row[0] for row in archive.db.conn.execute("SELECT text FROM texts ORDER BY text")]


def test_texts_that_are_stored_alike_share_a_row_within_a_batch(archive: Archive, make: Make) -> None:
    with archive.writer() as writer:
        for number, text in enumerate(("\udc80", r"\udc80", "年报", "\udc80")):
            writer.add(make(f"http://x/{number}", link_text=text, etag=None, last_modified=None))
    assert texts(archive) == [r"\udc80", "年报"]
    assert [capture.link_text for capture in archive.captures()] == [r"\udc80", r"\udc80", "年报", r"\udc80"]


def test_more_texts_than_one_look_takes(archive: Archive, make: Make) -> None:
    said = [f"text {number:03}" for number in range(150)]
    with archive.writer(batch=200) as writer:
        for number, text in enumerate(said[:100]):
            writer.add(make(f"http://x/{number}", link_text=text, etag=None, last_modified=None))
    with archive.writer(batch=200) as writer:
        for number, text in enumerate(said):
            writer.add(make(f"http://x/again/{number}", link_text=text, etag=None, last_modified=None))
    assert texts(archive) == said
    assert [one.link_text for one in archive.captures()] == said[:100] + said


def test_what_another_writer_brought_between_two_batches_is_shared(archive: Archive, make: Make) -> None:
    with open_archive(archive.path) as other, other.writer() as theirs, archive.writer() as ours:
        ours.add(make("http://x/1", link_text="a"))
        ours.flush()
        theirs.add(make("http://x/2", link_text="b"))
        theirs.flush()
        ours.add(make("http://x/2", link_text="b"))
        ours.flush()
    assert archive.db.conn.execute("SELECT count(*) FROM urls WHERE url = 'http://x/2'").fetchone() == (1,)
    assert len([capture for capture in archive.captures() if capture.final_url == "http://x/2"]) == 2


def test_a_batch_that_could_not_be_committed_is_committed_later_with_what_it_shares(
    archive: Archive, make: Make
) -> None:
    with open_archive(archive.path) as other, open_archive(archive.path, busy=0.05) as quick:
        with quick.writer() as writer:
            writer.add(make("http://x/1", link_text="a"))
            other.db.conn.execute("BEGIN IMMEDIATE")
            with pytest.raises(ArchiveLocked):
                writer.flush()
            other.db.conn.execute("INSERT INTO texts (text) VALUES ('a')")
            other.db.conn.execute("COMMIT")
            writer.flush()
        assert [capture.link_text for capture in quick.captures()] == ["a"]
