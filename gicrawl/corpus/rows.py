"""A parser's report as rows of the corpus tables: made in the workers, so that only plain tuples travel back."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, TypeAlias

from gicrawl.parser.report import Identity, Problem, Report, Status

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gicrawl.parser.report import Number

Value: TypeAlias = "str | int | float | bytes | None"
Row: TypeAlias = "tuple[Value, ...]"

_LARGEST = 2**63 - 1
"""SQLite's largest integer; a longer figure (digits run together in the source) is kept as its decimal text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParseRows:
    """One parse, ready to be written.

    Attributes:
        document: row number of the document.
        parser: version of the parser that made it.
        content: SHA-256 over everything the parser said, 32 bytes; equal for two parses that say the same.
        seconds: how long it took, decompression included.
        head: the columns of `parses` from `reader` to `forms`, without `made` and `seconds`.
        cells: ((table, row, column), columns of `cells` from `value` to `evidence`), sorted by key.
        facts, checks, grids, problems: columns of these tables after `position`.
    """

    document: int
    parser: str
    reader: str
    status: str
    content: bytes
    seconds: float
    head: Row
    cells: tuple[tuple[tuple[str, str, str], Row], ...] = ()
    facts: tuple[Row, ...] = ()
    checks: tuple[Row, ...] = ()
    grids: tuple[Row, ...] = ()
    problems: tuple[Row, ...] = ()


HEAD = (
    "status",
    "sha256",
    "media_type",
    "title",
    "issuer_name",
    "issuer_printed",
    "issuer_region_code",
    "issuer_level",
    "issuer_kind",
    "scope",
    "year",
    "period_start",
    "period_end",
    "period_printed",
    "script",
    "published",
    "published_source",
    "forms",
)
"""Columns that `ParseRows.head` fills, in this order."""


_ENCODE = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode
"""Made once: hundreds of small objects a document are encoded with it."""


def compact(value: object) -> str:
    """Canonical JSON: sorted keys, no white space, characters as they are."""
    return _ENCODE(value)


def number(value: Number | None) -> Value:
    """A number as SQLite keeps it; see `from_sql` for the way back."""
    if isinstance(value, int) and abs(value) > _LARGEST:
        return str(value)
    return value


def from_sql(value: Value) -> Number | None:
    """A number as it was before `number`."""
    if isinstance(value, str):
        return int(value)
    if isinstance(value, bytes):
        raise TypeError("a number column of the archive holds bytes")
    return value


def rows_of(report: Report, document: int, seconds: float) -> ParseRows:
    """Rows for one report.

    Args:
        report: what the parser said.
        document: row number of the document it was made of.
        seconds: how long it took.

    Raises:
        ValueError: two cells have the same (table, row, column).
        UnicodeEncodeError: a text holds half of a surrogate pair.
    """
    cells = tuple(
        (
            cell.key,
            (
                number(cell.value),
                cell.state.value,
                cell.raw,
                cell.unit,
                cell.confidence,
                _listed(cell.flags),
                _listed(cell.candidates),
                compact(cell.evidence),
            ),
        )
        for cell in sorted(report.cells, key=lambda cell: cell.key)
    )
    for (before, _), (key, _) in pairwise(cells):
        if before == key:
            raise ValueError(f"the parser gave the cell {'/'.join(key)} twice")
    facts = tuple(
        (f.key, number(f.value), f.unit, f.scope, f.kind, f.sentence, compact(f.evidence)) for f in report.facts
    )
    checks = tuple(
        (
            c.id,
            c.status.value,
            c.severity.value,
            c.table,
            c.row,
            c.column,
            number(c.left),
            number(c.right),
            c.holds_if_blank_is_zero,
            _listed(c.cells),
        )
        for c in report.checks
    )
    grids = tuple((g.caption, compact(g.rows), compact(g.evidence)) for g in report.grids)
    problems = tuple((p.code, compact(dict(p.fields)) if p.fields else None) for p in report.problems)
    head = _head(report)
    said = compact([report.reader, head[0], *head[2:], cells, facts, checks, grids, problems])
    return ParseRows(
        document=document,
        parser=report.parser,
        reader=report.reader,
        status=str(report.status),
        content=hashlib.sha256(said.encode()).digest(),
        seconds=seconds,
        head=head,
        cells=cells,
        facts=facts,
        checks=checks,
        grids=grids,
        problems=problems,
    )


def failure(
    document: int,
    *,
    content: bytes,
    reader: str,
    parser: str,
    code: str,
    fields: Mapping[str, str],
    seconds: float,
) -> ParseRows:
    """Rows for a document that the parser could not get through.

    Args:
        document: row number of the document.
        content: SHA-256 of its main body, decoded.
        reader: the reader that was at work.
        parser: version of that reader.
        code: problem code.
        fields: what fills the problem's message.
        seconds: how long it was tried.
    """
    report = Report(
        sha256=content.hex(),
        media_type="application/octet-stream",
        parser=parser,
        reader=reader,
        identity=Identity(status=Status.FAILED),
        problems=(Problem(code, tuple(sorted(fields.items()))),),
    )
    return rows_of(report, document, seconds)


def _head(report: Report) -> Row:
    identity = report.identity
    issuer, period = identity.issuer, identity.period
    return (
        str(identity.status),
        bytes.fromhex(report.sha256),
        report.media_type,
        identity.title,
        issuer.name if issuer else None,
        issuer.printed if issuer else None,
        issuer.region_code if issuer else None,
        issuer.level if issuer else None,
        issuer.kind if issuer else None,
        identity.scope,
        identity.year,
        period.start if period else None,
        period.end if period else None,
        period.printed if period else None,
        identity.script,
        identity.published,
        identity.published_source,
        compact(dict(report.forms)),
    )


def _listed(items: Sequence[object]) -> str | None:
    """A list as JSON; an empty one, by far the most frequent, as NULL."""
    return compact(items) if items else None
