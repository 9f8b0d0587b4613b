"""TRS WCM (拓尔思): static lists, the pager written by JavaScript."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import urljoin, urlsplit

from bs4 import BeautifulSoup

from spiders.family import Column, Family, Onward, Row, Step, link_rows, make_row
from spiders.pagers import usual_onward
from spiders.pages import find_date, squeeze
from spiders.portal import PortalSpider
from spiders.turning import spelled_pages
from spiders.urls import identity

if TYPE_CHECKING:
    from spiders.pages import Page

_CALL = re.compile(r"(?<!function )\bcreatePage(?:HTML)?\s*\(([^(){};]*)\)")
_COUNT = re.compile(r"\bcountPage\s*=\s*(\d{1,4})")
_CURRENT = re.compile(r"\bcurrentPage\s*=\s*(\d{1,4})")
_INLINE_STEM = re.compile(r"href=\\?[\"']?([\w-]+)\\?[\"']?\s*\+\s*\\?[\"']_")
_INLINE_EXTENSION = re.compile(r"[\"']\.[\"']?\s*\+\s*\\?[\"'](s?html?|jhtml)\b")
_ARTICLE = re.compile(r"t\d{8}_\d+\.s?html?", re.IGNORECASE)
_QUOTED_ARTICLE = re.compile(r"[\"']([^\"'\s<>]*t\d{8}_\d+\.s?html?)\\?[\"']", re.IGNORECASE)
_SCRIPT_TITLE = re.compile(r"\btitle\w*\s*=\s*(?P<quote>[\"'])(?P<title>.*?)(?<!\\)(?P=quote)", re.IGNORECASE)
_PAGE_NAME = re.compile(r"^(?P<stem>.*?)(?:_(?P<number>\d{1,4}))?\.(?P<extension>s?html?|jhtml)$")


@dataclass(frozen=True, slots=True)
class _Pager:
    """What the script says: pages in all, name of the pages (`named`: in so many words), what page 2 is numbered."""

    pages: int
    stem: str
    extension: str
    second: int
    named: bool = True


class Trs(Family):
    """Lists of TRS WCM.

    Page n of `index.html` is `index_{n-1}.html`; the number of pages stands in a call of `createPageHTML` in one of
    several argument orders, or in `countPage` of an inline script.
    """

    name: ClassVar[str] = "trs"
    rank: ClassVar[int] = 120
    article: ClassVar[re.Pattern[str] | None] = _ARTICLE

    def recognises(self, page: Page) -> str | None:
        """Return the first sign of TRS on a page."""
        for sign in (_CALL, _COUNT, _ARTICLE):
            match = sign.search(page.text)
            if match:
                return match.group()
        return "TRS_Editor" if "TRS_Editor" in page.text else None

    def rows(self, page: Page) -> list[Row]:
        """Return the rows of the page's markup and of its scripts; where there are none, those in comments."""
        rows = link_rows(page, page.anchors, _ARTICLE)
        known = {identity(row.url) for row in rows}
        rows += [row for row in _script_rows(page) if identity(row.url) not in known]
        if not rows:
            for comment in page.comments:
                rows += link_rows(page, page.hidden_anchors(comment), _ARTICLE)
        return rows

    def onward(self, page: Page, column: Column) -> Onward:
        """Follow the script's pager, or a printed one where there is no script."""
        return script_onward(page, column) or usual_onward(page, column)


def script_onward(page: Page, column: Column) -> Onward | None:
    """Follow the pager that a script of the page writes; None where there is no such script."""
    pager = _pager(page, column)
    if pager is None:
        return None
    number = column.pages + 1
    if number > pager.pages:
        return Onward(complete=True, declared=True)
    step = _step(column.url, pager, number)
    spelled = [] if pager.named else spelled_pages(page, number)
    if spelled and spelled[0] != step.url:  # the script puts the number of the column in between
        step = Step(url=spelled[0], empty=step, repeated=step)
    return Onward(steps=(step,), declared=True)


def _step(first: str, pager: _Pager, number: int) -> Step:
    """The request for page `number`, and for the one after it should this one be missing."""
    after = (
        Step(url=_page_url(first, pager, number + 1))  # one hole is stepped over; two in a row end the reading
        if number + 1 <= pager.pages
        else None
    )
    return Step(url=_page_url(first, pager, number), skip=after)


def _page_url(first: str, pager: _Pager, number: int) -> str:
    return urljoin(first, f"{pager.stem}_{pager.second + number - 2}.{pager.extension}")


def _pager(page: Page, column: Column) -> _Pager | None:
    for call in _CALL.finditer(page.text):
        pager = _from_call(call.group(1), column.url)
        if pager is not None:
            return pager
    match_count = next((match for script in page.scripts if (match := _COUNT.search(script))), None)
    if match_count is None or not any(_CURRENT.search(script) or "createPage" in script for script in page.scripts):
        return None
    name_stem, name_extension = _name(column.url)
    stem, extension = _INLINE_STEM.search(match_count.string), _INLINE_EXTENSION.search(match_count.string)
    return _Pager(
        pages=int(match_count.group(1)),
        stem=stem.group(1) if stem else name_stem,
        extension=extension.group(1) if extension else name_extension,
        second=1,
        named=stem is not None,
    )


def _from_call(arguments: str, first: str) -> _Pager | None:
    """Read a call of createPageHTML: the orders seen on real portals.

    `(pages, current, stem, ext)`, `(pages, current, stem)`, `(records, pages, current, stem, ext)`, and with the id of
    a div in front `(div, pages, current, stem, ext, records)`, whose pages are numbered from 1.
    """
    parts = [part.strip() for part in arguments.split(",")]
    words = [part[1:-1] for part in parts if len(part) > 1 and part[0] in "\"'" and part[-1] == part[0]]
    if len([part for part in parts if part.isdigit()]) + len(words) != len(parts):
        return None  # the definition of the function, or a call with variables
    with_div = not parts[0].isdigit()
    lead: list[int] = []
    for part in parts[1:] if with_div else parts:
        if not part.isdigit():
            break
        lead.append(int(part))
    names = words[1:] if with_div else words
    if not lead:
        return None
    pages = lead[1] if len(lead) > 2 else lead[0]  # noqa: PLR2004  records in front of pages and current page
    stem, extension = _name(first)
    if names and names[0]:
        stem = names[0]
    if len(names) > 1 and names[1]:
        extension = names[1].lstrip(".")
    from_one = with_div or urlsplit(first).path.endswith(f"/{stem}_1.{extension}")
    return _Pager(pages=pages, stem=stem, extension=extension, second=2 if from_one else 1)


def _name(first: str) -> tuple[str, str]:
    """Stem and extension of the pages of a list, from the URL of its first page."""
    match = _PAGE_NAME.match(urlsplit(first).path.rpartition("/")[2])
    return (match["stem"], match["extension"]) if match and match["stem"] else ("index", "html")


def _script_rows(page: Page) -> list[Row]:
    """Rows that the page's scripts write: link and title in variables, or markup in document.write."""
    rows: list[Row] = []
    for script in page.scripts:
        if not _ARTICLE.search(script):
            continue
        plain = script.replace('\\"', '"').replace("\\'", "'").replace("\\/", "/")
        written = _written(plain)
        for fragment in written:
            rows += _fragment_rows(page, fragment)
        if not written:
            rows += _variable_rows(page, script)
    return rows


def _written(script: str) -> list[str]:
    """Cut the markup in a script into pieces of one link each, with what follows it up to the next: its date."""
    return [f"<a {piece}" for piece in re.split(r"<a\s", script, flags=re.IGNORECASE)[1:] if _ARTICLE.search(piece)]


def _fragment_rows(page: Page, fragment: str) -> list[Row]:
    soup = BeautifulSoup(fragment, "html.parser")
    rows = []
    for link in soup.find_all("a", href=_ARTICLE):
        url = page.resolve(str(link["href"]))
        if url is not None:
            title = link.get("title")
            rows.append(
                make_row(
                    url, squeeze(link.get_text()), squeeze(str(title)) if title else None, find_date(soup.get_text())
                )
            )
    return rows


def _variable_rows(page: Page, script: str) -> list[Row]:
    """One row for each article URL in a string; its title and date stand between it and the next one."""
    links = list(_QUOTED_ARTICLE.finditer(script))
    rows = []
    for position, link in enumerate(links):
        url = page.resolve(link.group(1))
        end = links[position + 1].start() if position + 1 < len(links) else len(script)
        title = _SCRIPT_TITLE.search(script, link.end(), end)
        if title is None and len(links) == 1:
            title = _SCRIPT_TITLE.search(script)
        if url is not None:
            shown = squeeze(title["title"]) if title else ""
            rows.append(make_row(url, shown, None, find_date(script[link.end() : end])))
    return rows


class TrsSpider(PortalSpider):
    """Reads portals made with TRS WCM (海云, 拓尔思).

    Recognised by:
        `createPageHTML(` or `createPage(` with a page count, `countPage=` in an inline script, article names like
        `t20260121_2042499.htm`, `TRS_Editor`.
    Lists:
        Static pages of `li` or `tr` rows with relative links; the visible text is often cut off and the full title
        stands in the title attribute. Some portals write each row by a script (`var url=…; var title=…`).
    Paging:
        Page n is `{stem}_{n-1}.{ext}`, stem and extension from the script or from the name of page 1. A page of a few
        hundred bytes without a row lies behind the end.
    Articles:
        `./YYYYMM/tYYYYMMDD_ID.(s)htm(l)`, or a `P0….pdf` beside it; the date in the name may differ from the one shown.
    Caveats:
        A server may keep only the first pages of a long list: then the declared number is not reached and the column
        does not count as read to its end.
    History:
        2026-11: written from descriptions of the family and from one real list page of 2020.
    """

    name = "trs"
    family = Trs()
