"""The tables about documents: reports and what was read in them, parses of anything, and captures."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar
from uuid import UUID

from gicrawl.archive.changed import CAPTURE_ROWS, changed_captures, not_as_written
from gicrawl.archive.errors import ArchiveDamaged
from gicrawl.archive.records import FileOrigin, IndexOrigin, OriginKind, WarcOrigin
from gicrawl.corpus.current import reading
from gicrawl.corpus.views import cells_of, checks_of, facts_of, parses, reports
from gicrawl.corpus.withholding import hidden_captures
from gicrawl.corpus.wording import problem_text
from gicrawl.export.columns import PARSER, REPORT_ID, SHA256, VERSION, Column, Kind, Table, issuer, json, text, utc
from gicrawl.export.errors import Lost
from gicrawl.parser.output import message

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from sqlite3 import Connection

    from gicrawl.archive.records import Origin
    from gicrawl.archive.store import Archive
    from gicrawl.corpus.views import ReportRow
    from gicrawl.export.columns import Record, Wanted

_Detail = TypeVar("_Detail")

_PLACE = (
    text("table", "Statutory table; a key of the forms."),
    text("row", "Row of that table."),
    text("column", "Column of that table."),
)


def _period(field: str, meaning: str) -> Column:
    return Column(f"period_{field}", Kind.TEXT, meaning, group=("period", field))


_REPORT_COLUMNS = (
    REPORT_ID,
    VERSION,
    text("url", "What was asked for before any redirect."),
    text("final_url", "Where the report was found."),
    text("portal", "Id of the portal in the registry; null for a URL named by hand."),
    text("captured", "When this version was first captured, UTC, ISO 8601."),
    text("first_seen", "When the first version of this report was captured, UTC, ISO 8601."),
    SHA256,
    issuer("name", "Official name of the issuing body in Simplified script; null where it could not be settled."),
    issuer("printed", "The issuer as it stands in the document."),
    issuer("region_code", "Code of its administrative division, valid in the year reported on."),
    issuer("level", "national, province, prefecture, county or township."),
    issuer("kind", "government, office, department, development_zone or other."),
    Column("year", Kind.INTEGER, "The year reported on.", "calendar year"),
    _period("start", "First day of the statistics, ISO 8601."),
    _period("end", "Last day of the statistics, ISO 8601."),
    _period("printed", "The period as printed, where it stands in the document damaged."),
    text("scope", "region (the body and all below it), body, or unknown."),
    json("forms", "Which form each table of the report follows: {table: form}."),
    text("title", "Title of the report as printed."),
    text("script", "Script of the document: hans or hant."),
    text("published", "Day of publication, ISO 8601, Asia/Shanghai."),
    text("published_source", "Where the day of publication was read."),
    text("media_type", "What the main body is, by its content."),
    json("renditions", "SHA-256 of all bodies of the document, the main one first."),
    PARSER,
)

_CELL_COLUMNS = (
    REPORT_ID,
    VERSION,
    *_PLACE,
    Column(
        "value",
        Kind.NUMBER,
        "The number as printed, sign and decimals kept; null unless `state` is `number`: a blank is never a 0.",
        "as printed: items, cases, or the money unit in `unit`",
    ),
    text("state", "number, blank, not_applicable, text, illegible, ambiguous, unread or absent."),
    text("raw", "What stands in the cell, as printed."),
    text("unit", "元 or 万元 where it stands with the number; null elsewhere."),
    Column(
        "confidence",
        Kind.NUMBER,
        "How sure we are that this value belongs to this cell; from 0.99 on fewer than 1 in 10,000 is wrong.",
        "0 to 1",
    ),
    json("flags", "What is remarkable about the cell; a list of codes."),
    json("candidates", "For `ambiguous`: what could stand here, a list of {raw, evidence}."),
    json("evidence", "Where it stands in the source, precisely enough to highlight it."),
    PARSER,
)

_FACT_COLUMNS = (
    REPORT_ID,
    VERSION,
    Column("position", Kind.INTEGER, "Place among the facts of the report, in the order of the text, from 0."),
    text("key", "What is stated; the row keys of the forms where the concept is the same."),
    Column("value", Kind.NUMBER, "The number stated.", "in `unit`"),
    text("unit", "Unit as printed, e.g. 条, 件, 万元."),
    text("scope", "region, body or unknown."),
    text("kind", "annual or cumulative."),
    text("sentence", "The sentence it stands in."),
    json("evidence", "Where it stands in the source."),
    PARSER,
)

_CHECK_COLUMNS = (
    REPORT_ID,
    VERSION,
    Column("position", Kind.INTEGER, "Place among the checks of the report, from 0."),
    text("id", "The rule."),
    text("status", "pass, fail or not_assessable (a sum that needs a blank cell is not failed)."),
    text("severity", "error, warning or info."),
    *_PLACE,
    Column("left", Kind.NUMBER, "Left side of the rule.", "as the cells"),
    Column("right", Kind.NUMBER, "Right side of the rule.", "as the cells"),
    Column("holds_if_blank_is_zero", Kind.BOOLEAN, "For not_assessable: whether it would hold, were blanks zeros."),
    json("cells", "The cells it looked at, a list of [table, row, column]."),
    text("message", "One English sentence."),
    PARSER,
)

_PARSE_COLUMNS = (
    REPORT_ID,
    VERSION,
    SHA256,
    text("url", "Where the document was found."),
    PARSER,
    text("reader", "Which reader read it; `none` where there is none for this kind of file."),
    text("status", "report, not_a_report or failed."),
    text("media_type", "What the main body is, by its content."),
    Column("seconds", Kind.NUMBER, "How long it took.", "seconds"),
    Column("current", Kind.BOOLEAN, "Whether this is the parse that the other tables show."),
    json("problems", "Codes of what the parser did not understand, each once, sorted."),
)

_PROBLEM_COLUMNS = (
    REPORT_ID,
    VERSION,
    SHA256,
    PARSER,
    Column("position", Kind.INTEGER, "Place among the problems of this parse, from 0."),
    text("code", "Stable code of the problem."),
    text("message", "One English sentence."),
    Column("current", Kind.BOOLEAN, "Whether the parse is the one that the other tables show."),
)

_CAPTURE_COLUMNS = (
    text("id", "UUID given at capture; the WARC-Record-ID."),
    text("run", "UUID of the run it belongs to."),
    text("time", "When the request was sent or refused, UTC, ISO 8601."),
    text("requested_url", "What was asked for before any redirect."),
    text("final_url", "What this exchange asked for."),
    Column("hop", Kind.INTEGER, "0 for the first request, 1 for the first redirect target, and so on."),
    text("method", "HTTP method; null for an import that knows of no request."),
    text("outcome", "What happened on the wire."),
    Column("status", Kind.INTEGER, "HTTP status; null where no response came."),
    text("http_version", "HTTP version of the response."),
    text("error", "What failed, for outcomes without a complete response."),
    text("judgement", "What we make of the response by the newest rules."),
    text("role", "Why it was fetched."),
    text("portal", "Id of the portal in the registry; null for a URL named by hand."),
    text("referrer", "Capture of the page whose link led here."),
    text("link_text", "Text of that link."),
    text("sha256", "SHA-256 of the body as received; null where there is none."),
    Column("size", Kind.INTEGER, "Size of the body as received.", "bytes"),
    text("decoded_sha256", "SHA-256 of the body with its content-coding undone, where it has one."),
    text("sniffed_type", "What the body is, by its content."),
    text("declared_type", "Media type the server declared."),
    text("declared_charset", "Charset the server declared."),
    text("used_charset", "Charset it was decoded with while crawling."),
    text("etag", "ETag of the response."),
    text("last_modified", "Last-Modified of the response."),
    text("ip", "Address really dialled."),
    text("certificate", "SHA-256 of the server's certificate, hex."),
    Column("tls_relaxed", Kind.BOOLEAN, "Whether TLS was relaxed to get through."),
    text("robots", "What robots.txt said."),
    text("revisit_of", "For not_modified: the capture whose body still holds."),
    Column("elapsed", Kind.NUMBER, "From sending the request to the last byte.", "seconds"),
    text("spider", "Spider that asked."),
    text("spider_version", "Its version."),
    text("origin", "Where it comes from: live (fetched by gicrawl), file, warc, wayback or commoncrawl."),
    text("origin_place", "Of an import: path in the folder, name of the WARC file, or address in the other archive."),
    text("origin_modified", "Of an imported file: when it was last written, UTC, ISO 8601."),
    text("origin_time_source", "Of an imported file: who says what `time` says: stated, or modified (nobody)."),
    json("origin_about", "Of an import: what its source told of it; of a WARC record offset and WARC-Record-ID."),
)


def _reports(archive: Archive, _: Wanted) -> Iterator[Record]:
    for r in reports(archive):
        issuer, period = r.issuer, r.period
        yield (
            *_ids(r),
            *(r.url, r.final_url, r.portal, utc(r.captured), utc(r.first_seen), r.sha256),
            *(issuer.name, issuer.printed, issuer.region_code, issuer.level, issuer.kind, r.year),
            *((None, None, None) if period is None else (period.start, period.end, period.printed)),
            *(r.scope, dict(r.forms), r.title, r.script, r.published, r.published_source, r.media_type),
            *(list(r.renditions), r.parser),
        )


def _cells(archive: Archive, _: Wanted) -> Iterator[Record]:
    for report, c in _told(archive, cells_of):
        candidates = [{"raw": raw, "evidence": evidence} for raw, evidence in c.candidates]
        yield (
            *_ids(report),
            *(*c.key, c.value, c.state.value, c.raw, c.unit, round(c.confidence, 4), list(c.flags), candidates),
            *(c.evidence, report.parser),
        )


def _facts(archive: Archive, _: Wanted) -> Iterator[Record]:
    for report, (at, f) in _told(archive, _numbered(facts_of)):
        yield (*_ids(report), at, f.key, f.value, f.unit, f.scope, f.kind, f.sentence, f.evidence, report.parser)


def _checks(archive: Archive, _: Wanted) -> Iterator[Record]:
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


def _parses(archive: Archive, _: Wanted) -> Iterator[Record]:
    for p in parses(archive):
        codes = sorted({problem.code for problem in p.problems})
        ids = (p.report_id, p.version, p.sha256, p.url)
        yield (*ids, p.parser, p.reader, p.status.value, p.media_type, p.seconds, p.current, codes)


def _problems(archive: Archive, _: Wanted) -> Iterator[Record]:
    for p in parses(archive):
        for at, problem in enumerate(p.problems):
            yield (p.report_id, p.version, p.sha256, p.parser, at, problem.code, problem_text(problem), p.current)


def _captures(archive: Archive, wanted: Wanted) -> Iterator[Record]:
    withheld = hidden_captures(archive)
    with archive.explaining("reading captures"):
        ids = [c for (c,) in archive.db.conn.execute("SELECT uuid FROM captures ORDER BY uuid") if c not in withheld]
    changed = changed_captures(archive, CAPTURE_ROWS)
    for uuid in ids:
        try:
            if uuid in changed:
                raise not_as_written(archive.path, f"capture {UUID(bytes=uuid)}")  # told as the others are
            c = archive.capture(UUID(bytes=uuid))
        except ArchiveDamaged as error:
            if wanted.lose is None:
                raise
            wanted.lose(Lost(f"capture {UUID(bytes=uuid)}", str(error)))
            continue
        yield (
            *(str(c.id), str(c.run), utc(c.time), c.requested_url, c.final_url, c.hop, c.method, c.outcome.value),
            *(c.status, c.http_version, c.error, None if c.judgement is None else c.judgement.value, c.role.value),
            *(c.portal, _opt(c.referrer), c.link_text, _hex(c.body_sha256), c.body_size, _hex(c.decoded_sha256)),
            *(c.sniffed_type, c.declared_type, c.declared_charset, c.used_charset, c.etag, c.last_modified, c.ip),
            *(_hex(c.certificate), c.tls_relaxed, c.robots, _opt(c.revisit_of), c.elapsed, c.spider, c.spider_version),
            *_origin(c.origin),
        )


def _origin(origin: Origin | None) -> Record:
    match origin:
        case None:
            return ("live", None, None, None, None)
        case FileOrigin():
            source = origin.time_source.value
            return (OriginKind.FILE.value, origin.path, utc(origin.modified), source, dict(origin.about) or None)
        case WarcOrigin():
            about = {"offset": origin.offset, "within": origin.within, "record": origin.record}
            return (OriginKind.WARC.value, origin.file, None, None, about)
        case IndexOrigin():
            return (origin.kind.value, origin.place, None, None, dict(origin.told))


def _ids(report: ReportRow) -> tuple[str, str]:
    return report.report_id, report.version


def _hex(digest: bytes | None) -> str | None:
    return None if digest is None else digest.hex()


def _opt(uuid: UUID | None) -> str | None:
    return None if uuid is None else str(uuid)


DOCUMENT_TABLES = (
    Table("reports", "A report and version. Only documents that turned out to be reports.", _REPORT_COLUMNS, _reports),
    Table("cells", "A cell of a statutory table in a report and version.", _CELL_COLUMNS, _cells),
    Table("facts", "A number stated in the prose of a report and version.", _FACT_COLUMNS, _facts),
    Table("checks", "One rule applied to one place of a report and version.", _CHECK_COLUMNS, _checks),
    Table("parses", "A document and parser version, whatever came of it.", _PARSE_COLUMNS, _parses),
    Table("problems", "Something a parser did not understand in a document.", _PROBLEM_COLUMNS, _problems),
    Table("captures", "One exchange with a host, or the reason why none took place.", _CAPTURE_COLUMNS, _captures),
)
"""In the order of the files."""
