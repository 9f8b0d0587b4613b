"""What was read of a report: its versions, their parses, and what the one that counts says."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from gicrawl.archive.records import Outcome
from gicrawl.corpus.canonical import report_id
from gicrawl.corpus.explain_fetched import moment
from gicrawl.corpus.explain_records import CheckCount, ParseStep, Stop, VersionStep
from gicrawl.corpus.views import checks_of
from gicrawl.parser.output import check_json
from gicrawl.parser.report import CheckStatus

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Mapping

    from gicrawl.corpus.explain_records import ArticleChain

_DOCUMENTS = """
SELECT documents.id, documents.report_id, documents.digest, documents.url, documents.body, (
        SELECT json_group_array(hex(body)) FROM (
            SELECT body FROM document_bodies WHERE document = documents.id ORDER BY position
        )
    ), (
        SELECT time FROM captures WHERE uuid = documents.seen
    ), (SELECT count(*) FROM document_captures WHERE document = documents.id),
    current.document IS NOT NULL, current.parse
FROM documents LEFT JOIN temp.current_parses AS current ON current.document = documents.id
WHERE documents.report_id = ? AND documents.id NOT IN (SELECT document FROM temp.hidden_documents)
ORDER BY 7, documents.id
"""

_PARSES = """
SELECT id, parser, reader, made, seconds, status, title, issuer_name, issuer_printed, issuer_region_code, issuer_level,
    issuer_kind, scope, year, published, published_source, forms
FROM parses WHERE document = ? ORDER BY id
"""

_STATES = """
SELECT cell_keys.table_name, cells.state, count(*) FROM cells JOIN cell_keys ON cell_keys.id = cells.cell_key
WHERE cells.parse = ? GROUP BY 1, 2 ORDER BY 1, 2
"""


def versions_of(
    connection: sqlite3.Connection, urls: Iterable[str], today: Mapping[str, str]
) -> tuple[VersionStep, ...]:
    """Every version of the reports published at some URLs, oldest first.

    Args:
        connection: of the archive, with `current_parses`.
        urls: where the report was found.
        today: reader → today's version of it.
    """
    versions = []
    for name in sorted({report_id(url) for url in urls}):
        rows = connection.execute(_DOCUMENTS, (name,)).fetchall()
        for number, report, digest, url, body, attached, first, captures, alive, current in rows:
            parses = tuple(
                _parse(connection, row, current, today) for row in connection.execute(_PARSES, (number,)).fetchall()
            )
            versions.append(
                VersionStep(
                    report_id=report.hex(),
                    version=digest.hex(),
                    url=url,
                    body=body.hex(),
                    attached=tuple(one.lower() for one in json.loads(attached)),
                    captured=None if first is None else moment(first),
                    captures=captures,
                    superseded=not alive,
                    parses=parses,
                )
            )
    return tuple(sorted(versions, key=lambda version: (version.captured or "", version.version)))


def _parse(
    connection: sqlite3.Connection, row: tuple[Any, ...], current: int | None, today: Mapping[str, str]
) -> ParseStep:
    number, parser, reader, made, seconds, status = row[:6]
    counts = number == current
    problems = connection.execute("SELECT code, fields FROM problems WHERE parse = ? ORDER BY position", (number,))
    forms: dict[str, str] = json.loads(row[16])
    (facts,) = connection.execute("SELECT count(*) FROM facts WHERE parse = ?", (number,)).fetchone()
    return ParseStep(
        parse=number,
        parser=parser,
        reader=reader,
        made=made,
        seconds=seconds,
        status=status,
        current=counts,
        up_to_date=today.get(reader) == parser,
        problems=tuple((code, {} if fields is None else json.loads(fields)) for code, fields in problems),
        title=row[6],
        issuer=dict(zip(("name", "printed", "region_code", "level", "kind"), row[7:12], strict=True)),
        scope=row[12],
        year=row[13],
        published=row[14],
        published_source=row[15],
        tables=_tables(connection, number, forms) if counts else {},
        facts=facts,
        checks=_checks(connection, number) if counts else None,
    )


def _tables(connection: sqlite3.Connection, parse: int, forms: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    tables: dict[str, dict[str, Any]] = {name: {"form": form, "states": {}} for name, form in sorted(forms.items())}
    for name, state, count in connection.execute(_STATES, (parse,)):
        tables.setdefault(name, {"form": None, "states": {}})["states"][state] = count
    return tables


def _checks(connection: sqlite3.Connection, parse: int) -> CheckCount:
    made = checks_of(connection, parse)
    return CheckCount(
        passed=sum(check.status is CheckStatus.PASS for check in made),
        failed=sum(check.status is CheckStatus.FAIL for check in made),
        not_assessable=sum(check.status is CheckStatus.NOT_ASSESSABLE for check in made),
        failures=tuple(check_json(check) for check in made if check.status is CheckStatus.FAIL),
    )


def today_of(current_parsers: str) -> dict[str, str]:
    """Reader → today's version, from what `gicrawl.corpus.current.current_parsers` says."""
    versions: dict[str, str] = json.loads(current_parsers)
    return versions


def gone_since(article: ArticleChain) -> str | None:
    """Since when a report that we have is no longer to be had at its address; None while it is."""
    if article.end.stop not in {Stop.REACHED, Stop.UNPLACED} or not article.captures:
        return None
    since = article.end.fields.get("since")
    return str(since) if since and article.captures[-1].outcome != Outcome.OK else None
