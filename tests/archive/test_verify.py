from __future__ import annotations

import gzip
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from archive_samples import HEAD, START, Make, message
from tampering import tamper

from gicrawl.archive.records import Outcome, Role
from gicrawl.archive.store import Archive, open_archive
from gicrawl.archive.verify import content_digest, verify

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from uuid import UUID

URL = "http://www.linshui.gov.cn/nb/t1.html"
ZIPPED = gzip.compress(b"<p>zipped</p>" * 40)


@pytest.fixture
def filled(archive: Archive, make: Make) -> Archive:
    with archive.writer() as writer:
        for number in range(20):
            writer.add(make(f"{URL}?{number}", b"<p>report %d</p>" % number * 40))
        writer.add(make(URL, response=message(ZIPPED, b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n")))
        framing = b"5\r\n\r\n0\r\n\r\n"
        writer.add(make(URL + "c", response=message(b"12345", b"HTTP/1.1 200 OK\r\n\r\n", framing=framing)))
        torn = message(b"123", HEAD % 99, complete=False)
        writer.add(make(URL + "t", response=torn, outcome=Outcome.TRUNCATED))
        writer.add(make(URL + "r", response=None, outcome=Outcome.ROBOTS_DENIED, status=None, robots="denied"))
    return archive


def test_a_sound_archive_has_no_findings(filled: Archive) -> None:
    assert list(verify(filled)) == []
    assert list(verify(filled, sample=3)) == []


@pytest.mark.parametrize(
    ("statement", "codes"),
    [
        ("UPDATE bodies SET data = CAST(data || x'00' AS BLOB) WHERE codec = 'raw'", {"body"}),
        ("UPDATE bodies SET codec = 'raw' WHERE id = 3", {"body"}),
        ("UPDATE bodies SET data = x'28b52ffd' WHERE id = 3", {"body"}),
        ("UPDATE bodies SET size = size + 1 WHERE id = 3", {"body"}),
        ("UPDATE bodies SET sha256 = zeroblob(32) WHERE id = 3", {"body"}),
        ("UPDATE bodies SET dictionary = 777 WHERE id = 3", {"body", "reference"}),
        ("DELETE FROM bodies WHERE id = 3", {"reference", "seal"}),
        ("INSERT INTO dictionaries (sha256, site, data) VALUES (zeroblob(32), 'x', x'01')", {"dictionary"}),
        ("UPDATE digests SET sha256 = zeroblob(32)", {"digest"}),
        ("UPDATE digests SET rule = 'br, sdch'", {"digest"}),
        ("UPDATE heads SET data = CAST(data || x'00' AS BLOB) WHERE id = 2", {"head"}),
        ("UPDATE captures SET framing = x'390d0a' WHERE framing IS NOT NULL", {"capture", "seal"}),
        ("UPDATE captures SET complete = 1 WHERE outcome = 'truncated'", {"capture", "seal"}),
        ("UPDATE captures SET run = 99 WHERE id = 2", {"reference", "seal"}),
    ],
)
def test_every_tampering_is_named(filled: Archive, path: Path, statement: str, codes: set[str]) -> None:
    filled.close()
    tamper(path, statement)
    with open_archive(path) as archive:
        findings = list(verify(archive))
    assert {finding.code for finding in findings} == codes
    assert all("\n" not in finding.message for finding in findings)


def test_a_flipped_bit_on_the_disk_is_found_in_its_body_and_nowhere_else(filled: Archive, path: Path) -> None:
    stored = filled.db.conn.execute(
        "SELECT data, sha256 FROM bodies WHERE sha256 = ?", [body_of(filled, URL)]
    ).fetchone()
    filled.close()
    raw = bytearray(path.read_bytes())
    at = raw.index(stored[0]) + len(stored[0]) // 2
    raw[at] ^= 0x10
    path.write_bytes(raw)
    with open_archive(path) as archive:
        findings = [finding for finding in verify(archive) if finding.code != "digest"]
    assert [(finding.code, finding.subject) for finding in findings] == [("body", stored[1].hex())]


def body_of(archive: Archive, url: str) -> bytes:
    found = archive.latest(url)
    assert found is not None
    assert found.body_sha256 is not None
    return found.body_sha256


def test_a_torn_page_is_reported_and_the_rest_is_checked(filled: Archive, path: Path) -> None:
    (root,) = filled.db.conn.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'heads'").fetchone()
    filled.db.conn.execute("DROP TRIGGER bodies_never_change")
    filled.db.conn.execute("UPDATE bodies SET sha256 = zeroblob(32) WHERE id = 3")
    filled.close()
    raw = bytearray(path.read_bytes())
    page = int.from_bytes(raw[16:18], "big")
    raw[(root - 1) * page : root * page] = b"\xee" * page
    path.write_bytes(raw)
    with open_archive(path) as archive:
        findings = list(verify(archive))
    assert {finding.code for finding in findings} == {"structure", "body"}
    assert all("\n" not in finding.message for finding in findings)


def test_the_content_digest_counts_what_was_found_once(path: Path, archive: Archive, make: Make, run: UUID) -> None:
    first, second = make(URL), make(URL + "2", b"other")
    with archive.writer() as writer:
        writer.add(first)
        before = digest(archive, writer.flush)
        assert digest(archive, lambda: writer.add(make(URL, run=run, time=START + timedelta(days=3)))) == before
        unchanged = make(URL, outcome=Outcome.NOT_MODIFIED, status=304, revisit_of=first.id, response=message(b""))
        assert digest(archive, lambda: writer.add(unchanged)) == before
        again = make(URL, outcome=Outcome.NOT_MODIFIED, status=304, revisit_of=unchanged.id, response=message(b""))
        assert digest(archive, lambda: writer.add(again)) == before
        with_second = digest(archive, lambda: writer.add(second))
        assert with_second != before
        refused = make(URL + "3", outcome=Outcome.ROBOTS_DENIED, response=None, role=Role.ARTICLE)
        assert digest(archive, lambda: writer.add(refused)) != with_second
    with open_archive(path.with_name("other.db"), create=True) as other:
        elsewhere = other.start_run("crawl", {}, user_agent="y", vantage="elsewhere")
        with other.writer() as writer:
            for url, body in ((URL + "2", b"other"), (URL, b"<html>report</html>")):
                writer.add(make(url, body, run=elsewhere))
        assert content_digest(other) == with_second


def digest(archive: Archive, act: Callable[[], None]) -> str:
    act()
    for writer in [archive._writer]:
        assert writer is not None
        writer.flush()
    return content_digest(archive)
