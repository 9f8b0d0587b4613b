"""Header blocks without what changes from message to message, so that a site's thousand messages share one.

What is cut out is kept anyway, a column away: the Date beside the capture, ETag and Last-Modified for the next
conditional request, the length of the body with the body. `heads.gap` says what goes back in and where, as
`date@37 length@61 etag@80`: places in the stored bytes, in their order. A value is cut only where the column holds
exactly its bytes, so every head comes out as it went in, byte for byte.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_NAMES = {
    b"date": "date",
    b"content-length": "length",
    b"etag": "etag",
    b"last-modified": "modified",
    b"if-none-match": "etag",
    b"if-modified-since": "modified",
}


def _fields(*names: str) -> re.Pattern[bytes]:
    """Fields of these names in any case; letters in both cases are found faster than by ignoring case.

    The line end before a field makes the search several times as fast; no field stands in the first line.
    """
    either = (re.sub(r"[a-z]", lambda letter: f"[{letter[0]}{letter[0].upper()}]", name) for name in names)
    return re.compile(rf"\n({'|'.join(either)}):[ \t]*([^\r\n]*)".encode())


_RESPONSE = _fields("date", "content-length", "etag", "last-modified")
_REQUEST = _fields("if-none-match", "if-modified-since")


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """What other columns of a capture hold of its heads; None where they hold nothing.

    Attributes:
        date: value of the response's Date, which is the capture's own column.
        length: of the body as received, in bytes.
        etag: as in `Capture.etag`.
        modified: as in `Capture.last_modified`.
    """

    date: bytes | None = None
    length: int | None = None
    etag: str | None = None
    modified: str | None = None

    def value(self, name: str) -> bytes | None:
        """The bytes a gap of this name stands for; None where they are not known."""
        if name == "date":
            return self.date
        if name == "length":
            return None if self.length is None else b"%d" % self.length
        text = self.etag if name == "etag" else self.modified
        return text.encode() if text is not None and text.isascii() else None


def cut_response(head: bytes, elsewhere: Elsewhere) -> tuple[bytes, str | None, bytes | None]:
    """Take out of a response's head what other columns hold, and its Date.

    Returns:
        What is left, the gaps (None for none), and the value of Date (None where there is none).
    """
    taken: dict[str, bytes] = {}
    data, gap = _cut(head, _RESPONSE, elsewhere, taken)
    return data, gap, taken.get("date")


def cut_request(head: bytes, elsewhere: Elsewhere) -> tuple[bytes, str | None]:
    """Take out of a request's header block the validators that other columns hold; returns what is left, and gaps."""
    return _cut(head, _REQUEST, elsewhere, {})


def paste(data: bytes, gap: str | None, elsewhere: Elsewhere) -> bytes:
    """The head as it was: the inverse of cutting. What is not known any more stays out."""
    if gap is None:
        return data
    parts: list[bytes] = []
    done = 0
    for item in gap.split():
        name, _, place = item.partition("@")
        at = int(place)
        parts += (data[done:at], elsewhere.value(name) or b"")
        done = at
    parts.append(data[done:])
    return b"".join(parts)


def _cut(
    head: bytes, fields: re.Pattern[bytes], elsewhere: Elsewhere, taken: dict[str, bytes]
) -> tuple[bytes, str | None]:
    parts: list[bytes] = []
    gaps: list[str] = []
    done = left = 0
    for found in fields.finditer(head):
        name, value = _NAMES[found[1].lower()], found[2].rstrip(b" \t")
        if name in taken or not value or value != (value if name == "date" else elsewhere.value(name)):
            continue
        taken[name] = value
        start = found.start(2)
        parts.append(head[done:start])
        left += start - done
        gaps.append(f"{name}@{left}")
        done = start + len(value)
    if not gaps:
        return head, None
    parts.append(head[done:])
    return b"".join(parts), " ".join(gaps)
