"""The portal in the manner of Liaoning: list pages named after a hash, every article in a folder of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gicrawl.sample.paged import PagedPortal

if TYPE_CHECKING:
    from datetime import date

    from gicrawl.sample.site import Placed


class LiaoningPortal(PagedPortal):
    """Builds the portal page by page."""

    id = "liaoyuan"
    place = "辽垣县"
    family = "liaoning"

    def draw(self) -> None:
        """The hash of the list and the folders."""
        rng = self.rng
        self.stem = self.hexa(8)
        self.folder = f"/web/{rng.choice(('zwgk', 'zfxxgk', 'lyx'))}/{rng.choice(('zfxxgknb', 'gknb', 'ndbg'))}/"
        self.column = f"{self.folder}index.shtml"
        self.platform = f"{self.folder.rsplit('/', 2)[0]}/index.shtml"

    def address(self, day: date) -> str:
        """A moment to the millisecond."""
        return f"{self.folder}{day:%Y%m%d}{self.rng.randrange(10**9):09d}/index.shtml"

    def page_path(self, number: int) -> str:
        """The second page is 2."""
        return f"{self.folder}{self.stem}-{number + 1}.shtml"

    def pager(self, number: int, last: int) -> str:
        """Links."""
        return f"{self.links(number, last)} 共{last + 1}页"

    def body(self, placed: Placed, files: str) -> str:
        """The text in the frame of its editor."""
        return f'<div id="TITLETEXT">\n{placed.entry.fragment}{files}</div>'
