# ruff: noqa: S608  # table names stand in the test
from __future__ import annotations

import sqlite3
import zlib
from dataclasses import fields
from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import pytest
from archive_samples import START, Make, message

from gicrawl.archive.errors import ArchiveError
from gicrawl.archive.reading import KNOWN
from gicrawl.archive.records import Capture, Judgement, Link, Outcome, Role, Verdict
from gicrawl.archive.store import Archive, open_archive
from gicrawl.archive.verify import verify

if TYPE_CHECKING:
    from pathlib import Path

URL = "http://www.linshui.gov.cn/zfxxgk/nb/202601/t1.html"


def everything(run: UUID, referrer: UUID, revisited: UUID) -> Capture:
    """A capture with every field filled, none with its default."""
    return Capture(
        id=uuid4(),
        run=run,
        time=START + timedelta(hours=1),
        requested_url="http://linshui.gov.cn/old",
        final_url=URL,
        hop=2,
        method="POST",
        outcome=Outcome.NOT_MODIFIED,
        role=Role.ATTACHMENT,
        error="the connection \udc80 broke",
        status=304,
        http_version="HTTP/1.0",
        request_head=b'POST http://x/ HTTP/1.0\r\nHost: x\r\nIf-None-Match: "\xc4"\r\n\r\n',
        request_body=b"page=2",
        response=message(
            b"",
            b'HTTP/1.0 304 \xb2\xbb\xb1\xe4\r\nDATE:  today \r\nETag: "1"\r\n\r\n',
            interim=b"HTTP/1.1 103 Early\r\n\r\n",
            framing=b"0\r\n\r\n",
            surplus=b"!",
            complete=True,
        ),
        ip="127.0.0.1:8001",
        certificate=bytes(range(32)),
        tls_relaxed=True,
        declared_type="text/html",
        declared_charset="gb2312",
        used_charset="gb18030",
        etag='"1"',
        last_modified="Thu, 22 Jan 2026 03:04:05 GMT",
        portal="linshui",
        spider="trs",
        spider_version="1",
        referrer=referrer,
        link_text="临水县2025年政府信息公开工作年度报告 𠮷",
        robots="allowed",
        revisit_of=revisited,
        elapsed=0.125,
    )


def test_a_capture_comes_back_as_it_was_given(archive: Archive, run: UUID, make: Make) -> None:
    page, report = make("http://www.linshui.gov.cn/nb/", role=Role.LIST), make(URL)
    full = everything(run, page.id, report.id)
    with archive.writer() as writer:
        for capture in (page, report, full):
            writer.add(capture)
    stored = archive.capture(full.id)
    differing = {
        field.name
        for field in fields(Capture)
        if field.name not in {"response", "body"} and getattr(stored, field.name) != getattr(full, field.name)
    }
    assert differing == {"error"}  # SQLite keeps no lone surrogate
    assert stored.error == r"the connection \udc80 broke"
    assert archive.response(full.id) == full.response
    assert full.response is not None
    assert archive.wire(full.id) == full.response.interim + full.response.head + b"0\r\n\r\n!"
    assert archive.request(full.id) == full.request_head + b"page=2"
    assert stored.body_sha256 is None
    assert list(verify(archive)) == []


def test_what_waits_in_the_writer_is_told_of_as_what_is_committed(archive: Archive, make: Make) -> None:
    encoded = zlib.compress(b"<html>inside</html>")
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: deflate\r\n\r\n"
    capture = make(URL, response=message(encoded, head), request_head=b"GET / HTTP/1.1\r\n\r\n", link_text="年报")
    with archive.writer() as writer:
        writer.add(capture)
        writer.judge(Verdict(capture=capture.id, judgement=Judgement.CONTENT, signature=None, rule="1", pages_end=True))
        waiting = archive.latest(URL)
    assert waiting == archive.latest(URL) == archive.capture(capture.id)
    assert waiting is not None
    assert waiting.sniffed_type == "text/html"
    assert waiting.decoded_sha256 == sha256(b"<html>inside</html>").digest()
    assert waiting.pages_end is True
    assert archive.content(waiting) == b"<html>inside</html>"
    assert archive.body(sha256(encoded).digest()) == encoded


def test_latest_is_the_newest_whole_body(archive: Archive, make: Make) -> None:
    good = make(URL, b"<html>good</html>")
    captures = [
        make(URL, b"<html>older</html>", time=START - timedelta(days=1)),
        good,
        make(URL, b"<html>to", outcome=Outcome.TRUNCATED, response=message(b"<html>to", complete=False)),
        make(URL, b"gone", outcome=Outcome.NOT_FOUND, status=404),
        make(URL, b"posted", method="POST"),
        make(URL + "?x", b"another"),
        make(URL, outcome=Outcome.NETWORK_ERROR, response=None, status=None, error="refused"),
    ]
    with archive.writer() as writer:
        assert archive.latest(URL) is None
        for capture in captures:
            writer.add(capture)
        buffered = archive.latest(URL)
        assert buffered is not None
        assert buffered.id == good.id
    committed = archive.latest(URL)
    assert committed == buffered


def test_equal_bodies_are_stored_once_within_and_across_batches(archive: Archive, make: Make) -> None:
    with archive.writer(batch=3) as writer:
        for number in range(7):
            writer.add(make(f"{URL}?{number}", b"<p>the same</p>" * 50))
        writer.add(make(URL, b""))
    assert archive.db["bodies"].count == 2
    assert {capture.body_size for capture in archive.captures()} == {750, 0}


def test_a_batch_is_committed_when_it_is_full_or_old(archive: Archive, make: Make) -> None:
    with archive.writer(batch=3, seconds=60) as writer:
        for expected in (0, 0, 3, 3):
            writer.add(make(URL))
            assert len(list(archive.captures())) == expected
        assert not writer.due()
    with archive.writer(seconds=0) as writer:
        writer.add(make(URL))
        assert len(list(archive.captures())) == 5
        assert not writer.due()


def test_captures_are_found_by_portal_role_outcome_and_run(archive: Archive, make: Make) -> None:
    other = archive.start_run("crawl", {}, user_agent="x", vantage=None)
    page = make(URL, portal="linshui", role=Role.LIST)
    lost = make(URL, portal="linshui", outcome=Outcome.NOT_FOUND)
    later = make(URL, run=other, time=START + timedelta(days=9))
    with archive.writer() as writer:
        for capture in (later, page, lost):
            writer.add(capture)
    assert [stored.id for stored in archive.captures()] == [page.id, lost.id, later.id]
    assert [stored.id for stored in archive.captures(portal="linshui")] == [page.id, lost.id]
    assert [stored.id for stored in archive.captures(role=Role.LIST)] == [page.id]
    assert [stored.id for stored in archive.captures(outcome=Outcome.NOT_FOUND, portal="linshui")] == [lost.id]
    assert [stored.id for stored in archive.captures(run=other)] == [later.id]


def test_more_captures_than_are_read_at_once(archive: Archive, make: Make) -> None:
    with archive.writer() as writer:
        for number in range(1203):
            writer.add(make(f"{URL}?{number}"))
    assert [stored.final_url for stored in archive.captures()] == [f"{URL}?{number}" for number in range(1203)]


def test_known_pages_are_listed_once_with_what_was_last_seen(archive: Archive, make: Make) -> None:
    column = "http://www.linshui.gov.cn/nb/"
    captures = [
        make(column, portal="linshui", role=Role.LIST, link_text="年报"),
        make(URL, portal="linshui", role=Role.ARTICLE),
        make(column, portal="linshui", role=Role.LIST, outcome=Outcome.HTTP_ERROR, status=500),
        make(URL + "?2", portal=None, role=Role.ARTICLE),
        make(column + "page", portal="linshui", role=Role.LIST, method="POST"),
    ]
    with archive.writer() as writer:
        for capture in captures:
            writer.add(capture)
        writer.judge(Verdict(capture=captures[2].id, judgement=Judgement.BLOCKED, signature="jsl", rule="1"))
    (page, article) = archive.known("linshui", {Role.LIST, Role.ARTICLE})
    assert (page.url, page.link_text, page.outcome, page.judgement) == (
        column,
        "年报",
        Outcome.HTTP_ERROR,
        Judgement.BLOCKED,
    )
    assert (article.url, article.capture, article.hop) == (URL, captures[1].id, 0)
    assert [known.url for known in archive.known(None, [Role.ARTICLE])] == [URL + "?2"]


def test_what_is_known_of_a_portal_is_found_without_reading_the_others(archive: Archive) -> None:
    plan = archive.db.conn.execute("EXPLAIN QUERY PLAN " + KNOWN, ("linshui", "[]")).fetchall()
    steps = [step for *_, step in plan]
    assert any("captures_circumstances" in step for step in steps)
    assert not any(step.startswith("SCAN c") and step != "SCAN circumstances" for step in steps)


def test_judgements_stand_beside_each_other_and_the_newest_counts(archive: Archive, make: Make) -> None:
    capture = make(URL)
    with archive.writer() as writer:
        writer.add(capture)
        writer.judge(Verdict(capture=capture.id, judgement=Judgement.BLOCKED, signature="jsl", rule="1"))
        writer.flush()
        writer.judge(Verdict(capture=capture.id, judgement=Judgement.CONTENT, signature=None, rule="2"))
    assert archive.capture(capture.id).judgement is Judgement.CONTENT
    assert [row["rule"] for row in archive.db["judgements"].rows] == ["1", "2"]


def test_links_are_kept_as_the_page_printed_them(archive: Archive, make: Make) -> None:
    page = make("http://www.linshui.gov.cn/nb/", role=Role.LIST)
    with archive.writer() as writer:
        writer.add(page)
        writer.link(
            Link(page=page.id, url=URL, text="临水县…", title="临水县2025年年报", date="2026-01-22", position=3)
        )
    (link,) = archive.db["links_readable"].rows
    assert link == {
        "page": str(page.id),
        "page_url": page.final_url,
        "position": 3,
        "url": URL,
        "text": "临水县…",
        "title": "临水县2025年年报",
        "date": "2026-01-22",
        "role": "article",
    }


def test_what_contradicts_the_archive_is_refused_and_spoils_nothing(archive: Archive, make: Make) -> None:
    good = make(URL)
    with archive.writer() as writer:
        writer.add(good)
        for bad, why in (
            (good, "add it once"),
            (make(URL, run=uuid4()), "never began"),
            (make(URL, referrer=uuid4()), "not in the archive"),
            (make(URL, revisit_of=uuid4(), outcome=Outcome.NOT_MODIFIED), "not in the archive"),
        ):
            with pytest.raises(ArchiveError, match=why):
                writer.add(bad)
        with pytest.raises(ArchiveError, match="not in the archive"):
            writer.judge(Verdict(capture=uuid4(), judgement=Judgement.EMPTY, signature=None, rule="1"))
        with pytest.raises(ArchiveError, match="not in the archive"):
            writer.link(Link(page=uuid4(), url=URL, text="", title=None, date=None, position=0))
        with pytest.raises(ArchiveError, match="one writer"):
            archive.writer()
    assert [stored.id for stored in archive.captures()] == [good.id]
    with pytest.raises(ArchiveError, match="closed"):
        writer.add(make(URL))
    archive.writer().close()


def test_runs_are_finished_once(archive: Archive, run: UUID) -> None:
    archive.finish_run(run, "finished", {"报告": 3})
    with pytest.raises(ArchiveError, match="finished once"):
        archive.finish_run(run, "again", {})
    (stored,) = archive.runs()
    assert (stored.id, stored.kind, stored.arguments) == (run, "crawl", {"portals": ["linshui"]})
    assert (stored.vantage, stored.status, stored.summary) == ("home", "finished", {"报告": 3})
    assert stored.finished is not None
    assert stored.started <= stored.finished


def test_nothing_can_be_changed_or_deleted(archive: Archive, run: UUID, make: Make, path: Path) -> None:
    page = make(
        URL,
        zlib.compress(b"x" * 99),
        response=message(zlib.compress(b"x"), b"HTTP/1.1 200 OK\r\nContent-Encoding: deflate\r\n\r\n"),
    )
    with archive.writer() as writer:
        writer.add(page)
        writer.judge(Verdict(capture=page.id, judgement=Judgement.EMPTY, signature=None, rule="1"))
        writer.link(Link(page=page.id, url=URL, text="x", title=None, date=None, position=0))
    archive.finish_run(run, "finished", {})
    outside = sqlite3.connect(path, isolation_level=None)
    try:
        tables = (
            "captures",
            "bodies",
            "digests",
            "judgements",
            "links",
            "heads",
            "urls",
            "texts",
            "circumstances",
            "runs",
        )
        for table in tables:
            (column,) = outside.execute("SELECT name FROM pragma_table_info(?) LIMIT 1 OFFSET 1", [table]).fetchone()
            for statement in (f"DELETE FROM {table}", f"UPDATE {table} SET {column} = {column}"):
                with pytest.raises(sqlite3.Error, match=r"append-only|gicrawl_same"):
                    outside.execute(statement)
    finally:
        outside.close()


def test_two_objects_write_one_archive_in_turn(archive: Archive, make: Make, path: Path) -> None:
    with open_archive(path) as second, archive.writer(batch=2) as one, second.writer(batch=3) as two:
        for number in range(30):
            (one if number % 2 else two).add(
                make(f"{URL}?{number % 7}", b"%d" % (number % 5), link_text=str(number % 3))
            )
    assert len(list(archive.captures())) == 30
    assert archive.db["bodies"].count == 5
    assert list(verify(archive)) == []


def test_unknown_ids_are_one_clear_line(archive: Archive) -> None:
    for ask in (archive.capture, archive.wire, archive.request):
        with pytest.raises(ArchiveError, match="there is no capture"):
            ask(uuid4())
    with pytest.raises(ArchiveError, match="there is no body"):
        archive.body(bytes(32))
