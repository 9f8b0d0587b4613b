"""The spider for any portal: asks every family, reads with the one that recognises the list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from spiders.family import families
from spiders.portal import PortalSpider

if TYPE_CHECKING:
    from spiders.family import Family


class AutoSpider(PortalSpider):
    """Finds the report column of any portal and reads it with the family that recognises it.

    Recognised by:
        Every family in order of rank, on each list page anew: one portal may mix two kinds of software.
    Lists:
        As the family says.
    Paging:
        As the family says.
    Articles:
        As the family says.
    Caveats:
        A list that no family recognises ends as `layout_unknown`, with the page kept; nothing is guessed.
    History:
        2026-11: written.
    """

    name = "auto"

    def candidates(self) -> tuple[Family, ...]:
        """Return every family there is."""
        return families()
