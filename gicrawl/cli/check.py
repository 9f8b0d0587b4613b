"""`check`: what is wrong with a report, for the officer who is about to publish it and for whoever reads it."""

from __future__ import annotations

import os
import sys
from collections import Counter
from contextlib import contextmanager
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
from gicrawl.cli.options import bounds_options, selection_options
from gicrawl.cli.output import emit, progress

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from gicrawl.bounds.limits import Bounds
    from gicrawl.cli.checked import Checked
    from gicrawl.cli.findings import Examined
    from gicrawl.corpus.selection import Selection
    from gicrawl.parser.report import Report, Severity


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
@bounds_options
@selection_options
@archive_option
@lang_option
@click.pass_context
def check(
    ctx: click.Context,
    *,
    paths: tuple[str, ...],
    previous: Path | None,
    bounds: Bounds,
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
    documents = (
        _from_files(paths, selection, previous, form=form, lang=lang, bounds=bounds)
        if paths
        else _from_archive(archive_path, selection, previous, form=form, lang=lang)
    )
    from gicrawl.parser.report import Severity

    reports = 0
    found: Counter[Severity] = Counter()
    kept: list[Examined] = []
    with _lines_to(None if form == "xlsx" else to) as write:
        for document in documents:
            reports += document.status == "report"
            found.update(document.failed)
            for line in document.lines:
                write(line)
            if document.sheet is not None:
                kept.append(document.sheet)
            if form != "jsonl":
                _tell(document)
    if form == "xlsx":
        _write_sheet(kept, lang, to)
    counts = {"errors": Severity.ERROR, "warnings": Severity.WARNING, "notes": Severity.INFO}
    tell("check_done", reports=reports, **{name: found[severity] for name, severity in counts.items()})
    unread = ctx.meta.get("gicrawl.unread", False)
    if not (reports or unread):
        tell("nothing_to_check")
    if found[Severity.ERROR] or unread:
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


def _tell(document: Checked) -> None:
    """Tell people what is no report."""
    if document.status not in {"report", None} and document.stopped is None:
        tell("not_a_report" if document.status == "not_a_report" else "not_readable", file=document.source)


def _from_files(
    paths: Sequence[str], selection: Selection, previous: Path | None, *, form: str, lang: str, bounds: Bounds
) -> Iterator[Checked]:
    with uninterrupted():
        from gicrawl.cli.checked import Checking
        from gicrawl.cli.loose import parse_files

    names = list(_walk(paths))
    before = _previous(previous, names, bounds)
    checking = Checking(form, lang, selection, before)
    with progress(parse_files(names, bounds=bounds, finish=checking), length=len(names), label="check") as results:
        for result in until_interrupted(results):
            if result.cause is not None:
                click.get_current_context().meta["gicrawl.unread"] = True
                tell("file_unreadable", file=result.source, cause=result.cause)
            elif result.another is not None:
                found, of = result.another
                raise Failure(say("check_previous_is_another", file=previous, found=found, of=of), USAGE)
            elif result.status is not None:
                if result.stopped is not None:
                    tell("parser_stopped", file=result.source, cause=result.stopped)
                yield result


def _previous(path: Path | None, names: Sequence[str], bounds: Bounds) -> tuple[str, Report] | None:
    """Last year's report, where one is given."""
    if path is None:
        return None
    from gicrawl.cli.loose import parse_files, whole

    if len(names) != 1:
        raise Failure(say("check_previous_of_one", count=len(names)), USAGE)
    (parsed,) = parse_files([str(path)], bounds=bounds, finish=whole)
    if parsed.report is None or parsed.report.status != "report":
        raise Failure(say("check_previous_is_none", file=path), USAGE)
    return str(path), parsed.report


def _from_archive(
    path: Path, selection: Selection, previous: Path | None, *, form: str, lang: str
) -> Iterator[Checked]:
    from gicrawl.archive.store import open_archive
    from gicrawl.cli.checked import shown
    from gicrawl.cli.findings import examined_row
    from gicrawl.corpus.current import reading
    from gicrawl.corpus.views import parsed_reports

    if previous is not None:
        raise Failure(say("check_previous_of_one", count=0), USAGE)
    with open_archive(path) as archive, reading(archive, selection):
        for report in parsed_reports(archive):
            yield shown(examined_row(report), form, lang, passed=False)


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
