"""Who a body is, whatever it was called and wherever its report was found: the rule behind `issuer_id`.

A body is a place and what it is there. The place is the lineage of its division (`issuers_lineage`), named by the code
that stood at its beginning or in 2008; what it is there is its name without the division, in one spelling:

* `340403-government`: the government of a division;
* `350300-` and 16 hex digits of the SHA-256 of 统计局: another body of a division, or, where the name goes on with a
  township or development zone (which have no code of this table), a body in that division;
* `national-` and 16 hex digits: a body of the state, by its name;
* `unsettled-` and 16 hex digits: a body whose division is unknown or could be several, by the name as far as it is
  known and the host it was found on; without a host (imported files), by the report itself.

So an id is the same on every computer, needs no list of ids, and survives whatever happens to the name of the division.
It does not survive a department's own renaming or reform (卫生局 and 卫生和计划生育局 are two bodies), and a body that
is unsettled in one report and settled in another has two: nothing is united by guess.
"""

from __future__ import annotations

import hashlib
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from gicrawl.corpus.canonical import canonical_url
from gicrawl.corpus.issuers_lineage import FIRST_REPORT_YEAR, Lineage, lineage_of
from gicrawl.regions.resolve import find_in
from gicrawl.regions.table import with_code

if TYPE_CHECKING:
    from gicrawl.portals.registry import Portal

_GOVERNMENTS: Final = frozenset({"人民政府", "行政公署"})
_DIGITS = 16
_CODE = 6


@dataclass(frozen=True, slots=True)
class Body:
    """A body by its public id.

    Attributes:
        id: public, the same for every name its division had.
        settled: whether its place is certain.
        lineage: of the division it governs or lies in; None for national and unsettled bodies.
        rest: its name without that division; the whole name where there is none.
    """

    id: str
    settled: bool
    lineage: Lineage | None
    rest: str

    @property
    def government(self) -> bool:
        """Whether it is the government of its division."""
        return self.lineage is not None and self.rest in _GOVERNMENTS


@lru_cache(maxsize=100_000)
def body_of(
    *,
    name: str | None,
    printed: str | None,
    region_code: str | None,
    level: str | None,
    year: int | None,
    found_at: str,
) -> Body:
    """The body behind what a report, or the registry, says of it.

    Args:
        name: official name in Simplified script, or None.
        printed: as printed, or None.
        region_code: of its division in that year, or None.
        level: as the parser has it.
        year: the year reported on.
        found_at: see `whereabouts`; used only where nothing else settles it.
    """
    called = _spelled(name or printed or "")
    if level == "national" and name is not None:
        return Body(f"national-{_hash(called)}", settled=True, lineage=None, rest=called)
    if name is not None and year is not None:
        placed = _coded(called, region_code, year) if region_code is not None else _lying_in(called, level, year)
        if placed is not None:
            lineage, rest = placed
            return Body(body_id(lineage.root, rest), settled=True, lineage=lineage, rest=rest)
    return Body(f"unsettled-{_hash(called, found_at)}", settled=False, lineage=None, rest=called)


def body_id(root: str, rest: str) -> str:
    """The id of a body with this name at a place."""
    return f"{root}-{'government' if rest in _GOVERNMENTS else _hash(rest)}"


def whereabouts(url: str, report_id: str) -> str:
    """Where a document was found, for bodies that nothing else tells apart: its host, else the report itself."""
    host = canonical_url(url).removeprefix("//").split("/", 1)[0] if urlsplit(url).scheme in {"http", "https"} else ""
    return host or report_id


def body_of_portal(portal: Portal, year: int) -> Body:
    """The body that publishes on a portal, by its entry in the registry.

    Args:
        portal: its entry.
        year: the newest a report can be about. A code of the registry may be an older one: the newest year in which it
            was valid counts.
    """
    code = None
    if portal.region_code is not None:
        code = portal.region_code[:_CODE].ljust(_CODE, "0")
        valid = next((at for at in range(year, FIRST_REPORT_YEAR - 1, -1) if with_code(code, at)), None)
        year, code = (year, None) if valid is None else (valid, code)
    else:
        named = find_in(_spelled(portal.body), year=year)
        if named is not None and named.resolution.division is not None:
            code = named.resolution.division.code
    return body_of(
        name=portal.body,
        printed=None,
        region_code=code,
        level=portal.level,
        year=year,
        found_at=whereabouts(portal.home, portal.id),
    )


def _coded(name: str, code: str, year: int) -> tuple[Lineage, str] | None:
    """The place a code stands for, and the name without it."""
    lineage = lineage_of(code, year)
    if lineage is None:
        return None
    named = find_in(name, year=year)
    if named is not None and any(one in lineage.divisions for one in named.resolution.candidates):
        return lineage, name[named.end :] or name
    for division in lineage.divisions:
        before, found, after = name.partition(division.name)
        if found:
            return lineage, before + after or name
    return lineage, name


def _lying_in(name: str, level: str | None, year: int) -> tuple[Lineage, str] | None:
    """The division that a township or development zone lies in, where its name says so without doubt."""
    named = find_in(name, year=year)
    if named is None or named.resolution.division is None or not (named.zone or level == "township"):
        return None
    lineage = lineage_of(named.resolution.division.code, year)
    return None if lineage is None else (lineage, name[named.end :])


def _spelled(name: str) -> str:
    """One spelling: NFKC (brackets, widths) and no blanks."""
    return "".join(unicodedata.normalize("NFKC", name).split())


def _hash(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:_DIGITS]
