"""From what was read off the wire to an outcome, and the facts in the headers that the archive has columns for."""

from __future__ import annotations

import re
import time
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import TYPE_CHECKING

from gicrawl.archive.records import Outcome

if TYPE_CHECKING:
    from gicrawl.crawling.wire import ResponseHead, ResponseReader

_BY_STATUS = {
    HTTPStatus.NOT_MODIFIED: Outcome.NOT_MODIFIED,
    HTTPStatus.NOT_FOUND: Outcome.NOT_FOUND,
    HTTPStatus.GONE: Outcome.GONE,
    HTTPStatus.TOO_MANY_REQUESTS: Outcome.RATE_LIMITED,
}

_SECONDS = re.compile(r"\d{1,9}(?:\.\d+)?")
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([^\s\"';,]+)", re.IGNORECASE)


def outcome_of(reader: ResponseReader) -> Outcome:
    """The outcome of an exchange that got as far as an answer."""
    if reader.too_large:
        return Outcome.TOO_LARGE
    if reader.fault is not None:
        is_http = reader.head is not None or reader.message().head.lstrip(b"\r\n")[:5] in _prefixes()
        return Outcome.TRUNCATED if reader.started and is_http else Outcome.NETWORK_ERROR
    assert reader.head is not None  # a finished message without a fault has one
    return _outcome_of_status(reader.head)


def _prefixes() -> set[bytes]:
    return {b"HTTP/"[:length] for length in range(1, 6)}


def _outcome_of_status(head: ResponseHead) -> Outcome:
    status = head.status
    if status in _BY_STATUS:
        return _BY_STATUS[HTTPStatus(status)]
    if status == HTTPStatus.SERVICE_UNAVAILABLE and head.get(b"retry-after") is not None:
        return Outcome.RATE_LIMITED
    if 200 <= status < 300:  # noqa: PLR2004 - the 2xx class
        return Outcome.OK
    if 300 <= status < 400 and head.get(b"location") is not None:  # noqa: PLR2004 - the 3xx class
        return Outcome.REDIRECT
    return Outcome.HTTP_ERROR


def header(head: ResponseHead | None, name: bytes) -> str | None:
    """A header's first value as text; Latin-1, so that it can be sent back byte for byte."""
    value = None if head is None else head.get(name)
    return None if value is None else value.decode("latin-1")


def media_type(head: ResponseHead | None) -> tuple[str | None, str | None]:
    """Declared media type (lower case, without parameters) and charset (as written)."""
    declared = header(head, b"content-type")
    if declared is None:
        return None, None
    return declared.partition(";")[0].strip().lower() or None, charset_of(declared)


def charset_of(content_type: str) -> str | None:
    """The charset a Content-Type declares, as written, or None."""
    charset = _CHARSET.search(content_type)
    return charset[1] if charset else None


def retry_after(head: ResponseHead | None) -> float | None:
    """Seconds the server asks us to stay away (RFC 9110 section 10.2.3), or None where it says nothing readable.

    A date is one of the server's clock, which may be slow: it is held against the answer's own Date, too.
    """
    value = header(head, b"retry-after")
    if value is None:
        return None
    if _SECONDS.fullmatch(value):
        return float(value)
    until = _moment(value)
    if until is None:
        return None
    said = _moment(header(head, b"date"))
    return max(0.0, until - time.time(), 0.0 if said is None else until - said)


def _moment(value: str | None) -> float | None:
    """Seconds since the epoch of a date as HTTP writes it, or None."""
    if value is None:
        return None
    try:
        return parsedate_to_datetime(value).timestamp()
    except (ValueError, OverflowError):
        return None
