"""What a re-visit that finds nothing new costs on the disk."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from archive_samples import START, Make, message

from gicrawl.archive.records import Capture, Outcome, Role

if TYPE_CHECKING:
    from pathlib import Path

    from gicrawl.archive.store import Archive

PAGES, ROUNDS = 300, 10


def unchanged(make: Make, page: int, night: int, revisited: Capture | None) -> Capture:
    """A page asked for with `If-None-Match` and not modified, with all the circumstances of a real one."""
    url = f"https://www.linshui.gov.cn/zfxxgk/zfxxgknb/202601/t20260122_{page}.html"
    etag = f'"65ae{page:04x}-1d3c{page:04x}"'
    date = START + timedelta(days=night, seconds=page * 2)
    printed = date.strftime("%a, %d %b %Y %H:%M:%S GMT")
    head = (
        f"HTTP/1.1 304 Not Modified\r\nServer: nginx\r\nDate: {printed}\r\n"
        f"Last-Modified: Thu, 22 Jan 2026 03:04:05 GMT\r\nConnection: keep-alive\r\nETag: {etag}\r\n"
        "X-Frame-Options: SAMEORIGIN\r\nX-Via: 1.1 linshui-cache-3\r\n\r\n"
    ).encode()
    request = (
        f"GET /zfxxgk/zfxxgknb/202601/t20260122_{page}.html HTTP/1.1\r\nHost: www.linshui.gov.cn\r\n"
        "User-Agent: gicrawl/0.1 (+mailto:archive@example.org)\r\nAccept-Encoding: identity\r\n"
        f"If-None-Match: {etag}\r\n\r\n"
    ).encode()
    body = b"<html>" + str(page).encode() * 900
    return make(
        url,
        time=date,
        outcome=Outcome.OK if revisited is None else Outcome.NOT_MODIFIED,
        status=200 if revisited is None else 304,
        role=Role.ARTICLE,
        request_head=request,
        response=message(body, head) if revisited is None else message(b"", head),
        ip="203.0.113.7",
        certificate=b"\x07" * 32,
        declared_type="text/html",
        etag=etag,
        last_modified="Thu, 22 Jan 2026 03:04:05 GMT",
        portal="linshui",
        spider="trs",
        spider_version="1",
        link_text=f"临水县第{page}局2025年政府信息公开工作年度报告",
        robots="allowed",
        revisit_of=None if revisited is None else revisited.id,
        elapsed=0.123456 + page / 7e6,
    )


def size(archive: Archive, path: Path) -> int:
    archive.db.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path.stat().st_size


def test_an_unchanged_page_costs_less_than_256_bytes_a_visit(archive: Archive, make: Make, path: Path) -> None:
    with archive.writer() as writer:
        first = [unchanged(make, page, 0, None) for page in range(PAGES)]
        second = [unchanged(make, page, 1, first[page]) for page in range(PAGES)]
        for capture in first + second:
            writer.add(capture)
        writer.flush()
        before = size(archive, path)
        last = [unchanged(make, page, night, first[page]) for night in range(2, ROUNDS + 2) for page in range(PAGES)]
        for capture in last:
            writer.add(capture)
    cost = (size(archive, path) - before) / len(last)
    assert cost < 256
    for capture in last[:: len(last) // 20]:
        assert capture.response is not None
        assert archive.wire(capture.id) == capture.response.head
        assert archive.request(capture.id) == capture.request_head
        stored = archive.capture(capture.id)
        assert (stored.elapsed, stored.etag, stored.ip) == (capture.elapsed, capture.etag, capture.ip)
    print(f"{cost:.0f} bytes a visit")  # noqa: T201  # shown with -s
