"""One visitor at a time to a host, and a pause after each: within a process and between processes."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections import defaultdict
from email.utils import formatdate
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from crawl_process import start
from rawserver import RawServer, Visit, page, raw

from gicrawl.archive.store import open_archive
from gicrawl.crawling.manners import Turnstile, file_name
from gicrawl.crawling.outcomes import retry_after
from gicrawl.crawling.run import Target
from gicrawl.crawling.throttle import Throttle
from gicrawl.crawling.wire import parse_head

if TYPE_CHECKING:
    from collections.abc import Callable

    from gicrawl.crawling.run import CrawlSummary

    TinyCrawl = Callable[..., CrawlSummary]

TEXT = "本机关依照条例编制本年度报告。" * 40


def check_turns(visits: list[Visit], delay: float) -> None:
    """No two visits to one host overlap, and the pause is kept."""
    by_host: dict[str, list[Visit]] = defaultdict(list)
    for visit in visits:
        by_host[visit.host].append(visit)
    for host, turns in by_host.items():
        for one, two in pairwise(sorted(turns, key=lambda visit: visit.start)):
            assert two.start - one.end >= delay, (
                f"{host}: {one.path} ended {two.start - one.end:.3f} s before {two.path}"
            )


def slow(body: str = TEXT) -> object:
    data = body.encode()
    return raw(f"HTTP/1.1 200 OK\r\nContent-Length: {len(data)}\r\n\r\n".encode(), data, pause=0.05)


def test_two_portals_on_one_host_take_turns(tiny_crawl: TinyCrawl) -> None:
    routes = {f"/{name}{number}": slow() for name in "ab" for number in range(4)}
    with RawServer(routes) as server:
        targets = [
            Target(
                url=" ".join(f"http://www.one.gov.cn/{name}{number}" for number in range(4)), family="tiny", portal=name
            )
            for name in "ab"
        ]
        summary = tiny_crawl(*targets, delay=0.1, closed=True, GICRAWL_ADDRESSES={"www.one.gov.cn": server.address})
    check_turns(server.visits, 0.1)
    assert server.paths().count("/robots.txt") == 1
    assert [target.captures["ok"] for target in summary.targets] == [4, 4]
    order = [path[1] for path in server.paths() if path != "/robots.txt"]
    assert order != sorted(order)  # both progress


def test_hosts_on_one_address_stay_distinct(tiny_crawl: TinyCrawl) -> None:
    names = [f"www.{name}.gov.cn" for name in ("one", "two", "three")]
    with RawServer({"/": slow(), "/a": slow()}) as server:
        targets = [Target(url=f"http://{name}/ http://{name}/a", family="tiny", portal=name) for name in names]
        tiny_crawl(*targets, delay=0.3, closed=True, GICRAWL_ADDRESSES=dict.fromkeys(names, server.address))
    check_turns(server.visits, 0.3)
    assert len(server.visits) == 9
    by_host = [[visit.start for visit in server.visits if visit.host == name] for name in names]
    assert max(starts[0] for starts in by_host) < min(starts[-1] for starts in by_host)  # not one after the other


@pytest.mark.parametrize("delay", [0.0, 0.15])
def test_two_processes_on_one_archive_take_turns(archive_path: Path, delay: float) -> None:
    names = {"a": [f"a{number}" for number in range(8)], "b": [f"b{number}" for number in range(8)]}
    with RawServer({f"/{name}": slow() for group in names.values() for name in group}) as server:
        crawls = [start(archive_path, server, delay, group) for group in names.values()]
        for process in crawls:
            out, err = process.communicate(timeout=60)
            assert process.returncode == 0, err
            assert int(out) == 9
    check_turns(server.visits, delay)
    pages = [path for path in server.paths() if path != "/robots.txt"]
    assert len(pages) == 16
    middle = {path[1] for path in pages[4:12]}
    assert middle == {"a", "b"}  # neither had to wait for the other to finish
    with open_archive(archive_path) as archive:
        assert len(list(archive.captures())) == 18
        assert [run.status for run in archive.runs()] == ["finished", "finished"]


def test_killed_process_gives_its_turn_back(archive_path: Path) -> None:
    with RawServer({"/a": raw(b"", b"HTTP/1.1 200 OK\r\n\r\n", pause=20), "/b": page(TEXT)}) as server:
        stuck = start(archive_path, server, 0.1, ["a"])
        while "/a" not in server.paths():
            time.sleep(0.02)
        waiting = start(archive_path, server, 0.1, ["b"])
        time.sleep(1.5)
        assert "/b" not in server.paths()
        os.kill(stuck.pid, signal.SIGKILL)
        stuck.communicate()
        _, err = waiting.communicate(timeout=60)
        assert waiting.returncode == 0, err
        assert "/b" in server.paths()


def test_turn_is_held_to_its_end_and_the_pause_counts_from_there(tmp_path: Path) -> None:
    spans: list[tuple[float, float]] = []

    async def visit(turnstile: Turnstile) -> None:
        async with turnstile.turn("a.gov.cn:80", 0.1):
            begin = time.monotonic()
            await asyncio.sleep(0.05)
            spans.append((begin, time.monotonic()))

    async def main() -> None:
        one, other = Turnstile(tmp_path), Turnstile(tmp_path)  # the second stands for another process: own locks
        await asyncio.gather(*(visit(turnstile) for turnstile in (one, other, one, other)))

    asyncio.run(main())
    assert len(spans) == 4
    for (_, end), (begin, _) in pairwise(sorted(spans)):
        assert begin - end >= 0.1


def test_retry_after_and_crawl_delay_lengthen_the_pause(tmp_path: Path) -> None:
    async def main() -> list[float]:
        turnstile = Turnstile(tmp_path)
        turnstile.slow_down("slow:80", 0.3)
        starts = []
        for host, rest in (("slow:80", 0.0), ("slow:80", 0.0), ("busy:80", 0.4), ("busy:80", 0.0)):
            async with turnstile.turn(host, 0.01) as turn:
                starts.append(time.monotonic())
                turn.rest = rest
        return starts

    slow_one, slow_two, busy_one, busy_two = asyncio.run(main())
    assert slow_two - slow_one >= 0.3
    assert busy_two - busy_one >= 0.4


def test_another_process_keeps_a_crawl_delay_it_has_not_read_itself(tmp_path: Path) -> None:
    async def main() -> float:
        one, other = Turnstile(tmp_path), Turnstile(tmp_path)  # the second stands for another process
        async with one.turn("slow:80", 0.01):
            end = time.monotonic()
        one.slow_down("slow:80", 0.4)
        async with other.turn("slow:80", 0.01):
            first = time.monotonic() - end
        async with one.turn("slow:80", 0.01):
            end = time.monotonic()
        async with other.turn("slow:80", 0.01):
            return min(first, time.monotonic() - end)

    assert asyncio.run(main()) >= 0.4


@pytest.mark.parametrize("content", [b"", b"garbage", b"9999999999.000000 9999999999.000000 1\n"])
def test_damaged_or_future_lock_file_costs_at_most_one_pause(tmp_path: Path, content: bytes) -> None:
    (tmp_path / file_name("a:80")).write_bytes(content)

    async def main() -> float:
        begin = time.monotonic()
        async with Turnstile(tmp_path).turn("a:80", 0.2):
            return time.monotonic() - begin

    assert asyncio.run(main()) < 0.5


def test_lock_file_names_are_safe_and_distinct() -> None:
    names = {file_name(host) for host in ("a.gov.cn:80", "a.gov.cn:8080", "[::1]:80", "../../etc:80", "A.gov.cn:80")}
    assert len(names) == 4
    assert all("/" not in name for name in names)


def test_a_slow_host_is_asked_more_slowly_and_a_quick_one_as_agreed(tiny_crawl: TinyCrawl) -> None:
    ok = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
    answers = iter([raw(ok, before=before) for before in (0.5, 0.5, 0, 0, 0)])  # in whatever order they are asked for
    with RawServer({f"/{number}": lambda _: next(answers) for number in range(5)}) as server:
        tiny_crawl(" ".join(f"{server.url}/{number}" for number in range(5)), delay=0.1)
    check_turns(server.visits, 0.1)
    gaps = [two.start - one.end for one, two in pairwise(sorted(server.visits, key=lambda visit: visit.start))][1:]
    assert min(gaps[:2]) >= 0.5  # as long as it took to answer
    assert gaps[2] >= 0.25  # half of the way back


def test_the_throttle_never_goes_below_what_was_agreed_nor_lower_for_an_error() -> None:
    throttle = Throttle(60.0)
    throttle.learn("a", 2.0, 0.01, well=True)
    assert throttle.pause("a") == 0.0  # nothing beyond the two seconds
    throttle.learn("a", 2.0, 10.0, well=True)
    assert throttle.pause("a") == 10.0
    throttle.learn("a", 2.0, 0.1, well=False)
    assert throttle.pause("a") == 10.0
    throttle.learn("a", 2.0, 600.0, well=False)
    assert throttle.pause("a") == 60.0
    for _ in range(10):
        throttle.learn("a", 2.0, 0.5, well=True)
    assert throttle.pause("a") < 2.1
    assert throttle.pause("b") == 0.0


@pytest.mark.parametrize("status", ["429 Too Many Requests", "503 Busy"])
def test_a_date_in_retry_after_is_waited_for(tiny_crawl: TinyCrawl, status: str) -> None:
    def busy() -> object:
        until.append(int(time.time()) + 2)
        return page("later", f"Retry-After: {formatdate(until[0], usegmt=True)}", status=status)

    until: list[int] = []
    with RawServer({"/a": lambda _: page(TEXT) if until else busy()}) as server:
        tiny_crawl(f"{server.url}/a")
    one, two = server.of("/a")
    assert two.start - one.start >= until[0] - (time.time() - (time.monotonic() - one.start))


@pytest.mark.parametrize(
    ("value", "date", "seconds"),
    [
        ("120", None, 120.0),
        ("1.5", None, 1.5),
        ("Fri, 31 Dec 1999 23:59:59 GMT", None, 0.0),
        ("Fri, 31 Dec 1999 23:59:59 GMT", "Fri, 31 Dec 1999 23:58:59 GMT", 60.0),  # a clock that is slow
        ("soon", None, None),
        ("-1", None, None),
    ],
)
def test_how_long_a_retry_after_is(value: str, date: str | None, seconds: float | None) -> None:
    lines = ["HTTP/1.1 503 Busy", f"Retry-After: {value}", *([f"Date: {date}"] if date else []), "", ""]
    assert retry_after(parse_head("\r\n".join(lines).encode())) == seconds


def test_what_a_kept_connection_swallowed_is_asked_for_again_after_the_pause(tiny_crawl: TinyCrawl) -> None:
    """The server reads a request on a connection it had kept, and closes it without a word."""
    with RawServer({"/a": page(TEXT), "/b": [raw(close=True), page(TEXT)]}) as server:
        tiny_crawl(f"{server.url}/a {server.url}/b", delay=0.3)
    assert server.paths().count("/b") == 2
    check_turns(server.visits, 0.3)


def test_what_was_promised_to_each_host_is_kept_by_the_servers_own_logs(tmp_path: Path) -> None:
    """A few of the fifty portals of `tests/prove/manners.py`, with another seed each time, which is printed."""
    script = Path(__file__).parents[1] / "prove" / "manners.py"
    seed = str(int(time.time()) % 100_000)
    done = subprocess.run(
        [sys.executable, str(script), "--portals", "2", "--delay", "0.1", "--seed", seed, "--to", str(tmp_path / "x")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"seed {seed}: {done.stdout}{done.stderr}"
