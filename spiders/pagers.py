"""Pagers that any portal may have: a printed link to the next page, numbered links, totals in scripts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from spiders.urls import identity, same_site
from spiders.vocabulary import normalise

if TYPE_CHECKING:
    from spiders.pages import Anchor, Page

_NEXT = frozenset({"下一页", "下页", "后一页", "下一頁", "next", "nextpage"})
_LAST = frozenset({"尾页", "末页", "最后一页", "last"})
_WORDS = re.compile(r"[^\w]+")
_TOTAL = re.compile(r"\b(?:contenpage|totalPages?|pageCount|countPage|pages)\b['\"]?\s*[=:]\s*['\"]?(\d{1,4})\b")
_OF = re.compile(r"共(?:计|有)?(\d{1,4})页|第?\d{1,4}/(\d{1,4})页")
_QUERY_PAGERS = ("page", "pageNo", "pageNum", "pageIndex", "PageIndex", "currPage", "cur_page", "pn", "p", "PAGENUM")
_NEXT_ONLY = re.compile(r"^(?:上一页|上页|首页|第一页|\d+|下一页|下页|尾页|末页)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """What the pager printed on a page says.

    Attributes:
        next: URL of the next page, or None.
        present: the page has a pager at all.
        last: the pager says that nothing follows.
    """

    next: str | None
    present: bool
    last: bool


def printed_pager(page: Page, number: int) -> Printed:
    """Read the pager in the page's links; `number` is this page's, counted from 1."""
    own = identity(page.url)
    following = [anchor for anchor in page.anchors if _says(anchor, _NEXT) and same_site(anchor.url, page.url)]
    for anchor in following:
        if identity(anchor.url) != own:
            return Printed(next=anchor.url, present=True, last=False)
    numbered = [
        anchor for anchor in page.anchors if anchor.text.strip(" []【】").isdigit() and _alike(anchor.url, page.url)
    ]
    for anchor in numbered:
        if int(anchor.text.strip(" []【】")) == number + 1 and identity(anchor.url) != own:
            return Printed(next=anchor.url, present=True, last=False)
    if following or numbered:
        return Printed(next=None, present=True, last=True)
    words = normalise(page.tree.text)
    present = any(word in words for word in ("下一页", "下页", "尾页", "末页"))
    total = declared_total(page)
    # A pager of dead text ("上一页 下一页") on a page that counts one page in all is what a single page looks like.
    return Printed(next=None, present=present, last=not present or total == 1)


def _says(anchor: Anchor, words: frozenset[str]) -> bool:
    return any(_WORDS.sub("", normalise(name)).lower() in words for name in anchor.names)


def _alike(url: str, page: str) -> bool:
    """Whether two URLs differ in page name or query only."""
    return urljoin(url, ".") == urljoin(page, ".")


def declared_total(page: Page) -> int | None:
    """Return the number of list pages that a script or the text declares, or None."""
    for script in page.scripts:
        match = _TOTAL.search(script)
        if match:
            return int(match.group(1))
    match = _OF.search(normalise(page.tree.text))
    return int(match.group(1) or match.group(2)) if match else None


def guesses(first: str, number: int) -> list[str]:
    """Return where portals put page `number` (from 2) of a list whose first page is `first`, the commonest first."""
    parts = urlsplit(first)
    folder, _, name = parts.path.rpartition("/")
    stem, dot, extension = (name or "index.html").rpartition(".")
    if not dot:
        stem, extension = name, "html"
    paths = [f"{folder}/{stem}_{number - 1}.{extension}", f"{folder}/{stem}_{number}.{extension}"]
    found = [urlunsplit(parts._replace(path=path)) for path in paths]
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    known = [key for key, _ in pairs if key in _QUERY_PAGERS]
    if known:
        query = urlencode([(key, str(number) if key in known else value) for key, value in pairs])
        return [urlunsplit(parts._replace(query=query)), *found]
    query = urlencode([*pairs, ("page", str(number))])
    return [*found, urlunsplit(parts._replace(query=query))]
