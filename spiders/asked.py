"""Lists that a script of the page asks for, on portals of no known software.

The request is read from the script (`spiders.scripts`), the rows from what comes back (`spiders.json_rows`), whatever
their names. Nothing is asked that the page's own script would not ask.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import urlencode

from gicrawl.portals.sites import same_site
from spiders.bundles import bundle_asks, bundle_written, is_bundle
from spiders.family import Column, Enclosed, Family, Onward, Promise, Row, Step, link_rows, make_row
from spiders.json_paths import first, load_answer, number_of
from spiders.json_rows import Found, Listed, listed
from spiders.pagers import declared_total, usual_onward
from spiders.portal import PortalSpider
from spiders.script_asks import Ask, at_page
from spiders.script_calls import Written
from spiders.scripts import asks
from spiders.urls import join
from spiders.vocabulary import TitleSays

if TYPE_CHECKING:
    from spiders.pages import Page

_SIGN = re.compile(
    r"(?:\bajax|\bgetJSON|\$\.(?:get|post)|\baxios\b[\w.]*|\bfetch|\.open|\brequest)\s*\(|\burl[\"']?\s*:\s*[\"'`]|"
    r"[?&](?:page\w*|p|pn|cur\w*page)=",
    re.IGNORECASE,
)
_MOST_TRIED = 3
_OPEN = "open"
_USUAL = 15
_ASK, _NUMBER, _DONE, _BASE, _WRITTEN = "ask", "page", "done", "base", "written"


class Asked(Family):
    """Lists behind a request that the page's scripts spell out."""

    name: ClassVar[str] = "asked"
    rank: ClassVar[int] = 900

    def recognises(self, page: Page) -> str | None:
        """Return the request that a script makes for a list, or what makes the page its answer."""
        if load_answer(page.text) is not None:
            found = listed(page.text)
            return "an answer in JSON with rows" if (found and found.rows) or _fragment(page) else None
        if not is_bundle(page) and not any(_SIGN.search(script) for script in page.scripts):
            return None
        found_asks = _asks(page)
        return f"{found_asks[0].method} {found_asks[0].url}" if found_asks else None

    def rows(self, page: Page) -> list[Row]:
        """Return the rows of an answer; of a page, those it prints itself."""
        if load_answer(page.text) is None:
            rows = link_rows(page, page.anchors, None)
            return rows if any(row.says is TitleSays.REPORT for row in rows) else []
        fragment = _fragment(page)
        if fragment is not None:
            return link_rows(page, page.hidden_anchors(fragment), None)
        found = listed(page.text)
        return [row for one in (found.rows if found else ()) if (row := found_row(page, one)) is not None]

    def further_rows(self, page: Page, step: Step) -> list[Row]:
        """Return the rows of an answer; its links are relative to the column page, which asked for it."""
        base = dict(step.values).get(_BASE)
        if base:
            page.base = base
        if load_answer(page.text) is None or _fragment(page) is not None:
            return self.rows(page)
        found = listed(page.text, _read_written(dict(step.values).get(_WRITTEN, "[]")))
        return [row for one in (found.rows if found else ()) if (row := found_row(page, one)) is not None]

    def promise(self, page: Page) -> Promise:
        """Say whether there is something to ask for; the program of a whole portal names the column it is of."""
        if load_answer(page.text) is not None or not _asks(page):
            return Promise.NOTHING
        return Promise.REPORTS if is_bundle(page) else Promise.LIST

    def onward(self, page: Page, column: Column) -> Onward:
        """Ask for page 1 as the script does, the next likeliest request where that brings nothing; then on."""
        if column.step is None or not column.step.values:
            if column.fresh:
                onward = usual_onward(page, column)
                if onward.steps:
                    return onward
            return self._begin(page, column)
        values = dict(column.step.values)
        ask = _read(values[_ASK])
        number, done = int(values[_NUMBER]), int(values[_DONE])
        written = values.get(_WRITTEN, "[]")
        found = listed(page.text, _read_written(written)) if load_answer(page.text) is not None else None
        count = found.count if found else len(self.further_rows(page, column.step))
        done += count if column.fresh else 0
        total, pages = _declared(page, found)
        declared = total is not None or pages is not None
        by_total = (total is not None and done >= total) or (total is None and pages is not None and number >= pages)
        single = not ask.number and "{page}" not in ask.url
        short = not declared and ask.size is not None and 0 < count < ask.size
        if by_total or single or short:
            column.counters[_OPEN] = column.counters.get(_OPEN, 1) - 1
            return Onward(
                complete=column.counters[_OPEN] <= 0 and (by_total or not declared), declared=declared and not short
            )
        return Onward(steps=(self._step(ask, number + 1, done, values[_BASE], None, written),), declared=declared)

    def _begin(self, page: Page, column: Column) -> Onward:
        """Ask for page 1 of the likeliest request, once for each call that asks it of the same program."""
        found = _asks(page)
        rows = bundle_written(page) if is_bundle(page) else page.calls.written()
        written = json.dumps([[one.address, one.beside] for one in rows])
        shapes = list(dict.fromkeys(ask.shape for ask in found))[:_MOST_TRIED]
        step: Step | None = None
        for shape in reversed(shapes):
            ask = next(ask for ask in found if ask.shape == shape)
            step = self._step(ask, 1, 0, page.base, step, written)
        if step is None:
            return Onward()
        further = [ask for ask in found if ask.shape == shapes[0]][1:]
        column.counters[_OPEN] = 1 + len(further)
        return Onward(steps=(step, *(self._step(ask, 1, 0, page.base, None, written) for ask in further)))

    @staticmethod
    def _step(ask: Ask, number: int, done: int, base: str, empty: Step | None, written: str) -> Step:  # noqa: PLR0917 - what a further page needs
        told = at_page(ask, number, ask.size or _USUAL)
        url = join(base, told.url) or base
        if told.query:
            url += ("&" if "?" in url else "?") + urlencode(told.query)
        body = None if told.json is None else json.dumps(told.json, ensure_ascii=False, separators=(",", ":"))
        return Step(
            url=url,
            form=told.form or () if told.method == "POST" and body is None else None,
            json=body,
            values=(
                (_ASK, _write(ask)),
                (_NUMBER, str(number)),
                (_DONE, str(done)),
                (_BASE, base),
                (_WRITTEN, written),
            ),
            empty=empty,
        )


def found_row(page: Page, one: Found) -> Row | None:
    """Make a row of one that was found in an answer; None where its address is none to follow."""
    url = page.resolve(one.address)
    if url is None:
        return None
    row = make_row(url, one.title, None, one.date)
    enclosed = tuple(
        Enclosed(url=file, text=name) for address, name in one.files if (file := page.resolve(address)) is not None
    )
    return Row(url=row.url, text=row.text, title=row.title, date=row.date, says=row.says, enclosed=enclosed)


def _asks(page: Page) -> list[Ask]:
    known = page.notes.get("asks")
    if known is None:
        found = bundle_asks(page) if is_bundle(page) else asks(page)
        known = page.notes["asks"] = [ask for ask in found if _may_be_asked(page, ask)]
    return known  # type: ignore[return-value] # nobody else writes this note


def _may_be_asked(page: Page, ask: Ask) -> bool:
    url = join(page.base, ask.url)
    return url is not None and same_site(url, page.url)


def _fragment(page: Page) -> str | None:
    """Return the HTML with links that an answer in JSON carries in one of its strings, None where there is none."""
    answer = load_answer(page.text)
    found = first(
        answer,
        ["data.html", "data.content", "data.list", "data", "html", "result", "content", "list", "rows", "msg", "."],
    )
    if not isinstance(found, str) or "<a" not in found.lower():
        return None
    return found.replace("<![CDATA[", "").replace("]]>", "")


def _declared(page: Page, found: Listed | None) -> tuple[int | None, int | None]:
    if found is not None:
        return found.total, found.pages
    return None, declared_total(page) if load_answer(page.text) is None else None


def _write(ask: Ask) -> str:
    return json.dumps(
        [
            ask.url,
            ask.method,
            ask.query,
            ask.form,
            ask.json,
            ask.number,
            ask.first,
            ask.size,
            ask.size_field,
            ask.offset,
            ask.end,
        ]
    )


def _read_written(values: str) -> list[Written]:
    return [Written(address, tuple(beside)) for address, beside in json.loads(values)]


def _read(written: str) -> Ask:
    url, method, query, form, body, number, start, size, size_field, offset, end = json.loads(written)
    return Ask(
        url=url,
        method=method,
        query=tuple(map(tuple, query)),
        form=tuple(map(tuple, form)),
        json=body,
        number=number,
        first=start,
        size=number_of(size),
        size_field=size_field,
        offset=offset,
        end=end,
    )


class AskedSpider(PortalSpider):
    """Reads lists of no known software that a script of the page asks for.

    Recognised by:
        A request in a script of the page that counts pages or names a column: `$.ajax`, `fetch`, `axios`, the options
        of a pager, or an address with such a query.
    Lists:
        The list of objects with title and address in the JSON that comes back, whatever their names, or the links of
        a piece of HTML.
    Paging:
        The field that counts pages (or rows); ends at the total that the answer declares, or with a short page.
    Articles:
        Any.
    Caveats:
        Values that only running the script would give are sent empty. Requests to other sites are not made.
    History:
        2026-11: written, for interfaces of which no description names the fields.
    """

    name = "asked"
    family = Asked()
