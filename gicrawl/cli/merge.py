"""`gicrawl merge`: one archive of several."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from gicrawl.cli.group import FINDINGS, archive_option, cli, example, lang_option, tell
from gicrawl.cli.output import bar, emit

if TYPE_CHECKING:
    from pathlib import Path


@cli.command(epilog=example("gicrawl merge laptop.db", "gicrawl merge north.db south.db --archive all.db"))
@click.argument("others", metavar="OTHER.db...", nargs=-1, required=True, type=click.Path(path_type=str))
@archive_option
@lang_option
@click.pass_context
def merge(ctx: click.Context, *, others: tuple[str, ...], archive_path: Path, lang: str) -> None:
    """Add everything other archives hold, and leave them as they are.

    The order does not matter, and merging again changes nothing; killed, it goes on when it is run again. Bodies that
    came in are on standard output with all else that did. Exit status 1 when a body came in damaged, or what was
    erased in one archive is still in the other.
    """
    del lang
    from pathlib import Path

    from gicrawl.archive.errors import ArchiveMissing
    from gicrawl.archive.store import open_archive
    from gicrawl.corpus.merge import merge as unite

    for other in others:  # before an archive is made for them
        if not Path(other).is_file():
            raise ArchiveMissing(f"{other}: there is no archive here; name one that a gicrawl has filled")
    remarks = 0
    with open_archive(archive_path, create=True) as archive:
        for other in others:
            with bar("merge") as advance:
                (done,) = unite(archive, [Path(other)], progress=advance)
            for table in ("captures", "bodies", "documents", "parses"):
                emit(f"{other} {table} {done.added.get(table, 0)}")
            for remark in done.remarks:
                emit(f"{other} {remark.code} {remark.subject}")
                tell(f"merge_{remark.code}", other=other, archive=archive_path, subject=remark.subject)
            remarks += sum(remark.code != "healed" for remark in done.remarks)
    tell("merge_done", count=len(others), archive=archive_path)
    if remarks:
        ctx.exit(FINDINGS)
