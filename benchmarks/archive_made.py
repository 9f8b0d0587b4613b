"""The same captures as an archive, as WARC files and as a bare table: what the archive's benchmark compares."""

from __future__ import annotations

import gzip
import io
import random
import sqlite3
import sys
import time
import zlib
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING
from uuid import UUID

from archive_pages import Drawn, town
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from gicrawl.archive.bodies import LEVEL
from gicrawl.archive.records import Capture, Outcome, Role, WireMessage
from gicrawl.archive.store import open_archive
from gicrawl.sample import ReportSpec
from gicrawl.sample.issuers import Issuer
from gicrawl.sample.renditions import publish

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from warcio.recordloader import ArcWarcRecord

START = datetime(2026, 1, 22, 3, 4, 5, tzinfo=UTC)


def capture(
    run: UUID,
    page: Drawn,
    number: int,
    *,
    revisit: Capture | None = None,
    body: bytes | None = None,
    told: str = "Content-Type: text/html",
) -> Capture:
    """A page fetched, or asked for again and not modified, with all the circumstances of a real fetch."""
    content = page.body if body is None else body
    when = START + timedelta(seconds=number)
    etag, modified = f'"{page.design:x}-{len(content):x}"', "Thu, 22 Jan 2026 02:03:04 GMT"
    status = "304 Not Modified" if revisit is not None else "200 OK"
    told = "" if revisit is not None else f"{told}\r\nContent-Length: {len(content)}\r\n"
    head = (
        f"HTTP/1.1 {status}\r\nServer: nginx\r\nDate: {when:%a, %d %b %Y %H:%M:%S} GMT\r\n{told}"
        f"Last-Modified: {modified}\r\nETag: {etag}\r\nConnection: keep-alive\r\nX-Frame-Options: SAMEORIGIN\r\n\r\n"
    )
    host, _, path = page.url.partition("://")[2].partition("/")
    asked = f"If-None-Match: {etag}\r\nIf-Modified-Since: {modified}\r\n" if revisit is not None else ""
    request = (
        f"GET /{path} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: gicrawl/0.1 (+mailto:archive@example.org)\r\n"
        f"Accept-Encoding: identity\r\n{asked}\r\n"
    )
    return Capture(
        id=UUID(int=random.Random(number).getrandbits(128)),
        run=run,
        time=when,
        requested_url=page.url,
        final_url=page.url,
        hop=0,
        method="GET",
        outcome=Outcome.OK if revisit is None else Outcome.NOT_MODIFIED,
        role=Role.ARTICLE,
        status=200 if revisit is None else 304,
        http_version="HTTP/1.1",
        request_head=request.encode(),
        response=WireMessage(
            interim=b"", head=head.encode(), body=b"" if revisit else content, framing=None, surplus=b"", complete=True
        ),
        ip="203.0.113.7",
        declared_type="text/html",
        etag=etag,
        last_modified=modified,
        portal=f"portal{page.template}",
        spider="trs",
        spider_version="1",
        link_text=page.title,
        robots="allowed",
        revisit_of=None if revisit is None else revisit.id,
        elapsed=0.1 + number / 7e6,
    )


def filled(path: Path, drawn: list[Drawn], told: str = "Content-Type: text/html") -> tuple[float, float]:
    """Write all pages into a new archive; seconds, and seconds of CPU, without opening it."""
    with open_archive(path, create=True) as archive:
        run = archive.start_run("crawl", {}, user_agent="gicrawl/0.1", vantage=None)
        captures = [capture(run, page, number, told=told) for number, page in enumerate(drawn)]
        began, busy = time.perf_counter(), time.process_time()
        with archive.writer(batch=100) as writer:
            for one in captures:
                writer.add(one)
        return time.perf_counter() - began, time.process_time() - busy


def warc(path: Path, drawn: list[Drawn], told: str = "Content-Type: text/html") -> int:
    """The same captures by warcio: a response and a request record each, gzip by record."""
    run = UUID(int=0)
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=True)
        for number, page in enumerate(drawn):
            one = capture(run, page, number, told=told)
            assert one.response is not None
            response = writer.create_warc_record(
                page.url,
                "response",
                payload=io.BytesIO(one.response.body),
                http_headers=_headers(one.response.head, is_request=False),
                warc_headers_dict={"WARC-IP-Address": str(one.ip)},
            )
            _write(writer, response)
            linked = {"WARC-Concurrent-To": response.rec_headers.get_header("WARC-Record-ID")}
            headers = _headers(one.request_head, is_request=True)
            _write(
                writer, writer.create_warc_record(page.url, "request", http_headers=headers, warc_headers_dict=linked)
            )
    return path.stat().st_size


def _write(writer: WARCWriter, record: ArcWarcRecord) -> None:
    writer.write_record(record)
    record.raw_stream.close()  # warcio leaves its temporary file open


def _headers(head: bytes, *, is_request: bool) -> StatusAndHeaders:
    first, *lines = head.decode().split("\r\n")
    fields = [tuple(line.split(": ", 1)) for line in lines if line]
    if is_request:
        return StatusAndHeaders(first, fields, is_http_request=True)
    version, _, status = first.partition(" ")
    return StatusAndHeaders(status, fields, protocol=version)


def plain(path: Path, drawn: list[Drawn]) -> int:
    """A bare table of bodies: SHA-256, zstd at the archive's own level, nothing else."""
    conn = sqlite3.connect(path)
    conn.execute("CREATE TABLE bodies (sha256 BLOB PRIMARY KEY, data BLOB)")
    rows = ((sha256(page.body).digest(), zstd.compress(page.body, LEVEL)) for page in drawn)
    conn.executemany("INSERT OR IGNORE INTO bodies VALUES (?, ?)", rows)
    conn.commit()
    conn.close()
    return path.stat().st_size


def rewritten(source: Path, plain: Path, packed: Path) -> None:
    """A WARC file of gzip members without compression, and as zstd frames, a record each."""
    data = source.read_bytes()
    with plain.open("wb") as bare, packed.open("wb") as frames:
        while data:
            engine = zlib.decompressobj(zlib.MAX_WBITS | 16)
            record = engine.decompress(data) + engine.flush()
            data = engine.unused_data
            bare.write(record)
            frames.write(zstd.compress(record, 3))


def encoded(drawn: Iterable[Drawn]) -> list[Drawn]:
    """The pages as servers send them that encode whatever one asks for; gzip at its usual level, without a time."""
    return [
        Drawn(one.template, one.design, one.url, one.charset, one.title, gzip.compress(one.body, 6, mtime=0))
        for one in drawn
    ]


def attached(seed: int, count: int = 300) -> list[Drawn]:
    """Files that reports are published as: PDF, DOCX, and pages drawn as pictures."""
    chosen = random.Random(seed)
    found: list[Drawn] = []
    while len(found) < count:
        name, year = town(chosen), chosen.randrange(2014, 2025)
        issuer = Issuer(f"{name}人民政府", name, "county", "government", "county", f"{name}政府办公室")
        spec = ReportSpec(issuer=issuer, year=year, published=date(year + 1, 1, 9))
        for form in ("notice_pdf_docx", "pictures"):
            for file in publish(chosen, spec, form).attachments:
                url = f"http://www.a{len(found) % 20}xian.gov.cn/files/{len(found)}.{file.suffix}"
                found.append(Drawn(len(found) % 20, 0, url, "", name, file.body))
    return found
