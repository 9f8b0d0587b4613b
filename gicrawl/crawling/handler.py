"""The download handler: Scrapy asks for a response, the archive gets what came over the wire.

Every exchange (a retry, a redirect hop, a 304, an error, a robots.txt) becomes one `Capture`, handed to the archive
before Scrapy sees the response or the exception. Only then do Scrapy's middlewares retry, redirect or decompress.
"""

from __future__ import annotations

import asyncio
import ssl
import time
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

from scrapy.core.downloader.handlers.base import BaseDownloadHandler
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
)

from gicrawl.archive.records import Outcome
from gicrawl.crawling.answers import hand_over
from gicrawl.crawling.connection import TLSError, dial
from gicrawl.crawling.ending import GRACE, CrawlEnded
from gicrawl.crawling.exchange import Exchange, learn, rest
from gicrawl.crawling.hosts import RefusedByGuard, endpoint
from gicrawl.crawling.outcomes import outcome_of
from gicrawl.crawling.outgoing import BODILESS_METHODS, request_head
from gicrawl.crawling.session import ArchiveStopped, session_of
from gicrawl.crawling.terms import NotWithinTerms
from gicrawl.crawling.tls import relaxed_context
from gicrawl.crawling.trouble import HostStopped
from gicrawl.crawling.wire import ResponseReader

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

    from gicrawl.crawling.connection import Connection
    from gicrawl.crawling.hosts import Address, Endpoint
    from gicrawl.crawling.manners import Turn
    from gicrawl.crawling.session import Session
    from gicrawl.crawling.terms import Guest

_OPENING = 30.0  # seconds between two looks at the clock while a portal is closed
_CONNECT_SECONDS = 30.0


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
        exchange = Exchange(session.now(), time.monotonic())
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
                turn.rest = rest(session, where, exchange)
        except (RefusedByGuard, HostStopped) as error:
            exchange.outcome, exchange.error = Outcome.REFUSED_BY_GUARD, error
        except CannotResolveHostError as error:
            exchange.outcome, exchange.error = Outcome.DNS_ERROR, error
            session.trouble.note_answer(where.key, str(error))
        return hand_over(self.crawler, session, request, exchange)

    # On the wire.

    async def _fetch(  # noqa: PLR0917 - all of them are what one exchange is about
        self,
        request: Request,
        where: Endpoint,
        addresses: list[Address],
        exchange: Exchange,
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
                and request.method in BODILESS_METHODS
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
            learn(session, request, where, exchange, turn)

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
        exchange: Exchange,
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
        reason = session.trouble.why_stopped(where)
        if reason is not None:
            raise HostStopped(reason)
        used_up = guest.used_up()
        if used_up is not None:
            raise NotWithinTerms(used_up)
