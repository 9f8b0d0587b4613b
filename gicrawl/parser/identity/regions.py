"""The region code an issuer had in the year of its report, and the level that follows from it.

A name, the divisions printed above it, what the site says of itself, and the divisions the text names decide, in that
order. What several divisions fit stays open with its candidates.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from gicrawl.parser.identity.names import kind_of
from gicrawl.parser.report import Problem
from gicrawl.regions.provinces import provinces
from gicrawl.regions.resolve import resolve, resolve_chain
from gicrawl.regions.table import above, with_name

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gicrawl.parser.identity.names import Body
    from gicrawl.regions.table import Division

_SITE_CODE: Final = "siteidcode"
"""Label of the site standard (国办发〔2017〕47号): ten digits, the first six a region code; ministries have bm."""
_CODE: Final = 6
_BRANCH: Final = re.compile(r"局([\u4e00-\u9fff]{2,6}?)分局$")
_SHORTEST_STEM, _LONGEST_STEM = 2, 5
_OF_PROVINCES: Final = ("局", "厅", "委员会")
_NOT_OF_CITIES: Final = ("海关", "大学")
"""Bodies whose name begins with the city they sit in and that are of more than it."""
_PLAIN_ZONES: Final = ("经济", "经开", "高新", "综合保税", "保税")
_TABLE: Final = frozenset({"province", "prefecture", "city", "county"})


def place(
    body: Body, year: int | None, labels: Iterable[tuple[str, str]], text: str
) -> tuple[Division | None, tuple[Problem, ...]]:
    """The division a body governs or belongs to, in the year of its report.

    Args:
        body: the issuer.
        year: of the report; without it nothing is certain.
        labels: of the page and the site.
        text: squeezed text of the document.

    Returns:
        None where it is none of the table (a ministry); of a township the county it lies in; None with a problem that
        names the candidates where several fit.
    """
    chain = body.chain
    if chain and chain[-1].step == "township":
        chain = chain[:-1]  # it belongs to its county, as a department does
    if year is None or any(division.step not in _TABLE for division in chain):
        return None, ()
    labels = tuple(labels)
    names = [division.name for division in chain] or _begun_with(body, text, labels)
    if not names:
        return None, ()
    found = resolve_chain(names, year=year, text=text, within=_site_code(labels))
    if found.division is not None or len(found.candidates) < 2:  # noqa: PLR2004 - one alone is not several
        return found.division and _of_branch(body, found.division, year), ()
    candidates = "、".join(f"{candidate.name} {candidate.code}" for candidate in found.candidates)
    return None, (Problem("region_ambiguous", (("candidates", candidates),)),)


def _begun_with(body: Body, text: str, labels: Iterable[tuple[str, str]]) -> list[str]:
    """The division that a zone, a school or a bureau is called after without its rank: 江西煤矿安全监察局, 赣州经开区.

    But for zones of a plain kind, which cities have, the document has to name it too: 东湖 is part of many names.
    """
    kind = kind_of(body)
    if kind == "department" and body.name.endswith(_OF_PROVINCES):
        return [province.name for province in provinces() if body.name.startswith(province.short)]
    if kind not in {"development_zone", "other"} or body.name.endswith(_NOT_OF_CITIES):
        return []
    for end in range(_LONGEST_STEM, _SHORTEST_STEM - 1, -1):
        named = [body.name[:end] + rank for rank in "市县"]
        plain = named[:1] if body.name.startswith(_PLAIN_ZONES, end) else ()
        told = [
            name
            for name in named
            if with_name(name) and (name in plain or name in text or any(name in say for _, say in labels))
        ]
        if told:
            return told if len(told) == 1 else []
    return []


def _of_branch(body: Body, division: Division, year: int) -> Division:
    """The district that a branch of a city's bureau is named for (青禾市公安局东湾分局), else the city."""
    branch = _BRANCH.search(body.name)
    if branch is None:
        return division
    below = [one for one in resolve(branch[1], year=year).candidates if division in above(one, year)]
    return below[0] if len(below) == 1 else division


def code_of(division: Division | None) -> str | None:
    """The region code of a body: its division's; a development zone, which has none, has that of where it lies."""
    return None if division is None else division.code


def _site_code(labels: Iterable[tuple[str, str]]) -> str | None:
    for name, value in labels:
        if name.lower() == _SITE_CODE and value[:_CODE].isdigit() and len(value) > _CODE:
            return value[:_CODE]
    return None
