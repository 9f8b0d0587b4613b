"""`parse` and `check`: documents in, findings out."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gicrawl.cli.group import (
    FINDINGS,
    archive_option,
    cli,
    example,
    lang_option,
    tell,
    uninterrupted,
    until_interrupted,
)
from gicrawl.cli.options import selection_options
from gicrawl.cli.output import emit, json_line, progress
from gicrawl.messages import text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from gicrawl.cli.findings import Examined
    from gicrawl.corpus.selection import Selection


@cli.command(epilog=example("gicrawl parse report.html", "curl -s https://…/report.html | gicrawl parse -"))
@click.argument("files", nargs=-1, required=True, metavar="FILE…", type=click.Path(readable=False))
@click.option(
    "--workers", type=click.IntRange(min=1), help="Processes; default: one for few files, else one a processor."
)
@lang_option
@click.pass_context
def parse(ctx: click.Context, files: tuple[str, ...], workers: int | None, lang: str) -> None:
    """Parse loose files: one JSON object a line on standard output.

    No archive is opened and nothing leaves the machine. `-` reads standard input. A file that cannot be read is named
    on standard error and the others are parsed all the same (exit status 1).
    """
    with uninterrupted():
        from gicrawl.cli.loose import parse_files
        from gicrawl.parser.output import to_json

    unread = False
    with progress(parse_files(files, workers=workers), length=len(files), label="parse") as results:
        for result in until_interrupted(results):
            if result.report is None:
                unread = True
                tell("file_unreadable", file=result.source, cause=result.cause)
            else:
                record = to_json(result.report, source=result.source, lang=lang)
                if result.stopped is not None:
                    said = text(result.stopped.code, lang, **dict(result.stopped.fields))
                    record["problems"].append({"code": result.stopped.code, "message": said})
                    tell("parser_stopped", file=result.source, cause=said)
                emit(json_line(record))
    if unread:
        ctx.exit(FINDINGS)


@cli.command(
    epilog=example("gicrawl check report.html", "gicrawl check reports/ --format jsonl", "gicrawl check --lang zh")
)
@click.argument("paths", nargs=-1, metavar="[FILE…|DIR…]", type=click.Path(readable=False))
@click.option("--format", "form", type=click.Choice(["text", "jsonl"]), default="text", show_default=True)
@selection_options
@archive_option
@lang_option
@click.pass_context
def check(
    ctx: click.Context, *, paths: tuple[str, ...], selection: Selection, form: str, archive_path: Path, lang: str
) -> None:
    """Check the arithmetic of reports: each row and column total, each balance.

    With files or folders no archive is opened and nothing leaves the machine; without, the archive's current parses
    are checked. Text names every identity that fails or cannot be assessed because a cell is blank; `jsonl` prints
    every check. Whose report it is, and of which year, is what the parser found. Exit status 1 when a check of
    severity error fails.
    """
    documents = _from_files(paths, selection) if paths else _from_archive(archive_path, selection)
    seen = wrong = 0
    for document in documents:
        seen += document.status == "report"
        wrong += document.wrong
        _show(document, form, lang, passed=bool(paths))
    tell("check_done", reports=seen, wrong=wrong)
    if not seen:
        tell("nothing_to_check")
    if wrong or ctx.meta.get("gicrawl.unread", False):
        ctx.exit(FINDINGS)


def _show(document: Examined, form: str, lang: str, *, passed: bool) -> None:
    """Print one document; as text, one that passes everything only where `passed` says so."""
    from gicrawl.cli.findings import lines, record

    if form == "jsonl":
        for made in document.checks:
            emit(json_line(record(document, made, lang)))
    elif document.status != "report":
        tell("not_a_report" if document.status == "not_a_report" else "not_readable", file=document.source)
    elif passed or document.unsettled:
        for line in lines(document, lang):
            emit(line)


def _from_files(paths: Sequence[str], selection: Selection) -> Iterator[Examined]:
    with uninterrupted():
        from gicrawl.cli.findings import examined
        from gicrawl.cli.loose import parse_files

    names = list(_walk(paths))
    with progress(parse_files(names), length=len(names), label="check") as results:
        for result in until_interrupted(results):
            if result.report is None:
                click.get_current_context().meta["gicrawl.unread"] = True
                tell("file_unreadable", file=result.source, cause=result.cause)
            elif not selection or selection.has_issuer(result.report.identity.issuer, result.report.identity.year):
                yield examined(result.source, result.report)


def _from_archive(path: Path, selection: Selection) -> Iterator[Examined]:
    from gicrawl.archive.store import open_archive
    from gicrawl.cli.findings import examined_row
    from gicrawl.corpus.current import reading
    from gicrawl.corpus.views import parsed_reports

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
