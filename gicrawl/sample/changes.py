"""What happens to a portal while it is served: reports are changed, withdrawn, moved and restored, and it is down.

A change is done to the bytes that are served and never to what they were made from, so that `restore` brings back the
very same page.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field, replace
from datetime import timedelta
from email.utils import format_datetime, parsedate_to_datetime
from typing import TYPE_CHECKING

from gicrawl.sample.faults import FAULTS, ROBOTS, ROBOTS_FAULTS
from gicrawl.sample.site import Page

if TYPE_CHECKING:
    from collections.abc import Callable

    from gicrawl.sample.site import Placed, Portal

_HITS = re.compile(rb'<span id="hits">\d*</span>|<script src="/module/visitcount/articlehits\.jsp"></script>')
_DOWN, _UP = "down", "up"


class ChangeError(Exception):
    """There is no such portal, report or change; the message says which in one line."""


@dataclass(slots=True)
class Changes:
    """The changes of one portal.

    Attributes:
        portal: as it was built.
        pages: path → what is served there instead of the page that was built.
        unlisted: last parts of the paths whose rows are left out of list pages.
        relisted: last part of a path → what stands in its place in the row.
        down: nothing is listening.
    """

    portal: Portal
    pages: dict[str, Page] = field(default_factory=dict)
    unlisted: set[str] = field(default_factory=set)
    relisted: dict[str, str] = field(default_factory=dict)
    down: bool = False
    _count: int = 0

    def do(self, what: str, path: str) -> dict[str, str]:
        """Change something.

        Args:
            what: one of `KINDS`.
            path: of a report, as the manifest has it; of no meaning for `down`, `up` and the faults of robots.txt.

        Returns:
            What is there now: for `amend` the printed numbers `before` and `after`, for `move` and `redirect` the new
            `path`.

        Raises:
            ChangeError: it cannot be done.
        """
        if what in {_DOWN, _UP}:
            self.down = what == _DOWN
            return {}
        if what in ROBOTS_FAULTS:
            self.pages[ROBOTS] = ROBOTS_FAULTS[what]
            return {}
        action = _ACTIONS.get(what)
        if action is None and what not in FAULTS:
            raise ChangeError(f"unknown change {what}; there are {', '.join(KINDS)}")
        placed = next((one for one in self.portal.placed if one.path == path), None)
        if placed is None:
            raise ChangeError(f"{self.portal.id} has no report at {path}")
        self._count += 1
        if action is None:
            self.pages[path] = FAULTS[what](self._here(placed), path, self.portal)
            return {}
        return action(self, placed)

    def served(self, path: str, page: Page | None) -> Page | None:
        """What is served at a path today."""
        page = self.pages.get(path, page)
        if page is None or page.status != 200 or not (self.unlisted or self.relisted):  # noqa: PLR2004 - the status
            return page
        body = page.body
        for name in self.unlisted:
            body = _row(name).sub(b"", body)
        for name, instead in self.relisted.items():
            body = body.replace(name.encode(), instead.encode())
        return page if body == page.body else _reworked(page, body, self._count)

    def _here(self, placed: Placed) -> Page:
        page = self.pages.get(placed.path) or self.portal.pages.get(placed.path)
        if page is None:
            raise ChangeError(f"{self.portal.id} does not serve {placed.path}")
        return page

    def _amend(self, placed: Placed) -> dict[str, str]:
        """Print one number of the tables otherwise, the one that stands on the fewest places of the page."""
        page = self._here(placed)
        figures = {} if placed.entry.truth is None else placed.entry.truth.figures
        printed = {figure.printed for figure in figures.values() if figure.printed.isdecimal()} - {"0"}
        places = {number: [*_cell(number).finditer(page.body)] for number in printed}
        found = sorted((len(there), -len(number), number) for number, there in places.items() if there)
        if not found:
            raise ChangeError(f"no number of a table stands on {placed.path}")
        before = found[0][2]
        after = str(int(before) + 1)
        at = places[before][0]
        body = page.body[: at.start(1)] + after.encode() + page.body[at.end(1) :]
        self.pages[placed.path] = _reworked(page, body, self._count)
        return {"before": before, "after": after}

    def _redress(self, placed: Placed) -> dict[str, str]:
        """Count another visitor; the report stays as it is."""
        page = self._here(placed)
        body, count = _HITS.subn(b'<span id="hits">%d</span>' % (1000 + self._count), page.body)
        if not count:
            raise ChangeError(f"{placed.path} counts no visitors")
        self.pages[placed.path] = _reworked(page, body, self._count)
        return {}

    def _withdraw(self, placed: Placed) -> dict[str, str]:
        """Take page and link away."""
        self._unlist(placed)
        return self._remove(placed)

    def _remove(self, placed: Placed) -> dict[str, str]:
        """Take the page away and leave the link."""
        self.pages[placed.path] = self.portal.not_found
        return {}

    def _gone(self, placed: Placed) -> dict[str, str]:
        """Take the page away for good, and say so (410)."""
        self.pages[placed.path] = replace(self.portal.not_found, status=410)
        return {}

    def _unlist(self, placed: Placed) -> dict[str, str]:
        """Take the link away and leave the page."""
        self.unlisted.add(_name(placed.listed))
        return {}

    def _move(self, placed: Placed) -> dict[str, str]:
        """Serve it elsewhere, and nothing at the old address."""
        page = self._here(placed)
        new = _elsewhere(placed.path)
        self.pages[new] = page
        self.pages[placed.path] = self.portal.not_found
        self.relisted[_name(placed.listed)] = _name(new)
        return {"path": new}

    def _redirect(self, placed: Placed) -> dict[str, str]:
        """Serve it elsewhere, and lead there from the old address."""
        there = self._move(placed)
        self.pages[placed.path] = Page(body=b"", status=301, location=there["path"])
        return there

    def _restore(self, placed: Placed) -> dict[str, str]:
        """Bring everything about it back as it was built."""
        self.pages.pop(placed.path, None)
        self.pages.pop(_elsewhere(placed.path), None)
        self.unlisted.discard(_name(placed.listed))
        self.relisted.pop(_name(placed.listed), None)
        return {}


_ACTIONS: dict[str, Callable[[Changes, Placed], dict[str, str]]] = {
    "amend": Changes._amend,  # noqa: SLF001 - the table of its own actions
    "redress": Changes._redress,  # noqa: SLF001 - as above
    "withdraw": Changes._withdraw,  # noqa: SLF001 - as above
    "remove": Changes._remove,  # noqa: SLF001 - as above
    "gone": Changes._gone,  # noqa: SLF001 - as above
    "unlist": Changes._unlist,  # noqa: SLF001 - as above
    "move": Changes._move,  # noqa: SLF001 - as above
    "redirect": Changes._redirect,  # noqa: SLF001 - as above
    "restore": Changes._restore,  # noqa: SLF001 - as above
}
KINDS = (*_ACTIONS, *FAULTS, *ROBOTS_FAULTS, _DOWN, _UP)


def _name(path: str) -> str:
    """The last part of a path: list pages name articles by different beginnings."""
    return path.rsplit("/", 1)[1]


def _elsewhere(path: str) -> str:
    before, dot, suffix = path.rpartition(".")
    return f"{before}1{dot}{suffix}"


def _cell(number: str) -> re.Pattern[bytes]:
    """A number that is all there is in an element."""
    return re.compile(rb">[\s\xa0]*(" + number.encode() + rb")[\s\xa0]*<")


def _row(name: str) -> re.Pattern[bytes]:
    """The row of a list that leads to an article, as a page or a proxy has it."""
    inside = rb"(?:(?!</?li\b).)*"
    row = rb"<li\b[^>]*>" + inside + re.escape(name.encode()) + inside + rb"</li>"
    return re.compile(rb"<record><!\[CDATA\[" + row + rb"\]\]></record>|" + row, re.DOTALL)


def _reworked(page: Page, body: bytes, count: int) -> Page:
    """A page with another body and the validators it would have."""
    tag, date = page.etag, page.last_modified
    if tag is not None:
        fresh = hashlib.sha256(body).hexdigest()[:12]
        tag = f'W/"{fresh}"' if tag.startswith("W/") else f'"{fresh}"'
    if date is not None:
        date = format_datetime(parsedate_to_datetime(date) + timedelta(days=count), usegmt=True)
    return replace(page, body=body, etag=tag, last_modified=date)
