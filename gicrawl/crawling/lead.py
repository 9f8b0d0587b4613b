"""What led to a request: travels in `request.meta["lead"]` from the spider to the archive."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from uuid import UUID

LEAD = "lead"
"""Key of the `Lead` in `Request.meta`; a spider sets it on every request it yields."""

CAPTURE = "capture"
"""Key of the capture's UUID in `Request.meta`, set by the download handler; spiders read it from `response.meta`."""


SITEMAPS = "sitemaps"
"""Key of the site maps that the origin's robots.txt names, in `Request.meta`; set before a request is sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lead:
    """Why a request is made.

    Attributes:
        role: a value of `gicrawl.archive.records.Role`, as a string: spiders do not know the archive.
        portal: id in the registry, or None.
        referrer: capture of the page that links here (`response.meta["capture"]` of that page).
        link_text: text of that link, as printed.
    """

    role: str
    portal: str | None = None
    referrer: UUID | None = None
    link_text: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportLink:
    """Item: a list page links to what looks like a report, or an article to a file or picture attached to it.

    Attributes:
        page: capture of that page.
        position: place among the links of the page, from 0.
        role: `article`, `attachment` or `image`.
    """

    page: UUID
    url: str
    text: str
    title: str | None
    date: str | None
    position: int
    role: str = "article"


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRead:
    """Item: what a spider made of a navigation or list page.

    Attributes:
        layout: name of the family that recognised it, or None: nobody did (`layout_unknown`).
        rows: links seen, reports or not.
        last: this page ends its column.
        revisit: nothing led to the page in this run; it was asked for because an earlier one had found it.
    """

    page: UUID
    portal: str | None
    role: str
    layout: str | None
    rows: int
    last: bool
    revisit: bool = False
