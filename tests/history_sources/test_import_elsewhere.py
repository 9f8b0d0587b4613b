"""`import wayback` and `import commoncrawl` as users start them, against an archive that answers as those two do."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from imitation_archive import imitation
from kept_elsewhere import ARRIVE, AS_FILE, COLUMN, PDF, PICTURE, REPORT, TRS, VERSIONS, WITHDRAWN

from gicrawl.archive.records import Capture, IndexOrigin, Link, Outcome, Role
from gicrawl.archive.store import open_archive
from gicrawl.corpus.documents import register
from gicrawl.corpus.store import prepare
from gicrawl.crawling.elsewhere.index import Match, Query
from gicrawl.crawling.elsewhere.visit import client_for
from gicrawl.crawling.elsewhere.wayback import Wayback

if TYPE_CHECKING:
    from http.server import BaseHTTPRequestHandler
    from pathlib import Path

    from console_elsewhere import Importing
    from imitation_archive import Imitation

    from gicrawl.archive.stored import StoredCapture

SOURCES = ("wayback", "commoncrawl")


def command(elsewhere: Imitation, source: str) -> tuple[str, ...]:
    return elsewhere.wayback if source == "wayback" else elsewhere.commoncrawl


def captures(path: Path) -> list[StoredCapture]:
    with open_archive(path) as archive:
        return list(archive.captures())


def stamp(capture: StoredCapture) -> str:
    return f"{capture.time:%Y%m%d%H%M%S}"


@pytest.mark.parametrize("source", SOURCES)
def test_every_version_arrives_once_with_its_time_and_origin(
    elsewhere: Imitation, importing: Importing, source: str
) -> None:
    done = importing.run(*command(elsewhere, source), "--all")
    assert done.returncode == 0, done.stderr
    assert f"new {len(ARRIVE)}" in done.stdout
    found = captures(importing.archive)
    assert sorted((one.final_url, stamp(one), one.role.value) for one in found) == sorted(ARRIVE)
    bodies = {(version.url, version.timestamp): version for version in VERSIONS}
    with open_archive(importing.archive) as archive:
        for capture in found:
            version = bodies[capture.final_url, stamp(capture)]
            assert archive.content(capture) == version.body
            assert capture.declared_type == version.media_type
            assert capture.etag == f'"{version.digest[:6]}"'
            assert (capture.status, capture.method, capture.request_head) == (200, None, b"")
            assert isinstance(capture.origin, IndexOrigin)
            assert capture.origin.kind == source
            told = dict(capture.origin.told)
            assert (told["timestamp"], told["digest"]) == (version.timestamp, version.digest)
            assert capture.portal in {"qingwan", "luoxi"}
    assert importing.gicrawl("verify", "--archive", str(importing.archive)).returncode == 0


def test_a_version_of_a_wayback_machine_has_no_head_and_names_its_replay(
    elsewhere: Imitation, importing: Importing
) -> None:
    importing.run(*elsewhere.wayback, "qingwan")
    (pdf,) = (one for one in captures(importing.archive) if one.final_url == PDF)
    assert isinstance(pdf.origin, IndexOrigin)
    assert pdf.origin.place == f"{elsewhere.origin}/web/20220205000000id_/{PDF}"
    assert dict(pdf.origin.told)["x-archive-orig-server"] == "Apache"
    assert (pdf.head, pdf.http_version, pdf.ip) == (b"", None, None)


def test_a_version_of_common_crawl_has_the_message_and_names_its_record(
    elsewhere: Imitation, importing: Importing
) -> None:
    importing.run(*elsewhere.commoncrawl, "qingwan")
    (pdf,) = (one for one in captures(importing.archive) if one.final_url == PDF)
    (row,) = (row for row in elsewhere.rows if row.version.url == PDF)
    assert isinstance(pdf.origin, IndexOrigin)
    assert pdf.origin.place == f"{row.filename}#{row.offset}+{row.length}"
    assert dict(pdf.origin.told)["warc-record-id"].startswith("<urn:uuid:")
    assert pdf.head.startswith(b"HTTP/1.1 200 OK\r\nContent-Type: application/pdf\r\n")
    assert pdf.ip == "192.0.2.7"
    ranges = [head["range"] for head in elsewhere.headers if "range" in head]
    assert f"bytes={row.offset}-{row.offset + row.length - 1}" in ranges


@pytest.mark.parametrize("source", SOURCES)
def test_lists_and_articles_are_tied_to_what_they_link_to(
    elsewhere: Imitation, importing: Importing, source: str
) -> None:
    importing.run(*command(elsewhere, source), "--all")
    found = {(one.final_url, stamp(one)): one for one in captures(importing.archive)}
    article = found[AS_FILE, "20220204000000"]
    assert article.link_text == "清湾县人民政府2021年政府信息公开工作年度报告"
    assert article.referrer == found[COLUMN, "20220201000000"].id
    assert found[PDF, "20220205000000"].referrer == article.id
    with open_archive(importing.archive) as archive:
        rows = archive.db.conn.execute("SELECT url, role FROM links_readable WHERE page_url = ?", [AS_FILE]).fetchall()
    assert sorted(rows) == sorted([(PDF, "attachment"), (PICTURE, "image")])
    with open_archive(importing.archive) as archive:
        prepare(archive)
        register(archive)
    with open_archive(importing.archive) as archive:
        documents = archive.db.conn.execute(
            "SELECT count(*), count(DISTINCT body) FROM documents WHERE url = ?", [REPORT]
        ).fetchone()
        (attached,) = archive.db.conn.execute("SELECT count(*) FROM document_bodies").fetchone()
    assert documents == (2, 2)  # the third version is the first one again
    assert attached == 2


@pytest.mark.parametrize("source", SOURCES)
def test_a_second_import_adds_nothing(elsewhere: Imitation, importing: Importing, source: str) -> None:
    importing.run(*command(elsewhere, source), "--all")
    before = importing.archive.read_bytes(), importing.digests()
    again = importing.run(*command(elsewhere, source), "--all")
    assert again.returncode == 0
    assert "new 0" in again.stdout
    assert f"known {len(ARRIVE)}" in again.stdout
    with open_archive(importing.archive) as archive:
        assert len(archive.runs()) == 1
        assert archive.db.conn.execute("SELECT count(*) FROM judgements").fetchone() == (len(ARRIVE),)
    assert importing.digests() == before[1]


@pytest.mark.parametrize("source", SOURCES)
def test_killed_at_any_moment_and_run_again_gives_the_same(tmp_path: Path, importing: Importing, source: str) -> None:
    with imitation(tmp_path / "elsewhere") as kept:
        importing.run(*command(kept, source), "--all")
        requests = len(kept.asked)
        truth = importing.digests()
        straight = [(one.id, one.referrer, one.link_text, one.judgement) for one in captures(importing.archive)]
        kept.pause = 0.15  # a batch waits a second at most: some are committed, some are not
        for after in (requests // 3, requests - 3):
            archive = tmp_path / f"killed-{after}.db"
            kept.asked.clear()
            arguments = importing.command(*command(kept, source), "--all", archive=archive)
            with subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
                while len(kept.asked) < after and process.poll() is None:
                    time.sleep(0.01)
                os.kill(process.pid, signal.SIGKILL)
            kept.pause = 0.0
            done = importing.run(*command(kept, source), "--all", archive=archive)
            kept.pause = 0.15
            assert done.returncode == 0, done.stderr
            assert importing.digests(archive) == truth
            found = [(one.id, one.referrer, one.link_text, one.judgement) for one in captures(archive)]
            assert sorted(found) == sorted(straight)


def test_an_index_in_parts_is_read_to_its_end(elsewhere: Imitation, importing: Importing) -> None:
    """The Internet Archive's resume keys; the page count of Common Crawl's is in every test of it."""
    assert Wayback().rows_at_once > len(VERSIONS)  # so the command never needs a second part here: ask ourselves
    found = _rows(elsewhere, importing.folder, rows_at_once=3)
    below = [version for version in VERSIONS if version.url.startswith(COLUMN)]
    assert len(found) == len(below)
    assert sum("resumeKey=" in target for target in elsewhere.asked) == len(below) // 3


def _rows(elsewhere: Imitation, folder: Path, *, rows_at_once: int) -> list[str]:
    source = Wayback(f"{elsewhere.origin}/cdx/search/cdx", f"{elsewhere.origin}/web/", rows_at_once)

    async def ask() -> list[str]:
        client, _ = client_for(folder / "a.db", source.urls, contact=None, delay=0)
        try:
            query = Query(url=COLUMN.rstrip("/"), match=Match.PREFIX)
            return [entry.url async for entry in source.rows(client, query)]
        finally:
            await client.close()

    return asyncio.run(ask())


def test_a_portal_without_a_known_column_is_asked_for_by_the_shape_of_its_urls(
    elsewhere: Imitation, importing: Importing
) -> None:
    done = importing.run(*elsewhere.wayback, f"{TRS}/")
    assert done.returncode == 0, done.stderr
    assert any("matchType=host" in target and "filter=original" in target for target in elsewhere.asked)
    urls = {one.final_url for one in captures(importing.archive)}
    assert {COLUMN, REPORT, WITHDRAWN, PDF} <= urls


def test_years_leave_out_reports_of_others(elsewhere: Imitation, importing: Importing) -> None:
    importing.run(*elsewhere.wayback, "qingwan", "--years", "2021")
    found = captures(importing.archive)
    assert all(stamp(one) >= "2021" for one in found)
    assert PDF in {one.final_url for one in found}


def test_at_most_so_many_versions_and_the_next_import_goes_on(elsewhere: Imitation, importing: Importing) -> None:
    importing.run(*elsewhere.wayback, "--all", "--max-pages", "3")
    first = len(captures(importing.archive))
    assert 3 < first < len(ARRIVE)  # of each portal
    importing.run(*elsewhere.wayback, "--all")
    assert len(captures(importing.archive)) == len(ARRIVE)


def test_both_sources_in_one_archive(elsewhere: Imitation, importing: Importing) -> None:
    importing.run(*elsewhere.wayback, "--all")
    importing.run(*elsewhere.commoncrawl, "--all")
    found = captures(importing.archive)
    assert len(found) == 2 * len(ARRIVE)
    assert len({one.body_sha256 for one in found}) == len(
        {v.body for v in VERSIONS if (v.url, v.timestamp) in _arrived()}
    )
    assert len({one.id for one in found}) == len(found)


def _arrived() -> set[tuple[str, str]]:
    return {(url, when) for url, when, _ in ARRIVE}


def test_a_report_seen_on_the_live_portal_is_looked_for_by_its_address(
    elsewhere: Imitation, importing: Importing
) -> None:
    """Nothing under the column links to it, and it lies elsewhere: only our own crawl knew of it."""
    with open_archive(importing.archive, create=True) as archive, archive.writer() as writer:
        run = archive.start_run("crawl", {}, user_agent="test", vantage=None)
        page = Capture(
            id=uuid4(),
            run=run,
            time=datetime(2026, 1, 1, tzinfo=UTC),
            requested_url="http://www.luoxi.gov.cn/xxgk/",
            final_url="http://www.luoxi.gov.cn/xxgk/",
            hop=0,
            method="GET",
            outcome=Outcome.NETWORK_ERROR,
            role=Role.LIST,
            portal="luoxi",
        )
        writer.add(page)
        target = "http://www.luoxi.gov.cn/art/2021/1/29/art_77_12.html"
        writer.link(Link(page=page.id, url=target, text="洛溪县2020年年报", title=None, date=None, position=0))
    importing.run(*elsewhere.wayback, "luoxi")
    (found,) = (one for one in captures(importing.archive) if one.final_url == target)
    assert (found.referrer, found.link_text) == (page.id, "洛溪县2020年年报")


# Bad answers.


@pytest.mark.parametrize("source", SOURCES)
def test_a_busy_archive_is_asked_again_after_the_time_it_names(
    elsewhere: Imitation, importing: Importing, source: str
) -> None:
    refused: list[float] = []

    def busy(request: BaseHTTPRequestHandler) -> bool:
        if request.path == "/robots.txt" or len(refused) >= 2:
            refused.append(time.monotonic())
            return False
        refused.append(time.monotonic())
        request.send(503, b"busy", "text/plain", **{"Retry-After": "1"})  # type: ignore[attr-defined]
        return True

    elsewhere.fault = busy
    done = importing.run(*command(elsewhere, source), "--all")
    assert done.returncode == 0, done.stderr
    assert len(captures(importing.archive)) == len(ARRIVE)
    assert refused[2] - refused[1] >= 1.0


def test_an_archive_that_asks_for_a_long_rest_is_left_alone(elsewhere: Imitation, importing: Importing) -> None:
    def tired(request: BaseHTTPRequestHandler) -> bool:
        if "/web/" not in request.path:
            return False
        request.send(429, b"", "text/plain", **{"Retry-After": "7200"})  # type: ignore[attr-defined]
        return True

    elsewhere.fault = tired
    done = importing.run(*elsewhere.wayback, "--all")
    assert done.returncode == 3
    assert "asks not to be visited for 7200 s" in done.stderr
    assert sum("/web/" in target for target in elsewhere.asked) == 1


@pytest.mark.parametrize("source", SOURCES)
def test_a_version_that_cannot_be_had_is_told_and_the_others_come(
    elsewhere: Imitation, importing: Importing, source: str
) -> None:
    (row,) = (row for row in elsewhere.rows if row.version.url == WITHDRAWN and row.version.status.startswith("200"))

    def broken(request: BaseHTTPRequestHandler) -> bool:
        asked = request.headers.get("Range", "")
        if asked.startswith(f"bytes={row.offset}-") or (WITHDRAWN in request.path and "/web/" in request.path):
            request.send(206 if asked else 404, b"\x1f\x8bgarbage", "text/plain")  # type: ignore[attr-defined]
            return True
        return False

    elsewhere.fault = broken
    done = importing.run(*command(elsewhere, source), "--all")
    assert done.returncode == 1
    (line,) = (line for line in done.stderr.splitlines() if "left out" in line)
    assert WITHDRAWN in line or f"#{row.offset}+" in line
    assert len(captures(importing.archive)) == len(ARRIVE) - 1
    elsewhere.fault = None
    assert importing.run(*command(elsewhere, source), "--all").returncode == 0
    assert len(captures(importing.archive)) == len(ARRIVE)


def test_another_version_than_the_one_asked_for_is_not_taken_for_it(elsewhere: Imitation, importing: Importing) -> None:
    """A Wayback Machine shows the nearest version when it cannot find the right one."""

    def nearest(request: BaseHTTPRequestHandler) -> bool:
        if "20210203000000id_" not in request.path:
            return False
        request.send(  # type: ignore[attr-defined]
            200, b"<html>other", "text/html", **{"Memento-Datetime": "Tue, 01 Jan 2019 00:00:00 GMT"}
        )
        return True

    elsewhere.fault = nearest
    done = importing.run(*elsewhere.wayback, "qingwan")
    assert done.returncode == 1
    assert "another version was shown" in done.stderr
    assert WITHDRAWN not in {one.final_url for one in captures(importing.archive)}


def test_a_server_that_ignores_ranges_is_not_believed(elsewhere: Imitation, importing: Importing) -> None:
    def whole(request: BaseHTTPRequestHandler) -> bool:
        if "/data/" not in request.path:
            return False
        request.send(200, b"x" * 1000, "application/gzip")  # type: ignore[attr-defined]
        return True

    elsewhere.fault = whole
    done = importing.run(*elsewhere.commoncrawl, "luoxi")
    assert done.returncode == 1
    assert "where a range of bytes was asked for" in done.stderr
    assert not importing.archive.exists() or captures(importing.archive) == []


@pytest.mark.parametrize("source", SOURCES)
def test_an_index_that_answers_nonsense_is_told(elsewhere: Imitation, importing: Importing, source: str) -> None:
    def nonsense(request: BaseHTTPRequestHandler) -> bool:
        if "matchType" not in request.path:
            return False
        request.send(200, b"<html>maintenance</html>", "text/html")  # type: ignore[attr-defined]
        return True

    elsewhere.fault = nonsense
    done = importing.run(*command(elsewhere, source), "qingwan")
    assert done.returncode == 1
    assert "no answer of an index (it begins with '<html>maintenance</html>')" in done.stderr


def test_robots_txt_of_the_other_archive_is_obeyed(elsewhere: Imitation, importing: Importing) -> None:
    elsewhere.robots = "User-agent: *\nDisallow: /cdx/\n"
    done = importing.run(*elsewhere.wayback, "--all")
    assert done.returncode == 3
    assert "robots.txt forbids" in done.stderr
    assert elsewhere.asked == ["/robots.txt"]


def test_nobody_beyond_this_machine_is_asked_without_a_contact(importing: Importing) -> None:
    done = importing.run("wayback", "--all")
    assert done.returncode == 2
    assert "no contact address is configured" in done.stderr
    assert not importing.archive.exists()


def test_a_machine_that_is_not_there_ends_in_one_line(importing: Importing) -> None:
    done = importing.run("wayback", "--index", "http://127.0.0.1:9/cdx", "--replay", "http://127.0.0.1:9/", "--all")
    assert done.returncode == 3
    assert len(done.stderr.strip().splitlines()) == 1


def test_who_asks_is_said_and_one_at_a_time(elsewhere: Imitation, importing: Importing) -> None:
    importing.run(*elsewhere.wayback, "luoxi", "--contact", "me@example.org")
    assert all("+me@example.org" in head["user-agent"] for head in elsewhere.headers)
