"""What a page is put together of, and where it sends its reader: frames, pieces that scripts fetch, forwards."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from spiders.bundles import bundles
from spiders.pages import squeeze

if TYPE_CHECKING:
    from spiders.pages import Page

_PIECE_FETCHED = re.compile(
    r"(?:(?:\.load|\$\.get(?:JSON)?|\$\.post|\bfetch|\baxios\.get)\(|\burl[\"']?\s*:)\s*[\"'`]"
    r"([^\"'`\s?#]+(?:\.s?html?|\.inc|\.txt|\.xml|\.json|/)(?=[\"'`\s#])"
    r"|[^\"'`\s#]*(?:menu|nav|channel|column|catalog|tree)[^\"'`\s#]*(?=[\"'`]))",
    re.IGNORECASE,
)
_INCLUDED = re.compile(r"<!--\s*#include\s+(?:virtual|file)\s*=\s*[\"']([^\"']+)[\"']", re.IGNORECASE)
_LIBRARY = re.compile(
    r"jquery|swiper|min\.js|layui|vue|react|bootstrap|echarts|slick|wow|animate|axios|hm\.|stat|count|share|polyfill|chunk|app\.|"
    r"webpack|superslide|datepicker|tongji|analytics|baidu|weixin|jweixin|respond|html5|base|common|tools?|utils?|video|map",
    re.IGNORECASE,
)
_MENU = 3  # links of a page that has a menu, and does not only forward
_FORWARD = re.compile(
    r"\blocation(?:\.href)?\s*=\s*[\"'`]([^\"'`]+)[\"'`]|\blocation\.(?:replace|assign)\(\s*[\"'`]([^\"'`]+)[\"'`]"
)
_REFRESH = re.compile(r"url\s*=\s*[\"']?([^\"';]+)", re.IGNORECASE)
_DRAWN = 40  # characters that stand where a page is drawn later: 加载中, a notice to switch scripts on


def frames(page: Page) -> list[str]:
    """Return the URLs of frames, and of where a page of nothing but a script or meta refresh sends its reader."""
    found = [element.attr("src") for element in page.tree.find_all(["iframe", "frame"])]
    urls = [page.resolve(src) for src in found if isinstance(src, str)]
    return [*(url for url in urls if url is not None), *forwards(page)]


def borrowed(page: Page) -> list[str]:
    """Return what the page fetches to show its menus: pieces of HTML first, then scripts that are no library.

    Of a page that is drawn by scripts, the program that draws it comes first of all.
    """
    own = bundles(page) if drawn_by_scripts(page) is not None else []
    found = [match[1] for script in page.scripts for match in _PIECE_FETCHED.finditer(script)]
    found += _INCLUDED.findall(page.text)
    sources = [element.attr("src") for element in page.tree.find_all("script")]
    found += [
        source
        for source in sources
        if isinstance(source, str) and not _LIBRARY.search(source.rpartition("/")[2].partition("?")[0])
    ]
    urls = [*own, *(page.resolve(printed) for printed in found)]
    return [url for url in dict.fromkeys(urls) if url is not None and url != page.url]


def drawn_by_scripts(page: Page) -> str | None:
    """Return the empty element that scripts draw the whole page into (`<div id=app>`), None where it shows text."""
    body = page.tree.find("body")
    if page.anchors or body is None:
        return None
    for element in body.select("#app, #root, #main-app, #__nuxt, #__next, app-root, [ng-app], [ng-view], [v-cloak]"):
        if len(squeeze(element.text)) <= _DRAWN:
            named = element.attr("id")
            return f"<{element.tag}{f' id={named}' if isinstance(named, str) else ''}>"
    return None


def forwards(page: Page) -> list[str]:
    """Return where a page that shows nothing of its own sends its reader."""
    if len(page.anchors) >= _MENU:
        return []
    found = []
    for element in page.tree.find_all("meta"):
        label, content = element.attr("http-equiv"), element.attr("content")
        if isinstance(label, str) and label.lower() == "refresh" and isinstance(content, str):
            match = _REFRESH.search(content)
            found += [match[1]] if match else []
    scripts = [*page.scripts]
    body = page.tree.find("body")
    onload = body.attr("onload") if body is not None else None
    scripts += [onload] if isinstance(onload, str) else []
    found += [one or other for script in scripts for one, other in _FORWARD.findall(script)]
    urls = [page.resolve(url) for url in found]
    return [url for url in dict.fromkeys(urls) if url is not None and url != page.url]
