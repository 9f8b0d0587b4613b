"""The portal in the manner of Hunan: list pages whose name ends in `_glrb`, and articles by date and number."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gicrawl.sample.paged import PagedPortal

if TYPE_CHECKING:
    from datetime import date

    from gicrawl.sample.site import Attachment, Placed


class HunanPortal(PagedPortal):
    """Builds the portal page by page."""

    id = "xiangning"
    place = "湘泞县"
    family = "hunan"

    def draw(self) -> None:
        """The stem of the list and the folder."""
        rng = self.rng
        self.stem = f"{rng.choice(('wjk', 'xxgk', 'gknb', 'list'))}_glrb"
        self.folder = f"/xxgk/{rng.choice(('zfxxgknb', 'gknb', 'xxgknb'))}/"
        self.column = f"{self.folder}{self.stem}.html"
        self.platform = "/xxgk/index.html"
        self.next_id = rng.randint(20_000_000, 33_000_000)

    def address(self, day: date) -> str:
        """As in the TRS family."""
        self.next_id += self.rng.randint(3, 900)
        return f"{self.folder}{day:%Y%m}/t{day:%Y%m%d}_{self.next_id}.html"

    def href(self, placed: Placed) -> str:
        """Relative to the list."""
        return "./" + placed.listed.removeprefix(self.folder)

    def page_path(self, number: int) -> str:
        """The second page is 1."""
        return f"{self.folder}{self.stem}_{number}.html"

    def pager(self, number: int, last: int) -> str:
        """A script writes the links."""
        return f'<script>{self.gap()}createPageHTML({last + 1},{self.gap()}{number}, "{self.stem}", "html");</script>'

    def file_address(self, article: str, file: Attachment) -> str:
        """Beside the article, under a long number."""
        letter, number = "W" if file.picture else "P", self.rng.randrange(10**18)
        return f"{article.rsplit('/', 1)[0]}/{letter}0{number:018d}.{file.suffix}"
