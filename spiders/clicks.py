"""Links that no plain `<a href>` makes: opened by a click, named in a script, left in a comment for one to show."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from spiders.pages import Anchor, printed_title, shown_text, squeeze

if TYPE_CHECKING:
    import turbohtml

    from spiders.pages import Page

_OPENS = re.compile(r"(?:window\.open|location(?:\.href)?|location\.replace)\s*[=(]\s*[\"']([^\"']+)[\"'](?!\s*\+)")
_PATH = re.compile(
    r"(?:https?:)?//[\w.:-]+(?:/\S*)?|\.{0,2}/[\w./~%-]*(?:\?\S*)?|[\w./-]+\.(?:s?html?|jhtml|jsp|aspx?|php|do)(?:\?\S*)?"
)
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
_CODE = re.compile(r"\\u([0-9a-fA-F]{4})")
_LONGEST_SCRIPT = 200_000


def buried_anchors(page: Page) -> list[Anchor]:
    """Read the links that only a script would show: written by one, left in a comment, or opened by a click."""
    written = [script.replace('\\"', '"').replace("\\/", "/") for script in page.scripts if "<a" in script]
    found = [anchor for fragment in (*written, *page.comments) for anchor in page.hidden_anchors(fragment)]
    found += clicked_anchors(page)
    root = page.tree.find("html")
    for script in page.scripts if root is not None else ():
        for match in _NAMED_URL.finditer(script[:_LONGEST_SCRIPT]):
            name = match["before"] or match["after"]
            url = page.resolve(match["url"].replace("\\/", "/"))
            if url is not None and name and root is not None:
                shown = _CODE.sub(lambda code: chr(int(code[1], 16)), name)
                found.append(Anchor(url, squeeze(shown), None, root))
    for name, printed in page.calls.named() if root is not None else ():
        url = page.resolve(printed)
        if url is not None and root is not None:
            found.append(Anchor(url, squeeze(name), None, root))
    return found


def clicked_anchors(page: Page) -> list[Anchor]:
    """Read the links that only a click on an element opens."""
    found = []
    for element in page.tree.select(_CLICKABLE):
        url = _clicked(page, element) if element.tag not in _NOT_CLICKED else None
        if url is not None:
            found.append(Anchor(url, shown_text(element), printed_title(element), element))
    for element, printed in page.calls.awaited():
        url = page.resolve(printed)
        if url is not None:
            found.append(Anchor(url, shown_text(element), printed_title(element), element))
    return found


def _clicked(page: Page, element: turbohtml.Element) -> str | None:
    """Return where a click on an element leads that is no plain link."""
    href = element.attr("href")
    if isinstance(href, str) and page.resolve(href) is not None and element.tag in ("a", "area"):
        return None  # a link like any other
    for name in _DATA_URLS if element.tag != "option" else ("value",):
        printed = element.attr(name)
        if isinstance(printed, str) and _PATH.fullmatch(printed.strip()):
            return page.resolve(printed)
    for code in (href, element.attr("onclick")):
        if not isinstance(code, str):
            continue
        match = _OPENS.search(code)
        printed = match.group(1) if match else page.calls.destination(code, element)
        if printed is None and (match := _QUOTED_PATH.search(code)) is not None:
            printed = match.group(1)
        url = page.resolve(printed) if printed is not None else None
        if url is not None:
            return url
    return None
