"""One run of the demo: serve, crawl, parse, compare."""

from __future__ import annotations

import logging
import time
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from gicrawl.archive.store import open_archive
from gicrawl.corpus.reparse import reparse
from gicrawl.crawling.run import CrawlOptions, Target, crawl
from gicrawl.demo.compare import Comparison, compare
from gicrawl.demo.families import FamilyResult, by_family
from gicrawl.demo.faults import FaultResult, broken_line, compare_faults
from gicrawl.portals.registry import load
from gicrawl.sample import SampleServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

DELAY = 0.05
"""Seconds between two requests to one host. Real portals get two seconds or more; these are ours."""

PATIENCE = 3.0
"""Seconds a portal may stay silent while faults are switched on; some of them stay silent for ever."""

NAME = "gicrawl.db"
LOG = "crawl.log"


class ArchiveInTheWay(Exception):  # noqa: N818 - says what happened, as the other errors for people do
    """The demo fills a fresh archive, and there is one already where it should go."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Demo:
    """What the demo did.

    Attributes:
        archive: the archive it filled; Scrapy's log lies beside it.
        comparison: found against there.
        requests: sent by the crawler.
        bodies: kept in the archive.
        crawl_seconds: wall time of the crawl.
        parse_seconds: wall time of the parse.
        seconds: wall time of everything.
        errors: what went wrong on the way, one line each.
        families: found and spent by family, where the whole proving ground was crawled.
        faults: what became of every fault, where they were switched on.
    """

    archive: Path
    comparison: Comparison
    requests: int
    bodies: int
    crawl_seconds: float
    parse_seconds: float
    seconds: float
    errors: tuple[str, ...]
    families: tuple[FamilyResult, ...] = ()
    faults: tuple[FaultResult, ...] = ()

    @property
    def as_expected(self) -> bool:
        """Whether the findings are exactly those the samples are known to have."""
        return self.comparison.exact and not self.errors and all(fault.as_expected for fault in self.faults)


def run_demo(
    *,
    documents: Path | None = None,
    seed: int | None = None,
    keep: Path | None = None,
    all_families: bool = False,
    faults: bool = False,
    begin: Callable[[str], None] = lambda _step: None,
) -> Demo:
    """Crawl the sample portals into a fresh archive and compare what is found with what is there.

    The crawler is closed: no name but the portals' own is resolved, and those lead to loopback. What is there is told
    by the server only once it has stopped.

    Args:
        documents: folder whose files are served as the articles; None for the bundled reports.
        seed: what the portals are drawn from; None for the bundled ones.
        keep: folder for the archive; None makes one under `archive/`.
        all_families: crawl a portal of every family instead of the two bundled ones.
        faults: switch every fault on that the samples know, and crawl the portals that are ill as a whole, too.
        begin: is called with `serve`, `crawl`, `parse` and `compare` as each begins.

    Raises:
        KeyboardInterrupt: the user ended the crawl; what was fetched is in the archive.
        ArchiveInTheWay: the folder holds an archive already.
        SampleError: the portals could not be started or stopped.
        ArchiveError: the archive could not be written or read.
    """
    started = time.monotonic()
    folder = keep or Path("archive") / f"demo-{datetime.now().astimezone():%Y%m%d-%H%M%S}"
    path = folder / NAME
    if path.exists():
        raise ArchiveInTheWay(
            f"{path}: there is an archive already and the demo fills a fresh one; name another folder"
        )
    folder.mkdir(parents=True, exist_ok=True)
    begin("serve")
    families = ("all",) if all_families else ()
    with (
        SampleServer(seed=seed, documents=documents, families=families, faults=faults) as server,
        _logging_to(folder / LOG),
    ):
        begin("crawl")
        registry = load(server.portals_file)
        targets = [
            Target(portal=portal.id, url=portal.home, family=portal.family, address=portal.address)
            for portal in registry
        ]
        settings = {"DOWNLOAD_TIMEOUT": PATIENCE} if faults else {}
        crawled = crawl(targets, CrawlOptions(archive=path, delay=DELAY, closed=True, kind="demo", settings=settings))
        if crawled.interrupted:
            raise KeyboardInterrupt
        record = server.stop()
    begin("parse")
    parsed = reparse(path)
    begin("compare")
    with open_archive(path) as archive:
        comparison = compare(archive, record)
        met = compare_faults(archive, record, comparison) if faults else ()
    if faults:
        met = (*met, broken_line(registry, len(record.manifest["portals"])))
    ill = {portal["id"] for portal in record.manifest["portals"] if any(f["path"] is None for f in portal["ills"])}
    hosts = {portal["host"] for portal in record.manifest["portals"] if portal["id"] in ill}
    errors = [error for target in crawled.targets if target.target.portal not in ill for error in target.errors]
    errors += [
        f"{host}: {reason}" for host, reason in crawled.stopped_hosts.items() if host.partition(":")[0] not in hosts
    ]
    errors += [crawled.archive_error] if crawled.archive_error is not None else []
    return Demo(
        archive=path,
        comparison=comparison,
        requests=sum(target.requests for target in crawled.targets),
        bodies=crawled.bodies_new,
        crawl_seconds=crawled.seconds,
        parse_seconds=parsed.seconds,
        seconds=time.monotonic() - started,
        errors=tuple(errors),
        families=by_family(comparison, record) if all_families else (),
        faults=met,
    )


@contextmanager
def _logging_to(path: Path) -> Iterator[None]:
    """Keep the log of the crawl beside the archive: the samples hold faults on purpose, which nobody need look at."""
    root = logging.getLogger()
    handler = logging.FileHandler(path, encoding="utf-8")
    handler.setLevel(logging.INFO)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    root.addHandler(handler)
    try:
        yield
    finally:
        root.removeHandler(handler)
        handler.close()
