"""The base of every spider: from a portal's home page or column to its reports."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from gicrawl.crawling.lead import LEAD, Lead, PageRead
from gicrawl.portals.registry import RegistryError, load
from gicrawl.portals.sites import site
from spiders.answers import capture_of, failed_url, heeding_the_end, level_of, reason_of, report_links, shows_page
from spiders.articles import HOME, LIST, NAVIGATION
from spiders.attachment_rules import ARTICLE
from spiders.buried import best_rows
from spiders.candidates import Candidate, is_column
from spiders.collected import collected_rows, lists_others
from spiders.family import MAX_PAGES, Column, Family, Promise, Row
from spiders.last_resorts import ResortingSpider
from spiders.lists import doubted
from spiders.pages import Page
from spiders.pieces import drawn_by_scripts
from spiders.urls import identity, is_article, is_folder, is_root, join
from spiders.vocabulary import MEDIUM, TitleSays, names_collection, names_column, names_year, title_says

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from scrapy.http import Response
    from twisted.python.failure import Failure

    from spiders.articles import Yield

_NAVIGATION_LAYOUT = "navigation"
_STATIC = "static"
_ENOUGH = 3  # report titles on a page that says nothing of itself


def _lists_reports(page: Page, rows: list[Row]) -> bool:
    """Whether a body's page is the list of its reports, and names no column that would be it."""
    if sum(row.says is TitleSays.REPORT for row in rows) < _ENOUGH:
        return False
    named = (anchor for anchor in page.anchors if any(names_column(name) >= MEDIUM for name in anchor.names))
    return all(
        title_says(anchor.text) is TitleSays.REPORT or identity(anchor.url) == identity(page.url) for anchor in named
    )


def _is_report(page: Page) -> bool:
    return not page.is_data and any(
        name and title_says(name) is TitleSays.REPORT for name in (page.meta("ArticleTitle"), page.title)
    )


class PortalSpider(ResortingSpider):
    """Finds the report column of one portal, reads its lists, and requests every article that may be a report.

    The files and pictures of an article are requested with it (`spiders.attachments`), the same way on every portal.

    Subclasses name a family. Arguments, all given as `-a name=value`:

    Args:
        url: the portal's home page, or the report column itself.
        portal: the portal's id in the registry; without `url`, its registered column or home page is read.
        max_pages: requests in all for this portal; a list that is cut short by it is not called read to its end.
        years: `A-B`, the report years wanted; titles that name no year are always in.
    """

    custom_settings = {  # noqa: RUF012  declared so by Scrapy
        # Portals put session ids into links: without this each answer would make the whole portal new.
        "REQUEST_FINGERPRINTER_CLASS": "spiders.urls.PortalFingerprinter",
    }

    async def start(self) -> AsyncIterator[Any]:
        """Request the page the user named."""
        try:
            self.url = self.url or self._registered()
        except RegistryError as error:
            self.logger.error("%s", error)  # noqa: TRY400  said to a person, without a traceback
            return
        if join(self.url, self.url) is None:
            self.logger.error("%r is no URL of a portal: give one as -a url=http://… or -a portal=ID", self.url)
            return
        self._discovery.entry = self.url
        self._sites.add(site(self.url))
        role = HOME if is_root(self.url) else LIST
        request = self._request(self.url, role=role, referrer=None, text=None, callback=self.parse_entry)
        if request is not None:
            request.errback = self._entry_failed
            yield request

    def _registered(self) -> str:
        """The first known column of the registered portal, else its home page; that one too for a full crawl."""
        if self.portal is None:
            return ""
        entry = load(self.settings.get("GICRAWL_PORTALS") or os.environ.get("GICRAWL_PORTALS")).get(self.portal)
        return entry.columns[0] if entry.columns and not self.settings.getbool("GICRAWL_FULL") else entry.home

    @heeding_the_end
    def _entry_failed(self, failure: Failure) -> None:
        self.logger.error("%s could not be read (%s): nothing of this portal was found", self.url, reason_of(failure))

    # From the home page to the column

    def parse_entry(self, response: Response) -> Iterator[Yield]:
        """Decide what the user named: a home page, a page on the way, or the column."""
        page = Page.of(response)
        self._keep_resorts(page, response)
        self._discovery.visited(response.url)
        found = best_rows(page, self.candidates())
        if found is None and page.says_column():
            found = self._terse(page)
        reports = sum(row.says is TitleSays.REPORT for row in found[1]) if found else 0
        promise = found[0].promise(page) if found else Promise.NOTHING
        hopeful = promise is Promise.LIST or (found and any(row.says is not TitleSays.OTHER for row in found[1]))
        if found and (
            promise is Promise.REPORTS
            or (hopeful and page.says_column())
            or (reports >= _ENOUGH and not is_root(response.url))
        ):
            yield from self._open(page, response, found, depth=0, levels=0)
            return
        onward = self._discovery.consider(page, depth=0, referrer=capture_of(response))
        parts = (
            self._discovery.divide(page, levels=0, depth=0, referrer=capture_of(response)) if page.says_column() else 0
        )
        if found and reports and not onward and not is_root(response.url):
            yield from self._open(page, response, found, depth=0, levels=0)
            return
        self._keep_strays(page, response)
        yield self._navigated(page, response, leads=onward + parts > 0)
        yield from self._explore()

    def parse_candidate(self, response: Response, candidate: Candidate) -> Iterator[Yield]:
        """Read a page that a link promised to be the column, or to lead to it."""
        page = Page.of(response)
        self._discovery.visited(response.url)
        found = best_rows(page, self.candidates())
        if found is None and (candidate.part or page.says_column()):
            found = self._terse(page)
        if found and (
            found[0].promise(page) is Promise.REPORTS
            or is_column(page, found[1], candidate)
            or (candidate.bodies and _lists_reports(page, found[1]))
        ):
            yield from self._open(page, response, found, depth=candidate.depth, levels=candidate.levels)
            return
        referrer = capture_of(response)
        parts = 0
        if candidate.promises_column or page.says_column():
            parts = self._discovery.divide(page, levels=candidate.levels, depth=candidate.depth, referrer=referrer)
        if not parts and (candidate.leaf or _is_report(page)):
            yield from self._read_leaf(page, response, candidate)
            yield from self._explore()
            return
        onward = (
            self._discovery.within(page, candidate, referrer)
            if candidate.part
            else self._discovery.consider(
                page, depth=candidate.depth, referrer=referrer, bodies=candidate.bodies, called=candidate.text
            )
        )
        self._keep_strays(page, response)
        named = names_column(candidate.text) > MEDIUM or candidate.part
        self._named = self._named or named
        yield self._navigated(page, response, leads=parts > 0 or (onward > 0 and not named))
        yield from self._explore()

    def _read_leaf(self, page: Page, response: Response, candidate: Candidate) -> Iterator[Yield]:
        """Take a page that was to be a column, and shows a report instead, for what it is."""
        row = Row(url=response.url, text=candidate.text, title=page.title or None, date=None, says=TitleSays.REPORT)
        yield from report_links([row], candidate.referrer)
        if candidate.leaf:
            self._discovery.fruitful += 1
            if shows_page(response):
                yield from self._files_of(response)
        else:  # captured as a column, so asked for once more
            self._discovery.found = self._discovery.found or names_column(candidate.text) >= MEDIUM
            yield self._navigated(page, response, leads=True)
            yield from self._article(row, candidate.referrer)

    def _explore(self) -> Iterator[Yield]:
        """Request the next page on the way; at the end of all ways without a column, the reports met on them."""
        while (candidate := self._discovery.next()) is not None:
            request = self._request(
                candidate.url,
                role=ARTICLE if candidate.leaf else LIST if candidate.promises_column else NAVIGATION,
                referrer=candidate.referrer,
                text=candidate.text,
                callback=self.parse_candidate,
            )
            if request is None:
                return
            request.errback = self._candidate_failed
            request.cb_kwargs["candidate"] = candidate
            request.dont_filter = True  # `Discovery` keeps its own account; a page may be read again as the column
            yield request
            return
        if self._discovery.found:
            return
        yield from self._without_column()

    @heeding_the_end
    def _candidate_failed(self, failure: Failure) -> Iterator[Yield]:
        self.logger.log(level_of(failure), "%s could not be read (%s)", failed_url(failure), reason_of(failure))
        yield from self._explore()

    def _navigated(self, page: Page, response: Response, *, leads: bool) -> PageRead:
        drawn = drawn_by_scripts(page)  # where its program leads on, that is read, and not this page
        if drawn is not None:
            self.logger.warning("%s shows nothing without its scripts (%s): its layout is unknown", response.url, drawn)
        return PageRead(
            page=capture_of(response),
            portal=self.portal,
            role=HOME if is_root(response.url) else NAVIGATION,
            layout=_NAVIGATION_LAYOUT if leads and drawn is None else None,
            rows=len(page.anchors),
            last=False,
        )

    # The column

    def _open(
        self, page: Page, response: Response, found: tuple[Family, list[Row]], *, depth: int, levels: int
    ) -> Iterator[Yield]:
        family, rows = found[0], doubted(found[1])
        column = Column(url=response.url, family=family, depth=levels)
        if any(row.says is TitleSays.REPORT for row in rows) or not rows:
            self._discovery.finds += 1
            self._discovery.fruitful += levels > 0
        self._sites.add(site(response.url))  # the portal may have moved since its URL was written down
        self._discovery.found = True
        self._discovery.visited(response.url, column=True)
        self._discovery.divide(page, levels=levels, depth=depth, referrer=capture_of(response), rows=rows)
        if family.promise(page) is Promise.REPORTS:  # a platform that has the column in it may name those of bodies
            self._discovery.consider_bodies(page, depth=depth, referrer=capture_of(response))
        yield from self._read(page, response, column, rows)
        # Other columns that the way has shown: departments, townships, an archive of older years.
        yield from self._explore()

    def _as_column(self, response: Response) -> Iterator[Yield] | None:
        """Read an article as the list it turns out to be: a collection, a folder with reports of others; else None."""
        lead: Lead = response.meta[LEAD]
        title = lead.link_text or ""
        could_be_list = not is_article(response.url) and (is_folder(response.url) or names_year(title))
        if self._discovery.parts >= MAX_PAGES or not (could_be_list or names_collection(title)):
            return None
        page = Page.of(response)
        collected = collected_rows(page) if self._static else []
        found = (self._static, collected) if self._static and collected else None
        if found is None:
            found = best_rows(page, self.candidates()) if could_be_list and page.anchors else None
            if found is None or page.meta("ArticleTitle") or not lists_others(page, found[1]):
                return None
        self._discovery.parts += 1
        return self._open(page, response, found, depth=1, levels=1)
