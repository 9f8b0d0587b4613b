"""The truecms-like portal: rows in a datastore inside JSONP, and nothing for whoever names no page he comes from."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING
from uuid import UUID

from gicrawl.sample.family import FamilyPortal
from gicrawl.sample.site import Page

if TYPE_CHECKING:
    from datetime import date

    from gicrawl.sample.http import Request


class TrueCmsPortal(FamilyPortal):
    """Builds the portal page by page."""

    id = "jianghai"
    place = "江澥市"
    family = "truecms"

    def draw(self) -> None:
        """Column, folder, and how many rows the program hands out at most."""
        rng = self.rng
        self.most = rng.choice((10, 20, 50))
        self.size = min(self.size, self.most)
        self.column_id = rng.choice((str(UUID(int=rng.getrandbits(128))), self.hexa(32), str(rng.randint(100, 9_000))))
        self.folder = rng.choice(("/jhszf", "/jhsrmzf"))
        self.slug = rng.choice(("zfxxgknb", "ndbg"))
        self.program = f"{rng.choice(('', '/truecms', '/TrueCMS'))}/messageController/getMessage.do"
        self.column = f"{self.folder}/{self.slug}/{self.slug}.html"
        self.platform = f"{self.folder}/zfxxgk/zfxxgk.html"

    def address(self, day: date) -> str:  # noqa: ARG002 - ids alone
        """By id."""
        return f"{self.folder}/{self.slug}/content/{UUID(int=self.rng.getrandbits(128))}.html"

    def list_path(self, number: int) -> str:
        """Records of the program."""
        return f"{self.program}#{number * self.size + 1}"

    def lists(self) -> None:
        """Serve the column page, which lists nothing."""
        gap = self.gap()
        content = f"""<div id="list"></div><div id="pager"></div>
<script>var columnId{gap}={gap}"{self.column_id}";{gap}var perpage={self.size};
$.ajax({{url:{gap}"{self.program}",dataType:{gap}"jsonp",data:{{startrecord:1,endrecord:perpage,perpage:perpage,
columnId:columnId}},success:show}});</script>"""
        self.portal.pages[self.column] = self.column_page(content)

    def answer(self, request: Request) -> Page | None:
        """The program: rows by number, both ends included; 404 without a Referer."""
        if request.path != self.program or request.method != "GET":
            return None
        query = request.parameters
        if f"{self.folder}/" not in request.headers.get("referer", ""):
            return self.portal.not_found
        start, end = (
            int(query[name]) if query.get(name, "").isdigit() else number
            for name, number in (("startrecord", 1), ("endrecord", self.size))
        )
        placed = self.portal.placed if query.get("columnId") == self.column_id else []
        rows = placed[max(0, start - 1) : min(end, start - 1 + self.most)]
        records = "".join(
            f"<record><![CDATA[<li>{self.link(one)}<span>{one.entry.published:%Y-%m-%d}</span></li>]]></record>"
            for one in rows
        )
        told = f"<datastore><totalrecord>{len(placed)}</totalrecord><recordset>{records}</recordset></datastore>"
        name = query.get("callback", "callback")
        name = name if re.fullmatch(r"\w{1,40}", name) else "callback"
        text = f"{name}({json.dumps({'result': told}, ensure_ascii=False)})"
        return Page(body=text.encode(), content_type="application/javascript;charset=UTF-8")
