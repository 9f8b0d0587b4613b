"""HTTP messages in blocks: taken apart so that the archive can keep them, only where they can be made again exactly."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from http import HTTPStatus

from gicrawl.archive.records import Outcome, WireMessage
from gicrawl.archive.wire import head_end, header_values, remake

_STATUS_LINE = re.compile(rb"(HTTP/\d+(?:\.\d+)?)[ \t]+(\d{3})(?!\d)")
_REQUEST_LINE = re.compile(rb"([!-~]+)[ \t]+[^\r\n]+\r?\n")
_SIZE = re.compile(rb"[ \t]*([0-9A-Fa-f]+)")
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?([^\s\"';,]+)", re.IGNORECASE)
_LAST_CHUNK = re.compile(rb"[ \t]*0+[ \t]*(?:;[^\n]*)?\r?\n(?:[^\r\n]+\r?\n)*\r?\n")
"""The last chunk, trailers, and the blank line at their end (RFC 9112 §7.1)."""
_TRAILERS = re.compile(rb"(?:\A|\n)[ \t]*0+[ \t]*(?:;[^\n]*)?\r?\n((?:[^\r\n]+\r?\n)+)\r?\n\Z")
_TELLING = re.compile(
    rb"\n([Cc][Oo][Nn][Tt][Ee][Nn][Tt]-[Tt][Yy][Pp][Ee]|[Ee][Tt][Aa][Gg]|"
    rb"[Ll][Aa][Ss][Tt]-[Mm][Oo][Dd][Ii][Ff][Ii][Ee][Dd]):([^\n]*)"
)
_MAX_DIGITS = 16  # of a chunk's size: what is longer is no size

_BODILESS = frozenset({204, 304})
_BY_STATUS: dict[int | None, Outcome] = {
    HTTPStatus.NOT_MODIFIED: Outcome.NOT_MODIFIED,
    HTTPStatus.NOT_FOUND: Outcome.NOT_FOUND,
    HTTPStatus.GONE: Outcome.GONE,
    HTTPStatus.TOO_MANY_REQUESTS: Outcome.RATE_LIMITED,
}


@dataclass(frozen=True, slots=True)
class Declared:
    """What the head of a response says.

    Attributes:
        status: None where it has no status line.
        version: e.g. `HTTP/1.1`.
        media_type: of Content-Type, lower case, without parameters.
        charset: as written.
        etag, last_modified: Latin-1, so that they can be sent back byte for byte.
    """

    status: int | None
    version: str | None
    media_type: str | None
    charset: str | None
    etag: str | None
    last_modified: str | None


def split_head(block: bytes) -> int:
    """Where the body begins: behind the first blank line; the end where there is none."""
    end = head_end(block)
    return len(block) if end < 0 else end


def split_chunked(wire: bytes) -> tuple[bytes, bytes, bool]:
    """Take the body section of a chunked message apart: the inverse of `gicrawl.archive.wire.chunked`.

    Returns:
        The chunk data, the framing, and whether it reads as chunks to its very end.
    """
    body: list[bytes] = []
    framing: list[bytes] = []
    at = 0
    while end := wire.find(b"\n", at) + 1:
        size = _SIZE.match(wire, at, end)
        if size is None or len(size[1]) > _MAX_DIGITS:
            break
        length = int(size[1], 16)
        if length == 0:
            break
        framing.append(wire[at:end])
        body.append(wire[end : end + length])
        at = min(end + length, len(wire))
        ended = _line_end(wire, at)
        framing.append(wire[at : at + ended])
        at += ended
        if not ended:
            break
    framing.append(wire[at:])
    return b"".join(body), b"".join(framing), _LAST_CHUNK.fullmatch(wire, at) is not None


def cut_trailers(framing: bytes) -> tuple[bytes, bytes]:
    """The framing of a chunked body without its trailer fields, and those; nothing where there are none."""
    found = _TRAILERS.search(framing)
    if found is None:
        return framing, b""
    return framing[: found.start(1)] + framing[found.end(1) :], found[1]


def put_trailers(framing: bytes, trailers: bytes) -> bytes:
    """The inverse of `cut_trailers`."""
    end = len(framing) - (2 if framing.endswith(b"\r\n") else 1)
    return framing[:end] + trailers + framing[end:]


def _line_end(wire: bytes, at: int) -> int:
    if wire.startswith(b"\r\n", at):
        return 2
    if wire.startswith(b"\n", at) or (wire.startswith(b"\r", at) and at + 1 == len(wire)):
        return 1
    return 0


def message_of(block: bytes, *, method: str | None, cut: bool) -> WireMessage | None:
    """The message in a block that somebody else wrote; None where it is not HTTP/1.x.

    Many tools remove the framing of chunks and leave its header field standing: what does not read as chunks to its
    very end is taken as the body.

    Args:
        block: of a response record.
        method: of the request, if known.
        cut: the record says that it was truncated.
    """
    if _STATUS_LINE.match(block) is None:
        return None
    at = split_head(block)
    head, rest = block[:at], block[at:]
    framing: bytes | None = None
    body = rest
    if b"chunked" in head.lower() and any(
        b"chunked" in value.lower() for value in header_values(head, b"transfer-encoding")
    ):
        data, frame, ended = split_chunked(rest)
        if ended:
            body, framing = data, frame
    message = WireMessage(interim=b"", head=head, body=body, framing=framing, surplus=b"", complete=True)
    if framing is not None and remake(message) != block:
        message = WireMessage(interim=b"", head=head, body=rest, framing=None, surplus=b"", complete=True)
    return message if _is_whole(message, cut=cut, method=method) else replace(message, complete=False)


def _is_whole(message: WireMessage, *, cut: bool, method: str | None) -> bool:
    """Whether nothing is missing; a body longer than announced has been decoded by the tool that wrote it."""
    if cut or head_end(message.head) < 0:
        return False
    lengths = header_values(message.head, b"content-length")
    if message.framing is not None or method == "HEAD" or declared(message.head).status in _BODILESS:
        return True
    return not (lengths and lengths[0].isdigit() and int(lengths[0]) > len(message.body))


@lru_cache(maxsize=8)  # of each message it is asked several times in a row
def declared(head: bytes) -> Declared:
    """What the head of a response says, first values only."""
    line = _STATUS_LINE.match(head)
    said: dict[bytes, bytes] = {}
    for name, value in _TELLING.findall(head):
        said.setdefault(name.lower(), value.strip(b" \t\r"))
    kind = said.get(b"content-type")
    charset = None if kind is None else _CHARSET.search(kind)
    return Declared(
        status=None if line is None else int(line[2]),
        version=None if line is None else line[1].decode("ascii"),
        media_type=None if kind is None else kind.partition(b";")[0].strip().lower().decode("latin-1") or None,
        charset=None if charset is None else charset[1].decode("latin-1"),
        etag=_text(said.get(b"etag")),
        last_modified=_text(said.get(b"last-modified")),
    )


def outcome_of(head: bytes, message: WireMessage) -> Outcome:
    """What happened, as for what we fetch ourselves."""
    if not message.complete:
        return Outcome.TRUNCATED
    status = declared(head).status
    if status in _BY_STATUS:
        return _BY_STATUS[status]
    if status == HTTPStatus.SERVICE_UNAVAILABLE and _first(head, b"retry-after") is not None:
        return Outcome.RATE_LIMITED
    if status is not None and 300 <= status < 400 and _first(head, b"location") is not None:  # noqa: PLR2004 - 3xx
        return Outcome.REDIRECT
    return Outcome.OK if status is not None and 200 <= status < 300 else Outcome.HTTP_ERROR  # noqa: PLR2004 - 2xx


def method_of(request: bytes) -> str | None:
    """The method of a request; None where it has no request line."""
    line = _REQUEST_LINE.match(request)
    return None if line is None else line[1].decode("ascii")


def _first(head: bytes, name: bytes) -> bytes | None:
    values = header_values(head, name)
    return values[0] if values else None


def _text(value: bytes | None) -> str | None:
    return None if value is None else value.decode("latin-1")
