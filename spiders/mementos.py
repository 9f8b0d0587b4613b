"""Reads single pages that other web archives kept: what a portal's list once linked to, what belonged to an article.

No crawl: nothing is requested here. The import asks what a page is and which of its links lead on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scrapy.http import Response

from gicrawl.crawling.elsewhere.reading import FoundLink, PageFound
from gicrawl.portals.sites import same_site
from spiders.answers import shows_page
from spiders.attachment_rules import ARTICLE, is_html, rules
from spiders.attachments import attached
from spiders.buried import best_rows
from spiders.family import families
from spiders.pages import Page
from spiders.urls import below, identity, is_article, is_folder, is_root
from spiders.vocabulary import TitleSays, year_of

if TYPE_CHECKING:
    from spiders.family import Family, Row

LIST = "list"

_ENOUGH = 3
"""Report titles on a page from which it is a list, wherever they lead."""

_PAGES = ("text/html", "application/xhtml", "warc/revisit", "unk")  # what indexes say of pages


@dataclass(frozen=True, slots=True)
class MementoReader:
    """Tells lists from articles, and which links are worth following.

    Attributes:
        years: first and last report year wanted; titles that name no year are always in.
    """

    years: tuple[int, int] | None = None

    def shape(self, url: str, mime: str) -> str | None:
        """What a URL under a report column is by its looks: `list`, `article`, or None."""
        if mime and not mime.lower().startswith(_PAGES):
            return None
        if is_article(url):
            return ARTICLE if is_html(url) or rules().kind(url) is None else None
        if rules().kind(url) is not None or is_root(url):
            return None
        return LIST if is_folder(url) or is_html(url) else None

    def read(self, url: str, content: bytes, content_type: str, *, role: str, text: str | None) -> PageFound:
        """What a page is and links to."""
        if role not in {LIST, ARTICLE} or not shows_page(Response(url, body=content)):
            return PageFound(role=ARTICLE if role == LIST else role)
        page = Page(url, content, content_type.encode("latin-1", "replace"))
        found = best_rows(page, families())
        if found is not None and self._is_list(page, found[1], role):
            return self._as_list(page, found)
        if role == LIST and (not is_html(url) or is_folder(url)):  # a column in a dress that nobody knows
            return PageFound(role=LIST)
        return self._as_article(page, text)

    @staticmethod
    def _is_list(page: Page, rows: list[Row], role: str) -> bool:
        if is_article(page.url) or page.meta("ArticleTitle"):
            return False
        reports = [row for row in rows if row.says is TitleSays.REPORT and identity(row.url) != identity(page.url)]
        return len(reports) >= _ENOUGH or any(role == LIST or below(row.url, page.url) for row in reports)

    def _as_list(self, page: Page, found: tuple[Family, list[Row]]) -> PageFound:
        family, rows = found
        links = tuple(
            FoundLink(
                url=row.url,
                text=row.text,
                title=row.title,
                date=row.date,
                position=position,
                role=ARTICLE,
                wanted=same_site(row.url, page.url) and self._is_of_years(row.title or row.text),
            )
            for position, row in enumerate(rows)
            if row.says is not TitleSays.OTHER
        )
        return PageFound(role=LIST, layout=family.name, links=links)

    def _as_article(self, page: Page, text: str | None) -> PageFound:
        links = tuple(
            FoundLink(
                url=one.url,
                text=one.text,
                title=one.title,
                date=None,
                position=position,
                role=one.role,
                wanted=same_site(one.url, page.url)
                and (one.role != ARTICLE or self._is_of_years(one.title or one.text)),
            )
            for position, one in enumerate(attached(page, text))
        )
        return PageFound(role=ARTICLE, links=links)

    def _is_of_years(self, title: str) -> bool:
        year = year_of(title)
        return self.years is None or year is None or self.years[0] <= year <= self.years[1]
