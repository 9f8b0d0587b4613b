"""Runs one spider (named first, then the output file and its arguments) under plain Scrapy; writes JSON lines."""

from __future__ import annotations

import dataclasses
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from scrapy import signals
from scrapy.crawler import CrawlerProcess

if TYPE_CHECKING:
    from scrapy import Request

    from gicrawl.crawling.lead import PageRead, ReportLink

SETTINGS = {
    "SPIDER_MODULES": ["spiders"],
    "TELNETCONSOLE_ENABLED": False,
    "LOG_LEVEL": "INFO",
    "ROBOTSTXT_OBEY": False,
    "DOWNLOAD_DELAY": 0,
    "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
    "RETRY_TIMES": 1,
}


def main(spider: str, output: str, arguments: str) -> None:
    process = CrawlerProcess(SETTINGS)
    crawler = process.create_crawler(spider)
    with Path(output).open("w", encoding="utf-8") as lines:

        def write(kind: str, record: dict[str, Any]) -> None:
            lines.write(json.dumps({"type": kind, **record}, default=str, ensure_ascii=False) + "\n")

        def scraped(item: ReportLink | PageRead) -> None:
            write(type(item).__name__, dataclasses.asdict(item))

        def left(request: Request) -> None:
            parts = urlsplit(request.url)
            path = f"{parts.path}?{parts.query}" if parts.query else parts.path
            write("request", {"path": path, "method": request.method, **dataclasses.asdict(request.meta["lead"])})

        crawler.signals.connect(scraped, signal=signals.item_scraped)
        crawler.signals.connect(left, signal=signals.request_left_downloader)
        process.crawl(crawler, **json.loads(arguments))
        process.start()


if __name__ == "__main__":
    main(*sys.argv[1:4])
