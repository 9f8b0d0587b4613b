"""The parts of a report column: one a year, one a body or a kind of bodies."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

import turbohtml

from gicrawl.portals.sites import same_site
from spiders.clicks import buried_anchors
from spiders.selecting import chosen_anchors
from spiders.urls import below, identity, is_article, is_folder, is_root
from spiders.vocabulary import (
    STRONG,
    TitleSays,
    names_bodies,
    names_body,
    names_column,
    names_kind,
    names_year,
    title_says,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from spiders.family import Row
    from spiders.pages import Anchor, Page

_YEAR = re.compile(r"\s*(?:19|20)\d\d年?度?\s*$")
_LONGEST_HEADING = 24
_MOST_UNDER = 80
_SOME_BODIES = 3


@dataclass(frozen=True, slots=True)
class Part:
    """A link to a part of a column.

    Attributes:
        anchor: the link.
        leaf: it may be the one report of its year or body, and no list of them.
    """

    anchor: Anchor
    leaf: bool


def parts_of(page: Page, rows: Sequence[Row], menu: Collection[str], *, is_part: bool = False) -> Iterator[Part]:
    """Yield the parts of a column that its page links to.

    Args:
        page: of the column.
        rows: of its list; those asked for as reports are read as columns should they turn out to be some.
        menu: identities of what the portal's home page links to.
        is_part: the column is itself a part of one.
    """
    asked = {identity(row.url) for row in rows if row.says is not TitleSays.OTHER}
    eligible = [
        anchor
        for anchor in [*page.anchors, *buried_anchors(page), *chosen_anchors(page)]
        if identity(anchor.url) != identity(page.url)
        and same_site(anchor.url, page.url)
        and not is_article(anchor.url)
        and (is_folder(anchor.url) or _belongs(anchor.url, page.url))
    ]
    parts = [anchor for anchor in eligible if _is_part(anchor, page)]
    if all(row.says is not TitleSays.REPORT for row in rows):
        if not parts:
            parts = _tabs_and_bodies(eligible, page, menu)
        if is_part:  # beside kinds of bodies there are kinds that nobody has names for
            parts = [anchor for anchor in eligible if anchor in parts or _lies_in(anchor, page, menu)] or parts
    for anchor in parts:
        # What the program that made this page is asked for is of its kind.
        leaf = not is_folder(anchor.url) and urlsplit(anchor.url).path != urlsplit(page.url).path
        if not (leaf and identity(anchor.url) in asked):
            yield Part(anchor, leaf)


def parts_under_headings(page: Page) -> Iterator[Part]:
    """Yield the links below a heading that names the column and leads nowhere: years, bodies, kinds of them."""
    for heading in page.tree.find_all(["a", "span", "b", "strong", "h2", "h3", "h4", "h5", "dt", "p", "div"]):
        if names_column(heading.text[:_LONGEST_HEADING]) < STRONG or len(heading.text.strip()) > _LONGEST_HEADING:
            continue
        href = heading.attr("href")
        if (isinstance(href, str) and page.resolve(href) is not None) or heading.find("a") is not None:
            continue
        below_it = heading.parent
        links = below_it.find_all("a") if isinstance(below_it, turbohtml.Element) else []
        for anchor in page.anchors_of(links[:_MOST_UNDER]):
            if not same_site(anchor.url, page.url) or is_article(anchor.url) or is_root(anchor.url):
                continue
            if any(_names_part(name) or names_kind(name) or _YEAR.match(name) for name in anchor.names):
                yield Part(anchor, leaf=not is_folder(anchor.url))


def _is_part(anchor: Anchor, page: Page) -> bool:
    if any(title_says(name) is TitleSays.REPORT for name in anchor.names):
        return False  # requested as an article, and read as a column should it turn out to be one
    if any(names_year(name) for name in anchor.names):
        return True
    if urlsplit(anchor.url).query or not is_folder(anchor.url):
        return _belongs(anchor.url, page.url) and any(map(_names_part, anchor.names))
    if not below(anchor.url, page.url):
        return False
    return any(_names_part(name) or title_says(name) is TitleSays.DOUBT for name in anchor.names)


def _is_tab(anchor: Anchor, menu: Collection[str]) -> bool:
    """Whether a link of a column without reports is that of a kind of body, and none of the portal's menu."""
    if identity(anchor.url) in menu or is_root(anchor.url) or not is_folder(anchor.url):
        return False
    return any(map(names_kind, anchor.names))


def _is_list_of_body(anchor: Anchor, page: Page, menu: Collection[str]) -> bool:
    """Whether a link names a body and may lead to a list: to no document, no site's home, nothing of the menu."""
    return (
        same_site(anchor.url, page.url)
        and not (is_article(anchor.url) or is_root(anchor.url))
        and identity(anchor.url) not in menu
        and identity(anchor.url) != identity(page.url)
        and any(names_body(name) or names_bodies(name) or names_kind(name) for name in anchor.names)
    )


def _tabs_and_bodies(eligible: Sequence[Anchor], page: Page, menu: Collection[str]) -> list[Anchor]:
    """Return the parts of a column that shows nothing but kinds or names of bodies, wherever their lists lie."""
    parts = [anchor for anchor in eligible if _is_tab(anchor, menu)]
    bodies = [anchor for anchor in page.anchors if _is_list_of_body(anchor, page, menu)]
    some = len({identity(anchor.url) for anchor in bodies}) >= _SOME_BODIES
    return [*parts, *(anchor for anchor in bodies if some and anchor not in parts)]


def _lies_in(anchor: Anchor, page: Page, menu: Collection[str]) -> bool:
    """Whether a link leads to a folder within that of a column."""
    return (
        below(anchor.url, page.url)
        and is_folder(anchor.url)
        and identity(anchor.url) not in menu
        and not urlsplit(anchor.url).query
    )


def _names_part(name: str) -> bool:
    """Whether a link names a year, a body or a kind of bodies."""
    return names_year(name) or names_bodies(name) or names_body(name)


def _belongs(url: str, column: str) -> bool:
    """Whether a URL lies below a column, or is another question to a program in the column's folder."""
    return below(url, column) or (bool(urlsplit(url).query) and urljoin(url, ".") == urljoin(column, "."))
