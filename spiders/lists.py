"""How a list is read: page after page of a report column, and what its rows are taken for."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import urlsplit

from gicrawl.crawling.lead import LEAD, Lead, PageRead
from spiders.answers import capture_of, heeding_the_end, level_of, reason_of, report_links
from spiders.appended import after_answer, answered_rows, is_answer
from spiders.articles import LIST, ArticleSpider
from spiders.buried import best_rows, with_buried
from spiders.family import POSTED, Column, Family, Onward, Promise, Row, Step, link_rows
from spiders.pages import Page
from spiders.urls import identity, is_folder, is_root
from spiders.vocabulary import TitleSays, names_body

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

    from scrapy import Request
    from scrapy.http import Response
    from twisted.python.failure import Failure

    from spiders.articles import Yield

_STATIC = "static"
_ASKED = "asked"  # the family that reads requests from scripts, whatever the software
_BARREN = "barren"  # counter of a column: list pages in a row without anything like a report
_CLAMPED = 2  # pages read before one that comes a second time is the last one
_TELLING = 3  # titles unlike each other by which a page is known once more


def _further_rows(page: Page, column: Column, step: Step) -> list[Row]:
    if is_answer(page, step):
        return answered_rows(page, column)
    return with_buried(page, column.family.further_rows(page, step), column.family.article)


def doubted(rows: list[Row]) -> list[Row]:
    """Take rows of a column that name a body and nothing else for what they may be: its report."""
    return [
        replace(row, says=TitleSays.DOUBT) if row.says is TitleSays.OTHER and names_body(row.title or row.text) else row
        for row in rows
    ]


def _came_before(column: Column, rows: list[Row]) -> bool:
    """Say whether a page of the column has shown these rows already, and remember that they were.

    Row for row the same paths, titles and dates are the same rows, whatever session their queries carry; a paging
    without end would otherwise bring new ones for ever.
    """
    said = tuple((urlsplit(row.url).path, row.title or row.text, row.date) for row in rows)
    if len({title for _, title, _ in said}) < _TELLING:
        return False
    known = hash(said) in column.prints
    column.prints.add(hash(said))
    return known


class ListSpider(ArticleSpider):
    """Reads lists to their end, and requests every article of theirs that may be a report.

    Subclasses name a family.
    """

    family: ClassVar[Family]

    def __init__(self, *arguments: Any, **named: Any) -> None:  # noqa: ANN401  whatever Scrapy passes on
        super().__init__(*arguments, **named)
        self._static = next((family for family in self.candidates() if family.name == _STATIC), None)
        self._asked = next((family for family in self.candidates() if family.name == _ASKED), None)

    def candidates(self) -> tuple[Family, ...]:
        """Return the families that are asked about a list page."""
        return (self.family,)

    def _terse(self, page: Page) -> tuple[Family, list[Row]] | None:
        """Read a column whose rows say no more than a year or a body; None where there are none of that kind."""
        rows = doubted([row for row in link_rows(page, page.anchors, None) if not is_folder(row.url)])
        static = self._static
        return (static, rows) if static and any(row.says is not TitleSays.OTHER for row in rows) else None

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
        yield from self._read(page, response, column, doubted(_further_rows(page, column, step)))

    def _read(self, page: Page, response: Response, column: Column, rows: list[Row]) -> Iterator[Yield]:
        repeated = _came_before(column, rows)
        shown = column.previous if repeated else frozenset(identity(row.url) for row in rows)
        fresh = [] if repeated else [row for row in rows if identity(row.url) not in column.seen]
        column.seen.update(identity(row.url) for row in fresh)
        column.fresh = len(fresh)
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
        # What comes for the first request of a list, and is nothing that anybody knows, is no empty list.
        strange = not column.seen and column.step is not None and column.family.recognises(page) is None
        layout = None if strange else column.family.name
        yield PageRead(page=page_id, portal=self.portal, role=LIST, layout=layout, rows=len(rows), last=last)
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
