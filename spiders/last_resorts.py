"""What is tried where no link leads to a report column: site maps, the portal's own search, lists of notices."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from gicrawl.crawling.lead import SITEMAPS, PageRead
from gicrawl.portals.sites import site
from spiders.answers import capture_of, heeding_the_end, report_links
from spiders.articles import NAVIGATION
from spiders.buried import best_rows, with_buried
from spiders.discovery import Discovery
from spiders.family import Column, Row, link_rows
from spiders.lists import ListSpider
from spiders.pagers import printed_pager
from spiders.pages import Page
from spiders.searching import searched
from spiders.urls import identity, is_root
from spiders.vocabulary import TitleSays

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from uuid import UUID

    from scrapy import Request
    from scrapy.http import Response
    from twisted.python.failure import Failure

    from spiders.articles import Yield

_LOCATION = re.compile(r"<loc>\s*(?:<!\[CDATA\[)?\s*(https?://[^<\s\]]+)", re.IGNORECASE)
_SITE_MAP = re.compile(r"site_?map[^/]*\.xml$", re.IGNORECASE)
_MOST_MAPS = 4
_SEARCH = "search"
_MOST_SEARCHED = 2  # pages of results
_MOST_STRAYED = 2  # lists of notices that are turned where no column is found
_STRAYED_PAGES = 12
_STRAYED_PATIENCE = 3


class ResortingSpider(ListSpider):
    """Takes one resort after the other until one leads to a column, and in the end the reports met on the way."""

    def __init__(self, *arguments: Any, **named: Any) -> None:  # noqa: ANN401  whatever Scrapy passes on
        super().__init__(*arguments, **named)
        self._discovery = Discovery(entry=self.url)
        self._named = False  # a page that is the column by its name was read, if only to be found empty
        self._stray: dict[str, tuple[Row, UUID]] = {}
        self._strayed: list[tuple[Column, Page, UUID]] = []
        self._resorts: list[Callable[[], Request | None]] | None = None
        self._site_maps: list[str] = []
        self._search: str | None = None
        self._searched = 0

    def _explore(self) -> Iterator[Yield]:
        """Request the next page on the way."""
        raise NotImplementedError

    def _keep_resorts(self, page: Page, response: Response) -> None:
        """Remember what the entry says of site maps, and the search form on it."""
        self._site_maps = [url for url in response.meta.get(SITEMAPS, ()) if site(url) in self._sites][:_MOST_MAPS]
        self._search = searched(page)

    def _keep_strays(self, page: Page, response: Response) -> None:
        """Keep the reports a page on the way links to: they are fetched only if no column turns up."""
        found = best_rows(page, self.candidates())
        reports = [row for row in found[1] if row.says is TitleSays.REPORT] if found else []
        known = len(self._stray)
        for row in reports:
            self._stray.setdefault(identity(row.url), (row, capture_of(response)))
        if found and len(self._stray) > known and not is_root(response.url) and len(self._strayed) < _MOST_STRAYED:
            column = Column(
                url=response.url,
                family=found[0],
                depth=0,
                seen={identity(row.url) for row in found[1]},
                pages=1,
                fresh=len(found[1]),
                most=_STRAYED_PAGES,
                patience=_STRAYED_PATIENCE,
            )
            self._strayed.append((column, page, capture_of(response)))

    def _without_column(self) -> Iterator[Yield]:
        """Take the next resort; after the last one, request the reports met on the way."""
        request = self._resort()
        if request is not None:
            yield request
            return
        if self._discovery.notices and not (self._named or self._stray):
            self._discovery.resort_to_notices()
            yield from self._explore()
            return
        self.logger.warning(
            "no report column found from %s after %d pages (limit %d): name the column itself, or see the pages kept",
            self.url,
            self._discovery.spent + 1,
            self._discovery.allowed,
        )
        for row, referrer in self._stray.values():
            yield from self._article(row, referrer)
        for column, page, referrer in self._strayed:
            steps = self._onward(page, column).steps
            requests = [self._list_request(step, column, referrer) for step in steps]
            yield from [request for request in requests if request is not None]
        self._strayed.clear()

    def _resort(self) -> Request | None:
        """Return the next request of those made where no link leads on: site maps, then the portal's own search."""
        if self._resorts is None:
            usual = urljoin(self.url, "/sitemap.xml")
            self._site_maps = [*dict.fromkeys([*self._site_maps, usual])]
            self._resorts = [self._next_site_map] * _MOST_MAPS + [self._ask_search]
        while self._resorts:
            request = self._resorts.pop(0)()
            if request is not None:
                return request
        return None

    def _next_site_map(self) -> Request | None:
        """Ask for a site map of the portal: where no link names the column, its address may."""
        if not self._site_maps:
            return None
        url = self._site_maps.pop(0)
        request = self._request(url, role=NAVIGATION, referrer=None, text=None, callback=self.parse_site_map)
        if request is not None:
            request.errback = self._without_site_map
        return request

    def parse_site_map(self, response: Response) -> Iterator[Yield]:
        """Try what a site map shows to be the column; one that lists site maps names the next to be read."""
        found = _LOCATION.findall(Page.of(response).text)
        maps = [url for url in found if _SITE_MAP.search(url) and site(url) in self._sites]
        self._site_maps = [*dict.fromkeys([*self._site_maps, *maps])]
        self._discovery.resort([url for url in found if url not in maps], capture_of(response))
        yield from self._explore()

    @heeding_the_end
    def _without_site_map(self, _: Failure) -> Iterator[Yield]:
        self._discovery.resort((), None)
        yield from self._explore()

    def _ask_search(self) -> Request | None:
        """Ask the portal's own search, where its home page has one and nothing else has led to a report."""
        if self._search is None or self._stray:
            return None
        self.logger.warning("%s: nothing leads to a report column; asking the portal's own search", self.url)
        request = self._request(
            self._search, role=NAVIGATION, referrer=None, text=None, callback=self.parse_search_results
        )
        if request is not None:
            request.errback = self._without_site_map
        return request

    def parse_search_results(self, response: Response) -> Iterator[Yield]:
        """Take the reports that the portal's search finds, of this page and the next; what else it finds is left."""
        page = Page.of(response)
        rows = [row for row in with_buried(page, link_rows(page, page.anchors, None)) if row.says is TitleSays.REPORT]
        page_id = capture_of(response)
        yield from report_links(rows, page_id)
        known = len(self._stray)
        for row in rows:
            self._stray.setdefault(identity(row.url), (row, page_id))
        onward = printed_pager(page, 1).next if len(self._stray) > known else None
        self._searched += 1
        yield PageRead(
            page=page_id,
            portal=self.portal,
            role=NAVIGATION,
            layout=_SEARCH if rows else None,
            rows=len(rows),
            last=False,
        )
        if onward is not None and self._searched < _MOST_SEARCHED:
            request = self._request(
                onward, role=NAVIGATION, referrer=page_id, text=None, callback=self.parse_search_results
            )
            if request is not None:
                request.errback = self._without_site_map
                yield request
                return
        self.logger.warning("%s: the portal's own search found %d reports", self.url, len(self._stray))
        yield from self._explore()
