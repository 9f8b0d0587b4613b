"""The portal in the manner of Beijing's districts: a column a year, in each a column of streets and towns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gicrawl.sample.drawing import chance
from gicrawl.sample.family import FamilyPortal

if TYPE_CHECKING:
    from datetime import date

    from gicrawl.sample.site import Entry

TOWNSHIP = "township"


class BeijingPortal(FamilyPortal):
    """Builds the portal page by page."""

    id = "yanhe"
    place = "燕禾区"
    family = "beijing"

    def draw(self) -> None:
        """How years and streets are named, and how articles."""
        rng = self.rng
        self.slug = rng.choice(("zfxxgknb", "gknb", "zfxxgkndbg"))
        self.year_slug = rng.choice(("gknb{}", "{}n", "{}nb"))
        self.street_slug = rng.choice(("zxjd{}", "xzjd", "jdx"))
        self.streets = rng.choice(("街道乡镇", "镇街", "各镇、街道"))
        self.dialect = rng.choice(("number", "stamp", "hash"))
        self.next_id = rng.randint(400_000, 3_900_000)
        self.column = f"/zwgk/zfxxgk/{self.slug}/"
        self.platform = "/zwgk/zfxxgk/"
        self.plain_rows = chance(rng, 0.5)

    def address(self, day: date) -> str:
        """By number, by a stamp of time, or by month and hash; all below the newest column, whatever their year."""
        self.next_id += self.rng.randint(3, 900)
        if self.dialect == "number":
            return f"{self.column}{self.next_id}/index.html"
        if self.dialect == "stamp":
            return f"{self.column}{day:%Y%m%d}{self.next_id % 1_000_000:06d}/index.html"
        return f"{self.column}{day:%Y%m}/{self.hexa(32)}.shtml"

    def list_path(self, number: int) -> str:
        """The column of a year."""
        return f"{self.column}{self.year_slug.format(number)}/"

    def _street_path(self, year: int) -> str:
        return f"{self.list_path(year)}{self.street_slug.format(year)}/"

    def groups(self, entries: list[Entry]) -> list[tuple[str, list[Entry]]]:
        """By year; streets and towns apart."""
        by_place: dict[tuple[int, bool], list[Entry]] = {}
        for entry in entries:
            year = entry.published.year - 1 if entry.truth is None else entry.truth.year
            street = entry.truth is not None and entry.truth.issuer.level == TOWNSHIP
            by_place.setdefault((year, street), []).append(entry)
        places = sorted(by_place, key=lambda place: (-place[0], place[1]))
        return [
            (self._street_path(year) if street else self.list_path(year), by_place[year, street])
            for year, street in places
        ]

    def lists(self) -> None:
        """Serve the parent, the years, and the streets of each year: a page holds all its rows and hides some."""
        own = dict(self.portal.list_pages)
        years = sorted({path.removeprefix(self.column).split("/")[0] for path in own}, reverse=True)
        numbers = {name: "".join(filter(str.isdigit, name)) for name in years}
        nav = "".join(f'<li><a href="{self.column}{name}/">{numbers[name]}年</a></li>' for name in years)
        tree = f'<ul class="years">{self.gap()}{nav}</ul>'
        self.portal.pages[self.column] = self.column_page(tree)
        for name in years:
            year = f"{self.column}{name}/"
            street = self._street_path(int(numbers[name]))
            more = f'<p><a href="{street}">{self.streets}</a></p>' if street in own else ""
            for path, shown in ((year, more), (street, "")):
                if path in own or path == year:
                    rows = self.rows(own.get(path, []))
                    hidden = rows if self.plain_rows else rows.replace("<li>", '<li class="default_news">')
                    content = f'{tree}{shown}<ul class="newsList">\n{hidden}\n</ul><div id="page"></div>'
                    self.portal.pages[path] = self.column_page(content)
