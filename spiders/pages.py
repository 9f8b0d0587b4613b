"""A fetched page as spiders see it: decoded once, parsed once, links with the words around them.

turbohtml builds the tree browsers build, several times faster than `response.xpath`; rows that no tree shows (inside
scripts, comments, CDATA) are for the families that need them, from `Page.text`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import turbohtml
from w3lib.url import safe_url_string

from spiders.decoding import decode
from spiders.script_calls import Calls
from spiders.scripts import known_to
from spiders.urls import MAX_URL, identity, join
from spiders.vocabulary import LONGEST, MEDIUM, SLUG, TitleSays, names_column, normalise, slug_names, title_says

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scrapy.http import Response

_START = 4096  # characters
_SPACE = re.compile(r"[\s\u3000]+")
_DATE = re.compile(r"((?:19|20)\d\d)\s*[-./年]\s*(\d{1,2})\s*[-./月]\s*(\d{1,2})(?!\d)")
_JOINED = re.compile(r"^[\"'\s]*\+|[\"']\s*\+|\+\s*[\"']")
"""An address that a script would put together: markup in its strings is not all there is of it."""
_SCRIPT_FILE = re.compile(r"\.js(?:\?|$)", re.IGNORECASE)
_PLACE = re.compile(r"(?:当前|所在|现在|目前)?(?:的)?位置")
_SEPARATOR = re.compile(r"\s*(?:_|\||—|>>|>|»|›)\s*|\s+-\s+|-(?=[^\d])")
_TRAIL_LENGTH = 160
_LOOKED_AT = 20_000  # characters of a text, white space included
_ROW_LENGTH = 2_000
_CLIMB = 4
_SAME_ROW = 3  # links of one row to one place: its number, its title, 查看


def squeeze(text: str, longest: int = LONGEST) -> str:
    """Return the text with runs of white space made one space, cut to a length that could still mean something."""
    return _SPACE.sub(" ", text[:_LOOKED_AT].strip())[:longest]


def find_date(text: str) -> str | None:
    """Return the last date in a text as YYYY-MM-DD; it may be broken over lines."""
    found = _DATE.findall(text)
    if not found:
        return None
    year, month, day = found[-1]
    return f"{year}-{int(month):02}-{int(day):02}"


@dataclass(frozen=True, slots=True)
class Anchor:
    """A link of a page that a crawler could follow.

    Attributes:
        url: absolute, as printed otherwise.
        text: what a reader sees, or the alternative text of a picture.
        title: the title attribute, which often holds what the visible text cuts off.
        element: the element, for the words around it.
    """

    url: str
    text: str
    title: str | None
    element: turbohtml.Element

    @property
    def names(self) -> tuple[str, ...]:
        """The texts this link goes by."""
        return (self.text, self.title) if self.title else (self.text,)


def shown_text(element: turbohtml.Element) -> str:
    """Return what a reader sees of a link, or the alternative text of its picture."""
    printed = element.attr("value") if element.tag == "input" else element.text
    text = squeeze(printed) if isinstance(printed, str) else ""
    if text:
        return text
    picture = element.find("img")
    labels = [element.attr("alt"), *([picture.attr("alt"), picture.attr("title")] if picture is not None else [])]
    return next((squeeze(label) for label in labels if isinstance(label, str) and label.strip()), "")


def printed_title(element: turbohtml.Element) -> str | None:
    """Return the title attribute; None where it is missing or blank."""
    title = element.attr("title")
    return squeeze(title) if isinstance(title, str) and title.strip() else None


class Page:
    """A fetched page; parsed on first use."""

    def __init__(self, url: str, body: bytes, content_type: bytes = b"") -> None:
        self.url = url
        self.size = len(body)
        self.text, self.charset = decode(body, content_type)
        self.notes: dict[str, object] = {}
        """What a family has found out about the page and does not want to find out again."""

    @classmethod
    def of(cls, response: Response) -> Page:
        """Take the page out of a response."""
        return cls(response.url, response.body, response.headers.get("Content-Type") or b"")

    @cached_property
    def tree(self) -> turbohtml.Document:
        """The page as a browser would build it."""
        return turbohtml.parse(self.text, positions=False)

    @cached_property
    def base(self) -> str:
        """What relative links are relative to."""
        element = self.tree.find("base")
        href = element.attr("href") if element is not None else None
        return (join(self.url, href) if isinstance(href, str) else None) or self.url

    @cached_property
    def anchors(self) -> tuple[Anchor, ...]:
        """The links of the page in document order, without those nobody should follow."""
        return tuple(self._anchors(self.tree))

    def resolve(self, href: str, longest: int = MAX_URL) -> str | None:
        """Resolve an href of this page as a browser does: a query is sent in the page's own charset."""
        url = join(self.base, href, longest)
        return url if url is None or url.isascii() else safe_url_string(url, self.charset)

    def _anchors(self, tree: turbohtml.Document) -> list[Anchor]:
        return self.anchors_of([*tree.find_all("a"), *tree.find_all("area")])

    def anchors_of(self, elements: Iterable[turbohtml.Element]) -> list[Anchor]:
        """Return the links of elements, without those nobody should follow."""
        anchors = []
        for element in elements:
            href = element.attr("href")
            url = self.resolve(href) if isinstance(href, str) and _JOINED.search(href) is None else None
            if url is None:
                continue
            anchors.append(Anchor(url, shown_text(element), printed_title(element), element))
        return anchors

    def hidden_anchors(self, fragment: str) -> list[Anchor]:
        """Read the links of a piece of HTML that the tree does not show: a comment, a string of a script."""
        return self._anchors(turbohtml.parse(fragment, positions=False))

    @cached_property
    def calls(self) -> Calls:
        """The functions of the page's scripts, for what a click on it calls."""
        return Calls(self, [known_to(script, self) for script in self.scripts])

    @cached_property
    def scripts(self) -> tuple[str, ...]:
        """The text of every inline script; of a script or an answer in JSON, itself."""
        if _SCRIPT_FILE.search(self.url) or self.text[:_START].lstrip()[:1] in ("{", "["):
            return (self.text,)
        return tuple(element.text for element in self.tree.find_all("script") if element.text)

    @cached_property
    def comments(self) -> tuple[str, ...]:
        """The text of every comment that holds a link."""
        comments = []
        start = self.text.find("<!--")
        while start >= 0 and (end := self.text.find("-->", start)) >= 0:
            if "<a" in self.text[start:end]:
                comments.append(self.text[start + 4 : end])
            start = self.text.find("<!--", end)
        return tuple(comments)

    @cached_property
    def is_data(self) -> bool:
        """Whether this is XML with data in it, and no page that begins as XML."""
        start = self.text[:_START].lstrip().lower()
        return start.startswith("<?xml") and "<html" not in start

    @cached_property
    def title(self) -> str:
        """The first part of the title: portals join article, column and site with `_`, `-` or `|`."""
        element = self.tree.find("title")
        return _SEPARATOR.split(squeeze(element.text))[0] if element is not None else ""

    def meta(self, name: str) -> str | None:
        """Return the first label of this name of the site standard, whatever its case; None where empty."""
        for element in self.tree.find_all("meta"):
            label, content = element.attr("name"), element.attr("content")
            if isinstance(label, str) and label.lower() == name.lower() and isinstance(content, str):
                return content.strip().strip(",，") or None
        return None

    @cached_property
    def trail(self) -> str | None:
        """The last step of the breadcrumb (您现在的位置：首页 > 政府信息公开 > 年报), or None."""
        for element in self.tree.find_all(["div", "td", "p", "span", "ul", "h3", "h4", "section"]):
            text = squeeze(element.text)
            if len(text) > _TRAIL_LENGTH or not _PLACE.search(normalise(text[:20])):
                continue
            steps = [squeeze(link.text) for link in element.find_all("a")]
            parts = [part for part in _SEPARATOR.split(text) if part and part != "正文"]
            last = parts[-1] if parts else ""
            return last if last and (not steps or last not in steps) and len(parts) > 1 else (steps or [last])[-1]
        return None

    def says_column(self) -> bool:
        """Say whether the page calls itself the report column: label, title, breadcrumb, link to itself, or slug."""
        if self.meta("ArticleTitle") or title_says(self.title) is TitleSays.REPORT:
            return False
        names = [self.meta("ColumnName"), self.meta("ColumnType"), self.title, self.trail]
        if any(name and names_column(name) >= MEDIUM for name in names):
            return True
        own = identity(self.url)
        if any(names_column(anchor.text) >= MEDIUM for anchor in self.anchors if identity(anchor.url) == own):
            return True
        return slug_names(self.url) == SLUG


def row_text(element: turbohtml.Element) -> str:
    """Return the text of the list row a link stands in: the widest ancestor that holds no other link.

    Rows are `li`, `tr`, `dd` or a bare `div`; what they share is that the next row's link is not in them.
    """
    text = element.text
    node = element.parent
    for _ in range(_CLIMB):
        if not isinstance(node, turbohtml.Element) or node.tag in {"body", "html", "ul", "table", "tbody"}:
            break
        if len({link.attr("href") for link in node.find_all("a", limit=_SAME_ROW)}) > 1:
            break
        text = node.text
        node = node.parent
    return squeeze(text, _ROW_LENGTH)


def table_heads(element: turbohtml.Element) -> tuple[str, str]:
    """Return the first cell of the row and the head of the column that an element stands in; texts may be empty."""
    cell: object = element
    for _ in range(_CLIMB):
        if isinstance(cell, turbohtml.Element) and cell.tag != "td":
            cell = cell.parent
    row = cell.parent if isinstance(cell, turbohtml.Element) and cell.tag == "td" else None
    table: object = row
    for _ in range(_CLIMB):
        if isinstance(table, turbohtml.Element) and table.tag != "table":
            table = table.parent
    first = table.find("tr") if isinstance(table, turbohtml.Element) and table.tag == "table" else None
    if not isinstance(row, turbohtml.Element) or first is None:
        return "", ""
    cells, heads = row.find_all(["td", "th"]), first.find_all(["td", "th"])
    place = next((n for n, one in enumerate(cells) if one == cell), 0)
    return squeeze(cells[0].text), squeeze(heads[place].text) if place < len(heads) else ""
