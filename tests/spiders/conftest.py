"""Imitation portals on loopback and plain Scrapy crawls of them, without our download handler or archive."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from made_portals import Crawled, Page, Portal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from made_portals import Crawl, Serve


@pytest.fixture
def serve() -> Iterator[Serve]:
    servers: list[tuple[ThreadingHTTPServer, threading.Thread]] = []

    def start(pages: dict[str, Page]) -> Portal:
        portal = Portal(pages)

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _respond(self) -> None:
                length = int(self.headers.get("Content-Length", "0"))
                status, content_type, body = portal.answer(self.command, self.path, self.rfile.read(length))
                self.send_response(status)
                self.send_header("Content-Type", content_type)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_POST = _respond  # noqa: N815  the name http.server asks for

            def log_message(self, *_: object) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        servers.append((server, thread))
        portal.origin = f"http://127.0.0.1:{server.server_port}"
        return portal

    yield start
    for server, thread in servers:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def crawl(tmp_path: Path) -> Crawl:
    def run(spider: str, **arguments: str) -> Crawled:
        out = tmp_path / "out.jsonl"
        out.unlink(missing_ok=True)
        script = Path(__file__).with_name("plain_crawl.py")
        done = subprocess.run(
            [sys.executable, str(script), spider, str(out), json.dumps(arguments)],
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
            cwd=tmp_path,
        )
        assert done.returncode == 0, done.stderr
        assert "Traceback" not in done.stderr, done.stderr
        lines = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
        leads = {line["path"]: line for line in lines if line["type"] == "request"}
        return Crawled(
            links=[line for line in lines if line["type"] == "ReportLink"],
            pages=[line for line in lines if line["type"] == "PageRead"],
            articles=[line["path"] for line in lines if line["type"] == "request" and line["role"] == "article"],
            leads=leads,
            log=done.stderr,
        )

    return run
