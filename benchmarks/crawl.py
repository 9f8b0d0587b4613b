"""How long a crawl takes beside a bare Scrapy spider on the same pages.

Both fetch one sample portal over loopback, one request at a time, without delay, in a process of their own, in turn.
The bare spider is handed every URL that gicrawl had to find, asks for each once and throws the answer away; gicrawl
obeys robots.txt, finds the column, reads the lists, keeps every exchange byte for byte and commits it to disk.

    python benchmarks/crawl.py [--pairs 7]
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import scrapy
from scrapy.crawler import AsyncCrawlerProcess

from gicrawl.sample import SampleServer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

PORTAL = "yunping"
FLAG = "--bare"


class BareSpider(scrapy.Spider):
    """Asks for each URL of a list once and does nothing with the answer."""

    name = "bare"
    urls: tuple[str, ...] = ()

    async def start(self) -> AsyncIterator[Any]:
        """Request every URL, also those that lead nowhere."""
        for url in self.urls:
            yield scrapy.Request(url, dont_filter=True, meta={"handle_httpstatus_all": True})

    def parse(self, response: scrapy.http.Response) -> None:
        """Throw it away."""


def bare(list_file: Path) -> None:
    """Crawl the URLs of a file in this process."""
    BareSpider.urls = tuple(json.loads(list_file.read_text(encoding="utf-8")))
    process = AsyncCrawlerProcess(
        {
            "CONCURRENT_REQUESTS_PER_DOMAIN": 1,  # as gicrawl: one request at a time
            "DOWNLOAD_DELAY": 0,
            "ROBOTSTXT_OBEY": False,
            "RETRY_ENABLED": False,
            "REDIRECT_ENABLED": False,  # the targets are in the list
            "TELNETCONSOLE_ENABLED": False,
            "LOG_LEVEL": "CRITICAL",
        }
    )
    process.crawl(BareSpider)
    process.start()


def timed(command: list[str]) -> float:
    """Seconds a command takes, from its start to its end.

    Raises:
        CalledProcessError: it failed.
    """
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GICRAWL_")}
    began = time.perf_counter()
    subprocess.run(command, check=True, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - began


def main() -> None:
    """Print the medians and their ratio."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--pairs", type=int, default=7, help="timings of each side (default 7)")
    options.add_argument(FLAG, type=Path, metavar="FILE", help=argparse.SUPPRESS)
    chosen = options.parse_args()
    if chosen.bare is not None:
        bare(chosen.bare)
        return
    with tempfile.TemporaryDirectory() as folder, SampleServer() as server:
        ours = [sys.executable, "-m", "gicrawl", "crawl", server.origin(PORTAL), "--delay", "0", "--archive"]
        timed([*ours, f"{folder}/first.db"])
        asked = [record.target for record in server.requests()]
        urls = Path(folder, "urls.json")
        urls.write_text(json.dumps([server.origin(PORTAL) + target for target in asked]), encoding="utf-8")
        theirs = [sys.executable, __file__, FLAG, str(urls)]
        empty = [sys.executable, "-c", "import scrapy.crawler"]
        pairs = [
            (timed([*ours, f"{folder}/{number}.db"]), timed(theirs), timed(empty)) for number in range(chosen.pairs)
        ]
    mine, plain, start = (statistics.median(side) for side in zip(*pairs, strict=True))
    ratio = statistics.median(one / other for one, other, _ in pairs)
    net = statistics.median((one - floor) / (other - floor) for one, other, floor in pairs)
    print(f"Python {sys.version.split()[0]}, Scrapy {scrapy.__version__}; {len(asked)} requests to one sample portal,")
    print(f"one at a time, no delay; whole processes, median of {chosen.pairs} interleaved pairs\n")
    print(f"gicrawl crawl      {mine:6.2f} s   {len(asked) / mine:6.0f} requests/s")
    print(f"bare Scrapy        {plain:6.2f} s   {len(asked) / plain:6.0f} requests/s")
    print(f"importing Scrapy   {start:6.2f} s")
    print(f"ratio              {ratio:6.2f}     {net:.2f} without the time to import Scrapy")


if __name__ == "__main__":
    main()
