"""The TRS-like portal: static pages, `index_1.html` pagers, `tYYYYMMDD_ID` articles, GBK under the name gb2312."""

from __future__ import annotations

from datetime import date, timedelta
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import quote

from gicrawl.sample.catalogue import COUNTY_FLAVOUR, draw_entries, paginate
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
from gicrawl.sample.delivery import Delivery, file_page, with_validators
from gicrawl.sample.drawing import chance
from gicrawl.sample.issuers import county_issuers
from gicrawl.sample.misses import ERROR_PAGE_WORDS
from gicrawl.sample.site import DOCUMENT, Entry, Page, Placed, Portal

if TYPE_CHECKING:
    import random

    from gicrawl.sample.site import Attachment

COUNTY = "云坪县"
HOST = "www.yunping-sample.gov.cn"
_SLUGS = ("zfxxgknb", "zfxxgkndbg", "gknb", "xxgknb")
_BLOCKS = (
    ("政府信息公开指南", "zfxxgkzn"),
    ("政府信息公开制度", "zfxxgkzd"),
    ("法定主动公开内容", "fdzdgknr"),
    ("依申请公开", "ysqgk"),
)
_LINK_LENGTH = 26


class TrsPortal:
    """Builds the portal page by page."""

    def __init__(self, rng: random.Random, entries: list[Entry] | None) -> None:
        self.rng = rng
        self.slug = rng.choice(_SLUGS)
        self.column = f"/zfxxgk/{self.slug}/"
        self.suffix = rng.choice(("html", "htm", "shtml"))
        self.size = rng.choice((12, 13, 14))
        self.next_id = rng.randint(300_000, 900_000)
        self.editor = rng.choice(("TRS_Editor", "trs_editor_view TRS_UEDITOR"))
        self.delivery = Delivery(rng)
        self.site = Site(
            name=f"{COUNTY}人民政府",
            host=HOST,
            code="9901230001",
            charset="gb2312",
            nav=(
                ("首页", "/"),
                ("走进云坪", "/zjyp/"),
                ("政务动态", "/zwdt/"),
                ("政府信息公开", "/zfxxgk/"),
                ("办事服务", "/bsfw/"),
                ("互动交流", "/hdjl/"),
            ),
        )
        drawn = draw_entries(rng, COUNTY, county_issuers(rng, COUNTY), COUNTY_FLAVOUR) if entries is None else entries
        self.lists = paginate(rng, drawn, self.size)
        self.portal = Portal(
            id="yunping",
            body=f"{COUNTY}人民政府",
            level="county",
            family="trs",
            host=HOST,
            server="nginx/1.18.0",
            reason=True,
            charset=("gb2312", "gbk"),
            column=self.column,
            not_found=self._html(self._plain("404", error_content(ERROR_PAGE_WORDS)), status=404),
            forbidden=("/search/", f"{self.column}lsk/"),
        )

    def build(self) -> Portal:
        """The whole portal."""
        pages = self.portal.pages
        rules = "".join(f"Disallow: {prefix}\r\n" for prefix in self.portal.forbidden)
        pages["/robots.txt"] = Page(body=f"User-agent: *\r\n{rules}".encode(), content_type="text/plain")
        self._articles()
        self._lists()
        self._around()
        return self.portal

    def _html(self, text: str, *, status: int = 200) -> Page:
        # A file given by the user may have any character in its title.
        return Page(body=text.encode("gbk", "xmlcharrefreplace"), content_type="text/html", status=status)

    def _plain(self, name: str, content: str) -> str:
        title = f"\n{name}\n_\n{self.site.name}\n"
        return page(self.site, title=title, labels=(("ColumnName", name), ("ColumnType", f"{name},")), content=content)

    def _articles(self) -> None:
        for number, entries in enumerate(self.lists):
            list_path = self.column + ("index.html" if number == 0 else f"index_{number}.html")
            placed = [self._place(entry, list_path) for entry in entries]
            self.portal.placed += placed
            self.portal.list_pages.append((list_path, placed))

    def _address(self, day: date) -> str:
        self.next_id += self.rng.randint(3, 900)
        return f"{self.column}{day:%Y%m}/t{day:%Y%m%d}_{self.next_id}.{self.suffix}"

    def _place(self, entry: Entry, list_path: str) -> Placed:
        day = entry.published + timedelta(days=self.rng.choice((0, 0, 0, 1)))
        path = self._address(day)
        pages = self.portal.pages
        if entry.file is not None:
            own = entry.kind == DOCUMENT
            path = path.rsplit(".", 1)[0] + entry.file[1] if own else self._file_address(path, day, "P", "pdf")
            body = Page(body=entry.file[3], content_type=entry.file[2])
            pages[path] = self.delivery.article(body, entry.published)
            return Placed(entry=entry, path=path, listed=path, list_page=list_path)
        if entry.kind == "robots_denied":
            path = path.replace(self.column, f"{self.column}lsk/", 1)
        listed = path
        if entry.moved:
            listed = self._address(day)
            pages[listed] = Page(
                body=b"<html>\r\n<head><title>301 Moved Permanently</title></head>\r\n</html>\r\n",
                status=301,
                location=path,
                absolute=chance(self.rng, 0.5),
            )
        attached = [self._attach(file, path, day) for file in entry.attachments]
        placed = Placed(entry=entry, path=path, listed=listed, list_page=list_path, attachments=tuple(attached))
        if entry.kind == "soft_404":
            pages[path] = self._html(self._plain("提示信息", error_content(ERROR_PAGE_WORDS)))
        elif entry.kind != "missing":
            article = self.delivery.article(self._html(self._article(placed)), entry.published)
            if entry.kind == "torn":
                article = Page(body=article.body, content_type=article.content_type, torn=True, close=True)
            pages[path] = article
        return placed

    def _file_address(self, article: str, day: date, letter: str, suffix: str) -> str:
        """Files lie beside their article, under a letter, the date and a long number."""
        return f"{article.rsplit('/', 1)[0]}/{letter}0{day:%Y%m%d}{self.rng.randrange(10**18):018d}.{suffix}"

    def _attach(self, file: Attachment, article: str, day: date) -> str:
        """Serve an attached file; its path."""
        path = self._file_address(article, day, "W" if file.picture else "P", file.suffix)
        disposition = None
        if file.style == "download":  # a store of its own, which names the file only in the head of its answer
            name = path.rsplit("/", 1)[1].split(".", maxsplit=1)[0]
            path = f"/protect/P0{day:%Y%m}/P0{day:%Y%m%d}/{name}"
            disposition = f"attachment; filename*=UTF-8''{quote(f'{file.name}.{file.suffix}')}"
        if not file.missing:
            self.portal.pages[path] = file_page(file, day, disposition=disposition)
        return path

    @staticmethod
    def _reference(file: Attachment, path: str) -> str:
        """How an article refers to a file that belongs to it."""
        name = path.rsplit("/", 1)[1]
        shown = f"{escape(file.name)}.{file.suffix}"
        return {
            "inline": f'<p align="center"><img src="./{name}" oldsrc="{name}" alt=""></p>\n',
            "link": f'<p>附件：<a href="./{name}" oldsrc="{name}">{shown}</a></p>\n',
            "tag": f'<p class="insertfileTag">{icon(file.suffix)}<a href="./{name}" oldsrc="{name}">{shown}</a></p>\n',
            "frame": f'<p><iframe src="./{name}" width="100%" height="900" frameborder="0"></iframe></p>\n',
            "viewer": f'<p><iframe src="{VIEWER}?file={path}" width="100%" height="900"></iframe></p>\n',
            "download": f'<p>附件下载：<a href="{path}" target="_blank">{shown}</a></p>\n',
        }[file.style]

    def _article(self, placed: Placed) -> str:
        entry = placed.entry
        moment = f"{entry.published:%Y-%m-%d} {self.rng.randint(8, 17):02d}:{self.rng.randint(0, 59):02d}"
        labels = (
            ("ColumnName", "政府信息公开年报"),
            ("ColumnDescription", ""),
            ("ColumnKeywords", ""),
            ("ColumnType", "政府信息公开年报,"),
            ("ArticleTitle", entry.title),
            ("PubDate", moment),
            ("ContentSource", entry.source),
            ("KeyWords", ""),
            ("Author", self.rng.choice(("", "null", "管理员"))),
            ("Description", ""),
            ("Url", f"http://{HOST}{placed.path}"),
        )
        files = "".join(map(self._reference, entry.attachments, placed.attachments))
        side = "".join(f'<li ms-controller="nav"><a href="../../{slug}/">{name}</a></li>' for name, slug in _BLOCKS)
        content = f"""{breadcrumb(("首页", "/"), ("政府信息公开", "/zfxxgk/"), ("政府信息公开年报", "../"))}
<div class="left"><ul ms-controller="leftnav">{side}<li class="on"><a href="../">政府信息公开年报</a></li></ul></div>
<div class="right article">
<h2>{escape(entry.title)}</h2>
<div class="info">发布时间：{moment}　来源：{escape(entry.source)}　字号：【<a href="javascript:fontZoom(18)">大</a>
<a href="javascript:fontZoom(14)">中</a> <a href="javascript:fontZoom(12)">小</a>】
浏览次数：<span id="hits"></span></div>
<div class=xl_article><div class="{self.editor}">
<div class=TRS_PreAppend style="overflow-x: hidden; word-break: break-all">
{entry.fragment}{files}</div></div></div>
<script>var PageInfo={{docid:'{placed.path.rsplit("_", 1)[1].split(".")[0]}',chnlname:'政府信息公开年报'}};</script>
<div class="tools"><a href="javascript:window.print()">打印</a>
<a href="javascript:window.close()">关闭</a> 扫一扫在手机打开当前页</div>
</div>"""
        title = f"\n{escape(entry.title)}\n_\n政府信息公开年报\n_\n{self.site.name}\n"
        return page(self.site, title=title, labels=labels, content=content)

    def _lists(self) -> None:
        total = len(self.lists)
        hot = self._hot_news()
        for number, (path, placed) in enumerate(self.portal.list_pages):
            bracket = ("[", "]") if number == 1 else ("", "")
            rows = []
            for item in placed:
                text, cut = shortened(item.entry.title, _LINK_LENGTH, self.rng.choice(("…", "...")))
                full = f' title="{escape(item.entry.title)}"' if cut or chance(self.rng, 0.6) else ""
                href = "./" + item.listed.removeprefix(self.column)
                shown = f"{bracket[0]}{item.entry.published:%Y-%m-%d}{bracket[1]}"
                rows.append(f' <li><a href="{href}" target="_blank"{full}>{escape(text)}</a><span>{shown}</span></li>')
            content = f"""{breadcrumb(("首页", "/"), ("政府信息公开", "/zfxxgk/"), ("政府信息公开年报", "./"))}
<div class="left"><ul>{"".join(f'<li><a href="../{slug}/">{name}</a></li>' for name, slug in _BLOCKS)}</ul>
<h3>热点信息</h3><ul class="hot">{hot}</ul></div>
<div class="right"><h2>政府信息公开年报</h2>
<ul class="list">
{chr(10).join(rows)}
</ul>
<div class="page"><script>createPageHTML({total}, {number}, "index", "html");</script></div></div>"""
            made = self._html(self._plain("政府信息公开年报", content))
            newest = max((item.entry.published for item in placed), default=date(2026, 1, 5))
            kind = ("both", "none", "date")[number % 3]
            self.portal.pages[path] = with_validators(made, newest, kind)
        self.portal.pages[self.column] = self.portal.pages[f"{self.column}index.html"]

    def _hot_news(self) -> str:
        """News of another column beside the list: not part of the report column, whatever the titles say."""
        items = []
        for title in (
            f"{COUNTY}政府信息公开工作年度报告解读会召开",
            f"{COUNTY}{self.rng.randint(2021, 2025)}年国民经济和社会发展统计公报",
            "全县春季造林工作全面铺开",
        ):
            day = date(2026, 3, self.rng.randint(1, 28))
            self.next_id += self.rng.randint(3, 900)
            path = f"/zwdt/{day:%Y%m}/t{day:%Y%m%d}_{self.next_id}.{self.suffix}"
            body = f'<h2>{title}</h2><div class="TRS_Editor"><p>　　本网讯　{title}，各项工作按计划推进。</p></div>'
            self.portal.pages[path] = self._html(self._plain(title, body))
            items.append(f'<li><a href="{path}" title="{title}">{title[:14]}</a></li>')
        return "".join(items)

    def _around(self) -> None:
        """Home page, the platform page with its four blocks, and the other stops of the navigation."""
        pages = self.portal.pages
        links = "".join(f'<li><a href="{path}">{name}</a></li>' for name, path in self.site.nav[1:])
        home = f"""<div class="right"><h2>今日云坪</h2><ul>{links}</ul></div>
<div class="left"><a href="./zfxxgk/">政府信息公开</a></div>"""
        add_pictures(self.portal)
        pages[VIEWER] = self._html(self._plain("文档预览", VIEWER_CONTENT))
        pages["/"] = self._html(self._plain("首页", home))
        pages["/index.html"] = pages["/"]
        pages["/zfxxgk"] = Page(body=b"", status=301, location="/zfxxgk/", absolute=True)
        blocks = "".join(f'<dt><a href="./{slug}/">{name}</a></dt>' for name, slug in _BLOCKS[:3])
        platform = f"""{breadcrumb(("首页", "/"), ("政府信息公开", "./"))}
<dl class="platform">{blocks}
<dt><a href="./{self.slug}/">政府信息公开年报</a></dt><dt><a href="./ysqgk/">依申请公开</a></dt></dl>"""
        pages["/zfxxgk/"] = self._html(self._plain("政府信息公开", platform))
        for name, slug in _BLOCKS:
            text = f"<h2>{name}</h2><p>　　本栏目由{COUNTY}人民政府办公室维护，每年一月核对一次。</p>"
            pages[f"/zfxxgk/{slug}/"] = self._html(self._plain(name, text))
        for name, path in self.site.nav:
            if path not in pages:
                pages[path] = self._html(self._plain(name, f"<h2>{name}</h2><p>　　栏目建设中，请稍后访问。</p>"))
