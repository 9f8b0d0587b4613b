"""A crawl of a raw server in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rawserver import RawServer

HERE = Path(__file__).parent

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
