"""Which report is whose: an index beside the current parses, for the tables about bodies.

It is made once for each block of `gicrawl.corpus.current.reading`, in SQLite's temporary storage: an archive of
millions of reports needs no memory for it. A selection of the block does not narrow it: whether a report is missing is
told by everything there is.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from gicrawl.archive.stored import from_microseconds
from gicrawl.corpus.calendar import last_due
from gicrawl.corpus.issuers import Body, body_of, body_of_portal, whereabouts
from gicrawl.corpus.panel_standing import Place, prepare

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection, Iterable, Iterator

    from gicrawl.portals.registry import Portal

_BATCH = 1_000

_TABLE = """
CREATE TEMP TABLE panel_reports (
    issuer TEXT NOT NULL, year INTEGER, scope TEXT NOT NULL, report BLOB NOT NULL, version BLOB NOT NULL,
    parse INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL, published TEXT, url TEXT NOT NULL,
    name TEXT, printed TEXT, code TEXT, level TEXT, kind TEXT, portal TEXT, host TEXT, source TEXT
)
"""

_REPORTS = """
SELECT parses.year, parses.scope, documents.report_id, documents.digest, parses.id, seen.time, coalesce((
        SELECT max(captures.time) FROM document_captures
        JOIN captures ON captures.uuid = document_captures.capture WHERE document_captures.document = documents.id
    ), seen.time), parses.published, documents.url, parses.issuer_name, parses.issuer_printed,
    parses.issuer_region_code, parses.issuer_level, parses.issuer_kind, circumstances.portal, urls.host,
    parses.published_source
FROM temp.every_current AS current
JOIN parses ON parses.id = current.parse AND parses.status = 'report'
JOIN documents ON documents.id = current.document
JOIN captures AS seen ON seen.uuid = documents.seen
JOIN circumstances ON circumstances.id = seen.circumstances
JOIN urls ON urls.id = seen.url
"""

_INSERT = "INSERT INTO temp.panel_reports VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_OF_ISSUER = """
SELECT * FROM temp.panel_reports WHERE issuer = ? ORDER BY year, scope, report, first, version
"""

_OF_REPORT = "SELECT * FROM temp.panel_reports WHERE report = ? ORDER BY year, scope, first, version"


@dataclass(frozen=True, slots=True, kw_only=True)
class Indexed:
    """A version of a report, as the tables about bodies need it.

    Attributes:
        report_id, version: public ids, hex.
        first: when this version was first captured, UTC.
        last: when it was captured last.
        published: day of publication, ISO 8601, or None.
        published_source: where that day is from, as the parser says.
        place: where it was found.
    """

    issuer: str
    year: int | None
    scope: str
    report_id: str
    version: str
    parse: int
    first: datetime
    last: datetime
    published: str | None
    url: str
    name: str | None
    printed: str | None
    region_code: str | None
    level: str | None
    kind: str | None
    place: Place
    published_source: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuerReports:
    """A body with everything the archive has of it.

    Attributes:
        body: who it is.
        reports: its reports in all versions, by year, scope, report and time.
        portals: its entries in the registry, by id.
    """

    body: Body
    reports: tuple[Indexed, ...]
    portals: tuple[Portal, ...]


def newest_capture(connection: sqlite3.Connection) -> datetime:
    """The moment an archive knows of; the beginning of time where it has no capture."""
    (time,) = connection.execute("SELECT max(time) FROM captures").fetchone()
    return datetime.fromtimestamp(0, UTC) if time is None else from_microseconds(time)


def issuers_with_reports(
    connection: sqlite3.Connection, registry: Iterable[Portal] = (), only: Collection[str] | None = None
) -> Iterator[IssuerReports]:
    """Every body that has reported or is in the registry, by id.

    Args:
        connection: of an archive, within `gicrawl.corpus.current.reading`.
        registry: who publishes where.
        only: ids of bodies to tell of; None for all.
    """
    _prepare(connection)
    listed: dict[str, tuple[Body, list[Portal]]] = {}
    moment = newest_capture(connection)
    for portal in registry:
        body = body_of_portal(portal, last_due(portal.kind, moment))
        listed.setdefault(body.id, (body, []))[1].append(portal)
    known = {issuer for (issuer,) in connection.execute("SELECT DISTINCT issuer FROM temp.panel_reports")}
    for issuer in sorted(known | listed.keys()):
        if only is not None and issuer not in only:
            continue
        reports = tuple(_indexed(row) for row in connection.execute(_OF_ISSUER, [issuer]))
        body, portals = listed[issuer] if issuer in listed else (_body(reports[-1]), [])
        yield IssuerReports(body=body, reports=reports, portals=tuple(sorted(portals, key=lambda portal: portal.id)))


def reports_at(connection: sqlite3.Connection, report: bytes) -> tuple[Indexed, ...]:
    """All versions of the report at one address that were read as one.

    Args:
        connection: of an archive, within `gicrawl.corpus.current.reading`.
        report: its id, 32 bytes.
    """
    _prepare(connection)
    return tuple(_indexed(row) for row in connection.execute(_OF_REPORT, [report]))


def is_alone(connection: sqlite3.Connection, place: Place) -> bool:
    """Whether no more than one body was found at a place."""
    found = connection.execute(
        "SELECT DISTINCT issuer FROM temp.panel_reports "
        "WHERE portal IS ? AND (portal IS NOT NULL OR host IS ?) LIMIT 2",
        [place.portal, place.host],
    ).fetchall()
    return len(found) < 2  # noqa: PLR2004 - one is alone, and so is none


def _prepare(connection: sqlite3.Connection) -> None:
    there = "SELECT 1 FROM temp.sqlite_master WHERE name = 'panel_reports'"
    if connection.execute(there).fetchone() is not None:
        return
    prepare(connection)
    connection.execute(_TABLE)
    rows = connection.execute(_REPORTS)
    while batch := rows.fetchmany(_BATCH):
        connection.executemany(_INSERT, [_row(*row) for row in batch])
    connection.execute("CREATE INDEX temp.panel_reports_by_issuer ON panel_reports (issuer)")
    connection.execute("CREATE INDEX temp.panel_reports_by_report ON panel_reports (report)")
    connection.execute("CREATE INDEX temp.panel_reports_by_place ON panel_reports (portal, host)")


def _row(*found: Any) -> tuple[Any, ...]:  # noqa: ANN401 - a row of SQLite
    year, _, report, _, _, _, _, _, url, name, printed, code, level, *_ = found
    body = body_of(
        name=name,
        printed=printed,
        region_code=code,
        level=level,
        year=year,
        found_at=whereabouts(url, report.hex()),
    )
    return (body.id, *found)


def _body(report: Indexed) -> Body:
    return body_of(
        name=report.name,
        printed=report.printed,
        region_code=report.region_code,
        level=report.level,
        year=report.year,
        found_at=whereabouts(report.url, report.report_id),
    )


def _indexed(row: tuple[Any, ...]) -> Indexed:
    return Indexed(
        issuer=row[0],
        year=row[1],
        scope=row[2],
        report_id=row[3].hex(),
        version=row[4].hex(),
        parse=row[5],
        first=from_microseconds(row[6]),
        last=from_microseconds(row[7]),
        published=row[8],
        url=row[9],
        name=row[10],
        printed=row[11],
        region_code=row[12],
        level=row[13],
        kind=row[14],
        place=Place(row[15], row[16]),
        published_source=row[17],
    )
