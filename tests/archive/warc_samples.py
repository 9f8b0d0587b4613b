"""WARC files taken apart without the reader under test, and made by hand."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING
from uuid import uuid4

if TYPE_CHECKING:
    from pathlib import Path


def records(folder: Path) -> list[tuple[bytes, bytes]]:
    """Header and block of every record of a folder, in order."""
    found = []
    for path in sorted(folder.glob("*.warc.gz")):
        data = gzip.decompress(path.read_bytes())
        while data:
            end = data.index(b"\r\n\r\n") + 4
            header = data[:end]
            length = int(fields(header)[b"content-length"])
            found.append((header, data[end : end + length]))
            assert data[end + length : end + length + 4] == b"\r\n\r\n"
            data = data[end + length + 4 :]
    return found


def fields(header: bytes) -> dict[bytes, bytes]:
    """Named fields, the first of each name."""
    found: dict[bytes, bytes] = {}
    for line in header.split(b"\r\n")[1:]:
        name, colon, value = line.partition(b":")
        if colon:
            found.setdefault(name.lower(), value.strip())
    return found


def record(kind: str, block: bytes, *more: str, uuid: str | None = None, version: str = "1.0") -> bytes:
    """A record as somebody else writes it, uncompressed."""
    lines = [
        f"WARC/{version}",
        f"WARC-Type: {kind}",
        f"WARC-Record-ID: <urn:uuid:{uuid or uuid4()}>",
        "WARC-Date: 2020-02-03T04:05:06Z",
        *more,
        f"Content-Length: {len(block)}",
    ]
    return "\r\n".join(lines).encode("utf-8", "surrogateescape") + b"\r\n\r\n" + block + b"\r\n\r\n"


def response(url: str, body: bytes, *more: str, uuid: str | None = None, head: bytes = b"") -> bytes:
    """A response as somebody else writes it."""
    block = (
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n" + head + b"Content-Length: %d\r\n\r\n%b" % (len(body), body)
    )
    named = (f"WARC-Target-URI: {url}", "Content-Type: application/http; msgtype=response")
    return record("response", block, *named, *more, uuid=uuid)
