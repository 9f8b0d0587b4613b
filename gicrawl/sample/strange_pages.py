"""Pages of a portal nobody has seen: home page, way to the column, articles, in a look that is drawn."""

from __future__ import annotations

import posixpath
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import quote

from gicrawl.sample.chrome import VIEWER, VIEWER_CONTENT, add_pictures
from gicrawl.sample.drawing import Picker, chance
from gicrawl.sample.family import FamilyPortal
from gicrawl.sample.looks import draw_look
from gicrawl.sample.misses import small_pdf
from gicrawl.sample.site import Page

if TYPE_CHECKING:
    import random
    from collections.abc import Iterable

    from gicrawl.sample.site import Attachment, Entry, Placed

STRAY = "/files/sqb.pdf"
"""A form to download, which stands on every page and belongs to no report."""
_INSIDE = ("/index.html", "/web/index.html", "/main/index.shtml", "/home.htm")
_PLATFORMS = ("/zfxxgk/", "/xxgk/", "/zwgk/zfxxgk/", "/zfxxgkpt/", "/zfxxgkzl/", "/gk/xxgk/")
_HUBS = ("/zwgk/", "/gk/", "/zw/", "/gongkai/index.html")
_REFRESHES = (
    '<meta http-equiv="refresh" content="0;url={}">',
    '<META HTTP-EQUIV="Refresh" CONTENT="0; URL={}">',
    '<meta http-equiv="refresh" content="1;URL=\'{}\'">',
)
_SENT_ON = (
    'window.location.href = "{}";',
    "location.replace('{}')",
    "top.location='{}';",
    'self.location.href="{}"',
    "window.location='{}';",
)
_SIBLINGS = (
    ("政府网站工作年度报表", "wznb", "{place}人民政府门户网站{year}年政府网站工作年度报表"),
    ("法治政府建设年度报告", "fzzfnb", "{place}{year}年法治政府建设年度报告"),
    ("财政预决算公开", "czyjs", "{place}{year}年政府决算公开报告"),
    ("统计年报", "tjnb", "{place}{year}年统计年报"),
    ("企业年报公示", "qynb", "关于{place}企业报送{year}年度报告的公告"),
)
_FILE_LINKS = (("link", 3), ("window", 1), ("button", 1), ("loose", 1), ("named", 1))
_FRAMES = (("iframe", 3), ("embed", 1), ("object", 1))
ODD = 0.4
_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
_SKINS = {
    "div": ('<div class="top">{top}</div><div class="wrap">', '</div><div class="foot">{foot}</div>'),
    "table": (
        '<table width="1000" align="center"><tr><td colspan="2">{top}</td></tr><tr><td valign="top">',
        "</td></tr><tr><td>{foot}</td></tr></table>",
    ),
    "html5": ("<header><nav>{top}</nav></header><main>", "</main><footer>{foot}</footer>"),
}


class StrangePortal(FamilyPortal):
    """A portal of any family in a look of its own; stands before the family among its bases.

    Attributes:
        odd: share of its traits that are drawn; all others are the usual ones.
    """

    odd: float = ODD

    def __init__(self, rng: random.Random) -> None:
        self.picker = Picker(rng, self.odd)
        self.look = draw_look(rng, self.picker)
        self.charset = self.look.charset
        self.hub, self.platform = rng.choice(_HUBS), rng.choice(_PLATFORMS)
        self.inside = rng.choice(_INSIDE)
        self.file_link = self.picker.one("file_link", _FILE_LINKS)
        self.frame_tag = self.picker.one("frame_tag", _FRAMES)
        self.before: tuple[str, str] | None = None
        self.siblings = rng.sample(_SIBLINGS, k=3) if self.look.siblings else []
        self.traits: dict[str, str] = {}
        super().__init__(rng)
        self.name = self.look.column
        if self.look.missing == "soft":
            self.portal.not_found = Page(
                body=self.portal.not_found.body, content_type=self.portal.not_found.content_type
            )
        elif self.look.missing == "home":
            self.portal.not_found = Page(body=b"", status=302, location="/")
        elif self.look.missing == "forbidden":
            self.portal.not_found = Page(body=b"<h1>403 Forbidden</h1>", status=403)
        self.portal.traits = {**self.traits, **self.picker.picked}

    # How pages are written

    def html(self, text: str, *, status: int = 200) -> Page:
        """A page in the charset and the writing of the portal."""
        body = self.look.dressed(text).encode(self.charset[1], "xmlcharrefreplace")
        if self.look.mark and text.lstrip().startswith("<!DOCTYPE"):
            body = b"\xef\xbb\xbf" + body
        return Page(body=body, content_type=self.look.header, status=status)

    def to(self, path: str, here: str) -> str:
        """How a page at `here` writes the address of another."""
        if self.look.addresses == "absolute":
            return f"http://{self.host}{path}"
        if self.look.addresses == "scheme":
            return f"//{self.host}{path}"
        if self.look.addresses == "dotted" and "?" not in here:
            return _dotted(path, here)
        return path

    def linked(self, kind: str, name: str, href: str) -> str:
        """A link in one of the ways links are made."""
        half = len(name) // 2
        return {
            "plain": f'<a href="{href}" target="_blank">{name}</a>',
            "picture": f'<a href="{href}"><img src="/images/logo.png" alt="{name}"></a>',
            "broken": f'<a href="{href}"><span>{name[:half]}</span><br><span>{name[half:]}</span></a>',
            "window": f'<a href="javascript:void(0)" onclick="window.open(\'{href}\')">{name}</a>',
            "location": f'<div class="item" onclick="location.href=\'{href}\'"><p>{name}</p></div>',
            "scheme": f"<a href=\"javascript:window.open('{href}','_self')\">{name}</a>",
            "written": f"<script>document.write(\"<a href='{href}'>{name}</a>\");</script>",
            "data": f'<p class="go" data-href="{href}">{name}</p>',
            "sitemap": f"<b>{name}</b>",
            "area": f'<map name="m{half}"><area shape="rect" coords="0,0,9,9" href="{href}" alt="{name}"></map>',
        }[kind]

    def plain(self, name: str, content: str, labels: Iterable[tuple[str, str]] = ()) -> str:
        """A page that is no article."""
        own = (("SiteName", self.site_name), ("SiteDomain", self.host), ("ColumnName", name), ("ColumnType", name))
        shown = self.look.labelled((*own, *labels), article=False)
        technical = "".join(  # what a family's own scripts read from labels is there in every look
            f'<meta name="{key}" content="{value}">' for key, value in labels if not shown
        )
        return self._framed(name, content, f"{shown}{technical}")

    def _framed(self, name: str, content: str, labels: str) -> str:
        look = self.look
        title = f"{name}{look.joined}{self.site_name}" if look.joined else self.site_name
        declared = f'<meta http-equiv="Content-Type" content="text/html; charset={look.charset[0]}">'
        stray = f'<a href="{STRAY}">依申请公开申请表下载</a>' if look.stray_file else ""
        top = (
            f'<a href="/">首页</a> <a href="/zwdt/">政务动态</a> {self.linked(look.nav, look.hub, self._hub_href())} '
            f'<a href="/bsfw/">办事服务</a> <a href="/hdjl/">互动交流</a>'
        )
        foot = (
            f'{stray}<p>主办：{self.site_name}办公室 <a href="/wzdt/">网站地图</a></p><p>网站标识码：{self._code()}</p>'
        )
        before, after = _SKINS[look.skin]
        return f"""<!DOCTYPE html>
<html>
<head>
{declared if look.charset[0] else ""}
<title>{title}</title>
{labels}
<link rel="stylesheet" href="/css/style.css">
</head>
<body>
{before.format(top=top)}
{content}
{after.format(foot=foot)}
</body>
</html>"""

    @property
    def site_name(self) -> str:
        """What the portal calls itself."""
        return f"{self.place}人民政府"

    def _code(self) -> str:
        return f"99{len(self.place):02d}23{len(self.host):04d}"

    @property
    def _kind(self) -> str:
        """How links are made where a link must be."""
        return "plain" if self.look.menu == "sitemap" else self.look.menu

    def _hub_href(self) -> str:
        return self.hub if self.look.hops > 2 else self.platform  # noqa: PLR2004 - a page more on the way

    def trail(self, *steps: tuple[str, str]) -> str:
        """The line that says where the visitor is, where pages have it."""
        if not self.look.trail:
            return ""
        links = " &gt; ".join(f'<a href="{href}">{name}</a>' for name, href in (("首页", "/"), *steps))
        return f'<div class="wz">{self.look.trail}{links}</div>'

    # The way

    def platform_content(self) -> str:
        """The platform with its blocks; columns of other reports may stand beside the one that is wanted."""
        made = super().platform_content()
        plain = f'<li><a href="{self.column_href()}">{self.name}</a></li>'
        wanted = self.linked(self.look.menu, self.name, self.to(self.column_href(), self.platform))
        others = "".join(
            f'<li><a href="{self.to(self._sibling(slug), self.platform)}">{name}</a></li>'
            for name, slug, _ in self.siblings
        )
        return made.replace(plain, f"<li>{wanted}</li>{others}", 1)

    def _sibling(self, slug: str) -> str:
        return f"{self.platform.rstrip('/')}/{slug}/"

    def column_page(self, content: str, *, head: str = "", labels: Iterable[tuple[str, str]] = ()) -> Page:
        """A page of the report column."""
        side = "".join(f'<li><a href="{path}">{name}</a></li>' for name, path in self.blocks())
        shown = (
            f"{self.trail((self.look.platform, self.platform), (self.name, self.column))}"
            f'<div class="menu"><ul>{side}</ul>{self.hot}{self.traps.markup()}</div>\n<h3>{self.name}</h3>\n{content}'
        )
        made = self.plain(self.name, shown, labels)
        return self.html(made.replace("</head>", f"{head}\n</head>", 1) if head else made)

    def around(self) -> None:
        """Home page, what leads to it, hub, platform, columns of other reports, and what else is linked."""
        pages = self.portal.pages
        add_pictures(self.portal)
        pages[VIEWER] = self.html(self.plain("文档预览", VIEWER_CONTENT))
        pages["/css/style.css"] = Page(body=b"body{margin:0}", content_type="text/css")
        if self.look.stray_file:
            pages[STRAY] = Page(body=small_pdf("Form"), content_type="application/pdf")
        home = self._home()
        pages[self.inside] = pages.setdefault("/index.html", home)
        pages["/"] = {"page": home, "redirect": Page(body=b"", status=302, location=self.inside)}.get(
            self.look.home
        ) or self.html(self._doorstep())
        if self.platform not in pages:
            pages[self.platform] = self.html(self.plain(self.look.platform, self.platform_content()))
        if self.hub not in pages:
            pages[self.hub] = self.html(self.plain(self.look.hub, self._hub_content()))
        if self.look.menu == "sitemap":
            self._map_the_site()
        for name, slug, title in self.siblings:
            self._serve_sibling(name, self._sibling(slug), title)
        others = (("政务动态", "/zwdt/"), ("办事服务", "/bsfw/"), ("互动交流", "/hdjl/"), ("网站地图", "/wzdt/"))
        for name, path in (*self.blocks(), *others):
            if path not in pages:
                text = f"<h2>{name}</h2><p>　　本栏目由{self.place}人民政府办公室维护。</p>"
                pages[path] = self.html(self.plain(name, text))

    def _home(self) -> Page:
        look = self.look
        direct = ""
        if look.hops == 1:
            direct = f'<div class="zt">{self.linked(self._kind, self.name, self.to(self.column_href(), "/"))}</div>'
        notices = "".join(
            f'<li><a href="/zwdt/{202600 + number}/{5000 + number}.html">{title}</a></li>'
            for number, title in enumerate((f"{self.place}召开春季造林现场会", f"{self.place}公开招聘公告"))
        )
        content = f"{direct}<h2>要闻</h2><ul>{notices}</ul>{self.hot}{self.traps.markup()}"
        return self.html(self.plain("首页", content))

    def _doorstep(self) -> str:
        """What stands before the home page and only sends on."""
        rng = self.rng
        to = self.to(self.inside, "/")
        inner = {
            "meta": f"<head>{rng.choice(_REFRESHES).format(to)}</head><body></body>",
            "script": f"<head><script>{rng.choice(_SENT_ON).format(to)}</script></head><body></body>",
            "frameset": f'<frameset rows="80,*"><frame src="/top.html"><frame name="main" src="{to}"></frameset>',
            "splash": f'<body bgcolor="#c00"><a href="{to}"><img src="/images/logo.png" alt="进入网站"></a></body>',
        }[self.look.home]
        self.portal.pages["/top.html"] = self.html("<html><body><h1>欢迎</h1></body></html>")
        return f"<html>{inner}</html>"

    def _map_the_site(self) -> None:
        """A map for machines (sitemaps.org), which robots.txt names."""
        places = ("/", self.platform, self.hub, self.column_href(), *(path for _, path in self.blocks()))
        urls = "".join(f"<url><loc>{escape(f'http://{self.host}{place}')}</loc></url>" for place in places)
        text = f'<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="{_SITEMAP}">{urls}</urlset>'
        rules = f"User-agent: *\nDisallow: /search/\n\nSitemap: http://{self.host}/sitemap.xml\n"
        self.portal.pages["/sitemap.xml"] = Page(body=text.encode(), content_type="text/xml")
        self.portal.pages["/robots.txt"] = Page(body=rules.encode(), content_type="text/plain")
        self.portal.forbidden = ("/search/",)

    def _hub_content(self) -> str:
        wanted = self.linked(self._kind, self.look.platform, self.to(self.platform, self.hub))
        columns = ("政策文件", "人事信息", "财政信息", "规划计划", "统计信息", "重点领域", "应急管理", "建议提案")
        others = [f'<li><a href="/bsfw/">{name}</a></li>' for name in columns]
        others.insert(self.rng.randrange(len(others)), f"<li>{wanted}</li>")
        return f"<ul>{''.join(others)}</ul>"

    def _serve_sibling(self, name: str, folder: str, title: str) -> None:
        pages = self.portal.pages
        rows = []
        for year in range(2025, 2018, -1):
            shown = title.format(place=self.place, year=year)
            path = f"{folder}{year + 1}{self.rng.randint(1, 12):02d}/{self.rng.randint(10_000, 99_999)}.html"
            pages[path] = self.html(self.plain(shown, f"<h2>{shown}</h2><p>　　各项工作按计划推进。</p>"))
            rows.append(f'<li><a href="{path}" title="{shown}">{shown[:24]}</a><span>{year + 1}-02-01</span></li>')
        where = self.trail((self.look.platform, self.platform), (name, folder))
        pages[folder] = self.html(self.plain(name, f"{where}<h3>{name}</h3><ul>{''.join(rows)}</ul>"))

    # Articles

    def article(self, placed: Placed) -> str:
        """An article in this portal's template."""
        entry, look = placed.entry, self.look
        moment = f"{entry.published:%Y-%m-%d} {self.rng.randint(8, 17):02d}:{self.rng.randint(0, 59):02d}"
        labels = (
            ("SiteName", self.site_name),
            ("SiteDomain", self.host),
            ("ColumnName", self.name),
            ("ColumnType", f"{self.name},"),
            ("ArticleTitle", entry.title),
            ("PubDate", moment),
            ("ContentSource", entry.source),
            ("Url", f"http://{self.host}{placed.path}"),
        )
        files = "".join(map(self.reference, entry.attachments, placed.attachments))
        title = escape(entry.title)
        heading = f'<{look.heading} class="bt">{title}</{look.heading}>' if look.heading else ""
        if look.heading == "td":
            heading = f"<table><tr>{heading}</tr></table>"
        content = f"""{self.trail((look.platform, self.platform), (self.name, self.column_href()))}
{heading}
<div class="xx">发布时间：{moment} 来源：{escape(entry.source)} 【字体：大 中 小】</div>
{self.body(placed, files)}{self._neighbour(entry, placed)}"""
        shown = look.joined or "_"
        return self._framed(title, content, look.labelled(labels, article=True)).replace(
            f"<title>{self.site_name}</title>", f"<title>{title}{shown}{self.site_name}</title>", 1
        )

    def _neighbour(self, entry: Entry, placed: Placed) -> str:
        before, self.before = self.before, (placed.listed, entry.title)
        if not self.look.neighbours or before is None:
            return ""
        return f'<p>上一篇：<a href="{before[0]}">{escape(before[1])}</a></p>'

    def reference(self, file: Attachment, path: str) -> str:
        """A file in one of the ways files are shown."""
        href = escape(self.file_href(path))
        shown = f"{escape(file.name)}.{file.suffix}"
        if file.style == "frame":
            return {
                "iframe": f'<iframe src="{href}" width="100%" height="900"></iframe>',
                "embed": f'<embed src="{href}" type="application/pdf" width="100%" height="900">',
                "object": f'<object data="{href}" type="application/pdf" width="100%" height="900"></object>',
            }[self.frame_tag]
        if file.style == "viewer":
            return f'<p><iframe src="{VIEWER}?file={quote(path, safe="")}" width="100%"></iframe></p>\n'
        if file.style in {"link", "tag"}:
            return {
                "link": f'<p>附件：<a href="{href}">{shown}</a></p>',
                "window": f'<p>附件：<a href="javascript:;" onclick="window.open(\'{href}\')">{shown}</a></p>',
                "button": f'<p>{shown} <a class="btn" href="{href}" download>点击下载</a></p>',
                "loose": f'<a href="{href}" oldsrc="{href}"><font color="blue">附件1</font></a>',
                "named": f"<p><a href='{href}' title='{shown}'>附件1：{shown[:12]}…</a></p>",
            }[self.file_link]
        return super().reference(file, path)

    def hot_news(self) -> str:
        """News of another column beside the list; some portals have none."""
        return super().hot_news() if chance(self.rng, 0.7) else ""


def _dotted(path: str, here: str) -> str:
    """A path relative to the page it stands on."""
    place, mark, query = path.partition("?")
    folder = here.rsplit("/", 1)[0] or "/"
    found = posixpath.relpath(place, folder)
    found = f"{found}/" if place.endswith("/") and found != "." else found
    return f"{found if found.startswith('.') else './' + found}{mark}{query}"
