"""The Hanweb-like portal: list rows in a datastore inside a script, further rows from `dataproxy.jsp`, UTF-8."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from gicrawl.sample.catalogue import CITY_FLAVOUR, draw_entries, paginate
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
from gicrawl.sample.issuers import city_issuers
from gicrawl.sample.misses import ERROR_PAGE_WORDS
from gicrawl.sample.site import DOCUMENT, Entry, Page, Placed, Portal

if TYPE_CHECKING:
    import random
    from datetime import date

    from gicrawl.sample.site import Attachment

CITY = "岚溪市"
HOST = "www.lanxi-sample.gov.cn"
PROXY = "/module/web/jpage/dataproxy.jsp"
_LINK_LENGTH = 28
_MOST_PAGES = 3
"""One answer of the proxy holds at most so many list pages' worth of rows."""


class HanwebPortal:
    """Builds the portal page by page."""

    def __init__(self, rng: random.Random, entries: list[Entry] | None) -> None:
        self.rng = rng
        self.column_id = rng.randint(1200, 89_000)
        self.unit_id = rng.randint(100_000, 400_000)
        self.platform_id = self.column_id - rng.randint(3, 90)
        self.web_id = rng.randint(1, 60)
        self.next_id = rng.randint(20_000, 9_000_000)
        self.size = rng.choice((12, 13, 14))
        self.body_class = rng.choice(("artile_zw", "bt-content", "article_content"))
        self.column = f"/col/col{self.column_id}/index.html"
        self.delivery = Delivery(rng)
        self.site = Site(
            name=f"{CITY}人民政府",
            host=HOST,
            code="9902000003",
            charset="UTF-8",
            nav=(
                ("首页", "/index.html"),
                ("岚溪概况", f"/col/col{self.platform_id - 7}/index.html"),
                ("新闻中心", f"/col/col{self.platform_id - 5}/index.html"),
                ("信息公开", "/xxgk"),
                ("政务服务", f"/col/col{self.platform_id - 2}/index.html"),
            ),
        )
        drawn = draw_entries(rng, CITY, city_issuers(rng, CITY), CITY_FLAVOUR) if entries is None else entries
        self.lists = paginate(rng, drawn, self.size)
        self.portal = Portal(
            id="lanxi",
            body=f"{CITY}人民政府",
            level="prefecture",
            family="hanweb",
            host=HOST,
            server="Apache-Coyote/1.1",
            reason=False,
            charset=("UTF-8", "utf-8"),
            column=self.column,
            not_found=self._html(self._plain("404", error_content(ERROR_PAGE_WORDS)), status=404),
            answer=self._answer,
        )

    def build(self) -> Portal:
        """The whole portal. It has no robots.txt: the answer is the HTML page for anything missing, with 404."""
        for number, entries in enumerate(self.lists):
            list_path = self.column if number == 0 else f"{PROXY}#{number + 1}"
            placed = [self._place(entry, list_path) for entry in entries]
            self.portal.placed += placed
            self.portal.list_pages.append((list_path, placed))
        self.rows = [self._row(placed) for placed in self.portal.placed]
        self._columns()
        return self.portal

    def _html(self, text: str, *, status: int = 200) -> Page:
        return Page(body=text.encode(), content_type="text/html;charset=UTF-8", status=status)

    def _plain(self, name: str, content: str) -> str:
        labels = (("ColumnName", name), ("ColumnType", "政务公开"))
        return page(self.site, title=f"{self.site.name} {name}", labels=labels, content=content, language="zh-CN")

    def _address(self, day: date) -> str:
        """Day and month are not padded; some articles have a hash for a name."""
        self.next_id += self.rng.randint(1, 400)
        if chance(self.rng, 0.2):
            return f"/art/{day.year}/art_{self.rng.getrandbits(128):032x}.html"
        return f"/art/{day.year}/{day.month}/{day.day}/art_{self.column_id}_{self.next_id}.html"

    def _place(self, entry: Entry, list_path: str) -> Placed:
        pages = self.portal.pages
        path = self._address(entry.published)
        if entry.file is not None:
            path = path.rsplit(".", 1)[0] + entry.file[1] if entry.kind == DOCUMENT else f"{self._stored()}.pdf"
            body = Page(body=entry.file[3], content_type=entry.file[2])
            pages[path] = self.delivery.article(body, entry.published)
            return Placed(entry=entry, path=path, listed=path, list_page=list_path)
        listed = path
        if entry.moved:
            listed = self._address(entry.published)
            pages[listed] = Page(body=b"", status=301, location=path, absolute=True)
        attached = [self._attach(file, entry.published) for file in entry.attachments]
        placed = Placed(entry=entry, path=path, listed=listed, list_page=list_path, attachments=tuple(attached))
        if entry.kind == "soft_404":
            pages[path] = self._html(self._plain("出错了", error_content(ERROR_PAGE_WORDS)))
        elif entry.kind not in {"missing", "robots_denied"}:
            article = self.delivery.article(self._html(self._article(placed)), entry.published)
            if entry.kind == "torn":
                article = Page(body=article.body, content_type=article.content_type, torn=True, close=True)
            pages[path] = article
        return placed

    def _stored(self) -> str:
        """Where the store of attachments keeps a file, without its suffix."""
        return f"/attach/0/{self.rng.getrandbits(128):032x}"

    def _attach(self, file: Attachment, published: date) -> str:
        """Serve an attached file; its path, with the query where a program hands it out."""
        path = f"{self._stored()}.{file.suffix}"
        disposition = None
        if file.picture:
            path = path.replace("/attach/", "/picture/")
        elif file.style == "link":
            path = f"/module/download/downfile.jsp?classid=0&filename={path.rsplit('/', 1)[1]}"
            disposition = f'inline;filename="{file.name}.{file.suffix}"'
        elif file.style == "download":
            path = f"/module/download/down.jsp?i_ID={self.rng.randint(10_000, 900_000)}&colid={self.column_id}"
            disposition = f'attachment;filename="{file.name}.{file.suffix}"'
        if not file.missing:
            self.portal.pages[path] = file_page(file, published, disposition=disposition)
        return path

    @staticmethod
    def _reference(file: Attachment, path: str) -> str:
        """How an article refers to a file that belongs to it."""
        shown = f"{escape(file.name)}.{file.suffix}"
        return {
            "inline": f'<p style="text-align: center;"><img src="{path}" border="0" alt=""></p>\n',
            # The ampersand stands bare in the address, as most templates leave it.
            "link": f'<p>附件：<a href="{path}" target="_blank">{shown}</a></p>\n',
            "tag": f'<p>{icon(file.suffix)}<a href="{path}" target="_blank" title="{shown}">{shown}</a></p>\n',
            "frame": f'<p><iframe src="{path}" style="width: 100%; height: 900px;"></iframe></p>\n',
            "viewer": f'<p><iframe src="{VIEWER}?file={path}" style="width: 100%; height: 900px;"></iframe></p>\n',
            "download": f'<p><a href="{escape(path)}" target="_blank">{shown}</a></p>\n',
        }[file.style]

    def _article(self, placed: Placed) -> str:
        entry = placed.entry
        moment = f"{entry.published:%Y-%m-%d} {self.rng.randint(8, 17):02d}:{self.rng.randint(0, 59):02d}"
        labels = (
            ("ColumnName", "政府信息公开年报"),
            ("ColumnType", "政府信息公开"),
            ("articletitle", entry.title),
            ("pubdate", self.rng.choice((moment, f"{entry.published:%Y年%m月%d日}"))),
            ("ContentSource", entry.source),
            ("Keywords", "年报"),
            ("Author", ""),
            ("Url", f"http://{HOST}{placed.path}"),
        )
        files = "".join(map(self._reference, entry.attachments, placed.attachments))
        code = f"99020000{self.rng.randint(0, 9)}/{entry.published.year}-{self.rng.randint(1, 99_999):05d}"
        content = f"""{breadcrumb(("首页", "/index.html"), ("信息公开", "/xxgk"), ("政府信息公开年报", self.column))}
<table class="xxgk_table"><tbody><tr><td>索引号</td><td>{code}</td><td>发布机构</td><td>{escape(entry.source)}</td></tr>
<tr><td>名称</td><td>{escape(entry.title)}</td><td>发布日期</td><td>{moment[:10]}</td></tr></tbody></table>
<div class="article"><p class="title" align="center"><b>{escape(entry.title)}</b></p>
<p>发布日期：{moment}　来源：{escape(entry.source)}
　浏览次数：<script src="/module/visitcount/articlehits.jsp"></script></p>
<div class="{self.body_class}" id="zoom"><!--ZJEG_RSS.content.begin-->
{entry.fragment}{files}<!--ZJEG_RSS.content.end--></div>
<div class="share">分享到：微信 微博　【打印本页】【关闭窗口】</div></div>"""
        title = f"{self.site.name} 政府信息公开年报 {escape(entry.title)}"
        return page(self.site, title=title, labels=labels, content=content, language="zh-CN")

    def _row(self, placed: Placed) -> str:
        text, cut = shortened(placed.entry.title, _LINK_LENGTH, "…")
        full = f' title="{escape(placed.entry.title)}"' if cut or chance(self.rng, 0.6) else ""
        shown = f"{placed.entry.published:%Y-%m-%d}"
        if chance(self.rng, 0.15):  # dates broken over lines
            shown = shown.replace("-", "-\n")
        link = f'<a href="{placed.listed}"{full} target="_blank">{escape(text)}</a>'
        return f'<li>{link}<span class="date">{shown}</span></li>'

    def _next_group(self, group: int) -> str:
        """The link to group `group` of rows, counted from 0; group 0 is inlined in the column page."""
        if group * self.size >= len(self.rows):
            return ""
        return (
            f'<nextgroup><![CDATA[<a href="{PROXY}?page={group}&appid=1&webid={self.web_id}&path=/'
            f'&columnid={self.column_id}&unitid={self.unit_id}&webname={CITY}&permissiontype=0"></a>]]></nextgroup>\n'
        )

    def _records(self, start: int, end: int) -> str:
        return "\n".join(f"<record><![CDATA[{row}]]></record>" for row in self.rows[start:end])

    def _answer(self, method: str, path: str, query: dict[str, str]) -> Page | None:
        """The proxy: rows by number (from 1, both ends included) or by group, from query or form."""
        if path != PROXY or method not in {"GET", "POST"}:
            return None
        wanted = {"columnid": str(self.column_id), "unitid": str(self.unit_id)}
        known = all(query.get(name) == value for name, value in wanted.items())
        start = end = 0
        following = ""
        if known and query.get("startrecord", "").isdigit() and query.get("endrecord", "").isdigit():
            start = max(0, int(query["startrecord"]) - 1)
            end = min(int(query["endrecord"]), start + _MOST_PAGES * self.size)
        elif known and query.get("page", "").isdigit():
            start = int(query["page"]) * self.size
            end = start + self.size
            following = self._next_group(int(query["page"]) + 1)
        total = len(self.rows) if known else 0
        text = f"""<?xml version='1.0' encoding='UTF-8'?><datastore>
{following}<totalrecord>{total}</totalrecord>
<totalpage>{-(-total // self.size)}</totalpage>
<recordset>
{self._records(start, end)}
</recordset>
</datastore>
"""
        return Page(
            body=text.encode(), content_type="text/xml;charset=UTF-8", transfer="chunked", trailer=start == self.size
        )

    def _columns(self) -> None:
        pages = self.portal.pages
        total = len(self.rows)
        datastore = f"""<div id="{self.unit_id}" class="list"><script type="text/xml"><datastore>
{self._next_group(1)}<recordset>
{self._records(0, self.size)}
</recordset></datastore></script></div>
<script>var param_{self.unit_id}={{col:1,webid:{self.web_id},columnid:{self.column_id},sourceContentType:1,
unitid:'{self.unit_id}',webname:'{CITY}',permissiontype:0,path:'/',proxyUrl:'{PROXY}',totalRecord:{total},perPage:{self.size}}};</script>
<!-- totalRecord:{total}, perPage:{self.size}, -->"""
        side = "".join(
            f'<li><a href="/col/col{self.platform_id + step}/index.html">{name}</a></li>'
            for name, step in (("政府信息公开指南", 1), ("政府信息公开制度", 2), ("法定主动公开内容", 3))
        )
        year = f'<li><a href="{self.column}">政府信息公开年报</a></li>'
        left = f'<div class="left"><ul>{side}{year}</ul></div>'
        where = breadcrumb(("首页", "/index.html"), ("信息公开", "/xxgk"), ("政府信息公开年报", self.column))
        pages[self.column] = self._html(
            self._plain(
                "政府信息公开年报", f'{where}{left}<div class="right"><h2>政府信息公开年报</h2>{datastore}</div>'
            )
        )
        platform = f"/col/col{self.platform_id}/index.html"
        pages[platform] = self._html(
            self._plain("政府信息公开", f'{left}<div class="right"><h2>政府信息公开</h2></div>')
        )
        pages["/xxgk"] = Page(body=b"", status=302, location=platform, absolute=True)
        for name, step in (("指南", 1), ("制度", 2), ("法定主动公开内容", 3)):
            content = f'{left}<div class="right"><h2>{name}</h2><p>　　本栏目由{CITY}人民政府办公室维护。</p></div>'
            pages[f"/col/col{self.platform_id + step}/index.html"] = self._html(self._plain(name, content))
        news = f"/art/2026/3/{self.rng.randint(1, 28)}/art_{self.platform_id - 5}_{self.next_id + 77}.html"
        pages[news] = self._html(self._plain("新闻", f'<div id="zoom"><p>　　{CITY}召开全市经济工作会议。</p></div>'))
        home = f"""<div class="left"><a href="/xxgk">政府信息公开</a></div>
<div class="right"><h2>要闻</h2><ul><li><a href="{news}">{CITY}召开全市经济工作会议</a></li></ul></div>"""
        add_pictures(self.portal)
        pages[VIEWER] = self._html(self._plain("文档预览", VIEWER_CONTENT))
        pages["/"] = pages["/index.html"] = self._html(self._plain("首页", home))
        for name, path in self.site.nav:
            if path not in pages:
                pages[path] = self._html(self._plain(name, f"<h2>{name}</h2><p>　　栏目内容正在整理。</p>"))
