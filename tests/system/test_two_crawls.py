"""Two crawls at once, in two processes, on one archive: the servers' own log says how they behaved."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pytest
from whole import Done, Walk, articles_kept, content, ended, gicrawl, start

from gicrawl.archive.store import open_archive
from gicrawl.sample import SampleServer
from gicrawl.sample.process import RequestRecord, SampleRecord

DELAY = 0.03
PAUSE = 0.3
"""Seconds: long beside what a busy machine makes a server late in reading its clock."""


@dataclass(frozen=True, slots=True)
class Both:
    archive: Path
    record: SampleRecord
    crawls: tuple[Done, Done]

    def hosts(self) -> list[list[RequestRecord]]:
        """The exchanges of each host, in the order they began."""
        found: dict[int, list[RequestRecord]] = {}
        for exchange in sorted(self.record.requests, key=lambda e: e.began):
            found.setdefault(exchange.port, []).append(exchange)
        return list(found.values())


@pytest.fixture(scope="module")
def both(once: Callable[[str, Callable[[Path], Both]], Both]) -> Both:
    return once("two-crawls", lambda folder: crawl_both(folder / "gicrawl.db"))


def crawl_both(archive: Path) -> Both:
    with SampleServer() as server:
        arguments = ("crawl", "--all", "--portals", server.portals_file, "--archive", archive, "--delay", str(DELAY))
        processes = [start(*arguments) for _ in range(2)]
        first, second = [ended(process) for process in processes]
        return Both(archive, server.stop(), (first, second))


def test_both_end_well(both: Both) -> None:
    assert [crawl.status for crawl in both.crawls] == [0, 0], [crawl.err for crawl in both.crawls]
    with open_archive(both.archive) as archive:
        assert [run.status for run in archive.runs()] == ["finished", "finished"]


def test_they_did_run_at_the_same_time(both: Both) -> None:
    with open_archive(both.archive) as archive:
        runs = archive.runs()
        by_time = [capture.run for capture in archive.captures()]
    assert {run.id for run in runs} == set(by_time)
    turns = sum(earlier != later for earlier, later in pairwise(by_time))
    assert turns > 20, "the crawls came one after the other"


def test_no_host_had_two_requests_at_a_time(both: Both) -> None:
    assert len(both.hosts()) == 2
    assert both.record.overlaps() == []


def test_robots_redirects_and_retries_were_among_them(both: Both) -> None:
    for host in both.hosts():
        targets = Counter(exchange.target for exchange in host)
        assert targets["/robots.txt"] == 2  # once a process
        assert any(exchange.status in {301, 302} for exchange in host)
        torn = Counter(exchange.target for exchange in host if not exchange.complete)
        assert set(torn.values()) == {6}  # asked for three times by each


def test_everything_was_found_and_the_archive_is_that_of_one_crawl(both: Both, from_home: Walk) -> None:
    kept = articles_kept(both.archive)
    for portal in both.record.manifest["portals"]:
        for report in portal["reports"]:
            assert kept[f"http://{portal['host']}{report['path']}"] == {bytes.fromhex(report["delivery"]["sha256"])}
    done = gicrawl("verify", "--archive", both.archive)
    assert (done.status, done.out) == (0, "")
    assert content(both.archive)[0] == from_home.digests[0]


def test_the_pause_was_kept_between_any_two_requests_retries_and_redirects_included(
    tmp_path: Path, from_home: Walk
) -> None:
    torn = {entry["path"] for portal in from_home.portals for entry in portal["unavailable"] if entry["kind"] == "torn"}
    moved = {portal["id"]: [] for portal in from_home.portals}
    for exchange in from_home.record.requests:
        if exchange.status == 301:
            moved[exchange.portal].append(exchange.target)
    with SampleServer() as server:
        urls = [
            server.origin(p["id"]) + u["path"] for p in from_home.portals for u in p["unavailable"] if u["path"] in torn
        ]
        urls += [server.origin(portal) + targets[0] for portal, targets in moved.items()]
        urls += [server.origin(portal) for portal in moved]
        arguments = ("crawl", *urls, "--archive", tmp_path / "a.db", "--delay", str(PAUSE), "--max-pages", "4")
        processes = [start(*arguments) for _ in range(2)]
        crawls = [ended(process) for process in processes]
        found = Both(tmp_path / "a.db", server.stop(), (crawls[0], crawls[1]))
    assert [crawl.status for crawl in crawls] == [1, 1]  # articles named as targets lead to no column
    for host in found.hosts():
        gaps = [later.began - earlier.answered for earlier, later in pairwise(host)]
        assert min(gaps) >= PAUSE
        assert {exchange.target for exchange in host if not exchange.complete} <= torn
        assert sum(not exchange.complete for exchange in host) == 6
        assert sum(exchange.target == "/robots.txt" for exchange in host) == 2
        assert any(exchange.status in {301, 302} for exchange in host)
