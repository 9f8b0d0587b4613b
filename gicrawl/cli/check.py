"""`check`: what is wrong with a report, for the officer who is about to publish it and for whoever reads it."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gicrawl.cli.group import (
    FINDINGS,
    USAGE,
    Failure,
    archive_option,
    cli,
    example,
    lang_option,
    say,
    tell,
    uninterrupted,
    until_interrupted,
)
from gicrawl.cli.options import selection_options
from gicrawl.cli.output import emit, json_line, progress

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from gicrawl.cli.findings import Examined
    from gicrawl.corpus.selection import Selection
    from gicrawl.parser.report import Report

_PLAIN = "text/plain"


@cli.command(
    epilog=example(
        "gicrawl check report.html",
        "gicrawl check report-2023.docx --previous report-2022.docx --lang zh",
        "gicrawl check reports/ --format xlsx --to findings.xlsx",
        "gicrawl check --lang zh",
    )
)
@click.argument("paths", nargs=-1, metavar="[FILE…|DIR…]", type=click.Path(readable=False))
@click.option(
    "--previous",
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Last year's report of the same body, to compare with.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "jsonl", "xlsx"]),
    default="text",
    show_default=True,
    help="Of output.",
)
@click.option("--to", type=click.Path(dir_okay=False, path_type=Path), help="File to write instead of standard output.")
@selection_options
@archive_option
@lang_option
@click.pass_context
def check(
    ctx: click.Context,
    *,
    paths: tuple[str, ...],
    previous: Path | None,
    selection: Selection,
    form: str,
    to: Path | None,
    archive_path: Path,
    lang: str,
) -> None:
    """Check reports: their sums, prose against tables, slips of form, and last year's report against this one.

    With files or folders no archive is opened and nothing leaves the machine; without, the archive's current parses
    are checked. Text and XLSX name what fails or cannot be assessed because a cell is blank, with its place in the
    statutory words, what stands there, both sides, and where to look; `jsonl` prints every check. Whose report it is,
    and of which year, is what the parser found. Exit status 1 when a check of severity error fails.
    """
    if form == "xlsx" and to is None and sys.stdout.isatty():
        raise Failure(say("check_sheet_needs_file"), USAGE)
    documents = _from_files(paths, selection, previous) if paths else _from_archive(archive_path, selection, previous)
    reports = wrong = 0
    kept: list[Examined] = []
    with _lines_to(None if form == "xlsx" else to) as write:
        for document in documents:
            reports += document.status == "report"
            wrong += document.wrong
            if form != "xlsx":
                _show(document, form, lang, write, passed=bool(paths))
            elif _is_report(document) and document.unsettled:
                kept.append(document)
    if form == "xlsx":
        _write_sheet(kept, lang, to)
    tell("check_done", reports=reports, wrong=wrong)
    if not reports:
        tell("nothing_to_check")
    if wrong or ctx.meta.get("gicrawl.unread", False):
        ctx.exit(FINDINGS)


@contextmanager
def _lines_to(path: Path | None) -> Iterator[Callable[[str], None]]:
    """What writes a line: to standard output, or to a file."""
    if path is None:
        yield emit
        return
    with path.open("w", encoding="utf-8", newline="\n") as file:
        yield lambda line: print(line, file=file)


def _write_sheet(documents: Sequence[Examined], lang: str, path: Path | None) -> None:
    from gicrawl.cli.findings_sheet import NoSheetWriterError, workbook

    try:
        sheet = workbook(documents, lang)
    except NoSheetWriterError:
        raise Failure(say("check_sheet_needs_extra")) from None
    if path is None:
        sys.stdout.buffer.write(sheet)
        sys.stdout.buffer.flush()
    else:
        path.write_bytes(sheet)


def _is_report(document: Examined) -> bool:
    """Whether it is a report; people are told of what is none."""
    if document.status != "report":
        tell("not_a_report" if document.status == "not_a_report" else "not_readable", file=document.source)
    return document.status == "report"


def _show(document: Examined, form: str, lang: str, write: Callable[[str], None], *, passed: bool) -> None:
    """Print one document; as text, one that passes everything only where `passed` says so."""
    from gicrawl.cli.findings import lines, record

    if form == "jsonl":
        for made in document.checks:
            write(json_line(record(document, made, lang)))
    elif _is_report(document) and (passed or document.unsettled):
        for line in lines(document, lang):
            write(line)


def _from_files(paths: Sequence[str], selection: Selection, previous: Path | None) -> Iterator[Examined]:
    with uninterrupted():
        from gicrawl.cli.findings import examined, with_lines
        from gicrawl.cli.loose import parse_files

    names = list(_walk(paths))
    before = _previous(previous, names)
    with progress(parse_files(names), length=len(names), label="check") as results:
        for result in until_interrupted(results):
            if result.report is None:
                click.get_current_context().meta["gicrawl.unread"] = True
                tell("file_unreadable", file=result.source, cause=result.cause)
            elif not selection or selection.has_issuer(result.report.identity.issuer, result.report.identity.year):
                report = result.report
                if before is not None and previous is not None:
                    report = _compared(report, names[0], before, previous)
                document = examined(result.source, report)
                if report.media_type == _PLAIN and document.unsettled:
                    document = with_lines(document, _decoded(names, result.source))
                yield document


def _decoded(names: Sequence[str], source: str) -> str:
    """The text of a file that was read; empty where it is standard input, which cannot be read twice."""
    from gicrawl.parser.charset import decode

    path = Path(source)
    return decode(path.read_bytes()).text if source in names and path.is_file() else ""


def _previous(path: Path | None, names: Sequence[str]) -> Report | None:
    """Last year's report, where one is given."""
    if path is None:
        return None
    from gicrawl.cli.loose import parse_file

    if len(names) != 1:
        raise Failure(say("check_previous_of_one", count=len(names)), USAGE)
    report = parse_file(str(path)).report
    if report is None or report.status != "report":
        raise Failure(say("check_previous_is_none", file=path), USAGE)
    return report


def _compared(report: Report, name: str, before: Report, previous: Path) -> Report:
    """A report with the checks against last year's; who and when have to fit where both are known."""
    from gicrawl.parser.passages import text_of
    from gicrawl.parser.years import compare_years

    ours, theirs = report.identity, before.identity
    if report.status != "report":
        return report
    whose = [None if one.issuer is None else one.issuer.name for one in (ours, theirs)]
    other = None not in whose and whose[0] != whose[1]
    if other or (None not in (ours.year, theirs.year) and theirs.year != _year_before(ours.year)):
        fields = {"file": previous, "found": f"{whose[1]}, {theirs.year}", "of": f"{whose[0]}, {ours.year}"}
        raise Failure(say("check_previous_is_another", **fields), USAGE)
    path = Path(name)
    text = text_of(path.read_bytes()) if path.is_file() else ""
    made = compare_years(report, before, text, text_of(previous.read_bytes()))
    return replace(report, checks=(*report.checks, *made))


def _year_before(year: int | None) -> int | None:
    return None if year is None else year - 1


def _from_archive(path: Path, selection: Selection, previous: Path | None) -> Iterator[Examined]:
    from gicrawl.archive.store import open_archive
    from gicrawl.cli.findings import examined_row
    from gicrawl.corpus.current import reading
    from gicrawl.corpus.views import parsed_reports

    if previous is not None:
        raise Failure(say("check_previous_of_one", count=0), USAGE)
    with open_archive(path) as archive, reading(archive, selection):
        for report in parsed_reports(archive):
            yield examined_row(report)


def _walk(paths: Iterable[str]) -> Iterator[str]:
    """The files named and those in the folders named, hidden ones left out, in a stable order."""
    for path in paths:
        if not Path(path).is_dir():
            yield path
            continue
        for folder, folders, files in os.walk(path):
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            for name in sorted(name for name in files if not name.startswith(".")):
                found = Path(folder, name)
                if found.is_fifo() or found.is_socket() or found.is_char_device() or found.is_block_device():
                    # Nobody named it, and reading a pipe that nobody writes to never ends.
                    click.get_current_context().meta["gicrawl.unread"] = True
                    tell("import_no_file", file=found)
                else:
                    yield str(found)
