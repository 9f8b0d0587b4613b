"""The portal in the manner of queryList: the list is empty without its script, and a form gets the rows in JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from gicrawl.sample.drawing import chance
from gicrawl.sample.family import FamilyPortal

if TYPE_CHECKING:
    from datetime import date

    from gicrawl.sample.http import Request
    from gicrawl.sample.manifest import Json
    from gicrawl.sample.site import Attachment, Page, Placed

QUERY = "/queryList"


class QueryListPortal(FamilyPortal):
    """Builds the portal page by page."""

    id = "gancheng"
    place = "赣澄市"
    family = "querylist"

    def draw(self) -> None:
        """Codes of site and channel, the slug of the column."""
        rng = self.rng
        self.code = rng.choice(("gcszf", "gcsrmzf", "gancheng"))
        self.channel = f"col{rng.randint(20_000, 69_000)}"
        self.unit = str(rng.randint(100_000, 500_000))
        self.slug = rng.choice(("zfxxgknb", "gknb", "zfxxgkndbg", "xxgknb"))
        self.column = f"/{self.code}/{self.slug}/index.html"
        self.platform = f"/{self.code}/zfxxgk/index.html"
        self.stated = chance(rng, 0.5)

    def address(self, day: date) -> str:
        """By month, with a hash or a number for a name."""
        return f"/{self.code}/{self.slug}/{day:%Y%m}/{self.hexa(32)}.html"

    def list_path(self, number: int) -> str:
        """Pages of the form, counted from 1."""
        return f"{QUERY}#{number + 1}"

    def file_address(self, article: str, file: Attachment) -> str:
        """Beside the article, in a folder of files."""
        return f"{article.rsplit('/', 1)[0]}/files/{self.hexa(24)}.{file.suffix}"

    def lists(self) -> None:
        """Serve the column page: addresses are relative to its base, and nothing is listed."""
        gap = self.gap()
        quote = self.rng.choice(("'", '"'))
        content = f"""<div id="div{self.unit}" class="list"></div>
<script type="text/x-handlebars-template" id="tpl{self.unit}">{{{{#each results}}}}
<li><a href="{{{{pcUrl}}}}" title="{{{{title}}}}">{{{{showTitle}}}}</a><span>{{{{pubDate}}}}</span></li>
{{{{/each}}}}</script>
<script>var params={gap}{{current:1,{gap}unitid:{quote}{self.unit}{quote},{gap}webSiteCode:['{self.code}'],
channelCode:{gap}['{self.channel}'],perPage:{quote}{self.size}{quote},showMore:false,
templateContainerId:{quote}div{self.unit}{quote},templateId:'tpl{self.unit}'}};
loadPageData(params,'{self.unit}');</script>"""
        head = f'<base href="/{self.code}/">'
        labels = (("HtmlGenerateTime", "2026-03-02 10:11:12"),)
        self.portal.pages[self.column] = self.column_page(content, head=head, labels=labels)

    def answer(self, request: Request) -> Page | None:
        """The form: rows of one channel of one site, newest first."""
        if request.path != QUERY or request.method != "POST":
            return None
        form = request.parameters
        known = (form.get("webSiteCode[]"), form.get("channelCode[]")) == (self.code, self.channel)
        size = int(form["pageSize"]) if form.get("pageSize", "").isdigit() else self.size
        page = max(1, int(form["current"])) if form.get("current", "").isdigit() else 1
        size = min(size, 100)
        placed = self.portal.placed if known else []
        results: list[Json] = [{"source": self._source(one)} for one in placed[(page - 1) * size : page * size]]
        data: dict[str, Json] = {"total": len(placed), "pageSize": size, "current": page, "results": results}
        return self.json({"code": 200, "msg": "操作成功", "data": data})

    def _source(self, placed: Placed) -> Json:
        """A row; its addresses are a string of JSON, and some sites send the text along."""
        entry = placed.entry
        source: dict[str, Json] = {
            "title": entry.title,
            "showTitle": entry.title[: self.link_length],
            "pubDate": f"{entry.published:%Y-%m-%d} 09:30:00",
            "urls": json.dumps({"pc": placed.listed, "mobile": ""}),
        }
        if self.stated and entry.kind not in {"missing", "soft_404"}:
            source["content"] = {"content": entry.fragment}
        return source
