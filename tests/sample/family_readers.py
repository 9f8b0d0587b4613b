"""How the lists of each family are read by hand: straight along what its pages say, with nothing of the crawler."""

from __future__ import annotations

import html
import http.client
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urljoin, urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable

HREF = re.compile(r'<a\b[^>]*?href="([^"]+)"')


@dataclass(frozen=True)
class Visitor:
    """Asks one portal."""

    port: int
    charset: str
    manifest: dict[str, Any]

    def ask(
        self,
        target: str,
        *,
        form: dict[str, object] | None = None,
        value: object = None,
        referer: str | None = None,
    ) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and body of the answer to a GET, or to a POST of a form or of a value in JSON."""
        headers = {} if referer is None else {"Referer": referer}
        body = None
        if form is not None:
            body, kind = urlencode(form), "application/x-www-form-urlencoded"
        elif value is not None:
            body, kind = json.dumps(value), "application/json"
        if body is not None:
            headers["Content-Type"] = kind
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request("GET" if body is None else "POST", target, body, headers)
            answer = connection.getresponse()
            return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
        finally:
            connection.close()

    def text(self, target: str, form: dict[str, object] | None = None) -> str:
        """The text of a page that is there."""
        status, _, body = self.ask(target, form=form)
        assert status == 200, target
        return body.decode(self.charset)

    def value(self, target: str, form: dict[str, object] | None = None, value: object = None) -> Any:  # noqa: ANN401 - JSON
        """What an answer in JSON says."""
        return json.loads(self.ask(target, form=form, value=value)[2])

    @property
    def column(self) -> str:
        """The column page."""
        return self.text(self.manifest["column"])


def found(pattern: str, text: str) -> str:
    """The group of a pattern that must be there."""
    match = re.search(pattern, text, re.DOTALL)
    assert match is not None, pattern
    return match[1]


def rows(markup: str, base: str = "/") -> list[str]:
    """Paths and queries of the links of some markup."""
    parts = [urlsplit(urljoin(base, html.unescape(href))) for href in HREF.findall(markup)]
    return [f"{part.path}?{part.query}" if part.query else part.path for part in parts]


def ucap(visitor: Visitor) -> list[str]:
    """Each year's column: rows in a comment, the number of pages in the arguments."""
    out = []
    years = rows(found(r'<ul id="nb_list">(.*?)</ul>', visitor.column))
    assert len(years) == 4
    for first in years:
        pages, number = 1, 1
        while number <= pages:
            path = first if number == 1 else first.replace(".shtml", f"_{number}.shtml")
            text = visitor.text(path)
            comment = found(r'<ul class="jytxxgklist"><!--(.*?)--></ul>', text)
            pages = int(found(rf"createPageHTML\('page_div',(\d+), {number},", comment))
            out += rows(comment)
            number += 1
        channel = found(r"channelId='(\w+)'", text)
        told = visitor.value(f"/common/search/{channel}?_isAgg=true&_isJson=true&_pageSize=500&page=1")["data"]
        assert [urlsplit(row["url"]).path for row in told["results"]] == out[-told["total"] :]
    return out


def gkmlpt(visitor: Visitor) -> list[str]:
    """The interface, with what the configuration of the shell says."""
    text = visitor.column
    base = visitor.manifest["column"].rsplit("/", 1)[0]
    sid = found(r"SID: '(\d+)'", text)
    cid = found(r'"id":(\d+),"name":"[^"]*(?:年报|年度报告)"', text)
    out: list[str] = []
    page = 1
    while True:
        told = visitor.value(f"{base}/api/all/{cid}?page={page}&sid={sid}")
        out += [urlsplit(row["url"]).path for row in told["articles"]]
        if len(out) >= told["classify"]["post_count"]:
            assert visitor.value(f"{base}/api/all/{cid}?page={page + 1}&sid={sid}")["articles"] == []
            first = visitor.value(f"{base}/api/all/{cid}?page=1&sid={sid}")
            assert visitor.value(f"{base}/api/all/{cid}?page=0&sid={sid}") == first
            return out
        page += 1


def jpaas(visitor: Visitor) -> list[str]:
    """The gateway, with what the pager says in single quotes."""
    pager = found(r'<div class="pagination"(.*?)></div>', visitor.column)
    told = dict(re.findall(r"'(\w+)':'([^']*)'", html.unescape(pager)))
    unit, size = found(r'unitUrl="([^"]+)"', pager), int(found(r'rows="(\d+)"', pager))
    query = {"parseType": "bulidstatic", "pageType": "column", "editType": "null", **told}
    out: list[str] = []
    number = 1
    while True:
        asked = urlencode({**query, "paramJson": json.dumps({"pageNo": number, "pageSize": size})})
        data = visitor.value(f"{unit}?{asked}")["data"]
        new = rows(data if isinstance(data, str) else data["html"])
        if not new:
            break
        out += new
        number += 1
    assert len(out) == int(found(r'count="(\d+)"', pager))
    again = visitor.value(f"{unit}?{urlencode({**query, 'pageNo': 2})}")["data"]
    assert rows(again if isinstance(again, str) else again["html"]) == out[:size]
    return out


def querylist(visitor: Visitor) -> list[str]:
    """The form, with what the script of the page says."""
    text = visitor.column
    site, channel = found(r"webSiteCode:\s*\['(\w+)'\]", text), found(r"channelCode:\s*\['(\w+)'\]", text)
    size = int(found(r"perPage:\s*['\"](\d+)", text))
    assert found(r'<base href="([^"]+)">', text) == f"/{site}/"
    out: list[str] = []
    total, page = 1, 1
    while len(out) < total:
        form = {"current": page, "pageSize": size, "webSiteCode[]": site, "channelCode[]": channel}
        data = visitor.value("/queryList", form=form)["data"]
        total = data["total"]
        out += [json.loads(row["source"]["urls"])["pc"] for row in data["results"]]
        page += 1
    assert visitor.value("/queryList", form={"current": 1, "webSiteCode[]": site})["data"]["results"] == []
    return out


def lonsun(visitor: Visitor) -> list[str]:
    """The label, with what the script of the page says."""
    text = visitor.column
    told = dict(re.findall(r'(siteId|organId|catId|file|result|labelName):"([^"]*)"', text))
    size, pages = int(found(r"pageSize:(\d+),pageIndex", text)), int(found(r"pageCount:(\d+)", text))
    out: list[str] = []
    for page in range(1, pages + 1):
        query = urlencode({"IsAjax": 1, "dataType": "html", "pageSize": size, "pageIndex": page, **told})
        new = rows(visitor.text(f"/site/label/8888?{query}"))
        assert new
        out += new
    query = urlencode({**told, "pageIndex": pages + 1, "pageSize": size})
    assert visitor.text(f"/site/label/8888?{query}") == "<div>暂无相关信息</div>"
    return out


def xxgk(visitor: Visitor) -> list[str]:
    """The form, with what the script of the page says; rows of other columns are left out."""
    asked = dict(pair.split("=") for pair in found(r'data:"([^"]+)"', visitor.column).split("&"))
    own = found(r"/col/col(\d+)/", visitor.manifest["column"]).join(("art_", "_"))
    out: list[str] = []
    page, pages = 1, 1
    while page <= pages:
        text = visitor.text("/module/xxgk/search.jsp", form={**asked, "currpage": page})
        pages = int(found(r"共(\d+)页", text))
        new = rows(text)
        assert text.count('<tr class="tr_main_value_') == len(new)
        assert len([path for path in new if own not in path]) == 2
        out += [path for path in new if own in path]
        page += 1
    return out


def epoint(visitor: Visitor) -> list[str]:
    """The program, with the id from the script."""
    source = found(r'<script src="(/js/[^"]+)"', visitor.column)
    asked: dict[str, object] = {
        "deptcode": "",
        "categorynum": visitor.manifest["column"].split("=")[1],
        "pageSize": int(found(r"pageSize\s*=\s*(\d+)", visitor.column)),
        "siteGuid": found(r"siteGuid:\s*'([^']+)'", visitor.text(source)),
    }
    out: list[str] = []
    total, page = 1, 0
    while len(out) < total:
        value: dict[str, object] = {**asked, "pageIndex": page}
        told = visitor.value(
            "/EWB-FRONT/rest/lightfrontaction/getgovinfolist", value=[value, {"params": value}][page % 2]
        )
        custom = told["custom"] if isinstance(told["custom"], dict) else json.loads(told["custom"])
        total = custom["total"]
        out += [row["infourl"] for row in custom["data"]]
        page += 1
    return out


def vsb(visitor: Visitor) -> list[str]:
    """From page to page by the link to the next; static pages count down to 1."""
    at: str | None = visitor.manifest["column"]
    seen: list[str] = []
    out: list[str] = []
    while at is not None:
        seen.append(at)
        text = visitor.text(at)
        out += rows(found(r'<div class="right">.*?<ul>(.*?)</ul>', text))
        match = re.search(r'<a href="([^"]+)" class="Next">下页</a>', text)
        at = None if match is None else html.unescape(match[1])
    numbers = [int(found(r"/(\d+)\.htm$", path)) for path in seen[1:] if path.endswith(".htm")]
    assert numbers in ([], list(range(len(seen) - 1, 0, -1)))
    return out


def beijing(visitor: Visitor) -> list[str]:
    """Years, and below each its streets."""
    out: list[str] = []
    years = rows(found(r'<ul class="years">(.*?)</ul>', visitor.column))
    streets = 0
    for year in years:
        text = visitor.text(year)
        out += rows(found(r'<ul class="newsList">(.*?)</ul>', text))
        more = re.search(r'</ul><p><a href="([^"]+)">', text.partition('<ul class="years">')[2])
        if more is not None:
            assert more[1].startswith(year)
            streets += 1
            out += rows(found(r'<ul class="newsList">(.*?)</ul>', visitor.text(more[1])))
    assert streets >= 3
    return out


def ilist(visitor: Visitor) -> list[str]:
    """By number until a page comes once more."""
    out: list[str] = []
    page = 1
    while True:
        text = visitor.text(f"{visitor.manifest['column']}&cur_page={page}")
        new = rows(found(r'<div class="right">.*?<ul>(.*?)</ul>', text))
        if new == out[-len(new) :]:
            return out
        out += new
        page += 1


def truecms(visitor: Visitor) -> list[str]:
    """Records by number, saying where we come from."""
    text = visitor.column
    column = found(r'columnId\s*=\s*"([^"]+)"', text)
    size = int(found(r"perpage=(\d+)", text))
    program = found(r'url:\s*"([^"]+)"', text)
    out: list[str] = []
    total = 1
    while len(out) < total:
        span = {"startrecord": len(out) + 1, "endrecord": len(out) + size, "perpage": size}
        target = f"{program}?{urlencode({**span, 'columnId': column, 'callback': 'cb'})}"
        assert visitor.ask(target)[0] == 404
        _, _, body = visitor.ask(target, referer=f"http://any/{visitor.manifest['column']}")
        datastore = json.loads(found(r"^cb\((.*)\)$", body.decode()))["result"]
        total = int(found(r"<totalrecord>(\d+)<", datastore))
        out += rows(datastore)
    return out


def linked(visitor: Visitor) -> list[str]:
    """From page to page by the link to the next, until it leads nowhere new."""
    at = visitor.manifest["column"]
    frame = re.search(r'<iframe\s+src="([^"]+)"', visitor.column)
    at = at if frame is None else frame[1]
    seen: list[str] = []
    out: list[str] = []
    while at not in seen:
        seen.append(at)
        text = visitor.text(at)
        text = text if frame is not None else text.partition('<div class="right">')[2]
        out += rows(found(r'<(?:ul class="list"|table id="GridView1")>(.*?)</(?:ul|table)>', text))
        at = html.unescape(found(r'<a href="([^"]+)">下一页</a>', text))
    assert len(seen) == len(visitor.manifest["list_pages"])
    return out


def hunan(visitor: Visitor) -> list[str]:
    """By the arguments of the pager."""
    first = visitor.manifest["column"]
    pages = int(found(r"createPageHTML\((\d+),\s*0, ", visitor.column))
    out: list[str] = []
    for number in range(pages):
        path = first if number == 0 else first.replace(".html", f"_{number}.html")
        out += rows(found(r'<ul class="list">(.*?)</ul>', visitor.text(path)), path)
    return out


def hebei(visitor: Visitor) -> list[str]:
    """The block, with what the script of the page says."""
    text = visitor.column
    block, pages = found(r'var url\s*=\s*"([^"]+)"', text), int(found(r"totalPages\s*=\s*(\d+)", text))
    out = [row for page in range(1, pages + 1) for row in rows(visitor.text(f"{block}?page={page}&fix=0"))]
    assert rows(visitor.text(f"{block}?page={pages + 1}&fix=0")) == []
    assert rows(found(r'<div id="block">(.*?)</div>', text)) == out[: len(rows(found(r'id="block">(.*?)</div>', text)))]
    return out


def sichuan(visitor: Visitor) -> list[str]:
    """The value to post stands in the script."""
    asked = json.loads(found(r"JSON\.stringify\((\{.*?\})\)", visitor.column))
    program = found(r'url:\s*"([^"]+)"', visitor.column)
    return _by_page(lambda page: visitor.value(program, value={**asked, "pageNo": page})["data"]["results"], "url")


def henan(visitor: Visitor) -> list[str]:
    """The address stands in the script."""
    address = found(r'var api\s*=\s*"http://[^/]+([^"]+)"', visitor.column)
    return _by_page(
        lambda page: visitor.value(address.replace("pageNumber=1", f"pageNumber={page}"))["data"]["datas"], "selfUrl"
    )


def szinf(visitor: Visitor) -> list[str]:
    """The form stands in the script."""
    program, channel = found(r'\$\.post\("([^"]+)"', visitor.column), found(r'channelId:\s*"(\w+)"', visitor.column)
    size = int(found(r"pageSize:\s*(\d+)", visitor.column))
    form: dict[str, object] = {"channelId": channel, "pageSize": size}
    return _by_page(lambda page: visitor.value(program, form={**form, "pageIndex": page})["data"]["list"], "URL")


def tianjin(visitor: Visitor) -> list[str]:
    """The address in pieces."""
    program, query = found(r'getJSON\("([^"]+)"', visitor.column), found(r'var query\s*=\s*"([^"]+)"', visitor.column)
    return _by_page(lambda page: visitor.value(f"{program}{query}&pageNumber={page}")["page"]["content"], "url")


def departments(visitor: Visitor) -> list[str]:
    """The platform of each body and the column below it."""
    out: list[str] = []
    for platform in rows(found(r'<ul class="bodies">(.*?)</ul>', visitor.column)):
        column = rows(found(r"</h2><ul>(.*?)</ul>", visitor.text(platform)), platform)[0]
        out += rows(found(r'<ul class="list">(.*?)</ul>', visitor.text(column)))
    return out


def _by_page(ask: Callable[[int], list[dict[str, str]]], name: str) -> list[str]:
    out: list[str] = []
    page = 1
    while answer := ask(page):
        out += [urlsplit(row[name]).path for row in answer]
        page += 1
    return out


READERS: dict[str, Callable[[Visitor], list[str]]] = {
    "ucap": ucap,
    "gkmlpt": gkmlpt,
    "jpaas": jpaas,
    "querylist": querylist,
    "lonsun": lonsun,
    "xxgk": xxgk,
    "epoint": epoint,
    "vsb": vsb,
    "beijing": beijing,
    "ilist": ilist,
    "truecms": truecms,
    "shanghai": linked,
    "hebei": hebei,
    "sichuan": sichuan,
    "henan": henan,
    "szinf": szinf,
    "tianjin": tianjin,
    "liaoning": linked,
    "hunan": hunan,
    "aspnet": linked,
    "named_pages": linked,
    "frame": linked,
    "departments": departments,
}
