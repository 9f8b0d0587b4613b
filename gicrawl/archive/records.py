"""What the archive keeps of a fetch: the words everybody else uses.

Frozen records, filled by `gicrawl.crawling` and written by `gicrawl.archive.writer`. Names follow WARC 1.1
(ISO 28500) where it has one.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID


class Outcome(StrEnum):
    """What happened on the wire. Never revised: what we make of it is a `Judgement`."""

    OK = "ok"
    NOT_MODIFIED = "not_modified"
    REDIRECT = "redirect"
    NOT_FOUND = "not_found"
    GONE = "gone"
    HTTP_ERROR = "http_error"
    RATE_LIMITED = "rate_limited"
    TRUNCATED = "truncated"
    TOO_LARGE = "too_large"
    DNS_ERROR = "dns_error"
    TLS_ERROR = "tls_error"
    NETWORK_ERROR = "network_error"
    ROBOTS_DENIED = "robots_denied"
    REFUSED_BY_GUARD = "refused_by_guard"


class Judgement(StrEnum):
    """What we make of a response; made again without fetching when the rules improve."""

    CONTENT = "content"
    EMPTY = "empty"
    BLOCKED = "blocked"
    SOFT_404 = "soft_404"
    LAYOUT_UNKNOWN = "layout_unknown"


class Role(StrEnum):
    """Why a URL was fetched."""

    ROBOTS = "robots"
    HOME = "home"
    NAVIGATION = "navigation"  # a page between the home page and the report column
    LIST = "list"  # a page of the report column; page 1 is the column itself
    ARTICLE = "article"
    ATTACHMENT = "attachment"
    IMAGE = "image"


class OriginKind(StrEnum):
    """Where a capture comes from that we did not fetch ourselves."""

    FILE = "file"
    WARC = "warc"
    WAYBACK = "wayback"
    COMMONCRAWL = "commoncrawl"


class TimeSource(StrEnum):
    """Who says when an imported capture was made."""

    STATED = "stated"  # whoever collected it
    MODIFIED = "modified"  # nobody: it is the time the file was last written


@dataclass(frozen=True, slots=True, kw_only=True)
class FileOrigin:
    """A file of a folder that somebody collected and imported.

    Attributes:
        path: where it lay in that folder, with slashes; never absolute, so that two machines say the same.
        modified: when the file was last written, UTC.
        time_source: who says what `Capture.time` says.
        about: what was told of it beside its bytes, column and value, verbatim.
    """

    path: str
    modified: datetime
    time_source: TimeSource
    about: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class WarcOrigin:
    """A record of a WARC file that somebody else wrote.

    Attributes:
        file: the file's name, without folders, so that two machines say the same.
        offset: of the gzip member or zstd frame the record begins in, in bytes; of the record itself where the file is
            not compressed.
        within: how many decompressed bytes of that member or frame stand before the record.
        record: its WARC-Record-ID as written, without the angle brackets.
    """

    file: str
    offset: int
    within: int
    record: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexOrigin:
    """A version of a page that another web archive keeps and whose index led us to it.

    Attributes:
        kind: `WAYBACK` or `COMMONCRAWL`.
        place: where its bytes were had: the URL of the raw replay; or the name of the WARC file as the index has it,
            with the record's offset and length as fragment (`#12345+678`).
        told: what the index and the archive told of it, field and value, verbatim; `timestamp` (14 digits, UTC) and
            `digest` (SHA-1, base32) among them.
    """

    kind: OriginKind
    place: str
    told: tuple[tuple[str, str], ...]


Origin: TypeAlias = FileOrigin | WarcOrigin | IndexOrigin
"""What is known of where an import comes from; one class a kind. `gicrawl.archive.origins` writes and reads them."""


@dataclass(frozen=True, slots=True)
class WireMessage:
    """An HTTP/1.x response as it came over the wire, taken apart so that it can be put together again.

    Attributes:
        interim: heads of 1xx responses that preceded the final one, byte for byte.
        head: status line and header block with its closing blank line, byte for byte; what arrived of it when torn.
        body: the body with chunked framing removed and nothing else: content-coding stays.
        framing: for a chunked body, everything of it but the chunk data: size lines with their extensions, the line
            ends after the data, the last chunk and the trailers, concatenated. None when the body was not chunked.
        surplus: bytes that arrived after the end of the message.
        complete: whether the message ended where its framing says.
    """

    interim: bytes
    head: bytes
    body: bytes
    framing: bytes | None
    surplus: bytes
    complete: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """One exchange with a host, or the reason why none took place; or what was imported from elsewhere.

    Every redirect hop, retry, 304, error and robots.txt is one of its own. An import is kept as its source had it: no
    request, head or status is made up for it.

    Attributes:
        id: given at capture; the public id and the WARC-Record-ID.
        run: the run it belongs to.
        time: UTC, when the request was sent (or refused).
        method: of the request; None for an import without one.
        requested_url: what was asked for before any redirect.
        final_url: what this exchange asked for.
        hop: 0 for the first request, 1 for the first redirect target, and so on.
        error: for outcomes without a complete response, what failed, in English, one line.
        request_head: request line and header block as sent; empty when nothing was sent.
        ip: address really dialled, with the port when it is not the scheme's own.
        certificate: SHA-256 of the server's certificate in DER, 32 bytes.
        portal: id in the registry, or None for a URL named by the user.
        referrer: the capture of the page whose link led here.
        robots: the verdict that let us in: `allowed`, `absent`, `unreachable`, `denied`, or None where robots.txt
            does not apply (robots.txt itself).
        revisit_of: for `not_modified`, the capture whose body the server says still holds.
        elapsed: seconds from sending the request to the last byte.
        origin: where an import comes from; None for what we fetched ourselves.
        body: of an import without a response, the bytes it brought.
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
    error: str | None = None
    status: int | None = None
    http_version: str | None = None
    request_head: bytes = b""
    request_body: bytes = b""
    response: WireMessage | None = None
    ip: str | None = None
    certificate: bytes | None = None
    tls_relaxed: bool = False
    declared_type: str | None = None
    declared_charset: str | None = None
    used_charset: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    portal: str | None = None
    spider: str | None = None
    spider_version: str | None = None
    referrer: UUID | None = None
    link_text: str | None = None
    robots: str | None = None
    revisit_of: UUID | None = None
    elapsed: float | None = None
    origin: Origin | None = None
    body: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WarcRecord:
    """A record of a WARC file that was imported.

    Attributes:
        record: its WARC-Record-ID as written, without the angle brackets; one row each.
        type: its WARC-Type.
        run: the import.
        capture: what became of it; None where no capture is made of its kind.
        header: version line and named fields with the blank line at their end, byte for byte; None where they are
            just what we write for this capture.
        block: its block; None where the capture's own bytes make it.
        file, offset, within: as in `WarcOrigin`.
    """

    record: str
    type: str
    run: UUID
    capture: UUID | None
    header: bytes | None
    block: bytes | None
    file: str
    offset: int
    within: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A link to a report as a list page printed it, or to an attached file or picture as an article did.

    Attributes:
        page: capture of the page it stands on.
        role: what it leads to: `ARTICLE`, `ATTACHMENT` or `IMAGE`.
        position: its place among the links of the page, from 0; attached files are read in this order.
    """

    page: UUID
    url: str
    text: str
    title: str | None
    date: str | None
    position: int
    role: Role = Role.ARTICLE


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """A judgement on a capture.

    Attributes:
        signature: what gave it away, e.g. `jsl` for a block or the matched phrase of a soft 404.
        rule: version of the judging rules.
        pages_end: for list pages, whether the column was read to its end here.
        made: when, UTC; the last one on a capture counts. None for now.
    """

    capture: UUID
    judgement: Judgement
    signature: str | None
    rule: str
    pages_end: bool | None = None
    made: datetime | None = None
