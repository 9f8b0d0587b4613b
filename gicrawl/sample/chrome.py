"""What surrounds the content on every page of a government portal: head, navigation, search box, footer."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from gicrawl.sample.pictures import CHROME
from gicrawl.sample.site import Page

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gicrawl.sample.site import Portal

_STYLE = """<style type="text/css">
body{font-size:14px;color:#333;margin:0}.header{height:180px;background:#c00}.nav li{float:left;width:120px}
.main{width:1100px;margin:0 auto}.left{float:left;width:240px}.right{float:right;width:830px}.list li{line-height:36px}
.list span{float:right;color:#999}.article{padding:24px}.footer{clear:both;border-top:2px solid #c00;text-align:center}
</style>"""
_SCRIPT = """<script type="text/javascript">
var today=new Date();function fontZoom(n){document.getElementById("zoom").style.fontSize=n+"px";}
function addFavourite(){try{window.external.addFavorite(location.href,document.title);}catch(e){alert("Ctrl+D");}}
</script>"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """What the pages of one portal share.

    Attributes:
        name: SiteName.
        host: SiteDomain.
        code: SiteIDCode, ten digits; ours begin with 99, which no division has.
        charset: as declared in the page.
        nav: (text, address) of the main navigation.
    """

    name: str
    host: str
    code: str
    charset: str
    nav: tuple[tuple[str, str], ...]


def meta(labels: Iterable[tuple[str, str]]) -> str:
    """Meta labels of the site standard (国办发〔2017〕47号)."""
    return "\n".join(f'<meta name="{name}" content="{escape(value)}">' for name, value in labels)


def page(site: Site, *, title: str, labels: Iterable[tuple[str, str]], content: str, language: str = "en") -> str:
    """A whole page around its content.

    Args:
        site: the portal.
        title: inside of the title element, as the template writes it.
        labels: meta labels beside those of the site itself.
        content: markup between header and footer.
        language: the lang attribute, which on real portals says little.
    """
    nav = "\n".join(f'<li><a href="{href}" target="_blank">{escape(text)}</a></li>' for text, href in site.nav)
    own = (("SiteName", site.name), ("SiteDomain", site.host), ("SiteIDCode", site.code))
    return f"""<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">
<html lang="{language}">
<head>
<meta http-equiv="Content-Type" content="text/html; charset={site.charset}">
{meta(own)}
{meta(labels)}
<title>{title}</title>
{_STYLE}
{_SCRIPT}
</head>
<body>
<div class="header"><div class="top"><a href="javascript:void(0)" onclick="addFavourite()">收藏本站</a> |
<a href="javascript:;">无障碍浏览</a> | <a href="http://www.shangji-sample.gov.cn.invalid/">上级政府网站</a></div>
<img class="logo" src="/images/logo.png" alt="{escape(site.name)}"><h1>{escape(site.name)}</h1>
<form action="/search/s" method="get"><input name="q" type="text" value="请输入关键词">
<input type="submit" value="搜索"></form>
<ul class="nav">
{nav}
</ul></div>
<div class="main">
{content}
</div>
<div class="footer"><p>主办：{escape(site.name)}办公室　承办：大数据中心</p>
<p>网站标识码：{site.code}　备案号：虚ICP备09900{site.code[-3:]}号　公网安备{site.code}0{site.code[-2:]}号</p>
<p>联系电话：0999-8200000　<a href="/wzdt/">网站地图</a></p></div>
</body>
</html>
"""


def breadcrumb(*steps: tuple[str, str]) -> str:
    """The line that says where the visitor is."""
    return (
        '<div class="position">当前位置：'
        + " &gt; ".join(f'<a href="{h}">{escape(t)}</a>' for t, h in steps)
        + "</div>"
    )


def error_content(words: tuple[str, str]) -> str:
    """What an error page says, whatever its status."""
    return f'<div class="error"><h2>{words[0]}</h2><p>{words[1]}</p><p><a href="/">返回首页</a></p></div>'


VIEWER = "/pdfjs/web/viewer.html"
"""A viewer of PDFs that is told in its query which file to show."""
VIEWER_CONTENT = '<div id="viewerContainer"><div id="viewer" class="pdfViewer">正在加载文档……</div></div>'


def icon(suffix: str) -> str:
    """The icon of a file kind beside a link, as rich-text editors put it there."""
    kind = "pdf" if suffix == "pdf" else "doc"
    return f'<img style="vertical-align: middle; margin-right: 2px;" src="/images/icon_{kind}.gif">'


def add_pictures(portal: Portal) -> None:
    """Serve the logo and the icons."""
    for name, draw in CHROME.items():
        kind = "image/gif" if name.endswith("gif") else "image/png"
        portal.pages[f"/images/{name}"] = Page(body=draw(), content_type=kind, etag=f'"{name}"')
    portal.chrome = tuple(f"/images/{name}" for name in CHROME)


def shortened(title: str, length: int, ending: str) -> tuple[str, bool]:
    """A link text cut to `length` characters, and whether anything was cut."""
    if len(title) <= length:
        return title, False
    return title[: length - 1] + ending, True
