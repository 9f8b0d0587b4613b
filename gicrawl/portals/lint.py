"""What looks wrong about a registry although each of its entries can be read: names, codes and hosts that do not fit.

An error is a contradiction that a crawl or a table would suffer from; a warning is something a person should look at.
Bodies are held against the table of divisions (`gicrawl.regions`), not against the web.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal
from urllib.parse import urlsplit

from gicrawl.portals.sites import is_address, site
from gicrawl.regions.codes import region_prefix
from gicrawl.regions.resolve import find_in
from gicrawl.regions.table import above, division, level_of_code, with_code
from gicrawl.regions.townships import township

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from gicrawl.portals.registry import Portal

Severity = Literal["error", "warning"]

FIRST_REPORT: Final = 2008
"""The first year there were reports of: the Regulations came into force on 1 May 2008 (国务院令第492号, 第三十八条)."""

_COUNTY = 6  # digits of a code down to the county (GB/T 2260)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something about an entry that does not fit.

    Attributes:
        portal: id of the entry.
        severity: `error` or `warning`.
        code: which rule; stable.
        fields: what the sentence about it names.
    """

    portal: str
    severity: Severity
    code: str
    fields: Mapping[str, object] = field(default_factory=dict)


def lint(portals: Sequence[Portal], families: Collection[str], *, year: int) -> Iterator[Finding]:
    """Everything that does not fit, entry by entry, in the registry's order.

    Args:
        portals: of a registry, or of several that are used together.
        families: names of the spiders there are.
        year: the present one: codes are held against the divisions in force in it.
    """
    seen: dict[tuple[str, ...], str] = {}
    for portal in portals:
        yield from _family(portal, families)
        yield from _region(portal, year)
        yield from _hosts(portal)
        yield from _record(portal, year)
        if portal.status not in {"moved", "gone"}:
            yield from _twice(portal, seen)


def _family(portal: Portal, families: Collection[str]) -> Iterator[Finding]:
    if portal.family not in families:
        near = difflib.get_close_matches(portal.family, sorted(families), n=1)
        known = near[0] if near else ", ".join(sorted(families))
        yield Finding(portal.id, "error", "family_unknown", {"family": portal.family, "known": known})


def _region(portal: Portal, year: int) -> Iterator[Finding]:
    code = portal.region_code
    if code is None:
        if portal.level != "national":
            yield Finding(portal.id, "warning", "region_missing", {"body": portal.body})
        return
    if portal.level == "national":
        yield Finding(portal.id, "error", "region_of_nation", {"region": code})
        return
    try:
        prefix = region_prefix(code)
    except ValueError:
        yield Finding(portal.id, "error", "region_unknown", {"region": code})
        return
    county = prefix[:_COUNTY].ljust(_COUNTY, "0")
    in_force = division(county, year)
    if in_force is None:
        ended = _ended(county, year)
        if ended is None:
            yield Finding(portal.id, "error", "region_unknown", {"region": code})
        else:
            yield Finding(portal.id, "warning", "region_ended", {"region": code, **ended})
        return
    if portal.kind != "development_zone":  # zones have no code: theirs is of the division they lie in
        level = "township" if len(prefix) > _COUNTY else level_of_code(county)
        fits = level == portal.level or (portal.level == "township" and level == "county")
        if not fits:
            fields = {"region": code, "name": in_force.name, "level": level, "stated": portal.level}
            yield Finding(portal.id, "error", "region_level", fields)
            return
    if len(prefix) > _COUNTY and township(code) is None:
        yield Finding(portal.id, "warning", "township_unknown", {"region": code, "name": in_force.name})
    yield from _name(portal, county, year)


def _ended(code: str, year: int) -> dict[str, object] | None:
    """When a code ended, and what came after it."""
    for past in range(year, year - 60, -1):
        found = with_code(code, past)
        if found:
            one = found[0]
            return {"name": one.name, "year": one.last_year or past, "successors": ", ".join(one.successors) or "-"}
    return None


def _name(portal: Portal, code: str, year: int) -> Iterator[Finding]:
    """The division a body's name begins with must be its code's, or lie above or below it."""
    named = find_in(portal.body, year=year)
    if named is None or not named.resolution.candidates or named.resolution.how == "short":
        return  # 莲花乡 is no part of 莲花县: a bare stem says nothing against a code
    of_code = {one.code for one in with_code(code, year)}
    of_code |= {top.code for one in with_code(code, year) for top in above(one, year)}
    candidates = named.resolution.candidates
    if any(one.code in of_code or any(top.code == code for top in above(one, year)) for one in candidates):
        if portal.kind == "government" and not any(one.code == code for one in candidates):
            fields = {"body": portal.body, "region": code, "found": candidates[0].code, "name": candidates[0].name}
            yield Finding(portal.id, "error", "body_elsewhere", fields)
        return
    fields = {"body": portal.body, "region": code, "found": candidates[0].code, "name": candidates[0].name}
    yield Finding(portal.id, "error", "body_elsewhere", fields)


def _hosts(portal: Portal) -> Iterator[Finding]:
    home = site(portal.home)
    own = {host.partition(":")[0] for host in portal.hosts}
    for column in portal.columns:
        if site(column) != home and urlsplit(column).hostname not in own:
            yield Finding(portal.id, "error", "column_elsewhere", {"column": column, "site": home})
    for column in sorted({column for column in portal.columns if portal.columns.count(column) > 1}):
        yield Finding(portal.id, "error", "column_twice", {"column": column, "other": portal.id})
    if portal.address is None and not home.endswith(".gov.cn") and not is_address(urlsplit(portal.home).hostname or ""):
        yield Finding(portal.id, "warning", "host_foreign", {"site": home})


def _record(portal: Portal, year: int) -> Iterator[Finding]:
    if portal.source is None and portal.address is None:
        yield Finding(portal.id, "warning", "source_missing", {})
    if portal.years is not None and not FIRST_REPORT <= portal.years[0] <= portal.years[1] <= year:
        fields = {"first": portal.years[0], "last": portal.years[1], "from": FIRST_REPORT, "to": year}
        yield Finding(portal.id, "warning", "years_odd", fields)


def _twice(portal: Portal, seen: dict[tuple[str, ...], str]) -> Iterator[Finding]:
    """The same body twice, or the same pages: they would be fetched twice."""
    body = ("body", portal.body, portal.region_code or "")
    if body in seen:
        yield Finding(portal.id, "error", "body_twice", {"body": portal.body, "other": seen[body]})
    seen.setdefault(body, portal.id)
    for column in dict.fromkeys(portal.columns):
        if ("column", _page(column)) in seen:
            other = seen["column", _page(column)]
            yield Finding(portal.id, "error", "column_twice", {"column": column, "other": other})
        seen.setdefault(("column", _page(column)), portal.id)
    if not portal.columns:
        if ("home", _page(portal.home)) in seen:
            other = seen["home", _page(portal.home)]
            yield Finding(portal.id, "error", "home_twice", {"home": portal.home, "other": other})
        seen.setdefault(("home", _page(portal.home)), portal.id)


def _page(url: str) -> str:
    """What makes two URLs the same page: the scheme does not."""
    parts = urlsplit(url)
    return f"{(parts.hostname or '').removeprefix('www.')}:{parts.port or ''}{parts.path or '/'}?{parts.query}"


def instantiate(families: Mapping[str, Callable[..., object]], portals: Sequence[Portal]) -> Iterator[Finding]:
    """Make the spider of each entry, as a crawl would; what breaks is an error of that entry.

    Args:
        families: what makes a spider, by its name.
        portals: of a registry.
    """
    for portal in portals:
        make = families.get(portal.family)
        if make is None:
            continue  # said by `lint`
        try:
            make(url=(portal.columns or (portal.home,))[0], portal=portal.id)
        except Exception as error:  # noqa: BLE001 - whatever a spider raises is what is to be told
            said = " ".join(str(error).split()) or type(error).__name__
            yield Finding(portal.id, "error", "spider_broken", {"family": portal.family, "error": said})
