"""What an archive takes and how fast it is, beside warc.gz, zlib, and a plain SQLite table of zstd blobs.

    python benchmarks/archive.py [--captures 20000] [--rounds 7] [--to docs/benchmarks]

Pages are drawn by `archive_pages` (fixed seed): 20 unlike templates, 50 pages each, two redesigns. Whatever is compared
is timed in turn in one process, so that whatever else the machine does falls on both; ratios are medians of the
rounds' own ratios. The curves fill one archive with captures, a fifth of them new bodies, and look at it as it grows;
`--captures 1000000` is the full length. Writes `archive.json` and `archive.svg`.
"""

from __future__ import annotations

import argparse
import io
import json
import random
import sqlite3
import statistics
import sys
import tempfile
import time
import zlib
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from archive_curves import draw, grow
from archive_pages import Drawn, pages
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from gicrawl.archive.bodies import LEVEL
from gicrawl.archive.compact import compact
from gicrawl.archive.records import Capture, Outcome, Role, WireMessage
from gicrawl.archive.store import open_archive
from gicrawl.archive.verify import verify

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

if TYPE_CHECKING:
    from collections.abc import Callable

    from warcio.recordloader import ArcWarcRecord

SEED = 4
START = datetime(2026, 1, 22, 3, 4, 5, tzinfo=UTC)


def capture(
    run: UUID, page: Drawn, number: int, *, revisit: Capture | None = None, body: bytes | None = None
) -> Capture:
    """A page fetched, or asked for again and not modified, with all the circumstances of a real fetch."""
    content = page.body if body is None else body
    when = START + timedelta(seconds=number)
    etag, modified = f'"{page.design:x}-{len(content):x}"', "Thu, 22 Jan 2026 02:03:04 GMT"
    status = "304 Not Modified" if revisit is not None else "200 OK"
    told = "" if revisit is not None else f"Content-Type: text/html\r\nContent-Length: {len(content)}\r\n"
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


def filled(path: Path, drawn: list[Drawn]) -> float:
    """Write all pages into a new archive; seconds without opening it."""
    with open_archive(path, create=True) as archive:
        run = archive.start_run("crawl", {}, user_agent="gicrawl/0.1", vantage=None)
        captures = [capture(run, page, number) for number, page in enumerate(drawn)]
        began = time.perf_counter()
        with archive.writer(batch=100) as writer:
            for one in captures:
                writer.add(one)
        return time.perf_counter() - began


def warc(path: Path, drawn: list[Drawn]) -> int:
    """The same captures by warcio: a response and a request record each, gzip by record."""
    run = UUID(int=0)
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=True)
        for number, page in enumerate(drawn):
            one = capture(run, page, number)
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


def sizes(folder: Path, drawn: list[Drawn], _rounds: int) -> dict[str, object]:
    """Bytes of the same captures in several shapes."""
    path = folder / "size.db"
    filled(path, drawn)
    ours, others = path.stat().st_size, warc(folder / "x.warc.gz", drawn)
    with open_archive(path) as archive:
        compacted = compact(archive).after
    return {
        "captures": len(drawn),
        "bytes of the bodies": sum(len(page.body) for page in drawn),
        "archive": ours,
        "archive, compacted (with cleaned digests)": compacted,
        "warc.gz by warcio": others,
        "zlib 6, bodies alone": sum(len(zlib.compress(page.body)) for page in drawn),
        "plain SQLite with zstd, bodies alone": plain(folder / "plain.db", drawn),
        "archive / warc.gz": ours / others,
        "compacted / warc.gz": compacted / others,
    }


def writing(folder: Path, drawn: list[Drawn], rounds: int) -> dict[str, object]:
    """New pages, batches of 100, synchronous=FULL, against bare SHA-256 and zstd at the same level."""
    times = []
    for number in range(rounds):
        path = folder / f"write{number}.db"
        ours = filled(path, drawn)
        path.unlink()
        began = time.perf_counter()
        for page in drawn:
            sha256(page.body).digest()
            zstd.compress(page.body, LEVEL)
        times.append((ours, time.perf_counter() - began))
    return {
        "zstd level": LEVEL,
        "pages a second": len(drawn) / statistics.median(one for one, _ in times),
        "bare SHA-256 + zstd, pages a second": len(drawn) / statistics.median(other for _, other in times),
        "speed against bare": statistics.median(other / one for one, other in times),
    }


def reading(folder: Path, drawn: list[Drawn], rounds: int) -> dict[str, object]:
    """Random reads, page cache warm: dictionaries loaded as they are met, loaded anew for each read, and bare."""
    path = folder / "read.db"
    filled(path, drawn)
    plain(folder / "bare.db", drawn)
    names = [sha256(page.body).digest() for page in drawn]
    random.Random(SEED).shuffle(names)
    bare = sqlite3.connect(folder / "bare.db")

    def simply(name: bytes) -> bytes:
        return zstd.decompress(bare.execute("SELECT data FROM bodies WHERE sha256 = ?", [name]).fetchone()[0])

    found: dict[str, list[float]] = {"met": [], "anew": [], "bare": []}
    for _ in range(rounds):
        with open_archive(path) as met, open_archive(path) as anew:
            times: dict[str, list[float]] = {"met": [], "anew": [], "bare": []}
            for name in names:
                anew.dictionaries.forget()
                for kind, read in (("bare", simply), ("met", met.body), ("anew", anew.body)):
                    times[kind].append(_timed(read, name))
            for kind, values in times.items():
                found[kind].append(statistics.median(values))
    bare.close()
    middle = {kind: statistics.median(values) * 1e6 for kind, values in found.items()}
    ratios = {
        kind: statistics.median(one / other for one, other in zip(found[kind], found["bare"], strict=True))
        for kind in ("met", "anew")
    }
    return {
        "median microseconds": middle["met"],
        "median microseconds, dictionary loaded for each read": middle["anew"],
        "bare SELECT and decompress, microseconds": middle["bare"],
        "times bare": ratios["met"],
        "times bare, dictionary loaded for each read": ratios["anew"],
    }


def _timed(read: Callable[[bytes], bytes], name: bytes) -> float:
    began = time.perf_counter()
    read(name)
    return time.perf_counter() - began


def revisits(folder: Path, drawn: list[Drawn], rounds: int) -> dict[str, object]:
    """Unchanged pages asked for again: not modified, and sent again in full."""
    path = folder / "revisit.db"
    filled(path, drawn)
    speeds: dict[str, list[float]] = {"304": [], "200": []}
    number = 10**6
    with open_archive(path) as archive:
        run = archive.start_run("crawl", {}, user_agent="gicrawl/0.1", vantage=None)
        first = [capture(run, page, at) for at, page in enumerate(drawn)]
        before = count = 0
        for turn in range(rounds + 1):
            if turn == 1:  # the first night meets every page's head for the first time
                archive.db.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
                before, count = path.stat().st_size, 0
            for kind in ("304", "200"):
                made = []
                for at, page in enumerate(drawn):
                    number += 1
                    made.append(capture(run, page, number, revisit=first[at] if kind == "304" else None))
                began = time.perf_counter()
                with archive.writer(batch=100) as writer:
                    for one in made:
                        writer.add(one)
                speeds[kind].append(len(made) / (time.perf_counter() - began))
                count += len(made)
        archive.db.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        cost = (path.stat().st_size - before) / count
    return {
        "not modified, a second": statistics.median(speeds["304"][1:]),
        "sent again unchanged, a second": statistics.median(speeds["200"][1:]),
        "bytes each, indexes included": cost,
    }


def checking(folder: Path, drawn: list[Drawn], _rounds: int) -> dict[str, object]:
    """How fast everything stored is held against its digests."""
    path = folder / "verify.db"
    filled(path, drawn)
    with open_archive(path) as archive:
        (size,) = archive.db.conn.execute("SELECT sum(size) FROM bodies").fetchone()
        began = time.perf_counter()
        findings = list(verify(archive))
        seconds = time.perf_counter() - began
    assert not findings
    return {"MB of bodies a second": size / seconds / 1e6}


def main() -> None:
    """Measure, print, and write JSON and SVG."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--captures", type=int, default=20_000, help="length of the curves (default 20000)")
    options.add_argument("--rounds", type=int, default=7, help="rounds of each comparison (default 7)")
    options.add_argument("--only", choices=[*PARTS, CURVES], action="append", help="a part; may be repeated")
    options.add_argument("--growing", type=Path, help="where the growing archive stays; another run goes on with it")
    options.add_argument("--to", type=Path, help="folder of archive.json and archive.svg; what is not run stays there")
    chosen = options.parse_args()
    told = None if chosen.to is None else chosen.to / "archive.json"
    found: dict[str, object] = json.loads(told.read_text()) if told is not None and told.exists() else {}
    drawn = list(pages(SEED))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for part, measure in PARTS.items():
            if part in (chosen.only or PARTS):
                found[part] = {"date": datetime.now(UTC).date().isoformat(), **measure(folder, drawn, chosen.rounds)}
                print(part, json.dumps(found[part], indent=1), sep=": ", flush=True)
        if CURVES in (chosen.only or [CURVES]):
            grown = folder / "grow.db" if chosen.growing is None else chosen.growing
            found[CURVES] = points = list(grow(grown, drawn, chosen.captures, capture))
            if chosen.to is not None:
                (chosen.to / "archive.svg").write_text(draw(points), encoding="utf-8")
    found["versions"] = {"python": sys.version.split()[0], "sqlite": sqlite3.sqlite_version}
    if told is not None:
        told.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


CURVES = "growth"
PARTS: dict[str, Callable[[Path, list[Drawn], int], dict[str, object]]] = {
    "size": sizes,
    "write": writing,
    "read": reading,
    "revisit": revisits,
    "verify": checking,
}


if __name__ == "__main__":
    main()
