"""HTTP/1.1 messages as the sample portals speak them: requests read, answers framed, every byte known."""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from http import HTTPStatus
from secrets import token_hex
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

if TYPE_CHECKING:
    from gicrawl.sample.site import Page, Portal

CHUNKS = (1, 17, 4096, 700, 8192, 15, 2048)
"""Chunk lengths, used in turn: from one byte up."""


class BadRequestError(Exception):
    """The bytes that came are no request we can read."""


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it came.

    Attributes:
        raw: every byte of it.
        method, target, version: its first line.
        headers: names in lower case; the last of several wins.
        body: what followed the head.
    """

    raw: bytes
    method: str
    target: str
    version: str
    headers: dict[str, str]
    body: bytes

    @property
    def path(self) -> str:
        """The path alone, also where the target is a whole URL."""
        return urlsplit(self.target).path or "/"

    @property
    def place(self) -> str:
        """Path and query."""
        query = urlsplit(self.target).query
        return f"{self.path}?{query}" if query else self.path

    @property
    def parameters(self) -> dict[str, str]:
        """Parameters of the query and of a form in the body."""
        form = self.body.decode("utf-8", "replace") if self.method == "POST" else ""
        return dict(parse_qsl(urlsplit(self.target).query)) | dict(parse_qsl(form))


def read_head(head: bytes) -> tuple[str, str, str, dict[str, str]]:
    """First line and headers of a request.

    Raises:
        BadRequestError: not the head of an HTTP/1.x request.
    """
    lines = head.decode("latin-1").split("\r\n")
    parts = lines[0].split(" ")
    if len(parts) != 3 or not parts[2].startswith("HTTP/1."):  # noqa: PLR2004 - method, target, version
        raise BadRequestError(lines[0])
    headers = {}
    for line in lines[1:]:
        if line:
            name, _, value = line.partition(":")
            headers[name.strip().lower()] = value.strip()
    return parts[0], parts[1], parts[2], headers


def not_modified(page: Page, headers: dict[str, str]) -> bool:
    """Whether a conditional request matches (RFC 9110, section 13.2.2: If-None-Match goes before the date)."""
    tags = headers.get("if-none-match")
    if tags is not None:
        if page.etag is None:
            return False
        ours = page.etag.removeprefix("W/")
        return tags.strip() == "*" or ours in {tag.strip().removeprefix("W/") for tag in tags.split(",")}
    since = headers.get("if-modified-since")
    if since is None or page.last_modified is None:
        return False
    try:
        return parsedate_to_datetime(page.last_modified) <= parsedate_to_datetime(since)
    except (ValueError, TypeError):  # TypeError: a date without a zone does not compare
        return False


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as it goes out.

    Attributes:
        status: status code.
        pieces: the bytes, in the pieces they are written in.
        close: the connection is closed afterwards.
        complete: False where the answer is torn on purpose.
        pause: seconds before the first byte.
        reset: the connection is reset after the last piece.
    """

    status: int
    pieces: tuple[bytes, ...]
    close: bool
    complete: bool
    pause: float = 0.0
    reset: bool = False


def answer(portal: Portal, page: Page, request: Request | None) -> Answer:
    """Frame a page as the answer to a request.

    Args:
        portal: whose habits the head shows.
        page: what to send.
        request: what is answered; None where it could not be read.
    """
    headers = {} if request is None else request.headers
    close = (
        page.close
        or bool(page.claimed)
        or page.reset
        or request is None
        or headers.get("connection", "").lower() == "close"
    )
    close = close or (request is not None and request.version == "HTTP/1.0")
    get = request is not None and request.method in {"GET", "HEAD"}
    if page.status == HTTPStatus.OK and get and not_modified(page, headers):
        return Answer(304, (_head(portal, page, 304, [], close=close),), close, complete=True)
    body = gzip.compress(page.body, 6, mtime=0) if page.gzip else page.body
    fields = [("Content-Type", page.content_type)] if page.body or page.location is None else []
    if page.gzip:
        fields.append(("Content-Encoding", "gzip"))
    if page.disposition is not None:
        fields.append(("Content-Disposition", page.disposition.encode().decode("latin-1")))
    if page.location is not None:
        origin = f"http://{headers.get('host', portal.host)}" if page.absolute else ""
        fields.append(("Location", origin + page.location))
    fields += page.headers
    pieces: tuple[bytes, ...] = (body,) if body else ()
    transfer = page.transfer
    if transfer == "chunked" and request is not None and request.version != "HTTP/1.0":
        fields.append(("Transfer-Encoding", "chunked"))
        if page.trailer:
            fields.append(("Trailer", "X-Page-Checked"))
        pieces = _chunks(body, trailer=page.trailer)
    elif transfer == "close" and close:
        pass  # the end of the connection is the end of the body
    else:
        fields.append(("Content-Length", str(len(body) + page.claimed)))
    if page.torn or page.reset:
        pieces = (body[: len(body) // 2],)
    if request is not None and request.method == "HEAD":
        pieces = ()
    head = _head(portal, page, page.status, fields, close=close)
    whole = not (page.torn or page.reset or page.claimed)
    return Answer(page.status, (head, *pieces), close, complete=whole, pause=page.pause, reset=page.reset)


def _head(portal: Portal, page: Page, status: int, fields: list[tuple[str, str]], *, close: bool) -> bytes:
    named = {known.value: known.phrase for known in HTTPStatus}  # shields answer with numbers of their own
    reason = named.get(status, "") if portal.reason else ""
    validators = [("ETag", page.etag), ("Last-Modified", page.last_modified)]
    lines = [
        f"HTTP/1.1 {status} {reason}",
        f"Server: {portal.server}",
        f"Date: {format_datetime(datetime.now(UTC), usegmt=True)}",
        *(f"{name}: {value}" for name, value in fields),
        *(f"{name}: {value}" for name, value in validators if value is not None),
        "X-Frame-Options: SAMEORIGIN" if portal.reason else "x-via: 1.1 PS-sample:8 (Cdn Cache Server V2.0)",
        f"Connection: {'close' if close else 'keep-alive'}",
    ]
    if portal.fresh_cookies:
        lines[3:3] = [
            f"Set-Cookie: JSESSIONID={token_hex(16).upper()}; Path=/",
            f"Set-Cookie: v={token_hex(4)}; path=/",
        ]
    if not portal.reason and status == HTTPStatus.OK:
        # Two fields of one name, in two cases of letters: a record that folds headers loses one of them.
        lines[3:3] = ["Set-Cookie: JSESSIONID=8A1F00C3D2; Path=/; HttpOnly", "set-cookie: zh_choose=n; path=/"]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def _chunks(body: bytes, *, trailer: bool) -> tuple[bytes, ...]:
    out = []
    start = 0
    turn = 0
    while start < len(body):
        length = CHUNKS[turn % len(CHUNKS)]
        piece = body[start : start + length]
        extension = ";part=second" if trailer and turn == 1 else ""
        size = f"{len(piece):X}" if turn % 2 else f"{len(piece):x}"
        out.append(f"{size}{extension}\r\n".encode("ascii") + piece + b"\r\n")
        start += length
        turn += 1
    out.append(b"0\r\nX-Page-Checked: yes\r\n\r\n" if trailer else b"0\r\n\r\n")
    return tuple(out)
