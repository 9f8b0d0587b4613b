"""Crawls of a raw server in a process of their own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rawserver import RawServer

HERE = Path(__file__).parent
ROOT = HERE.parent.parent

CRAWL = """
    import logging
    import sys
    from pathlib import Path
    from gicrawl.crawling.run import CrawlOptions, Target, crawl

    logging.basicConfig(level=logging.WARNING)
    archive, address, delay, *names = sys.argv[1:]
    urls = " ".join(f"http://www.one.gov.cn/{name}" for name in names)
    summary = crawl(
        [Target(url=urls, family="tiny", portal="one")],
        CrawlOptions(
            archive=Path(archive),
            delay=float(delay),
            closed=True,
            settings={"SPIDER_MODULES": ["tinyspider"], "GICRAWL_ADDRESSES": {"www.one.gov.cn": address}},
        ),
    )
    assert summary.archive_error is None, summary
    print(summary.targets[0].requests)
"""


def start(archive: Path, server: RawServer, delay: float, names: list[str]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(CRAWL), str(archive), server.address, str(delay), *names],
        env={**os.environ, "PYTHONPATH": str(HERE)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def crawl_killed_after(visits: int, server: RawServer, archive: Path) -> None:
    """Crawl a server's portal with the spider every user gets, killed when it has asked so often."""
    killed_at = len(server.visits) + visits
    command = [sys.executable, "-m", "scrapy", "crawl", "auto", "-a", f"url={server.url}/"]
    with subprocess.Popen(
        [*command, "-s", f"GICRAWL_ARCHIVE={archive}", "-s", "DOWNLOAD_DELAY=0.05"],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        end = time.monotonic() + 60
        while len(server.visits) < killed_at and time.monotonic() < end:
            time.sleep(0.005)
        assert process.poll() is None
        os.kill(process.pid, signal.SIGKILL)
