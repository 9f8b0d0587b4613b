"""Pagers that any portal may have: a printed link to the next page, numbered links, totals in scripts."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from gicrawl.portals.sites import same_site
from spiders.clicks import clicked_anchors
from spiders.family import Onward, Step
from spiders.script_asks import PAGE_NUMBER
from spiders.turning import spelled_pages, widget_total
from spiders.urls import identity
from spiders.vocabulary import normalise

if TYPE_CHECKING:
    from collections.abc import Sequence

    import turbohtml

    from spiders.family import Column
    from spiders.pages import Anchor, Page

_NEXT = frozenset({"下一页", "下页", "后一页", "nextpage", "加载更多", "点击加载更多"})
_NEXT_SIGNS = frozenset({">", "›", "→", "»"})
"""Signs that stand for 下一页; `>>` is the last page as often."""
_LAST = frozenset({"尾页", "末页", "最后一页"})
_BACK = frozenset({"上一页", "上页", "前一页", "prev", "previous"})
_FIRST = frozenset({"首页", "第一页"})
_NEXT_MARKS = frozenset({"next", "nextpage", "next-page", "page-next", "pager-next", "pagination-next", "next_page"})
_LONGEST_SIGN = 8
_PAGED = re.compile(r"/(?:page|paged|p)[/_-]?\d{1,4}/?$", re.IGNORECASE)
_LONGEST_BUTTON = 20
_POST_BACK = re.compile(r"__doPostBack\(\s*['\"]([^'\"]*)['\"]\s*,\s*['\"]([^'\"]*)['\"]")
_WORDS = re.compile(r"[^\w]+")
_TOTAL = re.compile(
    r"\b(?:contenpage|totalPages?|pageCount|countPage|pages|pagination\w*\.total)\b['\"]?\s*[=:]\s*['\"]?(\d{1,4})\b"
)
_OPTIONS = re.compile(
    r"(?:laypage\w*|pag(?:ination|inator|er|e)\w*)(?:\.\w+)?\s*\(\s*\{([^{}]{1,600})"
    r"|pag(?:ination|inator|er)\w*\s*=\s*\{([^{}]{1,600})",
    re.IGNORECASE,
)
_ROWS = re.compile(r"\b(?:count|total(?:Data|Records?|Count|Num|Rows?)?)['\"]?\s*:\s*['\"]?(\d{1,6})\b")
_A_PAGE = re.compile(
    r"\b(?:limit|(?:page_?|per_?)size|showData|(?:items?_?)?per_?page|page_?rows)['\"]?\s*:\s*['\"]?(\d{1,3})\b",
    re.IGNORECASE,
)
_IN_ALL = re.compile(r"\btotal['\"]?\s*:\s*['\"]?(\d{1,4})\b")
_OF = re.compile(r"共(?:计|有)?(\d{1,4})页|第?\d{1,4}/(\d{1,4})页")
_QUERY_PAGERS = ("page", "pageNo", "pageIndex", "cur_page", "pageNum", "currPage", "PAGENUM", "PageIndex", "pn", "p")
_COUNTED = re.compile(r"(?:^|[-_a-z])([01])$", re.IGNORECASE)
_PROGRAMS = frozenset({"jsp", "aspx", "asp", "php", "do", "action", "jspx"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """What the pager printed on a page says.

    Attributes:
        next: URL of the next page, or None.
        last: nothing follows: there is no pager, or it says so.
        script: the code that alone turns the page, or None.
    """

    next: str | None
    last: bool
    script: str | None = None


def printed_pager(page: Page, number: int) -> Printed:
    """Read the pager in the page's links; `number` is this page's, counted from 1."""
    own = identity(page.url)
    anchors = [*page.anchors, *clicked_anchors(page)]
    following = [anchor for anchor in anchors if _is_next(anchor, page)] or _marked_next(anchors, page)
    numbered = [anchor for anchor in anchors if _number(anchor) and _is_beside(anchor.url, page.url)]
    for anchor in (*following, *(anchor for anchor in numbered if _number(anchor) == number + 1)):
        if identity(anchor.url) != own:
            return Printed(next=anchor.url, last=False)
    declared = _declared_next(page) if not following else None
    if declared is not None and identity(declared) != own:
        return Printed(next=declared, last=False)
    words = normalise(page.tree.text)
    if following or not any(word in words for word in (*_NEXT, *_LAST)):
        return Printed(next=None, last=True)  # 下一页 that leads to this page itself, or no pager
    # 下一页 is there as a dead text or for a script. Dead beside a living 上一页 it is the mark of the last page.
    script = _scripted_next(page)
    turned = any(_says(anchor, _BACK) for anchor in anchors)
    total = declared_total(page)
    last = (turned and number > 1 and script is None) or (total is not None and number >= total)
    return Printed(next=None, last=last, script=None if last else script)


def _is_next(anchor: Anchor, page: Page) -> bool:
    if _says(anchor, _NEXT) or anchor.text.strip().lower() == "next":
        return same_site(anchor.url, page.url)
    return anchor.text.strip() in _NEXT_SIGNS and _is_beside(anchor.url, page.url)


def _marked_next(anchors: Sequence[Anchor], page: Page) -> list[Anchor]:
    """Return the links that attributes call the next page; none where several do: a pager's buttons share a class."""
    found = [
        anchor
        for anchor in anchors
        if not _NEXT_MARKS.isdisjoint(mark.lower() for mark in _marks(anchor.element, "rel", "class"))
        and len(anchor.text) <= _LONGEST_SIGN
        and not _says(anchor, _BACK | _FIRST | _LAST)
        and _is_beside(anchor.url, page.url)
    ]
    return found if len({identity(anchor.url) for anchor in found}) == 1 else []


def _marks(element: turbohtml.Element, *names: str) -> list[str]:
    """Return the words of attributes that hold several."""
    values = [element.attr(name) for name in names]
    return [mark for value in values for mark in (value.split() if isinstance(value, str) else value or ())]


def _declared_next(page: Page) -> str | None:
    """Return the next page that the head of a page names (`<link rel="next">`), None where it names none beside it."""
    for element in page.tree.find_all("link"):
        href = element.attr("href")
        if isinstance(href, str) and "next" in (mark.lower() for mark in _marks(element, "rel")):
            url = page.resolve(href)
            return url if url is not None and _is_beside(url, page.url) else None
    return None


def _is_beside(url: str, page: str) -> bool:
    """Whether a URL could be another page of a list: in its folder, or in one named like it (`nb.htm`, `nb/2.htm`)."""
    stem = urlsplit(page).path.rpartition(".")[0]
    if _PAGED.search(urlsplit(url).path) and _unpaged(url) == _unpaged(page):  # `nb/` and `nb/page/2/`
        return True
    return urljoin(url, ".") == urljoin(page, ".") or (
        bool(stem) and same_site(url, page) and urlsplit(url).path.startswith(f"{stem}/")
    )


def _unpaged(url: str) -> str:
    return f"{urlsplit(url).netloc}{_PAGED.sub('/', urlsplit(url).path)}"


def _scripted_next(page: Page) -> str | None:
    """Return the code behind 下一页 where only a script turns the page, None where there is none."""
    for element in page.tree.find_all(["a", "span", "li", "button", "div", "input"]):
        shown = element.attr("value") if element.tag == "input" else element.text
        if not isinstance(shown, str) or len(shown) > _LONGEST_BUTTON:
            continue
        if _WORDS.sub("", normalise(shown)).lower() not in _NEXT:
            continue
        code = [one for one in (element.attr("href"), element.attr("onclick")) if isinstance(one, str) and one.strip()]
        if code and "disabled" not in f"{element.attr('class')}":
            return " ".join(code)
    return None


def _submitted(page: Page, code: str, number: int) -> Step | None:
    """Return the request of a page that is turned by sending a form: the one of ASP.NET, or one that counts pages."""
    target = _POST_BACK.search(html.unescape(code))
    for form in page.tree.find_all("form"):
        fields: dict[str, str] = {}
        for field in form.find_all("input"):
            name, value, kind = field.attr("name"), field.attr("value"), field.attr("type")
            if isinstance(name, str) and kind not in ("submit", "button", "image", "checkbox", "radio"):
                fields[name] = value if isinstance(value, str) else ""
        action = form.attr("action")
        url = page.resolve(action) if isinstance(action, str) and action.strip() else page.url
        method = form.attr("method")
        if url is None or not same_site(url, page.url):
            continue
        if target is not None and "__VIEWSTATE" in fields:
            sent = fields | {"__EVENTTARGET": target[1], "__EVENTARGUMENT": target[2]}
            return Step(url=url, form=tuple(sent.items()))
        counter = next((name for name in fields if PAGE_NUMBER.match(name)), None)
        if counter is None or target is not None:
            continue
        sent = fields | {counter: str(number)}
        if isinstance(method, str) and method.lower() == "post":
            return Step(url=url, form=tuple(sent.items()))
        return Step(url=urlunsplit(urlsplit(url)._replace(query=urlencode(sent))))
    return None


def usual_onward(page: Page, column: Column) -> Onward:
    """Follow the printed pager; where only a total is printed, try the usual names of page 2, 3, ….

    Which of the names works is learnt from page 2.
    """
    printed = printed_pager(page, column.pages)
    total = declared_total(page)
    if printed.next:
        return Onward(steps=(Step(url=printed.next),), declared=total is not None)
    if printed.script is not None or (total is not None and total > column.pages):
        submitted = _submitted(page, printed.script or "", column.pages + 1)
        if submitted is not None:
            return Onward(steps=(submitted,), declared=total is not None)
    if (total is None and printed.script is None) or (total is not None and total <= column.pages):
        return Onward(complete=printed.last or total is not None, declared=total is not None)
    urls = _turned(page, column.url, column.pages + 1)
    if column.step is not None:
        before = _turned(page, column.url, column.pages)
        worked = [url == column.step.url for url in before] if len(before) == len(urls) else []
        urls = [url for url, good in zip(urls, worked, strict=False) if good] or urls
    step: Step | None = None
    for url in reversed(list(dict.fromkeys(urls))):
        step = Step(url=url, empty=step, repeated=step)
    return Onward(steps=(step,) if step else (), declared=total is not None)


def _turned(page: Page, first: str, number: int) -> list[str]:
    """Where page `number` may be: as the page's scripts spell it, then where portals usually have it."""
    return [*spelled_pages(page, number), *guesses(first, number)]


def is_turn(anchor: Anchor) -> bool:
    """Say whether a link turns the pages of a list: a number, or 下一页 and the like."""
    return _number(anchor) is not None or _says(anchor, _NEXT | _LAST | _BACK | _FIRST)


def _number(anchor: Anchor) -> int | None:
    shown = anchor.text.strip(" []【】").removeprefix("第").removesuffix("页").strip()
    return int(shown) if shown.isdecimal() and len(shown) < 5 else None  # noqa: PLR2004  longer is no page number


def _says(anchor: Anchor, words: frozenset[str]) -> bool:
    return any(_WORDS.sub("", normalise(name)).lower() in words for name in anchor.names)


def declared_total(page: Page) -> int | None:
    """Return the number of list pages that a script or the text declares, or None."""
    for script in page.scripts:
        match = _TOTAL.search(script)
        if match:
            return int(match.group(1))
        pages = _of_options(script)
        if pages is not None:
            return pages
    match = _OF.search(normalise(page.tree.text))
    return int(match.group(1) or match.group(2)) if match else widget_total(page)


def _of_options(script: str) -> int | None:
    """Return the number of pages that the options of a pager say: rows in all and rows a page, or pages."""
    for match in _OPTIONS.finditer(script):
        options = (match[1] or match[2]).partition("function")[0]
        rows, size = _ROWS.search(options), _A_PAGE.search(options)
        if rows is not None and size is not None and int(size[1]):
            return -(-int(rows[1]) // int(size[1]))
        pages = _IN_ALL.search(options)
        if pages is not None:
            return int(pages[1])
    return None


def guesses(first: str, number: int) -> list[str]:
    """Return where portals put page `number` (from 2) of a list whose first page is `first`, the commonest first."""
    parts = urlsplit(first)
    folder, _, name = parts.path.rpartition("/")
    stem, dot, extension = (name or "index.html").rpartition(".")
    if not dot:
        stem, extension = name, "html"
    counted = _COUNTED.search(stem)
    if counted:  # `list-1.html`: the name of the first page has its number already
        paths = [
            f"{folder}/{stem[:-1]}{int(counted[1]) + number - 1}.{extension}",
            f"{folder}/{stem}_{number}.{extension}",
        ]
    else:
        paths = [f"{folder}/{stem}_{number - 1}.{extension}", f"{folder}/{stem}_{number}.{extension}"]
        if stem == "index":
            paths.append(f"{folder}/{number}.{extension}")
        else:
            paths += [f"{folder}/index_{number - 1}.{extension}", f"{folder}/index_{number}.{extension}"]
    found = [urlunsplit(parts._replace(path=path)) for path in paths]
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    known = [key for key, _ in pairs if key in _QUERY_PAGERS]
    if known:
        query = urlencode([(key, str(number) if key in known else value) for key, value in pairs])
        return [urlunsplit(parts._replace(query=query)), *found]
    asked = [
        urlunsplit(parts._replace(query=urlencode([*pairs, (name, str(number))])))
        for name in (_QUERY_PAGERS if extension in _PROGRAMS or pairs else _QUERY_PAGERS[:1])
    ]
    return asked if extension in _PROGRAMS or pairs else [*found, *asked]
