"""The tables about bodies: who they are, what became of them, and what they reported in which year, or why not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gicrawl.corpus.current import reading
from gicrawl.corpus.issuers_changes import issuer_changes
from gicrawl.corpus.panel import REPORT_STATES, issuers, panel
from gicrawl.corpus.panel_cells import PANEL_STATES, panel_cells
from gicrawl.corpus.panel_columns import panel_columns
from gicrawl.export.columns import Column, Kind, Table, json, text, utc

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gicrawl.archive.store import Archive
    from gicrawl.corpus.panel import PanelEntry
    from gicrawl.corpus.panel_cells import PanelCells
    from gicrawl.export.columns import Record, Wanted

_ISSUER_ID = text("issuer_id", "Public id of the body; survives the renaming and recoding of its division.")

_ISSUER_COLUMNS = (
    _ISSUER_ID,
    text("name", "Official name in Simplified script, on its newest report; null where none could be settled."),
    json("names", "Every official name it reported under, oldest first."),
    json("printed", "Its names as printed, each once, sorted."),
    text("level", "national, province, prefecture, county or township, on its newest report."),
    text("kind", "government, office, department, development_zone or other, on its newest report."),
    Column("settled", Kind.BOOLEAN, "Whether its place is certain; where not, another id may be the same body."),
    json("region_codes", "Code of its division at the end of each year, {year: code}; empty for bodies without one."),
    Column("first_year", Kind.INTEGER, "The first year on which it reported or should have.", "calendar year"),
    Column("last_year", Kind.INTEGER, "The last year on which it reported or should have.", "calendar year"),
    Column("reports", Kind.INTEGER, "Distinct reports of this body.", "reports"),
    json("portals", "Ids of the portals it was found on, or is registered with, sorted."),
)

_CHANGE_COLUMNS = (
    text("predecessor", "Issuer id of the body that was renamed, upgraded, merged or split."),
    text("successor", "Issuer id of the body that followed; the same where the body goes on."),
    Column("year", Kind.INTEGER, "The year in the course of which its division changed.", "calendar year"),
    text("kind", "renamed, upgraded (its division got another rank), merged or split."),
    text("predecessor_region_code", "Code of the division before."),
    text("predecessor_region", "Name of the division before."),
    text("successor_region_code", "Code of the division after."),
    text("successor_region", "Name of the division after."),
)

_KEY_COLUMNS = (
    _ISSUER_ID,
    Column("year", Kind.INTEGER, "The year reported on.", "calendar year"),
    text("scope", "region (the body and all below it), body, or unknown."),
    Column("issuer_name", Kind.TEXT, "Name of the body in that year, as far as it is known.", group=("issuer", "name")),
    Column(
        "issuer_region_code",
        Kind.TEXT,
        "Code of its division at the end of that year.",
        group=("issuer", "region_code"),
    ),
    Column("issuer_level", Kind.TEXT, "As in `issuers`.", group=("issuer", "level")),
    Column("issuer_kind", Kind.TEXT, "As in `issuers`.", group=("issuer", "kind")),
    text("report_state", f"{', '.join(REPORT_STATES[:-1])} or {REPORT_STATES[-1]}."),
    text("reason", "Why no report is found: a code; null where one is."),
    text("reason_url", "The page that the reason is about."),
    text("deadline", "Last day on which the report was in time, ISO 8601, Asia/Shanghai."),
    text("report_id", "The report shown; null where there is none."),
    text("version", "The version shown."),
    text("url", "Where it was found."),
    text("published", "Day of publication, ISO 8601, Asia/Shanghai."),
    text("captured", "When this version was first captured, UTC, ISO 8601."),
    json("forms", "Which form each of its tables follows: {table: form}."),
    Column("report_count", Kind.INTEGER, "Reports found for this body, year and scope.", "reports"),
    json("other_report_ids", "Ids of the reports that are not shown, sorted; they may say otherwise."),
    text("parser", "Version of the parser that read it."),
)

_CODEBOOK_COLUMNS = (
    text("name", "Name of the column in `panel` and `panel_states`: table__row__column."),
    text("short", "A name of at most 32 characters for it, unique."),
    text("kind", "What it holds in `panel`: integer or decimal."),
    text("table", "Table of its cells; a key of the forms."),
    text("row", "Row of that table."),
    text("column", "Column of that table."),
    text("row_label", "Statutory label of the row, in the newest form that has it."),
    text("column_label", "Statutory label of the column, in the newest form that has it."),
    text("unit", "元 for money, else the unit the form prints beside the row; null where it prints none."),
    json("forms", "Forms that have the cell."),
)


def _issuers(archive: Archive, wanted: Wanted) -> Iterator[Record]:
    for one in issuers(archive, wanted.portals, wanted.selection):
        yield (
            *(one.issuer_id, one.name, list(one.names), list(one.printed), one.level, one.kind, one.settled),
            {str(year): code for year, code in one.region_codes},
            *(min(one.years, default=None), max(one.years, default=None), one.reports, list(one.portals)),
        )


def _changes(archive: Archive, wanted: Wanted) -> Iterator[Record]:
    for one in issuer_changes(archive, wanted.portals, wanted.selection):
        before, after = one.change.before, one.change.after
        yield (
            *(one.predecessor, one.successor, one.change.year, one.change.kind),
            *(before.code, before.name, after.code, after.name),
        )


def _panel(archive: Archive, wanted: Wanted) -> Iterator[Record]:
    for entry, cells in _pairs(archive, wanted):
        yield (*_keys(entry, cells), *cells.values)


def _panel_states(archive: Archive, wanted: Wanted) -> Iterator[Record]:
    for entry, cells in _pairs(archive, wanted):
        yield (*_keys(entry, cells), *cells.states)


def _pairs(archive: Archive, wanted: Wanted) -> Iterator[tuple[PanelEntry, PanelCells]]:
    with reading(archive) as connection:
        for entry in panel(archive, wanted.portals, wanted.selection, wanted.version):
            yield entry, panel_cells(connection, entry)


def _keys(entry: PanelEntry, cells: PanelCells) -> Record:
    body, report = entry.issuer, entry.report
    shown = (
        (None,) * 5
        if report is None
        else (report.report_id, report.version, report.url, report.published, utc(report.first))
    )
    return (
        *(body.issuer_id, entry.year, entry.scope, entry.name, body.region_code(entry.year), body.level),
        *(body.kind, entry.report_state, entry.reason, entry.reason_url, entry.deadline.isoformat(), *shown),
        *(cells.forms, 0 if report is None else 1 + len(entry.others), list(entry.others), cells.parser),
    )


def _codebook(_: Archive, __: Wanted) -> Iterator[Record]:
    for column in sorted(panel_columns(), key=lambda column: column.name):
        kind = Kind.DECIMAL if column.money else Kind.INTEGER
        unit = "元" if column.money else column.count_unit
        yield (column.name, column.short, kind.value, *column.key, *column.labels, unit, list(column.forms))


def _values() -> tuple[Column, ...]:
    return tuple(
        Column(
            column.name,
            Kind.DECIMAL if column.money else Kind.INTEGER,
            "｜".join(column.labels),
            "元" if column.money else column.count_unit,
        )
        for column in panel_columns()
    )


def _states() -> tuple[Column, ...]:
    return tuple(text(column.name, f"State of that cell: {', '.join(PANEL_STATES)}.") for column in panel_columns())


PANEL_KEYS = _KEY_COLUMNS
"""The columns of `panel` and `panel_states` before those of cells, which are the rows of `codebook`."""

BODY_TABLES = (
    Table("issuers", "A body that has issued reports, or is registered.", _ISSUER_COLUMNS, _issuers),
    Table("issuer_changes", "What became of a body when its division changed.", _CHANGE_COLUMNS, _changes),
    Table("panel", "A body, a year and a scope, whether or not a report was found.", (*PANEL_KEYS, *_values()), _panel),
    Table("panel_states", "The rows of `panel`, with the states of cells.", (*PANEL_KEYS, *_states()), _panel_states),
    Table("codebook", "A column of the panel that stands for a cell of the forms.", _CODEBOOK_COLUMNS, _codebook),
)
"""In the order of the files."""
