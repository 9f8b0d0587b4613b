"""The region code an issuer had in the year of its report, and the level that follows from it.

A name, the divisions printed above it, what the site says of itself, and the divisions the text names decide, in that
order. What several divisions fit stays open with its candidates.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from gicrawl.parser.identity.names import kind_of
from gicrawl.parser.report import Problem
from gicrawl.regions.resolve import resolve_chain

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gicrawl.parser.identity.names import Body
    from gicrawl.regions.table import Division

_SITE_CODE: Final = "siteidcode"
"""Label of the site standard (国办发〔2017〕47号): ten digits, the first six a region code; ministries have bm."""
_CODE: Final = 6
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
    if year is None or not chain or any(division.step not in _TABLE for division in chain):
        return None, ()
    names = [division.name for division in chain]
    found = resolve_chain(names, year=year, text=text, within=_site_code(labels))
    if found.division is not None or len(found.candidates) < 2:  # noqa: PLR2004 - one alone is not several
        return found.division, ()
    candidates = "、".join(f"{candidate.name} {candidate.code}" for candidate in found.candidates)
    return None, (Problem("region_ambiguous", (("candidates", candidates),)),)


def code_of(body: Body, division: Division | None) -> str | None:
    """The region code of a body: its division's, but never a development zone's: zones have none."""
    return None if division is None or kind_of(body) == "development_zone" else division.code


def _site_code(labels: Iterable[tuple[str, str]]) -> str | None:
    for name, value in labels:
        if name.lower() == _SITE_CODE and value[:_CODE].isdigit() and len(value) > _CODE:
            return value[:_CODE]
    return None
