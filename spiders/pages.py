"""A fetched page as spiders see it: decoded once, parsed once, links with the words around them.

turbohtml builds the tree browsers build, several times faster than `response.xpath`; rows that no tree shows (inside
scripts, comments, CDATA) are for the families that need them, from `Page.text`.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import turbohtml
from w3lib.url import safe_url_string

from spiders.script_calls import Calls
from spiders.scripts import known_to
from spiders.urls import MAX_URL, identity, join
from spiders.vocabulary import LONGEST, MEDIUM, SLUG, TitleSays, names_column, normalise, slug_names, title_says

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scrapy.http import Response

_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_HEADER_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_META_CHARSET = re.compile(
    rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]+)|<\?xml[^>]{0,80}encoding=[\"']([\w.:-]+)", re.IGNORECASE
)
# Portals declare the small set and use the big one; Latin-1 is what servers say when nobody told them.
_READ_AS = {"gb2312": "gb18030", "gbk": "gb18030", "gb_2312-80": "gb18030", "x-gbk": "gb18030", "cp936": "gb18030"}
_UNDECLARED = frozenset({"iso-8859-1", "latin-1", "latin1", "iso8859-1", "windows-1252", "us-ascii", "ascii"})
_META_WINDOW = 4096
_SPACE = re.compile(r"[\s\u3000]+")
_DATE = re.compile(r"((?:19|20)\d\d)\s*[-./年]\s*(\d{1,2})\s*[-./月]\s*(\d{1,2})(?!\d)")
_OPENS = re.compile(r"(?:window\.open|location(?:\.href)?|location\.replace)\s*[=(]\s*[\"']([^\"']+)[\"'](?!\s*\+)")
_PATH = re.compile(
    r"(?:https?:)?//[\w.:-]+(?:/\S*)?|\.{0,2}/[\w./~%-]*(?:\?\S*)?|[\w./-]+\.(?:s?html?|jhtml|jsp|aspx?|php|do)(?:\?\S*)?"
)
_JOINED = re.compile(r"^[\"'\s]*\+|[\"']\s*\+|\+\s*[\"']")
"""An address that a script would put together: markup in its strings is not all there is of it."""
_QUOTED_PATH = re.compile(rf"[\"']({_PATH.pattern})[\"'](?!\s*\+)")
_DATA_URLS = (
    *("data-href", "data-url", "data-link", "data-src", "data-page-url", "dataurl"),
    *("_href", "_url", "_src", "lay-href", "tagname", "url", "link"),
)
"""Attributes in which portals keep the address that a click leads to."""
_CLICKABLE = ", ".join(["[onclick]", "a[href^=javascript]", "option[value]", *(f"[{name}]" for name in _DATA_URLS)])
_NOT_CLICKED = frozenset({"img", "iframe", "frame", "embed", "object", "script", "link", "source", "video", "audio"})
"""What shows what an attribute names, later than the page."""
# {name: "政府信息公开", url: "/zfxxgk/"} in a script that writes the menu, in either order.
_NAMED_URL = re.compile(
    r"""(?:["']?\b(?:name|title|text|label|menuName|\w*[nN]ame)["']?\s*:\s*["'](?P<before>[^"'<>{}]{2,40})["'][^{}\[\]]{0,200}?)?"""
    r"""["']?\b(?:url|href|link|path|\w*Url|jump_url)["']?\s*:\s*["'](?P<url>[^"'<>\s{}]{1,300})["']"""
    r"""(?:[^{}\[\]]{0,200}?["']?\b(?:name|title|text|label|menuName|\w*[nN]ame)["']?\s*:\s*["'](?P<after>[^"'<>{}]{2,40})["'])?"""
)
_PIECE_FETCHED = re.compile(
    r"(?:(?:\.load|\$\.get(?:JSON)?|\bfetch)\(|\burl[\"']?\s*:)\s*[\"']([^\"'\s?#]+(?:\.s?html?|\.inc|\.txt|\.xml|\.json|/))[\"'\s#]"
)
_INCLUDED = re.compile(r"<!--\s*#include\s+(?:virtual|file)\s*=\s*[\"']([^\"']+)[\"']", re.IGNORECASE)
_LIBRARY = re.compile(
    r"jquery|swiper|min\.js|layui|vue|react|bootstrap|echarts|slick|wow|animate|axios|hm\.|stat|count|share|polyfill|chunk|app\.|"
    r"webpack|superslide|datepicker|tongji|analytics|baidu|weixin|jweixin|respond|html5|base|common|tools?|utils?|video|map",
    re.IGNORECASE,
)
_SCRIPT_FILE = re.compile(r"\.js(?:\?|$)", re.IGNORECASE)
_MENU = 3  # links of a page that has a menu, and does not only forward
_FORWARD = re.compile(
    r"\blocation(?:\.href)?\s*=\s*[\"'`]([^\"'`]+)[\"'`]|\blocation\.(?:replace|assign)\(\s*[\"'`]([^\"'`]+)[\"'`]"
)
_REFRESH = re.compile(r"url\s*=\s*[\"']?([^\"';]+)", re.IGNORECASE)
_CODE = re.compile(r"\\u([0-9a-fA-F]{4})")
_LONGEST_SCRIPT = 200_000
_PLACE = re.compile(r"(?:当前|所在|现在|目前)?(?:的)?位置")
_SEPARATOR = re.compile(r"\s*(?:_|\||—|>>|>|»|›)\s*|\s+-\s+|-(?=[^\d])")
_TRAIL_LENGTH = 160
_LOOKED_AT = 20_000  # characters of a text, white space included
_ROW_LENGTH = 2_000
_CLIMB = 4
_DRAWN = 40  # characters that stand where a page is drawn later: 加载中, a notice to switch scripts on
_SAME_ROW = 3  # links of one row to one place: its number, its title, 查看


def decode(body: bytes, content_type: bytes = b"") -> tuple[str, str]:
    """Decode a page; the text and the charset it was read with.

    Order: byte-order mark, strict UTF-8, the HTTP header, the page's own label, GB18030. gb2312 and gbk are read as
    GB18030, their superset: portals declare the former and use characters of the latter.
    """
    for bom, charset in _BOMS:
        if body.startswith(bom):
            return body[len(bom) :].decode(charset, "replace"), charset
    try:
        # A torn page may end inside a character: that alone does not make it something else than UTF-8.
        return codecs.getincrementaldecoder("utf-8")("strict").decode(body, final=False), "utf-8"
    except UnicodeDecodeError:
        pass
    declared = [
        charset for charset in (_charset(_HEADER_CHARSET, content_type), _charset(_META_CHARSET, body)) if charset
    ]
    for charset in [*declared, "gb18030"]:
        try:
            return codecs.getincrementaldecoder(charset)("strict").decode(body, final=False), charset
        except UnicodeDecodeError:
            continue
    charset = declared[0] if declared else "gb18030"
    return body.decode(charset, "replace"), charset


def _charset(pattern: re.Pattern[bytes], where: bytes) -> str | None:
    match = pattern.search(where[:_META_WINDOW])
    if match is None:
        return None
    name = next(group for group in match.groups() if group).decode("ascii").lower()
    if name in _UNDECLARED:
        return None
    try:
        return _READ_AS.get(name, codecs.lookup(name).name)
    except LookupError:
        return None


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

    def buried_anchors(self) -> list[Anchor]:
        """Read the links that only a script would show: written by one, left in a comment, or opened by a click."""
        written = [script.replace('\\"', '"').replace("\\/", "/") for script in self.scripts if "<a" in script]
        found = [anchor for fragment in (*written, *self.comments) for anchor in self.hidden_anchors(fragment)]
        found += self.clicked_anchors()
        root = self.tree.find("html")
        for script in self.scripts if root is not None else ():
            for match in _NAMED_URL.finditer(script[:_LONGEST_SCRIPT]):
                name = match["before"] or match["after"]
                url = self.resolve(match["url"].replace("\\/", "/"))
                if url is not None and name and root is not None:
                    shown = _CODE.sub(lambda code: chr(int(code[1], 16)), name)
                    found.append(Anchor(url, squeeze(shown), None, root))
        for name, printed in self.calls.named() if root is not None else ():
            url = self.resolve(printed)
            if url is not None and root is not None:
                found.append(Anchor(url, squeeze(name), None, root))
        return found

    def clicked_anchors(self) -> list[Anchor]:
        """Read the links that only a click on an element opens."""
        found = []
        for element in self.tree.select(_CLICKABLE):
            url = self._clicked(element) if element.tag not in _NOT_CLICKED else None
            if url is not None:
                found.append(Anchor(url, shown_text(element), printed_title(element), element))
        for element, printed in self.calls.awaited():
            url = self.resolve(printed)
            if url is not None:
                found.append(Anchor(url, shown_text(element), printed_title(element), element))
        return found

    def _clicked(self, element: turbohtml.Element) -> str | None:
        """Return where a click on an element leads that is no plain link."""
        href = element.attr("href")
        if isinstance(href, str) and self.resolve(href) is not None and element.tag in ("a", "area"):
            return None  # a link like any other
        for name in _DATA_URLS if element.tag != "option" else ("value",):
            printed = element.attr(name)
            if isinstance(printed, str) and _PATH.fullmatch(printed.strip()):
                return self.resolve(printed)
        for code in (href, element.attr("onclick")):
            if not isinstance(code, str):
                continue
            match = _OPENS.search(code)
            printed = match.group(1) if match else self.calls.destination(code, element)
            if printed is None and (match := _QUOTED_PATH.search(code)) is not None:
                printed = match.group(1)
            url = self.resolve(printed) if printed is not None else None
            if url is not None:
                return url
        return None

    @cached_property
    def calls(self) -> Calls:
        """The functions of the page's scripts, for what a click on it calls."""
        return Calls(self, [known_to(script, self) for script in self.scripts])

    @cached_property
    def scripts(self) -> tuple[str, ...]:
        """The text of every inline script; of a script, itself."""
        if _SCRIPT_FILE.search(self.url):
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
        start = self.text[:_META_WINDOW].lstrip().lower()
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

    def frames(self) -> list[str]:
        """Return the URLs of frames, and of where a page of nothing but a script or meta refresh sends its reader."""
        found = [element.attr("src") for element in self.tree.find_all(["iframe", "frame"])]
        urls = [self.resolve(src) for src in found if isinstance(src, str)]
        return [*(url for url in urls if url is not None), *self.forwards()]

    def borrowed(self) -> list[str]:
        """Return what the page fetches to show its menus: pieces of HTML first, then scripts that are no library."""
        found = [match[1] for script in self.scripts for match in _PIECE_FETCHED.finditer(script)]
        found += _INCLUDED.findall(self.text)
        sources = [element.attr("src") for element in self.tree.find_all("script")]
        found += [
            source
            for source in sources
            if isinstance(source, str) and not _LIBRARY.search(source.rpartition("/")[2].partition("?")[0])
        ]
        urls = [self.resolve(printed) for printed in found]
        return [url for url in dict.fromkeys(urls) if url is not None and url != self.url]

    def drawn_by_scripts(self) -> str | None:
        """Return the empty element that scripts draw the whole page into (`<div id=app>`), None where it shows text."""
        body = self.tree.find("body")
        if self.anchors or body is None:
            return None
        for element in body.select(
            "#app, #root, #main-app, #__nuxt, #__next, app-root, [ng-app], [ng-view], [v-cloak]"
        ):
            if len(squeeze(element.text)) <= _DRAWN:
                named = element.attr("id")
                return f"<{element.tag}{f' id={named}' if isinstance(named, str) else ''}>"
        return None

    def forwards(self) -> list[str]:
        """Return where a page that shows nothing of its own sends its reader."""
        if len(self.anchors) >= _MENU:
            return []
        found = []
        for element in self.tree.find_all("meta"):
            label, content = element.attr("http-equiv"), element.attr("content")
            if isinstance(label, str) and label.lower() == "refresh" and isinstance(content, str):
                match = _REFRESH.search(content)
                found += [match[1]] if match else []
        scripts = [*self.scripts]
        body = self.tree.find("body")
        onload = body.attr("onload") if body is not None else None
        scripts += [onload] if isinstance(onload, str) else []
        found += [one or other for script in scripts for one, other in _FORWARD.findall(script)]
        urls = [self.resolve(url) for url in found]
        return [url for url in dict.fromkeys(urls) if url is not None and url != self.url]


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
