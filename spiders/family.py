"""What a family of portal software has to say about itself: the joint between the families and the crawl.

A family is stateless and never fetches: it looks at a page and answers three questions. Is this yours? What rows does
its list have? Where does the list go on? The crawl (`spiders.portal`) asks, requests and counts.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from abc import ABC, abstractmethod
from dataclasses import dataclass, field, replace
from enum import IntEnum
from functools import cache
from typing import TYPE_CHECKING, ClassVar

import spiders
from gicrawl.portals.sites import same_site
from spiders.pages import Anchor, Page, find_date, row_text, table_heads
from spiders.urls import identity, is_article, is_folder, shared_segments
from spiders.vocabulary import (
    TitleSays,
    goes_on,
    is_column_name,
    is_cut_off,
    names_bodies,
    names_body,
    names_column,
    names_year,
    says_nothing,
    title_says,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

POSTED = "posted"
"""Counter of a `Column`: pages that came only for a POST."""

MAX_PAGES = 200
"""List pages of one column; the longest real column seen has 56."""
MOST_BARREN = 12
"""List pages in a row without anything like a report: a list of everything has some; a calendar has nothing else."""


_DATE_BEHIND = re.compile(r"\s*[\[(（【]?\s*(?:19|20)\d\d\s*[-./年]\s*\d{1,2}\s*[-./月]\s*\d{1,2}日?\s*[\])）】]?\s*$")
"""The date of a row whose link is the whole row."""


class Promise(IntEnum):
    """What a page without rows says of the list it stands for."""

    NOTHING = 0
    LIST = 1
    """Its rows are to be asked for; which column it is, the page or the link to it must say."""
    REPORTS = 2
    """It names the report column among others, and its rows are to be asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Enclosed:
    """A file that a list names together with an article.

    Attributes:
        url: absolute.
        text: its name.
    """

    url: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row of a list page.

    Attributes:
        url: where it leads, as printed, absolute.
        text: what the link shows.
        title: the full title where the page has it elsewhere than in the visible text.
        date: YYYY-MM-DD as printed in the row, or None.
        says: what the title promises.
        enclosed: files of the article that the list itself names.
    """

    url: str
    text: str
    title: str | None
    date: str | None
    says: TitleSays
    enclosed: tuple[Enclosed, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """The request for one more page of a list.

    Attributes:
        form: fields of a POST body; None: GET.
        json: a POST body in JSON; None: none.
        values: what the family made this request of, for reading the answer and asking for the next page.
        prelude: it brings what the list is asked for with, and no row itself.
        empty: what to try instead when this fails or brings no row.
        repeated: what to try instead when it brings only rows that are known already.
        skip: what to go on with when this one cannot be had at all; the column then has a hole.
    """

    url: str
    form: tuple[tuple[str, str], ...] | None = None
    json: str | None = None
    values: tuple[tuple[str, str], ...] = ()
    prelude: bool = False
    empty: Step | None = None
    repeated: Step | None = None
    skip: Step | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Onward:
    """How a list goes on after a page.

    Attributes:
        steps: the requests for what follows; none at the end, or where the pager cannot be understood.
        complete: the page is certainly the last one.
        declared: the page says how much there is, so that ending early is no end.
    """

    steps: tuple[Step, ...] = ()
    complete: bool = False
    declared: bool = False


@dataclass(slots=True)
class Column:
    """What is known of a list while it is read.

    Attributes:
        url: its first page.
        depth: how many columns lie above it.
        seen: identities of the rows read so far.
        pages: pages read.
        fresh: new rows on the page read last.
        step: the request that brought it; None for the first page.
        whole: no page of it has failed so far.
        declared: a page has said how much there is.
        previous: identities of the rows of the page read last.
        prints: what the rows of the pages so far say, a hash of each page.
        counters: for the family's own use: records read by unit, a habit of the server.
        most: pages that are read at most.
        patience: pages in a row without anything like a report after which it is left.
    """

    url: str
    family: Family
    depth: int
    seen: set[str] = field(default_factory=set)
    pages: int = 0
    fresh: int = 0
    step: Step | None = None
    whole: bool = True
    declared: bool = False
    previous: frozenset[str] = frozenset()
    prints: set[int] = field(default_factory=set)
    counters: dict[str, int] = field(default_factory=dict)
    most: int = MAX_PAGES
    patience: int = MOST_BARREN


class Family(ABC):
    """One kind of portal software.

    Attributes:
        name: short, stable; ends up as the layout of a page in the archive.
        rank: order in which families are asked, the most telling signs first.
        article: shape of the article URLs, where the software has one of its own.
    """

    name: ClassVar[str]
    rank: ClassVar[int]
    article: ClassVar[re.Pattern[str] | None] = None

    @abstractmethod
    def recognises(self, page: Page) -> str | None:
        """Return the evidence that a page was made by this software, or None."""

    def rows(self, page: Page) -> list[Row]:
        """Return the rows of the list on a page, reports or not, in document order."""
        return link_rows(page, page.anchors, self.article)

    def further_rows(self, page: Page, step: Step) -> list[Row]:
        """Return the rows of a page that `step` brought."""
        del step  # for families whose answers do not say what they were asked
        return self.rows(page)

    def promise(self, page: Page) -> Promise:
        """Say whether a page without rows stands for a list whose rows have to be asked for."""
        del page  # most families print their first rows
        return Promise.NOTHING

    @abstractmethod
    def onward(self, page: Page, column: Column) -> Onward:
        """Say how the list goes on; `column` has already counted this page and its rows."""


@cache
def families() -> tuple[Family, ...]:
    """Return every family there is: the concrete `Family` classes of the modules in `spiders`, in order of rank."""
    found: dict[str, Family] = {}
    for module in pkgutil.iter_modules(spiders.__path__, "spiders."):
        for member in vars(importlib.import_module(module.name)).values():
            if (
                isinstance(member, type)
                and issubclass(member, Family)
                and member.__module__ == module.name
                and "name" in vars(member)
            ):
                found[member.name] = member()
    return tuple(sorted(found.values(), key=lambda family: family.rank))


def make_row(url: str, text: str, title: str | None, date: str | None) -> Row:
    """Make a row and judge its title: the best that any of its texts promises, the full one before the cut-off one."""
    shown = _DATE_BEHIND.sub("", text) or text
    full = title if title and (is_cut_off(shown) or says_nothing(shown) or len(title) > len(shown)) else shown
    says = title_says(full)
    if title and full is shown and not is_cut_off(title):
        says = max(says, title_says(title))
    return Row(url=url, text=text, title=title, date=date, says=says)


def link_rows(page: Page, anchors: Iterable[Anchor], article: re.Pattern[str] | None) -> list[Row]:
    """Pick the rows out of a page's links.

    A link is a row if its title could be a report's, or if its URL has the shape of an article and it lies near the
    page's own path: hot-news blocks beside the list link into other columns. The page's menus, its pager and links to
    other sites are no rows, whatever they say; a report on another site is a row that the crawl records and does not
    follow.
    """
    rows: list[Row] = []
    known: set[str] = {identity(page.url)}
    for anchor in anchors:
        key = identity(anchor.url)
        if key in known:
            continue
        row = _row(page, anchor, article)
        if row is not None:
            known.add(key)
            rows.append(row)
    return rows


def _row(page: Page, anchor: Anchor, article: re.Pattern[str] | None) -> Row | None:
    shaped = is_article(anchor.url) or (article is not None and article.search(anchor.url) is not None)
    if not shaped and (any(is_column_name(name) for name in anchor.names) or _is_column_link(anchor)):
        return None
    text, title = anchor.text, anchor.title
    if says_nothing(text) and says_nothing(title or ""):
        title = row_text(anchor.element)  # 查看 behind a title in another cell of the row
    row = make_row(anchor.url, text, title, None)
    if row.says is TitleSays.OTHER:
        row = _told_by_its_place(anchor, row)
    if row.says is TitleSays.OTHER and not (shaped and _is_near(anchor.url, page.url)):
        return None
    if row.says is TitleSays.DOUBT and not same_site(anchor.url, page.url):
        return None
    return Row(url=row.url, text=row.text, title=row.title, date=find_date(row_text(anchor.element)), says=row.says)


def _told_by_its_place(anchor: Anchor, row: Row) -> Row:
    """Take a title cut off without a sign of it, and 查看 in a table of bodies and years, for doubtful rows."""
    if says_nothing(anchor.text) and says_nothing(anchor.title or ""):
        first, head = table_heads(anchor.element)
        if names_body(first) and names_year(head):
            return replace(row, title=f"{first} {head}", says=TitleSays.DOUBT)
    return replace(row, says=TitleSays.DOUBT) if goes_on(row.text) else row


def _is_near(url: str, column: str) -> bool:
    """Whether a link shares two leading path segments with the column, or all that the column has."""
    return same_site(url, column) and shared_segments(url, column) >= min(2, shared_segments(column, column))


def _is_column_link(anchor: Anchor) -> bool:
    """Say whether a link names a column or a part of one rather than a document.

    What has a report's title counts as a report until it has been seen: some systems give articles folder-like URLs.
    """
    if not is_folder(anchor.url) or any(title_says(name) is TitleSays.REPORT for name in anchor.names):
        return False
    return any(names_column(name) > 0 or names_year(name) or names_bodies(name) for name in anchor.names)
