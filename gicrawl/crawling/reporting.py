"""What a crawl says in the log: lines for people. A failed download is data, it is in the archive with its outcome."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    ResponseDataLossError,
)
from scrapy.logformatter import LogFormatter, LogFormatterResult

if TYPE_CHECKING:
    from scrapy import Request, Spider
    from twisted.python.failure import Failure

logger = logging.getLogger("gicrawl.crawling")

_RECORDED = (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    ResponseDataLossError,
)


class CrawlLogFormatter(LogFormatter):
    """Scrapy's messages, but a failure the archive has on record is one line and no traceback, and items are none."""

    def scraped(self, item: object, response: object, spider: Spider) -> None:  # type: ignore[override]
        """Called by Scrapy for every item; None: nothing is said. Links and pages read are in the archive."""

    def download_error(
        self, failure: Failure, request: Request, spider: Spider, errmsg: str | None = None
    ) -> LogFormatterResult:
        """Called by Scrapy when a request has finally failed; Scrapy adds the traceback to what is returned."""
        result = super().download_error(failure, request, spider, errmsg)
        if isinstance(failure.value, _RECORDED):
            logger.warning("%s", " ".join(str(failure.value).split()))
            result["level"] = logging.DEBUG
        return result
