"""Strange portals whose lists are answers of a program: its address, parameters, envelope and names are drawn."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from gicrawl.sample.site import Page
from gicrawl.sample.strange_pages import StrangePortal

if TYPE_CHECKING:
    from datetime import date

    from gicrawl.sample.http import Request
    from gicrawl.sample.manifest import Json
    from gicrawl.sample.site import Placed

_MOST = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """An interface that lists articles.

    Attributes:
        path: of the program; `{n}` is a number of the site.
        method: `GET`, `POST` (a form) or `JSON` (a posted value).
        fixed: parameters that name the column; `{n}` as above.
        page, size: names of the parameters for number and size of a page.
        rows: names on the way to the rows in the answer.
        keys: names of title, address and date in a row.
        total: name of the count of all rows, beside the rows; empty for none.
        wrapped: whether the answer is a call (JSONP) of the name the parameter `callback` gives.
        whole: whether rows have whole addresses.
    """

    path: str
    method: str
    fixed: tuple[tuple[str, str], ...]
    page: str
    size: str
    rows: tuple[str, ...]
    keys: tuple[str, str, str]
    total: str = "total"
    wrapped: bool = False
    whole: bool = False


PROGRAMS = (
    Program(
        path="/was5/web/search",
        method="GET",
        fixed=(("channelid", "2{n}"), ("templet", "docs.jsp"), ("sortfield", "-pubdate"), ("classsql", "chnlid={n}")),
        page="page",
        size="prepage",
        rows=("docs",),
        keys=("title", "url", "pubtime"),
        total="",
        whole=True,
    ),
    Program(
        path="/fjdzapp/search",
        method="GET",
        fixed=(("channelid", "2{n}"), ("sortfield", "-docreltime"), ("classsql", "chnlid={n}")),
        page="page",
        size="prepage",
        rows=("data",),
        keys=("doctitle", "chnldocurl", "docreltime"),
        total="recordCount",
        whole=True,
    ),
    Program(
        path="/ssp/search/api/apiSearch",
        method="GET",
        fixed=(("siteId", "{n}"), ("apiName", "xxgknb"), ("chnlIdList", "{n}")),
        page="page",
        size="pageSize",
        rows=("datas",),
        keys=("title", "docpuburl", "docreltime"),
        whole=True,
    ),
    Program(
        path="/govsearch/jsonp/zf_jd_list.jsp",
        method="GET",
        fixed=(("chnlid", "{n}"),),
        page="page",
        size="pagesize",
        rows=("data",),
        keys=("title", "url", "tip"),
        wrapped=True,
        whole=True,
    ),
    Program(
        path="/common/search/{n}",
        method="GET",
        fixed=(("_isAgg", "true"), ("_isJson", "true"), ("_template", "index")),
        page="page",
        size="_pageSize",
        rows=("data", "results"),
        keys=("title", "url", "publishedTimeStr"),
    ),
    Program(
        path="/cms/JsonList",
        method="POST",
        fixed=(("channelCode", "A{n}"),),
        page="pageno",
        size="perPage",
        rows=("list",),
        keys=("topic", "infourl", "pubtime"),
    ),
    Program(
        path="/EWB-FRONT/rest/lightfrontaction/getgovinfolist",
        method="JSON",
        fixed=(("siteGuid", "7eb5f7f1-9041-43ad-8e13-{n}fcb82ea8"), ("categorynum", "00300{n}"), ("deptcode", "")),
        page="pageIndex",
        size="pageSize",
        rows=("custom", "data"),
        keys=("realtitle", "infourl", "infodate"),
    ),
    Program(
        path="/szinf/interface/loadData",
        method="POST",
        fixed=(("channelId", "{n}"),),
        page="pageIndex",
        size="pageSize",
        rows=("data", "list"),
        keys=("TITLE", "URL", "PUBLISHED_TIME_FORMAT"),
        total="allRow",
    ),
    Program(
        path="/api/article/list",
        method="JSON",
        fixed=(("channelId", "{n}"), ("siteId", "1{n}")),
        page="pageNum",
        size="pageSize",
        rows=("data", "records"),
        keys=("title", "url", "publishDate"),
    ),
    Program(
        path="/portal/openapi/article/page",
        method="GET",
        fixed=(("columnId", "{n}"),),
        page="pageNo",
        size="limit",
        rows=("result", "rows"),
        keys=("showTitle", "linkUrl", "releaseTime"),
    ),
)
_SCRIPTS = {
    "GET": (
        '$.getJSON("{path}?{query}&{size}={per}&{page}="+1,function(res){{show(res)}});',
        '$.ajax({{url:{gap}"{path}",type:"get",dataType:"json",data:{{{pairs},{gap}{page}:1,{size}:{per}}},success:show}});',
        'axios.get("{path}",{{params:{{{pairs},{page}:1,{gap}{size}:{per}}}}}).then(show);',
        'var api="{path}?{query}&{size}={per}&{page}=1";$.get(api,show);',
    ),
    "POST": (
        '$.post("{path}",{{{pairs},{gap}{page}:1,{size}:{per}}},function(d){{show(d)}},"json");',
        '$.ajax({{type:{gap}"POST",url:"{path}",data:{{{pairs},{page}:{gap}1,{size}:{per}}},success:show}});',
    ),
    "JSON": (
        '$.ajax({{type:"POST",url:"{path}",contentType:"application/json",data:JSON.stringify({{{json},{gap}"{page}":1,"{size}":{per}}})}});',
        'fetch("{path}",{{method:"POST",headers:{{"Content-Type":"application/json"}},body:JSON.stringify({{{json},"{page}":{gap}1,"{size}":{per}}})}}).then(show);',
    ),
}


class ProgramStranger(StrangePortal):
    """A portal whose column page names a program and lists nothing."""

    def draw(self) -> None:
        """Draw a program and how the page names it."""
        rng = self.rng
        self.program = rng.choice(PROGRAMS)
        number = str(rng.randint(1_000, 9_999))
        self.next_id = rng.randint(100_000, 900_000)
        self.path = self.program.path.format(n=number)
        self.fixed = {name: value.format(n=number) for name, value in self.program.fixed}
        self.script = rng.choice(_SCRIPTS[self.program.method])
        self.folder = f"/{rng.choice(('zfxxgk', 'xxgk', 'gk'))}/{rng.choice(('zfxxgknb', 'gknb', 'ndbg'))}/"
        self.column = f"{self.folder}{rng.choice(('', 'index.html', 'list.shtml'))}"
        self.traits = {"list": f"{self.program.method} {self.path}", "script": self.script}

    def address(self, day: date) -> str:
        """By month and number."""
        self.next_id += self.rng.randint(1, 400)
        return f"{self.folder}{day:%Y%m}/t{day:%Y%m%d}_{self.next_id}.html"

    def list_path(self, number: int) -> str:
        """Pages of the program, counted from 1."""
        return f"{self.path}#{number + 1}"

    def lists(self) -> None:
        """Serve the column page."""
        program, gap = self.program, self.gap()
        pairs = f",{gap}".join(f'{name}:{gap}"{value}"' for name, value in self.fixed.items())
        script = self.script.format(
            path=self.path,
            query="&".join(f"{name}={quote(value)}" for name, value in self.fixed.items()),
            pairs=pairs,
            json=f",{gap}".join(f'"{name}":{gap}"{value}"' for name, value in self.fixed.items()),
            page=program.page,
            size=program.size,
            per=self.size,
            gap=gap,
        )
        self.portal.pages[self.column] = self.column_page(f'<ul id="list"></ul><script>{script}</script>')

    def answer(self, request: Request) -> Page | None:
        """The program: rows where what names the column is right, else none."""
        program = self.program
        wanted = "GET" if program.method == "GET" else "POST"
        if request.path != self.path or request.method != wanted:
            return None
        asked = request.parameters
        if program.method == "JSON":
            asked = _posted(request.body)
        known = all(asked.get(name, "") == value for name, value in self.fixed.items())
        number, size = _number(asked.get(program.page), 1), min(_number(asked.get(program.size), self.size), _MOST)
        placed = self.portal.placed if known else []
        rows: list[Json] = [self._row(one) for one in placed[(number - 1) * size : number * size]]
        value: Json = rows
        for depth, name in enumerate(reversed(program.rows)):
            value = {name: value, **({program.total: len(placed)} if program.total and depth == 0 else {})}
        if program.wrapped:
            text = json.dumps(value, ensure_ascii=False)
            return Page(
                body=f"{asked.get('callback', 'result')}({text})".encode(),
                content_type="application/javascript;charset=UTF-8",
            )
        return self.json(value)

    def _row(self, placed: Placed) -> Json:
        title, url, day = self.program.keys
        address = f"http://{self.host}{placed.listed}" if self.program.whole else placed.listed
        shown = f"{placed.entry.published:%Y.%m.%d} 15:07:00"
        return {"docid": 78_734, title: placed.entry.title, url: address, day: shown, "content": "", "files": []}

    def body(self, placed: Placed, files: str) -> str:
        """The text in the frame of the editor drawn."""
        return self.look.editor.format(f"{placed.entry.fragment}{files}")


def _posted(body: bytes) -> dict[str, str]:
    try:
        asked = json.loads(body) if body else {}
    except ValueError:
        return {}
    if isinstance(asked, dict) and isinstance(asked.get("params"), dict):
        asked = asked["params"]
    return {str(name): str(value) for name, value in asked.items()} if isinstance(asked, dict) else {}


def _number(told: str | None, otherwise: int) -> int:
    return max(1, int(told)) if told is not None and told.isdigit() else otherwise
