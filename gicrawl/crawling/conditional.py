"""Asks for a known page only if it has changed, and shows the spider the archived one where it has not.

The spider goes on discovering on a page that was not modified: its links may lead to reports that were.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urldefrag

from scrapy.exceptions import NotConfigured
from scrapy.http import Headers
from scrapy.responsetypes import responsetypes

from gicrawl.archive.records import Judgement
from gicrawl.crawling.exchange import REVISIT
from gicrawl.crawling.session import session_of
from gicrawl.crawling.wire import parse_head

if TYPE_CHECKING:
    from typing import Self

    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

NOT_MODIFIED = "not_modified"
"""Flag of a response whose body comes from the archive because the server says it still holds."""

_CONDITIONS = (b"If-None-Match", b"If-Modified-Since")
_STATUS = 304


class ConditionalMiddleware:
    """Downloader middleware, next to the handler: what it adds is sent as it is, what it answers is decoded as usual.

    Setting `GICRAWL_FULL` turns it off.
    """

    def __init__(self, crawler: Crawler) -> None:
        if crawler.settings.getbool("GICRAWL_FULL"):
            raise NotConfigured  # a full crawl asks for everything anew; Scrapy would log a message as a warning
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Called by Scrapy."""
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """Adds the conditions for a page we have."""
        for name in _CONDITIONS:  # a redirected or repeated request is a copy of one that may have had some
            if REVISIT in request.meta:
                request.headers.pop(name, None)
        request.meta.pop(REVISIT, None)
        if request.method != "GET" or any(name in request.headers for name in _CONDITIONS):
            return
        known = session_of(self._crawler).archive.latest(urldefrag(request.url).url)
        if known is None or known.judgement not in (None, Judgement.CONTENT, Judgement.LAYOUT_UNKNOWN):
            return  # nothing, or nothing worth having again
        if known.etag is None and known.last_modified is None:
            return
        if known.etag is not None:
            request.headers["If-None-Match"] = known.etag.encode("latin-1")
        if known.last_modified is not None:
            request.headers["If-Modified-Since"] = known.last_modified.encode("latin-1")
        request.meta[REVISIT] = known.id

    def process_response(self, request: Request, response: Response) -> Response:
        """Answers a 304 with the archived page, status 200 and the flag `not_modified`."""
        known_id = request.meta.get(REVISIT)
        if response.status != _STATUS or known_id is None:
            return response
        session = session_of(self._crawler)
        session.flush()  # the page may be one of this run that still waits to be written
        known = session.archive.capture(known_id)
        assert known.body_sha256 is not None  # `latest` gives only captures with a body
        body = session.archive.body(known.body_sha256)
        head = parse_head(known.head)
        headers = Headers(list(head.headers) if head is not None else [])
        kind = responsetypes.from_args(headers=headers, url=response.url, body=body)
        return kind(
            url=response.url,
            status=200,
            headers=headers,
            body=body,
            flags=[*response.flags, NOT_MODIFIED],
            certificate=response.certificate,
            protocol=response.protocol,
        )
