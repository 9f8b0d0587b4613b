"""How the lists of each family are read by hand: straight along what its pages say, with nothing of the crawler."""

from __future__ import annotations

import html
import http.client
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

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
    """Paths of the links of some markup."""
    return [urlsplit(urljoin(base, html.unescape(href))).path for href in HREF.findall(markup)]


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


READERS: dict[str, Callable[[Visitor], list[str]]] = {
    "ucap": ucap,
    "gkmlpt": gkmlpt,
}
