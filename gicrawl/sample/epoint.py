"""The Epoint-like portal: a value in JSON is posted, and the id it needs stands in a script of its own."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from uuid import UUID

from gicrawl.sample.drawing import chance
from gicrawl.sample.family import FamilyPortal
from gicrawl.sample.site import Page

if TYPE_CHECKING:
    from datetime import date

    from gicrawl.sample.http import Request
    from gicrawl.sample.manifest import Json
    from gicrawl.sample.site import Placed

LIST = "/EWB-FRONT/rest/lightfrontaction/getgovinfolist"
SCRIPT = "/js/webBuilderCommon.js"


class EpointPortal(FamilyPortal):
    """Builds the portal page by page."""

    id = "yingze"
    place = "营泽县"
    family = "epoint"

    def draw(self) -> None:
        """Category, id of the site, and whether the answer is a string once more."""
        rng = self.rng
        self.category = f"00{rng.randint(1, 9)}00{rng.randint(1, 9)}0{rng.randint(10, 30)}"
        self.site_guid = str(UUID(int=rng.getrandbits(128)))
        self.quoted = chance(rng, 0.4)
        self.column = f"/dynamic/zwgk/govInfoPub.html?categorynum={self.category}"
        self.platform = "/zwgk/zwgk.html"
        self.editor = rng.choice(("mian-cont", "con"))

    def address(self, day: date) -> str:
        """Below the category, by day and id."""
        folder = f"{self.category[:3]}/{self.category[:6]}/{self.category}"
        return f"/zwgk/{folder}/{day:%Y%m%d}/{UUID(int=self.rng.getrandbits(128))}.html"

    def list_path(self, number: int) -> str:
        """Pages of the program, counted from 0."""
        return f"{LIST}#{number}"

    def body(self, placed: Placed, files: str) -> str:
        """The text in the frame of its editor."""
        return f'<div class="{self.editor}">\n{placed.entry.fragment}{files}</div>'

    def lists(self) -> None:
        """Serve the page of all categories, which lists nothing, and the script with the id of the site."""
        gap = self.gap()
        script = f"var siteInfo{gap}={gap}{{{gap}siteGuid:{gap}'{self.site_guid}',{gap}projectName:'/EWB-FRONT'}};\n"
        self.portal.pages[SCRIPT] = Page(body=script.encode(), content_type="application/javascript")
        content = f"""<div id="infolist"></div><div id="pager"></div>
<script src="{SCRIPT}"></script><script src="/EWB-FRONT/js/govInfoPub.js"></script>
<script>var pageSize{gap}={gap}{self.size};Util.loadList("{LIST}",{{pageIndex:0,pageSize:pageSize}});</script>"""
        self.portal.pages[self.column] = self.column_page(content)

    def answer(self, request: Request) -> Page | None:
        """The program: a value, or a value under `params`."""
        if request.path != LIST or request.method != "POST":
            return None
        asked = _value(request.body)
        known = (asked.get("categorynum"), asked.get("siteGuid")) == (self.category, self.site_guid)
        start, size = (asked.get(name) for name in ("pageIndex", "pageSize"))
        page, size = (int(str(one)) if str(one).isdigit() else other for one, other in ((start, 0), (size, self.size)))
        size = max(1, min(size, 50))
        placed = self.portal.placed if known else []
        data: list[Json] = [
            {
                "infourl": one.listed,
                "title": one.entry.title[: self.link_length],
                "realtitle": one.entry.title,
                "infodate": f"{one.entry.published:%Y-%m-%d}",
            }
            for one in placed[page * size : (page + 1) * size]
        ]
        custom: Json = {"total": len(placed), "data": data}
        told: Json = json.dumps(custom, ensure_ascii=False) if self.quoted else custom
        return self.json({"status": {"code": 1, "text": ""}, "custom": told})


def _value(body: bytes) -> dict[str, object]:
    """What was posted; nothing where it is no object in JSON."""
    try:
        asked = json.loads(body)
    except ValueError:
        return {}
    asked = asked.get("params", asked) if isinstance(asked, dict) else {}
    return asked if isinstance(asked, dict) else {}
