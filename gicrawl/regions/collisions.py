"""Names that say too little: stems that several divisions share, and full names that several have at a time.

朝阳 is a city, two districts and a county; 朝阳区 is in 北京 and in 长春. Whoever places a body by such a name needs
something else to go by: a division printed above it, or the portal it was on.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from gicrawl.regions.names import stem
from gicrawl.regions.table import divisions

if TYPE_CHECKING:
    from gicrawl.regions.table import Division


@cache
def colliding_stems(year: int) -> dict[str, tuple[Division, ...]]:
    """Stems that several divisions share at the end of a year, with those divisions by code.

    A county and the city it lies in count too (长沙市, 长沙县); stems of one character are none.
    """
    found: dict[str, list[Division]] = {}
    for one in divisions(year):
        short = stem(one.name)
        if short is not None:
            found.setdefault(short, []).append(one)
    return {short: tuple(those) for short, those in sorted(found.items()) if len(those) > 1}


@cache
def colliding_names(year: int) -> dict[str, tuple[Division, ...]]:
    """Official names that several divisions have at the end of a year, with those divisions by code."""
    found: dict[str, list[Division]] = {}
    for one in divisions(year):
        found.setdefault(one.name, []).append(one)
    return {name: tuple(those) for name, those in sorted(found.items()) if len(those) > 1}
