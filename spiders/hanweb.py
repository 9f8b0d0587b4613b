"""Hanweb (大汉) JCMS with jpage: rows as XML inside the page, the rest from dataproxy.jsp."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from bs4 import BeautifulSoup, Tag

from spiders.family import POSTED, Column, Family, Onward, Row, Step, make_row
from spiders.pagers import usual_onward
from spiders.pages import find_date, squeeze
from spiders.portal import PortalSpider
from spiders.vocabulary import TitleSays, says_nothing

if TYPE_CHECKING:
    from spiders.pages import Page

_STORE = re.compile(r"<datastore\b.*?(?:</datastore\s*>|\Z)", re.IGNORECASE | re.DOTALL)
_RECORD_END = re.compile(r"</record\s*>", re.IGNORECASE)
_RECORD_START = re.compile(r"<record\b[^>]*>", re.IGNORECASE)
_NEXT = re.compile(r"<nextgroup\b[^>]*>", re.IGNORECASE)
_HREF = re.compile(r"href\s*=\s*[\"']([^\"']+)[\"']", re.IGNORECASE)
_TOTAL_TAG = re.compile(r"<totalrecord\b[^>]*>\s*(?:<!\[CDATA\[)?\s*(\d+)", re.IGNORECASE)
_TOTAL = re.compile(r"\btotalRecord['\"]?\s*[:=]\s*['\"]?(\d+)", re.IGNORECASE)
_PER_PAGE = re.compile(r"\bperPage['\"]?\s*[:=]\s*['\"]?(\d+)", re.IGNORECASE)
_PROXY = re.compile(r"\bproxyUrl['\"]?\s*[:=]\s*['\"]([^'\"]+)['\"]")
_ROW = "gicrawl-record"
_WINDOW = frozenset({"startrecord", "endrecord", "perpage"})
_RETRIES = 4
_PER_PAGE_USUAL = "15"  # what the software ships with; asked for only where the page does not say


@dataclass(frozen=True, slots=True, kw_only=True)
class _Unit:
    """One list of a page: its records and where the rest of them is."""

    key: str
    proxy: str | None
    parameters: tuple[tuple[str, str], ...]
    rows: tuple[Row, ...]
    records: int
    total: int | None
    per_page: str


class Hanweb(Family):
    """Lists of Hanweb's jpage."""

    name: ClassVar[str] = "hanweb"
    rank: ClassVar[int] = 20
    article: ClassVar[re.Pattern[str] | None] = re.compile(r"/art/\d{4}/")

    def recognises(self, page: Page) -> str | None:
        """Return the sign of jpage on a page."""
        match = re.search(r"<datastore\b|dataproxy\.jsp", page.text, re.IGNORECASE)
        return match.group() if match else None

    def rows(self, page: Page) -> list[Row]:
        """Return the rows of the page's list; of several lists, those with reports, else the longest."""
        rows: list[Row] = []
        known: set[str] = set()
        for unit in _chosen(page):
            for row in unit.rows:
                if row.url not in known:
                    known.add(row.url)
                    rows.append(row)
        return rows

    def onward(self, page: Page, column: Column) -> Onward:
        """Ask dataproxy.jsp for the records that the page left out."""
        units = _chosen(page, column.step)
        steps: list[Step] = []
        complete, declared = True, False
        for unit in units:
            records = unit.records if column.fresh else 0  # a page served twice is counted once
            done = column.counters[unit.key] = column.counters.get(unit.key, 0) + records
            declared = declared or unit.total is not None
            if unit.total is not None and done >= unit.total:
                continue
            if unit.proxy is None:
                complete = complete and unit.total is None
                continue
            complete = False
            steps.append(_step(unit, done, column))
        if complete and not declared and all(unit.proxy is None for unit in units):
            return usual_onward(page, column)  # rows in XML, and a pager like anybody's
        return Onward(steps=tuple(steps), complete=complete and bool(units), declared=declared)


def _step(unit: _Unit, done: int, column: Column) -> Step:
    """The request for the records after the first `done`.

    As the page's own script asks, but by GET, which can be revisited conditionally; servers that want the POST get it.
    Some servers ignore startrecord and count `page`: when only known records come back, the next page is asked for.
    """
    size = max(unit.records, int(unit.per_page))
    window = (("startrecord", str(done + 1)), ("endrecord", str(done + size)), ("perpage", unit.per_page))
    parameters = dict(unit.parameters)
    page = int(parameters["page"]) if parameters.get("page", "").isdigit() else 1
    assert unit.proxy is not None  # asked only for units that have one
    retry: Step | None = None
    for number in range(page + _RETRIES, page - 1, -1):
        numbered = tuple({**parameters, "page": str(number)}.items())
        post = Step(url=_with_query(unit.proxy, window), form=(("col", "1"), *numbered), repeated=retry)
        get = Step(url=_with_query(unit.proxy, (*numbered, *window)), empty=post, repeated=retry)
        retry = post if column.counters.get(POSTED) else get
    assert retry is not None  # the loop runs at least once
    return retry


def _with_query(url: str, pairs: tuple[tuple[str, str], ...]) -> str:
    return urlunsplit(urlsplit(url)._replace(query=urlencode(pairs, safe="/")))


def _chosen(page: Page, step: Step | None = None) -> list[_Unit]:
    """The lists worth reading: those with anything like a report, else the longest (the rest are blocks of news)."""
    units = _units(page, _asked(step))
    promising = [unit for unit in units if any(row.says is not TitleSays.OTHER for row in unit.rows)]
    return promising or sorted(units, key=lambda unit: unit.total or unit.records)[-1:]


def _asked(step: Step | None) -> dict[str, str]:
    """What dataproxy.jsp was told about the list it has just answered for; nothing for the column page itself."""
    if step is None:
        return {}
    return {**dict(parse_qsl(urlsplit(step.url).query, keep_blank_values=True)), **dict(step.form or ())}


def _units(page: Page, asked: dict[str, str]) -> list[_Unit]:
    stores = list(_STORE.finditer(page.text))
    units = []
    for position, store in enumerate(stores):
        end = stores[position + 1].start() if position + 1 < len(stores) else len(page.text)
        units.append(_unit(page, store.group(), page.text[store.end() : end], asked))
    return units


def _unit(page: Page, store: str, after: str, asked: dict[str, str]) -> _Unit:
    records = _records(store)
    group = _NEXT.search(store)
    href = _HREF.search(store, group.end(), store.find("</", group.end() + len("<![CDATA[<a"))) if group else None
    custom = _PROXY.search(after)
    proxy = page.resolve(href.group(1).replace("&amp;", "&")) if href else None
    known = dict(asked)
    if proxy is not None:
        known |= dict(parse_qsl(urlsplit(proxy).query, keep_blank_values=True))
    elif asked:
        proxy = page.url
    elif custom:
        proxy = page.resolve(custom.group(1))
        known |= dict(parse_qsl(urlsplit(custom.group(1)).query, keep_blank_values=True))
    if asked.get("page", "").isdigit():
        printed = int(known["page"]) if known["page"].isdigit() else 0
        known["page"] = str(max(printed, int(asked["page"]) + 1))  # some servers print page=1 into every answer
    total = _TOTAL_TAG.search(store) or _TOTAL.search(after) or _TOTAL.search(store)
    per_page = _PER_PAGE.search(after)
    return _Unit(
        key=known.get("unitid") or "only",
        proxy=_with_query(proxy, ()) if proxy else None,
        parameters=tuple((key, value) for key, value in known.items() if key not in _WINDOW and key != "col"),
        rows=tuple(_rows(page, records)),
        records=len(records),
        total=int(total.group(1)) if total else None,
        per_page=per_page.group(1) if per_page and int(per_page.group(1)) else asked.get("perpage") or _PER_PAGE_USUAL,
    )


def _records(store: str) -> list[str]:
    """Cut a datastore into the markup of its records, in one pass however broken it is."""
    records = []
    for piece in _RECORD_END.split(store)[:-1]:
        starts = list(_RECORD_START.finditer(piece))
        if starts:
            record = piece[starts[-1].end() :].strip().removeprefix("<![CDATA[").removesuffix("]]>").strip()
            if record:
                records.append(record)
    return records


def _rows(page: Page, records: list[str]) -> list[Row]:
    """Read the records; one soup for all of them, as building one for each costs ten times as much."""
    soup = BeautifulSoup("".join(f"<{_ROW}>{record.replace(']]>', '')}</{_ROW}>" for record in records), "html.parser")
    rows = []
    for record in soup.find_all(_ROW):
        for link in record.find_all("a", href=True):
            row = _row(page, record, link)
            if row is not None:
                rows.append(row)
                break
    return rows


def _row(page: Page, record: Tag, link: Tag) -> Row | None:
    url = page.resolve(str(link["href"]))
    if url is None:
        return None
    text = squeeze(link.get_text())
    title = squeeze(str(link.get("title") or ""))
    whole = record.get_text(" ")
    if says_nothing(text) and not title:
        title = squeeze(whole)
    row = make_row(url, text, title or None, None)
    return replace(row, date=find_date(whole))


class HanwebSpider(PortalSpider):
    """Reads portals made with Hanweb JCMS (大汉), jpage lists.

    Recognised by:
        `<datastore>` in a `script type="text/xml"`, or `dataproxy.jsp`.
    Lists:
        The first group of rows (usually several pages' worth) is XML with CDATA inside the page; no HTML parser shows
        it.
    Paging:
        `/module/web/jpage/dataproxy.jsp` (older: `/module/jpage/dataproxy.jsp`, or `proxyUrl`) with the parameters of
        the link in `nextgroup` and `startrecord`, `endrecord`, `perpage`; the answer is the same XML. Ends at
        `totalrecord`.
    Articles:
        `/art/2021/1/29/art_345_99.html`, not zero-padded; newer `/art/2026/art_<32 hex>.html`.
    Caveats:
        Some servers ignore `startrecord` and count `page`; some answer only POST; encrypted ids answer deep pages with
        an empty body, and the column then counts as not read to its end. `uid` and `pageNum` in the URL of a column
        are the reader's own state.
    History:
        2026-11: written from descriptions of the family; no real page was at hand.
    """

    name = "hanweb"
    family = Hanweb()
