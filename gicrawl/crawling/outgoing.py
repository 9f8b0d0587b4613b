"""What a request looks like on the wire."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

if TYPE_CHECKING:
    from scrapy import Request

    from gicrawl.crawling.hosts import Endpoint

BODILESS_METHODS = frozenset({"GET", "HEAD"})

_URL_SAFE = "!#$%&'()*+,/:;=?@[]~-._"
_OURS = frozenset({b"host", b"accept-encoding", b"content-length", b"transfer-encoding", b"connection"})


def request_head(request: Request, where: Endpoint) -> bytes:
    """Request line and headers as they go out: Host first, then Scrapy's in their order, closed by a blank line.

    Asks for `identity` whatever the spider set: a body that needs no decoding cannot be decoded wrongly.
    """
    parts = urlsplit(request.url)
    target = quote((parts.path or "/") + (f"?{parts.query}" if parts.query else ""), safe=_URL_SAFE)
    lines = [f"{request.method} {target} HTTP/1.1".encode("ascii"), f"Host: {where.header}".encode("ascii")]
    for name, values in request.headers.items():
        if name.lower() not in _OURS:
            lines.extend(name + b": " + value.translate(None, b"\r\n") for value in values)
    lines.append(b"Accept-Encoding: identity")
    if request.body or request.method not in BODILESS_METHODS:
        lines.append(f"Content-Length: {len(request.body)}".encode("ascii"))
    return b"\r\n".join([*lines, b"", b""])
