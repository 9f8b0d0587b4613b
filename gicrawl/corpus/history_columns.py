"""What a report column names, visit after visit, and what was taken off it. Knows nothing of archives.

A column is told to have lost a report only where all of it was read: every list page that is known to belong to it was
asked for in the same visit and read, or is gone, and one of them is its end. And only where the report was taken out: a
column that shows no more than its newest entries loses its oldest ones to new ones, and these are not withdrawn.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from uuid import UUID

Key = tuple[str, bytes]
"""A list page: its URL, and the body of the request."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPage:
    """A list page as one visit found it.

    Attributes:
        time: microseconds since 1970, UTC.
        referrer: URL of the page that led here.
        shows: whether it was read.
        missing: whether there is no such page.
        pages_end: whether the column ends here.
        links: report ids, in order.
    """

    capture: UUID
    run: UUID
    time: int
    key: Key
    referrer: str | None
    shows: bool
    missing: bool
    pages_end: bool
    links: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class ColumnsRead:
    """What one visit read.

    Attributes:
        linked: reports named on any list page.
        absent: reports that are no longer named by any column that named them, each with the first page of one.
        complete: the first page of a column, where all columns known were read to their ends; else None.
    """

    linked: frozenset[bytes]
    absent: Mapping[bytes, ListPage]
    complete: ListPage | None


@dataclass(slots=True)
class Columns:
    """The report columns of a place.

    Attributes:
        pages: first page → the pages known to be there.
        order: first page → reports in their order when all of it was last read.
        taken: report → first pages of the columns it was taken off.
    """

    pages: dict[str, set[Key]] = field(default_factory=dict)
    order: dict[str, tuple[bytes, ...]] = field(default_factory=dict)
    taken: dict[bytes, set[str]] = field(default_factory=dict)
    _parents: dict[str, str | None] = field(default_factory=dict)

    def visit(self, lists: Iterable[ListPage], aliases: Mapping[bytes, Iterable[bytes]]) -> ColumnsRead:
        """The next visit.

        Args:
            lists: its list pages, in the order asked for.
            aliases: report id of an address → those it leads on to.
        """
        newest = {page.key: page for page in lists}
        for page in newest.values():
            self._parents.setdefault(page.key[0], page.referrer)
        asked: dict[str, list[ListPage]] = {}
        for page in newest.values():
            asked.setdefault(self._first_page(page.key[0]), []).append(page)
        for root, pages in asked.items():
            there = self.pages.setdefault(root, set())
            there |= {page.key for page in pages if page.shows}
            there -= {page.key for page in pages if page.missing}
        linked = _with_aliases((one for page in newest.values() for one in page.links), aliases)
        whole = {root: pages for root, pages in asked.items() if self._is_whole(root, pages)}
        for root, pages in whole.items():
            self._compare(root, tuple(dict.fromkeys(one for page in pages for one in page.links)), aliases)
        for report in [report for report in self.taken if report in linked]:
            del self.taken[report]
        absent = {
            report: whole[min(roots)][0]
            for report, roots in self.taken.items()
            if roots <= whole.keys() and not any(report in self._named(root, aliases) for root in self.order)
        }
        all_read = bool(self.pages) and self.pages.keys() <= whole.keys()
        return ColumnsRead(frozenset(linked), absent, whole[min(whole)][0] if all_read else None)

    def _is_whole(self, root: str, pages: Sequence[ListPage]) -> bool:
        read = {page.key for page in pages if page.shows}
        return bool(read) and self.pages[root] <= read and any(page.pages_end for page in pages if page.shows)

    def _compare(self, root: str, now: tuple[bytes, ...], aliases: Mapping[bytes, Iterable[bytes]]) -> None:
        before = self.order.get(root, ())
        still = _with_aliases(now, aliases)
        last = max((place for place, report in enumerate(before) if report in still), default=-1)
        shorter = len(now) < len(before)
        for place, report in enumerate(before):
            if report not in still and (place < last or shorter):
                for one in _with_aliases((report,), aliases):
                    self.taken.setdefault(one, set()).add(root)
        self.order[root] = now

    def _named(self, root: str, aliases: Mapping[bytes, Iterable[bytes]]) -> set[bytes]:
        return _with_aliases(self.order[root], aliases)

    def _first_page(self, url: str) -> str:
        """The page no list page led to when it was first asked for."""
        seen = {url}
        while (above := self._parents[url]) in self._parents and above is not None and above not in seen:
            seen.add(above)
            url = above
        return url


def _with_aliases(reports: Iterable[bytes], aliases: Mapping[bytes, Iterable[bytes]]) -> set[bytes]:
    found = set(reports)
    return found | {target for one in found for target in aliases.get(one, ())}
