"""What the import is told of a page by somebody who can read pages: the joint to `spiders.mementos`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundLink:
    """A link to a report, or to a file or picture that belongs to one.

    Attributes:
        role: of what it leads to: `article`, `attachment` or `image`.
        wanted: whether its versions are to be had too: it is of the same site and of no year that is out of range.
        text, title, date, position: as in `gicrawl.archive.records.Link`.
    """

    url: str
    text: str
    title: str | None
    date: str | None
    position: int
    role: str
    wanted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PageFound:
    """What a page is.

    Attributes:
        role: `list` or `article`, or what it was fetched as.
        layout: name of the family of portal software that recognised a list; None where nobody did, or of no list.
        links: on it, in its order.
    """

    role: str
    layout: str | None = None
    links: tuple[FoundLink, ...] = ()


class Reader(Protocol):
    """Somebody who can read portals' pages."""

    def shape(self, url: str, mime: str) -> str | None:
        """What a URL under a report column is by its looks: `list`, `article`, or None: not worth having by itself."""

    def read(self, url: str, content: bytes, content_type: str, *, role: str, text: str | None) -> PageFound:
        """What a page is and links to.

        Args:
            url: of the page.
            content: its bytes, content-coding undone.
            content_type: as declared, or empty.
            role: it was asked for as; a `list` is read as one, an `article` may turn out to be one.
            text: of the link that led to it, or None.
        """
