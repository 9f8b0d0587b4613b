"""Townships, and the zones and farms that statistics count like them: what lies below the table of divisions.

The table is `townships.txt.gz`, written out of public packages by `docs/regions_table/write_townships.py`;
docs/regions.md tells where it is from. It is read line by line when it is first asked for; the parser asks for it only
where a title is broken over lines, and a town's name may be.
"""

from __future__ import annotations

import gzip
import re
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Final, Literal

Kind = Literal["subdistrict", "town", "township", "unit"]
STATISTICS_YEAR: Final = 2023
"""The list with the codes of statistics shows the end of this year."""
LIST_YEAR: Final = 2026
"""The list of the Ministry of Civil Affairs shows September of this year."""

_COUNTY: Final = 6
_ENTRY: Final = re.compile(r"([+~-]?)(\d{3})(?:=(\d{3}))?(\D.*)")
_ZONE: Final = re.compile(
    r"开发区|高新|经开|产业区|工业区|园区|产业园|工业园|科技园|示范区|保税|试验区|度假区|管理区|合作区|新区|新城|港区"
)
# By the last three digits (统计用区划代码, 国统字〔2009〕91号): streets, towns, townships, and what is like them.
_KINDS: Final[tuple[tuple[int, Kind], ...]] = ((100, "subdistrict"), (200, "town"), (400, "township"), (1000, "unit"))


@dataclass(frozen=True, slots=True)
class Township:
    """A township, town or subdistrict; or a zone, farm or the like that statistics count as one.

    Attributes:
        code: nine digits, the first six its county's (GB/T 10114); for a `unit` those of statistics.
        name: in Simplified script (莲花乡).
        county: code of its county, in 2026 or, where it ended before, in 2023.
        kind: `unit` for what is no township.
        statistics_code: nine digits of the National Bureau of Statistics, where it had one at the end of 2023.
        first_year: the first of the two years at which the lists show it: 2023, or 2026 for one that began since.
            It may be older: nobody has told.
        last_year: None where it stands in the list of 2026; else the year from which on it may have ended.
    """

    code: str
    name: str
    county: str
    kind: Kind
    statistics_code: str | None
    first_year: int
    last_year: int | None

    @property
    def is_zone(self) -> bool:
        """Whether its name is that of a development zone."""
        return self.kind == "unit" and _ZONE.search(self.name) is not None


@cache
def _counties() -> dict[str, str]:
    """The line of each county, by its code: 0.3 MB of text, of which only the lines asked for become objects."""
    packed = (resources.files(__package__) / "townships.txt.gz").read_bytes()
    lines = gzip.decompress(packed).decode("utf-8").splitlines()
    return {line[:_COUNTY]: line for line in lines if not line.startswith("#")}


@cache
def townships_of(county: str) -> tuple[Township, ...]:
    """All townships of a county, those that have ended too, by code; none for a code the lists do not have."""
    line = _counties().get(county, "")
    return tuple(_read(county, entry) for entry in line.split()[1:])


def _read(county: str, entry: str) -> Township:
    found = _ENTRY.fullmatch(entry)
    if found is None:
        raise ValueError(f"townships.txt.gz: {county}: {entry!r} is no entry")
    mark, ending, other, name = found.groups()
    kind: Kind = "unit" if mark == "~" else next(kind for below, kind in _KINDS if int(ending) < below)
    return Township(
        code=county + ending,
        name=name,
        county=county,
        kind=kind,
        statistics_code=None if mark == "+" else county + (other or ending),
        first_year=LIST_YEAR if mark == "+" else STATISTICS_YEAR,
        last_year=STATISTICS_YEAR if mark == "-" else None,
    )


def township(code: str) -> Township | None:
    """The township with a code of 9 or 12 digits, or else with that code of statistics; one that stands now first."""
    below = townships_of(code[:_COUNTY])
    wanted = code[:9]
    by_code = [one for one in below if one.code == wanted]
    by_statistics = [one for one in below if one.statistics_code == wanted]
    found = sorted(by_code, key=lambda one: one.last_year is not None) or by_statistics
    return found[0] if found else None


def townships_with_name(name: str, *, within: str = "") -> tuple[Township, ...]:
    """All townships of a name, by code.

    Args:
        name: official, in Simplified script.
        within: what the codes of the division they lie in begin with (`region_prefix`).
    """
    return tuple(
        one
        for county, line in sorted(_counties().items())
        if county.startswith(within[:_COUNTY]) and name in line
        for one in townships_of(county)
        if one.name == name
    )


def zones(within: str = "") -> tuple[Township, ...]:
    """The development zones that statistics count, by code; `within` as in `townships_with_name`."""
    return tuple(
        one
        for county in sorted(_counties())
        if county.startswith(within[:_COUNTY])
        for one in townships_of(county)
        if one.is_zone
    )
