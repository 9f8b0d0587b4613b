"""Faults a portal shows on demand: what stands in place of an article, or of robots.txt, while it is ill."""

from __future__ import annotations

import gzip
from dataclasses import replace
from typing import TYPE_CHECKING

from gicrawl.sample.site import Page

if TYPE_CHECKING:
    from collections.abc import Callable

    from gicrawl.sample.site import Portal

RETRY_AFTER = 3
"""Seconds a busy portal asks for."""
_CHALLENGE = (
    "<html><head><title>请稍候</title></head><body><script>document.cookie='__jsl_clearance_s=1|0|x;path=/';"
    "location.href=location.pathname+location.search</script></body></html>"
)
_CRUMB = 400


def _throttled(page: Page, path: str, portal: Portal) -> Page:  # noqa: ARG001 - one shape for all
    """Too many requests (RFC 6585), with the seconds to wait."""
    return Page(body=b"too many requests", status=429, headers=(("Retry-After", str(RETRY_AFTER)),))


def _busy(page: Page, path: str, portal: Portal) -> Page:  # noqa: ARG001 - as above
    """Service unavailable, with the seconds to wait."""
    return Page(body=b"busy", status=503, headers=(("Retry-After", str(RETRY_AFTER)),))


def _broken(page: Page, path: str, portal: Portal) -> Page:  # noqa: ARG001 - as above
    """An error of the server."""
    return Page(body=b"<h1>Internal Server Error</h1>", status=500)


def _loop(page: Page, path: str, portal: Portal) -> Page:  # noqa: ARG001 - as above
    """A redirect to itself."""
    return Page(body=b"", status=302, location=path)


def _homeward(page: Page, path: str, portal: Portal) -> Page:  # noqa: ARG001 - as above
    """A redirect to the home page, as some portals answer for what is gone."""
    return Page(body=b"", status=302, location="/")


def _challenge(page: Page, path: str, portal: Portal) -> Page:  # noqa: ARG001 - as above
    """The challenge of a shield before the portal."""
    cookies = (("Set-Cookie", "__jsluid_s=5f0a9c; path=/; HttpOnly"),)
    return Page(body=_CHALLENGE.encode(), status=521, headers=cookies)


def _torn(page: Page, path: str, portal: Portal) -> Page:  # noqa: ARG001 - as above
    """The connection dies in the middle of the body."""
    return replace(page, transfer="length", torn=True, close=True)


def _garbled(page: Page, path: str, portal: Portal) -> Page:  # noqa: ARG001 - as above
    """Said to be compressed, and cannot be decompressed."""
    body = gzip.compress(page.body, 6, mtime=0)
    middle = len(body) // 2
    spoilt = body[:middle] + bytes(byte ^ 0xFF for byte in body[middle : middle + _CRUMB]) + body[middle + _CRUMB :]
    return Page(body=spoilt, content_type=page.content_type, headers=(("Content-Encoding", "gzip"),))


def _misnamed(page: Page, path: str, portal: Portal) -> Page:  # noqa: ARG001 - as above
    """A page under the name of a PDF."""
    return replace(page, content_type="application/pdf")


def _soft_404(page: Page, path: str, portal: Portal) -> Page:  # noqa: ARG001 - as above
    """The page for anything missing, with 200."""
    return replace(portal.not_found, status=200)


FAULTS: dict[str, Callable[[Page, str, Portal], Page]] = {
    "throttled": _throttled,
    "busy": _busy,
    "broken": _broken,
    "loop": _loop,
    "homeward": _homeward,
    "challenge": _challenge,
    "torn": _torn,
    "garbled": _garbled,
    "misnamed": _misnamed,
    "soft_404": _soft_404,
}
"""By name: from the page as it was, its path and its portal to what is served instead."""

ROBOTS = "/robots.txt"
ROBOTS_FAULTS = {
    "robots_html": Page(body=b"<html><body><p>Disallow: /</p></body></html>"),
    "robots_broken": Page(body=b"<h1>Internal Server Error</h1>", status=500),
    "robots_closed": Page(body=b"User-agent: *\nDisallow: /\n", content_type="text/plain"),
    "robots_slow_down": Page(body=b"User-agent: *\nCrawl-delay: 1\n", content_type="text/plain"),
}
"""What may be served as robots.txt."""
