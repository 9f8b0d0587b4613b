"""What the parses say that the last night did not know: reports that are new, changed or gone, and checks that fail."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gicrawl.corpus.current import reading
from gicrawl.corpus.history_gone import Withdrawals
from gicrawl.corpus.panel_index import newest_capture
from gicrawl.corpus.reparse import pending
from gicrawl.corpus.views import checks_of, reports
from gicrawl.parser.report import CheckStatus, Severity

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

    from gicrawl.archive.store import Archive
    from gicrawl.corpus.views import ReportRow
    from gicrawl.nightly.marks import Marks
    from gicrawl.parser.report import Check

Place = tuple[str, str | None, str | None, str | None]

BROKEN = (
    "parser_crashed",
    "parser_timeout",
    "parser_over_memory",
    "parser_error",
    "parser_out_of_memory",
    "body_unreadable",
)
"""Problems that are our fault, or the machine's, and not the document's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A report as people want to hear of it; `issuer` and `year` are None where the parser could not tell."""

    url: str
    issuer: str | None
    year: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedCheck:
    """A check of severity `error` that fails and did not before.

    Attributes:
        regressed: the report was parsed before and passed: the portal changed it, or we read it otherwise now.
    """

    report: Named
    report_id: str
    check: Check
    regressed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What the corpus says tonight.

    Attributes:
        new: reports never seen before.
        changed: reports whose content, main body or attached, is other than it was.
        failed_checks: see `FailedCheck`.
        unparsed: documents the current parser has not parsed.
        failed_new: URLs of documents that could not be read, new since the last night.
        broken: URLs of all documents that broke the parser.
        lost: URLs of all documents that were read as reports once and cannot be read now.
        report_urls: where reports were found.
        withdrawn: (portal, URL) of all reports that were taken away, by the rule of `gicrawl.corpus.withdrawn`.
    """

    new: tuple[Named, ...]
    changed: tuple[Named, ...]
    failed_checks: tuple[FailedCheck, ...]
    unparsed: int
    failed_new: tuple[str, ...]
    broken: tuple[str, ...]
    lost: tuple[str, ...]
    report_urls: frozenset[str]
    withdrawn: tuple[tuple[str | None, str], ...] = ()


_BEFORE = """
SELECT p.id, d.digest, d.content, (
    SELECT group_concat(hex(body)) FROM (SELECT body FROM document_bodies WHERE document = d.id ORDER BY position)
)
FROM parses AS p JOIN documents AS d ON d.id = p.document
WHERE d.report_id = ? AND p.status = 'report' AND p.id <= ? ORDER BY p.id
"""

_CONTENT = """
SELECT d.content, (
    SELECT group_concat(hex(body)) FROM (SELECT body FROM document_bodies WHERE document = d.id ORDER BY position)
) FROM documents AS d WHERE d.digest = ?
"""

_FAILED = """
SELECT d.url, p.id, EXISTS (
    SELECT 1 FROM problems WHERE parse = p.id AND code IN (SELECT value FROM json_each(?))
), EXISTS (
    SELECT 1 FROM parses AS q JOIN documents AS e ON e.id = q.document
    WHERE e.report_id = d.report_id AND q.status = 'report'
) AND NOT EXISTS (
    SELECT 1 FROM temp.current_parses AS c JOIN documents AS e ON e.id = c.document JOIN parses AS q ON q.id = c.parse
    WHERE e.report_id = d.report_id AND q.status = 'report'
)
FROM temp.current_parses AS current
JOIN parses AS p ON p.id = current.parse
JOIN documents AS d ON d.id = current.document
WHERE p.status = 'failed'
ORDER BY d.url
"""


def news(archive: Archive, since: Marks) -> News:
    """Compare what the corpus says with what it said at the end of the last night.

    Args:
        archive: parsed already.
        since: where the last night ended.

    Raises:
        ArchiveError: the archive cannot be read.
    """
    unparsed = sum(1 for _ in pending(archive))
    new: dict[str, Named] = {}
    changed: dict[str, Named] = {}
    checks: dict[tuple[str, Place], FailedCheck] = {}
    urls: set[str] = set()
    withdrawn: set[tuple[str | None, str]] = set()
    with reading(archive) as connection:
        withdrawals, moment = Withdrawals(connection), newest_capture(connection)
        for report in reports(archive):
            urls.update((report.url, report.final_url))
            if withdrawals.of(report.report_id, report.final_url, moment) is not None:
                withdrawn.add((report.portal, report.final_url))
            if report.parse <= since.parses:
                continue
            named = _named(report)
            before = connection.execute(_BEFORE, [bytes.fromhex(report.report_id), since.parses]).fetchall()
            if not before:
                new.setdefault(report.report_id, named)
            elif _content(connection, report) not in {(content, attached) for _, _, content, attached in before}:
                changed.setdefault(report.report_id, named)
            known = set(_failing(connection, before[-1][0])) if before else set()
            for place, check in _failing_checks(connection, report.parse):
                if place not in known:
                    checks.setdefault(
                        (report.report_id, place),
                        FailedCheck(report=named, report_id=report.report_id, check=check, regressed=bool(before)),
                    )
        failed = connection.execute(_FAILED, [json.dumps(BROKEN)]).fetchall()
    return News(
        new=tuple(new.values()),
        changed=tuple(changed.values()),
        failed_checks=tuple(checks.values()),
        unparsed=unparsed,
        failed_new=tuple(sorted({url for url, parse, _, _ in failed if parse > since.parses})),
        broken=tuple(sorted({url for url, _, broken, _ in failed if broken})),
        lost=tuple(sorted({url for url, _, _, lost in failed if lost})),
        report_urls=frozenset(urls),
        withdrawn=tuple(sorted(withdrawn, key=lambda one: (one[0] is None, one[0] or "", one[1]))),
    )


def _content(connection: sqlite3.Connection, report: ReportRow) -> tuple[bytes, str | None]:
    content, attached = connection.execute(_CONTENT, [bytes.fromhex(report.version)]).fetchone()
    return content, attached


def _failing(connection: sqlite3.Connection, parse: int) -> Iterator[Place]:
    for place, _ in _failing_checks(connection, parse):
        yield place


def _failing_checks(connection: sqlite3.Connection, parse: int) -> Iterator[tuple[Place, Check]]:
    for check in checks_of(connection, parse):
        if check.status is CheckStatus.FAIL and check.severity is Severity.ERROR:
            yield (check.id, check.table, check.row, check.column), check


def _named(report: ReportRow) -> Named:
    return Named(url=report.final_url, issuer=report.issuer.name or report.issuer.printed, year=report.year)
