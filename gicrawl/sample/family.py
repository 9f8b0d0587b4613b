"""What the imitation portals of all families share: the column's entries, articles with their files, the way to them.

A family adds how its site software lists and names things; everything else a visitor meets stands here, with the traps
that lie beside the way (`gicrawl.sample.traps`).
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from html import escape
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import parse_qsl, quote

from gicrawl.sample.catalogue import Flavour, draw_entries, paginate
from gicrawl.sample.chrome import (
    VIEWER,
    VIEWER_CONTENT,
    Site,
    add_pictures,
    breadcrumb,
    error_content,
    icon,
    page,
    shortened,
)
from gicrawl.sample.delivery import Delivery, file_page
from gicrawl.sample.drawing import chance
from gicrawl.sample.issuers import city_issuers, county_issuers
from gicrawl.sample.misses import ERROR_PAGE_WORDS
from gicrawl.sample.site import NEAR_MISSES, Page, Placed, Portal
from gicrawl.sample.traps import Traps

if TYPE_CHECKING:
    import random
    from collections.abc import Iterable, Sequence
    from datetime import date

    from gicrawl.sample.http import Request
    from gicrawl.sample.manifest import Json
    from gicrawl.sample.site import Attachment, Entry

_FORMS = ("page_pdf", "notice_pdf", "notice_docx", "notice_pdf_docx", "notice_viewer", "notice_download", "pictures")
_FORMS_DRAWN = 4
_ISSUERS = (0, 1, 2, 4)
"""Fewer bodies than the two portals of the demo have: there are many portals of this kind."""
_COLUMN_NAMES = ("政府信息公开年报", "政府信息公开年度报告", "信息公开年报", "政府信息公开工作年度报告")
_BLOCKS = ("政府信息公开指南", "政府信息公开制度", "法定主动公开内容")
_LINK_LENGTHS = (22, 26, 30, 60)


class FamilyPortal(ABC):
    """A portal of one family, built page by page.

    Attributes:
        id: of the portal; also in its host name.
        place: a county (县, 区) or a city (市).
        family: name of the family.
        charset: (declared, real) of its pages.
        sizes: rows a list page may have; one is drawn.
        platform: path of the page that has the column beside its other blocks.
    """

    id: str
    place: str
    family: str
    charset: tuple[str, str] = ("UTF-8", "utf-8")
    sizes: ClassVar[tuple[int, ...]] = (10, 12, 15)
    platform: str = "/zfxxgk/"

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.size = rng.choice(self.sizes)
        self.name = rng.choice(_COLUMN_NAMES)
        self.link_length = rng.choice(_LINK_LENGTHS)
        self.host = f"www.{self.id}-sample.gov.cn"
        self.delivery = Delivery(rng)
        self.traps = Traps(rng)
        self.column = ""
        self.draw()
        city = self.place.endswith("市")
        self.site = Site(
            name=f"{self.place}人民政府",
            host=self.host,
            code=f"99{rng.randint(10, 99)}{'00' if city else '23'}{rng.randint(1, 9999):04d}",
            charset=self.charset[0],
            nav=(
                ("首页", "/"),
                ("政务动态", "/zwdt/"),
                (rng.choice(("政府信息公开", "信息公开", "政务公开")), self.platform),
                ("办事服务", "/bsfw/"),
            ),
        )
        self.portal = Portal(
            id=self.id,
            body=f"{self.place}人民政府",
            level="prefecture" if city else "county",
            family=self.family,
            host=self.host,
            server=rng.choice(("nginx", "Apache", "openresty/1.19.9.1", "Apache-Coyote/1.1")),
            reason=chance(rng, 0.8),
            charset=self.charset,
            column=self.column,
            not_found=self.html(self.plain("404", error_content(ERROR_PAGE_WORDS)), status=404),
            reply=self._reply,
        )

    # What a family gives

    @abstractmethod
    def draw(self) -> None:
        """Draw ids and slugs and set `column`."""

    @abstractmethod
    def address(self, day: date) -> str:
        """An address for one more article."""

    @abstractmethod
    def list_path(self, number: int) -> str:
        """Where list page `number` is, counted from 0."""

    @abstractmethod
    def lists(self) -> None:
        """Serve the list pages."""

    def body(self, placed: Placed, files: str) -> str:
        """The text of an article in the frame of its editor."""
        return f'<div class="article-content" id="zoom">\n{placed.entry.fragment}{files}</div>'

    def file_address(self, article: str, file: Attachment) -> str:
        """Where an attached file lies."""
        stem = article.rsplit("/", 1)[0]
        return f"{stem}/{self.hexa(32)}.{file.suffix}"

    def file_href(self, path: str) -> str:
        """How an article writes the address of a file."""
        return path

    def answer(self, request: Request) -> Page | None:  # noqa: ARG002 - for families with programs
        """What a program of the portal answers; None where it is no address of a program."""
        return None

    def groups(self, entries: list[Entry]) -> list[tuple[str, list[Entry]]]:
        """The column cut into list pages with their paths."""
        return [(self.list_path(number), rows) for number, rows in enumerate(self.cut(entries))]

    # What families use

    def cut(self, entries: list[Entry]) -> list[list[Entry]]:
        """Entries in pages; where there are enough of them, near misses crowd one page."""
        near = sum(entry.kind in NEAR_MISSES for entry in entries)
        if near < self.size // 2 + 2 or len(entries) <= 2 * self.size:
            return [entries[i : i + self.size] for i in range(0, len(entries), self.size)]
        return paginate(self.rng, entries, self.size)

    def hexa(self, digits: int) -> str:
        """So many hexadecimal digits."""
        return f"{self.rng.getrandbits(digits * 4):0{digits}x}"

    def gap(self) -> str:
        """White space of a script."""
        return self.rng.choice(("", " ", "  ", "\n", "\n\t"))

    def html(self, text: str, *, status: int = 200) -> Page:
        """A page in the charset of the portal."""
        kind = "text/html" if self.charset[0] != "UTF-8" else "text/html;charset=UTF-8"
        return Page(body=text.encode(self.charset[1], "xmlcharrefreplace"), content_type=kind, status=status)

    def json(self, value: Json) -> Page:
        """An answer in JSON."""
        return Page(body=json.dumps(value, ensure_ascii=False).encode(), content_type="application/json;charset=UTF-8")

    def plain(self, name: str, content: str, labels: Iterable[tuple[str, str]] = ()) -> str:
        """A page that is no article."""
        own = (("ColumnName", name), ("ColumnType", name), *labels)
        return page(self.site, title=f"{name}_{self.site.name}", labels=own, content=content, language="zh-CN")

    def href(self, placed: Placed) -> str:
        """How a list writes the address of an article."""
        return placed.listed

    def link(self, placed: Placed) -> str:
        """The link of a row, the same wherever and whenever it is shown."""
        return self._links[placed.path]

    def row_link(self, placed: Placed) -> str:
        """A link text that is cut, and then with the whole title beside it."""
        text, cut = shortened(placed.entry.title, self.link_length, "…")
        full = f' title="{escape(placed.entry.title)}"' if cut or chance(self.rng, 0.5) else ""
        return f'<a href="{self.href(placed)}" target="_blank"{full}>{escape(text)}</a>'

    def rows(self, placed: Sequence[Placed]) -> str:
        """Rows of an ordinary list."""
        return "\n".join(f"<li>{self.link(one)}<span>{one.entry.published:%Y-%m-%d}</span></li>" for one in placed)

    def column_page(self, content: str, *, head: str = "", labels: Iterable[tuple[str, str]] = ()) -> Page:
        """A page of the report column: the list between the way here and what stands beside it."""
        where = breadcrumb(("首页", "/"), ("政府信息公开", self.platform), (self.name, self.column))
        side = "".join(f'<li><a href="{path}">{name}</a></li>' for name, path in self.blocks())
        left = f'<div class="left"><ul>{side}</ul>{self.hot}{self.traps.markup()}</div>'
        shown = f'{where}{left}<div class="right"><h2>{self.name}</h2>\n{content}\n</div>'
        made = self.plain(self.name, shown, labels)
        return self.html(made.replace("</head>", f"{head}\n</head>", 1) if head else made)

    def blocks(self) -> tuple[tuple[str, str], ...]:
        """(name, address) of the other blocks of the platform, which have no reports."""
        return tuple((name, f"{self.platform.rstrip('/')}/k{number}/") for number, name in enumerate(_BLOCKS))

    def column_href(self) -> str:
        """How other pages link to the report column."""
        return self.column

    # How it is built

    def build(self) -> Portal:
        """The whole portal."""
        pages = self.portal.pages
        if chance(self.rng, 0.5):
            rules = "User-agent: *\r\nDisallow: /search/\r\n"
            pages["/robots.txt"] = Page(body=rules.encode(), content_type="text/plain")
            self.portal.forbidden = ("/search/",)
        self.hot = self.hot_news()
        for path, entries in self.groups(self._entries()):
            placed = [self._place(entry, path) for entry in entries]
            self.portal.placed += placed
            self.portal.list_pages.append((path, placed))
        self._links = {placed.path: self.row_link(placed) for placed in self.portal.placed}
        self.around()
        self.lists()
        self._programs = tuple(path for path in self.portal.pages if "?" in path)
        return self.portal

    def _entries(self) -> list[Entry]:
        rng = self.rng
        forms = rng.sample(_FORMS, k=_FORMS_DRAWN)
        flavour = Flavour(
            specials=({"defect": "wrong_total"}, {"title": 3}, {"title": 5}, *({"form": form} for form in forms)),
            pastes={"editor": 4, "word": 3, "plain": 2, "old": 1},
        )
        issuers = city_issuers(rng, self.place) if self.place.endswith("市") else county_issuers(rng, self.place)
        drawn = draw_entries(rng, self.place, [issuers[number] for number in _ISSUERS], flavour)
        return self.furnished(drawn)

    def furnished(self, entries: list[Entry]) -> list[Entry]:
        """What else a family's column holds."""
        return entries

    def _place(self, entry: Entry, list_path: str) -> Placed:
        pages = self.portal.pages
        path = self.address(entry.published)
        listed = path
        if entry.moved:
            listed = self.address(entry.published)
            pages[listed] = Page(body=b"", status=301, location=path, absolute=chance(self.rng, 0.5))
        attached = [self._attach(file, path, entry.published) for file in entry.attachments]
        placed = Placed(entry=entry, path=path, listed=listed, list_page=list_path, attachments=tuple(attached))
        if entry.kind == "soft_404":
            pages[path] = self.html(self.plain("提示信息", error_content(ERROR_PAGE_WORDS)))
        elif entry.kind != "missing":
            article = self.delivery.article(self.html(self.article(placed)), entry.published)
            if entry.kind == "torn":
                article = Page(body=article.body, content_type=article.content_type, torn=True, close=True)
            pages[path] = article
        return placed

    def _attach(self, file: Attachment, article: str, published: date) -> str:
        path = self.file_address(article, file)
        disposition = None
        if file.style == "download":
            path = f"/module/download.do?id={self.rng.randint(10_000, 900_000)}"
            disposition = f"attachment; filename*=UTF-8''{quote(f'{file.name}.{file.suffix}')}"
        if not file.missing:
            self.portal.pages[path] = file_page(file, published, disposition=disposition)
        return path

    def reference(self, file: Attachment, path: str) -> str:
        """How an article refers to a file that belongs to it."""
        shown = f"{escape(file.name)}.{file.suffix}"
        href = self.file_href(path)
        return {
            "inline": f'<p style="text-align: center;"><img src="{href}" alt=""></p>\n',
            "link": f'<p>附件：<a href="{href}" target="_blank">{shown}</a></p>\n',
            "tag": f'<p>{icon(file.suffix)}<a href="{href}" title="{shown}">{shown}</a></p>\n',
            "frame": f'<p><iframe src="{href}" style="width: 100%; height: 900px;"></iframe></p>\n',
            "viewer": f'<p><iframe src="{VIEWER}?file={path}" width="100%" height="900"></iframe></p>\n',
            "download": f'<p><a href="{path}" target="_blank">{shown}</a></p>\n',
        }[file.style]

    def article(self, placed: Placed) -> str:
        """A whole article."""
        entry = placed.entry
        moment = f"{entry.published:%Y-%m-%d} {self.rng.randint(8, 17):02d}:{self.rng.randint(0, 59):02d}"
        labels = (
            ("ColumnName", self.name),
            ("ColumnType", self.name),
            ("ArticleTitle", entry.title),
            ("PubDate", moment),
            ("ContentSource", entry.source),
            ("Keywords", ""),
            ("Url", f"http://{self.host}{placed.path}"),
        )
        files = "".join(map(self.reference, entry.attachments, placed.attachments))
        where = breadcrumb(("首页", "/"), ("政府信息公开", self.platform), (self.name, self.column_href()))
        content = f"""{where}
<div class="article"><h1>{escape(entry.title)}</h1>
<p class="info">发布时间：{moment}　来源：{escape(entry.source)}　浏览次数：<span id="hits"></span></p>
{self.body(placed, files)}
<div class="share">【打印本页】【关闭窗口】</div></div>"""
        title = f"{escape(entry.title)}_{self.site.name}"
        return page(self.site, title=title, labels=labels, content=content, language="zh-CN")

    def hot_news(self) -> str:
        """News of another column beside the list, in titles that sound like reports."""
        items = []
        for number, title in enumerate(
            (
                f"{self.place}召开政府信息公开工作年度报告解读会",
                f"{self.place}{self.rng.randint(2021, 2025)}年国民经济和社会发展统计公报",
            )
        ):
            path = f"/zwdt/{self.rng.randint(2021, 2026)}{self.rng.randint(1, 12):02d}/{900 + number}.html"
            self.portal.pages[path] = self.html(self.plain(title, f"<h2>{title}</h2><p>　　各项工作按计划推进。</p>"))
            items.append(f'<li><a href="{path}" title="{title}">{title[:16]}</a></li>')
        return f'<h3>热点信息</h3><ul class="hot">{"".join(items)}</ul>'

    def around(self) -> None:
        """Home page, the platform page with its four blocks, and the other stops of the navigation."""
        pages = self.portal.pages
        add_pictures(self.portal)
        pages[VIEWER] = self.html(self.plain("文档预览", VIEWER_CONTENT))
        home = f"""<div class="left"><a href="{self.platform}">政府信息公开</a></div>
<div class="right"><h2>要闻</h2>{self.hot}{self.traps.markup()}</div>"""
        pages["/"] = pages["/index.html"] = self.html(self.plain("首页", home))
        if self.platform not in pages:
            pages[self.platform] = self.html(self.plain("政府信息公开", self.platform_content()))
        for name, path in (*self.blocks(), *self.site.nav):
            if path not in pages:
                text = f"<h2>{name}</h2><p>　　本栏目由{self.place}人民政府办公室维护。</p>"
                pages[path] = self.html(self.plain(name, text))

    def platform_content(self) -> str:
        """The unified page with its four blocks."""
        links = [f'<li><a href="{path}">{name}</a></li>' for name, path in self.blocks()]
        links.append(f'<li><a href="{self.column_href()}">{self.name}</a></li>')
        return f'<div class="left"><ul>{"".join(links)}</ul></div><div class="right"><h2>政府信息公开</h2></div>'

    def _reply(self, request: Request) -> Page | None:
        made = self.answer(request)
        if made is not None:
            return made
        if request.place != request.path:  # parameters in another order are the same place to a program
            wanted = _place_key(request.place)
            for path in self._programs:
                if _place_key(path) == wanted:
                    return self.portal.pages[path]
        trap = self.traps.answer(request.path, request.parameters)
        if trap is None:
            return None
        return self.html(self.plain(trap[0], trap[1]))


def _place_key(place: str) -> tuple[str, frozenset[tuple[str, str]]]:
    path, _, query = place.partition("?")
    return path, frozenset(parse_qsl(query, keep_blank_values=True))
