"""Where the chain from what is expected to what is counted may end."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


class Stop(StrEnum):
    """Where a chain ends. Codes are stable; what they mean and what to do is in `messages.toml` under each."""

    REACHED = "reached"  # a report that was read: nothing stops before the panel
    UNPLACED = "unplaced"  # a report that was read, but whose it is or of which year is open
    WITHHELD = "withheld"  # it is there, and shown to nobody
    UNPARSED = "unparsed"
    FAILED = "failed"
    FAILED_BEFORE = "failed_before"  # with a parser that is not today's
    NEEDS_OCR = "needs_ocr"
    NOT_A_REPORT = "not_a_report"
    ATTACHMENT_MISSING = "attachment_missing"  # the page holds no report, and a file on it could not be had
    NOT_FETCHED = "not_fetched"  # a list page links to it, nobody asked for it
    REDIRECT_LOST = "redirect_lost"  # it leads somewhere that was never fetched
    MISSING = "missing"
    SOFT_404 = "soft_404"
    BLOCKED = "blocked"
    EMPTY = "empty"
    TORN = "torn"
    TOO_LARGE = "too_large"
    RATE_LIMITED = "rate_limited"
    HTTP_ERROR = "http_error"
    UNREACHABLE = "unreachable"
    ROBOTS_DENIED = "robots_denied"
    REFUSED = "refused"  # by our own guard of addresses

    NOT_LISTED = "not_listed"  # the column was read to its end
    COLUMN_UNFINISHED = "column_unfinished"
    LAYOUT_UNKNOWN = "layout_unknown"
    COLUMN_NOT_FOUND = "column_not_found"
    PORTAL_FAILED = "portal_failed"  # it did not answer, or with nothing but errors
    PORTAL_BLOCKED = "portal_blocked"
    PORTAL_DENIED = "portal_denied"
    NEVER_VISITED = "never_visited"
    NOT_DUE = "not_due"
    NO_PORTAL = "no_portal"

    PORTAL_PAGE = "portal_page"  # what was asked for is a page of the way, no report
    UNKNOWN_ON_HOST = "unknown_on_host"
    UNKNOWN = "unknown"
    UNKNOWN_ISSUER = "unknown_issuer"
    SEVERAL = "several"


UNKNOWN = frozenset({Stop.UNKNOWN, Stop.UNKNOWN_ON_HOST, Stop.UNKNOWN_ISSUER, Stop.SEVERAL})
"""Nothing could be explained: a person has to ask otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """Where it stops, and what fills the sentences about it.

    Attributes:
        fields: url, portal, error, since … as the sentence of `stop` needs them.
    """

    stop: Stop
    fields: Mapping[str, str | int] = field(default_factory=dict)
