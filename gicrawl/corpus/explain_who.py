"""Who is meant by a name or region code, and which of the archive's reports, links and portals are that body's."""

from __future__ import annotations

import difflib
import json
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gicrawl.corpus.calendar import REVISED, deadline
from gicrawl.corpus.explain_portals import Place
from gicrawl.corpus.explain_records import Candidate, Expected, IssuerAsked
from gicrawl.corpus.issuers_lineage import FIRST_REPORT_YEAR
from gicrawl.parser.identity.names import government_of, kind_of, read_body
from gicrawl.parser.identity.titles import read_title
from gicrawl.parser.script import to_simplified
from gicrawl.regions.resolve import find_in, resolve
from gicrawl.regions.table import above, with_code

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection, Iterable, Sequence

    from gicrawl.portals.registry import Portal, Registry
    from gicrawl.regions.table import Division

CODE = re.compile(r"\d{6}")
_NEAR = 8
"""Names told at most where nobody has the one asked for."""
_PREFECTURE = 4
"""Digits of a region code that a county keeps when it is renamed or upgraded within its prefecture."""

OLD_REGULATIONS, NEW_REGULATIONS = "2008-31", "2019-49"
"""Rules about the last day for publishing: `gicrawl.corpus.calendar` says what they are."""

_ISSUERS = """
SELECT parses.issuer_name, parses.issuer_printed, parses.issuer_region_code, parses.issuer_kind, parses.issuer_level,
    parses.year, documents.url, lower(hex(documents.report_id))
FROM temp.current_parses AS current
JOIN parses ON parses.id = current.parse
JOIN documents ON documents.id = current.document
WHERE parses.status = 'report' AND (
    parses.issuer_name IN (SELECT value FROM json_each(:names))
    OR parses.issuer_printed IN (SELECT value FROM json_each(:names))
)
ORDER BY parses.year, documents.url
"""

_NAMES = """
SELECT DISTINCT parses.issuer_name FROM temp.current_parses AS current JOIN parses ON parses.id = current.parse
WHERE parses.status = 'report' AND parses.issuer_name IS NOT NULL ORDER BY 1
"""

_PLACES = """
SELECT circumstances.portal, urls.host FROM captures
JOIN circumstances ON circumstances.id = captures.circumstances
JOIN urls ON urls.id = captures.url
WHERE captures.uuid IN (SELECT capture FROM documents WHERE report_id = ?)
"""

_PRINTED = """
SELECT DISTINCT url.url, text.text, title.text FROM links
JOIN captures ON captures.id = links.page
JOIN urls AS page ON page.id = captures.url
JOIN urls AS url ON url.id = links.url
JOIN texts AS text ON text.id = links.text
LEFT JOIN texts AS title ON title.id = links.title
WHERE captures.circumstances IN (SELECT id FROM circumstances WHERE portal IS :portal AND role = 'list')
    AND (:portal IS NOT NULL OR page.host = :host) AND links.role = 'article'
ORDER BY url.url
"""


@dataclass(frozen=True, slots=True)
class Asked:
    """A body as it was asked for.

    Attributes:
        names: official names it may stand for, the likeliest first.
        code: its region code in that year, None where it is open.
        divisions: all it may stand for, where the name alone fits several.
    """

    typed: str
    names: tuple[str, ...]
    code: str | None
    divisions: tuple[Division, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """A report of the archive by a body of one of the names asked for."""

    name: str | None
    printed: str | None
    code: str | None
    kind: str | None
    level: str | None
    year: int | None
    url: str
    report_id: str


def read_asked(typed: str, year: int) -> Asked:
    """What a name or region code may stand for.

    Args:
        typed: official or printed name, in either script, with or without 人民政府 and the names of divisions above;
            or the six digits of a region code, which stand for the government of the division.
        year: of the report.
    """
    bare = "".join(typed.split())
    if CODE.fullmatch(bare):
        divisions = with_code(bare, year)
        return Asked(typed, tuple(government_of(one.name) for one in divisions), bare, divisions)
    name = to_simplified(bare)
    body = read_body(bare)
    if body is not None:
        named = find_in(name, year=year)
        divisions = () if named is None else named.resolution.candidates
        code = None if named is None else named.region_code
        return Asked(typed, tuple(dict.fromkeys((body.name, name))), code, divisions)
    divisions = resolve(name, year=year).candidates
    return Asked(typed, tuple(dict.fromkeys([*(government_of(one.name) for one in divisions), name])), None, divisions)


def reports_by(connection: sqlite3.Connection, asked: Asked) -> list[Found]:
    """Reports of all years by whoever has one of the names, but for those of another division's code.

    A code of another year may differ: a county that was renamed keeps the first four digits.
    """
    rows = connection.execute(_ISSUERS, {"names": json.dumps(asked.names)})
    found = [Found(*row) for row in rows]
    if asked.code is None:
        return found
    near = asked.code[:_PREFECTURE]
    return [one for one in found if one.code is None or one.code[:_PREFECTURE] == near]


def settle(asked: Asked, found: Sequence[Found], year: int) -> tuple[Found | None, tuple[Candidate, ...]]:
    """The one body that is meant, or the several it may be.

    Returns:
        A report of the body (of that year where there is one), None where the archive has none of it; and the
        candidates where one year has reports of several bodies with a name asked for.
    """
    own = [one for one in found if one.year == year] or list(found)
    if asked.code is not None:
        own = [one for one in own if one.code in {asked.code, None}] or own
    by_year: dict[int | None, set[tuple[str | None, str | None]]] = {}
    for one in own:
        by_year.setdefault(one.year, set()).add((one.name, one.code))
    for bodies in by_year.values():
        if len({name for name, _ in bodies}) > 1 or len({code for _, code in bodies if code is not None}) > 1:
            return None, tuple(_candidate(name, code, year) for name, code in sorted(bodies, key=str))
    return (own[-1] if own else None), ()


def _candidate(name: str | None, code: str | None, year: int) -> Candidate:
    lies_in = "" if code is None else "".join(one.name for one in reversed(_above(code, year)))
    ask = code if code is not None and name is not None and name.endswith(("人民政府", "行政公署")) else None
    return Candidate(name=name or "-", detail=f"{lies_in} {code or ''}".strip(), ask=ask or f"{lies_in}{name}")


def _above(code: str, year: int) -> tuple[Division, ...]:
    divisions = with_code(code, year)
    return above(divisions[0], year) if divisions else ()


def of_divisions(asked: Asked, year: int) -> tuple[Candidate, ...]:
    """The governments a name alone may stand for, where it fits several divisions."""
    if asked.code is not None or len(asked.divisions) < 2:  # noqa: PLR2004 - several
        return ()
    return tuple(_candidate(government_of(one.name), one.code, year) for one in asked.divisions)


def near_names(connection: sqlite3.Connection, asked: Asked, registry: Registry) -> tuple[Candidate, ...]:
    """Names of the archive and the registry that look like what was asked for."""
    known = [name for (name,) in connection.execute(_NAMES)] + [portal.body for portal in registry]
    known = list(dict.fromkeys(known))
    wanted = asked.names[-1] if asked.names else asked.typed
    held = [name for name in known if wanted in name]
    close = difflib.get_close_matches(wanted, known, n=_NEAR, cutoff=0.7)
    return tuple(Candidate(name=name, detail="", ask=name) for name in dict.fromkeys([*held, *close]))[:_NEAR]


def entries_for(registry: Registry, asked: Asked) -> list[Portal]:
    """Registry entries where the body would publish: its own, else that of the government it belongs to."""
    own = [entry for entry in registry if publishes(entry, asked)]
    if own:
        return own
    parents: list[str] = []
    for name in asked.names:
        body = read_body(name)
        if body is not None:
            parents += [government_of(division.name) for division in reversed(body.chain)]
    for parent in dict.fromkeys(parents):
        above_it = [entry for entry in registry if _matches(entry, {parent}, None)]
        if above_it:
            return above_it
    return []


def publishes(entry: Portal, asked: Asked) -> bool:
    """Whether an entry of the registry is the body's own."""
    return _matches(entry, _keys(asked.names), asked.code)


def _keys(names: Iterable[str]) -> set[str]:
    return {body.name if (body := read_body(name)) is not None else name for name in names}


def _matches(entry: Portal, wanted: Collection[str], code: str | None) -> bool:
    if code is not None and entry.region_code not in {None, code}:
        return False
    return bool(_keys([entry.body]) & set(wanted))


def places_of(connection: sqlite3.Connection, found: Sequence[Found]) -> list[Place]:
    """The portals on which a body's reports were found."""
    rows = {row for one in found for row in connection.execute(_PLACES, (bytes.fromhex(one.report_id),))}
    return [Place(portal, None if portal is not None else host) for portal, host in sorted(rows, key=str)]


def links_naming(
    connection: sqlite3.Connection, place: Place, asked: Asked, year: int, own: Portal | None
) -> list[str]:
    """URLs that list pages of a portal link to under a title that names the body and the year.

    Args:
        connection: of the archive.
        place: the portal.
        asked: the body.
        year: of the report.
        own: registry entry of the portal: a title that names nobody is its body's.
    """
    wanted = _keys(asked.names)
    publisher = None if own is None else next(iter(_keys([own.body])))
    urls = []
    for url, text, printed in connection.execute(_PRINTED, {"portal": place.portal, "host": place.host}):
        for line in dict.fromkeys((printed or text, text)):
            title = read_title(line)
            if title is None or title.other or title.form or year not in title.years:
                continue
            names = {body.name for body in title.bodies}
            if names & wanted or (not title.bodies and publisher in wanted):
                urls.append(url)
                break
    return list(dict.fromkeys(urls))


def due(kind: str | None, year: int) -> tuple[str | None, str]:
    """The last day for publishing a report (ISO date, Asia/Shanghai), and the rule it follows from.

    The day is None where it depends on what kind of body it is and that is unknown.
    """
    rule = OLD_REGULATIONS if year < REVISED else NEW_REGULATIONS
    if kind is None and year >= REVISED:
        return None, rule
    return deadline(kind, year).isoformat(), rule


def expected(
    asked: IssuerAsked,
    year: int,
    *,
    found: Sequence[Found],
    entries: Iterable[Portal],
    wanted: Asked,
    as_of: str | None,
) -> Expected:
    """Whether a report is expected, and by when."""
    reasons = []
    names = _keys(wanted.names)
    for entry in entries:
        covered = entry.years is None or entry.years[0] <= year <= entry.years[1]
        if covered and _matches(entry, names, None):
            reasons.append("registered")
            break
    years = tuple(sorted({one.year for one in found if one.year is not None}))
    if any(year > other for other in years) or (years and year in years):
        reasons.append("reported")
    if asked.kind == "government" and wanted.divisions and year >= FIRST_REPORT_YEAR:
        reasons.append("division")
    last, article = due(asked.kind, year)
    return Expected(
        reasons=tuple(reasons),
        due=last,
        article=article,
        as_of=as_of,
        years=tuple(other for other in years if other != year),
    )


def issuer_asked(asked: Asked, one: Found | None) -> IssuerAsked:
    """The body that is meant, by the archive where it has reports of it, else by its name."""
    if one is not None:
        return IssuerAsked(asked=asked.typed, name=one.name, region_code=one.code or asked.code, kind=one.kind)
    name = asked.names[0] if asked.names else None
    body = None if name is None else read_body(name)
    return IssuerAsked(
        asked=asked.typed, name=name, region_code=asked.code, kind=None if body is None else kind_of(body)
    )


def narrowed(asked: Asked, name: str | None) -> Asked:
    """The question, once the body is settled."""
    return asked if name is None or name in asked.names[:1] else replace(asked, names=(name, *asked.names))
