"""What a response, a failure or an argument says, put into the words of the crawl."""

from __future__ import annotations

import logging
import re
from functools import wraps
from typing import TYPE_CHECKING, TypeVar
from uuid import NAMESPACE_URL, UUID, uuid5

from gicrawl.crawling.ending import CrawlOver
from gicrawl.crawling.lead import CAPTURE, ReportLink
from gicrawl.crawling.visits import NotDue
from spiders.vocabulary import TitleSays

_START = 4096
_FILES = (
    *(b"%PDF", b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"{\\rtf", b"Rar!", b"7z\xbc\xaf"),
    *(b"GIF8", b"\x89PNG", b"\xff\xd8\xff", b"BM", b"II*\x00", b"MM\x00*"),
)
_MARKUP = re.compile(
    rb"<(?:!doctype\s+html|html|head|body|meta|title|script|table|div|span|font|iframe|img|br|[ap][\s>])", re.IGNORECASE
)

S = TypeVar("S")
Y = TypeVar("Y")

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from scrapy.http import Response
    from twisted.python.failure import Failure

    from spiders.family import Row


def report_links(rows: list[Row], page_id: UUID, first: int = 0) -> Iterator[ReportLink]:
    """Make items of the rows that may be reports; `page_id` is the capture of the page they stand on."""
    for position, row in enumerate(rows, first):
        if row.says is not TitleSays.OTHER:
            yield ReportLink(
                page=page_id, url=row.url, text=row.text, title=row.title, date=row.date, position=position
            )


def shows_page(response: Response) -> bool:
    """Say whether an answer is a page of HTML, whatever its headers say: a file has no links to follow."""
    start = response.body[:_START].lstrip(b"\xef\xbb\xbf \t\r\n")
    return not start.startswith(_FILES) and _MARKUP.search(start.replace(b"\0", b"")) is not None


def capture_of(response: Response) -> UUID:
    """Return the capture this response came from.

    Under a plain Scrapy, without our download handler, nothing is captured; the id then follows from the URL, so that
    items can still be told apart.
    """
    capture = response.meta.get(CAPTURE)
    return capture if isinstance(capture, UUID) else uuid5(NAMESPACE_URL, response.url)


def parse_years(years: str | tuple[int, int] | None) -> tuple[int, int] | None:
    """Read the argument `years`: `A-B`, one year, or both already as numbers.

    Raises:
        ValueError: it is nothing of the kind.
    """
    if years is None or isinstance(years, tuple):
        return years
    first, _, last = years.partition("-")
    try:
        return int(first), int(last or first)
    except ValueError:
        raise ValueError(f"years: {years!r} is not a year or a range like 2019-2023") from None


def heeding_the_end(errback: Callable[[S, Failure], Iterable[Y] | None]) -> Callable[[S, Failure], Iterable[Y]]:
    """Make an errback that is asked about pages only: that the crawl is over is no failure of a page, and no news."""

    @wraps(errback)
    def heed(spider: S, failure: Failure) -> Iterable[Y]:
        return () if isinstance(failure.value, CrawlOver) else errback(spider, failure) or ()

    return heed


def failed_url(failure: Failure) -> str:
    """Return the URL that could not be had."""
    return str(failure.request.url)  # type: ignore[attr-defined]  # Scrapy sets it on every failure


def reason_of(failure: Failure) -> str:
    """Say in one line why a page could not be had."""
    response = getattr(failure.value, "response", None)
    if response is not None:
        return f"HTTP {response.status}"
    return f"{type(failure.value).__name__}: {failure.value}".splitlines()[0][:200]


def level_of(failure: Failure) -> int:
    """Say how loud to be about a page that could not be had: one that a nightly run leaves alone is no news."""
    return logging.INFO if isinstance(failure.value, NotDue) else logging.WARNING
