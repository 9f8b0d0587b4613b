"""Crawl fifty portals at once and hold the servers' own logs against what was promised to each host.

    python tests/prove/manners.py --portals 50 --to docs/proofs/manners.json

Two processes fill one archive at the same time; a part of the portals is crawled by both. The hosts are servers on
addresses of their own (127.0.0.2 and up); some have two portals, as departments share hosts. What each host is like is
drawn from the seed: a Crawl-delay, 429 and 503 with Retry-After in seconds or as a date, redirects, errors asked
for again, files, answers that take long, connections that end without one.

Only what the servers wrote down counts. For each host: never two requests at a time; from the end of an answer to the
next request never less than the pause, its Crawl-delay once it is known, and its Retry-After. Exit status 0 only when
that holds for every pair of requests, and every report and file was fetched all the same.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import formatdate, parsedate_to_datetime
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "crawling"))

from rawserver import Answer, RawServer, Visit, page, raw  # noqa: E402 - found by the line before

from gicrawl.archive.records import Outcome, Role  # noqa: E402
from gicrawl.archive.store import open_archive  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

REPORTS = 6
"""Of each portal, one a year; every other one has a file."""
FIRST_YEAR = 2018
TEXT = "<p>" + "本机关依照政府信息公开条例的规定编制本年度报告。" * 12 + "</p>"
QUIRKS = ("crawl_delay", "seconds_429", "seconds_503", "date", "redirect", "broken", "slow", "dropped")

CRAWL = """
import json, sys
from pathlib import Path
from gicrawl.crawling.run import CrawlOptions, Target, crawl

told = json.loads(sys.stdin.read())
summary = crawl(
    [Target(url=url, portal=portal) for portal, url in told["portals"]],
    CrawlOptions(
        archive=Path(told["archive"]),
        delay=told["delay"],
        closed=True,
        settings={"GICRAWL_ADDRESSES": told["addresses"]},
    ),
)
assert summary.archive_error is None, summary.archive_error
"""


@dataclass(slots=True)
class Host:
    """A host and what is promised to it.

    Attributes:
        name: as in its URLs.
        server: writes down who came when.
        portals: id and folder of each portal it has.
        crawl_delay: seconds its robots.txt asks for, or None.
        quirks: what it is like.
        rests: of each answer that asked for a rest: the visit, and until when (`time.monotonic`).
    """

    name: str
    server: RawServer
    portals: list[tuple[str, str]]
    crawl_delay: float | None
    quirks: frozenset[str]
    rests: list[tuple[Visit, float]] = field(default_factory=list)


def make(number: int, portals: list[str], delay: float, draw: random.Random) -> Host:
    """A host with its pages."""
    quirks = frozenset(draw.sample(QUIRKS, 3))
    name = f"www.h{number:02}.gov.cn"
    crawl_delay = round(delay * draw.uniform(1.2, 2.0), 2) if "crawl_delay" in quirks else None
    server = RawServer({}, ip=f"127.0.0.{2 + number}")
    host = Host(name, server, [(portal, f"/{portal}/") for portal in portals], crawl_delay, quirks)
    if crawl_delay is not None:
        server.routes["/robots.txt"] = page(f"User-agent: *\nCrawl-delay: {crawl_delay}\n", kind="text/plain")
    for _, folder in host.portals:
        server.routes |= _portal(folder)
    articles = [path for path in server.routes if path.endswith(".html") and "/t2" in path]
    draw.shuffle(articles)
    for quirk, path in zip(sorted(quirks - {"crawl_delay"}), articles, strict=False):
        _spoil(host, quirk, path, delay)
    return host


def _portal(folder: str) -> dict[str, object]:
    """A home page, the way to the column, the column, and its reports."""
    column = f"{folder}zfxxgknb/"
    rows = []
    routes: dict[str, object] = {
        folder: page(f"<title>云坪</title><a href='{column}'>政府信息公开年报</a>{TEXT}"),
    }
    for year in range(FIRST_YEAR, FIRST_YEAR + REPORTS):
        name = f"{year + 1}01/t{year + 1}0120_{year}.html"
        title = f"云坪县人民政府{year}年政府信息公开工作年度报告"
        rows.append(f"<li><a href='./{name}' title='{title}'>{title}</a><span>{year + 1}-01-20</span></li>")
        file = f"P{year + 1}0120{year}.pdf"
        attached = f"<p><a href='./{file}'>{title}.pdf</a></p>" if year % 2 else ""
        article = f"<meta name='ArticleTitle' content='{title}'><title>{title}</title><h1>{title}</h1>{TEXT}{attached}"
        routes[f"{column}{name}"] = page(article)
        if attached:
            path = f"{column}{year + 1}01/{file}"
            routes[path] = page(f"%PDF-1.4\n%{path}\n%%EOF\n", kind="application/pdf")
    names = "<title>政府信息公开年报</title><meta name='ColumnName' content='政府信息公开年报'>"
    routes[column] = page(f"{names}<ul>{''.join(rows)}</ul>")
    return routes


def _spoil(host: Host, quirk: str, path: str, delay: float) -> None:
    good = host.server.routes[path]
    assert isinstance(good, Answer)
    routes = host.server.routes
    match quirk:
        case "seconds_429" | "seconds_503" | "date":
            status = "503 Service Unavailable" if quirk == "seconds_503" else "429 Too Many Requests"
            routes[path] = _resting(host, status, good, seconds=max(1, round(delay * 2)), as_date=quirk == "date")
        case "redirect":
            moved = path.replace(".html", "_1.html")
            routes[moved] = good
            routes[path] = page("", f"Location: {moved}", status="302 Found")
        case "broken":
            routes[path] = [page("broken", status="500 Internal Server Error"), good]
        case "slow":
            routes[path] = raw(*good.parts, before=delay * 2)
        case "dropped":
            routes[path] = [raw(close=True), good]
        case _:
            raise ValueError(quirk)


def _resting(host: Host, status: str, good: Answer, *, seconds: int, as_date: bool) -> Callable[[Visit], Answer]:
    """Asks the first visitor to come again later."""
    asked: list[Visit] = []

    def answer(visit: Visit) -> Answer:
        if asked:
            return good
        asked.append(visit)
        now = time.time()
        until = int(now) + seconds + 1 if as_date else seconds
        said = formatdate(until, usegmt=True) if as_date else str(seconds)
        left = parsedate_to_datetime(said).timestamp() - now if as_date else float(seconds)
        host.rests.append((visit, time.monotonic() + left))
        return page("later", f"Retry-After: {said}", status=status)

    return answer


@dataclass(slots=True)
class Kept:
    """What the logs of all hosts say.

    Attributes:
        pairs: of requests, one after the other at a host.
        smallest: seconds from an answer to the next request, the least of all.
        delays: pairs after which a Crawl-delay had to be kept, and hosts that have one.
        rests: answers with a Retry-After.
        throttled: requests that came after a slow answer, at least as long after it as it took.
        broken: what was not kept, one line each.
    """

    pairs: int = 0
    smallest: float = float("inf")
    delays: int = 0
    rests: int = 0
    throttled: int = 0
    broken: list[str] = field(default_factory=list)


def hold(hosts: list[Host], delay: float) -> Kept:
    """Holds the logs against what was promised."""
    kept = Kept()
    for host in hosts:
        visits = sorted(host.server.visits, key=lambda visit: visit.start)
        until = {id(visit): moment for visit, moment in host.rests}
        kept.rests += len(until)
        known = False
        for one, two in pairwise(visits):
            known = known or (host.crawl_delay is not None and one.path == "/robots.txt")
            gap = two.start - one.end
            kept.pairs += 1
            kept.delays += known
            kept.smallest = min(kept.smallest, gap)
            where = f"{host.name}: {two.path} came {gap:.3f} s after {one.path}"
            if gap < 0:
                kept.broken.append(f"{where}, which was not answered yet")
            elif gap < delay:
                kept.broken.append(f"{where}, {delay} s at least")
            elif known and host.crawl_delay is not None and gap < host.crawl_delay:
                kept.broken.append(f"{where}, Crawl-delay {host.crawl_delay} s")
            if two.start < until.get(id(one), 0.0):
                kept.broken.append(f"{where}, {until[id(one)] - two.start:.3f} s before the end of its Retry-After")
            took = one.end - one.start
            kept.throttled += took > delay and gap >= took
    return kept


def _overlap(hosts: list[Host]) -> int:
    """How many hosts, at most, were between their first and last request at the same time."""
    edges = []
    for host in hosts:
        starts = [visit.start for visit in host.server.visits]
        if starts:
            edges += [(min(starts), 1), (max(visit.end for visit in host.server.visits), -1)]
    most = now = 0
    for _, step in sorted(edges):
        now += step
        most = max(most, now)
    return most


def prove(folder: Path, *, portals: int, delay: float, seed: int) -> dict[str, Any]:
    """Crawls and looks."""
    draw = random.Random(seed)
    names = [f"p{number:02}" for number in range(portals)]
    hosts = [make(number, group, delay, draw) for number, group in enumerate(_groups(names))]
    for host in hosts:
        host.server.__enter__()
    begin = time.monotonic()
    try:
        _crawl(folder / "manners.db", hosts, delay)
    finally:
        for host in hosts:
            host.server.__exit__(None, None, None)
    seconds = time.monotonic() - begin
    with open_archive(folder / "manners.db") as archive:
        good = {
            (capture.portal, capture.requested_url, capture.role)
            for capture in archive.captures()
            if capture.outcome is Outcome.OK
        }
    kept = hold(hosts, delay)
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "commit": _commit(),
        "seed": seed,
        "delay": delay,
        "portals": portals,
        "hosts": len(hosts),
        "hosts_with_several_portals": sum(len(host.portals) > 1 for host in hosts),
        "hosts_at_once": _overlap(hosts),
        "processes": 2,
        "requests": sum(len(host.server.visits) for host in hosts),
        "reports": sum(role is Role.ARTICLE for _, _, role in good),
        "reports_there": portals * REPORTS,
        "files": sum(role is Role.ATTACHMENT for _, _, role in good),
        "files_there": portals * (REPORTS // 2),
        "pairs": kept.pairs,
        "smallest_gap": round(kept.smallest, 3),
        "crawl_delays": sum(host.crawl_delay is not None for host in hosts),
        "pairs_under_a_crawl_delay": kept.delays,
        "retry_afters": kept.rests,
        "slow_answers_followed_by_a_longer_pause": kept.throttled,
        "broken": kept.broken,
        "seconds": round(seconds, 1),
    }


def _groups(names: list[str]) -> Iterator[list[str]]:
    """Every fourth host has two portals."""
    rest = list(names)
    while rest:
        take = 2 if len(rest) % 5 == 0 else 1
        yield rest[:take]
        rest = rest[take:]


def _crawl(archive: Path, hosts: list[Host], delay: float) -> None:
    """Two processes at once: each has its part of the portals, and a fifth of them is everybody's."""
    urls = [(portal, f"http://{host.name}{folder}") for host in hosts for portal, folder in host.portals]
    middle, both = len(urls) // 2, max(1, len(urls) // 10)
    told = {
        "archive": str(archive),
        "delay": delay,
        "addresses": {host.name: host.server.address for host in hosts},
    }
    crawls = []
    for part in (urls[: middle + both], urls[middle - both :]):
        process = subprocess.Popen([sys.executable, "-c", CRAWL], stdin=subprocess.PIPE, text=True, cwd=ROOT)
        assert process.stdin is not None
        process.stdin.write(json.dumps({**told, "portals": part}))
        process.stdin.close()
        crawls.append(process)
    failed = [process.wait() for process in crawls]
    if any(failed):
        raise SystemExit(f"a crawl ended with status {failed}")


def _commit() -> str:
    command = ["git", "describe", "--always", "--dirty", "--abbrev=12", "--match="]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False).stdout.strip() or "unknown"


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--portals", type=int, default=50)
    parser.add_argument("--delay", type=float, default=2.0, help="seconds between two requests to a host")
    parser.add_argument("--seed", type=int, default=1, help="of what the hosts are like")
    parser.add_argument("--to", type=Path, default=ROOT / "docs" / "proofs" / "manners.json", help="figures")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="gicrawl-manners-") as folder:
        figures = prove(Path(folder), portals=options.portals, delay=options.delay, seed=options.seed)
    options.to.parent.mkdir(parents=True, exist_ok=True)
    options.to.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    sys.stdout.write(json.dumps(figures, indent=1) + "\n")
    whole = figures["reports"] == figures["reports_there"] and figures["files"] == figures["files_there"]
    return 0 if whole and not figures["broken"] else 1


if __name__ == "__main__":
    sys.exit(main())
