"""What comes out of the archive: runs, captures as stored, pages known from earlier visits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from gicrawl.archive.records import Judgement, Origin, Outcome, Role

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def to_microseconds(time: datetime) -> int:
    """A time as the archive keeps it: microseconds since 1970 UTC.

    Raises:
        TypeError: the time has no zone.
    """
    return (time - _EPOCH) // _MICROSECOND


def from_microseconds(stored: int) -> datetime:
    """The inverse of `to_microseconds`."""
    return _EPOCH + stored * _MICROSECOND


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run of a command that wrote into the archive.

    Attributes:
        kind: the command: `crawl`, `demo`, `import` …
        arguments: what it was told, as JSON values.
        vantage: the label the user gave the place it ran from; portals block by address.
        version: gicrawl's version.
        status: how it ended; None while it runs, and for ever when it was killed.
        summary: what it reported at its end, as JSON values; None before.
    """

    id: UUID
    kind: str
    arguments: Mapping[str, Any]
    user_agent: str
    vantage: str | None
    version: str
    started: datetime
    finished: datetime | None
    status: str | None
    summary: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredCapture:
    """A capture as the archive tells of it: as `gicrawl.archive.records.Capture`, but for the bytes of the response.

    Those are asked for one by one (`Archive.body`, `Archive.content`, `Archive.response`, `Archive.wire`), so that a
    walk over a million captures does not read a million bodies.

    Attributes:
        head: status line and header block of the final response; empty where there was none.
        complete: whether the message ended where its framing says; True for an imported file, None where there was no
            response.
        body_sha256: name of the body, over the bytes received; None where there is none (no response, 304, 204).
        body_size: in bytes as received, content-coding included.
        sniffed_type: media type by magic bytes, of the decoded body where it is content-coded.
        decoded_sha256: digest after content-coding was undone; None for a body that has none or cannot be decoded.
        judgement: the newest.
        pages_end: of that newest judgement.
    """

    id: UUID
    run: UUID
    time: datetime
    requested_url: str
    final_url: str
    hop: int
    method: str | None
    outcome: Outcome
    role: Role
    error: str | None
    status: int | None
    http_version: str | None
    request_head: bytes
    request_body: bytes
    ip: str | None
    certificate: bytes | None
    tls_relaxed: bool
    declared_type: str | None
    declared_charset: str | None
    used_charset: str | None
    etag: str | None
    last_modified: str | None
    portal: str | None
    spider: str | None
    spider_version: str | None
    referrer: UUID | None
    link_text: str | None
    robots: str | None
    revisit_of: UUID | None
    elapsed: float | None
    origin: Origin | None
    head: bytes
    complete: bool | None
    body_sha256: bytes | None
    body_size: int | None
    sniffed_type: str | None
    decoded_sha256: bytes | None
    judgement: Judgement | None
    pages_end: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownPage:
    """A URL that earlier visits asked for, so that a re-visit can go on from it.

    Attributes:
        url: what was asked for (`final_url` of its captures).
        role: why, the last time.
        hop: of the last capture: more than 0 means that a redirect from another known page leads here.
        link_text: text of the link that led here, the newest known.
        capture: the newest capture of it.
        outcome: of that capture.
        judgement: the newest on that capture.
        time: of that capture, UTC.
    """

    url: str
    role: Role
    hop: int
    portal: str | None
    link_text: str | None
    capture: UUID
    outcome: Outcome
    judgement: Judgement | None
    time: datetime
