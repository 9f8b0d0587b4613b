"""What `check` shows of one document; made where the document was parsed, for lines travel faster than a report."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from gicrawl.cli.findings import examined, lines, record, with_lines
from gicrawl.cli.output import json_line
from gicrawl.parser.charset import decode
from gicrawl.parser.passages import text_of
from gicrawl.parser.years import compare_years

if TYPE_CHECKING:
    from gicrawl.cli.findings import Examined
    from gicrawl.cli.loose import Parsed
    from gicrawl.corpus.selection import Selection
    from gicrawl.parser.report import Report, Severity

_PLAIN = "text/plain"


@dataclass(frozen=True, slots=True)
class Checked:
    """What is shown and counted of a document.

    Attributes:
        source: file name or URL.
        status: `report`, `not_a_report` or `failed`; None where it could not be read or was not asked for.
        failed: severity of each check that fails.
        lines: what is printed, in the format asked for.
        sheet: what the workbook needs, where one is asked for.
        cause: why the file could not be read.
        stopped: what stopped the parser.
        another: what both reports are, where last year's is not of the same body or not of the year before.
    """

    source: str
    status: str | None
    failed: tuple[Severity, ...] = ()
    lines: tuple[str, ...] = ()
    sheet: Examined | None = None
    cause: str | None = None
    stopped: str | None = None
    another: tuple[str, str] | None = None


def shown(document: Examined, form: str, lang: str, *, passed: bool) -> Checked:
    """One document in the format asked for; as text, one that passes everything only where `passed` says so."""
    is_report = document.status == "report"
    made: tuple[str, ...] = ()
    if form == "jsonl":
        made = tuple(json_line(record(document, check, lang)) for check in document.checks)
    elif form == "text" and is_report and (passed or document.unsettled):
        made = tuple(lines(document, lang))
    sheet = document if form == "xlsx" and is_report and document.unsettled else None
    return Checked(document.source, document.status, document.failed, made, sheet)


@dataclass(frozen=True, slots=True)
class Checking:
    """Makes of a parsed file what is shown of it.

    Attributes:
        form: `text`, `jsonl` or `xlsx`.
        lang: of sentences.
        selection: whose reports are asked for.
        previous: last year's report, and the name of its file.
    """

    form: str
    lang: str
    selection: Selection
    previous: tuple[str, Report] | None = None

    def __call__(self, parsed: Parsed) -> Checked:
        """What is shown of one file."""
        report = parsed.report
        if report is None:
            return Checked(parsed.source, None, cause=parsed.cause)
        if self.selection and not self.selection.has_issuer(report.identity.issuer, report.identity.year):
            return Checked(parsed.source, None)
        path = Path(parsed.source)
        body = path.read_bytes() if path.is_file() else b""  # standard input cannot be read twice
        if self.previous is not None and report.status == "report":
            name, before = self.previous
            if another := _is_another(before, report):
                return Checked(parsed.source, None, another=another)
            made = compare_years(report, before, text_of(body) if body else "", text_of(Path(name).read_bytes()))
            report = replace(report, checks=(*report.checks, *made))
        document = examined(parsed.source, report)
        if report.media_type == _PLAIN and document.unsettled:
            document = with_lines(document, decode(body).text if body else "")
        return replace(shown(document, self.form, self.lang, passed=True), stopped=parsed.why(self.lang))


def _is_another(previous: Report, report: Report) -> tuple[str, str] | None:
    """What last year's report and this one are, unless they are one body's of two years in a row."""
    ours, theirs = report.identity, previous.identity
    whose = [None if one.issuer is None else one.issuer.name for one in (ours, theirs)]
    other = None not in whose and whose[0] != whose[1]
    before = None if ours.year is None else ours.year - 1
    if other or (None not in (ours.year, theirs.year) and theirs.year != before):
        return f"{whose[1]}, {theirs.year}", f"{whose[0]}, {ours.year}"
    return None
