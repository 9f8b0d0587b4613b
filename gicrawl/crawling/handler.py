"""The download handler: Scrapy asks for a response, the archive gets what came over the wire.

Every exchange (a retry, a redirect hop, a 304, an error, a robots.txt) becomes one `Capture`, handed to the archive
before Scrapy sees the response or the exception. Only then do Scrapy's middlewares retry, redirect or decompress.
"""

from __future__ import annotations

import asyncio
import ssl
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn
from urllib.parse import quote, urldefrag, urlsplit
from uuid import uuid4

from scrapy.core.downloader.handlers.base import BaseDownloadHandler
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    ResponseDataLossError,
)
from scrapy.http import Headers, Response
from scrapy.responsetypes import responsetypes

from gicrawl.archive.bodies import DecodeError, decode
from gicrawl.archive.records import Capture, Judgement, Outcome, Role
from gicrawl.crawling.connection import Connection, TLSError, dial
from gicrawl.crawling.ending import GRACE, CrawlEnded
from gicrawl.crawling.hosts import Address, Endpoint, RefusedByGuard, endpoint
from gicrawl.crawling.judge import judge, turned_away
from gicrawl.crawling.lead import CAPTURE, LEAD, Lead
from gicrawl.crawling.outcomes import header, media_type, outcome_of, retry_after
from gicrawl.crawling.session import (
    BLOCK_SECONDS,
    VERSION,
    ArchiveStopped,
    HostStopped,
    Session,
    session_of,
)
from gicrawl.crawling.terms import NotWithinTerms
from gicrawl.crawling.tls import relaxed_context
from gicrawl.crawling.wire import ResponseReader

if TYPE_CHECKING:
    from datetime import datetime

    from scrapy import Request
    from scrapy.crawler import Crawler

    from gicrawl.crawling.manners import Turn
    from gicrawl.crawling.terms import Guest

ROBOTS = "gicrawl_robots"
"""Key of the robots verdict in `Request.meta`."""

REVISIT = "gicrawl_revisit"
"""Key of the capture a conditional request asks about in `Request.meta`."""

UNDECODABLE = "undecodable"
"""Flag of a response whose content-coding could not be undone; its body is as received."""

LONGEST_REST = 300.0
"""Seconds of Retry-After we sit out; a host that asks for more is left alone until then, by later runs too."""

_OPENING = 30.0  # seconds between two looks at the clock while a portal is closed
_CONNECT_SECONDS = 30.0
_URL_SAFE = "!#$%&'()*+,/:;=?@[]~-._"
_OURS = frozenset({b"host", b"accept-encoding", b"content-length", b"transfer-encoding", b"connection"})
_UNWELL = frozenset({Outcome.RATE_LIMITED, Outcome.HTTP_ERROR, Outcome.TRUNCATED, Outcome.NETWORK_ERROR})
_REFUSES = frozenset({401, 403, 405, 406, 412, 418, 444, 493})
_PAGES = frozenset({Role.HOME, Role.NAVIGATION, Role.LIST, Role.ARTICLE})
_BODILESS_METHODS = frozenset({"GET", "HEAD"})


@dataclass(slots=True)
class _Exchange:
    """What is known of an exchange so far."""

    time: datetime
    clock: float
    request_head: bytes = b""
    reader: ResponseReader | None = None
    connection: Connection | None = None
    outcome: Outcome | None = None
    error: Exception | None = None
    elapsed: float | None = None
    relaxed: bool = False  # whether TLS was relaxed, or tried to be


class WireHandler(BaseDownloadHandler):
    """Fetches http and https URLs over connections of its own.

    Settings (and meta keys of the same meaning): `DOWNLOAD_TIMEOUT` is how long a server may stay silent,
    `DOWNLOAD_MAXSIZE` how many bytes of body are read, `DOWNLOAD_DELAY` the pause of the turnstile. Each request needs
    a `Lead` in its meta. Proxies are not used. Signals about parts of a response are not sent.
    """

    lazy = True

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._timeout = crawler.settings.getfloat("DOWNLOAD_TIMEOUT")
        self._maxsize = crawler.settings.getint("DOWNLOAD_MAXSIZE")
        self._delay = crawler.settings.getfloat("DOWNLOAD_DELAY")
        self._tls = ssl.create_default_context()
        self._idle: dict[tuple[str, bool], Connection] = {}

    async def close(self) -> None:
        """Ends the kept connections."""
        connections = list(self._idle.values())
        self._idle.clear()
        for connection in connections:
            connection.close()
        for connection in connections:
            await connection.wait_closed()

    async def download_request(self, request: Request) -> Response:
        """Fetches one URL, once.

        Raises:
            RefusedByGuard, HostStopped, ArchiveStopped, CrawlEnded: nothing to show (Scrapy ignores the request).
            CannotResolveHostError, DownloadConnectionRefusedError, DownloadTimeoutError, DownloadFailedError,
            ResponseDataLossError: may be retried.
            DownloadCancelledError: too large.
        """
        session = session_of(self.crawler)
        guest = session.guests[self.crawler]
        exchange = _Exchange(session.now(), time.monotonic())
        try:
            where = endpoint(request.url)
            self._refuse_stopped(session, where, guest)
            delay = self._delay if guest.terms.delay is None else max(self._delay, guest.terms.delay)
            async with AsyncExitStack() as until_done:
                async with session.ending.limit(0.0):
                    await self._until_open(session, guest)
                    addresses = await session.hosts.resolve(where)
                    try:
                        turn = await until_done.enter_async_context(session.turnstile.turn(where.guest_of, delay))
                    except OSError as error:
                        session.give_up(error)
                self._refuse_stopped(session, where, guest)  # it may have been stopped while we waited
                if guest.opens_in(session.now()) > 0:
                    raise NotWithinTerms(f"{where.key}: its visiting hours have just ended")
                guest.stay.requests += 1
                await self._fetch(request, where, addresses, exchange, guest, turn)
                if exchange.reader is not None:
                    guest.stay.received += exchange.reader.received
                turn.rest = self._rest(session, where, exchange)
        except (RefusedByGuard, HostStopped) as error:
            exchange.outcome, exchange.error = Outcome.REFUSED_BY_GUARD, error
        except CannotResolveHostError as error:
            exchange.outcome, exchange.error = Outcome.DNS_ERROR, error
            session.note_answer(where.key, str(error))
        return self._hand_over(session, request, exchange)

    # On the wire.

    async def _fetch(  # noqa: PLR0917 - all of them are what one exchange is about
        self,
        request: Request,
        where: Endpoint,
        addresses: list[Address],
        exchange: _Exchange,
        guest: Guest,
        turn: Turn,
    ) -> None:
        """Fills the exchange; what goes wrong is kept in it and raised later, after the archive has it."""
        session = session_of(self.crawler)
        silence = float(request.meta.get("download_timeout", self._timeout))
        head = request_head(request, where)
        key = (where.key, where.tls)
        kept = self._idle.pop(key, None)
        if kept is not None and not kept.fresh:
            kept.close()
            kept = None
        while True:
            exchange.time, exchange.clock = session.now(), time.monotonic()
            try:
                async with session.ending.limit(0.0):
                    connection = kept or await self._dial(session, where, addresses, silence, exchange, guest)
            except TLSError as error:
                exchange.outcome, exchange.error = Outcome.TLS_ERROR, error
                request.meta["dont_retry"] = True  # a certificate does not get better within seconds
                break
            except (DownloadFailedError, DownloadTimeoutError, DownloadConnectionRefusedError) as error:
                exchange.outcome, exchange.error = Outcome.NETWORK_ERROR, error
                break
            reader = ResponseReader(request.method, max_body=int(request.meta.get("download_maxsize", self._maxsize)))
            exchange.connection, exchange.reader, exchange.request_head = connection, reader, head
            try:
                async with session.ending.limit(GRACE):
                    await connection.exchange(head + request.body, reader, silence)
            except TimeoutError:
                exchange.error = DownloadTimeoutError(f"{request.url}: {reader.fault}")
            except CrawlEnded as error:
                reader.eof(because=str(error))
                exchange.error = error
            exchange.elapsed = time.monotonic() - exchange.clock
            if (
                kept is not None
                and not reader.started
                and exchange.error is None
                and request.method in _BODILESS_METHODS
            ):
                # The server had closed it meanwhile, in all likelihood unread: asked again on a new one, once, and
                # after the pause all the same, for nobody knows what it did read.
                kept = None
                async with session.ending.limit(0.0):
                    await asyncio.sleep(turn.pause)
                continue
            exchange.outcome = outcome_of(reader)
            if reader.reusable:
                self._idle[key] = connection
            break
        request.meta["download_latency"] = time.monotonic() - exchange.clock
        if not isinstance(exchange.error, CrawlEnded):  # that says nothing about the host
            _learn(session, request, where, exchange, turn)

    @staticmethod
    async def _until_open(session: Session, guest: Guest) -> None:
        wait = guest.opens_in(session.now())
        while wait > 0:
            await asyncio.sleep(min(wait, _OPENING))
            wait = guest.opens_in(session.now())

    async def _dial(  # noqa: PLR0917 - as `_fetch`
        self,
        session: Session,
        where: Endpoint,
        addresses: list[Address],
        silence: float,
        exchange: _Exchange,
        guest: Guest,
    ) -> Connection:
        """Connects, with TLS relaxed where that is declared and the strict kind has failed; errors as in `dial`."""
        seconds = min(silence, _CONNECT_SECONDS)
        may_relax = where.tls and guest.terms.relaxed_tls and guest.owns(where)
        if not (may_relax and where.key in session.relaxed):
            try:
                return await dial(where, addresses, session.hosts, self._tls, seconds)
            except TLSError:
                if not may_relax:
                    raise
        exchange.relaxed = True
        connection = await dial(where, addresses, session.hosts, relaxed_context(), seconds)
        connection.relaxed = True
        session.relaxed.add(where.key)
        return connection

    def _refuse_stopped(self, session: Session, where: Endpoint, guest: Guest) -> None:
        if session.failure is not None:
            raise ArchiveStopped(session.failure)
        if (
            session.ending.asked or not self.crawler.crawling
        ):  # what waited in a queue when the user ended the crawl; nothing to record
            raise CrawlEnded(f"{where.key}: the crawl was ended")
        reason = session.why_stopped(where)
        if reason is not None:
            raise HostStopped(reason)
        used_up = guest.used_up()
        if used_up is not None:
            raise NotWithinTerms(used_up)

    @staticmethod
    def _rest(session: Session, where: Endpoint, exchange: _Exchange) -> float:
        if exchange.outcome is not Outcome.RATE_LIMITED or exchange.reader is None:
            return 0.0
        rest = retry_after(exchange.reader.head)
        if rest is None:
            return 0.0
        if rest > LONGEST_REST:
            session.stop_host(where.guest_of, f"it asks not to be visited for {rest:.0f} s", seconds=rest)
            return 0.0  # nobody waits for that long
        return rest

    # To the archive, and on to Scrapy.

    def _hand_over(self, session: Session, request: Request, exchange: _Exchange) -> Response:
        capture = self.capture(session, request, exchange)
        request.meta[CAPTURE] = capture.id
        session.add(capture, self.crawler)
        if isinstance(exchange.error, HostStopped) and exchange.error.shield is not None:
            session.judge(turned_away(capture.id, exchange.error.shield))
        reader = exchange.reader
        if reader is None or reader.fault is not None or reader.head is None:
            self._raise(request, exchange)
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
                session.stop_host(endpoint(request.url).guest_of, blocks, seconds=BLOCK_SECONDS)
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

    @staticmethod
    def _raise(request: Request, exchange: _Exchange) -> NoReturn:
        if exchange.error is not None:
            raise exchange.error
        assert exchange.reader is not None  # an exchange ends in an error or in an answer
        message = f"{request.url}: {exchange.reader.fault}"
        if exchange.outcome is Outcome.TOO_LARGE:
            raise DownloadCancelledError(message)
        if exchange.outcome is Outcome.TRUNCATED:
            raise ResponseDataLossError(message)
        raise DownloadFailedError(message)

    def capture(self, session: Session, request: Request, exchange: _Exchange) -> Capture:
        """The record of an exchange."""
        reader, connection = exchange.reader, exchange.connection
        assert exchange.outcome is not None  # every way out of an exchange sets it
        error = None if exchange.error is None else str(exchange.error)
        if error is None and reader is not None and reader.fault is not None:
            error = reader.fault
        head = None if reader is None else reader.head
        declared_type, declared_charset = media_type(head)
        message = reader.message() if reader is not None and reader.started else None
        return Capture(
            **common(self.crawler, session, request),
            time=exchange.time,
            outcome=exchange.outcome,
            error=None if error is None else " ".join(error.split()),
            status=None if head is None else head.status,
            http_version=None if head is None else head.version,
            request_head=exchange.request_head,
            request_body=request.body if exchange.request_head else b"",
            response=message,
            ip=None if connection is None else connection.address.label(endpoint(request.url)),
            certificate=None if connection is None else connection.certificate,
            tls_relaxed=exchange.relaxed if connection is None else connection.relaxed,
            declared_type=declared_type,
            declared_charset=declared_charset,
            etag=header(head, b"etag"),
            last_modified=header(head, b"last-modified"),
            revisit_of=request.meta.get(REVISIT) if exchange.outcome is Outcome.NOT_MODIFIED else None,
            elapsed=exchange.elapsed,
        )


def _learn(session: Session, request: Request, where: Endpoint, exchange: _Exchange, turn: Turn) -> None:
    """Takes in what an exchange says about its host: whether it answers, how soon, and whether it turns us away."""
    reader, connection = exchange.reader, exchange.connection
    answered = reader is not None and reader.started
    first = None if connection is None else connection.answered
    turn.latency = time.monotonic() - exchange.clock if first is None else first - exchange.clock
    turn.well = answered and exchange.outcome not in _UNWELL
    session.note_answer(where.key, None if answered else str(exchange.error or exchange.outcome))
    if reader is not None and reader.head is not None and _is_page(request):
        status = reader.head.status
        session.note_page(where.guest_of, status if status in _REFUSES else None)


def _is_page(request: Request) -> bool:
    lead = request.meta.get(LEAD)
    return isinstance(lead, Lead) and lead.role in _PAGES


def common(crawler: Crawler, session: Session, request: Request) -> dict[str, Any]:
    """The fields of a `Capture` that are known before anything is sent.

    Raises:
        TypeError: the request carries no lead; every spider has to say why it asks.
    """
    lead = request.meta.get(LEAD)
    if not isinstance(lead, Lead):
        raise TypeError(
            f'{request.url}: no lead in this request; set meta["{LEAD}"] to a Lead that says why it is made'
        )
    trail = [*request.meta.get("redirect_urls", []), request.url]
    spider = crawler.spider
    return {
        "id": uuid4(),
        "run": session.run,
        "requested_url": urldefrag(trail[0]).url,
        "final_url": urldefrag(request.url).url,
        "hop": len(trail) - 1,
        "method": request.method,
        "role": Role(lead.role),
        "portal": lead.portal,
        "spider": None if spider is None else spider.name,
        "spider_version": getattr(spider, "version", VERSION),
        "referrer": lead.referrer,
        "link_text": lead.link_text,
        "robots": request.meta.get(ROBOTS),
    }


def request_head(request: Request, where: Endpoint) -> bytes:
    """Request line and headers as they go out: Host first, then Scrapy's in their order, closed by a blank line.

    Asks for `identity` whatever the spider set: a body that needs no decoding cannot be decoded wrongly.
    """
    parts = urlsplit(request.url)
    target = quote((parts.path or "/") + (f"?{parts.query}" if parts.query else ""), safe=_URL_SAFE)
    lines = [f"{request.method} {target} HTTP/1.1".encode("ascii"), f"Host: {where.header}".encode("ascii")]
    for name, values in request.headers.items():
        if name.lower() not in _OURS:
            lines.extend(name + b": " + value.translate(None, b"\r\n") for value in values)
    lines.append(b"Accept-Encoding: identity")
    if request.body or request.method not in _BODILESS_METHODS:
        lines.append(f"Content-Length: {len(request.body)}".encode("ascii"))
    return b"\r\n".join([*lines, b"", b""])
