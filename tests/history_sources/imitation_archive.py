"""A web archive on loopback that answers as the Internet Archive and Common Crawl do, and badly where it is told to."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

from kept_elsewhere import Row, write_warc

if TYPE_CHECKING:
    from pathlib import Path

Fault = Callable[[BaseHTTPRequestHandler], bool]
"""Is shown a request before it is answered; says whether it has dealt with it."""

FIELDS = ("urlkey", "timestamp", "original", "mimetype", "statuscode", "digest", "length")
PAGE = 4  # rows on a page of the Common Crawl index


@dataclass
class Imitation:
    """What it keeps, and what it was asked."""

    folder: Path
    rows: list[Row]
    fault: Fault | None = None
    robots: str = ""
    pause: float = 0.0
    asked: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    origin: str = ""

    @property
    def wayback(self) -> tuple[str, ...]:
        return ("wayback", "--index", f"{self.origin}/cdx/search/cdx", "--replay", f"{self.origin}/web/")

    @property
    def commoncrawl(self) -> tuple[str, ...]:
        return ("commoncrawl", "--crawls", f"{self.origin}/collinfo.json", "--data", f"{self.origin}/data/")

    def matching(self, query: dict[str, str]) -> list[Row]:
        """As servers do it: the key without scheme, `www.` and final slash."""
        asked = _key(query["url"])
        found = []
        for row in sorted(self.rows, key=lambda row: (_key(row.version.url), row.version.timestamp)):
            key = _key(row.version.url)
            kind = query.get("matchType", "exact")
            hit = key == asked if kind == "exact" else key.startswith(asked)
            if kind == "host":
                hit = key.partition("/")[0] == asked.partition("/")[0]
            if hit and row.version.timestamp >= query.get("from", ""):
                found.append(row)
        return found


def _key(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.netloc.removeprefix('www.')}{parts.path.rstrip('/')}"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    kept: Imitation

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        kept = self.kept
        kept.asked.append(self.path)
        kept.headers.append({name.lower(): value for name, value in self.headers.items()})
        time.sleep(kept.pause)
        if kept.fault is not None and kept.fault(self):
            return
        parts = urlsplit(self.path)
        query = dict(parse_qsl(parts.query))
        if parts.path == "/robots.txt":
            self.send(200 if kept.robots else 404, kept.robots.encode(), "text/plain")
        elif parts.path == "/cdx/search/cdx":
            self._internet_archive(query)
        elif parts.path == "/collinfo.json":
            crawl = {"id": "CC-TEST", "cdx-api": f"{kept.origin}/CC-TEST-index"}
            self.send(200, json.dumps([crawl]).encode())
        elif parts.path == "/CC-TEST-index":
            self._common_crawl(query)
        elif parts.path.startswith("/data/"):
            self._range(kept.folder / parts.path.removeprefix("/data/"))
        else:
            self._replay()

    def _internet_archive(self, query: dict[str, str]) -> None:
        name, _, pattern = query.get("filter", "original:.*").partition(":")
        assert name == "original"
        rows = [row for row in self.kept.matching(query) if re.fullmatch(pattern, row.version.url)]
        begin, limit = int(query.get("resumeKey", "0")), int(query["limit"])
        table: list[list[str]] = [list(FIELDS)] if rows else []
        for row in rows[begin : begin + limit]:
            one = row.version
            table.append(
                [_key(one.url), one.timestamp, one.url, one.media_type, one.status[:3], one.digest, str(row.length)]
            )
        if begin + limit < len(rows) and "showResumeKey" in query:
            table += [[], [str(begin + limit)]]
        self.send(200, json.dumps(table).encode())

    def _common_crawl(self, query: dict[str, str]) -> None:
        pattern = query.get("filter", "~url:.*").removeprefix("~url:")
        rows = [row for row in self.kept.matching(query) if re.match(pattern, row.version.url)]
        if not rows:
            self.send(404, b'{"message": "No Captures found for: x"}')
        elif "showNumPages" in query:
            self.send(200, json.dumps({"pages": -(-len(rows) // PAGE), "pageSize": 5}).encode())
        else:
            begin = int(query["page"]) * PAGE
            lines = [
                json.dumps(
                    {
                        "urlkey": _key(row.version.url),
                        "timestamp": row.version.timestamp,
                        "url": row.version.url,
                        "mime": row.version.media_type,
                        "status": row.version.status[:3],
                        "digest": row.version.digest,
                        "length": str(row.length),
                        "offset": str(row.offset),
                        "filename": row.filename,
                    }
                )
                for row in rows[begin : begin + PAGE]
            ]
            self.send(200, "\n".join(lines).encode())

    def _range(self, path: Path) -> None:
        first, last = map(int, self.headers["Range"].removeprefix("bytes=").split("-"))
        data = path.read_bytes()[first : last + 1]
        self.send(206, data, "application/octet-stream")

    def _replay(self) -> None:
        match = re.fullmatch(r"/web/(\d{14})id_/(.*)", self.path)
        assert match is not None, self.path
        versions = [row.version for row in self.kept.rows if row.version.url == match[2]]
        one = next((version for version in versions if version.timestamp == match[1]), None)
        if one is None:
            self.send(404, b"not archived")
            return
        date = datetime.strptime(one.timestamp, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
        self.send(
            int(one.status[:3]),
            one.body,
            one.media_type,
            **{
                "Memento-Datetime": format_datetime(date, usegmt=True),
                "X-Archive-Orig-ETag": f'"{one.digest[:6]}"',
                "X-Archive-Orig-Server": "Apache",
            },
        )

    def send(self, status: int, body: bytes, kind: str = "application/json", **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def imitation(folder: Path) -> Iterator[Imitation]:
    """An archive that keeps the versions of `kept_elsewhere`, while the block lasts."""
    folder.mkdir(exist_ok=True)
    kept = Imitation(folder, write_warc(folder / "CC-TEST-00001.warc.gz"))
    handler = type("Handler", (_Handler,), {"kept": kept})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        kept.origin = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield kept
        finally:
            server.shutdown()
            thread.join()
