"""The LonSun-like portal: public columns by organ and type, rows from label 8888, reports with a twin in pictures."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, ClassVar

from gicrawl.sample.drawing import chance
from gicrawl.sample.family import FamilyPortal
from gicrawl.sample.pictures import chart
from gicrawl.sample.site import REPORT, Attachment, Entry

if TYPE_CHECKING:
    from datetime import date

    from gicrawl.sample.http import Request
    from gicrawl.sample.site import Page, Placed

LABEL = "/site/label/8888"
_TWINS = 2
_TYPES = (("政府信息公开制度", 1), ("政府信息公开指南", 2), ("依申请公开", 5))


class LonsunPortal(FamilyPortal):
    """Builds the portal page by page."""

    id = "wanhe"
    place = "皖禾县"
    family = "lonsun"
    sizes: ClassVar[tuple[int, ...]] = (10, 15, 20)

    def draw(self) -> None:
        """Ids of site, organ and category."""
        rng = self.rng
        self.site_id = str(rng.randint(6_790_000, 6_799_999))
        self.organ = rng.randint(2_600, 39_000)
        self.category = str(rng.randint(6_700_000, 6_719_999))
        self.prefix = rng.choice(("", "", "/zwgk"))
        self.file_part = f"/xxgk/publicInfoList_newest{rng.choice(('2020', '', '2022'))}"
        self.next_id = rng.randint(140_000_000, 149_000_000)
        self.inlined = chance(rng, 0.5)
        self.editor = rng.choice(('class="j-fontContent gzk-article"', 'class="articleCon"', 'class="j-fontContent"'))
        self.column = self._of_type(3)
        self.platform = self._of_type(4)

    def _of_type(self, number: int) -> str:
        return f"{self.prefix}/public/column/{self.organ}?type={number}"

    def address(self, day: date) -> str:  # noqa: ARG002 - numbers alone
        """By organ and number."""
        self.next_id += self.rng.randint(10, 9_000)
        return f"{self.prefix}/public/{self.organ}/{self.next_id}.html"

    def list_path(self, number: int) -> str:
        """Pages of the label, counted from 1."""
        return self.column if number == 0 and self.inlined else f"{LABEL}#{number + 1}"

    def file_address(self, article: str, file: Attachment) -> str:
        """In the store, or under a short hash."""
        if file.suffix in {"pdf", "png"}:
            return f"{article.rsplit('/', 1)[0]}/{self.hexa(24)}.{file.suffix}"
        return f"/group6/M00/0{self.rng.randint(0, 9)}/{self.hexa(2).upper()}/{self.hexa(16)}.{file.suffix}"

    def furnished(self, entries: list[Entry]) -> list[Entry]:
        """Some reports are there once more as a picture: the same report, and nothing to read."""
        plain = [entry for entry in entries if entry.kind == REPORT and entry.form == "page"]
        out = list(entries)
        for entry in self.rng.sample(plain, k=_TWINS):
            picture = Attachment(
                name="图片版",
                suffix="png",
                body=chart(self.rng),
                content_type="image/png",
                media_type="image/png",
                style="inline",
            )
            twin = Entry(
                kind="picture_explanation",
                title=f"{entry.title}（图片版）",
                published=entry.published + timedelta(days=1),
                source=entry.source,
                attachments=(picture,),
            )
            out.insert(out.index(entry), twin)
        return out

    def body(self, placed: Placed, files: str) -> str:
        """The text in the frame of its editor."""
        return f"<div {self.editor}>\n{placed.entry.fragment}{files}</div>"

    def blocks(self) -> tuple[tuple[str, str], ...]:
        """The other types of the organ's public columns."""
        return tuple((name, self._of_type(number)) for name, number in _TYPES)

    def lists(self) -> None:
        """Serve the column page: its script holds what the label has to be asked with."""
        gap = self.gap()
        pages = -(-len(self.portal.placed) // self.size)
        first = self._list(self.portal.list_pages[0][1]) if self.inlined else ""
        content = f"""<div class="xxgk_navli" id="publicInfoList">{first}</div><div id="page_public_info"></div>
<script>$(function(){{ Ls.pagination("#page_public_info", function(i){{
 $.ajax({{url:{gap}"{LABEL}",data:{{IsAjax:1,dataType:"html",_:Math.random(),{gap}labelName:"publicInfoList",
 siteId:"{self.site_id}",pageSize:{self.size},pageIndex:i,action:"list",isDate:true,dateFormat:"yyyy-MM-dd",length:80,
 organId:"{self.organ}",type:"4",catIds:"",catId:"{self.category}",cId:"",result:"暂无相关信息",file:"{self.file_part}"}}}});
}},{{currPage:1,pageCount:{pages},pageSize:{self.size}}});}});</script>"""
        labels = (("SiteId", self.site_id), ("columnId", str(self.organ)))
        self.portal.pages[self.column] = self.column_page(content, labels=labels)

    def _list(self, placed: list[Placed]) -> str:
        rows = "\n".join(
            f'<li>{self.link(one)}<span class="date">{one.entry.published:%Y-%m-%d}</span></li>' for one in placed
        )
        return f'<ul class="xxgk_nav_list">\n{rows}\n</ul>'

    def answer(self, request: Request) -> Page | None:
        """The label: a piece of markup for one page of one category."""
        if request.path != LABEL or request.method != "GET":
            return None
        query = request.parameters
        wanted = {
            "labelName": "publicInfoList",
            "siteId": self.site_id,
            "organId": str(self.organ),
            "catId": self.category,
            "file": self.file_part,
        }
        known = all(query.get(name) == value for name, value in wanted.items())
        page = max(1, int(query["pageIndex"])) if query.get("pageIndex", "").isdigit() else 1
        size = min(int(query["pageSize"]), 50) if query.get("pageSize", "").isdigit() else self.size
        placed = self.portal.placed[(page - 1) * size : page * size] if known else []
        return self.html(self._list(placed) if placed else f"<div>{query.get('result', '')}</div>")
