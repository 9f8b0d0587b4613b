"""The bytes of an HTTP/1.x exchange: put together again, and looked into without a header parser.

The taking apart happens while the message is received, in `gicrawl.crawling`. The joint between the two is this
definition: a message's *framing* is the body section of the wire with the bytes of the chunk data removed, and
nothing else removed. Whatever arrived after the end of the message, or after chunking that makes no sense, is
`surplus` or part of the framing; either way it comes out here where it went in.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gicrawl.archive.records import WireMessage

_SIZE = re.compile(rb"[ \t]*([0-9A-Fa-f]+)")
"""Start of a size line (RFC 9112 §7.1): hexadecimal digits; extensions follow. Leading blanks are an error that
servers make and clients forgive."""

_NO_BODY = frozenset({204, 304})
"""Final statuses whose Content-Length, if any, speaks of another response (RFC 9110 §8.6, §15.3.5, §15.4.5)."""


class WireError(ValueError):
    """Framing and body of a message do not belong together."""


def remake(message: WireMessage) -> bytes:
    """The bytes the server sent, exactly.

    Torn messages come out as torn as they came in.

    Raises:
        WireError: the framing announces other chunk data than the body holds.
    """
    body = message.body if message.framing is None else chunked(message.body, message.framing)[0]
    return message.interim + message.head + body + message.surplus


def chunked(body: bytes, framing: bytes) -> tuple[bytes, bool]:
    """Put the chunk data back between the size lines of a framing.

    Returns:
        The body section of the wire, and whether it has a last chunk.

    Args:
        body: all chunk data, concatenated.
        framing: see `gicrawl.archive.records.WireMessage`.

    Raises:
        WireError: see `remake`.
    """
    wire: list[bytes] = []
    at = used = 0
    ended = False
    while (end := framing.find(b"\n", at) + 1) and (size := _SIZE.match(framing, at, end)):
        length = int(size[1], 16)
        if length == 0:
            ended = True
            break  # the last chunk: what follows is trailers
        wire += (framing[at:end], body[used : used + length])
        used += length
        # The line end after the data. A torn message may end anywhere in it.
        at = end
        end = at + _line_end(framing, at)
        if used > len(body) and at < len(framing):
            raise WireError(f"the framing announces {used} bytes of chunk data, the body has {len(body)}")
        if end == at:
            break
        wire.append(framing[at:end])
        at = end
    if used < len(body):
        raise WireError(f"the framing announces {used} bytes of chunk data, the body has {len(body)}")
    wire.append(framing[at:])
    return b"".join(wire), ended


def _line_end(framing: bytes, at: int) -> int:
    """Length of the line end at a place: CRLF, the LF of sloppy servers, or the CR that a torn message ends with."""
    if framing.startswith(b"\r\n", at):
        return 2
    if framing.startswith(b"\n", at) or (framing.startswith(b"\r", at) and at + 1 == len(framing)):
        return 1
    return 0


def head_end(message: bytes) -> int:
    """Where the head of a message ends: behind the first blank line; -1 where it has none.

    Line ends are CRLF, or the bare LF of sloppy servers. The same as a search for two of them, in a tenth of the time.
    """
    crlf = message.find(b"\n\r\n")
    bare = message.find(b"\n\n") if crlf < 0 else message.find(b"\n\n", 0, crlf + 1)
    if bare >= 0:
        return bare + 2
    return -1 if crlf < 0 else crlf + 3


def header_values(head: bytes, name: bytes) -> list[bytes]:
    """The values of a header field in the order sent, blanks around them removed; names match in any case.

    Continuation lines (obs-fold, RFC 9112 §5.2) are not joined: no field we look at here is ever folded.
    """
    return [value.rstrip(b" \t") for value in _field(name).findall(b"\n" + head)]


@lru_cache(maxsize=64)
def _field(name: bytes) -> re.Pattern[bytes]:
    """The line of a field: with the line end before it, and letters in both cases, it is found faster than else."""
    letters = (re.escape(name[at : at + 1]) for at in range(len(name)))
    either = b"".join(b"[" + one.lower() + one.upper() + b"]" if one.isalpha() else one for one in letters)
    return re.compile(rb"\n" + either + rb":[ \t]*([^\r\n]*)")


def codings(head: bytes) -> tuple[str, ...]:
    """The content-codings of a response in the order they were applied (RFC 9110 §8.4); `identity` is none."""
    if b"content-encoding" not in head.lower():  # nearly always, and cheaper than a search line by line
        return ()
    listed = b",".join(header_values(head, b"content-encoding")).decode("latin-1").lower()
    return tuple(coding for item in listed.split(",") if (coding := item.strip()) not in {"", "identity"})


def mismatch(message: WireMessage, *, status: int | None, method: str) -> str | None:
    """What in a message contradicts its own lengths, in one line; None where everything fits.

    Args:
        message: a message from the archive.
        status: of the final response.
        method: of the request; the answer to HEAD has no body whatever its Content-Length.
    """
    if message.framing is not None:
        try:
            _, ended = chunked(message.body, message.framing)
        except WireError as error:
            return str(error)
        return "it counts as complete, but has no last chunk" if message.complete and not ended else None
    if not message.complete or status in _NO_BODY or method == "HEAD":
        return None
    announced = set(header_values(message.head, b"content-length"))
    if len(announced) != 1 or header_values(message.head, b"transfer-encoding"):
        return None  # none: the end of the connection ended it; several: no rule says which
    (length,) = announced
    if length.isdigit() and int(length) != len(message.body):
        return f"Content-Length says {int(length)} bytes, the body has {len(message.body)}"
    return None


def request_line(method: str, url: str) -> bytes:
    """The request line every ordinary client sends for a URL: origin form, HTTP/1.1 (RFC 9112 §3.2.1).

    The archive keeps only request lines that differ from it, so this rule must never change.
    """
    _, _, rest = url.partition("://")
    slash = min((at for mark in "/?#" if (at := rest.find(mark)) >= 0), default=len(rest))
    target = rest[slash:].partition("#")[0]
    if not target.startswith("/"):
        target = "/" + target
    return f"{method} {target} HTTP/1.1\r\n".encode("utf-8", "surrogatepass")
