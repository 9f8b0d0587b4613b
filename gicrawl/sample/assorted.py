"""Portals that belong to no large family: lists by query, other names for pages, a list in a frame, departments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gicrawl.sample.drawing import chance
from gicrawl.sample.family import FamilyPortal
from gicrawl.sample.paged import PagedPortal

if TYPE_CHECKING:
    from datetime import date

    from gicrawl.sample.site import Entry, Page


class AspNetPortal(PagedPortal):
    """Lists and articles by query, as ASP.NET pages have them."""

    id = "dianchi"
    place = "滇墀市"
    family = "aspnet"

    def draw(self) -> None:
        """Category and parent."""
        rng = self.rng
        self.page_name = rng.choice(("InfoPublic.aspx", "NewsList.aspx", "InfoList.aspx"))
        self.query = f"cid={rng.randint(10, 900)}&pid={rng.randint(10, 900)}"
        self.next_id = rng.randint(2_000, 90_000)
        self.column = f"/{self.page_name}?{self.query}"

    def address(self, day: date) -> str:  # noqa: ARG002 - numbers alone
        """By query."""
        self.next_id += self.rng.randint(1, 40)
        return f"/NewsView.aspx?NewsID={self.next_id}&{self.query.split('&')[0]}"

    def page_path(self, number: int) -> str:
        """By query, counted from 1."""
        return f"{self.column}&page={number + 1}"

    def pager(self, number: int, last: int) -> str:
        """Links in a table."""
        return f"<table><tr><td>{self.links(number, last)}</td><td>第{number + 1}页/共{last + 1}页</td></tr></table>"

    def frame(self, rows: str) -> str:
        """A table of rows."""
        return f'<table id="GridView1">{rows.replace("<li>", "<tr><td>").replace("</li>", "</td></tr>")}</table>'


class NamedPagesPortal(PagedPortal):
    """List pages with one of the rarer names."""

    id = "rongqu"
    place = "蓉渠区"
    family = "named_pages"

    def draw(self) -> None:
        """Which name."""
        rng = self.rng
        self.folder = f"/xxgk/{rng.choice(('zfxxgknb', 'gknb', 'c161234'))}/"
        self.number = rng.randint(1_000, 99_000)
        self.kind = rng.choice(("column-index", "pageid", "pc", "number", "folder"))
        self.column = f"{self.folder}{'column-index-1.shtml' if self.kind == 'column-index' else 'index.shtml'}"
        self.next_id = rng.randint(100_000, 900_000)

    def address(self, day: date) -> str:
        """By day and number."""
        self.next_id += self.rng.randint(1, 400)
        return f"{self.folder}{day:%Y-%m}/{day:%d}/content_{self.next_id}.shtml"

    def page_path(self, number: int) -> str:
        """By the name drawn; all but one count from 1."""
        return (
            self.folder
            + {
                "column-index": f"column-index-{number + 1}.shtml",
                "pageid": f"index_{self.number}_{number}.shtml",
                "pc": f"list/index_pc_{number + 1}.html",
                "number": f"{number + 1}.html",
                "folder": f"index_{number + 1}.shtml",
            }[self.kind]
        )

    def pager(self, number: int, last: int) -> str:
        """Links."""
        return f"{self.links(number, last)}<script>var pageCount{self.gap()}={self.gap()}{last + 1};</script>"


class FramePortal(PagedPortal):
    """The column page shows its list in a frame."""

    id = "kuangping"
    place = "框坪县"
    family = "frame"

    def draw(self) -> None:
        """Where the frame leads."""
        rng = self.rng
        self.folder = f"/xxgk/{rng.choice(('zfxxgknb', 'gknb'))}/"
        self.inner = f"/xxgk/{rng.choice(('iframe', 'inner', 'nblist'))}/{rng.randint(100, 900)}/"
        self.column = f"{self.folder}index.html"
        self.next_id = rng.randint(100_000, 900_000)

    def address(self, day: date) -> str:
        """By month and number."""
        self.next_id += self.rng.randint(1, 400)
        return f"{self.folder}{day:%Y%m}/{self.next_id}.html"

    def list_path(self, number: int) -> str:
        """All of them are in the frame."""
        return f"{self.inner}{'list' if number == 0 else f'list_{number + 1}'}.html"

    page_path = list_path

    def pager(self, number: int, last: int) -> str:
        """Links."""
        return self.links(number, last)

    def list_page(self, number: int) -> Page:
        """A bare page without anything around its list."""
        placed = self.portal.list_pages[number][1]
        last = len(self.portal.list_pages) - 1
        text = f"{self.frame(self.rows(placed))}<div>{self.pager(number, last)}</div>"
        return self.html(f'<html><head><meta charset="UTF-8"><title></title></head><body>{text}</body></html>')

    def lists(self) -> None:
        """Serve them, and the page around the frame."""
        super().lists()
        self.portal.pages[self.column] = self.column_page(
            f'<iframe{self.gap() or " "}src="{self.list_path(0)}" width="100%" height="800" frameborder="0"></iframe>'
        )


class DepartmentsPortal(FamilyPortal):
    """Every body has a platform of its own below that of the portal, with a column of its own."""

    id = "puyuan"
    place = "莆垣市"
    family = "departments"

    def draw(self) -> None:
        """Slugs."""
        rng = self.rng
        self.slug = rng.choice(("zfxxgknb", "gknb"))
        self.base = f"/zfxxgk/{rng.choice(('bmzfxxgk', 'bmxxgk'))}/"
        self.column = self.base
        self.bodies: dict[str, str] = {}
        self.next_id = rng.randint(900_000, 2_000_000)
        self.dated = chance(rng, 0.5)

    def address(self, day: date) -> str:
        """Below the column of its body."""
        self.next_id += self.rng.randint(3, 900)
        name = f"t{day:%Y%m%d}_{self.next_id}.htm" if self.dated else f"{self.next_id}.htm"
        return f"{self.base}articles/{day:%Y%m}/{name}"

    def list_path(self, number: int) -> str:
        """The column of a body."""
        return f"{self.base}dw{number:02d}/zfxxgk/{self.slug}/"

    def groups(self, entries: list[Entry]) -> list[tuple[str, list[Entry]]]:
        """By body; near misses stand with the first."""
        by_body: dict[str, list[Entry]] = {}
        names = [entry.truth.issuer.name for entry in entries if entry.truth is not None]
        for entry in entries:
            by_body.setdefault(names[0] if entry.truth is None else entry.truth.issuer.name, []).append(entry)
        self.bodies = {name: self.list_path(number) for number, name in enumerate(by_body)}
        return [(self.bodies[name], rows) for name, rows in by_body.items()]

    def lists(self) -> None:
        """Serve the list of bodies, their platforms and their columns."""
        own = dict(self.portal.list_pages)
        links = []
        for name, column in self.bodies.items():
            platform = f"{column.rsplit('/', 2)[0]}/"
            links.append(f'<li><a href="{platform}">{name}</a></li>')
            blocks = (
                f'<ul><li><a href="./{self.slug}/">{self.name}</a></li><li><a href="./zfxxgkzn/">指南</a></li></ul>'
            )
            self.portal.pages[platform] = self.html(self.plain(f"{name}政府信息公开", f"<h2>{name}</h2>{blocks}"))
            self.portal.pages[f"{platform}zfxxgkzn/"] = self.html(self.plain("指南", f"<p>{name}信息公开指南</p>"))
            self.portal.pages[column] = self.column_page(f'<ul class="list">{self.gap()}{self.rows(own[column])}</ul>')
        self.portal.pages[self.column] = self.column_page(f'<ul class="bodies">{"".join(links)}</ul>')
