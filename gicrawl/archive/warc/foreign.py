"""Captures made of records that somebody else wrote; nothing is made up for them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from gicrawl.archive.bodies import DOC, DOCX, HTML, OFD, PDF, TEXT, XLS, XLSX, DecodeError, decode, sniff
from gicrawl.archive.records import Capture, Outcome, Role, WarcOrigin, WireMessage
from gicrawl.archive.warc.groups import capture_uuid
from gicrawl.archive.warc.http import declared, message_of, method_of, outcome_of, split_head
from gicrawl.archive.wire import codings

if TYPE_CHECKING:
    from uuid import UUID

    from gicrawl.archive.warc.groups import Group
    from gicrawl.archive.warc.reader import Record

_DATE = re.compile(r"(\d{4})-?(\d\d)-?(\d\d)T?(\d\d):?(\d\d):?(\d\d)(?:\.(\d{1,9}))?Z?")
_ROBOTS = "/robots.txt"
_SCHEMES = ("http://", "https://", "ftp://")
_DOCUMENTS = frozenset({PDF, DOC, DOCX, XLS, XLSX, OFD})
_TEXTS = frozenset({HTML, TEXT})


_START = 4 << 10
"""Bytes in which a report has its title: an expression that looks for all words at once finds it there soonest. Through
all of a page that names none, each word by itself takes less than half the time."""


class _Words:
    """Words in either encoding of a page."""

    def __init__(self, *words: str) -> None:
        self._words = [word.encode(charset) for word in words for charset in ("utf-8", "gb18030")]
        self._any = re.compile(b"|".join(map(re.escape, self._words)))

    def stand_in(self, page: bytes) -> bool:
        """Whether any of them does."""
        return self._any.search(page, 0, _START) is not None or any(word in page for word in self._words)


_OPEN = _Words("信息公开", "信息公開", "資訊公開")
_YEARLY = _Words("年度报告", "年度報告", "年报", "年報")


@dataclass(frozen=True, slots=True, kw_only=True)
class Referred:
    """What a revisit refers to.

    Attributes:
        body: what it brought; None where it brought nothing.
        coding: its content-codings, by which the body is to be read.
    """

    id: UUID
    url: str
    time: datetime
    role: Role
    body: bytes | None
    coding: tuple[str, ...]


def target_of(record: Record) -> str | None:
    """The URL a record is about; old tools put angle brackets around it."""
    target = record.text(b"warc-target-uri")
    if target is None:
        return None
    if target.startswith("<") and target.endswith(">"):
        target = target[1:-1]
    return target.encode("utf-8", "backslashreplace").decode()


def date_of(value: str | None) -> datetime | None:
    """A WARC-Date, with or without fractions (microseconds are kept of them), or 14 digits; None for anything else."""
    found = None if value is None else _DATE.fullmatch(value.strip())
    if found is None:
        return None
    fraction = int((found[7] or "").ljust(6, "0")[:6])
    try:
        year, month, day, hour, minute, second = (int(part) for part in found.groups()[:6])
        return datetime(year, month, day, hour, minute, second, fraction, UTC)
    except ValueError:
        return None


def is_capture(main: Record | None) -> bool:
    """Whether a record is one that captures are made of: a whole answer or file of the web.

    Parts of a segmented record, names looked up, and what tools say of themselves are kept, and no more.
    """
    if main is None or main.get(b"warc-segment-number") is not None:
        return False
    target = target_of(main)
    if target is None or not target.lower().startswith(_SCHEMES):
        return False
    if main.type == "response":
        return main.block.startswith(b"HTTP/")
    return True


def capture_of(group: Group, main: Record, run: UUID, file: str, referred: Referred | None) -> Capture | None:
    """The capture a group of foreign records becomes; None where its records do not tell enough.

    Args:
        group: the records of the exchange.
        main: its main record, for which `is_capture` holds.
        run: of the import.
        file: the name of the file.
        referred: what a revisit refers to.
    """
    url, time = target_of(main), date_of(main.text(b"warc-date"))
    if url is None or time is None:
        return None
    request = b"" if group.request is None else group.request.block
    method = method_of(request)
    message: WireMessage | None = None
    body: bytes | None = None
    if main.type == "response":
        message = message_of(main.block, method=method, cut=main.get(b"warc-truncated") is not None)
        if message is None:
            return None
    elif main.type == "revisit":
        body = None if referred is None else referred.body
        message = _revisited(main, body)
        body = body if message is None else None
    else:
        body = main.block
    said = declared(b"" if message is None else message.head)
    split = split_head(request)
    outcome = Outcome.OK if message is None else outcome_of(message.head, message)
    content = body if message is None else message.body
    coding = codings(message.head) if message is not None else (() if referred is None else referred.coding)
    not_modified = outcome is Outcome.NOT_MODIFIED
    return Capture(
        id=capture_uuid(main.id),
        run=run,
        time=time,
        requested_url=url,
        final_url=url,
        hop=0,
        method=method,
        outcome=outcome,
        role=referred.role if not_modified and referred is not None else role_of(url, outcome, content, coding),
        status=said.status,
        http_version=said.version,
        request_head=b"" if method is None else request[:split],
        request_body=b"" if method is None else request[split:],
        response=message,
        ip=main.text(b"warc-ip-address"),
        declared_type=_media_type(main) if message is None else said.media_type,
        declared_charset=said.charset,
        etag=said.etag,
        last_modified=said.last_modified,
        revisit_of=referred.id if not_modified and referred is not None else None,
        origin=WarcOrigin(file=file, offset=main.place.offset, within=main.place.within, record=main.id),
        body=body,
    )


def _revisited(main: Record, body: bytes | None) -> WireMessage | None:
    """The message behind a revisit: the head it keeps, and the body of what it refers to."""
    if declared(main.block).status is None:
        return None
    head = main.block[: split_head(main.block)]
    brings_none = declared(head).status == 304  # noqa: PLR2004 - Not Modified
    whole = b"" if brings_none or body is None else body
    return WireMessage(interim=b"", head=head, body=whole, framing=None, surplus=b"", complete=True)


def _media_type(main: Record) -> str | None:
    kind = main.text(b"content-type")
    if kind is None or main.type != "resource":
        return None
    return kind.partition(";")[0].strip().lower().encode("utf-8", "backslashreplace").decode() or None


def _is_robots(url: str) -> bool:
    try:
        return urlsplit(url).path == _ROBOTS
    except ValueError:
        return False


def role_of(url: str, outcome: Outcome, body: bytes | None, coding: tuple[str, ...]) -> Role:
    """Why somebody may have fetched a page, as far as the page tells.

    Document files may be reports, and so may pages and texts that name both the openness of information and a yearly
    report; the parser will say. Of what is merely `navigation` nothing is made.
    """
    if _ROBOTS in url and _is_robots(url):
        return Role.ROBOTS
    if outcome is not Outcome.OK or not body:
        return Role.NAVIGATION
    try:
        plain = decode(body, coding)
    except DecodeError:
        return Role.NAVIGATION
    kind = sniff(plain)
    if kind.startswith("image/"):
        return Role.IMAGE
    if kind in _DOCUMENTS:
        return Role.ARTICLE
    named = kind in _TEXTS and _OPEN.stand_in(plain) and _YEARLY.stand_in(plain)
    return Role.ARTICLE if named else Role.NAVIGATION
