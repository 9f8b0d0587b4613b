"""What the archive's reports say, read back as the parser's own records. Writes nothing.

All functions are generators that read from one moment of the archive (`gicrawl.corpus.current.reading`): exhaust or
close them before the same `Archive` writes again.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gicrawl.archive.stored import from_microseconds
from gicrawl.corpus.current import reading
from gicrawl.corpus.rows import from_sql
from gicrawl.parser.report import (
    Cell,
    Check,
    CheckStatus,
    Fact,
    Issuer,
    Period,
    Problem,
    RawGrid,
    Severity,
    State,
    Status,
)

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection, Iterator, Mapping
    from datetime import datetime

    from gicrawl.archive.store import Archive
    from gicrawl.parser.report import Key


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportRow:
    """A report and version, as its current parse tells of it.

    Attributes:
        report_id: SHA-256 of the canonical URL, hex.
        version: document digest, hex.
        url: what was asked for before any redirect.
        final_url: where it was found.
        portal: id in the registry; None for a URL the user named.
        captured: when this version was first captured, UTC.
        first_seen: when the first version of this report was captured, UTC.
        sha256: SHA-256 of its main body as received, hex.
        renditions: SHA-256 of all its bodies, the main one first, hex.
    """

    parse: int
    report_id: str
    version: str
    url: str
    final_url: str
    portal: str | None
    captured: datetime
    first_seen: datetime
    sha256: str
    renditions: tuple[str, ...]
    parser: str
    status: Status
    media_type: str
    title: str | None
    issuer: Issuer
    scope: str
    year: int | None
    period: Period | None
    script: str | None
    published: str | None
    published_source: str | None
    forms: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedReport:
    """A report with everything read from it."""

    row: ReportRow
    cells: tuple[Cell, ...]
    facts: tuple[Fact, ...]
    checks: tuple[Check, ...]
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedCheck:
    """A check that a report fails."""

    report: ReportRow
    check: Check


@dataclass(frozen=True, slots=True, kw_only=True)
class ParseRow:
    """A document and parser version: what came of it, `report` or not.

    Attributes:
        current: whether this is the parse that counts today.
        problems: what the parser did not understand.
    """

    report_id: str
    version: str
    sha256: str
    url: str
    parser: str
    reader: str
    status: Status
    media_type: str
    seconds: float
    current: bool
    problems: tuple[Problem, ...]


_REPORTS = """
SELECT parses.id, documents.report_id, documents.digest, coalesce(asked.url, urls.url), urls.url, circumstances.portal,
    captures.time, (
        SELECT min(seen.time) FROM documents AS version
        JOIN document_captures ON document_captures.document = version.id
        JOIN captures AS seen ON seen.uuid = document_captures.capture
        WHERE version.report_id = documents.report_id
    ), documents.body, (
        SELECT json_group_array(hex(body)) FROM (
            SELECT body FROM document_bodies WHERE document = documents.id ORDER BY position
        )
    ), parses.parser, parses.status, parses.media_type, parses.title, parses.issuer_name, parses.issuer_printed,
    parses.issuer_region_code, parses.issuer_level, parses.issuer_kind, parses.scope, parses.year,
    parses.period_start, parses.period_end, parses.period_printed, parses.script, parses.published,
    parses.published_source, parses.forms
FROM temp.current_parses AS current
JOIN parses ON parses.id = current.parse
JOIN documents ON documents.id = current.document
JOIN captures ON captures.uuid = documents.seen
JOIN urls ON urls.id = captures.url
JOIN circumstances ON circumstances.id = captures.circumstances
LEFT JOIN urls AS asked ON asked.id = captures.requested_url
WHERE parses.status IN (SELECT value FROM json_each(?))
ORDER BY documents.report_id, documents.digest
"""

_CELLS = """
SELECT cell_keys.table_name, cell_keys.row_name, cell_keys.column_name, value, state, raw, unit, confidence, flags,
    candidates, evidence
FROM cells JOIN cell_keys ON cell_keys.id = cells.cell_key WHERE parse = ?
ORDER BY cell_keys.table_name, cell_keys.row_name, cell_keys.column_name
"""

_CHECKS = """
SELECT rule, status, severity, table_name, row_name, column_name, left_side, right_side, holds_if_blank_is_zero, cells
FROM checks WHERE parse = ?
"""

_PARSES = """
SELECT parses.id, documents.report_id, documents.digest, documents.body, documents.url, parses.parser, parses.reader,
    parses.status, parses.media_type, parses.seconds, current.parse IS parses.id
FROM parses
JOIN documents ON documents.id = parses.document
JOIN temp.current_parses AS current ON current.document = parses.document
ORDER BY documents.report_id, documents.digest, parses.parser, parses.content
"""


def reports(archive: Archive, *, statuses: Collection[Status] = (Status.REPORT,)) -> Iterator[ReportRow]:
    """Every report and version, sorted by its public ids.

    Args:
        archive: where to look.
        statuses: also documents that turned out to be none, when asked for.

    Raises:
        ArchiveError: the archive cannot be read.
    """
    with reading(archive) as connection:
        for row in connection.execute(_REPORTS, [json.dumps(sorted(statuses))]):
            yield _report(row)


def parsed_reports(archive: Archive, *, statuses: Collection[Status] = (Status.REPORT,)) -> Iterator[ParsedReport]:
    """Every report with its cells, facts, checks and problems; arguments as in `reports`."""
    with reading(archive) as connection:
        for row in reports(archive, statuses=statuses):
            yield ParsedReport(
                row=row,
                cells=cells_of(connection, row.parse),
                facts=facts_of(connection, row.parse),
                checks=checks_of(connection, row.parse),
                problems=problems_of(connection, row.parse),
            )


def failed_checks(archive: Archive) -> Iterator[FailedCheck]:
    """Every check that a report fails, sorted by report."""
    with reading(archive) as connection:
        for row in reports(archive):
            for check in checks_of(connection, row.parse):
                if check.status is CheckStatus.FAIL:
                    yield FailedCheck(report=row, check=check)


def parses(archive: Archive) -> Iterator[ParseRow]:
    """Every parse there is, by whatever parser, sorted by document and parser version."""
    with reading(archive) as connection:
        for row in connection.execute(_PARSES):
            number, report_id, version, body, url, parser, reader, status, media_type, seconds, current = row
            yield ParseRow(
                report_id=report_id.hex(),
                version=version.hex(),
                sha256=body.hex(),
                url=url,
                parser=parser,
                reader=reader,
                status=Status(status),
                media_type=media_type,
                seconds=seconds,
                current=bool(current),
                problems=problems_of(connection, number),
            )


def cells_of(connection: sqlite3.Connection, parse: int) -> tuple[Cell, ...]:
    """The cells of a parse, sorted by key."""
    return tuple(cell_of(row[:3], row[3:]) for row in connection.execute(_CELLS, [parse]))


def cell_of(key: Key, said: tuple[Any, ...]) -> Cell:
    """A cell from its key and the columns of `cells` from `value` to `evidence`."""
    value, state, raw, unit, confidence, flags, candidates, place = said
    table, row, column = key
    return Cell(
        table=table,
        row=row,
        column=column,
        value=from_sql(value),
        state=State(state),
        raw=raw,
        unit=unit,
        confidence=confidence,
        flags=tuple(_listed(flags)),
        candidates=tuple((text, evidence) for text, evidence in _listed(candidates)),
        evidence=json.loads(place),
    )


def facts_of(connection: sqlite3.Connection, parse: int) -> tuple[Fact, ...]:
    """The facts of a parse, in the order of the text."""
    facts = []
    for key, value, unit, scope, kind, sentence, evidence in connection.execute(
        "SELECT key, value, unit, scope, kind, sentence, evidence FROM facts WHERE parse = ? ORDER BY position", [parse]
    ):
        stated = from_sql(value)
        assert stated is not None  # the column is NOT NULL
        facts.append(
            Fact(
                key=key,
                value=stated,
                unit=unit,
                scope=scope,
                kind=kind,
                sentence=sentence,
                evidence=json.loads(evidence),
            )
        )
    return tuple(facts)


def checks_of(connection: sqlite3.Connection, parse: int) -> tuple[Check, ...]:
    """The checks of a parse, in the parser's order."""
    return tuple(
        Check(
            id=rule,
            status=CheckStatus(status),
            severity=Severity(severity),
            table=table,
            row=row,
            column=column,
            left=from_sql(left),
            right=from_sql(right),
            holds_if_blank_is_zero=None if holds is None else bool(holds),
            cells=tuple((t, r, c) for t, r, c in _listed(cells)),
        )
        for rule, status, severity, table, row, column, left, right, holds, cells in connection.execute(
            _CHECKS + "ORDER BY position", [parse]
        )
    )


def grids_of(connection: sqlite3.Connection, parse: int) -> tuple[RawGrid, ...]:
    """The tables of a parse that fit no form, in the order of the text."""
    return tuple(
        RawGrid(caption=caption, rows=tuple(tuple(row) for row in json.loads(rows)), evidence=json.loads(evidence))
        for caption, rows, evidence in connection.execute(
            "SELECT caption, rows, evidence FROM grids WHERE parse = ? ORDER BY position", [parse]
        )
    )


def problems_of(connection: sqlite3.Connection, parse: int) -> tuple[Problem, ...]:
    """What the parser did not understand, in its order."""
    return tuple(
        Problem(code, () if fields is None else tuple(sorted(json.loads(fields).items())))
        for code, fields in connection.execute(
            "SELECT code, fields FROM problems WHERE parse = ? ORDER BY position", [parse]
        )
    )


def _listed(stored: str | None) -> list[Any]:
    return [] if stored is None else json.loads(stored)


def _report(row: tuple[Any, ...]) -> ReportRow:
    period = row[21:24]
    return ReportRow(
        parse=row[0],
        report_id=row[1].hex(),
        version=row[2].hex(),
        url=row[3],
        final_url=row[4],
        portal=row[5],
        captured=from_microseconds(row[6]),
        first_seen=from_microseconds(row[7]),
        sha256=row[8].hex(),
        renditions=(row[8].hex(), *(body.lower() for body in json.loads(row[9]))),
        parser=row[10],
        status=Status(row[11]),
        media_type=row[12],
        title=row[13],
        issuer=Issuer(name=row[14], printed=row[15], region_code=row[16], level=row[17], kind=row[18]),
        scope=row[19],
        year=row[20],
        period=None if period == (None, None, None) else Period(start=period[0], end=period[1], printed=period[2]),
        script=row[24],
        published=row[25],
        published_source=row[26],
        forms=json.loads(row[27]),
    )
