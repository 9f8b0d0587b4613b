"""Portals nobody has seen: drawn from a seed, each unlike the bundled ones in whatever differs from site to site.

Some list their reports on pages of their own make, some are of a known family in other clothes, some ask a program.
What each was drawn as stands in the manifest (`traits`), so that a crawl that misses something can be explained.
"""

from __future__ import annotations

import random
from html import escape
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import quote, unquote

from gicrawl.sample.catalogue import Flavour, draw_entries
from gicrawl.sample.chrome import shortened
from gicrawl.sample.drawing import chance
from gicrawl.sample.issuers import city_issuers, county_issuers
from gicrawl.sample.portals import FAMILIES
from gicrawl.sample.site import Attachment, Page, Placed
from gicrawl.sample.strange_lists import (
    ARTICLES,
    CARRIERS,
    DATES,
    FILES,
    NAMES,
    PARAMETERS,
    ROWS,
    STEMS,
    Pager,
    Told,
    carried,
    pager,
    shown_day,
)
from gicrawl.sample.strange_pages import ODD, StrangePortal
from gicrawl.sample.strange_programs import ProgramStranger

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from gicrawl.sample.family import FamilyPortal
    from gicrawl.sample.site import Entry, Portal

_FIRST, _SECOND = "栌梓槐榕樟椿楠桤柘榆桐棠", "堰坞埠陂垭湾岔坳荡埭"
_FOLDERS = (
    "zfxxgknb",
    "zfxxgkndbg",
    "gknb",
    "nb",
    "ndbg",
    "xxgknb",
    "xxgk-xxgknb",
    "zfxxgkgzndbg",
    "c104231",
    "13455",
    "nianbao",
)
_YEARS = ("{year}nb", "{year}n", "gknb{year}", "nb_{year}n", "{year}ndbg", "{year}")
_LENGTHS = ((34, 2), (20, 1), (24, 1), (28, 1), (80, 1))
_WORDINGS = (("whole", 4), ("short_year", 1), ("year_of_column", 1))
"""How rows are worded: as the article, with a year of two digits, or without the year their column is named for."""
_ORDERS = (("flat", 6), ("years", 2), ("bodies", 2))
_ENDINGS = (("…", 2), ("...", 1), ("..", 1), ("", 1))
_KINDS = (("list", 5), ("family", 4), ("program", 1))

T = TypeVar("T")


def _weighted(rng: random.Random, choices: Sequence[tuple[T, int]]) -> T:
    return rng.choices([one for one, _ in choices], weights=[weight for _, weight in choices])[0]


class ListStranger(StrangePortal):
    """A portal whose lists are pages: their rows, names, pagers and addresses are all drawn apart.

    Attributes:
        issuers: which of the bodies of its place publish here.
    """

    issuers: tuple[int, ...] = (0, 1, 2, 3, 4)

    def draw(self) -> None:
        """Draw everything about lists and addresses."""
        rng = self.rng
        picker = self.picker
        self.pattern = picker.one("article", ARTICLES)
        self.file_pattern = picker.one("file", FILES)
        self.day_form = picker.one("day", DATES)
        self.row_form = picker.one("row", ROWS)
        self.carrier = picker.one("carrier", CARRIERS)
        if self.carrier not in {"page", "frame"}:
            self.row_form = ROWS[0][0]
        if self.carrier == "records":
            self.size = 200  # such a store has all rows in it, and no pager of pages beside it
        self.order = picker.one("order", _ORDERS)
        self.paging = picker.one("names", [(names, names.weight) for names in NAMES])
        self.pager = picker.one("pager", [(kind, 1) for kind in self.paging.pagers])
        self.stem, self.parameter = rng.choice(STEMS), rng.choice(PARAMETERS)
        self.query = rng.choice(("cid={}", "classid={}", "lmid={}&type=2", "channelId={}")).format(rng.randint(10, 999))
        self.short, self.next_id = rng.randint(1_001, 9_999), rng.randint(100_000, 4_000_000)
        self.ending = picker.one("ending", _ENDINGS)
        self.titled = picker.one("titled", ((True, 4), (False, 1)))
        self.link_length = picker.one("length", _LENGTHS)
        self.wording = picker.one("wording", _WORDINGS)
        self.stub = picker.one("stub", ((False, 4), (True, 1)))
        base = f"{self.platform.rstrip('/')}/" if chance(rng, 0.6) else "/"
        self.folder = f"{base}{rng.choice(_FOLDERS)}/"
        self.column = self.folder
        self.sections: list[tuple[str, str]] = []
        self.traits = {"list": f"{self.carrier} {self.order} {self.paging.further} {self.pager}"}

    # Addresses

    def address(self, day: date) -> str:
        """In the dialect drawn."""
        self.next_id += self.rng.randint(1, 900)
        return self.pattern.format(folder=self.folder, day=day, id=self.next_id, short=self.short, hexa=self.hexa(32))

    def file_address(self, article: str, file: Attachment) -> str:
        """Where this portal keeps files."""
        entry_day = self._day
        self.next_id += 1
        folder = article.partition("?")[0].rsplit("/", 1)[0] + "/"
        path = self.file_pattern.format(
            folder=folder, day=entry_day, id=self.next_id, short=self.short, hexa=self.hexa(32), suffix=file.suffix
        )
        return quote(path, safe="/?=&")

    def file_href(self, path: str) -> str:
        """As people write it: Chinese names as they are."""
        return unquote(path)

    def href(self, placed: Placed) -> str:
        """As this portal writes addresses."""
        return escape(self.to(placed.listed, placed.list_page))

    def list_path(self, number: int) -> str:
        """Pages of the one section."""
        return self._page(self.folder, number, number + 1)

    def _page(self, folder: str, number: int, count: int) -> str:
        form = self.paging.first if number == 0 else self.paging.further
        return folder + self._named(form, n=str(number), k=str(number + 1), down=str(count - number))

    def _named(self, form: str, *, n: str, k: str, down: str) -> str:
        values = {"stem": self.stem, "query": self.query, "parameter": self.parameter, "id": self.short}
        return form.format(n=n, k=k, down=down, **values)

    # What the column holds

    def _entries(self) -> list[Entry]:
        rng = self.rng
        forms = rng.sample(
            ("only_pdf", "page_pdf", "notice_pdf", "notice_docx", "notice_pdf_docx", "notice_viewer", "pictures"), k=4
        )
        flavour = Flavour(
            specials=({"title": 3}, {"title": 4}, {"title": 5}, {"title": 6}, *({"form": form} for form in forms)),
            pastes={"editor": 4, "word": 3, "plain": 2, "old": 1},
        )
        issuers = city_issuers(rng, self.place) if self.place.endswith("市") else county_issuers(rng, self.place)
        return draw_entries(rng, self.place, [issuers[number] for number in self.issuers], flavour)

    def _place(self, entry: Entry, list_path: str) -> Placed:
        self._day = entry.published
        if entry.file is None:
            return super()._place(entry, list_path)
        file = Attachment(
            name="", suffix="pdf", body=entry.file[3], content_type=entry.file[2], media_type=entry.file[2]
        )
        path = self.file_address(self.address(entry.published), file)  # the row leads to the file itself
        self.portal.pages[path] = Page(body=file.body, content_type=file.content_type)
        return Placed(entry=entry, path=path, listed=path, list_page=list_path)

    def groups(self, entries: list[Entry]) -> list[tuple[str, list[Entry]]]:
        """By year, by body, or as one list; each cut into pages."""
        parts: dict[str, list[Entry]] = {}
        home = self.place
        for entry in entries:
            label = ""
            if self.order == "years":
                year = entry.published.year - 1 if entry.truth is None else entry.truth.year
                label = f"{year}年" if year > 2020 else "2020年以前"  # noqa: PLR2004 - the older ones in one
            elif self.order == "bodies":
                label = f"{home}人民政府" if entry.truth is None else entry.truth.issuer.name
            parts.setdefault(label, []).append(entry)
        slug = self.rng.choice(_YEARS)
        out: list[tuple[str, list[Entry]]] = []
        for number, (label, rows) in enumerate(parts.items()):
            folder = self.folder
            if self.order == "years":
                folder += f"{slug.format(year=label[:4] if '以前' not in label else 'lsnb')}/"
            elif self.order == "bodies":
                folder += f"dw{number:02d}/"
            self.sections.append((label, folder))
            cut = self.cut(rows)
            out += [(self._page(folder, page, len(cut)), part) for page, part in enumerate(cut)]
        if self.order == "flat" and not (out[0][0].startswith(f"{self.folder}index.") and chance(self.rng, 0.7)):
            self.column = self.portal.column = out[0][0]
        self.own_rows = self.order == "years" and self.look.addresses != "dotted" and chance(self.rng, 0.5)
        return out

    # Lists

    def lists(self) -> None:
        """Serve the pages of every section, and the column above them."""
        pages = self.portal.pages
        for _, folder in self.sections:
            own = [(path, rows) for path, rows in self.portal.list_pages if path.startswith(folder)]
            for number, (path, rows) in enumerate(own):
                shown = self._list(own, number, rows)
                pages[path] = (
                    self._bare(shown) if self.carrier == "frame" else self.column_page(self._nav(path) + shown)
                )
            first = own[0][0]
            if self.carrier == "frame":
                inner = f"{first.rpartition('/')[0]}/frame_{self.short}.html"
                pages[inner] = pages[first]
                frame = f'<iframe id="f" src="{self.to(inner, first)}" width="100%"></iframe>'
                pages[first] = self.column_page(self._nav(first) + frame)
            if first.startswith(f"{folder}index.") or self.order == "bodies":
                pages[folder] = pages[first]
            if self.stub:
                for number in range(len(own), len(own) + 2):
                    pages.setdefault(self._page(folder, number, number + 1), self.html("<html><body></body></html>"))
        if self.order != "flat":
            first = self.portal.list_pages[0][0]
            pages[self.column] = pages[first] if self.own_rows else self.column_page(self._nav(self.column))

    def _nav(self, here: str) -> str:
        if self.order == "flat":
            return ""
        items = []
        for label, folder in self.sections:
            first = next(path for path, _ in self.portal.list_pages if path.startswith(folder))
            items.append(f'<li><a href="{self.to(first, here)}">{label}</a></li>')
        return f'<ul class="nav2">{"".join(items)}</ul>'

    def _bare(self, content: str) -> Page:
        """A page in a frame."""
        head = f'<head><meta charset="{self.charset[0] or "utf-8"}"><title></title></head>'
        return self.html(f"<html>{head}<body>{content}</body></html>")

    def _list(self, own: list[tuple[str, list[Placed]]], number: int, placed: list[Placed]) -> str:
        rows = "\n".join(self._row(one, count) for count, one in enumerate(placed, 1))
        before, _, after = self.row_form
        names = tuple(self.to(path, own[number][0]) for path, _ in own)
        stem, _, extension = self._named(self.paging.first, n="0", k="1", down="1").rpartition(".")
        told = Pager(
            names=names,
            here=number,
            rows=sum(len(part) for _, part in own),
            stem=stem,
            extension=extension,
            pattern=self._named(self.paging.further, n="{n}", k="{k}", down="{down}"),
        )
        paged = pager(self.pager, self.rng, told) if len(own) > 1 or chance(self.rng, 0.5) else ""
        return f"{before}\n{self._carried(rows, placed)}\n{after}\n{paged}"

    def _row(self, one: Placed, number: int) -> str:
        entry = one.entry
        worded = self._worded(entry)
        text, cut = shortened(worded, self.link_length, self.ending)
        title, href = escape(worded), self.href(one)
        told = f' title="{title}"' if self.titled and (cut or chance(self.rng, 0.5)) else ""
        day = shown_day(entry.published, self.day_form)
        if not self.titled:
            title = escape(text)
        return self.row_form[1].format(
            link=f'<a href="{href}"{told}>{escape(text)}</a>',
            href=href,
            title=title,
            text=escape(text),
            day=day,
            source=entry.source,
            number=number,
        )

    def _worded(self, entry: Entry) -> str:
        """The title as a row has it."""
        if entry.truth is None:
            return entry.title
        year = entry.truth.year
        if self.wording == "short_year":
            return entry.title.replace(f"{year}年", f"{year % 100:02}年", 1)
        if self.wording == "year_of_column" and self.order == "years" and year > 2020:  # noqa: PLR2004
            return entry.title.replace(f"{year}年度", "").replace(f"{year}年", "")
        return entry.title

    def _carried(self, rows: str, placed: list[Placed]) -> str:
        """The rows in what holds them."""
        told = [
            Told(address=self.to(one.listed, one.list_page), title=one.entry.title, day=one.entry.published)
            for one in placed
        ]
        return carried(self.carrier, rows, told, self.gap())

    def body(self, placed: Placed, files: str) -> str:
        """The text in the frame of the editor drawn."""
        return self.look.editor.format(f"{placed.entry.fragment}{files}")


def build_strangers(seed: int, count: int, odd: float = ODD) -> list[Portal]:
    """Draw portals nobody has seen.

    Args:
        seed: everything is drawn from it and from the number of the portal: asking for more does not change the first.
        count: how many.
        odd: share of their traits that are drawn; all others are the usual ones.
    """
    return [_stranger(seed, number, odd).build() for number in range(count)]


def _stranger(seed: int, number: int, odd: float) -> FamilyPortal:
    rng = random.Random(f"{seed}:stranger:{number}")
    kind = _weighted(rng, _KINDS)
    place = f"{_FIRST[number % len(_FIRST)]}{_SECOND[number // len(_FIRST) % len(_SECOND)]}{rng.choice('县县区市')}"
    own: dict[str, object] = {"id": f"stranger{number:02d}", "place": place, "family": kind, "odd": odd}
    if kind == "family":
        family = FAMILIES[rng.randrange(len(FAMILIES))]
        own["family"] = family.family
        bases: tuple[type, ...] = (StrangePortal, family)
    else:
        bases = (ListStranger,) if kind == "list" else (ProgramStranger,)
    portal: FamilyPortal = type("Stranger", bases, own)(rng)
    return portal
