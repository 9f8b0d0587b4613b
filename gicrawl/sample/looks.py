"""How a portal looks that is none of the bundled ones: everything around its lists that differs from site to site."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from gicrawl.sample.drawing import chance

if TYPE_CHECKING:
    import random

    from gicrawl.sample.drawing import Picker

_CHARSETS = (
    (("UTF-8", "utf-8"), 8),
    (("gb2312", "gbk"), 3),
    (("GBK", "gb18030"), 1),
    (("gb2312", "utf-8"), 1),
    (("", "utf-8"), 1),
    (("", "gbk"), 1),
)
"""(declared, real) with weights: gb2312 that is GBK is the rule of older sites; some declare nothing, or another."""
_HEADERS = (("text/html", 6), ("text/html;charset={real}", 6), ("text/html; charset=ISO-8859-1", 1))
_HOMES = (("page", 9), ("meta", 1), ("script", 2), ("frameset", 1), ("splash", 1), ("redirect", 1))
_LINKS = (
    ("plain", 9),
    ("picture", 2),
    ("broken", 2),
    ("window", 1),
    ("location", 1),
    ("scheme", 1),
    ("written", 1),
    ("data", 1),
    ("area", 1),
)
_MENUS = (*_LINKS, ("sitemap", 1))
"""On the platform the column may be no link at all: then the site map that robots.txt names has it."""
_PLATFORMS = (
    ("政府信息公开", 6),
    ("信息公开", 2),
    ("政务公开", 2),
    ("政府信息公开专栏", 1),
    ("法定主动公开", 1),
    ("公开", 1),
)
_COLUMNS = (
    ("政府信息公开年报", 4),
    ("政府信息公开年度报告", 2),
    ("信息公开年报", 2),
    ("政府信息公开工作年度报告", 2),
    ("信息公开年度报告", 1),
    ("公开年报", 1),
    ("年度报告", 1),
    ("政府信息公开工作年报", 1),
)
_HOPS = ((2, 5), (1, 1), (3, 3))
_SELDOM, _SOMETIMES = ((False, 4), (True, 1)), ((False, 2), (True, 1))
_QUOTES = (('"', 3), ("'", 1), ("", 1))
_TRAILS = (("当前位置：", 2), ("您现在的位置：", 1), ("您所在的位置：", 1), ("位置: ", 1), ("", 1))
_JOINED = (("_", 2), ("-", 1), (" - ", 1), ("|", 1), ("\n_\n", 1), ("", 1))
_HEADINGS = (("h1", 3), ("h2", 1), ("div", 1), ("p", 1), ("td", 1), ("", 1))
_EDITORS = (
    '<div class="TRS_Editor">{}</div>',
    '<div class="view TRS_UEDITOR trs_paper_default">{}</div>',
    '<div id="zoom">{}</div>',
    '<div class="artile_zw">{}</div>',
    '<div class="v_news_content">{}</div>',
    '<div id="vsb_content_2">{}</div>',
    '<div class="article_content">{}</div>',
    '<div id="mainText">{}</div>',
    '<div id="ivs_content">{}</div>',
    '<table><tr><td class="bt_content">{}</td></tr></table>',
    '<div class="pages_content">{}</div>',
    "<article><section>{}</section></article>",
)
_HUBS = ("政务公开", "政务", "公开", "信息公开", "政府信息公开")
_MISSING = (("404", 7), ("soft", 2), ("home", 1), ("forbidden", 1))
_LABELS = (("full", 5), ("none", 3), ("lower", 2), ("article", 1), ("wrong", 1))
_ADDRESSES = (("root", 6), ("dotted", 3), ("absolute", 3), ("scheme", 1))
_TAG = re.compile(r"<([A-Za-z][\w-]*)((?:\s+[\w:.-]+(?:=\"[^\"<>]*\")?)+)\s*(/?)>")
_ATTRIBUTE = re.compile(r"([\w:.-]+)(?:=\"([^\"]*)\")?")
_APART = re.compile(r"(<script\b.*?</script>|<style\b.*?</style>|<!--.*?-->|<textarea\b.*?</textarea>)", re.DOTALL)
_BARE = re.compile(r"[\w./:#%-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What is peculiar to the pages of one portal.

    Attributes:
        charset: (declared, real).
        header: the Content-Type of its pages.
        mark: whether its pages begin with a byte-order mark.
        home: what stands at `/`: a page, or what sends on to it.
        hops: pages from the home page to the report column, which is one of them: 1 to 3.
        nav, menu: how links of the home page and of the platform are made.
        hub, platform, column: texts of the links on the way.
        addresses: how links are written: from the root, relative with dots, whole, or whole without the scheme.
        missing: how it answers for what is not there.
        labels: which labels of the site standard its pages have.
        quotes: around attributes: `"`, `'` or none.
        capitals: whether tags and attributes are in capitals.
        tight: whether white space between elements is left out.
        trail: the words before the breadcrumb; empty for none.
        skin: the frame of its pages: `div`, `table`, `html5`.
        joined: between the parts of page titles; empty where the title is the site's name alone.
        heading: the element an article's title stands in; empty for none.
        editor: the element around an article's text.
        stray_file: whether every page links to a file that belongs to no report.
        neighbours: whether articles link to those before and after them.
        siblings: whether columns of other annual reports stand beside the column.
    """

    charset: tuple[str, str]
    header: str
    mark: bool
    home: str
    hops: int
    nav: str
    menu: str
    hub: str
    platform: str
    column: str
    addresses: str
    missing: str
    labels: str
    quotes: str
    capitals: bool
    tight: bool
    trail: str
    skin: str
    joined: str
    heading: str
    editor: str
    stray_file: bool
    neighbours: bool
    siblings: bool

    def dressed(self, markup: str) -> str:
        """The same page in the writing of this portal; scripts and comments are left alone."""
        pieces = _APART.split(markup)
        for number in range(0, len(pieces), 2):
            piece = _TAG.sub(self._tag, pieces[number])
            pieces[number] = re.sub(r">\s+<", "><", piece) if self.tight else piece
        return "".join(pieces)

    def _tag(self, match: re.Match[str]) -> str:
        name, attributes, end = match.groups()
        made = [self._attribute(one[1], one[2]) for one in _ATTRIBUTE.finditer(attributes)]
        return f"<{name.upper() if self.capitals else name} {' '.join(made)}{' /' if end else ''}>"

    def _attribute(self, name: str, value: str | None) -> str:
        shown = name.upper() if self.capitals else name
        if value is None:
            return shown
        if self.quotes == "'" and "'" not in value:
            return f"{shown}='{value}'"
        if not self.quotes and _BARE.fullmatch(value):
            return f"{shown}={value}"
        return f'{shown}="{value}"'

    def labelled(self, labels: tuple[tuple[str, str], ...], *, article: bool) -> str:
        """Those labels of the site standard that this portal has."""
        if self.labels == "none" or (self.labels == "article" and not article):
            return ""
        if self.labels == "wrong":
            labels = tuple((name, "首页" if name in {"ColumnName", "ColumnType"} else value) for name, value in labels)
        lower = self.labels == "lower"
        return "\n".join(
            f'<meta name="{name.lower() if lower else name}" content="{escape(value)}">' for name, value in labels
        )


def draw_look(rng: random.Random, picker: Picker) -> Look:
    """Draw a look.

    Args:
        rng: source of what is as good as anything else, such as names.
        picker: draws what is usual on some portals and odd on others.
    """
    charset = picker.one("charset", _CHARSETS)
    return Look(
        charset=charset,
        header=picker.one("header", _HEADERS).format(real=charset[1]),
        mark=charset[1] == "utf-8" and picker.one("mark", _SELDOM),
        home=picker.one("home", _HOMES),
        hops=picker.one("hops", _HOPS),
        nav=picker.one("nav", _LINKS),
        menu=picker.one("menu", _MENUS),
        hub=rng.choice(_HUBS),
        platform=picker.one("platform", _PLATFORMS),
        column=picker.one("column", _COLUMNS),
        addresses=picker.one("addresses", _ADDRESSES),
        missing=picker.one("missing", _MISSING),
        labels=picker.one("labels", _LABELS),
        quotes=picker.one("quotes", _QUOTES),
        capitals=picker.one("capitals", _SELDOM),
        tight=picker.one("tight", _SOMETIMES),
        trail=picker.one("trail", _TRAILS),
        skin=rng.choice(("div", "table", "html5")),
        joined=picker.one("joined", _JOINED),
        heading=picker.one("heading", _HEADINGS),
        editor=rng.choice(_EDITORS),
        stray_file=picker.one("stray_file", _SELDOM),
        neighbours=picker.one("neighbours", _SOMETIMES),
        siblings=chance(rng, 0.6),
    )
