"""Redirects of a page to itself: how some servers ask whether we keep cookies, or hand out a session."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapy.downloadermiddlewares.redirect import RedirectMiddleware
from scrapy.http import Request

from gicrawl.portals.sessions import same_but_for_session

if TYPE_CHECKING:
    from scrapy import Spider
    from scrapy.http import Response

MAX_TO_ITSELF = 2
"""A server that has not taken its cookie back by then never will."""

_TO_ITSELF = "gicrawl_to_itself"


class CookieRedirectMiddleware(RedirectMiddleware):
    """Scrapy's, but a redirect to the same URL that sets a cookie or a session is followed, twice at most.

    Scrapy takes the repeated URL for a duplicate and drops it. An ordinary cookie jar is all such servers ask for
    (seen on portals of a ministry and of the statistics bureau); nothing is solved or worked around.
    """

    def process_response(
        self,
        request: Request,
        response: Response,
        spider: Spider | None = None,  # noqa: ARG002 - Scrapy's signature
    ) -> Request | Response:
        """Called by Scrapy."""
        result: Request | Response = super().process_response(request, response)
        if not isinstance(result, Request) or not same_but_for_session(result.url, request.url):
            return result
        if result.url == request.url and "Set-Cookie" not in response.headers:
            return result
        times = request.meta.get(_TO_ITSELF, 0) + 1
        result.meta[_TO_ITSELF] = times
        result.dont_filter = times <= MAX_TO_ITSELF
        return result
