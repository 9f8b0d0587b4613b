"""One name for one report: the canonical form of its URL."""

from __future__ import annotations

import hashlib
from urllib.parse import SplitResult, urlsplit

from gicrawl.portals.sessions import path_without_session, query_without_session

_DEFAULT_PORTS = (80, 443)


def canonical_url(url: str) -> str:
    """The part of a URL that says which page is meant.

    The scheme is ignored (portals move to HTTPS), the host is lower-case without a closing dot, the ports 80 and 443
    and user names are dropped, and so are the fragment, an empty query and session ids, in the path (`;jsessionid=…`)
    or the query, with what only keeps caches from answering. Nothing else changes: portals tell pages apart by query
    parameters, their order and the case of a path.

    Args:
        url: absolute URL.

    Returns:
        `//host[:port]/path[?query]`. A URL that cannot be taken apart is its own canonical form.
    """
    try:
        parts = urlsplit(url)
        host = _host(parts)
    except ValueError:
        return url
    path = path_without_session(parts.path) or "/"
    query = query_without_session(parts.query)
    return f"//{host}{path}" + (f"?{query}" if query else "")


def report_id(url: str) -> bytes:
    """Public id of the report published at `url`: SHA-256 of its canonical form, 32 bytes."""
    return hashlib.sha256(canonical_url(url).encode("utf-8", "surrogatepass")).digest()


def _host(parts: SplitResult) -> str:
    host = (parts.hostname or "").rstrip(".")
    if ":" in host:
        host = f"[{host}]"
    if parts.port is None or parts.port in _DEFAULT_PORTS:
        return host
    return f"{host}:{parts.port}"
