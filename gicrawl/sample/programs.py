"""Families whose lists come from a program as JSON, each with its own address, parameters and names of fields."""

from __future__ import annotations

import json
from abc import abstractmethod
from typing import TYPE_CHECKING, ClassVar

from gicrawl.sample.family import FamilyPortal

if TYPE_CHECKING:
    from datetime import date

    from gicrawl.sample.http import Request
    from gicrawl.sample.manifest import Json
    from gicrawl.sample.site import Page, Placed

_MOST = 50


class ProgramPortal(FamilyPortal):
    """A portal whose column page lists nothing and names its program in a script.

    Attributes:
        method: the program answers to.
        names: of the parameters for number and size of a page.
    """

    method: ClassVar[str] = "GET"
    names: ClassVar[tuple[str, str]]
    program: str
    fixed: dict[str, str]

    def list_path(self, number: int) -> str:
        """Pages of the program, counted from 1."""
        return f"{self.program}#{number + 1}"

    def answer(self, request: Request) -> Page | None:
        """The program: rows of one page where every fixed parameter is right, else none."""
        if request.path != self.program or request.method != self.method:
            return None
        asked = {**request.parameters, **_posted(request.body)}
        known = all(asked.get(name) == value for name, value in self.fixed.items())
        number, size = (
            int(asked[name]) if asked.get(name, "").isdigit() else other
            for name, other in zip(self.names, (1, self.size), strict=True)
        )
        number, size = max(1, number), max(1, min(size, _MOST))
        placed = self.portal.placed if known else []
        rows: list[Json] = [self.row(one) for one in placed[(number - 1) * size : number * size]]
        return self.json(self.wrapped(rows, len(placed), -(-len(placed) // size)))

    def lists(self) -> None:
        """Serve the column page."""
        self.portal.pages[self.column] = self.column_page(f'<ul id="list"></ul>\n<script>{self.script()}</script>')

    @abstractmethod
    def script(self) -> str:
        """What the page says of its program."""

    @abstractmethod
    def row(self, placed: Placed) -> Json:
        """A row of the answer."""

    @abstractmethod
    def wrapped(self, rows: list[Json], total: int, pages: int) -> Json:
        """The answer around its rows."""


def _posted(body: bytes) -> dict[str, str]:
    try:
        asked = json.loads(body) if body else {}
    except ValueError:
        return {}
    return {str(name): str(value) for name, value in asked.items()} if isinstance(asked, dict) else {}


class SichuanPortal(ProgramPortal):
    """Articles below `/cols/`, rows for a value in JSON."""

    id = "shuchuan"
    place = "蜀汌市"
    family = "sichuan"
    method = "POST"
    names = ("pageNo", "pageSize")

    def draw(self) -> None:
        """Site and channel."""
        rng = self.rng
        self.site_number, self.channel = rng.randint(10_000, 12_999), rng.randint(100_001, 139_000)
        self.program = f"/{self.site_number}/queryList"
        self.fixed = {"siteId": str(self.site_number), "channelId": f"c{self.channel}"}
        self.column = f"/{self.site_number}/c{self.channel}/{rng.choice(('zfxxgknb', 'gknb', 'list'))}.shtml"

    def address(self, day: date) -> str:
        """Month and day are not padded."""
        return f"/cols/{day.year}/{day.month}/{day.day}/{self.hexa(32)}.shtml"

    def body(self, placed: Placed, files: str) -> str:
        """The text in the frame of its editor."""
        return f'<div id="cmsArticleContent">\n{placed.entry.fragment}{files}</div>'

    def script(self) -> str:
        """The value to post is written out."""
        value = json.dumps({**self.fixed, "pageNo": 1, "pageSize": self.size})
        return f"""$.ajax({{type:{self.gap()}"POST",url:{self.gap()}"{self.program}",contentType:"application/json",
data:JSON.stringify({value}),success:show}});"""

    def row(self, placed: Placed) -> Json:
        """A row."""
        day = f"{placed.entry.published:%Y-%m-%d}"
        return {"title": placed.entry.title, "url": placed.listed, "publishTime": day}

    def wrapped(self, rows: list[Json], total: int, pages: int) -> Json:
        """Under data."""
        return {"code": 200, "data": {"total": total, "pages": pages, "results": rows}}


class HenanPortal(ProgramPortal):
    """The open interface for other sites."""

    id = "yuchang"
    place = "豫昶市"
    family = "henan"
    names = ("pageNumber", "pageSize")

    def draw(self) -> None:
        """Site and channel."""
        rng = self.rng
        self.program = "/open/api/external"
        self.fixed = {"siteId": f"41{rng.randint(0, 10**8):08d}", "channelMarkId": self.hexa(8)}
        self.folder = f"/{rng.choice(('zfxxgk', 'xxgk'))}/{rng.choice(('zfxxgknb', 'gknb'))}"
        self.column = f"{self.folder}/index.html"

    def address(self, day: date) -> str:
        """By day and number."""
        return f"/{day.year}/{day:%m-%d}/{self.rng.randint(2_000_000, 3_999_999)}.html"

    def script(self) -> str:
        """The whole address, as at a host of its own: searchapi.henan.gov.cn there, the portal itself here."""
        asked = "&".join(f"{name}={value}" for name, value in self.fixed.items())
        return f"""{self.gap()}/* searchapi.henan.gov.cn */ var api{self.gap()}={self.gap()}
"http://{self.host}{self.program}?{asked}&pageNumber=1&pageSize={self.size}";$.get(api,show);"""

    def row(self, placed: Placed) -> Json:
        """A row."""
        url = f"http://{self.host}{placed.listed}"
        return {"title": placed.entry.title, "selfUrl": url, "pubDate": f"{placed.entry.published:%Y-%m-%d}"}

    def wrapped(self, rows: list[Json], total: int, pages: int) -> Json:
        """Under data."""
        return {"code": 200, "data": {"totalCount": total, "totalPages": pages, "datas": rows}}


class SzinfPortal(ProgramPortal):
    """The interface of the szinf catalogue, with names in capitals."""

    id = "guxu"
    place = "姑胥区"
    family = "szinf"
    method = "POST"
    names = ("pageIndex", "pageSize")

    def draw(self) -> None:
        """Channel."""
        rng = self.rng
        self.program = f"/szinf/xxgk/{rng.choice(('', 'info/'))}loadData"
        self.fixed = {"channelId": self.hexa(32)}
        self.folder = f"/szinf/xxgk/{rng.choice(('zfxxgknb', 'gknb'))}"
        self.column = f"{self.folder}/list.html"

    def address(self, day: date) -> str:
        """By month and hash."""
        return f"/gsq/{day:%Y%m}/{self.hexa(32)}.shtml"

    def script(self) -> str:
        """What the form is filled with."""
        gap = self.gap()
        return f"""$.post("{self.program}",{gap}{{channelId:{gap}"{self.fixed["channelId"]}",
pageIndex:{gap}1,pageSize:{gap}{self.size}}},show);"""

    def row(self, placed: Placed) -> Json:
        """A row."""
        day = f"{placed.entry.published:%Y-%m-%d}"
        return {"TITLE": placed.entry.title, "URL": placed.listed, "PUBLISHED_TIME_FORMAT": day}

    def wrapped(self, rows: list[Json], total: int, pages: int) -> Json:
        """Under data, with the count of all rows."""
        return {"data": {"list": rows, "allRow": total, "totalPage": pages}}


class TianjinPortal(ProgramPortal):
    """Pages that end in jhtml, and the interface of a search."""

    id = "jinhai"
    place = "津澥区"
    family = "tianjin"
    names = ("pageNumber", "pageSize")

    def draw(self) -> None:
        """Code of the search and site."""
        rng = self.rng
        self.program = "/igs/front/search.jhtml"
        self.fixed = {"code": self.hexa(32), "siteId": str(rng.randint(10, 90))}
        self.folder = f"/zwgk/{rng.choice(('zfxxgknb', 'gknb', 'ndbg'))}"
        self.column = f"{self.folder}/index.jhtml"

    def address(self, day: date) -> str:
        """By month and number."""
        return f"{self.folder}/{day:%Y%m}/{self.rng.randint(100_000, 9_900_000)}.jhtml"

    def script(self) -> str:
        """The address in pieces."""
        asked = "&".join(f"{name}={value}" for name, value in self.fixed.items())
        return f"""var query{self.gap()}={self.gap()}"{asked}&pageSize={self.size}";
$.getJSON("{self.program}?"+query+"&pageNumber="+1,show);"""

    def row(self, placed: Placed) -> Json:
        """A row."""
        return {"title": placed.entry.title, "url": placed.listed, "trs_time": f"{placed.entry.published:%Y-%m-%d}"}

    def wrapped(self, rows: list[Json], total: int, pages: int) -> Json:
        """Under page."""
        return {"page": {"content": rows, "total": total, "totalPages": pages}}
