"""The way from a home page to the report column: which link to try next, and when to stop.

Focused and bounded: the most promising link first, a dozen pages in all that lead to nothing, a few steps deep, on the
portal's own site. What has led to reports earns more: a directory of bodies is read to its end while they have any.
"""

from __future__ import annotations

import heapq
import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

import turbohtml

from gicrawl.portals.sites import same_site
from spiders.selecting import chosen_anchors
from spiders.urls import below, identity, is_article, is_folder, is_root
from spiders.vocabulary import (
    MEDIUM,
    PLATFORM_SLUG,
    SLUG,
    STRONG,
    TitleSays,
    names_bodies,
    names_body,
    names_column,
    names_directory,
    names_kind,
    names_notices,
    names_platform,
    names_year,
    normalise,
    slug_names,
    title_says,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from uuid import UUID

    from spiders.family import Row
    from spiders.pages import Anchor, Page

MAX_DEPTH = 5
"""Steps from the page the user named; the unified platform needs two, a body's own behind it four."""
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
_DIRECTORY = 58
_BODY = 57
_SPLASH = 30
_FIRST_OF_SITE = 40
_BLOCK = re.compile(r"^(?:政府)?信息公开(?:指南|制度|规定)$|^法定主动公开内容$")
_YEAR = re.compile(r"\s*(?:19|20)\d\d年?度?\s*$")
_LONGEST_HEADING = 24
_MOST_UNDER = 80
_USUAL_SLUGS = ("zfxxgknb", "zfxxgkndbg", "gknb", "xxgknb")
_MOST_LISTED = 3
_LAST_RESORT = 6  # pages
_MOST_NOTICES = 2
_MOST_BORROWED = 3
_SHORT = 10  # letters of 进入网站 and the like
_SOME = 2  # bodies
_MOST_BARREN_BODIES = 8
_MOST_BARREN_SITES = 3
_FEW = 4  # links of a page that only leads on
_COLUMN_PARENT_BONUS = 15
_OTHER_HOST = 20
_STEP = 3


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
    text: str
    score: int
    depth: int
    referrer: UUID
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
        return self.score >= MEDIUM - MAX_DEPTH * _STEP or self.part


@dataclass(slots=True)
class Discovery:
    """What has been seen and what is still to be tried, for one portal.

    Attributes:
        entry: what the user named.
        found: a column has been read.
        finds: columns with reports.
        spent: pages read on the way.
        parts, fruitful: sub-columns read, and those of them with reports.
        notices: lists of notices that were seen.
        beside: folders in which the other blocks of the unified platform (指南, 制度, 法定主动公开内容) have theirs.
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
    _heap: list[tuple[int, int, Candidate]] = field(default_factory=list)
    _known: dict[str, int] = field(default_factory=dict)
    _order: int = 0
    _bodies: int = 0
    _before_bodies: int = 0

    def visited(self, url: str, *, column: bool = False) -> None:
        """Remember a page under the URL it was finally read from.

        A page read on the way is read once more if a link elsewhere calls it the report column; a column is not.
        """
        key = identity(url)
        self._known[key] = STRONG + 1 if column else max(self._known.get(key, 0), MEDIUM)

    def consider(self, page: Page, *, depth: int, referrer: UUID, bodies: bool = False) -> int:
        """Weigh the links of a page; returns how many of them could lead on.

        Args:
            page: as read.
            depth: steps from the page the user named.
            referrer: its capture.
            bodies: the link to it promised a list of bodies.
        """
        if depth >= MAX_DEPTH:
            return 0
        ahead = page.forwards()
        for url in ahead:
            if same_site(url, page.url) or same_site(url, self.entry):
                self._push(Candidate(url=url, text="", score=STRONG, depth=depth + 1, referrer=referrer, forward=True))
        # Menus written by scripts, opened by a click, or left in a comment for a script to show.
        buried = page.buried_anchors()
        if not depth:
            self._menu.update(identity(anchor.url) for anchor in (*page.anchors, *buried))
        promising = len(ahead) + self._weigh([*page.anchors, *buried], page, depth, referrer, bodies=bodies)
        promising += self._under_headings(page, depth, referrer)
        for url in page.frames():
            if same_site(url, page.url) or same_site(url, self.entry):
                promising += 1
                # The frame of a page that calls itself the report column holds its list.
                column = (page.meta("ColumnName") or page.title) if page.says_column() else ""
                score = STRONG if column else _FRAME if not page.anchors else PLATFORM_SLUG
                self._push(
                    Candidate(
                        url=url,
                        text=column,
                        score=score,
                        depth=depth + 1,
                        referrer=referrer,
                        bodies=bodies and not column,
                        forward=identity(url) == identity(page.url),  # `/` that shows `/index.html`
                    )
                )
        # Menus that stand in a piece of their own.
        borrowed = page.borrowed()[:_MOST_BORROWED] if not promising else []
        for url in borrowed:
            if same_site(url, page.url):
                promising += 1
                self._push(Candidate(url=url, text="", score=_FRAME, depth=depth + 1, referrer=referrer, forward=True))
        if not promising and len({identity(anchor.url) for anchor in page.anchors}) <= _FEW:  # a picture to click on
            promising = self._doorstep([*page.anchors, *buried], depth, referrer)
        return promising

    def _doorstep(self, anchors: Sequence[Anchor], depth: int, referrer: UUID) -> int:
        """Take the few links of a page that shows nothing but its name; returns how many there are."""
        count = 0
        for anchor in anchors[:_FEW]:
            if (
                same_site(anchor.url, self.entry)
                and not is_article(anchor.url)
                and len(_name(anchor)) <= _SHORT
                and title_says(_name(anchor)) is TitleSays.OTHER
            ):
                count += 1
                self._push(
                    Candidate(url=anchor.url, text="", score=_SPLASH, depth=depth + 1, referrer=referrer, forward=True)
                )
        return count

    def _under_headings(self, page: Page, depth: int, referrer: UUID) -> int:
        """Take the links below a heading that names the column and leads nowhere: years, bodies, kinds of them."""
        count = 0
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
                if not any(names_part(name) or names_kind(name) or _YEAR.match(name) for name in anchor.names):
                    continue
                count += 1
                self._push(
                    Candidate(
                        url=anchor.url,
                        text=_name(anchor),
                        score=STRONG,
                        depth=depth + 1,
                        referrer=referrer,
                        levels=1,
                        part=True,
                        leaf=not is_folder(anchor.url),
                    )
                )
        return count

    def frame(self, page: Page, part: Candidate, referrer: UUID) -> int:
        """Take the frames of a part of a column, which hold its list; returns how many there are."""
        frames = [url for url in page.frames() if same_site(url, page.url) and identity(url) != identity(page.url)]
        for url in frames:
            self._push(replace(part, url=url, referrer=referrer, levels=MAX_LEVELS))
        return len(frames)

    def consider_bodies(self, page: Page, *, depth: int, referrer: UUID) -> None:
        """Take the platforms of bodies that a page with the report column in it names, and nothing else of it."""
        if depth < MAX_DEPTH:
            self._weigh([*page.anchors, *page.buried_anchors()], page, depth, referrer, others=False)

    def _weigh(
        self,
        anchors: Iterable[Anchor],
        page: Page,
        depth: int,
        referrer: UUID,
        *,
        bodies: bool = False,
        others: bool = True,
    ) -> int:
        on_platform = names_platform(page.title) > 0 or slug_names(page.url) > 0
        anchors = list(anchors)
        bodies = bodies or names_directory(page.title) or names_directory(page.trail or "")
        platforms = {id(anchor) for anchor in anchors if on_platform and _is_platform_of_body(anchor, page)}
        if len(platforms) < _SOME:
            platforms.clear()
        promising = 0
        own_site = bodies and is_root(page.url) and urlsplit(page.url).netloc != urlsplit(self.entry).netloc
        for anchor in anchors:
            if same_site(anchor.url, page.url) and any(_BLOCK.search(normalise(name)) for name in anchor.names):
                folder = urljoin(anchor.url, "../")
                if not is_root(folder) and not is_article(anchor.url):
                    self.beside.setdefault(folder, referrer)
            if any(map(names_notices, anchor.names)) and same_site(anchor.url, page.url):
                self.notices.setdefault(anchor.url, referrer)
            score = self._score(anchor, page, on_platform=on_platform)
            listed = self._lists_bodies(anchor, page, bodies=bodies or id(anchor) in platforms, on_platform=on_platform)
            if listed > score:
                promising += 1
                self._push(
                    Candidate(
                        url=anchor.url,
                        text=_name(anchor),
                        score=listed,
                        depth=depth + 1,
                        referrer=referrer,
                        bodies=True,
                    )
                )
            elif score and others:
                promising += 1
                score -= (depth + 1) * _STEP
                if own_site and score >= _FIRST_OF_SITE:  # one body to its end before the next is asked
                    score = max(score, _BODY + 1)
                self._push(
                    Candidate(
                        url=anchor.url,
                        text=_name(anchor),
                        score=score,
                        depth=depth + 1,
                        referrer=referrer,
                        bodies=listed > 0,
                    )
                )
        return promising

    def _lists_bodies(self, anchor: Anchor, page: Page, *, bodies: bool, on_platform: bool) -> int:
        """How promising a link is as a list of bodies, or on such a list as one of them; 0: it is neither."""
        if not same_site(anchor.url, page.url) or is_article(anchor.url):
            return 0
        if is_root(anchor.url) and urlsplit(anchor.url).netloc == urlsplit(page.url).netloc:
            return 0
        if identity(anchor.url) == identity(page.url):
            return 0
        if any(names_directory(name) for name in anchor.names):
            return _DIRECTORY
        if bodies and any(names_body(name) for name in anchor.names):
            return _BODY
        kind = on_platform and below(anchor.url, page.url)
        return _DIRECTORY if kind and any(names_bodies(name) and not names_body(name) for name in anchor.names) else 0

    def divide(self, page: Page, *, levels: int, depth: int, referrer: UUID, rows: Sequence[Row] = ()) -> int:
        """Take the sub-columns of a column page: one a year, one a kind of body; returns how many there are.

        Rows of the page that are asked for as reports are read as columns should they turn out to be some.
        """
        if levels >= MAX_LEVELS:
            return 0
        asked = {identity(row.url) for row in rows if row.says is not TitleSays.OTHER}
        eligible = [
            anchor
            for anchor in [*page.anchors, *page.buried_anchors(), *chosen_anchors(page)]
            if identity(anchor.url) != identity(page.url)
            and same_site(anchor.url, page.url)
            and not is_article(anchor.url)
            and (is_folder(anchor.url) or _belongs(anchor.url, page.url))
        ]
        parts = [anchor for anchor in eligible if self._is_part(anchor, page)]
        if not parts and all(row.says is not TitleSays.REPORT for row in rows):
            parts = [anchor for anchor in eligible if self._is_tab(anchor)]
        count = 0
        for anchor in parts:
            # What the program that made this page is asked for is of its kind.
            leaf = not is_folder(anchor.url) and urlsplit(anchor.url).path != urlsplit(page.url).path
            if leaf and identity(anchor.url) in asked:
                continue
            count += 1
            self._push(
                Candidate(
                    url=anchor.url,
                    text=_name(anchor),
                    score=STRONG,
                    depth=depth,
                    referrer=referrer,
                    levels=levels + 1,
                    part=True,
                    leaf=leaf,
                )
            )
        return count

    @staticmethod
    def _is_part(anchor: Anchor, page: Page) -> bool:
        if any(title_says(name) is TitleSays.REPORT for name in anchor.names):
            return False  # requested as an article, and read as a column should it turn out to be one
        if any(names_year(name) for name in anchor.names):
            return True
        if urlsplit(anchor.url).query or not is_folder(anchor.url):
            return _belongs(anchor.url, page.url) and any(map(names_part, anchor.names))
        if not below(anchor.url, page.url):
            return False
        return any(names_part(name) or title_says(name) is TitleSays.DOUBT for name in anchor.names)

    def _is_tab(self, anchor: Anchor) -> bool:
        """Whether a link of a column without reports is that of a kind of body, and none of the portal's menu."""
        if identity(anchor.url) in self._menu or is_root(anchor.url) or not is_folder(anchor.url):
            return False
        return any(map(names_kind, anchor.names))

    def next(self) -> Candidate | None:
        """Return the next page to try, or None: nothing left that is worth a request."""
        while self._heap:
            candidate = heapq.heappop(self._heap)[2]
            if not candidate.forward and self._known.get(identity(candidate.url), 0) > candidate.score:
                continue  # read meanwhile under another link
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
        named = named[:_MOST_LISTED] + [url for url in sisters if identity(url) not in self._known][:_MOST_LISTED]
        found = [(url, referrer) for url in named if referrer is not None]
        found += [(f"{folder}{slug}/", seen) for folder, seen in list(self.beside.items())[:1] for slug in _USUAL_SLUGS]
        for url, seen in found[:_LAST_RESORT]:
            if seen is not None:
                self._push(Candidate(url=url, text="", score=SLUG, depth=MAX_DEPTH, referrer=seen, guess=True))

    def resort_to_notices(self) -> None:
        """Take the lists of notices that were seen on the way: portals without a column have their reports there."""
        for url, referrer in list(self.notices.items())[:_MOST_NOTICES]:
            self.extra += 1
            self._push(Candidate(url=url, text="", score=_SPLASH, depth=MAX_DEPTH, referrer=referrer, guess=True))

    def _push(self, candidate: Candidate) -> None:
        # `/` that forwards to `/index.html` is no page that leads to itself.
        key = candidate.url if candidate.forward else identity(candidate.url)
        if self._known.get(key, 0) >= candidate.score:
            return
        self._known[key] = candidate.score
        self._order += 1
        heapq.heappush(self._heap, (-candidate.score, self._order, candidate))

    def _score(self, anchor: Anchor, page: Page, *, on_platform: bool) -> int:
        """How promising a link is: its words first, its URL where it has none, its host as a doubt."""
        if not (same_site(anchor.url, page.url) or same_site(anchor.url, self.entry)) or is_article(anchor.url):
            return 0
        if is_root(anchor.url) and identity(anchor.url) == identity(self.entry):
            return 0
        if not is_folder(anchor.url) and any(title_says(name) is TitleSays.REPORT for name in anchor.names):
            return 0  # a report in the news, not the column
        names = max(names_column(name) for name in anchor.names)
        if names == MEDIUM and on_platform:
            names += _COLUMN_PARENT_BONUS
        score = max(names, *(names_platform(name) for name in anchor.names))
        if not score and not any(anchor.names):
            score = slug_names(anchor.url)
        elif not score and len(anchor.text) <= 12:  # noqa: PLR2004  longer texts are headlines
            slug = slug_names(anchor.url)
            score = slug if slug > PLATFORM_SLUG else 0
        if score and urlsplit(anchor.url).netloc != urlsplit(page.url).netloc:
            score = max(1, score - _OTHER_HOST)
        return score


def _is_platform_of_body(anchor: Anchor, page: Page) -> bool:
    """Whether a link names a body and leads to a host or platform of its own."""
    if not any(map(names_body, anchor.names)) or not same_site(anchor.url, page.url) or is_article(anchor.url):
        return False
    elsewhere = urlsplit(anchor.url).netloc != urlsplit(page.url).netloc
    return elsewhere or slug_names(anchor.url) > 0 or below(anchor.url, page.url)


def names_part(name: str) -> bool:
    """Say whether a link names a year, a body or a kind of bodies."""
    return names_year(name) or names_bodies(name) or names_body(name)


def _belongs(url: str, column: str) -> bool:
    """Whether a URL lies below a column, or is another question to a program in the column's folder."""
    return below(url, column) or (bool(urlsplit(url).query) and urljoin(url, ".") == urljoin(column, "."))


def _name(anchor: Anchor) -> str:
    return anchor.text or anchor.title or ""


def is_column(page: Page, rows: Sequence[Row], candidate: Candidate) -> bool:
    """Whether a page is the report column: it or the link to it says so, and its rows do not say otherwise."""
    if not (candidate.promises_column or page.says_column()):
        return False
    if any(row.says is TitleSays.REPORT for row in rows):
        return True
    # No report on the first page: a column with more neighbours than reports, if its name leaves no doubt.
    return candidate.part or names_column(candidate.text) > MEDIUM or page.says_column()
