"""Which states a report was in: a page and its attached files, visit after visit.

A page and what it links to are fetched one after another, and a run can end between them. So a visit of the page begins
an observation; the files fetched until the next visit belong to it. An observation in which not every file was asked
for is not believed to show a new state: it goes on with the next visit that finds the page as it was.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gicrawl.archive.records import Role

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

    from gicrawl.parser.document import Context


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page as one whole body shows it.

    Attributes:
        capture: that brought the body.
        url: where it was found, as it stands in the archive.
        body: its SHA-256 as received, 32 bytes.
        content: its SHA-256 with content-coding undone.
        context: what the parser is told of it.
        links: (URL, role) of the files and pictures attached to it, in order, each URL once.
    """

    capture: UUID
    url: str
    body: bytes
    content: bytes
    context: Context
    links: tuple[tuple[str, Role], ...] = ()

    def is_like(self, other: Page) -> bool:
        """Whether the parser would see no difference."""
        return (self.content, self.context) == (other.content, other.context)


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """The page was asked for and shown, by a body or by a server that said the last one still holds.

    Attributes:
        capture: of the visit.
        time: microseconds since 1970, UTC.
        run: row number of the run.
        page: what was seen.
    """

    capture: UUID
    time: int
    run: int
    page: Page


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetch:
    """A file was asked for.

    Attributes:
        time, run: as in `Visit`.
        capture: of the last exchange, redirects followed.
        body, content: as in `Page`; None where no whole file came, or one that only stands in its way.
    """

    time: int
    run: int
    capture: UUID
    body: bytes | None = None
    content: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """A page and its files at one time.

    Attributes:
        attached: the files that could be had, in the order of the page's links.
        missing: how many attached files (pictures aside) never could.
        seen: capture of the first visit that showed this state.
        visits: captures that brought the page's body while it was in this state.
    """

    page: Page
    attached: tuple[Fetch, ...]
    missing: int
    seen: UUID
    visits: tuple[UUID, ...]


def states(visits: Sequence[Visit], fetches: Mapping[str, Sequence[Fetch]]) -> list[State]:
    """The states of one report, oldest first; the same state may return.

    Args:
        visits: of its page, by time.
        fetches: of each attached URL, by time.
    """
    out = []
    at = 0
    while at < len(visits):
        first, stop = visits[at], at + 1
        while (
            stop < len(visits)
            and visits[stop].page.is_like(first.page)
            and not _is_complete(first, visits[stop].time, fetches)
        ):
            stop += 1
        out.append(_state(visits[at:stop], visits[stop].time if stop < len(visits) else None, fetches))
        at = stop
    return out


def _is_complete(visit: Visit, until: int, fetches: Mapping[str, Sequence[Fetch]]) -> bool:
    """Whether every file was asked for, in the same run or before the next visit."""
    return all(
        any(
            fetch.time < until and (fetch.run == visit.run or fetch.time >= visit.time)
            for fetch in fetches.get(url, ())
        )
        for url, _ in visit.page.links
    )


def _state(visits: Sequence[Visit], until: int | None, fetches: Mapping[str, Sequence[Fetch]]) -> State:
    page = visits[0].page
    attached = []
    missing = 0
    for url, role in page.links:
        got = [
            fetch
            for fetch in fetches.get(url, ())
            if fetch.content is not None and (until is None or fetch.time < until)
        ]
        if got:
            attached.append(got[-1])
        elif role is Role.ATTACHMENT:
            missing += 1
    return State(
        page=page,
        attached=tuple(attached),
        missing=missing,
        seen=visits[0].capture,
        visits=tuple(visit.capture for visit in visits if visit.page.capture == visit.capture),
    )
