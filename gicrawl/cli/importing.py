"""`import`: history comes into the archive, with its own provenance."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from gicrawl.cli.group import FINDINGS, archive_option, cli, example, lang_option, tell
from gicrawl.cli.output import bar, emit

if TYPE_CHECKING:
    from gicrawl.archive.folder import Remark


@cli.group("import", epilog=example("gicrawl import files reports/ --about reports.csv"))
@lang_option
def importing(lang: str) -> None:
    """Bring documents that others collected into the archive, each with where it came from."""
    del lang  # kept in the context by its callback


@importing.command(epilog=example("gicrawl import files reports/", "gicrawl import files reports/ --about reports.csv"))
@click.argument("folder", metavar="DIR", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--about",
    metavar="CSV",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A table of what is known of the files, by column: file, url, captured, link_text, portal, attachment_of …",
)
@archive_option
@lang_option
@click.pass_context
def files(ctx: click.Context, *, folder: Path, about: Path | None, archive_path: Path, lang: str) -> None:
    """Make a capture of every file of a folder and the folders in it, hidden ones left out.

    A file that is not in the list is known by its content, and dated by its last change. Run again, it adds nothing;
    killed, it goes on where it was. What cannot be taken is named on standard error, a line each, and the rest goes on
    (exit status 1).
    """
    del lang
    from gicrawl.archive.importing import import_files, plan_files
    from gicrawl.archive.store import open_archive
    from gicrawl.crawling.wire import MAX_BODY

    plan = plan_files(folder, about, archive_path)
    with open_archive(archive_path, create=True) as archive, bar("import") as advance:
        done = import_files(archive, plan, most_bytes=MAX_BODY, tell=_tell, advance=advance)
    emit(f"new {done.new}")
    emit(f"known {done.known}")
    emit(f"refused {done.refused}")
    tell("import_done" if done.new else "import_nothing_new", new=done.new, folder=folder)
    if done.refused:
        ctx.exit(FINDINGS)


@importing.command(epilog=example("gicrawl import warc crawl.warc.gz", "gicrawl import warc wget/*.warc.gz"))
@click.argument(
    "paths", nargs=-1, required=True, metavar="FILE…", type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@archive_option
@lang_option
@click.pass_context
def warc(ctx: click.Context, *, paths: tuple[Path, ...], archive_path: Path, lang: str) -> None:
    """Import WARC files of any tool: compressed as gzip or zstd or not at all, torn or damaged ones as far as they go.

    What gicrawl wrote is restored as it was. Records of other tools are kept byte for byte beside the captures made of
    them, and pages are read for the files and pictures that belong to them. Run again, it adds nothing; killed, it goes
    on where it was. What cannot be taken is named on standard error with file and offset, a line each, and the rest
    goes on (exit status 1).
    """
    del lang
    from gicrawl.archive.store import open_archive
    from gicrawl.archive.warc.importing import import_warc
    from gicrawl.crawling.elsewhere.tying import tie
    from spiders.mementos import MementoReader

    with open_archive(archive_path, create=True) as archive:
        with bar("import") as advance:
            done = import_warc(archive, paths, tell=_tell, advance=advance)
        with bar("read") as advance:
            tie(archive, MementoReader(), advance=advance)
    emit(f"new {done.new}")
    emit(f"kept {done.kept}")
    emit(f"known {done.known}")
    emit(f"refused {done.refused}")
    tell("warc_import_done" if done.new or done.kept else "warc_import_nothing_new", new=done.new, kept=done.kept)
    if done.refused:
        ctx.exit(FINDINGS)


def _tell(remark: Remark) -> None:
    tell(remark.code, **dict(remark.fields))
