"""The portal in the manner of gkmlpt: a shell with `window._CONFIG`, its lists in JSON, files named only there."""

from __future__ import annotations

import json
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, ClassVar

from gicrawl.sample.drawing import chance
from gicrawl.sample.family import FamilyPortal

if TYPE_CHECKING:
    from datetime import date

    from gicrawl.sample.http import Request
    from gicrawl.sample.manifest import Json
    from gicrawl.sample.site import Attachment, Entry, Page, Placed


class GkmlptPortal(FamilyPortal):
    """Builds the portal page by page."""

    id = "rongpu"
    place = "榕浦市"
    family = "gkmlpt"
    sizes: ClassVar[tuple[int, ...]] = (15, 20, 100)

    def draw(self) -> None:
        """Site and column numbers; some sites are installed in a folder."""
        rng = self.rng
        self.base = rng.choice(("", "", "/rpszfbgs")) + "/gkmlpt"
        self.sid = rng.choice((rng.randint(100, 999), rng.randint(200_001, 769_009)))
        self.cid = rng.randint(1_000, 9_000)
        self.next_id = rng.randint(3_000_000, 4_500_000)
        self.epoch = chance(rng, 0.5)
        self.column = f"{self.base}/annualreport"
        self.platform = f"{self.base}/index"
        self.next_file = rng.randint(100_000, 400_000)

    def address(self, day: date) -> str:  # noqa: ARG002 - numbers alone
        """Folders are the beginning of the number."""
        self.next_id += self.rng.randint(3, 900)
        number = self.next_id
        return f"{self.base}/content/{number // 1_000_000}/{number // 1000}/post_{number}.html"

    def list_path(self, number: int) -> str:
        """A page of the interface, counted from 1."""
        return f"{self.base}/api/all/{self.cid}?page={number + 1}&sid={self.sid}"

    def file_address(self, article: str, file: Attachment) -> str:
        """In a store of its own, by number."""
        self.next_file += self.rng.randint(1, 50)
        return f"/attachment/0/{self.next_file // 1000}/{self.next_file}/{article[-12:-5]}.{file.suffix}"

    def reference(self, file: Attachment, path: str) -> str:
        """What the editor lists below a text is in the answers of the interface and not on the page."""
        return "" if file.style == "tag" else super().reference(file, path)

    def body(self, placed: Placed, files: str) -> str:
        """The text, and the same once more in the configuration."""
        text = f"{placed.entry.fragment}{files}"
        return f'<div class="article-content">\n{text}</div>\n{self._config(text)}'

    def _config(self, detail: str | None = None) -> str:
        gap = self.gap()
        told = ""
        if detail is not None:
            escaped = json.dumps({"content": detail}).replace("</", "<" + chr(92) + "/")
            told = f",\n DETAIL:{gap}{escaped}"
        tree = f"""[{{"id":{self.cid - 40},"name":"政府信息公开指南","jump_url":"","children":[]}},
{{"id":{self.cid - 30},"name":"法定主动公开内容","jump_url":"","children":[
  {{"id":{self.cid - 29},"name":"机构职能","jump_url":"","children":[]}},
  {{"id":{self.cid - 28},"name":"财政预决算","jump_url":"/czyjs/","children":[]}}]}},
{{"id":{self.cid},"name":"{self.name}","jump_url":"","children":[]}}]"""
        return f"""<script>{gap}window._CONFIG{gap}={gap}{{ // 站点
 SITE_NAME: '{self.place}人民政府',{gap}
 SID: '{self.sid}',{gap}TREE:{gap}{tree}{told},
}};</script>"""

    def blocks(self) -> tuple[tuple[str, str], ...]:
        """Beside the annual reports."""
        return (("政府信息公开指南", f"{self.base}/guide"), ("依申请公开", f"{self.base}/application"))

    def column_href(self) -> str:
        """The column is named in a fragment."""
        return f"{self.column}#{self.cid}"

    def platform_content(self) -> str:
        """The tree of the site is in the configuration; the page itself has links to the blocks."""
        return self._config() + super().platform_content()

    def lists(self) -> None:
        """Serve the shell; its list is filled by a program."""
        self.portal.pages[self.column] = self.column_page(f'{self._config()}\n<div id="app"></div>')

    def answer(self, request: Request) -> Page | None:
        """The interface: rows by page; page 0 is page 1; column 0 is everything."""
        start = f"{self.base}/api/all/"
        if not request.path.startswith(start) or request.method != "GET":
            return None
        query = request.parameters
        known = request.path.removeprefix(start) in {"0", str(self.cid)} and query.get("sid") == str(self.sid)
        page = max(1, int(query["page"])) if query.get("page", "").isdigit() else 1
        placed = self.portal.placed if known else []
        articles: list[Json] = [self._article_json(one) for one in placed[(page - 1) * self.size : page * self.size]]
        classify: dict[str, Json] = {"id": self.cid, "name": self.name, "post_count": len(placed)}
        return self.json({"classify": classify, "total": len(placed), "articles": articles})

    def _article_json(self, placed: Placed) -> Json:
        entry = placed.entry
        moment = datetime.combine(entry.published, time(2, 0), tzinfo=UTC)
        shown = int(moment.timestamp()) if self.epoch else f"{moment:%Y-%m-%d} 10:00:00"
        path = placed.path.rsplit("_", 1)[1].removesuffix(".html")
        return {
            "id": int(path),
            "title": entry.title,
            "url": f"http://{self.host}{placed.listed}",
            "post_url": "",
            "publisher": entry.source,
            "identifier": f"{self.sid}/{entry.published.year}-{path[-5:]}",
            "document_number": "",
            "date": shown,
            "display_publish_time": shown,
            "created_at": f"{moment:%Y-%m-%d} 10:00:00",
            "attachment": self._files_json(entry, placed),
            "abstract": "",
        }

    def _files_json(self, entry: Entry, placed: Placed) -> Json:
        return [
            {
                "id": number,
                "name": f"{file.name}.{file.suffix}",
                "type": file.suffix,
                "size": len(file.body),
                "url": f"http://{self.host}{path}",
            }
            for number, (file, path) in enumerate(zip(entry.attachments, placed.attachments, strict=True), 1)
            if not file.picture
        ]
