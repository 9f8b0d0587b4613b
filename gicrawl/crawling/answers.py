"""What is done with an exchange that is over: it goes to the archive, is judged, and only then on to Scrapy."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from scrapy.exceptions import DownloadCancelledError, DownloadFailedError, ResponseDataLossError
from scrapy.http import Headers, Response
from scrapy.responsetypes import responsetypes

from gicrawl.archive.bodies import DecodeError, decode
from gicrawl.archive.records import Judgement, Outcome
from gicrawl.crawling.exchange import recorded
from gicrawl.crawling.hosts import endpoint
from gicrawl.crawling.judge import judge, turned_away
from gicrawl.crawling.lead import CAPTURE
from gicrawl.crawling.trouble import BLOCK_SECONDS, HostStopped

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler

    from gicrawl.crawling.exchange import Exchange
    from gicrawl.crawling.session import Session

UNDECODABLE = "undecodable"
"""Flag of a response whose content-coding could not be undone; its body is as received."""


def hand_over(crawler: Crawler, session: Session, request: Request, exchange: Exchange) -> Response:
    """Give the archive its capture and Scrapy the response, its content-coding still on it.

    Raises:
        HostStopped: the host blocks us, or was left alone before anything was sent.
        ArchiveStopped: the archive takes no more.
        Exception: whatever the exchange ended with, where there is no whole answer to show.
    """
    capture = recorded(crawler, session, request, exchange)
    request.meta[CAPTURE] = capture.id
    session.add(capture, crawler)
    if isinstance(exchange.error, HostStopped) and exchange.error.shield is not None:
        session.judge(turned_away(capture.id, exchange.error.shield))
    reader = exchange.reader
    if reader is None or reader.fault is not None or reader.head is None:
        _raise(request, exchange)
    message = reader.message()
    flags: list[str] = []
    headers = Headers(list(reader.head.headers))
    body, codings = message.body, reader.head.tokens(b"content-encoding")
    if codings and message.body:
        try:
            body = decode(message.body, [coding.decode("latin-1") for coding in codings])
        except DecodeError:  # the middleware that undoes the coding would fail on it: it is shown as it came
            flags.append(UNDECODABLE)
            del headers["Content-Encoding"]
    verdict = judge(capture, message.head, body)
    if verdict is not None:
        session.judge(verdict)
        if verdict.judgement is Judgement.BLOCKED:
            blocks = f"it blocks us ({verdict.signature})"
            session.trouble.stop(endpoint(request.url).guest_of, blocks, seconds=BLOCK_SECONDS)
            raise HostStopped(f"{request.url}: blocked ({verdict.signature})")
    kind = responsetypes.from_args(headers=headers, url=request.url, body=message.body)
    return kind(
        url=request.url,
        status=reader.head.status,
        headers=headers,
        body=message.body,
        flags=flags,
        certificate=None if exchange.connection is None else exchange.connection.certificate,
        protocol=reader.head.version,
    )


def _raise(request: Request, exchange: Exchange) -> NoReturn:
    if exchange.error is not None:
        raise exchange.error
    assert exchange.reader is not None  # an exchange ends in an error or in an answer
    message = f"{request.url}: {exchange.reader.fault}"
    if exchange.outcome is Outcome.TOO_LARGE:
        raise DownloadCancelledError(message)
    if exchange.outcome is Outcome.TRUNCATED:
        raise ResponseDataLossError(message)
    raise DownloadFailedError(message)
