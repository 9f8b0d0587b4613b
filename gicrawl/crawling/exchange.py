"""One exchange with a host, from the request that went out to what came of it, and its record for the archive."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urldefrag
from uuid import uuid4

from gicrawl.archive.records import Capture, Outcome, Role
from gicrawl.crawling.hosts import endpoint
from gicrawl.crawling.lead import LEAD, Lead
from gicrawl.crawling.outcomes import header, media_type, retry_after
from gicrawl.crawling.session import VERSION

if TYPE_CHECKING:
    from datetime import datetime

    from scrapy import Request
    from scrapy.crawler import Crawler

    from gicrawl.crawling.connection import Connection
    from gicrawl.crawling.hosts import Endpoint
    from gicrawl.crawling.manners import Turn
    from gicrawl.crawling.session import Session
    from gicrawl.crawling.wire import ResponseReader

ROBOTS = "gicrawl_robots"
"""Key of the robots verdict in `Request.meta`."""

REVISIT = "gicrawl_revisit"
"""Key of the capture a conditional request asks about in `Request.meta`."""

LONGEST_REST = 300.0
"""Seconds of Retry-After we sit out; a host that asks for more is left alone until then, by later runs too."""

_UNWELL = frozenset({Outcome.RATE_LIMITED, Outcome.HTTP_ERROR, Outcome.TRUNCATED, Outcome.NETWORK_ERROR})
_REFUSES = frozenset({401, 403, 405, 406, 412, 418, 444, 493})
_PAGES = frozenset({Role.HOME, Role.NAVIGATION, Role.LIST, Role.ARTICLE})


@dataclass(slots=True)
class Exchange:
    """What is known of an exchange so far.

    Attributes:
        time: when it began, UTC; `clock` is the same on the clock that nobody sets.
        request_head: what was sent; empty where nothing was.
        reader: has read the answer, or is about to.
        connection: over which it went.
        outcome: what came of it, once it is over.
        error: why there is no answer to show.
        elapsed: seconds until the answer was complete.
        relaxed: whether TLS was relaxed, or tried to be.
    """

    time: datetime
    clock: float
    request_head: bytes = b""
    reader: ResponseReader | None = None
    connection: Connection | None = None
    outcome: Outcome | None = None
    error: Exception | None = None
    elapsed: float | None = None
    relaxed: bool = False


def learn(session: Session, request: Request, where: Endpoint, exchange: Exchange, turn: Turn) -> None:
    """Takes in what an exchange says about its host: whether it answers, how soon, and whether it turns us away."""
    reader, connection = exchange.reader, exchange.connection
    answered = reader is not None and reader.started
    first = None if connection is None else connection.answered
    turn.latency = time.monotonic() - exchange.clock if first is None else first - exchange.clock
    turn.well = answered and exchange.outcome not in _UNWELL
    session.trouble.note_answer(where.key, None if answered else str(exchange.error or exchange.outcome))
    if reader is not None and reader.head is not None and _is_page(request):
        status = reader.head.status
        session.trouble.note_page(where.guest_of, status if status in _REFUSES else None)


def rest(session: Session, where: Endpoint, exchange: Exchange) -> float:
    """Seconds a host asks to be let alone after an exchange; one that asks for too many is left alone altogether."""
    if exchange.outcome is not Outcome.RATE_LIMITED or exchange.reader is None:
        return 0.0
    asked = retry_after(exchange.reader.head)
    if asked is None:
        return 0.0
    if asked > LONGEST_REST:
        session.trouble.stop(where.guest_of, f"it asks not to be visited for {asked:.0f} s", seconds=asked)
        return 0.0  # nobody waits for that long
    return asked


def _is_page(request: Request) -> bool:
    lead = request.meta.get(LEAD)
    return isinstance(lead, Lead) and lead.role in _PAGES


def recorded(crawler: Crawler, session: Session, request: Request, exchange: Exchange) -> Capture:
    """The record of an exchange that is over."""
    reader, connection = exchange.reader, exchange.connection
    assert exchange.outcome is not None  # every way out of an exchange sets it
    error = None if exchange.error is None else str(exchange.error)
    if error is None and reader is not None and reader.fault is not None:
        error = reader.fault
    head = None if reader is None else reader.head
    declared_type, declared_charset = media_type(head)
    message = reader.message() if reader is not None and reader.started else None
    return Capture(
        **common(crawler, session, request),
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
