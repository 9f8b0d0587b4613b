"""A portal for measuring crawls: a home page, a report column, its lists and as many reports as wanted.

Served by a process of its own, so that what it takes counts for nobody. Pages are made before the first request or, for
the long run that watches memory, while they are asked for.

    python benchmarks/crawl_site.py REPORTS [--small]     prints the port it listens on, and serves until its input ends
"""

from __future__ import annotations

import argparse
import asyncio
import random
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from archive_pages import Template, pages

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

SMALLEST, LARGEST = 30_000, 150_000
"""Bytes of a report page."""
ROWS = 20
"""Reports on a list page."""
COLUMN = "/zfxxgk/fdzdgknr/nb/"
ROBOTS = b"User-agent: *\nDisallow: /admin/\nDisallow: /search/\nDisallow: /*.php\nAllow: /\n"
SMALL_ROWS = 500
"""Rows of a list page of the long run: a column of 200 pages holds all reports."""
_REPORTS_A_TEMPLATE = 500
ELSEWHERE, NEWS = "年度报告</a>", "工作动态</a>"
"""What the drawn pages call other pages, and what they are called here, where they do not exist."""
_SMALL_REPORT = (
    "<!DOCTYPE html><html><head><meta charset=utf-8><title>{title}</title></head><body><h1>{title}</h1>"
    "<p>一、总体情况。{number}年度共主动公开政府信息{count}条。</p><p>{filler}</p></body></html>"
)


_HERE = "<!-- rows -->"


def _page(title: str, content: str) -> str:
    return (
        f'<!DOCTYPE html>\n<html><head><meta charset="utf-8"><title>{title}</title></head><body>{content}</body></html>'
    )


def _answer(body: bytes, kind: str = "text/html; charset=utf-8", tag: int = 0) -> bytes:
    head = (
        f"HTTP/1.1 200 OK\r\nServer: nginx\r\nDate: Tue, 06 Jan 2026 01:02:03 GMT\r\nContent-Type: {kind}\r\n"
        f"Content-Length: {len(body)}\r\nConnection: keep-alive\r\nLast-Modified: Mon, 05 Jan 2026 01:02:03 GMT\r\n"
        f'ETag: "{tag:x}-{len(body):x}"\r\nX-Frame-Options: SAMEORIGIN\r\n\r\n'
    )
    return head.encode() + body


class _Answers(dict[str, bytes]):
    """Answers by path, and one for all other paths."""

    def __missing__(self, path: str) -> bytes:
        body = b"<html><head><title>404 Not Found</title></head><body>404 Not Found</body></html>"
        return _answer(body).replace(b"200 OK", b"404 Not Found", 1)


def _frame() -> _Answers:
    """What every portal has."""
    home = _page("某市人民政府", '<a href="/zfxxgk/">政府信息公开</a> <a href="/zmhd/">政民互动</a>')
    column = f'<a href="{COLUMN}">政府信息公开年报</a> <a href="/zfxxgk/zn/">政府信息公开指南</a>'
    return _Answers(
        {
            "/robots.txt": _answer(ROBOTS, "text/plain"),
            "/": _answer(home.encode()),
            "/zfxxgk/": _answer(_page("政府信息公开", column).encode()),
        }
    )


def list_path(number: int) -> str:
    """Where list page `number`, from 0, stands."""
    return COLUMN if number == 0 else f"{COLUMN}index_{number}.html"


def site(reports: int, seed: int = 6) -> Mapping[str, bytes]:
    """Answers by path; the reports are pages of several departments' chromes, all between `SMALLEST` and `LARGEST`."""
    found = _frame()
    rows: list[str] = []
    chosen = random.Random(seed)
    while len(rows) < reports:
        seed += 1
        for drawn in pages(seed, templates=1, pages=_REPORTS_A_TEMPLATE):
            if SMALLEST <= len(drawn.body) <= LARGEST and len(rows) < reports:
                year = drawn.title.partition("年")[0][-4:]
                path = f"{COLUMN}{int(year) + 1}01/t{int(year) + 1}0109_{len(rows):07}.html"
                body = drawn.body.replace(ELSEWHERE.encode(drawn.charset), NEWS.encode(drawn.charset))
                found[path] = _answer(body, "text/html", len(rows))
                link = f'<a href="{path}" title="{drawn.title}">{drawn.title}</a>'
                rows.append(f"<li>{link}<span>{int(year) + 1}-01-09</span></li>")
    chrome = Template(chosen, "www.example.gov.cn", "utf-8")
    count = -(-len(rows) // ROWS)
    for number in range(count):
        part = "\n".join(rows[number * ROWS : (number + 1) * ROWS])
        pager = f'<script>createPageHTML({count}, {number}, "index", "html");</script>'
        frame = chrome.page(chosen, number, "政府信息公开年报", _HERE).replace(ELSEWHERE, NEWS)
        page = frame.replace(_HERE, f"<ul>{part}</ul>{pager}")
        found[list_path(number)] = _answer(page.encode(), tag=10**7 + number)
    return found


class _Endless(_Answers):
    """Small reports, made while they are asked for, in columns of 200 list pages."""

    def __init__(self, reports: int) -> None:
        super().__init__(_frame())
        self._reports = reports

    def __missing__(self, path: str) -> bytes:
        name = path.rpartition("/")[2]
        if name.startswith("t20") and "_" in name:
            return _answer(self._report(int(name.partition("_")[2].partition(".")[0])).encode())
        stem = name.partition("_")[2].partition(".")[0]
        if path.startswith(COLUMN) and (not name or stem.isdigit()):
            return _answer(self._list(int(stem) if stem else 0).encode())
        return super().__missing__(path)

    @staticmethod
    def title(number: int) -> tuple[int, str]:
        year = 2009 + number % 16
        return year, f"某市第{number}镇人民政府{year}年政府信息公开工作年度报告"

    def _report(self, number: int) -> str:
        year, title = self.title(number)
        filler = random.Random(number).randbytes(300).hex()
        return _SMALL_REPORT.format(title=title, number=year, count=number, filler=filler)

    def _list(self, page: int) -> str:
        count = -(-self._reports // SMALL_ROWS)
        rows = []
        for number in range(page * SMALL_ROWS, min((page + 1) * SMALL_ROWS, self._reports)):
            year, title = self.title(number)
            path = f"{COLUMN}{year + 1}01/t{year + 1}0109_{number:07}.html"
            rows.append(f'<li><a href="{path}">{title}</a><span>{year + 1}-01-09</span></li>')
        pager = f'<script>createPageHTML({count}, {page}, "index", "html");</script>'
        return _page("政府信息公开年报", f"<ul>{''.join(rows)}</ul>{pager}")


class _Server(asyncio.Protocol):
    def __init__(self, answers: Mapping[str, bytes]) -> None:
        self._answers = answers
        self._pending = b""
        self._transport: asyncio.WriteTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.WriteTransport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        assert self._transport is not None
        self._pending += data
        while b"\r\n\r\n" in self._pending:
            head, _, self._pending = self._pending.partition(b"\r\n\r\n")
            self._transport.write(self._answers[head.split(b" ", 2)[1].decode()])


async def _serve(answers: Mapping[str, bytes]) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Server(answers), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)  # ends with whoever started us
    server.close()


@contextmanager
def served(reports: int, *, small: bool = False) -> Iterator[str]:
    """Serve a portal in a process of its own; gives its origin, `http://127.0.0.1:PORT`."""
    command = [sys.executable, __file__, str(reports), *(["--small"] if small else [])]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        finally:
            process.stdin.close()


def main() -> None:
    """Serve."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("reports", type=int)
    options.add_argument("--small", action="store_true", help="small reports, made while they are asked for")
    chosen = options.parse_args()
    asyncio.run(_serve(_Endless(chosen.reports) if chosen.small else site(chosen.reports)))


if __name__ == "__main__":
    main()
