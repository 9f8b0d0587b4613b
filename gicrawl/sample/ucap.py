"""The UCAP-like portal: one column a year, rows inside a comment, lists of pages `list_2.shtml`, a search in JSON."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, ClassVar

from gicrawl.sample.drawing import chance
from gicrawl.sample.family import FamilyPortal

if TYPE_CHECKING:
    from datetime import date

    from gicrawl.sample.http import Request
    from gicrawl.sample.manifest import Json
    from gicrawl.sample.site import Attachment, Entry, Page, Placed

_OWN_YEARS = 3
"""The newest years have a column each, everything older shares one."""
_SEARCH = "/common/search/"


class UcapPortal(FamilyPortal):
    """Builds the portal page by page."""

    id = "qingya"
    place = "青崖县"
    family = "ucap"
    sizes: ClassVar[tuple[int, ...]] = (8, 10, 12)

    def draw(self) -> None:
        """Channels, the name of list pages, the shape of article names."""
        rng = self.rng
        self.folder = rng.choice(("", "/qyx", "/zfbgs"))
        self.list_name = rng.choice(("zwgklist", "common_zfxxgknb", "list", "xxgk_list"))
        self.channel = rng.randint(100_020, 250_000)
        self.hashed = chance(rng, 0.5)
        self.next_id = rng.randint(170_000_000, 180_000_000)
        self.column = f"{self.folder}/c{self.channel}/{self.list_name}.shtml"
        self.years: list[tuple[str, int, str]] = []
        self.own_rows = chance(rng, 0.5)

    def address(self, day: date) -> str:
        """Some by number, some by hash."""
        self.next_id += self.rng.randint(3, 900)
        name = self.hexa(32) if self.hashed else str(self.next_id)
        return f"{self.folder}/c{self.channel + self._year_of(day)}/{day:%Y%m}/{name}.shtml"

    def _year_of(self, day: date) -> int:
        return max(1, day.year - 2019)

    def list_path(self, number: int) -> str:
        """The pages of the newest year's column."""
        return self._page_path(self.channel + 1, number)

    def _page_path(self, channel: int, number: int) -> str:
        name = self.list_name if number == 0 else f"{self.list_name}_{number + 1}"
        return f"{self.folder}/c{channel}/{name}.shtml"

    def groups(self, entries: list[Entry]) -> list[tuple[str, list[Entry]]]:
        """One column a year, by the year reported on; near misses stand in the year they came out for."""
        by_year: dict[int, list[Entry]] = {}
        for entry in entries:
            year = entry.published.year - 1 if entry.truth is None else entry.truth.year
            by_year.setdefault(year, []).append(entry)
        newest = sorted(by_year, reverse=True)
        columns = [(str(year), by_year[year]) for year in newest[:_OWN_YEARS]]
        older = [entry for year in newest[_OWN_YEARS:] for entry in by_year[year]]
        columns.append((f"{newest[_OWN_YEARS]}年以前", older))
        out = []
        numbers = count(self.channel + 11, self.rng.randint(1, 30))
        for (label, rows), channel in zip(columns, numbers, strict=False):
            self.years.append((label, channel, self.hexa(32)))
            out += [(self._page_path(channel, number), part) for number, part in enumerate(self.cut(rows))]
        return out

    def file_address(self, article: str, file: Attachment) -> str:
        """In a folder beside the article."""
        return f"{article.rsplit('/', 1)[0]}/files/{self.hexa(32)}.{file.suffix}"

    def file_href(self, path: str) -> str:
        """Relative to the article."""
        return "files/" + path.rsplit("/", 1)[1]

    def body(self, placed: Placed, files: str) -> str:
        """The editor marks title, time and text with elements of its own."""
        entry = placed.entry
        return f"""<UCAPTITLE>{entry.title}</UCAPTITLE><PUBLISHTIME>{entry.published:%Y-%m-%d}</PUBLISHTIME>
<div id="UCAP-CONTENT"><UCAPCONTENT>
{entry.fragment}{files}</UCAPCONTENT></div>"""

    def lists(self) -> None:
        """Serve the columns of all years and the parent column."""
        for label, channel, code in self.years:
            own = [placed for path, placed in self.portal.list_pages if f"/c{channel}/" in path]
            for number in range(len(own)):
                self.portal.pages[self._page_path(channel, number)] = self._list(label, channel, code, own, number)
        _, channel, code = self.years[0]
        if self.own_rows:  # the parent shows what the newest year's column shows
            self.portal.pages[self.column] = self.portal.pages[self._page_path(channel, 0)]
        else:
            labels = (("channelId", code), ("code", f"c{self.channel}"))
            self.portal.pages[self.column] = self.column_page(self._nav(""), labels=labels)

    def _nav(self, here: str) -> str:
        items = []
        for label, channel, _ in self.years:
            mark = ' class="on"' if label == here else ""
            href = self._page_path(channel, 0)
            items.append(f'<li id="erji_c{channel}"{mark}><a href="{href}">{label}</a></li>')
        return f'<ul id="nb_list">{self.gap()}{self.gap().join(items)}</ul>'

    def _list(self, label: str, channel: int, code: str, own: list[list[Placed]], number: int) -> Page:
        rows = "\n".join(f"<li>{self.link(one)}<b>{one.entry.published:%Y-%m-%d}</b></li>" for one in own[number])
        total = sum(map(len, own))
        gap = self.gap()
        content = f"""{self._nav(label)}
<ul class="jytxxgklist"><!--{gap}{rows}
<script>createPageHTML('page_div',{len(own)}, {number + 1},'{self.list_name}','shtml',{total});</script>--></ul>
<div id="page_div"></div>
<script>var{" " + gap}countnum={gap}{total};var channelId='{code}';
$.getJSON("{_SEARCH}"+channelId+"?_isAgg=true&_isJson=true&_pageSize={self.size}&_template=index&page=1",show);</script>"""
        labels = (("channelId", code), ("channelId", code[::-1]), ("code", f"c{channel}"))
        return self.column_page(content, labels=labels)

    def answer(self, request: Request) -> Page | None:
        """The search: the rows of one year's column."""
        if not request.path.startswith(_SEARCH) or request.method != "GET":
            return None
        wanted = request.path.removeprefix(_SEARCH)
        channel = next((channel for _, channel, code in self.years if code == wanted), None)
        placed = [
            one
            for path, rows in self.portal.list_pages
            if channel is not None and f"/c{channel}/" in path
            for one in rows
        ]
        query = request.parameters
        size = int(query["_pageSize"]) if query.get("_pageSize", "").isdigit() else self.size
        page = max(1, int(query["page"])) if query.get("page", "").isdigit() else 1
        results: list[Json] = [
            {
                "title": one.entry.title,
                "subTitle": "",
                "url": f"//{self.host}{one.listed}",
                "publishedTimeStr": f"{one.entry.published:%Y-%m-%d} 17:18:49",
                "channelName": self.name,
                "content": "",
                "domainMetaList": [{"resultList": [{"key": "pubdate", "value": f"{one.entry.published:%Y-%m-%d}"}]}],
            }
            for one in placed[(page - 1) * size : page * size]
        ]
        return self.json({"data": {"total": len(placed), "page": page, "rows": size, "results": results}})
