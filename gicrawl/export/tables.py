"""The tables of open data: one definition for every format.

Rows are sorted by public ids (never row numbers), so that the same archive gives the same bytes. Each row of what was
parsed says which parser made it. docs/tables.md tells the same to people; a test holds them together.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar
from uuid import UUID

from gicrawl.corpus.current import reading
from gicrawl.corpus.views import cells_of, checks_of, facts_of, parses, reports
from gicrawl.corpus.wording import problem_text
from gicrawl.parser.output import message

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime
    from sqlite3 import Connection

    from gicrawl.archive.store import Archive
    from gicrawl.corpus.views import ReportRow

Record: TypeAlias = "tuple[Any, ...]"
"""Values in the order of a table's columns: str, int, float, bool, None, and JSON values where the kind is `json`."""

_Detail = TypeVar("_Detail")


class Kind(StrEnum):
    """What a column holds; every column may be null."""

    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    JSON = "json"


@dataclass(frozen=True, slots=True)
class Column:
    """A column.

    Attributes:
        name: its name in flat formats.
        kind: what it holds.
        meaning: one sentence.
        unit: of its numbers, where they have one.
        group: in nested formats, the object it belongs to and its name there; `issuer_name` is `issuer.name`.
    """

    name: str
    kind: Kind
    meaning: str
    unit: str | None = None
    group: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """A table.

    Attributes:
        name: of its file, too.
        meaning: what a row is.
        columns: in order.
        rows: its records, sorted by public ids.
    """

    name: str
    meaning: str
    columns: tuple[Column, ...]
    rows: Callable[[Archive], Iterator[Record]]


def _text(name: str, meaning: str) -> Column:
    return Column(name, Kind.TEXT, meaning)


def _json(name: str, meaning: str) -> Column:
    return Column(name, Kind.JSON, meaning)


_REPORT_ID = _text("report_id", "SHA-256 of the report's canonical URL, 64 hex digits; the same for all its versions.")
_VERSION = _text("version", "Digest of the document, 64 hex digits: changes whenever what the parser sees changes.")
_PARSER = _text("parser", "Version of the parser that made this row.")
_SHA256 = _text("sha256", "SHA-256 of the main body as received, 64 hex digits.")
_PLACE = (
    _text("table", "Statutory table; a key of the forms."),
    _text("row", "Row of that table."),
    _text("column", "Column of that table."),
)


def _issuer(field: str, meaning: str) -> Column:
    return Column(f"issuer_{field}", Kind.TEXT, meaning, group=("issuer", field))


def _period(field: str, meaning: str) -> Column:
    return Column(f"period_{field}", Kind.TEXT, meaning, group=("period", field))


_REPORT_COLUMNS = (
    _REPORT_ID,
    _VERSION,
    _text("url", "What was asked for before any redirect."),
    _text("final_url", "Where the report was found."),
    _text("portal", "Id of the portal in the registry; null for a URL named by hand."),
    _text("captured", "When this version was first captured, UTC, ISO 8601."),
    _text("first_seen", "When the first version of this report was captured, UTC, ISO 8601."),
    _SHA256,
    _issuer("name", "Official name of the issuing body in Simplified script; null where it could not be settled."),
    _issuer("printed", "The issuer as it stands in the document."),
    _issuer("region_code", "Code of its administrative division, valid in the year reported on."),
    _issuer("level", "national, province, prefecture, county or township."),
    _issuer("kind", "government, office, department, development_zone or other."),
    Column("year", Kind.INTEGER, "The year reported on.", "calendar year"),
    _period("start", "First day of the statistics, ISO 8601."),
    _period("end", "Last day of the statistics, ISO 8601."),
    _period("printed", "The period as printed, where it stands in the document damaged."),
    _text("scope", "region (the body and all below it), body, or unknown."),
    _json("forms", "Which form each table of the report follows: {table: form}."),
    _text("title", "Title of the report as printed."),
    _text("script", "Script of the document: hans or hant."),
    _text("published", "Day of publication, ISO 8601, Asia/Shanghai."),
    _text("published_source", "Where the day of publication was read."),
    _text("media_type", "What the main body is, by its content."),
    _json("renditions", "SHA-256 of all bodies of the document, the main one first."),
    _PARSER,
)

_CELL_COLUMNS = (
    _REPORT_ID,
    _VERSION,
    *_PLACE,
    Column(
        "value",
        Kind.NUMBER,
        "The number as printed, sign and decimals kept; null unless `state` is `number`: a blank is never a 0.",
        "as printed: items, cases, or the money unit in `unit`",
    ),
    _text("state", "number, blank, not_applicable, text, illegible, ambiguous, unread or absent."),
    _text("raw", "What stands in the cell, as printed."),
    _text("unit", "元 or 万元 where it stands with the number; null elsewhere."),
    Column("confidence", Kind.NUMBER, "How sure we are that this value belongs to this cell.", "0 to 1"),
    _json("flags", "What is remarkable about the cell; a list of codes."),
    _json("candidates", "For `ambiguous`: what could stand here, a list of {raw, evidence}."),
    _json("evidence", "Where it stands in the source, precisely enough to highlight it."),
    _PARSER,
)

_FACT_COLUMNS = (
    _REPORT_ID,
    _VERSION,
    Column("position", Kind.INTEGER, "Place among the facts of the report, in the order of the text, from 0."),
    _text("key", "What is stated; the row keys of the forms where the concept is the same."),
    Column("value", Kind.NUMBER, "The number stated.", "in `unit`"),
    _text("unit", "Unit as printed, e.g. 条, 件, 万元."),
    _text("scope", "region, body or unknown."),
    _text("kind", "annual or cumulative."),
    _text("sentence", "The sentence it stands in."),
    _json("evidence", "Where it stands in the source."),
    _PARSER,
)

_CHECK_COLUMNS = (
    _REPORT_ID,
    _VERSION,
    Column("position", Kind.INTEGER, "Place among the checks of the report, from 0."),
    _text("id", "The rule."),
    _text("status", "pass, fail or not_assessable (a sum that needs a blank cell is not failed)."),
    _text("severity", "error, warning or info."),
    *_PLACE,
    Column("left", Kind.NUMBER, "Left side of the rule.", "as the cells"),
    Column("right", Kind.NUMBER, "Right side of the rule.", "as the cells"),
    Column("holds_if_blank_is_zero", Kind.BOOLEAN, "For not_assessable: whether it would hold, were blanks zeros."),
    _json("cells", "The cells it looked at, a list of [table, row, column]."),
    _text("message", "One English sentence."),
    _PARSER,
)

_PARSE_COLUMNS = (
    _REPORT_ID,
    _VERSION,
    _SHA256,
    _text("url", "Where the document was found."),
    _PARSER,
    _text("reader", "Which reader read it; `none` where there is none for this kind of file."),
    _text("status", "report, not_a_report or failed."),
    _text("media_type", "What the main body is, by its content."),
    Column("seconds", Kind.NUMBER, "How long it took.", "seconds"),
    Column("current", Kind.BOOLEAN, "Whether this is the parse that the other tables show."),
    _json("problems", "Codes of what the parser did not understand, each once, sorted."),
)

_PROBLEM_COLUMNS = (
    _REPORT_ID,
    _VERSION,
    _SHA256,
    _PARSER,
    Column("position", Kind.INTEGER, "Place among the problems of this parse, from 0."),
    _text("code", "Stable code of the problem."),
    _text("message", "One English sentence."),
    Column("current", Kind.BOOLEAN, "Whether the parse is the one that the other tables show."),
)

_CAPTURE_COLUMNS = (
    _text("id", "UUID given at capture; the WARC-Record-ID."),
    _text("run", "UUID of the run it belongs to."),
    _text("time", "When the request was sent or refused, UTC, ISO 8601."),
    _text("requested_url", "What was asked for before any redirect."),
    _text("final_url", "What this exchange asked for."),
    Column("hop", Kind.INTEGER, "0 for the first request, 1 for the first redirect target, and so on."),
    _text("method", "HTTP method."),
    _text("outcome", "What happened on the wire."),
    Column("status", Kind.INTEGER, "HTTP status; null where no response came."),
    _text("http_version", "HTTP version of the response."),
    _text("error", "What failed, for outcomes without a complete response."),
    _text("judgement", "What we make of the response by the newest rules."),
    _text("role", "Why it was fetched."),
    _text("portal", "Id of the portal in the registry; null for a URL named by hand."),
    _text("referrer", "Capture of the page whose link led here."),
    _text("link_text", "Text of that link."),
    _text("sha256", "SHA-256 of the body as received; null where there is none."),
    Column("size", Kind.INTEGER, "Size of the body as received.", "bytes"),
    _text("decoded_sha256", "SHA-256 of the body with its content-coding undone, where it has one."),
    _text("sniffed_type", "What the body is, by its content."),
    _text("declared_type", "Media type the server declared."),
    _text("declared_charset", "Charset the server declared."),
    _text("used_charset", "Charset it was decoded with while crawling."),
    _text("etag", "ETag of the response."),
    _text("last_modified", "Last-Modified of the response."),
    _text("ip", "Address really dialled."),
    _text("certificate", "SHA-256 of the server's certificate, hex."),
    Column("tls_relaxed", Kind.BOOLEAN, "Whether TLS was relaxed to get through."),
    _text("robots", "What robots.txt said."),
    _text("revisit_of", "For not_modified: the capture whose body still holds."),
    Column("elapsed", Kind.NUMBER, "From sending the request to the last byte.", "seconds"),
    _text("spider", "Spider that asked."),
    _text("spider_version", "Its version."),
)

_ISSUER_COLUMNS = (
    _text("name", "Official name in Simplified script."),
    _text("level", "national, province, prefecture, county or township; null where its reports disagree."),
    _text("kind", "government, office, department, development_zone or other; null where its reports disagree."),
    _json("region_codes", "Code of its division by year reported on, {year: code}; null where reports disagree."),
    _json("printed", "The names as printed, each once, sorted."),
    Column("reports", Kind.INTEGER, "Distinct reports of this body.", "reports"),
)


def _reports(archive: Archive) -> Iterator[Record]:
    for r in reports(archive):
        issuer, period = r.issuer, r.period
        yield (
            *_ids(r),
            *(r.url, r.final_url, r.portal, _utc(r.captured), _utc(r.first_seen), r.sha256),
            *(issuer.name, issuer.printed, issuer.region_code, issuer.level, issuer.kind, r.year),
            *((None, None, None) if period is None else (period.start, period.end, period.printed)),
            *(r.scope, dict(r.forms), r.title, r.script, r.published, r.published_source, r.media_type),
            *(list(r.renditions), r.parser),
        )


def _cells(archive: Archive) -> Iterator[Record]:
    for report, c in _told(archive, cells_of):
        candidates = [{"raw": raw, "evidence": evidence} for raw, evidence in c.candidates]
        yield (
            *_ids(report),
            *(*c.key, c.value, c.state.value, c.raw, c.unit, round(c.confidence, 4), list(c.flags), candidates),
            *(c.evidence, report.parser),
        )


def _facts(archive: Archive) -> Iterator[Record]:
    for report, (at, f) in _told(archive, _numbered(facts_of)):
        yield (*_ids(report), at, f.key, f.value, f.unit, f.scope, f.kind, f.sentence, f.evidence, report.parser)


def _checks(archive: Archive) -> Iterator[Record]:
    for report, (at, c) in _told(archive, _numbered(checks_of)):
        yield (
            *_ids(report),
            *(at, c.id, c.status.value, c.severity.value, c.table, c.row, c.column, c.left, c.right),
            *(c.holds_if_blank_is_zero, [list(key) for key in c.cells], message(c, "en"), report.parser),
        )


def _told(
    archive: Archive, read: Callable[[Connection, int], Iterable[_Detail]]
) -> Iterator[tuple[ReportRow, _Detail]]:
    """What every report tells of one kind, report by report."""
    with reading(archive) as connection:
        for report in reports(archive):
            for detail in read(connection, report.parse):
                yield report, detail


def _numbered(
    read: Callable[[Connection, int], Iterable[_Detail]],
) -> Callable[[Connection, int], Iterable[tuple[int, _Detail]]]:
    return lambda connection, parse: enumerate(read(connection, parse))


def _parses(archive: Archive) -> Iterator[Record]:
    for p in parses(archive):
        codes = sorted({problem.code for problem in p.problems})
        ids = (p.report_id, p.version, p.sha256, p.url)
        yield (*ids, p.parser, p.reader, p.status.value, p.media_type, p.seconds, p.current, codes)


def _problems(archive: Archive) -> Iterator[Record]:
    for p in parses(archive):
        for at, problem in enumerate(p.problems):
            yield (p.report_id, p.version, p.sha256, p.parser, at, problem.code, problem_text(problem), p.current)


def _captures(archive: Archive) -> Iterator[Record]:
    with archive.explaining("reading captures"):
        ids = [c for (c,) in archive.db.conn.execute("SELECT uuid FROM captures ORDER BY uuid")]
    for uuid in ids:
        c = archive.capture(UUID(bytes=uuid))
        yield (
            *(str(c.id), str(c.run), _utc(c.time), c.requested_url, c.final_url, c.hop, c.method, c.outcome.value),
            *(c.status, c.http_version, c.error, None if c.judgement is None else c.judgement.value, c.role.value),
            *(c.portal, _opt(c.referrer), c.link_text, _hex(c.body_sha256), c.body_size, _hex(c.decoded_sha256)),
            *(c.sniffed_type, c.declared_type, c.declared_charset, c.used_charset, c.etag, c.last_modified, c.ip),
            *(_hex(c.certificate), c.tls_relaxed, c.robots, _opt(c.revisit_of), c.elapsed, c.spider, c.spider_version),
        )


def _issuers(archive: Archive) -> Iterator[Record]:
    by_name: dict[str, list[ReportRow]] = {}
    for report in reports(archive):
        if report.issuer.name is not None:
            by_name.setdefault(report.issuer.name, []).append(report)
    for name, found in sorted(by_name.items()):
        codes: dict[str, set[str | None]] = {}
        for report in found:
            if report.year is not None and report.issuer.region_code is not None:
                codes.setdefault(str(report.year), set()).add(report.issuer.region_code)
        yield (
            name,
            _agreed({report.issuer.level for report in found}),
            _agreed({report.issuer.kind for report in found}),
            {year: _agreed(codes[year]) for year in sorted(codes)},
            sorted({report.issuer.printed for report in found if report.issuer.printed is not None}),
            len({report.report_id for report in found}),
        )


def _ids(report: ReportRow) -> tuple[str, str]:
    return report.report_id, report.version


def _agreed(values: set[str | None]) -> str | None:
    """The one value all agree on; None where they do not."""
    told = values - {None}
    return told.pop() if len(told) == 1 else None


def _utc(time: datetime) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _hex(digest: bytes | None) -> str | None:
    return None if digest is None else digest.hex()


def _opt(uuid: UUID | None) -> str | None:
    return None if uuid is None else str(uuid)


TABLES = (
    Table("reports", "A report and version. Only documents that turned out to be reports.", _REPORT_COLUMNS, _reports),
    Table("cells", "A cell of a statutory table in a report and version.", _CELL_COLUMNS, _cells),
    Table("facts", "A number stated in the prose of a report and version.", _FACT_COLUMNS, _facts),
    Table("checks", "One rule applied to one place of a report and version.", _CHECK_COLUMNS, _checks),
    Table("parses", "A document and parser version, whatever came of it.", _PARSE_COLUMNS, _parses),
    Table("problems", "Something a parser did not understand in a document.", _PROBLEM_COLUMNS, _problems),
    Table("captures", "One exchange with a host, or the reason why none took place.", _CAPTURE_COLUMNS, _captures),
    Table("issuers", "A body that has issued reports.", _ISSUER_COLUMNS, _issuers),
)
"""Every table, in the order of the files."""
