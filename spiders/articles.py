"""What every spider does with what it found: asks for the articles, and for what is attached to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scrapy import FormRequest, Request, Spider

from gicrawl.crawling.lead import LEAD, Lead, PageRead, ReportLink
from gicrawl.portals.sites import site
from spiders.answers import capture_of, failed_url, heeding_the_end, parse_years, reason_of, report_links, shows_page
from spiders.attachment_rules import ARTICLE, ATTACHMENT, IMAGE
from spiders.attachments import Attached, attached, shown_file, with_enclosed
from spiders.continued import continued, may_go_on
from spiders.family import Enclosed, Row
from spiders.glance import Glance
from spiders.pages import Page
from spiders.vocabulary import TitleSays, title_says, year_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

    from scrapy.http import Response
    from twisted.python.failure import Failure

HOME, NAVIGATION, LIST = "home", "navigation", "list"

# An article's files come right after it: a crawl that is cut short leaves few documents half fetched.
_PRIORITY = {HOME: 20, NAVIGATION: 20, LIST: 10, ATTACHMENT: 5, IMAGE: 5, ARTICLE: 0}

Yield = Request | ReportLink | PageRead


class ArticleSpider(Spider):
    """Requests articles that may be reports, the files attached to them, and the pictures of their text.

    Further hosts that are the portal's own are given as `hosts`, with blanks between.
    What lies on another site than the portal's is recorded as a link and not fetched.
    """

    def __init__(
        self,
        url: str | None = None,
        portal: str | None = None,
        max_pages: str | int | None = None,
        years: str | tuple[int, int] | None = None,
        hosts: str | None = None,
        **arguments: Any,  # noqa: ANN401  whatever Scrapy passes on
    ) -> None:
        super().__init__(**arguments)
        self.url = url or ""
        self.portal = portal or None
        self.max_pages = int(max_pages) if max_pages else None
        self.years = parse_years(years)
        self.requested = 0
        self.cut_short = False
        self._glance = Glance()
        self._sites: set[str] = {site(f"http://{host}/") for host in (hosts or "").split()}

    # The articles

    def _article(self, row: Row, referrer: UUID) -> Iterator[Yield]:
        if row.says is TitleSays.OTHER or not self._is_wanted(row.title or row.text):
            return
        if site(row.url) not in self._sites:
            self.logger.info("report on another site recorded, not fetched: %s", row.url)
            return
        request = self._request(
            row.url, role=ARTICLE, referrer=referrer, text=row.title or row.text, callback=self.parse_article
        )
        if request is not None:
            if row.enclosed:
                request.cb_kwargs["enclosed"] = row.enclosed
            yield request

    def parse_article(self, response: Response, enclosed: tuple[Enclosed, ...] = ()) -> Iterator[Yield]:
        """Leave the article to the archive, and ask for what is attached to it; an article that is a file has nothing.

        An article whose title was that of a column is read as one. The files its list named (`enclosed`) are attached
        to it as if it linked to them itself.
        """
        if not shows_page(response):
            return
        column = self._as_column(response)
        if column is not None:
            yield from column
            return
        yield from self._files_of(response, enclosed)

    def _files_of(self, response: Response, enclosed: tuple[Enclosed, ...] = ()) -> Iterator[Yield]:
        """Ask for what is attached to an article."""
        page_id = capture_of(response)
        found = [*self._further_pages(response), *self._attached_to(response)]
        for position, one in enumerate(with_enclosed(found, enclosed)):
            if one.role == ARTICLE:
                says = title_says(one.title or one.text)
                row = Row(url=one.url, text=one.text, title=one.title, date=None, says=says)
                yield from report_links([row], page_id, position)
                yield from self._article(row, page_id)
            else:
                yield from self._attached(one, page_id, position)

    def _attached_to(self, response: Response) -> list[Attached]:
        """Find the files and pictures of an article; most have none, which a glance at the bytes tells."""
        lead: Lead = response.meta[LEAD]
        doubts = self._glance.doubts(response.url, response.body, lead.link_text)
        if doubts is not None and not doubts:
            return []
        found = attached(Page.of(response), lead.link_text)
        if doubts is not None and not found:
            self._glance.learn(doubts)
        return found

    @staticmethod
    def _further_pages(response: Response) -> list[Attached]:
        """Find the pages on which the text of an article goes on: bodies of the same document, as its files are."""
        if not may_go_on(response.url, response.body):
            return []
        return [
            Attached(url=url, text=f"第{number}页", title=None, role=ATTACHMENT)
            for number, url in enumerate(continued(Page.of(response)), 2)
        ]

    def _as_column(self, response: Response) -> Iterator[Yield] | None:
        """Read an article as the list it turns out to be; None where it is none."""
        raise NotImplementedError

    def _is_wanted(self, title: str) -> bool:
        """Say whether the year a title names is one of those asked for; a title that names none always is."""
        year = year_of(title)
        return self.years is None or year is None or self.years[0] <= year <= self.years[1]

    # What is attached to them

    def _attached(self, one: Attached, page_id: UUID, position: int, *, shown: bool = False) -> Iterator[Yield]:
        """Tie a file or picture to the capture of its article, and ask for it; `shown` by a page that came for it."""
        yield ReportLink(
            page=page_id, url=one.url, text=one.text, title=one.title, date=None, position=position, role=one.role
        )
        if site(one.url) not in self._sites:
            self.logger.info("%s on another site recorded, not fetched: %s", one.role, one.url)
            return
        text = one.title or one.text
        request = self._request(one.url, role=one.role, referrer=page_id, text=text, callback=self.parse_attached)
        if request is not None:
            request.errback = self._attached_failed
            request.cb_kwargs.update(position=position, shown=shown)
            yield request

    def parse_attached(self, response: Response, position: int = 0, *, shown: bool = False) -> Iterator[Yield]:
        """Leave a file to the archive; where a page came that only shows one, ask for that one, and go no further."""
        if shown or not shows_page(response):
            return
        one = shown_file(Page.of(response))
        if one is not None:
            lead: Lead = response.meta[LEAD]
            yield from self._attached(one, lead.referrer or capture_of(response), position, shown=True)

    @heeding_the_end
    def _attached_failed(self, failure: Failure) -> None:
        lead: Lead = failure.request.meta[LEAD]  # type: ignore[attr-defined]  # Scrapy sets it on every failure
        self.logger.info("%s %s could not be read (%s)", lead.role, failed_url(failure), reason_of(failure))

    # Known pages

    def revisit(self, url: str, lead: Lead) -> Request | None:
        """Ask again for a page that an earlier run found and nothing led to in this one.

        Args:
            url: of the page.
            lead: its role and link text, as then.

        Returns:
            None where it is not wanted: another year, or no request is left for this portal. A file is wanted only
            with its article, or if its own name has a year that is.
        """
        title = lead.link_text or ""
        match lead.role:
            case "list":
                callback: Any = self.parse_known_list
            case "attachment" | "image":
                if self.years is not None and (year_of(title) is None or not self._is_wanted(title)):
                    return None
                callback = self.parse_attached
            case _:
                if not self._is_wanted(title):
                    return None
                callback = self.parse_article
        request = self._request(url, role=lead.role, referrer=None, text=lead.link_text, callback=callback)
        if request is not None:
            request.errback = self._known_failed
        return request

    def parse_known_list(self, response: Response) -> Iterator[Yield]:
        """Read a list page to which nothing led."""
        raise NotImplementedError

    @heeding_the_end
    def _known_failed(self, failure: Failure) -> None:
        """A page that is gone says so in the archive; the walk itself has not failed."""
        self.logger.info("known page %s could not be read (%s)", failed_url(failure), reason_of(failure))

    # Requests

    def _request(
        self,
        url: str,
        *,
        role: str,
        referrer: UUID | None,
        text: str | None,
        callback: Any,  # noqa: ANN401  Scrapy's own type for it
        form: tuple[tuple[str, str], ...] | None = None,
        json: str | None = None,
    ) -> Request | None:
        """Make a request that says what led to it; None once the portal's share of requests is used up."""
        if self.max_pages is not None and self.requested >= self.max_pages:
            if not self.cut_short:
                self.logger.warning("%s: stopped after %d requests, as asked for", self.url, self.requested)
            self.cut_short = True
            return None
        self.requested += 1
        meta = {LEAD: Lead(role=role, portal=self.portal, referrer=referrer, link_text=text or None)}
        if form is not None:
            return FormRequest(url, formdata=list(form), callback=callback, meta=meta, priority=_PRIORITY[role])
        if json is not None:
            return Request(
                url,
                method="POST",
                body=json,
                headers={"Content-Type": "application/json"},
                callback=callback,
                meta=meta,
                priority=_PRIORITY[role],
            )
        return Request(url, callback=callback, meta=meta, priority=_PRIORITY[role])
