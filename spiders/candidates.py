"""Pages that may be the report column or lead to it, and the order in which they are tried."""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from spiders.urls import identity
from spiders.vocabulary import MEDIUM, STRONG, TitleSays, names_column

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from spiders.family import Row
    from spiders.pages import Page

MAX_DEPTH = 5
"""Steps from the page the user named; the unified platform needs two, a body's own behind it four."""
STEP = 3
"""What each step on the way takes from the score of a link."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A link worth following on the way to the column.

    Attributes:
        score: how promising, 0 to 100; `STRONG` names the column.
        depth: steps from the page the user named.
        levels: columns above this one, for sub-columns.
        referrer: capture of the page with the link.
        part: it is a part of a column already read.
        forward: a page that shows nothing else leads there, be it to another name of its own.
        guess: no link leads there; not tried once there is a column.
        bodies: it lists bodies with platforms of their own, or is one of these.
        leaf: a part that may be the one report of its year or body, and no list of them.
    """

    url: str
    score: int
    depth: int
    referrer: UUID
    text: str = ""
    levels: int = 0
    part: bool = False
    bodies: bool = False
    forward: bool = False
    guess: bool = False
    leaf: bool = False

    @property
    def promises_column(self) -> bool:
        """Whether the link's own words, not only its place, say that it leads to the column."""
        if self.forward:
            return False
        return self.score >= MEDIUM - MAX_DEPTH * STEP or self.part


@dataclass(slots=True)
class Waiting:
    """The candidates that have not been tried, the most promising first; of two alike, the one that was seen first."""

    _heap: list[tuple[int, int, Candidate]] = field(default_factory=list)
    _known: dict[str, int] = field(default_factory=dict)
    _order: int = 0

    def push(self, candidate: Candidate) -> None:
        """Take a candidate in, unless its page was read or promised as much already."""
        # `/` that forwards to `/index.html` is no page that leads to itself.
        key = candidate.url if candidate.forward else identity(candidate.url)
        if self._known.get(key, 0) >= candidate.score:
            return
        self._known[key] = candidate.score
        self._order += 1
        heapq.heappush(self._heap, (-candidate.score, self._order, candidate))

    def pop(self) -> Candidate | None:
        """Return the most promising candidate whose page was not read meanwhile under another link."""
        while self._heap:
            candidate = heapq.heappop(self._heap)[2]
            if candidate.forward or self._known.get(identity(candidate.url), 0) <= candidate.score:
                return candidate
        return None

    def visited(self, url: str, *, column: bool) -> None:
        """Remember a page under the URL it was finally read from.

        A page read on the way is read once more if a link elsewhere calls it the report column; a column is not.
        """
        key = identity(url)
        self._known[key] = STRONG + 1 if column else max(self._known.get(key, 0), MEDIUM)

    def knows(self, url: str) -> bool:
        """Say whether a page was read or promised something."""
        return identity(url) in self._known


def is_column(page: Page, rows: Sequence[Row], candidate: Candidate) -> bool:
    """Whether a page is the report column: it or the link to it says so, and its rows do not say otherwise."""
    if not (candidate.promises_column or page.says_column()):
        return False
    if any(row.says is TitleSays.REPORT for row in rows):
        return True
    # No report on the first page: a column with more neighbours than reports, if its name leaves no doubt.
    return candidate.part or names_column(candidate.text) > MEDIUM or page.says_column()
