"""Checks in words for people: which rule, where, both sides, what stands there, and where to look."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field, replace
from functools import cache
from typing import TYPE_CHECKING, Any

from gicrawl.messages import text
from gicrawl.parser.forms import load_forms
from gicrawl.parser.output import check_json, check_sentences, message
from gicrawl.parser.report import CheckStatus, Severity, State

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from gicrawl.corpus.views import ParsedReport
    from gicrawl.parser.document import Evidence
    from gicrawl.parser.report import Check, Key, Report

_WEIGHT = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFO: 2}
_PLACES = 3
"""Cells whose place is told; more help nobody to find the first."""
_CELLS = 16
"""Cells that are told of one check: two rows of a table."""
_CELL = re.compile(r"/tr\[(\d+)\]/t[dh]\[(\d+)\]")
"""Row and cell of a table in an XPath; those of the innermost one come last."""
_OF_TABLES = "F_FORM_YEAR"
"""Fails for every table of a report alike."""
_OF_DAYS = "D_DEADLINE"
_DAY = re.compile(r"\b(20\d\d)(\d\d)(\d\d)\b")
"""A day as the number that the check holds."""
_GROUPS = {
    "denied": "（三）不予公开",
    "unable": "（四）无法提供",
    "not_processed": "（五）不予处理",
    "other_processing": "（六）其他处理",
    "litigation": "行政诉讼",
}
"""Headings of several rows that have no row of their own."""


@dataclass(frozen=True, slots=True)
class Examined:
    """A document with the checks that were made on it.

    Attributes:
        source: file name or URL.
        status: `report`, `not_a_report` or `failed`.
        printed: state and printed text of each cell that is there.
        evidence: where each of them stands.
        lines: offset of each line's first character, for text files.
    """

    source: str
    status: str
    issuer: str | None
    year: int | None
    checks: tuple[Check, ...]
    printed: Mapping[Key, tuple[State, str | None]] = field(default_factory=dict)
    evidence: Mapping[Key, Evidence] = field(default_factory=dict)
    lines: tuple[int, ...] = ()

    @property
    def failed(self) -> tuple[Severity, ...]:
        """The severity of each check that fails."""
        return tuple(check.severity for check in self.checks if check.status is CheckStatus.FAIL)

    @property
    def unsettled(self) -> bool:
        """Whether a check fails or cannot be assessed."""
        return any(c.status is not CheckStatus.PASS for c in self.checks)

    @property
    def findings(self) -> list[Check]:
        """What fails, the worst first, and then what cannot be assessed; each in the order of the report."""
        failed = [check for check in self.checks if check.status is CheckStatus.FAIL]
        return [
            *sorted(failed, key=lambda check: _WEIGHT[check.severity]),
            *(check for check in self.checks if check.status is CheckStatus.NOT_ASSESSABLE),
        ]

    def count(self, status: CheckStatus) -> int:
        """How many checks came out like that."""
        return Counter(check.status for check in self.checks)[status]


def examined(source: str, report: Report) -> Examined:
    """What the checks say of one report."""
    issuer = report.identity.issuer
    return Examined(
        source=source,
        status=str(report.status),
        issuer=None if issuer is None else issuer.name or issuer.printed,
        year=report.identity.year,
        checks=report.checks,
        printed={cell.key: (cell.state, cell.raw) for cell in report.cells},
        evidence={cell.key: cell.evidence for cell in report.cells},
    )


def examined_row(report: ParsedReport) -> Examined:
    """What the checks say of a report of the archive."""
    return Examined(
        source=report.row.final_url,
        status=str(report.row.status),
        issuer=report.row.issuer.name or report.row.issuer.printed,
        year=report.row.year,
        checks=report.checks,
        printed={cell.key: (cell.state, cell.raw) for cell in report.cells},
        evidence={cell.key: cell.evidence for cell in report.cells},
    )


def with_lines(document: Examined, decoded: str) -> Examined:
    """The same, able to tell lines.

    Args:
        document: a text file, examined.
        decoded: its text, line ends as they are.
    """
    starts = [0]
    for line in decoded.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    return replace(document, lines=tuple(starts))


def lines(document: Examined, lang: str) -> Iterator[str]:
    """The findings of one document for people: a headline, then each failed or not assessable check."""
    yield text(
        "check_headline",
        lang,
        source=document.source,
        issuer=document.issuer or text("issuer_unknown", lang),
        year=document.year or text("year_unknown", lang),
        failed=document.count(CheckStatus.FAIL),
        open=document.count(CheckStatus.NOT_ASSESSABLE),
        passed=document.count(CheckStatus.PASS),
    )
    for check, *others in _gathered(document.findings):
        where = place(check)
        if others:
            alone = replace(check, row=None, column=None, table=None if check.id == _OF_TABLES else check.table)
            where, told = place(alone), _several((check, *others), lang)
        else:
            told = said(check, lang)
        yield f"  {check.id}  {where}: {told}" if where else f"  {check.id}: {told}"
        for more in (standing(document, check, lang), place_of(document, check, lang)):
            if more and not others:
                yield f"      {more}"


def _gathered(findings: Sequence[Check]) -> Iterator[list[Check]]:
    """The findings, one by one.

    In one piece: what cannot be assessed in many rows or columns of a table, and tables of another year's form.
    """
    gathered: dict[tuple[str, ...], list[Check]] = {}
    for number, check in enumerate(findings):
        open_ = check.status is CheckStatus.NOT_ASSESSABLE
        if check.id == _OF_TABLES and not open_:
            key: tuple[str, ...] = (check.id, str(check.left))
        else:
            key = (check.id, str(check.table), str(check.holds_if_blank_is_zero)) if open_ else (str(number),)
        gathered.setdefault(key, []).append(check)
    for checks in gathered.values():
        if len(checks) > _PLACES:
            yield checks
        else:
            yield from ([check] for check in checks)


def _several(checks: Sequence[Check], lang: str) -> str:
    """What is said of several alike: where, and what is missing."""
    names = [place(one) if one.row is None and one.column is None else _line(one) for one in checks]
    return text("check_open_in", lang, said=said(checks[0], lang), count=len(checks), places="、".join(names))


def _line(check: Check) -> str:
    """The row or column a check is of."""
    return label("row", check.row, check.table) if check.row else label("column", str(check.column), check.table)


def said(check: Check, lang: str) -> str:
    """What is wrong, both sides named: the check's own sentence, or that two sums differ."""
    if check.status is CheckStatus.FAIL and check.id in check_sentences():
        told = message(check, lang, place(check) or check.id).partition(": ")[2]
        return _DAY.sub(r"\1-\2-\3", told) if check.id == _OF_DAYS else told
    holds = {None: "", True: text("check_holds_if_zero", lang), False: text("check_breaks_if_zero", lang)}
    sides = {"left": check.left, "right": check.right}
    return text(f"check_{check.status}", lang, **sides) + holds[check.holds_if_blank_is_zero]


def standing(document: Examined, check: Check, lang: str) -> str:
    """What stands there: the cells behind a check, or the passage it is about."""
    cells = list(_cells(check, document.printed, lang))
    told = ", ".join(cells[:_CELLS]) + (" …" if len(cells) > _CELLS else "")
    passage = f"“{check.printed}”" if check.printed else ""
    return "; ".join(part for part in (told, passage) if part)


def place(check: Check, lang: str = "zh") -> str:
    """Table, row and column a check applies to: the statutory words in Chinese, the keys in English.

    Findings always have the words: they stand in the report, whatever language its reader is spoken to in.
    """
    parts = (("table", check.table), ("row", check.row), ("column", check.column))
    named = [(kind, key) for kind, key in parts if key is not None]
    return " / ".join(label(kind, key, check.table) if lang == "zh" else key for kind, key in named)


def place_of(document: Examined, check: Check, lang: str) -> str:
    """Where to look: page, line, paragraph, or table and row of the file; empty where nothing tells.

    First at the total, which stands last among the cells of a sum: it is wrong as often as all its parts together.
    """
    parts = [key for key in check.cells[:-1] if not _is_zero(document.printed.get(key))]
    keys = [*check.cells[-1:], *parts]
    found = [check.evidence, *(document.evidence.get(key, {}) for key in keys)]
    told = dict.fromkeys(one for evidence in found if (one := _where(evidence, document.lines, lang)))
    return text("check_where", lang, places="; ".join(list(told)[:_PLACES])) if told else ""


def _where(evidence: Evidence, starts: Sequence[int], lang: str) -> str:
    """One place in words; offsets are told as lines where the file has lines."""
    parts = []
    if "attachment" in evidence:
        parts.append(text("where_attachment", lang, number=evidence["attachment"]))
    start = evidence.get("start")
    if "page" in evidence:
        parts.append(text("where_page", lang, number=evidence["page"]))
    elif "table" in evidence and "row" in evidence:
        counted = {name: int(str(evidence[name])) + 1 for name in ("table", "row")}
        parts.append(text("where_table_row", lang, **counted))
    elif isinstance(evidence.get("paragraph"), int):
        parts.append(text("where_paragraph", lang, number=int(str(evidence["paragraph"])) + 1))
    elif "path" in evidence:
        path = str(evidence["path"])
        cells = _CELL.findall(path)
        parts.append(text("where_cell", lang, row=cells[-1][0], cell=cells[-1][1], path=path) if cells else path)
    elif isinstance(start, int) and starts:
        parts.append(text("where_line", lang, number=sum(one <= start for one in starts)))
    return " ".join(part for part in parts if part)


def record(document: Examined, check: Check, lang: str) -> dict[str, Any]:
    """A check as a JSON object: the contract's check, with the document it was made on and where to look."""
    return {
        "source": document.source,
        "issuer": document.issuer,
        "year": document.year,
        **check_json(check, lang),
        "place": place(check),
        "printed": standing(document, check, lang) if check.status is not CheckStatus.PASS else None,
        "where": place_of(document, check, lang) if check.status is not CheckStatus.PASS else None,
    }


def _cells(check: Check, printed: Mapping[Key, tuple[State, str | None]], lang: str) -> Iterator[str]:
    """The cells behind a check; of printed zeros only the total is told, what is blank or missing is said."""
    for at, (table, row, column) in enumerate(check.cells, 1):
        state, raw = printed.get((table, row, column), (State.ABSENT, None))
        if _is_zero((state, raw)) and at < len(check.cells):
            continue
        shown = " ".join(raw.split()) if state is State.NUMBER and raw is not None else text(f"state_{state}", lang)
        names = [label("row", row, table), label("column", column, table)]
        if check.row == row:
            names = names[1:]
        elif check.column == column:
            names = names[:1]
        yield f"{' '.join(names)} {shown}"


def _is_zero(printed: tuple[State, str | None] | None) -> bool:
    if printed is None:
        return False
    state, raw = printed
    return state is State.NUMBER and raw is not None and raw.strip("0.０．\xa0 \n\t") == ""


@cache
def label(kind: str, key: str, table: str | None) -> str:
    """The statutory label of a table, row or column, newest form first; the key itself where no form has it.

    A table of part 二 is named by its article too: the part has several.
    """
    for form in reversed(load_forms()):
        for entry in form.tables:
            if kind == "table" and entry.key == key:
                return f"{entry.section} {entry.headers[0]}" if key.startswith("art20_") else entry.section
            if entry.key == table:
                for found in entry.rows if kind == "row" else entry.columns:
                    if found.key == key:
                        return found.labels[0]
    return _GROUPS.get(key, key)
