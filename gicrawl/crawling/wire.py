"""Reads an HTTP/1.x response off the wire without losing a byte of it.

HTTP libraries hand out headers that were sorted, folded and re-cased, and bodies whose chunking is gone. An archive
has to be able to make the bytes again, so this reader keeps them: what it is fed equals, put together again,
what it hands out as `WireMessage`. It is lenient where portals are sloppy (bare LF, GBK in header values, folded lines,
headers without a colon) and strict where leniency would mix two messages (framing, RFC 9112 section 6).

It knows no socket: bytes in, message out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto

from gicrawl.archive.records import WireMessage

MAX_BODY = 64 * 1024 * 1024
"""Bytes of body after which reading stops, unless told otherwise."""

MAX_HEAD = 256 * 1024
"""Bytes of status line and headers (interim responses included) after which the answer is given up."""

MAX_FRAMING = 16 * 1024 * 1024
"""Bytes of chunk sizes, extensions and trailers after which the answer is given up."""

MAX_SURPLUS = 256 * 1024
"""Bytes kept of what follows the end of a message: one read of a socket."""

_MAX_LINE = 16 * 1024  # of a chunk's size line

_STATUS_LINE = re.compile(rb"\s*(HTTP/\d+\.\d+)[ \t]+(\d{3})(?:[ \t]+([^\r\n]*))?\r?\n")
_HEAD_END = re.compile(rb"\n\r?\n")
_SIZE_LINE = re.compile(rb"[ \t]*([0-9A-Fa-f]{1,16})[ \t]*(?:;[^\n]*)?\r?\n")

_SWITCHING = 101  # the one 1xx that is final (RFC 9110 section 15.2.2); we never ask for it
_BODILESS = frozenset({204, 304})


@dataclass(frozen=True, slots=True)
class ResponseHead:
    """Status line and headers as read, for whoever needs to act on them.

    Attributes:
        version: e.g. `HTTP/1.1`.
        status: three-digit code.
        reason: reason phrase, bytes as sent (Chinese servers send GBK here).
        headers: name and value in the order and case sent, folded lines joined by one space, outer white space gone.
    """

    version: str
    status: int
    reason: bytes
    headers: tuple[tuple[bytes, bytes], ...]

    def all(self, name: bytes) -> list[bytes]:
        """Every value of the header `name`, case ignored, in order."""
        wanted = name.lower()
        return [value for key, value in self.headers if key.lower() == wanted]

    def get(self, name: bytes) -> bytes | None:
        """First value of the header `name`, or None."""
        values = self.all(name)
        return values[0] if values else None

    def tokens(self, name: bytes) -> list[bytes]:
        """Comma-separated members of all values of `name`, lower case."""
        return [token.strip().lower() for value in self.all(name) for token in value.split(b",") if token.strip()]


def parse_head(head: bytes) -> ResponseHead | None:
    """Reads a response head; None when its status line is not (yet) one of HTTP/1.x.

    Args:
        head: status line and header block, complete or torn.

    Returns:
        What can be read of it. A last line without its line end is left out: it may be half a header.
    """
    match = _STATUS_LINE.match(head)
    if match is None:
        return None
    headers: list[tuple[bytes, bytes]] = []
    for line in head[match.end() :].split(b"\n")[:-1]:
        text = line.rstrip(b"\r")
        if text[:1] in (b" ", b"\t") and headers:  # obs-fold, RFC 9112 section 5.2
            name, value = headers[-1]
            headers[-1] = (name, (value + b" " + text.strip()).strip())
        elif b":" in text:
            name, _, value = text.partition(b":")
            headers.append((name.strip(), value.strip()))
    version, status, reason = match.groups()
    return ResponseHead(version.decode("ascii"), int(status), (reason or b"").rstrip(), tuple(headers))


class _State(Enum):
    HEAD = auto()
    LENGTH = auto()  # body of a stated length
    CLOSE = auto()  # body up to the end of the connection
    SIZE = auto()  # a chunk's size line
    DATA = auto()  # a chunk's data
    DATA_END = auto()  # the line end after a chunk's data
    TRAILER = auto()
    DONE = auto()  # the message ended where its framing says
    FAULTY = auto()  # reading stopped before that


class ResponseReader:
    """Reads one response, in whatever pieces it arrives.

    Feed bytes until `finished`, or call `eof` when the connection ends. `message` may be asked for at any time.

    Attributes:
        head: the final response's head once it has arrived, also of a torn one as far as it is readable.
        fault: why the message is not complete, in English, or None.
        too_large: whether reading stopped at a limit.
    """

    def __init__(self, method: str, *, max_body: int = MAX_BODY) -> None:
        """Args are those of the request this answers.

        Args:
            method: of the request: an answer to HEAD has no body whatever its headers say.
            max_body: bytes after which reading stops; 0 for no limit.
        """
        self.head: ResponseHead | None = None
        self.fault: str | None = None
        self.too_large = False
        self._method = method.upper()
        self._max_body = max_body
        self._state = _State.HEAD
        self._pending = bytearray()
        self._searched = 0  # bytes of `_pending` known not to hold the end of a head
        self._left = 0  # bytes still to come of a body of known length or of a chunk
        self._interim = bytearray()
        self._head = bytearray()
        self._body = bytearray()
        self._framing: bytearray | None = None
        self._surplus = bytearray()
        self._persistent = False

    @property
    def finished(self) -> bool:
        """Whether nothing more is expected of this connection for this message."""
        return self._state in (_State.DONE, _State.FAULTY)

    @property
    def started(self) -> bool:
        """Whether any byte of an answer has arrived."""
        return bool(self._interim or self._head or self._pending)

    @property
    def received(self) -> int:
        """Bytes of body that have arrived."""
        return len(self._body)

    @property
    def reusable(self) -> bool:
        """Whether the connection may carry another request (RFC 9112 section 9.3) without mixing messages."""
        return self._state is _State.DONE and self._persistent and not self._surplus

    def feed(self, data: bytes) -> None:
        """Takes the next bytes from the connection."""
        if self.finished:
            self._keep_surplus(data)
            return
        self._pending += data
        while self._pending and self._step():
            pass
        if self._pending and self._state in (_State.DONE, _State.FAULTY):
            self._keep_surplus(self._pending)
            self._pending.clear()

    def eof(self, *, because: str | None = None) -> None:
        """Says that nothing more will come.

        Args:
            because: what went wrong (a reset, a time-out); None for an orderly end of the connection, which is how a
                body without a stated length ends.
        """
        if self.finished:
            return
        if self._state is _State.CLOSE and because is None:
            self._state = _State.DONE
            return
        if self._state is _State.HEAD:
            self._head += self._pending
            self.head = parse_head(bytes(self._head))
            place = "within the headers" if self._head else "without an answer"
        else:
            if self._framing is not None:
                self._framing += self._pending
            place = f"after {len(self._body)} bytes of body"
            if self._state is _State.LENGTH:
                place += f", {self._left} short of its Content-Length"
        self._pending.clear()
        self._stop(f"{because or 'the connection ended'} {place}")

    def message(self) -> WireMessage:
        """The message as far as it has arrived."""
        torn_head = self._pending if self._state is _State.HEAD else b""
        return WireMessage(
            interim=bytes(self._interim),
            head=bytes(self._head) + bytes(torn_head),
            body=bytes(self._body),
            framing=None if self._framing is None else bytes(self._framing),
            surplus=bytes(self._surplus),
            complete=self._state is _State.DONE,
        )

    # One step: takes what it can from `_pending`; False when it has to wait for more.

    def _step(self) -> bool:
        match self._state:
            case _State.HEAD:
                return self._read_head()
            case _State.LENGTH | _State.DATA | _State.CLOSE:
                return self._read_data()
            case _State.SIZE:
                return self._read_size()
            case _State.DATA_END:
                return self._read_data_end()
            case _State.TRAILER:
                return self._read_trailer()
            case _State.DONE | _State.FAULTY:
                return False

    def _read_head(self) -> bool:
        start = len(self._pending) - len(self._pending.lstrip(b"\r\n"))  # blank lines before a status line
        match = _HEAD_END.search(self._pending, max(start, self._searched - 3))
        if match is None:
            self._searched = len(self._pending)
            if len(self._pending) + len(self._interim) > MAX_HEAD:
                return self._give_up_head(f"more than {MAX_HEAD} bytes of headers", too_large=True)
            if not b"HTTP/".startswith(bytes(self._pending[start : start + 5])):
                return self._give_up_head("the answer is not HTTP")
            return False
        raw = bytes(self._pending[: match.end()])
        head = parse_head(raw)
        if head is None:
            return self._give_up_head("the answer is not HTTP")
        del self._pending[: match.end()]
        self._searched = 0
        if 100 <= head.status < 200 and head.status != _SWITCHING:  # noqa: PLR2004 - the 1xx class
            self._interim += raw
            return True
        self.head = head
        self._head += raw
        self._choose_framing(head)
        return True

    def _give_up_head(self, fault: str, *, too_large: bool = False) -> bool:
        self._head += self._pending
        self._pending.clear()
        self.head = parse_head(bytes(self._head))
        self.too_large = too_large
        self._stop(fault)
        return False

    def _choose_framing(self, head: ResponseHead) -> None:
        """RFC 9112 section 6.3, in its order."""
        options = head.tokens(b"connection")
        self._persistent = b"close" not in options and (head.version == "HTTP/1.1" or b"keep-alive" in options)
        codings = [coding for coding in head.tokens(b"transfer-encoding") if coding != b"identity"]
        lengths = head.tokens(b"content-length")
        if self._method == "HEAD" or head.status in _BODILESS or head.status == _SWITCHING:
            self._state = _State.DONE
        elif codings and codings[-1].partition(b";")[0].strip() == b"chunked":
            if lengths or head.version != "HTTP/1.1":
                self._persistent = False  # two framings at once: believed, but nothing more from this connection
            self._framing = bytearray()
            self._state = _State.SIZE
        elif codings or not lengths or not all(length.isdigit() for length in lengths):
            self._persistent = False  # an unreadable length counts as none, as in browsers
            self._state = _State.CLOSE
        elif len({int(length) for length in lengths}) > 1:
            self._persistent = False
            self._stop("contradictory Content-Length headers")
        else:
            self._left = int(lengths[0])
            self._state = _State.LENGTH if self._left else _State.DONE

    def _read_data(self) -> bool:
        if self._state is _State.CLOSE:
            taken = len(self._pending)
        else:
            taken = min(self._left, len(self._pending))
            self._left -= taken
        self._body += self._pending[:taken]
        del self._pending[:taken]
        if self._max_body and len(self._body) > self._max_body:
            self.too_large = True
            # Cut at the limit, not where a packet happened to end: the same answer is the same body at every visit.
            self._pending[:0] = self._body[self._max_body :]
            del self._body[self._max_body :]
            self._stop(f"more than {self._max_body} bytes of body")
            return False
        if self._state is not _State.CLOSE and not self._left:
            self._state = _State.DONE if self._state is _State.LENGTH else _State.DATA_END
        return self._state is not _State.CLOSE

    def _read_size(self) -> bool:
        line = self._take_line()
        if line is None:
            return False
        match = _SIZE_LINE.fullmatch(line)
        if match is None:
            self._pending[:0] = line  # to the surplus: the framing is only what can be read as framing
            self._stop(f"unreadable chunk size after {len(self._body)} bytes of body")
            return False
        self._frame(line)
        self._left = int(match[1], 16)
        if not self.finished:
            self._state = _State.DATA if self._left else _State.TRAILER
        return True

    def _read_data_end(self) -> bool:
        if self._pending == b"\r":
            return False
        end = b"\r\n" if self._pending.startswith(b"\r\n") else b"\n"
        if not self._pending.startswith(end):
            self._stop(f"chunk longer than its stated size after {len(self._body)} bytes of body")
            return False
        del self._pending[: len(end)]
        self._state = _State.SIZE
        self._frame(end)
        return True

    def _read_trailer(self) -> bool:
        line = self._take_line()
        if line is None:
            return False
        self._frame(line)
        if not self.finished and line in (b"\r\n", b"\n"):
            self._state = _State.DONE
        return True

    def _take_line(self) -> bytes | None:
        end = self._pending.find(b"\n")
        if end < 0 and len(self._pending) <= _MAX_LINE:
            return None
        if end < 0 or end > _MAX_LINE:
            self.too_large = True
            self._stop(f"a line of more than {_MAX_LINE} bytes in the chunked framing")
            return None
        line = bytes(self._pending[: end + 1])
        del self._pending[: end + 1]
        return line

    def _frame(self, framing: bytes) -> None:
        assert self._framing is not None
        self._framing += framing
        if len(self._framing) > MAX_FRAMING:
            self.too_large = True
            self._stop(f"more than {MAX_FRAMING} bytes of chunked framing")

    def _keep_surplus(self, data: bytes | bytearray) -> None:
        self._surplus += data[: max(0, MAX_SURPLUS - len(self._surplus))]

    def _stop(self, fault: str) -> None:
        self.fault = fault
        self._state = _State.FAULTY
