"""What to ask another archive about a portal: everything below its report columns, or what looks like one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from gicrawl.crawling.elsewhere.index import Match, Query

if TYPE_CHECKING:
    from gicrawl.portals.registry import Portal

COLUMN_SHAPE = "(zfxxgk[a-z_]*(nb|ndbg|bg)|xxgk[a-z_]*(nb|ndbg|bg)|gknb|gkndbg|annualreport|/ndbg/|/nb/)"
"""Path segments by which report columns of portals are known; for portals of which no column is known yet.

Plain enough for the regular expressions of Java (the Internet Archive) and of Python (pywb, Common Crawl).
"""

_HANWEB = re.compile(r"/col/col(\d+)/", re.IGNORECASE)
"""Columns whose articles lie elsewhere, with the column's number in their names: /art/2021/1/29/art_345_99.html."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """What to bring of one portal.

    Attributes:
        portal: id in the registry, or None for a URL that the user named.
        columns: pages that list reports.
        queries: what to ask the index.
    """

    portal: str | None
    columns: tuple[str, ...]
    queries: tuple[Query, ...]

    @property
    def name(self) -> str:
        """What the user calls it."""
        return self.portal or self.queries[0].url


def errand_of(portal: Portal, years: tuple[int, int] | None = None) -> Errand:
    """What to bring of a registered portal.

    Args:
        portal: its entry.
        years: first and last report year of interest; what was captured before the first one is no report of them.
    """
    since = None if years is None else years[0]
    if portal.columns:
        queries = tuple(dict.fromkeys(query for column in portal.columns for query in _of(column, since)))
        return Errand(portal=portal.id, columns=portal.columns, queries=queries)
    query = Query(url=portal.home, match=Match.HOST, shape=COLUMN_SHAPE, since=since)
    return Errand(portal=portal.id, columns=(), queries=(query,))


def errand_for(url: str, years: tuple[int, int] | None = None) -> Errand:
    """What to bring of a URL that the user named: a report column, or a host."""
    since = None if years is None else years[0]
    if urlsplit(url).path.strip("/"):
        return Errand(portal=None, columns=(url,), queries=_of(url, since))
    return Errand(portal=None, columns=(), queries=(Query(url=url, match=Match.HOST, shape=COLUMN_SHAPE, since=since),))


def _of(column: str, since: int | None) -> tuple[Query, ...]:
    """What lies below a column, and its articles where its software keeps them apart."""
    number = _HANWEB.search(urlsplit(column).path)
    if number is None:
        return (_below(column, since),)
    parts = urlsplit(column)
    articles = f"{parts.scheme}://{parts.netloc}/art"
    return (
        _below(column, since),
        Query(url=articles, match=Match.PREFIX, shape=f"/art_{number[1]}_", since=since),
    )


def _below(column: str, since: int | None) -> Query:
    """Everything in the folder of a column; of a column that lies in no folder of its own, only itself.

    Without the final slash, under which indexes file the column's first page.
    """
    parts = urlsplit(column)
    folder = parts.path.rpartition("/")[0]
    if not folder.strip("/"):
        return Query(url=column, match=Match.EXACT, since=since)
    return Query(url=f"{parts.scheme}://{parts.netloc}{folder}", match=Match.PREFIX, since=since)
