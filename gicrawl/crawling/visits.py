"""Leaves pages alone that need not be asked for, and shows the spider the archived page instead.

A spider finds its way by the pages it reads. A page that is known and not due is answered from the archive, below no
turnstile and before robots.txt: nothing is sent and nothing recorded. What the spider finds on it is written only where
it is not on record yet: a run that was killed between a page and its links has left some of them out.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING
from urllib.parse import urldefrag
from weakref import WeakKeyDictionary

from scrapy import Request
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Headers
from scrapy.responsetypes import responsetypes

from gicrawl.archive.errors import ArchiveError
from gicrawl.archive.history import Reading, portal_history, reading_of
from gicrawl.archive.records import Outcome
from gicrawl.crawling.judge import prevails
from gicrawl.crawling.lead import CAPTURE, LEAD, Lead
from gicrawl.crawling.session import session_of
from gicrawl.crawling.wire import parse_head

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Self
    from uuid import UUID

    from scrapy.crawler import Crawler
    from scrapy.http import Response

    from gicrawl.archive.history import PageHistory
    from gicrawl.archive.records import Link, Verdict
    from gicrawl.crawling.session import Session

NOT_DUE = "not_due"
"""Flag of a response that comes from the archive because the page is not due."""


class Step(StrEnum):
    """What to do about a page that a spider asks for."""

    FETCH = "fetch"
    SHOW = "show"  # the archived page, without asking; fetched where the archive has none to show
    LEAVE = "leave"  # it would lead nowhere new


class NotDue(IgnoreRequest):
    """The page is known, need not be looked at and would lead nowhere new."""


@dataclass(slots=True)
class _Visits:
    """What a session knows of its portals' pages.

    Attributes:
        step: decides.
        pages: by portal, then by fingerprint of the request.
        shown: captures shown to a spider, with what is on record of them.
    """

    step: Callable[[str, PageHistory | None], Step]
    pages: dict[str, dict[bytes, PageHistory]] = field(default_factory=dict)
    shown: dict[UUID, Reading] = field(default_factory=dict)


_OF_SESSION: WeakKeyDictionary[Session, _Visits] = WeakKeyDictionary()


def plan_visits(session: Session, step: Callable[[str, PageHistory | None], Step]) -> None:
    """Let `step` decide, for each portal id and page known or not (None), what is done in this session."""
    _OF_SESSION[session] = _Visits(step)


class VisitsMiddleware:
    """Downloader middleware, the first of all: asks the session's plan, if it has one, about pages of portals."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Called by Scrapy."""
        return cls(crawler)

    def process_request(self, request: Request) -> Response | None:
        """Answer from the archive what is not to be fetched.

        Raises:
            NotDue: the page is left alone.
        """
        session = session_of(self._crawler)
        visits = _OF_SESSION.get(session)
        lead = request.meta.get(LEAD)
        if visits is None or not isinstance(lead, Lead) or lead.portal is None:
            return None
        fingerprint: Callable[[Request], bytes] = self._crawler.request_fingerprinter.fingerprint
        if lead.portal not in visits.pages:
            known = portal_history(session.archive, lead.portal).pages
            visits.pages[lead.portal] = {
                fingerprint(Request(page.url, method=page.method, body=page.body)): page for page in known
            }
        page = visits.pages[lead.portal].get(fingerprint(request))
        step = visits.step(lead.portal, page)
        if step is Step.LEAVE:
            raise NotDue(f"{request.url}: not due")
        if step is Step.FETCH or page is None or page.shown is None:
            return None
        try:
            response = _archived(session, request, page.shown)
            visits.shown.setdefault(page.shown, reading_of(session.archive, page.shown))
        except ArchiveError:
            return None  # its bytes cannot be had back: all the more reason to fetch it
        request.meta[CAPTURE] = page.shown
        return response


def _archived(session: Session, request: Request, shown: UUID) -> Response:
    """The page as the server once sent it, content-coding undone."""
    stored = session.archive.capture(shown)
    if stored.outcome is Outcome.NOT_MODIFIED and stored.revisit_of is not None:
        stored = session.archive.capture(stored.revisit_of)
    body = b"" if stored.body_sha256 is None else session.archive.content(stored)
    head = parse_head(stored.head)
    headers = Headers([] if head is None else list(head.headers))
    headers.pop("Content-Encoding", None)
    kind = responsetypes.from_args(headers=headers, url=request.url, body=body)
    assert stored.status is not None  # what shows something was answered
    return kind(url=request.url, status=stored.status, headers=headers, body=body, flags=[NOT_DUE])


def is_on_record(session: Session, link: Link) -> bool:
    """Whether a link of a page shown from the archive has been written before."""
    visits = _OF_SESSION.get(session)
    reading = None if visits is None else visits.shown.get(link.page)
    return reading is not None and (link.position, urldefrag(link.url).url) in reading.links


def judge(session: Session, verdict: Verdict) -> bool:
    """Hand a spider's judgement to the archive, unless a stronger one stands or it says what is on record already.

    Returns:
        Whether the judgement stands.

    Raises:
        ArchiveStopped: the archive takes no more.
    """
    visits = _OF_SESSION.get(session)
    reading = None if visits is None else visits.shown.get(verdict.capture)
    if reading is None or reading.verdict is None:
        return session.judge(verdict)
    if reading.verdict == (verdict.judgement, verdict.signature, verdict.rule, verdict.pages_end):
        return True
    return prevails(verdict.judgement, reading.verdict[0]) and session.judge(verdict)
