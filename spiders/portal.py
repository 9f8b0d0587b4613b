"""The base of every spider: from a portal's home page or column to its reports."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import urljoin

from gicrawl.crawling.lead import LEAD, SITEMAPS, Lead, PageRead
from gicrawl.portals.registry import RegistryError, load
from gicrawl.portals.sites import site
from spiders.answers import capture_of, failed_url, heeding_the_end, level_of, reason_of, report_links, shows_page
from spiders.appended import after_answer, answered_rows, is_answer
from spiders.articles import HOME, LIST, NAVIGATION, ArticleSpider
from spiders.attachment_rules import ARTICLE, rules
from spiders.buried import best_rows, with_buried
from spiders.discovery import Candidate, Discovery, is_column
from spiders.family import MAX_PAGES, POSTED, Column, Family, Onward, Promise, Row, Step, link_rows, make_row
from spiders.pagers import printed_pager
from spiders.pages import Page, squeeze
from spiders.searching import searched
from spiders.urls import below, identity, is_article, is_folder, is_root, join
from spiders.vocabulary import MEDIUM, TitleSays, names_body, names_collection, names_column, names_year, title_says

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator
    from uuid import UUID

    from scrapy import Request
    from scrapy.http import Response
    from twisted.python.failure import Failure

    from spiders.articles import Yield

_NAVIGATION_LAYOUT = "navigation"
_STATIC = "static"
_ASKED = "asked"  # the family that reads requests from scripts, whatever the software
_LOCATION = re.compile(r"<loc>\s*(?:<!\[CDATA\[)?\s*(https?://[^<\s\]]+)", re.IGNORECASE)
_SITE_MAP = re.compile(r"site_?map[^/]*\.xml$", re.IGNORECASE)
_MOST_MAPS = 4
_SEARCH = "search"
_MOST_SEARCHED = 2  # pages of results
_BARREN = "barren"  # counter of a column: list pages in a row without anything like a report
_MOST_STRAYED = 2  # lists of notices that are turned where no column is found
_STRAYED_PAGES = 12
_STRAYED_PATIENCE = 3
_FILE_SUFFIX = re.compile(r"\.\w{2,5}$")
_CLAMPED = 2  # pages read before one that comes a second time is the last one
_COLLECTED = 5  # links to reports of bodies, of a page that is one of reports and none itself
_TEXT_OF_A_REPORT = 600  # characters outside of links; the shortest reports have more
_ENOUGH = 3  # report titles on a page that says nothing of itself


def _further_rows(page: Page, column: Column, step: Step) -> list[Row]:
    if is_answer(page, step):
        return answered_rows(page, column)
    return with_buried(page, column.family.further_rows(page, step), column.family.article)


def _doubted(rows: list[Row]) -> list[Row]:
    """Take rows of a column that name a body and nothing else for what they may be: its report."""
    return [
        replace(row, says=TitleSays.DOUBT) if row.says is TitleSays.OTHER and names_body(row.title or row.text) else row
        for row in rows
    ]


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


class PortalSpider(ArticleSpider):
    """Finds the report column of one portal, reads its lists, and requests every article that may be a report.

    The files and pictures of an article are requested with it (`spiders.attachments`), the same way on every portal.

    Subclasses name a family. Arguments, all given as `-a name=value`:

    Args:
        url: the portal's home page, or the report column itself.
        portal: the portal's id in the registry; without `url`, its registered column or home page is read.
        max_pages: requests in all for this portal; a list that is cut short by it is not called read to its end.
        years: `A-B`, the report years wanted; titles that name no year are always in.
    """

    family: ClassVar[Family]
    custom_settings = {  # noqa: RUF012  declared so by Scrapy
        # Portals put session ids into links: without this each answer would make the whole portal new.
        "REQUEST_FINGERPRINTER_CLASS": "spiders.urls.PortalFingerprinter",
    }

    def __init__(self, *arguments: Any, **named: Any) -> None:  # noqa: ANN401  whatever Scrapy passes on
        super().__init__(*arguments, **named)
        self._stray: dict[str, tuple[Row, UUID]] = {}
        self._named = False  # a page that is the column by its name was read, if only to be found empty
        self._strayed: list[tuple[Column, Page, UUID]] = []
        self._discovery = Discovery(entry=self.url)
        self._resorts: list[Callable[[], Request | None]] | None = None
        self._site_maps: list[str] = []
        self._search: str | None = None
        self._searched = 0
        self._asked = next((family for family in self.candidates() if family.name == _ASKED), None)

    def candidates(self) -> tuple[Family, ...]:
        """Return the families that are asked about a list page."""
        return (self.family,)

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
        self._site_maps = [url for url in response.meta.get(SITEMAPS, ()) if site(url) in self._sites][:_MOST_MAPS]
        self._search = searched(page)
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
            self._discovery.frame(page, candidate, referrer)
            if candidate.part
            else self._discovery.consider(page, depth=candidate.depth, referrer=referrer, bodies=candidate.bodies)
        )
        self._keep_strays(page, response)
        named = names_column(candidate.text) > MEDIUM or candidate.part
        self._named = self._named or named
        yield self._navigated(page, response, leads=parts > 0 or (onward > 0 and not named))
        yield from self._explore()

    def _terse(self, page: Page) -> tuple[Family, list[Row]] | None:
        """Read a column whose rows say no more than a year or a body; None where there are none of that kind."""
        rows = _doubted([row for row in link_rows(page, page.anchors, None) if not is_folder(row.url)])
        static = next((family for family in self.candidates() if family.name == _STATIC), None)
        return (static, rows) if static and any(row.says is not TitleSays.OTHER for row in rows) else None

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
        request = self._resort()
        if request is not None:
            yield request
            return
        if self._discovery.notices and not (self._named or self._stray):
            self._discovery.resort_to_notices()
            self._discovery.notices.clear()
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

    @heeding_the_end
    def _candidate_failed(self, failure: Failure) -> Iterator[Yield]:
        self.logger.log(level_of(failure), "%s could not be read (%s)", failed_url(failure), reason_of(failure))
        yield from self._explore()

    def _navigated(self, page: Page, response: Response, *, leads: bool) -> PageRead:
        drawn = page.drawn_by_scripts() if not leads else None
        if drawn is not None:
            self.logger.warning("%s shows nothing without its scripts (%s): its layout is unknown", response.url, drawn)
        return PageRead(
            page=capture_of(response),
            portal=self.portal,
            role=HOME if is_root(response.url) else NAVIGATION,
            layout=_NAVIGATION_LAYOUT if leads else None,
            rows=len(page.anchors),
            last=False,
        )

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

    # The column

    def _open(
        self, page: Page, response: Response, found: tuple[Family, list[Row]], *, depth: int, levels: int
    ) -> Iterator[Yield]:
        family, rows = found[0], _doubted(found[1])
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

    def parse_list(self, response: Response, column: Column, step: Step) -> Iterator[Yield]:
        """Read a further page of a list."""
        page = Page.of(response)
        if is_root(response.url) and not is_root(
            column.url
        ):  # many servers send what they do not have to the home page
            self.logger.warning("list page %s leads to the home page: the list ends in a hole", step.url)
            column.whole = False
            return
        column.step = step
        yield from self._read(page, response, column, _doubted(_further_rows(page, column, step)))

    def _read(self, page: Page, response: Response, column: Column, rows: list[Row]) -> Iterator[Yield]:
        fresh = [row for row in rows if identity(row.url) not in column.seen]
        column.seen.update(identity(row.url) for row in fresh)
        column.fresh = len(fresh)
        shown = frozenset(identity(row.url) for row in rows)
        # Asked for a page behind the last, many servers give the last once more. A second page that is the first once
        # more says nothing: the server may not heed what it was asked.
        again = bool(shown) and shown == column.previous and column.pages >= _CLAMPED
        column.previous = shown
        promising = any(row.says is not TitleSays.OTHER for row in fresh)
        column.counters[_BARREN] = 0 if promising else column.counters.get(_BARREN, 0) + 1
        instead = None
        prelude = column.step is None or column.step.prelude
        if column.step is not None and not fresh:
            instead = column.step.repeated if rows else column.step.empty
        if instead is None:
            column.pages += 1
        if fresh and column.step is not None and (column.step.form or column.step.json) is not None:
            column.counters[POSTED] = column.counters.get(POSTED, 0) + 1
        onward = Onward() if instead is not None else self._onward(page, column)
        following = self._following(response, column, instead, onward, more=bool(fresh) or prelude)
        column.declared = column.declared or onward.declared
        if rows or (onward.complete and onward.declared):
            ended = (onward.complete and (onward.declared or not column.declared)) or (again and not column.declared)
            if column.step is None and not onward.declared and all(row.says is not TitleSays.REPORT for row in rows):
                ended = False  # a few links of another block beside a list that only a script would show
        else:  # an empty page of the same make ends a list, unless something has said how long the list is
            ended = not column.declared and column.family.recognises(page) is not None
        last = column.whole and instead is None and not following and not self.cut_short and ended
        page_id = capture_of(response)
        yield from report_links(rows, page_id)
        yield PageRead(
            page=page_id, portal=self.portal, role=LIST, layout=column.family.name, rows=len(rows), last=last
        )
        for row in fresh:
            yield from self._article(row, page_id)
        yield from following

    def _onward(self, page: Page, column: Column) -> Onward:
        """How the list goes on; where its family does not know, as a script of its first page would ask."""
        if column.step is not None and is_answer(page, column.step):
            return after_answer(page, column, column.step)
        onward = column.family.onward(page, column)
        asked = self._asked
        if column.step is not None or onward.steps or onward.declared or asked is None or column.family is asked:
            return onward
        if asked.promise(page) is Promise.NOTHING:
            return onward
        column.family = asked
        return asked.onward(page, column)

    def _following(
        self, response: Response, column: Column, instead: Step | None, onward: Onward, *, more: bool
    ) -> list[Request]:
        """Return the requests for the next page of a list: only while pages bring new rows, and within bounds."""
        steps = (instead,) if instead is not None else onward.steps if more else ()
        if steps and column.pages >= column.most:
            self.logger.warning("%s: reading stopped after %d list pages", column.url, column.pages)
            return []
        if steps and column.counters.get(_BARREN, 0) >= column.patience:
            self.logger.warning("%s: left after %d list pages in a row without a report", column.url, column.patience)
            return []
        requests = [self._list_request(step, column, capture_of(response)) for step in steps]
        return [request for request in requests if request is not None]

    def _list_request(self, step: Step, column: Column, referrer: UUID | None) -> Request | None:
        request = self._request(
            step.url, role=LIST, referrer=referrer, text=None, callback=self.parse_list, form=step.form, json=step.json
        )
        if request is not None:
            request.errback = self._list_failed
            request.cb_kwargs.update(column=column, step=step)
            if (
                step.values
            ):  # what a script of the column page asks for: some servers answer only where that page is named
                request.headers["Referer"] = column.url
        return request

    @heeding_the_end
    def _list_failed(self, failure: Failure) -> Iterator[Yield]:
        """Try the other way to ask for the page; failing that, step over the hole and remember it."""
        arguments = failure.request.cb_kwargs  # type: ignore[attr-defined]  # Scrapy sets it on every failure
        column: Column = arguments["column"]
        step: Step = arguments["step"]
        instead = step.empty
        if instead is None:
            column.whole = False
            column.pages += 1
            instead = step.skip
            self.logger.log(level_of(failure), "list page %s could not be read (%s)", step.url, reason_of(failure))
        if instead is not None:
            lead: Lead = failure.request.meta[LEAD]  # type: ignore[attr-defined]
            request = self._list_request(instead, column, lead.referrer)
            if request is not None:
                yield request

    def _as_column(self, response: Response) -> Iterator[Yield] | None:
        lead: Lead = response.meta[LEAD]
        title = lead.link_text or ""
        could_be_list = not is_article(response.url) and (is_folder(response.url) or names_year(title))
        if not could_be_list and not names_collection(title):
            return None
        page = Page.of(response)
        collected = self._collected(page)
        if collected is not None and self._discovery.parts < MAX_PAGES:
            self._discovery.parts += 1
            return self._open(page, response, collected, depth=1, levels=1)
        if not could_be_list:
            return None
        found = best_rows(page, self.candidates()) if page.anchors else None
        if found is None or page.meta("ArticleTitle"):
            return None
        reports = [
            row for row in found[1] if row.says is TitleSays.REPORT and identity(row.url) != identity(response.url)
        ]
        # An article in a folder of its own has its files there too, often the same one of several kinds.
        inside = any(below(row.url, response.url) and rules().kind(row.url) is None for row in reports)
        titles = {_FILE_SUFFIX.sub("", row.title or row.text) for row in reports}
        if not (inside or len(titles) >= _ENOUGH) or self._discovery.parts >= MAX_PAGES:
            return None
        self._discovery.parts += 1
        return self._open(page, response, found, depth=1, levels=1)

    def _collected(self, page: Page) -> tuple[Family, list[Row]] | None:
        """Read a page with the title of a report that has no text, and links to the reports of bodies."""
        static = next((family for family in self.candidates() if family.name == _STATIC), None)
        bodies = [
            anchor
            for anchor in page.anchors
            if any(map(names_body, anchor.names)) and (is_article(anchor.url) or below(anchor.url, page.url))
        ]
        if static is None or len({identity(anchor.url) for anchor in bodies}) < _COLLECTED:
            return None
        body = page.tree.find("body")
        shown = len(squeeze(body.text, _TEXT_OF_A_REPORT * 20)) if body is not None else 0
        linked = sum(len(anchor.text) for anchor in page.anchors)
        if shown - linked > _TEXT_OF_A_REPORT:
            return None
        once = {identity(anchor.url): make_row(anchor.url, anchor.text, anchor.title, None) for anchor in bodies}
        return static, _doubted(list(once.values()))

    def parse_known_list(self, response: Response) -> Iterator[Yield]:
        """Read a list page on its own: what it links to is found, how its list goes on is not followed."""
        if is_root(response.url):
            return  # the column is gone; the archive has the redirect
        page = Page.of(response)
        found = best_rows(page, self.candidates())
        page_id = capture_of(response)
        rows = found[1] if found else []
        yield from report_links(rows, page_id)
        yield PageRead(
            page=page_id,
            portal=self.portal,
            role=LIST,
            layout=found[0].name if found else None,
            rows=len(rows),
            last=False,
            revisit=True,
        )
        for row in rows:
            yield from self._article(row, page_id)
