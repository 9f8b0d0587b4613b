"""One portal of the proving ground, drawn anew each time: everything it publishes is found, at a price that is kept."""

from __future__ import annotations

import os
import random
from typing import TYPE_CHECKING

from gicrawl.archive.records import Outcome
from gicrawl.archive.store import open_archive
from gicrawl.crawling.run import CrawlOptions, Target, crawl
from gicrawl.demo.places import path_of
from gicrawl.portals.registry import load
from gicrawl.sample import SampleServer
from gicrawl.sample.portals import family_names

if TYPE_CHECKING:
    from pathlib import Path

SEED = int(os.environ.get("GICRAWL_SAMPLE_SEED") or random.SystemRandom().randrange(1_000_000))
FAMILY = random.Random(SEED).choice(family_names()[2:])


def test_everything_of_a_new_portal_is_found(tmp_path: Path) -> None:
    again = f"again with GICRAWL_SAMPLE_SEED={SEED}: {FAMILY}"
    print(again)  # noqa: T201 - shown where the test fails
    archive = tmp_path / "a.db"
    with SampleServer(seed=SEED, families=(FAMILY,)) as server:
        (entry,) = load(server.portals_file)
        target = Target(portal=entry.id, url=entry.home, address=entry.address)
        crawl([target], CrawlOptions(archive=archive, delay=0.001, closed=True))
        record = server.stop()
    (portal,) = record.manifest["portals"]
    with open_archive(archive) as opened:
        kept = {
            (path_of(capture.final_url), (capture.decoded_sha256 or capture.body_sha256 or b"").hex())
            for capture in opened.captures(portal=entry.id, outcome=Outcome.OK)
        }
    reports = (*portal["reports"], *portal["unreadable"])
    wanted = {(report["path"], report["delivery"]["sha256"]) for report in reports}
    files = {(one["path"], one["sha256"]) for report in reports for one in report["attachments"] if not one["missing"]}
    assert wanted | files <= kept, again
    longest = max(len(page["entries"]) for page in portal["list_pages"])
    assert len(record.requests) <= (2.5 if longest >= 10 else 5) * len(wanted | files), again
