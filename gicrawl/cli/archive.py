"""`reparse`, `export`, `status` and `verify`: what is done with an archive once it is filled."""

from __future__ import annotations

import re
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from heapq import nsmallest
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gicrawl.cli.group import (
    FINDINGS,
    Failure,
    archive_option,
    cli,
    example,
    lang_option,
    portals_option,
    say,
    tell,
)
from gicrawl.cli.options import bounds_options, selection_options
from gicrawl.cli.output import bar, emit, json_line
from gicrawl.cli.registered import read_registry

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gicrawl.bounds.limits import Bounds
    from gicrawl.corpus.panel import VersionChoice
    from gicrawl.corpus.selection import Selection
    from gicrawl.export.errors import Lost

_AGE = re.compile(r"(\d{1,6})([mhd])")
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}


def parse_age(_ctx: click.Context, _param: click.Parameter, value: str | None) -> timedelta | None:
    """`90m`, `26h` or `7d` as a span of time."""
    if value is None:
        return None
    found = _AGE.fullmatch(value)
    if found is None:
        raise click.BadParameter("a number and m, h or d: 90m, 26h, 7d")
    return timedelta(**{_UNITS[found[2]]: int(found[1])})


@cli.command(epilog=example("gicrawl reparse", "gicrawl reparse --dry-run", "gicrawl reparse --all --workers 4"))
@click.option("--all", "everything", is_flag=True, help="Also what the current parser has parsed already.")
@click.option("--dry-run", is_flag=True, help="Count what would be parsed; parse nothing.")
@click.option("--sample", type=click.IntRange(min=1), help="Only so many documents, the same ones each time.")
@click.option("--limit", type=click.IntRange(min=1), help="At most so many documents, oldest first.")
@click.option("--workers", type=click.IntRange(min=1), help="Processes; default: one a processor.")
@bounds_options
@selection_options
@archive_option
@lang_option
def reparse(
    *,
    selection: Selection,
    everything: bool,
    dry_run: bool,
    sample: int | None,
    limit: int | None,
    workers: int | None,
    bounds: Bounds,
    archive_path: Path,
    lang: str,
) -> None:
    """Parse whatever in the archive the current parser has not parsed.

    Parses are added beside older ones. Interrupted or killed, it goes on where it was when started again. Whose
    report a document is, and of which year, its latest parse tells: what was never parsed, or did not tell, is in.
    """
    del lang
    from gicrawl.archive.store import open_archive
    from gicrawl.corpus.reparse import pending
    from gicrawl.corpus.reparse import reparse as run_reparse

    if dry_run:
        with open_archive(archive_path) as archive:
            work = pending(archive, everything=everything, selection=selection)
            if sample is not None:
                work = iter(nsmallest(sample, work, key=lambda one: one.version))
            waiting = [one.parsed_before for one in islice(work, limit)]
        emit(f"{len(waiting)} documents to parse, {sum(waiting)} of them parsed before")
        return
    with bar("reparse") as advance:
        summary = run_reparse(
            archive_path,
            everything=everything,
            limit=limit,
            sample=sample,
            workers=workers,
            bounds=bounds,
            progress=advance,
            selection=selection,
        )
    for status, count in summary.statuses:
        emit(f"{status} {count}")
    tell(
        "reparse_done",
        parsed=summary.parsed,
        added=summary.added,
        broken=summary.broken,
        documents=summary.documents,
        seconds=f"{summary.seconds:.1f}",
    )


@cli.command(
    epilog=example("gicrawl verify", "gicrawl verify --content", "gicrawl verify --sample 1000 --day 2026-02-01")
)
@click.option(
    "--content", is_flag=True, help="Print one SHA-256 over all captures and one over what was read from them."
)
@click.option(
    "--sample", type=click.IntRange(min=1), help="At most so many bodies; another part each day, until all were seen."
)
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), help="The sample of that day; default today.")
@click.option("--quick", is_flag=True, help="Only structure and references; no bytes are looked at.")
@archive_option
@lang_option
@click.pass_context
def verify(
    ctx: click.Context,
    *,
    content: bool,
    sample: int | None,
    day: datetime | None,
    quick: bool,
    archive_path: Path,
    lang: str,
) -> None:
    """Hold every stored body against its SHA-256 and follow every reference.

    What is wrong goes to standard output, a line each (exit status 1). Two archives are the same by content when
    `--content` prints the same two lines for both. That it was verified, and what was found, is kept on record.
    """
    del lang
    from gicrawl.archive.care import on_record
    from gicrawl.archive.store import open_archive
    from gicrawl.archive.verify import content_digest
    from gicrawl.archive.verify import verify as findings
    from gicrawl.corpus.references import dangling

    with open_archive(archive_path) as archive:
        if content:
            from gicrawl.corpus.digest import corpus_digest

            emit(f"captures {content_digest(archive)}")
            emit(f"corpus {corpus_digest(archive)}")
            return
        found = 0
        today = (day or datetime.now(UTC)).toordinal()
        looked = chain(findings(archive, sample=sample, day=today, quick=quick), dangling(archive))
        for finding in on_record(archive, looked, sample=sample, day=today, quick=quick):
            found += 1
            emit(f"{finding.code} {finding.subject}: {finding.message}")
    if found:
        tell("verify_findings", count=found, archive=archive_path)
        ctx.exit(FINDINGS)
    tell("verify_sound", archive=archive_path)


@cli.command(
    epilog=example("gicrawl export --format csv --to tables", "gicrawl export --format parquet --to tables --region 32")
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["csv", "jsonl", "parquet", "warc"]),
    required=True,
    help="One file a table; warc: every capture, as web archives keep them.",
)
@click.option(
    "--to", "folder", type=click.Path(file_okay=False, path_type=Path), required=True, help="Folder to write into."
)
@click.option(
    "--version",
    type=click.Choice(["first", "latest", "at-deadline"]),
    default="latest",
    show_default=True,
    help="Which version of a report the panel shows.",
)
@selection_options
@archive_option
@portals_option
@lang_option
@click.pass_context
def export(
    ctx: click.Context,
    *,
    form: str,
    folder: Path,
    version: VersionChoice,
    selection: Selection,
    archive_path: Path,
    portals_file: Path | None,
    lang: str,
) -> None:
    """Write the tables of the archive as open data: reports and their cells, captures, issuers, the panel of all years.

    The same archive always gives the same bytes. An export that fails leaves the files of the last one. Selected are
    reports and what was read from them, by issuer and year; captures are always all there, and warc is all captures.
    The panel has a row for every report that was due of a body in the registry or ever found, whether it was found or
    not. A capture that is damaged is left out and named (exit status 1).
    """
    del lang
    from gicrawl.archive.store import open_archive
    from gicrawl.export.columns import Wanted
    from gicrawl.export.run import export as run_export

    if form == "warc":
        _export_warc(ctx, archive_path, folder)
        return
    wanted = Wanted(selection=selection, portals=read_registry(portals_file).portals, version=version)
    with open_archive(archive_path) as archive:
        summary = run_export(archive, form, folder, wanted)
    for file in summary.files:
        emit(f"{file.path} {file.records}")
    _tell_lost(ctx, summary.lost)


def _tell_lost(ctx: click.Context, lost: Sequence[Lost]) -> None:
    """What is damaged was left out, a line each; the rest is there, and somebody has to look at the archive."""
    for one in lost:
        tell("export_lost", what=one.what, cause=one.cause)
    if lost:
        ctx.exit(FINDINGS)


def _export_warc(ctx: click.Context, archive_path: Path, folder: Path) -> None:
    from gicrawl.archive.store import open_archive
    from gicrawl.export.warc import export_warc

    with open_archive(archive_path) as archive, bar("export") as advance:
        done = export_warc(archive, folder, advance=advance)
    for file in done.files:
        emit(f"{file.path} {file.records}")
    if done.withheld:
        tell("warc_export_withheld", count=done.withheld)
    tell("warc_export_done", captures=done.captures, files=len(done.files) - 1, seconds=f"{done.seconds:.1f}")
    _tell_lost(ctx, done.lost)


@cli.command(epilog=example("gicrawl status", "gicrawl status --format json", "gicrawl status --max-age 26h"))
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@selection_options
@click.option("--max-age", callback=parse_age, help="Exit status 3 when no run has succeeded since: 90m, 26h, 7d.")
@archive_option
@portals_option
@lang_option
def status(
    *,
    selection: Selection,
    form: str,
    max_age: timedelta | None,
    archive_path: Path,
    portals_file: Path | None,
    lang: str,
) -> None:
    """Say what is there, by portal and year, what stands between us and a report, and what is unparsed.

    Reports are selected by their issuers; where there is no report to name one, by the portal's own body.
    """
    from gicrawl.archive.store import open_archive
    from gicrawl.cli.standing import lines
    from gicrawl.corpus.status import status as take_stock

    wanted = None
    if selection.names_bodies:
        wanted = [portal.id for portal in selection.portals(read_registry(portals_file))]
    with open_archive(archive_path) as archive:
        stock = take_stock(archive, wanted, selection)
    if form == "json":
        emit(json_line(asdict(stock)))
    else:
        for line in lines(stock, lang):
            emit(line)
    if max_age is not None:
        since = None if stock.last_success is None else datetime.fromisoformat(stock.last_success)
        if since is None or datetime.now(UTC) - since > max_age:
            raise Failure(say("run_too_old", archive=archive_path, since=stock.last_success or "-"))
