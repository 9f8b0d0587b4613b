"""The way from a home page to the report column: which link to try next, and when to stop.

Focused and bounded: the most promising link first, a dozen pages in all that lead to nothing, a few steps deep, on the
portal's own site. What has led to reports earns more: a directory of bodies is read to its end while they have any.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from gicrawl.portals.sites import same_site
from spiders.candidates import MAX_DEPTH, STEP, Candidate, Waiting
from spiders.clicks import buried_anchors
from spiders.dividing import parts_of, parts_under_headings
from spiders.pieces import borrowed, forwards, frames
from spiders.urls import identity, is_article, is_folder, is_root
from spiders.vocabulary import (
    MEDIUM,
    PLATFORM_SLUG,
    SLUG,
    STRONG,
    TitleSays,
    names_directory,
    names_notices,
    normalise,
    slug_names,
    title_says,
)
from spiders.weighing import BODY, bodies_score, column_score, is_platform, platforms_of_bodies

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from uuid import UUID

    from spiders.dividing import Part
    from spiders.family import Row
    from spiders.pages import Anchor, Page

MAX_LEVELS = 3
"""Columns above one another: all, one a year, one a kind of body."""
MAX_PAGES = 12
"""Pages spent on finding the column; what is left unread after that is said in the log."""
MAX_COLUMNS = 24
"""Sub-columns of all columns that may bring no report: one a year since 2008, and a few kinds of body."""
MAX_PARTS = 600
"""Sub-columns in all; the largest city has some hundred bodies and twenty years."""
MAX_FINDS = 400
"""Columns for which more pages may be spent."""
_PAGES_A_FIND = 3

_FRAME = 65
_SPLASH = 30
_FIRST_OF_SITE = 40
_BLOCK = re.compile(r"^(?:政府)?信息公开(?:指南|制度|规定)$|^法定主动公开内容$")
_USUAL_SLUGS = ("zfxxgknb", "zfxxgkndbg", "gknb", "xxgknb")
_MOST_LISTED = 3
_LAST_RESORT = 6  # pages
_MOST_NOTICES = 2
_MOST_BORROWED = 3
_SHORT = 10  # letters of 进入网站 and the like
_MOST_BARREN_BODIES = 8
_MOST_BARREN_SITES = 3
_FEW = 4  # links of a page that only leads on


@dataclass(frozen=True, slots=True)
class _Place:
    """Where links stand: what they lead to is `depth` steps from the page the user named."""

    depth: int
    referrer: UUID

    def to(self, url: str, score: int, text: str = "") -> Candidate:
        return Candidate(url=url, text=text, score=score, depth=self.depth, referrer=self.referrer)

    def ahead(self, url: str, score: int) -> Candidate:
        """Make a candidate of the only way that a page shows."""
        return replace(self.to(url, score), forward=True)


@dataclass(slots=True)
class Discovery:
    """What has been seen and what is still to be tried, for one portal.

    Attributes:
        entry: what the user named.
        found: a column has been read.
        finds: columns with reports.
        spent: pages read on the way.
        parts, fruitful: sub-columns read, and those of them with reports.
        extra: pages that are allowed where no link names the column.
        beside: folders in which the other blocks of the unified platform (指南, 制度, 法定主动公开内容) have theirs.
        notices: lists of notices that were seen.
    """

    entry: str
    found: bool = False
    finds: int = 0
    spent: int = 0
    parts: int = 0
    fruitful: int = 0
    extra: int = 0
    beside: dict[str, UUID] = field(default_factory=dict)
    notices: dict[str, UUID] = field(default_factory=dict)
    _menu: set[str] = field(default_factory=set)
    _waiting: Waiting = field(default_factory=Waiting)
    _bodies: int = 0
    _before_bodies: int = 0

    def visited(self, url: str, *, column: bool = False) -> None:
        """Remember a page under the URL it was finally read from."""
        self._waiting.visited(url, column=column)

    # What pages show

    def consider(self, page: Page, *, depth: int, referrer: UUID, bodies: bool = False, called: str = "") -> int:
        """Weigh the links of a page; returns how many of them could lead on.

        Args:
            page: as read.
            depth: steps from the page the user named.
            referrer: its capture.
            bodies: the link to it promised a list of bodies.
            called: text of that link.
        """
        if depth >= MAX_DEPTH:
            return 0
        here = _Place(depth + 1, referrer)
        # Menus written by scripts, opened by a click, or left in a comment for a script to show.
        anchors = [*page.anchors, *buried_anchors(page)]
        if not depth:
            self._menu.update(identity(anchor.url) for anchor in anchors)
        found = [
            *(here.ahead(url, STRONG) for url in forwards(page) if self._is_near(url, page)),
            *self._linked(anchors, page, here, bodies=bodies, called=called),
            *(replace(one, levels=1) for one in self._parts(parts_under_headings(page), here)),
            *self._framed(page, here, bodies=bodies),
        ]
        if not found:  # menus that stand in a piece of their own
            found = [here.ahead(url, _FRAME) for url in borrowed(page)[:_MOST_BORROWED] if same_site(url, page.url)]
        if not found and len({identity(anchor.url) for anchor in page.anchors}) <= _FEW:  # a picture to click on
            found = list(self._doorstep(anchors, here))
        return self._take(found)

    def consider_bodies(self, page: Page, *, depth: int, referrer: UUID) -> None:
        """Take the platforms of bodies that a page with the report column in it names, and nothing else of it."""
        if depth < MAX_DEPTH:
            anchors = [*page.anchors, *buried_anchors(page)]
            self._take(list(self._linked(anchors, page, _Place(depth + 1, referrer), others=False)))

    def divide(self, page: Page, *, levels: int, depth: int, referrer: UUID, rows: Sequence[Row] = ()) -> int:
        """Take the sub-columns of a column page: one a year, one a kind of body; returns how many there are.

        Rows of the page that are asked for as reports are read as columns should they turn out to be some.
        """
        if levels >= MAX_LEVELS:
            return 0
        parts = self._parts(parts_of(page, rows, self._menu, is_part=levels > 0), _Place(depth, referrer))
        return self._take([replace(one, levels=levels + 1) for one in parts])

    def within(self, page: Page, part: Candidate, referrer: UUID) -> int:
        """Take what has the list of a part of a column that shows none; returns how many there are.

        That is its frames; of a body's page among the parts, the report column that it names.
        """
        other = [url for url in frames(page) if same_site(url, page.url) and identity(url) != identity(page.url)]
        found = [replace(part, url=url, referrer=referrer, levels=MAX_LEVELS) for url in other]
        if not found:
            found = [
                replace(part, url=anchor.url, text=_name(anchor), referrer=referrer, leaf=False)
                for anchor in page.anchors
                if column_score(anchor, page, self.entry, on_platform=True) > MEDIUM
                and not self._waiting.knows(anchor.url)
            ]
        self.parts -= bool(found)  # not this page, but what it leads to, is the part
        return self._take(found)

    def _take(self, found: Sequence[Candidate]) -> int:
        for candidate in found:
            self._waiting.push(candidate)
        return len(found)

    def _is_near(self, url: str, page: Page) -> bool:
        return same_site(url, page.url) or same_site(url, self.entry)

    @staticmethod
    def _parts(parts: Iterator[Part], here: _Place) -> Iterator[Candidate]:
        for part in parts:
            yield replace(here.to(part.anchor.url, STRONG, _name(part.anchor)), part=True, leaf=part.leaf)

    def _linked(
        self,
        anchors: Sequence[Anchor],
        page: Page,
        here: _Place,
        *,
        bodies: bool = False,
        others: bool = True,
        called: str = "",
    ) -> Iterator[Candidate]:
        """Yield the links that promise bodies and (`others`) the column, and remember what may be a last resort."""
        on_platform = is_platform(page, called)
        bodies = bodies or names_directory(page.title) or names_directory(page.trail or "")
        platforms = platforms_of_bodies(anchors, page) if on_platform else set()
        own_site = bodies and is_root(page.url) and urlsplit(page.url).netloc != urlsplit(self.entry).netloc
        for anchor in anchors:
            self._remember(anchor, page, here.referrer)
            score = column_score(anchor, page, self.entry, on_platform=on_platform)
            listed = bodies_score(anchor, page, bodies=bodies or id(anchor) in platforms, on_platform=on_platform)
            if listed > score:
                yield replace(here.to(anchor.url, listed, _name(anchor)), bodies=True)
            elif score and others:
                score -= here.depth * STEP
                if own_site and score >= _FIRST_OF_SITE:  # one body to its end before the next is asked
                    score = max(score, BODY + 1)
                yield replace(here.to(anchor.url, score, _name(anchor)), bodies=listed > 0)

    def _remember(self, anchor: Anchor, page: Page, referrer: UUID) -> None:
        """Remember the blocks of the unified platform and lists of notices: the column may be beside or in them."""
        if not same_site(anchor.url, page.url):
            return
        if any(_BLOCK.search(normalise(name)) for name in anchor.names):
            folder = urljoin(anchor.url, "../")
            if not is_root(folder) and not is_article(anchor.url):
                self.beside.setdefault(folder, referrer)
        if any(map(names_notices, anchor.names)):
            self.notices.setdefault(anchor.url, referrer)

    def _framed(self, page: Page, here: _Place, *, bodies: bool) -> Iterator[Candidate]:
        for url in frames(page):
            if self._is_near(url, page):
                # The frame of a page that calls itself the report column holds its list.
                column = (page.meta("ColumnName") or page.title) if page.says_column() else ""
                score = STRONG if column else _FRAME if not page.anchors else PLATFORM_SLUG
                itself = identity(url) == identity(page.url)  # `/` that shows `/index.html`
                yield replace(here.to(url, score, column), bodies=bodies and not column, forward=itself)

    def _doorstep(self, anchors: Sequence[Anchor], here: _Place) -> Iterator[Candidate]:
        """Yield the few links of a page that shows nothing but its name."""
        for anchor in anchors[:_FEW]:
            if (
                same_site(anchor.url, self.entry)
                and not is_article(anchor.url)
                and len(_name(anchor)) <= _SHORT
                and title_says(_name(anchor)) is TitleSays.OTHER
            ):
                yield here.ahead(anchor.url, _SPLASH)

    # What is tried next

    def next(self) -> Candidate | None:
        """Return the next page to try, or None: nothing left that is worth a request."""
        while (candidate := self._waiting.pop()) is not None:
            if candidate.guess and self.found:
                continue
            if candidate.part:
                if self.parts - self.fruitful >= MAX_COLUMNS or self.parts >= MAX_PARTS:
                    continue
                self.parts += 1
            elif (self.found and not (candidate.promises_column or candidate.bodies)) or self.spent >= self.allowed:
                continue
            else:
                if candidate.bodies and self._is_barren_directory(candidate):
                    continue
                self.spent += 1
            return candidate
        return None

    def _is_barren_directory(self, candidate: Candidate) -> bool:
        """Whether bodies that were asked have had too few reports to ask another; counts the one that is.

        Sooner so of bodies' own sites, which many pages link to in their feet.
        """
        most = _MOST_BARREN_SITES if is_root(candidate.url) else _MOST_BARREN_BODIES
        if not self._bodies:
            self._before_bodies = self.finds
        if self._bodies - (self.finds - self._before_bodies) >= most:
            return True
        self._bodies += 1
        return False

    @property
    def allowed(self) -> int:
        """How many pages may be read on the way: more where the way has led to reports."""
        return MAX_PAGES + self.extra + _PAGES_A_FIND * min(self.finds, MAX_FINDS)

    # Where no link names the column

    def resort(self, listed: Sequence[str], referrer: UUID | None) -> None:
        """Take up what is left where no link names the column.

        That is what the portal's own list of its pages (`listed`) shows to be one by its slug, and the usual slugs
        beside the blocks of the unified platform that were seen.

        Args:
            listed: URLs of the site map.
            referrer: its capture; None where there is none.
        """
        self.extra = _LAST_RESORT
        named = sorted({url for url in listed if slug_names(url) == SLUG and same_site(url, self.entry)}, key=len)
        # A sister of the blocks that no page links to, whatever its address.
        sisters = (url for url in listed if any(url.startswith(folder) for folder in self.beside) and is_folder(url))
        named = named[:_MOST_LISTED] + [url for url in sisters if not self._waiting.knows(url)][:_MOST_LISTED]
        found = [(url, referrer) for url in named if referrer is not None]
        found += [(f"{folder}{slug}/", seen) for folder, seen in list(self.beside.items())[:1] for slug in _USUAL_SLUGS]
        self._guess(found[:_LAST_RESORT], SLUG)

    def resort_to_notices(self) -> None:
        """Take the lists of notices that were seen on the way: portals without a column have their reports there."""
        found = list(self.notices.items())[:_MOST_NOTICES]
        self.extra += len(found)
        self._guess(found, _SPLASH)
        self.notices.clear()

    def _guess(self, found: Sequence[tuple[str, UUID]], score: int) -> None:
        self._take([replace(_Place(MAX_DEPTH, seen).to(url, score), guess=True) for url, seen in found])


def _name(anchor: Anchor) -> str:
    return anchor.text or anchor.title or ""
